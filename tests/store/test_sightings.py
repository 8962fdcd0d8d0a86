"""Reports beside the posts they told of, on both databases: who told is sealed, and one post may be told of often."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from core.errors import StoreUnavailable
from store import queries, retention, sightings
from store.engine import reading, writing
from store.keys import Keys
from store.store import Store
from store.tables import post_keys, posts, sighting_items
from store.tables import sightings as table
from tests.store.fictional import NOW, about, incoming, keep, post

CANARY = "Rosalind Quartermaine"


def tell(
    store: Store, reference: str, *names: str, school: str = "grove", told: dict[str, str] | None = None, channel: str = "page"
) -> None:
    items: Sequence[tuple[str, str]] = [("x", name) for name in names]
    with writing(store.engine) as connection:
        sightings.add(
            connection,
            reference,
            school_id=school,
            channel=channel,
            items=items,
            told_sealed=store.keys.seal_record(told or {}),
            seen_at=NOW - timedelta(hours=1),
            now=NOW,
        )


def number_of(store: Store, name: str) -> int:
    with reading(store.engine) as connection:
        found = connection.scalars(select(post_keys.c.post_id).where(post_keys.c.native_id == name)).one()
        return int(found)


def test_two_reports_of_one_post_stand_beside_it_oldest_first(store: Store) -> None:
    keep(store, incoming(post("1")), incoming(post("2")))
    tell(store, "R-BCD-FGH", "1", told={"reporter": CANARY, "note": "my neighbour sent it"})
    tell(store, "R-JKM-NPQ", "1", "2", channel="form")

    with reading(store.engine) as connection:
        first, second = sightings.of_post(connection, store.keys, number_of(store, "1"))
        [alone] = sightings.of_post(connection, store.keys, number_of(store, "2"))

    assert (first.reference, first.channel, first.at, first.seen_at) == ("R-BCD-FGH", "page", NOW, NOW - timedelta(hours=1))
    assert first.told == {"reporter": CANARY, "note": "my neighbour sent it"}
    assert (second.reference, second.channel, second.told) == ("R-JKM-NPQ", "form", {})
    assert alone.reference == "R-JKM-NPQ"


def test_a_report_of_a_post_that_is_not_here_yet_finds_it_when_it_comes(store: Store) -> None:
    tell(store, "R-BCD-FGH", "1")
    with reading(store.engine) as connection:
        assert sightings.stored(connection, "R-BCD-FGH") == []

    keep(store, incoming(post("1")))
    with reading(store.engine) as connection:
        assert sightings.stored(connection, "R-BCD-FGH") == [number_of(store, "1")]
        assert len(sightings.of_post(connection, store.keys, number_of(store, "1"))) == 1


def test_who_told_lies_sealed(store: Store) -> None:
    tell(store, "R-BCD-FGH", "1", told={"reporter": CANARY})
    keep(store, incoming(post("1")))

    with reading(store.engine) as connection:
        row = connection.execute(select(table)).one()
    assert CANARY not in repr(row)
    assert CANARY.encode() not in row.told_sealed

    other = Keys(author=bytes(32), seal=bytes(32))
    with reading(store.engine) as connection, pytest.raises(StoreUnavailable, match="sealed with another key"):
        sightings.of_post(connection, other, number_of(store, "1"))


def test_a_reference_is_given_once(store: Store) -> None:
    tell(store, "R-BCD-FGH", "1")
    with pytest.raises(IntegrityError):
        tell(store, "R-BCD-FGH", "2")


def test_the_first_report_says_for_which_school(store: Store) -> None:
    keep(store, *(incoming(post(f"n{number}")) for number in range(420)))
    tell(store, "R-BCD-FGH", *(f"n{number}" for number in range(0, 420, 2)), school="grove")
    tell(store, "R-JKM-NPQ", *(f"n{number}" for number in range(210)), school="harbour")

    ids = {number_of(store, name): name for name in ("n0", "n1", "n208", "n209", "n210", "n211", "n418", "n419")}
    with reading(store.engine) as connection:
        every = list(connection.scalars(select(post_keys.c.post_id)))
        found = sightings.schools_of(connection, every)
    assert {ids[each]: school for each, school in found.items() if each in ids} == {
        "n0": "grove",
        "n1": "harbour",
        "n208": "grove",
        "n209": "harbour",
        "n210": "grove",
        "n418": "grove",
    }


def test_posts_judged_again_know_that_they_were_reported(store: Store) -> None:
    keep(store, incoming(post("1"), about()), incoming(post("2"), about()))
    tell(store, "R-BCD-FGH", "1")
    one, two = number_of(store, "1"), number_of(store, "2")

    [chunk] = queries.stored_posts(store.engine, store.keys)
    assert {post_id: each.reported_for for post_id, each in chunk} == {one: "grove", two: None}
    with reading(store.engine) as connection:
        found = queries.posts_by_id(connection, store.keys, [one, two])
    assert {post_id: each.reported_for for post_id, each in found.items()} == {one: "grove", two: None}


def test_what_was_taken_away_is_found_among_many(store: Store) -> None:
    keep(store, *(incoming(post(f"n{number}")) for number in range(420)))
    keep(store, incoming(post("n7", platform="reddit")))
    with writing(store.engine) as connection:
        assert retention.wipe(connection, "x", ["n7", "n409"], now=NOW) == 2

    names = [("x", f"n{number}") for number in range(450)] + [("reddit", "n7")]
    with reading(store.engine) as connection:
        assert sightings.gone(connection, names) == {("x", "n7"), ("x", "n409")}
        assert sightings.in_words(connection, names) == {*names[:420], ("reddit", "n7")} - {("x", "n7"), ("x", "n409")}
        assert sightings.gone(connection, []) == set()


def test_what_is_over_its_time_is_gone_too(store: Store) -> None:
    keep(store, incoming(post("1")), incoming(post("2")), incoming(post("3", "")))
    with writing(store.engine) as connection:
        connection.execute(update(posts).where(posts.c.id == number_of(store, "1")).values(text="", expired_at=NOW))

    names = [("x", name) for name in "1234"]
    with reading(store.engine) as connection:
        assert sightings.gone(connection, names) == {("x", "1")}
        assert sightings.in_words(connection, names) == {("x", "2")}


def test_reports_are_counted_by_their_way_in(store: Store) -> None:
    tell(store, "R-BCD-FGH", "1", channel="form")
    tell(store, "R-JKM-NPQ", "2", channel="page")

    with reading(store.engine) as connection:
        assert sightings.count_since(connection, "form", NOW) == 1
        assert sightings.count_since(connection, "form", NOW + timedelta(seconds=1)) == 0
        assert sightings.count_since(connection, "nowhere", NOW) == 0


def test_a_report_that_breaks_off_leaves_nothing(store: Store) -> None:
    def break_off() -> None:
        with writing(store.engine) as connection:
            sightings.add(
                connection,
                "R-BCD-FGH",
                school_id="grove",
                channel="page",
                items=[("x", "1"), ("x", "1")],
                told_sealed=None,
                seen_at=None,
                now=NOW,
            )

    with pytest.raises(IntegrityError):
        break_off()
    with reading(store.engine) as connection:
        assert connection.execute(select(table)).all() == []
        assert connection.execute(select(sighting_items)).all() == []
