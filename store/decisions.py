"""What people said of judgements, append-only, and what was learned from it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update

from store.tables import corrections, decisions

RELEVANCE = "relevance"
TONE = "tone"
_CHUNK = 800


def add(
    connection: Connection, *, kind: str, post_id: int, school_id: str, said: str, by: str, role: str, now: datetime
) -> None:
    """Write down what somebody said of a post for a school: "us", "not_us", how it reads, or "taken_back"."""
    values = {"kind": kind, "post_id": post_id, "school_id": school_id, "said": said}
    connection.execute(decisions.insert().values(**values, by=by, role=role, at=now))


def latest(connection: Connection, post_ids: Sequence[int], *, kind: str = RELEVANCE) -> dict[tuple[int, str], str]:
    """The word that counts for each (post, school) that anybody answered; what was taken back is not among them."""
    said: dict[tuple[int, str], str] = {}
    for start in range(0, len(post_ids), _CHUNK):
        rows = connection.execute(
            select(decisions)
            .where(decisions.c.kind == kind, decisions.c.post_id.in_(post_ids[start : start + _CHUNK]))
            .order_by(decisions.c.id)
        )
        said |= {(row.post_id, row.school_id): row.said for row in rows}
    return {place: word for place, word in said.items() if word != "taken_back"}


def of_school(connection: Connection, school_id: str, *, kind: str = RELEVANCE) -> list[tuple[int, str]]:
    """The answers that count for a school, oldest first, as (post id, said)."""
    rows = connection.execute(
        select(decisions).where(decisions.c.kind == kind, decisions.c.school_id == school_id).order_by(decisions.c.id)
    )
    said: dict[int, str] = {}
    for row in rows:
        said.pop(row.post_id, None)
        said[row.post_id] = row.said
    return [(post_id, word) for post_id, word in said.items() if word != "taken_back"]


def newest_of(connection: Connection, schools: Sequence[str], *, kind: str, limit: int) -> list[str]:
    """What was said last of each post about these schools, newest first; what was taken back is not among it."""
    rows = connection.execute(
        select(decisions)
        .where(decisions.c.kind == kind, decisions.c.school_id.in_(schools))
        .order_by(decisions.c.id.desc())
        .limit(4 * limit)
    )
    said: dict[tuple[int, str], str] = {}
    for row in rows:
        said.setdefault((row.post_id, row.school_id), row.said)
    return [word for word in said.values() if word != "taken_back"][:limit]


def newest(connection: Connection) -> int:
    """The number of the newest answer."""
    return connection.scalar(select(func.max(decisions.c.id))) or 0


def save_correction(
    connection: Connection, school_id: str, learned: Mapping[str, Any], *, now: datetime, kind: str = RELEVANCE
) -> None:
    """Keep what was learned (answers, loss_before, loss_after, kept, points), in place of what was learned before."""
    connection.execute(corrections.insert().values(school_id=school_id, kind=kind, at=now, **learned))


def correction(connection: Connection, school_id: str, *, kind: str = RELEVANCE) -> Any:
    """What was last learned for a school, as a row; None where nothing was, or it was undone."""
    row = connection.execute(
        select(corrections)
        .where(corrections.c.school_id == school_id, corrections.c.kind == kind)
        .order_by(corrections.c.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None or row.undone_at is not None else row


def in_use(connection: Connection, *, kind: str = RELEVANCE) -> dict[str, dict[str, Any]]:
    """By school id, the points that are in use (of tone: by label): learned last, kept, not undone."""
    newest = select(func.max(corrections.c.id)).where(corrections.c.kind == kind).group_by(corrections.c.school_id)
    rows = connection.execute(
        select(corrections).where(corrections.c.id.in_(newest), corrections.c.kept == 1, corrections.c.undone_at.is_(None))
    )
    return {row.school_id: dict(row.points) for row in rows}


def undo_correction(connection: Connection, school_id: str, *, now: datetime, kind: str = RELEVANCE) -> bool:
    """Stop using what was learned for a school; the answers stay. False where nothing was in use."""
    found = correction(connection, school_id, kind=kind)
    if found is None:
        return False
    connection.execute(update(corrections).where(corrections.c.id == found.id).values(undone_at=now))
    return True
