"""The jobs table: what is asked is done once, in order, by one worker."""

import threading
from collections import Counter
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from store.engine import reading, writing
from store.requests import ask, ask_again, claim, find, finish, newest_answer, newest_done, progress
from store.store import Store
from store.tables import jobs
from tests.store.elsewhere import ELSEWHERE, claim_all
from tests.store.fictional import NOW


def _ask(store: Store, kind: str = "judge", **arguments: Any) -> int:
    with writing(store.engine) as connection:
        return ask(connection, kind, arguments, by="us", now=NOW)


def test_a_job_goes_from_asked_to_done(store: Store) -> None:
    number = _ask(store, "collect", source="x")
    with writing(store.engine) as connection:
        asked = find(connection, number)
        job = claim(connection, "worker", now=NOW)
        assert asked is not None
        assert job is not None
        assert (asked.state, asked.asked_by, asked.asked_at, asked.arguments) == ("asked", "us", NOW, {"source": "x"})
        assert (job.id, job.kind, job.state, job.arguments) == (number, "collect", "running", {"source": "x"})

        progress(connection, number, 0.5, "Half way")
        half = find(connection, number)
        assert half is not None
        assert (half.progress, half.message, half.state) == (0.5, "Half way", "running")
        assert newest_done(connection) == 0

        finish(connection, number, failed=False, message="40 posts", result={"stored": 40}, now=NOW)
        done = find(connection, number)
        assert done is not None
        assert (done.state, done.message, done.result) == ("done", "40 posts", {"stored": 40})
        assert newest_done(connection) == number
        assert claim(connection, "worker", now=NOW) is None
        assert find(connection, number + 1) is None


def test_a_job_that_failed_says_so(store: Store) -> None:
    number = _ask(store)
    with writing(store.engine) as connection:
        finish(connection, number, failed=True, message="The disk is full.", result=None, now=NOW)
        failed = find(connection, number)
        assert failed is not None
        assert (failed.state, failed.message, failed.result) == ("failed", "The disk is full.", None)
        assert newest_done(connection) == number


def test_the_newest_answer_about_a_post_is_of_that_post_and_kind(store: Store) -> None:
    post = 2**52 + 7  # as long as a post's number is
    for kind, about, failed, result in (
        ("explain", post, False, "older"),
        ("explain", post, False, "newer"),
        ("explain", post, True, "failed"),
        ("explain", post + 1, False, "of another post"),
        ("judge", post, False, "of another kind"),
    ):
        number = _ask(store, kind, post=about, label=result)
        with writing(store.engine) as connection:
            finish(connection, number, failed=failed, message="", result={"label": result}, now=NOW)
    _ask(store, "explain", post=post, label="not done yet")
    _ask(store, "explain", label="of no post")

    with reading(store.engine) as connection:
        found = newest_answer(connection, "explain", post)
        assert newest_answer(connection, "explain", 7) is None
    assert found is not None
    assert found.result == {"label": "newer"}


def test_the_same_job_that_waits_is_not_asked_twice(store: Store) -> None:
    first = _ask(store, "collect", source="x", deep={"a": [1]})

    assert _ask(store, "collect", source="x", deep={"a": [1]}) == first
    assert _ask(store, "collect", deep={"a": [1]}, source="x") == first
    assert _ask(store, "collect", source="reddit") != first
    assert _ask(store, "judge", source="x", deep={"a": [1]}) != first


def test_a_job_that_runs_already_is_asked_again(store: Store) -> None:
    first = _ask(store)
    with writing(store.engine) as connection:
        claim(connection, "worker", now=NOW)

    assert _ask(store) != first


def test_the_oldest_is_done_first(store: Store) -> None:
    asked = [_ask(store, number=n) for n in range(5)]
    with writing(store.engine) as connection:
        claimed = [job.id for _ in range(5) if (job := claim(connection, "worker", now=NOW))]

    assert claimed == asked == sorted(asked)


def test_what_others_had_claimed_is_put_back_and_ours_is_not(store: Store) -> None:
    numbers = [_ask(store, number=n) for n in range(3)]
    with writing(store.engine) as connection:
        claim(connection, "gone", now=NOW)
        claim(connection, "us", now=NOW)
        claim(connection, "gone", now=NOW)
        finish(connection, numbers[2], failed=False, message="", result=None, now=NOW)

        assert ask_again(connection, "us") == 1

        states = [found.state for number in numbers if (found := find(connection, number))]
        assert states == ["asked", "running", "done"]
        again = claim(connection, "us", now=NOW)
        assert again is not None
        assert again.id == numbers[0]


def test_workers_in_several_threads_get_each_job_once(store: Store) -> None:
    asked = {_ask(store, number=n) for n in range(30)}
    together = threading.Barrier(4)
    taken: list[int] = []

    def work(name: str) -> None:
        together.wait(20)
        while True:
            with writing(store.engine) as connection:
                job = claim(connection, name, now=NOW)
            if job is None:
                return
            taken.append(job.id)

    threads = [threading.Thread(target=work, args=(f"worker {n}",)) for n in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)

    assert Counter(taken) == Counter(asked)


def test_workers_in_two_processes_get_each_job_once(tmp_store: Store) -> None:
    asked = {_ask(tmp_store, number=n) for n in range(30)}
    ready, taken = ELSEWHERE.Event(), ELSEWHERE.Queue()
    url = tmp_store.engine.url.render_as_string(hide_password=False)
    workers = [ELSEWHERE.Process(target=claim_all, args=(url, f"worker {n}", ready, taken)) for n in range(2)]
    for each in workers:
        each.start()
    ready.set()
    claimed: list[int] = []
    ended = 0
    while ended < 2:
        number = taken.get(timeout=60)
        if number is None:
            ended += 1
        else:
            claimed.append(number)
    for each in workers:
        each.join(20)

    assert Counter(claimed) == Counter(asked)


def test_many_who_ask_for_the_same_at_once_ask_for_one(store: Store) -> None:
    together = threading.Barrier(4)
    numbers: list[int] = []

    def click() -> None:
        together.wait(20)
        numbers.append(_ask(store, "load_demo"))

    threads = [threading.Thread(target=click) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)

    assert len(numbers) == 4
    assert len(set(numbers)) == 1


def test_no_job_is_in_a_state_that_has_no_name(store: Store) -> None:
    with pytest.raises(IntegrityError), writing(store.engine) as connection:
        connection.execute(jobs.insert().values(kind="judge", arguments={}, asked_by="us", asked_at=NOW, state="lost"))
