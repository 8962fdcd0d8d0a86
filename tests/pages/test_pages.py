"""What people see: every page on an empty store, on the demo and with a case; and what they do not see."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from casework import cases
from casework.presets import PRESETS
from core.settings import settings
from core.taxonomy import Lane, Outcome, Role
from core.weeks import Week, utc_now
from pages.shared import data, handover
from pages.shared.access import Person
from store import retention
from store.engine import reading, writing
from store.store import Store
from store.tables import exports, judgements, posts
from tests.pages.conftest import Open, shown
from tests.server import ROOT

PAGES = {
    "watch/week.py": "This week",
    "watch/posts.py": "Posts",
    "cases/cases.py": "Cases",
    "setup/school.py": "School",
    "setup/sources.py": "Sources",
    "setup/accuracy.py": "Accuracy",
    "setup/purpose.py": "Purpose",
    "setup/limits.py": "What we will not do",
    "watch/sighting.py": "Report something seen",
}
READING = ("watch/week.py", "watch/posts.py", "cases/cases.py")
NOW = utc_now()
LAST_WEEK = Week.of(NOW).back(1)


@pytest.fixture
def post(demo_store: Store) -> tuple[int, str]:
    """A post about us of last week that somebody else wrote, and what it says."""
    with reading(demo_store.engine) as connection:
        row = connection.execute(
            select(posts.c.id, posts.c.text)
            .join(judgements, judgements.c.post_id == posts.c.id)
            .where(judgements.c.outcome == Outcome.OURS, judgements.c.own == 0, posts.c.views.is_not(None))
            .where(posts.c.created_at < LAST_WEEK.end, posts.c.created_at >= LAST_WEEK.start)
            .order_by(posts.c.views.desc())
            .limit(1)
        ).one()
    return row.id, row.text


@pytest.fixture
def referred(demo_store: Store, post: tuple[int, str]) -> tuple[int, str]:
    """The same post, now for the safeguarding lead alone, and no other."""
    with writing(demo_store.engine) as connection:
        others = update(judgements).where(judgements.c.lane == Lane.SAFEGUARDING)
        connection.execute(others.values(lane=Lane.NOISE))
        connection.execute(update(judgements).where(judgements.c.post_id == post[0]).values(lane=Lane.SAFEGUARDING))
    return post


@pytest.fixture
def case(demo_store: Store, post: tuple[int, str]) -> str:
    ref = cases.open_case(
        demo_store, title="Puddles in S block", school_id="demo", why="It is big", by="Test", role=Role.HEAD, now=NOW
    )
    cases.add_posts(demo_store, ref, [(post[0], "demo")], why="As it was", by="Test", role=Role.HEAD, now=NOW)
    return ref


@pytest.fixture(params=["safeguarding", "safeguarding, head"])
def safeguarding_lead(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    roles = ", ".join(f'"{role.strip()}"' for role in request.param.split(","))
    monkeypatch.setenv("CRESTWATCH_LOCAL_ROLES", f"[{roles}]")
    settings.cache_clear()
    yield
    settings.cache_clear()


def test_every_page_is_on_the_menu() -> None:
    files = {str(each.relative_to(ROOT / "pages")) for each in (ROOT / "pages").rglob("*.py")}
    assert {each for each in files if not each.startswith("shared/") and not each.endswith("__init__.py")} == set(PAGES)
    assert [each.name for each in (ROOT / "pages").glob("*.py")] == ["__init__.py"]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_asks_who_is_there_before_anything_else(page: str) -> None:
    lines = (ROOT / "pages" / page).read_text(encoding="utf-8").splitlines()
    code = [line for line in lines[1:] if line and not line.startswith(("import ", "from ", '"""'))]
    assert code[0].startswith("person = require(")
    assert len(lines) < 80


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_on_an_empty_store(open_page: Open, page: str) -> None:
    assert [each.value for each in open_page(page).title] == [PAGES[page]]


def test_the_first_page_of_an_empty_store_offers_the_demo_and_asks_the_worker_for_it(open_page: Open, store: Store) -> None:
    app = open_page("watch/week.py")
    assert [each.value for each in app.header] == ["Nothing to show yet"]
    next(each for each in app.button if each.label == "Load the demo").click().run()
    assert not app.exception
    job = data.job(1)
    assert job is not None
    assert (job.kind, job.state, job.asked_by) == ("load_demo", "asked", "This computer")


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_on_the_demo(open_page: Open, demo_store: Store, page: str) -> None:
    app = open_page(page)
    assert [each.value for each in app.title] == [PAGES[page]]
    assert "Nothing to show yet" not in shown(app)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_with_a_case(open_page: Open, case: str, page: str) -> None:
    assert [each.value for each in open_page(page).title] == [PAGES[page]]


