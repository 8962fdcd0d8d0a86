"""The mood words that every reader is measured beside: their bounds, and their patience."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.baselines import mood
from core.taxonomy import Sentiment


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
    assert mood(text).sentiment is label


@settings(max_examples=150)
@given(st.text(st.characters(), max_size=300) | st.text("good bad! 🎉😡but not\n", max_size=300))
def test_no_text_ever_raises(text: str) -> None:
    said = mood(text)

    scores = said.sentiment_scores
    assert sum(scores.values()) == pytest.approx(1)
    assert all(0 <= score <= 1 for score in scores.values())
    compound = scores[Sentiment.POSITIVE] - scores[Sentiment.NEGATIVE]
    bounds = {Sentiment.POSITIVE: compound >= 0.05, Sentiment.NEGATIVE: compound <= -0.05}
    assert bounds.get(said.sentiment, abs(compound) < 0.05)
    assert (said.risks, said.abstained) == ((), None)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("unit", ["🎉", "good ", "but ", "not ", "!", "GOOD", "\n"])
def test_50_000_characters_are_judged(unit: str) -> None:
    assert mood(unit * (50_000 // len(unit))).sentiment in Sentiment
