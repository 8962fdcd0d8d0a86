"""Files people import, read from real files of made-up posts."""

import csv
import io
import json
import os
import tracemalloc
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.file_lines import LONGEST
from collectors.files import Files, ReadOptions, read, where
from core.errors import BadInput, ItemSkipped, NotConfigured
from core.types import Batch, Post, Query, Raw, Skipped

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ALL = Query(key="all")
Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Writes a file. Its name says nothing about what is in it."""

    def write(content: str | bytes, encoding: str = "utf-8", name: str = "export.dat") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write


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


# Tables


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_tables_of_every_kind(delimiter: str, encoding: str, ending: str, make: Make) -> None:
    rows = [["Post ID", "Message", "Created"], ["1", "“Café”, £5; lovely", "2026-11-17T18:04:09Z"], ["2", "Two\nlines", ""]]
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter, lineterminator="\n").writerows(rows)
    one, two = posts(make(written.getvalue().replace("\n", ending), encoding))
    assert (one.native_id, one.text, str(one.created_at)) == ("1", "“Café”, £5; lovely", "2026-11-17 18:04:09+00:00")
    assert (two.native_id, two.text, two.created_at) == ("2", "Two\nlines", None)


def test_the_byte_orders_of_utf_16(make: Make) -> None:
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        assert texts(make(mark + "text\nĊafé 👏\n".encode(encoding))) == ["Ċafé 👏"]


def test_a_single_odd_byte_spoils_one_line_only(make: Make) -> None:
    assert texts(make("text\ncafé\n".encode() + b"caf\xe9 \x81\n" + "👏\n".encode())) == ["café", "café \ufffd", "👏"]


def test_what_exports_call_their_columns(make: Make) -> None:
    head = (
        "Tweet_ID,Full Text,Date Posted,User Name,Author Name,Network,Permalink,Group,Like Count,Retweets,Comments,Impressions"
    )
    row = "77,Hello,17/11/2026 18:04,@rosa,Rosa,Twitter,https://x.example/77,Parents,5,6,7,8"
    (post,) = posts(make(f"{head}\n{row}\n"), platform=None, zone="Europe/London")
    assert (post.platform, post.native_id, post.text, post.url) == ("x", "77", "Hello", "https://x.example/77")
    assert (post.author.handle, post.author.name, post.community) == ("rosa", "Rosa", "Parents")
    assert (post.reach.likes, post.reach.shares, post.reach.replies, post.reach.views) == (5, 6, 7, 8)
    assert str(post.created_at) == "2026-11-17 18:04:00+00:00"


def test_a_column_called_author_is_a_name_where_there_is_a_handle(make: Make) -> None:
    (post,) = posts(make("author,username,text\nRosa,rosa7,Hello\n"))
    assert (post.author.handle, post.author.name) == ("rosa7", "Rosa")


def test_a_person_may_say_which_column_is_what(make: Make) -> None:
    file = make("text,Was gesagt wurde,Kanal\nnote,Hallo Schule,YouTube\n")
    columns = {"text": "was gesagt wurde ", "platform": "Kanal"}
    (raw,) = (each for each in found(file, columns=columns, platform=None) if isinstance(each, Raw))
    assert Files.to_post(raw).text == "Hallo Schule"
    assert Files.to_post(raw).platform == "youtube"
    assert raw.payload["row"]["text (column 1)"] == "note"


def test_all_columns_are_kept_even_twins(make: Make) -> None:
    (raw,) = (each for each in found(make("text,Note,Note,\nHello,a,b,c\n")) if isinstance(each, Raw))
    assert raw.payload["row"] == {"text": "Hello", "Note": "a", "Note (column 3)": "b", " (column 4)": "c"}


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        ("Datum,Name der Schule\n1,2\n", {}, "Its columns are: Datum, Name der Schule. Say which"),
        ("text\nHello\n", {"columns": {"text": "Message"}}, "no column called “Message”. Its columns are: text"),
        ("text\nHello\n", {"columns": {"words": "text"}}, "cannot hold “words”. It may hold: id, title, text"),
        ("text\nHello\n", {"platform": None}, "--platform"),
        ("text\nHello\n", {"zone": "Mars"}, "--zone Europe/London"),
        ("\n\n  \n", {}, "no header"),
        ("sep=;\n", {}, "no header"),
        ("x" * (LONGEST + 2), {}, "no header"),
        ('"text\nHello', {}, "header of export.dat cannot be read"),
        ("", {}, "is empty"),
    ],
)
def test_a_table_that_is_no_table_of_posts(content: str, options: dict[str, Any], said: str, make: Make) -> None:
    with pytest.raises(BadInput, match=said.replace("(", r"\(")):
        found(make(content), **options)


def test_a_file_without_a_header_does_not_show_its_words(make: Make) -> None:
    with pytest.raises(BadInput, match="must name its columns") as caught:
        found(make("My son was so happy at Priory Vale today that he cried,2026-11-17\n"))
    assert "son" not in str(caught.value).split()


def test_excel_s_note_is_no_header(make: Make) -> None:
    assert texts(make("sep=;\r\nid;text\r\n1;a, b\r\n")) == ["a, b"]


def test_lines_are_counted_as_an_editor_counts_them(make: Make) -> None:
    content = 'id,text\n1,"two\nlines"\n\n2,too,many\n3\n4,"three\r\n\r\nlines"\n5,last'
    assert places(make(content)) == ["line 2", "(line 5)", "(line 6)", "line 7", "line 10"]


def test_rows_of_another_width_say_so(make: Make) -> None:
    skipped = [each for each in found(make("id,text\n1,a,b\n2\n")) if isinstance(each, Skipped)]
    assert [each.reason for each in skipped] == [
        "It has 3 columns and the header has 2.",
        "It has 1 columns and the header has 2.",
    ]


def test_a_missing_quotation_mark_makes_no_post_of_two(make: Make) -> None:
    content = 'id,text\n1,"never closed\n2,"closed"\n3,"He said ""hi"""\n4,"open\n'
    assert places(make(content)) == ["(lines 2–3)", "line 4", "(line 5)"]
    assert texts(make(content)) == ['He said "hi"']


