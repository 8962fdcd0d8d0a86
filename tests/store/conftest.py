"""A store on each database: SQLite in a file, and PostgreSQL on a throw-away server where one can be started."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import create_engine

from core.settings import Settings
from store.migrate import migrate, newest
from store.store import Store, open_store
from store.tables import metadata
from tests.store.fictional import with_schools

_NUMBERS = count(1)


@dataclass(frozen=True, slots=True)
class Server:
    """A PostgreSQL server that listens on this computer alone. `template` is an empty database in the newest form."""

    port: int

    def url(self, database: str) -> str:
        """Where one of its databases is."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"

    def new_database(self, *, template: str = "template1") -> str:
        """Make a database; returns its address."""
        name = f"test_{next(_NUMBERS)}"
        admin = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        admin.dispose()
        return self.url(name)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A server with fsync off in a temporary folder, stopped and taken away at the end."""
    pytest.importorskip("psycopg", reason="PostgreSQL is an extra: uv sync --extra postgres")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        pytest.skip("no PostgreSQL server is installed here")
    programs = found[-1].parent
    folder = Path(tempfile.mkdtemp(prefix="crestwatch-postgres-"))
    # The server refuses to run as root.
    user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if user:
        shutil.chown(folder, "postgres")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    control = [*user, str(programs / "pg_ctl"), "-D", str(folder / "db"), "-w"]
    options = f"-c listen_addresses=127.0.0.1 -c port={port} -c fsync=off -c unix_socket_directories={folder}"
    make = [*user, str(programs / "initdb"), "-D", str(folder / "db"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N"]
    try:
        _run([*make, "--locale=C"])
        _run([*control, "-l", str(folder / "log"), "-o", options, "start"])
    except subprocess.CalledProcessError as problem:
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"no PostgreSQL server can be started here: {problem.stderr[-200:]}")
    try:
        server = Server(port)
        admin = create_engine(server.url("template1"))
        migrate(admin)
        admin.dispose()
        yield server
    finally:
        _run([*control, "-m", "immediate", "stop"])
        shutil.rmtree(folder)


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True, cwd="/", timeout=60)


@pytest.fixture(scope="session")
def postgres_url(postgres: Server) -> str:
    """One database for all tests: emptying it is ten times as fast as making another."""
    return postgres.new_database()


@pytest.fixture
def postgres_store(postgres_url: str, tmp_path: Path) -> Iterator[Store]:
    """An empty store on PostgreSQL."""
    store = open_store(Settings(data_dir=tmp_path / "data", database_url=SecretStr(postgres_url)))
    yield store
    with store.engine.begin() as connection:
        tables = ", ".join(table.name for table in metadata.sorted_tables)
        connection.exec_driver_sql(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{newest()}'")
    store.engine.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest) -> Store:
    """A store with two schools, once on each database."""
    name = "tmp_store" if request.param == "sqlite" else "postgres_store"
    return with_schools(request.getfixturevalue(name))
