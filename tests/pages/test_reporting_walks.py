"""What a colleague does who saw something: signs why the school looks, reports, finds it again, hands it over; and what a week
says of the time when the computer was off.
"""

import csv
import io
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, time, timedelta
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, TimeoutError, expect

from casework.sightings import STOP_STEPS
from core.settings import Settings
from core.types import School
from core.weeks import LONDON, Week, on_screen, utc_now
from ops import demo
from store import profiles, runs
from store.engine import writing
from store.store import open_store
from tests.pages.walking import (
    SLOW,
    Walk,
    can_be_used_by_everybody,
    evidence_for_the_police,
    fits_the_screen,
    in_a_new_case,
    needs_chromium,
    tick,
)
from tests.server import Dashboard, until

pytestmark = needs_chromium

FEEDS = {"CRESTWATCH_SOURCES__FEEDS": '{"urls": ["https://courier.example/feed"]}', "CRESTWATCH_SCHEDULED": "false"}
WITHOUT_GAP = Week.of(utc_now()).back(3)
FRIDAY_EVENING = WITHOUT_GAP.back(-1)
MONDAY_MORNING = WITHOUT_GAP.back(-2)
SHUT = datetime.combine(FRIDAY_EVENING.days[4], time(18, 2), LONDON)
OPEN = datetime.combine(MONDAY_MORNING.monday, time(8, 10), LONDON)
SIGNED_BY = "Maria Okonkwo"
NOT_SIGNED = "No source is asked before the purpose is signed"
SCREENS = pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1440, "light")])
MESSAGES = (
    "is it true drovers green academy is shut tomorrow, screen {width}",
    "who says so",
    "My sister works in the kitchen at Drovers Green and nobody told her",
    "it was a leak in s block last time as well",
    "Just ring the school!!",
)


@pytest.fixture(scope="module")
def dashboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """The demo's trust and a school of our own, a feed nobody asks, and three weeks of its runs but for one weekend."""
    data_dir, now = tmp_path_factory.mktemp("reports") / "data", utc_now()
    store = open_store(Settings(data_dir=data_dir))
    demo.load(store, now=now)
    with writing(store.engine) as connection:
        profiles.save_schools(connection, [School(id="svs", name="Skarnby Vale School", town="Skarnby")], now=now)
        for moment in (*_half_hours(WITHOUT_GAP.start, SHUT), *_half_hours(OPEN, MONDAY_MORNING.end)):
            runs.end_run(connection, runs.start_run(connection, "feeds", "all", now=moment), "done", now=moment)
    store.engine.dispose()
    with Dashboard(data_dir, tmp_path_factory.mktemp("home"), **FEEDS) as running:
        yield running


