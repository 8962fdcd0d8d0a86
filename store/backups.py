"""The backups that were made here, so that what must go goes from them too."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, select, update

from store.tables import backups


def add(connection: Connection, path: Path, *, sha256: str, now: datetime) -> None:
    """Remember a backup by where it was made."""
    connection.execute(backups.insert().values(path=str(path), made_at=now, sha256=sha256))


def kept(connection: Connection) -> Sequence[tuple[int, Path, datetime]]:
    """Backups that nobody said are deleted, as (number, where it was made, when), oldest first."""
    rows = connection.execute(select(backups).where(backups.c.gone_at.is_(None)).order_by(backups.c.id))
    return [(row.id, Path(row.path), row.made_at) for row in rows]


def thinned(connection: Connection, number: int, *, sha256: str, now: datetime) -> None:
    """What must go went from a backup, whose bytes are others now."""
    connection.execute(update(backups).where(backups.c.id == number).values(thinned_at=now, sha256=sha256))


def deleted(connection: Connection, number: int, *, now: datetime) -> None:
    """Somebody said that a backup is deleted, wherever it had been taken."""
    connection.execute(update(backups).where(backups.c.id == number).values(gone_at=now))
