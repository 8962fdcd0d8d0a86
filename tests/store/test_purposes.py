"""The signed purpose: kept for ever, the newest counts, and nobody can change what was signed."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DatabaseError

from store import purposes
from store.engine import reading, writing
from store.purposes import SignedPurpose
from store.store import Store
from store.tables import purposes as purposes_table
from tests.store.fictional import NOW


def _sign(store: Store, **facts: Any) -> None:
    with writing(store.engine) as connection:
        purposes.sign(connection, {"days": 30, **facts}, by="Ada", role="head", now=NOW)


def test_before_anything_is_signed_there_is_none_and_the_longest_time_counts(store: Store) -> None:
    with reading(store.engine) as connection:
        assert purposes.newest(connection) is None
        assert purposes.days_kept(connection) == 30


def test_the_newest_statement_counts_even_where_the_clock_was_put_back(store: Store) -> None:
    _sign(store, days=20)
    with writing(store.engine) as connection:
        earlier = NOW - timedelta(days=300)
        purposes.sign(connection, {"days": 10, "notice": "ö “new”"}, by="Rae", role="data_protection", now=earlier)

    with reading(store.engine) as connection:
        assert purposes.newest(connection) == SignedPurpose(
            at=earlier, by="Rae", role="data_protection", statement={"days": 10, "notice": "ö “new”"}
        )
        assert purposes.days_kept(connection) == 10
        assert connection.scalar(select(func.count()).select_from(purposes_table)) == 2


@pytest.mark.parametrize("change", [update(purposes_table).values(by="Mallory"), delete(purposes_table)])
def test_what_was_signed_cannot_be_changed_or_taken_back(store: Store, change: Any) -> None:
    _sign(store)
    with pytest.raises(DatabaseError, match="purposes is append-only"), store.engine.begin() as connection:
        connection.execute(change)
    with reading(store.engine) as connection:
        found = purposes.newest(connection)
    assert found is not None
    assert found.by == "Ada"
