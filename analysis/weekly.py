"""The week in numbers, from daily counts: how many, how they spoke, where, against the weeks before. Pure."""

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
    """Count a week and up to twelve before it, none before `since`: before the first week with a post nothing was watched."""
    weeks = [week.back(n) for n in range(WEEKS_BACK, 0, -1)]
    earlier = [_counts(daily, each) for each in weeks if each >= since]
    this = _counts(daily, week)
    platforms = sorted({platform for each in (*earlier, this) for platform in each.by_platform})
    return Weekly(
        this=this,
        earlier=earlier,
        usual=usual([each.posts for each in earlier]),
        usual_by_platform={name: usual([each.by_platform.get(name, 0) for each in earlier]) for name in platforms},
        usual_unhappy=usual([each.by_sentiment.get(Sentiment.NEGATIVE, 0) for each in earlier]),
    )


def _counts(daily: pd.DataFrame, week: Week) -> WeekCounts:
    first, last = week.monday.isoformat(), week.sunday.isoformat()
    inside = daily[(daily["day"] >= first) & (daily["day"] <= last)]
    ours = inside[inside["outcome"] == Outcome.OURS]
    return WeekCounts(
        week=week,
        posts=int(ours["posts"].sum()),
        by_sentiment=_sums(ours, "sentiment"),
        by_platform=_sums(ours, "platform"),
        by_day={day.isoformat(): 0 for day in week.days} | _sums(ours, "day"),
        ambiguous=int(inside[inside["outcome"] == Outcome.AMBIGUOUS]["posts"].sum()),
    )


def _sums(rows: pd.DataFrame, column: str) -> dict[str, int]:
    return {str(name): int(number) for name, number in rows.groupby(column)["posts"].sum().items()}
