"""What was judged of posts, and the daily counts that are kept in step with it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, delete, select

from core.taxonomy import Lane, Outcome, Risk, Sentiment, Severity
from core.types import JudgedMention, Reason
from store.engine import insert, insert_for
from store.ids import day_of
from store.tables import daily, judgements, posts

Place = tuple[str, str, str, str, str]
"""School, London day, platform, outcome, sentiment: a line of the daily counts."""
Judged = tuple[int, str, Sequence[JudgedMention]]
"""A post's id, its platform, and what was judged of it."""
_CHUNK = 800
"""Ids in one look-up: well under the 999 variables of an old SQLite."""
_by_school = itemgetter("school_id", "post_id")
"""The order in which judgements lie on disk."""


def add(connection: Connection, judged: Sequence[Judged], *, now: datetime) -> None:
    """Keep what was judged of new posts, and count them by day."""
    _count(connection, _keep_judgements(connection, judged, now))


def save(connection: Connection, judged: Sequence[Judged], *, now: datetime) -> None:
    """Replace what was judged of posts, and keep the daily counts in step."""
    change = _forget_judgements(connection, {post_id: platform for post_id, platform, _ in judged})
    change.update(_keep_judgements(connection, judged, now))
    _count(connection, change)


def _keep_judgements(connection: Connection, judged: Sequence[Judged], now: datetime) -> Counter[Place]:
    """Store judgements; returns what that changes in the daily counts."""
    rows, change = [], Counter[Place]()
    for post_id, platform, mentions in judged:
        for mention in mentions:
            row = _judgement(post_id, mention, now)
            rows.append(row)
            if not mention.own:
                change[_place(row, platform)] += 1
    insert(connection, judgements, sorted(rows, key=_by_school))
    return change


def _judgement(post_id: int, mention: JudgedMention, now: datetime) -> dict[str, Any]:
    return {
        "post_id": post_id,
        "school_id": mention.school_id,
        "outcome": mention.outcome,
        "relevance": mention.relevance,
        "sentiment": mention.sentiment,
        "sentiment_scores": dict(mention.sentiment_scores),
        "risks": list(mention.risks),
        "severity": mention.severity,
        "lane": mention.lane,
        "own": int(mention.own),
        "reasons": mention.reasons,
        "model": mention.model,
        "judged_at": now,
    }


def _forget_judgements(connection: Connection, platforms: Mapping[int, str]) -> Counter[Place]:
    """Take earlier judgements of these posts away; returns what that changes in the daily counts."""
    change: Counter[Place] = Counter()
    post_ids = sorted(platforms)
    for start in range(0, len(post_ids), _CHUNK):
        part = judgements.c.post_id.in_(post_ids[start : start + _CHUNK])
        for row in connection.execute(select(judgements).where(part, judgements.c.own == 0)):
            change[_place(row._asdict(), platforms[row.post_id])] -= 1
        connection.execute(delete(judgements).where(part))
    return change


def _place(row: Mapping[str, Any], platform: str) -> Place:
    """Where a judgement is counted. The day is the one in the post's id, so that it is the same for ever."""
    return (row["school_id"], day_of(row["post_id"]).isoformat(), platform, row["outcome"], row["sentiment"])


def _count(connection: Connection, change: Counter[Place]) -> None:
    """Add to the daily counts (or take away). What is not about the school is not counted."""
    names = ("school_id", "day", "platform", "outcome", "sentiment")
    rows = [
        {**dict(zip(names, place, strict=True)), "posts": number}
        for place, number in sorted(change.items())
        if number and place[3] != Outcome.NOT_OURS
    ]
    if rows:
        statement = insert_for(connection, daily)
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=list(names), set_={"posts": daily.c.posts + statement.excluded.posts}
            ),
            rows,
        )


def of_post(connection: Connection, post_id: int) -> tuple[str, list[JudgedMention]]:
    """The platform of a post and what was judged of it, school by school."""
    platform = connection.scalars(select(posts.c.platform).where(posts.c.id == post_id)).one()
    rows = connection.execute(select(judgements).where(judgements.c.post_id == post_id).order_by(judgements.c.school_id))
    return platform, [_mention(row) for row in rows]


def reasons_of(connection: Connection, post_ids: Sequence[int]) -> dict[int, dict[str, list[Reason]]]:
    """What spoke for and against each school when these posts were last judged, by post and school."""
    found: dict[int, dict[str, list[Reason]]] = {}
    for start in range(0, len(post_ids), _CHUNK):
        rows = connection.execute(
            select(judgements.c.post_id, judgements.c.school_id, judgements.c.reasons).where(
                judgements.c.post_id.in_(post_ids[start : start + _CHUNK])
            )
        )
        for row in rows:
            found.setdefault(row.post_id, {})[row.school_id] = [Reason(**reason) for reason in row.reasons]
    return found


def _mention(row: Any) -> JudgedMention:
    return JudgedMention(
        school_id=row.school_id,
        outcome=Outcome(row.outcome),
        relevance=row.relevance,
        sentiment=Sentiment(row.sentiment),
        sentiment_scores=row.sentiment_scores,
        lane=Lane(row.lane),
        model=row.model,
        risks=tuple(Risk(risk) for risk in row.risks),
        severity=Severity(row.severity),
        own=bool(row.own),
        reasons=tuple(Reason(**reason) for reason in row.reasons),
    )
