"""Cells hold strangers' words: nothing in them runs, hides or changes, and all of it can be undone."""

import csv
import io
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.cells import LIMIT, cell, clipped, has_hidden, identifier, uncell, visible

FLAG_OF_WALES = "\U0001f3f4\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f"
TRICKS = ["=", "+", "-", "@", "|", "%", "＝", "＋", "－", "＠", "'", '"', "\t", "\r", "\n", "\r\n", "\x00", "\u202e", "\u2066"]
MORE_TRICKS = [
    "⟦",
    "⟧",
    "⟦U+202E⟧",
    "⏎",
    " ⏎ ",
    "<r>",
    "</r>",
    ",",
    ";",
    " ",
    "\u00a0",
    "\u200b",
    "\ufeff",
    "\ud800",
    "1e5",
    "007",
]
EMOJI = ["👩‍👩‍👧", "❤️", FLAG_OF_WALES, "می‌خواهم"]
hostile = st.lists(st.sampled_from([*TRICKS, *MORE_TRICKS, *EMOJI]) | st.text(max_size=5), max_size=8).map("".join)

STARTS_A_FORMULA = tuple("=+-@|%＝＋－＠\t\r\n")
UNSEEN_CATEGORIES = {"Cc", "Cs", "Zl", "Zp"}
DIRECTIONS = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def with_line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


@settings(max_examples=20_000, deadline=None)
@given(text=hostile | st.text(st.characters()))
def test_whatever_is_written_a_cell_is_safe_and_says_the_same(text: str) -> None:
    written = cell(text)
    assert uncell(written) == with_line_feeds(text)
    assert not written.lstrip().startswith(STARTS_A_FORMULA)
    assert not written.startswith("<r>")
    assert not [c for c in written if unicodedata.category(c) in UNSEEN_CATEGORIES or c in DIRECTIONS]

    page = io.StringIO(newline="")
    csv.writer(page, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow([written, "next"])
    assert page.getvalue().count("\n") == 1
    page.seek(0)
    assert list(csv.reader(page, strict=True)) == [[written, "next"]]


@settings(deadline=None)
@given(text=hostile, many=st.integers(1, 3000))
def test_a_long_text_is_cut_between_characters_and_says_so(text: str, many: int) -> None:
    whole = cell(text * many)
    cut = clipped(whole)
    if len(whole) <= LIMIT:
        assert cut == whole
    else:
        kept, note = cut.rsplit(" … (cut here", 1)
        assert whole.startswith(kept)
        assert LIMIT - len("⟦U+10FFFF⟧") <= len(kept) <= LIMIT
        assert uncell(kept + "⟧") == uncell(kept) + "⟧"
        assert not has_hidden(kept)
        assert "records.jsonl" in note


def test_a_flag_is_not_cut_in_two() -> None:
    for before in range(len(FLAG_OF_WALES) + 1):
        assert not has_hidden(clipped("x" * (LIMIT - before) + FLAG_OF_WALES + "x"))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Lovely concert tonight", "Lovely concert tonight"),
        ("=1+1", "'=1+1"),
        (" \u00a0=1+1", "' \u00a0=1+1"),
        ("＝1+1", "'＝1+1"),
        ("-5 points", "'-5 points"),
        ("+44 7700 900123", "'+44 7700 900123"),
        ("'tis", "''tis"),
        ("<r><t>x</t></r>", "'<r><t>x</t></r>"),
        ("one\r\ntwo\rthree\nfour", "one ⏎ two ⏎ three ⏎ four"),
        ("tab\there", "tab⟦U+0009⟧here"),
        ("abc\u202edef", "abc⟦U+202E⟧def"),
        ("\x00\ud800\ufffe", "⟦U+0000⟧⟦U+D800⟧⟦U+FFFE⟧"),
        ("⟦U+202E⟧", "⟦U+27E6⟧U+202E⟧"),
        ("a⏎b", "a⟦U+23CE⟧b"),
        ("👩‍👩‍👧❤️", "👩‍👩‍👧❤️"),
        (FLAG_OF_WALES, FLAG_OF_WALES),
        (FLAG_OF_WALES[:-1], "\U0001f3f4" + "".join(f"⟦U+{ord(c):04X}⟧" for c in FLAG_OF_WALES[1:-1])),
    ],
)
def test_a_cell_reads(text: str, written: str) -> None:
    assert cell(text) == written


@pytest.mark.parametrize(
    "text", ["007", "1849372649201238800", "1e10", "20/11/2026", "march1", "2 Sept", "12:30", "£5", "TRUE"]
)
def test_no_number_or_date_is_made_of_a_handle(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["may", "a1", "Year 9", "Fri 20 Nov 2026 16:15", "2026-11-20T16:15:00+00:00", "id:184", "", "!?"]
)
def test_what_stays_text_anyway_is_left_alone(text: str) -> None:
    assert cell(text) == text


def test_ids_stay_text() -> None:
    assert cell(identifier("1849372649201238800")) == "id:1849372649201238800"
    assert identifier(None) == ""


def test_hidden_characters_are_noticed_and_can_be_left_out() -> None:
    assert has_hidden("Gro\u200bve")
    assert has_hidden("\U000e0041")
    assert not has_hidden(f"Grove\r\n{FLAG_OF_WALES} 👩‍👩‍👧")
    assert visible(f"Gro\u200bve\u202e\r\n{FLAG_OF_WALES}\tone\u2028two\x00") == f"Grove\n{FLAG_OF_WALES} one two"


@pytest.mark.parametrize("unit", ["june", "1june", "'", "⟦", "=", " ", "1", "e1", "<r>", "\r"])
def test_a_long_hostile_text_comes_back(unit: str) -> None:
    """A pattern that tried every reading of "junejune…" never would."""
    text = f"1{unit * 50_000}x"
    assert uncell(cell(text)) == with_line_feeds(text)
