"""Killed while the worker takes in an upload: the web alone, the worker alone, or both at once."""

import logging
import random
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.crash_rounds import Round, kill, looked_through, opened, prepare
from core.log import configure
from core.settings import Settings
from ops.worker import Worker
from store import requests, runs
from store.engine import reading, writing
from store.store import open_store
from tests.server import Dashboard, descendants, until
from tests.server import runs as still_runs

UPLOADED = 3_000
EXPECTED = frozenset(f"n{number}" for number in range(UPLOADED))
LONGEST = 4.0
"""Seconds after which the kill has come at the latest: a little more than the work takes."""
PATIENCE = 30.0
"""Seconds that a process may outlive the one it works for."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A dashboard whose worker takes in a file: where it lives, and the number of the job."""

    folder: Path
    job: int

    def is_done(self) -> bool:
        """Whether the worker has said so."""
        store = opened(self.folder)
        with reading(store.engine) as connection:
            asked = requests.find(connection, self.job)
        store.engine.dispose()
        return asked is not None and asked.state == "done"


def killing_the_web(folder: Path, chance: random.Random) -> Round:
    """Kill the web; its worker must leave by itself, and the next takes up what it left."""
    return _gone(folder, chance, worker_too=False)


def killing_both(folder: Path, chance: random.Random) -> Round:
    """Kill the web and its worker, as when the power goes."""
    return _gone(folder, chance, worker_too=True)


def killing_the_worker(folder: Path, chance: random.Random) -> Round:
    """Kill the worker; the web must start another, and that one must finish the job, with nobody's help."""
    with Dashboard(_data(folder), folder, CRESTWATCH_SCHEDULED="false") as dashboard:
        upload = _asked(folder, dashboard)
        time.sleep(chance.uniform(0, LONGEST))
        done = upload.is_done()
        below = descendants(dashboard.process.pid)
        for pid in below:
            kill(pid)
        found = looked_through(folder, done, lambda: until(upload.is_done, "the job is finished"), EXPECTED)
        until(lambda: descendants(dashboard.process.pid) - below, "the web starts another worker")
        until(lambda: dashboard.health()["worker"] == "alive", "that worker gives a sign of life")
        below |= descendants(dashboard.process.pid)
    return replace(found, orphans=_left(below))


def _data(folder: Path) -> Path:
    prepare(folder, UPLOADED)
    return folder / "data"


def _asked(folder: Path, dashboard: Dashboard) -> Upload:
    """An upload, from the moment when there is a worker for it."""
    file = folder / "data" / "inbox" / "files" / "upload"
    file.parent.mkdir(parents=True)
    (folder / "posts.jsonl").rename(file)
    store = opened(folder)
    with writing(store.engine) as connection:
        job = requests.ask(connection, "import", {"path": str(file)}, by="crash", now=datetime.now(UTC))
    store.engine.dispose()
    until(lambda: dashboard.health()["worker"] == "alive", "the worker gives a sign of life")
    return Upload(folder, job)


def _gone(folder: Path, chance: random.Random, *, worker_too: bool) -> Round:
    with Dashboard(_data(folder), folder, CRESTWATCH_SCHEDULED="false") as dashboard:
        upload = _asked(folder, dashboard)
        time.sleep(chance.uniform(0, LONGEST))
        below = descendants(dashboard.process.pid)
        dashboard.process.kill()
        for pid in below if worker_too else ():
            kill(pid)
    left = _left(below)
    return looked_through(folder, upload.is_done(), lambda: _take_up(folder), EXPECTED, orphans=left)


def _left(below: set[int]) -> int:
    """How many of these processes still run when their time is up."""
    end = time.monotonic() + PATIENCE
    while any(still_runs(pid) for pid in below) and time.monotonic() < end:
        time.sleep(0.1)
    return sum(still_runs(pid) for pid in below)


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
