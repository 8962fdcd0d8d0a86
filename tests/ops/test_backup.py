"""Everything goes into one file and comes back from it, whichever database it was in, and whenever somebody pulls the plug."""

import hashlib
import multiprocessing
import os
import random
import shutil
import stat
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, delete, func, select, update

from core.errors import BadInput, CrestwatchError, StoreUnavailable
from core.settings import Settings
from core.weeks import utc_now
from ops.archive import pack, unpack
from ops.backup import Made, backup, thin
from ops.restore import restore
from store import requests, retention, runs
from store.copying import count_all, opened
from store.engine import is_sqlite, reading, writing
from store.keys import Keys
from store.migrate import current, migrate, newest
from store.queries import Filter, mentions
from store.store import Store, open_store
from store.tables import backups, heartbeats, metadata, payloads, posts
from store.tables import runs as runs_table
from tests.store.conftest import Server, postgres, postgres_store, postgres_url  # noqa: F401
from tests.store.elsewhere import NOBODY
from tests.store.everything import contents, fill
from tests.store.fictional import NOW, about, incoming, keep, post, with_schools

CANARY = "xylocanaryphone"
BATCH = 200
ROUNDS = 5
CHANGED = {"leases", "heartbeats", "jobs", "runs", "backups"}
"""What a restored database does not have as it was, on purpose."""
FIRST_LIGHT = Path(__file__).parents[1] / "store" / "first_light.sql"

ELSEWHERE = multiprocessing.get_context("forkserver")
ELSEWHERE.set_forkserver_preload(["ops.backup", "tests.store.everything"])


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest) -> Store:
    """A store with two schools, once on each database."""
    return with_schools(request.getfixturevalue("tmp_store" if request.param == "sqlite" else "postgres_store"))


@pytest.fixture
def source(store: Store) -> Store:
    """The same with posts and their judgements."""
    return _with_posts(store)


