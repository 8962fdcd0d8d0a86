"""What people do, in a real browser: nothing they read reaches another computer, and what strangers wrote stays a text."""

import csv
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright
from sqlalchemy import select

from casework import cases
from core.settings import Settings
from core.taxonomy import Role
from core.weeks import Week, utc_now
from store.engine import reading
from store.store import open_store
from store.tables import exports, posts
from tests.server import Dashboard

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")

FLAGS = [
    *(["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []),
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PAGES = {"": "This week", "posts": "Posts", "cases": "Cases", "school": "School", "sources": "Sources"}
LAST_WEEK = Week.of(utc_now()).back(1)
EVIL = "http://evil.example/t.gif"
HOSTILE = [
    f"Drovers Green Academy, Wetherholt, ![x]({EVIL}) one",
    f'Drovers Green Academy, Wetherholt, <img src="{EVIL}" onerror="alert(1)"> two',
    "Drovers Green Academy, Wetherholt, [a](javascript:alert(1)) three",
    r"Drovers Green Academy, Wetherholt, $\LaTeX$ :red[x] :material/home: four",
    "Drovers Green Academy, Wetherholt, five " + "W" * 5_000,
    '=HYPERLINK("http://evil.example","Drovers Green Academy, Wetherholt,") six <script>document.title=\'taken\'</script>',
]
STREAMLITS_OWN = {
    "list": "the menu of a small screen, whose list holds more than its entries",
    "listitem": "the same menu",
}
"""Rules of WCAG 2 A and AA that Streamlit itself breaks, and where; nothing else may break any."""


@pytest.fixture(scope="module")
def dashboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    with Dashboard(tmp_path_factory.mktemp("walk") / "data", tmp_path_factory.mktemp("home")) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


class Walk:
    """A person at a screen of this size; at the end nothing may have been asked of another computer."""

    def __init__(self, browser: Browser, dashboard: Dashboard, width: int = 1440, scheme: str = "light") -> None:
        self._context = browser.new_context(
            viewport={"width": width, "height": 1000}, color_scheme="dark" if scheme == "dark" else "light"
        )
        self._dashboard = dashboard
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self._context.on("request", lambda request: self.asked.append(request.url))
        self._context.on("console", self._hear)
        self._context.on("weberror", lambda problem: self.complaints.append(str(problem.error)))
        self.page = self._context.new_page()
        self.page.on("websocket", lambda socket: self.asked.append(socket.url))

    def _hear(self, message: ConsoleMessage) -> None:
        # On a page below the root Streamlit looks for its server beside the page first, and is told 404.
        if message.type == "error" and "/_stcore/" not in str(message.location.get("url")):
            self.complaints.append(message.text)

    def open(self, path: str) -> Page:
        """Open a page and wait until it stands."""
        self.page.goto(f"{self._dashboard.url}/{path}")
        self.stands(PAGES[path.split("?", maxsplit=1)[0]])
        return self.page

    def stands(self, title: str) -> None:
        expect(self.page.get_by_role("heading", level=1, name=title, exact=True)).to_be_visible(timeout=60_000)
        expect(self.page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning", timeout=60_000)

    def __enter__(self) -> "Walk":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._context.close()
        if kind is None:
            hosts = {urlsplit(url).hostname for url in self.asked if not url.startswith(("data:", "blob:"))}
            assert hosts == {"127.0.0.1"}
            assert self.complaints == []


@pytest.fixture(scope="module")
def demo(browser: Browser, dashboard: Dashboard) -> None:
    """From the empty first page by one button to the week."""
    with Walk(browser, dashboard) as walk:
        page = walk.open("")
        expect(page.get_by_role("heading", name="Nothing to show yet")).to_be_visible()
        page.get_by_role("button", name="Load the demo").click()
        expect(page.get_by_role("heading", name="The biggest posts")).to_be_visible(timeout=60_000)
        expect(page.get_by_text("The demo is ready.")).to_be_visible()


@pytest.fixture(scope="module")
def hostile(browser: Browser, dashboard: Dashboard, demo: None, tmp_path_factory: pytest.TempPathFactory) -> dict[int, str]:
    """Posts that would like to be more than a text, by id: taken in as a person does it, by Set-up, Sources."""
    file = tmp_path_factory.mktemp("files") / "posts.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out)
        table.writerow(["id", "platform", "text", "created_at", "community", "likes"])
        for number, text in enumerate(HOSTILE):
            when = LAST_WEEK.start + timedelta(days=number, hours=9)
            table.writerow([f"h{number}", f"![x]({EVIL})" if number == 0 else "x", text, when, f"![c]({EVIL})", 9_000])
    with Walk(browser, dashboard) as walk:
        page = walk.open("sources")
        page.locator("input[type=file]").set_input_files(file)
        expect(page.get_by_text("posts.csv")).to_be_visible()
        page.get_by_role("button", name="Import", exact=True).click()
        expect(page.get_by_text("Done. What came is in Posts.")).to_be_visible(timeout=60_000)
    store = open_store(Settings(data_dir=dashboard.data_dir))
    with reading(store.engine) as connection:
        rows = connection.execute(select(posts.c.id, posts.c.text).where(posts.c.source == "files")).all()
    store.engine.dispose()
    assert {row.text for row in rows} == set(HOSTILE)
    return {row.id: row.text for row in rows}


def tick(page: Page, line: int = 1) -> None:
    """Tick a line of the list of posts."""
    page.get_by_test_id("stDataFrame").click(position={"x": 16, "y": 16 + 35 * line})


def search(page: Page, words: str) -> None:
    page.get_by_role("textbox", name="Search the words").fill(words)
    page.keyboard.press("Enter")


def test_from_a_phrase_to_an_evidence_file_for_the_police(
    browser: Browser, dashboard: Dashboard, demo: None, tmp_path: Path
) -> None:
    with Walk(browser, dashboard) as walk:
        page = walk.open("posts")
        search(page, "flood megathread")
        expect(page.get_by_text("1 post fits.")).to_be_visible()
        tick(page)
        expect(page.get_by_text("Why we think it is about us")).to_be_visible()
        expect(page.get_by_text("A member of the public · r/wetherholt")).to_be_visible()
        expect(page).to_have_url(re.compile(r"[?&]post=\d+"))
        page.get_by_role("textbox", name="Name of the new case").fill("Rumours about the flood")
        page.get_by_role("textbox", name="Why is it saved?").fill("It may frighten families")
        page.get_by_role("button", name="Put in case").click()
        page.get_by_role("link", name="Open CW-").click()
        walk.stands("Cases")
        expect(page.get_by_text("Drovers Green flood megathread.")).to_be_visible()
        page.get_by_text("The police", exact=True).click()
        page.get_by_role("textbox", name="Why is it made?").fill("The officer asked for it")
        page.keyboard.press("Tab")
        button = page.get_by_role("button", name="Make the evidence file")
        expect(button).to_be_enabled(timeout=30_000)
        with page.expect_download() as download:
            button.click()
        packed = tmp_path / "evidence.zip"
        download.value.save_as(packed)
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(tmp_path / "evidence")
    (folder,) = (tmp_path / "evidence").iterdir()
    checked = subprocess.run(
        ["sha256sum", "-c", "manifest-sha256.txt"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked
    store = open_store(Settings(data_dir=dashboard.data_dir))
    with reading(store.engine) as connection:
        logged = connection.execute(select(exports)).one()
    store.engine.dispose()
    assert (logged.preset, logged.why, logged.items) == ("police", "The officer asked for it", 1)


def test_several_ticked_posts_go_into_one_case(browser: Browser, dashboard: Dashboard, demo: None) -> None:
    with Walk(browser, dashboard) as walk:
        page = walk.open("posts?q=Drovers")
        for line in (1, 2, 3):
            tick(page, line)
        expect(page.get_by_text("Put these posts in a case")).to_be_visible()
        walk.stands("Posts")
        page.get_by_role("textbox", name="Name of the new case").fill("Three of them")
        page.get_by_role("textbox", name="Why is it saved?").fill("They belong together")
        page.get_by_role("button", name="Put in case").click()
        expect(page.get_by_text("3 added to CW-")).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_a_hostile_post_stays_a_text(
    browser: Browser, dashboard: Dashboard, hostile: dict[int, str], width: int, scheme: str
) -> None:
    store, now = open_store(Settings(data_dir=dashboard.data_dir)), utc_now()
    ref = cases.open_case(
        store, title=f"![x]({EVIL})", school_id="demo", why=f"![y]({EVIL})", by="Test", role=Role.HEAD, now=now
    )
    cases.add_posts(store, ref, [(each, "demo") for each in hostile], why=f"![z]({EVIL})", by="Test", role=Role.HEAD, now=now)
    store.engine.dispose()
    with Walk(browser, dashboard, width, scheme) as walk:
        for post_id, text in hostile.items() if width == 390 else ():
            page = walk.open(f"posts?post={post_id}")
            expect(page.get_by_text(f"“{text}”", exact=True)).to_be_visible()
            page.get_by_text("How we got this").click()
            _is_only_text(page)
        page = walk.open(f"cases?case={ref}")
        for text in hostile.values():
            expect(page.get_by_text(f"“{text}”", exact=True)).to_be_visible()
        _is_only_text(page)
        page = walk.open("")
        expect(page.get_by_text(f"“{HOSTILE[1]}”", exact=True).first).to_be_visible()
        expect(page.get_by_role("heading", name="Where it is said")).to_be_visible()
        for closed in page.get_by_text("Show as table").all():
            closed.click()
        expect(page.get_by_role("cell").filter(has_text=re.compile("evil.example.t.gif"))).to_be_visible()
        _is_only_text(page)


@pytest.mark.parametrize("path", ["?week=", "posts?week=", "posts?where=", "posts?q=", "posts?post=", "cases?case="])
def test_a_hostile_address_stays_a_text(browser: Browser, dashboard: Dashboard, demo: None, path: str) -> None:
    with Walk(browser, dashboard) as walk:
        page = walk.open(f"{path}![x]({EVIL}) <img src={EVIL}>")
        if "week" in path:
            expect(page.get_by_text(">” is not a week.")).to_be_visible()
        _is_only_text(page)


def _is_only_text(page: Page) -> None:
    """Nothing was made of what strangers wrote: no picture, link, formula or colour; nothing is wider than the screen."""
    main = page.get_by_test_id("stMain")
    made = main.locator("img, script, iframe, .katex, a[href^=javascript], [href*=evil], [src*=evil], [class*=colored]")
    assert [each.evaluate("each => each.outerHTML") for each in made.all()] == []
    assert page.title() != "taken"
    widths = page.evaluate(
        "['html', '[data-testid=stMain]'].map(each => document.querySelector(each))"
        ".map(each => each.scrollWidth - each.clientWidth)"
    )
    assert max(widths) <= 0


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_can_be_used_by_everybody(
    browser: Browser, dashboard: Dashboard, hostile: dict[int, str], path: str, scheme: str
) -> None:
    with Walk(browser, dashboard, 390 if scheme == "dark" else 1440, scheme) as walk:
        page = walk.open(path)
        found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa"]}).response["violations"]
    assert {each["id"]: [node["html"] for node in each["nodes"]] for each in found if each["id"] not in STREAMLITS_OWN} == {}
