"""Collections and imports: what ran, how it ended, where it goes on; who leads, who is alive, who looked."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import Connection, delete, func, or_, select, update

from core.types import Json
from store.engine import frame, insert_for
from store.tables import cursors, heartbeats, leases, runs, visits

LEASE = timedelta(seconds=30)


def start_run(connection: Connection, source: str, query: str, *, now: datetime) -> int:
    """Write down that a run has begun; returns its number."""
    result = connection.execute(runs.insert().values(source=source, query=query, started_at=now, state="running"))
    key = result.inserted_primary_key
    assert key is not None
    return int(key[0])


def count_in_run(
    connection: Connection, run: int, *, read: int, stored: int, unchanged: int, skipped: int, cost: float | None
) -> None:
    """Add a batch to the run's counts."""
    connection.execute(
        update(runs)
        .where(runs.c.id == run)
        .values(
            read=runs.c.read + read,
            stored=runs.c.stored + stored,
            unchanged=runs.c.unchanged + unchanged,
            skipped=runs.c.skipped + skipped,
            cost=runs.c.cost if cost is None else func.coalesce(runs.c.cost, 0.0) + cost,
        )
    )


def end_run(
    connection: Connection, run: int, state: str, *, now: datetime, message: str | None = None, retry_at: datetime | None = None
) -> None:
    """Say how a run ended: `done`, or `stopped` with a sentence and, where the source gave one, when to come back."""
    connection.execute(
        update(runs).where(runs.c.id == run).values(state=state, finished_at=now, message=message, retry_at=retry_at)
    )


def abandon_runs(connection: Connection, *, now: datetime) -> int:
    """Close runs that a killed worker left open. What they stored is whole; the next run goes on from their cursor."""
    closed = connection.execute(
        update(runs)
        .where(runs.c.state == "running")
        .values(state="stopped", finished_at=now, message="Interrupted. The next run goes on where this one was.")
    )
    return closed.rowcount


def cursor(connection: Connection, source: str, query: str) -> Json | None:
    """Where a source goes on for a query; None at first."""
    found: dict[str, Any] | None = connection.scalar(
        select(cursors.c.cursor).where(cursors.c.source == source, cursors.c.query == query)
    )
    return found


def save_cursor(connection: Connection, source: str, query: str, value: Json, *, now: datetime) -> None:
    """Move a source's cursor; in the same transaction as the rows it stands behind."""
    statement = insert_for(connection, cursors).values(source=source, query=query, cursor=dict(value), updated_at=now)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["source", "query"],
            set_={"cursor": statement.excluded.cursor, "updated_at": statement.excluded.updated_at},
        )
    )


def newest_run(connection: Connection) -> int:
    """The number of the newest finished run; changes whenever there may be something new to show."""
    return connection.scalar(select(func.max(runs.c.id)).where(runs.c.state != "running")) or 0


def hold_lease(connection: Connection, name: str, holder: str, *, now: datetime) -> bool:
    """Take or renew a lease for half a minute; False while somebody else holds it. So one worker collects, however many run.

    One that ends later than any lease can was taken before the clock was put back, and counts as run out.
    """
    statement = insert_for(connection, leases).values(name=name, holder=holder, until=now + LEASE)
    taken = connection.scalar(
        statement.on_conflict_do_update(
            index_elements=["name"],
            set_={"holder": statement.excluded.holder, "until": statement.excluded.until},
            where=or_(leases.c.holder == holder, leases.c.until < now, leases.c.until > now + 2 * LEASE),
        ).returning(leases.c.holder)
    )
    return taken is not None


def renew_lease(connection: Connection, name: str, holder: str, *, now: datetime) -> bool:
    """Hold on to a lease that is ours already; False when it is not."""
    held = connection.execute(update(leases).where(leases.c.name == name, leases.c.holder == holder).values(until=now + LEASE))
    return held.rowcount > 0


def beat(connection: Connection, worker: str, *, now: datetime) -> None:
    """Say that a worker is alive. What was said before the clock was put back, by one that has ended since, is forgotten."""
    connection.execute(delete(heartbeats).where(heartbeats.c.at > now + LEASE))
    statement = insert_for(connection, heartbeats).values(worker=worker, at=now)
    connection.execute(statement.on_conflict_do_update(index_elements=["worker"], set_={"at": statement.excluded.at}))


def last_beat(connection: Connection) -> datetime | None:
    """When a worker was last alive; None when none ever was."""
    found: datetime | None = connection.scalar(select(heartbeats.c.at).order_by(heartbeats.c.at.desc()).limit(1))
    return found


def note_visit(connection: Connection, person: str, page: str, *, now: datetime) -> None:
    """Remember that a colleague looked at a page, for "since you last looked"."""
    statement = insert_for(connection, visits).values(person=person, page=page, at=now)
    connection.execute(statement.on_conflict_do_update(index_elements=["person", "page"], set_={"at": statement.excluded.at}))


def source_runs(connection: Connection, source: str, *, limit: int = 20) -> pd.DataFrame:
    """The newest runs of a source."""
    return frame(connection, select(*runs.c).where(runs.c.source == source).order_by(runs.c.id.desc()).limit(limit))


def newest_run_of(connection: Connection, source: str) -> Any:
    """The newest run of a source as a row (started_at, finished_at, state, message, retry_at …); None when it never ran."""
    return connection.execute(select(*runs.c).where(runs.c.source == source).order_by(runs.c.id.desc()).limit(1)).one_or_none()


def last_success(connection: Connection, source: str) -> datetime | None:
    """When a source last ran to its end."""
    found: datetime | None = connection.scalar(
        select(runs.c.finished_at).where(runs.c.source == source, runs.c.state == "done").order_by(runs.c.id.desc()).limit(1)
    )
    return found


def first_run(connection: Connection, sources: Sequence[str]) -> datetime | None:
    """When any of these sources first ran to its end: nobody can have looked before."""
    found: datetime | None = connection.scalar(
        select(func.min(runs.c.finished_at)).where(runs.c.source.in_(sources), runs.c.state == "done")
    )
    return found


def run_times(connection: Connection, sources: Sequence[str], start: datetime, end: datetime) -> list[datetime]:
    """When these sources finished a run in that time, oldest first: what we could see."""
    statement = select(runs.c.finished_at).where(
        runs.c.source.in_(sources), runs.c.state == "done", runs.c.finished_at >= start, runs.c.finished_at < end
    )
    return list(connection.scalars(statement.order_by(runs.c.finished_at)))


def newest_moment(connection: Connection) -> datetime | None:
    """The latest time any run was begun, by the clock of whoever began it."""
    found: datetime | None = connection.scalar(select(func.max(runs.c.started_at)))
    return found
