"""What a browser sends from the staff form: counted while it comes in, then read into a report."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.types import Message, Receive

from casework.sightings import Report
from collectors.pasted_threads import split
from core.errors import BadInput
from core.links import web_link
from core.pictures import read_picture
from core.taxonomy import PLATFORMS
from core.text import storable
from core.types import School
from core.weeks import LONDON
from ops.report_pages import LABELS, Problem

MOST_BYTES = 12 * 1024 * 1024

TOO_LARGE = "That is more than 12 MB, and nothing was taken in. Take a screenshot of the picture, or report it in parts."
TOO_MUCH = "That is more text or more files than fit into one report, and nothing was taken in. Report it in parts."
NO_SCHOOL = "Choose the school that it is about."
NO_PLACE = "That is not a place we know. Choose one from the list."
NO_TIME = "That is not a date and a time. Write it as 20/11/2026 16:15, or leave it empty for just now."
FUTURE = "That is in the future. Say when you saw it."

_TIMES = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M")
_EARLIEST_YEAR = 2000
_SKEW = timedelta(minutes=10)
_MOST_FIELDS, _LARGEST_FIELD = 20, 1024 * 1024
_READ_ON_BYTES, _READ_ON_SECONDS = 64 * 1024 * 1024, 10


class Refused(Exception):
    """What was sent is not taken in: the status of the answer, and the sentence at its field."""

    def __init__(self, status: int, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.status, self.problem = status, Problem(sentence, field)


@dataclass(frozen=True, slots=True)
class Sent:
    """What was typed, by the name of its field, and the file that was chosen; None where none was."""

    typed: dict[str, str]
    screenshot: bytes | None


async def read(request: Request) -> Sent:
    """Read what came from the form. Raises Refused for more than `MOST_BYTES`, said or not, and for what is not our form."""
    body = _Body(request.receive)
    try:
        return await _read(request, body)
    except _TooLarge:
        await body.read_on()
        raise Refused(413, TOO_LARGE) from None
    except (HTTPException, MultiPartException):
        await body.read_on()
        raise Refused(400, TOO_MUCH) from None


def report(sent: Sent, schools: Sequence[School], now: datetime) -> Report:
    """What somebody says they saw, at one of these schools. Raises Refused for what `hand_in` does not look at."""
    typed = sent.typed
    school_id = schools[0].id if len(schools) == 1 else typed["school"]
    if school_id not in {school.id for school in schools}:
        raise Refused(422, NO_SCHOOL, "school")
    if typed["platform"] not in ("", *PLATFORMS):
        raise Refused(422, NO_PLACE, "platform")
    if sent.screenshot == b"" and (empty := _refusal(lambda: read_picture(b""))):
        raise Refused(422, empty, "screenshot")
    return Report(
        school_id=school_id,
        platform=typed["platform"],
        link=typed["link"],
        pasted=typed["pasted"],
        picture=sent.screenshot or b"",
        seen_at=_seen_at(typed["seen"].strip(), now),
        place=typed["place"],
        note=typed["note"],
        reporter=typed["name"],
        channel="form",
    )


def field_of(sentence: str, report: Report, now: datetime) -> str:
    """At which field a refusal of `hand_in` is shown: the one whose own reading is refused in the same words."""
    if report.link.strip() and sentence == _refusal(lambda: web_link(report.link)):
        return "link"
    of_pasted = (lambda: split(report.pasted, now, report.platform or None)), (lambda: web_link(report.pasted))
    if report.pasted.strip() and sentence in map(_refusal, of_pasted):
        return "pasted"
    return "screenshot" if report.picture else "link"


class _TooLarge(Exception):
    """More comes in than is read."""


class _Body:
    """The body of a request as it comes in, counted. Raises _TooLarge as soon as it is more than `MOST_BYTES`."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._came, self._ended = 0, False

    async def __call__(self) -> Message:
        message = await self._receive()
        self._came += len(message.get("body", b""))
        self._ended = not message.get("more_body", False)
        if self._came > MOST_BYTES:
            raise _TooLarge
        return message

    async def read_on(self) -> None:
        """Let the rest come in and drop it: a browser that is still sending reads no answer."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_READ_ON_SECONDS):
                while not self._ended and self._came < _READ_ON_BYTES:
                    with suppress(_TooLarge):
                        await self()


async def _read(request: Request, body: _Body) -> Sent:
    length, kind = request.headers.get("content-length", ""), request.headers.get("content-type", "").lower()
    if length.isdecimal() and int(length) > MOST_BYTES:
        raise _TooLarge
    if not kind.startswith("multipart/form-data") or "charset=" in kind:  # no browser sends our form otherwise
        raise HTTPException(400)
    coming = Request(request.scope, body)
    async with coming.form(max_files=1, max_fields=_MOST_FIELDS, max_part_size=_LARGEST_FIELD) as form:
        typed = {name: _text(form.get(name)) for name in LABELS}
        screenshot = form.get("screenshot")
        if isinstance(screenshot, UploadFile) and (screenshot.filename or screenshot.size):
            return Sent(typed, await screenshot.read())
        return Sent(typed, None)


def _text(typed: UploadFile | str | None) -> str:
    """The text in a field, its lines ended as everywhere here: a browser sends CR and LF."""
    return storable(typed.replace("\r\n", "\n").replace("\r", "\n")) if isinstance(typed, str) else ""


def _seen_at(typed: str, now: datetime) -> datetime | None:
    """When it was seen, typed as a time in the United Kingdom; None where nothing was typed."""
    if not typed:
        return None
    for form in _TIMES:
        with suppress(ValueError, OverflowError):
            seen_at = datetime.strptime(typed, form).replace(tzinfo=LONDON).astimezone(UTC)
            if seen_at > now + _SKEW:
                raise Refused(422, FUTURE, "seen")
            if seen_at.year >= _EARLIEST_YEAR:
                return seen_at
    raise Refused(422, NO_TIME, "seen")


def _refusal(reading: Callable[[], object]) -> str | None:
    """The sentence in which something is refused; None where it is not."""
    try:
        reading()
    except BadInput as problem:
        return str(problem)
    return None
