"""Killed: an import, a collection from a made-up source, and one by a real client library from a Reddit on a bad day."""

import logging
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import prawcore.sessions

from benchmarks.crash_rounds import SCHOOL, Round, killed, looked_through, opened, prepare
from collectors.files import ReadOptions
from collectors.reddit import REMEMBERED, Reddit
from core.log import configure
from core.types import Query
from ops import pipeline
from store import runs
from store.engine import reading
from tests.ops.fake_source import BEGAN, FakeSource, raw
from tests.replay import Answer, FaultKind, Replay

TOTAL = 1_000
LONGEST = {"import": 1.5, "collection": 1.5, "Reddit": 3.0}
"""Seconds after which the kill has come at the latest: a little more than the work takes."""
BAD_DAY: tuple[FaultKind, ...] = ("429", "500", "slow", "cut", "truncate", "disconnect")
PATIENCE = 0.2
"""Seconds that the collector waits for a slow answer."""


def importing(folder: Path, chance: random.Random) -> Round:
    """Kill a bulk import."""
    prepare(folder, TOTAL)
    ended = killed(_import, chance.uniform(0, LONGEST["import"]), folder)
    return looked_through(folder, ended, lambda: _import(folder), {f"n{number}" for number in range(TOTAL)})


def collecting(folder: Path, chance: random.Random) -> Round:
    """Kill a collection from a source that answers in pages."""
    prepare(folder, 0)
    ended = killed(_collect, chance.uniform(0, LONGEST["collection"]), folder)
    expected = {f"n{number}" for number in range(TOTAL) if number % 100 != 99}
    return looked_through(folder, ended, lambda: _collect(folder), expected)


def asking_reddit(folder: Path, chance: random.Random) -> Round:
    """Kill a collection by praw while answers fail in every way and new posts come in; then the bad day is over."""
    prepare(folder, 0)
    made_up = MadeUpReddit()
    with Replay({"/api/v1/access_token": _token, "/r/": made_up.page_of}) as replay:
        for kind in chance.choices(BAD_DAY, k=chance.randrange(12)):
            # Three times in a row is more than praw's own attempts.
            replay.fault("/", kind, after=chance.randrange(12), times=chance.choice((1, 3)))
        ended = killed(_ask_reddit, chance.uniform(0, LONGEST["Reddit"]), folder, replay.url)
        replay.faults.clear()
        found = looked_through(folder, ended, lambda: _ask_reddit(folder, replay.url), made_up.names)
    if all(names[:REMEMBERED] == made_up.newest for names in _cursor_of(folder)):
        return found
    return replace(found, wrong=(*found.wrong, "the cursor is not at the newest post"))


@dataclass
class MadeUpReddit:
    """Submissions numbered upwards, more with every page that is asked for until all are there. Some are deleted."""

    there: int = 200
    in_the_end: int = 360
    page: int = 40
    more: int = 10

    @property
    def names(self) -> set[str]:
        """What there is to store in the end."""
        return {f"t3_{number}" for number in range(1, self.in_the_end + 1) if number % 100 != 99}

    @property
    def newest(self) -> list[str]:
        """What a cursor remembers in the end."""
        return [f"t3_{number}" for number in range(self.in_the_end, self.in_the_end - REMEMBERED, -1)]

    def page_of(self, query: dict[str, str], _: Mapping[str, str]) -> Answer:
        """A page after the submission in `after`, newest first."""
        self.there = min(self.in_the_end, self.there + self.more)
        above = int(query["after"].removeprefix("t3_")) if "after" in query else self.there + 1
        shown = list(range(above - 1, max(0, above - 1 - self.page), -1))
        after = f"t3_{shown[-1]}" if shown[-1] > 1 else None
        return Answer(body={"kind": "Listing", "data": {"children": [_thing(number) for number in shown], "after": after}})


def _thing(number: int) -> dict[str, Any]:
    said = {"name": f"t3_{number}", "title": raw(number).payload["text"], "author": f"person{number % 7}"}
    said |= {"created_utc": BEGAN.timestamp() + 60 * number, "subreddit": "skarnby"}
    return {"kind": "t3", "data": said | ({"removed_by_category": "deleted"} if number % 100 == 99 else {})}


def _token(*_: object) -> Answer:
    return Answer(body={"access_token": "made-up", "token_type": "bearer", "expires_in": 3600, "scope": "*"})


def _import(folder: Path) -> None:
    configure(level=logging.ERROR)
    store, pipeline.IMPORT_ROWS = opened(folder), 100
    pipeline.import_file(store, folder / "posts.jsonl", ReadOptions())
    store.engine.dispose()


def _collect(folder: Path) -> None:
    configure(level=logging.ERROR)
    store = opened(folder)
    pipeline.run_source(store, FakeSource(total=TOTAL, size=50), pipeline.query_for(SCHOOL))
    store.engine.dispose()


def _ask_reddit(folder: Path, url: str) -> None:
    """Ask, and ask again after a fault, until there is nothing new: a search, and the same posts in a community."""
    configure(level=logging.CRITICAL)
    logging.getLogger("prawcore").setLevel(logging.ERROR)
    # praw's own three attempts follow at once.
    prawcore.sessions.FiniteRetryStrategy._sleep_seconds = lambda _: None  # type: ignore[assignment, method-assign]
    said = {"client_id": "made-up", "client_secret": "made-up-0123456789", "contact": "skarnby_it", "approved": True}
    reddit = Reddit({**said, "timeout_seconds": PATIENCE, "base_url": url})
    query = Query(key=SCHOOL.id, names=(SCHOOL.name,), communities=("r/skarnby",))
    store = opened(folder)
    while (report := pipeline.run_source(store, reddit, query)).stopped or report.stored:
        pass
    store.engine.dispose()


def _cursor_of(folder: Path) -> list[list[str]]:
    """The newest submissions that each list of the cursor names."""
    store = opened(folder)
    with reading(store.engine) as connection:
        found = runs.cursor(connection, Reddit.name, SCHOOL.id)
    store.engine.dispose()
    return list((found or {"newest": {"none": []}})["newest"].values())
