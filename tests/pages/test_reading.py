"""How a post reads, said on its page: labels, why there are none, what a person says of it, and which words moved it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from analysis.relabels import Reading
from casework import relabels
from core.settings import settings
from core.taxonomy import Lane, Mark, Outcome, Risk, Role, Sentiment, Severity
from core.types import Reason
from core.weeks import utc_now
from pages.shared import data
from store import decisions, requests
from store.engine import reading, writing
from store.store import Store
from store.tables import judgements, posts, versions
from tests.pages.conftest import Open
from tests.pages.judged import NOW, press, pressable, said, tell
from tests.store.fictional import with_schools

BURN = "I will burn that office down on Friday, and Mr Vole with it"
PAGE = "watch/posts.py"
QUESTIONS = "Ask yourself: Does it disrupt the school? Threaten anyone? Harm our name?"
RIGHT, WRONG, BACK = "Yes, that is right", "Save how it reads", "Take that back"
WORDS = "Which words moved it most?"


@pytest.fixture
def schools(store: Store) -> Store:
    return with_schools(store)


@pytest.fixture
def threat(schools: Store) -> int:
    return tell(
        schools,
        BURN,
        sentiment=Sentiment.NEGATIVE,
        sentiment_scores={"negative": 0.91, "neutral": 0.06, "positive": 0.03},
        risks=(Risk.THREAT, Risk.HARASSMENT),
        risk_scores={"threat": 0.97, "harassment": 0.55, "hate": 0.07, "scam": 0.01},
        severity=Severity.HIGH,
        lane=Lane.ALERT,
        reasons=(
            Reason(feature="name", score=3.2, sentence="It says the full name."),
            Reason(feature="mobile_number", score=0.0, sentence="It gives a mobile number."),
        ),
    )


def judged(store: Store, post_id: int) -> Any:
    with reading(store.engine) as connection:
        return connection.execute(select(judgements).where(judgements.c.post_id == post_id)).one()


def decided(store: Store) -> int:
    with reading(store.engine) as connection:
        return len(decisions.newest_of(connection, ["grove"], kind=decisions.TONE, limit=10))


def explain(store: Store, post_id: int, result: dict[str, Any], *, failed: bool = False) -> None:
    """What the worker answers."""
    with writing(store.engine) as connection:
        number = requests.ask(
            connection, "explain", {"post": post_id, "school": "grove", "label": "threat"}, by="Test", now=utc_now()
        )
        requests.finish(connection, number, failed=failed, message="", result=result, now=utc_now())


def moved(words: Sequence[Sequence[float]], example: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"label": "threat", "words": words, "example": example}


def test_labels_stand_in_words_with_what_can_be_pointed_at(open_page: Open, threat: int) -> None:
    app = open_page(PAGE, post=str(threat))
    lines = said(app)

    for line in (
        "It goes to: Needs someone.",
        "It sounds: ▼ Unhappy.",
        "What it is: Threat, Abuse of a person.",
        "How soon: Today.",
        "It gives a mobile number.",
        QUESTIONS,
    ):
        assert line in lines, line
    assert "+ It says the full name." in lines
    assert not any(line.startswith("+ It gives") for line in lines)


def test_scores_stand_only_under_how_we_got_this(open_page: Open, threat: int) -> None:
    app = open_page(PAGE, post=str(threat))

    [closed] = [each for each in app.expander if each.label == "How we got this"]
    weights, chances = (each.value for each in closed.table)
    assert weights["What"].tolist() == ["It says the full name\\."]
    assert chances["Label"].tolist() == ["Unhappy", "Neither", "Happy", "Threat", "Abuse of a person", "Hate"]
    assert chances["How likely"].tolist() == ["91\\%", "6\\%", "3\\%", "97\\%", "55\\%", "7\\%"]
    assert not any("97%" in line for line in said(app))


@pytest.mark.parametrize(
    ("abstained", "sentence"),
    [
        ("unsure", "Not sure how it speaks."),
        ("language: pl", "Not judged: Polish."),
        ("no words", "No words to judge."),
        ("not-read-yet", "Not read yet: the model’s files are missing."),
    ],
)
def test_where_it_was_not_read_there_is_no_label_but_why(
    open_page: Open, schools: Store, abstained: str, sentence: str
) -> None:
    guess: dict[str, Any] = {"sentiment": Sentiment.NEGATIVE, "sentiment_scores": {"negative": 0.9}}
    if abstained != "unsure":
        guess |= {"risks": (Risk.THREAT,), "risk_scores": {"threat": 0.9}, "severity": Severity.HIGH}
    app = open_page(PAGE, post=str(tell(schools, "Cześć, szkoło", abstained=abstained, **guess)))
    shown = [line for line in said(app) if not line.endswith("fits.")]

    assert sentence in shown
    assert QUESTIONS not in shown
    for word in ("Unhappy", "Threat", "Today"):
        assert not any(word in line for line in shown), word
    assert RIGHT not in pressable(app)
    assert WORDS not in pressable(app)
    assert ("Say how it reads" in [each.label for each in app.expander]) == (abstained != "not-read-yet")
    if abstained != "not-read-yet":
        [radio] = [each for each in app.radio if each.label == "How it speaks"]
        assert radio.value is None


def test_a_complaint_is_asked_no_questions_and_a_happy_post_has_no_risk(open_page: Open, schools: Store) -> None:
    complaint = tell(schools, "The car park again", risks=(Risk.COMPLAINT,), severity=Severity.LOW, lane=Lane.CRITICISM)
    happy = tell(schools, "Thank you, Grove", sentiment=Sentiment.POSITIVE, lane=Lane.PRAISE)

    unhappy = said(open_page(PAGE, post=str(complaint)))
    assert "What it is: Unhappy with the school." in unhappy
    assert "How soon: Note it." in unhappy
    assert QUESTIONS not in unhappy
    assert "No risk was seen in it." in said(open_page(PAGE, post=str(happy)))


def test_what_it_asks_is_said_with_who_may_answer(open_page: Open, schools: Store) -> None:
    asking = tell(schools, "I write for the Courier", marks=tuple(Mark), lane=Lane.ALERT)
    lines = said(open_page(PAGE, post=str(asking)))

    assert "A question to us." in lines
    assert "The press asks. Nobody answers before the headteacher knows." in lines
    assert any(line.startswith("Possibly whistleblowing. ") for line in lines)


def test_our_own_post_is_checked_and_not_an_opinion(open_page: Open, schools: Store) -> None:
    named = Reason(feature="pupil_named", score=0.0, sentence="Our own post seems to give a pupil’s first and last name.")
    facts: dict[str, Any] = {"risks": (Risk.PRIVACY,), "severity": Severity.MEDIUM, "sentiment": Sentiment.POSITIVE}
    app = open_page(PAGE, post=str(tell(schools, "Well done Ada Finch", own=True, reasons=(named,), **facts)))

    assert "Our own post: no opinion about us. It is only checked." in said(app)
    assert "What it is: Someone’s private details." in said(app)
    assert named.sentence in said(app)
    assert not any("Happy" in line for line in said(app))
    assert not {RIGHT, WRONG, WORDS} & set(pressable(app))


def test_a_post_about_somebody_else_is_not_read_out(open_page: Open, schools: Store) -> None:
    other = tell(schools, "Grove Park bus station", outcome=Outcome.NOT_OURS, risks=(Risk.THREAT,), severity=Severity.HIGH)
    app = open_page(PAGE, post=str(other))

    assert "**How it reads**" not in [each.value for each in app.markdown]
    assert not any("Threat" in line for line in said(app))
    assert not {RIGHT, WRONG, WORDS} & set(pressable(app))


def test_that_it_was_read_right_is_kept_and_taken_back(open_page: Open, schools: Store, threat: int) -> None:
    app = press(open_page(PAGE, post=str(threat)), RIGHT)

    [relabel] = relabels.said(schools, ["grove"])
    assert relabel.right
    assert "Somebody here said how it reads." in said(app)
    assert RIGHT not in pressable(app)

    press(app, BACK)
    assert decided(schools) == 0
    assert "Somebody here said how it reads." not in said(app)
    assert RIGHT in pressable(app)
    assert BACK not in pressable(app)


def test_how_it_reads_in_a_persons_word_is_shown_at_once(open_page: Open, schools: Store, threat: int) -> None:
    app = open_page(PAGE, post=str(threat))
    [mood] = [each for each in app.radio if each.label == "How it speaks"]
    [kinds] = [each for each in app.multiselect if each.label == "What it is" and each.value]
    [soon] = [each for each in app.selectbox if each.label == "How soon"]
    assert (mood.value, kinds.value, soon.value) == (Sentiment.NEGATIVE, [Risk.THREAT, Risk.HARASSMENT], Severity.HIGH)

    mood.set_value(Sentiment.NEUTRAL)
    kinds.set_value([Risk.DISORDER])
    soon.set_value(Severity.MEDIUM)
    press(app, WRONG)

    for line in ("It sounds: ■ Neither.", "What it is: Could disrupt the day.", "How soon: This week."):
        assert line in said(app), line
    row = judged(schools, threat)
    assert (row.sentiment, row.risks, row.severity, row.lane) == ("neutral", ["disorder"], "medium", "alert")
    [relabel] = relabels.said(schools, ["grove"])
    assert not relabel.right
    assert relabel.was == Reading(sentiment=Sentiment.NEGATIVE, risks=(Risk.THREAT, Risk.HARASSMENT), severity=Severity.HIGH)


def test_a_post_that_was_not_read_is_told_how_it_speaks_before_it_is_saved(open_page: Open, schools: Store) -> None:
    app = open_page(PAGE, post=str(tell(schools, "Cześć, szkoło", abstained="language: pl")))
    press(app, WRONG)
    assert app.error[0].value.startswith("Choose how it speaks")
    assert decided(schools) == 0

    next(each for each in app.radio if each.label == "How it speaks").set_value(Sentiment.POSITIVE)
    press(app, WRONG)
    assert "It sounds: ▲ Happy." in said(app)
    assert not any("Not judged" in line for line in said(app))


def test_what_becomes_the_safeguarding_leads_is_said_once_and_then_gone(open_page: Open, schools: Store, threat: int) -> None:
    app = open_page(PAGE, post=str(threat))
    next(each for each in app.multiselect if each.label == "What it is" and each.value).set_value([Risk.SAFEGUARDING])
    press(app, WRONG)

    assert ["with the safeguarding lead alone" in each.value for each in app.success] == [True]
    assert judged(schools, threat).lane == Lane.SAFEGUARDING
    assert "This post is not here" in "".join(said(open_page(PAGE, post=str(threat))))


def test_the_safeguarding_lead_is_asked_to_check_what_could_not_be_read(
    open_page: Open, schools: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRESTWATCH_LOCAL_ROLES", '["safeguarding"]')
    settings.cache_clear()
    facts: dict[str, Any] = {"abstained": "language: pl", "risks": (Risk.THREAT,), "severity": Severity.HIGH}
    lines = said(open_page(PAGE, post=str(tell(schools, "Spalę tę szkołę", lane=Lane.SAFEGUARDING, **facts))))

    assert "Not judged: Polish." in lines
    assert "There may be a sign of danger in it: please check." in lines
    assert not any("Threat" in line for line in lines)


def test_words_are_asked_of_the_worker_for_the_likeliest_risk(open_page: Open, schools: Store, threat: int) -> None:
    app = press(open_page(PAGE, post=str(threat)), WORDS)

    job = data.job(1)
    assert job is not None
    assert (job.kind, job.arguments) == ("explain", {"post": threat, "school": "grove", "label": "threat"})
    assert WORDS not in pressable(app)

    with writing(schools.engine) as connection:
        requests.finish(connection, 1, failed=False, message="", result=moved([[7, 11, 0.4]]), now=utc_now())
    app.run()
    assert "+ burn" in said(app)
    assert WORDS in pressable(app)


def test_another_job_of_this_sitting_does_not_stand_in_a_post(open_page: Open, schools: Store, threat: int) -> None:
    app = open_page(PAGE, post=str(threat))
    with writing(schools.engine) as connection:
        app.session_state["job"] = requests.ask(connection, "judge", {}, by="Test", now=NOW)
    app.run()

    assert not app.exception
    assert WORDS in pressable(app)


def test_the_words_that_moved_it_stand_with_a_made_up_post_like_it(open_page: Open, schools: Store, threat: int) -> None:
    alike = {"text": "One more letter and I torch the bins", "sentiment": "negative", "risks": ["threat"], "alike": 0.8}
    explain(schools, threat, moved([[7, 11, 0.4], [30, 37, -0.1]], alike))
    explain(schools, threat, moved([[0, 1, 0.9]]), failed=True)
    explain(schools, threat + 1, moved([[0, 1, 0.9]]))
    lines = said(open_page(PAGE, post=str(threat)))

    at = lines.index("These words moved “Threat” most: + speak for it, − against it.")
    assert lines[at + 1 : at + 5] == [
        f"+ {BURN[7:11]}",
        f"− {BURN[30:37]}",
        "A made-up post like it that we labelled so:",
        "“One more letter and I torch the bins”",
    ]


def test_no_word_that_moved_much_is_said_too(open_page: Open, schools: Store, threat: int) -> None:
    explain(schools, threat, moved([]))
    lines = said(open_page(PAGE, post=str(threat)))

    assert "No single word moved “Threat” much." in lines
    assert not any("made-up post" in line for line in lines)


def test_an_answer_about_words_that_were_edited_since_is_not_shown(open_page: Open, schools: Store, threat: int) -> None:
    explain(schools, threat, moved([[7, 11, 0.4]]))
    assert data.explained(threat) is not None
    with writing(schools.engine) as connection:
        seen = utc_now() + timedelta(seconds=1)
        connection.execute(versions.insert().values(post_id=threat, version=1, text=BURN, seen_at=seen))
        connection.execute(update(posts).where(posts.c.id == threat).values(text="Sorry, I was angry", version=2))

    assert data.explained(threat) is None
    assert not any("moved" in line for line in said(open_page(PAGE, post=str(threat))))


def test_nothing_is_explained_where_nobody_asked(schools: Store, threat: int) -> None:
    assert data.explained(threat) is None


def test_who_may_not_read_what_was_referred_cannot_say_how_it_reads(open_page: Open, schools: Store, threat: int) -> None:
    with writing(schools.engine) as connection:
        connection.execute(update(judgements).where(judgements.c.post_id == threat).values(lane=Lane.SAFEGUARDING))
    app = open_page(PAGE, post=str(threat))

    assert not {RIGHT, WRONG, WORDS} & set(pressable(app))
    assert Role.SAFEGUARDING not in settings().local_roles
