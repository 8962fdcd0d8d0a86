"""The commands about what is kept: signed, looked through, backed up and brought back, in words and in JSON."""

import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from casework.purpose import NOT_SIGNED, SUGGESTED
from core.settings import settings
from core.weeks import utc_now
from tests.ops.conftest import Command, Said
from tests.ops.fictional import ABOUT_US, SIGN, posts_file, row, schools_file


def _one_line(said: Said) -> str:
    assert (said.status, said.out, said.err.count("\n")) == (1, "", 1), said
    return said.err.strip()


@pytest.fixture
def posts(command: Command, tmp_path: Path, data_dir: Path) -> list[str]:
    """Two posts, of which one may be kept for a year; what says how they stand."""
    schools = schools_file(tmp_path)
    command("import", posts_file(tmp_path / "one.jsonl", [row(1)]), "--schools", schools)
    until = f"{utc_now() + timedelta(days=365):%Y-%m-%d}"
    command("import", posts_file(tmp_path / "two.jsonl", [row(2, f"{ABOUT_US} again")]), "--keep-until", until)
    return [ABOUT_US, f"{ABOUT_US} again"]


def _texts(data_dir: Path) -> list[str]:
    with closing(sqlite3.connect(data_dir / "crestwatch.sqlite")) as database:
        return [text for (text,) in database.execute("SELECT text FROM posts ORDER BY id")]


def _age(data_dir: Path, days: float) -> None:
    """Let everything have been stored earlier."""
    with closing(sqlite3.connect(data_dir / "crestwatch.sqlite")) as database, database:
        database.execute("UPDATE posts SET stored_at = stored_at - ?", (round(days * 24 * 60 * 60 * 1_000_000),))


def test_before_it_is_signed_it_says_so(command: Command) -> None:
    assert command("purpose") == Said(0, f"{NOT_SIGNED}\n", "")
    assert command("purpose", "--json").out == "null\n"


def test_what_was_signed_is_said(command: Command) -> None:
    assert command(*SIGN, "--days", "14", "--assessment", "S drive") == Said(0, "Signed. Sources may be asked.\n", "")

    first, *rest = command("purpose").out.splitlines()
    assert first.startswith("Signed ")
    assert first.endswith(" by Ada Marsh for Skarnby Learning Trust.")
    assert rest == [
        SUGGESTED,
        "Public task – Art. 6(1)(e): academies, trusts and maintained schools",
        "Kept 14 days. People are told at https://skarnby.example/listening.",
    ]
    said = json.loads(command("purpose", "--json").out)
    assert said.pop("signed_at").endswith("+00:00")
    assert said == {
        "by": "This computer",
        "controller": "Skarnby Learning Trust",
        "purpose": SUGGESTED,
        "basis": "public_task",
        "days": 14,
        "notice": "https://skarnby.example/listening",
        "signed_by": "Ada Marsh",
        "assessment": "S drive",
    }


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--days", "31"], "Posts may be kept for 1 to 30 days, not 31."),
        (["--basis", "consent"], "“consent” is no lawful basis for this."),
        (["--notice", "ask Ada"], "Say where people are told of this"),
        (["--controller", ""], "The page does not say who is responsible."),
        (["--role", "communications"], "This is signed by: Headteacher, "),
    ],
)
def test_what_cannot_be_signed_is_said_in_one_line(command: Command, more: list[str], says: str) -> None:
    assert _one_line(command(*SIGN, *more)).startswith(says)
    assert command("purpose", "--json").out == "null\n"


@pytest.mark.parametrize("arguments", [("purpose", "sign"), (*SIGN, "--role", "emperor"), ("retain", "--now", "2026-11-20")])
def test_wrong_use_is_status_2(command: Command, arguments: tuple[str, ...]) -> None:
    said = command(*arguments)
    assert (said.status, said.out) == (2, "")
    assert "Error: " in said.err


def test_what_would_go_on_a_day_is_said_and_nothing_goes(command: Command, data_dir: Path, posts: list[str]) -> None:
    database = data_dir / "crestwatch.sqlite"
    before = database.read_bytes()
    for days, number in ((29, 0), (32, 1), (400, 2)):
        day = f"{utc_now() + timedelta(days=days):%Y-%m-%d}"
        said = command("retain", "--dry-run", "--now", day)
        assert said == Said(0, f"{number} posts would lose their words and authors, 0 uploads would go.\n", "")
    answer = json.loads(command("retain", "--dry-run", "--json").out)
    assert answer == {"posts": 0, "uploads": 0, "days": 30}
    assert database.read_bytes() == before
    assert _texts(data_dir) == posts


def test_what_is_over_its_time_goes(command: Command, data_dir: Path, posts: list[str]) -> None:
    assert command("retain").out.startswith("0 posts lost their words and authors, 0 pictures and 0 uploads went;")
    _age(data_dir, 30)

    said = json.loads(command("retain", "--json").out)

    assert said == {"posts": 1, "pictures": 0, "reports": 0, "uploads": 0, "backups": 0, "days": 30}
    assert _texts(data_dir) == ["", posts[1]]


def test_an_import_until_a_day_that_is_over_goes_at_the_next_pass(command: Command, tmp_path: Path, data_dir: Path) -> None:
    file = posts_file(tmp_path / "posts.jsonl", [row(1)])
    command("import", file, "--schools", schools_file(tmp_path), "--keep-until", f"{utc_now() - timedelta(days=1):%Y-%m-%d}")
    assert _texts(data_dir) == [ABOUT_US]
    assert json.loads(command("retain", "--json").out)["posts"] == 1
    assert json.loads(command("import", file, "--json").out)["stored"] == 0
    assert _texts(data_dir) == [""]


def test_a_backup_is_brought_back_without_what_is_over_its_time(
    command: Command, tmp_path: Path, data_dir: Path, posts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _age(data_dir, 30)
    file = tmp_path / "safe.zip"
    made = json.loads(command("backup", file, "--json").out)
    assert (made["path"], made["rows"]["posts"], made["bytes"]) == (str(file), 2, file.stat().st_size)
    assert _one_line(command("backup", file)).endswith("Choose another name.")
    assert "Keep it like the keys" in command("backup", tmp_path / "other.zip").out

    monkeypatch.setenv("CRESTWATCH_DATA_DIR", str(tmp_path / "new"))
    settings.cache_clear()
    assert command("restore", file) == Said(0, "2 posts are back, with everything around them.\n", "")
    assert _texts(tmp_path / "new") == ["", posts[1]]
    assert "There is something in the database already" in _one_line(command("restore", file))


def test_a_backup_of_here_loses_what_is_over_its_time_here(
    command: Command, tmp_path: Path, data_dir: Path, posts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    command("backup", tmp_path / "safe.zip")
    _age(data_dir, 29)
    with closing(sqlite3.connect(data_dir / "crestwatch.sqlite")) as database, database:
        database.execute("UPDATE posts SET gone_at = 1, text = '' WHERE text = ?", (posts[0],))

    assert command("retain").out.endswith("1 backups were thinned.\n")

    monkeypatch.setenv("CRESTWATCH_DATA_DIR", str(tmp_path / "new"))
    settings.cache_clear()
    assert command("restore", tmp_path / "safe.zip").status == 0
    assert _texts(tmp_path / "new") == ["", posts[1]]
