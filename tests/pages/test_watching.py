"""Watching a word on the Cases page, the notices for the data protection officer, trusts and leaders in Set-up; and the times
when nothing was watched.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from casework import cases, terms
from core.settings import settings
from core.taxonomy import Role
from core.types import Leader, School
from core.weeks import LONDON, Week, on_screen, utc_now
from pages.shared import data
from store import notices, profiles, purposes, runs
from store.engine import reading, writing
from store.store import Store
from tests.pages.conftest import Open, shown

NOW = utc_now()
OKONKWO = Leader(name="Maria Okonkwo", role="chief executive", agreed_on="12 March 2026")
TRUST = School(id="slt", name="Skarnby Learning Trust", kind="trust", leaders=(OKONKWO,))


@pytest.fixture
def ref(store: Store) -> str:
    with writing(store.engine) as connection:
        profiles.save_schools(connection, [TRUST], now=NOW)
    return cases.open_case(store, title="The fence", school_id="slt", why="protest", by="Ada", role=Role.HEAD, now=NOW)


@pytest.fixture
def officer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The person at the screen is the data protection officer, and nothing else."""
    monkeypatch.setenv("CRESTWATCH_LOCAL_ROLES", '["data_protection"]')
    settings.cache_clear()


def _type(app: AppTest, label: str, typed: str) -> None:
    next(each for each in (*app.text_input, *app.text_area) if each.label == label).set_value(typed)


def _press(app: AppTest, label: str) -> None:
    next(each for each in app.button if each.label == label).click().run()
    assert not app.exception, app.exception


def _watch(app: AppTest, word: str, why: str) -> None:
    _type(app, "Word or hashtag", word)
    _type(app, "Why is it watched?", why)
    _press(app, "Watch this word")


def _tell(store: Store, text: str, role: Role = Role.DATA_PROTECTION) -> None:
    with writing(store.engine) as connection:
        notices.add(connection, role=role, text=text, now=NOW)


def test_the_form_says_how_long_a_word_lives_and_who_is_told(open_page: Open, ref: str) -> None:
    said = shown(open_page("cases/cases.py"))

    assert "watched for 7 days" in said
    assert "the data protection officer is told" in said


def test_a_word_is_watched_listed_and_in_the_history(open_page: Open, store: Store, ref: str) -> None:
    app = open_page("cases/cases.py")
    _watch(app, "#ferrygate", "A protest uses it")

    [watched] = data.watched_terms(ref)
    assert (watched.term, watched.school_id, watched.by) == ("#ferrygate", "slt", "This computer")
    assert f"#ferrygate · watched until {on_screen(watched.until)} · A protest uses it" in [each.value for each in app.text]
    assert ["Word watched\\: \\#ferrygate" in each.value.to_string() for each in app.table] == [True]
    with reading(store.engine) as connection:
        assert len(notices.unseen(connection, [Role.DATA_PROTECTION])) == 1


def test_a_word_that_has_ended_is_said_to_have(open_page: Open, store: Store, ref: str) -> None:
    began = NOW - timedelta(days=8)
    terms.watch_term(store, ref, "#ferrygate", school_id="slt", why="protest", by="Ada", role=Role.HEAD, now=began)

    assert "#ferrygate · was watched until" in shown(open_page("cases/cases.py"))


@pytest.mark.parametrize(
    ("word", "why", "sentence"),
    [("Mia Jones", "she began it", "looks like a person’s name"), ("#ferrygate", " ", "Say in a few words why")],
)
def test_a_refusal_is_said_and_nothing_is_watched(open_page: Open, ref: str, word: str, why: str, sentence: str) -> None:
    app = open_page("cases/cases.py")
    _watch(app, word, why)

    assert sentence in " ".join(each.value for each in app.error)
    assert data.watched_terms(ref) == []


def test_the_officer_sees_each_notice_on_every_page_until_they_have_seen_it(
    open_page: Open, store: Store, officer: None
) -> None:
    _tell(store, "A word is watched: #one, because [x](https://evil.example)")
    _tell(store, "A word is watched: #two")
    _tell(store, "For the head", Role.HEAD)
    app = open_page("watch/week.py")

    told = [each.value for each in app.text]
    assert f"{on_screen(NOW)} · A word is watched: #one, because [x](https://evil.example)" in told
    seen = [each for each in app.button if each.label == "Seen"]
    assert len(seen) == 2
    assert "For the head" not in shown(app)

    seen[0].click().run()
    assert not app.exception
    assert "#one" not in shown(app)
    assert "#two" in shown(open_page("cases/cases.py"))


def test_nobody_else_sees_them(open_page: Open, store: Store) -> None:
    _tell(store, "A word is watched: #one")

    assert "#one" not in shown(open_page("watch/week.py"))


