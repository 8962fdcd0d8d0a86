"""Words watched for a case: there from the moment they are added until just before their end, and on record after it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from core.types import WatchedTerm
from store import profiles, terms
from store.engine import reading, writing
from store.store import Store
from tests.store.fictional import NOW

WEEK = timedelta(days=7)


def _term(term: str = "#ferrygate", **facts: Any) -> WatchedTerm:
    known: dict[str, Any] = {"school_id": "grove", "case_ref": "CW-2026-000001", "why": "a walkout", "by": "us"}
    return WatchedTerm(term=term, **{**known, "added_at": NOW, "until": NOW + WEEK, **facts})


def _add(store: Store, *given: WatchedTerm) -> None:
    with writing(store.engine) as connection:
        for each in given:
            terms.add(connection, each)


def _active(store: Store, now: datetime) -> list[WatchedTerm]:
    with reading(store.engine) as connection:
        return terms.active(connection, now=now)


def test_a_word_is_watched_from_its_beginning_until_just_before_its_end(store: Store) -> None:
    _add(store, _term())
    instant = timedelta(microseconds=1)

    assert [len(_active(store, at)) for at in (NOW - instant, NOW, NOW + WEEK - instant, NOW + WEEK)] == [0, 1, 1, 0]


def test_what_was_added_is_read_back_whole_and_in_order(store: Store) -> None:
    given = [_term(), _term("walkaway", school_id="harbour", case_ref="CW-2026-000002", why="an open letter", by="them")]
    _add(store, *given)

    assert _active(store, NOW) == given


def test_a_case_keeps_its_words_when_they_have_ended(store: Store) -> None:
    ended = _term("walkaway", added_at=NOW - 2 * WEEK, until=NOW - WEEK)
    _add(store, ended, _term(), _term(case_ref="CW-2026-000002"))

    with reading(store.engine) as connection:
        assert terms.of_case(connection, "CW-2026-000001") == [ended, _term()]
        assert terms.of_case(connection, "CW-2026-000003") == []


def test_a_word_is_a_school_s_and_goes_with_it(store: Store) -> None:
    _add(store, _term())
    with pytest.raises(IntegrityError):
        _add(store, _term(school_id="nobody"))

    with writing(store.engine) as connection:
        profiles.remove_school(connection, "grove")

    assert _active(store, NOW) == []
