"""Saving a batch: what is new, what is the same, what was edited; every text can be stored; nobody is kept by name."""

import json
from dataclasses import fields
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from core.types import Author, Post, Raw, Reach
from store.bodies import unpacked
from store.engine import reading, writing
from store.queries import earlier_versions
from store.retention import remove_source
from store.store import Store
from store.tables import payloads, post_keys, posts, versions
from store.writes import Counts, Incoming, content_hash, find_known, is_edited, known, save
from tests.store.fictional import NOW, about, incoming, keep, post, with_schools

HOSTILE = "a\x00b\ud800c\udfff"
STORED = "a\ufffdb\ufffdc\ufffd"


def test_a_batch_is_counted_and_taking_it_in_again_changes_nothing(store: Store) -> None:
    batch = [incoming(post(str(n), f"Post {n}"), about()) for n in range(30)]

    assert keep(store, *batch) == Counts(stored=30)
    assert keep(store, *batch, now=NOW + timedelta(days=1)) == Counts(unchanged=30)
    with store.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(posts)) == 30
        assert set(connection.scalars(select(posts.c.stored_at))) == {NOW}


def test_more_posts_than_one_look_up_holds(store: Store) -> None:
    batch = [incoming(post(str(n), f"Post {n}", created_at=NOW - timedelta(minutes=n))) for n in range(1_100)]

    assert keep(store, *batch[:900]) == Counts(stored=900)
    assert keep(store, *batch) == Counts(stored=200, unchanged=900)


def test_everything_a_platform_said_is_kept(store: Store) -> None:
    said = post(
        url="https://x.example/1",
        community="Ferrymoor talk",
        reply_to="@grove",
        thread_id="9",
        language="en",
        edited_at=NOW - timedelta(hours=1),
        author=Author(handle="@rowan_p", followers=12),
        reach=Reach(likes=1, shares=0, replies=None, views=10**12),
    )

    with store.engine.begin() as connection:
        save(connection, [incoming(said)], source="feed", keys=store.keys, now=NOW, keep_until=NOW + timedelta(days=30))
    with store.engine.connect() as connection:
        row = connection.execute(select(posts)).one()

    for name in ("platform", "text", "url", "community", "reply_to", "thread_id", "language", "edited_at", "created_at"):
        assert getattr(row, name) == getattr(said, name), name
    assert (row.followers, row.likes, row.shares, row.replies, row.views) == (12, 1, 0, None, 10**12)
    assert (row.source, row.retrieved_at, row.stored_at) == ("feed", NOW, NOW)
    assert (row.keep_until, row.gone_at, row.version) == (NOW + timedelta(days=30), None, 1)


def test_the_raw_answer_is_kept_as_it_came(store: Store) -> None:
    payload = {"id": 18493726492012388001, "text": HOSTILE, "at": NOW, "none": None}

    keep(store, Incoming(post=post(text=HOSTILE), raw=Raw(payload=payload, retrieved_at=NOW, tool="made up 1")))

    with store.engine.connect() as connection:
        row = connection.execute(select(payloads)).one()
    assert json.loads(unpacked(row.body)) == {**payload, "at": str(NOW)}
    assert (row.tool, row.retrieved_at) == ("made up 1", NOW)


def test_what_no_database_holds_becomes_a_mark_in_every_text(store: Store) -> None:
    every_text = {each.name: HOSTILE for each in fields(Post) if each.type in (str, str | None)}
    author = Author(handle=HOSTILE, native_id=HOSTILE, name=HOSTILE, url=HOSTILE)
    hostile = Post(retrieved_at=NOW, author=author, **every_text)  # type: ignore[arg-type]
    assert {"platform", "native_id", "text", "community", "url", "reply_to", "thread_id", "language"} <= set(every_text)

    assert keep(store, incoming(hostile)) == Counts(stored=1)
    assert keep(store, incoming(hostile)) == Counts(unchanged=1)

    with store.engine.connect() as connection:
        row = connection.execute(select(posts)).one()
        assert connection.execute(select(post_keys.c.platform, post_keys.c.native_id)).one() == (STORED, STORED)
        assert find_known(hostile, known(connection, [hostile])) is not None
    assert {row.platform, row.text, row.community, row.url, row.reply_to, row.thread_id, row.language} == {STORED}
    assert store.keys.open_author(row.author_sealed) == author


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(), max_size=200), handle=st.text(st.characters(), max_size=20))
def test_any_text_of_anybody_can_be_stored_edited_and_told_apart(tmp_store: Store, text: str, handle: str) -> None:
    said = post("any", text, author=Author(handle=handle))
    with tmp_store.engine.connect() as connection, connection.begin() as transaction:
        counts = save(connection, [incoming(said)], source="x", keys=tmp_store.keys, now=NOW)
        have = known(connection, [said])
        transaction.rollback()

    assert counts == Counts(stored=1)
    before = find_known(said, have)
    assert before is not None
    assert not is_edited(said, before)


