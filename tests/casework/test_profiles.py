"""A profile from the register: facts, former names, other names by rule, and the others it is taken for."""

from dataclasses import replace

import pytest

from casework.profiles import MOST_NAMESAKES, collisions, profile_from_register
from core.errors import BadInput
from core.profile import read_school
from core.register import RegisterLink, RegisterSchool
from core.stems import shared_stems
from core.types import School
from store import register
from store.engine import writing
from store.store import Store

OURS = RegisterSchool(
    urn=900001,
    name="St Quillon's CofE Primary School, Ferndip",
    status="Open",
    kind="Voluntary aided school",
    phase="Primary",
    low_age=4,
    high_age=11,
    town="Ferndip",
    county="Fernshire",
    council="Fernshire",
    postcode="FD1 2AB",
    trust="QUILLON LEARNING TRUST",
    website="http://www.stquillons.example/welcome",
)
NEAR = RegisterSchool(
    urn=900002,
    name="St Quillon's Catholic High School",
    town="Ferndip",
    council="Odshire",
    phase="Secondary",
    postcode="FD9 9ZZ",
)
SAME_NAME = RegisterSchool(
    urn=900003, name="St Quillon's CofE Primary School", town="Odham", council="Odshire", postcode="OD1 1AA"
)
TOWN = RegisterSchool(urn=900004, name="Ferndip Primary School", town="Ferndip", postcode="FD2 2AB")
PART = RegisterSchool(urn=900005, name="St Quillon's and All Angels School", town="Ferndip", postcode="FD3 2AB")
CLOSED = RegisterSchool(urn=900006, name="St Quillon's School", town="Ferndip", status="Closed")
BEFORE = RegisterSchool(urn=900007, name="Saint Quillon's Infant School", town="Ferndip")
OWN_TOWN = RegisterSchool(urn=900008, name="Odham Academy", town="Odham", website="odham.trust.example/a")
SHARING = RegisterSchool(
    urn=900009, name="Brightmoor School", town="Odham", website="odham.trust.example/b", kind="Community special school"
)
LINKS = [
    RegisterLink(urn=900001, other_urn=900007, other_name=BEFORE.name, kind="Predecessor - merged"),
    RegisterLink(urn=900007, other_urn=900099, other_name="Tup Lane Board School", kind="Predecessor"),
    RegisterLink(urn=900007, other_urn=900001, other_name=OURS.name, kind="Successor"),
    RegisterLink(urn=900099, other_urn=900001, other_name=OURS.name, kind="Predecessor"),
]


def fill(store: Store, *more: RegisterSchool) -> Store:
    with writing(store.engine) as connection:
        register.replace_schools(connection, [OURS, NEAR, SAME_NAME, TOWN, PART, CLOSED, BEFORE, OWN_TOWN, SHARING, *more])
        register.replace_links(connection, LINKS)
    return store


def test_the_facts_are_the_registers(tmp_store: Store) -> None:
    found = profile_from_register(fill(tmp_store), 900001)
    assert (found.id, found.name, found.urn) == ("urn-900001", OURS.name, "900001")
    assert (found.town, found.county, found.postcode) == ("Ferndip", "Fernshire", "FD1 2AB")
    assert (found.phase, found.trust, found.domains) == ("primary (4-11)", "Quillon Learning Trust", ("stquillons.example",))
    assert found.region_terms == ("Fernshire",)
    assert found.initials == "SQPS"
    assert read_school({"id": found.id, "name": found.name, "short_names": found.short_names}).short_names == found.short_names


def test_former_names_come_first_and_from_far_back(tmp_store: Store) -> None:
    found = profile_from_register(fill(tmp_store), 900001)
    assert [each.name for each in found.former_names] == ["Saint Quillon's Infant School", "Tup Lane Board School"]
    assert set(found.other_names) > {"Saint Quillon's Infant School", "Tup Lane Board School"}


