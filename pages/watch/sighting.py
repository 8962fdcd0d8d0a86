"""Report something seen: a link, a pasted thread or a screenshot, from a phone, behind the stop-gate."""

import streamlit as st

from pages.shared import data, ui
from pages.shared.access import EVERYBODY, require
from pages.shared.reporting import form, stop, thanks

person = require(*EVERYBODY)
schools = data.schools(data.version())

st.title("Report something seen", anchor=False)
if not schools:
    ui.nothing_yet(person)
    st.stop()
if receipt := st.session_state.pop("receipt", None):
    thanks(receipt)
if stop():
    form(schools)
