"""Is a post about this school? What is found in it, how it is weighed, and that no text is too strange."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.relevance import WEIGHTS, Relevance, Table, decide, table, weigh
from analysis.surroundings import Trace
from analysis.traces import NAMING
from analysis.wording import Wording
from core.taxonomy import Outcome
from core.types import Author, Community, Judgement, Mention, Namesake, OfficialAccount, Post, School

NOW = datetime(2026, 11, 20, 16, 15, tzinfo=UTC)
ROWAN = School(
    id="rowan",
    name="Rowan Hill Academy",
    short_names=("The Hill",),
    aliases=("Rowan Hill Secondary",),
    initials="RHA",
    town="Ferrymoor",
    postcode="ZZ9 4QX",
    region_terms=("Ferrymoor", "Saltby", "Northquay"),
    domains=("rowanhill.example",),
    hashtags=("#WeAreRowan",),
    communities=(Community(platform="reddit", name="r/rowanhill"),),
    trust="Thornfield Trust",
    official_accounts=(OfficialAccount(platform="x", handle="@RowanHillAc"),),
    namesakes=(
        Namesake(name="The Hill (pub)", town="Watford"),
        Namesake(name="Rowan Hill Farm Park", town="Grantby, Kent"),
        Namesake(name="Ferrymoor Farm Museum"),
    ),
    community_terms=("Mr Fenwick", "Kestrel house", "the Annexe"),
)
BARE = School(id="bare", name="Grove School")


def _post(text: str, **facts: Any) -> Post:
    return Post(native_id="1", text=text, retrieved_at=NOW, **{"platform": "facebook", **facts})


def _judge(text: str, school: School = ROWAN, others: Sequence[School] = (), **facts: Any) -> Judgement[Outcome]:
    [judged] = Relevance([school, *others])([Mention(post=_post(text, **facts), school=school)])
    return judged


def _features(judged: Judgement[Outcome]) -> set[str]:
    """What was found, by feature, without what is said of every post."""
    return {reason.feature for reason in judged.reasons} - {"wording", "runner_up"}


def _means_us(text: str, **facts: Any) -> bool:
    return bool(Relevance([ROWAN]).mentions(_post(text, **facts)))


def _sums(judged: Judgement[Outcome], weights: Table | None = None) -> bool:
    relevance = judged.scores[Outcome.OURS]
    log_odds = (weights or table()).prior + sum(reason.score for reason in judged.reasons)
    return math.isclose(math.log(relevance / (1 - relevance)), log_odds, rel_tol=1e-6, abs_tol=1e-9) or abs(log_odds) > 30


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
    judged = _judge(text)

    assert _means_us(text)
    assert feature in _features(judged)
    assert _sums(judged)


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
    assert not _means_us(text)
    assert _sums(_judge(text))


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
    judged = _judge(text)

    assert {"short_name", feature} <= _features(judged)
    assert _sums(judged)


def test_a_word_of_the_school_beside_its_place_may_mean_it() -> None:
    assert _means_us("Mr Fenwick was lovely, here in Ferrymoor")
    assert not _means_us("Mr Fenwick was lovely")


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
    judged = _judge("Half past three today", **facts)

    assert _means_us("Half past three today", **facts)
    assert feature in _features(judged)
    assert judged.label is Outcome.OURS
    assert _sums(judged)


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
    assert not _means_us("Half past three today", **facts)


@pytest.mark.parametrize(
    ("author", "feature"),
    [
        (Author(bio="mum of two, Saltby", location="Ferrymoor"), "author_place"),
        (Author(name="Sam of Watford"), "author_elsewhere"),
    ],
)
def test_where_somebody_is_weighs_and_is_not_written_down(author: Author, feature: str) -> None:
    judged = _judge("The Hill is lovely", author=author)

    assert feature in _features(judged)
    for told in ("Saltby", "Ferrymoor", "Watford", "mum", "Sam"):
        assert told.casefold() not in repr(judged.reasons).casefold()


def test_a_word_inside_a_namesake_s_name_is_not_ours() -> None:
    assert "town" not in _features(_judge("The Hill, and the Ferrymoor Farm Museum"))
    assert "town" in _features(_judge("The Hill in Ferrymoor, and the Ferrymoor Farm Museum"))


def test_of_the_ways_to_say_the_name_only_the_strongest_counts() -> None:
    judged = _judge("RHA, The Hill, Rowan Hill Secondary, Rowan Hill Academy, Rowan Hill Academy")

    names = [reason for reason in judged.reasons if reason.feature in ("name", "alias", "short_name", "initials")]
    assert [(reason.feature, reason.score) for reason in names] == [("name", table().points["name"])]


def test_two_places_count_and_a_third_does_not() -> None:
    school = replace(ROWAN, region_terms=("Saltby", "Northquay", "Eastfen"))
    judged = _judge("The Hill: Saltby, Northquay, Eastfen, Saltby", school)

    [region] = [reason for reason in judged.reasons if reason.feature == "region"]
    assert region.score == 2 * table().points["region"]
    assert region.ours == "Saltby, Northquay"


def test_the_town_is_no_region_besides() -> None:
    assert "region" not in _features(_judge("The Hill, Ferrymoor"))


def test_a_sister_school_is_another_school() -> None:
    sister = School(id="sister", name="Rowan Dale Academy", trust="Thornfield Trust")
    relevance = Relevance([ROWAN, sister])

    found = relevance.mentions(_post("Rowan Dale Academy of the Thornfield Trust"))
    both = relevance.mentions(_post("Rowan Dale Academy and Rowan Hill Academy"))

    assert [mention.school.id for mention in found] == ["sister"]
    assert sorted(mention.school.id for mention in both) == ["rowan", "sister"]


def test_a_shared_name_points_to_every_school_that_bears_it_and_the_place_decides() -> None:
    twin = School(id="twin", name="Rowan Hill Academy", town="Grantby")
    relevance = Relevance([ROWAN, twin])

    judged = {
        mention.school.id: relevance([mention])[0].scores[Outcome.OURS]
        for mention in relevance.mentions(_post("Rowan Hill Academy, Grantby"))
    }

    assert judged["twin"] > judged["rowan"]


def test_what_is_not_surely_ours_says_what_else_it_may_be() -> None:
    judged = decide(weigh([Trace("namesake", "The Hill, Watford", "the hill")], Wording(0.0), PLAIN), PLAIN, "by-hand")

    assert judged.reasons[-1].sentence == "If not, it is probably about The Hill, Watford."
    assert judged.reasons[-1].score == 0


def test_a_reason_says_what_was_found() -> None:
    [handle] = [reason for reason in _judge("Thanks @rowanhillac").reasons if reason.feature == "handle"]

    assert handle.sentence == "It names the school’s account @rowanhillac."
    assert (handle.ours, handle.theirs) == ("rowanhillac", "rowanhillac")


def test_signs_in_a_profile_cannot_break_a_sentence() -> None:
    school = School(id="odd", name="{what} {0} %s School", hashtags=("{x}",))

    sentences = [reason.sentence for reason in _judge("the what 0 s school", school).reasons]

    assert "It says the full name, “{what} {0} %s School”." in sentences


PLAIN = Table(
    prior=-2.0,
    ours_from=0.7,
    ambiguous_from=0.3,
    points={feature: weight.points for feature, weight in WEIGHTS.items()},
)
features = st.sampled_from(sorted(set(WEIGHTS) - {"wording"}))
wordings = st.floats(-5, 5).map(Wording)


@given(st.lists(features, max_size=8), wordings)
def test_the_outcome_follows_from_the_sum_of_the_reasons(found: list[str], wording: Wording) -> None:
    judged = decide(
        weigh([Trace(feature, f"{feature} {n}", feature) for n, feature in enumerate(found)], wording, PLAIN), PLAIN, "by-hand"
    )
    relevance = judged.scores[Outcome.OURS]

    assert _sums(judged, PLAIN)
    assert judged.label is (Outcome.OURS if relevance >= 0.7 else Outcome.AMBIGUOUS if relevance >= 0.3 else Outcome.NOT_OURS)
    assert judged.reasons
    assert judged.model == "by-hand"


def test_the_bounds_between_the_outcomes_belong_to_the_surer_one() -> None:
    def label(log_odds: float) -> Outcome:
        even = replace(PLAIN, prior=0.0, ours_from=0.5, ambiguous_from=1 / (1 + math.exp(2)))
        return decide(weigh([], Wording(log_odds), even), even, "by-hand").label

    assert PLAIN.points["wording"] == 1.0
    assert [label(each) for each in (0.0, -0.01, -2.0, -2.01)] == [
        Outcome.OURS,
        Outcome.AMBIGUOUS,
        Outcome.AMBIGUOUS,
        Outcome.NOT_OURS,
    ]


@given(st.lists(features, max_size=5), features, wordings)
def test_what_speaks_for_us_makes_it_surer_and_what_speaks_against_less(found: list[str], more: str, wording: Wording) -> None:
    names = {"name", "alias", "short_name", "initials"}
    traces = [Trace(feature, feature, feature) for feature in found if not ({feature, more} <= names)]
    before = decide(weigh(traces, wording, PLAIN), PLAIN, "by-hand").scores[Outcome.OURS]
    after = decide(weigh([*traces, Trace(more, more, more)], wording, PLAIN), PLAIN, "by-hand").scores[Outcome.OURS]

    assert after >= before if WEIGHTS[more].points > 0 else after <= before


def test_the_table_that_ships_is_the_policy_s_and_never_turns_a_weight_round() -> None:
    shipped = table()

    assert set(shipped.points) == set(WEIGHTS)
    assert all(shipped.points[feature] * weight.points >= 0 for feature, weight in WEIGHTS.items())
    assert 0 < shipped.ambiguous_from < shipped.ours_from < 1
    assert all(WEIGHTS[feature].points > 0 for feature in NAMING)


@pytest.mark.parametrize(
    "name", ["Grоve Sсhооl", "ɢʀᴏᴠᴇ ꜱᴄʜᴏᴏʟ", "G R O V E", "ＧＲＯＶＥ ＳＣＨＯＯＬ", "Gr\u200bove Sch\u00adool"]
)
def test_letters_that_look_alike_break_nothing(name: str) -> None:
    assert _sums(_judge(f"I love {name}", BARE))


def test_wide_letters_and_hidden_signs_do_not_hide_a_name() -> None:
    for name in ("ＧＲＯＶＥ ＳＣＨＯＯＬ", "Gr\u200bove Sch\u00adool"):
        assert "name" in _features(_judge(name, BARE))


def test_a_school_with_only_a_name() -> None:
    relevance = Relevance([BARE])

    assert len(relevance.mentions(_post("My two love Grove School"))) == 1
    assert relevance.mentions(_post("Grove")) == []
    assert Relevance([]).mentions(_post("Grove School")) == []


EMPTY = School(
    id="empty",
    name="!!!",
    short_names=("", " "),
    aliases=("", "🎉"),
    initials="",
    town="",
    postcode="",
    trust="",
    region_terms=("",),
    domains=("", "."),
    hashtags=("", "#"),
    communities=(Community(platform="reddit", name=""), Community(platform="reddit", name="r/")),
    official_accounts=(OfficialAccount(platform="x", handle="@"), OfficialAccount(platform="x", handle="")),
    namesakes=(Namesake(name=""), Namesake(name="(", town="(")),
    community_terms=("",),
)


@pytest.mark.parametrize("text", ["", "!!!", "🎉", "# @ . ,", "Anything at all about a school"])
@pytest.mark.parametrize("platform", ["x", "reddit"])
def test_a_profile_of_empty_words_names_nothing(text: str, platform: str) -> None:
    post = _post(text, platform=platform, author=Author(handle="@"), community="🎉", reply_to="@")

    assert Relevance([EMPTY]).mentions(post) == []


@pytest.mark.parametrize("alias", [".*", "(", "[", "a|b", r"\w+", "^$", "{3}", "?", "Grove*"])
def test_an_alias_like_a_pattern_is_words(alias: str) -> None:
    school = School(id="odd", name="Zzyzx School", aliases=(alias,), domains=(alias,), hashtags=(alias,), initials=alias)

    assert Relevance([school]).mentions(_post("Anything at all, in Saltby, by pupils")) == []


LONG = [
    "Rowan Hill Academy " * 2_600,
    "a." * 25_000,
    "a-" * 25_000,
    "rowanhill.example." * 2_700,
    "#WeAreRowan" * 4_500,
    "@RowanHillAc" * 4_100,
    "RHA " * 12_500,
    "🎉" * 50_000,
    "\u0301" * 50_000,
    " " * 50_000,
    "A" * 50_000,
    "school " * 7_000,
]


@pytest.mark.timeout(20)
@pytest.mark.parametrize("text", LONG, ids=[text[:12].strip() or "blank" for text in LONG])
def test_50_000_characters_are_judged(text: str) -> None:
    assert len(text) > 45_000
    assert _sums(_judge(text))


texts = st.text(st.characters(), max_size=200) | st.lists(
    st.sampled_from(["The Hill", "RHA", "Ferrymoor", "#WeAreRowan", "@", "rowanhill.example", "pub", "🎉", "\x00", "\ud800"])
).map(" ".join)


@settings(max_examples=150)
@given(text=texts, handle=st.none() | texts, community=st.none() | texts, url=st.none() | texts, bio=st.none() | texts)
def test_no_text_ever_raises(text: str, handle: str | None, community: str | None, url: str | None, bio: str | None) -> None:
    author = Author(handle=handle, bio=bio, name=bio, location=handle)
    post = _post(text, author=author, community=community, url=url, reply_to=handle)
    relevance = Relevance([ROWAN, BARE, EMPTY])

    for judged in relevance([Mention(post=post, school=school) for school in (ROWAN, BARE, EMPTY)]):
        assert 0 < judged.scores[Outcome.OURS] < 1
        assert _sums(judged)


def test_one_answer_a_subject_in_order() -> None:
    relevance = Relevance([ROWAN, BARE])
    posts = [_post("Grove School"), _post("nothing"), _post("Rowan Hill Academy")]
    subjects = [Mention(post=post, school=school) for post in posts for school in (ROWAN, BARE)]

    named = ["name" in _features(judged) for judged in relevance(subjects)]

    assert named == [False, True, False, False, True, False]
    assert relevance([]) == []
