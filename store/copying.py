"""A whole database as a file of its own, and back: the same rows, whichever of the two databases they come from or go to."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from sqlalchemy import (
    JSON,
    URL,
    Column,
    Connection,
    Engine,
    Insert,
    Table,
    bindparam,
    delete,
    func,
    inspect,
    literal,
    select,
)
from sqlalchemy.exc import DatabaseError
from sqlalchemy.types import TypeEngine

from store.engine import explained, is_sqlite, open_engine, reading, take_turns, writing
from store.migrate import migrate
from store.tables import heartbeats, leases, metadata, pictures, visits
from store.triggers import forget_words

PASSING = (leases, heartbeats, visits)
"""What only says who is or was there: a database with nothing but this is empty."""
_ROWS_AT_ONCE = 500
_PICTURES_AT_ONCE = 4


@contextmanager
def opened(file: Path) -> Iterator[Engine]:
    """A SQLite file as an engine, for as long as it is looked at."""
    # As an object, for in a written address a "?" of the path would begin its options.
    engine = open_engine(cast(str, URL.create("sqlite", database=str(file))))
    try:
        yield engine
    finally:
        engine.dispose()


def snapshot(engine: Engine, file: Path) -> None:
    """Write one moment of the database into `file`, a new SQLite database of the same form. Holds up nobody who writes.

    Raises StoreUnavailable where either disk refuses.
    """
    with explained(), engine.connect() as connection:
        embedded = is_sqlite(connection)
    if embedded:
        _vacuum_into(engine, file)
        return
    with opened(file) as copy:
        migrate(copy)
        with reading(engine) as source, writing(copy) as target:
            copy_all(source, target)


def compact(engine: Engine, file: Path) -> None:
    """Write a SQLite database that nobody else uses into `file`, as small as it goes, without a trace of what was deleted."""
    with writing(engine) as connection:
        forget_words(connection)
    _vacuum_into(engine, file)


def copy_all(source: Connection, target: Connection) -> dict[str, int]:
    """Copy every row of every table, in the order of their references, and let numbers go on behind the last.

    Both are in the newest form and inside the caller's transactions; the target has no rows. Returns the rows by table.
    """
    copied = {table.name: _copy(table, source, target) for table in metadata.sorted_tables}
    if not is_sqlite(target):
        for table in metadata.sorted_tables:
            _set_sequence(target, table)
    return copied


def count_all(connection: Connection) -> dict[str, int]:
    """The rows of every table that is there, by its name."""
    return {table.name: connection.scalar(select(func.count()).select_from(table)) or 0 for table in _there(connection)}


def is_empty(connection: Connection) -> bool:
    """Whether nothing is kept here yet. Until this transaction ends, nobody else who asks gets an answer."""
    take_turns(connection, "copy")
    kept = (table for table in _there(connection) if table not in PASSING)
    return all(connection.scalar(select(literal(1)).select_from(table).limit(1)) is None for table in kept)


def clear_passing(connection: Connection) -> None:
    """Take away who is or was there, so that nothing stands in the way of what is copied in."""
    for table in PASSING:
        connection.execute(delete(table))


def _vacuum_into(engine: Engine, file: Path) -> None:
    """Copies what is kept and nothing else: SQLite's other way, its backup API, copies free pages with what was deleted.

    It reads in one transaction, so in write-ahead mode it sees one moment and writers do not wait.
    """
    file.touch(mode=0o600, exist_ok=False)
    with explained(), engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        try:
            # Straight to the driver: SQLite refuses it inside a transaction.
            driver.execute("VACUUM INTO ?", (str(file),))
        except sqlite3.DatabaseError as problem:
            raise DatabaseError("VACUUM INTO", None, problem) from problem


def _there(connection: Connection) -> list[Table]:
    """The tables that exist in the form a database is in."""
    names = set(inspect(connection).get_table_names())
    return [table for table in metadata.sorted_tables if table.name in names]


def _copy(table: Table, source: Connection, target: Connection) -> int:
    size = _PICTURES_AT_ONCE if table is pictures else _ROWS_AT_ONCE
    names = [column.name for column in table.columns]
    rows = source.execute(select(table).order_by(*table.primary_key.columns).execution_options(yield_per=size))
    copied = 0
    for part in rows.partitions():
        target.execute(_insert(table), [dict(zip(names, row, strict=True)) for row in part])
        copied += len(part)
    return copied


def _insert(table: Table) -> Insert:
    return table.insert().values({column.name: bindparam(column.name, type_=_kind(column)) for column in table.columns})


def _kind(column: Column[Any]) -> TypeEngine[Any]:
    """By itself JSON writes the word null where there was nothing."""
    return JSON(none_as_null=True) if isinstance(column.type, JSON) and column.nullable else column.type


def _set_sequence(connection: Connection, table: Table) -> None:
    """Let PostgreSQL number the next row behind the last that was copied in."""
    column = table.autoincrement_column
    if column is None:
        return
    last = connection.scalar(select(func.max(column)))
    sequence = func.pg_get_serial_sequence(table.name, column.name)
    connection.execute(select(func.setval(sequence, last or 1, last is not None)))
