"""Cases as they are kept: append-only events, sealed exhibits, and the log of who exported what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, func, select

from store.engine import frame, take_turns
from store.tables import IN_WORDS, case_events, exhibits, exports, payloads, post_keys, posts


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedExhibit:
    """An item of a case as stored: the record only `Keys.open_record` can read, and its SHA-256."""

    id: int
    post_id: int
    school_id: str
    record_sealed: bytes
    sha256: str
    saved_at: datetime


def next_ref(connection: Connection, year: int) -> str:
    """The reference of the next case: `CW-2026-000001`. Call it inside the transaction that opens the case."""
    take_turns(connection, "case reference")
    prefix = f"CW-{year}-"
    last = connection.scalar(select(func.max(case_events.c.case_ref)).where(case_events.c.case_ref.startswith(prefix)))
    return f"{prefix}{int(last.removeprefix(prefix)) + 1 if last else 1:06d}"


def add_event(
    connection: Connection,
    case_ref: str,
    kind: str,
    *,
    by: str,
    role: str,
    now: datetime,
    details: Mapping[str, Any],
    exhibit_id: int | None = None,
) -> None:
    """Write down what happened to a case. Nothing of it can be changed afterwards; keep personal data out of `details`."""
    connection.execute(
        case_events.insert().values(
            case_ref=case_ref, at=now, by=by, role=role, kind=kind, details=dict(details), exhibit_id=exhibit_id
        )
    )


def events(connection: Connection, case_ref: str) -> pd.DataFrame:
    """The history of a case, oldest first."""
    return frame(connection, select(*case_events.c).where(case_events.c.case_ref == case_ref).order_by(case_events.c.id))


def add_exhibit(
    connection: Connection, case_ref: str, *, post_id: int, school_id: str, record_sealed: bytes, sha256: str, now: datetime
) -> int | None:
    """Put an item into a case; None when it is in it already."""
    there = select(exhibits.c.id).where(exhibits.c.case_ref == case_ref, exhibits.c.post_id == post_id)
    if connection.scalar(there) is not None:
        return None
    values = {"case_ref": case_ref, "post_id": post_id, "school_id": school_id}
    result = connection.execute(exhibits.insert().values(**values, record_sealed=record_sealed, sha256=sha256, saved_at=now))
    key = result.inserted_primary_key
    assert key is not None
    return int(key[0])


def exhibits_of(connection: Connection, case_ref: str) -> list[SealedExhibit]:
    """The items of a case in the order in which they were added."""
    rows = connection.execute(select(exhibits).where(exhibits.c.case_ref == case_ref).order_by(exhibits.c.id))
    return [
        SealedExhibit(
            id=row.id,
            post_id=row.post_id,
            school_id=row.school_id,
            record_sealed=row.record_sealed,
            sha256=row.sha256,
            saved_at=row.saved_at,
        )
        for row in rows
    ]


def cases_with(connection: Connection, post_id: int) -> list[str]:
    """The cases a post is in."""
    return list(connection.scalars(select(exhibits.c.case_ref).where(exhibits.c.post_id == post_id).order_by(exhibits.c.id)))


def post_for_exhibit(connection: Connection, post_id: int) -> dict[str, Any] | None:
    """A post with its payload, as it is copied into a case; None when it was wiped or never there."""
    row = connection.execute(
        select(*posts.c, post_keys.c.native_id, payloads.c.body, payloads.c.tool)
        .join(post_keys, post_keys.c.post_id == posts.c.id)
        .outerjoin(payloads, payloads.c.post_id == posts.c.id)
        .where(posts.c.id == post_id, IN_WORDS)
    ).one_or_none()
    return dict(row._mapping) if row else None


def log_export(
    connection: Connection,
    *,
    case_ref: str,
    preset: str,
    by: str,
    role: str,
    why: str,
    items: int,
    sha256: str,
    people: Sequence[str],
    now: datetime,
) -> None:
    """Write down who exported what, when and why. Nothing of it can be changed afterwards."""
    connection.execute(
        exports.insert().values(
            at=now, by=by, role=role, case_ref=case_ref, preset=preset, why=why, items=items, sha256=sha256, people=list(people)
        )
    )


def cases(connection: Connection) -> pd.DataFrame:
    """Every case, newest first: reference, title, school, when it was opened and by whom, how many items, last export."""
    created = select(*case_events.c).where(case_events.c.kind == "created").subquery()
    items = select(exhibits.c.case_ref, func.count().label("saved")).group_by(exhibits.c.case_ref).subquery()
    sent = (
        select(case_events.c.case_ref, func.max(case_events.c.at).label("exported_at"))
        .where(case_events.c.kind == "exported")
        .group_by(case_events.c.case_ref)
        .subquery()
    )
    columns: list[ColumnElement[Any]] = [*created.c, items.c.saved, sent.c.exported_at]
    statement = (
        select(*columns)
        .outerjoin(items, items.c.case_ref == created.c.case_ref)
        .outerjoin(sent, sent.c.case_ref == created.c.case_ref)
        .order_by(created.c.id.desc())
    )
    return frame(connection, statement)
