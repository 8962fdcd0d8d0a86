"""What is kept, table by table. Times are microseconds since 1970 (`Instant`), days are Europe/London dates.

People: no table has a row per private author. A post carries `author_key` (an HMAC) and the sealed handle; see `store/keys.py`.
"""

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from operator import attrgetter, itemgetter
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    and_,
    or_,
    text,
)
from sqlalchemy.types import JSON, TypeDecorator

from core.taxonomy import Sentiment
from core.types import Reason

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# A BIGINT primary key is not SQLite's rowid; the variant makes it one.
Key = BigInteger().with_variant(Integer, "sqlite")


class Instant(TypeDecorator[datetime]):
    """An aware moment, kept as whole microseconds since 1970 UTC: exact, ordered and the same in both databases."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """To microseconds. A naive time is a mistake in the code and raises ValueError."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return (value - EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Back to an aware UTC time."""
        return None if value is None else EPOCH + timedelta(microseconds=value)


class Reasons(TypeDecorator[list[dict[str, Any]]]):
    """Reasons for a judgement, kept as rows of values: their names would be half of what there is. Read by name."""

    impl = JSON
    cache_ok = True
    _NAMES = tuple(field.name for field in fields(Reason))
    _of_reason, _of_row = staticmethod(attrgetter(*_NAMES)), staticmethod(itemgetter(*_NAMES))

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Each reason, as it was judged or as it was read, as its values in the order of its fields."""
        return [self._of_reason(each) if isinstance(each, Reason) else self._of_row(each) for each in value]

    def process_result_value(self, value: Any, dialect: Dialect) -> list[dict[str, Any]] | None:
        """Each reason by name. The first version kept them so."""
        if value is None:
            return None
        return [each if isinstance(each, dict) else dict(zip(self._NAMES, each, strict=True)) for each in value]


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
    }
)

schools = Table(
    "schools",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("profile", JSON, nullable=False),
    Column("demo", Integer, nullable=False, server_default="0"),
    Column("updated_at", Instant, nullable=False),
)

posts = Table(
    "posts",
    metadata,
    Column("id", Key, primary_key=True, autoincrement=False),
    Column("platform", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("url", String),
    Column("community", String),
    Column("reply_to", String),
    Column("thread_id", String),
    Column("language", String),
    Column("created_at", Instant),
    Column("edited_at", Instant),
    Column("retrieved_at", Instant, nullable=False),
    Column("stored_at", Instant, nullable=False),
    Column("keep_until", Instant),
    Column("gone_at", Instant),
    Column("expired_at", Instant),
    Column("author_key", LargeBinary),
    Column("author_sealed", LargeBinary),
    Column("followers", BigInteger),
    Column("likes", BigInteger),
    Column("shares", BigInteger),
    Column("replies", BigInteger),
    Column("views", BigInteger),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("content_hash", LargeBinary, nullable=False),
    Column("source", String, nullable=False),
)

IN_WORDS = and_(posts.c.gone_at.is_(None), posts.c.expired_at.is_(None))
"""Posts that have their words: neither deleted where they stood, nor over their time."""
WORDS_GONE = or_(posts.c.gone_at.is_not(None), posts.c.expired_at.is_not(None))
"""Posts of which only the row is left."""

post_keys = Table(
    "post_keys",
    metadata,
    Column("platform", String, nullable=False),
    Column("native_id", String, nullable=False),
    Column("post_id", Key, nullable=False, unique=True),
    PrimaryKeyConstraint("platform", "native_id"),
    sqlite_with_rowid=False,
)
"""Which post a platform's id is. Apart from `posts`, so that PostgreSQL can partition that by id."""

