"""Ids rise with time, stay below 2⁵³ and are given once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from store.ids import day_of, first_id, ids_from, moment_of
from store.store import Store
from store.tables import EPOCH, post_keys, posts
from store.writes import save
from tests.store.fictional import NOW, incoming, keep, post

LARGEST_EXACT_IN_JAVASCRIPT = 2**53
moments = st.integers(0, 7_000_000_000 * 10**6).map(lambda microseconds: EPOCH + timedelta(microseconds=microseconds))


@given(earlier=moments, later=moments)
def test_an_id_rises_with_its_second(earlier: datetime, later: datetime) -> None:
    earlier, later = sorted((earlier, later))
    first = first_id(post("a", created_at=earlier, retrieved_at=later))
    second = first_id(post("b", created_at=later, retrieved_at=later))

    assert 0 <= first < LARGEST_EXACT_IN_JAVASCRIPT
    assert second < LARGEST_EXACT_IN_JAVASCRIPT
    if later - earlier >= timedelta(seconds=1):
        assert first < second
    assert moment_of(first) == earlier.replace(microsecond=0)


@given(moment=moments, native_id=st.text())
def test_a_span_of_time_is_a_span_of_ids(moment: datetime, native_id: str) -> None:
    whole = moment.replace(microsecond=0)
    given_id = first_id(post(native_id, created_at=moment, retrieved_at=moment))

    assert ids_from(whole) <= given_id < ids_from(whole + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("created", "expected"),
    [
        pytest.param(NOW - timedelta(days=400), NOW - timedelta(days=400), id="when it was written"),
        pytest.param(None, NOW, id="when we found it, where the platform did not say"),
        pytest.param(NOW + timedelta(days=3000), NOW, id="when we found it, where it says the future"),
        pytest.param(datetime(1969, 7, 20, 20, 17, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC), id="not before 1970"),
        pytest.param(datetime(1, 1, 1, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC), id="not before 1970 by far"),
    ],
)
def test_the_time_in_an_id(created: datetime | None, expected: datetime) -> None:
    assert moment_of(first_id(post(created_at=created))) == expected


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 7, 1, 22, 59, 59, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 7, 1, 23, 0, 0, tzinfo=UTC), date(2026, 7, 2)),
        (datetime(2026, 12, 1, 23, 59, 59, tzinfo=UTC), date(2026, 12, 1)),
    ],
)
def test_the_day_of_an_id_is_london_s(moment: datetime, day: date) -> None:
    assert day_of(ids_from(moment)) == day


def test_names_differ_by_platform_and_by_where_they_part() -> None:
    names = [("x", "12"), ("reddit", "12"), ("x1", "2"), ("x", "1")]

    assert len({first_id(post(native, platform=platform)) for platform, native in names}) == len(names)


def test_half_a_character_in_a_native_id_has_an_id() -> None:
    assert first_id(post("\ud800")) > 0


def test_the_next_free_id_is_taken_on_collision(store: Store) -> None:
    same = post("wanted")
    liked = first_id(same)
    with store.engine.begin() as connection:
        taken = {"platform": "x", "text": "", "retrieved_at": NOW, "stored_at": NOW, "content_hash": b"", "source": "x"}
        connection.execute(posts.insert(), [{"id": liked, **taken}, {"id": liked + 1, **taken}])

    keep(store, incoming(same))

    with store.engine.connect() as connection:
        assert connection.scalar(select(post_keys.c.post_id).where(post_keys.c.native_id == "wanted")) == liked + 2


def test_two_posts_of_one_batch_that_like_one_id_get_two(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.writes.first_id", lambda _post: 4711)

    keep(store, incoming(post("b")), incoming(post("a")), incoming(post("c")))

    with store.engine.connect() as connection:
        given_ids = connection.execute(select(post_keys.c.native_id, post_keys.c.post_id).order_by(post_keys.c.post_id)).all()
    assert [tuple(row) for row in given_ids] == [("a", 4711), ("b", 4712), ("c", 4713)]


def test_an_id_is_given_once(store: Store) -> None:
    keep(store, incoming(post("1", created_at=None)))
    with store.engine.begin() as connection:
        before = connection.scalars(select(posts.c.id)).all()
        later = post("1", "Edited", created_at=NOW - timedelta(days=9), retrieved_at=NOW + timedelta(days=1))
        save(connection, [incoming(later)], source="x", keys=store.keys, now=NOW)

        assert connection.scalars(select(posts.c.id)).all() == before
        assert connection.scalars(select(post_keys.c.post_id)).all() == before
