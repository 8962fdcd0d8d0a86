"""Times as screens show them, “3 h” or “Yesterday at 18:04”, and as chats write them. Clock times are London's."""

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta

from collectors.written_time import EARLIEST_YEAR, written_time
from core.errors import ItemSkipped
from core.weeks import LONDON, london_day

_UNITS = "s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|wks?|weeks?|mo|mos|months?|y|yrs?|years?"
_LONG_UNITS = "minute|hour|day|week|month|year"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    "Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    "|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?"
)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = "Mon(?:day)?|Tue(?:s|sday)?|Wed(?:nesday)?|Thu(?:rs|rsday)?|Fri(?:day)?|Sat(?:urday)?|Sun(?:day)?"
CLOCK = r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:\s?[AaPp]\.?[Mm]\.?)?"
_DATE = rf"\d{{1,2}} (?:{_MONTH})(?:,? \d{{4}})?|(?:{_MONTH}) \d{{1,2}}(?:, \d{{4}})?|\d{{1,2}}/\d{{1,2}}/\d{{4}}"
_AT = r"(?:,| at|, at)? "
# What stands beside a comment; the second is how TikTok shows a day, month first.
TIME = (
    rf"(?:\d{{1,4}} ?(?:{_UNITS})(?![a-z])\.?(?: ago)?|(?:an?|one) (?:{_LONG_UNITS}) ago|[Jj]ust now|Now"
    rf"|Yesterday(?:{_AT}{CLOCK})?|(?:Today|{_WEEKDAY}){_AT}{CLOCK}|(?:{_DATE})(?:{_AT}{CLOCK})?)"
)
SHORT_DATE = r"(?:\d{4}-)?\d{1,2}-\d{1,2}"

_AGO = re.compile(rf"(\d{{1,4}}|an?|one) ?({_UNITS})\.?(?: ago)?")
_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?:\s?([AaPp])\.?[Mm]\.?)?")
_SPANS = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1)}
_DAYS = {"d": 1, "w": 7}


def counted_back(stated: str, now: datetime) -> datetime | None:
    """The moment (UTC) of a TIME or SHORT_DATE as seen at `now`; noon in London where it says no more than a day.

    None for what cannot be, or lies in the future.
    """
    moment = None
    with suppress(ValueError, OverflowError):
        if stated.casefold() in ("just now", "now"):
            return now.astimezone(UTC)
        ago = _AGO.fullmatch(stated)
        moment = _ago(ago[1], ago[2], now) if ago else _on_a_day(stated, now)
    return _past(moment, now)


def chat_times(stated: Sequence[tuple[str, str]], now: datetime) -> list[datetime | None]:
    """The moments (UTC) of a chat's dates and clock times: day first, unless a date in it can only be month first."""
    dates = [re.split(r"[./-]", day) for day, _ in stated]
    british = any(int(parts[0]) > 12 for parts in dates if len(parts[0]) < 3)
    american = not british and any(int(parts[1]) > 12 for parts in dates if len(parts[0]) < 3)
    return [_chat_time(parts, clock, american, now) for parts, (_, clock) in zip(dates, stated, strict=True)]


def _ago(amount: str, unit: str, now: datetime) -> datetime:
    count = int(amount) if amount.isdigit() else 1
    today = london_day(now)
    if unit.startswith(("mo", "y")):
        months = today.year * 12 + today.month - 1 - count * (12 if unit[0] == "y" else 1)
        return _noon(_same_day(months // 12, months % 12 + 1, today.day))
    if unit[0] in _DAYS:
        return _noon(today - timedelta(days=count * _DAYS[unit[0]]))
    return now - count * _SPANS[unit[0]]


def _same_day(year: int, month: int, day: int) -> date:
    """That day of a month, its last where the month is shorter."""
    with suppress(ValueError):
        return date(year, month, day)
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _on_a_day(stated: str, now: datetime) -> datetime | None:
    clock = re.search(rf"{_AT}({CLOCK})$", stated)
    day = _day(stated[: clock.start()] if clock else stated, now)
    return _at(day, clock[1]) if clock else _noon(day)


def _day(stated: str, now: datetime) -> date:
    today, start = london_day(now), stated[:3].casefold()
    if start in ("tod", "yes"):
        return today - timedelta(days=start == "yes")
    if start in _WEEKDAYS:
        return today - timedelta(days=(today.weekday() - _WEEKDAYS.index(start)) % 7)
    numbers = [int(each) for each in re.findall(r"\d+", stated)]
    if "/" in stated:
        return date(numbers[2], numbers[1], numbers[0])
    if "-" in stated:
        year = numbers[0] if len(numbers) == 3 else None
        return _latest(year, numbers[-2], numbers[-1], today)
    month = next(at for at, name in enumerate(_MONTHS, start=1) if name in stated.casefold())
    return _latest(numbers[1] if len(numbers) == 2 else None, month, numbers[0], today)


def _latest(year: int | None, month: int, day: int, today: date) -> date:
    """That day; of this year, or the last where it is still to come, where none is named."""
    named = date(year or today.year, month, day)
    return named if year or named <= today else date(today.year - 1, month, day)


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), LONDON)


def _at(day: date, clock: str) -> datetime:
    hour, minute, second = _hands(clock)
    return datetime.combine(day, time(hour, minute, second), LONDON)


def _hands(clock: str) -> tuple[int, int, int]:
    """Hour, minute and second; the hour of 24. Raises ValueError for what is no clock time."""
    read = _CLOCK.fullmatch(clock)
    if not read:
        raise ValueError(clock)
    hour = int(read[1])
    if read[4]:
        hour = hour % 12 + (12 if read[4] in "Pp" else 0)
    return hour, int(read[2]), int(read[3] or 0)


def _chat_time(parts: list[str], clock: str, american: bool, now: datetime) -> datetime | None:
    with suppress(ValueError, ItemSkipped):
        hour, minute, second = _hands(clock)
        if len(parts[0]) == 4:
            year, month, day = (int(part) for part in parts)
        else:
            day, month = (int(part) for part in (parts[1::-1] if american else parts[:2]))
            year = int(parts[2]) if len(parts) == 3 else _latest(None, month, day, london_day(now)).year
        stated = f"{day:02}/{month:02}/{year + 2000 if year < 100 else year} {hour}:{minute:02}:{second:02}"
        return _past(written_time(stated, LONDON, now), now)
    return None


def _past(moment: datetime | None, now: datetime) -> datetime | None:
    with suppress(OverflowError):
        if moment and moment <= now and moment.year >= EARLIEST_YEAR:
            return moment.astimezone(UTC)
    return None
