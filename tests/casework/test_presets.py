"""The presets are policy: what each reader gets is written down here a second time."""

from dataclasses import fields

import pytest

from casework.columns import COLUMNS, Item, clocked, in_words
from casework.evidence import EVERY_FACT, Exhibit
from casework.presets import OURS, PANEL, POLICE, PRESETS, TO_PLATFORM, Preset
from core.types import Reach
from tests.casework.fictional import NOW, exhibit


def row(preset: Preset, **facts: object) -> dict[str, object]:
    item = Item(
        exhibit=exhibit(7, **facts),
        case="CW-2026-000012",
        school="Grove Primary School",
        sha256="ef" * 32,
        by_role="Headteacher",
        contact="Ms Ray",
    )
    return {column.key: column.fact(item) for column in preset.columns}


def test_our_own_file_has_the_columns_of_the_house() -> None:
    assert ", ".join(OURS.sheet) == (
        "no, what_it_says, link, platform, account, shown_name, posted_uk, saved_uk, saved_by_role, screenshot, still_online, "
        "checked_uk, why_saved, case, school, posted_utc, saved_utc, platform_post_id, platform_account_id, sha256"
    )


def test_our_own_file_reads() -> None:
    assert row(OURS) == {
        "no": 7,
        "what_it_says": "“Mr Smith should watch his back tomorrow”",
        "link": "https://x.example/grovetruth99/status/1849372649201238800",
        "platform": "X",
        "account": "grovetruth99",
        "shown_name": "Dan Whitlow",
        "posted_uk": "Wed 18 Nov 2026 20:05",
        "saved_uk": "Thu 19 Nov 2026 08:00",
        "saved_by_role": "Headteacher",
        "screenshot": "items/1.png",
        "still_online": "yes",
        "checked_uk": "Fri 20 Nov 2026 09:00",
        "why_saved": "A threat by Whitlow to a member of staff",
        "case": "CW-2026-000012",
        "school": "Grove Primary School",
        "posted_utc": "2026-11-18T20:05:00+00:00",
        "saved_utc": "2026-11-19T08:00:00+00:00",
        "platform_post_id": "id:1849372649201238800",
        "platform_account_id": "id:998877665544332211",
        "sha256": "ef" * 32,
    }


def test_the_police_get_exact_words_ids_and_clocks() -> None:
    seen = row(POLICE)
    assert list(seen)[:3] == ["item_no", "exact_words", "link"]
    assert seen["posted"] == "Wed 18 Nov 2026 20:05 GMT, the platform’s clock"
    assert seen["first_seen"] == "Wed 18 Nov 2026 20:30 GMT, our computer’s clock"
    assert seen["saved_by_and_how"] == "Headteacher, from the platform’s API"
    assert (seen["who_is_threatened"], seen["danger_now"]) == ("A member of staff", "no")
    assert (seen["screenshot"], seen["screenshot_sha256"]) == ("items/1.png", "cd" * 32)
    assert (seen["reported_where"], seen["contact"]) == ("X, report 4411", "Ms Ray")


def test_the_platform_gets_what_its_form_asks() -> None:
    assert ", ".join(TO_PLATFORM.sheet) == (
        "no, what_it_says, link, platform, account, shown_name, platform_account_id, our_real_account, what_is_copied, "
        "says_joke_or_fan, their_rule, screenshot, reporter_role"
    )
    assert row(TO_PLATFORM)["says_joke_or_fan"] == "no"
    assert row(TO_PLATFORM)["reporter_role"] == "Headteacher"


def test_the_panel_gets_no_name_link_or_id() -> None:
    assert ", ".join(PANEL.sheet) == (
        "no, school, when, where, what_it_said, kind, why_looked_at, seen_by_how_many, what_we_did, in_time, how_it_ended"
    )
    assert row(PANEL)["seen_by_how_many"] == "1,204 views, 12 likes, 1 share"
    assert row(PANEL)["kind"] == "Threat, Abuse of a person"


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
def test_the_words_stand_early_and_every_column_has_one_key(preset: Preset) -> None:
    words = [key for key in preset.sheet if key in {"what_it_says", "exact_words", "what_it_said"}]
    assert len(words) == 1 and preset.sheet.index(words[0]) < 5
    assert len(set(preset.sheet)) == len(preset.sheet)
    assert preset.discloses <= EVERY_FACT


def test_who_reported_is_told_to_us_and_the_police_and_a_panel_gets_no_picture() -> None:
    def told(fact: str) -> set[str]:
        return {preset.name for preset in PRESETS.values() if fact in preset.discloses}

    assert told("reported_by") == {"ours", "police"}
    assert told("screenshot") == told("screenshot_sha256") == {"ours", "platform", "police"}
    assert {preset.name for preset in PRESETS.values() if preset.internal} == {"ours", "police"}


def test_no_column_is_left_that_nobody_gets_and_none_holds_a_score_or_a_mood() -> None:
    assert {key for preset in PRESETS.values() for key in preset.sheet} == set(COLUMNS)
    assert not [fact.name for fact in fields(Exhibit) if "score" in fact.name or "sentiment" in fact.name]


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
def test_a_fact_nobody_recorded_is_an_empty_cell(preset: Preset) -> None:
    bare = Item(exhibit=Exhibit(no=1, text="", platform="x"), case="C", school="Grove", sha256="ef", by_role="Headteacher")
    told = {column.key for column in preset.columns if column.fact(bare) not in ("", None)}
    always = {"no", "item_no", "platform", "where", "case", "school", "sha256", "still_online", "reporter_role"}
    assert told == always & set(preset.sheet)
    assert row(OURS, still_online=None)["still_online"] == "not checked"


def test_summer_time_is_named() -> None:
    assert clocked(NOW.replace(month=6), "x") == "Sat 20 Jun 2026 17:15 BST, x"
    assert clocked(None, "x") == ""


def test_reach_counts_only_what_the_platform_said() -> None:
    assert in_words(Reach(replies=1, views=0)) == "0 views, 1 reply"
    assert in_words(Reach(replies=2, likes=1)) == "1 like, 2 replies"
    assert in_words(Reach()) == in_words(None) == ""
