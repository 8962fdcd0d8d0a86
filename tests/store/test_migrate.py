"""A database of the first version becomes one of this version and loses nothing; one of a later version is left alone."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, delete, func, inspect, select, update
from sqlalchemy.exc import IntegrityError

import store.migrate
from core.errors import StoreUnavailable
from store import casefiles
from store.engine import reading, writing
from store.keys import Keys
from store.migrate import _check, current, migrate, newest
from store.queries import Filter, mentions
from store.store import Store
from store.tables import APPEND_ONLY, case_events, exports, metadata
from store.writes import save
from tests.store.elsewhere import ELSEWHERE, open_and_tell
from tests.store.fictional import NOW, about, incoming, post

FIRST = "0001"
FILLED = Path(__file__).with_name("first_light.sql")
"""Rows as the first version wrote them, today's code writes other columns."""


def no_difference(connection: Connection) -> bool:
    """Whether the database is what `store/tables.py` says; the tables of the search index are the database's own."""

    def ours(name: str | None, kind: str, _parents: Any) -> bool:
        return not (kind == "table" and str(name).startswith("posts_fts")) and name != "posts_search"

    context = MigrationContext.configure(connection, opts={"include_name": ours, "compare_type": True})
    return not compare_metadata(context, metadata)


@pytest.fixture
def first(tmp_path: Path, engines: Callable[[str], Engine]) -> Store:
    """A store whose database is at the first revision, with something in every table that people fill."""
    engine = engines(f"sqlite:///{tmp_path / 'crestwatch.sqlite'}")
    assert migrate(engine, to=FIRST) == FIRST
    with writing(engine) as connection:
        for row in FILLED.read_text(encoding="utf-8").splitlines():
            connection.exec_driver_sql(row)
    return Store(engine, Keys.at(tmp_path / "keys"), tmp_path)


