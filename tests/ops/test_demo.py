"""The demo: the same day adds nothing, a later day moves it, and it is never asked of any source."""

import json
import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func, select

from core.weeks import london_day
from ops import demo
from store import profiles
from store.engine import reading
from store.store import Store
from store.tables import accounts, daily, judgements, payloads, post_keys, posts
from tests.ops.conftest import Command

NOW = datetime(2026, 11, 20, 16, 15, tzinfo=UTC)
SEASONS = re.compile(
    r"\b(?:January|February|April|June|July|August|September|October|November|December|Monday|Tuesday|Wednesday|Thursday|Friday"
    r"|Saturday|Sunday|Christmas|Easter|Halloween|Bonfire Night|summer|winter|autumn|springtime|snow|half[- ]term|heatwave)\b",
    re.IGNORECASE,
)
"""Words that would give away that the demo's days are shifted."""


def newest_day(store: Store) -> date:
    """The London day of the newest post."""
    with reading(store.engine) as connection:
        newest = connection.scalar(select(func.max(posts.c.created_at)))
    assert newest is not None
    return london_day(newest)


def counts(store: Store) -> list[int]:
    """How many rows there are of everything that a post brings."""
    with reading(store.engine) as connection:
        numbers = [
            connection.scalar(select(func.count()).select_from(each)) for each in (posts, post_keys, payloads, judgements)
        ]
        numbers.append(connection.scalar(select(func.sum(daily.c.negative + daily.c.neutral + daily.c.positive))))
    return [number or 0 for number in numbers]


def test_its_last_post_fell_yesterday(tmp_store: Store) -> None:
    report = demo.load(tmp_store, now=NOW)
    assert report.counts["stored"] == report.counts["read"] > 100
    assert newest_day(tmp_store) == date(2026, 11, 19)


def test_twice_on_one_day_adds_nothing(tmp_store: Store) -> None:
    first = demo.load(tmp_store, now=NOW)
    before = counts(tmp_store)
    again = demo.load(tmp_store, now=NOW + timedelta(hours=3))
    assert again.counts == {"read": first.read, "stored": 0, "unchanged": first.read, "skipped": 0}
    assert counts(tmp_store) == before


def test_a_later_day_moves_it(tmp_store: Store) -> None:
    demo.load(tmp_store, now=NOW)
    before = counts(tmp_store)
    demo.load(tmp_store, now=NOW + timedelta(days=9))
    assert newest_day(tmp_store) == date(2026, 11, 28)
    assert counts(tmp_store) == before


def test_what_else_there_is_stays(command: Command) -> None:
    answers = [json.loads(command("demo", "--json", "--now", day).out) for day in ("2026-03-28", "2026-03-29", "2026-03-29")]
    assert [each["stored"] for each in answers] == [answers[0]["read"], answers[0]["read"], 0]


def test_no_source_is_ever_asked_about_it(tmp_store: Store) -> None:
    demo.load(tmp_store, now=NOW)
    with reading(tmp_store.engine) as connection:
        assert {school.id for school in profiles.all_schools(connection)} == {"demo", "hearth", "mossquern"}
        assert profiles.all_schools(connection, watched=True) == []


def test_it_names_nobody_real_and_only_made_up_addresses() -> None:
    lines = demo.lines("posts.jsonl")
    assert len({line["id"] for line in lines}) == len(lines)
    assert all(line["days_ago"] >= 1 for line in lines)
    assert min(line["days_ago"] for line in lines) == 1


def test_it_looks_like_life() -> None:
    lines = demo.lines("posts.jsonl")
    assert len(lines) > 400
    assert len({line["text"] for line in lines}) == len(lines)
    assert 26 * 7 - 7 <= max(line["days_ago"] for line in lines) <= 26 * 7
    weeks = Counter((line["days_ago"] - 1) // 7 for line in lines)
    assert set(weeks) == set(range(26))
    assert len(set(weeks.values())) >= 10, "weeks are not all alike"


def test_no_season_is_in_its_words() -> None:
    for line in demo.lines("posts.jsonl"):
        assert not SEASONS.search(line["text"]), line["id"]


def test_each_school_has_its_accounts_of_every_kind() -> None:
    told = demo.lines("accounts.jsonl")
    assert len({(each["platform"], each["handle"]) for each in told}) == len(told)
    for school in demo.schools():
        around = [each for each in told if each["school_id"] == school.id]
        assert {each["label"] for each in around} >= {"official", "affiliate", "parody", "impersonator", "namesake"}
        official = {(each["platform"], each["handle"]) for each in around if each["label"] == "official"}
        assert official == {(each.platform, each.handle) for each in school.official_accounts}


def test_accounts_that_bear_a_name_of_a_school_are_kept_beside_it(tmp_store: Store) -> None:
    demo.load(tmp_store, now=NOW)
    with reading(tmp_store.engine) as connection:
        kept = {(row.school_id, row.handle) for row in connection.execute(select(accounts))}
    official = {(school.id, each.handle) for school in demo.schools() for each in school.official_accounts}
    assert official <= kept
    assert ("demo", "DroversGreenAcd") in {(school, handle.lstrip("@")) for school, handle in kept}
    assert not any(school == "mossquern" and "drovers" in handle.lower() for school, handle in kept)
