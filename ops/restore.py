"""`crestwatch restore`: a backup into an empty installation, on either database; that is also how an installation grows."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, delete
from sqlalchemy.exc import DataError, IntegrityError

from core.disk import sync_folder
from core.errors import BadInput, StoreUnavailable
from core.settings import Settings
from ops.archive import Unpacked, unpack
from ops.workroom import bring_up, room
from store import backups, purposes, requests, retention, runs
from store.copying import clear_passing, copy_all, count_all, is_empty, opened
from store.engine import open_engine, reading, writing
from store.keys import Keys
from store.migrate import migrate
from store.tables import heartbeats, leases

_RESTORING = ".crestwatch-restore-"


def restore(settings: Settings, file: Path, *, now: datetime) -> dict[str, int]:
    """Make an empty installation what it was when `file` was made, less what has since had to go. Returns the backup's rows.

    Everything is checked and made ready first; then the keys are put in place, then all rows in one transaction. Raises
    BadInput where the file is no whole backup or something is here already, StoreUnavailable where disk or database refuse.
    """
    file = file.absolute()
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Whatever another restore left is a whole database that no retention looks after.
        with room(settings.data_dir, _RESTORING, None) as folder:
            found = unpack(file, folder)
            with opened(found.database) as ready, _target(settings) as target:
                bring_up(ready, found.manifest, file)
                _refuse_unless_new(settings, target, found.keys)
                _let_go(ready, now)
                _take_what_is_over_its_time(ready, now)
                _put_keys(found.keys, folder / "keys", settings.data_dir / "keys")
                _put_rows(ready, target, found, file, now)
    except OSError as problem:
        raise StoreUnavailable(
            f"{file} was not restored into {settings.data_dir} ({problem.strerror}). Free space there, or give this user the "
            "right to write in it, then restore again."
        ) from problem
    return dict(found.manifest.rows)


@contextmanager
def _target(settings: Settings) -> Iterator[Engine]:
    engine = open_engine(settings.store_url)
    try:
        yield engine
    finally:
        engine.dispose()


def _refuse_unless_new(settings: Settings, target: Engine, keys: Keys) -> None:
    with reading(target) as connection:
        if not is_empty(connection):
            raise _taken()
    folder = settings.data_dir / "keys"
    if _kept(folder) not in ({}, _files(keys)):
        raise BadInput(
            f"{folder} holds the keys of another installation. If nothing needs them any more, move that folder away, "
            "then restore again."
        )


def _taken() -> BadInput:
    return BadInput(
        "There is something in the database already, and a backup is only restored into an empty installation. "
        "Set another data_dir (or database_url), or move the data folder away, then restore again."
    )


def _let_go(engine: Engine, now: datetime) -> None:
    """Let nothing of the old machine hold up the new one: who led and was alive there, and what ran."""
    with writing(engine) as connection:
        connection.execute(delete(leases))
        connection.execute(delete(heartbeats))
        requests.ask_again(connection, "")
        runs.abandon_runs(connection, now=now)


def _take_what_is_over_its_time(ready: Engine, now: datetime) -> None:
    """What an old backup still holds does not come back."""
    with reading(ready) as connection:
        days = purposes.days_kept(connection)
    retention.expire(ready, now=now, days=days)


def _files(keys: Keys) -> dict[str, bytes]:
    return {"author.key": keys.author, "seal.key": keys.seal}


def _kept(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in folder.iterdir()} if folder.is_dir() else {}


def _put_keys(keys: Keys, ready: Path, folder: Path) -> None:
    """Both keys at once: of one alone the next start would make a second that is not ours."""
    if _kept(folder):
        return
    ready.mkdir(mode=0o700)
    for name, key in _files(keys).items():
        handle = os.open(ready / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
    sync_folder(ready)
    if folder.is_dir():
        folder.rmdir()
    ready.rename(folder)
    sync_folder(folder.parent)


def _put_rows(ready: Engine, target: Engine, found: Unpacked, file: Path, now: datetime) -> None:
    """All rows or none; then this installation knows of the backup too, for what must go goes from it as well."""
    migrate(target)
    try:
        with reading(ready) as source, writing(target) as connection:
            if not is_empty(connection):
                raise _taken()
            clear_passing(connection)
            if copy_all(source, connection) != count_all(connection):
                raise StoreUnavailable(f"Not every row of {file} arrived, so nothing was restored. Check the disk; try again.")
            note = backups.add(connection, file, sha256=found.sha256, made_at=found.manifest.made_at)
            backups.replaced(connection, file, by=note, now=now)
    except (DataError, IntegrityError) as problem:
        raise StoreUnavailable(
            f"The database refuses a row of {file}, so nothing was restored. Use another backup."
        ) from problem
