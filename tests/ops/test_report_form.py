"""The staff form: what colleagues hand in from their telephones, and who and what is kept out of it."""

import asyncio
import io
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from httpx2 import Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.testclient import TestClient

from casework import report_code
from casework.sightings import STOP, STOP_STEPS
from collectors.sightings import Waiting, waiting
from core.settings import Settings
from core.taxonomy import PLATFORMS
from core.text import storable
from core.types import School
from ops import report_form, report_pages, report_request
from ops.report_form import RateLimit, ReportForm
from store import profiles
from store.engine import reading, writing
from store.keys import Keys
from store.store import Store, open_store
from store.tables import pictures, sightings
from tests.server import Dashboard

NOW = datetime(2026, 11, 20, 16, 15, tzinfo=UTC)
VALE = School(id="sva", name="Skarnby Vale Academy", town="Skarnby")
MERE = School(id="smp", name="Skarnby Mere Primary School", town="Skarnby")
LINK = "https://www.facebook.com/groups/skarnbychat/posts/77/"
THREAD = "[18/11/2026, 20:05:11] Ann Reed: Skarnby Vale gates\n[18/11/2026, 20:06:40] Bo Hart: shut again?\n"


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


class Staff:
    """A colleague at the form, who has the code."""

    def __init__(self, store: Store, spool: Path) -> None:
        self.store, self.spool, self.clock = store, spool, Clock()
        with writing(store.engine) as connection:
            profiles.save_schools(connection, [VALE], now=NOW)
        self.code = report_code.start(store, by="Head", now=NOW)
        self.app = Starlette(routes=ReportForm(lambda: store, lambda: spool, self.clock).routes)
        self.browser = TestClient(self.app)

    def send(self, screenshot: bytes | None = None, **typed: str) -> Response:
        """Press “Report”, as a browser sends it: every field, the file too where none was chosen."""
        fields = {**dict.fromkeys(report_pages.LABELS, ""), "code": self.code, **typed}
        del fields["screenshot"]
        file = ("", b"", "application/octet-stream") if screenshot is None else ("shot.png", screenshot, "image/png")
        return self.browser.post("/report/new", files={**{k: (None, v) for k, v in fields.items()}, "screenshot": file})

    @property
    def rows(self) -> list[Any]:
        with reading(self.store.engine) as connection:
            return list(connection.execute(select(sightings).order_by(sightings.c.id)))

    @property
    def reports(self) -> list[Waiting]:
        return [Waiting.model_validate_json(path.read_bytes()) for path in waiting(self.spool)]


@pytest.fixture
def staff(tmp_store: Store, tmp_path: Path) -> Staff:
    return Staff(tmp_store, tmp_path / "spool")


