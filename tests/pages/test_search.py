"""Finding posts by what they are: the filters, kept in the address, and the columns of the list."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.settings import settings
from core.taxonomy import Lane, Mark, Outcome, Risk, Sentiment, Severity
from store.store import Store
from tests.pages.conftest import Open
from tests.pages.judged import tell
from tests.store.fictional import with_schools

PAGE = "watch/posts.py"


@pytest.fixture
def judged(store: Store) -> Store:
    with_schools(store)
    facts: dict[str, dict[str, Any]] = {
        "burn it down": {"risks": (Risk.THREAT, Risk.HATE), "severity": Severity.HIGH, "lane": Lane.ALERT},
        "when does term start": {"marks": (Mark.QUESTION,), "lane": Lane.ALERT},
        "the car park": {"risks": (Risk.COMPLAINT,), "severity": Severity.LOW, "lane": Lane.CRITICISM},
        "lovely fair": {"sentiment": Sentiment.POSITIVE, "lane": Lane.PRAISE},
        "dzień dobry": {"abstained": "language: pl", "risks": (Risk.SCAM,), "severity": Severity.HIGH},
        "grove, maybe": {"outcome": Outcome.AMBIGUOUS},
        "for the lead": {"risks": (Risk.SAFEGUARDING,), "severity": Severity.HIGH, "lane": Lane.SAFEGUARDING},
    }
    for hours, (text, about) in enumerate(facts.items()):
        tell(store, text, 24 + hours, **about)
    return store


def found(app: AppTest) -> list[str]:
    """What the posts of the list say, newest first."""
    return [each.strip("“”") for table in app.dataframe for each in table.value["What it says"]]


def choose(app: AppTest, label: str, *chosen: str) -> None:
    next(each for each in app.multiselect if each.label == label).set_value(list(chosen)).run()
    assert not app.exception


def test_the_list_says_what_each_post_is_and_how_soon(open_page: Open, judged: Store) -> None:
    table = open_page(PAGE).dataframe[0].value

    assert table[["What it says", "What it is", "How soon", "How it speaks"]].to_numpy().tolist() == [
        ["“dzień dobry”", "Not judged: Polish", "", ""],
        ["“lovely fair”", "", "", "▲ Happy"],
        ["“the car park”", "Unhappy with the school", "Note it", "■ Neither"],
        ["“when does term start”", "A question to us", "", "■ Neither"],
        ["“burn it down”", "Threat, Hate", "Today", "■ Neither"],
    ]


def test_posts_are_found_by_any_of_their_risks_by_hand_or_from_the_address(open_page: Open, judged: Store) -> None:
    app = open_page(PAGE)
    choose(app, "What it is", Risk.HATE, Risk.COMPLAINT)

    assert found(app) == ["the car park", "burn it down"]
    assert found(open_page(PAGE, what="Hate")) == ["burn it down"]


def test_what_needs_someone_is_a_kind(open_page: Open, judged: Store) -> None:
    app = open_page(PAGE, kind="Needs someone")

    assert found(app) == ["when does term start", "burn it down"]
    assert [each.value for each in app.multiselect if each.label == "Kind"] == [[Lane.ALERT]]


def test_only_the_safeguarding_lead_has_their_own_kind(open_page: Open, judged: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = open_page(PAGE, kind="Safeguarding lead only")
    assert [each.options for each in hidden.multiselect if each.label == "Kind"] == [
        ["Needs someone", "Opinions", "Good news", "Nothing for us"]
    ]
    assert "for the lead" not in found(hidden)

    monkeypatch.setenv("CRESTWATCH_LOCAL_ROLES", '["safeguarding"]')
    settings.cache_clear()
    assert found(open_page(PAGE, kind="Safeguarding lead only")) == ["for the lead"]


def test_rarer_filters_are_folded_away_until_one_is_in_use(open_page: Open, judged: Store) -> None:
    def folded(**address: str) -> bool:
        [more] = [each for each in open_page(PAGE, **address).expander if each.label == "More filters"]
        assert [each.label for each in (*more.selectbox, *more.multiselect)] == ["About us?", "How it speaks", "Where"]
        return not more.proto.expanded

    assert folded()
    assert folded(what="Threat")
    assert not folded(about="Might be us")
    assert not folded(mood="▲ Happy")
    assert found(open_page(PAGE, about="Might be us")) == ["grove, maybe"]
