"""Taking in a file by hand: it goes into the inbox, and the worker reads it."""

import hashlib
from datetime import datetime, timedelta

import streamlit as st

from core.settings import settings
from core.taxonomy import PLATFORMS, platform_on_screen
from core.weeks import london_day
from pages.shared import acts
from pages.shared.access import Person
from store.retention import LONGEST_DAYS

_ZONES = {"": "Only times that state a zone", "Europe/London": "UK clock time", "UTC": "UTC"}


def import_form(person: Person, now: datetime) -> None:
    """Choose a file, say where it is from, hand it to the worker."""
    st.text(
        "Posts as CSV or JSON lines: exports of platforms or other tools, or your own list. The same file twice adds nothing."
    )
    with st.form("import", clear_on_submit=True):
        upload = st.file_uploader("File", type=["csv", "tsv", "txt", "json", "jsonl", "ndjson"])
        platform = st.selectbox(
            "Where is it from, if the file does not say?",
            ["", *PLATFORMS],
            format_func=lambda each: platform_on_screen(each) or "The file says",
        )
        zone = st.selectbox("Times without a zone are", list(_ZONES), format_func=_ZONES.__getitem__)
        keep_until = st.date_input(
            "Keep their words and authors until",
            value=london_day(now) + timedelta(days=LONGEST_DAYS),
            min_value=london_day(now) + timedelta(days=1),
            format="DD/MM/YYYY",
            help="After that day they are only counted, unless somebody put them in a case.",
        )
        sent = st.form_submit_button("Import", type="primary")
    if sent and upload is None:
        st.error("Choose a file first.")
    if sent and upload is not None:
        content = upload.getvalue()
        folder = settings().inbox / "files"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / hashlib.sha256(content).hexdigest()
        path.write_bytes(content)
        arguments = {"path": str(path), "platform": platform or None, "zone": zone or None}
        arguments["keep_until"] = keep_until.isoformat()
        st.session_state["job"] = acts.ask("import", arguments, person.name)
        st.rerun()
