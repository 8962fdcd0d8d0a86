"""`crestwatch doctor`: is this installation whole, and if not, what to do."""

import os
import shutil
import stat
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from analysis.readers import reader
from core.errors import CrestwatchError
from core.settings import Settings
from core.types import Post
from core.weeks import on_screen, utc_now
from ops import worker
from ops.sources import states
from store import runs
from store.engine import is_sqlite, reading, writing
from store.migrate import newest
from store.store import Store, open_store

_LEAST_FREE = 1 << 30
_CLOCK_SLIP = timedelta(minutes=5)


def checks(settings: Settings, now: datetime) -> list[dict[str, Any]]:
    """Each check with whether it passed and a sentence."""
    found = [_check("Data folder", lambda: _folder(settings))]
    try:
        store = open_store(settings)
    except CrestwatchError as problem:
        return [*found, {"name": "Database", "ok": False, "says": str(problem)}]
    return [
        *found,
        _check("Database", lambda: _database(store)),
        _check("Search index", lambda: _search(store)),
        _check("Keys", lambda: _keys(store)),
        _check("Clock", lambda: _clock(store, now)),
        _check("Model", lambda: _model(settings)),
        _check("Worker", lambda: _worker(store)),
        *(_source(each) for each in states(store, settings)),
    ]


def _check(name: str, look: Callable[[], tuple[bool, str]]) -> dict[str, Any]:
    try:
        ok, says = look()
    except (CrestwatchError, OSError) as problem:
        ok, says = False, str(problem)
    return {"name": name, "ok": ok, "says": says}


def _folder(settings: Settings) -> tuple[bool, str]:
    folder = settings.data_dir
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    free = shutil.disk_usage(folder).free
    if not os.access(folder, os.W_OK):
        return False, f"{folder} cannot be written. Give this user the right to write in it."
    if free < _LEAST_FREE:
        return False, f"{folder} has {free / 1e9:.1f} GB left. Free some space."
    if os.name == "posix" and stat.S_IMODE(folder.stat().st_mode) & 0o077:
        return False, f"Other users of this computer can read {folder}. Run: chmod 700 {folder}"
    return True, f"{folder}, {free / 1e9:.0f} GB free"


def _database(store: Store) -> tuple[bool, str]:
    with reading(store.engine) as connection:
        if is_sqlite(connection):
            said = connection.exec_driver_sql("PRAGMA quick_check").scalar()
            if said != "ok":
                return False, "The database file is damaged. Restore the newest backup."
    return True, f"whole, form {newest()}"


def _search(store: Store) -> tuple[bool, str]:
    with writing(store.engine) as connection:
        if is_sqlite(connection):
            connection.exec_driver_sql("INSERT INTO posts_fts(posts_fts, rank) VALUES ('integrity-check', 1)")
    return True, "in step with the posts"


def _keys(store: Store) -> tuple[bool, str]:
    folder = store.folder / "keys"
    if os.name == "posix" and any(stat.S_IMODE(key.stat().st_mode) & 0o077 for key in folder.iterdir()):
        return False, f"Other users of this computer can read {folder}. Run: chmod -R go-rwx {folder}"
    return True, "there, and only for this user. Back them up apart from the database."


def _clock(store: Store, now: datetime) -> tuple[bool, str]:
    with reading(store.engine) as connection:
        last = runs.newest_moment(connection)
    if last and last > now + _CLOCK_SLIP:
        return (
            False,
            f"This computer’s clock ({on_screen(now)}) is behind what it wrote before ({on_screen(last)})."
            " Set the clock; if it is right now, it was ahead then, and nothing is to be done.",
        )
    return True, on_screen(now)


def _model(settings: Settings) -> tuple[bool, str]:
    read = reader(**settings.tone.model_dump())
    read([Post(platform="web", native_id="1", text="The gates open at half past eight.", retrieved_at=utc_now())])
    return (False, read.missing) if read.missing else (True, read.model)


def _worker(store: Store) -> tuple[bool, str]:
    if worker.alive(store):
        return True, "alive"
    return True, "not running. It runs with the dashboard, or with `crestwatch worker`."


def _source(state: dict[str, Any]) -> dict[str, Any]:
    says = state["reason"] or ("works" if state["last_success"] else "ready")
    return {"name": state["label"], "ok": state["state"] != "failing", "says": says}
