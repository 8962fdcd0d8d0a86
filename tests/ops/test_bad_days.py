"""Bad days: whatever is missing, one sentence says what to do, and nothing that was stored is lost."""

import json
import os
import random
import re
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import event

from benchmarks.soundness import state
from core.settings import Settings
from ops import jobs, worker
from ops.worker import Worker
from store import engine
from store.requests import Job
from store.store import Store, open_store
from tests.ops.fictional import row, schools_file
from tests.ops.limited import NOBODY, Ended, Limited, Limits
from tests.ops.numbered import DATABASE, posts, sentence, texts, whole
from tests.ops.test_worker import ask, can, found
from tests.server import until

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="limits processes as Linux does")
MEBIBYTE = 1 << 20
FULL = "The disk is full. Free some space; nothing that was stored is lost."
HELD = "Another program holds the database. Close it and try again; nothing that was stored is lost."


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever opens a store in this process waits for another program no longer than a moment."""
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.1)
    monkeypatch.setattr(worker, "AGAIN", worker.AGAIN / 100)


@pytest.mark.parametrize(("form", "size"), [("lines", 1 << 30), ("list", 1 << 30), ("table", 1 << 28)])
def test_a_line_of_a_gigabyte_is_left_out_and_takes_no_memory(
    start: Callable[..., Limited], tmp_path: Path, data: Path, form: str, size: int
) -> None:
    first, last = (json.dumps(row(n, whole(range(n, n + 1))[f"p{n}"], platform="fake")) for n in (1, 2))
    if form == "table":
        head = "id,platform,text,created_at"
        first, last = (
            f"{head}\n" * (n == 1) + f"p{n},fake,{json.dumps(whole(range(3))[f'p{n}'])},2026-11-02T09:00Z" for n in (1, 2)
        )
    begins, between = ("[", ',\n"') if form == "list" else ("", "\n")
    long, short = tmp_path / "long", tmp_path / "short"
    with long.open("wb") as file:
        file.write((begins + first + between + "x" * MEBIBYTE).encode())
        file.seek(size, os.SEEK_CUR)
        file.write(f"\n{last}\n".encode())
    short.write_text(f"{begins}{first}\n")
    usual = start("import", short, "--schools", schools_file(tmp_path)).ended()
    ended = start("import", long, limits=Limits(memory=200 * MEBIBYTE)).ended()
    assert (usual.status, ended.status) == (0, 0), ended
    assert ended.peak < usual.peak + 100 * MEBIBYTE
    numbers = range(1, 2) if form == "list" else range(1, 3)
    assert texts(data) == whole(numbers)
    assert re.search(r"^line \d: It is ", ended.err, re.MULTILINE), ended


def test_a_disk_that_is_full_during_an_import(
    start: Callable[..., Limited], twenty: dict[str, str], tmp_path: Path, data: Path
) -> None:
    file = posts(tmp_path, range(2_500), "more.jsonl")
    room = (data / DATABASE).stat().st_size + MEBIBYTE
    said = sentence(start("import", file, limits=Limits(file_size=room)).ended())
    assert said == "The disk did not answer. Check the disk and its space; nothing that was stored is lost."
    assert twenty.items() <= texts(data).items()
    assert start("import", file).ended().status == 0
    assert texts(data) == whole(range(2_500))


def test_a_worker_on_a_full_disk_says_so_and_goes_on_once_there_is_room(
    tmp_path: Path, tmp_store: Store, impatient: None
) -> None:
    settings = Settings(data_dir=tmp_path / "data", scheduled=False)
    inbox = settings.inbox / "files"
    inbox.mkdir(parents=True)
    upload = posts(inbox, range(3_000), "upload")
    room: list[int] = []

    def limit(connection: sqlite3.Connection, *_: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 20 if not room else room[0]}")

    event.listen(tmp_store.engine, "checkout", limit)
    first = ask(tmp_store, "import", path=str(upload), platform=None, zone=None)
    works = Worker(tmp_store, settings)
    works.work_once()
    assert (found(tmp_store, first).state, found(tmp_store, first).message) == ("failed", FULL)
    assert upload.exists()
    room.append(1 << 30)
    ask(tmp_store, "import", path=str(upload), platform=None, zone=None)
    works.work_once()
    assert texts(tmp_path / "data") == whole(range(3_000))
    assert state(tmp_store).wrong == ()


def test_a_result_that_cannot_be_written_down_is_written_once_it_can(
    tmp_path: Path, impatient: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(Settings(data_dir=tmp_path / "data"))
    held = sqlite3.connect(tmp_path / "data" / DATABASE, isolation_level=None, check_same_thread=False)

    def do(_progress: jobs.Progress) -> dict[str, Any]:
        held.execute("BEGIN EXCLUSIVE")
        return {"number": 42}

    can(monkeypatch, do)
    number = ask(store)
    with structlog.testing.capture_logs() as logged:
        thread = threading.Thread(target=Worker(store, Settings(data_dir=tmp_path / "data")).work_once)
        thread.start()
        until(lambda: any(each["event"] == "could_not_say_how_it_went" for each in logged), "it was refused", 20)
        held.execute("ROLLBACK")
        thread.join(20)
    held.close()
    job: Job = found(store, number)
    assert (job.state, job.result) == ("done", {"number": 42})
    assert {each["reason"] for each in logged} == {HELD}
    store.engine.dispose()


def test_another_program_holds_the_database(command: Any, tmp_path: Path, data_dir: Path, impatient: None) -> None:
    file = posts(tmp_path, range(20))
    assert command("import", file, "--schools", schools_file(tmp_path)).status == 0
    with closing(sqlite3.connect(data_dir / DATABASE, isolation_level=None)) as held:
        held.execute("BEGIN EXCLUSIVE")
        said = command("import", posts(tmp_path, range(40), "more.jsonl"))
        assert (said.status, said.out, said.err) == (1, "", f"{HELD}\n")
        assert command("schools").status == 0, "who only reads does not wait"
    assert texts(data_dir) == whole(range(20))
    assert command("import", tmp_path / "more.jsonl").status == 0
    assert texts(data_dir) == whole(range(40))


@pytest.fixture
def theirs(start: Callable[..., Limited]) -> Iterator[Path]:
    """A folder of somebody whom rights bind, for the data, with twenty posts."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    posts(folder, range(20))
    schools_file(folder)
    if os.getuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
    yield folder
    (folder / "data").chmod(0o700)
    shutil.rmtree(folder)