def _half_hours(start: datetime, end: datetime) -> list[datetime]:
    """Every half hour, the end last."""
    return [*(start + timedelta(minutes=30) * n for n in range((end - start) // timedelta(minutes=30))), end]


@pytest.fixture(scope="module")
def signed(browser: Browser, dashboard: Dashboard) -> None:
    """Before it is signed no source may be asked; a page with nothing on it is refused, a whole one is signed."""
    with Walk(browser, dashboard, 390) as walk:
        page = walk.open("sources")
        expect(page.get_by_text(NOT_SIGNED)).to_be_visible()
        page = walk.open("purpose")
        expect(page.get_by_text("No source is asked before this page is signed.")).to_be_visible()
        page.get_by_role("button", name="Sign", exact=True).click()
        expect(page.get_by_text("The page does not say who is responsible. Fill it in.")).to_be_visible()
        _sign(page, "the privacy page")
        expect(page.get_by_text("Say where people are told of this: a web address")).to_be_visible()
        expect(page.get_by_role("textbox", name="Who is responsible?")).to_have_value("Packhorse Schools Trust")
        _sign(page, "https://packhorseschools.example/privacy")
        expect(page.get_by_text(re.compile(r"^Signed .*: sources may be asked\.$"))).to_be_visible(timeout=SLOW)
        fits_the_screen(page)
        can_be_used_by_everybody(page, whole=True)


def _sign(page: Page, notice: str) -> None:
    page.get_by_role("textbox", name="Who is responsible?").fill("Packhorse Schools Trust")
    page.get_by_role("textbox", name="Where are people told of this, and may object?").fill(notice)
    page.get_by_role("textbox", name="Your name").fill(SIGNED_BY)
    page.get_by_role("button", name="Sign", exact=True).click()


def test_the_signed_page_is_taken_home_and_sources_may_be_asked(
    browser: Browser, dashboard: Dashboard, signed: None, tmp_path: Path
) -> None:
    with Walk(browser, dashboard) as walk:
        page = walk.open("purpose")
        with page.expect_download() as download:
            page.get_by_role("button", name="The signed page, to print").click()
        download.value.save_as(tmp_path / "signed.html")
        page = walk.open("sources")
        expect(page.get_by_text("News and other feeds")).to_be_visible()
        expect(page.get_by_role("button", name="Collect now").first).to_be_visible()
        expect(page.get_by_text(NOT_SIGNED)).to_have_count(0)
    sheet = (tmp_path / "signed.html").read_text(encoding="utf-8")
    assert f"Signed by {SIGNED_BY} (Headteacher)" in sheet
    assert "https://packhorseschools.example/privacy" in sheet
    assert "Skarnby Vale School" in sheet


@SCREENS
def test_yes_or_not_sure_stops_before_anything_can_be_handed_in(
    browser: Browser, dashboard: Dashboard, width: int, scheme: str
) -> None:
    with Walk(browser, dashboard, width, scheme) as walk:
        page = walk.open("sighting")
        main = page.get_by_test_id("stMain")
        fields = main.locator("input:not([type=radio]), textarea, [contenteditable], [data-testid=stForm]")
        expect(fields).to_have_count(0)
        main.get_by_text("Yes, or I am not sure").click()
        expect(main.get_by_role("alert")).to_have_text("Do not report it here.")
        for step in STOP_STEPS:
            expect(main.get_by_text(step)).to_be_visible()
        expect(fields).to_have_count(0)
        fits_the_screen(page)
        can_be_used_by_everybody(page, whole=scheme == "light")
        page.keyboard.press("ArrowLeft")
        expect(main.get_by_role("button", name="Report", exact=True)).to_be_visible()
        expect(main.get_by_text(STOP_STEPS[0])).to_have_count(0)


@SCREENS
def test_what_was_reported_is_found_read_and_handed_to_the_police(
    browser: Browser, dashboard: Dashboard, tmp_path: Path, width: int, scheme: str
) -> None:
    picture = _screenshot(f"drovers green academy is ON FIRE {width}")
    with Walk(browser, dashboard, width, scheme) as walk:
        by_link = _report_a_link(walk, width)
        _find(walk, "", by_link)
        says = walk.page.get_by_test_id("stText")
        expect(says.get_by_text("Reported without its words: see the screenshot or the original.")).to_be_visible()
        by_paste = _report_a_thread(walk, width)
        by_picture = _report_a_screenshot(walk, width, picture)
        assert len({by_link, by_paste, by_picture}) == 3
        walk.page.get_by_role("link", name="Find it in Posts").click()
        walk.stands("Posts")

        page = _find(walk, f"shut tomorrow screen {width}", by_paste)
        expect(page.get_by_text(re.compile(r"^Reported .* by Tom Hale"))).to_be_visible()
        page = _find(walk, f"drovers green academy screen {width}", by_picture)
        _look_at_the_screenshot(page, picture, whole=scheme == "light")

        page = walk.open(f"posts?q={quote(f'screen {width}')}")
        expect(page.get_by_text("2 posts fit.")).to_be_visible()
        for line in (1, 2):
            tick(page, line)
        expect(page.get_by_text("Put these posts in a case")).to_be_visible()
        walk.stands("Posts")
        in_a_new_case(page, f"The fire that was none {width}", "It frightens families")
        expect(page.get_by_text("2 added to CW-")).to_be_visible()
        page.get_by_role("link", name="Open CW-").click()
        walk.stands("Cases")
        _holds(evidence_for_the_police(page, "The officer asked for it", tmp_path), picture)


@SCREENS
def test_a_week_says_when_the_computer_was_off(
    browser: Browser, dashboard: Dashboard, signed: None, width: int, scheme: str
) -> None:
    span = f"Not watching {on_screen(SHUT)} – {on_screen(OPEN)}."
    with Walk(browser, dashboard, width, scheme) as walk:
        page = walk.open(f"?week={FRIDAY_EVENING}")
        expect(page.get_by_test_id("stMain").get_by_role("alert").first).to_contain_text(span)
        expect(page.get_by_text(re.compile(rf"Not watched: {on_screen(SHUT)} – {on_screen(OPEN)}\.$"))).to_be_visible()
        page.get_by_text("Show as table").first.click()
        days = page.get_by_role("table", name="").filter(has_text="Watched")
        expect(days.get_by_role("row", name=re.compile("^Thu"))).to_contain_text("all the time")
        for day in ("Fri", "Sat", "Sun"):
            expect(days.get_by_role("row", name=re.compile(f"^{day}"))).to_contain_text("not all the time")
        expect(page.get_by_text(span)).to_have_count(2)  # above everything, and again among what we could not see
        fits_the_screen(page)
        can_be_used_by_everybody(page, whole=scheme == "light")
        page = walk.open(f"?week={WITHOUT_GAP}")
        expect(page.get_by_text("No gaps this week.")).to_be_visible()
        expect(page.get_by_text("Not watch")).to_have_count(0)


@pytest.mark.parametrize("width", [390, 1440])
def test_the_staff_form_is_opened_changed_and_closed(browser: Browser, dashboard: Dashboard, width: int) -> None:
    code = re.compile(r"^Code: ((?:\w{3}-){2}\w{3})$")
    with Walk(browser, dashboard, width) as walk:
        page = walk.open("sources")
        page.get_by_role("button", name="Open the form").click()
        first = page.get_by_text(code)
        expect(first).to_be_visible()
        given = first.inner_text()
        expect(page.get_by_text(f"/report?code={given.removeprefix('Code: ')}")).to_be_visible()
        fits_the_screen(page)
        can_be_used_by_everybody(page, whole=True)
        page.get_by_role("button", name="New code").click()
        expect(page.get_by_text(given, exact=True)).to_have_count(0)
        expect(page.get_by_text(code)).to_be_visible()
        page.get_by_role("button", name="Close the form").click()
        expect(page.get_by_text(code)).to_have_count(0)
        expect(page.get_by_role("button", name="Open the form")).to_be_visible()


def _form(walk: Walk) -> Page:
    """The form, behind the question that stops."""
    page = walk.open("sighting")
    page.get_by_role("radiogroup").get_by_text("No", exact=True).click()
    expect(page.get_by_role("combobox", name="Which school is it about?")).to_be_visible()
    return page


def _report_a_link(walk: Walk, width: int) -> str:
    page = _form(walk)
    page.get_by_role("textbox", name="Link").fill(f"https://www.facebook.com/groups/90000001/posts/9000000{width}")
    return _sent(page, "one post")


def _report_a_thread(walk: Walk, width: int) -> str:
    page = _form(walk)
    words = page.get_by_role("textbox", name="What does it say?")
    words.fill(_pasted(width))
    page.get_by_role("textbox", name="Your name").fill("Tom Hale")
    reference = _sent(page, "5 posts")
    expect(words).to_have_count(0)  # the question that stops is asked anew
    return reference


def _report_a_screenshot(walk: Walk, width: int, picture: bytes) -> str:
    """First a file that is none, which is refused in a sentence; what was typed stays."""
    page, said = _form(walk), f"Look at this, Drovers Green Academy, screen {width}"
    words, note = (page.get_by_role("textbox", name=name) for name in ("What does it say?", "Why are you telling us?"))
    words.fill(said)
    note.fill("It is going round Year 9")
    _upload(page, "none.png", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n")
    page.get_by_role("button", name="Report", exact=True).click()
    expect(page.get_by_text("That is a PDF, not a picture. Take a screenshot of it and hand that in.")).to_be_visible()
    expect(words).to_have_value(said)
    expect(note).to_have_value("It is going round Year 9")
    page.get_by_role("button", name="Remove none.png").click()
    _upload(page, "screen.png", picture)
    return _sent(page, "one post")


def _upload(page: Page, name: str, content: bytes) -> None:
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "image/png", "buffer": content})
    expect(page.get_by_text(name)).to_be_visible()


def _sent(page: Page, number: str) -> str:
    """Report it, as it stands in the form; returns the reference."""
    page.get_by_role("button", name="Report", exact=True).click()
    thanks = page.get_by_text(f"Thank you. It was taken in as {number}. Reference: R-")
    expect(thanks).to_be_visible(timeout=SLOW)
    return f"R-{thanks.inner_text().rpartition(' R-')[2]}"


def _find(walk: Walk, words: str, reference: str) -> Page:
    """Look in Posts until the worker has taken a report in, and open it: the newest that fits."""

    def opened() -> bool:
        page = walk.open(f"posts?q={quote(words)}")
        if page.get_by_test_id("stDataFrame").count():
            tick(page)
            with suppress(TimeoutError):
                page.get_by_text(f"Reference {reference}.").wait_for(timeout=5_000)
        return page.get_by_text(f"Reference {reference}.").is_visible()

    until(opened, f"a report with the reference {reference} is in Posts")
    return walk.page


def _look_at_the_screenshot(page: Page, picture: bytes, *, whole: bool) -> None:
    """It is drawn only when asked for."""
    expect(page.get_by_text("They say: “It is going round Year 9”")).to_be_visible()
    drawn = page.get_by_test_id("stImage").locator("img")
    expect(drawn).to_have_count(0)
    page.get_by_text("Show the screenshot").click()
    expect(drawn).to_be_visible(timeout=SLOW)
    expect(page.get_by_text(f"its SHA-256 is {sha256(picture).hexdigest()}")).to_be_visible()
    fits_the_screen(page)
    can_be_used_by_everybody(page, whole=whole)


def _pasted(width: int) -> str:
    """Five messages as WhatsApp copies them."""
    day = utc_now().astimezone(LONDON) - timedelta(days=1)
    lines = zip(("Kev", "Priya S", "Kev", "Auntie Lou", "Priya S"), MESSAGES, strict=True)
    return "\n".join(f"[{day:%d/%m/%Y}, 18:0{n}:11] {name}: {text.format(width=width)}" for n, (name, text) in enumerate(lines))


def _screenshot(text: str) -> bytes:
    image = Image.new("RGB", (640, 360), "#204060")
    ImageDraw.Draw(image).text((40, 160), text, fill="white")
    saved = io.BytesIO()
    image.save(saved, "PNG")
    return saved.getvalue()


def _holds(folder: Path, picture: bytes) -> None:
    """The evidence file holds the original byte by byte, and says its hash in the manifest and on the sheet."""
    digest = sha256(picture).hexdigest()
    name = f"data/screenshots/{digest[:16]}.png"
    assert (folder / name).read_bytes() == picture
    assert f"{digest}  {name}" in (folder / "manifest-sha256.txt").read_text(encoding="utf-8").splitlines()
    with (folder / "data" / "evidence.csv").open(encoding="utf-8-sig", newline="") as sheet:
        rows = list(csv.DictReader(sheet))
    assert sorted(digest in row.values() for row in rows) == [False, True]
