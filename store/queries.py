"""What pages and reports read. Every query about posts is scoped to schools; none is by author."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from unicodedata import category

import pandas as pd
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Engine,
    Select,
    and_,
    case,
    column,
    exists,
    func,
    literal,
    literal_column,
    select,
    table,
    text,
)

from core.taxonomy import Lane, Outcome, Sentiment, Severity
from core.types import Author, Post
from store import sightings
from store.engine import frame, is_sqlite, reading
from store.ids import ids_from
from store.keys import Keys
from store.tables import IN_WORDS, REFERRED, daily, judgements, posts, versions, visits

_CHUNK = 1_000
_COLUMNS = (
    posts.c.id,
    posts.c.platform,
    posts.c.text,
    posts.c.url,
    posts.c.community,
    posts.c.created_at,
    posts.c.retrieved_at,
    posts.c.stored_at,
    posts.c.gone_at,
    posts.c.version,
    posts.c.likes,
    posts.c.shares,
    posts.c.replies,
    posts.c.views,
    posts.c.followers,
    judgements.c.school_id,
    judgements.c.outcome,
    judgements.c.relevance,
    judgements.c.sentiment,
    judgements.c.risks,
    judgements.c.severity,
    judgements.c.marks,
    judgements.c.abstained,
    judgements.c.language.label("judged_language"),
    judgements.c.lane,
    judgements.c.own,
)
_JOINED = posts.join(judgements, judgements.c.post_id == posts.c.id)
_OTHER = judgements.alias()
_INDEX = table("posts_fts", column("rowid", BigInteger))
"""The search index of SQLite; PostgreSQL's is an index of `posts`."""
_INDEXED = _INDEX.join(_JOINED, judgements.c.post_id == _INDEX.c.rowid)
_ANY = sum((daily.c[sentiment] for sentiment in Sentiment), literal(0)) > 0
"""A line of the daily counts that counts something: posts that are judged again leave lines of nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which posts about us. Empty sequences mean "any"; `risks`: those with one of them; `phrase` is words in that order.

    Times are UTC, the end excluded.
    """

    schools: Sequence[str]
    outcomes: Sequence[str] = (Outcome.OURS,)
    platforms: Sequence[str] = ()
    sentiments: Sequence[str] = ()
    lanes: Sequence[str] = ()
    risks: Sequence[str] = ()
    start: datetime | None = None
    end: datetime | None = None
    phrase: str = ""
    own: bool | None = None
    hide_lanes: Sequence[str] = field(default=(Lane.SAFEGUARDING,))


def mentions(connection: Connection, wanted: Filter, *, limit: int = 50, offset: int = 0) -> pd.DataFrame:
    """The posts about us that fit, newest first, one row for each post and school."""
    statement = _fitting(connection, wanted, *_COLUMNS, newest_first=True)
    return frame(connection, statement.limit(limit).offset(offset))


def count_mentions(connection: Connection, wanted: Filter, *, at_most: int = 10_000) -> int:
    """How many fit, counted no further than `at_most`."""
    inner = _fitting(connection, wanted, posts.c.id).limit(at_most).subquery()
    return connection.scalar(select(func.count()).select_from(inner)) or 0


def biggest(connection: Connection, wanted: Filter, *, limit: int) -> pd.DataFrame:
    """The posts that most people met: by views where a platform says them, else by likes, shares and replies."""
    reach = func.coalesce(posts.c.likes, 0) + 3 * func.coalesce(posts.c.shares, 0) + func.coalesce(posts.c.replies, 0)
    seen = func.coalesce(posts.c.views, 0) / 50 + reach
    statement = _fitting(connection, wanted, *_COLUMNS).where(seen > 0).order_by(seen.desc(), posts.c.id.desc())
    return frame(connection, statement.limit(limit))


def soonest(connection: Connection, wanted: Filter, *, limit: int) -> pd.DataFrame:
    """The posts that cannot wait first, those of one severity newest first."""
    urgency = case({severity: place for place, severity in enumerate(Severity)}, value=judgements.c.severity, else_=0)
    statement = _fitting(connection, wanted, *_COLUMNS).order_by(urgency.desc(), posts.c.id.desc())
    return frame(connection, statement.limit(limit))


def one(
    connection: Connection, post_id: int, schools: Sequence[str], *, hide_lanes: Sequence[str] = (Lane.SAFEGUARDING,)
) -> dict[str, Any] | None:
    """Everything kept of one post about one of these schools; None when there is none, or it is not for this reader."""
    found = connection.execute(
        select(
            *_COLUMNS,
            judgements.c.reasons,
            judgements.c.sentiment_scores,
            judgements.c.risk_scores,
            judgements.c.model,
            posts.c.author_sealed,
            posts.c.edited_at,
            posts.c.language,
        )
        .select_from(_JOINED)
        .where(posts.c.id == post_id, judgements.c.school_id.in_(schools), _not_hidden(hide_lanes))
        .order_by(judgements.c.relevance.desc())
        .limit(1)
    ).one_or_none()
    return dict(found._mapping) if found else None


