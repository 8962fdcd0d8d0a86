"""How a post reads: what was read out of it, whether that was right, and which of its words made it so."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from analysis.relabels import Reading
from analysis.rules import OWN_RULES, RULES
from casework import relabels
from core.taxonomy import ON_SCREEN, Lane, Mark, Outcome, Risk, Sentiment, Severity
from core.weeks import utc_now
from pages.shared import acts, data, labels, ui
from pages.shared.access import Person

Post = Mapping[str, Any]
"""One post as `data.post` gives it."""

RELABEL = "relabel"
POINTED_AT = frozenset({rule.feature for rule in (*RULES, *OWN_RULES)} | {"not_like_itself", "learned", RELABEL})
"""Features of the sentences that say how a post reads; all others say whether it is about us."""
QUESTIONS = ("Does it disrupt the school?", "Threaten anyone?", "Harm our name?")
"""The tests that a policy applies. People answer them, nothing here does."""
LEAST_CHANCE = 0.05
_ASKED = {
    Mark.QUESTION: "A question to us.",
    Mark.MEDIA_ENQUIRY: "The press asks. Nobody answers before the headteacher knows.",
    Mark.WHISTLEBLOWING: "Possibly whistleblowing. Tell the whistleblowing officer, and nobody looks for who wrote it.",
}


def how_it_reads(post: Post) -> None:
    """Its labels in words, why where there are none, and what in it can be pointed at."""
    if post["outcome"] == Outcome.NOT_OURS:
        return
    st.markdown("**How it reads**")
    if post["own"]:
        st.text("Our own post: no opinion about us. It is only checked.")
    elif post["abstained"]:
        st.text(labels.why_none(post["abstained"]))
    else:
        st.text(f"It sounds: {labels.mood(post['sentiment'])}.")
    if labels.labelled(post):
        _risks(post)
    elif post["lane"] == Lane.SAFEGUARDING:
        st.text("There may be a sign of danger in it: please check.")
    for reason in post["reasons"]:
        if reason["feature"] in POINTED_AT:
            st.text(reason["sentence"])
    if labels.more_than_unhappy(post):
        st.text(f"Ask yourself: {' '.join(QUESTIONS)}")


def scores(post: Post) -> None:
    """How likely each label was thought, for "How we got this"."""
    if post["outcome"] == Outcome.NOT_OURS or not labels.labelled(post):
        return
    likely = sorted(post["risk_scores"].items(), key=lambda each: -each[1])
    chances = {} if post["own"] else {label: post["sentiment_scores"].get(label, 0.0) for label in Sentiment}
    chances |= {risk: chance for risk, chance in likely if chance >= LEAST_CHANCE}
    if chances:
        st.text("How likely each label is, as it was read. Risks under 5% are left out.")
        rows = [{"Label": ON_SCREEN[label], "How likely": f"{chance:.0%}"} for label, chance in chances.items()]
        ui.table(pd.DataFrame(rows), alt="How likely each label is")


def right_or_not(post: Post, person: Person) -> None:
    """ "Did we read it right?": shown at once, counted, learned from when somebody asks for it."""
    if post["own"] or post["outcome"] == Outcome.NOT_OURS or post["abstained"] == labels.NOT_READ:
        return
    if any(reason["feature"] == RELABEL for reason in post["reasons"]):
        if st.button("Take that back", key=f"take the reading of {post['id']} back"):
            relabels.take_back(data.store(), post["id"], post["school_id"], by=person.name, role=person.role, now=utc_now())
            st.rerun()
        return
    if not post["abstained"]:
        st.markdown("**Did we read it right?**")
        if st.button("Yes, that is right", key=f"read right {post['id']}"):
            _say(post, _as_read(post), person)
    with st.expander("Say how it reads" if post["abstained"] else "No: say how it reads"):
        _form(post, person)


def telling_words(post: Post, person: Person) -> None:
    """Which words moved its foremost label most, asked of the worker; and a made-up post like it."""
    if not post["text"] or post["gone_at"] or post["own"] or post["abstained"] or post["outcome"] == Outcome.NOT_OURS:
        return
    about = {"post": post["id"], "school": post["school_id"], "label": labels.foremost(post)}
    if (job := ui.own_job("explain")) and job.arguments == about:
        ui.watch_job(job.id, "The words that moved it most stand below the post.")
    elif st.button("Which words moved it most?", key=f"words of {post['id']}"):
        st.session_state["job"] = acts.ask("explain", about, person.name)
        st.rerun()
    if found := data.explained(post["id"]):
        _words(post["text"], found)


def _risks(post: Post) -> None:
    named = [ON_SCREEN[risk] for risk in _named(post)]
    st.text(f"What it is: {', '.join(named)}." if named else "No risk was seen in it.")
    if soon := labels.how_soon(post):
        st.text(f"How soon: {soon}.")
    for mark in post["marks"]:
        st.text(_ASKED[Mark(mark)])


def _named(post: Post) -> tuple[Risk, ...]:
    return tuple(Risk(risk) for risk in post["risks"])


def _as_read(post: Post) -> Reading:
    return Reading(sentiment=Sentiment(post["sentiment"]), risks=_named(post), severity=Severity(post["severity"]))


def _form(post: Post, person: Person) -> None:
    """How it reads, in a person's word; what was read stands there to be changed, and nothing where nothing is shown."""
    read = not post["abstained"]
    moods, times = list(Sentiment), list(Severity)
    with st.form(f"reading of {post['id']}", border=False):
        sentiment = st.radio(
            "How it speaks",
            moods,
            index=moods.index(Sentiment(post["sentiment"])) if read else None,
            format_func=labels.mood,
            horizontal=True,
        )
        risks = st.multiselect(
            "What it is", list(Risk), default=_named(post) if read else (), format_func=lambda risk: ON_SCREEN[risk]
        )
        severity = st.selectbox(
            "How soon",
            times,
            index=times.index(Severity(post["severity"])) if read else 0,
            format_func=lambda each: ON_SCREEN[each],
            help="How soon somebody must look. “Unhappy with the school” alone is only ever noted.",
        )
        if not st.form_submit_button("Save how it reads"):
            return
    if sentiment is None:
        ui.problem("Choose how it speaks, then save again.")
        return
    _say(post, Reading(sentiment=sentiment, risks=tuple(risks), severity=severity), person)


def _say(post: Post, said: Reading, person: Person) -> None:
    relabels.say(data.store(), post["id"], post["school_id"], said, by=person.name, role=person.role, now=utc_now())
    if data.post(post["id"], [post["school_id"]], person.hidden_lanes) is None:
        st.success("Saved. The post is with the safeguarding lead alone now; you will not find it here again.")
    else:
        st.rerun()


def _words(text: str, found: Mapping[str, Any]) -> None:
    label = ON_SCREEN[found["label"]]
    if found["words"]:
        st.text(f"These words moved “{label}” most: + speak for it, − against it.")
    else:
        st.text(f"No single word moved “{label}” much.")
    for start, end, moves in found["words"]:
        st.text(f"{'+' if moves > 0 else '−'} {text[start:end]}")
    if found["example"]:
        st.text("A made-up post like it that we labelled so:")
        st.text(f"“{found['example']['text']}”")
