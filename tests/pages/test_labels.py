"""Labels in words on screen, and why there are none where a post could not be read."""

from typing import Any

import pytest

from analysis import tone
from analysis.language import Languages
from core.taxonomy import Mark, Outcome, Risk, Sentiment, Severity
from pages.shared import labels
from pages.shared.languages import language_on_screen


def row(**facts: Any) -> dict[str, Any]:
    return {
        "own": 0,
        "outcome": Outcome.OURS,
        "abstained": None,
        "sentiment": Sentiment.NEGATIVE,
        "risks": [],
        "risk_scores": {},
        "severity": Severity.NONE,
        "marks": [],
        **facts,
    }


THREAT = row(risks=[Risk.THREAT, Risk.COMPLAINT], severity=Severity.HIGH, marks=[Mark.MEDIA_ENQUIRY])


def test_a_post_that_was_read_has_its_labels_in_words() -> None:
    assert labels.what_it_is(THREAT) == "Threat, Unhappy with the school, The press asks"
    assert labels.how_soon(THREAT) == "Today"
    assert labels.how_it_speaks(THREAT) == "▼ Unhappy"
    assert labels.in_a_line(THREAT) == "Threat, Unhappy with the school, The press asks · How soon: Today"


def test_a_post_without_a_risk_has_nothing_to_say() -> None:
    assert (labels.what_it_is(row()), labels.how_soon(row()), labels.in_a_line(row())) == ("", "", "")


@pytest.mark.parametrize(
    ("abstained", "sentence"),
    [
        (None, ""),
        (tone.UNSURE, "Not sure how it speaks."),
        (tone.EMPTY, "No words to judge."),
        (tone.NOT_READ, "Not read yet: the model’s files are missing."),
        (f"{tone.LANGUAGE}pl", "Not judged: Polish."),
        (f"{tone.LANGUAGE}ur-Latn", "Not judged: Urdu in Latin letters."),
        (f"{tone.LANGUAGE}xx-Yyyy", "Not judged: xx-Yyyy."),
        ("a reason of a later version", "Not judged."),
    ],
)
def test_why_no_label_is_shown_is_a_sentence(abstained: str | None, sentence: str) -> None:
    assert labels.why_none(abstained) == sentence


def test_what_was_not_read_shows_no_label() -> None:
    polish = {**THREAT, "abstained": f"{tone.LANGUAGE}pl"}

    assert labels.in_a_line(polish) == "Not judged: Polish"
    assert labels.how_it_speaks(polish) == ""
    assert not labels.more_than_unhappy(polish)


def test_a_risk_is_shown_where_only_how_it_speaks_is_unsure() -> None:
    unsure = row(abstained=tone.UNSURE, risks=[Risk.SCAM], severity=Severity.MEDIUM)

    assert labels.in_a_line(unsure) == "Scam or unsafe link · How soon: This week"
    assert labels.how_it_speaks(unsure) == "Not sure"


def test_our_own_post_is_no_opinion() -> None:
    assert labels.how_it_speaks(row(own=1)) == ""
    assert labels.how_it_speaks(row(own=1, abstained=tone.UNSURE)) == ""


def test_what_is_not_about_us_has_no_risks() -> None:
    assert labels.what_it_is({**THREAT, "outcome": Outcome.NOT_OURS}) == ""


def test_the_foremost_label_is_the_likeliest_risk_or_else_how_it_speaks() -> None:
    chances = {Risk.THREAT: 0.6, Risk.COMPLAINT: 0.8, Risk.HATE: 0.9}

    assert labels.foremost({**THREAT, "risk_scores": chances}) == Risk.COMPLAINT
    assert labels.foremost(THREAT) == Risk.THREAT
    assert labels.foremost(row()) == Sentiment.NEGATIVE


def test_a_complaint_alone_is_no_more_than_unhappy() -> None:
    assert labels.more_than_unhappy(THREAT)
    assert not labels.more_than_unhappy(row(risks=[Risk.COMPLAINT], severity=Severity.LOW))


def test_every_language_that_is_told_apart_has_a_name() -> None:
    codes = [*Languages().chances("Dzień dobry"), "lt", "ti"]

    assert [code for code in codes if language_on_screen(code) == code] == []
