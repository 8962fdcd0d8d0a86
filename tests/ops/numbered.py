"""Numbered posts, and what of them is stored."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from benchmarks.soundness import state
from core.settings import Settings
from store.store import open_store
from tests.ops.fictional import posts_file, row
from tests.ops.limited import Ended

DATABASE = "crestwatch.sqlite"


def posts(folder: Path, numbers: range, name: str = "posts.jsonl") -> Path:
    """A file of numbered posts."""
    rows = [row(n, f"Post {n}: lovely morning at Skarnby Vale Academy, Skarnby", platform="fake") for n in numbers]
    return posts_file(folder / name, rows)


def texts(data: Path) -> dict[str, str]:
    """What is stored, by the platform's id, read past the program."""
    with closing(sqlite3.connect(data / DATABASE)) as database:
        return dict(database.execute("SELECT native_id, text FROM posts JOIN post_keys ON post_keys.post_id = posts.id"))


def whole(numbers: range) -> dict[str, str]:
    """What is stored once these posts are."""
    return {f"p{n}": f"Post {n}: lovely morning at Skarnby Vale Academy, Skarnby" for n in numbers}


def sentence(ended: Ended) -> str:
    """The one sentence of a command that failed."""
    assert ended.status == 1, ended
    assert ended.out == ""
    said = [line for line in ended.err.splitlines() if not line.endswith("lines read")]
    assert len(said) == 1, ended
    assert re.fullmatch(r"[A-Z/“].*\.", said[0]), said
    return said[0]


def sound(data: Path) -> None:
    """Everything in the store agrees with everything else, and nothing is there twice."""
    store = open_store(Settings(data_dir=data))
    seen = state(store)
    store.engine.dispose()
    assert (seen.wrong, seen.doubled) == ((), 0)
