"""The project's own corpus: made-up schools, posts about them and their namesakes, labelled (see its card)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.profile import read_school
from core.types import Author, Mention, Post, School

CORPUS = Path(__file__).with_name("corpus")
Line = dict[str, Any]
"""A labelled post as it was written."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A post beside a school, with the whole line it was written in (relevant, sentiment, risks, severity, note)."""

    mention: Mention
    line: dict[str, Any]


def schools(folder: Path = CORPUS) -> list[School]:
    """The made-up schools, by id."""
    return [read_school(json.loads(file.read_text(encoding="utf-8"))) for file in sorted(folder.glob("*/school.json"))]


def posts(school: School, folder: Path = CORPUS) -> Iterator[Labelled]:
    """The labelled posts of one school."""
    for line in _lines(folder / school.id / "posts.jsonl"):
        yield Labelled(Mention(post=read_post(line), school=school), line)


def accounts(school: School, folder: Path = CORPUS) -> list[dict[str, Any]]:
    """The labelled accounts around one school."""
    return list(_lines(folder / school.id / "accounts.jsonl"))


def read_post(line: dict[str, Any]) -> Post:
    """A line of `posts.jsonl` as a post."""
    author = line.get("author") or {}
    created = datetime.fromisoformat(line["created_at"]).astimezone(UTC)
    return Post(
        platform=line["platform"],
        native_id=line["id"],
        text=line["text"],
        created_at=created,
        retrieved_at=created,
        community=line.get("community") or None,
        reply_to=line.get("reply_to") or None,
        author=Author(**{name: author.get(name) or None for name in ("handle", "name", "bio", "location")}),
    )


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    for line in file.read_text(encoding="utf-8").split("\n"):
        if line.strip():
            yield json.loads(line)