def test_the_last_complete_week_is_shown_with_its_biggest_post(open_page: Open, post: tuple[int, str]) -> None:
    app = open_page("watch/week.py")
    assert LAST_WEEK.on_screen in [each.value for each in app.subheader]
    assert f"“{post[1]}”" in [each.value for each in app.text]


@pytest.mark.parametrize("page", READING[:2])
def test_a_week_in_the_address_is_shown(open_page: Open, demo_store: Store, page: str) -> None:
    week = LAST_WEEK.back(3)
    assert week.on_screen in shown(open_page(page, week=str(week)))


@pytest.mark.parametrize("page", READING[:2])
@pytest.mark.parametrize("asked", ["2026-W99", "1066-W41", "2026-W46; DROP TABLE posts"])
def test_a_week_that_is_none_is_a_sentence(open_page: Open, demo_store: Store, page: str, asked: str) -> None:
    app = open_page(page, week=asked)
    assert [re.sub("[\\\\\u2060]", "", each.value) for each in app.error] == [f"“{asked}” is not a week. Write it as 2026-W46."]


@pytest.mark.parametrize("asked", ["2031-W10", "2199-W52", "1999-W01"])
def test_a_week_without_posts_is_empty(open_page: Open, demo_store: Store, asked: str) -> None:
    app = open_page("watch/week.py", week=asked)
    assert shown(app).startswith("This week")
    assert "0 posts about us" in shown(app)
    assert not app.error


def test_a_week_over_its_time_names_no_number_of_people(open_page: Open, demo_store: Store) -> None:
    over = LAST_WEEK.back(5)
    with writing(demo_store.engine) as connection:
        theirs = posts.c.created_at.between(over.start, over.end)
        connection.execute(update(posts).where(theirs).values(keep_until=NOW - timedelta(hours=1)))
    assert retention.expire(demo_store.engine, now=NOW, days=30).posts
    gone, kept = shown(open_page("watch/week.py", week=str(over))), shown(open_page("watch/week.py", week=str(over.back(1))))

    assert "Some of this week’s posts are over their time: they are counted, their words and authors are gone." in gone
    assert re.search(r"^\d+ posts about us[,(]? ", gone, re.MULTILINE)
    assert "different p" not in gone
    assert "over their time" not in kept
    assert re.search(r"^\d+ posts about us from \d+ different p", kept, re.MULTILINE)


def test_a_post_is_read_with_its_reasons(open_page: Open, post: tuple[int, str]) -> None:
    app = open_page("watch/posts.py", post=str(post[0]))
    assert "Why we think it is about us" in shown(app)
    assert f"“{post[1]}”" in [each.value for each in app.text]
    assert any(each.value.startswith("+ It") for each in app.text)


@pytest.mark.parametrize("asked", ["1", "-1", "9" * 16, "9" * 40, "１２", "' OR 1=1 --"])
def test_a_post_that_is_none_is_a_sentence(open_page: Open, demo_store: Store, asked: str) -> None:
    assert "This post is not here" in shown(open_page("watch/posts.py", post=asked))


def test_a_phrase_finds_its_post(open_page: Open, post: tuple[int, str]) -> None:
    phrase = " ".join(post[1].split()[:6])
    app = open_page("watch/posts.py", q=phrase)
    assert "1 post fits." in shown(app)
    assert post[1] in app.dataframe[0].value["What it says"].iloc[0]
    assert "0 posts fit." in shown(open_page("watch/posts.py", q="a phrase that nobody ever wrote"))


def test_nobody_private_is_named(open_page: Open, demo_store: Store, case: str) -> None:
    with reading(demo_store.engine) as connection:
        rows = connection.execute(
            select(posts.c.author_sealed).join(judgements, judgements.c.post_id == posts.c.id).where(judgements.c.own == 0)
        ).all()
    authors = [demo_store.keys.open_author(row.author_sealed) for row in rows]
    names = {each for author in authors for each in (author.name, author.handle) if each and " " in each}
    said = "\n".join(shown(open_page(page)) for page in READING)
    with reading(demo_store.engine) as connection:
        texts = set(connection.scalars(select(posts.c.text))) | set(connection.scalars(select(posts.c.community)))
    texts.discard(None)  # a page or group is named, also where it wrote the post itself
    assert not [name for name in names if name in said and not any(name in text for text in texts)]