def earlier_versions(connection: Connection, post_id: int) -> list[tuple[datetime, str]]:
    """What an edited post said before, oldest first, with when we saw that it had changed."""
    rows = connection.execute(
        select(versions.c.seen_at, versions.c.text).where(versions.c.post_id == post_id).order_by(versions.c.version)
    )
    return [(row.seen_at, row.text) for row in rows]


def referred(connection: Connection, schools: Sequence[str], start: datetime, end: datetime) -> int:
    """How many posts went to the safeguarding lead in that time: a number, for everyone else."""
    return (
        connection.scalar(
            select(func.count(func.distinct(judgements.c.post_id))).where(
                judgements.c.school_id.in_(schools),
                judgements.c.lane == Lane.SAFEGUARDING,
                _between(judgements.c.post_id, start, end),
            )
        )
        or 0
    )


def people_in(connection: Connection, wanted: Filter) -> int | None:
    """How many different people wrote what fits. A number, never a list; None once some of it has lost its author."""
    lost = select(judgements.c.post_id).join(posts, posts.c.id == judgements.c.post_id)
    span = (judgements.c.school_id.in_(wanted.schools), _between(judgements.c.post_id, wanted.start, wanted.end))
    if connection.execute(lost.where(*span, posts.c.expired_at.is_not(None)).limit(1)).first():
        return None
    return connection.scalar(_fitting(connection, wanted, func.count(func.distinct(posts.c.author_key)))) or 0


