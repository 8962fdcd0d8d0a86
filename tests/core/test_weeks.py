"""Days and weeks as a school lives them, through summer time, leap weeks and the turn of the year."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.weeks import Week, day_on_screen, day_start, london_day, on_screen, utc_now

HOUR = timedelta(hours=1)
moments = st.datetimes(timezones=st.just(UTC)).filter(lambda moment: 1970 <= moment.year <= 2199)


def _utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


def test_now_has_a_zone() -> None:
    assert utc_now().tzinfo is UTC


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (_utc(2026, 11, 20, 23, 59, 59), date(2026, 11, 20)),
        (_utc(2026, 7, 20, 22, 59, 59), date(2026, 7, 20)),
        (_utc(2026, 7, 20, 23), date(2026, 7, 21)),
        (datetime(2026, 11, 20, 1, tzinfo=timezone(timedelta(hours=5))), date(2026, 11, 19)),
    ],
)
def test_a_day_is_a_london_date(moment: datetime, day: date) -> None:
    assert london_day(moment) == day


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24), (date(2026, 12, 31), 24)],
)
def test_a_day_is_as_long_as_its_clock(day: date, hours: int) -> None:
    assert day_start(day + timedelta(days=1)) - day_start(day) == hours * HOUR


@pytest.mark.parametrize(
    ("week", "start", "end"),
    [
        (Week(2026, 47), _utc(2026, 11, 16), _utc(2026, 11, 23)),
        (Week(2026, 26), _utc(2026, 6, 21, 23), _utc(2026, 6, 28, 23)),
        (Week(2026, 13), _utc(2026, 3, 23), _utc(2026, 3, 29, 23)),
        (Week(2026, 43), _utc(2026, 10, 18, 23), _utc(2026, 10, 26)),
        (Week(2026, 53), _utc(2026, 12, 28), _utc(2027, 1, 4)),
    ],
)
def test_a_week_runs_from_monday_to_sunday_in_london(week: Week, start: datetime, end: datetime) -> None:
    assert (week.start, week.end) == (start, end)
    assert week.monday.weekday() == 0
    assert week.sunday.weekday() == 6
    assert week.days == tuple(week.monday + timedelta(days=n) for n in range(7))


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (_utc(2027, 1, 1), "2026-W53"),
        (_utc(2021, 1, 3, 23, 59), "2020-W53"),
        (_utc(2021, 1, 4), "2021-W01"),
        (_utc(2024, 12, 30), "2025-W01"),
        (_utc(2026, 6, 28, 22, 59), "2026-W26"),
        (_utc(2026, 6, 28, 23, 0), "2026-W27"),
    ],
)
def test_the_week_of_a_moment(moment: datetime, text: str) -> None:
    assert str(Week.of(moment)) == text


@given(moments)
def test_a_moment_lies_in_its_week_and_no_other(moment: datetime) -> None:
    week = Week.of(moment)

    assert week.start <= moment < week.end
    assert week.end == week.back(-1).start
    assert week.back(1) < week < week.back(-1)
    assert week.back(60).back(-60) == week
    assert Week.parse(str(week)) == week
    assert london_day(moment) in week.days
    assert day_start(london_day(moment)) <= moment


@pytest.mark.parametrize("text", ["2026-W53", "2020-W53", "2015-W53", "1970-W01", "2026-W01"])
def test_weeks_that_there_are(text: str) -> None:
    assert str(Week.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    ["2025-W53", "2026-W54", "2026-W00", "2026-46", "2026-W4", "2026W46", " 2026-W46", "2026-W46\n", "", "latest", "W46"],
)
def test_anything_else_is_no_week(text: str) -> None:
    with pytest.raises(BadInput, match=r"is not a week\. Write it as 2026-W46\.$"):
        Week.parse(text)


@pytest.mark.parametrize("text", ["0000-W01", "0001-W01", "9999-W52", "９９９９-W01", "٢٠٢٦-W٤٦", "2026-W46'--"])
def test_a_week_of_another_age_is_none_of_ours(text: str) -> None:
    with pytest.raises(BadInput, match="is not a week"):
        Week.parse(text)


@pytest.mark.parametrize("text", ["1900-W01", "2199-W52"])
def test_every_week_that_can_be_asked_for_has_neighbours(text: str) -> None:
    week = Week.parse(text)

    assert week.back(52).start < week.start < week.end < week.back(-52).end
    assert week.on_screen


def test_a_week_is_complete_when_its_last_moment_is_over() -> None:
    week = Week(2026, 26)

    assert not week.complete(week.end - timedelta(microseconds=1))
    assert week.complete(week.end)


@pytest.mark.parametrize(
    ("week", "text"),
    [
        (Week(2026, 46), "Mon 9 to Sun 15 Nov 2026"),
        (Week(2026, 49), "Mon 30 Nov to Sun 6 Dec 2026"),
        (Week(2026, 53), "Mon 28 Dec 2026 to Sun 3 Jan 2027"),
    ],
)
def test_a_week_on_screen(week: Week, text: str) -> None:
    assert week.on_screen == text


def test_moments_and_days_on_screen() -> None:
    assert on_screen(_utc(2026, 11, 20, 16, 15)) == "Fri 20 Nov 2026 16:15"
    assert on_screen(_utc(2026, 7, 5, 23, 5)) == "Mon 6 Jul 2026 00:05"
    assert on_screen(None) == ""
    assert day_on_screen(date(2026, 11, 6)) == "Fri 6 Nov 2026"
