"""A whole database as a file of its own, and back: the same rows, and nothing that was deleted."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, func, inspect, select, text

from core.errors import StoreUnavailable
from store import requests, retention
from store.copying import PASSING, clear_passing, compact, copy_all, count_all, is_empty, opened, snapshot
from store.engine import is_sqlite, reading, writing
from store.migrate import current, migrate, newest
from store.store import Store
from store.tables import EPOCH, heartbeats, jobs, leases, metadata, payloads, posts, schools, versions, visits
from tests.store.conftest import Server
from tests.store.everything import contents, fill
from tests.store.fictional import NOW, about, incoming, keep, post, with_schools

CANARY = "xylocanaryphone"
BATCH = 200


@pytest.fixture(params=["sqlite", "postgres"])
def source(request: pytest.FixtureRequest) -> Store:
    """A store with something in every table."""
    store: Store = request.getfixturevalue("tmp_store" if request.param == "sqlite" else "postgres_store")
    with writing(store.engine) as connection:
        fill(connection)
    return store


@pytest.fixture(params=["sqlite", "postgres"])
def target(request: pytest.FixtureRequest, tmp_path: Path, engines: Callable[[str], Engine]) -> Engine:
    """An empty database in the newest form."""
    if request.param == "sqlite":
        engine = engines(f"sqlite:///{tmp_path / 'target' / 'crestwatch.sqlite'}")
    else:
        server: Server = request.getfixturevalue("postgres")
        engine = engines(server.new_database())
    migrate(engine)
    return engine


def _contents(engine: Engine) -> dict[str, str]:
    with reading(engine) as connection:
        return contents(connection)


def _whole(engine: Engine) -> bool:
    """Whether SQLite finds nothing wrong with a file, its references and its search index."""
    with writing(engine) as connection:
        connection.exec_driver_sql("INSERT INTO posts_fts(posts_fts, rank) VALUES ('integrity-check', 1)")
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        return connection.exec_driver_sql("PRAGMA quick_check").scalar() == "ok" and not broken


def test_every_row_of_every_table_arrives_as_it_was(source: Store, target: Engine) -> None:
    with reading(source.engine) as there, writing(target) as here:
        copied = copy_all(there, here)

    assert copied == dict.fromkeys(metadata.tables, 3)
    assert _contents(target) == _contents(source.engine)
    with reading(target) as connection:
        assert count_all(connection) == copied
        # Where there was nothing there is nothing, and not the word null.
        assert connection.scalar(select(func.count()).select_from(jobs).where(text("result IS NULL"))) == 1


def test_numbers_go_on_behind_the_last(source: Store, target: Engine) -> None:
    with reading(source.engine) as there, writing(target) as here:
        copy_all(there, here)

    with writing(target) as connection:
        assert requests.ask(connection, "judge", {}, by="us", now=NOW) == 4


def test_numbers_begin_at_one_where_nothing_was_copied(store: Store, target: Engine) -> None:
    with reading(store.engine) as there, writing(target) as here:
        copy_all(there, here)

    with writing(target) as connection:
        assert requests.ask(connection, "judge", {}, by="us", now=NOW) == 1


def test_what_was_copied_is_found_by_its_words(source: Store, target: Engine) -> None:
    with reading(source.engine) as there, writing(target) as here:
        copy_all(there, here)

    with reading(target) as connection:
        if is_sqlite(connection):
            found = connection.exec_driver_sql("SELECT rowid FROM posts_fts WHERE posts_fts MATCH 'plain'").all()
        else:
            query = "SELECT id FROM posts WHERE to_tsvector('simple', text) @@ to_tsquery('simple', 'plain')"
            found = list(connection.exec_driver_sql(query).all())
    assert len(found) == 3


def test_more_rows_than_go_at_once(store: Store, target: Engine) -> None:
    keep(store, *(incoming(post(str(n), f"Post {n}"), about()) for n in range(1_201)))

    with reading(store.engine) as there, writing(target) as here:
        copied = copy_all(there, here)

    assert (copied["posts"], copied["judgements"], copied["schools"]) == (1_201, 1_201, 2)
    assert _contents(target) == _contents(store.engine)


def test_a_snapshot_is_a_database_of_the_same_form(source: Store, tmp_path: Path) -> None:
    snapshot(source.engine, tmp_path / "moment.sqlite")

    with opened(tmp_path / "moment.sqlite") as engine:
        assert _contents(engine) == _contents(source.engine)
        assert _whole(engine)
        with reading(engine) as connection:
            assert current(connection) == newest()


def test_a_snapshot_may_stand_where_the_path_looks_like_an_address(tmp_store: Store, tmp_path: Path) -> None:
    odd = tmp_path / "who? where#1 50%25 'so'"
    odd.mkdir()

    snapshot(tmp_store.engine, odd / "moment.sqlite")
    with opened(odd / "moment.sqlite") as engine:
        compact(engine, odd / "whole.sqlite")

    assert sorted(each.name for each in odd.iterdir()) == ["moment.sqlite", "whole.sqlite"]


@pytest.fixture
def writer(store: Store) -> Iterator[list[int]]:
    """Somebody who stores batches all the time. The list grows by the number of each that was committed."""
    done: list[int] = []
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            keep(store, *(incoming(post(f"{number} {n}", f"Post {n} of {number}"), about()) for n in range(BATCH)))
            done.append(number)
            number += 1

    thread = threading.Thread(target=write)
    thread.start()
    while len(done) < 3:
        stop.wait(0.01)
    yield done
    stop.set()
    thread.join(30)


def test_a_snapshot_is_of_one_moment_while_others_write(store: Store, writer: list[int], tmp_path: Path) -> None:
    for turn in range(3):
        before = len(writer)
        snapshot(store.engine, tmp_path / f"{turn}.sqlite")

        with opened(tmp_path / f"{turn}.sqlite") as engine:
            with reading(engine) as connection:
                rows = count_all(connection)
            assert _whole(engine)
        assert rows["posts"] == rows["post_keys"] == rows["payloads"] == rows["judgements"]
        assert rows["posts"] % BATCH == 0
        assert rows["posts"] >= before * BATCH


def _bytes(*files: Path) -> bytes:
    return b"".join(file.read_bytes() for file in files).lower()


@pytest.fixture
def half_expired(tmp_store: Store) -> Store:
    """A store in the midst of retention: the words are gone from the rows, not yet from the search index."""
    with_schools(tmp_store)
    keep(tmp_store, *(incoming(post(f"old {n}", f"Ring {CANARY} now {n} " + "or then " * 99), about()) for n in range(50)))
    keep(tmp_store, *(incoming(post(f"new {n}", f"Another thing {n}"), about()) for n in range(50)))
    with writing(tmp_store.engine) as connection:
        gone = posts.c.text.contains(CANARY)
        connection.execute(delete(payloads).where(payloads.c.post_id.in_(select(posts.c.id).where(gone))))
        connection.execute(posts.update().where(gone).values(text="", expired_at=NOW))
    return tmp_store


def test_nothing_deleted_is_in_what_is_packed(half_expired: Store, tmp_path: Path) -> None:
    with sqlite3.connect(Path(half_expired.engine.url.database or "")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    assert CANARY.encode() in _bytes(Path(half_expired.engine.url.database or "")), "the search index still holds it"

    snapshot(half_expired.engine, tmp_path / "moment.sqlite")
    with opened(tmp_path / "moment.sqlite") as engine:
        compact(engine, tmp_path / "whole.sqlite")

    assert CANARY.encode() not in _bytes(tmp_path / "whole.sqlite")
    with opened(tmp_path / "whole.sqlite") as engine:
        assert _whole(engine)
        assert _contents(engine) == _contents(half_expired.engine)


def test_why_it_is_not_sqlites_backup_api(tmp_path: Path) -> None:
    """That copies what lies in free pages of a database somebody wrote to without `secure_delete`."""
    file = tmp_path / "old.sqlite"
    with sqlite3.connect(file) as old:
        old.execute("PRAGMA secure_delete=OFF")
        old.execute("CREATE TABLE said (text)")
        old.execute("INSERT INTO said VALUES (?)", (CANARY * 2_000,))
        old.commit()
        old.execute("DELETE FROM said")
        old.commit()
        with sqlite3.connect(tmp_path / "api.sqlite") as copy:
            old.backup(copy)
        copy.close()
    old.close()

    with opened(file) as engine:
        snapshot(engine, tmp_path / "vacuumed.sqlite")

    assert CANARY.encode() in _bytes(tmp_path / "api.sqlite")
    assert CANARY.encode() not in _bytes(tmp_path / "vacuumed.sqlite")


def test_a_snapshot_replaces_nothing(tmp_store: Store, tmp_path: Path) -> None:
    (tmp_path / "there").write_text("precious")

    with pytest.raises(FileExistsError):
        snapshot(tmp_store.engine, tmp_path / "there")

    assert (tmp_path / "there").read_text() == "precious"


def test_a_snapshot_of_what_is_no_database_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "crestwatch.sqlite").write_bytes(b"no database" * 1_000)

    with (
        opened(tmp_path / "crestwatch.sqlite") as engine,
        pytest.raises(StoreUnavailable, match="damaged or is not ours"),
    ):
        snapshot(engine, tmp_path / "moment.sqlite")


def test_who_was_there_does_not_make_a_database_full(postgres_store: Store, tmp_store: Store) -> None:
    for store in (postgres_store, tmp_store):
        with writing(store.engine) as connection:
            connection.execute(heartbeats.insert().values(worker="ours", at=NOW))
            connection.execute(leases.insert().values(name="worker", holder="ours", until=NOW))
            connection.execute(visits.insert().values(person="us", page="week", at=NOW))
        with reading(store.engine) as connection:
            assert is_empty(connection)
        with writing(store.engine) as connection:
            clear_passing(connection)
            assert set(count_all(connection).values()) == {0}


@pytest.mark.parametrize("table", [name for name in metadata.tables if name not in {each.name for each in PASSING}])
def test_a_row_in_any_other_table_does(tmp_store: Store, table: str) -> None:
    with writing(tmp_store.engine) as connection:
        fill(connection)
    with tmp_store.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA foreign_keys=OFF")
        for each in metadata.tables:
            for trigger in ("update", "delete"):
                driver.execute(f"DROP TRIGGER IF EXISTS {each}_no_{trigger}")
            if each != table:
                driver.execute(f"DELETE FROM {each}")

    with reading(tmp_store.engine) as connection:
        assert not is_empty(connection)


def test_an_older_form_is_looked_at_as_far_as_it_goes(tmp_path: Path, engines: Callable[[str], Engine]) -> None:
    engine = engines(f"sqlite:///{tmp_path / 'crestwatch.sqlite'}")
    with reading(engine) as connection:
        assert is_empty(connection)
        assert count_all(connection) == {}

    migrate(engine, to="0001")

    with reading(engine) as connection:
        assert is_empty(connection)
        assert set(count_all(connection)) == set(inspect(connection).get_table_names()) & set(metadata.tables)
    with writing(engine) as connection:
        connection.execute(schools.insert().values(id="grove", name="Grove", profile={}, updated_at=EPOCH))
        assert not is_empty(connection)


def test_a_copy_can_be_expired_as_the_original(tmp_store: Store, tmp_path: Path) -> None:
    with_schools(tmp_store)
    keep(tmp_store, incoming(post("1", f"First {CANARY}"), about()))
    keep(tmp_store, incoming(post("1", f"Then {CANARY}"), about()))
    snapshot(tmp_store.engine, tmp_path / "moment.sqlite")

    with opened(tmp_path / "moment.sqlite") as engine:
        assert retention.expire(engine, now=NOW + timedelta(days=31), days=30).posts == 1
        compact(engine, tmp_path / "whole.sqlite")

    assert CANARY.encode() not in _bytes(tmp_path / "whole.sqlite")
    with opened(tmp_path / "whole.sqlite") as engine, reading(engine) as connection:
        assert connection.scalar(select(func.count()).select_from(versions)) == 0
