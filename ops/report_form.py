"""The staff form: whoever has the code reports what they saw, from a telephone, without an account.

Nothing is kept or logged of the computer that a report comes from.
"""

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from casework import report_code
from casework.sightings import Receipt, hand_in
from core.errors import BadInput, StoreUnavailable
from core.log import log
from core.text import storable
from core.types import School
from core.weeks import utc_now
from ops import report_pages as pages
from ops import report_request
from ops.report_pages import FORM, GATE, STOPPED, Problem
from ops.report_request import Refused, Sent
from store import profiles, sightings
from store.engine import reading
from store.store import Store

PATHS = frozenset({GATE, STOPPED, FORM})
MOST_AN_HOUR = 60
MOST_WRONG_CODES = 10
WRONG_CODES_WITHIN = timedelta(minutes=10)

CLOSED = "The form is closed. Tell the office what you saw."
NO_CODE = "Type the code you were given."
WRONG_CODE = "That is not the code. Look at it again, or ask the office for the one in use."
TOO_MANY_WRONG = (
    "Too many wrong codes were tried, so nobody can report here for up to ten minutes. Try again then, or tell the office."
)
TOO_MANY_REPORTS = "Very many reports came in within an hour. Come back later, or tell the office what you saw."
OUT_OF_ORDER = "The report could not be kept, and nothing was taken in. Try again in a minute, or tell the office."

_LONGEST_CODE = 40  # characters
_log = log(part="report form")


class RateLimit:
    """At most so many times within so long; then not again until the first of them is that long ago. In memory only."""

    def __init__(self, most: int, within: timedelta) -> None:
        self._within = within
        self._times: deque[datetime] = deque(maxlen=most)

    def note(self, now: datetime) -> None:
        """It happened now."""
        self._times.append(now)

    def reached(self, now: datetime) -> bool:
        """Whether it may not happen now."""
        return len(self._times) == self._times.maxlen and now - self._times[0] < self._within


class ReportForm:
    """The form at `/report`, over a store and the spool in which reports wait."""

    def __init__(self, store: Callable[[], Store], spool: Callable[[], Path], clock: Callable[[], datetime] = utc_now) -> None:
        self._store, self._spool, self._clock = store, spool, clock
        self._wrong_codes, self._one_at_a_time = RateLimit(MOST_WRONG_CODES, WRONG_CODES_WITHIN), Lock()

    @property
    def routes(self) -> list[Route]:
        """The question that stops, what to do instead, and the form."""
        return [
            Route(GATE, self._gate),
            Route(STOPPED, self._stopped),
            Route(FORM, self._form),
            Route(FORM, self._report, methods=["POST"]),
        ]

    def _gate(self, request: Request) -> Response:
        return self._while_open(lambda _: pages.gate(_code(request)))

    def _stopped(self, request: Request) -> Response:
        return _page(pages.stopped(_code(request)))  # while the form is closed too: what to do then is the same

    def _form(self, request: Request) -> Response:
        return self._while_open(lambda schools: pages.form(schools, {"code": _code(request)}))

    def _while_open(self, page: Callable[[list[School]], str]) -> Response:
        try:
            schools = self._schools()
        except StoreUnavailable as problem:
            _log.error("out_of_order", reason=str(problem))
            return _page(pages.sentence(OUT_OF_ORDER), 503)
        return _page(page(schools)) if schools else _page(pages.sentence(CLOSED), 404)

    def _schools(self) -> list[School]:
        """The schools that somebody may report for, the demo’s only where there is no other; none while the form is closed."""
        store = self._store()
        if report_code.current(store) is None:
            return []
        with reading(store.engine) as connection:
            return list(profiles.all_schools(connection, watched=True) or profiles.all_schools(connection))

    async def _report(self, request: Request) -> Response:
        try:
            sent = await report_request.read(request)
        except Refused as refused:
            return _page(pages.sentence(refused.problem.sentence), refused.status)
        except ClientDisconnect:
            return Response(status_code=400)  # read by nobody
        return await run_in_threadpool(self._taken_in, sent, self._clock())

    def _taken_in(self, sent: Sent, now: datetime) -> Response:
        schools: list[School] = []
        try:
            schools = self._schools()
            if not schools:
                return _page(pages.sentence(CLOSED), 404)
            self._let_in(sent.typed["code"], now)
            receipt = self._handed_in(sent, schools, now)
        except Refused as refused:
            problem, status = refused.problem, refused.status
        except StoreUnavailable as unavailable:
            _log.error("out_of_order", reason=str(unavailable))
            problem, status = Problem(OUT_OF_ORDER), 503
        else:
            return _page(pages.thanks(receipt, sent.typed["code"]))
        return _page(pages.form(schools, sent.typed, problem, again=sent.screenshot is not None), status)

    def _let_in(self, code: str, now: datetime) -> None:
        """Raises Refused for a wrong code, and for everybody after too many of them or too many reports."""
        if not code.strip():
            raise Refused(403, NO_CODE, "code")
        store = self._store()
        with self._one_at_a_time:  # guesses made at once are all counted
            if self._wrong_codes.reached(now):
                raise Refused(429, TOO_MANY_WRONG)
            if not report_code.fits(store, code):
                self._wrong_codes.note(now)
                _log.warning("wrong_code")
                raise Refused(403, WRONG_CODE, "code")
        with reading(store.engine) as connection:
            if sightings.count_since(connection, "form", now - timedelta(hours=1)) >= MOST_AN_HOUR:
                raise Refused(429, TOO_MANY_REPORTS)

    def _handed_in(self, sent: Sent, schools: list[School], now: datetime) -> Receipt:
        report = report_request.report(sent, schools, now)
        try:
            return hand_in(self._store(), self._spool(), report, by="staff form", now=now)
        except BadInput as problem:
            sentence = str(problem)
            raise Refused(422, sentence, report_request.field_of(sentence, report, now)) from None


def _code(request: Request) -> str:
    """The code in the address of the page, for whoever followed a link that holds it."""
    return storable(request.query_params.get("code", ""))[:_LONGEST_CODE]


def _page(html: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(html, status, pages.HEADERS)
