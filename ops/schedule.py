"""When what is collected. One leader, by a lease in the store, asks for the work; the same jobs a person could ask for."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler

from collectors.base import Collector, set_up
from core.errors import CrestwatchError
from core.log import log
from core.settings import Settings
from core.weeks import utc_now
from store import profiles, requests, runs, terms
from store.engine import reading, writing
from store.store import Store

LEADER = "schedule"


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
    """The sources that are due. `last`: when each was last begun; `every`: minutes between; `retry`: not before. Pure."""
    return [
        name
        for name, minutes in sorted(every.items())
        if ((began := last.get(name)) is None or now - began >= timedelta(minutes=minutes))
        and ((wait := retry.get(name)) is None or now >= wait)
    ]


def ask_for_due(store: Store, sources: Mapping[str, Collector], now: datetime) -> list[str]:
    """Ask for a collection from each source that is due; returns their names. None while only the demo's school is there."""
    with reading(store.engine) as connection:
        if not profiles.all_schools(connection, watched=True):
            return []
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


def start(store: Store, settings: Settings, holder: str, *, clock: Callable[[], datetime] = utc_now) -> BackgroundScheduler:
    """Begin to look every 15 seconds for what is due, as long as this process holds the lease."""
    sources = ready_sources(settings)

    def look() -> None:
        try:
            with writing(store.engine) as connection:
                leading = runs.hold_lease(connection, LEADER, holder, now=clock())
            if leading:
                ask_for_due(store, sources, clock())
                ask_without_ended_words(store, clock())
        except CrestwatchError as problem:
            log(part="schedule").warning("missed_a_look", reason=str(problem))

    scheduler = BackgroundScheduler(timezone="UTC")
    scheduler.add_job(look, "interval", seconds=15, next_run_time=clock(), max_instances=1, coalesce=True)
    scheduler.start()
    return scheduler
