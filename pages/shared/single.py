"""One post, read closely: what it says, how big it is, why it may be about us, how it reads, and the way into a case."""

from typing import Any

import streamlit as st

from casework import cases
from core.errors import BadInput
from core.taxonomy import platform_on_screen
from core.weeks import on_screen, utc_now
from pages.shared import data, places, ui
from pages.shared.access import Person
from pages.shared.reading import how_it_reads, right_or_not, scores, telling_words
from pages.shared.why import answer_buttons, reasons, weights


def detail(asked: str, school_ids: list[str], person: Person) -> None:
    """The post whose number is in the address."""
    post = data.post(int(asked), school_ids, person.hidden_lanes) if asked.isdecimal() and len(asked) < 17 else None
    if post is None:
        st.text("This post is not here: its time ran out, or it is not for you to see.")
        return
    author = data.own_author(post)
    st.subheader(ui.plain(platform_on_screen(post["platform"])), anchor=False)
    st.text(
        " · ".join(part for part in (ui.who(post, author.handle), post["community"] or "", on_screen(ui.when(post))) if part)
    )
    st.text(ui.said(post))
    if size := ui.reach(post):
        st.text(size)
    ui.open_original(post["url"])
    _pictures(post)
    _reports(post)
    _versions(post)
    reasons(post)
    answer_buttons(post, person)
    how_it_reads(post)
    right_or_not(post, person)
    telling_words(post, person)
    with st.expander("How we got this"):
        weights(post)
        scores(post)
    if post["gone_at"] is None:
        put_in_case([(post["id"], post["school_id"])], person)
    for ref in post["cases"]:
        st.page_link(places.CASES, label=f"In case {ref}", query_params={"case": ref})


def _pictures(post: dict[str, Any]) -> None:
    """Its screenshots, drawn only when somebody asks: nobody should meet a distressing picture unawares."""
    for each in post["pictures"]:
        if st.toggle("Show the screenshot", key=f"picture {each.id}"):
            shown = data.picture(each.id)
            if shown is not None:
                st.image(shown, width="stretch", alt="The screenshot that was reported")
            st.text(f"Drawn anew for the screen. The original is kept sealed; its SHA-256 is {each.sha256}.")


def _reports(post: dict[str, Any]) -> None:
    """Who reported it, when and why."""
    for each in post["reports"]:
        told = each.told
        seen = f", seen {on_screen(each.seen_at)}" if each.seen_at else ""
        by = f" by {told['reporter']}" if told.get("reporter") else ""
        st.text(f"Reported {on_screen(each.at)}{by}{seen}. Reference {each.reference}.")
        if told.get("note"):
            st.text(f"They say: “{told['note']}”")


def _versions(post: dict[str, Any]) -> None:
    """What an edited post said before."""
    for seen, text in post["versions"]:
        with st.expander(f"It was edited. What it said until {on_screen(seen)}"):
            st.text(f"“{text}”")


def put_in_case(posts: list[tuple[int, str]], person: Person) -> None:
    """Put posts into a case, a new one or one that is open. What is saved is the post as it is now."""
    st.markdown("**Put this post in a case**" if len(posts) == 1 else "**Put these posts in a case**")
    there = data.all_cases()
    titles = {row["case_ref"]: f"{row['case_ref']} · {row['details']['title']}" for row in there.to_dict("records")}
    with st.form("put in case", clear_on_submit=True, border=True):
        ref = st.selectbox("Case", ["", *titles], format_func=lambda each: titles.get(each, "A new case"))
        title = st.text_input("Name of the new case", max_chars=100, help="What it is about, without anybody’s name.")
        why = st.text_input(
            "Why is it saved?",
            max_chars=300,
            help="Stands beside it in the evidence. Whoever you write about can ask to read it.",
        )
        if not st.form_submit_button("Put in case", type="primary"):
            return
    now = utc_now()
    try:
        chosen = ref or cases.open_case(
            data.store(), title=title, school_id=posts[0][1], why=why, by=person.name, role=person.role, now=now
        )
        added = cases.add_posts(data.store(), chosen, posts, why=why, by=person.name, role=person.role, now=now)
    except BadInput as problem:
        ui.problem(str(problem))
        return
    st.success(f"{added} added to {chosen}." if added else f"{chosen} has it already.")
    st.page_link(places.CASES, label=f"Open {chosen}", query_params={"case": chosen})
