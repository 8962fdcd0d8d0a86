"""How a post speaks. The declared baseline: VADER, a lexicon of mood words (Hutto and Gilbert, 2014).

It knows no school life, no irony and no negation over a distance; the benchmark says what that costs.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from core.taxonomy import Sentiment
from core.types import Judgement, Post, Reason

_MILD = 0.05
"""VADER's own published bounds: a compound score within ±0.05 is neutral."""
_LONGEST = 2_000
"""Characters read: a post of more says its mood before, and the lexicon is quadratic in emoji (10,000 took it 24 s)."""


class LexiconTone:
    """Sentiment by mood words."""

    model = "tone-vader-3.3.2"

    @cached_property
    def _lexicon(self) -> Any:
        from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer  # noqa: PLC0415  (reads a word list; not every command judges)

        return SentimentIntensityAnalyzer()

    def __call__(self, subjects: Sequence[Post]) -> list[Judgement[Sentiment]]:
        """One judgement a post, in order."""
        return [self._judge(post.text[:_LONGEST]) for post in subjects]

    def _judge(self, text: str) -> Judgement[Sentiment]:
        scores = self._lexicon.polarity_scores(text)
        compound = float(scores["compound"])
        label = Sentiment.POSITIVE if compound >= _MILD else Sentiment.NEGATIVE if compound <= -_MILD else Sentiment.NEUTRAL
        spread: dict[str, float] = {
            Sentiment.NEGATIVE: max(0.0, -compound),
            Sentiment.POSITIVE: max(0.0, compound),
            Sentiment.NEUTRAL: 1 - abs(compound),
        }
        reason = Reason(
            feature="mood_words",
            score=compound,
            sentence=f"Its mood words add up to {compound:+.2f} on a scale from −1 (bad) to +1 (good).",
        )
        return Judgement(label=label, score=spread[label], scores=spread, model=self.model, reasons=(reason,))
