"""A database with something in every table and column, and what is in one, to compare."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import JSON, Column, Connection, Float, Integer, LargeBinary, String, select
from sqlalchemy.types import BigInteger

from core.types import Reason
from store.tables import EPOCH, Instant, metadata
from tests.store.fictional import NOW

_ALLOWED: dict[tuple[str, str], Any] = {
    ("purposes", "statement"): {"days": 30},
    ("judgements", "reasons"): [Reason(feature="ö", score=0.1, sentence="“Größe’s” 👩🏽‍🏫", theirs="x")],
    ("jobs", "state"): "running",
    ("case_events", "kind"): "created",
    ("decisions", "kind"): "relevance",
    ("decisions", "said"): "us",
    ("sightings", "channel"): "form",
    ("runs", "state"): "running",
}
_MANY = 3
_OF_KIND: tuple[tuple[type[Any], Callable[[int], Any]], ...] = (
    (Instant, lambda number: EPOCH - timedelta(microseconds=1) if number == 2 else NOW + timedelta(microseconds=number + 1)),
    (JSON, lambda number: {"ö “quoted” \x00 👩🏽‍🏫": [number, None, 0.1, 2**60, True, {}]}),
    (LargeBinary, lambda number: b"\x00\xff'" + bytes([number])),
    (Float, lambda number: 0.1 + number),
    (Integer, lambda number: number + 1),
    (String, lambda number: f"Plain Größe’s 👩🏽‍🏫 {number}"),
)


def fill(connection: Connection) -> None:
    """Three rows in every table: one with all that may be missing missing, and every kind of value at its oddest."""
    for table in metadata.sorted_tables:
        for number in range(_MANY):
            connection.execute(table.insert().values({column.name: _value(column, number) for column in table.columns}))


def contents(connection: Connection) -> dict[str, str]:
    """The SHA-256 of all rows of each table, in the order of their keys."""
    return {
        table.name: hashlib.sha256(
            "\n".join(
                repr(tuple(row)) for row in connection.execute(select(table).order_by(*table.primary_key.columns))
            ).encode()
        ).hexdigest()
        for table in metadata.sorted_tables
    }


def _value(column: Column[Any], number: int) -> Any:
    if column.nullable and number == 1:
        return None
    if isinstance(column.type, BigInteger) and column.name in ("followers", "likes", "shares", "replies", "views"):
        return 2**53 + number
    allowed = _ALLOWED.get((column.table.name, column.name))
    return allowed or next(value(number) for kind, value in _OF_KIND if isinstance(column.type, kind))
