"""What people marked as read right or wrong: counted in plain words first, in numbers for whoever asks, and learned from."""

import pandas as pd
import streamlit as st

from analysis.accuracy import Accuracy, Kind, interval
from casework import relabels
from core.taxonomy import ON_SCREEN
from core.types import School
from core.weeks import on_screen, utc_now
from pages.shared import acts, charts, data, labels, places, ui
from pages.shared.access import Person


def nothing_marked() -> None:
    """What to do before there is anything to count."""
    st.text(
        "Nothing has been marked yet. Open a post, and press “Yes, that is right” or say how it reads: then this page counts."
    )
    st.page_link(places.POSTS, label="Go to Posts")


def in_words(found: Accuracy) -> None:
    """How often it was right, together and by kind."""
    last = "one" if found.marked == 1 else f"last {found.marked:,}"
    st.text(f"Of the {last} you marked, {found.right:,} {'was' if found.right == 1 else 'were'} read right.")
    st.text(
        "Right means all of it: how it speaks, what it is and how soon. People mark what strikes them, so the rest may differ."
    )
    st.header("By kind", anchor=False)
    for kind in found.kinds:
        st.text(_sentence(kind))


def details(found: Accuracy) -> None:
    """How sure these numbers are, and which sentiment was taken for which."""
    with st.expander("Details"):
        low, high = interval(found.right, found.marked)
        st.text(
            f"Read right: {found.right:,} of {found.marked:,}. The true share lies between {low:.0%} and {high:.0%} (95% sure)."
        )
        st.text("By kind, with the shares between which the true one lies, 95% sure (Wilson).")
        ui.table(pd.DataFrame([_row(kind) for kind in found.kinds]), alt="How often each kind was named, right and missed")
        st.text("How it speaks: each line is how we read it, each column what you said, in posts.")
        ui.table(_matrix(found), alt="How it speaks, as we read it and as you said")


def learning(school: School, person: Person) -> None:
    """Learn from what was said for a school; what was learned last, with the way back."""
    marked, last = len(data.relabelled([school.id])), data.learned_reading(school.id)
    if not marked and last is None:
        return
    st.header(ui.plain(f"Learning for {school.name}"), anchor=False)
    if last is not None:
        st.text(f"{_learned(last.answers, sorted(last.points) if last.kept else [])} That was {on_screen(last.at)}.")
    with st.container(horizontal=True):
        waits = ui.own_job("relearn") is not None
        if marked and st.button("Learn from what you said", key=f"learn for {school.id}", disabled=waits):
            st.session_state["job"] = acts.ask("relearn", {"school": school.id}, person.name)
            st.rerun()
        if last is not None and last.kept and st.button("Undo", key=f"undo for {school.id}", help="What you said stays."):
            relabels.undo(data.store(), school, by=person.name, now=utc_now())
            st.rerun()


def _sentence(kind: Kind) -> str:
    """`Threat: 5 of 6 that we named were so; 1 we missed.`"""
    missed = f"; {kind.missed:,} we missed" if kind.missed else ""
    if not kind.named:
        return f"{ON_SCREEN[kind.label]}: we named none{missed}."
    were = "was" if kind.right == 1 else "were"
    return f"{ON_SCREEN[kind.label]}: {kind.right:,} of {kind.named:,} that we named {were} so{missed}."


def _row(kind: Kind) -> dict[str, str]:
    return {
        "Kind": ON_SCREEN[kind.label],
        "Named": f"{kind.named:,}",
        "Of these it was so": _share(kind.right, kind.named),
        "It was so": f"{kind.there:,}",
        "Of these we named": _share(kind.right, kind.there),
    }


def _share(right: int, of: int) -> str:
    if not of:
        return "none to count"
    low, high = interval(right, of)
    return f"{right:,} ({low:.0%} to {high:.0%})"


def _matrix(found: Accuracy) -> pd.DataFrame:
    """Posts by how they were read (lines) and what people said (columns)."""
    return pd.DataFrame(
        [
            {"We read": labels.mood(was)}
            | {f"You said {ON_SCREEN[said]}": str(found.sentiment.get((was, said), 0)) for said in charts.SENTIMENTS}
            for was in charts.SENTIMENTS
        ]
    )


def _learned(posts: int, kept: list[str]) -> str:
    """What came of learning, in a sentence."""
    marked = f"{posts:,} marked {'post' if posts == 1 else 'posts'}"
    if not kept:
        return f"From {marked} nothing was learned that does better; nothing changed."
    names = ", ".join(ON_SCREEN[label] for label in kept)
    return f"Learned from {marked} about: {names}. It does better on posts it had not seen."
