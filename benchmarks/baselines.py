"""The simplest ways to tell whose post it is and how it speaks, that everything else is measured beside."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from core.taxonomy import Sentiment
from core.text import loose
from core.types import Mention, School, Tone


def all_names(school: School) -> list[str]:
    """Every name in the profile."""
    initials = [school.initials] if school.initials else []
    return [school.name, *school.short_names, *school.other_names, *school.hashtags, *initials]


def says(mention: Mention, names: Sequence[str]) -> float:
    """1 where one of the names is in the post, else 0."""
    text = f" {loose(mention.post.text)} "
    return float(any(f" {loose(name)} " in text for name in names))


_MILD = 0.05
"""VADER's own published bounds: a compound score within ±0.05 is neutral."""
_LONGEST = 2_000
"""Characters read: the lexicon is quadratic in emoji (10,000 took it 24 s)."""


@cache
def _lexicon() -> Any:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer  # noqa: PLC0415  (reads a word list)

    return SentimentIntensityAnalyzer()


def mood(text: str) -> Tone:
    """Sentiment by mood words: VADER (Hutto and Gilbert, 2014). It knows no school life, no irony, no risk."""
    compound = float(_lexicon().polarity_scores(text[:_LONGEST])["compound"])
    label = Sentiment.POSITIVE if compound >= _MILD else Sentiment.NEGATIVE if compound <= -_MILD else Sentiment.NEUTRAL
    spread = {
        str(Sentiment.NEGATIVE): max(0.0, -compound),
        str(Sentiment.NEUTRAL): 1 - abs(compound),
        str(Sentiment.POSITIVE): max(0.0, compound),
    }
    return Tone(sentiment=label, sentiment_scores=spread, model="vader-3.3.2")