def test_a_quotation_mark_that_is_never_closed_does_not_eat_the_file(make: Make) -> None:
    rows = "".join(f"{number},{'x' * 100}\n" for number in range(5_000))
    kept = texts(make(f'id,text\n0,"open\n{rows}'))
    assert len(kept) > 3_000


def test_long_lines_of_a_table_are_left_out(make: Make) -> None:
    assert places(make(f"id,text\n1,{'x' * LONGEST}\n2,b\n3,c{'x' * 131_072}\n")) == ["(line 2)", "line 3", "(line 4)"]


# One JSON object a line


def test_posts_in_our_own_form(make: Make) -> None:
    author = {"handle": "@rosa", "name": "Rosa", "bio": "two kids", "location": "Harrowmere"}
    line = post_line(1, author=author, community="r/Harrowmere", created_at="2026-11-17T18:04:09Z", platform="reddit")
    (post,) = posts(make(line))
    assert (post.platform, post.native_id, post.community, post.retrieved_at) == ("reddit", "p1", "r/Harrowmere", NOW)
    assert (post.author.handle, post.author.bio, post.author.location) == ("rosa", "two kids", "Harrowmere")


def test_bad_lines_are_left_out_by_number(make: Make) -> None:
    lines = [post_line(1), "{broken", "", "[1]", "7", post_line(6), "[" * 100_000, '{"id": ' + "9" * 5_000 + "}", post_line(9)]
    file = make("\n".join(lines))
    assert places(file) == ["line 1", "(line 2)", "(line 4)", "(line 5)", "line 6", "(line 7)", "(line 8)", "line 9"]
    reasons = {each.where: each.reason for each in found(file) if isinstance(each, Skipped)}
    assert reasons["line 2"].startswith("It is not JSON (")
    assert reasons["line 4"] == "It is not a JSON object with the fields of a post."


