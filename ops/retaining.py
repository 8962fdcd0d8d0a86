"""What goes by itself every day: posts whose time is up, uploads nobody took in, what platforms deleted; in the backups too."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from casework.purpose import lawful
from collectors.base import Collector, set_up
from core.errors import BadInput, SourceStopped, StoreUnavailable
from core.log import log
from core.settings import Settings
from ops import backup
from store import backups, purposes, retention
from store.engine import reading, writing
from store.retention import Gone
from store.store import Store

LEFT_OVER = timedelta(days=1)
"""An upload that lies this long was never taken in: its job failed, or was never asked."""


_ASKED_AT_ONCE = 100


def retain(store: Store, settings: Settings, *, now: datetime, dry_run: bool = False) -> dict[str, Any]:
    """One pass. `dry_run`: only say what would go. Returns what went: posts, pictures, reports, uploads, backups thinned."""
    with reading(store.engine) as connection:
        days = purposes.days_kept(connection)
        if dry_run:
            due = len(retention.overdue(connection, now=now, days=days))
            return {"posts": due, "uploads": len(_left_over(settings, days, now)), "days": days}
    # 1  The store: words, authors, pictures, who reported.
    gone = retention.expire(store.engine, now=now, days=days)
    # 2  Uploads that nobody took in.
    uploads = _left_over(settings, days, now)
    for path in uploads:
        path.unlink(missing_ok=True)
    # 3  The backups that are where they were made.
    thinned = _thin_backups(store, days, now)
    result = {"posts": gone.posts, "pictures": gone.pictures, "reports": gone.sightings}
    log(part="retention").info("looked_through", **result, uploads=len(uploads), backups=thinned)
    return {**result, "uploads": len(uploads), "backups": thinned, "days": days}


def sync_deletions(store: Store, settings: Settings, *, now: datetime) -> dict[str, int]:
    """Ask each source which of its posts are gone there, and take them away here. Returns how many went, by source."""
    with reading(store.engine) as connection:
        ready = lawful(set_up(settings.sources), purposes.newest(connection))
    wiped: dict[str, int] = {}
    for name, (source, _) in ready.items():
        if source is not None and source.settings.on and source.policy.recheck_days:
            wiped[name] = _recheck(store, source, now)
    if any(wiped.values()):
        retention.scrub(store.engine)
    return wiped


def _recheck(store: Store, source: Collector, now: datetime) -> int:
    with reading(store.engine) as connection:
        asked = retention.in_words(connection, source.name)
    wiped = 0
    try:
        for start in range(0, len(asked), _ASKED_AT_ONCE):
            gone = source.recheck(asked[start : start + _ASKED_AT_ONCE])
            with writing(store.engine) as connection:
                wiped += retention.wipe(connection, source.name, gone, now=now)
    except SourceStopped as stopped:
        log(part="retention", source=source.name).warning("recheck_stopped", reason=str(stopped))
    return wiped


def _left_over(settings: Settings, days: int, now: datetime) -> list[Path]:
    """What lies in the inbox for longer than a day: files of imports, reports that are damaged or were never finished.

    A report that nobody read at all lies there for as long as posts are kept.
    """
    found = dict.fromkeys((*settings.inbox.glob("files/*"), *settings.spool.glob(".*")), LEFT_OVER)
    found |= dict.fromkeys(settings.spool.glob("[!.]*.json"), timedelta(days=days))
    return [path for path, age in found.items() if path.is_file() and path.stat().st_mtime < (now - age).timestamp()]


def _thin_backups(store: Store, days: int, now: datetime) -> int:
    """Take from every backup within reach what is over its time or was deleted at its source. Returns how many were changed."""
    changed = 0
    with reading(store.engine) as connection:
        there = [(number, path) for number, path, _ in backups.kept(connection) if path.exists()]
        gone_here = retention.gone_ids(connection)

    def change(engine: Engine) -> bool:
        return _catch_up(engine, gone_here, days, now)

    for number, path in there:
        try:
            sha256 = backup.thin(path, change, now=now)
        except (BadInput, StoreUnavailable) as problem:
            log(part="retention").warning("backup_not_thinned", reason=str(problem))
            continue
        if sha256:
            with writing(store.engine) as connection:
                backups.thinned(connection, number, sha256=sha256, now=now)
            changed += 1
    return changed


def _catch_up(engine: Engine, gone_here: Sequence[int], days: int, now: datetime) -> bool:
    """Bring a backup's database to what the law allows now; False when nothing had to go."""
    wiped = retention.wipe_ids(engine, gone_here, now=now)
    return retention.expire(engine, now=now, days=days) != Gone() or wiped > 0
