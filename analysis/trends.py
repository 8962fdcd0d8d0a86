"""What is usual for a school, and when nobody was looking. Pure; given `now`."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

FEWEST_WEEKS = 4
_LOW, _HIGH = 0.05, 0.95


@dataclass(frozen=True, slots=True)
class Usual:
    """The range nine weeks in ten fall into, as posts a week."""

    low: int
    high: int

    def sentence(self, posts: int) -> str:
        """Where a week's number stands."""
        if posts > self.high:
            return f"more than usual (usually {self.low} to {self.high})"
        if posts < self.low:
            return f"fewer than usual (usually {self.low} to {self.high})"
        return f"as usual ({self.low} to {self.high})"


def usual(earlier: Sequence[int]) -> Usual | None:
    """The usual range from earlier complete weeks; None while there are fewer than four.

    The middle 90 % of a negative binomial with the mean and variance of those weeks (of a Poisson where they vary less): counts
    of posts come in bursts, so a mean ± deviations would be too narrow above and negative below.
    """
    if len(earlier) < FEWEST_WEEKS:
        return None
    mean = sum(earlier) / len(earlier)
    variance = sum((count - mean) ** 2 for count in earlier) / (len(earlier) - 1)
    if mean == 0:
        return Usual(0, 0)
    return Usual(_quantile(_LOW, mean, variance), _quantile(_HIGH, mean, variance))


def _quantile(share: float, mean: float, variance: float) -> int:
    """The smallest count that at least `share` of weeks do not exceed."""
    spread = mean * mean / (variance - mean) if variance > mean * 1.0001 else math.inf
    total, count = 0.0, 0
    while count < 10 * (mean + math.sqrt(variance)) + 20:
        total += math.exp(_log_probability(count, mean, spread))
        if total >= share:
            return count
        count += 1
    return count


def _log_probability(count: int, mean: float, spread: float) -> float:
    """Log of the negative binomial's probability (Poisson for infinite spread)."""
    if math.isinf(spread):
        return count * math.log(mean) - mean - math.lgamma(count + 1)
    return (
        math.lgamma(count + spread)
        - math.lgamma(spread)
        - math.lgamma(count + 1)
        + spread * math.log(spread / (spread + mean))
        + count * math.log(mean / (spread + mean))
    )


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which no source was asked."""

    start: datetime
    end: datetime


def gaps(seen: Sequence[datetime], start: datetime, end: datetime, longest: timedelta) -> list[Gap]:
    """The times between `start` and `end` in which nothing was collected for longer than `longest`. `seen`: when runs ended."""
    moments = [start, *sorted(moment for moment in seen if start <= moment < end), end]
    return [Gap(before, after) for before, after in pairwise(moments) if after - before > longest]
