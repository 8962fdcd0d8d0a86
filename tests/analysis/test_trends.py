"""What is usual for a school, and when nobody was looking."""

import math
import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.trends import FEWEST_WEEKS, Gap, Usual, gaps, usual

START = datetime(2026, 11, 16, tzinfo=UTC)
END = START + timedelta(days=7)
HOUR = timedelta(hours=1)
counts = st.lists(st.integers(0, 2_000), min_size=FEWEST_WEEKS, max_size=12)


@pytest.mark.parametrize("earlier", [[], [5], [5, 5, 5]])
def test_too_few_weeks_say_nothing_is_usual(earlier: list[int]) -> None:
    assert usual(earlier) is None


@pytest.mark.parametrize(
    ("earlier", "low", "high"),
    [
        ([0, 0, 0, 0], 0, 0),
        ([1] * 8, 0, 3),
        ([10] * 12, 5, 15),
        ([100] * 12, 84, 117),
        ([9, 11, 10, 10], 5, 15),
        ([0, 0, 0, 40], 0, 49),
        ([1_000] * 5, 948, 1_052),
    ],
)
def test_the_middle_nine_tenths(earlier: list[int], low: int, high: int) -> None:
    assert usual(earlier) == Usual(low, high)


@given(counts)
def test_the_usual_range_holds_the_mean_and_is_never_negative(earlier: list[int]) -> None:
    found = usual(earlier)
    mean = sum(earlier) / len(earlier)

    assert found is not None
    assert 0 <= found.low <= found.high
    assert found.low <= math.ceil(mean)
    assert found == usual(earlier[::-1])
    if min(earlier) == max(earlier):
        assert found.low <= mean <= found.high


@pytest.mark.parametrize(("mean", "spread"), [(3.0, 2.0), (20.0, 4.0), (120.0, 3.0)])
def test_about_one_week_in_ten_is_unusual_where_posts_come_in_bursts(mean: float, spread: float) -> None:
    chance = random.Random(20261120)

    def week() -> int:
        rate = chance.gammavariate(spread, mean / spread)
        count, waited = 0, chance.expovariate(1)
        while waited < rate:
            count, waited = count + 1, waited + chance.expovariate(1)
        return count

    # Twelve weeks know the spread only roughly; with many, the range is the distribution's own.
    found = usual([week() for _ in range(3_000)])
    assert found is not None
    unusual = sum(not found.low <= week() <= found.high for _ in range(3_000)) / 3_000
    assert 0.04 < unusual < 0.12


def test_where_a_week_stands_in_words() -> None:
    here = Usual(5, 15)

    assert here.sentence(16) == "more than usual (usually 5 to 15)"
    assert here.sentence(4) == "fewer than usual (usually 5 to 15)"
    assert here.sentence(5) == here.sentence(15) == "as usual (5 to 15)"


def test_when_nobody_was_looking() -> None:
    seen = [START + HOUR, START + 5 * HOUR, START + 6 * HOUR, END - HOUR]

    assert gaps(seen, START, END, 3 * HOUR) == [
        Gap(START + HOUR, START + 5 * HOUR),
        Gap(START + 6 * HOUR, END - HOUR),
    ]
    assert gaps(seen[::-1], START, END, 3 * HOUR) == gaps(seen, START, END, 3 * HOUR)


def test_nobody_looked_at_all() -> None:
    assert gaps([], START, END, HOUR) == [Gap(START, END)]
    assert gaps([START - HOUR, END, END + HOUR], START, END, HOUR) == [Gap(START, END)]
    assert gaps([], START, START + HOUR, HOUR) == []


@given(st.lists(st.integers(-100, 300), max_size=30), st.integers(1, 48))
def test_gaps_are_in_order_apart_and_hold_no_look(hours: list[int], longest: int) -> None:
    seen = [START + hour * HOUR for hour in hours]
    found = gaps(seen, START, END, longest * HOUR)

    assert all(START <= gap.start < gap.end <= END for gap in found)
    assert all(gap.end - gap.start > longest * HOUR for gap in found)
    assert all(before.end <= after.start for before, after in pairwise(found))
    assert not any(gap.start < moment < gap.end for gap in found for moment in seen)
