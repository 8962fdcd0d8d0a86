"""What pages read: scoped to schools, newest first, by time, page and phrase; the safeguarding lead's posts for nobody else."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core.taxonomy import Lane, Outcome, Risk, Sentiment, Severity
from core.types import Author, Reach
from core.weeks import Week
from store.engine import reading, writing
from store.queries import Filter, biggest, count_mentions, mentions, one, people_in, referred, soonest, stored_posts
from store.retention import wipe
from store.store import Store
from store.tables import post_keys
from store.writes import Incoming
from tests.store.fictional import NOW, about, incoming, keep, post

HERE = ("grove",)


def _texts(store: Store, wanted: Filter, **how: int) -> list[str]:
    with reading(store.engine) as connection:
        found = list(mentions(connection, wanted, **how)["text"])
        if not how:
            assert count_mentions(connection, wanted) == len(found)
    return found


def _said(text: str, hours: int = 0, *, school: str = "grove", judged: dict[str, Any] | None = None, **facts: Any) -> Incoming:
    created = NOW - timedelta(days=2, hours=hours)
    return incoming(post(text, text, created_at=created, **facts), about(school, **(judged or {})))


def _id(store: Store, native_id: str) -> int:
    with reading(store.engine) as connection:
        return int(connection.scalars(select(post_keys.c.post_id).where(post_keys.c.native_id == native_id)).one())


def test_a_school_sees_its_own_posts(store: Store) -> None:
    both = incoming(post("both", "both", created_at=NOW - timedelta(days=3)), about(), about("harbour", relevance=0.3))
    keep(store, _said("ours"), _said("theirs", 1, school="harbour"), both, incoming(post("nobody's", "nobody's")))

    assert _texts(store, Filter(schools=HERE)) == ["ours", "both"]
    assert _texts(store, Filter(schools=["harbour"])) == ["theirs", "both"]
    assert _texts(store, Filter(schools=["grove", "harbour"])) == ["ours", "theirs", "both", "both"]
    assert _texts(store, Filter(schools=[])) == []
    assert _texts(store, Filter(schools=["' OR 1=1 --"])) == []
    with reading(store.engine) as connection:
        assert one(connection, _id(store, "theirs"), HERE) is None
        assert one(connection, _id(store, "nobody's"), ["grove", "harbour"]) is None
        surer = one(connection, _id(store, "both"), ["grove", "harbour"])
    assert surer is not None
    assert surer["school_id"] == "grove"


def test_each_condition_alone_and_all_together(store: Store) -> None:
    unhappy = {"sentiment": Sentiment.NEGATIVE, "lane": Lane.CRITICISM}
    keep(
        store,
        _said("plain fair"),
        _said("might be", 1, judged={"outcome": Outcome.AMBIGUOUS}),
        _said("not us", 2, judged={"outcome": Outcome.NOT_OURS}),
        _said("unhappy fair", 3, judged=unhappy, platform="reddit"),
        _said("our own", 4, judged={"own": True}),
    )
    expected: dict[str, tuple[Filter, Sequence[str]]] = {
        "default": (Filter(schools=HERE), ["plain fair", "unhappy fair", "our own"]),
        "might be": (Filter(schools=HERE, outcomes=[Outcome.AMBIGUOUS]), ["might be"]),
        "any": (Filter(schools=HERE, outcomes=()), ["plain fair", "might be", "not us", "unhappy fair", "our own"]),
        "platform": (Filter(schools=HERE, platforms=["reddit"]), ["unhappy fair"]),
        "mood": (Filter(schools=HERE, sentiments=[Sentiment.NEGATIVE]), ["unhappy fair"]),
        "lane": (Filter(schools=HERE, lanes=[Lane.CRITICISM, Lane.PRAISE]), ["unhappy fair"]),
        "not own": (Filter(schools=HERE, own=False), ["plain fair", "unhappy fair"]),
        "own": (Filter(schools=HERE, own=True), ["our own"]),
        "phrase": (Filter(schools=HERE, phrase="fair"), ["plain fair", "unhappy fair"]),
        "all": (Filter(schools=HERE, platforms=["reddit"], phrase="fair", own=False, lanes=["criticism"]), ["unhappy fair"]),
        "none": (Filter(schools=HERE, platforms=["reddit"], phrase="plain"), []),
    }
    for name, (wanted, texts) in expected.items():
        assert _texts(store, wanted) == texts, name


def test_posts_are_found_by_any_of_their_risks(store: Store) -> None:
    keep(
        store,
        _said("a threat", judged={"risks": (Risk.THREAT,)}),
        _said("a threat full of hate", 1, judged={"risks": (Risk.THREAT, Risk.HATE)}),
        _said("inside information", 2, judged={"risks": (Risk.CONFIDENTIALITY,)}),
        _said("none", 3),
    )

    assert _texts(store, Filter(schools=HERE, risks=[Risk.THREAT])) == ["a threat", "a threat full of hate"]
    assert _texts(store, Filter(schools=HERE, risks=[Risk.HATE, Risk.CONFIDENTIALITY])) == [
        "a threat full of hate",
        "inside information",
    ]
    assert _texts(store, Filter(schools=HERE, risks=[Risk.HATE], phrase="threat")) == ["a threat full of hate"]
    assert _texts(store, Filter(schools=HERE, risks=[Risk.SCAM])) == []
    assert _texts(store, Filter(schools=HERE, risks=["threat') OR 1=1 --"])) == []


def test_what_cannot_wait_comes_first(store: Store) -> None:
    keep(
        store,
        *(_said(f"{severity}", hours, judged={"severity": severity}) for hours, severity in enumerate(Severity)),
        _said("older high", 9, judged={"severity": Severity.HIGH}),
        _said("hidden", judged={"severity": Severity.CRITICAL, "lane": Lane.SAFEGUARDING}),
    )
    with reading(store.engine) as connection:
        found = list(soonest(connection, Filter(schools=HERE), limit=5)["text"])
    assert found == ["critical", "high", "older high", "medium", "low"]


def test_a_week_is_a_span_of_ids(store: Store) -> None:
    week = Week(2026, 13)  # ends with the night the clocks go forward
    assert week.end == datetime(2026, 3, 29, 23, tzinfo=UTC)
    second = timedelta(seconds=1)
    moments = {
        "before": week.start - second,
        "first": week.start,
        "middle": datetime(2026, 3, 27, 12, tzinfo=UTC),
        "last": week.end - timedelta(microseconds=1),
        "after": week.end,
    }
    keep(store, *(incoming(post(name, name, created_at=at), about()) for name, at in moments.items()))

    assert _texts(store, Filter(schools=HERE, start=week.start, end=week.end)) == ["last", "middle", "first"]
    assert _texts(store, Filter(schools=HERE, start=week.end)) == ["after"]
    assert _texts(store, Filter(schools=HERE, end=week.start)) == ["before"]
    assert _texts(store, Filter(schools=HERE, end=datetime(1969, 1, 1, tzinfo=UTC))) == []


def test_pages_follow_each_other_without_gap_or_overlap(store: Store) -> None:
    keep(store, *(_said(f"{n:03d}", n) for n in range(25)))
    wanted = Filter(schools=HERE)

    pages = [_texts(store, wanted, limit=10, offset=start) for start in (0, 10, 20, 30)]

    assert [len(page) for page in pages] == [10, 10, 5, 0]
    assert [text for page in pages for text in page] == [f"{n:03d}" for n in range(25)]


def test_counting_goes_no_further_than_asked(store: Store) -> None:
    keep(store, *(_said(str(n)) for n in range(12)))
    with reading(store.engine) as connection:
        assert count_mentions(connection, Filter(schools=HERE), at_most=10) == 10
        assert count_mentions(connection, Filter(schools=HERE)) == 12


@pytest.mark.parametrize("outcome", [Outcome.OURS, Outcome.AMBIGUOUS])
def test_what_is_for_the_safeguarding_lead_is_a_number_for_everyone_else(store: Store, outcome: Outcome) -> None:
    hidden = {"lane": Lane.SAFEGUARDING, "outcome": outcome}
    keep(store, _said("seen", 1, reach=Reach(likes=1)), _said("hidden", judged=hidden, reach=Reach(likes=9)))
    everyone, lead = Filter(schools=HERE, outcomes=()), Filter(schools=HERE, outcomes=(), hide_lanes=())
    hidden_id = _id(store, "hidden")

    with reading(store.engine) as connection:
        assert list(mentions(connection, everyone)["text"]) == ["seen"]
        assert list(biggest(connection, everyone, limit=5)["text"]) == ["seen"]
        assert count_mentions(connection, everyone) == 1
        assert people_in(connection, Filter(schools=HERE, outcomes=(), phrase="hidden")) == 0
        assert one(connection, hidden_id, HERE) is None
        asked_for = Filter(schools=HERE, outcomes=(), lanes=[Lane.SAFEGUARDING], phrase="hidden")
        assert list(mentions(connection, asked_for)["text"]) == []

        assert list(mentions(connection, lead)["text"]) == ["hidden", "seen"]
        assert list(biggest(connection, lead, limit=5)["text"]) == ["hidden", "seen"]
        found = one(connection, hidden_id, HERE, hide_lanes=())
        assert found is not None
        assert found["text"] == "hidden"

        week = Week.of(NOW - timedelta(days=2))
        assert referred(connection, HERE, week.start, week.end) == 1
        assert referred(connection, ["harbour"], week.start, week.end) == 0
        assert referred(connection, HERE, week.end, week.end + timedelta(days=7)) == 0


def test_the_biggest_are_those_that_most_people_met(store: Store) -> None:
    keep(
        store,
        _said("views", reach=Reach(views=100_000)),
        _said("shares", reach=Reach(shares=100)),
        _said("likes", reach=Reach(likes=200)),
        _said("older likes", 3, reach=Reach(likes=200)),
        _said("a few views", reach=Reach(views=49)),
        _said("none", reach=Reach(likes=0)),
        _said("did not say"),
    )
    with reading(store.engine) as connection:
        found = list(biggest(connection, Filter(schools=HERE), limit=4)["text"])
    assert found == ["views", "shares", "likes", "older likes"]


def test_how_many_different_people_is_a_number(store: Store) -> None:
    keep(
        store,
        _said("one", author=Author(native_id="1")),
        _said("one again", author=Author(native_id="1")),
        _said("another", author=Author(native_id="2")),
        _said("nobody knows", author=Author()),
        _said("elsewhere", school="harbour", author=Author(native_id="3")),
    )
    with reading(store.engine) as connection:
        assert people_in(connection, Filter(schools=HERE)) == 2


def test_one_post_with_all_that_is_kept_of_it(store: Store) -> None:
    author = Author(handle="@grove", native_id="1")
    keep(store, _said("whole", judged={"own": True}, author=author, language="en", url="https://x.example/1"))
    with reading(store.engine) as connection:
        found = one(connection, _id(store, "whole"), HERE)

    assert found is not None
    assert found["reasons"] == [
        {"feature": "name", "score": 3.2, "sentence": "It says the full name.", "ours": None, "theirs": None}
    ]
    assert found["sentiment_scores"] == {"neutral": 1.0}
    assert (found["model"], found["language"], found["url"], found["own"]) == ("by-hand-1", "en", "https://x.example/1", 1)
    assert store.keys.open_author(found["author_sealed"]) == author


def test_no_list_of_posts_holds_anything_of_an_author(store: Store) -> None:
    keep(store, _said("whole"))
    with reading(store.engine) as connection:
        for found in (mentions(connection, Filter(schools=HERE)), biggest(connection, Filter(schools=HERE), limit=1)):
            assert [name for name in found.columns if "author" in name or "handle" in name] == []


def test_all_posts_are_read_again_newest_first_as_they_were_judged(store: Store) -> None:
    said = post(
        "whole",
        "Lovely fair",
        created_at=NOW,
        url="https://x.example/1",
        community="Ferrymoor talk",
        reply_to="@grove",
        thread_id="9",
        language="en",
        author=Author(handle="@rowan_p", name="Rowan", bio="mum of two", location="Ferrymoor"),
    )
    keep(store, incoming(said), *(_said(f"{n:04d}", n) for n in range(1_100)), _said("gone"))
    with writing(store.engine) as connection:
        wipe(connection, "x", ["gone"], now=NOW)

    chunks = list(stored_posts(store.engine, store.keys))

    assert [len(chunk) for chunk in chunks] == [1_000, 101]
    ids = [post_id for chunk in chunks for post_id, _ in chunk]
    assert ids == sorted(ids, reverse=True)
    newest_id, newest = chunks[0][0]
    assert newest_id == _id(store, "whole")
    for name in ("platform", "text", "created_at", "retrieved_at", "community", "reply_to", "thread_id", "language", "url"):
        assert getattr(newest, name) == getattr(said, name), name
    assert newest.author == Author(handle="@rowan_p", name="Rowan")
