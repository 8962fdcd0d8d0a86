"""How a post speaks: the baseline's bounds, its sentence, and its patience."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.tone import LexiconTone
from core.taxonomy import Sentiment
from core.types import Judgement, Post

NOW = datetime(2026, 11, 20, 16, 15, tzinfo=UTC)
TONE = LexiconTone()


def _tone(text: str) -> Judgement[Sentiment]:
    [judged] = TONE([Post(platform="x", native_id="1", text=text, retrieved_at=NOW)])
    return judged


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("What a lovely, lovely fair. Thank you!", Sentiment.POSITIVE),
        ("This is dreadful and I hate it", Sentiment.NEGATIVE),
        ("The gates open at half past eight", Sentiment.NEUTRAL),
        ("", Sentiment.NEUTRAL),
        ("…", Sentiment.NEUTRAL),
    ],
)
def test_mood_words_make_the_label(text: str, label: Sentiment) -> None:
    assert _tone(text).label is label


def test_the_reason_says_the_number_that_decided() -> None:
    judged = _tone("This is dreadful")

    [reason] = judged.reasons
    assert reason.score <= -0.05
    assert f"{reason.score:+.2f}" in reason.sentence
    assert judged.scores[Sentiment.NEGATIVE] == -reason.score
    assert judged.model == TONE.model


@settings(max_examples=150)
@given(st.text(st.characters(), max_size=300) | st.text("good bad! 🎉😡but not\n", max_size=300))
def test_no_text_ever_raises(text: str) -> None:
    judged = _tone(text)

    assert sum(judged.scores.values()) == pytest.approx(1)
    assert judged.score == judged.scores[judged.label]
    assert all(0 <= score <= 1 for score in judged.scores.values())
    [reason] = judged.reasons
    bounds = {Sentiment.POSITIVE: reason.score >= 0.05, Sentiment.NEGATIVE: reason.score <= -0.05}
    assert bounds.get(judged.label, abs(reason.score) < 0.05)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("unit", ["🎉", "good ", "but ", "not ", "!", "GOOD", "\n"])
def test_50_000_characters_are_judged(unit: str) -> None:
    assert _tone(unit * (50_000 // len(unit))).label in Sentiment


def test_one_answer_a_post_in_order() -> None:
    posts = [
        Post(platform="x", native_id=str(n), text=text, retrieved_at=NOW) for n, text in enumerate(["bad", "good", "gate"])
    ]

    assert [judged.label for judged in TONE(posts)] == [Sentiment.NEGATIVE, Sentiment.POSITIVE, Sentiment.NEUTRAL]
    assert TONE([]) == []
