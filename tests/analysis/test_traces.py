"""What in a post points to a school, and what only seems to."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from analysis.relevance import Relevance
from analysis.traces import Traces
from core.taxonomy import Outcome
from core.types import Author, FormerName, Leader, Post, School
from tests.analysis.fictional import BARE, EMPTY, ROWAN, features, judge, means_us, post, sums


@pytest.mark.parametrize(
    ("text", "feature"),
    [
        ("Rowan Hill Academy was lovely", "name"),
        ("rowan-hill ACADEMY’s gates", "name"),
        ("Rowan Hill Secondary again", "alias"),
        ("The Hill is lovely today", "short_name"),
        ("RHA", "initials"),
        ("Well done #weareROWAN", "hashtag"),
        ("Thanks @rowanhillac.", "handle"),
        ("write to head@mail.rowanhill.example", "domain"),
        ("see https://www.ROWANHILL.example/news?x=1", "domain"),
        ("…rowanhill.example, or so", "domain"),
        ("the road at zz9 4qx is closed", "postcode"),
    ],
)
def test_what_names_the_school(text: str, feature: str) -> None:
    judged = judge(text)

    assert means_us(text)
    assert feature in features(judged)
    assert sums(judged)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "rha",
        "A day out at Rowan Hill Farm Park",
        "Rowan Hill",
        "not https://notrowanhill.example nor rowanhill.example.org",
        "#WeAreRowanToo and @rowanhillactually",
        "a lovely school in Ferrymoor, of the Thornfield Trust",
    ],
)
def test_what_does_not(text: str) -> None:
    assert not means_us(text)
    assert sums(judge(text))


@pytest.mark.parametrize(
    ("text", "feature"),
    [
        ("The Hill in Ferrymoor", "town"),
        ("The Hill in Saltby", "region"),
        ("The Hill of the Thornfield Trust", "trust"),
        ("The Hill and Mr Fenwick", "community_term"),
        ("The Hill in Watford", "namesake_town"),
        ("The Hill or Rowan Hill Farm Park", "namesake"),
    ],
)
def test_what_weighs_beside_a_name(text: str, feature: str) -> None:
    judged = judge(text)

    assert {"short_name", feature} <= features(judged)
    assert sums(judged)


def test_a_word_of_the_school_beside_its_place_may_mean_it() -> None:
    assert means_us("Mr Fenwick was lovely, here in Ferrymoor")
    assert not means_us("Mr Fenwick was lovely")


@pytest.mark.parametrize(
    ("facts", "feature"),
    [
        ({"platform": "x", "author": Author(handle="rowanhillac")}, "own"),
        ({"platform": "x", "author": Author(handle="@ROWANHILLAC")}, "own"),
        ({"platform": "reddit", "community": "/r/RowanHill"}, "community"),
        ({"platform": "reddit", "community": "rowanhill"}, "community"),
        ({"platform": "x", "reply_to": "@RowanHillAc"}, "reply"),
        ({"url": "https://rowanhill.example/"}, "domain"),
    ],
)
def test_where_it_stands_and_who_wrote_it(facts: dict[str, Any], feature: str) -> None:
    judged = judge("Half past three today", **facts)

    assert means_us("Half past three today", **facts)
    assert feature in features(judged)
    assert judged.label is Outcome.OURS
    assert sums(judged)


@pytest.mark.parametrize(
    "facts",
    [
        {"platform": "tiktok", "author": Author(handle="@rowanhillac")},
        {"platform": "facebook", "community": "rowanhill"},
        {"platform": "reddit", "community": "rowanhillwalks"},
        {"platform": "x", "reply_to": "@somebody"},
        {"platform": "x", "author": Author(handle="somebody", bio="Ferrymoor", location="Saltby")},
    ],
)
def test_where_it_stands_elsewhere(facts: dict[str, Any]) -> None:
    assert not means_us("Half past three today", **facts)


@pytest.mark.parametrize(
    ("author", "feature"),
    [
        (Author(bio="mum of two, Saltby", location="Ferrymoor"), "author_place"),
        (Author(name="Sam of Watford"), "author_elsewhere"),
    ],
)
def test_where_somebody_is_weighs_and_is_not_written_down(author: Author, feature: str) -> None:
    judged = judge("The Hill is lovely", author=author)

    assert feature in features(judged)
    for told in ("Saltby", "Ferrymoor", "Watford", "mum", "Sam"):
        assert told.casefold() not in repr(judged.reasons).casefold()


def test_a_word_inside_a_namesake_s_name_is_not_ours() -> None:
    assert "town" not in features(judge("The Hill, and the Ferrymoor Farm Museum"))
    assert "town" in features(judge("The Hill in Ferrymoor, and the Ferrymoor Farm Museum"))


@pytest.mark.parametrize(
    "name", ["Grоve Sсhооl", "ɢʀᴏᴠᴇ ꜱᴄʜᴏᴏʟ", "G R O V E", "ＧＲＯＶＥ ＳＣＨＯＯＬ", "Gr\u200bove Sch\u00adool"]
)
def test_letters_that_look_alike_break_nothing(name: str) -> None:
    assert sums(judge(f"I love {name}", BARE))


def test_wide_letters_and_hidden_signs_do_not_hide_a_name() -> None:
    for name in ("ＧＲＯＶＥ ＳＣＨＯＯＬ", "Gr\u200bove Sch\u00adool"):
        assert "name" in features(judge(name, BARE))


def test_a_school_with_only_a_name() -> None:
    relevance = Relevance([BARE])

    assert len(relevance.mentions(post("My two love Grove School"))) == 1
    assert relevance.mentions(post("Grove")) == []
    assert Relevance([]).mentions(post("Grove School")) == []


@pytest.mark.parametrize("text", ["", "!!!", "🎉", "# @ . ,", "Anything at all about a school"])
@pytest.mark.parametrize("platform", ["x", "reddit"])
def test_a_profile_of_empty_words_names_nothing(text: str, platform: str) -> None:
    said = post(text, platform=platform, author=Author(handle="@"), community="🎉", reply_to="@")

    assert Relevance([EMPTY]).mentions(said) == []


@pytest.mark.parametrize("alias", [".*", "(", "[", "a|b", r"\w+", "^$", "{3}", "?", "Grove*"])
def test_an_alias_like_a_pattern_is_words(alias: str) -> None:
    school = School(id="odd", name="Zzyzx School", aliases=(alias,), domains=(alias,), hashtags=(alias,), initials=alias)

    assert Relevance([school]).mentions(post("Anything at all, in Saltby, by pupils")) == []


@pytest.mark.parametrize("language", ["en", "cy", "pl", "en-GB", None, "ja", "tr"])
def test_a_language_few_families_here_speak_speaks_against(language: str | None) -> None:
    post = Post(
        platform="x", native_id="1", text="The Hill School", retrieved_at=datetime(2026, 11, 20, tzinfo=UTC), language=language
    )
    found = Traces([School(id="hill", name="The Hill School")]).find(post)["hill"]
    assert ("other_language" in {trace.feature for trace in found}) is (language in ("ja", "tr"))


def test_a_name_the_school_had_still_means_it() -> None:
    school = School(id="way", name="Waymark Academy", former_names=(FormerName(name="Hagg Lane School", until="2024"),))
    post = Post(platform="x", native_id="1", text="Hagg Lane School gates", retrieved_at=datetime(2026, 11, 20, tzinfo=UTC))
    assert "alias" in {trace.feature for trace in Traces([school]).find(post)["way"]}


def reported(text: str, school: str = "rowan", **facts: Any) -> Post:
    return post(text, reported_for=school, **facts)


@pytest.mark.parametrize("text", ["", "🎉", "Half past three today", "In Watford"])
def test_what_was_reported_for_a_school_may_mean_it_whatever_it_says(text: str) -> None:
    found = Traces([ROWAN, BARE]).find(reported(text))

    assert set(found) == {"rowan"}
    assert "reported" in {trace.feature for trace in found["rowan"]}
    assert Traces([ROWAN, BARE]).find(post(text)) == {}
    assert Traces([ROWAN, BARE]).find(reported(text, "nobody")) == {}


def test_what_was_reported_for_one_school_and_names_another_may_mean_both() -> None:
    found = Traces([ROWAN, BARE]).find(reported("My two love Grove School"))

    assert set(found) == {"rowan", "bare"}
    assert "reported" not in {trace.feature for trace in found["bare"]}
    assert "reported" in features(judge("", reported_for="rowan"))
    assert "reported" not in features(judge("", BARE, [ROWAN], reported_for="rowan"))


def test_a_leader_s_name_in_what_was_reported_does_not_stand_alone() -> None:
    led = replace(ROWAN, leaders=(Leader(name="Maria Okonkwo", agreed_on="2026-03-12"),))
    [traces] = Traces([led]).find(reported("Maria Okonkwo again")).values()

    assert "leader" in {trace.feature for trace in traces}


def test_a_word_of_the_school_whose_author_was_seen_near_is_found_again() -> None:
    traces = Traces([ROWAN])
    said = post("Mr Fenwick was lovely")

    assert traces.find(said) == {}
    assert set(traces.find(said, {"rowan": ["author_place"]})) == {"rowan"}
    assert traces.find(said, {"rowan": ["author_wording"]}) == {}
    assert traces.find(said, {"bare": ["author_place"]}) == {}
    assert traces.find(post("Lovely day"), {"rowan": ["author_place"]}) == {}
