"""Times as exports write them: ISO 8601, seconds or milliseconds since 1970, e-mail dates, and British dd/mm/yyyy hh:mm."""

import re
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from core.errors import BadInput, ItemSkipped

EARLIEST_YEAR = 1990
# Fri, 20 Nov 2026 16:15:00 +0000, and as X wrote it once: Fri Nov 20 16:15:00 +0000 2026. Less strict, the library takes
# "Nov 20, 2026 4:15 PM" for 04:15.
_MAIL = re.compile(
    r"(?:[A-Z][a-z]{2},? )?(?:\d{1,2} [A-Z][a-z]{2,8} \d{4} \d{1,2}:\d{2}(?::\d{2})?(?: [+-]\d{4}| [A-Z]{1,4})?"
    r"|[A-Z][a-z]{2} {1,2}\d{1,2} \d{2}:\d{2}:\d{2} [+-]\d{4} \d{4})"
)
_NUMBER = re.compile(r"(\d{9,16})(?:\.\d+)?")
_BRITISH = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?:[ ,T]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")


def zone(name: str) -> ZoneInfo:
    """A time zone such as Europe/London. Raises BadInput for what is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise BadInput("There is no such time zone. Write it as --zone Europe/London.") from None


def written_time(stated: object, within: ZoneInfo | None, now: datetime) -> datetime | None:
    """A stated time in UTC; None where none is stated. `within` is the zone of times that name none.

    Raises ItemSkipped, with what to do, for a time without a zone, one that cannot be read, and one that cannot be.
    """
    if stated is None or stated == "":
        return None
    moment = _read(str(stated).strip()) if isinstance(stated, str | int | float) else None
    if moment is None:
        raise ItemSkipped("Its time cannot be read. Write it as 2026-11-20T16:15:00Z or 20/11/2026 16:15.")
    # A year from now is no mistake of a clock; nor did anybody post before there was a web.
    if not EARLIEST_YEAR <= moment.year <= now.year + 1:
        raise ItemSkipped(f"Its time lies in the year {moment.year}, which cannot be.")
    if moment.tzinfo is None:
        if within is None:
            raise ItemSkipped("Its time names no time zone. Say which it is in, such as --zone Europe/London.")
        moment = moment.replace(tzinfo=within)
    return moment.astimezone(UTC)


def _read(stated: str) -> datetime | None:
    if number := _NUMBER.fullmatch(stated):
        # Seconds have ten digits from 2001 to 2286, milliseconds thirteen, microseconds sixteen.
        return datetime.fromtimestamp(int(number[1]) / 1000 ** ((len(number[1]) - 8) // 3), UTC)
    with suppress(ValueError):
        return datetime.fromisoformat(re.sub(r" ?(UTC|GMT)$", "+00:00", stated))
    with suppress(ValueError):
        if british := _BRITISH.fullmatch(stated):
            day, month, year, hour, minute, second = (f"{part or 0:0>2}" for part in british.groups())
            return datetime.fromisoformat(f"{year}-{month}-{day} {hour}:{minute}:{second}")
    with suppress(ValueError):
        return parsedate_to_datetime(stated) if _MAIL.fullmatch(stated) else None
    return None
