"""One transaction is whole, readers wait for nobody, and what goes wrong is said in one sentence."""

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text

import store.engine
from core.errors import StoreUnavailable
from core.settings import Settings
from store.engine import explained, frame, open_engine, reading, writing
from store.store import Store, open_store
from store.tables import heartbeats
from tests.store.elsewhere import ELSEWHERE, beat, write_as_nobody, write_when_told
from tests.store.fictional import NOW

Engines = Callable[[str], Engine]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections opened from here on wait a tenth of a second for a lock."""
    monkeypatch.setattr(store.engine, "BUSY_SECONDS", 0.1)


def _workers(engine: Engine) -> int | None:
    with reading(engine) as connection:
        return connection.scalar(select(func.count()).select_from(heartbeats))


def test_every_connection_is_set_up(tmp_store: Store) -> None:
    with tmp_store.engine.connect() as connection:
        said = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "busy_timeout", "foreign_keys", "synchronous", "secure_delete")
        }

    assert said == {"journal_mode": "wal", "busy_timeout": 10_000, "foreign_keys": 1, "synchronous": 2, "secure_delete": 1}


def test_reading_first_and_writing_later_does_not_fail_when_another_process_writes_between(tmp_store: Store) -> None:
    ready, go = ELSEWHERE.Event(), ELSEWHERE.Event()
    url = tmp_store.engine.url.render_as_string(hide_password=False)
    other = ELSEWHERE.Process(target=write_when_told, args=(url, ready, go))
    other.start()
    assert ready.wait(20)

    with writing(tmp_store.engine) as connection:
        seen = connection.scalar(select(func.count()).select_from(heartbeats))
        go.set()
        other.join(0.3)
        connection.execute(beat("ours"))
    other.join(20)

    assert seen == 0
    assert other.exitcode == 0
    assert _workers(tmp_store.engine) == 2


def test_a_deferred_transaction_would_have_failed(tmp_store: Store, engines: Engines, impatient: None) -> None:
    other = engines(str(tmp_store.engine.url))
    with (
        pytest.raises(StoreUnavailable, match="Another program holds the database"),
        reading(tmp_store.engine) as connection,
    ):
        connection.scalar(select(func.count()).select_from(heartbeats))
        with writing(other) as writer:
            writer.execute(beat("other"))
        connection.execute(beat("ours"))


def test_a_reader_waits_for_no_writer_and_sees_one_moment(tmp_store: Store, engines: Engines, impatient: None) -> None:
    other = engines(str(tmp_store.engine.url))
    with writing(other) as writer:
        writer.execute(beat("other"))
        assert _workers(tmp_store.engine) == 0
    with reading(tmp_store.engine) as connection:
        before = connection.scalar(select(func.count()).select_from(heartbeats))
        with writing(other) as writer:
            writer.execute(beat("a second"))

        assert connection.scalar(select(func.count()).select_from(heartbeats)) == before == 1
    assert _workers(tmp_store.engine) == 2


def test_nothing_of_a_transaction_that_failed_is_stored(store: Store) -> None:
    with pytest.raises(RuntimeError), writing(store.engine) as connection:
        connection.execute(beat("ours"))
        raise RuntimeError

    assert _workers(store.engine) == 0


def test_a_table_has_its_columns_when_it_has_no_rows(tmp_store: Store) -> None:
    with reading(tmp_store.engine) as connection:
        assert list(frame(connection, select(*heartbeats.c)).columns) == ["worker", "at"]


def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(Exception, match="without a zone"), writing(store.engine) as connection:
        connection.execute(heartbeats.insert().values(worker="ours", at=NOW.replace(tzinfo=None)))


def test_a_locked_database_is_said_in_a_sentence(tmp_store: Store, engines: Engines, impatient: None) -> None:
    with (
        writing(tmp_store.engine),
        pytest.raises(StoreUnavailable, match=r"^Another program holds the database\."),
        writing(engines(str(tmp_store.engine.url))),
    ):
        pass


def test_a_file_that_is_no_database_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "crestwatch.sqlite").write_bytes(b"Dear colleague, " * 500)

    with pytest.raises(StoreUnavailable, match=r"^The database file is damaged or is not ours\."):
        open_store(Settings(data_dir=tmp_path))


def test_a_database_that_was_overwritten_in_places_is_said_in_a_sentence(tmp_store: Store, engines: Engines) -> None:
    file = Path(tmp_store.engine.url.database or "")
    tmp_store.engine.dispose()
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))

    with pytest.raises(StoreUnavailable, match=r"^The database file is damaged\."):
        _workers(engines(str(tmp_store.engine.url)))


def test_a_database_that_was_never_prepared_is_said_in_a_sentence(tmp_path: Path, engines: Engines) -> None:
    with pytest.raises(StoreUnavailable, match="has not been prepared"):
        _workers(engines(f"sqlite:///{tmp_path / 'empty.sqlite'}"))


def test_a_full_disk_is_said_in_a_sentence(tmp_store: Store) -> None:
    with pytest.raises(StoreUnavailable, match=r"^The disk is full\."), writing(tmp_store.engine) as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        connection.execute(beat("long" * 100_000))


def test_a_mistake_in_our_own_sql_is_not_explained_away(tmp_store: Store) -> None:
    with pytest.raises(Exception, match="syntax error"), reading(tmp_store.engine) as connection:
        connection.execute(text("SELEKT 1"))


def test_a_data_folder_that_cannot_be_made_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StoreUnavailable, match=r"^The data folder .* cannot be made \(.*\)\. Set another as data_dir\.$"):
        open_store(Settings(data_dir=tmp_path / "file" / "data"))


def test_the_data_folder_is_for_this_user_alone(tmp_store: Store) -> None:
    assert tmp_store.folder.stat().st_mode & 0o777 == 0o700


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can reach, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="crestwatch-"))
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("file_exists", "sentence"), [(True, "The data folder cannot be written."), (False, "The database cannot be opened.")]
)
def test_a_folder_that_may_not_be_written_is_said_in_a_sentence(open_folder: Path, file_exists: bool, sentence: str) -> None:
    file = open_folder / "crestwatch.sqlite"
    if file_exists:
        with sqlite3.connect(file) as connection:
            connection.execute("CREATE TABLE heartbeats (worker TEXT, at INTEGER)")
        connection.close()
        file.chmod(0o444)
    open_folder.chmod(0o555)
    said = ELSEWHERE.Queue()

    process = ELSEWHERE.Process(target=write_as_nobody, args=(f"sqlite:///{file}", said))
    process.start()
    answer = said.get(timeout=30)
    process.join(20)

    assert answer.startswith(sentence)


def test_what_is_explained_names_no_file_and_no_statement(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable) as caught, explained(), open_engine(f"sqlite:///{tmp_path}").connect():
        pass

    assert "sqlite" not in str(caught.value).lower()
    assert str(tmp_path) not in str(caught.value)
