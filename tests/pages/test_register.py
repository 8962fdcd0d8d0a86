"""A new school is found in the register, looked over and only then saved; namesakes are warned of."""

import pytest
from streamlit.testing.v1 import AppTest

from core.register import RegisterSchool
from pages.shared import data
from store import register
from store.engine import writing
from store.store import Store
from tests.pages.conftest import Open, shown

SCHOOLS = [
    RegisterSchool(
        urn=900001, name="St Quillon's *CofE* Primary School", town="Ferndip", postcode="FD1 2AB", trust="Quillon Trust"
    ),
    RegisterSchool(urn=900002, name="St Quillon's School", town="Odham"),
    RegisterSchool(urn=900003, name="Brightmoor Academy", town="Odham", status="Closed"),
]


@pytest.fixture
def filled(store: Store) -> Store:
    with writing(store.engine) as connection:
        register.replace_schools(connection, SCHOOLS)
    return store


def find(app: AppTest, typed: str) -> AppTest:
    next(each for each in app.text_input if each.label == "Name, town or URN").input(typed).run()
    assert not app.exception
    return app


def test_without_a_register_one_line_says_how_to_fill_it(open_page: Open) -> None:
    app = open_page("setup/school.py")
    assert "crestwatch gias update" in shown(app)
    assert "Name, town or URN" not in [each.label for each in app.text_input]


def test_a_school_is_found_chosen_looked_over_and_saved(open_page: Open, filled: Store) -> None:
    app = find(open_page("setup/school.py"), "quillons ferndip")
    next(each for each in app.selectbox if each.label == "Which one?").select_index(0).run()
    assert not app.exception
    assert next(each for each in app.text_input if each.label == "Full name").value == SCHOOLS[0].name
    assert next(each for each in app.text_input if each.label == "Town").value == "Ferndip"
    assert "Open Government Licence v3.0" in shown(app)
    assert data.schools(data.version()) == []
    next(each for each in app.button if each.label == "Save").click().run()
    assert not app.exception
    (saved,) = data.schools(data.version())
    assert (saved.id, saved.urn, saved.trust) == ("st-quillons-cofe-primary-school", "900001", "Quillon Trust")
    assert [each.name for each in saved.namesakes] == ["St Quillon's School"]


def test_a_shared_name_is_warned_of(open_page: Open, filled: Store) -> None:
    app = find(open_page("setup/school.py"), "900002")
    assert not app.info
    next(each for each in app.selectbox if each.label == "Which one?").select_index(0).run()
    assert app.info[0].value.startswith("1 other school in England shares this name")


def test_a_name_of_its_own_is_not_warned_of(open_page: Open, filled: Store) -> None:
    app = find(open_page("setup/school.py"), "brightmoor")
    choice = next(each for each in app.selectbox if each.label == "Which one?")
    assert choice.options == ["Brightmoor Academy, Odham, 900003, closed"]
    choice.select_index(0).run()
    assert not app.info


def test_nothing_found_is_said(open_page: Open, filled: Store) -> None:
    assert "No school in the register fits" in shown(find(open_page("setup/school.py"), "nowhere at all"))
