"""Set-up, Purpose: who may sign why the school looks, what is refused, and what opens with it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.settings import settings
from core.weeks import on_screen, utc_now
from pages.shared import data
from store import backups, requests
from store.engine import reading, writing
from store.store import Store
from tests.pages.conftest import Open, shown

PAGE, SOURCES = "setup/purpose.py", "setup/sources.py"
NOT_SIGNED = "No source is asked before the purpose is signed"
FEEDS = '{"urls": ["https://courier.example/feed"]}'
ROLES = Callable[[str], None]


@pytest.fixture
def roles(monkeypatch: pytest.MonkeyPatch) -> ROLES:
    """Who is at the screen."""

    def are(held: str) -> None:
        monkeypatch.setenv("CRESTWATCH_LOCAL_ROLES", held)
        settings.cache_clear()

    return are


@pytest.fixture
def feeds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A feed is chosen."""
    monkeypatch.setenv("CRESTWATCH_SOURCES__FEEDS", FEEDS)
    settings.cache_clear()


def _fill(app: AppTest, **said: str) -> AppTest:
    """Answer the questions, those of `said` otherwise, and sign."""
    answers = {
        "Who is responsible?": "Skarnby Vale School",
        "Where are people told of this, and may object?": "https://skarnbyvale.example/privacy",
        "Your name": "Maria *Okonkwo*",
    } | {question.replace("_", " "): answer for question, answer in said.items()}
    for question, answer in answers.items():
        next(each for each in (*app.text_input, *app.text_area) if each.label.startswith(question)).input(answer)
    next(each for each in app.button if each.label == "Sign").click().run()
    assert not app.exception, app.exception
    return app


def test_nothing_is_signed_before_somebody_signs(open_page: Open) -> None:
    app = open_page(PAGE)

    assert [each.value for each in app.info] == [
        "No source is asked before this page is signed. Files and reports by hand can be taken in."
    ]
    assert not app.get("download_button")


def test_what_is_signed_is_shown_kept_and_can_be_printed(open_page: Open, store: Store) -> None:
    app = _fill(open_page(PAGE))

    signed = data.signed_purpose()
    assert signed is not None
    assert (signed.by, signed.role, signed.statement["signed_by"]) == ("This computer", "head", "Maria *Okonkwo*")
    assert [each.value for each in app.success] == [f"Signed {on_screen(signed.at)}: sources may be asked."]
    assert len(app.get("download_button")) == 1
    assert "Sign it anew" in [each.value for each in app.header]
    assert next(each for each in app.text_input if each.label == "Who is responsible?").value == "Skarnby Vale School"


@pytest.mark.parametrize(
    ("question", "answer", "sentence"),
    [
        ("Who", " ", "does not say who is responsible"),
        ("What_is_it_for", "", "does not say what it is for"),
        ("Your_name", "", "does not say who signs"),
        ("Where_are_people", "on the wall", "Say where people are told of this"),
        ("Where_are_people", "", "Say where people are told of this"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_signed(open_page: Open, question: str, answer: str, sentence: str) -> None:
    app = _fill(open_page(PAGE), **{question: answer})

    assert sentence in " ".join(each.value for each in app.error)
    assert data.signed_purpose() is None


@pytest.mark.parametrize(("held", "role"), [('["data_protection"]', "data_protection"), ('["setup", "head"]', "head")])
def test_it_is_signed_in_the_role_that_may(open_page: Open, store: Store, roles: ROLES, held: str, role: str) -> None:
    roles(held)
    _fill(open_page(PAGE))

    signed = data.signed_purpose()
    assert signed is not None
    assert signed.role == role


@pytest.mark.parametrize("held", ['["setup"]', '["communications", "setup"]'])
def test_who_may_not_sign_sees_the_page_without_the_form(open_page: Open, store: Store, roles: ROLES, held: str) -> None:
    roles(held)
    app = open_page(PAGE)

    assert "The headteacher or the data protection officer signs this." in shown(app)
    assert not app.text_input
    assert "Sign" not in [each.label for each in app.button]


def test_a_source_waits_for_the_signature(open_page: Open, store: Store, feeds: None) -> None:
    before = open_page(SOURCES)
    assert NOT_SIGNED in shown(before)
    assert "Collect now" not in [each.label for each in before.button]

    _fill(open_page(PAGE))
    after = open_page(SOURCES)
    assert NOT_SIGNED not in shown(after)
    assert "Ready. It is asked every 15 minutes." in shown(after)
    assert "Collect now" in [each.label for each in after.button]


def test_how_much_is_kept_and_when_it_was_looked_through(open_page: Open, store: Store) -> None:
    assert "Not looked through yet." in shown(open_page(PAGE))
    now = utc_now()
    with writing(store.engine) as connection:
        job = requests.ask(connection, "retain", {}, by="The clock", now=now)
        requests.finish(connection, job, failed=False, message="Done", result={}, now=now)

    said = shown(open_page(PAGE))
    assert "0 posts are here with their words; 0 have lost them and are only counted." in said
    assert f"Last looked through {on_screen(now)}." in said


def test_a_backup_out_of_reach_is_named_until_somebody_deleted_it(open_page: Open, store: Store, tmp_path: Path) -> None:
    there, taken = tmp_path / "there.zip", tmp_path / "*taken*.zip"
    there.touch()
    made = utc_now() - timedelta(days=3)
    with writing(store.engine) as connection:
        for path in (there, taken):
            backups.add(connection, path, sha256="ab" * 32, made_at=made)
    app = open_page(PAGE)

    assert f"{taken}, made {on_screen(made)}" in [each.value for each in app.text]
    assert str(there) not in shown(app)
    next(each for each in app.button if each.label == "It is deleted").click().run()
    assert not app.exception
    assert not app.warning
    with reading(store.engine) as connection:
        assert [path for _, path, _ in backups.kept(connection)] == [there]
