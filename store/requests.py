"""The jobs table: pages and commands ask, the worker does, the answer is read from the store. A job is safe to run twice."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Connection, Row, cast, func, select, update

from store.engine import take_turns
from store.tables import jobs


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One thing asked for. `progress` is 0 to 1, None where the end is not known; `message` is for people."""

    id: int
    kind: str
    arguments: Mapping[str, Any]
    state: str
    asked_by: str
    asked_at: datetime
    progress: float | None
    message: str | None
    result: Mapping[str, Any] | None


def ask(connection: Connection, kind: str, arguments: Mapping[str, Any], *, by: str, now: datetime) -> int:
    """Ask for a job; the same one that still waits is not asked twice. Returns its number."""
    take_turns(connection, "ask")
    waiting = select(jobs.c.id, jobs.c.arguments).where(jobs.c.state == "asked", jobs.c.kind == kind)
    for row in connection.execute(waiting):
        if row.arguments == dict(arguments):
            return int(row.id)
    result = connection.execute(
        jobs.insert().values(kind=kind, arguments=dict(arguments), asked_by=by, asked_at=now, state="asked")
    )
    key = result.inserted_primary_key
    assert key is not None
    return int(key[0])


def claim(connection: Connection, worker: str, *, now: datetime) -> Job | None:
    """Take the oldest job that waits; no two workers get the same."""
    waiting = select(jobs.c.id).where(jobs.c.state == "asked").order_by(jobs.c.id).limit(1)
    oldest = waiting.with_for_update(skip_locked=True).scalar_subquery()
    row = connection.execute(
        update(jobs)
        .where(jobs.c.id == oldest, jobs.c.state == "asked")
        .values(state="running", claimed_by=worker, claimed_at=now)
        .returning(*jobs.c)
    ).one_or_none()
    return _job(row) if row else None


def progress(connection: Connection, job_id: int, done: float | None, message: str) -> None:
    """Say how far a job is."""
    connection.execute(update(jobs).where(jobs.c.id == job_id).values(progress=done, message=message))


def finish(
    connection: Connection, job_id: int, *, failed: bool, message: str, result: Mapping[str, Any] | None, now: datetime
) -> None:
    """Say how a job ended."""
    connection.execute(
        update(jobs)
        .where(jobs.c.id == job_id)
        .values(
            state="failed" if failed else "done",
            finished_at=now,
            message=message,
            result=dict(result) if result is not None else None,
        )
    )


def ask_again(connection: Connection, worker: str) -> int:
    """Put back what other workers had claimed when they ended. Called by a worker that has just become the only one."""
    back = connection.execute(
        update(jobs).where(jobs.c.state == "running", jobs.c.claimed_by != worker).values(state="asked", claimed_by=None)
    )
    return back.rowcount


def newest_done(connection: Connection) -> int:
    """The number of the newest job that has ended."""
    return connection.scalar(select(func.max(jobs.c.id)).where(jobs.c.state.in_(("done", "failed")))) or 0


def last_asked(connection: Connection, kind: str) -> datetime | None:
    """When a job of this kind was last asked for."""
    found: datetime | None = connection.scalar(
        select(jobs.c.asked_at).where(jobs.c.kind == kind).order_by(jobs.c.id.desc()).limit(1)
    )
    return found


def last_done(connection: Connection, kind: str) -> datetime | None:
    """When a job of this kind last ended well."""
    found: datetime | None = connection.scalar(
        select(func.max(jobs.c.finished_at)).where(jobs.c.kind == kind, jobs.c.state == "done")
    )
    return found


def newest_answer(connection: Connection, kind: str, post_id: int) -> Job | None:
    """The newest job of this kind about a post that has ended well; None where there is none."""
    about = cast(jobs.c.arguments["post"].as_string(), BigInteger)
    row = connection.execute(
        select(jobs).where(jobs.c.kind == kind, jobs.c.state == "done", about == post_id).order_by(jobs.c.id.desc()).limit(1)
    ).one_or_none()
    return _job(row) if row else None


def find(connection: Connection, job_id: int) -> Job | None:
    """A job as it stands."""
    row = connection.execute(select(jobs).where(jobs.c.id == job_id)).one_or_none()
    return _job(row) if row else None


def _job(row: Row[Any]) -> Job:
    return Job(
        id=row.id,
        kind=row.kind,
        arguments=row.arguments,
        state=row.state,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        progress=row.progress,
        message=row.message,
        result=row.result,
    )