@pytest.mark.parametrize("page", READING)
@pytest.mark.parametrize("roles", ['["setup"]', '["data_protection", "setup"]'])
def test_without_a_reading_role_there_is_the_refusal_and_nothing_else(
    open_page: Open, case: str, post: tuple[int, str], monkeypatch: pytest.MonkeyPatch, page: str, roles: str
) -> None:
    monkeypatch.setenv("CRESTWATCH_LOCAL_ROLES", roles)
    settings.cache_clear()
    said = shown(open_page(page, post=str(post[0]), case=case))
    assert "This page is for: " in said
    assert "Ask whoever set up Crestwatch." in said
    assert not any(title in said for title in PAGES.values())
    assert post[1] not in said
    assert case not in said


def test_what_was_referred_is_a_number_for_everyone_else(open_page: Open, referred: tuple[int, str]) -> None:
    week = open_page("watch/week.py")
    assert [each.value for each in week.info] == ["1 item was referred to the safeguarding lead."]
    found = open_page("watch/posts.py", q=" ".join(referred[1].split()[:6]))
    detail = open_page("watch/posts.py", post=str(referred[0]))
    assert "0 posts fit." in shown(found)
    assert "This post is not here" in shown(detail)
    assert not any(referred[1] in shown(each) for each in (week, found, detail))


def test_referred_posts_are_not_among_the_posts_counted(open_page: Open, demo_store: Store, post: tuple[int, str]) -> None:
    def fit() -> str:
        return next(each.value for each in open_page("watch/posts.py").text if each.value.endswith("fit."))

    before = int(fit().split()[0])
    with writing(demo_store.engine) as connection:
        connection.execute(update(judgements).where(judgements.c.post_id == post[0]).values(lane=Lane.SAFEGUARDING))
    data.count.clear()
    assert int(fit().split()[0]) == before - 1


def test_the_safeguarding_lead_reads_what_was_referred(
    open_page: Open, referred: tuple[int, str], safeguarding_lead: None
) -> None:
    assert referred[1] in shown(open_page("watch/posts.py", post=str(referred[0])))
    week = open_page("watch/week.py")
    assert not week.info
    assert referred[1] in shown(week)


def test_a_case_shows_its_items_and_its_history(open_page: Open, case: str, post: tuple[int, str]) -> None:
    said = shown(open_page("cases/cases.py", case=case))
    assert post[1] in said
    assert "It is big" in said
    assert "Item saved" in said


def test_a_post_is_put_in_a_case_that_is_open(open_page: Open, case: str, demo_store: Store) -> None:
    with reading(demo_store.engine) as connection:
        other = connection.scalars(select(posts.c.id).order_by(posts.c.id.desc()).limit(1)).one()
    app = open_page("watch/posts.py", post=str(other))
    next(each for each in app.selectbox if each.label == "Case").set_value(case)
    next(each for each in app.text_input if each.label == "Why is it saved?").input("It belongs to it")
    next(each for each in app.button if each.label == "Put in case").click().run()

    assert [each.value for each in app.success] == [f"1 added to {case}."]
    assert [each.why_saved for each in data.case(case).file.exhibits] == ["As it was", "It belongs to it"]


def test_an_evidence_file_is_in_the_log_before_anybody_has_it(case: str, demo_store: Store) -> None:
    person = Person("Test", frozenset({Role.HEAD}))
    packed = handover._zipped(case, PRESETS["police"], person, why="The officer asked", account=None, contact="The office")
    with reading(demo_store.engine) as connection:
        logged = connection.execute(select(exports)).one()
    assert (logged.case_ref, logged.preset, logged.by, logged.why) == (case, "police", "Test", "The officer asked")
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert {Path(name).name for name in archive.namelist()} >= {"evidence.csv", "records.jsonl", "manifest-sha256.txt"}


def test_an_evidence_file_needs_a_reason(open_page: Open, case: str) -> None:
    app = open_page("cases/cases.py", case=case)
    assert app.get("download_button")[0].proto.disabled
    next(each for each in app.text_input if each.label == "Why is it made?").input("The officer asked").run()
    assert not app.get("download_button")[0].proto.disabled


def test_a_profile_is_added_and_changed(open_page: Open, store: Store) -> None:
    app = open_page("setup/school.py")
    app.text_input[0].input("St Osyth’s Academy, Skarnby")
    next(each for each in app.button if each.label == "Save").click().run()
    assert not app.exception
    assert [each.id for each in data.schools(data.version())] == ["st-osyths-academy-skarnby"]


def test_a_profile_that_cannot_be_saved_says_why(open_page: Open, store: Store) -> None:
    app = open_page("setup/school.py")
    app.text_input[0].input("Skarnby Vale Academy")
    next(each for each in app.text_area if each.label == "Our own accounts").input(
        "carrier-pigeon ![x](http://evil.example/t.gif)"
    )
    next(each for each in app.button if each.label == "Save").click().run()
    assert "is not a platform and a name" in app.error[0].value
    assert "](http" not in app.error[0].value
    assert data.schools(data.version()) == []
