"""The demo: a fictional trust of three schools, half a year of posts about them, and the accounts around them.

Shifted so that the last post fell yesterday. Its schools are never sent to any source, and its posts are never over their time.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

from analysis.judge import Judge
from collectors.base import Collector, Policy
from core.profile import read_school
from core.types import Account, Author, Batch, Json, Post, Query, Raw, Reach, School
from core.weeks import LONDON, london_day
from ops.pipeline import Report, take_in
from store import accounts, profiles, queries, retention, runs
from store.engine import writing
from store.store import Store

FOLDER = Path(__file__).parent
SOURCE = "demo"
SCHOOLS = ("drovers", "hearth", "mossquern")


class Demo(Collector):
    """The demo's posts as a source of their own. It lies outside `collectors/`, so nothing schedules or lists it."""

    name = SOURCE
    label = "Demo"
    policy = Policy()
    scheduled = False
    asks_others = False

    def ready(self) -> None:
        """Always."""

    def collect(self, query: Query, cursor: Json | None) -> Iterator[Batch]:
        """All posts, once; `query.key` is the moment they are shifted to."""
        now = datetime.fromisoformat(query.key)
        yield Batch(
            items=[Raw(payload=_shifted(line, now), retrieved_at=now, tool="crestwatch demo") for line in lines("posts.jsonl")],
            accounts=[_account(line, now) for line in lines("accounts.jsonl")],
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


def schools() -> list[School]:
    """The three schools: a name that is a place, one that is an everyday word, one that is nobody else's."""
    return [read_school(json.loads((FOLDER / name / "school.json").read_text(encoding="utf-8"))) for name in SCHOOLS]


def lines(file: str) -> list[dict[str, Any]]:
    """The lines of a file of each school, one after another."""
    return [json.loads(line) for name in SCHOOLS for line in (FOLDER / name / file).read_text(encoding="utf-8").splitlines()]


def load(store: Store, *, now: datetime) -> Report:
    """Load the demo so that its last post fell yesterday; one loaded earlier is moved up. Twice on one day changes nothing."""
    found, demo = schools(), Demo()
    batch = next(demo.collect(Query(key=now.isoformat()), None))
    newest = max(Demo.to_post(raw).created_at or now for raw in batch.items)
    with writing(store.engine) as connection:
        if queries.newest_of_source(connection, SOURCE) not in (None, newest):
            retention.remove_source(connection, SOURCE)
        profiles.save_schools(connection, found, now=now, demo=True)
        run = runs.start_run(connection, SOURCE, "all", now=now)
        for school in found:
            accounts.save(connection, school, batch.accounts)
    for_ever = now + timedelta(days=36_500)
    report = take_in(store, batch, demo, "all", run=run, judge=Judge(found), now=now, keep_until=for_ever)
    with writing(store.engine) as connection:
        runs.end_run(connection, run, "done", now=now)
    return report


def _shifted(line: dict[str, Any], now: datetime) -> dict[str, Any]:
    """A line with its offset made a moment: `days_ago` days before today in London, at its time of day."""
    day = london_day(now) - timedelta(days=line["days_ago"])
    at = datetime.combine(day, time.fromisoformat(line["time"]), LONDON)
    return {**line, "created_at": at.astimezone(UTC).isoformat()}


def _account(line: dict[str, Any], now: datetime) -> Account:
    """A demo account, as it looks now."""
    told = {
        name: line.get(name) for name in ("bio", "url", "location", "followers", "following", "posts", "verified", "avatar")
    }
    return Account(
        platform=line["platform"],
        handle=line["handle"],
        display_name=line["display_name"],
        seen_at=now,
        created_at=now - timedelta(days=line["created_days_ago"]),
        **told,
    )
