"""The backups that were made here, so that what must go goes from them too."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, delete, select, update

from store.tables import backups


def add(connection: Connection, path: Path, *, sha256: str, made_at: datetime) -> int:
    """Know of a backup, by where it is made; returns its number."""
    key = connection.execute(backups.insert().values(path=str(path), made_at=made_at, sha256=sha256)).inserted_primary_key
    assert key is not None
    return int(key[0])


def forget(connection: Connection, number: int) -> None:
    """Know no more of a backup that was never finished."""
    connection.execute(delete(backups).where(backups.c.id == number))


def replaced(connection: Connection, path: Path, *, by: int, now: datetime) -> None:
    """Others of that name are no longer there, or this one would not have got it."""
    others = (backups.c.path == str(path)) & (backups.c.id != by) & backups.c.gone_at.is_(None)
    connection.execute(update(backups).where(others).values(gone_at=now))


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
