"""The figures: what they draw of a week, and where on the day chart nobody was watching."""

from datetime import UTC, date, datetime, time, timedelta

import pandas as pd
import pytest

from analysis.trends import Gap
from analysis.weekly import Weekly, weekly
from core.weeks import LONDON, Week
from pages.shared import charts

WEEK = Week(2026, 46)
SUMMER_ENDS = Week(2026, 43)  # the clock goes back on its Sunday, 25 October
COLUMNS = ["school_id", "day", "platform", "outcome", "negative", "neutral", "positive"]
MODES = pytest.mark.parametrize("mode", ["light", "dark"])


def count(week: Week = WEEK, *, earlier: int = 0, platform: str = "facebook") -> Weekly:
    """A week with as many posts on a day as its place in the week, after so many weeks of the same."""
    rows = [
        ("demo", day.isoformat(), platform, "ours", *(number * (number % 3 == place) for place in range(3)))
        for back in range(earlier + 1)
        for number, day in enumerate(week.back(back).days)
    ]
    return weekly(pd.DataFrame(rows, columns=COLUMNS), week, week.back(earlier))


def at(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), LONDON).astimezone(UTC)


@MODES
def test_each_day_has_its_bar_and_a_watched_week_no_shade(mode: str) -> None:
    figure = charts.days(count(), [], mode)

    [bars] = figure["data"]
    assert bars["x"] == ["Mon 9", "Tue 10", "Wed 11", "Thu 12", "Fri 13", "Sat 14", "Sun 15"]
    assert bars["y"] == [0, 1, 2, 3, 4, 5, 6]
    assert figure["layout"]["shapes"] == figure["layout"]["annotations"] == []


@MODES
def test_a_gap_is_shaded_from_its_first_minute_to_its_last_and_named(mode: str) -> None:
    figure = charts.days(count(), [Gap(at(WEEK.days[1], "06:00"), at(WEEK.days[3], "18:00"))], mode)

    [shade], [name] = figure["layout"]["shapes"], figure["layout"]["annotations"]
    assert (shade["x0"], shade["x1"]) == (0.75, 3.25)  # a bar stands at noon of its day: Tuesday at 1, Thursday at 3
    assert (shade["yref"], shade["y0"], shade["y1"]) == ("paper", 0, 1)
    assert name["text"] == "not<br>watched"
    assert name["x"] == 2.0


def test_a_gap_that_goes_on_into_other_weeks_ends_at_the_edge() -> None:
    whole = Gap(WEEK.start - timedelta(days=3), WEEK.end + timedelta(hours=8))
    late = Gap(at(WEEK.days[4], "18:00"), WEEK.end + timedelta(hours=8))
    figure = charts.days(count(), [whole, late], "light")

    assert [(each["x0"], each["x1"]) for each in figure["layout"]["shapes"]] == [(-0.5, 6.5), (4.25, 6.5)]
    assert figure["layout"]["xaxis"]["range"] == [-0.5, 6.5]


def test_a_place_on_the_axis_is_one_of_the_london_clock() -> None:
    gap = Gap(at(SUMMER_ENDS.days[0], "00:00"), at(SUMMER_ENDS.days[6], "12:00"))
    [shade] = charts.days(count(SUMMER_ENDS), [gap], "light")["layout"]["shapes"]

    assert (shade["x0"], shade["x1"]) == (-0.5, 6.0)


@pytest.mark.parametrize(("posts", "step"), [(0, 1), (3, 1), (40, None)])
def test_a_small_number_of_posts_has_no_half_ones_beside_it(posts: int, step: int | None) -> None:
    row = ("demo", WEEK.monday.isoformat(), "facebook", "ours", 0, posts, 0)
    shown = weekly(pd.DataFrame([row], columns=COLUMNS), WEEK, WEEK)

    for figure in (charts.days(shown, [], "light"), charts.volume(shown, "light")):
        assert figure["layout"]["yaxis"].get("dtick") == step


def test_the_week_shown_is_filled_over_what_is_usual() -> None:
    figure = charts.volume(count(earlier=5), "light")

    [bars], [band], [name] = figure["data"], figure["layout"]["shapes"], figure["layout"]["annotations"]
    assert bars["x"][-1] == "9 Nov"
    assert bars["y"] == [21] * 6
    assert len(set(bars["marker"]["color"][:-1])) == 1
    assert bars["marker"]["color"][-1] != bars["marker"]["color"][0]
    assert band["y0"] <= 21 <= band["y1"]
    assert name["text"] == "usual"


def test_too_few_weeks_have_no_band() -> None:
    assert "shapes" not in charts.volume(count(earlier=2), "light")["layout"]


def test_how_it_is_said_differs_by_mark_and_pattern_and_not_by_colour_alone() -> None:
    figure = charts.sentiment(count(), "light")

    assert [each["name"] for each in figure["data"]] == ["▼ Unhappy", "■ Neither", "▲ Happy"]
    assert len({each["marker"]["pattern"]["shape"] for each in figure["data"]}) == 3
    assert [each["y"] for each in figure["data"]] == [[0 + 3 + 6], [1 + 4], [2 + 5]]


def test_a_platform_that_somebody_made_up_is_only_a_text() -> None:
    [bars] = charts.platforms(count(platform='<a href="http://evil.example">x</a>'), "light")["data"]

    assert "<" not in bars["y"][0]
    assert bars["x"] == [21]
