"""Other names by rule: never another school's kind, never an everyday word by itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.aliases import aliases, hashtag, initials, is_plain, short_names
from core.names import NameIndex
from core.stems import stem
from core.text import loose, normal

OWN = st.sampled_from(
    [
        "Quillon",
        "St Quillon's",
        "Saint Quillon",
        "Quillon Vale",
        "Brackenfield",
        "Oak",
        "Xp",
        "All Saints",
        "Al-Quillon (North)",
    ]
)
CHURCH = st.sampled_from(["", "CofE", "C of E", "Church of England", "CE", "RC", "Roman Catholic", "Catholic", "CofE (VA)"])
PHASE = st.sampled_from(["", "Primary", "Infant", "Junior", "Nursery", "High", "Secondary", "Grammar", "Sixth Form"])
KIND = st.sampled_from(["School", "Academy", "College"])
NAMES = st.tuples(OWN, CHURCH, PHASE, KIND).map(lambda each: " ".join(filter(None, each)))
ODD = st.text(max_size=40) | st.text(alphabet="St .*+?()[]\\^$|'’-,School", max_size=40)
AGES = ("primary", "infant", "infants", "junior", "juniors", "nursery", "high", "secondary", "grammar", "sixth")


def everything(name: str) -> tuple[str, ...]:
    return (*aliases(name), *short_names(name))


@pytest.mark.parametrize(
    ("name", "among"),
    [
        (
            "St Quillon's CofE Primary School",
            {"St Quillon's Church of England Primary School", "Saint Quillon's CofE Primary School"},
        ),
        ("St Quillon's CofE Primary School", {"St Quillon's C of E Primary School", "St Quillon's CE Primary School"}),
        (
            "Saint Quillon's RC School",
            {"St Quillon's RC School", "Saint Quillon's Catholic School", "Saint Quillon's Catholic Academy"},
        ),
        ("Saint Quillon's RC School", {"Saint Quillon's Roman Catholic School", "Saint Quillon's School"}),
        ("Quillon School", {"Quillon Academy", "Quillon College", "Quillon"}),
        ("Quillon Vale Primary School", {"Quillon Vale Primary", "Quillon Vale", "Quillon Vale School"}),
        ("Quillon Vale Infant and Nursery School", {"Quillon Vale Infants"}),
        ("Quillon Sixth Form College", {"Quillon Sixth"}),
        ("Brackenfield Academy", {"Brackenfeild Academy", "Brackenfield Acadamy", "Brackenfield School"}),
        ("Quillongrove Academy", {"Quilongrove Academy"}),
        ("Pelerinow School", {"Pellerinow School"}),
        ("Brightmoor Academy Quillon", {"Brightmoor Quillon"}),
        ("Oak Primary School", {"Oak Primary", "Oak School"}),
    ],
)
def test_what_people_call_it(name: str, among: set[str]) -> None:
    assert among <= set(everything(name))


@pytest.mark.parametrize("name", ["The Oak School", "Hope Academy", "XP School", "Fox Primary School", "Grange School"])
def test_an_everyday_word_or_three_letters_never_stand_alone(name: str) -> None:
    assert stem(name) not in {loose(each) for each in everything(name)}


@given(NAMES | ODD)
def test_each_is_a_name_once_and_never_the_name_itself(name: str) -> None:
    for found in (aliases(name), short_names(name)):
        assert all(loose(each) for each in found)
        assert len({normal(each) for each in found}) == len(found)
        assert normal(name) not in map(normal, found)
    assert not {normal(each) for each in aliases(name)} & {normal(each) for each in short_names(name)}


@given(NAMES)
def test_every_name_of_a_kind_has_other_names_that_can_be_found(name: str) -> None:
    found = everything(name)
    assert found
    index = NameIndex((each, each) for each in found)
    for each in found:
        assert each in {hit.owner for hit in index.find(f"Off to {each}, running late")}


@given(NAMES)
def test_none_is_a_school_of_other_ages(name: str) -> None:
    said = {word for word in loose(name).split() if word in AGES}
    for each in everything(name):
        found = {word.rstrip("s") for word in loose(each).split() if word in AGES}
        assert found <= {word.rstrip("s") for word in said}, each


@given(NAMES)
def test_saint_and_st_have_the_same_names(name: str) -> None:
    other = name.replace("Saint ", "St ") if "Saint " in name else name.replace("St ", "Saint ")
    assert {loose(each) for each in everything(name)} == {loose(each) for each in everything(other)}


@pytest.mark.parametrize(
    ("name", "letters", "tag"),
    [
        ("Quillon Vale Primary School", "QVPS", "#QuillonValePrimary"),
        ("St Quillon's CofE Primary School", "SQPS", "#StQuillonsPrimary"),
        ("St Quillon's RC Infant School", "SQCIS", "#StQuillonsInfants"),
        ("The Quillon Academy", None, "#QuillonAcademy"),
        ("Brightmoor Academy Quillon", "BAQ", "#BrightmoorAcademyQuillon"),
        ("Nether Hill School", None, "#NetherHillSchool"),
        ("1812", None, None),
        ("", None, None),
    ],
)
def test_initials_and_hashtag(name: str, letters: str | None, tag: str | None) -> None:
    assert (initials(name), hashtag(name)) == (letters, tag)


def test_everyday_words() -> None:
    assert is_plain("Oak")
    assert is_plain("THE")
    assert not is_plain("Quillon")
    assert not is_plain("")