@pytest.fixture(params=["sqlite", "postgres"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """The settings of an installation that has not been used, on a computer that may have another database."""
    if request.param == "sqlite":
        return Settings(data_dir=tmp_path / "new")
    server: Server = request.getfixturevalue("postgres")
    return Settings(data_dir=tmp_path / "new", database_url=SecretStr(server.new_database(template="template0")))


@pytest.fixture
def elsewhere(tmp_path: Path) -> Settings:
    """The settings of an installation on SQLite that has not been used."""
    return Settings(data_dir=tmp_path / "elsewhere")


def _with_posts(store: Store, number: int = 450) -> Store:
    with_schools(store)  # again, where they are there
    keep(store, *(incoming(post(str(n), f"Post {n}", url=f"https://x.example/{n}"), about()) for n in range(number)))
    keep(store, incoming(post("1", "Edited"), about("harbour")))
    return store


def _contents(engine: Engine) -> dict[str, str]:
    with reading(engine) as connection:
        return contents(connection)


def _rows(engine: Engine) -> dict[str, int]:
    with reading(engine) as connection:
        return count_all(connection)


def _alike(one: Engine, other: Engine) -> bool:
    left, right = _contents(one), _contents(other)
    return {name for name in left if left[name] != right[name]} <= CHANGED


def _known(engine: Engine) -> list[tuple[str, str]]:
    """The backups that are known to be there: path and SHA-256."""
    with reading(engine) as connection:
        found = connection.execute(select(backups.c.path, backups.c.sha256).where(backups.c.gone_at.is_(None)))
        return [(row.path, row.sha256) for row in found]


def _left(folder: Path) -> list[str]:
    return [each.name for each in folder.glob(".crestwatch-*")]


@pytest.fixture
def open_again() -> Iterator[Callable[[Settings], Store]]:
    """Opens stores that are closed at the end."""
    stores: list[Store] = []

    def again(settings: Settings) -> Store:
        stores.append(open_store(settings))
        return stores[-1]

    yield again
    for store in stores:
        store.engine.dispose()


def test_a_backup_is_one_private_file_that_the_store_knows_of(source: Store, tmp_path: Path) -> None:
    folder = tmp_path / "safe"
    folder.mkdir()
    rows = _rows(source.engine)

    before = os.umask(0)
    try:
        made = backup(source, folder / "crestwatch.backup", now=NOW)
    finally:
        os.umask(before)

    whole = made.path.read_bytes()
    assert made == Made(
        path=folder / "crestwatch.backup", rows=rows, sha256=hashlib.sha256(whole).hexdigest(), bytes=len(whole)
    )
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert list(folder.iterdir()) == [made.path]
    with reading(source.engine) as connection:
        row = connection.execute(select(backups)).one()
        assert (row.path, row.made_at, row.sha256, row.gone_at) == (str(made.path), NOW, made.sha256, None)


def test_a_path_is_remembered_from_the_root(tmp_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert backup(tmp_store, Path("backup"), now=NOW).path == tmp_path / "backup"
    assert [path for path, _ in _known(tmp_store.engine)] == [str(tmp_path / "backup")]


def test_all_comes_back_on_either_database(
    source: Store, target: Settings, tmp_path: Path, open_again: Callable[[Settings], Store]
) -> None:
    with writing(source.engine) as connection:
        connection.execute(heartbeats.insert().values(worker="old", at=NOW))
    made = backup(source, tmp_path / "backup", now=NOW)

    assert restore(target, made.path, now=NOW) == made.rows

    new = open_again(target)
    assert _alike(source.engine, new.engine)
    assert new.keys == source.keys
    assert stat.S_IMODE((target.data_dir / "keys" / "seal.key").stat().st_mode) == 0o600
    assert _known(new.engine) == [(str(made.path), made.sha256)]
    assert _left(target.data_dir) == _left(tmp_path) == []
    with reading(new.engine) as connection:
        assert current(connection) == newest()
        assert len(mentions(connection, Filter(schools=["grove"], phrase="post 7"))) == 1
    keep(new, incoming(post("another"), about()))


def test_every_table_comes_back(
    tmp_store: Store, elsewhere: Settings, tmp_path: Path, open_again: Callable[[Settings], Store]
) -> None:
    with writing(tmp_store.engine) as connection:
        fill(connection)
    made = backup(tmp_store, tmp_path / "backup", now=NOW)
    assert made.rows == dict.fromkeys(metadata.tables, 3)

    restore(elsewhere, made.path, now=NOW)

    rows = _rows(open_again(elsewhere).engine)
    assert rows == dict(made.rows) | {"leases": 0, "heartbeats": 0, "backups": 4}


def test_nothing_of_the_old_computer_holds_up_the_new_one(
    source: Store, target: Settings, tmp_path: Path, open_again: Callable[[Settings], Store]
) -> None:
    with writing(source.engine) as connection:
        job = requests.ask(connection, "judge", {}, by="us", now=NOW)
        requests.claim(connection, "old", now=NOW)
        runs.start_run(connection, "x", "grove", now=NOW)
        runs.hold_lease(connection, "worker", "old", now=NOW)
        runs.beat(connection, "old", now=NOW)
    made = backup(source, tmp_path / "backup", now=NOW)

    restore(target, made.path, now=NOW)

    new = open_again(target).engine
    with writing(new) as connection:
        assert runs.last_beat(connection) is None
        assert runs.hold_lease(connection, "worker", "new", now=NOW)
        assert connection.scalars(select(runs_table.c.state)).all() == ["stopped"]
        claimed = requests.claim(connection, "new", now=NOW)
        assert claimed is not None
        assert claimed.id == job
        assert requests.ask(connection, "judge", {}, by="us", now=NOW) == job + 1


def _bytes_below(folder: Path) -> bytes:
    return b"".join(each.read_bytes() for each in sorted(folder.rglob("*")) if each.is_file()).lower()


def test_an_old_backup_does_not_bring_back_what_had_to_go(
    tmp_store: Store, elsewhere: Settings, tmp_path: Path, open_again: Callable[[Settings], Store]
) -> None:
    _with_posts(tmp_store, 10)
    keep(tmp_store, *(incoming(post(f"c{n}", f"Ring {CANARY}"), about()) for n in range(20)), now=NOW - timedelta(days=29))
    made = backup(tmp_store, tmp_path / "backup", now=NOW)

    assert restore(elsewhere, made.path, now=NOW + timedelta(days=1)) == made.rows

    engine = open_again(elsewhere).engine
    assert _rows(engine)["posts"] == made.rows["posts"] == 30
    with reading(engine) as connection:
        assert connection.scalar(select(func.count()).where(posts.c.expired_at.is_not(None))) == 20
    assert CANARY.encode() not in _bytes_below(elsewhere.data_dir)


def test_nothing_deleted_is_in_a_backup(source: Store, tmp_path: Path) -> None:
    keep(source, *(incoming(post(f"c{n}", f"Ring {CANARY} " * 99), about()) for n in range(20)))
    with writing(source.engine) as connection:  # as in the midst of retention: the search index comes last
        gone = posts.c.text.contains(CANARY)
        connection.execute(delete(payloads).where(payloads.c.post_id.in_(select(posts.c.id).where(gone))))
        connection.execute(update(posts).where(gone).values(text=""))

    backup(source, tmp_path / "backup", now=NOW)

    (tmp_path / "into").mkdir()
    found = unpack(tmp_path / "backup", tmp_path / "into")
    assert CANARY.encode() not in found.database.read_bytes().lower()
    assert b"post 7" in found.database.read_bytes().lower()


def _write_until(folder: str, database: str | None, committed: Any, stop: Any) -> None:
    store = open_store(Settings(data_dir=Path(folder), database_url=SecretStr(database) if database else None))
    while not stop.is_set():
        number = committed.value
        keep(store, *(incoming(post(f"{number} {n}", f"Post {n} of {number}"), about()) for n in range(BATCH)))
        committed.value = number + 1
    store.engine.dispose()


def test_a_backup_is_of_one_moment_while_another_process_writes(store: Store, tmp_path: Path) -> None:
    committed, stop = ELSEWHERE.Value("i", 0), ELSEWHERE.Event()
    with reading(store.engine) as connection:
        database = None if is_sqlite(connection) else store.engine.url.render_as_string(hide_password=False)
    writer = ELSEWHERE.Process(target=_write_until, args=(str(store.folder), database, committed, stop))
    writer.start()
    try:
        for turn in range(3):
            before = committed.value
            while committed.value < before + 2:
                assert writer.is_alive()
                time.sleep(0.01)
            before = committed.value
            made = backup(store, tmp_path / f"{turn}.backup", now=NOW)
            assert made.rows["posts"] == made.rows["post_keys"] == made.rows["payloads"] == made.rows["judgements"]
            assert made.rows["posts"] % BATCH == 0
            assert made.rows["posts"] >= before * BATCH
            (tmp_path / f"{turn}").mkdir()
            found = unpack(made.path, tmp_path / f"{turn}")
            with opened(found.database) as engine, writing(engine) as connection:
                assert count_all(connection) == made.rows == found.manifest.rows
                assert connection.exec_driver_sql("PRAGMA quick_check").scalar() == "ok"
                assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
                connection.exec_driver_sql("INSERT INTO posts_fts(posts_fts, rank) VALUES ('integrity-check', 1)")
                numbers = set(connection.scalars(select(posts.c.text).where(posts.c.text.startswith("Post 0 of "))))
                assert numbers == {f"Post 0 of {number}" for number in range(made.rows["posts"] // BATCH)}
    finally:
        stop.set()
        writer.join(30)
    assert writer.exitcode == 0


def test_what_is_there_is_never_replaced(tmp_store: Store, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("precious")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")

    for name in ("file", "folder", "link"):
        with pytest.raises(BadInput, match=r"is there already, and a backup replaces nothing\. Choose another name"):
            backup(tmp_store, tmp_path / name, now=NOW)

    assert (tmp_path / "file").read_text() == "precious"
    assert not (tmp_path / "nowhere").exists()
    assert _known(tmp_store.engine) == []


def test_of_two_at_once_one_gets_the_name(tmp_store: Store, tmp_path: Path) -> None:
    _with_posts(tmp_store)
    together = threading.Barrier(3)

    def attempt(number: int) -> Made | None:
        together.wait(20)
        try:
            return backup(tmp_store, tmp_path / "backup", now=NOW + timedelta(seconds=number))
        except BadInput:
            return None

    with ThreadPoolExecutor(3) as pool:
        [made] = [each for each in pool.map(attempt, range(3)) if each]

    assert hashlib.sha256(made.path.read_bytes()).hexdigest() == made.sha256
    assert _known(tmp_store.engine) == [(str(made.path), made.sha256)]
    assert _left(tmp_path) == []


def test_a_disk_that_knows_no_second_names_will_do(tmp_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_paths: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("ops.backup.os.link", refuse)

    made = backup(tmp_store, tmp_path / "backup", now=NOW)

    assert hashlib.sha256(made.path.read_bytes()).hexdigest() == made.sha256


def test_a_name_that_is_free_again_is_known_once(tmp_store: Store, tmp_path: Path) -> None:
    backup(tmp_store, tmp_path / "backup", now=NOW).path.unlink()

    made = backup(tmp_store, tmp_path / "backup", now=NOW + timedelta(days=1))

    assert _known(tmp_store.engine) == [(str(made.path), made.sha256)]


def test_a_folder_that_is_not_there_is_said(tmp_store: Store, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"cannot be written \(No such file or directory\)\. Free some space or choose another"):
        backup(tmp_store, tmp_path / "nowhere" / "backup", now=NOW)

    assert not (tmp_path / "nowhere").exists()
    assert _known(tmp_store.engine) == []


def _back_up_as_nobody(folder: str, into: str, said: Any) -> None:
    store = open_store(Settings(data_dir=Path(folder)))
    if os.geteuid() == 0:
        os.setuid(NOBODY)
    said.put(_said(lambda: backup(store, Path(into) / "backup", now=NOW)))


def _back_up_small(folder: str, into: str, limit: int, said: Any) -> None:
    import resource

    store = open_store(Settings(data_dir=Path(folder)))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    said.put(_said(lambda: backup(store, Path(into) / "backup", now=NOW)))


def _restore_small(folder: str, file: str, limit: int, said: Any) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    said.put(_said(lambda: restore(Settings(data_dir=Path(folder)), Path(file), now=NOW)))


def _said(work: Callable[[], object]) -> str:
    try:
        work()
    except CrestwatchError as problem:
        return f"{type(problem).__name__}: {problem}"
    return "done"


def _asked_elsewhere(work: Callable[..., None], *arguments: Any) -> str:
    said = ELSEWHERE.Queue()
    process = ELSEWHERE.Process(target=work, args=(*arguments, said))
    process.start()
    answer = str(said.get(timeout=60))
    process.join(20)
    return answer


def test_a_folder_that_cannot_be_written_is_said(tmp_store: Store, tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)

    said = _asked_elsewhere(_back_up_as_nobody, str(tmp_store.folder), str(locked))

    assert said.startswith(f"BadInput: The backup {locked / 'backup'} cannot be written (Permission denied).")
    assert list(locked.iterdir()) == []


@pytest.mark.parametrize("part", [0.0, 0.1, 0.6, 0.99])
def test_a_full_disk_leaves_nothing_half_made(tmp_store: Store, tmp_path: Path, part: float) -> None:
    """The limit is on one file's size; the largest is the database."""
    _with_posts(tmp_store)
    folder = tmp_path / "small"
    folder.mkdir()
    backup(tmp_store, tmp_path / "whole", now=NOW)
    (tmp_path / "into").mkdir()
    size = unpack(tmp_path / "whole", tmp_path / "into").database.stat().st_size

    said = _asked_elsewhere(_back_up_small, str(tmp_store.folder), str(folder), int(part * size))

    assert said.startswith("BadInput: The backup"), said
    assert "Free some space or choose another folder; nothing half-made stays." in said
    assert list(folder.iterdir()) == []
    assert len(_known(tmp_store.engine)) == 1


@pytest.mark.parametrize("part", [0.0, 0.1, 0.99, 1.1])
def test_a_full_disk_restores_nothing_and_can_be_tried_again(
    tmp_store: Store, elsewhere: Settings, tmp_path: Path, part: float, open_again: Callable[[Settings], Store]
) -> None:
    _with_posts(tmp_store, 2_000)
    made = backup(tmp_store, tmp_path / "backup", now=NOW)
    (tmp_path / "into").mkdir()
    size = unpack(made.path, tmp_path / "into").database.stat().st_size

    said = _asked_elsewhere(_restore_small, str(elsewhere.data_dir), str(made.path), int(part * size))

    assert said.startswith("StoreUnavailable"), said
    assert _left(elsewhere.data_dir) == []
    assert restore(elsewhere, made.path, now=NOW) == made.rows
    assert _alike(tmp_store.engine, open_again(elsewhere).engine)


def test_a_backup_is_not_restored_over_schools_or_posts(
    tmp_store: Store, target: Settings, tmp_path: Path, open_again: Callable[[Settings], Store]
) -> None:
    made = backup(_with_posts(tmp_store), tmp_path / "backup", now=NOW)
    new = open_again(target)
    shutil.rmtree(target.data_dir / "keys")
    with_schools(new)
    before = _contents(new.engine)

    with pytest.raises(BadInput, match=r"only restored into an empty installation\. Set another data_dir"):
        restore(target, made.path, now=NOW)

    assert _contents(new.engine) == before
    assert not (target.data_dir / "keys").exists()
    assert _left(target.data_dir) == []


def test_nor_twice(source: Store, target: Settings, tmp_path: Path) -> None:
    made = backup(source, tmp_path / "backup", now=NOW)
    restore(target, made.path, now=NOW)

    with pytest.raises(BadInput, match="only restored into an empty installation"):
        restore(target, made.path, now=NOW)


def test_nor_over_the_keys_of_others(
    tmp_store: Store, elsewhere: Settings, tmp_path: Path, open_again: Callable[[Settings], Store]
) -> None:
    made = backup(_with_posts(tmp_store), tmp_path / "backup", now=NOW)
    keys = open_again(elsewhere).keys

    with pytest.raises(BadInput, match=r"holds the keys of another installation\. If nothing needs them") as caught:
        restore(elsewhere, made.path, now=NOW)

    assert str(elsewhere.data_dir / "keys") in str(caught.value)
    assert Keys.at(elsewhere.data_dir / "keys") == keys
    shutil.rmtree(elsewhere.data_dir / "keys")
    assert restore(elsewhere, made.path, now=NOW) == made.rows


def test_a_worker_that_waits_for_its_first_school_is_not_in_the_way(
    tmp_store: Store, target: Settings, tmp_path: Path, open_again: Callable[[Settings], Store]
) -> None:
    """It has the database open, and goes on with what was restored into it."""
    made = backup(_with_posts(tmp_store), tmp_path / "backup", now=NOW)
    target.data_dir.mkdir()
    shutil.copytree(tmp_store.folder / "keys", target.data_dir / "keys")
    waiting = open_again(target)
    with writing(waiting.engine) as connection:
        runs.beat(connection, "new", now=NOW)
        runs.hold_lease(connection, "worker", "new", now=NOW)

    restore(target, made.path, now=NOW)

    assert _alike(tmp_store.engine, waiting.engine)


@pytest.mark.parametrize("revision", ["0001", "0002"])
def test_an_older_form_is_brought_to_the_newest(
    tmp_path: Path, elsewhere: Settings, revision: str, open_again: Callable[[Settings], Store]
) -> None:
    file = _of_form(tmp_path, "0001", revision)

    restored = restore(elsewhere, file, now=NOW)

    assert restored["schools"] > 0
    assert "backups" not in restored
    engine = open_again(elsewhere).engine
    assert {name: rows for name, rows in _rows(engine).items() if rows} == {
        name: rows for name, rows in restored.items() if rows
    } | {"backups": 1}
    with reading(engine) as connection:
        assert current(connection) == newest()


def _of_form(folder: Path, filled: str, revision: str) -> Path:
    """A backup as an older version made it."""
    with opened(folder / "old.sqlite") as engine:
        migrate(engine, to=filled)
        with writing(engine) as connection:
            for row in FIRST_LIGHT.read_text(encoding="utf-8").splitlines():
                connection.exec_driver_sql(row)
        migrate(engine, to=revision)
        rows = _rows(engine)
    pack(folder / "old", folder / "old.sqlite", Keys(b"a" * 32, b"s" * 32), made_at=NOW, revision=revision, rows=rows)
    return folder / "old"


def _packed(folder: Path, database: bytes | Path, revision: str, rows: dict[str, int]) -> Path:
    content = database if isinstance(database, bytes) else database.read_bytes()
    (folder / "made-up").write_bytes(content)
    pack(folder / "packed", folder / "made-up", Keys(b"a" * 32, b"s" * 32), made_at=NOW, revision=revision, rows=rows)
    return folder / "packed"


def _unpacked(store: Store, folder: Path) -> Path:
    """The database of a backup, to be changed."""
    (folder / "into").mkdir()
    return unpack(backup(store, folder / "backup", now=NOW).path, folder / "into").database


def test_a_newer_form_is_said_to_be_newer(tmp_store: Store, elsewhere: Settings, tmp_path: Path) -> None:
    database = _unpacked(tmp_store, tmp_path)
    with opened(database) as engine:
        with writing(engine) as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        rows = _rows(engine)
    file = _packed(tmp_path, database, "9999", rows)

    for work in (lambda: restore(elsewhere, file, now=NOW), lambda: thin(file, lambda _engine: True, now=NOW)):
        with pytest.raises(BadInput, match=r"made by a newer Crestwatch \(.*, form 9999\)\. Install that version"):
            work()

    assert list(elsewhere.data_dir.iterdir()) == []


@pytest.mark.parametrize("what", ["no database", "cut", "another program's", "other rows", "another form"])
def test_a_database_that_is_not_what_is_said_of_it_is_refused(
    tmp_store: Store, elsewhere: Settings, tmp_path: Path, what: str
) -> None:
    database = _unpacked(_with_posts(tmp_store), tmp_path)
    rows, revision = _rows(tmp_store.engine) | {"backups": 0}, newest()
    content = database.read_bytes()
    if what == "no database":
        content = b"no database" * 999
    elif what == "cut":
        content = content[: len(content) // 2]
    elif what == "another program's":
        with opened(tmp_path / "another.sqlite") as engine, writing(engine) as connection:
            connection.exec_driver_sql("CREATE TABLE music (album)")
        content = (tmp_path / "another.sqlite").read_bytes()
    elif what == "other rows":
        rows["posts"] += 1
    else:
        revision = "0002"

    with pytest.raises(BadInput, match=r"is not what its manifest says\. Use another backup"):
        restore(elsewhere, _packed(tmp_path, content, revision, rows), now=NOW)

    assert list(elsewhere.data_dir.iterdir()) == []


def test_a_row_that_the_database_refuses_restores_nothing(
    tmp_store: Store,
    postgres: Server,  # noqa: F811
    tmp_path: Path,
    open_again: Callable[[Settings], Store],
) -> None:
    """SQLite holds a NUL in a text, PostgreSQL does not."""
    with writing(_with_posts(tmp_store).engine) as connection:
        connection.execute(update(runs_table).values(message="a"))
        connection.execute(runs_table.insert().values(source="x", query="grove", started_at=NOW, state="done", message="a\0b"))
    made = backup(tmp_store, tmp_path / "backup", now=NOW)
    settings = Settings(data_dir=tmp_path / "new", database_url=SecretStr(postgres.new_database()))

    with pytest.raises(StoreUnavailable, match=r"refuses a row of .*, so nothing was restored"):
        restore(settings, made.path, now=NOW)

    assert set(_rows(open_again(settings).engine).values()) == {0}


def test_no_file_no_folder(elsewhere: Settings, tmp_path: Path) -> None:
    for path in (tmp_path / "nothing", tmp_path):
        with pytest.raises(BadInput, match="There is no file"):
            restore(elsewhere, path, now=NOW)


def test_a_data_folder_that_cannot_be_made_is_said(tmp_store: Store, tmp_path: Path) -> None:
    made = backup(tmp_store, tmp_path / "backup", now=NOW)
    (tmp_path / "file").write_text("")

    with pytest.raises(StoreUnavailable, match=r"was not restored into .*Free space there, or give this user the right"):
        restore(Settings(data_dir=tmp_path / "file" / "data"), made.path, now=NOW)


def _leftover(folder: Path, name: str, age: timedelta) -> Path:
    left = folder / name
    (left / "deep").mkdir(parents=True)
    (left / "moment.sqlite").write_text(CANARY)
    then = (utc_now() - age).timestamp()
    for each in (left / "moment.sqlite", left / "deep", left):
        os.utime(each, (then, then))
    return left


def test_what_a_killed_backup_left_is_taken_away_by_the_next(tmp_store: Store, tmp_path: Path) -> None:
    old = _leftover(tmp_path, ".crestwatch-backup-old", timedelta(minutes=61))
    young = _leftover(tmp_path, ".crestwatch-backup-young", timedelta(minutes=50))
    growing = _leftover(tmp_path, ".crestwatch-backup-growing", timedelta(hours=3))
    os.utime(growing / "moment.sqlite")
    (tmp_path / ".crestwatch-backup-of-mine").write_text("a file")
    precious = _leftover(tmp_path, "precious", timedelta(days=9))
    (tmp_path / ".crestwatch-backup-link").symlink_to(precious)

    backup(tmp_store, tmp_path / "backup", now=utc_now())

    assert not old.exists()
    assert young.exists()
    assert (growing / "moment.sqlite").exists()
    assert (precious / "moment.sqlite").exists()
    assert (tmp_path / ".crestwatch-backup-of-mine").exists()


def test_what_a_killed_restore_left_is_taken_away_at_once(tmp_store: Store, elsewhere: Settings, tmp_path: Path) -> None:
    made = backup(tmp_store, tmp_path / "backup", now=NOW)
    left = _leftover(elsewhere.data_dir, ".crestwatch-restore-x", timedelta(seconds=1))

    restore(elsewhere, made.path, now=NOW)

    assert not left.exists()


def _back_up_later(folder: Path, began: Any) -> None:
    store = open_store(Settings(data_dir=folder / "data"))
    began.set()
    backup(store, folder / "backup", now=NOW)


def _restore_later(folder: Path, began: Any) -> None:
    began.set()
    restore(Settings(data_dir=folder / "new"), folder / "backup", now=NOW)


def _killed(work: Callable[[Path, Any], None], folder: Path, seconds: float) -> None:
    began = ELSEWHERE.Event()
    process = ELSEWHERE.Process(target=work, args=(folder, began))
    process.start()
    assert began.wait(30)
    process.join(seconds)
    process.kill()
    process.join()
    assert process.exitcode in (0, -9)


@pytest.fixture
def chance() -> random.Random:
    """Its seed is in the output of a test that fails."""
    seed = random.randrange(1_000_000)
    sys.stdout.write(f"seed {seed}\n")
    return random.Random(seed)


@pytest.mark.parametrize("number", range(ROUNDS))
def test_a_kill_leaves_no_backup_or_a_whole_one(
    tmp_store: Store, tmp_path: Path, chance: random.Random, number: int, open_again: Callable[[Settings], Store]
) -> None:
    _with_posts(tmp_store, 3_000)
    began = time.monotonic()
    backup(tmp_store, tmp_path / "first", now=NOW)
    takes = time.monotonic() - began

    _killed(_back_up_later, tmp_path, chance.uniform(0, 1.2 * takes))

    file = tmp_path / "backup"
    if file.exists():
        assert (str(file), hashlib.sha256(file.read_bytes()).hexdigest()) in _known(tmp_store.engine)
    else:
        backup(tmp_store, file, now=utc_now() + timedelta(hours=2))
        assert _left(tmp_path) == []
        assert [path for path, _ in _known(tmp_store.engine)].count(str(file)) == 1
    new = Settings(data_dir=tmp_path / "new")
    restore(new, file, now=NOW)
    assert _alike(tmp_store.engine, open_again(new).engine)


@pytest.mark.parametrize("number", range(ROUNDS))
def test_a_kill_restores_nothing_or_all(
    tmp_store: Store, tmp_path: Path, chance: random.Random, number: int, open_again: Callable[[Settings], Store]
) -> None:
    _with_posts(tmp_store, 3_000)
    made = backup(tmp_store, tmp_path / "backup", now=NOW)
    began = time.monotonic()
    restore(Settings(data_dir=tmp_path / "first"), made.path, now=NOW)
    takes = time.monotonic() - began

    _killed(_restore_later, tmp_path, chance.uniform(0, 1.2 * takes))

    new = Settings(data_dir=tmp_path / "new")
    try:
        assert restore(new, made.path, now=NOW) == made.rows
    except BadInput as problem:
        assert "only restored into an empty installation" in str(problem)
    assert _left(new.data_dir) == []
    again = open_again(new)
    assert _alike(tmp_store.engine, again.engine)
    assert again.keys == tmp_store.keys


def _expire_everything(engine: Engine) -> bool:
    return retention.expire(engine, now=NOW + timedelta(days=31), days=30).posts > 0


def test_a_backup_from_which_nothing_must_go_stays_as_it_is(source: Store, tmp_path: Path) -> None:
    made = backup(source, tmp_path / "backup", now=NOW)
    before = made.path.read_bytes()
    assert thin(made.path, lambda _engine: False, now=NOW) is None
    assert made.path.read_bytes() == before
    assert _left(tmp_path) == []


def test_what_must_go_goes_from_a_backup_too(
    source: Store, elsewhere: Settings, tmp_path: Path, open_again: Callable[[Settings], Store]
) -> None:
    keep(source, *(incoming(post(f"c{n}", f"Ring {CANARY} " * 99), about()) for n in range(20)))
    made = backup(source, tmp_path / "backup", now=NOW)

    sha256 = thin(made.path, _expire_everything, now=NOW + timedelta(days=31))

    assert sha256 == hashlib.sha256(made.path.read_bytes()).hexdigest() != made.sha256
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert _left(tmp_path) == []
    (tmp_path / "into").mkdir()
    found = unpack(made.path, tmp_path / "into")
    assert CANARY.encode() not in found.database.read_bytes().lower()
    assert found.manifest.rows == dict(made.rows) | {"payloads": 0, "versions": 0}
    assert found.manifest.made_at == NOW
    assert restore(elsewhere, made.path, now=NOW + timedelta(days=31)) == found.manifest.rows
    assert _known(open_again(elsewhere).engine) == [(str(made.path), sha256)]


def test_thinning_brings_an_older_form_to_the_newest(tmp_path: Path, elsewhere: Settings) -> None:
    file = _of_form(tmp_path, "0001", "0001")

    thin(file, _expire_everything, now=NOW)

    (tmp_path / "into").mkdir()
    assert unpack(file, tmp_path / "into").manifest.revision == newest()
    assert restore(elsewhere, file, now=NOW)["backups"] == 0


def test_a_thinning_that_fails_leaves_the_backup_as_it_was(tmp_store: Store, tmp_path: Path) -> None:
    made = backup(_with_posts(tmp_store), tmp_path / "backup", now=NOW)

    def fail(engine: Engine) -> bool:
        _expire_everything(engine)
        raise RuntimeError("halfway")

    with pytest.raises(RuntimeError, match="halfway"):
        thin(made.path, fail, now=NOW)

    assert hashlib.sha256(made.path.read_bytes()).hexdigest() == made.sha256
    assert _left(tmp_path) == []


def _thin_later(folder: Path, began: Any) -> None:
    began.set()
    thin(folder / "backup", _expire_everything, now=NOW)


@pytest.mark.parametrize("number", range(ROUNDS))
def test_a_kill_leaves_the_backup_as_it_was_or_thinned(
    tmp_store: Store, tmp_path: Path, chance: random.Random, number: int
) -> None:
    made = backup(_with_posts(tmp_store, 1_000), tmp_path / "backup", now=NOW)
    shutil.copy(made.path, tmp_path / "copy")
    began = time.monotonic()
    thin(tmp_path / "copy", _expire_everything, now=NOW)
    takes = time.monotonic() - began

    _killed(_thin_later, tmp_path, chance.uniform(0, 1.2 * takes))

    (tmp_path / "into").mkdir()
    found = unpack(made.path, tmp_path / "into")
    assert found.sha256 == made.sha256 or found.manifest.rows["payloads"] == 0


def test_only_a_backup_of_ours_is_thinned(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"%PDF-1.7")

    for name in ("file", "nothing", "."):
        with pytest.raises(BadInput):
            thin(tmp_path / name, _expire_everything, now=NOW)

    assert (tmp_path / "file").read_bytes() == b"%PDF-1.7"
    assert _left(tmp_path) == []


def _grown_by(folder: str, file: str, said: Any) -> None:
    """By how many bytes a process grew that made a backup and restored it."""
    import resource

    store = open_store(Settings(data_dir=Path(folder)))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    backup(store, Path(file), now=NOW)
    restore(Settings(data_dir=Path(file).parent / "new"), Path(file), now=NOW)
    said.put((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024)


@pytest.mark.skipif(sys.platform != "linux", reason="others count memory in other units")
def test_a_large_database_is_never_held_in_memory(tmp_store: Store, tmp_path: Path) -> None:
    with_schools(tmp_store)
    row: dict[str, Any] = {"platform": "x", "retrieved_at": NOW, "stored_at": NOW, "content_hash": b"1", "source": "x"}
    with writing(tmp_store.engine) as connection:
        for start in range(0, 24_000, 1_000):
            ids = range(start + 1, start + 1_001)
            connection.execute(posts.insert(), [{"id": n, "text": f"Post {n}", **row} for n in ids])
            bodies = [{"post_id": n, "body": random.randbytes(900) * 10, "tool": "t", "retrieved_at": NOW} for n in ids]
            connection.execute(payloads.insert(), bodies)

    grown = int(_asked_elsewhere(_grown_by, str(tmp_store.folder), str(tmp_path / "backup")))

    assert (tmp_store.folder / "crestwatch.sqlite").stat().st_size > 210_000_000
    assert grown < 160_000_000  # SQLite’s caches, whatever the size
