"""Days and weeks as a school lives them: a day is a Europe/London date, a week runs from Monday to Sunday (ISO 8601)."""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.errors import BadInput

LONDON = ZoneInfo("Europe/London")


def utc_now() -> datetime:
    """The present moment. Deciding code is given it as `now`; only composition roots call this."""
    return datetime.now(UTC)


def london_day(moment: datetime) -> date:
    """The date on a London calendar at that moment."""
    return moment.astimezone(LONDON).date()


def day_start(day: date) -> datetime:
    """The first moment of a London day, in UTC."""
    return datetime.combine(day, time.min, LONDON).astimezone(UTC)


def on_screen(moment: datetime | None) -> str:
    """A moment as people here write it: `Fri 20 Nov 2026 16:15` (London). Nothing for None."""
    if moment is None:
        return ""
    local = moment.astimezone(LONDON)
    return f"{local:%a} {local.day} {local:%b %Y %H:%M}"


def day_on_screen(day: date) -> str:
    """A date as people here write it: `Mon 16 Nov 2026`."""
    return f"{day:%a} {day.day} {day:%b %Y}"


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """An ISO week, Monday to Sunday, of London days."""

    year: int
    number: int

    @classmethod
    def of(cls, moment: datetime) -> "Week":
        """The week in which a moment lies, in London."""
        year, number, _ = london_day(moment).isocalendar()
        return cls(year, number)

    @classmethod
    def parse(cls, text: str) -> "Week":
        """Read `2026-W46`. Raises BadInput for anything else: week 53 of a year with 52, years not of our time."""
        found = re.fullmatch(r"((?:19|20|21)[0-9]{2})-W([0-9]{2})", text)
        if found:
            with suppress(ValueError):
                date.fromisocalendar(int(found[1]), int(found[2]), 1)
                return cls(int(found[1]), int(found[2]))
        raise BadInput(f"“{text}” is not a week. Write it as 2026-W46.")

    @property
    def monday(self) -> date:
        """Its first day."""
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def sunday(self) -> date:
        """Its last day."""
        return self.monday + timedelta(days=6)

    @property
    def days(self) -> tuple[date, ...]:
        """Its seven days."""
        return tuple(self.monday + timedelta(days=n) for n in range(7))

    @property
    def start(self) -> datetime:
        """Its first moment, UTC."""
        return day_start(self.monday)

    @property
    def end(self) -> datetime:
        """The first moment after it, UTC."""
        return day_start(self.monday + timedelta(days=7))

    def back(self, weeks: int) -> "Week":
        """The week that many weeks earlier (later when negative)."""
        year, number, _ = (self.monday - timedelta(weeks=weeks)).isocalendar()
        return Week(year, number)

    def complete(self, now: datetime) -> bool:
        """Whether it is over at `now`."""
        return now >= self.end

    @property
    def on_screen(self) -> str:
        """`Mon 9 to Sun 15 Nov 2026`."""
        first, last = self.monday, self.sunday
        start = f"Mon {first.day}" + ("" if first.month == last.month else f" {first:%b}")
        return f"{start}{'' if first.year == last.year else f' {first.year}'} to Sun {last.day} {last:%b %Y}"

    def __str__(self) -> str:
        return f"{self.year}-W{self.number:02d}"
