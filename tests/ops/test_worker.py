"""The worker: it does what is asked and says how it went; what one leaves, the next takes up."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import select

from core.errors import BadInput
from core.settings import Settings
from ops import jobs
from ops.jobs import Progress
from ops.worker import ALONE, Worker, alive
from store import profiles, requests, runs
from store.engine import reading, writing
from store.requests import Job
from store.store import Store
from store.tables import heartbeats, leases
from store.tables import runs as runs_table
from tests.ops.fictional import posts_file, row
from tests.server import until

NOW = datetime(2026, 11, 20, 16, 15, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", scheduled=False)


@pytest.fixture
def worker(tmp_store: Store, settings: Settings) -> Worker:
    return Worker(tmp_store, settings)


def ask(store: Store, kind: str = "made_up", **arguments: Any) -> int:
    with writing(store.engine) as connection:
        return requests.ask(connection, kind, arguments, by="test", now=NOW)


def found(store: Store, number: int) -> Job:
    with reading(store.engine) as connection:
        job = requests.find(connection, number)
    assert job is not None
    return job


def can(monkeypatch: pytest.MonkeyPatch, do: Callable[[Progress], dict[str, Any]]) -> None:
    """Teach the worker a kind of job."""

    def handler(_store: Store, _settings: Settings, _said: Mapping[str, Any], progress: Progress, _now: datetime) -> Any:
        return do(progress)

    monkeypatch.setitem(jobs.HANDLERS, "made_up", handler)


@contextmanager
def running(worker: Worker) -> Iterator[threading.Thread]:
    """A worker that runs beside the test, and is told to stop at its end."""
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        yield thread
    finally:
        worker.stop()
        thread.join(30)
        assert not thread.is_alive()


def test_the_oldest_job_is_done_first_and_its_result_kept(
    worker: Worker, tmp_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    can(monkeypatch, lambda progress: {"number": 42})
    first, second = ask(tmp_store), ask(tmp_store, again=True)
    assert worker.work_once()
    assert (found(tmp_store, first).state, found(tmp_store, second).state) == ("done", "asked")
    assert found(tmp_store, first).result == {"number": 42}
    assert worker.work_once()
    assert not worker.work_once()


def test_a_job_says_how_far_it_is(worker: Worker, tmp_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[float | None, str | None]] = []

    def do(progress: Progress) -> dict[str, Any]:
        progress(0.5, "half of it")
        job = found(tmp_store, number)
        seen.append((job.progress, job.message))
        return {}

    can(monkeypatch, do)
    number = ask(tmp_store)
    worker.work_once()
    assert seen == [(0.5, "half of it")]


def test_a_job_that_cannot_be_done_says_why(worker: Worker, tmp_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def do(progress: Progress) -> dict[str, Any]:
        raise BadInput("That file is empty. Choose another.")

    can(monkeypatch, do)
    number = ask(tmp_store)
    assert worker.work_once()
    assert (found(tmp_store, number).state, found(tmp_store, number).message) == (
        "failed",
        "That file is empty. Choose another.",
    )


def test_a_mistake_in_a_job_is_a_sentence_for_people_and_a_kind_in_the_log(
    worker: Worker, tmp_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def do(progress: Progress) -> dict[str, Any]:
        raise ZeroDivisionError("the text of a post")

    can(monkeypatch, do)
    number = ask(tmp_store)
    with structlog.testing.capture_logs() as logged:
        assert worker.work_once()
    assert str(found(tmp_store, number).message).startswith("Something unexpected went wrong.")
    assert [each["kind"] for each in logged] == ["ZeroDivisionError"]
    assert "the text of a post" not in str(logged)


def test_a_job_of_a_kind_nobody_knows_fails(worker: Worker, tmp_store: Store) -> None:
    number = ask(tmp_store, "dance")
    assert worker.work_once()
    assert found(tmp_store, number).state == "failed"


def test_what_a_killed_worker_left_is_done_by_the_next(
    worker: Worker, tmp_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    can(monkeypatch, lambda progress: {})
    number = ask(tmp_store)
    with writing(tmp_store.engine) as connection:
        requests.claim(connection, "killed", now=NOW)
        run = runs.start_run(connection, "fake", "sva", now=NOW)
    with running(worker):
        until(lambda: found(tmp_store, number).state == "done", "the job is done")
    with reading(tmp_store.engine) as connection:
        left = connection.execute(select(runs_table).where(runs_table.c.id == run)).one()
    assert (left.state, left.message) == ("stopped", "Interrupted. The next run goes on where this one was.")


def test_no_two_workers_have_one_name(tmp_store: Store, settings: Settings) -> None:
    assert Worker(tmp_store, settings).name != Worker(tmp_store, settings).name


def test_it_ends_after_the_job_in_hand_and_lets_the_next_begin_at_once(
    worker: Worker, tmp_store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def do(progress: Progress) -> dict[str, Any]:
        begun.set()
        go_on.wait(30)
        return {}

    can(monkeypatch, do)
    first, second = ask(tmp_store), ask(tmp_store, again=True)
    with running(worker) as thread:
        assert begun.wait(30)
        worker.stop()
        go_on.set()
        thread.join(30)
    assert (found(tmp_store, first).state, found(tmp_store, second).state) == ("done", "asked")
    with reading(tmp_store.engine) as connection:
        until_when = connection.scalar(select(leases.c.until).where(leases.c.name == ALONE))
    assert until_when is not None
    assert until_when < datetime.now(UTC)
    with running(Worker(tmp_store, settings)):
        until(lambda: found(tmp_store, second).state == "done", "the next does it")


def test_while_it_finishes_it_still_gives_signs_of_life(
    worker: Worker, tmp_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def do(progress: Progress) -> dict[str, Any]:
        begun.set()
        go_on.wait(30)
        return {}

    def beats() -> datetime:
        with reading(tmp_store.engine) as connection:
            at: datetime = connection.scalars(select(heartbeats.c.at).where(heartbeats.c.worker == worker.name)).one()
        return at

    monkeypatch.setattr("ops.worker.BEAT", timedelta(seconds=0.05))
    can(monkeypatch, do)
    ask(tmp_store)
    with running(worker):
        assert begun.wait(30)
        worker.stop()
        until(lambda: alive(tmp_store), "it gives a sign of life")
        stopped = beats()
        until(lambda: beats() > stopped, "it beats on")
        go_on.set()
    assert alive(tmp_store)


def test_a_second_worker_waits_until_the_first_is_gone(
    worker: Worker, tmp_store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    can(monkeypatch, lambda progress: {})
    with writing(tmp_store.engine) as connection:
        assert runs.hold_lease(connection, ALONE, "the first", now=datetime.now(UTC))
    number = ask(tmp_store)
    with running(worker):
        until(lambda: alive(tmp_store), "the second is there")
        assert found(tmp_store, number).state == "asked"
        with writing(tmp_store.engine) as connection:
            runs.renew_lease(connection, ALONE, "the first", now=datetime.now(UTC) - 2 * runs.LEASE)
        until(lambda: found(tmp_store, number).state == "done", "it has taken over")


def test_a_worker_whose_lease_was_taken_ends(worker: Worker, tmp_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ops.worker.BEAT", timedelta(seconds=0.05))

    def holder() -> str | None:
        with reading(tmp_store.engine) as connection:
            return connection.scalar(select(leases.c.holder).where(leases.c.name == ALONE))

    with running(worker) as thread:
        until(lambda: holder() == worker.name, "it leads")
        with writing(tmp_store.engine) as connection:
            assert runs.hold_lease(connection, ALONE, "another", now=datetime.now(UTC) + 2 * runs.LEASE)
        until(lambda: not thread.is_alive(), "it ends", 20)


def test_an_upload_is_taken_in_and_asked_twice_does_no_harm(worker: Worker, tmp_store: Store, settings: Settings) -> None:
    inbox = settings.inbox / "files"
    inbox.mkdir(parents=True)
    upload = posts_file(inbox / "upload", [row(1), {**row(2), "text": ""}])
    first = ask(tmp_store, "import", path=str(upload), platform=None, zone=None)
    worker.work_once()
    result = found(tmp_store, first).result
    assert result == {"read": 2, "stored": 1, "unchanged": 0, "skipped": 1, "problems": ["line 2: It has no text."]}
    assert not upload.exists()
    again = ask(tmp_store, "import", path=str(upload), platform=None, zone=None)
    worker.work_once()
    assert found(tmp_store, again).state == "done"


@pytest.mark.parametrize("path", ["/etc/hostname", "{data}/keys/seal.key", "{data}/inbox/files/../../keys/seal.key"])
def test_only_what_was_uploaded_is_taken_in(worker: Worker, tmp_store: Store, settings: Settings, path: str) -> None:
    (settings.inbox / "files").mkdir(parents=True)
    number = ask(tmp_store, "import", path=path.format(data=settings.data_dir))
    worker.work_once()
    assert found(tmp_store, number).message == "Only files in the inbox can be imported from a page."


def test_the_demo_can_be_loaded_and_judged_again(worker: Worker, tmp_store: Store) -> None:
    load, judge = ask(tmp_store, "load_demo"), ask(tmp_store, "judge")
    worker.work_once()
    worker.work_once()
    loaded, judged = found(tmp_store, load).result, found(tmp_store, judge).result
    assert loaded is not None
    assert judged == {"judged": loaded["stored"]}
    with reading(tmp_store.engine) as connection:
        assert [each.id for each in profiles.all_schools(connection)] == ["demo", "hearth", "mossquern"]
