"""The signed page that says why this school may look: kept for ever, the newest counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from store.retention import LONGEST_DAYS
from store.tables import purposes


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedPurpose:
    """A statement as it was signed: what it says, when, and by whom in which role."""

    at: datetime
    by: str
    role: str
    statement: Mapping[str, Any]


def sign(connection: Connection, statement: Mapping[str, Any], *, by: str, role: str, now: datetime) -> None:
    """Keep a statement, in place of the one that counted before."""
    connection.execute(purposes.insert().values(at=now, by=by, role=role, statement=dict(statement)))


def newest(connection: Connection) -> SignedPurpose | None:
    """The statement that counts; None before anything was signed."""
    row = connection.execute(select(purposes).order_by(purposes.c.id.desc()).limit(1)).one_or_none()
    return SignedPurpose(at=row.at, by=row.by, role=row.role, statement=row.statement) if row else None


def days_kept(connection: Connection) -> int:
    """For how many days the words of posts are kept: as signed, else the longest there is."""
    signed = newest(connection)
    return int(signed.statement["days"]) if signed else LONGEST_DAYS
