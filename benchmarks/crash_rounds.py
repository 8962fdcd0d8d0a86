"""One round of a crash: prepare a store, kill what works on it, look it through, finish the work, look again."""

import json
import multiprocessing
import os
import random
import signal
import threading
from collections.abc import Callable, Set
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.soundness import State, state
from core.settings import Settings
from core.types import School
from store import profiles
from store.engine import writing
from store.store import Store, open_store
from tests.ops.fake_source import raw

SCHOOL = School(id="sva", name="Skarnby Vale Academy", town="Skarnby")

_ONE_AT_A_TIME = threading.Lock()
"""Alembic makes a database for one thread of a process at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One kill: before anything was stored, during, or after the work was done; and what was found wrong, in words."""

    when: str
    lost: int
    doubled: int
    wrong: tuple[str, ...]
    orphans: int = 0


Scene = Callable[[Path, random.Random], Round]


def rounds_of(scene: Scene, folder: Path, seed: int, rounds: int, *, at_once: int = 1) -> list[Round]:
    """So many rounds, each in a folder of its own, the same moments for the same seed."""
    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(lambda number: scene(folder / str(number), random.Random(seed + number)), range(rounds)))


def prepare(folder: Path, rows: int) -> None:
    """A store with one school, and a file of made-up posts."""
    folder.mkdir(parents=True)
    store = opened(folder)
    with writing(store.engine) as connection:
        profiles.save_schools(connection, [SCHOOL], now=datetime.now(UTC))
    store.engine.dispose()
    lines = [
        json.dumps({"id": f"n{number}", "platform": "fake", "text": raw(number).payload["text"], "created_at": _time(number)})
        for number in range(rows)
    ]
    (folder / "posts.jsonl").write_text("\n".join(lines), encoding="utf-8")


def opened(folder: Path) -> Store:
    """The store of a round."""
    with _ONE_AT_A_TIME:
        return open_store(Settings(data_dir=folder / "data"))


def killed(work: Callable[..., None], seconds: float, *given: Path | str) -> bool:
    """Do the work in a process of its own and kill that after so many seconds. Returns whether it had ended by itself."""
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload(["ops.worker", "praw", "tests.ops.fake_source"])
    process = server.Process(target=work, args=given)
    process.start()
    process.join(seconds)
    ended = process.exitcode is not None
    process.kill()
    process.join()
    if ended and process.exitcode != 0:
        raise AssertionError(f"the work ended by itself with {process.exitcode}")
    return ended


def kill(pid: int) -> None:
    """End another process at once; one that is gone already is no problem."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def looked_through(folder: Path, ended: bool, finish: Callable[[], None], expected: Set[str], *, orphans: int = 0) -> Round:
    """What a kill left, and what finishing the work then gives."""
    before = _state(folder)
    finish()
    after = _state(folder)
    when = "after" if ended else "during" if before.there else "before"
    lost = len(expected - after.there) + (len(expected - before.there) if ended else 0)
    unknown = ("posts that nobody sent",) if after.there - expected else ()
    wrong = before.wrong + after.wrong + unknown
    return Round(when=when, lost=lost, doubled=before.doubled + after.doubled, wrong=wrong, orphans=orphans)


def _time(number: int) -> str:
    return f"2026-10-{1 + number % 30:02d}T{number % 24:02d}:{number % 60:02d}:00Z"


def _state(folder: Path) -> State:
    store = opened(folder)
    found = state(store)
    store.engine.dispose()
    return found
