"""A school that does not exist and posts about it, for the tests of this folder."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from casework import purpose
from casework.purpose import SUGGESTED, Statement
from core.taxonomy import Role
from store.store import Store
from tests.server import environment

COMMAND = Path(sys.executable).with_name("crestwatch")
SCHOOL = {"id": "sva", "name": "Skarnby Vale Academy", "short_names": ["Skarnby Vale"], "town": "Skarnby"}
ABOUT_US = "Lovely morning at Skarnby Vale Academy, Skarnby"
SIGN = (
    *("purpose", "sign", "--controller", "Skarnby Learning Trust", "--basis", "public_task"),
    *("--notice", "https://skarnby.example/listening", "--name", "Ada Marsh"),
)
"""What is typed to sign the purpose."""


def statement(**facts: Any) -> Statement:
    """A purpose as it may be signed, changed where the test says so."""
    known: dict[str, Any] = {
        "controller": "Skarnby Learning Trust",
        "purpose": SUGGESTED,
        "basis": "public_task",
        "days": 30,
        "notice": "https://skarnby.example/listening",
        "signed_by": "Ada Marsh",
    }
    return Statement(**{**known, **facts})


def signed(store: Store, *, days: int = 30) -> Store:
    """The store after the head signed why it looks, so that sources may be asked."""
    purpose.sign(store, statement(days=days), by="Ada", role=Role.HEAD, now=datetime(2026, 11, 2, 8, tzinfo=UTC))
    return store


def schools_file(folder: Path, *more: dict[str, Any]) -> Path:
    """A schools.json with the school, and others if told."""
    path = folder / "schools.json"
    path.write_text(json.dumps([SCHOOL, *more]), encoding="utf-8")
    return path


def row(number: int, text: str = ABOUT_US, **more: Any) -> dict[str, Any]:
    """A line of posts.jsonl."""
    when = f"2026-11-{1 + number % 15:02d}T09:{number % 60:02d}:00Z"
    return {"id": f"p{number}", "school_id": "sva", "platform": "x", "text": text, "created_at": when, **more}


def posts_file(path: Path, rows: list[dict[str, Any]]) -> Path:
    """Posts as JSON lines; a lone surrogate is written as its escape."""
    path.write_text("".join(json.dumps(each) + "\n" for each in rows), encoding="utf-8")
    return path


def crestwatch(data_dir: Path, *arguments: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
    """The installed command in a process of its own."""
    return subprocess.run(
        [COMMAND, *arguments],
        env=environment(data_dir, **env),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
        cwd=os.path.sep,
    )
