"""Is a post about this school? How what was found is weighed, and that no text is too strange."""

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.relevance import WEIGHTS, Relevance, Table, decide, table, weigh
from analysis.surroundings import Trace
from analysis.traces import NAMING
from analysis.wording import Wording
from core.taxonomy import Outcome
from core.types import Author, Mention, School
from tests.analysis.fictional import BARE, EMPTY, ROWAN, features, judge, post, sums


def test_of_the_ways_to_say_the_name_only_the_strongest_counts() -> None:
    judged = judge("RHA, The Hill, Rowan Hill Secondary, Rowan Hill Academy, Rowan Hill Academy")

    names = [reason for reason in judged.reasons if reason.feature in ("name", "alias", "short_name", "initials")]
    assert [(reason.feature, reason.score) for reason in names] == [("name", table().points["name"])]


def test_two_places_count_and_a_third_does_not() -> None:
    school = replace(ROWAN, region_terms=("Saltby", "Northquay", "Eastfen"))
    judged = judge("The Hill: Saltby, Northquay, Eastfen, Saltby", school)

    [region] = [reason for reason in judged.reasons if reason.feature == "region"]
    assert region.score == 2 * table().points["region"]
    assert region.ours == "Saltby, Northquay"


def test_the_town_is_no_region_besides() -> None:
    assert "region" not in features(judge("The Hill, Ferrymoor"))


def test_a_sister_school_is_another_school() -> None:
    sister = School(id="sister", name="Rowan Dale Academy", trust="Thornfield Trust")
    relevance = Relevance([ROWAN, sister])

    found = relevance.mentions(post("Rowan Dale Academy of the Thornfield Trust"))
    both = relevance.mentions(post("Rowan Dale Academy and Rowan Hill Academy"))

    assert [mention.school.id for mention in found] == ["sister"]
    assert sorted(mention.school.id for mention in both) == ["rowan", "sister"]


def test_a_shared_name_points_to_every_school_that_bears_it_and_the_place_decides() -> None:
    twin = School(id="twin", name="Rowan Hill Academy", town="Grantby")
    relevance = Relevance([ROWAN, twin])

    judged = {
        mention.school.id: relevance([mention])[0].scores[Outcome.OURS]
        for mention in relevance.mentions(post("Rowan Hill Academy, Grantby"))
    }

    assert judged["twin"] > judged["rowan"]


def test_what_is_not_surely_ours_says_what_else_it_may_be() -> None:
    judged = decide(weigh([Trace("namesake", "The Hill, Watford", "the hill")], Wording(0.0), PLAIN), PLAIN, "by-hand")

    assert judged.reasons[-1].sentence == "If not, it is probably about The Hill, Watford."
    assert judged.reasons[-1].score == 0


def test_a_reason_says_what_was_found() -> None:
    [handle] = [reason for reason in judge("Thanks @rowanhillac").reasons if reason.feature == "handle"]

    assert handle.sentence == "It names the school’s account @rowanhillac."
    assert (handle.ours, handle.theirs) == ("rowanhillac", "rowanhillac")


def test_signs_in_a_profile_cannot_break_a_sentence() -> None:
    school = School(id="odd", name="{what} {0} %s School", hashtags=("{x}",))

    sentences = [reason.sentence for reason in judge("the what 0 s school", school).reasons]

    assert "It says the full name, “{what} {0} %s School”." in sentences


PLAIN = Table(
    prior=-2.0,
    ours_from=0.7,
    ambiguous_from=0.3,
    points={feature: weight.points for feature, weight in WEIGHTS.items()},
)
any_feature = st.sampled_from(sorted(set(WEIGHTS) - {"wording"}))
wordings = st.floats(-5, 5).map(Wording)


@given(st.lists(any_feature, max_size=8), wordings)
def test_the_outcome_follows_from_the_sum_of_the_reasons(found: list[str], wording: Wording) -> None:
    judged = decide(
        weigh([Trace(feature, f"{feature} {n}", feature) for n, feature in enumerate(found)], wording, PLAIN), PLAIN, "by-hand"
    )
    relevance = judged.scores[Outcome.OURS]

    named = "name" in found and all(WEIGHTS[feature].points > 0 for feature in found)
    assert sums(judged, PLAIN)
    assert judged.label is (
        Outcome.OURS if relevance >= 0.7 else Outcome.AMBIGUOUS if named or relevance >= 0.3 else Outcome.NOT_OURS
    )
    assert judged.reasons
    assert judged.model == "by-hand"


def test_the_full_name_alone_is_never_thrown_away_but_beside_another_it_may_be() -> None:
    name, other = Trace("name", "Grove School", "Grove School"), Trace("other_thing", "pub", "pub")
    doubted = Wording(-9.0)
    assert decide(weigh([name], doubted, PLAIN), PLAIN, "by-hand").label is Outcome.AMBIGUOUS
    assert decide(weigh([name, other], doubted, PLAIN), PLAIN, "by-hand").label is Outcome.NOT_OURS


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


@given(st.lists(any_feature, max_size=5), any_feature, wordings)
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
    assert sums(judge(text))


texts = st.text(st.characters(), max_size=200) | st.lists(
    st.sampled_from(["The Hill", "RHA", "Ferrymoor", "#WeAreRowan", "@", "rowanhill.example", "pub", "🎉", "\x00", "\ud800"])
).map(" ".join)


@settings(max_examples=150)
@given(text=texts, handle=st.none() | texts, community=st.none() | texts, url=st.none() | texts, bio=st.none() | texts)
def test_no_text_ever_raises(text: str, handle: str | None, community: str | None, url: str | None, bio: str | None) -> None:
    author = Author(handle=handle, bio=bio, name=bio, location=handle)
    said = post(text, author=author, community=community, url=url, reply_to=handle)
    relevance = Relevance([ROWAN, BARE, EMPTY])

    for judged in relevance([Mention(post=said, school=school) for school in (ROWAN, BARE, EMPTY)]):
        assert 0 < judged.scores[Outcome.OURS] < 1
        assert sums(judged)


def test_one_answer_a_subject_in_order() -> None:
    relevance = Relevance([ROWAN, BARE])
    posts = [post("Grove School"), post("nothing"), post("Rowan Hill Academy")]
    subjects = [Mention(post=each, school=school) for each in posts for school in (ROWAN, BARE)]

    named = ["name" in features(judged) for judged in relevance(subjects)]

    assert named == [False, True, False, False, True, False]
    assert relevance([]) == []
