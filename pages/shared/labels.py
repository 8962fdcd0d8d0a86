"""The labels of a post about us in words on screen; why there are none, where it could not be read."""

from collections.abc import Mapping
from typing import Any

from core.taxonomy import ON_SCREEN, Outcome, Risk, Sentiment, Severity
from pages.shared import charts
from pages.shared.languages import language_on_screen

Row = Mapping[Any, Any]
"""A post about us as a query gives it, by column."""

NOT_READ = "not-read-yet"
UNSURE = "unsure"
_LANGUAGE = "language: "
_WHY_NONE = {
    UNSURE: "Not sure how it speaks.",
    "no words": "No words to judge.",
    NOT_READ: "Not read yet: the model’s files are missing.",
}
"""By what is kept beside a judgement whose labels are a guess."""


def why_none(abstained: str | None) -> str:
    """Why labels are not shown, in a sentence; empty where they are."""
    if not abstained:
        return ""
    if abstained.startswith(_LANGUAGE):
        return f"Not judged: {language_on_screen(abstained.removeprefix(_LANGUAGE))}."
    return _WHY_NONE.get(abstained, "Not judged.")


def speaks(row: Row) -> bool:
    """Whether how it speaks is shown: somebody else’s post that was read surely."""
    return not row["own"] and not row["abstained"]


def labelled(row: Row) -> bool:
    """Whether its risks are shown. One that may be happy or unhappy can carry a risk all the same."""
    return row["outcome"] != Outcome.NOT_OURS and row["abstained"] in (None, UNSURE)


def mood(sentiment: str) -> str:
    """Sentiment as mark and word: colour is never alone."""
    label = Sentiment(sentiment)
    return f"{charts.MARK[label]} {ON_SCREEN[label]}"


def how_it_speaks(row: Row) -> str:
    """Its sentiment, in a word of a list."""
    if speaks(row):
        return mood(row["sentiment"])
    return "Not sure" if row["abstained"] == UNSURE and not row["own"] else ""


def what_it_is(row: Row) -> str:
    """Its risks and what it asks; why there are none to show, where it was not read."""
    if not labelled(row):
        return why_none(row["abstained"]).removesuffix(".")
    return ", ".join(ON_SCREEN[each] for each in (*row["risks"], *row["marks"]))


def how_soon(row: Row) -> str:
    """How soon somebody must look; empty where nobody must."""
    return ON_SCREEN[row["severity"]] if labelled(row) and row["severity"] != Severity.NONE else ""


def in_a_line(row: Row) -> str:
    """What it is and how soon: `Threat, Hate · How soon: Today`. Empty where there is nothing to say."""
    soon = how_soon(row)
    return " · ".join(part for part in (what_it_is(row), f"How soon: {soon}" if soon else "") if part)


def foremost(row: Row) -> str:
    """The label that a question about its words is about: its likeliest risk, without one how it speaks."""
    return str(max(row["risks"], key=lambda risk: row["risk_scores"].get(risk, 0.0), default=row["sentiment"]))


def more_than_unhappy(row: Row) -> bool:
    """Whether it carries any risk beside a complaint."""
    return labelled(row) and any(risk != Risk.COMPLAINT for risk in row["risks"])
