"""Two at once on one data folder: nothing is lost, nothing doubled, and both go on when the folder comes back."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.soundness import state
from core.settings import Settings
from core.weeks import utc_now
from store import requests
from store.engine import writing
from store.store import open_store
from tests.ops.limited import Limited
from tests.ops.numbered import DATABASE, posts, sound, texts, whole
from tests.ops.test_worker import found
from tests.server import Dashboard, until

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="starts processes as Linux does")


def test_two_imports_of_overlapping_files_at_once(
    start: Callable[..., Limited], twenty: dict[str, str], tmp_path: Path, data: Path
) -> None:
    files = [posts(tmp_path, range(2_200), "one.jsonl"), posts(tmp_path, range(1_200, 3_400), "other.jsonl")]
    running = [start("import", file, "--json") for file in files]
    counts = [json.loads(each.ended().out) for each in running]
    assert texts(data) == whole(range(3_400))
    assert sum(each["stored"] for each in counts) == 3_400 - len(twenty)
    sound(data)


def test_two_collections_at_once(start: Callable[..., Limited], twenty: dict[str, str], tmp_path: Path, data: Path) -> None:
    (inbox := tmp_path / "inbox").mkdir()
    for first in range(0, 2_000, 500):
        posts(inbox, range(first, first + 600), f"{first}.jsonl")
    env = {"CRESTWATCH_SOURCES__FILES__INBOX": str(inbox)}
    running = [start("collect", "--source", "files", "--json", **env) for _ in range(2)]
    counts = [json.loads(each.ended().out)["files"] for each in running]
    assert texts(data) == whole(range(2_100))
    assert sum(each["stored"] for each in counts) == 2_100 - len(twenty)
    sound(data)


def test_two_dashboards_on_one_folder_whose_database_is_damaged_and_then_vanishes(tmp_path: Path, data: Path) -> None:
    (data / "inbox" / "files").mkdir(parents=True)
    upload = posts(data / "inbox" / "files", range(1_000), "upload")
    (data / DATABASE).write_bytes(b"not a database at all" * 500)
    homes = [tmp_path / name for name in ("one", "other")]
    for home in homes:
        home.mkdir()
    both = [Dashboard(data, home, CRESTWATCH_SCHEDULED="false") for home in homes]
    until(lambda: all("or move the file away" in store_of(each) for each in both), "they say that it is damaged")
    (data / DATABASE).rename(tmp_path / "damaged")
    with both[0], both[1]:
        store = open_store(Settings(data_dir=data))
        with writing(store.engine) as connection:
            number = requests.ask(connection, "import", {"path": str(upload)}, by="test", now=utc_now())
        until(lambda: found(store, number).state == "done", "one of them takes it in")
        assert (found(store, number).result or {})["stored"] == 1_000
        assert texts(data) == whole(range(1_000))
        assert state(store).wrong == ()
        store.engine.dispose()
        data.rename(tmp_path / "taken away")
        gone = "The database cannot be opened. Check that the data folder exists"
        until(lambda: all(store_of(each).startswith(gone) for each in both), "they say that it is gone")
        (tmp_path / "taken away").rename(data)
        until(lambda: all(store_of(each) == "ok" for each in both), "they go on")
    assert texts(data) == whole(range(1_000))
    assert "Traceback" not in both[0].output + both[1].output


def store_of(dashboard: Dashboard) -> str:
    """What `/healthz` says of the store; nothing before it answers."""
    try:
        return str(dashboard.health()["store"])
    except OSError:
        return ""
