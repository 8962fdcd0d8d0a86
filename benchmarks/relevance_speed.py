"""How fast relevance is with many schools: `uv run python -m benchmarks.relevance_speed [POSTS] [SCHOOLS]`.

Made-up posts of which about one in twenty names a school (as a feed that was searched by name brings more, and one read whole
fewer), judged against 1, 10 and 50 schools; the baseline is looking for each name of each school in turn.
"""

import random
import sys
import time

from analysis.judge import Judge
from core.text import loose
from core.types import Post, School
from core.weeks import utc_now
from train import reading


def main(number: int = 100_000, most: int = 50) -> None:
    """Time the judge and the baseline; prints a table."""
    known = reading.schools()
    schools = [*known, *(_renamed(school, n) for n, school in enumerate(known))][:most]
    posts = _posts(number, schools)
    print(f"{number:,} posts, one process\n{'schools':>8}{'judge s':>10}{'posts/s':>12}{'names in turn s':>18}{'mentions':>10}")
    for count in [each for each in (1, 10, most) if each <= most]:
        judge = Judge(schools[:count])
        began = time.perf_counter()
        batches = (posts[start : start + 1_000] for start in range(0, number, 1_000))
        mentions = sum(len(found) for batch in batches for found in judge(batch))
        took = time.perf_counter() - began
        in_turn = _in_turn(posts[: number // 20], schools[:count]) * 20
        print(f"{count:>8}{took:>10.1f}{number / took:>12,.0f}{in_turn:>18.1f}{mentions:>10,}")


def _posts(number: int, schools: list[School]) -> list[Post]:
    """Posts of the corpus, most with every name of a school taken out."""
    chance = random.Random(1)
    texts = [each.mention.post.text for school in reading.schools() for each in reading.posts(school)]
    names = {name for school in schools for name in (school.name, *school.short_names, *school.other_names)}
    plain = [text for text in texts if not any(loose(name) in loose(text) for name in names)]
    now = utc_now()
    return [
        Post(platform="x", native_id=str(n), text=chance.choice(texts if n % 20 == 0 else plain), retrieved_at=now)
        for n in range(number)
    ]


def _renamed(school: School, number: int) -> School:
    return School(id=f"{school.id}-{number}", name=f"{school.name} {number}", town=school.town)


def _in_turn(posts: list[Post], schools: list[School]) -> float:
    began = time.perf_counter()
    names = [f" {loose(name)} " for school in schools for name in (school.name, *school.short_names, *school.other_names)]
    for post in posts:
        text = f" {loose(post.text)} "
        for name in names:
            _ = name in text
    return time.perf_counter() - began


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
