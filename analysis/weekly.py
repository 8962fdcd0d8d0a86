"""The week in numbers, from daily counts: how many, how they spoke, where, against the weeks before. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.trends import Usual, usual
from core.taxonomy import Outcome, Sentiment
from core.weeks import Week

WEEKS_BACK = 12
"""Weeks before the one shown that say what is usual."""


@dataclass(frozen=True, slots=True)
class WeekCounts:
    """Posts about us in one week; `by_day` has all seven days (ISO dates)."""

    week: Week
    posts: int
    by_sentiment: dict[str, int]
    by_platform: dict[str, int]
    by_day: dict[str, int]
    ambiguous: int


@dataclass(frozen=True, slots=True)
class Weekly:
    """A week beside those before it, oldest first; `usual` is None while there are too few."""

    this: WeekCounts
    earlier: Sequence[WeekCounts]
    usual: Usual | None
    usual_by_platform: dict[str, Usual | None]
    usual_unhappy: Usual | None

    @property
    def weeks(self) -> list[WeekCounts]:
        """All of them, this one last."""
        return [*self.earlier, self.this]


def weekly(daily: pd.DataFrame, week: Week, since: Week) -> Weekly:
    """Count a week and up to twelve before it, none before `since`: before the first week with a post nothing was watched.

    `daily`: lines of day (ISO date), platform, outcome and a number of posts for each sentiment.
    """
    weeks = [each for n in range(WEEKS_BACK, 0, -1) if (each := week.back(n)) >= since] + [week]
    counted = _counts(daily, weeks)
    this, earlier = counted[-1], counted[:-1]
    platforms = sorted({platform for each in counted for platform in each.by_platform})
    return Weekly(
        this=this,
        earlier=earlier,
        usual=usual([each.posts for each in earlier]),
        usual_by_platform={name: usual([each.by_platform.get(name, 0) for each in earlier]) for name in platforms},
        usual_unhappy=usual([each.by_sentiment.get(Sentiment.NEGATIVE, 0) for each in earlier]),
    )


def _counts(daily: pd.DataFrame, weeks: Sequence[Week]) -> list[WeekCounts]:
    counted = {each: _Tally() for each in weeks}
    week_of = {day.isoformat(): each for each in weeks for day in each.days}
    for day, platform, outcome, *posts in daily[["day", "platform", "outcome", *Sentiment]].itertuples(index=False, name=None):
        if (week := week_of.get(day)) is not None:
            counted[week].add(day, platform, outcome, posts)
    return [tally.of(week) for week, tally in counted.items()]


class _Tally:
    """What is counted up for one week."""

    def __init__(self) -> None:
        self._day: Counter[str] = Counter()
        self._platform: Counter[str] = Counter()
        self._sentiment: Counter[str] = Counter()
        self._ambiguous = 0

    def add(self, day: str, platform: str, outcome: str, posts: Sequence[int]) -> None:
        """`posts`: how many of each sentiment."""
        number = sum(posts)
        if outcome == Outcome.AMBIGUOUS:
            self._ambiguous += number
        elif outcome == Outcome.OURS:
            self._day[day] += number
            self._platform[platform] += number
            self._sentiment.update({sentiment.value: each for sentiment, each in zip(Sentiment, posts, strict=True) if each})

    def of(self, week: Week) -> WeekCounts:
        """The numbers, named."""
        return WeekCounts(
            week=week,
            posts=self._day.total(),
            by_sentiment=dict(self._sentiment),
            by_platform=dict(self._platform),
            by_day={day.isoformat(): 0 for day in week.days} | self._day,
            ambiguous=self._ambiguous,
        )
