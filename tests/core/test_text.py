"""Text as it is stored, compared, and looked at."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text import loose, normal, skeleton, storable, words

anything = st.text(st.characters(), max_size=60)


@given(anything)
def test_what_is_storable_can_be_stored(text: str) -> None:
    kept = storable(text)

    assert "\x00" not in kept
    assert len(kept) == len(text)
    assert kept.encode().decode() == kept
    assert storable(kept) == kept
    if "\x00" not in text and not any("\ud800" <= c <= "\udfff" for c in text):
        assert kept == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("St Mary’s  SCHOOL\n", "st mary's school"),
        ("Ｇｒｏｖｅ", "grove"),
        ("gro\u200bve\u202e\ufeff", "grove"),
        ("Straße – e\u0301cole", "strasse - \xe9cole"),
        ("", ""),
    ],
)
def test_the_form_in_which_texts_are_compared(text: str, expected: str) -> None:
    assert normal(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("St Mary’s gates", ["st", "mary's", "gates"]),
        ("Year-7, at_last! 2026", ["year", "7", "at", "last", "2026"]),
        ("🎉 … !", []),
    ],
)
def test_the_words_of_a_text(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    "variant",
    ["St. Mary's C of E Primary", "Saint Marys C of E Primary", "SAINT MARY’S, C-of-E primary", "st marys c of e  primary"],
)
def test_ways_to_type_one_name_are_one(variant: str) -> None:
    assert loose(variant) == "st marys c of e primary"


def test_and_is_a_word_however_it_is_written() -> None:
    assert loose("Rowan & Thorn") == loose("rowan AND thorn") == "rowan and thorn"


def test_saint_inside_a_word_stays() -> None:
    assert loose("Saintsbury") == "saintsbury"


@pytest.mark.parametrize(
    "lookalike",
    [
        "Grоve School",
        "GR0VE SCH00L",
        "Gr\u043ev\u0435 \u0405ch\u043e\u043el",
        "grove sch\u200bool",
        "ｇｒｏｖｅ school",
        "Grövé Schóol",
    ],
)
def test_names_that_look_alike_have_one_skeleton(lookalike: str) -> None:
    assert skeleton(lookalike) == skeleton("Grove School")


@pytest.mark.parametrize(("one", "other"), [("corner", "comer"), ("vvest", "west"), ("clean", "dean"), ("3ast", "east")])
def test_pairs_of_letters_that_look_like_one(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


@pytest.mark.parametrize("other", ["Grave School", "Grove Schools", "Groove School", "The Grove"])
def test_names_that_do_not_look_alike_differ(other: str) -> None:
    assert skeleton(other) != skeleton("Grove School")


@given(anything)
def test_no_text_is_too_strange(text: str) -> None:
    assert normal(text) == normal(f"  {text}\u200b ")
    assert loose(text) == loose(f"! {text} …")
    assert isinstance(skeleton(text), str)
    assert all(word and not word.isspace() for word in words(text))
