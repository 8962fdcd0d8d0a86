"""When what is collected. One leader, by a lease in the store, asks for the work; the same jobs a person could ask for."""

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from casework.answers import current_judge
from collectors.base import Collector, set_up
from collectors.sightings import waiting
from core.errors import CrestwatchError
from core.log import log
from core.settings import Settings
from core.weeks import LONDON, utc_now
from store import profiles, purposes, queries, requests, runs, terms
from store.engine import reading, writing
from store.store import Store

LEADER = "schedule"
LOOK_EVERY = timedelta(seconds=15)
RETAIN_EVERY = timedelta(days=1)
NIGHT = range(2, 5)
"""The hours, in London, when nobody reads or reports."""
WAITS_TOO_LONG = 60.0  # seconds


def ready_sources(settings: Settings) -> dict[str, Collector]:
    """The sources that can be collected from now, by name."""
    return {
        name: source
        for name, (source, _) in set_up(settings.sources).items()
        if source is not None and source.settings.on and source.scheduled
    }


def due(
    last: Mapping[str, datetime | None], every: Mapping[str, int], retry: Mapping[str, datetime | None], now: datetime
) -> list[str]:
    """The sources that are due. `last`: when each was last begun; `every`: minutes between; `retry`: not before. Pure.

    What was begun later than now was begun before the clock was put back: it is waited for as long as is usual, not until then.
    """
    return [
        name
        for name, minutes in sorted(every.items())
        if ((began := last.get(name)) is None or abs(now - began) >= timedelta(minutes=minutes))
        and ((wait := retry.get(name)) is None or now >= wait or (began is not None and began > now))
    ]


def ask_for_due(store: Store, sources: Mapping[str, Collector], now: datetime) -> list[str]:
    """Ask for a collection from each source that is due; returns their names.

    None while only the demo's school is there; none that asks others while nobody has signed what it is for.
    """
    with reading(store.engine) as connection:
        if not profiles.all_schools(connection, watched=True):
            return []
        if not purposes.newest(connection):
            sources = {name: source for name, source in sources.items() if not source.asks_others}
        newest = {name: runs.newest_run_of(connection, name) for name in sources}
    names = due(
        {name: run.started_at if run else None for name, run in newest.items()},
        {name: collector.policy.every_minutes for name, collector in sources.items()},
        {name: run.retry_at if run else None for name, run in newest.items()},
        now,
    )
    if names:
        with writing(store.engine) as connection:
            for name in names:
                requests.ask(connection, "collect", {"source": name}, by="schedule", now=now)
    return names


def ask_without_ended_words(store: Store, now: datetime) -> bool:
    """Ask for posts to be judged anew once a word watched for a case has ended, so that it means the school no longer."""
    with reading(store.engine) as connection:
        ended, asked = terms.newest_end(connection, now=now), requests.last_asked(connection, "judge")
    if ended is None or (asked is not None and asked >= ended):
        return False
    with writing(store.engine) as connection:
        requests.ask(connection, "judge", {}, by="schedule", now=now)
    return True


def ask_for_older(store: Store, now: datetime) -> bool:
    """Ask for posts to be judged again that another version of the judges judged."""
    with reading(store.engine) as connection:
        older = queries.any_not_by(connection, current_judge(connection, now=now).model)
    if older:
        with writing(store.engine) as connection:
            requests.ask(connection, "judge", {"older": True}, by="schedule", now=now)
    return older


def ask_for_retention(store: Store, now: datetime) -> bool:
    """Ask once a day for what is over its time to be taken away; at night where the computer is on, for others wait."""
    with reading(store.engine) as connection:
        asked = requests.last_asked(connection, "retain")
    pause = RETAIN_EVERY / 2 if now.astimezone(LONDON).hour in NIGHT else RETAIN_EVERY
    if asked is not None and abs(now - asked) < pause:
        return False
    with writing(store.engine) as connection:
        requests.ask(connection, "retain", {}, by="schedule", now=now)
    return True


def ask_for_waiting_reports(store: Store, settings: Settings, now: datetime) -> bool:
    """Ask for reports to be read that still wait a minute after they were handed in: their job was lost with its worker."""
    if not any(now.timestamp() - path.stat().st_mtime > WAITS_TOO_LONG for path in waiting(settings.spool)):
        return False
    with writing(store.engine) as connection:
        requests.ask(connection, "collect", {"source": "sightings"}, by="schedule", now=now)
    return True


class Schedule:
    """Looks every 15 seconds for what is due, as long as this process holds the lease, until `shutdown`.

    It waits by a clock that nobody can set: a wall clock put back by an hour would hold everything up for as long.
    """

    def __init__(self, look: Callable[[], None]) -> None:
        self._look, self._ended = look, threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def shutdown(self, *, wait: bool) -> None:
        """Look no more; `wait` for the look that is on its way."""
        self._ended.set()
        if wait:
            self._thread.join()

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                self._look()
            except CrestwatchError as problem:
                log(part="schedule").warning("missed_a_look", reason=str(problem))
            except Exception as problem:  # a mistake in one look must not end collection
                log(part="schedule").error("look_failed", kind=type(problem).__name__)
            self._ended.wait(LOOK_EVERY.total_seconds())


def start(store: Store, settings: Settings, holder: str, *, clock: Callable[[], datetime] = utc_now) -> Schedule:
    """Begin to look for what is due."""
    sources = ready_sources(settings) if settings.scheduled else {}
    first = [True]  # another version of the judges comes with another process

    def look() -> None:
        with writing(store.engine) as connection:
            leading = runs.hold_lease(connection, LEADER, holder, now=clock())
        if leading:
            ask_for_due(store, sources, clock())
            ask_without_ended_words(store, clock())
            ask_for_retention(store, clock())
            ask_for_waiting_reports(store, settings, clock())
            if first:
                first.clear()
                ask_for_older(store, clock())

    return Schedule(look)
