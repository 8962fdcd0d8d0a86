"""What `kill -9` costs, at random moments: of an import, of a collection, of the dashboard with its worker.

    uv run python -m benchmarks.crash [--rounds 50] [--seed 7]

After each kill the store is opened again and looked through; then the work is finished, and must give exactly the full set.
"""

import argparse
import json
import logging
import multiprocessing
import os
import random
import signal
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.soundness import State, state
from collectors.files import ReadOptions
from core.log import configure
from core.settings import Settings
from core.types import School
from ops import pipeline
from ops.worker import Worker
from store import profiles, requests, runs
from store.engine import reading, writing
from store.store import Store, open_store
from tests.ops.fake_source import FakeSource, raw
from tests.server import Dashboard, descendants, until
from tests.server import runs as still_runs

TOTAL = 1_000
UPLOADED = 5_000
LONGEST = {"import": 1.5, "collection": 1.5, "dashboard": 6.0}
"""Seconds after which the kill has come at the latest: a little more than the work takes."""
SCHOOL = School(id="sva", name="Skarnby Vale Academy", town="Skarnby")
PATIENCE = 30.0
"""Seconds that a process may outlive the one it works for."""

_ONE_AT_A_TIME = threading.Lock()
"""Alembic makes a database for one thread of a process at a time."""

