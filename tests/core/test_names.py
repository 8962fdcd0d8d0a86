"""All names in one pass: as whole words, overlapping, each with whoever bears it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.names import Hit, NameIndex
from core.text import loose

NAMES = [("St Mary's", "mary"), ("St Mary's Primary School", "mary"), ("Primary School", "thorn"), ("Saint Marys", "other")]


def _found(text: str, names: list[tuple[str, str]] | None = None) -> list[tuple[str, str]]:
    return [(hit.name, hit.owner) for hit in NameIndex(NAMES if names is None else names).find(text)]


def test_every_name_is_found_with_all_its_owners() -> None:
    assert sorted(_found("Is ST. MARYS primary-school open?")) == sorted(NAMES)


@pytest.mark.parametrize(
    "text", ["St Marysville", "burst Mary's", "st mary", "Primary Schools", "", "🎉", "xst mary's", "St Mary'sx"]
)
def test_only_whole_words_are_found(text: str) -> None:
    assert _found(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The Grove's new gates", True),
        ("THE GROVE’S new gates", True),
        ("The Groves is a pub", False),
        ("The Groves’ landlord", False),
        ("the Grove's’", True),
    ],
)
def test_a_name_may_have_something(text: str, found: bool) -> None:
    assert bool(_found(text, [("The Grove", "g")])) is found


def test_a_name_is_found_each_time_it_is_said() -> None:
    assert _found("The Grove, the grove the-grove", [("The Grove", "g")]) == [("The Grove", "g")] * 3


@pytest.mark.parametrize("nothing", ["", " ", "!!!", "🎉", "…", "\x00"])
def test_a_name_without_letters_names_nothing(nothing: str) -> None:
    assert _found(f"{nothing} anything {nothing}", [(nothing, "g")]) == []
    assert _found("The Grove", [(nothing, "g"), ("Grove", "g")]) == [("Grove", "g")]


@pytest.mark.parametrize("name", [".*", "(Grove", "Grove+", "[a-z]", "Grove|Thorn", r"\bGrove", "^Grove$"])
def test_signs_of_patterns_mean_nothing(name: str) -> None:
    expected = [(name, "g")] if loose(name) == "grove" else []

    assert _found("At Grove today", [(name, "g")]) == expected


def test_where_a_name_stands_is_where_it_stands_in_the_loose_text() -> None:
    [hit] = NameIndex([("The Grove", "g")]).find("At “The Grove”!")

    assert hit == Hit("The Grove", "g", 3, 14)
    assert f" {loose('At “The Grove”!')} "[hit.start : hit.end] == " the grove "


@given(st.text(st.characters(), max_size=40), st.text("abc 'é&.-", max_size=20), st.text(st.characters(), max_size=40))
def test_a_name_is_found_wherever_it_is_a_word(before: str, name: str, after: str) -> None:
    found = _found(f"{before} … {name} … {after}", [(name, "g")])

    assert ("g" in {owner for _, owner in found}) is bool(loose(name))
