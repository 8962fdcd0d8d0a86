"""What the encoder is given of a post."""

import pytest
from hypothesis import given

from analysis.wordpieces import LONGEST, readable
from tests.analysis.texts import ANY_TEXT, STRANGE


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Thank you @RowanHillAc!", "Thank you @user!"),
        ("See https://rowanhill.example/a?b=1 and www.grove.example", "See http and http"),
        ("office@rowanhill.example", "office@rowanhill.example"),
        ("Noooooooo!!!!!!", "Nooo!!!"),
        ("  two\n\nlines ", "two lines"),
        ("proud 🎉", "proud party popper"),
        ("👍🏽👍", "thumbs up sign thumbs up sign"),
        ("Café – ‘Éabha’", "Café – ‘Éabha’"),
        ("Cafe\u0301", "Café"),
        ("a\x00b", "a replacement character b"),
        ("", ""),
    ],
)
def test_links_handles_and_emoji_are_words(text: str, read: str) -> None:
    assert readable(text) == read


def test_no_more_than_the_longest_is_read() -> None:
    assert len(readable("ab " * 50_000)) <= LONGEST


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE)
def test_any_text_can_be_read(text: str) -> None:
    readable(text).encode()


@given(ANY_TEXT)
def test_what_is_read_is_one_line_that_can_be_stored(text: str) -> None:
    read = readable(text)

    assert read == " ".join(read.split())
    assert "\x00" not in read
    read.encode()
