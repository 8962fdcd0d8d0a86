"""Pieces that pages are drawn from. What people wrote goes through `st.text` alone: Markdown would make the reader's browser
call the poster's server, and turn a post into a page.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlsplit

import pandas as pd
import streamlit as st

from core.taxonomy import ON_SCREEN, Outcome, platform_on_screen
from core.types import School
from core.weeks import Week, on_screen
from pages.shared import acts, data, labels, places
from pages.shared.access import Person
from pages.shared.labels import Row
from store.requests import Job

_MARKS = re.compile(r"([!-/:-@\[-`{-~])")
_LINKS = re.compile(r"(?<=://)|(?<=www)|(?<=@)", re.IGNORECASE)


def mode() -> str:
    """Whether the page is light or dark."""
    return "dark" if st.context.theme.type == "dark" else "light"


def plain(text: str) -> str:
    """A text that reads the same as Markdown: for headings, notices and tables, which Streamlit draws as that."""
    # Escapes do not keep an address from becoming a link; a character of no width in it does.
    return _MARKS.sub(r"\\\1", _LINKS.sub("\u2060", text))


def problem(text: str) -> None:
    """Say what went wrong. It may quote an address, a file or a platform, so nothing in it is Markdown."""
    st.error(plain(text))


def table(rows: pd.DataFrame, *, alt: str | None = None) -> None:
    """A table in which nothing is Markdown."""
    st.table(rows.map(lambda each: plain(each) if isinstance(each, str) else each), hide_index=True, alt=alt)


def chart(figure: Mapping[str, Any], sentence: str, rows: pd.DataFrame, *, key: str) -> None:
    """A chart with the sentence that says what it shows, and the table behind it."""
    st.text(sentence)
    st.plotly_chart(cast(Any, figure), width="stretch", key=key, config={"displayModeBar": False}, alt=sentence)
    with st.expander("Show as table"):
        table(rows)


def choose_school(schools: list[School], *, key: str = "school") -> list[str]:
    """The whole trust, or one school; in the address of the page. Returns the ids chosen."""
    if len(schools) < 2:
        return [school.id for school in schools]
    names = {"": "All schools", **{school.id: school.name for school in schools}}
    asked = st.query_params.get(key, "")
    options = list(names)
    chosen = st.selectbox(
        "School",
        options,
        index=options.index(asked) if asked in names else 0,
        format_func=names.__getitem__,
        key=f"choose {key}",
    )
    set_param(key, chosen)
    return [school.id for school in schools] if not chosen else [chosen]


def set_param(name: str, value: str) -> None:
    """Keep a choice in the address, so that it can be sent to a colleague; an empty one leaves it."""
    if value:
        if st.query_params.get(name) != value:
            st.query_params[name] = value
    elif name in st.query_params:
        del st.query_params[name]


def who(row: Row, own_name: str | None = None) -> str:
    """Who wrote it, as far as it is shown: a private person has no name here."""
    if row["own"]:
        return own_name or "Our own account"
    if row["platform"] in ("news", "wikipedia", "blog", "podcast"):
        return urlsplit(row["url"] or "").netloc.removeprefix("www.") or platform_on_screen(row["platform"])
    return "A member of the public"


def reach(row: Row) -> str:
    """How big it is, in the platform's own counts: `1,240 views · 32 likes`. Empty where it did not say."""
    said = [
        f"{row[name]:,} {name if row[name] != 1 else name.removesuffix('s').replace('replie', 'reply')}"
        for name in ("views", "likes", "shares", "replies")
        if row.get(name)
    ]
    return " · ".join(said)


def when(row: Row) -> datetime:
    """When it was posted; when we found it, where the platform did not say."""
    return cast(datetime, row["created_at"] or row["retrieved_at"])


def post_card(row: Row, *, key: str) -> None:
    """One post, as big as it is: who, where, when, what it says."""
    with st.container(border=True, key=f"card {key}"):
        parts = (who(row), platform_on_screen(row["platform"]), row["community"] or "", on_screen(when(row)), reach(row))
        st.text(" · ".join(part for part in parts if part))
        st.text(said(row))
        if kind := labels.in_a_line(row):
            st.text(kind)
        st.page_link(places.POSTS, label="See this post", query_params={"post": str(row["id"])})


def said(row: Row) -> str:
    """What a post says; that it is gone, where it is."""
    if row["gone_at"]:
        return "Deleted by its author; our copy was removed."
    if not row["text"]:
        return "Reported without its words: see the screenshot or the original."
    return f"“{row['text']}”"


def about(outcome: str) -> str:
    """Whether it is about us, in words."""
    return ON_SCREEN[Outcome(outcome)]


def open_original(url: str | None) -> None:
    """The way to the post where it stands. Only web addresses are offered."""
    if url and urlsplit(url).scheme in ("http", "https"):
        st.link_button(
            "Open original", url, help="Opens the platform’s own page in a new tab. Do not log in or reply from there."
        )
    else:
        st.text("There is no link to the original.")


def own_job(kind: str) -> Job | None:
    """The job that was asked for in this sitting and has not been seen to its end, if it is of this kind."""
    job = data.job(st.session_state["job"]) if "job" in st.session_state else None
    return job if job and job.kind == kind else None


def watch_job(job_id: int, done: str) -> None:
    """Show how a job goes until it has ended, then draw the page anew."""

    @st.fragment(run_every="1s")
    def progress() -> None:
        job = data.job(job_id)
        if job is None or job.state in ("asked", "running"):
            st.progress(
                job.progress if job and job.progress is not None else 0.0,
                text=plain((job.message if job else None) or "Waiting…"),
            )
            return
        st.session_state.pop("job", None)
        st.session_state["job ended"] = (job.state, done if job.state == "done" else job.message, job.result)
        st.rerun()

    progress()


def job_notice() -> None:
    """Say once how the last job ended; what was left out of an import is listed by its place."""
    if "job ended" not in st.session_state:
        return
    state, message, result = st.session_state.pop("job ended")
    (st.success if state == "done" else problem)(message)
    for left_out in (result or {}).get("problems", []):
        st.text(left_out)


def report_button() -> None:
    """The button on every page but the one it leads to."""
    with st.container(horizontal_alignment="right"):
        if st.button("Report something seen", icon=":material/add_comment:", key="report something seen"):
            st.switch_page(places.SIGHTING)


def nothing_yet(person: Person) -> None:
    """The first page of an empty installation: one button for the demo, one link to begin in earnest."""
    st.header("Nothing to show yet")
    st.text("Crestwatch has no school to watch. Look round with a made-up trust of three schools first, or set up your own.")
    if "job" in st.session_state:
        watch_job(st.session_state["job"], "The demo is ready.")
    elif st.button("Load the demo", type="primary"):
        st.session_state["job"] = acts.ask("load_demo", {}, person.name)
        st.rerun()
    st.page_link(places.SCHOOL, label="Set up your school")


def choose_week(latest: Week, now: datetime) -> Week:
    """The week shown: the one in the address, else the last complete one with posts. Neighbours by button."""
    asked = st.query_params.get("week", "")
    shown = Week.parse(asked) if asked else latest
    before, middle, after = st.columns([1, 2, 1], vertical_alignment="center")
    if before.button("← Week before", width="stretch"):
        st.query_params["week"] = str(shown.back(1))
        st.rerun()
    partial = "" if shown.complete(now) else " (still running)"
    middle.subheader(f"{shown.on_screen}{partial}", anchor=False, text_alignment="center")
    if after.button("Week after →", width="stretch", disabled=shown >= Week.of(now)):
        st.query_params["week"] = str(shown.back(-1))
        st.rerun()
    return shown
