"""The doctor: what is whole is said to be, and what is not, with what to do."""

import os
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from casework.purpose import NOT_SIGNED
from core.settings import Settings
from core.weeks import utc_now
from ops.doctor import checks
from store import runs
from store.engine import writing
from store.store import Store, open_store
from tests.ops.fictional import signed


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


def said(settings: Settings, name: str) -> tuple[bool, str]:
    found: dict[str, dict[str, Any]] = {each["name"]: each for each in checks(settings, utc_now())}
    return found[name]["ok"], found[name]["says"]


def test_a_new_installation_is_whole(settings: Settings) -> None:
    assert [each["name"] for each in checks(settings, utc_now()) if not each["ok"]] == []


@pytest.mark.skipif(os.name != "posix", reason="rights as POSIX has them")
def test_a_folder_or_a_key_that_others_can_read(settings: Settings) -> None:
    open_store(settings).engine.dispose()
    settings.data_dir.chmod(0o755)
    assert said(settings, "Data folder") == (
        False,
        f"Other users of this computer can read {settings.data_dir}. Run: chmod 700 {settings.data_dir}",
    )
    (settings.data_dir / "keys" / "seal.key").chmod(0o644)
    ok, says = said(settings, "Keys")
    assert not ok
    assert "chmod -R go-rwx" in says


def test_a_clock_that_is_behind(settings: Settings, tmp_store: Store) -> None:
    with writing(tmp_store.engine) as connection:
        runs.start_run(connection, "fake", "sva", now=utc_now() + timedelta(days=2))
    ok, says = said(settings, "Clock")
    assert not ok
    assert "is behind what it wrote before" in says


def test_a_worker_that_runs_is_alive(settings: Settings, tmp_store: Store) -> None:
    assert said(settings, "Worker")[1].startswith("not running")
    with writing(tmp_store.engine) as connection:
        runs.beat(connection, "made up", now=utc_now())
    assert said(settings, "Worker") == (True, "alive")


def test_a_search_index_out_of_step(settings: Settings) -> None:
    open_store(settings).engine.dispose()
    with sqlite3.connect(settings.data_dir / "crestwatch.sqlite") as database:
        database.execute("INSERT INTO posts_fts(rowid, text) VALUES (7, 'a post that is not there')")
    database.close()
    ok, says = said(settings, "Search index")
    assert not ok
    assert says.endswith(".")


def test_a_database_that_is_none(settings: Settings) -> None:
    settings.data_dir.mkdir(mode=0o700)
    (settings.data_dir / "crestwatch.sqlite").write_bytes(b"no database" * 1000)
    ok, says = said(settings, "Database")
    assert not ok
    assert "damaged" in says


def test_a_source_that_fails_is_not_in_order_and_one_that_is_not_set_up_is(settings: Settings, tmp_store: Store) -> None:
    assert said(settings, "X")[0]
    with writing(tmp_store.engine) as connection:
        run = runs.start_run(connection, "feeds", "all", now=utc_now())
        runs.end_run(connection, run, "stopped", now=utc_now(), message="Nothing answers there.")
    with_feeds = settings.model_copy(update={"sources": {"feeds": {"urls": ["https://news.example/rss"]}}})
    assert said(with_feeds, "News and other feeds") == (True, NOT_SIGNED)
    signed(tmp_store)
    assert said(with_feeds, "News and other feeds") == (False, "Nothing answers there.")