def test_a_trust_and_its_leaders_are_kept_by_the_form(open_page: Open, ref: str) -> None:
    app = open_page("setup/school.py", profile="slt")
    [kind] = [each for each in app.radio if each.label == "This is a"]
    [leaders] = [each for each in app.text_area if each.label == "Leaders who agreed in writing"]
    assert kind.value == "trust"
    assert leaders.value == "Maria Okonkwo | chief executive | 12 March 2026"

    leaders.set_value(f"{leaders.value}\nTom Hale | | 13 March 2026")
    _press(app, "Save")

    [saved] = data.schools(data.version())
    assert saved.kind == "trust"
    assert saved.leaders == (OKONKWO, Leader(name="Tom Hale", agreed_on="13 March 2026"))


@pytest.mark.parametrize("line", ["Tom Hale", "Tom Hale | head", "Tom Hale | head | ", " | head | 13 March 2026"])
def test_a_leader_who_has_not_agreed_is_not_kept(open_page: Open, ref: str, line: str) -> None:
    app = open_page("setup/school.py", profile="slt")
    _type(app, "Leaders who agreed in writing", line)
    _press(app, "Save")

    assert "does not say when they agreed in writing" in " ".join(each.value for each in app.error)
    assert data.schools(data.version()) == [TRUST]


WEEK = Week.of(NOW).back(3)
HALF_HOUR = timedelta(minutes=30)


@pytest.fixture
def feeds(demo_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo, and a feed that may be asked."""
    monkeypatch.setenv("CRESTWATCH_SOURCES__FEEDS", '{"urls": ["https://courier.example/feed"]}')
    settings.cache_clear()
    said = {"controller": "Skarnby Vale School", "purpose": "To listen", "basis": "public_task", "days": 30}
    with writing(demo_store.engine) as connection:
        purposes.sign(connection, {**said, "notice": "a@b.example", "signed_by": "Ada"}, by="Ada", role=Role.HEAD, now=NOW)


def _at(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), LONDON).astimezone(UTC)


def _watch_between(store: Store, *spans: tuple[datetime, datetime], state: str = "done") -> None:
    """A run every half hour, its last one at the end of each span."""
    with writing(store.engine) as connection:
        for start, end in spans:
            for moment in (*(start + HALF_HOUR * n for n in range((end - start) // HALF_HOUR)), end):
                runs.end_run(connection, runs.start_run(connection, "feeds", "all", now=moment), state, now=moment)


def _told(app: AppTest) -> Sequence[str]:
    """Everything a page says of times that were not watched, in the order in which it stands."""
    every = [*(each.value for each in app.warning), *(each.value for each in app.text)]
    return [each for each in every if "ot watch" in each]


def test_a_weekend_without_the_computer_is_told_in_both_weeks(open_page: Open, demo_store: Store, feeds: None) -> None:
    shut, opened = _at(WEEK.days[4], "18:02"), _at(WEEK.back(-1).monday, "08:10")
    _watch_between(demo_store, (WEEK.back(1).start, shut), (opened, WEEK.back(-2).end))
    span = f"{on_screen(shut)} – {on_screen(opened)}"

    for week in (WEEK, WEEK.back(-1)):
        app = open_page("watch/week.py", week=str(week))
        assert [each.value for each in app.warning] == [f"Not watching {span}. What was said then may be missing below."]
        assert f"Not watching {span}. What was said then may be missing." in _told(app)
        assert any(each.endswith(f" Not watched: {span}.") for each in _told(app))
        assert "No gaps this week." not in shown(app)
    days = next(each.value for each in open_page("watch/week.py", week=str(WEEK)).table if "Watched" in each.value)
    assert list(days["Watched"]) == ["all the time"] * 4 + ["not all the time"] * 3


def test_a_week_without_a_gap_says_so_and_has_no_such_line(open_page: Open, demo_store: Store, feeds: None) -> None:
    _watch_between(demo_store, (WEEK.back(1).start, WEEK.back(-1).end))
    app = open_page("watch/week.py", week=str(WEEK))

    assert _told(app) == []
    assert not app.warning
    assert "Watched: News and other feeds. No gaps this week." in shown(app)
    assert not [each for each in app.table if "Watched" in each.value]


def test_runs_that_brought_nothing_but_an_error_watched_nothing(open_page: Open, demo_store: Store, feeds: None) -> None:
    start, end = _at(WEEK.days[1], "09:00"), _at(WEEK.days[1], "15:00")
    _watch_between(demo_store, (WEEK.back(1).start, start), (end, WEEK.back(-1).end))
    _watch_between(demo_store, (start + HALF_HOUR, end - HALF_HOUR), state="stopped")
    app = open_page("watch/week.py", week=str(WEEK))

    assert f"Not watching {on_screen(start)} – {on_screen(end)}." in app.warning[0].value


def test_many_gaps_are_three_and_a_number(open_page: Open, demo_store: Store, feeds: None) -> None:
    nights = [(_at(day, "08:00"), _at(day, "18:00")) for day in WEEK.days]
    _watch_between(demo_store, (WEEK.back(1).start, _at(WEEK.back(1).sunday, "18:00")), *nights)
    app = open_page("watch/week.py", week=str(WEEK))

    [line] = [each.value for each in app.warning]
    assert line.count(" – ") == 3
    assert ", and 5 more times. What was said then may be missing below." in line
