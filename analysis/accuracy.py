"""How often posts were read right, by what people said of them. Pure counting."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.relabels import Relabel
from core.taxonomy import Risk, Sentiment

_SURE = 1.959964
"""Standard deviations on both sides of the middle that hold 95 % of a normal distribution."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One label: how often it was named, how often that was right, and how often it was missed."""

    label: Sentiment | Risk
    named: int
    right: int
    missed: int

    @property
    def there(self) -> int:
        """How often it was so, as people see it."""
        return self.right + self.missed


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """What people said of so many posts, `right` of them read right in everything.

    `kinds`: each label that was named or missed. `sentiment`: posts by (how it was read, what a person said).
    """

    marked: int
    right: int
    kinds: Sequence[Kind]
    sentiment: Mapping[tuple[Sentiment, Sentiment], int]


def accuracy(said: Sequence[Relabel]) -> Accuracy:
    """Count what people said of how posts were read."""
    kinds = (_kind(label, said) for label in (*Sentiment, *Risk))
    return Accuracy(
        marked=len(said),
        right=sum(each.right for each in said),
        kinds=[kind for kind in kinds if kind.named or kind.missed],
        sentiment=Counter((each.was.sentiment, each.said.sentiment) for each in said),
    )


def interval(right: int, of: int) -> tuple[float, float]:
    """Between which shares the true one lies with 95 % confidence (Wilson, 1927). Everything is possible where `of` is 0."""
    if not of:
        return 0.0, 1.0
    share, square = right / of, _SURE**2
    middle = (share + square / (2 * of)) / (1 + square / of)
    reach = _SURE * math.sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def _kind(label: Sentiment | Risk, said: Sequence[Relabel]) -> Kind:
    pairs = Counter((label in each.was.labels, label in each.said.labels) for each in said)
    return Kind(label, named=pairs[True, True] + pairs[True, False], right=pairs[True, True], missed=pairs[False, True])
