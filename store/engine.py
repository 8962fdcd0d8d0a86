"""Opening the database and speaking to it. The one place that knows which database it is."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Engine, Select, Table, create_engine, event, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import ConnectionPoolEntry

from core.errors import StoreUnavailable

BUSY_SECONDS = 10
_PRAGMAS = (
    f"busy_timeout={BUSY_SECONDS * 1000}",
    "foreign_keys=ON",
    "synchronous=FULL",
    "secure_delete=ON",
)
_EXPLAINED = {
    "database or disk is full": "The disk is full. Free some space; nothing that was stored is lost.",
    "readonly": "The data folder cannot be written. Give this user the right to write in it.",
    "unable to open": "The database cannot be opened. Check that the data folder exists and that this user may write in it.",
    "locked": "Another program holds the database. Close it and try again; nothing that was stored is lost.",
    "malformed": "The database file is damaged. Restore the newest backup.",
    "not a database": "The database file is damaged or is not ours. Restore the newest backup, or move the file away.",
    "no such table": "The database has not been prepared. Run `crestwatch doctor`.",
    "connection to server": "The database server does not answer. Check that it runs and that database_url is right.",
    "server closed the connection": "The database server went away. Start it again; nothing that was stored is lost.",
    "terminating connection": "The database server went away. Start it again; nothing that was stored is lost.",
    "I/O error": "The disk did not answer. Check the disk and its space; nothing that was stored is lost.",
}


def open_engine(url: str) -> Engine:
    """An engine for `url`. For SQLite the folder is made, for this user alone. Opens no connection yet."""
    where = make_url(url)
    if where.get_backend_name() != "sqlite":
        engine = create_engine(where)
        event.listen(engine, "begin", _begin_postgres)
        return engine
    folder = Path(where.database or "").parent
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as problem:
        reason = problem.strerror or "not possible"
        raise StoreUnavailable(f"The data folder {folder} cannot be made ({reason}). Set another as data_dir.") from None
    engine = create_engine(where, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    """Set up one SQLite connection. Transactions are begun by `_begin`, so the driver must begin none of its own."""
    connection.isolation_level = None
    _write_ahead(connection)
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch the database to WAL. Of two that do so at once on a new one, SQLite refuses one without waiting; so wait here."""
    until = monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as problem:
            if "locked" not in str(problem) or monotonic() > until:
                raise
            sleep(0.05)
        else:
            return


def _begin(connection: Connection) -> None:
    """A transaction that may write takes the lock at once: to read first and write later fails when another commits between."""
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _begin_postgres(connection: Connection) -> None:
    """By itself every statement here would see a different moment; a view of the store is of one, and changes nothing."""
    if connection.get_execution_options().get("reading", False):
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction: all of it is stored, or nothing. Raises StoreUnavailable for a full, locked or lost disk."""
    with explained(), engine.begin() as connection:
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One consistent view of the store that never waits for a writer. Raises StoreUnavailable like `writing`."""
    with explained(), engine.connect().execution_options(reading=True) as connection, connection.begin():
        yield connection


@contextmanager
def explained() -> Iterator[None]:
    """Turn what a database says into what a person can do."""
    try:
        yield
    except DatabaseError as problem:
        said = str(problem.orig)
        for sign, sentence in _EXPLAINED.items():
            if sign in said:
                raise StoreUnavailable(sentence) from problem
        raise


def is_sqlite(connection: Connection) -> bool:
    """Whether this is the embedded database."""
    return connection.dialect.name == "sqlite"


def take_turns(connection: Connection, at: str) -> None:
    """Until this transaction ends, nobody else does the same. SQLite lets only one write anyway."""
    if not is_sqlite(connection):
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(at))))


def insert_for(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that knows `on_conflict_do_update` and `on_conflict_do_nothing`, in the dialect of this connection."""
    return sqlite.insert(table) if is_sqlite(connection) else postgresql.insert(table)


def frame(connection: Connection, statement: Select[Any]) -> pd.DataFrame:
    """The rows of a statement as a table, with its columns even when there are none. What is not known stays None."""
    result = connection.execute(statement)
    return pd.DataFrame(result.fetchall(), columns=list(result.keys()), dtype=object)
