"""All that is judged of a post, for every school it may be about."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.judge import Judge, answered
from core.taxonomy import PLATFORMS, Lane, Outcome, Risk, Sentiment, Severity
from core.types import Author, Judgement, Mention, OfficialAccount, Post, School

NOW = datetime(2026, 11, 20, 16, 15, tzinfo=UTC)
ROWAN = School(id="rowan", name="Rowan Hill Academy", official_accounts=(OfficialAccount(platform="x", handle="@RowanHillAc"),))
GROVE = School(id="grove", name="Grove Primary School")


class Always:
    """A tone that is always the same, and counts what it was asked."""

    model = "always-1"

    def __init__(self, label: Sentiment) -> None:
        self.label = label
        self.asked = 0

    def __call__(self, subjects: Sequence[Post]) -> list[Judgement[Sentiment]]:
        """One judgement a post."""
        self.asked += len(subjects)
        scores: dict[str, float] = {each: float(each is self.label) for each in Sentiment}
        return [Judgement(label=self.label, score=1.0, scores=scores, model=self.model) for _ in subjects]


def _post(text: str, **facts: Any) -> Post:
    return Post(native_id="1", text=text, retrieved_at=NOW, **{"platform": "x", **facts})


def test_one_mention_for_each_school_that_is_named_in_the_order_of_the_posts() -> None:
    posts = [_post("Grove Primary School"), _post("nobody"), _post("Grove Primary School and Rowan Hill Academy"), _post("")]

    judged = Judge([ROWAN, GROVE])(posts)

    assert [sorted(each.school_id for each in mentions) for mentions in judged] == [["grove"], [], ["grove", "rowan"], []]
    assert Judge([ROWAN])([]) == []
    assert Judge([])(posts) == [[], [], [], []]


def test_given_pairs_are_judged_whether_or_not_anything_points_to_the_school() -> None:
    own = _post("nobody", author=Author(handle="@rowanhillac"))
    pairs = [Mention(post=own, school=GROVE), Mention(post=own, school=ROWAN)]

    judged = Judge([ROWAN, GROVE]).judge_mentions(pairs)

    assert [each.school_id for each in judged] == ["grove", "rowan"]
    assert judged[0].relevance < judged[1].relevance


def test_all_that_was_judged_stands_together() -> None:
    [[judged]] = Judge([GROVE], Always(Sentiment.NEGATIVE))([_post("My two love Grove Primary School, said Mr Fenwick")])
    alone = Judge([GROVE])

    assert judged.sentiment is Sentiment.NEGATIVE
    assert judged.sentiment_scores == {Sentiment.NEGATIVE: 1.0, Sentiment.NEUTRAL: 0.0, Sentiment.POSITIVE: 0.0}
    assert judged.model.endswith("+always-1")
    assert alone.model != judged.model
    assert alone.model.split("+")[0] == judged.model.split("+")[0]
    assert "name" in {reason.feature for reason in judged.reasons}
    assert (judged.risks, judged.severity, judged.abstained) == ((), Severity.NONE, None)


def test_the_mood_is_among_the_reasons() -> None:
    [[judged]] = Judge([GROVE])([_post("What a lovely fair at Grove Primary School")])

    assert [reason.feature for reason in judged.reasons].count("mood_words") == 1
    assert judged.sentiment is Sentiment.POSITIVE


def test_our_own_posts_are_marked() -> None:
    own = _post("Open evening on Thursday", author=Author(handle="@rowanhillac"))
    [[ours]], [[theirs]] = Judge([ROWAN])([own]), Judge([ROWAN])([_post("Rowan Hill Academy open evening")])

    assert ours.own
    assert ours.outcome is Outcome.OURS
    assert not theirs.own


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("text", ["", "😂😂", "!!!"])
def test_what_has_no_words_is_ours_when_it_was_reported(platform: str, text: str) -> None:
    [judged] = Judge([ROWAN, GROVE])([_post(text, platform=platform, reported_for="grove")])

    [about] = judged
    assert (about.school_id, about.outcome) == ("grove", Outcome.OURS)
    assert about.reasons[0].sentence == "Whoever reported it says that it is about the school."
    assert Judge([ROWAN, GROVE])([_post(text, platform=platform)]) == [[]]


@pytest.mark.parametrize(
    "text", ["the gates again", "Never again. Ask the parents.", "Half past three today", "A day out in Watford, lovely pub"]
)
@pytest.mark.parametrize("platform", ["x", "reddit", "facebook", "whatsapp"])
def test_what_was_reported_is_never_thrown_away_by_the_judge(platform: str, text: str) -> None:
    [[about]] = Judge([GROVE])([_post(text, platform=platform, reported_for="grove")])

    assert about.outcome is not Outcome.NOT_OURS


def test_what_was_reported_is_judged_again_as_it_was() -> None:
    judge, wordless = Judge([GROVE]), _post("", reported_for="grove")
    [[first]] = judge([wordless])
    [[again]] = judge([wordless], [{"grove": first.reasons}])

    assert again == first
    assert answered(again, "not_us").outcome is Outcome.NOT_OURS


def test_where_an_author_was_seen_is_remembered_where_it_alone_let_the_post_mean_the_school() -> None:
    school = replace(GROVE, town="Ferrymoor", community_terms=("Mr Fenwick",))
    judge, text = Judge([school, ROWAN]), "Mr Fenwick was lovely today"
    [[first]] = judge([_post(text, author=Author(handle="mia", location="Ferrymoor"))])
    kept = _post(text, author=Author(handle="mia"))

    assert judge([kept]) == [[]]
    [[again]] = judge([kept], [{"grove": first.reasons}])
    [[third]] = judge([kept], [{"grove": again.reasons}])
    for each in (again, third):
        assert each.outcome is first.outcome
        assert each.relevance == pytest.approx(first.relevance)
        assert sorted(each.reasons, key=repr) == sorted(first.reasons, key=repr)
    assert judge([_post("Lovely day")], [{"grove": first.reasons}]) == [[]]


@settings(max_examples=60)
@given(text=st.text(max_size=60), mood=st.sampled_from(Sentiment))
def test_the_lane_follows_from_the_labels(text: str, mood: Sentiment) -> None:
    [[judged]] = Judge([GROVE], Always(mood))([_post(f"{text} … Grove Primary School … {text}")])

    lanes = {Sentiment.NEGATIVE: Lane.CRITICISM, Sentiment.POSITIVE: Lane.PRAISE, Sentiment.NEUTRAL: Lane.NOISE}
    assert judged.lane is (lanes[mood] if judged.outcome is Outcome.OURS else Lane.NOISE)
    assert Risk.COMPLAINT not in judged.risks
    assert 0 <= judged.relevance <= 1
