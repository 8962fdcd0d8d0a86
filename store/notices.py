"""What somebody in a role must be told, kept until they say that they have seen it. No post text, no private person's name."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from store.tables import notices


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing to be told, for whoever has the role."""

    id: int
    at: datetime
    role: str
    text: str


def add(connection: Connection, *, role: str, text: str, now: datetime) -> None:
    """Tell a role something."""
    connection.execute(notices.insert().values(at=now, role=role, text=text))


def unseen(connection: Connection, roles: Collection[str]) -> list[Notice]:
    """What nobody in these roles has seen yet, oldest first."""
    waiting = select(notices).where(notices.c.role.in_(list(roles)), notices.c.seen_at.is_(None)).order_by(notices.c.id)
    return [Notice(id=row.id, at=row.at, role=row.role, text=row.text) for row in connection.execute(waiting)]


def mark_seen(connection: Connection, notice_id: int, roles: Collection[str], *, now: datetime) -> bool:
    """Somebody in one of these roles has seen it. False where it is for another role or was seen before."""
    seen = update(notices).where(notices.c.id == notice_id, notices.c.role.in_(list(roles)), notices.c.seen_at.is_(None))
    return connection.execute(seen.values(seen_at=now)).rowcount > 0
