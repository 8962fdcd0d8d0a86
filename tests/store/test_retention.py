"""What a platform says is gone is gone: from the rows, from the search index, and from the bytes on the disk."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from analysis.judge import Judge
from core.types import Author, Post, Raw, Reach, School
from store.engine import reading, writing
from store.queries import Filter, daily_counts, earlier_versions, mentions, stored_posts
from store.retention import remove_source, wipe
from store.store import Store
from store.tables import judgements, payloads, post_keys, posts
from store.writes import Counts, Incoming
from tests.store.fictional import NOW, about, incoming, keep, post, with_schools

CANARY = "xylocanaryphone"
LATER = NOW + timedelta(days=1)


def _wipe(store: Store, *native_ids: str, platform: str = "x") -> int:
    with writing(store.engine) as connection:
        return wipe(connection, platform, native_ids, now=LATER)


def test_a_tombstone_stays_with_its_counts(store: Store) -> None:
    said = post(url="https://x.example/1", reply_to="@a", thread_id="2", reach=Reach(likes=3))
    keep(store, incoming(said, about()))
    keep(store, incoming(post(text="Edited", reach=Reach(likes=4)), about()))

    assert _wipe(store, "1", "never stored") == 1

    with reading(store.engine) as connection:
        row = connection.execute(select(posts)).one()
        assert (row.text, row.url, row.reply_to, row.thread_id) == ("", None, None, None)
        assert (row.author_key, row.author_sealed) == (None, None)
        assert (row.gone_at, row.likes) == (LATER, 4)
        assert connection.execute(select(payloads)).all() == []
        assert earlier_versions(connection, row.id) == []
        assert connection.scalars(select(judgements.c.reasons)).all() == [[]]
        assert connection.scalars(select(post_keys.c.native_id)).all() == ["1"]
        assert daily_counts(connection, ["grove"], NOW.date() - timedelta(days=9), NOW.date())["posts"].sum() == 1
        assert mentions(connection, Filter(schools=["grove"])).iloc[0]["gone_at"] == LATER
    assert list(stored_posts(store.engine, store.keys)) == []


def test_wiping_twice_wipes_once_and_only_on_its_platform(store: Store) -> None:
    keep(store, incoming(post("1")), incoming(post("1", platform="reddit")))

    assert _wipe(store, "1") == 1
    assert _wipe(store, "1") == 0
    with reading(store.engine) as connection:
        assert connection.scalars(select(posts.c.text).where(posts.c.gone_at.is_(None))).all() == [post().text]


def test_more_tombstones_than_one_look_up_holds(store: Store) -> None:
    keep(store, *(incoming(post(str(n), f"Post {n}")) for n in range(450)))

    assert _wipe(store, *(str(n) for n in range(2_000))) == 450


@pytest.mark.parametrize("answer", ["What it said", "Something else"])
def test_what_was_wiped_stays_wiped_whatever_an_old_cache_still_answers(store: Store, answer: str) -> None:
    keep(store, incoming(post(text="First"), about()))
    keep(store, incoming(post(text="What it said"), about()))
    _wipe(store, "1")

    assert keep(store, incoming(post(text=answer), about())) == Counts(unchanged=1)
    with reading(store.engine) as connection:
        assert connection.execute(select(posts.c.text, posts.c.version)).one() == ("", 2)
        assert connection.execute(select(payloads)).all() == []


def _bytes_on_disk(store: Store) -> bytes:
    """The database file and its log after a checkpoint, in small letters."""
    file = Path(store.engine.url.database or "")
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return b"".join(each.read_bytes() for each in file.parent.glob(f"{file.name}*")).lower()


def _canary(native_id: str, **facts: str) -> Incoming:
    """A post in which every text is a canary."""
    said = Post(
        platform="x",
        native_id=native_id,
        text=f"Ring {CANARY} now {native_id}",
        retrieved_at=NOW,
        created_at=NOW - timedelta(hours=int(native_id)),
        author=Author(handle=CANARY, native_id=CANARY, name=CANARY, url=f"https://{CANARY}.example"),
        url=f"https://x.example/{CANARY}",
        reply_to=CANARY,
        thread_id=CANARY,
    )
    return incoming(said, about())


@pytest.mark.parametrize("how", ["at once", "with others between", "edited first", "the source removed"])
def test_no_byte_of_a_wiped_text_stays_in_the_files(tmp_store: Store, how: str) -> None:
    with_schools(tmp_store)
    keep(tmp_store, *(incoming(post(f"other {n}", f"Nothing to see {n}"), about()) for n in range(300)), source="other")
    keep(tmp_store, *(_canary(str(n)) for n in range(1, 6)))
    if how == "with others between":
        for n in range(40):
            keep(tmp_store, *(incoming(post(f"more {n} {m}", f"More of the same {m} {n}")) for m in range(20)), source="other")
    if how == "edited first":
        keep(tmp_store, incoming(post("1", f"Edited, and still {CANARY}")))
        keep(tmp_store, incoming(post("2", "Edited, and nothing is left")))
    assert CANARY.encode() in _bytes_on_disk(tmp_store)

    if how == "the source removed":
        with writing(tmp_store.engine) as connection:
            assert remove_source(connection, "x") == 5
    else:
        assert _wipe(tmp_store, *(str(n) for n in range(1, 6))) == 5

    assert CANARY.encode() not in _bytes_on_disk(tmp_store)


def test_where_somebody_lives_and_what_they_say_of_themselves_is_never_stored(tmp_store: Store) -> None:
    school = School(id="grove", name="Grove Primary School", town="Ferrymoor")
    with_schools(tmp_store, [school])
    told = Author(handle="@rowan_p", name="Rowan", bio=f"mum of two, {CANARY}", location=f"{CANARY}, Ferrymoor")
    said = post(author=told)
    raw = Raw(payload={"id": "1"}, retrieved_at=NOW, tool="made up 1")
    [[judged]] = Judge([school])([said])
    assert "author_place" in {reason.feature for reason in judged.reasons}

    keep(tmp_store, Incoming(post=said, raw=raw, mentions=[judged]))

    assert CANARY.encode() not in _bytes_on_disk(tmp_store)
    with reading(tmp_store.engine) as connection:
        sealed = connection.scalars(select(posts.c.author_sealed)).one()
    assert tmp_store.keys.open_author(sealed) == Author(handle="@rowan_p", name="Rowan")
