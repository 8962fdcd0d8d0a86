"""When what is collected: by whom, how often, and for whom never."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from casework import cases
from casework.terms import watch_term
from collectors.base import Collector
from core.settings import Settings
from core.taxonomy import Role
from core.types import School
from ops import demo, pipeline, schedule
from store import profiles, requests, runs
from store.engine import reading, writing
from store.store import Store
from store.tables import jobs, judgements
from tests.ops.fake_source import FakeSource
from tests.ops.fictional import signed
from tests.server import until

NOW = datetime(2026, 11, 20, 16, 15, tzinfo=UTC)
SOURCES: dict[str, Collector] = {"fake": FakeSource()}


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


@pytest.mark.parametrize(
    ("last", "every", "retry", "expected"),
    [
        ({}, {}, {}, []),
        ({"a": None}, {"a": 15}, {}, ["a"]),
        ({}, {"a": 15}, {}, ["a"]),
        ({"a": ago(minutes=14, seconds=59)}, {"a": 15}, {}, []),
        ({"a": ago(minutes=15)}, {"a": 15}, {}, ["a"]),
        ({"a": NOW + timedelta(minutes=14)}, {"a": 15}, {}, []),
        ({"a": NOW + timedelta(hours=1)}, {"a": 15}, {}, ["a"]),
        ({"a": NOW + timedelta(hours=1)}, {"a": 15}, {"a": NOW + timedelta(hours=2)}, ["a"]),
        ({"a": NOW + timedelta(minutes=1)}, {"a": 15}, {"a": NOW + timedelta(hours=2)}, []),
        ({"a": ago(hours=1)}, {"a": 15}, {"a": NOW + timedelta(seconds=1)}, []),
        ({"a": ago(hours=1)}, {"a": 15}, {"a": NOW}, ["a"]),
        ({"a": ago(hours=1)}, {"a": 15}, {"a": None}, ["a"]),
        ({"a": ago(minutes=20), "b": ago(minutes=20), "c": None}, {"c": 60, "b": 30, "a": 15}, {}, ["a", "c"]),
    ],
)
def test_who_is_due(
    last: dict[str, datetime | None], every: dict[str, int], retry: dict[str, datetime | None], expected: list[str]
) -> None:
    assert schedule.due(last, every, retry, NOW) == expected


def watch(store: Store) -> None:
    signed(store)
    with writing(store.engine) as connection:
        profiles.save_schools(connection, [School(id="sva", name="Skarnby Vale Academy")], now=NOW)


def asked(store: Store) -> list[dict[str, str]]:
    with reading(store.engine) as connection:
        found = select(jobs.c.arguments).where(jobs.c.kind == "collect").order_by(jobs.c.id)
        return list(connection.scalars(found))


def test_a_source_that_is_due_is_asked_for_once(tmp_store: Store) -> None:
    watch(tmp_store)
    assert schedule.ask_for_due(tmp_store, SOURCES, NOW) == ["fake"]
    schedule.ask_for_due(tmp_store, SOURCES, NOW + timedelta(seconds=15))
    assert asked(tmp_store) == [{"source": "fake"}]


def test_a_source_that_asks_us_to_wait_is_left_alone(tmp_store: Store) -> None:
    watch(tmp_store)
    with writing(tmp_store.engine) as connection:
        run = runs.start_run(connection, "fake", "sva", now=ago(hours=2))
        runs.end_run(connection, run, "stopped", now=ago(hours=2), message="Wait", retry_at=NOW + timedelta(hours=1))
    assert schedule.ask_for_due(tmp_store, SOURCES, NOW) == []
    assert schedule.ask_for_due(tmp_store, SOURCES, NOW + timedelta(hours=1)) == ["fake"]


def test_nothing_is_asked_while_there_is_no_school_or_only_the_demo(tmp_store: Store) -> None:
    assert schedule.ask_for_due(tmp_store, SOURCES, NOW) == []
    demo.load(tmp_store, now=NOW)
    assert schedule.ask_for_due(tmp_store, SOURCES, NOW) == []
    assert asked(tmp_store) == []


def test_only_what_is_switched_on_is_collected_by_itself(tmp_path: Path) -> None:
    feeds = {"urls": ["https://news.example/rss"]}
    assert set(schedule.ready_sources(Settings(data_dir=tmp_path))) == set()
    assert set(schedule.ready_sources(Settings(data_dir=tmp_path, sources={"feeds": feeds}))) == {"feeds"}
    assert set(schedule.ready_sources(Settings(data_dir=tmp_path, sources={"feeds": {**feeds, "on": False}}))) == set()
    assert set(schedule.ready_sources(Settings(data_dir=tmp_path, sources={"x": {"bearer_token": "made up"}}))) == set()


def test_only_the_leader_asks(tmp_store: Store, tmp_path: Path) -> None:
    watch(tmp_store)
    settings = Settings(data_dir=tmp_path / "data", sources={"feeds": {"urls": ["https://news.example/rss"]}})
    with writing(tmp_store.engine) as connection:
        runs.hold_lease(connection, schedule.LEADER, "another", now=NOW)
    looked: list[datetime] = []

    def clock() -> datetime:
        looked.append(NOW)
        return NOW

    follower = schedule.start(tmp_store, settings, "me", clock=clock)
    until(lambda: looked, "it has looked")
    follower.shutdown(wait=True)
    assert asked(tmp_store) == []
    leader = schedule.start(tmp_store, settings, "another", clock=lambda: datetime.now(UTC))
    until(lambda: asked(tmp_store), "the leader asks")
    leader.shutdown(wait=True)
    with writing(tmp_store.engine) as connection:
        job = requests.claim(connection, "worker", now=NOW)
    assert job is not None
    assert (job.kind, job.asked_by, dict(job.arguments)) == ("collect", "schedule", {"source": "feeds"})


def test_once_a_watched_word_has_ended_posts_are_judged_without_it(tmp_store: Store) -> None:
    began = datetime(2026, 11, 2, 9, tzinfo=UTC)
    school = School(id="sva", name="Skarnby Vale Academy")
    with writing(tmp_store.engine) as connection:
        profiles.save_schools(connection, [school], now=began)
    ref = cases.open_case(tmp_store, title="Petition", school_id="sva", why="asked", by="Ada", role=Role.HEAD, now=began)
    term = watch_term(tmp_store, ref, "#ferrygate", school_id="sva", why="asked", by="Ada", role=Role.HEAD, now=began)
    with writing(tmp_store.engine) as connection:
        while requests.claim(connection, "test", now=began):
            pass
    assert not schedule.ask_without_ended_words(tmp_store, term.until - timedelta(seconds=1))
    assert schedule.ask_without_ended_words(tmp_store, term.until)
    with writing(tmp_store.engine) as connection:
        job = requests.claim(connection, "test", now=term.until)
    assert job is not None
    assert job.kind == "judge"
    assert not schedule.ask_without_ended_words(tmp_store, term.until + timedelta(hours=1))


def test_nothing_that_asks_others_is_asked_before_the_purpose_is_signed(tmp_store: Store) -> None:
    class OurOwn(FakeSource):
        asks_others = False

    with writing(tmp_store.engine) as connection:
        profiles.save_schools(connection, [School(id="sva", name="Skarnby Vale Academy")], now=NOW)
    sources: dict[str, Collector] = {**SOURCES, "ours": OurOwn()}

    assert schedule.ask_for_due(tmp_store, sources, NOW) == ["ours"]
    signed(tmp_store)
    assert schedule.ask_for_due(tmp_store, SOURCES, NOW) == ["fake"]
    assert asked(tmp_store) == [{"source": "ours"}, {"source": "fake"}]


def done(store: Store) -> None:
    """Whatever was asked for is done."""
    with writing(store.engine) as connection:
        while requests.claim(connection, "test", now=NOW):
            pass


def test_what_is_over_its_time_is_looked_for_once_a_day(tmp_store: Store) -> None:
    assert schedule.ask_for_retention(tmp_store, NOW)
    done(tmp_store)
    assert not schedule.ask_for_retention(tmp_store, NOW + timedelta(days=1, seconds=-1))
    assert schedule.ask_for_retention(tmp_store, NOW + timedelta(days=1))


def test_a_clock_put_back_neither_stops_nor_hurries_what_is_done_daily(tmp_store: Store) -> None:
    schedule.ask_for_retention(tmp_store, NOW)
    done(tmp_store)
    week_ago = ago(days=7)
    assert schedule.ask_for_retention(tmp_store, week_ago)
    done(tmp_store)
    assert not schedule.ask_for_retention(tmp_store, week_ago + timedelta(seconds=15))
    assert schedule.ask_for_retention(tmp_store, week_ago + timedelta(days=1))


def test_it_is_looked_for_even_where_nothing_is_collected_by_itself(tmp_store: Store, tmp_path: Path) -> None:
    running = schedule.start(tmp_store, Settings(data_dir=tmp_path / "data", scheduled=False), "me")
    try:
        until(lambda: kinds(tmp_store), "something is asked for")
    finally:
        running.shutdown(wait=True)
    assert kinds(tmp_store) == [("retain", "schedule")]


def kinds(store: Store) -> list[tuple[str, str]]:
    with reading(store.engine) as connection:
        return [(row.kind, row.asked_by) for row in connection.execute(select(jobs.c.kind, jobs.c.asked_by))]


def test_on_a_server_what_is_done_daily_moves_into_the_night(tmp_store: Store) -> None:
    night = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
    schedule.ask_for_retention(tmp_store, NOW)
    done(tmp_store)
    assert not schedule.ask_for_retention(tmp_store, night)  # not twice within half a day
    assert schedule.ask_for_retention(tmp_store, NOW + timedelta(days=1))
    done(tmp_store)
    early = datetime(2026, 11, 22, 4, 59, tzinfo=UTC)
    assert schedule.ask_for_retention(tmp_store, early)
    done(tmp_store)
    assert not schedule.ask_for_retention(tmp_store, early + timedelta(hours=12))
    assert schedule.ask_for_retention(tmp_store, early + timedelta(hours=22))


def test_what_another_version_judged_is_judged_again_and_only_that(tmp_store: Store) -> None:
    watch(tmp_store)
    pipeline.run_source(tmp_store, FakeSource(total=6), pipeline.query_for(School(id="sva", name="Skarnby Vale Academy")))
    assert not schedule.ask_for_older(tmp_store, NOW)
    with writing(tmp_store.engine) as connection:
        old = connection.scalars(select(judgements.c.post_id).order_by(judgements.c.post_id).limit(2)).all()
        connection.execute(update(judgements).where(judgements.c.post_id.in_(old)).values(model="older-1"))

    assert schedule.ask_for_older(tmp_store, NOW)

    with reading(tmp_store.engine) as connection:
        assert connection.scalars(select(jobs.c.arguments).where(jobs.c.kind == "judge")).all() == [{"older": True}]
    assert pipeline.judge_again(tmp_store, older=True) == 2
    assert not schedule.ask_for_older(tmp_store, NOW)
