"""The demo: one fictional school and the posts about it, shifted so that the last fell yesterday. Never sent to any source."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

from analysis.judge import Judge
from collectors.base import Collector, Policy
from core.profile import read_school
from core.types import Author, Batch, Json, Post, Query, Raw, Reach
from core.weeks import LONDON, london_day
from ops.pipeline import Report, take_in
from store import profiles, queries, retention, runs
from store.engine import writing
from store.store import Store

FOLDER = Path(__file__).parent
SOURCE = "demo"


class Demo(Collector):
    """The demo's posts as a source of their own. It lies outside `collectors/`, so nothing schedules or lists it."""

    name = SOURCE
    label = "Demo"
    policy = Policy()
    scheduled = False

    def ready(self) -> None:
        """Always."""

    def collect(self, query: Query, cursor: Json | None) -> Iterator[Batch]:
        """All posts, once; `query.key` is the moment they are shifted to."""
        now = datetime.fromisoformat(query.key)
        lines = (FOLDER / "posts.jsonl").read_text(encoding="utf-8").splitlines()
        yield Batch(
            items=[Raw(payload=_shifted(json.loads(line), now), retrieved_at=now, tool="crestwatch demo") for line in lines]
        )

    @staticmethod
    def to_post(raw: Raw) -> Post:
        """A demo post."""
        said = raw.payload
        return Post(
            platform=said["platform"],
            native_id=said["id"],
            text=said["text"],
            created_at=datetime.fromisoformat(said["created_at"]),
            retrieved_at=raw.retrieved_at,
            author=Author(**{name: value or None for name, value in said["author"].items()}),
            community=said.get("community"),
            reply_to=said.get("reply_to"),
            url=said.get("url"),
            reach=Reach(**{name: said.get(name) for name in ("likes", "shares", "replies", "views")}),
        )


def load(store: Store, *, now: datetime) -> Report:
    """Load the demo so that its last post fell yesterday; one loaded earlier is moved up. Twice on one day changes nothing."""
    school = read_school(json.loads((FOLDER / "school.json").read_text(encoding="utf-8")))
    demo = Demo()
    batch = next(demo.collect(Query(key=now.isoformat()), None))
    newest = max(Demo.to_post(raw).created_at or now for raw in batch.items)
    with writing(store.engine) as connection:
        if queries.newest_of_source(connection, SOURCE) not in (None, newest):
            retention.remove_source(connection, SOURCE)
        profiles.save_schools(connection, [school], now=now, demo=True)
        run = runs.start_run(connection, SOURCE, school.id, now=now)
    report = take_in(store, batch, demo, school.id, run=run, judge=Judge([school]), now=now)
    with writing(store.engine) as connection:
        runs.end_run(connection, run, "done", now=now)
    return report


def _shifted(line: dict[str, Any], now: datetime) -> dict[str, Any]:
    """A line with its offset made a moment: `days_ago` days before today in London, at its time of day."""
    day = london_day(now) - timedelta(days=line["days_ago"])
    at = datetime.combine(day, time.fromisoformat(line["time"]), LONDON)
    return {**line, "created_at": at.astimezone(UTC).isoformat()}
