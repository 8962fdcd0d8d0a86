"""The whole-staff form: its code, its link, and the way to close it."""

import streamlit as st

from core.settings import settings
from pages.shared import acts, data
from pages.shared.access import Person


def staff_form(person: Person) -> None:
    """A link and a code for every colleague, who needs no account to report what they saw."""
    st.text("Every colleague can report what they saw by a link, from their own phone, with a code instead of an account.")
    code, address = data.staff_code(), settings().public_address
    if code:
        st.text(f"Code: {code}")
        here = (address or f"http://localhost:{st.get_option('server.port')}").rstrip("/")
        st.code(f"{here}/report?code={code}", language=None, wrap_lines=True)
        if not address:
            st.text("Only this computer can open it yet. Ask IT to set public_address: docs/settings.md says how.")
    new, close, _ = st.columns([2, 2, 3])
    if new.button("New code" if code else "Open the form", width="stretch", help="A code that was given out before ends."):
        acts.open_staff_form(person.name)
        st.rerun()
    if code and close.button("Close the form", width="stretch"):
        acts.close_staff_form()
        st.rerun()