def test_another_schools_full_name_is_a_short_name_at_most(tmp_store: Store) -> None:
    found = profile_from_register(fill(tmp_store), 900001)
    assert "St Quillon's CofE Primary School" in found.short_names
    assert "St Quillon's CofE Primary School" not in found.aliases
    assert "St Quillon's Church of England Primary School" in found.aliases
    assert {"St Quillon's", "St Quillon's Primary"} <= set(found.short_names)
    assert found.hashtags == ()


def test_namesakes_are_ranked_by_how_easily_they_are_taken_for_it(tmp_store: Store) -> None:
    found = profile_from_register(fill(tmp_store), 900001).namesakes
    assert [(each.name, each.town) for each in found] == [
        (NEAR.name, "Ferndip"),
        (SAME_NAME.name, "Odham"),
        (PART.name, "Ferndip"),
    ]
    assert [each.note for each in found] == ["secondary, Odshire", "primary, Odshire", ""]


def test_a_dozen_namesakes_are_enough_each_once(tmp_store: Store) -> None:
    more = [replace(SAME_NAME, urn=910000 + number, town=f"Town {number % 30}") for number in range(60)]
    found = profile_from_register(fill(tmp_store, *more), 900001).namesakes
    assert len(found) == len({(each.name, each.town) for each in found}) == MOST_NAMESAKES


def test_a_town_alone_is_no_name_of_a_school(tmp_store: Store) -> None:
    found = profile_from_register(fill(tmp_store), 900008)
    assert "Odham" not in (*found.short_names, *found.aliases)
    assert found.hashtags == ("#OdhamAcademy",)


def test_a_website_that_schools_share_belongs_to_none_of_them(tmp_store: Store) -> None:
    store = fill(tmp_store)
    assert profile_from_register(store, 900008).domains == ()
    assert profile_from_register(store, 900009).phase == "special"


@pytest.mark.parametrize(
    ("website", "domains"),
    [
        ("www.Quillon.example", ("quillon.example",)),
        ("https://quillon.example/a?b", ("quillon.example",)),
        ("https://sites.google.com/view/quillon", ()),
        ("www.facebook.com/quillon", ()),
        ("http://[quillon", ()),
        ("not a website", ()),
        ("", ()),
    ],
)
def test_the_domain_is_its_own_or_none(tmp_store: Store, website: str, domains: tuple[str, ...]) -> None:
    store = fill(tmp_store, RegisterSchool(urn=900020, name="Website School", website=website))
    assert profile_from_register(store, 900020).domains == domains


@pytest.mark.parametrize(
    ("said", "phase"),
    [
        ({"phase": "Middle deemed secondary", "low_age": 9, "high_age": 13}, "middle, secondary (9-13)"),
        ({"phase": "16 plus", "low_age": 16, "high_age": 19}, "sixth form (16-19)"),
        ({"phase": "All-through", "low_age": 3, "high_age": 18}, "all-through (3-18)"),
        ({"low_age": 4}, None),
        ({}, None),
    ],
)
def test_the_phase_is_said_with_its_ages(tmp_store: Store, said: dict[str, int], phase: str | None) -> None:
    store = fill(tmp_store, RegisterSchool(urn=900020, name="Phased School", **said))  # type: ignore[arg-type]
    assert profile_from_register(store, 900020).phase == phase


def test_an_unknown_number_is_said(tmp_store: Store) -> None:
    with pytest.raises(BadInput, match="no school with the URN 123456"):
        profile_from_register(tmp_store, 123456)


def test_how_many_others_share_the_name(tmp_store: Store) -> None:
    store = fill(tmp_store)
    assert collisions(store, School(id="a", name=OURS.name, urn="900001")) == 3
    assert collisions(store, School(id="a", name="St. Quillons Academy")) == 3
    assert collisions(store, School(id="a", name="Nobody Else School")) == 0
    assert collisions(store, School(id="a", name="Brightmoor School", urn="not a number")) == 0


def test_without_a_register_the_figures_that_ship_say_it(tmp_store: Store) -> None:
    assert collisions(tmp_store, School(id="a", name="All Saints' CofE Primary School")) == shared_stems()["all saints"] - 1
    assert collisions(tmp_store, School(id="a", name="Quillon School")) == 0
