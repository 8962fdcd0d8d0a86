"""A name is taken apart into its own part and what says its kind."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.stems import parts, shared_stems, stem
from core.text import loose

WORDS = st.sampled_from(
    [
        "St",
        "Quillon's",
        "School",
        "Academy",
        "Primary",
        "The",
        "of",
        "and",
        "CofE",
        "High",
        "Vale",
        "(VA)",
        ",",
        "-",
        "Infant",
        "RC",
    ]
)


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("Quillon Vale Primary School", "quillon vale"),
        ("The Quillon Vale Academy", "quillon vale"),
        ("St. Quillon’s C of E (VA) Primary School", "st quillons"),
        ("Saint Quillon's Roman Catholic Primary School, Ferndip", "st quillons"),
        ("St Quillon's R.C. School", "st quillons"),
        ("St Quillon's Church of England Voluntary Controlled Junior, Infant and Nursery School", "st quillons"),
        ("St Quillon's CE J & I School", "st quillons"),
        ("Christ Church Church of England Primary School", "christ church"),
        ("High Quillon School", "high quillon"),
        ("Quillon High", "quillon"),
        ("Quillon Grammar School for Girls", "quillon girls"),
        ("Quillon Sixth Form College", "quillon"),
        ("Quillon Nursery School & Children's Centre", "quillon"),
        ("Quillon Primary School and Language Unit", "quillon"),
        ("Quillon Primary School-The Hills Federation", "quillon"),
        ("Brightmoor Academy Quillon", "brightmoor quillon"),
        ("Quillon, Infant School", "quillon"),
        ("The Academy of Quillon", "academy of quillon"),
        ("Quillon School of Dance", "quillon school of dance"),
        ("The Grammar School", "the grammar school"),
        ("School", "school"),
        ("(closed)", "closed"),
    ],
)
def test_the_own_part_of_a_name(name: str, own: str) -> None:
    assert stem(name) == own


def test_what_a_name_says_of_its_kind() -> None:
    said = parts("St Quillon's RC Infant and Nursery School")
    assert (said.own, said.church, said.phase, said.kind) == ("St Quillon's", "Catholic", "Infant", "School")
    assert parts("Quillon Junior and Infant School").phase == "Primary"
    assert parts("Brightmoor Academy Quillon").inside
    assert not parts("Quillon Academy").inside


@given(st.text(max_size=60) | st.lists(WORDS, max_size=8).map(" ".join))
def test_a_name_with_letters_has_a_stem_of_its_own_words(name: str) -> None:
    found = stem(name)
    assert bool(found) == bool(loose(name))
    assert found == loose(found)


@given(st.lists(WORDS, min_size=1, max_size=6).map(" ".join))
def test_case_quotes_and_saint_do_not_matter(name: str) -> None:
    assert stem(name.replace("'", "’")) == stem(name) == stem(name.upper()) == stem(name.replace("St ", "Saint "))


def test_the_figures_that_ship_are_of_shared_stems() -> None:
    table = shared_stems()
    assert len(table) > 500
    assert min(table.values()) >= 3
    assert table["st marys"] > table["holy trinity"] > 20
    assert all(each == loose(each) for each in table)
