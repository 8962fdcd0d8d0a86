"""A clock an hour ahead, and put back while everything runs: collection goes on, and who lives looks alive."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import select

from benchmarks.soundness import state
from core.settings import Settings
from core.types import School
from ops import doctor, schedule, worker
from ops.pipeline import query_for, run_source
from ops.worker import ALONE, Worker, alive
from store import profiles, requests, runs
from store.engine import reading, writing
from store.store import Store
from store.tables import jobs, leases
from tests.ops.fake_source import FakeSource
from tests.ops.test_worker import ask, can, found
from tests.server import until

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
SCHOOL = School(id="sva", name="Skarnby Vale Academy", town="Skarnby")
NOW = datetime(2026, 11, 20, 16, 15, tzinfo=UTC)


class Here(FakeSource):
    """A source that asks nobody outside."""

    asks_others = False


@pytest.fixture
def store(tmp_store: Store) -> Store:
    with writing(tmp_store.engine) as connection:
        profiles.save_schools(connection, [SCHOOL], now=NOW)
    return tmp_store


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The clock of this process, which goes on by itself; an hour ahead at first."""
    with time_machine.travel(NOW + HOUR, tick=True) as travelled:
        yield travelled


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signs of life and looks at the schedule follow each other at once."""
    monkeypatch.setattr(worker, "BEAT", 0.05 * SECOND)
    monkeypatch.setattr(schedule, "LOOK_EVERY", 0.05 * SECOND)


def test_what_was_collected_while_the_clock_was_ahead_is_collected_again_as_soon_as_is_usual(store: Store) -> None:
    run_source(store, Here(total=8, stop_at=1), query_for(SCHOOL), clock=lambda: NOW + HOUR)
    with reading(store.engine) as connection:
        assert runs.newest_run_of(connection, "fake").retry_at is not None
    assert schedule.ask_for_due(store, {"fake": Here()}, NOW) == ["fake"]
    run_source(store, Here(total=8), query_for(SCHOOL), clock=lambda: NOW)
    assert schedule.ask_for_due(store, {"fake": Here()}, NOW + 14 * 60 * SECOND) == []
    assert schedule.ask_for_due(store, {"fake": Here()}, NOW + 15 * 60 * SECOND) == ["fake"]
    seen = state(store)
    assert (len(seen.there), seen.wrong, seen.doubled) == (8, (), 0)


def test_the_schedule_goes_on_when_the_clock_is_put_back(
    store: Store, clock: time_machine.Traveller, hasty: None, tmp_path: Path
) -> None:
    looked: list[datetime] = []

    def look() -> datetime:
        looked.append(datetime.now(UTC))
        return looked[-1]

    running = schedule.start(store, Settings(data_dir=tmp_path / "data"), "me", clock=look)
    until(lambda: looked, "it has looked")
    clock.shift(-HOUR)
    until(lambda: looked[-1] < NOW + HOUR / 2, "it looks on", 10)
    running.shutdown(wait=True)


def test_a_mistake_in_one_look_does_not_end_the_schedule(hasty: None) -> None:
    looks = threading.Semaphore(0)

    def look() -> None:
        looks.release()
        raise ZeroDivisionError

    running = schedule.Schedule(look)
    assert all(looks.acquire(timeout=10) for _ in range(3))
    running.shutdown(wait=True)


def test_a_lease_of_one_who_ended_while_the_clock_was_ahead_is_free(store: Store) -> None:
    with writing(store.engine) as connection:
        assert runs.hold_lease(connection, "lease", "killed", now=NOW + HOUR)
        assert runs.hold_lease(connection, "lease", "next", now=NOW)
        # Another computer's clock may be some seconds ahead of ours.
        assert runs.hold_lease(connection, "lease", "next", now=NOW + 20 * SECOND)
        assert not runs.hold_lease(connection, "lease", "third", now=NOW)


def test_a_worker_works_on_when_the_clock_is_put_back(
    store: Store, clock: time_machine.Traveller, hasty: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    can(monkeypatch, lambda progress: {})
    settings = Settings(data_dir=tmp_path / "data", scheduled=False)
    first = Worker(store, settings)
    thread = threading.Thread(target=first.run)
    thread.start()
    until(lambda: alive(store), "it gives a sign of life")
    clock.shift(-HOUR)
    until(lambda: alive(store), "it still does", 10)
    number = ask(store)
    until(lambda: found(store, number).state == "done", "it works on", 10)
    first.stop()
    thread.join(30)
    with reading(store.engine) as connection:
        assert connection.scalar(select(leases.c.holder).where(leases.c.name == ALONE)) == first.name


def test_a_worker_killed_while_the_clock_was_ahead_looks_dead_and_the_next_takes_over(
    store: Store, hasty: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    can(monkeypatch, lambda progress: {})
    ahead = datetime.now(UTC) + HOUR
    number = ask(store)
    with writing(store.engine) as connection:
        runs.beat(connection, "killed", now=ahead)
        assert runs.hold_lease(connection, ALONE, "killed", now=ahead)
        assert requests.claim(connection, "killed", now=ahead) is not None
    assert not alive(store)
    following = Worker(store, Settings(data_dir=tmp_path / "data", scheduled=False))
    thread = threading.Thread(target=following.run)
    thread.start()
    until(lambda: found(store, number).state == "done", "the next does it", 20)
    assert alive(store)
    following.stop()
    thread.join(30)


def test_the_doctor_says_so_until_the_clock_has_caught_up(store: Store, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")

    def says(now: datetime) -> tuple[bool, str]:
        found = next(each for each in doctor.checks(settings, now) if each["name"] == "Clock")
        return found["ok"], found["says"]

    assert says(NOW)[0]
    run_source(store, Here(total=4), query_for(SCHOOL), clock=lambda: NOW + HOUR)
    ok, sentence = says(NOW)
    assert not ok
    assert "16:15" in sentence
    assert "17:15" in sentence
    assert sentence.endswith("Set the clock; if it is right now, it was ahead then, and nothing is to be done.")
    assert says(NOW + HOUR)[0]


def test_what_goes_every_day_is_asked_for_once_after_the_clock_was_far_ahead(store: Store) -> None:
    assert schedule.ask_for_retention(store, NOW + 1000 * HOUR)
    with writing(store.engine) as connection:
        assert requests.claim(connection, "worker", now=NOW) is not None
    assert schedule.ask_for_retention(store, NOW)
    with writing(store.engine) as connection:
        assert requests.claim(connection, "worker", now=NOW) is not None
    assert not schedule.ask_for_retention(store, NOW + SECOND)
    with reading(store.engine) as connection:
        assert len(connection.scalars(select(jobs.c.id)).all()) == 2
