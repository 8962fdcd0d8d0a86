"""Where a backup is made or unpacked: a private folder that nothing outlives, and what a disk refuses, in words."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError

from core.errors import BadInput, StoreUnavailable
from ops.archive import Manifest, newer
from store.copying import count_all
from store.engine import reading
from store.migrate import current, migrate


@contextmanager
def room(beside: Path, kind: str, left_before: datetime | None) -> Iterator[Path]:
    """A private folder to work in, taken away whatever happens; so is what one left that was killed, before then or ever."""
    for left in beside.glob(f"{kind}*"):
        old = left_before is None or _last_written(left) < left_before.timestamp()
        if old and left.is_dir() and not left.is_symlink():
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=kind, dir=beside))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def said_of(file: Path) -> Iterator[None]:
    """What a disk refuses, said of the backup that was to be written there."""
    try:
        yield
    except (OSError, StoreUnavailable) as problem:
        if isinstance(problem, OSError):
            why = problem.strerror or "not possible"
        elif disk_refused(problem):
            why = "the disk is full or refuses"
        else:
            raise
        raise BadInput(
            f"The backup {file} cannot be written ({why}). Free some space or choose another folder; nothing half-made stays."
        ) from problem


def bring_up(engine: Engine, manifest: Manifest, file: Path) -> None:
    """Check that an unpacked database is what its manifest says, and bring it to the newest form."""
    try:
        with reading(engine) as connection:
            whole = connection.exec_driver_sql("PRAGMA quick_check").scalar() == "ok"
            same = current(connection) == manifest.revision and count_all(connection) == manifest.rows
    except (DatabaseError, StoreUnavailable) as problem:
        if disk_refused(problem):
            raise
        whole = same = False
    if not (whole and same):
        raise BadInput(f"The database in {file} is not what its manifest says. Use another backup.")
    try:
        migrate(engine)
    except StoreUnavailable as problem:
        if disk_refused(problem):
            raise
        raise newer(file, manifest) from None


def disk_refused(problem: BaseException) -> bool:
    """Whether it was the disk, and not what is on it."""
    said = str(getattr(problem.__cause__, "orig", ""))
    return "is full" in said or "I/O error" in said


def _last_written(folder: Path) -> float:
    """A folder does not say by itself that a file in it still grows."""
    last = 0.0
    for each in (folder, *folder.rglob("*")):
        with suppress(FileNotFoundError):  # its owner has just ended
            last = max(last, each.lstat().st_mtime)
    return last
