"""The worker: a process of its own beside the web, so that collecting never holds up a page.

It does jobs, keeps the schedule while it leads, writes a heartbeat, ends on SIGTERM after the job in hand, and leaves when its
parent is gone. Interrupted jobs are asked again by the next worker; what they stored is whole.
"""

import multiprocessing
import os
import secrets
import signal
import socket
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from types import FrameType
from typing import Any

from core.errors import CrestwatchError
from core.log import configure, log
from core.settings import Settings
from core.weeks import utc_now
from ops import jobs, schedule
from store import requests, runs
from store.engine import reading, writing
from store.requests import Job
from store.store import Store, open_store

BEAT = timedelta(seconds=5)
AGAIN = timedelta(seconds=5)
"""How long to wait until what the store refused is tried again."""
ALONE = "worker"


class Worker:
    """One running worker."""

    def __init__(self, store: Store, settings: Settings, name: str | None = None) -> None:
        self._store, self._settings = store, settings
        self.name = name or new_name()
        self._stopping, self._ended = threading.Event(), threading.Event()
        self._alone = False

    def stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """End after the job in hand."""
        self._stopping.set()

    def run(self) -> None:
        """Work until told to stop, or until the process that started this one is gone."""
        threading.Thread(target=self._beat, daemon=True).start()
        self._wait_to_be_alone()
        scheduler = schedule.start(self._store, self._settings, self.name)
        while not self._stopping.is_set():
            if not self.work_once():
                self._stopping.wait(1.0)
        scheduler.shutdown(wait=False)
        self._ended.set()
        let_go(self._store, self.name)

    def work_once(self) -> bool:
        """Do the oldest job that waits; False when there is none."""
        try:
            with writing(self._store.engine) as connection:
                job = requests.claim(connection, self.name, now=utc_now())
        except CrestwatchError as problem:
            log(part="worker").warning("could_not_work", reason=str(problem))
            self._stopping.wait(AGAIN.total_seconds())
            return True
        if job is None:
            return False
        self._do(job)
        return True

    def _do(self, job: Job) -> None:
        """Do one job and write down how it went. A failure is a sentence for people; the log says of what kind."""
        failed, result = True, None
        try:
            result = jobs.HANDLERS[job.kind](self._store, self._settings, job.arguments, self._progress_of(job), utc_now())
            failed, message = False, "Done"
        except CrestwatchError as problem:
            message = str(problem)
        except Exception as problem:  # a mistake in one job must not end the worker
            log(job=job.id, job_kind=job.kind).error("job_failed", kind=type(problem).__name__)
            message = "Something unexpected went wrong. Run `crestwatch doctor` and look at the log."
        self._say_how_it_went(job, failed, message, result)

    def _say_how_it_went(self, job: Job, failed: bool, message: str, result: Mapping[str, Any] | None) -> None:
        """Write it down, again and again while the disk is full; told to stop before that, it leaves the job to the next."""
        while True:
            try:
                with writing(self._store.engine) as connection:
                    requests.finish(connection, job.id, failed=failed, message=message, result=result, now=utc_now())
                return
            except CrestwatchError as problem:
                log(part="worker", job=job.id).warning("could_not_say_how_it_went", reason=str(problem))
            if self._stopping.wait(AGAIN.total_seconds()):
                return

    def _progress_of(self, job: Job) -> jobs.Progress:
        last = 0.0

        def say(done: float | None, message: str) -> None:
            nonlocal last
            if time.monotonic() - last < 1.0:
                return
            last = time.monotonic()
            with suppress(CrestwatchError), writing(self._store.engine) as connection:
                requests.progress(connection, job.id, done, message)

        return say

    def _wait_to_be_alone(self) -> None:
        """Wait until no other worker of this data folder runs; then take up what it left."""
        while not self._stopping.is_set():
            try:
                with writing(self._store.engine) as connection:
                    if runs.hold_lease(connection, ALONE, self.name, now=utc_now()):
                        requests.ask_again(connection, self.name)
                        runs.abandon_runs(connection, now=utc_now())
                        self._alone = True
                        return
            except CrestwatchError as problem:
                log(part="worker").warning("could_not_begin", reason=str(problem))
            self._stopping.wait(2.0)

    def _beat(self) -> None:
        """Say "alive" every few seconds, keep the lease, and notice when the parent has gone."""
        parent = multiprocessing.parent_process()
        while not self._ended.is_set():
            if parent is not None and not parent.is_alive():
                os._exit(0)  # the web is gone: what was committed is whole, and nobody is left to finish for
            try:
                with writing(self._store.engine) as connection:
                    runs.beat(connection, self.name, now=utc_now())
                    still_alone = runs.renew_lease(connection, ALONE, self.name, now=utc_now())
                if self._alone and not still_alone:
                    log(part="worker").warning("another_worker_took_over")
                    self.stop()
            except CrestwatchError as problem:
                log(part="heartbeat").warning("missed", reason=str(problem))
            except Exception as problem:  # without this thread the worker would look dead, and outlive its parent
                log(part="heartbeat").error("missed", kind=type(problem).__name__)
            self._ended.wait(BEAT.total_seconds())


def main(settings: Settings, name: str | None = None) -> None:
    """Run a worker in this process until SIGTERM. Ctrl+C ends it too, unless it belongs to the program that started it."""
    configure(settings.secrets)
    try:
        worker = Worker(open_store(settings), settings, name)
    except CrestwatchError as problem:
        if multiprocessing.parent_process() is None:
            raise
        log(part="worker").error("could_not_begin", reason=str(problem))
        sys.exit(1)
    signal.signal(signal.SIGTERM, worker.stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN if multiprocessing.parent_process() else worker.stop)
    worker.run()


def new_name() -> str:
    """A name that no other worker has: in a container every one is process 1 of the same host."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


def let_go(store: Store, name: str) -> None:
    """Give back the leases of a worker that has ended, so that the next need not wait until they run out."""
    with suppress(CrestwatchError), writing(store.engine) as connection:
        for lease in (ALONE, schedule.LEADER):
            runs.renew_lease(connection, lease, name, now=utc_now() - 2 * runs.LEASE)


def alive(store: Store) -> bool:
    """Whether a worker has given a sign of life in the last half minute."""
    with reading(store.engine) as connection:
        last = runs.last_beat(connection)
    return last is not None and abs(utc_now() - last) < timedelta(seconds=30)
