"""Whether a store is sound: everything in it agrees with everything else, whatever happened to the process that wrote it."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, select

from collectors.reddit import Reddit
from core.taxonomy import Sentiment
from core.types import Json
from store.bodies import unpacked
from store.engine import reading, writing
from store.ids import day_of
from store.store import Store
from store.tables import cursors, daily, judgements, payloads, post_keys, posts
from store.tables import runs as runs_table
from tests.ops.fake_source import FakeSource


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The native ids there are, what is wrong in words, and how many posts are there more than once."""

    there: frozenset[str]
    wrong: tuple[str, ...]
    doubled: int


def state(store: Store) -> State:
    """Look through a store that holds made-up posts of the school `sva` and nothing else."""
    with reading(store.engine) as connection:
        said = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
        keys = connection.execute(select(post_keys.c.post_id, post_keys.c.native_id)).all()
        bodies = connection.execute(select(payloads.c.post_id, payloads.c.body)).all()
        texts = connection.scalars(select(posts.c.text)).all()
        ids = set(connection.scalars(select(posts.c.id)))
        checks = {
            "the database is damaged": said == "ok",
            "a reference leads nowhere": not connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall(),
            "posts and their keys differ": ids == {row.post_id for row in keys},
            "posts and their payloads differ": ids == {row.post_id for row in bodies},
            "a payload cannot be read": all(json.loads(unpacked(row.body)) for row in bodies),
            "the daily counts are not the posts": _counted(connection) == _recounted(connection),
            "the runs’ counts are not the posts": sum(connection.scalars(select(runs_table.c.stored))) == len(ids),
            "the cursor is not where the posts end": _cursor_fits(connection, {row.native_id for row in keys}),
        }
    with writing(store.engine) as connection:
        connection.exec_driver_sql("INSERT INTO posts_fts(posts_fts, rank) VALUES ('integrity-check', 1)")
    wrong = tuple(words for words, right in checks.items() if not right)
    return State(there=frozenset(row.native_id for row in keys), wrong=wrong, doubled=len(texts) - len(set(texts)))


def _cursor_fits(connection: Connection, there: set[str]) -> bool:
    """A cursor stands behind all that was stored, whatever it had come to. An import has none."""
    found = connection.execute(select(cursors.c.source, cursors.c.cursor)).all()
    if not found:
        return True if not there else connection.scalar(select(runs_table.c.source).limit(1)) == "files"
    return all(_FITS[row.source](row.cursor, there) for row in found if row.source in _FITS)


def _fake_fits(cursor: Json, there: set[str]) -> bool:
    """Up to the number in the cursor all is there, and nothing else."""
    return there == {f"n{number}" for number in range(cursor["next"]) if number % 100 != 99}


def _reddit_fits(cursor: Json, there: set[str]) -> bool:
    """Below the newest post that a list names all is there; what is there above came in a run that was cut short."""
    newest = [int(names[0].removeprefix("t3_")) for names in cursor["newest"].values() if names]
    return {f"t3_{number}" for number in range(1, max(newest, default=0) + 1) if number % 100 != 99} <= there


_FITS: dict[str, Callable[[Json, set[str]], bool]] = {FakeSource.name: _fake_fits, Reddit.name: _reddit_fits}


def _counted(connection: Connection) -> Counter[tuple[str, ...]]:
    rows = connection.execute(select(daily)).mappings()
    place = ("school_id", "day", "platform", "outcome")
    return Counter({(*(row[name] for name in place), each.value): row[each] for row in rows for each in Sentiment if row[each]})


def _recounted(connection: Connection) -> Counter[tuple[str, ...]]:
    rows = connection.execute(
        select(judgements, posts.c.platform)
        .join(posts, posts.c.id == judgements.c.post_id)
        .where(judgements.c.own == 0, judgements.c.outcome != "not_ours")
    )
    return Counter((row.school_id, day_of(row.post_id).isoformat(), row.platform, row.outcome, row.sentiment) for row in rows)
