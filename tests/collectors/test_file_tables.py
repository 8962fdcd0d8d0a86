"""Tables of posts, in every form that spreadsheets and exports give them."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.file_lines import LONGEST
from collectors.files import Files
from core.errors import BadInput
from core.types import Raw, Skipped
from tests.collectors.handed_in import found, outcome, places, posts, put, texts


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_tables_of_every_kind(delimiter: str, encoding: str, ending: str, tmp_path: Path) -> None:
    rows = [["Post ID", "Message", "Created"], ["1", "“Café”, £5; lovely", "2026-11-17T18:04:09Z"], ["2", "Two\nlines", ""]]
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter, lineterminator="\n").writerows(rows)
    one, two = posts(put(tmp_path, written.getvalue().replace("\n", ending), encoding))
    assert (one.native_id, one.text, str(one.created_at)) == ("1", "“Café”, £5; lovely", "2026-11-17 18:04:09+00:00")
    assert (two.native_id, two.text, two.created_at) == ("2", "Two\nlines", None)


def test_the_byte_orders_of_utf_16(tmp_path: Path) -> None:
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        assert texts(put(tmp_path, mark + "text\nĊafé 👏\n".encode(encoding))) == ["Ċafé 👏"]


def test_a_single_odd_byte_spoils_one_line_only(tmp_path: Path) -> None:
    assert texts(put(tmp_path, "text\ncafé\n".encode() + b"caf\xe9 \x81\n" + "👏\n".encode())) == ["café", "café \ufffd", "👏"]


def test_what_exports_call_their_columns(tmp_path: Path) -> None:
    head = (
        "Tweet_ID,Full Text,Date Posted,User Name,Author Name,Network,Permalink,Group,Like Count,Retweets,Comments,Impressions"
    )
    row = "77,Hello,17/11/2026 18:04,@rosa,Rosa,Twitter,https://x.example/77,Parents,5,6,7,8"
    (post,) = posts(put(tmp_path, f"{head}\n{row}\n"), platform=None, zone="Europe/London")
    assert (post.platform, post.native_id, post.text, post.url) == ("x", "77", "Hello", "https://x.example/77")
    assert (post.author.handle, post.author.name, post.community) == ("rosa", "Rosa", "Parents")
    assert (post.reach.likes, post.reach.shares, post.reach.replies, post.reach.views) == (5, 6, 7, 8)
    assert str(post.created_at) == "2026-11-17 18:04:00+00:00"


def test_a_column_called_author_is_a_name_where_there_is_a_handle(tmp_path: Path) -> None:
    (post,) = posts(put(tmp_path, "author,username,text\nRosa,rosa7,Hello\n"))
    assert (post.author.handle, post.author.name) == ("rosa7", "Rosa")


def test_a_person_may_say_which_column_is_what(tmp_path: Path) -> None:
    file = put(tmp_path, "text,Was gesagt wurde,Kanal\nnote,Hallo Schule,YouTube\n")
    columns = {"text": "was gesagt wurde ", "platform": "Kanal"}
    (raw,) = (each for each in found(file, columns=columns, platform=None) if isinstance(each, Raw))
    assert Files.to_post(raw).text == "Hallo Schule"
    assert Files.to_post(raw).platform == "youtube"
    assert raw.payload["row"]["text (column 1)"] == "note"


def test_all_columns_are_kept_even_twins(tmp_path: Path) -> None:
    (raw,) = (each for each in found(put(tmp_path, "text,Note,Note,\nHello,a,b,c\n")) if isinstance(each, Raw))
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
def test_a_table_that_is_no_table_of_posts(content: str, options: dict[str, Any], said: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=said.replace("(", r"\(")):
        found(put(tmp_path, content), **options)


def test_a_file_without_a_header_does_not_show_its_words(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="must name its columns") as caught:
        found(put(tmp_path, "My son was so happy at Priory Vale today that he cried,2026-11-17\n"))
    assert "son" not in str(caught.value).split()


def test_excel_s_note_is_no_header(tmp_path: Path) -> None:
    assert texts(put(tmp_path, "sep=;\r\nid;text\r\n1;a, b\r\n")) == ["a, b"]


def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    content = 'id,text\n1,"two\nlines"\n\n2,too,many\n3\n4,"three\r\n\r\nlines"\n5,last'
    assert places(put(tmp_path, content)) == ["line 2", "(line 5)", "(line 6)", "line 7", "line 10"]


def test_rows_of_another_width_say_so(tmp_path: Path) -> None:
    skipped = [each for each in found(put(tmp_path, "id,text\n1,a,b\n2\n")) if isinstance(each, Skipped)]
    assert [each.reason for each in skipped] == [
        "It has 3 columns and the header has 2.",
        "It has 1 columns and the header has 2.",
    ]


def test_a_missing_quotation_mark_makes_no_post_of_two(tmp_path: Path) -> None:
    content = 'id,text\n1,"never closed\n2,"closed"\n3,"He said ""hi"""\n4,"open\n'
    assert places(put(tmp_path, content)) == ["(lines 2–3)", "line 4", "(line 5)"]
    assert texts(put(tmp_path, content)) == ['He said "hi"']


def test_a_quotation_mark_that_is_never_closed_does_not_eat_the_file(tmp_path: Path) -> None:
    rows = "".join(f"{number},{'x' * 100}\n" for number in range(5_000))
    kept = texts(put(tmp_path, f'id,text\n0,"open\n{rows}'))
    assert len(kept) > 3_000


def test_long_lines_of_a_table_are_left_out(tmp_path: Path) -> None:
    assert places(put(tmp_path, f"id,text\n1,{'x' * LONGEST}\n2,b\n3,c{'x' * 131_072}\n")) == ["(line 2)", "line 3", "(line 4)"]


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
