"""The week in numbers, from daily counts."""

from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from analysis.weekly import WEEKS_BACK, weekly
from core.taxonomy import Outcome, Sentiment
from core.weeks import Week

WEEK = Week(2026, 53)
COLUMNS = ["school_id", "day", "platform", "outcome", *Sentiment]


def _day(day: date, posts: int, **facts: Any) -> dict[str, Any]:
    sentiment = facts.pop("sentiment", Sentiment.NEUTRAL)
    known = {"school_id": "grove", "platform": "x", "outcome": Outcome.OURS, **dict.fromkeys(Sentiment, 0), sentiment: posts}
    return {"day": day.isoformat(), **known, **facts}


def _table(*days: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(list(days), columns=COLUMNS)


def test_a_week_is_counted_by_mood_and_platform_and_what_might_be_us_apart() -> None:
    table = _table(
        _day(WEEK.monday - timedelta(days=1), 100),
        _day(WEEK.monday, 1, sentiment=Sentiment.NEGATIVE),
        _day(WEEK.sunday, 2, platform="reddit"),
        _day(WEEK.sunday, 4, school_id="harbour"),
        _day(WEEK.sunday, 8, outcome=Outcome.AMBIGUOUS),
        _day(WEEK.sunday + timedelta(days=1), 200),
    )
    found = weekly(table, WEEK, WEEK)

    assert (found.this.week, found.this.posts, found.this.ambiguous) == (WEEK, 7, 8)
    assert found.this.by_sentiment == {"negative": 1, "neutral": 6}
    assert found.this.by_platform == {"x": 5, "reddit": 2}
    assert sum(found.this.by_sentiment.values()) == sum(found.this.by_platform.values()) == found.this.posts
    assert (found.earlier, found.weeks) == ([], [found.this])
    assert found.usual is found.usual_unhappy is None
    assert found.usual_by_platform == {"reddit": None, "x": None}


@pytest.mark.parametrize(("weeks", "expected"), [(0, 0), (1, 1), (4, 4), (12, 12), (40, WEEKS_BACK)])
def test_no_week_is_counted_in_which_nothing_was_watched(weeks: int, expected: int) -> None:
    found = weekly(_table(), WEEK, WEEK.back(weeks))

    assert [each.week for each in found.earlier] == [WEEK.back(n) for n in range(expected, 0, -1)]
    assert (found.usual is None) is (expected < 4)


def test_what_is_usual_comes_from_the_weeks_before_and_not_from_this_one() -> None:
    before = [_day(WEEK.back(n).monday, 10) for n in range(1, 13)]
    unhappy = [_day(WEEK.back(n).sunday, 1, platform="reddit", sentiment=Sentiment.NEGATIVE) for n in range(1, 13)]
    found = weekly(_table(*before, *unhappy, _day(WEEK.monday, 900)), WEEK, WEEK.back(12))

    assert found.usual is not None
    assert found.usual_unhappy is not None
    assert found.usual.sentence(found.this.posts).startswith("more than usual")
    assert found.usual.low <= 11 <= found.usual.high
    assert found.usual_unhappy.low <= 1 <= found.usual_unhappy.high
    by_platform = found.usual_by_platform
    assert sorted(by_platform) == ["reddit", "x"]
    assert by_platform["x"] is not None
    assert by_platform["x"].low <= 10 <= by_platform["x"].high


def test_a_quiet_week_among_busy_ones_counts_as_nothing() -> None:
    busy = [_day(WEEK.back(n).monday, 20) for n in range(1, 13)]
    found = weekly(_table(*busy), WEEK, WEEK.back(12))

    assert found.this.posts == 0
    assert found.this.by_platform == {}
    assert found.usual is not None
    assert found.usual.sentence(0).startswith("fewer than usual")
