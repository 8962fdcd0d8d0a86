"""What people do, in a real browser: nothing they read reaches another computer, and what strangers wrote stays a text."""

import csv
import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from casework import cases
from core.settings import Settings
from core.taxonomy import Role
from core.weeks import Week, utc_now
from store.engine import reading
from store.store import open_store
from store.tables import exports, posts
from tests.pages.walking import (
    PAGES,
    REPORT,
    SLOW,
    Walk,
    can_be_used_by_everybody,
    evidence_for_the_police,
    fits_the_screen,
    in_a_new_case,
    needs_chromium,
    search,
    tick,
)
from tests.server import Dashboard

pytestmark = needs_chromium

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


@pytest.fixture(scope="module")
def demo(browser: Browser, dashboard: Dashboard) -> None:
    """From the empty first page by one button to the week."""
    with Walk(browser, dashboard) as walk:
        page = walk.open("")
        expect(page.get_by_role("heading", name="Nothing to show yet")).to_be_visible()
        page.get_by_role("button", name="Load the demo").click()
        expect(page.get_by_text("The demo is ready.")).to_be_visible(timeout=SLOW)
        walk.stands("This week")
        changed = page.get_by_test_id("stTable").first
        for school in ("Drovers Green Academy", "Hearth Primary School", "Mossquern School"):
            expect(changed.get_by_role("cell", name=school, exact=True)).to_be_visible()


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
        expect(page.get_by_text("Done. What came is in Posts.")).to_be_visible(timeout=SLOW)
    store = open_store(Settings(data_dir=dashboard.data_dir))
    with reading(store.engine) as connection:
        rows = connection.execute(select(posts.c.id, posts.c.text).where(posts.c.source == "files")).all()
    store.engine.dispose()
    assert {row.text for row in rows} == set(HOSTILE)
    return {row.id: row.text for row in rows}


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
        in_a_new_case(page, "Rumours about the flood", "It may frighten families")
        page.get_by_role("link", name="Open CW-").click()
        walk.stands("Cases")
        expect(page.get_by_text("Drovers Green flood megathread.")).to_be_visible()
        folder = evidence_for_the_police(page, "The officer asked for it", tmp_path)
    assert "Drovers Green flood megathread." in (folder / "data" / "evidence.csv").read_text(encoding="utf-8-sig")
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
        in_a_new_case(page, "Three of them", "They belong together")
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
    fits_the_screen(page)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_can_be_used_by_everybody(
    browser: Browser, dashboard: Dashboard, hostile: dict[int, str], path: str, scheme: str
) -> None:
    with Walk(browser, dashboard, 390 if scheme == "dark" else 1440, scheme) as walk:
        page = walk.open(path)
        report = page.get_by_role("button", name=REPORT)
        if path == "sighting":
            expect(report).to_have_count(0)
            page.get_by_role("radiogroup").get_by_text("No", exact=True).click()
            expect(page.get_by_role("button", name="Report", exact=True)).to_be_visible()
        can_be_used_by_everybody(page, whole=scheme == "light")
        fits_the_screen(page)
        if path != "sighting":
            report.click()
            walk.stands(REPORT)
            expect(page).to_have_url(re.compile("/sighting$"))
