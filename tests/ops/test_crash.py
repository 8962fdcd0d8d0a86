"""`kill -9` at random moments loses nothing, doubles nothing and leaves nobody behind."""

import random
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from benchmarks.crash import ALONE, SERVED
from benchmarks.crash_rounds import Round, Scene, rounds_of
from benchmarks.soundness import state
from core.types import School
from ops.pipeline import query_for, run_source
from store import profiles
from store.engine import writing
from store.store import Store
from tests.ops.fake_source import BEGAN, FakeSource

ROUNDS = 5

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes through /proc")


def chosen() -> int:
    """A seed, said so that what was found can be found again."""
    seed = random.randrange(1_000_000)
    sys.stdout.write(f"seed {seed}\n")
    return seed


def nothing_wrong(found: Round) -> bool:
    return (found.lost, found.doubled, found.wrong, found.orphans) == (0, 0, (), 0)


@pytest.mark.parametrize("scene", ALONE.values(), ids=ALONE)
def test_a_kill_loses_and_doubles_nothing(scene: Scene, tmp_path: Path) -> None:
    seed = chosen()
    for number, found in enumerate(rounds_of(scene, tmp_path, seed, ROUNDS)):
        assert nothing_wrong(found), (seed, number, found)


def test_a_killed_web_or_worker_loses_nothing_and_leaves_nobody_behind(tmp_path: Path) -> None:
    """The three side by side: a dashboard takes long to begin."""
    seed = chosen()
    with ThreadPoolExecutor(len(SERVED)) as pool:
        rounds = {name: pool.submit(rounds_of, scene, tmp_path / name, seed, ROUNDS) for name, scene in SERVED.items()}
        for name, each in rounds.items():
            assert all(map(nothing_wrong, each.result())), (seed, name, each.result())


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        ("DELETE FROM payloads WHERE post_id = (SELECT min(id) FROM posts)", "posts and their payloads differ"),
        ("DELETE FROM post_keys WHERE native_id = 'n3'", "posts and their keys differ"),
        ("UPDATE daily SET neutral = neutral + 1", "the daily counts are not the posts"),
        ("UPDATE runs SET stored = stored + 1", "the runs’ counts are not the posts"),
        ("UPDATE cursors SET cursor = '{\"next\": 5}'", "the cursor is not where the posts end"),
    ],
)
def test_what_is_unsound_is_found(tmp_store: Store, damage: str, says: str) -> None:
    school = School(id="sva", name="Skarnby Vale Academy", town="Skarnby")
    with writing(tmp_store.engine) as connection:
        profiles.save_schools(connection, [school], now=BEGAN)
    run_source(tmp_store, FakeSource(total=10), query_for(school))
    assert state(tmp_store).wrong == ()
    with writing(tmp_store.engine) as connection:
        connection.exec_driver_sql(damage)
    assert says in state(tmp_store).wrong
