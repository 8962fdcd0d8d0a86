"""A school's profile: what is missing is missing, what is wrong is named."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.profile import parse_schools, read_school, read_schools
from core.types import Community, Leader, Namesake, OfficialAccount, School

LEAST = {"id": "grove", "name": "Grove Primary School"}
WHOLE: dict[str, Any] = {
    **LEAST,
    "short_names": ["The Grove"],
    "aliases": [],
    "initials": "GPS",
    "urn": "100000",
    "region_terms": ["Ferrymoor"],
    "domains": ["grove.example"],
    "communities": [{"platform": "reddit", "name": "r/grove"}],
    "official_accounts": [{"platform": "x", "handle": "@grove", "admins": ["a"], "links_policy": True}],
    "namesakes": [{"name": "The Grove", "town": "Watford", "note": "a pub"}],
}


def test_id_and_name_are_enough() -> None:
    assert read_school(LEAST) == School(id="grove", name="Grove Primary School")


def test_a_whole_profile() -> None:
    assert read_school(WHOLE) == School(
        id="grove",
        name="Grove Primary School",
        short_names=("The Grove",),
        initials="GPS",
        urn="100000",
        region_terms=("Ferrymoor",),
        domains=("grove.example",),
        communities=(Community(platform="reddit", name="r/grove"),),
        official_accounts=(OfficialAccount(platform="x", handle="@grove", admins=("a",), links_policy=True),),
        namesakes=(Namesake(name="The Grove", town="Watford", note="a pub"),),
    )


def test_a_profile_that_was_written_is_read_back() -> None:
    school = read_school(WHOLE)

    assert read_school(json.loads(json.dumps(asdict(school)))) == school


def test_null_and_unknown_fields_say_nothing() -> None:
    assert read_school({**LEAST, "short_names": None, "town": None, "headcount": 420}) == read_school(LEAST)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"id": None}, "id"),
        ({"id": ""}, "must not be empty"),
        ({"name": "  "}, "must not be empty"),
        ({"name": 7}, "name"),
        ({"short_names": "The Grove"}, "short_names"),
        ({"short_names": [None]}, "short_names.0"),
        ({"communities": [{"platform": "reddit"}]}, "communities.0.name"),
        ({"official_accounts": [{"platform": "x", "handle": ["a"]}]}, "official_accounts.0.handle"),
        ({"namesakes": "The Grove"}, "namesakes"),
        ({"kind": "pub"}, "kind"),
        ({"leaders": "Tom Hale"}, "leaders"),
        ({"id": "gro\x00ve"}, "half a character"),
        ({"name": "Grove \ud800"}, "half a character"),
    ],
)
def test_a_field_that_cannot_be_read_is_named(change: dict[str, Any], place: str) -> None:
    with pytest.raises(BadInput, match=r"^The profile of .* cannot be read: ") as caught:
        read_school({**LEAST, **change})

    assert place in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(caught.value).encode()


def test_a_list_of_schools_is_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "schools.json"
    file.write_bytes(b"\xef\xbb\xbf" + json.dumps([WHOLE, {"id": "b", "name": "Ysgol Tŷ’r Felin"}]).encode())

    assert [school.name for school in read_schools(file)] == ["Grove Primary School", "Ysgol Tŷ’r Felin"]


def test_one_school_alone_is_a_list_of_one() -> None:
    assert parse_schools(json.dumps(LEAST).encode(), "schools.json") == [read_school(LEAST)]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is not a list of schools in JSON"),
        (b"id,name\n1,Grove", "is not a list of schools in JSON"),
        (b"\xff\xfe[\x00]\x00", "is not a list of schools in JSON"),
        (b"[" * 100_000, "is not a list of schools in JSON"),
        (b"[]", "holds no list of schools"),
        (b"null", "holds no list of schools"),
        (b'["grove"]', "holds no list of schools"),
        (b'[{"id": "a", "name": "A"}, {"id": "a", "name": "B"}]', "more than one school with the id a"),
        (b'[{"id": "a"}]', "name: "),
    ],
)
def test_what_is_no_list_of_schools_is_said(content: bytes, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        parse_schools(content, "schools.json")


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    for missing in (tmp_path / "schools.json", tmp_path):
        with pytest.raises(BadInput, match=r"cannot be read \(.*\)\. Check the name\."):
            read_schools(missing)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(list(WHOLE)) | st.text(), inner, max_size=4),
    max_leaves=12,
)


def test_a_trust_and_the_leaders_who_agreed() -> None:
    leaders = [{"name": "Maria Okonkwo", "role": "chief executive", "agreed_on": "2026-03-12"}]
    trust = read_school({**LEAST, "kind": "trust", "leaders": [*leaders, {"name": "Tom Hale", "agreed_on": "12 March"}]})

    assert trust.kind == "trust"
    assert trust.leaders == (
        Leader(name="Maria Okonkwo", role="chief executive", agreed_on="2026-03-12"),
        Leader(name="Tom Hale", agreed_on="12 March"),
    )
    assert read_school(json.loads(json.dumps(asdict(trust)))) == trust
    assert read_school({**LEAST, "kind": None, "leaders": None}) == read_school(LEAST)


@pytest.mark.parametrize("agreed_on", [{}, {"agreed_on": None}, {"agreed_on": " "}])
def test_a_leader_is_read_only_with_the_day_they_agreed(agreed_on: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match=r"Grove Primary School .* needs `agreed_on`, the day they agreed in writing"):
        read_school({**LEAST, "leaders": [{"name": "Maria Okonkwo", "role": "head", **agreed_on}]})


@given(json_values)
def test_any_json_is_schools_or_a_sentence(value: Any) -> None:
    try:
        schools = parse_schools(json.dumps(value).encode(), "schools.json")
    except BadInput as problem:
        assert str(problem).encode().endswith(b".")
    else:
        assert all(school.id.strip().encode() and school.name.strip().encode() for school in schools)
