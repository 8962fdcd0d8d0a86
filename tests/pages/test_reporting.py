"""Report something seen: the question that stops, what is refused, what is taken in; and the staff form in Set-up."""

import io
import re
from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from PIL import Image
from sqlalchemy import func, select
from streamlit.testing.v1 import AppTest

from casework import report_code
from casework.sightings import STOP, STOP_STEPS
from collectors.sightings import Sightings, waiting
from core.settings import settings
from core.taxonomy import Role
from core.types import School
from core.weeks import london_day, utc_now
from ops import pipeline
from pages.shared import data
from store import profiles
from store.engine import reading, writing
from store.store import Store
from store.tables import pictures, posts, sightings
from tests.pages.conftest import Open, shown

PAGE, SOURCES = "watch/sighting.py", "setup/sources.py"
NOW = utc_now()
SCHOOLS = [School(id="svs", name="Skarnby Vale School", town="Skarnby"), School(id="ham", name="Hamsey Primary School")]


@pytest.fixture(autouse=True)
def watched(store: Store) -> None:
    """Two schools are watched."""
    with writing(store.engine) as connection:
        profiles.save_schools(connection, SCHOOLS, now=NOW)


@pytest.fixture
def form(open_page: Open) -> AppTest:
    """The form, behind the question that stops."""
    return _answer(open_page(PAGE), "No")


def _answer(app: AppTest, answer: str) -> AppTest:
    [stop] = [each for each in app.radio if each.label == STOP]
    return stop.set_value(answer).run()


def _fields(app: AppTest) -> Sequence[object]:
    """Everything that something could be handed in by."""
    return [*app.text_input, *app.text_area, *app.file_uploader, *app.selectbox, *app.date_input, *app.time_input]


def _type(app: AppTest, label: str, typed: str) -> None:
    next(each for each in (*app.text_input, *app.text_area) if each.label == label).input(typed)


def _value(app: AppTest, label: str) -> object:
    return next(each for each in (*app.text_input, *app.text_area) if each.label == label).value


def _report(app: AppTest) -> AppTest:
    next(each for each in app.button if each.label == "Report").click().run()
    assert not app.exception, app.exception
    return app


def _said(app: AppTest) -> str:
    """What was refused, as it reads on screen."""
    return re.sub(r"[\\\u2060]", "", " ".join(each.value for each in app.error))


def _picture() -> bytes:
    saved = io.BytesIO()
    Image.new("RGB", (64, 48), "#204060").save(saved, "PNG")
    return saved.getvalue()


def _kept(store: Store) -> tuple[int, int, int]:
    """How many reports, pictures and waiting reports there are."""
    with reading(store.engine) as connection:
        reports, drawn = (connection.scalar(select(func.count()).select_from(each)) for each in (sightings, pictures))
    return int(reports or 0), int(drawn or 0), len(waiting(settings().inbox / "sightings"))


def _take_in(store: Store) -> None:
    """What the worker does when it is asked."""
    collector = Sightings(settings().sources["sightings"])
    for query in pipeline.queries_for(collector, SCHOOLS):
        assert not pipeline.run_source(store, collector, query).stopped


def test_before_the_question_is_answered_there_is_nothing_to_fill_in(open_page: Open) -> None:
    app = open_page(PAGE)

    assert [each.value for each in app.radio] == [None]
    assert _fields(app) == []


def test_yes_or_not_sure_says_what_to_do_and_takes_nothing_in(open_page: Open, store: Store) -> None:
    app = _answer(open_page(PAGE), "Yes, or I am not sure")

    assert [each.value for each in app.error] == ["Do not report it here."]
    assert all(step in shown(app) for step in STOP_STEPS)
    assert _fields(app) == []
    assert "Report" not in [each.label for each in app.button]
    assert _kept(store) == (0, 0, 0)


def test_a_form_that_was_begun_is_gone_when_the_answer_becomes_yes(form: AppTest) -> None:
    assert _fields(form)
    assert _fields(_answer(form, "Yes, or I am not sure")) == []


def test_a_report_is_answered_with_its_reference_and_the_question_is_asked_again(form: AppTest, store: Store) -> None:
    _type(form, "What does it say?", "Skarnby Vale School is shut *tomorrow*")
    _type(form, "Your name", "Tom Hale")
    _report(form)

    [thanks] = form.success
    assert thanks.value.startswith("Thank you. It was taken in as one post. Reference: R-")
    assert _kept(store) == (1, 0, 1)
    assert _fields(form) == []
    _answer(form, "No")
    assert not form.success  # said once
    assert _value(form, "What does it say?") == _value(form, "Your name") == ""


