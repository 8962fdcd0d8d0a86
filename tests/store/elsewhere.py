"""What the tests of this folder do in another process. Light to import, for each such process imports it anew."""

import multiprocessing
import os
from pathlib import Path
from typing import Any

from sqlalchemy import select

from core.errors import StoreUnavailable
from core.settings import Settings
from store.engine import open_engine, reading, writing
from store.migrate import current
from store.requests import claim
from store.store import open_store
from store.tables import heartbeats
from tests.store.fictional import NOW

NOBODY = 65534

ELSEWHERE = multiprocessing.get_context("forkserver")
ELSEWHERE.set_forkserver_preload([__name__])


def beat(worker: str) -> Any:
    """A small thing to write."""
    return heartbeats.insert().values(worker=worker, at=NOW)


def write_when_told(url: str, ready: Any, go: Any) -> None:
    """Open a store, say so, write once told to."""
    engine = open_engine(url)
    with engine.connect() as connection:
        connection.scalar(select(1))
    ready.set()
    go.wait(20)
    with writing(engine) as connection:
        connection.execute(beat("other"))
    engine.dispose()


def write_as_nobody(url: str, said: Any) -> None:
    """Write as a user who owns nothing here; says `written`, or the sentence that came instead."""
    engine = open_engine(url)  # first, for nobody may read our Python either
    if os.geteuid() == 0:
        os.setuid(NOBODY)
    try:
        with writing(engine) as connection:
            connection.execute(beat("ours"))
        said.put("written")
    except StoreUnavailable as problem:
        said.put(str(problem))


def open_and_tell(folder: str, done: Any) -> None:
    """Open the store in a folder; says its revision and its keys."""
    store = open_store(Settings(data_dir=Path(folder)))
    with reading(store.engine) as connection:
        done.put((current(connection), store.keys.author, store.keys.seal))
    store.engine.dispose()


def claim_all(url: str, worker: str, ready: Any, taken: Any) -> None:
    """Take jobs while there are any; says their numbers, then None."""
    engine = open_engine(url)
    ready.wait(30)
    while True:
        with writing(engine) as connection:
            job = claim(connection, worker, now=NOW)
        if job is None:
            break
        taken.put(job.id)
    engine.dispose()
    taken.put(None)
