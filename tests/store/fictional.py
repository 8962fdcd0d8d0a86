"""Posts about schools that do not exist, for the tests of this folder."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from core.taxonomy import Lane, Outcome, Sentiment
from core.types import Author, JudgedMention, Post, Raw, Reason, School
from store.profiles import save_schools
from store.store import Store
from store.writes import Counts, Incoming, save

NOW = datetime(2026, 11, 20, 16, 15, tzinfo=UTC)

SCHOOLS = (School(id="grove", name="Grove Primary School"), School(id="harbour", name="Harbour Academy"))


def post(native_id: str = "1", text: str = "Lovely fair at Grove Primary School", **facts: Any) -> Post:
    """A post with what every platform says, changed where the test says so."""
    known: dict[str, Any] = {
        "platform": "x",
        "created_at": datetime(2026, 11, 18, 12, 0, tzinfo=UTC),
        "retrieved_at": NOW,
        "author": Author(handle="@rowan_p", native_id="77"),
    }
    return Post(native_id=native_id, text=text, **{**known, **facts})


def about(school_id: str = "grove", **facts: Any) -> JudgedMention:
    """A judgement: ours, neither happy nor unhappy, changed where the test says so."""
    known: dict[str, Any] = {
        "outcome": Outcome.OURS,
        "relevance": 0.9,
        "sentiment": Sentiment.NEUTRAL,
        "sentiment_scores": {"neutral": 1.0},
        "lane": Lane.NOISE,
        "model": "by-hand-1",
        "reasons": (Reason(feature="name", score=3.2, sentence="It says the full name."),),
    }
    return JudgedMention(school_id=school_id, **{**known, **facts})


def incoming(what: Post, *mentions: JudgedMention) -> Incoming:
    """A post on its way in, with the answer it was read from."""
    payload = {"id": what.native_id, "text": what.text}
    return Incoming(post=what, raw=Raw(payload=payload, retrieved_at=what.retrieved_at, tool="made up 1"), mentions=mentions)


def keep(store: Store, *batch: Incoming, source: str = "x", now: datetime = NOW) -> Counts:
    """Store a batch in a transaction of its own."""
    with store.engine.begin() as connection:
        return save(connection, batch, source=source, keys=store.keys, now=now)


def with_schools(store: Store, schools: Sequence[School] = SCHOOLS) -> Store:
    """The store with two schools in it."""
    with store.engine.begin() as connection:
        save_schools(connection, schools, now=NOW)
    return store
