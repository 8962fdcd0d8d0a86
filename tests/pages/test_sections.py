"""What needs someone, on This week."""

import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.taxonomy import Lane, Risk, Severity
from core.types import Reach
from store.store import Store
from tests.pages.conftest import Open
from tests.pages.judged import LAST_WEEK, NOW, said, tell
from tests.store.fictional import about, incoming, keep, post, with_schools

PAGE = "watch/week.py"


@pytest.fixture
def schools(store: Store) -> Store:
    return with_schools(store)


def alert(store: Store, text: str, severity: Severity = Severity.MEDIUM, hours: int = 24, **facts: Any) -> None:
    known: dict[str, Any] = {"risks": (Risk.THREAT,), "severity": severity, "lane": Lane.ALERT}
    tell(store, text, hours, **{**known, **facts})


def links(app: AppTest, label: str) -> list[str]:
    """Where the links of this label lead, as they stand in the address."""
    return [each.proto.query_string for each in app.get("page_link") if each.proto.label == label]


def cards(app: AppTest) -> list[str]:
    """What the posts below “What needs someone” say, in order."""
    lines = said(app)
    first = next(number for number, line in enumerate(lines) if re.search("needs? someone this week", line))
    last = next(number for number, line in enumerate(lines) if line.startswith(("No platform said", "No praise")))
    return [line.strip("“”") for line in lines[first:last] if line.startswith("“")]


def test_what_is_most_severe_comes_first_with_what_it_is_and_how_soon(open_page: Open, schools: Store) -> None:
    alert(schools, "this week", Severity.MEDIUM, 40)
    alert(schools, "at once", Severity.CRITICAL, 24)
    alert(schools, "today", Severity.HIGH, 30, risks=(Risk.DISORDER, Risk.HATE))
    tell(schools, "only an opinion", 50, risks=(Risk.COMPLAINT,), severity=Severity.LOW, lane=Lane.CRITICISM)
    app = open_page(PAGE)

    assert "3 posts need someone this week." in said(app)
    assert cards(app) == ["at once", "today", "this week"]
    for line in ("Threat · How soon: Now", "Could disrupt the day, Hate · How soon: Today"):
        assert line in said(app), line


def test_the_link_leads_to_just_these_posts(open_page: Open, schools: Store) -> None:
    alert(schools, "ours")
    alert(schools, "theirs", school="harbour")
    alert(schools, "a week before", hours=-24)

    app = open_page(PAGE)
    assert links(app, "See it in Posts") == [f"kind=Needs+someone&week={LAST_WEEK}"]
    found = open_page("watch/posts.py", kind="Needs someone", week=str(LAST_WEEK))
    assert "2 posts fit." in said(found)
    app.selectbox[0].set_value("harbour").run()
    assert links(app, "See it in Posts") == [f"kind=Needs+someone&week={LAST_WEEK}&school=harbour"]


def test_no_more_than_five_stand_there(open_page: Open, schools: Store) -> None:
    for number in range(7):
        alert(schools, f"number {number}", hours=24 + number)
    app = open_page(PAGE)

    assert "7 posts need someone this week." in said(app)
    assert cards(app) == [f"number {number}" for number in (6, 5, 4, 3, 2)]
    assert len(links(app, "See all that needs someone")) == 1


def test_a_post_about_two_schools_stands_there_for_each(open_page: Open, schools: Store) -> None:
    danger: dict[str, Any] = {"risks": (Risk.THREAT,), "severity": Severity.HIGH, "lane": Lane.ALERT}
    said_of_both = post("both", "both", created_at=LAST_WEEK.start, retrieved_at=NOW, reach=Reach(views=9))
    keep(schools, incoming(said_of_both, about("grove", **danger), about("harbour", **danger)), now=NOW)

    assert cards(open_page(PAGE)) == ["both", "both", "both", "both"]  # twice among the biggest, too


def test_a_week_in_which_nothing_needs_someone_says_so(open_page: Open, schools: Store) -> None:
    tell(schools, "lovely fair")

    assert "No post needs someone this week." in said(open_page(PAGE))


def test_where_posts_are_not_read_nobody_says_that_none_needs_someone(open_page: Open, schools: Store) -> None:
    tell(schools, "burn it down", abstained="not-read-yet")
    app = open_page(PAGE)

    assert "No post needs someone this week." not in said(app)
    assert any("posts are not read yet" in line for line in said(app))


def test_what_was_referred_stays_a_number(open_page: Open, schools: Store) -> None:
    alert(schools, "seen")
    tell(schools, "a child", 30, risks=(Risk.SAFEGUARDING,), severity=Severity.CRITICAL, lane=Lane.SAFEGUARDING)
    app = open_page(PAGE)

    assert [each.value for each in app.info] == ["1 item was referred to the safeguarding lead."]
    assert cards(app) == ["seen"]