@pytest.mark.parametrize(("path", "mode"), [("", 0o500), (DATABASE, 0o400), ("keys", 0o000), ("keys/seal.key", 0o000)])
def test_a_data_folder_or_database_that_may_not_be_written(theirs: Path, tmp_path: Path, path: str, mode: int) -> None:
    def run(*arguments: str | Path) -> Ended:
        return Limited(tmp_path, theirs / "data", *arguments, limits=Limits(nobody=True)).ended()

    first = run("import", theirs / "posts.jsonl", "--schools", theirs / "schools.json")
    assert first.status == 0, first
    more = posts(theirs, range(40), "more.jsonl")
    with closing(sqlite3.connect(theirs / "data" / DATABASE)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the last to close the database takes its journal away
    place = theirs / "data" / path
    usual = place.stat().st_mode
    place.chmod(mode)
    said = sentence(run("import", more))
    assert "right" in said
    place.chmod(usual)
    assert texts(theirs / "data") == whole(range(20))
    assert run("import", more).status == 0
    assert texts(theirs / "data") == whole(range(40))


def test_a_new_data_folder_where_nothing_may_be_made(theirs: Path, tmp_path: Path) -> None:
    theirs.chmod(0o555)
    said = sentence(Limited(tmp_path, theirs / "data" / "new", "schools", limits=Limits(nobody=True)).ended())
    assert "cannot be made (Permission denied). Set another as data_dir." in said
    (theirs / "data").mkdir(exist_ok=True)


@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_database_is_said_and_left_to_be_restored(
    start: Callable[..., Limited], tmp_path: Path, data: Path, seed: int
) -> None:
    assert start("import", posts(tmp_path, range(300)), "--schools", schools_file(tmp_path)).ended().status == 0
    with closing(sqlite3.connect(data / DATABASE)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    good, chance = (data / DATABASE).read_bytes(), random.Random(seed)
    damaged = bytearray(good)
    if seed == 0:
        del damaged[len(good) // 2 :]
    else:
        begin = chance.randrange(len(good) // 8, len(good) // 2)
        damaged[begin : begin + len(good) // 3] = chance.randbytes(len(good) // 3)
    (data / DATABASE).write_bytes(damaged)
    doctor = start("doctor").ended()
    assert doctor.status == 1
    assert re.search(r"damaged.*Restore the newest backup", doctor.out), doctor
    (again := tmp_path / "again").mkdir()
    more = posts(again, range(250, 350))
    for arguments in (["import", str(more)], ["schools"]):
        ended = start(*arguments).ended()
        assert (ended.status, ended.err) == (0, "100 lines read\n") or re.search("damaged|doctor", sentence(ended))
    for left in data.glob(f"{DATABASE}-*"):
        left.unlink()
    (data / DATABASE).write_bytes(good)
    assert start("import", more).ended().status == 0
    assert texts(data) == whole(range(350))
