"""The report of something seen: first the question that stops, then the form."""

from datetime import datetime, time

import streamlit as st

from casework.sightings import LONGEST_NOTE, STOP, STOP_STEPS, Receipt, Report
from core.errors import CrestwatchError
from core.taxonomy import PLATFORMS, platform_on_screen
from core.types import School
from core.weeks import LONDON, utc_now
from pages.shared import acts, places, ui

NOON = time(12)
"""When something was seen on a day, if nobody says at what time."""
_ANSWERS = ("No", "Yes, or I am not sure")


def stop() -> bool:
    """The stop-gate: whether the form may be shown. It is asked anew for each report, and answered with No before it."""
    turn = st.session_state.get("reports", 0)
    st.subheader(STOP, anchor=False)
    # The label is for who hears the page: Markdown in it would be read out.
    answer = st.radio(STOP, _ANSWERS, index=None, horizontal=True, key=f"stop {turn}", label_visibility="collapsed")
    if answer == _ANSWERS[1]:
        st.error("Do not report it here.")
        for number, step in enumerate(STOP_STEPS, 1):
            st.text(f"{number}. {step}")
    return answer == _ANSWERS[0]


def form(schools: list[School]) -> None:
    """What was seen, where, when, and who tells it. A refused report stays as it was typed."""
    names = {school.id: school.name for school in schools}
    # A new key after each report empties the form; one that was refused keeps what was typed.
    turn = st.session_state.setdefault("reports", 0)
    with st.form(f"sighting {turn}"):
        school = st.selectbox("Which school is it about?", list(names), format_func=names.__getitem__)
        link = st.text_input("Link", max_chars=2_000, help="From “Share”, “Copy link”. Leave it out if there is none.")
        pasted = st.text_area(
            "What does it say?",
            height=120,
            help="Copy it and paste it here, a whole thread too: it is split into its posts.",
        )
        upload = st.file_uploader("Screenshot (PNG, JPEG or HEIC)", type=["png", "jpg", "jpeg", "heic", "heif"])
        platform = st.selectbox(
            "Where did you see it?", ["", *PLATFORMS], format_func=lambda each: platform_on_screen(each) or "The link says it"
        )
        place = st.text_input("Which group, page or account?", max_chars=200)
        day_side, time_side = st.columns(2)
        now = utc_now().astimezone(LONDON)
        day = day_side.date_input("On which day?", value=now.date(), format="DD/MM/YYYY")
        at = time_side.time_input("At about what time?", value=None, step=900)
        note = st.text_area("Why are you telling us?", max_chars=LONGEST_NOTE, height=80)
        reporter = st.text_input(
            "Your name", max_chars=100, help="Only colleagues who handle it see this. It goes to no platform and no panel."
        )
        if not st.form_submit_button("Report", type="primary"):
            return
    report = Report(
        school_id=school,
        platform=platform,
        link=link,
        pasted=pasted,
        picture=upload.getvalue() if upload else b"",
        seen_at=None if at is None and day == now.date() else datetime.combine(day, at or NOON, LONDON),
        place=place,
        note=note,
        reporter=reporter,
    )
    try:
        st.session_state["receipt"] = acts.hand_in(report)
        st.session_state["reports"] = turn + 1
    except CrestwatchError as problem:
        ui.problem(str(problem))
        return
    st.rerun()


def thanks(receipt: Receipt) -> None:
    """The reference, and where it will be found."""
    number = "one post" if receipt.posts == 1 else f"{receipt.posts:,} posts"
    st.success(f"Thank you. It was taken in as {number}. Reference: {receipt.reference}")
    st.page_link(places.POSTS, label="Find it in Posts")
