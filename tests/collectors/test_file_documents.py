"""JSON files of posts: lines, lists, and answers of platforms as they came."""

import json
import tracemalloc
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.file_lines import LONGEST
from collectors.files import Files, where
from core.errors import BadInput, ItemSkipped
from core.types import Raw, Skipped
from tests.collectors.handed_in import NOW, found, outcome, places, post_line, posts, put, texts


def test_posts_in_our_own_form(tmp_path: Path) -> None:
    author = {"handle": "@rosa", "name": "Rosa", "bio": "two kids", "location": "Harrowmere"}
    line = post_line(1, author=author, community="r/Harrowmere", created_at="2026-11-17T18:04:09Z", platform="reddit")
    (post,) = posts(put(tmp_path, line))
    assert (post.platform, post.native_id, post.community, post.retrieved_at) == ("reddit", "p1", "r/Harrowmere", NOW)
    assert (post.author.handle, post.author.bio, post.author.location) == ("rosa", "two kids", "Harrowmere")


def test_bad_lines_are_left_out_by_number(tmp_path: Path) -> None:
    lines = [post_line(1), "{broken", "", "[1]", "7", post_line(6), "[" * 100_000, '{"id": ' + "9" * 5_000 + "}", post_line(9)]
    file = put(tmp_path, "\n".join(lines))
    assert places(file) == ["line 1", "(line 2)", "(line 4)", "(line 5)", "line 6", "(line 7)", "(line 8)", "line 9"]
    reasons = {each.where: each.reason for each in found(file) if isinstance(each, Skipped)}
    assert reasons["line 2"].startswith("It is not JSON (")
    assert reasons["line 4"] == "It is not a JSON object with the fields of a post."


def test_a_first_line_that_is_broken_or_too_long_does_not_hide_the_rest(tmp_path: Path) -> None:
    assert places(put(tmp_path, "{broken\n" + post_line(2))) == ["(line 1)", "line 2"]
    assert places(put(tmp_path, post_line(1, text="x" * LONGEST) + "\n" + post_line(2))) == ["(line 1)", "line 2"]
    assert places(put(tmp_path, "{broken")) == ["(line 1)"]


def test_a_long_line_is_never_held_in_memory(tmp_path: Path) -> None:
    file = put(tmp_path, post_line(1) + '\n{"text": "' + "x" * 40_000_000 + '"}\n' + post_line(3))
    tracemalloc.start()
    assert places(file) == ["line 1", "(line 2)", "line 3"]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000


def test_a_reddit_dump(tmp_path: Path) -> None:
    same: dict[str, Any] = {"permalink": "/r/HarrowmereVale/comments/1hmq010/x/", "created_utc": 1794800000, "author": "u_1"}
    post = same | {
        "kind": "post",
        "id": "t3_1hmq010",
        "title": "Open evening?",
        "text": "This week?",
        "retrieved_utc": 1795000000,
    }
    comment = same | {"kind": "comment", "id": "t1_lx1", "text": "[removed]"}
    one, two = found(put(tmp_path, json.dumps(post) + "\n" + json.dumps(comment)), platform=None)
    assert isinstance(one, Raw)
    assert isinstance(two, Raw)
    told = Files.to_post(one)
    assert (told.platform, told.community, told.text) == ("reddit", "r/HarrowmereVale", "Open evening?\n\nThis week?")
    assert told.url == "https://www.reddit.com/r/HarrowmereVale/comments/1hmq010/x/"
    assert told.retrieved_at == datetime.fromtimestamp(1795000000, UTC)
    with pytest.raises(ItemSkipped, match="deleted or removed"):
        Files.to_post(two)


def test_a_time_of_retrieval_that_cannot_be_is_now(tmp_path: Path) -> None:
    for stated in ("2027-01-01T00:00:00Z", "2026-11-17 18:04", "never", 5):
        assert posts(put(tmp_path, post_line(1, retrieved_at=stated)))[0].retrieved_at == NOW


def test_an_export_s_own_names_may_be_given_for_json_too(tmp_path: Path) -> None:
    line = json.dumps({"message": "Hello", "created_time": "2026-11-17T18:04:09+0000"})
    (post,) = posts(put(tmp_path, line), columns={"text": "message", "created_at": "created_time"})
    assert (post.text, str(post.created_at)) == ("Hello", "2026-11-17 18:04:09+00:00")


def test_to_be_judged_a_post_needs_neither_place_nor_time(tmp_path: Path) -> None:
    """`crestwatch judge posts` stores nothing, and must answer every line that has words."""
    row = {"id": "p1", "text": "Hello", "created_at": "2026-11-17 18:04"}
    raw = Raw(payload={"format": "posts", "row": row, "line": 1}, retrieved_at=NOW, tool="judge")
    with pytest.raises(ItemSkipped):
        Files.to_post(raw)
    post = Files.to_post(replace(raw, payload={**raw.payload, "judging": True}))
    assert (post.text, post.platform, post.created_at) == ("Hello", "web", None)


