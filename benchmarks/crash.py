"""What `kill -9` costs, at random moments: of an import, of collections, of the web, its worker, or both.

    uv run python -m benchmarks.crash [--rounds 50] [--seed 7] [--scene web]

After each kill the store is opened again and looked through; then the work is finished, and must give exactly the full set.
"""

import argparse
import random
import tempfile
from collections import Counter
from pathlib import Path

from benchmarks.crash_dashboard import killing_both, killing_the_web, killing_the_worker
from benchmarks.crash_rounds import Round, Scene, rounds_of
from benchmarks.crash_scenes import asking_reddit, collecting, importing

ALONE: dict[str, Scene] = {"import": importing, "collection": collecting, "Reddit": asking_reddit}
"""What is killed in a process of its own."""
SERVED: dict[str, Scene] = {"web": killing_the_web, "worker": killing_the_worker, "both": killing_both}
"""What is killed of a running dashboard. Most of such a round is waiting, so some go on at once."""


def main() -> None:
    """Print a table of what was killed and what was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("--scene", choices=[*ALONE, *SERVED], action="append")
    asked = parser.parse_args()
    print(f"seed {asked.seed}, {asked.rounds} rounds each")
    print("killed      before during  after   lost doubled  wrong orphans")
    for name, scene in (ALONE | SERVED).items():
        if name in (asked.scene or [name]):
            with tempfile.TemporaryDirectory() as folder:
                at_once = 3 if name in SERVED else 1
                _print(name, rounds_of(scene, Path(folder), asked.seed, asked.rounds, at_once=at_once))


def _print(name: str, found: list[Round]) -> None:
    when = Counter(each.when for each in found)
    sums = (sum(each.lost for each in found), sum(each.doubled for each in found))
    wrong, orphans = sum(bool(each.wrong) for each in found), sum(each.orphans for each in found)
    cells = (when["before"], when["during"], when["after"], *sums, wrong, orphans)
    print(f"{name:10} " + " ".join(f"{cell:>6}" for cell in cells), flush=True)
    for words in sorted({words for each in found for words in each.wrong}):
        print(f"  {words}")


if __name__ == "__main__":
    main()
