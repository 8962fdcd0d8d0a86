"""Opening the database and speaking to it. The one place that knows which database it is."""

import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    Connection,
    Engine,
    LargeBinary,
    Select,
    Table,
    any_,
    bindparam,
    create_engine,
    event,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from core.errors import StoreUnavailable
from core.jsontext import as_json
from store.tables import Instant

BUSY_SECONDS = 10
_PAGE_BYTES = 8192
"""In pages of the usual 4096 a judgement with its reasons spills into one of its own: twice the file, twice the writing."""
_CACHE_KIBIBYTES = 32_768
"""For a connection. SQLite's own 2 MiB do not hold the inner pages of a million posts."""
_ROOMY_KIBIBYTES = 131_072
"""For the one that imports: posts that come in no order touch pages all over the file."""
_PRAGMAS = (
    "foreign_keys=ON",
    "synchronous=FULL",
    "secure_delete=ON",
    f"cache_size=-{_CACHE_KIBIBYTES}",
)
_EXPLAINED = {
    "database or disk is full": "The disk is full. Free some space; nothing that was stored is lost.",
    "readonly": "The data folder cannot be written. Give this user the right to write in it.",
    "unable to open": "The database cannot be opened. Check that the data folder exists and that this user may write in it.",
    "locked": "Another program holds the database. Close it and try again; nothing that was stored is lost.",
    "locking protocol": "Another program holds the database. Close it and try again; nothing that was stored is lost.",
    "malformed": "The database file is damaged. Restore the newest backup.",
    "corrupt": "The database file is damaged. Restore the newest backup.",
    "Could not decode to UTF-8": "The database file is damaged. Restore the newest backup.",
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
        engine = create_engine(where, json_serializer=_json_text, hide_parameters=True)
        event.listen(engine, "begin", _begin_postgres)
        return engine
    folder = Path(where.database or "").parent
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as problem:
        reason = problem.strerror or "not possible"
        raise StoreUnavailable(f"The data folder {folder} cannot be made ({reason}). Set another as data_dir.") from None
    # What stood in a statement that failed may be a post's text.
    engine = create_engine(
        where,
        json_serializer=_json_text,
        connect_args={"timeout": BUSY_SECONDS},
        hide_parameters=True,
        pool_use_lifo=True,  # the one with the warmest pages first
    )
    event.listen(engine, "connect", _prepare)
    if where.database:
        _keep_to(engine, Path(where.database))
    event.listen(engine, "begin", _begin)
    return engine


def _json_text(value: Any) -> str:
    return as_json(value).decode()


def _prepare(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    """Set up one SQLite connection. Transactions are begun by `_begin`, so the driver must begin none of its own."""
    connection.isolation_level = None
    connection.execute(f"PRAGMA page_size={_PAGE_BYTES}")  # before all else: a database that has a page keeps its size
    _write_ahead(connection)
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _keep_to(engine: Engine, file: Path) -> None:
    """Open the file anew once another lies at its place, or none.

    Whoever has it open could go on to write into what was moved or deleted, and nobody would find it again.
    """

    def remember(_connection: sqlite3.Connection, entry: ConnectionPoolEntry) -> None:
        entry.info["file"] = _lies_at(file)

    def look(_connection: sqlite3.Connection, entry: ConnectionPoolEntry, _proxy: PoolProxiedConnection) -> None:
        if _lies_at(file) != entry.info["file"]:
            raise DisconnectionError(f"{file.name} is gone")

    event.listen(engine, "connect", remember)
    event.listen(engine, "checkout", look)


def _lies_at(file: Path) -> tuple[int, int] | None:
    """What tells one file from another at the same place."""
    try:
        about = file.stat()
    except OSError:
        return None
    return about.st_dev, about.st_ino


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


@contextmanager
def roomy(engine: Engine) -> Iterator[None]:
    """Until then, the connection that this thread writes with keeps more of the database in memory."""
    _keep_in_memory(engine, _ROOMY_KIBIBYTES)
    try:
        yield
    finally:
        _keep_in_memory(engine, _CACHE_KIBIBYTES)


def _keep_in_memory(engine: Engine, kibibytes: int) -> None:
    """The pool hands out first what came back last, so the connection that is set here is the next one used."""
    if engine.dialect.name == "sqlite":
        with reading(engine) as connection:
            connection.exec_driver_sql(f"PRAGMA cache_size=-{kibibytes}")


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


def insert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], *, adding: Sequence[str] = ()) -> None:
    """Many rows that all name the same columns. Straight to the driver: SQLAlchemy's own way takes longer than the database.

    `adding`: where a row with the same key is there, these numbers are added to its own.
    """
    if not rows:
        return
    names = list(rows[0])
    mark = "?" if is_sqlite(connection) else "%s"
    values = [_bound(connection, table.c[name], [row[name] for row in rows]) for name in names]
    statement = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join([mark] * len(names))})"
    if adding:
        key = ", ".join(column.name for column in table.primary_key)
        more = ", ".join(f"{name} = {table.name}.{name} + excluded.{name}" for name in adding)
        statement += f" ON CONFLICT ({key}) DO UPDATE SET {more}"
    connection.exec_driver_sql(statement, list(zip(*values, strict=True)))


def _bound(connection: Connection, column: Column[Any], values: list[Any]) -> list[Any]:
    """The values of a column as its type hands them to the driver; bytes as they are, without SQLAlchemy's view of each."""
    if isinstance(column.type, LargeBinary):
        return values
    bind = column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
    if bind is None:
        return values
    if isinstance(column.type, Instant):  # a batch has few different moments in most of its columns
        moments = {value: bind(value) for value in set(values)}
        return [moments[value] for value in values]
    return [bind(value) for value in values]


def among(connection: Connection, column: ColumnElement[Any], values: Collection[Any]) -> ColumnElement[bool]:
    """Whether a column has one of these values, however many, as one parameter of one statement that is prepared once."""
    if is_sqlite(connection):
        given = func.json_each(as_json(list(values)).decode()).table_valued("value")
        return column.in_(select(given.c.value))
    return column == any_(bindparam(None, list(values), ARRAY(column.type), unique=True))


def frame(connection: Connection, statement: Select[Any]) -> pd.DataFrame:
    """The rows of a statement as a table, with its columns even when there are none. What is not known stays None."""
    result = connection.execute(statement)
    names, rows = list(result.keys()), result.all()
    values = np.empty((len(names), len(rows)), dtype=object)
    for place, column in enumerate(zip(*rows, strict=True)):
        values[place] = np.fromiter(column, dtype=object, count=len(rows))
    # One block of objects: pandas would look through every column by itself, and then again for what may be missing.
    return pd.DataFrame(values.T, columns=pd.Index(names, dtype=object), dtype=object, copy=False)
