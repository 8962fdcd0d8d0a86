"""Keep: tables, writes and queries over SQLite (PostgreSQL by setting). The only room that knows a database."""
