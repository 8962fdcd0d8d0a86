"""Set-up, Accuracy: how often posts were read right, in words before numbers; learning from it, and taking that back."""

from collections.abc import Sequence

import pytest

from analysis.relabels import Reading
from casework import relabels
from core.taxonomy import Risk, Role, Sentiment, Severity
from core.weeks import on_screen
from pages.shared import data
from store import decisions, requests
from store.engine import reading, writing
from store.store import Store
from tests.pages.conftest import Open
from tests.pages.judged import NOW, press, pressable, said, tell
from tests.store.fictional import with_schools

PAGE = "setup/accuracy.py"
LEARN = "Learn from what you said"


@pytest.fixture
def schools(store: Store) -> Store:
    return with_schools(store)


def mark(
    store: Store, was: Sequence[Risk], so: Sequence[Risk], times: int = 1, *, school: str = "grove", happy: bool = False
) -> None:
    """So many posts that were read as neither happy nor unhappy with these risks, and what a person said of each."""
    for number in range(times):
        severity = Severity.HIGH if was else Severity.NONE
        post = tell(store, f"{school} {was} {so} {happy} {number}", school=school, risks=tuple(was), severity=severity)
        reads = Reading(sentiment=Sentiment.POSITIVE if happy else Sentiment.NEUTRAL, risks=tuple(so), severity=Severity.HIGH)
        relabels.say(store, post, school, reads, by="Test", role=Role.HEAD, now=NOW)


def learn(store: Store, kept: bool) -> None:
    """What was learned last, as the worker keeps it."""
    row = {"answers": 8, "loss_before": 4.0, "loss_after": 3.0, "kept": int(kept), "points": {"threat": {"burn": 1.0}}}
    with writing(store.engine) as connection:
        decisions.save_correction(connection, "grove", row, now=NOW, kind=decisions.TONE)


def test_before_anything_is_marked_it_says_what_to_do(open_page: Open, schools: Store) -> None:
    app = open_page(PAGE)

    assert said(app)[0].startswith("Nothing has been marked yet. Open a post, and press “Yes, that is right”")
    assert not app.table
    assert LEARN not in pressable(app)


def test_how_often_it_was_right_stands_in_words(open_page: Open, schools: Store) -> None:
    mark(schools, [Risk.THREAT], [Risk.THREAT], 5)
    mark(schools, [Risk.THREAT], [])
    mark(schools, [], [Risk.THREAT, Risk.HATE])
    mark(schools, [], [], 2, happy=True)
    lines = said(open_page(PAGE))

    assert lines[0] == "Of the last 9 you marked, 5 were read right."
    for line in (
        "Threat: 5 of 6 that we named were so; 1 we missed.",
        "Hate: we named none; 1 we missed.",
        "Neither: 7 of 9 that we named were so.",
        "Happy: we named none; 2 we missed.",
    ):
        assert line in lines, line
    assert not any(line.startswith("Unhappy") for line in lines)


def test_details_have_intervals_and_what_was_taken_for_what(open_page: Open, schools: Store) -> None:
    mark(schools, [Risk.THREAT], [Risk.THREAT], 5)
    mark(schools, [Risk.THREAT], [])
    mark(schools, [], [], 2, happy=True)
    [closed] = [each for each in open_page(PAGE).expander if each.label == "Details"]
    kinds, matrix = (each.value for each in closed.table)

    [threat] = kinds[kinds["Kind"] == "Threat"].to_numpy().tolist()
    assert threat == ["Threat", "6", "5 \\(44\\% to 97\\%\\)", "5", "5 \\(57\\% to 100\\%\\)"]
    assert matrix.to_numpy().tolist() == [
        ["▼ Unhappy", "0", "0", "0"],
        ["■ Neither", "0", "6", "2"],
        ["▲ Happy", "0", "0", "0"],
    ]
    assert list(matrix.columns) == ["We read", "You said Unhappy", "You said Neither", "You said Happy"]
    assert closed.text[0].value == "Read right: 5 of 8. The true share lies between 31% and 86% (95% sure)."


def test_each_school_is_counted_and_taught_by_itself(open_page: Open, schools: Store) -> None:
    mark(schools, [], [], 2, happy=True)
    mark(schools, [Risk.SCAM], [Risk.SCAM], school="harbour")

    assert said(open_page(PAGE))[0] == "Of the last 3 you marked, 1 was read right."
    harbour = open_page(PAGE, school="harbour")
    assert said(harbour)[0] == "Of the one you marked, 1 was read right."
    assert [each.value for each in harbour.header] == ["By kind", "Learning for Harbour Academy"]

    press(harbour, LEARN)
    job = data.job(1)
    assert job is not None
    assert (job.kind, job.arguments, job.asked_by) == ("relearn", {"school": "harbour"}, "This computer")
    assert next(each for each in harbour.button if each.label == LEARN).disabled

    with writing(schools.engine) as connection:
        requests.finish(connection, 1, failed=False, message="", result={"answers": 1, "kept": []}, now=NOW)
    harbour.run()
    assert [each.value.split(".")[0] for each in harbour.success] == ["Learned"]
    assert not next(each for each in harbour.button if each.label == LEARN).disabled


def test_what_was_learned_can_be_undone_and_what_was_said_stays(open_page: Open, schools: Store) -> None:
    mark(schools, [], [Risk.THREAT])
    learn(schools, kept=True)
    app = open_page(PAGE, school="grove")
    learned = "Learned from 8 marked posts about: Threat. It does better on posts it had not seen."
    assert f"{learned} That was {on_screen(NOW)}." in said(app)

    press(app, "Undo")
    assert data.learned_reading("grove") is None
    assert not any(line.startswith("Learned from") for line in said(app))
    assert said(app)[0].startswith("Of the one you marked")
    with reading(schools.engine) as connection:
        assert requests.last_asked(connection, "judge") is not None


def test_learning_that_did_no_better_says_that_nothing_changed(open_page: Open, schools: Store) -> None:
    mark(schools, [], [Risk.THREAT])
    learn(schools, kept=False)
    app = open_page(PAGE, school="grove")

    assert any("nothing was learned that does better; nothing changed." in line for line in said(app))
    assert "Undo" not in pressable(app)
