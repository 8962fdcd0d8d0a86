"""What goes, and when: what a platform deleted, at once; what nobody flagged, when its time is up (UK GDPR Art. 5(1)(e)).

A post that goes leaves a row without words or author, so that the counts stay true and it is never stored again.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, and_, delete, exists, func, or_, select, update
from sqlalchemy.exc import DatabaseError

from core.taxonomy import Outcome
from store import mentions
from store.engine import explained, is_sqlite, reading, writing
from store.tables import (
    EPOCH,
    IN_WORDS,
    WORDS_GONE,
    exhibits,
    judgements,
    payloads,
    pictures,
    post_keys,
    posts,
    sighting_items,
    sightings,
    versions,
)
from store.triggers import forget_words

LONGEST_DAYS = 30
"""How long a post that nobody flagged keeps its words and author, at most, from when we stored it."""
NOT_OURS_DAYS = 7
"""How long one keeps them that is about nobody watched: long enough to mend a profile and judge it again."""
_CHUNK = 400


@dataclass(frozen=True, slots=True)
class Gone:
    """What a pass of retention took away: posts, pictures with them, and who reported them."""

    posts: int = 0
    pictures: int = 0
    sightings: int = 0


def wipe(connection: Connection, platform: str, native_ids: Sequence[str], *, now: datetime) -> int:
    """Take away what a platform says is gone: text, author, payload, earlier versions, pictures. A tombstone stays.

    Returns how many posts were wiped.
    """
    ids: list[int] = []
    for start in range(0, len(native_ids), _CHUNK):
        ids += connection.scalars(
            select(post_keys.c.post_id)
            .join(posts, posts.c.id == post_keys.c.post_id)
            .where(
                post_keys.c.platform == platform,
                post_keys.c.native_id.in_(native_ids[start : start + _CHUNK]),
                posts.c.gone_at.is_(None),
            )
        )
    _take_away(connection, ids, gone_at=now)
    if ids:
        forget_words(connection)
    return len(ids)


def wipe_ids(engine: Engine, ids: Sequence[int], *, now: datetime) -> int:
    """Take away these posts, where their words are still there (in a backup, what went from the store since)."""
    with writing(engine) as connection:
        there = [
            post_id
            for part in _parts(ids)
            for post_id in connection.scalars(select(posts.c.id).where(posts.c.id.in_(part), posts.c.gone_at.is_(None)))
        ]
        _take_away(connection, there, gone_at=now)
        if there:
            forget_words(connection)
    return len(there)


def gone_ids(connection: Connection) -> list[int]:
    """The posts that their platform said are deleted."""
    return list(connection.scalars(select(posts.c.id).where(posts.c.gone_at.is_not(None))))


def in_words(connection: Connection, source: str) -> list[str]:
    """The platform's ids of a source's posts that still have their words, newest first."""
    statement = (
        select(post_keys.c.native_id)
        .join(posts, posts.c.id == post_keys.c.post_id)
        .where(posts.c.source == source, post_keys.c.platform == source)
        .where(IN_WORDS)
        .order_by(posts.c.id.desc())
    )
    return list(connection.scalars(statement))


def counts(connection: Connection) -> tuple[int, int]:
    """How many posts have their words, and how many have lost them."""
    lost = func.count().filter(WORDS_GONE)
    every, without = connection.execute(select(func.count(), lost).select_from(posts)).one()
    return every - without, without


def overdue(connection: Connection, *, now: datetime, days: int) -> list[int]:
    """The posts whose time is up: kept for `days`, or until the date that was said when they were imported.

    One in a case stays. One that is about nobody watched goes after a week.
    """
    return list(connection.scalars(select(posts.c.id).where(_overdue(now, days)).order_by(posts.c.id)))


def expire(engine: Engine, *, now: datetime, days: int) -> Gone:
    """Take the words and author of every post whose time is up, a few hundred in a transaction, so that nobody waits long.

    What was taken is out of the database's files too when this returns, except what the operating system keeps of them.
    """
    with reading(engine) as connection:
        due = overdue(connection, now=now, days=days)
    gone = Gone()
    for start in range(0, len(due), _CHUNK):
        with writing(engine) as connection:
            # Asked again: it may have been put in a case a moment ago.
            part = posts.c.id.in_(due[start : start + _CHUNK])
            ids = list(connection.scalars(select(posts.c.id).where(part, _overdue(now, days))))
            pictures_gone = _take_away(connection, ids, expired_at=now)
        gone = Gone(gone.posts + len(ids), gone.pictures + pictures_gone, gone.sightings)
    with writing(engine) as connection:
        alone = _take_pictures_of_nothing(connection, now=now, days=days)
        gone = Gone(gone.posts, gone.pictures + alone, _forget_who_told(connection, now=now, days=days))
        # Even where nothing went now: a pass that was killed, or what a platform took back, may have left words in the files.
        forget_words(connection)
    scrub(engine)
    return gone


def scrub(engine: Engine) -> None:
    """Write the database's files anew, so that nothing that was deleted can be read from them.

    Raises StoreUnavailable where the disk has no room for it; what went is gone from every table all the same.
    """
    with explained(), engine.connect() as connection:
        if is_sqlite(connection):
            driver = connection.connection.driver_connection
            assert driver is not None
            try:
                # Deleted rows are overwritten (secure_delete), but not the copies that rows left when a page was divided.
                driver.execute("VACUUM")
                # The log of writes still holds what was there before.
                driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            except sqlite3.DatabaseError as problem:
                raise DatabaseError("VACUUM", None, problem) from problem
        else:
            connection.execution_options(isolation_level="AUTOCOMMIT")  # PostgreSQL refuses it inside a transaction
            for table in ("posts", "payloads", "versions", "pictures", "sightings", "judgements"):
                connection.exec_driver_sql(f"VACUUM {table}")


def remove_source(connection: Connection, source: str) -> int:
    """Take away everything that came from one source, as if it had never been there (the demo, before it is loaded anew)."""
    ids = list(connection.scalars(select(posts.c.id).where(posts.c.source == source)))
    for part in _parts(ids):
        platforms = connection.execute(select(posts.c.id, posts.c.platform).where(posts.c.id.in_(part))).all()
        mentions.save(connection, [(row.id, row.platform, ()) for row in platforms], now=EPOCH)
        connection.execute(delete(post_keys).where(post_keys.c.post_id.in_(part)))
        connection.execute(delete(posts).where(posts.c.id.in_(part)))
    if ids:
        forget_words(connection)
    return len(ids)


def _overdue(now: datetime, days: int) -> ColumnElement[bool]:
    about_us = exists().where(judgements.c.post_id == posts.c.id, judgements.c.outcome != Outcome.NOT_OURS)
    in_a_case = exists().where(exhibits.c.post_id == posts.c.id)
    kept_long_enough = posts.c.stored_at <= now - timedelta(days=days)
    nobodys = and_(posts.c.stored_at <= now - timedelta(days=min(days, NOT_OURS_DAYS)), ~about_us)
    return and_(
        IN_WORDS,
        or_(posts.c.keep_until <= now, and_(posts.c.keep_until.is_(None), or_(kept_long_enough, nobodys))),
        ~in_a_case,
    )


def _take_away(connection: Connection, ids: Sequence[int], **when: datetime) -> int:
    """Words, author and pictures of these posts, and what quotes them. Returns how many pictures went."""
    gone = 0
    for part in _parts(ids):
        # The community too: of what somebody reported it is what they typed as its place.
        names = ("url", "community", "author_key", "author_sealed", "reply_to", "thread_id", "followers")
        bare: dict[str, Any] = {"text": "", "content_hash": b"", **dict.fromkeys(names)}
        connection.execute(update(posts).where(posts.c.id.in_(part)).values(**bare, **when))
        connection.execute(update(judgements).where(judgements.c.post_id.in_(part)).values(reasons=[]))
        connection.execute(delete(payloads).where(payloads.c.post_id.in_(part)))
        connection.execute(delete(versions).where(versions.c.post_id.in_(part)))
        named = select(post_keys.c.post_id).where(
            post_keys.c.platform == pictures.c.platform, post_keys.c.native_id == pictures.c.native_id
        )
        gone += connection.execute(delete(pictures).where(named.where(post_keys.c.post_id.in_(part)).exists())).rowcount
    return gone


def _take_pictures_of_nothing(connection: Connection, *, now: datetime, days: int) -> int:
    """Take away screenshots whose report never came to be a post: there is none that they would go with."""
    theirs = and_(post_keys.c.platform == pictures.c.platform, post_keys.c.native_id == pictures.c.native_id)
    alone = and_(pictures.c.taken_in_at <= now - timedelta(days=days), ~exists().where(theirs))
    return connection.execute(delete(pictures).where(alone)).rowcount


def _forget_who_told(connection: Connection, *, now: datetime, days: int) -> int:
    """Take away who reported, where and why, once every post of the report has lost its words."""
    still_there = (
        select(posts.c.id)
        .join(post_keys, post_keys.c.post_id == posts.c.id)
        .join(
            sighting_items,
            and_(sighting_items.c.platform == post_keys.c.platform, sighting_items.c.native_id == post_keys.c.native_id),
        )
        .where(sighting_items.c.sighting_id == sightings.c.id, IN_WORDS)
    )
    old = update(sightings).where(
        sightings.c.told_sealed.is_not(None), sightings.c.at <= now - timedelta(days=days), ~still_there.exists()
    )
    return connection.execute(old.values(told_sealed=None)).rowcount


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))