def test_a_first_line_that_is_broken_or_too_long_does_not_hide_the_rest(make: Make) -> None:
    assert places(make("{broken\n" + post_line(2))) == ["(line 1)", "line 2"]
    assert places(make(post_line(1, text="x" * LONGEST) + "\n" + post_line(2))) == ["(line 1)", "line 2"]
    assert places(make("{broken")) == ["(line 1)"]


def test_a_long_line_is_never_held_in_memory(make: Make) -> None:
    file = make(post_line(1) + '\n{"text": "' + "x" * 40_000_000 + '"}\n' + post_line(3))
    tracemalloc.start()
    assert places(file) == ["line 1", "(line 2)", "line 3"]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000


def test_a_reddit_dump(make: Make) -> None:
    same: dict[str, Any] = {"permalink": "/r/HarrowmereVale/comments/1hmq010/x/", "created_utc": 1794800000, "author": "u_1"}
    post = same | {
        "kind": "post",
        "id": "t3_1hmq010",
        "title": "Open evening?",
        "text": "This week?",
        "retrieved_utc": 1795000000,
    }
    comment = same | {"kind": "comment", "id": "t1_lx1", "text": "[removed]"}
    one, two = found(make(json.dumps(post) + "\n" + json.dumps(comment)), platform=None)
    assert isinstance(one, Raw)
    assert isinstance(two, Raw)
    told = Files.to_post(one)
    assert (told.platform, told.community, told.text) == ("reddit", "r/HarrowmereVale", "Open evening?\n\nThis week?")
    assert told.url == "https://www.reddit.com/r/HarrowmereVale/comments/1hmq010/x/"
    assert told.retrieved_at == datetime.fromtimestamp(1795000000, UTC)
    with pytest.raises(ItemSkipped, match="deleted or removed"):
        Files.to_post(two)


def test_a_time_of_retrieval_that_cannot_be_is_now(make: Make) -> None:
    for stated in ("2027-01-01T00:00:00Z", "2026-11-17 18:04", "never", 5):
        assert posts(make(post_line(1, retrieved_at=stated)))[0].retrieved_at == NOW


def test_an_export_s_own_names_may_be_given_for_json_too(make: Make) -> None:
    line = json.dumps({"message": "Hello", "created_time": "2026-11-17T18:04:09+0000"})
    (post,) = posts(make(line), columns={"text": "message", "created_at": "created_time"})
    assert (post.text, str(post.created_at)) == ("Hello", "2026-11-17 18:04:09+00:00")


# JSON in one piece


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
def test_a_page_of_x(indent: int | None, make: Make) -> None:
    one, two = posts(make(json.dumps(X_PAGE, indent=indent)), platform=None)
    assert (one.platform, one.native_id, one.author.handle) == ("x", "1990000000000000001", "fan")
    assert (two.text, two.author.handle, two.author.native_id) == ("Two", None, "13")


def test_pages_one_a_line(make: Make) -> None:
    file = make(json.dumps(X_PAGE) + "\n" + json.dumps(X_PAGE | {"data": X_PAGE["data"][0]}))
    assert places(file) == ["line 1, item 1", "line 1, item 2", "line 2, item 1"]


