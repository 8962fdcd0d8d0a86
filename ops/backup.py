"""`crestwatch backup`: everything that is kept here, with its keys, as one file, made while others go on working."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from core.disk import sync_folder
from core.errors import BadInput
from ops.archive import pack, unpack
from ops.workroom import bring_up, room, said_of
from store import backups
from store.copying import compact, count_all, opened, snapshot
from store.engine import reading, writing
from store.keys import Keys
from store.migrate import current
from store.store import Store

_BUILDING = ".crestwatch-backup-"
_LEFT_BEHIND = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A backup as written: where, the rows in it by table, the SHA-256 of the whole file and its size."""

    path: Path
    rows: Mapping[str, int]
    sha256: str
    bytes: int


def backup(store: Store, file: Path, *, now: datetime) -> Made:
    """Write everything that is kept into `file`, as it is at one moment, while others go on working.

    A file of that name is always whole. Raises BadInput where there is one already or the disk refuses, StoreUnavailable
    where the database does; nothing half-made stays.
    """
    file = file.absolute()
    if os.path.lexists(file):
        raise _there_already(file)
    with said_of(file), room(file.parent, _BUILDING, now - _LEFT_BEHIND) as folder:
        moment, packed = folder / "moment.sqlite", folder / "packed"
        snapshot(store.engine, moment)
        with opened(moment) as engine:
            rows, sha256 = _pack(engine, store.keys, packed, made_at=now)
        size = packed.stat().st_size
        # Noted first: were we killed between the two, retention would not know of a backup that holds people's words.
        with writing(store.engine) as connection:
            note = backups.add(connection, file, sha256=sha256, made_at=now)
        try:
            _put(packed, file)
        except BaseException:
            with writing(store.engine) as connection:
                backups.forget(connection, note)
            raise
        sync_folder(file.parent)
        with writing(store.engine) as connection:
            backups.replaced(connection, file, by=note, now=now)
    return Made(path=file, rows=rows, sha256=sha256, bytes=size)


def thin(file: Path, change: Callable[[Engine], bool], *, now: datetime) -> str | None:
    """Let `change` work on the database inside a backup, and write the backup anew; returns its new SHA-256.

    Where `change` returns False nothing had to go: the backup stays as it is, and None is returned. An older form is brought
    to the newest first. Raises BadInput where it is no whole backup or cannot be written anew;
    it is then as it was.
    """
    file = file.resolve()
    with said_of(file), room(file.parent, _BUILDING, now - _LEFT_BEHIND) as folder:
        found = unpack(file, folder)
        packed = folder / "packed"
        with opened(found.database) as engine:
            bring_up(engine, found.manifest, file)
            if not change(engine):
                return None
            _, sha256 = _pack(engine, found.keys, packed, made_at=found.manifest.made_at)
        packed.replace(file)
        sync_folder(file.parent)
    return sha256


def _pack(engine: Engine, keys: Keys, packed: Path, *, made_at: datetime) -> tuple[dict[str, int], str]:
    """Pack a database that nobody else uses, as it is now; returns its rows by table and the SHA-256 of the file."""
    whole = packed.with_name("whole.sqlite")
    compact(engine, whole)
    with reading(engine) as connection:
        rows, revision = count_all(connection), current(connection)
    assert revision is not None, "what is backed up was migrated when it was opened"
    return rows, pack(packed, whole, keys, made_at=made_at, revision=revision, rows=rows)


def _put(packed: Path, file: Path) -> None:
    """Give a finished file its name, unless another came to have it."""
    try:
        os.link(packed, file)
    except FileExistsError:
        raise _there_already(file) from None
    except OSError:  # a memory stick knows no second names
        if os.path.lexists(file):
            raise _there_already(file) from None
        packed.rename(file)


def _there_already(file: Path) -> BadInput:
    return BadInput(f"{file} is there already, and a backup replaces nothing. Choose another name.")
