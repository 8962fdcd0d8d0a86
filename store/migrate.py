"""Bringing a database to the newest form. Runs at every start; a database that is up to date costs two look-ups."""

from pathlib import Path

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from core.errors import StoreUnavailable
from store.engine import explained, is_sqlite, reading, take_turns

_CONFIG = Config()
_CONFIG.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
_CONFIG.set_main_option("path_separator", "os")


def newest() -> str:
    """The revision this code was written for."""
    head = ScriptDirectory.from_config(_CONFIG).get_current_head()
    assert head is not None, "the code ships at least one migration"
    return head


def current(connection: Connection) -> str | None:
    """The revision a database is at; None when it is new."""
    return MigrationContext.configure(connection).get_current_revision()


def migrate(engine: Engine, *, to: str | None = None) -> str:
    """Bring the database to `to` (the newest revision) in one transaction, foreign keys off, and check it before committing.

    Returns the revision it is at. Raises StoreUnavailable when the database was made by a newer version or fails its checks;
    it is then as it was before.
    """
    goal = to or newest()
    with reading(engine) as connection:
        if current(connection) == goal:
            return goal
    with explained(), engine.connect() as connection:
        if is_sqlite(connection):
            _foreign_keys(connection, on=False)
        try:
            with connection.begin():
                _upgrade(connection, goal)
        finally:
            if is_sqlite(connection):
                _foreign_keys(connection, on=True)
    return goal


def _foreign_keys(connection: Connection, *, on: bool) -> None:
    """SQLite ignores this pragma inside a transaction, so it goes straight to the driver."""
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")


def _upgrade(connection: Connection, goal: str) -> None:
    take_turns(connection, "migrate")
    scripts = ScriptDirectory.from_config(_CONFIG)
    known = {script.revision for script in scripts.walk_revisions()}
    at = current(connection)
    if at is not None and at not in known:
        raise StoreUnavailable(
            f"This database was made by a newer Crestwatch (form {at}). Install that version, or restore a backup."
        )
    if at == goal:
        return

    def steps(revision: str, _context: MigrationContext) -> list[object]:
        return list(scripts._upgrade_revs(goal, revision))  # alembic's own command.upgrade does the same

    context = MigrationContext.configure(connection, opts={"fn": steps, "render_as_batch": True})
    with Operations.context(context):
        context.run_migrations()
    _check(connection)


def _check(connection: Connection) -> None:
    """Refuse to commit a migration that broke a reference or the search index."""
    if not is_sqlite(connection):
        return
    if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall():
        raise StoreUnavailable(
            f"Updating the database would break {len(broken)} references; it was left as it was. Restore a backup."
        )
    connection.exec_driver_sql("INSERT INTO posts_fts(posts_fts, rank) VALUES ('integrity-check', 1)")
