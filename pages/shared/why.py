"""Why a post is thought to be about us, and the two buttons that say whether it is."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from casework import answers
from core.taxonomy import Outcome, lane_on_screen
from core.types import School
from core.weeks import utc_now
from pages.shared import data, ui
from pages.shared.access import Person
from pages.shared.reading import POINTED_AT

MOST = 6
"""Reasons shown before "How we got this"."""
FAINTEST = 0.1
_TITLES = {
    Outcome.OURS: "**Why we think it is about us**",
    Outcome.AMBIGUOUS: "**Why it might be about us**",
    Outcome.NOT_OURS: "**Why it is not counted as about us**",
}


def reasons(post: Mapping[str, Any]) -> None:
    """Why, in sentences, and where that leads."""
    st.markdown(_TITLES[Outcome(post["outcome"])])
    weighed = [reason for reason in _of_relevance(post) if reason["feature"] not in ("answer", "runner_up")]
    for reason in post["reasons"]:
        if reason["feature"] == "answer":
            st.text(reason["sentence"])
    for reason in [each for each in weighed if abs(each["score"]) >= FAINTEST][:MOST]:
        st.text(f"{'+' if reason['score'] > 0 else '−'} {reason['sentence']}")
    if post["outcome"] != Outcome.OURS:
        for reason in post["reasons"]:
            if reason["feature"] == "runner_up":
                st.text(reason["sentence"])
    st.text(f"It goes to: {lane_on_screen(post['lane'])}.")


def weights(post: Mapping[str, Any]) -> None:
    """What was weighed, in numbers, for "How we got this"."""
    rows = [{"What": each["sentence"], "Weight": f"{each['score']:+.1f}"} for each in _of_relevance(post)]
    ui.table(pd.DataFrame(rows), alt="What was weighed, and how much")
    st.text(f"Together: {post['relevance']:.0%} sure that it is about us. Judged by {post['model']}.")


def answer_buttons(post: Mapping[str, Any], person: Person) -> None:
    """ "About us" and "Not about us": shown at once, learned from, taken back with one click."""
    said = any(reason["feature"] == "answer" for reason in post["reasons"])
    with st.container(horizontal=True):
        if said:
            _button("Take that back", "taken_back", post, person)
        else:
            _button("About us", "us", post, person)
            _button("Not about us", "not_us", post, person)


def learned(person: Person, school: School) -> None:
    """What was learned for a school from answers, with the way back."""
    found = data.correction(school.id)
    if found is None:
        return
    st.header("Learned from your answers", anchor=False)
    if not found.kept:
        st.text(f"From {found.answers} answers nothing was learned that does better; nothing changed.")
        return
    st.text(f"Learned from {found.answers} answers; it does better on answers it had not seen.")
    if st.button("Undo what was learned"):
        answers.undo(data.store(), school, by=person.name, now=utc_now())
        st.rerun()


def _of_relevance(post: Mapping[str, Any]) -> list[Any]:
    return [reason for reason in post["reasons"] if reason["feature"] not in POINTED_AT]


def _button(label: str, said: str, post: Mapping[str, Any], person: Person) -> None:
    if st.button(label, key=f"{said} {post['id']}"):
        answers.answer(data.store(), post["id"], post["school_id"], said, by=person.name, role=person.role, now=utc_now())
        st.rerun()
