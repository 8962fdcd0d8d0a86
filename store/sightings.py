"""What people told us they saw: which posts, for which school, when; who told is sealed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select, tuple_, update

from store.keys import Keys
from store.tables import IN_WORDS, WORDS_GONE, post_keys, posts, report_codes, sighting_items, sightings

_CHUNK = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One report of a post. `told`: what whoever reported said of themselves and of where they saw it; empty once forgotten."""

    reference: str
    at: datetime
    seen_at: datetime | None
    channel: str
    told: Mapping[str, str]


def add(
    connection: Connection,
    reference: str,
    *,
    school_id: str,
    channel: str,
    items: Sequence[tuple[str, str]],
    told_sealed: bytes | None,
    seen_at: datetime | None,
    now: datetime,
) -> None:
    """Keep a report of posts, named as (platform, native id)."""
    values = {"reference": reference, "at": now, "school_id": school_id, "channel": channel}
    key = connection.execute(sightings.insert().values(**values, seen_at=seen_at, told_sealed=told_sealed)).inserted_primary_key
    assert key is not None
    connection.execute(
        sighting_items.insert(),
        [{"sighting_id": key[0], "platform": platform, "native_id": native_id} for platform, native_id in items],
    )


def of_post(connection: Connection, keys: Keys, post_id: int) -> list[Sighting]:
    """The reports of a post, oldest first."""
    rows = connection.execute(
        select(sightings)
        .join(sighting_items, sighting_items.c.sighting_id == sightings.c.id)
        .join(post_keys, _same_post())
        .where(post_keys.c.post_id == post_id)
        .order_by(sightings.c.id)
    )
    return [_sighting(row, keys) for row in rows]


def schools_of(connection: Connection, post_ids: Sequence[int]) -> dict[int, str]:
    """For which school each of these posts was reported; the first report counts."""
    found: dict[int, str] = {}
    for start in range(0, len(post_ids), _CHUNK):
        rows = connection.execute(
            select(post_keys.c.post_id, sightings.c.school_id)
            .join(sighting_items, _same_post())
            .join(sightings, sightings.c.id == sighting_items.c.sighting_id)
            .where(post_keys.c.post_id.in_(post_ids[start : start + _CHUNK]))
            .order_by(sightings.c.id.desc())
        )
        found |= {row.post_id: row.school_id for row in rows}
    return found


def stored(connection: Connection, reference: str) -> list[int]:
    """The posts of a report that are in the store."""
    return list(
        connection.scalars(
            select(post_keys.c.post_id)
            .join(sighting_items, _same_post())
            .join(sightings, sightings.c.id == sighting_items.c.sighting_id)
            .where(sightings.c.reference == reference)
            .order_by(post_keys.c.post_id)
        )
    )


def gone(connection: Connection, names: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    """Of these posts, named as (platform, native id), those whose words were taken away."""
    return _of_these(connection, names, WORDS_GONE)


def in_words(connection: Connection, names: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    """Of these posts, named as (platform, native id), those that are here and say something."""
    return _of_these(connection, names, and_(posts.c.text != "", IN_WORDS))


def count_since(connection: Connection, channel: str, since: datetime) -> int:
    """How many reports came in on one way since then."""
    statement = select(func.count()).select_from(sightings).where(sightings.c.channel == channel, sightings.c.at >= since)
    return connection.scalar(statement) or 0


def start_code(connection: Connection, code_sealed: bytes, *, by: str, now: datetime) -> None:
    """Begin to accept a code on the staff form, and no other any more."""
    end_code(connection, now=now)
    connection.execute(report_codes.insert().values(code_sealed=code_sealed, made_at=now, by=by))


def end_code(connection: Connection, *, now: datetime) -> None:
    """Accept no code any more: the staff form is closed."""
    connection.execute(update(report_codes).where(report_codes.c.ended_at.is_(None)).values(ended_at=now))


def code(connection: Connection) -> bytes | None:
    """The sealed code that the staff form accepts; None while it is closed."""
    found: bytes | None = connection.scalar(
        select(report_codes.c.code_sealed).where(report_codes.c.ended_at.is_(None)).order_by(report_codes.c.id.desc()).limit(1)
    )
    return found


def _of_these(connection: Connection, names: Sequence[tuple[str, str]], condition: ColumnElement[bool]) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for start in range(0, len(names), _CHUNK):
        rows = connection.execute(
            select(post_keys.c.platform, post_keys.c.native_id)
            .join(posts, posts.c.id == post_keys.c.post_id)
            .where(tuple_(post_keys.c.platform, post_keys.c.native_id).in_(names[start : start + _CHUNK]), condition)
        )
        found |= {(row.platform, row.native_id) for row in rows}
    return found


def _same_post() -> Any:
    return and_(sighting_items.c.platform == post_keys.c.platform, sighting_items.c.native_id == post_keys.c.native_id)


def _sighting(row: Any, keys: Keys) -> Sighting:
    told = keys.open_record(row.told_sealed) if row.told_sealed else {}
    return Sighting(reference=row.reference, at=row.at, seen_at=row.seen_at, channel=row.channel, told=told)