def test_the_same_id_on_two_platforms_is_two_posts(store: Store) -> None:
    assert keep(store, incoming(post("1")), incoming(post("1", platform="reddit"))) == Counts(stored=2)


def test_the_database_itself_refuses_a_platform_s_id_twice(store: Store) -> None:
    keep(store, incoming(post("1")))

    with pytest.raises(IntegrityError), store.engine.begin() as connection:
        connection.execute(post_keys.insert().values(platform="x", native_id="1", post_id=4711))


def test_of_several_versions_in_one_batch_the_last_counts(store: Store) -> None:
    assert keep(store, incoming(post("1", "First")), incoming(post("1", "Last"))) == Counts(stored=1, unchanged=1)

    with store.engine.connect() as connection:
        assert connection.scalars(select(posts.c.text)).all() == ["Last"]


def test_an_edited_post_keeps_what_it_said_before(store: Store) -> None:
    with_schools(store)
    keep(store, incoming(post(text="First"), about()))
    later, latest = NOW + timedelta(hours=1), NOW + timedelta(hours=2)

    second = post(text="Second", edited_at=later, retrieved_at=later, reach=Reach(likes=5))
    assert keep(store, incoming(second, about(relevance=0.5)), now=later) == Counts(edited=1)
    assert keep(store, incoming(post(text="Third", retrieved_at=latest)), now=latest) == Counts(edited=1)

    with store.engine.connect() as connection:
        row = connection.execute(select(posts)).one()
        assert earlier_versions(connection, row.id) == [(later, "First"), (latest, "Second")]
        kept = connection.execute(select(payloads)).one()
    assert (row.text, row.version, row.likes, row.retrieved_at, row.stored_at) == ("Third", 3, 5, latest, NOW)
    assert json.loads(unpacked(kept.body))["text"] == "Third"


def test_counts_are_brought_up_to_date_and_none_forgets_nothing(store: Store) -> None:
    keep(store, incoming(post("1", reach=Reach(likes=1, views=10))), incoming(post("2", reach=Reach(likes=7))))
    keep(store, incoming(post("1", reach=Reach(likes=2, views=None, shares=0))), incoming(post("2")))

    with store.engine.connect() as connection:
        rows = connection.execute(select(posts.c.likes, posts.c.shares, posts.c.views).order_by(posts.c.likes)).all()
    assert [tuple(row) for row in rows] == [(2, 0, 10), (7, None, None)]


def test_what_a_post_says_has_a_name_that_is_the_same_everywhere() -> None:
    assert content_hash(post(text="Lovely fair")) == content_hash(post("2", "Lovely fair", platform="reddit"))
    assert content_hash(post(text="Lovely fair")) != content_hash(post(text="Lovely fair."))
    assert content_hash(post(text="Lovely fair")).hex() == "014aa421814930c80629028ca1a1b415"


def test_rows_and_all_that_stands_with_them_are_stored_together_or_not_at_all(store: Store) -> None:
    with pytest.raises(IntegrityError), writing(store.engine) as connection:
        unknown_school = incoming(post("2"), about("no such school"))
        save(connection, [incoming(post("1")), unknown_school], source="x", keys=store.keys, now=NOW)

    with reading(store.engine) as connection:
        for table in (posts, post_keys, payloads):
            assert connection.scalar(select(func.count()).select_from(table)) == 0


def test_a_source_is_removed_with_all_that_came_from_it(store: Store) -> None:
    keep(store, *(incoming(post(str(n), f"Demo {n}"), about()) for n in range(500)), source="demo")
    keep(store, incoming(post("1", "Demo 1, edited"), about()), source="demo")
    keep(store, incoming(post("real", "Real"), about()), source="x")

    with writing(store.engine) as connection:
        assert remove_source(connection, "demo") == 500
        assert connection.scalars(select(posts.c.text)).all() == ["Real"]
        assert connection.scalars(select(post_keys.c.native_id)).all() == ["real"]
        for table in (payloads, versions):
            assert connection.scalar(select(func.count()).select_from(table)) == (1 if table is payloads else 0)
    assert keep(store, incoming(post("1", "Demo 1")), source="demo") == Counts(stored=1)
