"""Files that tests hand in, and what becomes of their rows."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from collectors.files import Files, ReadOptions, read, where
from core.errors import ItemSkipped
from core.types import Post, Raw, Skipped

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def put(folder: Path, content: str | bytes, encoding: str = "utf-8") -> Path:
    """A file whose name says nothing about what is in it."""
    path = folder / "export.dat"
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def found(path: Path, **options: Any) -> list[Raw | Skipped]:
    said: dict[str, Any] = {"platform": "facebook", "now": NOW} | options
    return list(read(path, ReadOptions(**said)))


def posts(path: Path, **options: Any) -> list[Post]:
    return [Files.to_post(raw) for raw in found(path, **options) if isinstance(raw, Raw)]


def texts(path: Path, **options: Any) -> list[str]:
    return [post.text for post in posts(path, **options)]


def places(path: Path, **options: Any) -> list[str]:
    """What became of each row: where it stood, in brackets where it was left out."""
    return [f"({each.where})" if isinstance(each, Skipped) else where(each) for each in found(path, **options)]


def post_line(number: int, **more: Any) -> str:
    return json.dumps({"id": f"p{number}", "platform": "x", "text": f"Priory Vale {number}"} | more)


def outcome(path: Path) -> list[Raw | Skipped]:
    """Every outcome of a file, each Raw tried as a post."""
    rows = found(path)
    for each in rows:
        if isinstance(each, Raw):
            try:
                assert Files.to_post(each).text.strip()
            except ItemSkipped as problem:
                assert str(problem)
    return rows