class Shown(HTMLParser):
    """What a browser makes of the form: fields by name, what stands in each, and what is marked as wrong."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.typed: dict[str, str] = {}
        self.wrong: dict[str, str] = {}
        self.words: dict[str, str] = {}
        self.tags: list[str] = []
        self._area = self._choice = self._id = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self._id = given.get("id", "")
        if tag == "input":
            self.typed[given["name"]] = given.get("value", "")
        elif tag == "textarea":
            self._area = given["name"]
            self.typed[self._area] = ""
        elif tag == "select":
            self._choice = given["name"]
        elif tag == "option" and "selected" in given:
            self.typed[self._choice] = given["value"]
        if "aria-invalid" in given:
            self.wrong[given["name"]] = given["aria-describedby"]

    def handle_data(self, data: str) -> None:
        if self._area:
            self.typed[self._area] += data
        elif self._id:
            self.words[self._id] = self.words.get(self._id, "") + data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.typed[self._area] = self.typed[self._area].removeprefix("\n")
            self._area = ""
        self._id = ""


def png(size: tuple[int, int] = (60, 40)) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, "#1f5fa8").save(made, "PNG")
    return made.getvalue()


# Before anything can be typed


def test_the_first_page_asks_the_question_that_stops(staff: Staff) -> None:
    answer = staff.browser.get("/report", params={"code": "KQT-M4R-77X"})

    assert answer.status_code == 200
    assert STOP in answer.text
    assert 'href="/report/stop?code=KQT-M4R-77X">Yes, or I am not sure</a>' in answer.text
    assert 'href="/report/new?code=KQT-M4R-77X">No</a>' in answer.text
    assert "<input" not in answer.text


def test_yes_leads_to_what_to_do_instead(staff: Staff) -> None:
    page = staff.browser.get("/report/stop").text

    assert [step for step in STOP_STEPS if step not in page] == []
    assert "<form" not in page


def test_what_to_do_instead_is_said_while_the_form_is_closed_too(staff: Staff) -> None:
    report_code.end(staff.store, NOW)

    assert STOP_STEPS[1] in staff.browser.get("/report/stop").text


def test_the_form_has_every_field_under_its_label(staff: Staff) -> None:
    page = staff.browser.get("/report/new", params={"code": "KQT-M4R-77X"}).text

    assert Shown(page).typed["code"] == "KQT-M4R-77X"
    for name, label in report_pages.LABELS.items():
        assert name == "school" or (f'<label for="{name}">{label}</label>' in page and f'id="{name}" name="{name}"' in page)
    assert [name for name in PLATFORMS.values() if f">{name}</option>" not in page] == []
    assert 'accept="image/*"' in page


def test_the_school_is_asked_only_where_there_are_several(staff: Staff) -> None:
    assert 'name="school"' not in staff.browser.get("/report/new").text

    with writing(staff.store.engine) as connection:
        profiles.save_schools(connection, [MERE], now=NOW)
    page = staff.browser.get("/report/new").text
    assert 'name="school"' in page
    assert (VALE.name in page, MERE.name in page) == (True, True)
    assert 'name="school"' in staff.send(link=LINK).text, "nobody chose for them"
    assert staff.rows == []
    assert staff.send(link=LINK, school="smp").status_code == 200
    assert [row.school_id for row in staff.rows] == ["smp"]


def test_the_demo_s_schools_are_offered_only_where_there_are_no_others(staff: Staff) -> None:
    with writing(staff.store.engine) as connection:
        profiles.save_schools(connection, [MERE], now=NOW, demo=True)
    assert VALE.name in staff.browser.get("/report/new").text
    assert MERE.name not in staff.browser.get("/report/new").text

    with writing(staff.store.engine) as connection:
        profiles.remove_school(connection, VALE.id)
    assert MERE.name in staff.browser.get("/report/new").text


@pytest.mark.parametrize("path", ["/report", "/report/new", "/report/stop"])
def test_no_page_holds_a_program_or_anything_from_elsewhere(staff: Staff, path: str) -> None:
    answer = staff.browser.get(path)

    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    for rule in ("form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'", "img-src 'none'"):
        assert rule in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert '<html lang="en-GB">' in answer.text
    assert {"script", "link", "img", "iframe", "object", "embed"}.isdisjoint(Shown(answer.text).tags)
    assert "://" not in answer.text


# What is handed in


def test_a_link_is_taken_in_and_answered_with_a_reference(staff: Staff) -> None:
    answer = staff.send(link=LINK, place="Skarnby Chat", note="It names a child", name="Jo Marsh", seen="2026-11-19T08:30")

    (row,), (report,) = staff.rows, staff.reports
    assert answer.status_code == 200
    assert f'<p class="reference">{row.reference}</p>' in answer.text
    assert (row.school_id, row.channel, row.at) == ("sva", "form", NOW)
    assert row.seen_at == datetime(2026, 11, 19, 8, 30, tzinfo=UTC)
    told = staff.store.keys.open_record(row.told_sealed)
    assert told == {"reporter": "Jo Marsh", "note": "It names a child", "place": "Skarnby Chat"}
    assert [(item.platform, item.url, item.place) for item in report.items] == [("facebook", LINK, "Skarnby Chat")]


def test_a_pasted_thread_is_split_into_its_posts(staff: Staff) -> None:
    answer = staff.send(pasted=THREAD.replace("\n", "\r\n"), place="Year 7 parents")

    assert "2 posts" in answer.text
    assert [(item.name, item.text) for item in staff.reports[0].items] == [
        ("Ann Reed", "Skarnby Vale gates"),
        ("Bo Hart", "shut again?"),
    ]


def test_the_lines_of_a_text_end_as_everywhere_here(staff: Staff) -> None:
    staff.send(pasted="first\r\nsecond\rthird")

    assert staff.reports[0].items[0].text == "first\nsecond\nthird"


def test_a_screenshot_is_kept_sealed(staff: Staff) -> None:
    shot = png()

    assert staff.send(shot, pasted="what it says", platform="snapchat").status_code == 200

    with reading(staff.store.engine) as connection:
        row = connection.execute(select(pictures)).one()
    assert (row.media_type, row.width, row.height) == ("image/png", 60, 40)
    assert staff.store.keys.open_bytes(row.original_sealed) == shot
    assert b"PNG" not in row.original_sealed[:64] + row.shown_sealed[:64]
    (item,) = staff.reports[0].items
    assert (item.platform, item.native_id, item.text) == ("snapchat", row.native_id, "what it says")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", None),
        ("2026-11-20T16:14", datetime(2026, 11, 20, 16, 14, tzinfo=UTC)),
        ("2026-07-01T16:14", datetime(2026, 7, 1, 15, 14, tzinfo=UTC)),
        ("2026-07-01T16:14:30", datetime(2026, 7, 1, 15, 14, 30, tzinfo=UTC)),
        (" 01/07/2026 16:14 ", datetime(2026, 7, 1, 15, 14, tzinfo=UTC)),
    ],
)
def test_a_time_is_one_in_the_united_kingdom(staff: Staff, typed: str, meant: datetime | None) -> None:
    assert staff.send(link=LINK, seen=typed).status_code == 200
    assert [row.seen_at for row in staff.rows] == [meant]


# What is refused, and is still there


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("link", {}, "Nothing was handed in."),
    ("link", {"link": "ftp://skarnby"}, "That is not a link to a web page."),
    ("link", {"link": f"https://skarnby.example/{'x' * 2_000}"}, "That link is longer than"),
    ("pasted", {"pasted": "y" * 200_001}, "200,001 characters were pasted"),
    ("pasted", {"pasted": "ftp://skarnby"}, "That is not a link to a web page."),
    ("screenshot", {"screenshot": b"%PDF-1.7\n"}, "That is a PDF, not a picture."),
    ("screenshot", {"screenshot": b""}, "That file is empty."),
    ("screenshot", {"screenshot": png()[:-30], "link": LINK}, "is damaged or cut short"),
    ("seen", {"link": LINK, "seen": "2026-11-20T16:30"}, "That is in the future."),
    ("seen", {"link": LINK, "seen": "yesterday"}, "That is not a date and a time."),
    ("seen", {"link": LINK, "seen": "0001-01-01T00:00"}, "That is not a date and a time."),
    ("platform", {"link": LINK, "platform": "myspace"}, "That is not a place we know."),
    ("code", {"link": LINK, "code": " "}, "Type the code you were given."),
    ("code", {"link": LINK, "code": "KQT-M4R-77"}, "That is not the code."),
]


@pytest.mark.parametrize(("field", "sent", "sentence"), REFUSED)
def test_a_refusal_is_said_at_the_top_and_at_its_field(staff: Staff, field: str, sent: dict[str, Any], sentence: str) -> None:
    typed = {"note": "It frightens people", "name": "Jo Marsh", "place": "Skarnby Chat", **sent}

    answer = staff.send(**typed)

    shown = Shown(answer.text)
    assert answer.status_code in (403, 422)
    assert staff.rows == []
    assert staff.reports == []
    assert sentence in answer.text[answer.text.index('role="alert"') : answer.text.index("<form")]
    assert shown.words[f"{field}-problem"].startswith(sentence) or sentence in shown.words[f"{field}-problem"]
    assert list(shown.wrong) == [field]
    assert f"{field}-problem" in shown.wrong[field].split()
    assert {name: shown.typed.get(name) for name in typed if name not in ("screenshot", "platform")} == {
        name: text for name, text in typed.items() if name not in ("screenshot", "platform")
    }
    assert ("Choose the screenshot again" in answer.text) is ("screenshot" in sent)


ANYTHING = st.text(st.characters(codec="utf-8"))
"""What a browser can send."""
MARKUP = st.lists(st.sampled_from(["</textarea>", "<b>", "<", ">", '"', "'", "&lt;", "&amp", "&#39;", "\n", "\r\n", " ", "é"]))


@given(pasted=ANYTHING | MARKUP.map("".join), line=ANYTHING | MARKUP.map("".join))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_typed_comes_back_as_it_was_and_as_nothing_else(staff: Staff, pasted: str, line: str) -> None:
    with writing(staff.store.engine) as connection:
        profiles.save_schools(connection, [MERE], now=NOW)
    typed: dict[str, Any] = {
        "pasted": pasted,
        "link": line,
        "place": line,
        "note": pasted,
        "name": line,
        "seen": line,
        "school": line,
    }

    page = staff.send(**typed).text

    words: dict[str, Any] = dict.fromkeys(typed, "words")
    shown, plain = Shown(page), Shown(staff.send(**words).text)
    came = {name: storable(text).replace("\r\n", "\n").replace("\r", "\n") for name, text in typed.items()}
    assert {name: shown.typed[name] for name in came if name != "school"} == {n: t for n, t in came.items() if n != "school"}
    assert shown.typed["code"] == staff.code
    assert shown.tags == plain.tags


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</textarea><b>", "' autofocus x='"]
)
def test_what_is_typed_is_never_a_part_of_the_page(staff: Staff, text: str) -> None:
    everything: dict[str, Any] = {name: text for name in report_pages.LABELS if name not in ("code", "screenshot")}

    assert text not in staff.send(**everything).text
    assert text not in staff.send(code=text).text
    for path in ("/report", "/report/new", "/report/stop"):
        assert text not in staff.browser.get(path, params={"code": text}).text


def test_nothing_is_kept_where_the_spool_cannot_be_written(staff: Staff) -> None:
    staff.spool.symlink_to(staff.spool.with_name("a folder that is not there"))

    answer = staff.send(link=LINK)

    assert answer.status_code == 503
    assert report_form.OUT_OF_ORDER in answer.text
    assert Shown(answer.text).typed["link"] == LINK
    assert staff.rows == []


# Who and what is kept out


def test_a_closed_form_says_so_and_takes_nothing_in(staff: Staff) -> None:
    report_code.end(staff.store, NOW)

    for answer in (staff.browser.get("/report"), staff.browser.get("/report/new"), staff.send(link=LINK)):
        assert answer.status_code == 404
        assert report_form.CLOSED in answer.text
    assert staff.rows == []


def test_without_a_school_the_form_is_closed(staff: Staff) -> None:
    with writing(staff.store.engine) as connection:
        profiles.remove_school(connection, VALE.id)

    assert staff.browser.get("/report").status_code == 404


def test_after_ten_wrong_codes_nobody_reports_for_the_rest_of_ten_minutes(staff: Staff) -> None:
    for number in range(10):
        staff.clock.now = NOW + timedelta(seconds=number)
        assert staff.send(link=LINK, code="222-222-222").status_code == 403

    refused = staff.send(link=LINK)
    assert refused.status_code == 429
    assert report_form.TOO_MANY_WRONG in refused.text
    assert Shown(refused.text).typed["link"] == LINK
    assert staff.rows == []

    staff.clock.now = NOW + timedelta(minutes=10)
    assert staff.send(link=LINK).status_code == 200


class SlowKeys(Keys):
    """Keys that take their time, so that what happens at once meets."""

    def open_bytes(self, sealed: bytes) -> bytes:
        sleep(0.02)
        return super().open_bytes(sealed)


def test_guesses_made_at_once_are_all_counted(tmp_store: Store, tmp_path: Path) -> None:
    slow = SlowKeys(tmp_store.keys.author, tmp_store.keys.seal)
    staff = Staff(replace(tmp_store, keys=slow), tmp_path / "spool")

    with ThreadPoolExecutor(8) as guessers:
        answers = list(guessers.map(lambda _: staff.send(link=LINK, code="222-222-222").status_code, range(24)))

    assert sorted(answers) == [403] * 10 + [429] * 14


def test_a_field_for_the_code_left_empty_is_no_guess(staff: Staff) -> None:
    for _ in range(20):
        assert staff.send(link=LINK, code="").status_code == 403

    assert staff.send(link=LINK).status_code == 200


def test_at_most_sixty_reports_an_hour_come_in_by_the_form(staff: Staff) -> None:
    with writing(staff.store.engine) as connection:
        values = {"at": NOW, "school_id": "sva", "seen_at": None, "told_sealed": None}
        rows = [{"reference": f"R-{n:03}", "channel": "form", **values} for n in range(59)]
        pages = [{"reference": f"P-{n:03}", "channel": "page", **values} for n in range(99)]
        connection.execute(sightings.insert(), rows + pages)

    assert staff.send(link=LINK).status_code == 200
    refused = staff.send(link=LINK)
    assert refused.status_code == 429
    assert report_form.TOO_MANY_REPORTS in refused.text

    staff.clock.now = NOW + timedelta(hours=1, seconds=1)
    assert staff.send(link=LINK).status_code == 200


def test_a_rate_limit_counts_what_happened_within_its_time() -> None:
    limit, minute = RateLimit(2, timedelta(minutes=10)), timedelta(minutes=1)

    assert not limit.reached(NOW)
    limit.note(NOW)
    assert not limit.reached(NOW)
    limit.note(NOW + 4 * minute)
    assert limit.reached(NOW + 4 * minute)
    assert limit.reached(NOW + 10 * minute - timedelta(seconds=1))
    assert not limit.reached(NOW + 10 * minute)
    limit.note(NOW + 10 * minute)
    assert limit.reached(NOW + 13 * minute)
    assert not limit.reached(NOW + 14 * minute)


@given(st.lists(st.integers(0, 3_000)), st.integers(1, 5))
def test_a_rate_limit_never_lets_more_pass_within_its_time(seconds: list[int], most: int) -> None:
    limit, passed = RateLimit(most, timedelta(seconds=600)), []
    for second in sorted(seconds):
        moment = NOW + timedelta(seconds=second)
        if not limit.reached(moment):
            limit.note(moment)
            passed.append(second)

    assert all(sum(start <= each < start + 600 for each in passed) <= most for start in passed)


# How much comes in


def asked(app: Starlette, chunks: Iterator[bytes], *headers: tuple[bytes, bytes]) -> tuple[int, int, str]:
    """A request in these chunks, without saying how long it is; the status, how many chunks were read, the answer."""
    read, said = 0, []

    async def receive() -> dict[str, Any]:
        nonlocal read
        chunk = next(chunks, None)
        if chunk is None:
            return {"type": "http.request", "body": b"", "more_body": False}
        read += 1
        return {"type": "http.request", "body": chunk, "more_body": True}

    async def send(message: Any) -> None:
        said.append(message)

    scope = {"type": "http", "method": "POST", "path": "/report/new", "query_string": b"", "headers": list(headers)}
    asyncio.run(app(scope, receive, send))
    return said[0]["status"], read, b"".join(each.get("body", b"") for each in said[1:]).decode()


MULTIPART = (b"content-type", b"multipart/form-data; boundary=b")
FILE = b'--b\r\nContent-Disposition: form-data; name="screenshot"; filename="a.png"\r\n\r\n'
MEGABYTE = bytes(1024 * 1024)


def test_a_body_that_is_too_large_is_refused_in_a_sentence(staff: Staff) -> None:
    answer = staff.send(bytes(report_request.MOST_BYTES))

    assert answer.status_code == 413
    assert report_request.TOO_LARGE in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_body_that_says_it_is_too_large_is_refused_before_it_is_looked_at(staff: Staff) -> None:
    length = (b"content-length", str(report_request.MOST_BYTES + 1).encode())

    assert asked(staff.app, iter([]), MULTIPART, length)[0] == 413


def test_a_body_that_does_not_say_how_large_it_is_is_counted(staff: Staff) -> None:
    def endless() -> Iterator[bytes]:
        yield FILE
        while True:
            yield MEGABYTE

    status, read, page = asked(staff.app, endless(), MULTIPART)

    assert status == 413
    assert report_request.TOO_LARGE in page
    assert read < 100, "what comes after is dropped, and not for ever"


def test_a_body_that_says_less_than_it_is_is_counted(staff: Staff) -> None:
    chunks = iter([FILE, *[MEGABYTE] * 13, b"\r\n--b--\r\n"])

    assert asked(staff.app, chunks, MULTIPART, (b"content-length", b"10"))[0] == 413


def test_a_picture_of_ten_megabytes_is_still_a_picture(staff: Staff) -> None:
    shot = png() + bytes(10 * 1024 * 1024 - len(png()))

    assert staff.send(shot).status_code == 200
    assert "larger than 10 MB" in staff.send(shot + b"x").text


def test_whoever_leaves_while_sending_leaves_nothing_behind(staff: Staff) -> None:
    left: list[dict[str, Any]] = [{"type": "http.request", "body": FILE, "more_body": True}, {"type": "http.disconnect"}]
    messages = iter(left)

    async def receive() -> dict[str, Any]:
        return next(messages)

    async def send(_message: Any) -> None:
        pass

    scope = {"type": "http", "method": "POST", "path": "/report/new", "query_string": b"", "headers": [MULTIPART]}
    asyncio.run(staff.app(scope, receive, send))
    assert staff.rows == []


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data; boundary=b", b"".join(FILE + b"x\r\n" for _ in range(2)) + b"--b--\r\n"),
        (
            "multipart/form-data; boundary=b",
            b"".join(b'--b\r\nContent-Disposition: form-data; name="n"\r\n\r\nx\r\n' for _ in range(21)) + b"--b--\r\n",
        ),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="note"\r\n\r\n' + MEGABYTE + b"x\r\n--b--\r\n",
        ),
        ("multipart/form-data; boundary=b", b"--c\r\n\r\n"),
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n"),
        ("multipart/form-data", b""),
        ("multipart/form-data; charset=idna; boundary=b", FILE + b"x\r\n--b--\r\n"),
        ("application/json", b"{}"),
        ("", b""),
    ],
)
def test_what_is_not_our_form_is_refused_in_a_sentence(staff: Staff, kind: str, body: bytes) -> None:
    answer = staff.browser.post("/report/new", content=body, headers={"Content-Type": kind})

    assert answer.status_code == 400
    assert report_request.TOO_MUCH in answer.text


@given(st.binary(max_size=300))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_body_breaks_it(staff: Staff, body: bytes) -> None:
    kind = {"Content-Type": "multipart/form-data; boundary=b"}

    assert staff.browser.post("/report/new", content=FILE + body, headers=kind).status_code in (400, 403)


def test_a_file_in_another_field_is_no_text_and_no_picture(staff: Staff) -> None:
    files = {"pasted": ("a.txt", b"words", "text/plain")}

    answer = staff.browser.post("/report/new", data={"code": staff.code}, files=files)
    assert "Nothing was handed in." in answer.text


# In a browser


CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
in_chromium = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
FLAGS = ["--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="module")
def dashboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    data_dir = tmp_path_factory.mktemp("form") / "data"
    store = open_store(Settings(data_dir=data_dir))
    with writing(store.engine) as connection:
        profiles.save_schools(connection, [VALE, MERE], now=NOW)
    store.engine.dispose()
    with Dashboard(data_dir, tmp_path_factory.mktemp("home"), CRESTWATCH_SCHEDULED="false") as running:
        yield running


@pytest.fixture(scope="module")
def code(dashboard: Dashboard) -> str:
    store = open_store(Settings(data_dir=dashboard.data_dir))
    made = report_code.start(store, by="Head", now=NOW)
    store.engine.dispose()
    return made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=[*root, *FLAGS])
        yield running
        running.close()


@pytest.fixture
def telephone(browser: Browser, dashboard: Dashboard) -> Iterator[Callable[..., Page]]:
    """Opens pages of a screen 390 pixels wide; nothing may be asked of another computer, nothing may be complained of."""
    asked, complaints, contexts = [], [], []

    def page(scheme: str = "light", *, programs: bool = False) -> Page:
        context = browser.new_context(
            viewport={"width": 390, "height": 844},
            has_touch=True,
            color_scheme="dark" if scheme == "dark" else "light",
            java_script_enabled=programs,
            base_url=dashboard.url,
        )
        contexts.append(context)
        context.on("request", lambda request: asked.append(request.url))
        context.on("console", lambda message: complaints.append(message.text))
        return context.new_page()

    yield page
    for context in contexts:
        context.close()
    assert {url.split("/")[2].split(":")[0] for url in asked} == {"127.0.0.1"}
    assert [each for each in complaints if "422" not in each] == []  # a browser remarks on the status of a refusal


@in_chromium
def test_a_link_is_reported_from_a_telephone_that_runs_no_program(
    telephone: Callable[..., Page], dashboard: Dashboard, code: str, tmp_path: Path
) -> None:
    page = telephone()
    page.goto(f"/report?code={code}")
    page.get_by_role("link", name="Yes, or I am not sure").click()
    expect(page.get_by_text(STOP_STEPS[0])).to_be_visible()
    page.get_by_role("link", name="Back to the question").click()
    page.get_by_role("link", name="No", exact=True).click()
    expect(page.get_by_label("The code you were given")).to_have_value(code)
    page.get_by_label("Which school is it about?").select_option(label=VALE.name)
    page.get_by_label("Link").fill("skarnby")
    page.get_by_label("Your name").fill("Jo <b>Marsh</b>")
    page.get_by_label("Screenshot").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": png()})
    page.get_by_label("When did you see it?").fill("2026-11-19T08:30")
    page.get_by_role("button", name="Report").click()
    expect(page.get_by_role("alert")).to_contain_text("That is not a link to a web page.")
    expect(page.get_by_label("Link")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Your name")).to_have_value("Jo <b>Marsh</b>")
    expect(page.get_by_label("When did you see it?")).to_have_value("2026-11-19T08:30")
    expect(page.get_by_label("Which school is it about?")).to_have_value(VALE.id)
    page.get_by_label("Link").fill(LINK)
    page.get_by_role("button", name="Report").click()
    expect(page.get_by_role("heading", name="Thank you. It was taken in.")).to_be_visible()
    reference = page.locator(".reference").inner_text()
    store = open_store(Settings(data_dir=dashboard.data_dir))
    with reading(store.engine) as connection:
        row = connection.execute(select(sightings).where(sightings.c.reference == reference)).one()
    assert store.keys.open_record(row.told_sealed) == {"reporter": "Jo <b>Marsh</b>"}
    store.engine.dispose()
    assert (row.channel, row.school_id) == ("form", "sva")


@in_chromium
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/report", "/report/stop", "/report/new", "refused", "taken in"])
def test_every_page_can_be_used_by_everybody(telephone: Callable[..., Page], code: str, path: str, scheme: str) -> None:
    page = telephone(scheme, programs=True)
    page.goto(f"{path if path.startswith('/') else '/report/new'}?code={code}")
    if not path.startswith("/"):
        page.get_by_label("Which school is it about?").select_option(label=VALE.name)
        page.get_by_label("What does it say?").fill("ftp://skarnby" if path == "refused" else "W" * 500)
        page.get_by_role("button", name="Report").click()
        expect(page.get_by_role("alert" if path == "refused" else "list")).to_be_visible()

    found = _violations(page)
    assert {each["id"]: [node["html"] for node in each["nodes"]] for each in found} == {}
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    targets = page.locator("a, button, input, select, textarea").all()
    boxes = [(each.evaluate("each => each.outerHTML"), each.bounding_box()) for each in targets]
    assert boxes
    assert [html for html, box in boxes if box is None or box["height"] < 44 or box["width"] < 44] == []


def _violations(page: Page) -> list[dict[str, Any]]:
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    found: list[dict[str, Any]] = Axe().run(page, options=options).response["violations"]
    return found


@in_chromium
def test_it_is_light_by_day_and_dark_by_night(telephone: Callable[..., Page], code: str) -> None:
    grounds = []
    for scheme in ("light", "dark"):
        page = telephone(scheme, programs=True)
        page.goto(f"/report?code={code}")
        grounds.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))

    assert grounds == ["rgb(255, 255, 255)", "rgb(14, 17, 23)"]