def listing(*things: Mapping[str, Any]) -> dict[str, Any]:
    return {"kind": "Listing", "data": {"children": list(things)}}


def thing(name: str, **more: Any) -> dict[str, Any]:
    words = {"title": f"About {name}"} if name.startswith("t3") else {"body": f"Answer {name}"}
    return {"kind": name[:2], "data": {"name": name, "subreddit": "HarrowmereVale", "created_utc": 1794800000.0} | words | more}


X_PAGE: dict[str, Any] = {
    "data": [
        {"id": "1990000000000000001", "text": "One", "author_id": "12", "created_at": "2026-11-16T08:00:00.000Z"},
        {"id": "1990000000000000002", "text": "Two", "author_id": "13", "created_at": "2026-11-16T09:00:00.000Z"},
    ],
    "includes": {"users": [{"id": "12", "username": "fan", "name": "Fan"}, {"id": ["odd"]}, "odd"]},
    "meta": {"newest_id": "1990000000000000002", "result_count": 2},
}


@pytest.mark.parametrize("indent", [None, 0, 2])
def test_a_page_of_x(indent: int | None, tmp_path: Path) -> None:
    one, two = posts(put(tmp_path, json.dumps(X_PAGE, indent=indent)), platform=None)
    assert (one.platform, one.native_id, one.author.handle) == ("x", "1990000000000000001", "fan")
    assert (two.text, two.author.handle, two.author.native_id) == ("Two", None, "13")


def test_pages_one_a_line(tmp_path: Path) -> None:
    file = put(tmp_path, json.dumps(X_PAGE) + "\n" + json.dumps(X_PAGE | {"data": X_PAGE["data"][0]}))
    assert places(file) == ["line 1, item 1", "line 1, item 2", "line 2, item 1"]


@pytest.mark.parametrize("indent", [None, 2])
def test_listings_of_reddit(indent: int | None, tmp_path: Path) -> None:
    reply = thing("t1_b", replies="")
    comments = listing(thing("t1_a", replies=listing(reply)), {"kind": "more", "data": {"count": 9}})
    both = [listing(thing("t3_1")), comments]
    assert [post.native_id for post in posts(put(tmp_path, json.dumps(both, indent=indent)))] == ["t3_1", "t1_a", "t1_b"]
    assert texts(put(tmp_path, json.dumps(both[0], indent=indent))) == ["About t3_1"]
    assert texts(put(tmp_path, json.dumps(thing("t3_2"), indent=indent))) == ["About t3_2"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_list_is_read_an_element_at_a_time(encoding: str, tmp_path: Path) -> None:
    elements = [json.loads(post_line(number, text=f"Café {number} " + "x" * (number % 900))) for number in range(500)]
    file = put(tmp_path, json.dumps(elements, ensure_ascii=False, indent=1), encoding)
    rows = found(file)
    lines = file.read_text(encoding).splitlines()
    assert [Files.to_post(raw).native_id for raw in rows if isinstance(raw, Raw)] == [f"p{number}" for number in range(500)]
    assert all(lines[int(where(raw).split()[1]) - 1] == " {" for raw in rows if isinstance(raw, Raw))


@pytest.mark.parametrize(
    ("content", "outcome"),
    [
        ("[]", []),
        ("[ 1, {}, []]", ["(line 1)", "line 1", "(line 1)"]),
        ("[{},\n{}", ["line 1", "line 2", "(line 2)"]),
        ("[{}\n{}]", ["line 1", "(line 2)"]),
        ("[{},\n{broken},\n{}]", ["line 1", "(line 2)"]),
        ("[{}]\n[{}]", ["line 1", "(line 2)"]),
        ("[", ["(line 1)"]),
        ("[" * 100_000, ["(line 1)"]),
    ],
)
def test_a_list_is_read_as_far_as_it_is_whole(content: str, outcome: list[str], tmp_path: Path) -> None:
    assert places(put(tmp_path, content)) == outcome


@pytest.mark.parametrize("content", ['{\n"data": [\n{"id": "1"},', '{\n "text": "x"\n}\n,\n', "{\n" + "x" * 100])
def test_an_object_that_breaks_off_is_refused(content: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="looks like JSON but"):
        found(put(tmp_path, content))


LINES = [post_line(1), post_line(2, text=""), "{", "[]", "null", '"', "{}", "", "  ", "\u2028"]


@given(lines=st.lists(st.sampled_from(LINES), max_size=12))
def test_every_line_of_json_ends_as_one_outcome(lines: Sequence[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "lines.jsonl"
    path.write_text("\n".join([post_line(0), *lines]), encoding="utf-8")
    numbers = [place.strip("()").removeprefix("line ") for place in places(path)]
    assert numbers == ["1"] + [str(number) for number, line in enumerate(lines, 2) if line.strip()]
    outcome(path)