def test_what_was_reported_is_read_with_its_report(form: AppTest, open_page: Open, store: Store) -> None:
    _type(form, "What does it say?", "Skarnby Vale School is shut *tomorrow*")
    _type(form, "Why are you telling us?", "Parents ask [us](http://evil.example)")
    _type(form, "Your name", "Tom Hale")
    form.file_uploader[0].set_value(("seen.png", _picture(), "image/png"))
    reference = _report(form).success[0].value.rpartition(" ")[2]
    _take_in(store)
    with reading(store.engine) as connection:
        [number] = connection.scalars(select(posts.c.id))

    app = open_page("watch/posts.py", post=str(number))
    told = [each.value for each in app.text]
    assert any(each.startswith("Reported ") and each.endswith(f" by Tom Hale. Reference {reference}.") for each in told)
    assert "They say: “Parents ask [us](http://evil.example)”" in told
    assert "“Skarnby Vale School is shut *tomorrow*”" in told
    [toggle] = app.toggle
    assert not app.image
    toggle.set_value(True).run()
    assert not app.exception
    assert len(app.image) == 1


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("What does it say?", " ", "Nothing was handed in."),
        ("Link", "ask me in the office", "That is not a link to a web page."),
        ("Link", "javascript:alert(1)", "That is not a link to a web page."),
    ],
)
def test_a_refused_report_says_why_and_stays_as_it_was_typed(
    form: AppTest, store: Store, field: str, typed: str, sentence: str
) -> None:
    _type(form, field, typed)
    _type(form, "Your name", "Tom Hale")
    _report(form)

    assert sentence in _said(form)
    assert (_value(form, field), _value(form, "Your name")) == (typed, "Tom Hale")
    assert _kept(store) == (0, 0, 0)


def test_a_file_that_only_calls_itself_a_picture_is_refused(form: AppTest, store: Store) -> None:
    _type(form, "What does it say?", "Look at this")
    form.file_uploader[0].set_value(("seen.png", b"%PDF-1.7\n%%EOF\n", "image/png"))
    _report(form)

    assert "That is a PDF, not a picture." in _said(form)
    assert _value(form, "What does it say?") == "Look at this"
    assert _kept(store) == (0, 0, 0)


def test_a_day_that_is_to_come_is_refused(form: AppTest, store: Store) -> None:
    _type(form, "What does it say?", "Skarnby Vale School is shut")
    tomorrow: date = london_day(utc_now()) + timedelta(days=1)
    form.date_input[0].set_value(tomorrow)
    _report(form)

    assert "That is in the future." in _said(form)
    assert _kept(store) == (0, 0, 0)


def test_every_role_may_report(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    for role in Role:
        monkeypatch.setenv("CRESTWATCH_LOCAL_ROLES", f'["{role}"]')
        settings.cache_clear()
        assert _fields(_answer(open_page(PAGE), "No"))


def test_the_button_leads_to_the_report_and_is_not_on_its_page(open_page: Open) -> None:
    app = open_page("watch/posts.py")
    next(each for each in app.button if each.label == "Report something seen").click().run()

    assert [each.value for each in app.title] == ["Report something seen"]
    assert not app.button


def test_the_staff_form_is_opened_given_a_new_code_and_closed(open_page: Open, store: Store) -> None:
    app = open_page(SOURCES)
    assert data.staff_code() is None

    _press(app, "Open the form")
    first = data.staff_code()
    assert first is not None
    assert f"Code: {first}" in shown(app)
    assert app.code[0].value.endswith(f"/report?code={first}")
    assert "Only this computer can open it yet." in shown(app)

    _press(app, "New code")
    second = data.staff_code()
    assert second not in (None, first)
    assert f"Code: {second}" in shown(app)
    assert not report_code.fits(store, first)

    _press(app, "Close the form")
    assert data.staff_code() is None
    assert "Code:" not in shown(app)


def test_the_staff_form_is_given_out_by_its_public_address(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRESTWATCH_PUBLIC_ADDRESS", "https://listening.skarnby.example/")
    settings.cache_clear()
    app = open_page(SOURCES)
    _press(app, "Open the form")

    assert app.code[0].value == f"https://listening.skarnby.example/report?code={data.staff_code()}"
    assert "Only this computer can open it yet." not in shown(app)


def _press(app: AppTest, label: str) -> None:
    next(each for each in app.button if each.label == label).click().run()
    assert not app.exception, app.exception
