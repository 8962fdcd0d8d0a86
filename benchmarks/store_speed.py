"""How fast the store is: `uv run python -m benchmarks.store_speed [--rows 1000000] [--batch 5000] [--folder DIR]`.

Bulk import through `store/writes.py` beside the bare SQLite driver that keeps the posts and their search index alone, a batch
of each in turn, so that both meet the same machine. Then, on the full store, phrase searches beside the bare search index, what
the page This week asks, and that while a file is imported. Judging is not in it: the posts come with their judgements.
"""

import argparse
import itertools
import multiprocessing
import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Connection

from analysis.weekly import WEEKS_BACK
from benchmarks.made_up_posts import COMMON, EVERYWHERE, RARE, MadeUpPosts
from core.settings import Settings
from core.taxonomy import Lane
from core.types import Post
from core.weeks import Week, day_start, utc_now
from ops.pipeline import IMPORT_ROWS
from store import profiles, queries, writes
from store.engine import open_engine, reading, roomy, writing
from store.queries import Filter
from store.store import Store, open_store
from store.tables import EPOCH, posts

TIMES = 15
"""How often a query is asked; the median counts."""
SECONDS = 20
"""How long the reader reads, alone and beside an import."""

Question = Callable[[Connection], object]
Keeper = Callable[[Sequence[writes.Incoming]], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the table. `ratio`: what is held against the target."""

    what: str
    ours: str
    baseline: str
    ratio: float
    unit: str
    target: float
    at_least: bool = False

    def __str__(self) -> str:
        reached = self.ratio >= self.target if self.at_least else self.ratio <= self.target
        target = f"{'≥' if self.at_least else '≤'} {self.target:g}{self.unit}"
        return (
            f"{self.what:<50}{self.ours:>16}{self.baseline:>22}{self.ratio:>10.2f}{self.unit:<3}{target:>10}"
            f"  {'reached' if reached else 'MISSED'}"
        )


def main(rows: int, batch: int, folder: Path) -> None:
    """Fill the stores, ask them, print the table line by line."""
    print(f"{rows:,} posts, {batch:,} a transaction, SQLite {sqlite3.sqlite_version}; judging is not in it", flush=True)
    print(f"{'what':<50}{'ours':>16}{'baseline':>22}{'ratio':>10}   {'target':>10}", flush=True)
    speeds = _imports(rows, batch, folder)
    bare, oldest = speeds["bare driver"], speeds["oldest first"]
    for order, against, baseline, target in (
        ("oldest first", bare, f"bare {bare:,.0f}/s", 0.35),
        ("newest first", oldest, f"oldest {oldest:,.0f}/s", 0.9),
        ("shuffled", bare, f"bare {bare:,.0f}/s", 0.15),
    ):
        ours = speeds[order]
        _print(f"import, {order}", f"{ours:,.0f}/s", baseline, ours / against, "×", target, at_least=True)
    store = open_store(Settings(data_dir=folder / "oldest first"))
    made = MadeUpPosts(rows)
    _searches(store, made)
    for name, chosen in (("all schools", made.schools), ("the largest school", made.schools[:1])):
        _week_page(store, name, [school.id for school in chosen])
    _beside_an_import(folder / "oldest first", rows, batch)


def _imports(rows: int, batch: int, folder: Path) -> dict[str, float]:
    """Posts a second of the bare driver, oldest first, and of the real way in three orders. Making posts up is not timed."""
    orders = {
        "bare driver": np.arange(rows),
        "oldest first": np.arange(rows),
        "newest first": np.arange(rows)[::-1],
        "shuffled": np.random.default_rng(1).permutation(rows),
    }
    streams = {order: MadeUpPosts(rows).batches(numbers.tolist(), batch) for order, numbers in orders.items()}
    took = dict.fromkeys(orders, 0.0)
    with ExitStack() as held:
        keepers = {order: _keeper(folder / order, held, bare=order == "bare driver") for order in orders}
        for _ in range(0, rows, batch):
            for order, keep in keepers.items():
                took[order] += keep(next(streams[order]))
    return {order: rows / seconds for order, seconds in took.items()}


def _keeper(folder: Path, held: ExitStack, *, bare: bool) -> Keeper:
    """What takes in a batch, with keys, seals, payloads, judgements, counts and search index; says how many seconds it took."""
    store = open_store(Settings(data_dir=folder))
    if bare:
        return _bare_keeper(store, folder / "bare.sqlite")
    with writing(store.engine) as connection:
        profiles.save_schools(connection, MadeUpPosts(1).schools, now=utc_now())
    held.enter_context(roomy(store.engine))

    def keep(incoming: Sequence[writes.Incoming]) -> float:
        began = time.perf_counter()
        with writing(store.engine) as connection:
            writes.save(connection, incoming, source="files", keys=store.keys, now=utc_now())
        return time.perf_counter() - began

    return keep


def _bare_keeper(like: Store, file: Path) -> Keeper:
    """The driver by itself: the table `posts` without its second index, and the live search index. Set up as ours is."""
    with like.engine.connect() as connection:
        wanted = ("posts", "posts_fts", "posts_fts_insert")
        of = "SELECT sql FROM sqlite_master WHERE name = ?"
        schema = [connection.exec_driver_sql(of, (name,)).scalar_one() for name in wanted]
    opened = open_engine(f"sqlite:///{file}").raw_connection()
    cursor = opened.cursor()
    for statement in schema:
        cursor.execute(statement)
    columns = [column.name for column in posts.c]
    insert = f"INSERT INTO posts ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
    ids = itertools.count(1 << 20, 1 << 20)

    def keep(incoming: Sequence[writes.Incoming]) -> float:
        rows = [_bare_row(next(ids), each.post, columns) for each in incoming]
        began = time.perf_counter()
        cursor.execute("BEGIN IMMEDIATE")
        cursor.executemany(insert, rows)
        cursor.execute("COMMIT")
        return time.perf_counter() - began

    return keep


def _bare_row(post_id: int, post: Post, columns: Sequence[str]) -> tuple[Any, ...]:
    at = int((post.retrieved_at - EPOCH).total_seconds()) * 1_000_000
    row: dict[str, Any] = {
        "id": post_id,
        "platform": post.platform,
        "text": post.text,
        "url": post.url,
        "language": post.language,
        "created_at": at,
        "retrieved_at": at,
        "stored_at": at,
        "author_key": os.urandom(32),
        "author_sealed": os.urandom(110),
        "followers": post.author.followers,
        "likes": post.reach.likes,
        "shares": post.reach.shares,
        "replies": post.reach.replies,
        "version": 1,
        "content_hash": os.urandom(16),
        "source": "files",
    }
    return tuple(row.get(column) for column in columns)


def _searches(store: Store, made: MadeUpPosts) -> None:
    """The newest fifty posts with a phrase, as the page Posts asks for them, beside the ids alone from the search index."""
    schools = [school.id for school in made.schools]
    bare = "SELECT rowid FROM posts_fts WHERE posts_fts MATCH ? ORDER BY rowid DESC LIMIT 50"
    for name, phrase in (("rare phrase", RARE), ("common phrase", COMMON), ("word in 40 %", EVERYWHERE)):
        wanted = Filter(schools=schools, phrase=phrase)
        with reading(store.engine) as connection:
            ours = _median(connection, lambda c, w=wanted: queries.mentions(c, w, limit=50))  # type: ignore[misc]
            index = _median(connection, lambda c, p=phrase: c.exec_driver_sql(bare, (f'"{p}"',)).all())  # type: ignore[misc]
        _print(f"newest 50 with a {name}", f"{ours:.2f} ms", f"bare index {index:.2f} ms", ours, " ms", 1)


def _week_page(store: Store, name: str, schools: list[str]) -> None:
    """Each question of the page This week, and all of them together."""
    together = 0.0
    for what, question in week_questions(store, schools).items():
        with reading(store.engine) as connection:
            took = _median(connection, question)
        together += took
        _print(f"week, {name}: {what}", f"{took:.1f} ms", "", took, " ms", 50)
    _print(f"week, {name}: together", f"{together:.1f} ms", "", together, " ms", 50)


def week_questions(store: Store, schools: list[str]) -> dict[str, Question]:
    """What `pages/watch/week.py` asks of the store, for the newest week that is over."""
    with reading(store.engine) as connection:
        newest = queries.newest_day(connection, schools)
    assert newest is not None
    week = Week.of(day_start(newest)).back(1)
    written = Filter(schools=schools, start=week.start, end=week.end, own=False)
    praise = Filter(schools=schools, start=week.start, end=week.end, lanes=(Lane.PRAISE,), own=False)
    since = Filter(schools=schools, start=week.end - timedelta(days=3), own=False)
    return {
        "span": lambda c: (queries.first_day(c, schools), queries.newest_day(c, schools)),
        "daily counts": lambda c: queries.daily_counts(
            c, schools, week.back(WEEKS_BACK).monday, week.sunday, whole_weeks_before=week.monday
        ),
        "people": lambda c: queries.people_in(c, written),
        "since the last look": lambda c: queries.count_mentions(c, since),
        "referred": lambda c: queries.referred(c, schools, week.start, week.end),
        "biggest": lambda c: queries.biggest(c, written, limit=5),
        "good news": lambda c: queries.biggest(c, praise, limit=3),
        "newest praise": lambda c: queries.mentions(c, praise, limit=3),
        "platforms": lambda c: queries.platforms(c, schools),
    }


def _beside_an_import(folder: Path, rows: int, batch: int) -> None:
    """The 95th of a hundred answers of a reader in a process of its own, while this one imports, against the same alone."""
    alone = _ninety_fifth(folder, lambda: time.sleep(SECONDS))
    made = MadeUpPosts(rows)
    later = made.batches(range(rows, 3 * rows), batch)
    store = open_store(Settings(data_dir=folder))

    def import_on() -> None:
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            incoming = next(later)
            with writing(store.engine) as connection:
                writes.save(connection, incoming, source="files", keys=store.keys, now=utc_now())

    beside = _ninety_fifth(folder, import_on)
    _print("a reader beside an import, p95", f"{beside:.1f} ms", f"alone {alone:.1f} ms", beside / alone, "×", 1.5)


def _ninety_fifth(folder: Path, meanwhile: Callable[[], None]) -> float:
    elsewhere = multiprocessing.get_context("spawn")
    ready, done, answers = elsewhere.Event(), elsewhere.Event(), elsewhere.Queue()
    reader = elsewhere.Process(target=_read, args=(folder, ready, done, answers))
    reader.start()
    ready.wait()
    meanwhile()
    done.set()
    took = answers.get()
    reader.join()
    return float(np.percentile(took, 95))


def _read(folder: Path, ready: Any, done: Any, answers: Any) -> None:
    """Ask what the week page asks, again and again, until told; answers with the milliseconds of each."""
    store = open_store(Settings(data_dir=folder))
    with reading(store.engine) as connection:
        schools = [school.id for school in profiles.all_schools(connection)]
    questions = [question for each in (schools, schools[:1]) for question in week_questions(store, each).values()]
    ready.set()
    took: list[float] = []
    while not done.is_set():
        for question in questions:
            with reading(store.engine) as connection:
                took.append(_milliseconds(connection, question))
    answers.put(took)


def _median(connection: Connection, question: Question) -> float:
    return statistics.median(_milliseconds(connection, question) for _ in range(TIMES))


def _milliseconds(connection: Connection, question: Question) -> float:
    began = time.perf_counter()
    question(connection)
    return 1_000 * (time.perf_counter() - began)


def _print(what: str, ours: str, baseline: str, ratio: float, unit: str, target: float, *, at_least: bool = False) -> None:
    print(Line(what=what, ours=ours, baseline=baseline, ratio=ratio, unit=unit, target=target, at_least=at_least), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--batch", type=int, default=IMPORT_ROWS)
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="crestwatch-speed-") as made_for_it:
        main(asked.rows, asked.batch, asked.folder or Path(made_for_it))
