"""What ran and how it ended, where it goes on, who leads and who is alive."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from store import queries
from store.engine import reading, writing
from store.runs import (
    LEASE,
    abandon_runs,
    beat,
    count_in_run,
    cursor,
    end_run,
    first_run,
    hold_lease,
    last_beat,
    last_success,
    newest_moment,
    newest_run,
    newest_run_of,
    note_visit,
    renew_lease,
    run_times,
    save_cursor,
    source_runs,
    start_run,
)
from store.store import Store
from store.tables import runs
from tests.store.fictional import NOW, about, incoming, keep, post

SECOND = timedelta(seconds=1)


def _run(store: Store, source: str, ended: datetime, state: str = "done", **how: Any) -> int:
    with writing(store.engine) as connection:
        run = start_run(connection, source, "grove", now=ended - SECOND)
        end_run(connection, run, state, now=ended, **how)
    return run


def test_a_run_adds_up_its_batches(store: Store) -> None:
    with writing(store.engine) as connection:
        run = start_run(connection, "x", "grove", now=NOW)
        assert newest_run(connection) == 0
        count_in_run(connection, run, read=10, stored=7, unchanged=2, skipped=1, cost=None)
        assert connection.scalar(select(runs.c.cost)) is None
        count_in_run(connection, run, read=5, stored=5, unchanged=0, skipped=0, cost=0.25)
        count_in_run(connection, run, read=1, stored=0, unchanged=1, skipped=0, cost=0.5)
        count_in_run(connection, run, read=0, stored=0, unchanged=0, skipped=0, cost=None)
        end_run(connection, run, "done", now=NOW + SECOND)
        assert newest_run(connection) == run

    with reading(store.engine) as connection:
        row = newest_run_of(connection, "x")
    assert (row.read, row.stored, row.unchanged, row.skipped, row.cost) == (16, 12, 3, 1, 0.75)
    assert (row.state, row.started_at, row.finished_at, row.message, row.retry_at) == ("done", NOW, NOW + SECOND, None, None)


def test_a_source_that_stopped_says_why_and_when_to_come_back(store: Store) -> None:
    _run(store, "x", NOW)
    _run(store, "x", NOW + SECOND, "stopped", message="Too many questions.", retry_at=NOW + LEASE)
    with reading(store.engine) as connection:
        row = newest_run_of(connection, "x")
        assert (row.state, row.message, row.retry_at) == ("stopped", "Too many questions.", NOW + LEASE)
        assert last_success(connection, "x") == NOW
        assert list(source_runs(connection, "x")["state"]) == ["stopped", "done"]
        assert len(source_runs(connection, "x", limit=1)) == 1
        assert newest_run_of(connection, "reddit") is None
        assert last_success(connection, "reddit") is None


def test_what_a_killed_worker_left_open_is_closed(store: Store) -> None:
    done = _run(store, "x", NOW)
    with writing(store.engine) as connection:
        left = start_run(connection, "x", "grove", now=NOW)

        assert abandon_runs(connection, now=NOW + SECOND) == 1
        assert abandon_runs(connection, now=NOW + SECOND) == 0

        ended = {row.id: row for row in connection.execute(select(runs))}
    assert (ended[done].state, ended[done].finished_at) == ("done", NOW)
    assert (ended[left].state, ended[left].finished_at) == ("stopped", NOW + SECOND)
    assert "goes on where this one was" in ended[left].message


def test_when_we_could_see(store: Store) -> None:
    for hours, source, state in (
        (5, "x", "done"),
        (3, "x", "done"),
        (4, "x", "stopped"),
        (1, "reddit", "done"),
        (2, "f", "done"),
    ):
        _run(store, source, NOW + timedelta(hours=hours), state)
    with reading(store.engine) as connection:
        seen = run_times(connection, ["x", "reddit"], NOW + timedelta(hours=1), NOW + timedelta(hours=5))
        assert seen == [NOW + timedelta(hours=1), NOW + timedelta(hours=3)]
        assert first_run(connection, ["x"]) == NOW + timedelta(hours=3)
        assert first_run(connection, ["bluesky"]) is None
        assert newest_moment(connection) == NOW + timedelta(hours=5) - SECOND


def test_a_cursor_is_its_source_s_and_its_query_s(store: Store) -> None:
    with writing(store.engine) as connection:
        assert cursor(connection, "x", "grove") is None
        save_cursor(connection, "x", "grove", {"since": "18493"}, now=NOW)
        save_cursor(connection, "x", "harbour", {"since": "1"}, now=NOW)
        save_cursor(connection, "x", "grove", {"since": "18494", "deep": [1, None]}, now=NOW)

        assert cursor(connection, "x", "grove") == {"since": "18494", "deep": [1, None]}
        assert cursor(connection, "x", "harbour") == {"since": "1"}
        assert cursor(connection, "reddit", "grove") is None


def test_rows_and_cursor_are_stored_together_or_not_at_all(store: Store) -> None:
    with writing(store.engine) as connection:
        save_cursor(connection, "x", "grove", {"since": 1}, now=NOW)
    with pytest.raises(RuntimeError), writing(store.engine) as connection:
        save_cursor(connection, "x", "grove", {"since": 2}, now=NOW)
        raise RuntimeError

    with reading(store.engine) as connection:
        assert cursor(connection, "x", "grove") == {"since": 1}


def test_one_of_two_holds_a_lease_until_it_runs_out(store: Store) -> None:
    def holds(holder: str, after: timedelta, name: str = "leader") -> bool:
        with writing(store.engine) as connection:
            return hold_lease(connection, name, holder, now=NOW + after)

    assert holds("a", timedelta())
    assert not holds("b", timedelta())
    assert holds("b", timedelta(), "another lease")
    assert holds("a", LEASE - SECOND)
    assert not holds("b", LEASE + SECOND)
    assert not holds("b", 2 * LEASE - SECOND)
    assert holds("b", 2 * LEASE)
    assert not holds("a", 2 * LEASE + SECOND)


def test_only_who_holds_a_lease_can_renew_it(store: Store) -> None:
    with writing(store.engine) as connection:
        assert not renew_lease(connection, "leader", "a", now=NOW)
        assert hold_lease(connection, "leader", "a", now=NOW)
        assert not renew_lease(connection, "leader", "b", now=NOW)
        assert renew_lease(connection, "leader", "a", now=NOW + LEASE)
        assert not hold_lease(connection, "leader", "b", now=NOW + LEASE + SECOND)


def test_the_last_sign_of_life_is_that_of_any_worker(store: Store) -> None:
    with writing(store.engine) as connection:
        assert last_beat(connection) is None
        beat(connection, "a", now=NOW)
        beat(connection, "b", now=NOW + 2 * SECOND)
        beat(connection, "a", now=NOW + SECOND)

        assert last_beat(connection) == NOW + 2 * SECOND


def test_a_visit_is_remembered_by_person_and_page(store: Store) -> None:
    with writing(store.engine) as connection:
        assert queries.last_visit(connection, "Ms Ray", "week") is None
        note_visit(connection, "Ms Ray", "week", now=NOW)
        note_visit(connection, "Ms Ray", "week", now=NOW + SECOND)
        note_visit(connection, "Mr Shah", "week", now=NOW)

        assert queries.last_visit(connection, "Ms Ray", "week") == NOW + SECOND
        assert queries.last_visit(connection, "Ms Ray", "posts") is None


def test_the_newest_post_of_a_source(store: Store) -> None:
    keep(store, incoming(post("1"), about()), incoming(post("2", created_at=NOW)), incoming(post("3", created_at=None)))
    with reading(store.engine) as connection:
        assert queries.newest_of_source(connection, "x") == NOW
        assert queries.newest_of_source(connection, "reddit") is None
