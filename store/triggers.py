"""What the database does by itself: keeps the search index in step, and refuses to change append-only tables.

Every migration calls `remake` at its end, because rebuilding a table (alembic's batch mode) silently drops its triggers.
"""

from sqlalchemy import Connection, inspect

from store.engine import is_sqlite
from store.tables import APPEND_ONLY

_SEARCH = (
    """CREATE VIRTUAL TABLE IF NOT EXISTS posts_fts USING fts5(
         text, content='posts', content_rowid='id', tokenize='unicode61 remove_diacritics 2')""",
    """CREATE TRIGGER posts_fts_insert AFTER INSERT ON posts BEGIN
         INSERT INTO posts_fts(rowid, text) VALUES (new.id, new.text);
       END""",
    """CREATE TRIGGER posts_fts_delete AFTER DELETE ON posts BEGIN
         INSERT INTO posts_fts(posts_fts, rowid, text) VALUES ('delete', old.id, old.text);
       END""",
    """CREATE TRIGGER posts_fts_update AFTER UPDATE OF text ON posts WHEN old.text IS NOT new.text BEGIN
         INSERT INTO posts_fts(posts_fts, rowid, text) VALUES ('delete', old.id, old.text);
         INSERT INTO posts_fts(rowid, text) VALUES (new.id, new.text);
       END""",
)

_SEARCH_POSTGRES = ("""CREATE INDEX IF NOT EXISTS posts_search ON posts USING gin (to_tsvector('simple', text))""",)


def remake(connection: Connection) -> None:
    """Make every trigger anew. Safe to run twice."""
    if is_sqlite(connection):
        _remake_sqlite(connection)
    else:
        _remake_postgres(connection)


def forget_words(connection: Connection) -> None:
    """Take wiped words out of the search index too: SQLite below 3.42 only marks them as deleted until it is rewritten."""
    if is_sqlite(connection):
        connection.exec_driver_sql("INSERT INTO posts_fts(posts_fts) VALUES ('optimize')")


def _there(connection: Connection) -> list[str]:
    """The append-only tables that exist at the revision a migration is at."""
    tables = set(inspect(connection).get_table_names())
    return [table for table in APPEND_ONLY if table in tables]


def _remake_sqlite(connection: Connection) -> None:
    names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all()
    for name in names:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    for statement in _SEARCH:
        connection.exec_driver_sql(statement)
    for table in _there(connection):
        for verb in ("UPDATE", "DELETE"):
            connection.exec_driver_sql(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} BEGIN "
                f"SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


def _remake_postgres(connection: Connection) -> None:
    for statement in _SEARCH_POSTGRES:
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql(
        "CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only'; END $$"
    )
    for table in _there(connection):
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}")
        connection.exec_driver_sql(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION append_only()"
        )