Scene = Callable[[Path, random.Random], "Round"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One kill: before anything was stored, during, or after the work was done; and what was found wrong, in words."""

    when: str
    lost: int
    doubled: int
    wrong: tuple[str, ...]
    orphans: int = 0


def importing(folder: Path, chance: random.Random) -> Round:
    """Kill a bulk import."""
    _prepare(folder, TOTAL)
    ended = _killed(_import, folder, chance.uniform(0, LONGEST["import"]))
    return _looked_through(folder, ended, lambda: _import(folder), {f"n{number}" for number in range(TOTAL)})


def collecting(folder: Path, chance: random.Random) -> Round:
    """Kill a collection from a source that answers in pages."""
    _prepare(folder, 0)
    ended = _killed(_collect, folder, chance.uniform(0, LONGEST["collection"]))
    expected = {f"n{number}" for number in range(TOTAL) if number % 100 != 99}
    return _looked_through(folder, ended, lambda: _collect(folder), expected)


def serving(folder: Path, chance: random.Random) -> Round:
    """Kill the dashboard, and in half of the rounds its worker with it, while the worker takes in an upload."""
    _prepare(folder, UPLOADED)
    upload = folder / "data" / "inbox" / "files" / "upload"
    upload.parent.mkdir(parents=True)
    (folder / "posts.jsonl").rename(upload)
    with Dashboard(folder / "data", folder, CRESTWATCH_SCHEDULED="false") as dashboard:
        store = _store(folder)
        with writing(store.engine) as connection:
            job = requests.ask(connection, "import", {"path": str(upload)}, by="crash", now=datetime.now(UTC))
        until(lambda: dashboard.health()["worker"] == "alive", "the worker gives a sign of life")
        time.sleep(chance.uniform(0, LONGEST["dashboard"]))
        below = descendants(dashboard.process.pid)
        dashboard.process.kill()
        if chance.random() < 0.5:
            for pid in below:
                _kill(pid)
        end = time.monotonic() + PATIENCE
        while any(still_runs(pid) for pid in below) and time.monotonic() < end:
            time.sleep(0.1)
    orphans = sum(still_runs(pid) for pid in below)
    with reading(store.engine) as connection:
        asked = requests.find(connection, job)
    store.engine.dispose()
    expected = {f"n{number}" for number in range(UPLOADED)}
    found = _looked_through(folder, asked is not None and asked.state == "done", lambda: _take_up(folder), expected)
    return Round(when=found.when, lost=found.lost, doubled=found.doubled, wrong=found.wrong, orphans=orphans)


SCENES: dict[str, Scene] = {"import": importing, "collection": collecting, "dashboard": serving}


def _prepare(folder: Path, rows: int) -> None:
    """A store with one school, and a file of made-up posts."""
    folder.mkdir(parents=True)
    store = _store(folder)
    with writing(store.engine) as connection:
        profiles.save_schools(connection, [SCHOOL], now=datetime.now(UTC))
    store.engine.dispose()
    lines = [
        json.dumps({"id": f"n{number}", "platform": "fake", "text": raw(number).payload["text"], "created_at": _time(number)})
        for number in range(rows)
    ]
    (folder / "posts.jsonl").write_text("\n".join(lines), encoding="utf-8")


def _time(number: int) -> str:
    return f"2026-10-{1 + number % 30:02d}T{number % 24:02d}:{number % 60:02d}:00Z"


def _store(folder: Path) -> Store:
    with _ONE_AT_A_TIME:
        return open_store(Settings(data_dir=folder / "data"))


def _import(folder: Path) -> None:
    configure(level=logging.ERROR)
    store, pipeline.IMPORT_ROWS = _store(folder), 100
    pipeline.import_file(store, folder / "posts.jsonl", ReadOptions())
    store.engine.dispose()


def _collect(folder: Path) -> None:
    configure(level=logging.ERROR)
    store = _store(folder)
    pipeline.run_source(store, FakeSource(total=TOTAL, size=50), pipeline.query_for(SCHOOL))
    store.engine.dispose()


def _take_up(folder: Path) -> None:
    """Do what the killed worker left, as the next one would."""
    configure(level=logging.ERROR)
    settings = Settings(data_dir=folder / "data", scheduled=False)
    store = open_store(settings)
    worker = Worker(store, settings)
    with writing(store.engine) as connection:
        requests.ask_again(connection, worker.name)
        runs.abandon_runs(connection, now=datetime.now(UTC))
    while worker.work_once():
        pass
    store.engine.dispose()


def _killed(work: Callable[[Path], None], folder: Path, seconds: float) -> bool:
    """Do the work in a process of its own and kill that after so many seconds. Returns whether it had ended by itself."""
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload(["ops.worker", "tests.ops.fake_source"])
    process = server.Process(target=work, args=(folder,))
    process.start()
    process.join(seconds)
    ended = process.exitcode is not None
    process.kill()
    process.join()
    if ended and process.exitcode != 0:
        raise AssertionError(f"the work ended by itself with {process.exitcode}")
    return ended


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _looked_through(folder: Path, ended: bool, finish: Callable[[], None], expected: set[str]) -> Round:
    """What a kill left, and what finishing the work then gives."""
    before = _state(folder)
    finish()
    after = _state(folder)
    when = "after" if ended else "during" if before.there else "before"
    lost = len(expected - after.there) + (len(expected - before.there) if ended else 0)
    unknown = ("posts that nobody sent",) if after.there - expected else ()
    return Round(when=when, lost=lost, doubled=before.doubled + after.doubled, wrong=before.wrong + after.wrong + unknown)


def _state(folder: Path) -> State:
    store = _store(folder)
    found = state(store)
    store.engine.dispose()
    return found


def rounds_of(scene: Scene, folder: Path, seed: int, rounds: int, *, at_once: int = 1) -> list[Round]:
    """So many rounds, each in a folder of its own, the same moments for the same seed."""
    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(lambda number: scene(folder / str(number), random.Random(seed + number)), range(rounds)))


def main() -> None:
    """Print a table of what was killed and what was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    asked = parser.parse_args()
    print(f"seed {asked.seed}, {asked.rounds} rounds each")
    print("killed      before during  after   lost doubled  wrong orphans")
    for name, scene in SCENES.items():
        with tempfile.TemporaryDirectory() as folder:
            found = rounds_of(scene, Path(folder), asked.seed, asked.rounds, at_once=2 if scene is serving else 1)
        when = Counter(each.when for each in found)
        sums = (sum(each.lost for each in found), sum(each.doubled for each in found))
        wrong, orphans = sum(bool(each.wrong) for each in found), sum(each.orphans for each in found)
        cells = (when["before"], when["during"], when["after"], *sums, wrong, orphans)
        print(f"{name:10} " + " ".join(f"{cell:>6}" for cell in cells))
        for words in sorted({words for each in found for words in each.wrong}):
            print(f"  {words}")


if __name__ == "__main__":
    main()
