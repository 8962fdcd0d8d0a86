"""`kill -9` at random moments loses nothing, doubles nothing and leaves nobody behind."""

import random
import sys
from pathlib import Path

import pytest

from benchmarks.crash import SCENES, Scene, rounds_of, serving
from benchmarks.soundness import state
from core.types import School
from ops.pipeline import query_for, run_source
from store import profiles
from store.engine import writing
from store.store import Store
from tests.ops.fake_source import BEGAN, FakeSource

ROUNDS = 5

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes through /proc")


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)
def test_a_kill_loses_and_doubles_nothing(scene: Scene, tmp_path: Path) -> None:
    seed = random.randrange(1_000_000)
    sys.stdout.write(f"seed {seed}\n")
    for number, found in enumerate(rounds_of(scene, tmp_path, seed, ROUNDS, at_once=3 if scene is serving else 1)):
        assert (found.lost, found.doubled, found.wrong, found.orphans) == (0, 0, (), 0), (seed, number, found)


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        ("DELETE FROM payloads WHERE post_id = (SELECT min(id) FROM posts)", "posts and their payloads differ"),
        ("DELETE FROM post_keys WHERE native_id = 'n3'", "posts and their keys differ"),
        ("UPDATE daily SET posts = posts + 1", "the daily counts are not the posts"),
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
