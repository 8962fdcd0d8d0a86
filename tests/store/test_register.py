"""The register of schools is replaced as a whole or not at all, and found again by number, stem and words."""

import pytest

from core.errors import BadInput
from core.register import RegisterLink, RegisterSchool
from store import register
from store.engine import reading, writing
from store.store import Store

SCHOOLS = [
    RegisterSchool(urn=900001, name="St Quillon's CofE Primary School", town="Ferndip", postcode="FD1 2AB", status="Open"),
    RegisterSchool(
        urn=900002, name="Saint Quillons Catholic Academy", town="Odham", website="http://www.quillontrust.example/a"
    ),
    RegisterSchool(urn=900003, name="St Quillon's School", town="Ferndip", status="Closed"),
    RegisterSchool(urn=900004, name="100% Oak_Lane Infants' School", town="Odham", status="Open, but proposed to close"),
    RegisterSchool(urn=900005, name="Ferndip High School", town="Odham", website="www.quillontrust.example"),
]
LINKS = [
    RegisterLink(urn=900001, other_urn=900003, other_name="St Quillon's School", kind="Predecessor", since="2011-09-01"),
    RegisterLink(urn=900001, other_urn=900009, other_name="Tup Lane School", kind="Predecessor - merged"),
]


@pytest.fixture
def filled(store: Store) -> Store:
    with writing(store.engine) as connection:
        register.replace_schools(connection, SCHOOLS)
        register.replace_links(connection, LINKS)
    return store


def found(store: Store, typed: str, **options: int) -> list[int]:
    with reading(store.engine) as connection:
        return [each.urn for each in register.search(connection, typed, **options)]


def test_a_school_comes_back_as_it_was(filled: Store) -> None:
    with reading(filled.engine) as connection:
        assert register.school(connection, 900001) == SCHOOLS[0]
        assert register.school(connection, 900099) is None
        assert register.links_of(connection, 900001) == LINKS
        assert register.links_of(connection, 900002) == []


def test_the_register_is_replaced_as_a_whole(filled: Store) -> None:
    newer = [RegisterSchool(urn=900010 + number, name=f"School of {number}") for number in range(5)]
    with writing(filled.engine) as connection:
        register.replace_schools(connection, newer)
        register.replace_links(connection, LINKS[1:])
    with reading(filled.engine) as connection:
        assert register.size(connection) == 5
        assert register.school(connection, 900001) is None
        assert register.links_of(connection, 900001) == LINKS[1:]


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_a_register_that_shrank_by_half_is_not_believed(filled: Store, kept: int) -> None:
    with pytest.raises(BadInput, match="most likely not whole"), writing(filled.engine) as connection:
        register.replace_schools(connection, SCHOOLS[:kept])
    with pytest.raises(BadInput, match="most likely not whole"), writing(filled.engine) as connection:
        register.replace_links(connection, [])
    with reading(filled.engine) as connection:
        assert register.size(connection) == len(SCHOOLS)
        assert len(register.links_of(connection, 900001)) == len(LINKS)


def test_an_empty_register_says_so(store: Store) -> None:
    with reading(store.engine) as connection:
        assert register.size(connection) == 0
        assert register.search(connection, "quillon") == []
    with pytest.raises(BadInput), writing(store.engine) as connection:
        register.replace_schools(connection, [])


def test_a_name_is_shared_by_the_open_schools_of_its_stem(filled: Store) -> None:
    with reading(filled.engine) as connection:
        assert [each.urn for each in register.of_stems(connection, ["st quillons", "nothing"])] == [900001, 900002]
        assert register.count_of_stem(connection, "st quillons") == 2
        assert register.count_of_stem(connection, "st quillons", but=900001) == 1
        assert register.count_of_stem(connection, "oak") == 0


@pytest.mark.parametrize(
    ("typed", "urns"),
    [
        ("quillon", [900002, 900001, 900003]),
        ("St. Quillons", [900002, 900001, 900003]),
        ("saint quillon’s FERNDIP", [900001, 900003]),
        ("fd1", [900001]),
        ("900003", [900003]),
        ("odham infants", [900004]),
        ("100%", [900004]),
        ("%", []),
        ("oak_lane", [900004]),
        ("oak lane nowhere", []),
        ("ferndip", [900005, 900001, 900003]),
        ("   ", []),
        ("9" * 40, []),
        ("quillon " * 500, [900002, 900001, 900003]),
    ],
)
def test_schools_are_found_by_any_of_their_words(filled: Store, typed: str, urns: list[int]) -> None:
    assert found(filled, typed) == urns


def test_a_search_ends_at_its_limit(filled: Store) -> None:
    assert found(filled, "quillon", limit=1) == [900002]


def test_places_and_shared_websites_are_known(filled: Store) -> None:
    with reading(filled.engine) as connection:
        assert register.is_place(connection, "ferndip")
        assert not register.is_place(connection, "Quillon")
        assert [each.urn for each in register.of_town(connection, "FERNDIP")] == [900001]
        assert register.shares_website(connection, "quillontrust.example", 900002)
        assert not register.shares_website(connection, "elsewhere.example", 900002)
