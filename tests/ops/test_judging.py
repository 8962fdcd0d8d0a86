"""`crestwatch judge posts`: line for line, whatever stands in a line, with no database and no network."""

import json
import socket
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.taxonomy import Lane, Outcome, Risk, Sentiment, Severity
from ops.judging import judge_file
from tests.ops.conftest import Command
from tests.ops.fictional import ABOUT_US, posts_file, row, schools_file

KEYS = [
    "id",
    "outcome",
    "relevant",
    "relevance",
    "abstained",
    "sentiment",
    "sentiment_scores",
    "risks",
    "risk_scores",
    "severity",
    "asks",
    "whistleblowing",
    "language",
    "lane",
    "reasons",
    "model",
]
"""In the order of docs/formats.md."""

STRANGE = {
    "empty": "",
    "blank": " \n\t ",
    "long": "Skarnby Vale Academy " * 2_400,
    "one word of 50,000": "a" * 50_000,
    "only emoji": "😀🎉❤️\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "10,000 emoji": "😡" * 10_000,
    "NUL": f"NUL \x00 {ABOUT_US}",
    "half a character": f"half \ud800 {ABOUT_US} \udfff",
    "right to left": "\u202e" + ABOUT_US,
    "another script": "مدرسة Skarnby Vale Academy جميلة",
    "deleted": "[deleted]",
}


def judged(folder: Path, lines: Path) -> list[dict[str, Any]]:
    """What comes out for a file, line by line."""
    out = folder / "out.jsonl"
    judge_file(lines, schools_file(folder), out)
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


def check(said: dict[str, Any]) -> None:
    """A judged line has the documented keys, with values of the documented kinds."""
    assert list(said) == KEYS
    assert said["outcome"] in set(Outcome)
    assert 0 <= said["relevance"] <= 1
    assert said["relevant"] is (said["relevance"] >= 0.5)
    assert said["abstained"] is None or isinstance(said["abstained"], str)
    assert said["sentiment"] in set(Sentiment)
    assert set(said["sentiment_scores"]) == set(Sentiment)
    assert set(said["risks"]) <= set(Risk)
    assert set(said["risk_scores"]) == set(Risk)
    assert said["severity"] in set(Severity)
    assert said["lane"] in set(Lane)
    assert said["reasons"]
    assert all(list(reason) == ["feature", "score", "sentence"] for reason in said["reasons"])
    assert said["model"]


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE)
def test_any_text_gets_a_label(tmp_path: Path, text: str) -> None:
    (said,) = judged(tmp_path, posts_file(tmp_path / "posts.jsonl", [row(1, text)]))
    check(said)
    assert said["id"] == "p1"


def test_what_the_post_says_decides(tmp_path: Path) -> None:
    rows = [row(1), row(2, "Lovely morning at the bus stop"), row(3, "")]
    ours, other, nothing = judged(tmp_path, posts_file(tmp_path / "posts.jsonl", rows))
    assert (ours["outcome"], ours["relevant"], ours["sentiment"], ours["lane"]) == ("ours", True, "positive", "praise")
    assert (other["outcome"], other["relevant"], other["lane"]) == ("not_ours", False, "noise")
    assert nothing["outcome"] == "not_ours"


def test_only_the_text_is_needed_and_what_stands_beside_it_counts(tmp_path: Path) -> None:
    bare = {"id": 7, "school_id": "sva", "text": "Skarnby Vale"}
    near = {**bare, "author": {"handle": "rowan", "name": None, "bio": None, "location": "Skarnby"}, "created_at": "some day"}
    alone, placed = judged(tmp_path, posts_file(tmp_path / "posts.jsonl", [bare, near]))
    assert alone["id"] == 7
    assert placed["relevance"] > alone["relevance"]


def test_bad_lines_keep_their_place(command: Command, data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("it opened a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    good = [json.dumps(row(number)) for number in range(3)]
    bad = ['{"id": broken', "[1]", json.dumps({**row(4), "school_id": "nobody"}), json.dumps({"id": "p5", "school_id": "sva"})]
    lines, out = tmp_path / "posts.jsonl", tmp_path / "out.jsonl"
    lines.write_text("\n".join([good[0], bad[0], good[1], *bad[1:], good[2]]), encoding="utf-8")
    said = command("judge", "posts", lines, "--schools", schools_file(tmp_path), "--out", out)
    found = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert said.status == 1
    assert [line.split(":")[0] for line in said.err.splitlines()] == ["line 2", "line 4", "line 5", "line 6"]
    assert [each.get("id") for each in found] == ["p0", None, "p1", None, "p4", "p5", "p2"]
    assert [each.get("line") for each in found] == [None, 2, None, 4, 5, 6, None]
    assert [list(each) for each in found if "error" in each] == [
        ["line", "error"],
        ["line", "error"],
        ["id", "line", "error"],
        ["id", "line", "error"],
    ]
    assert not data_dir.exists()


def test_a_file_without_bad_lines_is_status_0(command: Command, data_dir: Path, tmp_path: Path) -> None:
    lines, out = posts_file(tmp_path / "posts.jsonl", [row(n) for n in range(1200)]), tmp_path / "out.jsonl"
    said = command("judge", "posts", lines, "--schools", schools_file(tmp_path), "--out", out)
    assert (said.status, said.out, said.err) == (0, "", "")
    assert [json.loads(line)["id"] for line in out.read_text(encoding="utf-8").splitlines()] == [f"p{n}" for n in range(1200)]
    assert not data_dir.exists()


@pytest.mark.parametrize("name", ["posts.jsonl", "schools.json"])
def test_nothing_that_is_read_is_overwritten(command: Command, tmp_path: Path, name: str) -> None:
    schools, lines = schools_file(tmp_path), posts_file(tmp_path / "posts.jsonl", [row(1)])
    before = (tmp_path / name).read_bytes()
    assert command("judge", "posts", lines, "--schools", schools, "--out", tmp_path / name).status == 1
    assert (tmp_path / name).read_bytes() == before


def test_a_folder_that_is_not_there_is_said(command: Command, tmp_path: Path) -> None:
    schools, lines = schools_file(tmp_path), posts_file(tmp_path / "posts.jsonl", [row(1)])
    said = command("judge", "posts", lines, "--schools", schools, "--out", tmp_path / "none" / "out.jsonl")
    assert (said.status, said.err.count("\n")) == (1, 1)


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=5,
    ),
    st.sampled_from(["id", "school_id", "platform", "community", "author", "text", "created_at", "reply_to", "url"]),
)
def test_whatever_a_field_holds_one_line_comes_out(tmp_path_factory: pytest.TempPathFactory, value: object, field: str) -> None:
    folder = tmp_path_factory.mktemp("judged")
    (said,) = judged(folder, posts_file(folder / "posts.jsonl", [{**row(1), field: value}]))
    assert "error" in said or list(said) == KEYS
