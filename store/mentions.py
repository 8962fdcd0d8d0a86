"""What was judged of posts, and the daily counts that are kept in step with it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, delete, select

from core.taxonomy import Lane, Mark, Outcome, Risk, Sentiment, Severity
from core.types import JudgedMention, Reason
from store.engine import insert
from store.ids import day_of
from store.tables import REFERRED, daily, judgements, posts

Place = tuple[str, str, str, str]
"""School, London day, platform, outcome: a line of the daily counts."""
Change = Counter[tuple[Place, str]]
"""How many posts more (or fewer) by line of the daily counts and sentiment."""
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


def _keep_judgements(connection: Connection, judged: Sequence[Judged], now: datetime) -> Change:
    """Store judgements; returns what that changes in the daily counts."""
    rows = []
    change: Change = Counter()
    for post_id, platform, mentions in judged:
        of_post = [_judgement(post_id, mention, now) for mention in mentions]
        _add_up(change, of_post, platform, 1)
        rows += of_post
    insert(connection, judgements, sorted(rows, key=_by_school))
    return change


def _judgement(post_id: int, mention: JudgedMention, now: datetime) -> dict[str, Any]:
    return {
        "post_id": post_id,
        "school_id": mention.school_id,
        "outcome": mention.outcome,
        "relevance": mention.relevance,
        "sentiment": mention.sentiment,
        "sentiment_scores": {str(label): round(score, 4) for label, score in mention.sentiment_scores.items()},
        "risks": list(mention.risks),
        "risk_scores": {str(risk): round(score, 4) for risk, score in mention.risk_scores.items()},
        "severity": mention.severity,
        "marks": list(mention.marks),
        "language": mention.language,
        "abstained": mention.abstained,
        "lane": mention.lane,
        "own": int(mention.own),
        "reasons": mention.reasons,
        "model": mention.model,
        "judged_at": now,
    }


def _forget_judgements(connection: Connection, platforms: Mapping[int, str]) -> Change:
    """Take earlier judgements of these posts away; returns what that changes in the daily counts."""
    change: Change = Counter()
    wanted = (judgements.c.post_id, judgements.c.school_id, judgements.c.outcome, judgements.c.sentiment)
    post_ids = sorted(platforms)
    for start in range(0, len(post_ids), _CHUNK):
        part = judgements.c.post_id.in_(post_ids[start : start + _CHUNK])
        statement = select(*wanted, judgements.c.lane, judgements.c.own).where(part).order_by(judgements.c.post_id)
        rows = [row._asdict() for row in connection.execute(statement)]
        for post_id, of_post in groupby(rows, key=itemgetter("post_id")):
            _add_up(change, list(of_post), platforms[post_id], -1)
        connection.execute(delete(judgements).where(part))
    return change


def _add_up(change: Change, of_post: Sequence[Mapping[str, Any]], platform: str, by: int) -> None:
    """Count all the judgements of one post: not what is not about the school, nor what the school wrote itself.

    The day is the one in the post's id, so that it is the same for ever. What one school's safeguarding lead has is in nobody
    else's counts either.
    """
    referred = any(row["lane"] == Lane.SAFEGUARDING for row in of_post)
    for row in of_post:
        if not row["own"] and row["outcome"] != Outcome.NOT_OURS:
            outcome = REFERRED if referred else row["outcome"]
            change[(row["school_id"], day_of(row["post_id"]).isoformat(), platform, outcome), row["sentiment"]] += by


def _count(connection: Connection, change: Change) -> None:
    """Add to the daily counts (or take away)."""
    names = ("school_id", "day", "platform", "outcome")
    lines: dict[Place, dict[str, int]] = {}
    for (place, sentiment), number in change.items():
        if number:
            lines.setdefault(place, dict.fromkeys(Sentiment, 0))[sentiment] = number
    rows = [{**dict(zip(names, place, strict=True)), **numbers} for place, numbers in sorted(lines.items())]
    insert(connection, daily, rows, adding=tuple(Sentiment))


def forget_school(connection: Connection, school_id: str) -> None:
    """Take a school’s judgements and counts away. What it hid of posts that are about others too is counted for them again."""
    hidden = select(judgements.c.post_id).where(judgements.c.school_id == school_id, judgements.c.lane == Lane.SAFEGUARDING)
    wanted = (judgements.c.post_id, judgements.c.school_id, judgements.c.outcome, judgements.c.sentiment, judgements.c.lane)
    rows = connection.execute(
        select(*wanted, judgements.c.own, posts.c.platform)
        .join(posts, posts.c.id == judgements.c.post_id)
        .where(judgements.c.post_id.in_(hidden))
        .order_by(judgements.c.post_id)
    )
    change: Change = Counter()
    for _, group in groupby((row._asdict() for row in rows), key=itemgetter("post_id")):
        of_post = list(group)
        _add_up(change, of_post, of_post[0]["platform"], -1)
        _add_up(change, [row for row in of_post if row["school_id"] != school_id], of_post[0]["platform"], 1)
    _count(connection, change)
    connection.execute(delete(daily).where(daily.c.school_id == school_id))
    connection.execute(delete(judgements).where(judgements.c.school_id == school_id))


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
        risk_scores=row.risk_scores,
        severity=Severity(row.severity),
        marks=tuple(Mark(mark) for mark in row.marks),
        language=row.language,
        abstained=row.abstained,
        own=bool(row.own),
        reasons=tuple(Reason(**reason) for reason in row.reasons),
    )
