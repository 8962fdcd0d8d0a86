"""Every label has its words on screen; the lane follows from the labels alone."""

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.taxonomy import (
    ASKS,
    ON_SCREEN,
    PLATFORMS,
    Lane,
    Mark,
    Outcome,
    Risk,
    Role,
    Sentiment,
    Severity,
    lane,
    lane_on_screen,
    platform_on_screen,
    role_on_screen,
)


def test_every_label_has_words_on_screen() -> None:
    for label in chain(Outcome, Sentiment, Severity, Risk, Mark):
        assert ON_SCREEN[label].strip()
    lanes, roles = [lane_on_screen(each) for each in Lane], [role_on_screen(each) for each in Role]

    assert len(set(lanes)) == len(Lane)
    assert len(set(roles)) == len(Role)
    assert lane_on_screen(Lane.SAFEGUARDING) == "Safeguarding lead only"
    assert role_on_screen(Role.SAFEGUARDING) == "Safeguarding lead"


def test_no_two_labels_of_a_kind_have_the_same_words() -> None:
    for kind in (Outcome, Sentiment, Severity, Risk, Mark):
        assert len({ON_SCREEN[label] for label in kind}) == len(kind)


def test_a_platform_is_spelt_as_it_spells_itself() -> None:
    assert platform_on_screen("x") == "X"
    assert platform_on_screen("tiktok") == "TikTok"
    assert platform_on_screen("somewhere new") == "somewhere new"
    assert all(name == name.lower() for name in PLATFORMS)


@pytest.mark.parametrize(
    ("outcome", "sentiment", "risks", "severity", "expected"),
    [
        (Outcome.NOT_OURS, Sentiment.NEGATIVE, {Risk.THREAT, Risk.SAFEGUARDING}, Severity.CRITICAL, Lane.NOISE),
        (Outcome.OURS, Sentiment.NEUTRAL, {Risk.SAFEGUARDING}, Severity.NONE, Lane.SAFEGUARDING),
        (Outcome.AMBIGUOUS, Sentiment.NEUTRAL, {Risk.SAFEGUARDING}, Severity.LOW, Lane.SAFEGUARDING),
        (Outcome.AMBIGUOUS, Sentiment.NEGATIVE, {Risk.THREAT}, Severity.LOW, Lane.SAFEGUARDING),
        (Outcome.AMBIGUOUS, Sentiment.NEGATIVE, {Risk.HATE}, Severity.CRITICAL, Lane.NOISE),
        (Outcome.AMBIGUOUS, Sentiment.POSITIVE, set(), Severity.NONE, Lane.NOISE),
        (Outcome.OURS, Sentiment.NEGATIVE, {Risk.THREAT}, Severity.LOW, Lane.ALERT),
        (Outcome.OURS, Sentiment.NEGATIVE, {Risk.THREAT}, Severity.HIGH, Lane.ALERT),
        (Outcome.OURS, Sentiment.NEUTRAL, {Risk.SCAM}, Severity.MEDIUM, Lane.ALERT),
        (Outcome.OURS, Sentiment.NEUTRAL, {Risk.SCAM}, Severity.LOW, Lane.NOISE),
        (Outcome.OURS, Sentiment.POSITIVE, {Risk.PRIVACY}, Severity.LOW, Lane.PRAISE),
        (Outcome.OURS, Sentiment.NEGATIVE, {Risk.COMPLAINT}, Severity.HIGH, Lane.CRITICISM),
        (Outcome.OURS, Sentiment.POSITIVE, {Risk.COMPLAINT}, Severity.LOW, Lane.CRITICISM),
        (Outcome.OURS, Sentiment.NEGATIVE, {Risk.COMPLAINT, Risk.HARASSMENT}, Severity.MEDIUM, Lane.ALERT),
        (Outcome.OURS, Sentiment.NEGATIVE, set(), Severity.NONE, Lane.CRITICISM),
        (Outcome.OURS, Sentiment.POSITIVE, set(), Severity.NONE, Lane.PRAISE),
        (Outcome.OURS, Sentiment.NEUTRAL, set(), Severity.NONE, Lane.NOISE),
    ],
)
def test_where_a_post_goes(
    outcome: Outcome, sentiment: Sentiment, risks: set[Risk], severity: Severity, expected: Lane
) -> None:
    assert lane(outcome, sentiment, frozenset(risks), severity) is expected


@given(
    outcome=st.sampled_from(Outcome),
    sentiment=st.sampled_from(Sentiment),
    risks=st.frozensets(st.sampled_from(Risk)),
    severity=st.sampled_from(Severity),
    marks=st.frozensets(st.sampled_from(Mark)),
)
def test_what_holds_for_every_post(
    outcome: Outcome, sentiment: Sentiment, risks: frozenset[Risk], severity: Severity, marks: frozenset[Mark]
) -> None:
    goes = lane(outcome, sentiment, risks, severity, marks)

    if outcome is not Outcome.OURS:
        assert goes in (Lane.NOISE, Lane.SAFEGUARDING)
    if outcome is not Outcome.NOT_OURS and Risk.SAFEGUARDING in risks:
        assert goes is Lane.SAFEGUARDING
    if goes is Lane.ALERT:
        assert risks - {Risk.COMPLAINT} or marks & ASKS
    if not marks & ASKS:
        assert goes is lane(outcome, sentiment, risks, severity)


@pytest.mark.parametrize("severity", Severity)
@pytest.mark.parametrize("risks", [frozenset(), frozenset({Risk.COMPLAINT})])
def test_polite_criticism_never_reaches_alert(risks: frozenset[Risk], severity: Severity) -> None:
    assert lane(Outcome.OURS, Sentiment.NEGATIVE, risks, severity) is not Lane.ALERT


@pytest.mark.parametrize(
    ("outcome", "marks", "risks", "expected"),
    [
        (Outcome.OURS, {Mark.QUESTION}, set(), Lane.ALERT),
        (Outcome.OURS, {Mark.MEDIA_ENQUIRY}, {Risk.COMPLAINT}, Lane.ALERT),
        (Outcome.OURS, {Mark.WHISTLEBLOWING}, set(), Lane.CRITICISM),
        (Outcome.OURS, {Mark.QUESTION}, {Risk.SAFEGUARDING}, Lane.SAFEGUARDING),
        (Outcome.AMBIGUOUS, {Mark.QUESTION}, set(), Lane.NOISE),
        (Outcome.AMBIGUOUS, {Mark.MEDIA_ENQUIRY}, {Risk.THREAT}, Lane.SAFEGUARDING),
        (Outcome.NOT_OURS, {Mark.QUESTION, Mark.MEDIA_ENQUIRY}, set(), Lane.NOISE),
    ],
)
def test_what_asks_us_needs_someone(outcome: Outcome, marks: set[Mark], risks: set[Risk], expected: Lane) -> None:
    assert lane(outcome, Sentiment.NEGATIVE, frozenset(risks), Severity.NONE, frozenset(marks)) is expected
