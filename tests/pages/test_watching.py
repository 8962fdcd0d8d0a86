"""Watching a word on the Cases page, the notices for the data protection officer, and trusts and leaders in Set-up."""

from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from casework import cases, terms
from core.settings import settings
from core.taxonomy import Role
from core.types import Leader, School
from core.weeks import on_screen, utc_now
from pages.shared import data
from store import notices, profiles
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
    assert [each.label for each in app.button] == ["Seen", "Seen"]
    assert "For the head" not in shown(app)

    app.button[0].click().run()
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
