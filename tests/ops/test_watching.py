"""What sources are asked for: the words watched for a case until they end, and never the name of a leader."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from casework import cases
from casework.terms import watch_term
from collectors.reddit import listings
from collectors.x import searches
from core.settings import Settings
from core.taxonomy import Role
from core.types import Batch, Json, Leader, Query, School, WatchedTerm
from ops import jobs
from ops.pipeline import judge_again, queries_for, query_for, run_source
from store import profiles
from store.engine import reading, writing
from store.store import Store
from store.tables import judgements
from tests.ops.fake_source import BEGAN, FakeSource, raw
from tests.ops.fictional import signed

WEEK = timedelta(days=7)
LEADER = Leader(name="Maria Okonkwo", role="chief executive", agreed_on="2026-03-12")
TRUST = School(id="slt", name="Skarnby Learning Trust", kind="trust", leaders=(LEADER,))
SCHOOL = School(id="sva", name="Skarnby Vale Academy", hashtags=("#SkarnbyVale",), trust=TRUST.name, leaders=(LEADER,))
TERM = WatchedTerm(
    school_id="sva",
    case_ref="CW-2026-000001",
    term="#FerryGate",
    why="a walkout",
    by="Ada",
    added_at=BEGAN,
    until=BEGAN + WEEK,
)


class Whole(FakeSource):
    """A source that is read once for all schools."""

    whole = True


@pytest.fixture
def store(tmp_store: Store) -> Store:
    with writing(tmp_store.engine) as connection:
        profiles.save_schools(connection, [TRUST, SCHOOL], now=BEGAN)
    return signed(tmp_store)


def _watch(store: Store) -> None:
    ref = cases.open_case(store, title="The fence", school_id="sva", why="protest", by="Ada", role=Role.HEAD, now=BEGAN)
    watch_term(store, ref, "#FerryGate", school_id="sva", why="a walkout", by="Ada", role=Role.HEAD, now=BEGAN)


def test_a_leader_is_in_no_query() -> None:
    asked = [*queries_for(FakeSource(), [TRUST, SCHOOL], [TERM]), *queries_for(Whole(), [TRUST, SCHOOL], [TERM])]

    assert [each.key for each in asked] == ["slt", "sva", "all"]
    for query in asked:
        texts = f"{query!r} {searches(query)} {listings(query)}".casefold()
        assert "skarnby" in texts
        assert "okonkwo" not in texts
        assert "maria" not in texts


def test_a_watched_word_is_asked_for_its_own_school_as_word_and_as_hashtag() -> None:
    ours, trusts = query_for(SCHOOL, [TERM]), query_for(TRUST, [TERM])

    assert ours.names == ("Skarnby Vale Academy", "ferrygate")
    assert ours.hashtags == ("#SkarnbyVale", "#ferrygate")
    assert trusts == query_for(TRUST)
    assert "ferrygate" in queries_for(Whole(), [TRUST, SCHOOL], [TERM])[0].names


def test_what_is_typed_into_searches_finds_it() -> None:
    query = query_for(SCHOOL, [TERM])

    assert searches(query) == ['("Skarnby Vale Academy" OR "ferrygate" OR #SkarnbyVale OR #ferrygate) -is:retweet']
    assert [each.key for each in listings(query)] == ['"Skarnby Vale Academy" OR "ferrygate"']


def test_a_collection_asks_for_the_words_that_are_watched_at_that_moment(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Query] = []

    class Asked(FakeSource):
        def __init__(self, settings: object = None) -> None:
            super().__init__(total=0)

        def collect(self, query: Query, cursor: Json | None) -> Iterator[Batch]:
            asked.append(query)
            yield Batch()

    monkeypatch.setattr(jobs, "discover", lambda: {"fake": Asked})
    _watch(store)
    for now in (BEGAN, BEGAN + WEEK - timedelta(seconds=1), BEGAN + WEEK):
        jobs.collect(store, Settings(data_dir=store.folder), {"source": "fake"}, lambda done, message: None, now)

    assert ["#ferrygate" in query.hashtags for query in asked if query.key == "sva"] == [True, True, False]
    assert not any("#ferrygate" in query.hashtags for query in asked if query.key == "slt")


def test_what_came_is_judged_with_it_and_no_more_once_it_has_ended(store: Store) -> None:
    class Tagged(FakeSource):
        def collect(self, query: Query, cursor: Json | None) -> Iterator[Batch]:
            yield Batch(items=[raw(1, "Everybody out of lessons on Friday, we have had enough #ferrygate")])

    def judged() -> list[str]:
        with reading(store.engine) as connection:
            found = connection.execute(select(judgements.c.school_id, judgements.c.reasons)).all()
        return [row.school_id for row in found if any(reason["feature"] == "case_term" for reason in row.reasons)]

    def again(now: datetime) -> list[str]:
        assert judge_again(store, clock=lambda: now) == 1
        return judged()

    _watch(store)
    run_source(store, Tagged(), query_for(SCHOOL), clock=lambda: BEGAN)

    assert judged() == ["sva"]
    assert again(BEGAN + WEEK - timedelta(seconds=1)) == ["sva"]
    assert again(BEGAN + WEEK) == []