def daily_counts(
    connection: Connection, schools: Sequence[str], first: date, last: date, *, whole_weeks_before: date | None = None
) -> pd.DataFrame:
    """Posts by school, day, platform and outcome, so many `negative`, `neutral` and `positive`; both days included.

    `whole_weeks_before`, a Monday like `first`: until then each week is one sum, under its Monday; half the work for the year.
    """
    chosen = and_(*_counting(schools), daily.c.day >= first.isoformat(), daily.c.day <= last.isoformat())
    if whole_weeks_before is None:
        return frame(connection, select(*daily.c).where(chosen))
    mondays = [first + timedelta(weeks=n) for n in range((whole_weeks_before - first).days // 7)]
    weeks = [(daily.c.day < (monday + timedelta(weeks=1)).isoformat(), monday.isoformat()) for monday in mondays]
    day = case(*weeks, else_=daily.c.day).label("day") if weeks else daily.c.day
    by = (daily.c.school_id, day, daily.c.platform, daily.c.outcome)
    sums = [func.sum(daily.c[sentiment]).label(sentiment) for sentiment in Sentiment]
    return frame(connection, select(*by, *sums).where(chosen).group_by(*by))


def newest_day(connection: Connection, schools: Sequence[str]) -> date | None:
    """The last London day with a post about these schools."""
    found = connection.scalar(select(func.max(daily.c.day)).where(*_counting(schools)))
    return date.fromisoformat(found) if found else None


def first_day(connection: Connection, schools: Sequence[str]) -> date | None:
    """The first London day with a post about these schools."""
    found = connection.scalar(select(func.min(daily.c.day)).where(*_counting(schools)))
    return date.fromisoformat(found) if found else None


def platforms(connection: Connection, schools: Sequence[str]) -> list[str]:
    """The platforms that posts about these schools came from, by name."""
    return sorted(connection.scalars(select(daily.c.platform).distinct().where(*_counting(schools))))


def _counting(schools: Sequence[str]) -> tuple[ColumnElement[bool], ...]:
    """The lines of the daily counts of these schools that everybody may see."""
    return daily.c.school_id.in_(schools), _ANY, daily.c.outcome != REFERRED


def newest_of_source(connection: Connection, source: str) -> datetime | None:
    """When the newest post that came from a source was written."""
    found: datetime | None = connection.scalar(select(func.max(posts.c.created_at)).where(posts.c.source == source))
    return found


def last_visit(connection: Connection, person: str, page: str) -> datetime | None:
    """When this colleague last looked at that page."""
    found: datetime | None = connection.scalar(select(visits.c.at).where(visits.c.person == person, visits.c.page == page))
    return found


def stored_posts(
    engine: Engine, keys: Keys, *, only: Sequence[int] | None = None, not_by: str | None = None
) -> Iterator[list[tuple[int, Post]]]:
    """All stored posts (or `only` these), newest first, in chunks, as they can be judged again. What was wiped is left out.

    `not_by`: those alone of which something was judged by another model than this.
    """
    below: int | None = None
    while True:
        with reading(engine) as connection:
            statement = select(posts).where(IN_WORDS).order_by(posts.c.id.desc()).limit(_CHUNK)
            if only is not None:
                statement = statement.where(posts.c.id.in_(only))
            if not_by is not None:
                statement = statement.where(_judged_not_by(not_by))
            rows = connection.execute(statement if below is None else statement.where(posts.c.id < below)).all()
            reported = sightings.schools_of(connection, [row.id for row in rows])
        if not rows:
            return
        below = rows[-1].id
        yield [(row.id, _post(row, keys.open_author(row.author_sealed), reported.get(row.id))) for row in rows]


def any_not_by(connection: Connection, model: str) -> bool:
    """Whether a post in words has a judgement by another model than this."""
    return connection.execute(select(posts.c.id).where(IN_WORDS, _judged_not_by(model)).limit(1)).first() is not None


def _judged_not_by(model: str) -> ColumnElement[bool]:
    return exists().where(judgements.c.post_id == posts.c.id, judgements.c.model != model)


def posts_by_id(connection: Connection, keys: Keys, ids: Sequence[int]) -> dict[int, Post]:
    """These posts as they can be judged again; what was wiped is left out."""
    rows = connection.execute(select(posts).where(posts.c.id.in_(ids), IN_WORDS)).all()
    reported = sightings.schools_of(connection, ids)
    return {row.id: _post(row, keys.open_author(row.author_sealed), reported.get(row.id)) for row in rows}


def sure_posts(connection: Connection, school_id: str, *, outcome: Outcome, at_least: float, limit: int) -> list[int]:
    """The newest posts that were judged so with at least this probability, not written by the school itself."""
    return list(
        connection.scalars(
            select(judgements.c.post_id)
            .where(
                judgements.c.school_id == school_id,
                judgements.c.outcome == outcome,
                judgements.c.relevance >= at_least,
                judgements.c.own == 0,
            )
            .order_by(judgements.c.post_id.desc())
            .limit(limit)
        )
    )


def _post(row: Any, author: Author, reported_for: str | None) -> Post:
    return Post(
        platform=row.platform,
        native_id=str(row.id),
        text=row.text,
        retrieved_at=row.retrieved_at,
        created_at=row.created_at,
        author=author,
        community=row.community,
        url=row.url,
        reply_to=row.reply_to,
        thread_id=row.thread_id,
        language=row.language,
        reported_for=reported_for,
    )


def _between(column: Any, start: datetime | None, end: datetime | None) -> Any:
    """A span of time as a span of ids, which needs no second index."""
    return and_(True, *([column >= ids_from(start)] if start else []), *([column < ids_from(end)] if end else []))


def _fitting(connection: Connection, wanted: Filter, *columns: Any, newest_first: bool = False) -> Select[Any]:
    """Columns of the posts that fit, each road taken from its newest end so that the first page is found without a sort.

    The road is the search index where there is a phrase, else the judgements.
    """
    words = search_words(wanted.phrase)
    indexed = bool(words) and is_sqlite(connection)
    several = len(wanted.schools) > 1
    if indexed:
        statement = select(*columns).select_from(_INDEXED)
        road: ColumnElement[Any] = _INDEX.c.rowid
    else:
        statement = select(*columns).select_from(_JOINED)
        road = judgements.c.post_id
    if newest_first:
        statement = statement.order_by(road.desc())
    about: ColumnElement[Any] = judgements.c.school_id
    if several and (indexed or newest_first) and is_sqlite(connection):
        about = _looked_at(about)
    conditions = [about.in_(wanted.schools), _between(road, wanted.start, wanted.end), posts.c.expired_at.is_(None)]
    if words:
        conditions.append(_says(connection, words))
    return statement.where(*conditions, *_chosen(connection, wanted))


def _looked_at(name: ColumnElement[Any]) -> ColumnElement[Any]:
    """A column whose value is looked at, not looked up: SQLite would try every school for every post."""
    return literal_column(f"+{name}", name.type)


def _chosen(connection: Connection, wanted: Filter) -> Iterator[Any]:
    for name, values in (
        (judgements.c.outcome, wanted.outcomes),
        (posts.c.platform, wanted.platforms),
        (judgements.c.sentiment, wanted.sentiments),
        (judgements.c.lane, wanted.lanes),
    ):
        if values:
            yield name.in_(values)
    if wanted.risks:
        yield _carries(connection, wanted.risks)
    if wanted.hide_lanes:
        yield _not_hidden(wanted.hide_lanes)
    if wanted.own is not None:
        yield judgements.c.own == int(wanted.own)


def _carries(connection: Connection, risks: Sequence[str]) -> Any:
    """Only posts with at least one of these risks."""
    unpacked = func.json_each if is_sqlite(connection) else func.json_array_elements_text
    each = unpacked(judgements.c.risks).table_valued("value", joins_implicitly=True)
    return exists().select_from(each).where(each.c.value.in_(risks))


def _not_hidden(lanes: Sequence[str]) -> Any:
    """Only posts that are in none of these lanes for any school: what one school's safeguarding lead has, nobody else reads."""
    return ~exists().where(_OTHER.c.post_id == judgements.c.post_id, _OTHER.c.lane.in_(lanes))


def search_words(phrase: str) -> str:
    """A phrase as the search index reads it: letters, marks and numbers, so that no operator can be typed by accident."""
    return " ".join("".join(c if category(c)[0] in "LMN" else " " for c in phrase).split())


def _says(connection: Connection, words: str) -> Any:
    if is_sqlite(connection):
        return literal_column("posts_fts").op("MATCH")(f'"{words}"')
    vector = func.to_tsvector(text("'simple'"), posts.c.text)
    return vector.op("@@")(func.phraseto_tsquery(text("'simple'"), words))