@pytest.mark.parametrize("indent", [None, 2])
def test_listings_of_reddit(indent: int | None, make: Make) -> None:
    reply = thing("t1_b", replies="")
    comments = listing(thing("t1_a", replies=listing(reply)), {"kind": "more", "data": {"count": 9}})
    both = [listing(thing("t3_1")), comments]
    assert [post.native_id for post in posts(make(json.dumps(both, indent=indent)))] == ["t3_1", "t1_a", "t1_b"]
    assert texts(make(json.dumps(both[0], indent=indent))) == ["About t3_1"]
    assert texts(make(json.dumps(thing("t3_2"), indent=indent))) == ["About t3_2"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_list_is_read_an_element_at_a_time(encoding: str, make: Make) -> None:
    elements = [json.loads(post_line(number, text=f"Café {number} " + "x" * (number % 900))) for number in range(500)]
    file = make(json.dumps(elements, ensure_ascii=False, indent=1), encoding)
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
def test_a_list_is_read_as_far_as_it_is_whole(content: str, outcome: list[str], make: Make) -> None:
    assert places(make(content)) == outcome


@pytest.mark.parametrize("content", ['{\n"data": [\n{"id": "1"},', '{\n "text": "x"\n}\n,\n', "{\n" + "x" * 100])
def test_an_object_that_breaks_off_is_refused(content: str, make: Make) -> None:
    with pytest.raises(BadInput, match="looks like JSON but"):
        found(make(content))


# Whatever is handed in


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "picture"),
        (b"\xff\xd8\xff\xe0", "picture"),
        (b"%PDF-1.7\n", "PDF"),
        (b"PK\x03\x04" + bytes(40), "CSV UTF-8"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "CSV UTF-8"),
        (b"\x1f\x8b\x08\x00", "Unpack it"),
        (b"SQLite format 3\x00", "database"),
        (b"{\\rtf1 hello}", "document"),
        (bytes(range(256)) * 4, "CSV UTF-8"),
        ("text\nHello\n".encode("utf-16-le"), "CSV UTF-8"),
    ],
)
def test_what_is_no_text_is_refused_kindly(content: bytes, said: str, make: Make) -> None:
    with pytest.raises(BadInput, match=f"holds no text.*{said}"):
        found(make(content, name="posts.csv"))


def test_a_workbook_is_refused_kindly(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "posts.csv", "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(BadInput, match="workbook"):
        found(tmp_path / "posts.csv")


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nothing.csv"):
        with pytest.raises(BadInput, match=f"{path.name} cannot be read"):
            found(path)


def test_without_an_id_the_same_post_has_the_same_id(make: Make) -> None:
    content = (
        "text,author,date\nHello,rosa,2026-11-17T18:04:09Z\nHello,rosa,2026-11-18T18:04:09Z\nHello,rosa,2026-11-17T18:04:09Z\n"
    )
    ids = [post.native_id for post in posts(make(content))]
    assert ids[0] == ids[2] != ids[1]
    assert ids == [post.native_id for post in posts(make(content), now=datetime(2026, 12, 1, tzinfo=UTC))]


def test_a_long_id_is_made_short(make: Make) -> None:
    assert len(posts(make(post_line(1, id="x" * 5_000)))[0].native_id) < 100


def test_what_no_database_holds_is_kept_in_the_payload_only(make: Make) -> None:
    (raw,) = (each for each in found(make(r'{"id": "1", "platform": "x", "text": "a\u0000b\ud800c"}')) if isinstance(each, Raw))
    assert raw.payload["row"]["text"] == "a\x00b\ud800c"
    assert Files.to_post(raw).text == "a\ufffdb\ufffdc"
    assert json.loads(json.dumps(raw.payload)) == raw.payload


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


TABLE_SIGNS = [b"text", b",", b";", b"\t", b'"', b"\n", b"\r", b"\x00", b"\xe9", b"1", b"\xff\xfe"]
JSON_SIGNS = [bytes([sign]) for sign in b'[]{},:"\n\\u0d8 1e-text']
BEGINNINGS = [b"", b"text\n", b"id,text\n", b"[", b"{", b"\xff\xfe", b'{"data": [', b"\xef\xbb\xbf"]


@settings(max_examples=400)
@given(
    start=st.sampled_from(BEGINNINGS),
    content=st.binary(max_size=400)
    | st.lists(st.sampled_from(TABLE_SIGNS), max_size=60).map(b"".join)
    | st.lists(st.sampled_from(JSON_SIGNS), max_size=80).map(b"".join),
)
def test_any_bytes_are_rows_or_refused(start: bytes, content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "any.dat"
    path.write_bytes(start + content)
    try:
        outcome(path)
    except BadInput as problem:
        assert str(problem).endswith(".")


CELL = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), max_size=20)


