"""The files of the government's register are read row by row; heads' names never are."""

import codecs
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.register import read_links, read_schools
from core.errors import BadInput
from core.register import RegisterLink, RegisterSchool
from core.types import Skipped
from tests.register_files import HEAD, extract, links_file, row, whole_file

WHOLE = row(
    900001,
    "Quillon’s Café Primary School",
    CloseDate="31-08-2031",
    Trusts__name="QUILLON LEARNING TRUST",
    SchoolWebsite="www.quillon.example",
    ReligiousCharacter__name="Church of England",
)
READ = RegisterSchool(
    urn=900001,
    name="Quillon’s Café Primary School",
    status="Open",
    kind="Community school",
    phase="Primary",
    low_age=4,
    high_age=11,
    religious_character="Church of England",
    town="Ferndip",
    county="Ferndipshire",
    council="Ferndipshire",
    postcode="FD1 2AB",
    trust="QUILLON LEARNING TRUST",
    website="www.quillon.example",
    opened="1999-09-01",
    closed="2031-08-31",
)


def schools(content: bytes) -> list[RegisterSchool | Skipped]:
    return list(read_schools(BytesIO(content), "register.csv"))


def refusal(content: bytes) -> str:
    with pytest.raises(BadInput) as refused:
        schools(content)
    return str(refused.value)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig"])
def test_the_daily_file_is_read_in_either_encoding(encoding: str) -> None:
    assert schools(whole_file([WHOLE], encoding=encoding)) == [READ]


def test_no_head_and_no_telephone_is_held() -> None:
    held = repr(schools(whole_file([WHOLE])))
    assert not any(name in held for name in (*HEAD.split(), "01632960000", "Tup Lane"))


def test_what_the_register_does_not_say_is_none() -> None:
    (found,) = schools(
        whole_file([row(900002, "Oddly School", OpenDate="99-99-9999", StatutoryLowAge="", Town="Not recorded")])
    )
    assert isinstance(found, RegisterSchool)
    assert (found.opened, found.low_age, found.town, found.religious_character, found.trust) == (None,) * 5


def test_a_small_extract_is_read_too() -> None:
    found = schools(
        extract([[900003, "St Quillon's, Ferndip", "01-09-1999", "Ferndip", "FD1 2AB"], [900004, "Oak", "", "", ""]])
    )
    assert found == [
        RegisterSchool(urn=900003, name="St Quillon's, Ferndip", town="Ferndip", postcode="FD1 2AB", opened="1999-09-01"),
        RegisterSchool(urn=900004, name="Oak"),
    ]


def test_a_bad_row_is_left_out_by_its_line_and_the_rest_goes_on() -> None:
    lines = [
        b"urn,name,town",
        b"900005,Good School,Ferndip",
        b"nine,No Number School,Ferndip",
        b"900006,,Ferndip",
        b"900007,Too,Many,Cells",
        b'900008,"Open"quote,Ferndip',
        b"900009," + b"x" * 400 + b",Ferndip",
        b"",
        b"900010,Another Good School,Ferndip",
    ]
    found = schools(b"\r\n".join(lines))
    assert [each.urn for each in found if isinstance(each, RegisterSchool)] == [900005, 900010]
    assert [each.where for each in found if isinstance(each, Skipped)] == [f"line {number}" for number in (3, 4, 5, 6, 7)]
    assert all(each.reason.endswith(".") for each in found if isinstance(each, Skipped))


@pytest.mark.parametrize("cut", [12, 40, 200])
def test_a_file_that_breaks_off_is_refused(cut: int) -> None:
    whole = whole_file([WHOLE, row(900011, "Whole School"), row(900012, 'Broken "School')])
    assert "breaks off" in refusal(whole[:-cut])
    assert "breaks off" in refusal(whole_file([WHOLE]) + b'900013,"Broken off in a cel')


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (whole_file([WHOLE], encoding="utf-16"), "another encoding"),
        (whole_file([WHOLE], encoding="utf-16-le"), "another encoding"),
        (b"\n <!DOCTYPE html><html>Sign in</html>", "is a web page"),
        (codecs.BOM_UTF8 + b"<html>", "is a web page"),
        (b"", "is empty"),
        (b"platform,text\nx,Hello", "no column urn or establishmentname"),
        (b"urn,town\n1,Ferndip", "no column establishmentname"),
    ],
)
def test_what_is_no_register_is_refused_in_a_sentence(content: bytes, says: str) -> None:
    said = refusal(content)
    assert says in said
    assert said.startswith("register.csv ")


def test_links_are_read() -> None:
    content = links_file(
        [[900001, 900020, "Quillon Infant School", "Predecessor", "01-09-2001"], [900001, "", "No one", "Other", ""]]
    )
    link = RegisterLink(
        urn=900001, other_urn=900020, other_name="Quillon Infant School", kind="Predecessor", since="2001-09-01"
    )
    found = list(read_links(BytesIO(content), "links.csv"))
    assert found[0] == link
    assert isinstance(found[1], Skipped)


def test_a_file_of_schools_is_no_file_of_links() -> None:
    with pytest.raises(BadInput, match="no column linkurn"):
        list(read_links(BytesIO(whole_file([WHOLE])), "links.csv"))


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        found = schools(b"URN,EstablishmentName\n900001,Quillon School\n" + content)
    except BadInput as refused:
        assert str(refused)
    else:
        assert found[0] == RegisterSchool(urn=900001, name="Quillon School")


CELLS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=30)


@given(st.lists(st.tuples(st.integers(10_000, 9_999_999), CELLS, CELLS), max_size=6))
def test_every_row_comes_out_or_is_left_out_by_its_line(rows: list[tuple[int, str, str]]) -> None:
    found = schools(extract([[urn, name, "", town, ""] for urn, name, town in rows]))
    assert len(found) == len(rows)
    for (urn, name, _), each in zip(rows, found, strict=True):
        assert isinstance(each, Skipped) or (each.urn, each.name) == (urn, " ".join(name.split()))
