"""Words that are watched for a case until their seven days are over; after that they stay as the record of what was watched."""

from datetime import datetime

from sqlalchemy import Connection, Select, func, select

from core.types import WatchedTerm
from store.tables import watched_terms


def add(connection: Connection, term: WatchedTerm) -> None:
    """Watch a word from now on."""
    connection.execute(
        watched_terms.insert().values(
            school_id=term.school_id,
            case_ref=term.case_ref,
            term=term.term,
            why=term.why,
            by=term.by,
            added_at=term.added_at,
            until=term.until,
        )
    )


def active(connection: Connection, *, now: datetime) -> list[WatchedTerm]:
    """The words that are watched at `now`, oldest first."""
    return _read(connection, select(watched_terms).where(watched_terms.c.added_at <= now, watched_terms.c.until > now))


def of_case(connection: Connection, case_ref: str) -> list[WatchedTerm]:
    """Every word that is or was watched for a case, oldest first."""
    return _read(connection, select(watched_terms).where(watched_terms.c.case_ref == case_ref))


def newest_end(connection: Connection, *, now: datetime) -> datetime | None:
    """When a watched word last ended before `now`; None when none has."""
    ended: datetime | None = connection.scalar(select(func.max(watched_terms.c.until)).where(watched_terms.c.until <= now))
    return ended


def _read(connection: Connection, statement: Select[tuple[object, ...]]) -> list[WatchedTerm]:
    return [
        WatchedTerm(
            school_id=row.school_id,
            case_ref=row.case_ref,
            term=row.term,
            why=row.why,
            by=row.by,
            added_at=row.added_at,
            until=row.until,
        )
        for row in connection.execute(statement.order_by(watched_terms.c.id))
    ]