@given(rows=st.lists(st.lists(CELL, min_size=1, max_size=4), max_size=12), delimiter=st.sampled_from(",;\t"))
def test_every_row_of_a_table_ends_as_one_outcome(
    rows: Sequence[Sequence[str]], delimiter: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever the cells hold, each row comes once, in order, under the number of its first line, with its cells unchanged."""
    path = tmp_path_factory.getbasetemp() / "table.csv"
    expected: list[str] = []
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writerow(["id", "text", "note"])
        line = 2
        for row in rows:
            writer.writerow(row)
            last = line + sum(cell.count("\n") for cell in row)
            span = f"line {line}" if last == line else f"lines {line}–{last}"
            expected.append(f"line {line}" if len(row) == 3 else f"({span})")
            line = last + 1
    assert places(path) == expected
    kept = [list(raw.payload["row"].values()) for raw in outcome(path) if isinstance(raw, Raw)]
    assert kept == [list(row) for row in rows if len(row) == 3]


LINES = [post_line(1), post_line(2, text=""), "{", "[]", "null", '"', "{}", "", "  ", "\x01"]


@given(lines=st.lists(st.sampled_from(LINES), max_size=12))
def test_every_line_of_json_ends_as_one_outcome(lines: Sequence[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "lines.jsonl"
    path.write_text("\n".join([post_line(0), *lines]), encoding="utf-8")
    numbers = [place.strip("()").removeprefix("line ") for place in places(path)]
    assert numbers == ["1"] + [str(number) for number, line in enumerate(lines, 2) if line.strip()]
    outcome(path)


# The inbox


def once(source: Files, cursor: Mapping[str, Any] | None = None) -> list[Batch]:
    return list(source.collect(ALL, cursor))


def batch_texts(batches: Sequence[Batch]) -> list[str]:
    return [Files.to_post(raw).text for batch in batches for raw in batch.items]


def test_without_an_inbox_it_says_what_it_needs(tmp_path: Path) -> None:
    for inbox in (None, tmp_path / "nowhere"):
        with pytest.raises(NotConfigured, match="crestwatch import"):
            Files({"inbox": inbox}).ready()


def test_the_inbox_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text\nHello\n")
    (tmp_path / "a.csv.options.json").write_text('{"platform": "Facebook"}')
    (tmp_path / "b.jsonl").write_text(post_line(1) + "\n{broken\n")
    (tmp_path / "c.csv.part").write_text("text\nStill being written\n")
    (tmp_path / ".hidden").write_text("text\nHidden\n")
    source = Files({"inbox": tmp_path})
    source.ready()
    first = once(source)
    assert batch_texts(first) == ["Hello", "Priory Vale 1"]
    assert [skipped.where for batch in first for skipped in batch.skipped] == ["b.jsonl, line 2"]
    assert json.loads(json.dumps(first[-1].cursor)) == first[-1].cursor
    assert once(source, first[-1].cursor) == []


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(post_line(1))
    source = Files({"inbox": tmp_path})
    cursor = once(source)[-1].cursor
    file.write_text(post_line(2))
    os.utime(file, (1, 1))
    assert batch_texts(once(source, cursor)) == ["Priory Vale 2"]


def test_a_file_counts_as_read_with_its_last_batch_only(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("\n".join(post_line(number) for number in range(1_200)))
    source = Files({"inbox": tmp_path})
    batches = once(source)
    assert [len(batch.items) for batch in batches] == [500, 500, 200, 0]
    for cut in batches[:-1]:
        assert len(batch_texts(once(source, cut.cursor))) == 1_200


def test_a_file_that_cannot_be_read_is_reported_once(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Datum\nx\n")
    (tmp_path / "b.csv").write_text("text\nHello\n")
    (tmp_path / "b.csv.options.json").write_text('{"colour": "green"}')
    (tmp_path / "c.jsonl").write_text(post_line(3))
    source = Files({"inbox": tmp_path})
    batches = once(source)
    assert [skipped.where for batch in batches for skipped in batch.skipped] == ["a.csv", "b.csv"]
    assert batch_texts(batches) == ["Priory Vale 3"]
    assert once(source, batches[-1].cursor) == []
