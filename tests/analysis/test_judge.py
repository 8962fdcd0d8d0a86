"""All that is judged of a post, for every school it may be about."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.judge import Judge, answered, reread, unsaid
from analysis.relabels import Reading
from analysis.tone import EMPTY, NOT_READ, UNSURE, EncoderTone, nothing_read
from core.taxonomy import PLATFORMS, Lane, Mark, Outcome, Risk, Sentiment, Severity
from core.types import Author, Community, JudgedMention, Mention, OfficialAccount, Post, School, Tone
from tests.analysis.readers import Always, tone

NOW = datetime(2026, 11, 20, 16, 15, tzinfo=UTC)
ROWAN = School(
    id="rowan",
    name="Rowan Hill Academy",
    town="Ferrymoor",
    communities=(Community(platform="reddit", name="r/rowanhill"),),
    official_accounts=(OfficialAccount(platform="x", handle="@RowanHillAc"),),
)
GROVE = School(id="grove", name="Grove Primary School")


OURS = Author(handle="@rowanhillac")
ABOUT_US = "Does anybody know when Rowan Hill Academy in Ferrymoor opens its gates?"


def _post(text: str, **facts: Any) -> Post:
    return Post(native_id="1", text=text, retrieved_at=NOW, **{"platform": "x", **facts})


def _judged(says: Tone, text: str = ABOUT_US, **facts: Any) -> JudgedMention:
    [[judged]] = Judge([ROWAN], Always(says))([_post(text, **facts)])
    return judged


def test_one_mention_for_each_school_that_is_named_in_the_order_of_the_posts() -> None:
    posts = [_post("Grove Primary School"), _post("nobody"), _post("Grove Primary School and Rowan Hill Academy"), _post("")]

    judged = Judge([ROWAN, GROVE], Always())(posts)

    assert [sorted(each.school_id for each in mentions) for mentions in judged] == [["grove"], [], ["grove", "rowan"], []]
    assert Judge([ROWAN], Always())([]) == []
    assert Judge([], Always())(posts) == [[], [], [], []]


def test_given_pairs_are_judged_whether_or_not_anything_points_to_the_school() -> None:
    own = _post("nobody", author=Author(handle="@rowanhillac"))
    pairs = [Mention(post=own, school=GROVE), Mention(post=own, school=ROWAN)]

    judged = Judge([ROWAN, GROVE], Always()).judge_mentions(pairs)

    assert [each.school_id for each in judged] == ["grove", "rowan"]
    assert judged[0].relevance < judged[1].relevance


def test_all_that_was_judged_stands_together() -> None:
    says = tone(Sentiment.NEGATIVE, {Risk.ALLEGATION: 0.9}, severity=Severity.HIGH, marks=(Mark.WHISTLEBLOWING,))
    [[judged]] = Judge([ROWAN], Always(says))([_post("My two left Rowan Hill Academy in Ferrymoor, said Mr Fenwick")])

    assert judged.sentiment is Sentiment.NEGATIVE
    assert judged.sentiment_scores == {Sentiment.NEGATIVE: 1.0, Sentiment.NEUTRAL: 0.0, Sentiment.POSITIVE: 0.0}
    assert (judged.risks, judged.severity, judged.marks) == ((Risk.ALLEGATION,), Severity.HIGH, (Mark.WHISTLEBLOWING,))
    assert judged.risk_scores[Risk.ALLEGATION] == 0.9
    assert (judged.language, judged.abstained, judged.lane) == ("en", None, Lane.ALERT)
    assert judged.model.endswith("+always-1")
    assert "name" in {reason.feature for reason in judged.reasons}


def test_the_reader_that_ships_reads_where_no_other_is_given() -> None:
    assert Judge([GROVE]).model.endswith(f"+{EncoderTone().model}")


def test_our_own_posts_are_marked() -> None:
    own = _post("Open evening on Thursday", author=Author(handle="@rowanhillac"))
    [[ours]], [[theirs]] = Judge([ROWAN], Always())([own]), Judge([ROWAN], Always())([_post("Rowan Hill Academy open evening")])

    assert ours.own
    assert ours.outcome is Outcome.OURS
    assert not theirs.own


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("text", ["", "😂😂", "!!!"])
def test_what_has_no_words_is_ours_when_it_was_reported(platform: str, text: str) -> None:
    [judged] = Judge([ROWAN, GROVE], Always())([_post(text, platform=platform, reported_for="grove")])

    [about] = judged
    assert (about.school_id, about.outcome) == ("grove", Outcome.OURS)
    assert about.reasons[0].sentence == "Whoever reported it says that it is about the school."
    assert Judge([ROWAN, GROVE], Always())([_post(text, platform=platform)]) == [[]]


@pytest.mark.parametrize(
    "text", ["the gates again", "Never again. Ask the parents.", "Half past three today", "A day out in Watford, lovely pub"]
)
@pytest.mark.parametrize("platform", ["x", "reddit", "facebook", "whatsapp"])
def test_what_was_reported_is_never_thrown_away_by_the_judge(platform: str, text: str) -> None:
    [[about]] = Judge([GROVE], Always())([_post(text, platform=platform, reported_for="grove")])

    assert about.outcome is not Outcome.NOT_OURS


def test_what_was_reported_is_judged_again_as_it_was() -> None:
    judge, wordless = Judge([GROVE], Always()), _post("", reported_for="grove")
    [[first]] = judge([wordless])
    [[again]] = judge([wordless], [{"grove": first.reasons}])

    assert again == first
    assert answered(again, "not_us").outcome is Outcome.NOT_OURS


def test_where_an_author_was_seen_is_remembered_where_it_alone_let_the_post_mean_the_school() -> None:
    school = replace(GROVE, town="Ferrymoor", community_terms=("Mr Fenwick",))
    judge, text = Judge([school, ROWAN], Always()), "Mr Fenwick was lovely today"
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
    [[judged]] = Judge([GROVE], Always(tone(mood)))([_post(f"{text} … Grove Primary School … {text}")])

    lanes = {Sentiment.NEGATIVE: Lane.CRITICISM, Sentiment.POSITIVE: Lane.PRAISE, Sentiment.NEUTRAL: Lane.NOISE}
    assert judged.lane is (lanes[mood] if judged.outcome is Outcome.OURS else Lane.NOISE)
    assert Risk.COMPLAINT not in judged.risks
    assert 0 <= judged.relevance <= 1


def test_our_own_posts_are_checked_and_are_no_opinion() -> None:
    says = tone(Sentiment.NEGATIVE, {Risk.MISINFORMATION: 0.9, Risk.COMPLAINT: 0.9}, marks=(Mark.MEDIA_ENQUIRY,))

    judged = _judged(says, "There is no gas leak. We are open.", author=OURS)

    assert (judged.own, judged.risks, judged.marks, judged.severity) == (True, (), (), Severity.NONE)
    assert judged.lane is Lane.NOISE
    assert _judged(tone(Sentiment.POSITIVE), "What a fair!", author=OURS).lane is Lane.NOISE


def test_a_pupil_named_in_full_in_our_own_post_needs_someone() -> None:
    text = "Well done Maya Thornley (Year 9)!"

    judged = _judged(tone(Sentiment.POSITIVE), text, author=OURS)

    assert (judged.risks, judged.severity, judged.lane) == ((Risk.PRIVACY,), Severity.MEDIUM, Lane.ALERT)
    assert judged.reasons[-1].sentence == "Our own post seems to give a pupil’s first and last name (“Maya Thornley”)."
    assert _judged(tone(Sentiment.POSITIVE), f"{text} Rowan Hill Academy").risks == ()


@pytest.mark.parametrize("abstained", ["language: cy", EMPTY, NOT_READ])
def test_what_is_pointed_at_in_our_own_post_needs_no_reading(abstained: str) -> None:
    says = tone(risks={Risk.HATE: 0.9}, abstained=abstained)

    assert _judged(says, "Da iawn Maya Thornley (Year 9)!", author=OURS).lane is Lane.ALERT
    assert _judged(says, "Da iawn bawb!", author=OURS).lane is Lane.NOISE


def test_our_own_account_that_threatens_does_not_sound_like_itself() -> None:
    judged = _judged(tone(risks={Risk.THREAT: 0.9}, severity=Severity.CRITICAL), "you will all be sorry", author=OURS)

    assert (judged.risks, judged.severity, judged.lane) == ((Risk.THREAT,), Severity.CRITICAL, Lane.ALERT)
    assert judged.reasons[-1].feature == "not_like_itself"


@pytest.mark.parametrize(
    ("facts", "to_us"),
    [
        ({"text": ABOUT_US}, False),
        ({"text": "@RowanHillAc when do you open?"}, True),
        ({"text": "when do you open, Rowan Hill Academy?", "reply_to": "@RowanHillAc"}, True),
        ({"text": "when do the gates open?", "platform": "reddit", "community": "r/rowanhill"}, True),
    ],
)
def test_a_question_counts_only_when_it_is_put_to_us(facts: dict[str, Any], to_us: bool) -> None:
    judged = _judged(tone(marks=(Mark.QUESTION,)), **facts)

    assert judged.outcome is Outcome.OURS
    assert judged.marks == (Mark.QUESTION,) * to_us
    assert judged.lane is (Lane.ALERT if to_us else Lane.NOISE)


def test_the_press_counts_wherever_it_asks() -> None:
    judged = _judged(
        tone(marks=(Mark.QUESTION, Mark.MEDIA_ENQUIRY)),
        "Were you at Rowan Hill Academy, Ferrymoor, on Friday? I write for a paper",
    )

    assert (judged.marks, judged.lane) == ((Mark.MEDIA_ENQUIRY,), Lane.ALERT)


@pytest.mark.parametrize(
    ("risks", "lane"),
    [
        ({}, Lane.NOISE),
        ({Risk.SCAM: 0.9, Risk.COMPLAINT: 0.9}, Lane.NOISE),
        ({Risk.THREAT: 0.9}, Lane.SAFEGUARDING),
        ({Risk.SAFEGUARDING: 0.9, Risk.SCAM: 0.9}, Lane.SAFEGUARDING),
    ],
)
@pytest.mark.parametrize("abstained", ["language: pl", EMPTY])
def test_what_is_not_read_goes_nowhere_but_danger_to_the_safeguarding_lead(
    abstained: str, risks: dict[Risk, float], lane: Lane
) -> None:
    says = tone(Sentiment.NEGATIVE, risks, severity=Severity.CRITICAL, abstained=abstained, marks=(Mark.MEDIA_ENQUIRY,))
    judged = _judged(says)

    assert judged.lane is lane
    assert judged.abstained == abstained
    assert answered(judged, "not_us").lane is Lane.NOISE


def test_a_doubtful_mood_is_no_opinion_but_a_mark_still_counts() -> None:
    assert _judged(tone(Sentiment.NEGATIVE, abstained=UNSURE)).lane is Lane.NOISE
    assert _judged(tone(Sentiment.POSITIVE, abstained=UNSURE)).lane is Lane.NOISE
    assert _judged(tone(abstained=UNSURE, marks=(Mark.MEDIA_ENQUIRY,))).lane is Lane.ALERT


def test_where_nothing_could_be_read_the_model_says_so() -> None:
    judged = _judged(nothing_read(NOT_READ))

    assert (judged.abstained, judged.lane, judged.sentiment) == (NOT_READ, Lane.NOISE, Sentiment.NEUTRAL)
    assert judged.outcome is Outcome.OURS


@pytest.mark.parametrize(("chance", "risks", "lane"), [(0.1, (), Lane.NOISE), (0.3, (Risk.SCAM,), Lane.ALERT)])
def test_rules_stand_beside_the_labels(chance: float, risks: tuple[Risk, ...], lane: Lane) -> None:
    judged = _judged(
        tone(risks={Risk.SCAM: chance}), "Rowan Hill Academy, Ferrymoor, school fees: pay 04-00-98 77120043 tonight"
    )

    assert (judged.risks, judged.lane) == (risks, lane)
    assert ("bank_account" in {reason.feature for reason in judged.reasons}) is bool(risks)


def test_what_was_learned_for_a_school_counts_for_it_alone() -> None:
    points = {"rowan": {"complaint": {"banter": -4.0}}}
    judge = Judge([ROWAN, GROVE], Always(tone(risks={Risk.COMPLAINT: 0.8})), relabelled=points)

    [both] = judge([_post("Rowan Hill Academy against Grove Primary School, only banter")])

    assert {each.school_id: each.risks for each in both} == {"rowan": (), "grove": (Risk.COMPLAINT,)}


def test_a_persons_reading_goes_before_the_judges() -> None:
    judged = _judged(tone(Sentiment.POSITIVE, abstained=UNSURE))
    said = Reading(sentiment=Sentiment.NEGATIVE, risks=(Risk.THREAT,), severity=Severity.HIGH)

    told = reread(judged, said)

    assert (told.sentiment, told.risks, told.severity) == (said.sentiment, said.risks, said.severity)
    assert (told.abstained, told.lane) == (None, Lane.ALERT)
    assert told.reasons[0].sentence == "Somebody here said how it reads."
    assert (told.sentiment_scores, told.relevance) == (judged.sentiment_scores, judged.relevance)
    assert answered(told, "not_us").lane is Lane.NOISE
    assert unsaid(told).reasons == judged.reasons
    assert reread(told, Reading(sentiment=Sentiment.POSITIVE)).lane is Lane.PRAISE
