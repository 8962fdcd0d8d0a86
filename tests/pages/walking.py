"""A person before a real browser: opens pages, ticks and searches posts, takes an evidence file home."""

import os
import shutil
import subprocess
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.server import Dashboard

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")

FLAGS = [
    *(["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []),
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
REPORT = "Report something seen"
PAGES = {
    "": "This week",
    "posts": "Posts",
    "cases": "Cases",
    "school": "School",
    "sources": "Sources",
    "accuracy": "Accuracy",
    "purpose": "Purpose",
    "limits": "What we will not do",
    "sighting": REPORT,
}
STREAMLITS_OWN = {
    "list": "the menu of a small screen, whose list holds more than its entries",
    "listitem": "the same menu",
}
"""Rules of WCAG 2 A and AA that Streamlit itself breaks, and where; nothing else may break any."""
SLOW = 60_000  # milliseconds
expect.set_options(timeout=30_000)  # a busy machine draws slowly


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
        """Open a page by its address and wait until it stands."""
        self.page.goto(f"{self._dashboard.url}/{path}")
        self.stands(PAGES[path.split("?", maxsplit=1)[0]])
        return self.page

    def stands(self, title: str) -> None:
        """Wait until the page of this title is drawn to its end."""
        expect(self.page.get_by_role("heading", level=1, name=title, exact=True)).to_be_visible(timeout=SLOW)
        expect(self.page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning", timeout=SLOW)

    def __enter__(self) -> "Walk":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._context.close()
        if kind is None:
            hosts = {urlsplit(url).hostname for url in self.asked if not url.startswith(("data:", "blob:"))}
            assert hosts == {"127.0.0.1"}, hosts
            assert self.complaints == [], self.complaints


def tick(page: Page, line: int = 1) -> None:
    """Tick a line of the list of posts."""
    page.get_by_test_id("stDataFrame").click(position={"x": 16, "y": 16 + 35 * line})


def search(page: Page, words: str) -> None:
    """Look for posts with these words."""
    page.get_by_role("textbox", name="Search the words").fill(words)
    page.keyboard.press("Enter")


def in_a_new_case(page: Page, title: str, why: str) -> None:
    """Put what is ticked in a new case."""
    page.get_by_role("textbox", name="Name of the new case").fill(title)
    page.get_by_role("textbox", name="Why is it saved?").fill(why)
    page.get_by_role("button", name="Put in case").click()


def evidence_for_the_police(page: Page, why: str, folder: Path) -> Path:
    """Make the evidence file of the case on screen and unpack it below `folder`; every file in it has the hash it says."""
    page.get_by_text("The police", exact=True).click()
    page.get_by_role("textbox", name="Why is it made?").fill(why)
    page.keyboard.press("Tab")
    button = page.get_by_role("button", name="Make the evidence file")
    expect(button).to_be_enabled(timeout=SLOW)
    with page.expect_download() as download:
        button.click()
    packed = folder / "evidence.zip"
    download.value.save_as(packed)
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(folder / "evidence")
    (unpacked,) = (folder / "evidence").iterdir()
    checked = subprocess.run(
        ["sha256sum", "-c", "manifest-sha256.txt"], cwd=unpacked, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked
    return unpacked


def fits_the_screen(page: Page) -> None:
    """Nothing is wider than the screen."""
    widths = page.evaluate(
        "['html', '[data-testid=stMain]'].map(each => document.querySelector(each))"
        ".map(each => each.scrollWidth - each.clientWidth)"
    )
    assert max(widths) <= 0, widths


def can_be_used_by_everybody(page: Page, *, whole: bool = False) -> None:
    """What is on the screen, or the whole page, breaks no rule of WCAG 2 A and AA but those that Streamlit itself breaks."""
    size = page.viewport_size
    assert size is not None
    if whole:  # the contrast of what must be scrolled to is not looked at
        height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
        page.set_viewport_size({"width": size["width"], "height": height + 100})
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa"]}).response["violations"]
    broken = {each["id"]: [node["html"] for node in each["nodes"]] for each in found if each["id"] not in STREAMLITS_OWN}
    page.set_viewport_size(size)
    assert broken == {}, broken
