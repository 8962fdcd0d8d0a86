"""What only PostgreSQL does. Everything else in this folder that asks for `store` runs on it too."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, select

from core.errors import StoreUnavailable
from core.settings import Settings
from store.casefiles import add_event, next_ref
from store.engine import reading, writing
from store.migrate import migrate, newest
from store.store import Store, open_store
from store.tables import case_events, heartbeats, posts
from tests.store.conftest import Server
from tests.store.fictional import NOW, incoming, keep, post, with_schools

AT_ONCE = 4


def test_one_view_is_of_one_moment(postgres_store: Store) -> None:
    with reading(postgres_store.engine) as connection:
        before = connection.scalars(select(heartbeats.c.worker)).all()
        with writing(postgres_store.engine) as writer:
            writer.execute(heartbeats.insert().values(worker="other", at=NOW))

        assert connection.scalars(select(heartbeats.c.worker)).all() == before == []


def test_a_view_changes_nothing(postgres_store: Store) -> None:
    with pytest.raises(Exception, match="read-only transaction"), reading(postgres_store.engine) as connection:
        connection.execute(heartbeats.insert().values(worker="ours", at=NOW))


def test_many_that_save_the_same_posts_at_once_store_each_once(postgres_store: Store) -> None:
    with_schools(postgres_store)
    together = threading.Barrier(AT_ONCE)
    batch = [incoming(post(str(n), f"Post {n}")) for n in range(50)]

    def save(_worker: int) -> int:
        together.wait(20)
        return keep(postgres_store, *batch).stored

    with ThreadPoolExecutor(AT_ONCE) as workers:
        stored = list(workers.map(save, range(AT_ONCE)))

    assert sorted(stored) == [0, 0, 0, 50]
    with reading(postgres_store.engine) as connection:
        assert len(connection.scalars(select(posts.c.id)).all()) == 50


def test_many_cases_opened_at_once_have_references_of_their_own(postgres_store: Store) -> None:
    together = threading.Barrier(AT_ONCE)

    def open_case(_worker: int) -> str:
        together.wait(20)
        with writing(postgres_store.engine) as connection:
            ref = next_ref(connection, 2026)
            add_event(connection, ref, "created", by="us", role="head", now=NOW, details={})
        return ref

    with ThreadPoolExecutor(AT_ONCE) as workers:
        refs = list(workers.map(open_case, range(AT_ONCE)))

    assert sorted(refs) == [f"CW-2026-00000{n}" for n in range(1, AT_ONCE + 1)]
    with reading(postgres_store.engine) as connection:
        assert sorted(connection.scalars(select(case_events.c.case_ref))) == sorted(refs)


def test_many_that_start_at_once_make_one_database(postgres: Server, engines: Callable[[str], Engine]) -> None:
    url = postgres.new_database(template="template0")
    together = threading.Barrier(AT_ONCE)

    def start(engine: Engine) -> str:
        together.wait(20)
        return migrate(engine)

    with ThreadPoolExecutor(AT_ONCE) as workers:
        assert list(workers.map(start, [engines(url) for _ in range(AT_ONCE)])) == [newest()] * AT_ONCE


def test_a_search_uses_its_index(postgres_store: Store) -> None:
    keep(postgres_store, *(incoming(post(str(n), f"Fair number {n}")) for n in range(50)))
    query = "EXPLAIN SELECT id FROM posts WHERE to_tsvector('simple', text) @@ phraseto_tsquery('simple', 'number 7')"
    with reading(postgres_store.engine) as connection:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = "\n".join(connection.exec_driver_sql(query).scalars())

    assert "posts_search" in plan


def test_a_server_that_does_not_answer_is_said_in_a_sentence(postgres: Server, tmp_path: Path) -> None:
    nowhere = SecretStr("postgresql+psycopg://crestwatch:hunter2hunter2@127.0.0.1:1/crestwatch")

    with pytest.raises(StoreUnavailable, match=r"^The database server does not answer\.") as caught:
        open_store(Settings(data_dir=tmp_path, database_url=nowhere))

    assert "hunter2" not in str(caught.value)