def _rows(engine: Engine) -> dict[str, int]:
    with reading(engine) as connection:
        there = set(inspect(connection).get_table_names())
        tables = [table for table in metadata.sorted_tables if table.name in there]
        return {table.name: connection.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def test_the_first_revision_becomes_the_newest_with_all_that_was_in_it(first: Store) -> None:
    before = _rows(first.engine)
    filled = {"schools", "posts", "post_keys", "payloads", "versions", "judgements", "daily", "runs", "cursors", "jobs"}
    assert {name for name, rows in before.items() if rows} == filled | {"case_events", "exports"}

    assert migrate(first.engine) == newest()

    after = _rows(first.engine)
    assert {name: after[name] for name in before} == before
    with reading(first.engine) as connection:
        assert current(connection) == newest()
        assert no_difference(connection)
        assert list(mentions(connection, Filter(schools=["grove"], phrase="dreadful"))["text"]) == ["Dreadful fair"]
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    for table in (case_events, exports):
        with pytest.raises(IntegrityError, match="append-only"), writing(first.engine) as connection:
            connection.execute(delete(table))


def test_a_new_database_is_what_the_tables_say(store: Store) -> None:
    with reading(store.engine) as connection:
        assert current(connection) == newest()
        assert no_difference(connection)


def test_a_difference_would_be_found(tmp_store: Store) -> None:
    with writing(tmp_store.engine) as connection:
        connection.exec_driver_sql("ALTER TABLE posts ADD COLUMN mood VARCHAR")
        assert not no_difference(connection)


def test_migrating_twice_writes_nothing(store: Store, engines: Callable[[str], Engine]) -> None:
    before = _state(store)

    assert migrate(store.engine) == newest()

    assert _state(store) == before


def _state(store: Store) -> list[Any]:
    """What changes when anything is written: the version of the data, and what the database is made of."""
    with reading(store.engine) as connection:
        if connection.dialect.name == "sqlite":
            version = connection.exec_driver_sql("PRAGMA data_version").scalar()
            return [version, *connection.exec_driver_sql("SELECT name, sql FROM sqlite_master ORDER BY name")]
        return list(connection.exec_driver_sql("SELECT tgname, oid FROM pg_trigger ORDER BY tgname"))


def test_a_database_of_a_newer_version_is_refused_and_left_alone(store: Store) -> None:
    with writing(store.engine) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(StoreUnavailable, match=r"made by a newer Crestwatch \(form 9999\)\. Install that version"):
        migrate(store.engine)

    with reading(store.engine) as connection:
        assert current(connection) == "9999"


@pytest.mark.parametrize("failing", ["store.triggers.remake", "store.migrate._check"])
def test_a_migration_that_fails_leaves_nothing_behind(
    tmp_path: Path, engines: Callable[[str], Engine], monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    def fail(_connection: Connection) -> None:
        raise StoreUnavailable("It did not work.")

    engine = engines(f"sqlite:///{tmp_path / 'crestwatch.sqlite'}")
    with monkeypatch.context() as broken:
        broken.setattr(failing, fail)
        with pytest.raises(StoreUnavailable, match="It did not work"):
            migrate(engine)
    with reading(engine) as connection:
        assert connection.exec_driver_sql("SELECT name FROM sqlite_master").all() == []
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1

    assert migrate(engine) == newest()


NEXT = f"""
from alembic import op
from sqlalchemy import Column, String

from store import triggers

revision, down_revision = "next", "{newest()}"


def upgrade() -> None:
    with op.batch_alter_table("posts", recreate="always") as batch:
        batch.add_column(Column("mood", String))
    triggers.remake(op.get_bind())
"""


def test_a_later_revision_that_rebuilds_a_table_loses_no_row_and_no_trigger(
    first: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dropping the old table would take with it all rows that refer to it, were foreign keys on."""
    versions = tmp_path / "migrations" / "versions"
    shutil.copytree(Path(store.migrate.__file__).parent / "migrations" / "versions", versions)
    (versions / "next_moods.py").write_text(NEXT, encoding="utf-8")
    config = Config()
    config.set_main_option("script_location", str(versions.parent))
    config.set_main_option("path_separator", "os")
    monkeypatch.setattr(store.migrate, "_CONFIG", config)
    before = _rows(first.engine)

    assert migrate(first.engine) == "next"

    assert {name: rows for name, rows in _rows(first.engine).items() if name in before} == before
    with writing(first.engine) as connection:
        assert not no_difference(connection)
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        save(connection, [incoming(post("1", "Splendid fair"), about())], source="x", keys=first.keys, now=NOW)
        assert list(mentions(connection, Filter(schools=["grove"], phrase="splendid"))["text"]) == ["Splendid fair"]
        assert mentions(connection, Filter(schools=["grove"], phrase="dreadful")).empty


def test_a_broken_reference_stops_a_migration(first: Store) -> None:
    with first.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA foreign_keys=OFF")
        driver.execute("DELETE FROM posts")
        driver.execute("PRAGMA foreign_keys=ON")
        with pytest.raises(StoreUnavailable, match=r"would break \d+ references; it was left as it was"):
            _check(connection)


def test_two_processes_that_start_at_once_make_one_database_and_one_pair_of_keys(tmp_path: Path) -> None:
    done = ELSEWHERE.Queue()
    both = [ELSEWHERE.Process(target=open_and_tell, args=(str(tmp_path / "data"), done)) for _ in range(2)]
    for each in both:
        each.start()
    answers = [done.get(timeout=60) for _ in both]
    for each in both:
        each.join(20)

    assert answers[0] == answers[1]
    assert answers[0][0] == newest()
    assert sorted(each.name for each in (tmp_path / "data" / "keys").iterdir()) == ["author.key", "seal.key"]


def test_rows_of_append_only_tables_cannot_be_changed_or_deleted(store: Store) -> None:
    with writing(store.engine) as connection:
        ref = casefiles.next_ref(connection, 2026)
        casefiles.add_event(connection, ref, "created", by="us", role="head", now=NOW, details={"title": "Fair"})
        casefiles.log_export(
            connection, case_ref=ref, preset="police", by="us", role="head", why="asked", items=1, sha256="", people=[], now=NOW
        )
    for table in (case_events, exports):
        assert table.name in APPEND_ONLY
        for statement in (update(table).values(by="them"), delete(table)):
            with pytest.raises(Exception, match=f"{table.name} is append-only"), store.engine.begin() as connection:
                connection.execute(statement)
        with reading(store.engine) as connection:
            assert connection.scalars(select(table.c.by)).all() == ["us"]