payloads = Table(
    "payloads",
    metadata,
    Column("post_id", Key, ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
    Column("tool", String, nullable=False),
    Column("retrieved_at", Instant, nullable=False),
)
"""The answer of the platform, compressed JSON; wiped together with the post's text."""

versions = Table(
    "versions",
    metadata,
    Column("post_id", Key, ForeignKey("posts.id", ondelete="CASCADE"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("seen_at", Instant, nullable=False),
    PrimaryKeyConstraint("post_id", "version"),
)
"""What an edited post said before, oldest first."""

judgements = Table(
    "judgements",
    metadata,
    Column("post_id", Key, ForeignKey("posts.id", ondelete="CASCADE"), nullable=False),
    Column("school_id", String, ForeignKey("schools.id", ondelete="CASCADE"), nullable=False),
    Column("outcome", String, nullable=False),
    Column("relevance", Float, nullable=False),
    Column("sentiment", String, nullable=False),
    Column("sentiment_scores", JSON, nullable=False),
    Column("risks", JSON, nullable=False),
    Column("severity", String, nullable=False),
    Column("lane", String, nullable=False),
    Column("own", Integer, nullable=False, server_default="0"),
    Column("reasons", Reasons, nullable=False),
    Column("model", String, nullable=False),
    Column("judged_at", Instant, nullable=False),
    Column("risk_scores", JSON, nullable=False, server_default="{}"),
    Column("marks", JSON, nullable=False, server_default="[]"),
    Column("language", String),
    Column("abstained", String),
    PrimaryKeyConstraint("school_id", "post_id"),
    Index("ix_judgements_post_id", "post_id"),
    Index(
        "ix_judgements_hidden",
        "post_id",
        sqlite_where=text("lane = 'safeguarding'"),
        postgresql_where=text("lane = 'safeguarding'"),
    ),
)
"""One row where a name or a community fired: what was judged of this post for this school.

`own`: the school wrote it. `abstained`: why its labels, a best guess, are not shown.
"""

daily = Table(
    "daily",
    metadata,
    Column("school_id", String, nullable=False),
    Column("day", String, nullable=False),
    Column("platform", String, nullable=False),
    Column("outcome", String, nullable=False),
    *(Column(sentiment, Integer, nullable=False, server_default="0") for sentiment in Sentiment),
    PrimaryKeyConstraint("school_id", "day", "platform", "outcome"),
    sqlite_with_rowid=False,
)
"""Posts about a school by London day, so many of each sentiment; what only the safeguarding lead sees stands apart.

Kept in step with judgements, outlives the texts, never rebuilt from thinned rows.
"""
REFERRED = "referred"
"""The outcome under which a post is counted that is hidden from all but the safeguarding lead."""

accounts = Table(
    "accounts",
    metadata,
    Column("platform", String, nullable=False),
    Column("handle", String, nullable=False),
    Column("school_id", String, ForeignKey("schools.id", ondelete="CASCADE"), nullable=False),
    Column("profile", JSON, nullable=False),
    Column("first_seen", Instant, nullable=False),
    Column("last_seen", Instant, nullable=False),
    PrimaryKeyConstraint("school_id", "platform", "handle"),
)
"""Profiles of accounts on a school's register, as last seen. No other account has a row."""

runs = Table(
    "runs",
    metadata,
    Column("id", Key, primary_key=True),
    Column("source", String, nullable=False),
    Column("query", String, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("state", String, nullable=False),
    Column("read", Integer, nullable=False, server_default="0"),
    Column("stored", Integer, nullable=False, server_default="0"),
    Column("unchanged", Integer, nullable=False, server_default="0"),
    Column("skipped", Integer, nullable=False, server_default="0"),
    Column("cost", Float),
    Column("message", Text),
    Column("retry_at", Instant),
    Index("ix_runs_source_started_at", "source", "started_at"),
)
"""Every collection and import: what came, what was left out, how it ended (running, done, stopped)."""

cursors = Table(
    "cursors",
    metadata,
    Column("source", String, nullable=False),
    Column("query", String, nullable=False),
    Column("cursor", JSON, nullable=False),
    Column("updated_at", Instant, nullable=False),
    PrimaryKeyConstraint("source", "query"),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Key, primary_key=True),
    Column("kind", String, nullable=False),
    Column("arguments", JSON, nullable=False),
    Column("asked_by", String, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("state", String, nullable=False),
    Column("claimed_by", String),
    Column("claimed_at", Instant),
    Column("finished_at", Instant),
    Column("progress", Float),
    Column("message", Text),
    Column("result", JSON),
    CheckConstraint("state in ('asked', 'running', 'done', 'failed')", name="ck_jobs_state"),
    Index("ix_jobs_state_id", "state", "id"),
)
"""What pages and commands ask of the worker."""

leases = Table(
    "leases",
    metadata,
    Column("name", String, primary_key=True),
    Column("holder", String, nullable=False),
    Column("until", Instant, nullable=False),
)

heartbeats = Table(
    "heartbeats",
    metadata,
    Column("worker", String, primary_key=True),
    Column("at", Instant, nullable=False),
)

case_events = Table(
    "case_events",
    metadata,
    Column("id", Key, primary_key=True),
    Column("case_ref", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("by", String, nullable=False),
    Column("role", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("details", JSON, nullable=False),
    Column("exhibit_id", Key),
    CheckConstraint("kind in ('created', 'item_added', 'exported', 'term_added')", name="ck_case_events_kind"),
    Index("ix_case_events_case_ref_id", "case_ref", "id"),
)
"""The history of every case. Append-only: the database refuses to change or delete a row. Holds no personal data."""

exhibits = Table(
    "exhibits",
    metadata,
    Column("id", Key, primary_key=True),
    Column("case_ref", String, nullable=False),
    Column("post_id", Key, nullable=False),
    Column("school_id", String, nullable=False),
    Column("record_sealed", LargeBinary, nullable=False),
    Column("sha256", String, nullable=False),
    Column("saved_at", Instant, nullable=False),
    Index("ix_exhibits_case_ref_post_id", "case_ref", "post_id", unique=True),
)
"""A post as it was when it was put in a case, sealed; what happens to the post later does not change it."""

exports = Table(
    "exports",
    metadata,
    Column("id", Key, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("by", String, nullable=False),
    Column("role", String, nullable=False),
    Column("case_ref", String, nullable=False),
    Column("preset", String, nullable=False),
    Column("why", Text, nullable=False),
    Column("items", Integer, nullable=False),
    Column("sha256", String, nullable=False),
    Column("people", JSON, nullable=False),
)
"""Who exported what, when, why. Append-only like `case_events`; people are author keys, not names."""

visits = Table(
    "visits",
    metadata,
    Column("person", String, nullable=False),
    Column("page", String, nullable=False),
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("person", "page"),
)
"""When a colleague last looked at a page: "since you last looked"."""

decisions = Table(
    "decisions",
    metadata,
    Column("id", Key, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("by", String, nullable=False),
    Column("role", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("post_id", Key, nullable=False),
    Column("school_id", String, nullable=False),
    Column("said", String, nullable=False),
    CheckConstraint("kind in ('relevance', 'tone')", name="ck_decisions_kind"),
    CheckConstraint("kind = 'tone' or said in ('us', 'not_us', 'taken_back')", name="ck_decisions_said"),
    Index("ix_decisions_post_id_school_id", "post_id", "school_id"),
)
"""What people said of a judgement: "about us", "not about us". Append-only; the newest of a post and school counts."""

corrections = Table(
    "corrections",
    metadata,
    Column("id", Key, primary_key=True),
    Column("school_id", String, ForeignKey("schools.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("answers", Integer, nullable=False),
    Column("loss_before", Float, nullable=False),
    Column("loss_after", Float, nullable=False),
    Column("kept", Integer, nullable=False),
    Column("points", JSON, nullable=False),
    Column("undone_at", Instant),
    Index("ix_corrections_school_id_kind", "school_id", "kind"),
)
"""What was learned for a school from its answers: small weights, kept where they did better in cross-validation."""

register_schools = Table(
    "register_schools",
    metadata,
    Column("urn", Integer, primary_key=True, autoincrement=False),
    Column("name", String, nullable=False),
    Column("stem", String, nullable=False, index=True),
    Column("status", String),
    Column("kind", String),
    Column("phase", String),
    Column("low_age", Integer),
    Column("high_age", Integer),
    Column("religious_character", String),
    Column("town", String),
    Column("county", String),
    Column("council", String),
    Column("postcode", String),
    Column("trust", String, index=True),
    Column("website", String),
    Column("opened", String),
    Column("closed", String),
)
"""The government's register of schools, without anybody's name. `stem` is the name without words like "primary school"."""

register_links = Table(
    "register_links",
    metadata,
    Column("urn", Integer, nullable=False),
    Column("other_urn", Integer, nullable=False),
    Column("other_name", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("since", String),
    PrimaryKeyConstraint("urn", "other_urn", "kind"),
)
"""Predecessors and successors in the register: the names a school had."""

watched_terms = Table(
    "watched_terms",
    metadata,
    Column("id", Key, primary_key=True),
    Column("school_id", String, ForeignKey("schools.id", ondelete="CASCADE"), nullable=False),
    Column("case_ref", String, nullable=False),
    Column("term", String, nullable=False),
    Column("why", Text, nullable=False),
    Column("by", String, nullable=False),
    Column("added_at", Instant, nullable=False),
    Column("until", Instant, nullable=False),
)
"""A word tied to a case (a hashtag without the school's name) that means the school for seven days."""

notices = Table(
    "notices",
    metadata,
    Column("id", Key, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("role", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("seen_at", Instant),
)
"""What somebody in a role must be told, kept until they have seen it. Holds no post text and no private person's name."""

sightings = Table(
    "sightings",
    metadata,
    Column("id", Key, primary_key=True),
    Column("reference", String, nullable=False, unique=True),
    Column("at", Instant, nullable=False),
    Column("school_id", String, ForeignKey("schools.id", ondelete="CASCADE"), nullable=False),
    Column("channel", String, nullable=False),
    Column("seen_at", Instant),
    Column("told_sealed", LargeBinary),
    CheckConstraint("channel in ('page', 'form')", name="ck_sightings_channel"),
)
"""What somebody told us they saw: when, on which way in. Who told, where and why is sealed, and goes with the posts' text."""

sighting_items = Table(
    "sighting_items",
    metadata,
    Column("sighting_id", Key, ForeignKey("sightings.id", ondelete="CASCADE"), nullable=False),
    Column("platform", String, nullable=False),
    Column("native_id", String, nullable=False),
    PrimaryKeyConstraint("sighting_id", "platform", "native_id"),
    Index("ix_sighting_items_platform_native_id", "platform", "native_id"),
)
"""Which posts a sighting told of, by the name they have for ever: two people may report the same one."""

pictures = Table(
    "pictures",
    metadata,
    Column("id", Key, primary_key=True),
    Column("platform", String, nullable=False),
    Column("native_id", String, nullable=False),
    Column("sha256", String, nullable=False),
    Column("media_type", String, nullable=False),
    Column("original_sealed", LargeBinary, nullable=False),
    Column("shown_type", String, nullable=False),
    Column("shown_sealed", LargeBinary, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("taken_in_at", Instant, nullable=False),
    Index("ix_pictures_post", "platform", "native_id", "sha256", unique=True),
)
"""Screenshots that were handed in: the original sealed, named by its SHA-256, and the re-encoded copy that is shown."""

report_codes = Table(
    "report_codes",
    metadata,
    Column("id", Key, primary_key=True),
    Column("code_sealed", LargeBinary, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("by", String, nullable=False),
    Column("ended_at", Instant),
)
"""The codes of the staff form, one in use at a time."""

purposes = Table(
    "purposes",
    metadata,
    Column("id", Key, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("by", String, nullable=False),
    Column("role", String, nullable=False),
    Column("statement", JSON, nullable=False),
)
"""The signed page: why, on which lawful basis, for how long, and who may be asked. Append-only; the newest counts."""

backups = Table(
    "backups",
    metadata,
    Column("id", Key, primary_key=True),
    Column("path", String, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("sha256", String, nullable=False),
    Column("thinned_at", Instant),
    Column("gone_at", Instant),
)
"""Every backup that was made here, so that what must go goes from them too."""

APPEND_ONLY = ("case_events", "exports", "decisions", "purposes")
"""Tables in which the database itself refuses UPDATE and DELETE."""
