"""Cases as they are kept: references in order, sealed items that nothing changes, and a history."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from store.casefiles import (
    add_event,
    add_exhibit,
    cases,
    cases_with,
    events,
    exhibits_of,
    log_export,
    next_ref,
    post_for_exhibit,
)
from store.engine import reading, writing
from store.retention import wipe
from store.store import Store
from store.tables import exports, posts
from tests.store.fictional import NOW, about, incoming, keep, post


def _open_case(store: Store, year: int = 2026, title: str = "Fair") -> str:
    with writing(store.engine) as connection:
        ref = next_ref(connection, year)
        add_event(connection, ref, "created", by="us", role="head", now=NOW, details={"title": title, "school_id": "grove"})
    return ref


def _add(store: Store, ref: str, post_id: int) -> int | None:
    with writing(store.engine) as connection:
        sealed: dict[str, Any] = {"record_sealed": b"sealed", "sha256": "ab" * 32}
        return add_exhibit(connection, ref, post_id=post_id, school_id="grove", **sealed, now=NOW)


def test_references_count_up_within_a_year(store: Store) -> None:
    assert [_open_case(store) for _ in range(11)][-2:] == ["CW-2026-000010", "CW-2026-000011"]
    assert _open_case(store, 2027) == "CW-2027-000001"
    assert _open_case(store) == "CW-2026-000012"


def test_the_history_of_a_case_is_in_order(store: Store) -> None:
    ref, other = _open_case(store), _open_case(store)
    with writing(store.engine) as connection:
        earlier = NOW - timedelta(days=1)
        add_event(connection, ref, "item_added", by="us", role="head", exhibit_id=1, now=earlier, details={})
        add_event(connection, other, "exported", by="us", role="head", now=NOW, details={})
        history = events(connection, ref)

    assert list(history["kind"]) == ["created", "item_added"]
    assert history.iloc[0]["details"] == {"title": "Fair", "school_id": "grove"}


def test_only_what_has_a_name_can_happen_to_a_case(store: Store) -> None:
    with pytest.raises(IntegrityError), writing(store.engine) as connection:
        add_event(connection, "CW-2026-000001", "forgotten", by="us", role="head", now=NOW, details={})


def test_a_post_is_in_a_case_once(store: Store) -> None:
    first, second = _open_case(store), _open_case(store)
    number = _add(store, first, 4711)

    assert number is not None
    assert _add(store, first, 4711) is None
    assert _add(store, second, 4711) is not None
    assert _add(store, first, 12) is not None
    with reading(store.engine) as connection:
        assert cases_with(connection, 4711) == [first, second]
        assert [(item.post_id, item.record_sealed, item.saved_at) for item in exhibits_of(connection, first)] == [
            (4711, b"sealed", NOW),
            (12, b"sealed", NOW),
        ]


def test_a_wiped_post_leaves_its_sealed_copy_and_cannot_be_saved_anew(store: Store) -> None:
    keep(store, incoming(post("1", "Lovely fair"), about()))
    ref = _open_case(store)
    with writing(store.engine) as connection:
        post_id = connection.scalars(select(posts.c.id)).one()
        copied = post_for_exhibit(connection, post_id)
        assert copied is not None
        assert (copied["native_id"], copied["text"], copied["tool"]) == ("1", "Lovely fair", "made up 1")
    _add(store, ref, post_id)
    with writing(store.engine) as connection:
        wipe(connection, "x", ["1"], now=NOW)

        assert post_for_exhibit(connection, post_id) is None
        assert post_for_exhibit(connection, post_id + 1) is None
        assert [item.record_sealed for item in exhibits_of(connection, ref)] == [b"sealed"]


def test_every_case_with_what_is_in_it(store: Store) -> None:
    with reading(store.engine) as connection:
        assert cases(connection).empty
    first, second = _open_case(store, title="Fair"), _open_case(store, title="Gates")
    _add(store, first, 1)
    _add(store, first, 2)
    with writing(store.engine) as connection:
        for hours in (1, 3, 2):
            at = NOW + timedelta(hours=hours)
            add_event(connection, first, "exported", by="us", role="head", now=at, details={"preset": "police"})
        found = cases(connection).to_dict("records")

    assert [row["case_ref"] for row in found] == [second, first]
    assert [row["details"]["title"] for row in found] == ["Gates", "Fair"]
    assert found[1]["saved"] == 2
    assert found[1]["exported_at"] == NOW + timedelta(hours=3)


def test_who_exported_what_is_on_record(store: Store) -> None:
    with writing(store.engine) as connection:
        ref, asked = "CW-2026-000001", "Asked"
        log_export(
            connection,
            case_ref=ref,
            preset="police",
            by="us",
            role="head",
            why=asked,
            items=2,
            sha256="",
            people=["k1"],
            now=NOW,
        )
        row = connection.execute(select(exports)).one()
    assert (row.case_ref, row.by, row.why, row.items, row.people, row.at) == (ref, "us", asked, 2, ["k1"], NOW)
