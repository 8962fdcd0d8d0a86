"""A reader sees what the preset discloses and nothing else."""

import shutil
from dataclasses import fields, replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework.disclosure import for_reader
from casework.evidence import EVERY_FACT, Exhibit
from casework.presets import OURS, PANEL, POLICE, PRESETS, TO_PLATFORM, Preset
from core.errors import BadInput
from tests.casework.fictional import case, exhibit, exported, files_of

ACCOUNT = "x:998877665544332211"


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
def test_an_empty_case_is_refused_with_a_sentence(preset: Preset) -> None:
    with pytest.raises(BadInput, match=r"CW-2026-000012 holds no saved items.*Save a post to it first"):
        for_reader(case(), preset)


@pytest.mark.parametrize("preset", [OURS, POLICE], ids=["ours", "police"])
def test_the_complete_files_hold_everything_in_the_order_of_the_items(preset: Preset) -> None:
    assert for_reader(case(exhibit(2), exhibit(1)), preset).exhibits == (exhibit(1), exhibit(2))


@pytest.mark.parametrize("preset", [TO_PLATFORM, PANEL], ids=["platform", "panel"])
def test_what_a_reader_may_not_see_is_as_if_nobody_had_recorded_it(preset: Preset) -> None:
    (seen,) = for_reader(case(exhibit()), preset).exhibits
    kept = {fact.name for fact in fields(Exhibit) if getattr(seen, fact.name) != fact.default}
    assert kept <= preset.discloses


def test_a_platform_sees_one_account_and_nothing_the_school_noted() -> None:
    other = {"handle": "bystander", "account_native_id": "5", "shown_name": "A Parent"}
    seen = for_reader(case(exhibit(1), exhibit(2, **other)), TO_PLATFORM, ACCOUNT)
    assert [item.no for item in seen.exhibits] == [1]
    assert (seen.exhibits[0].why_saved, seen.exhibits[0].threatened_whom, seen.exhibits[0].what_we_did) == (None, None, None)


def test_the_only_account_needs_no_choosing() -> None:
    assert for_reader(case(exhibit()), TO_PLATFORM) == for_reader(case(exhibit()), TO_PLATFORM, ACCOUNT)


@pytest.mark.parametrize(
    ("account", "exhibits", "told"),
    [
        (None, (exhibit(1), exhibit(2, handle="bystander", account_native_id="5")), "is about one account, .* holds 2"),
        ("x:1", (exhibit(1),), "holds nothing from the account that was chosen"),
        (None, (exhibit(1, handle=None, account_native_id=None),), "says which account it came from"),
    ],
)
def test_an_account_that_is_not_settled_is_refused(account: str | None, exhibits: tuple[Exhibit, ...], told: str) -> None:
    with pytest.raises(BadInput, match=told) as error:
        for_reader(case(*exhibits), TO_PLATFORM, account)
    assert "grovetruth" not in str(error.value)


def test_the_panel_reads_the_sense_and_no_name() -> None:
    bystander = exhibit(2, text="Whitlow and grovetruth99 are one", handle="@bystander12", shown_name="Jo Marsh")
    told = exhibit(1, text="JO MARSH from Grove Primary School says ring 07700 900123")
    first, second = for_reader(case(told, bystander), PANEL).exhibits
    assert first.text == "▇▇▇ from Grove Primary School says ring ▇▇▇"
    assert second.text == "▇▇▇ and ▇▇▇ are one"
    assert second.why_saved == "A threat by ▇▇▇ to a member of staff"
    assert second.what_we_did == "Told Mr ▇▇▇, reported @▇▇▇"
    assert (second.handle, second.shown_name, second.url, second.native_id) == (None, None, None, None)


def test_an_impersonator_under_the_schools_name_does_not_black_out_the_school() -> None:
    item = exhibit(text="Grove Primary School is shut", shown_name="Grove Primary School", handle="grove_primary_official")
    assert for_reader(case(item), PANEL).exhibits[0].text == "Grove Primary School is shut"


def test_the_case_itself_is_left_as_it_is() -> None:
    given = case(exhibit())
    assert replace(given) == given
    for_reader(given, PANEL)
    assert given == case(exhibit())


plain = st.text("abcdefghijkmnopqrstuvwxyz", min_size=6, max_size=15)
stranger = st.fixed_dictionaries(
    {
        "handle": plain.map("zq{}".format) | plain.map("@zq_{}=".format),
        "shown_name": st.tuples(plain, plain).map(lambda both: f"Zq{both[0]} Zq{both[1]}"),
        "native_id": st.integers(10**17, 10**19).map(str),
        "account_native_id": st.integers(10**17, 10**19).map(str),
        "url": plain.map("https://x.example/zq{}/status".format),
        "account_url": plain.map("https://x.example/zq{}".format),
        "community": plain.map("zq{}".format),
    }
)
around = st.text(st.characters(exclude_characters="▇"), max_size=12)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=st.lists(stranger, min_size=1, max_size=3), before=around, after=around, order=st.randoms(use_true_random=False))
def test_no_byte_of_a_panels_file_tells_who(
    people: list[dict[str, str]], before: str, after: str, order: Random, tmp_path: Path
) -> None:
    told = [fact for person in people for name, fact in person.items() if name != "community"]
    items = []
    for no, person in enumerate(people, start=1):
        order.shuffle(told)
        text = f"{before}{told[0]} {told[1].upper()}{after} @{told[2]}{before}{told[3]}"
        items.append(exhibit(no, text=text, why_saved=text, what_we_did=text, outcome=text, **person))
    out = tmp_path / "file"
    shutil.rmtree(out, ignore_errors=True)
    package = exported(case(*items), PANEL, out)
    assert package.people == ()
    everything = b"\n".join(files_of(out).values()).lower()
    for fact in [*told, *(person["community"] for person in people)]:
        assert fact.lstrip("@").lower().encode() not in everything


def test_a_platforms_file_holds_nothing_of_anybody_else_and_no_note_of_the_school(tmp_path: Path) -> None:
    canaries = {
        name: f"canary-{name.replace('_', '-')}"
        for name in EVERY_FACT
        if isinstance(getattr(exhibit(), name), str) and name != "platform"
    }
    in_question = exhibit(1, **canaries)
    bystander = exhibit(2, text="bystander-words", handle="bystander", account_native_id="5", shown_name="bystander-name")
    package = exported(
        case(in_question, bystander),
        TO_PLATFORM,
        tmp_path / "file",
        account="x:canary-account-native-id",
        why="reason-canary",
        contact="contact-canary",
    )
    everything = b"\n".join(files_of(package.path).values()).decode("utf-8", "replace")
    found = {name for name, canary in canaries.items() if canary in everything}
    assert found == set(canaries) & TO_PLATFORM.discloses
    for private in ("bystander", "reason-canary", "contact-canary", "Whitlow threats"):
        assert private not in everything
    assert package.people == ("x:canary-account-native-id",)
    assert package.items == 1
