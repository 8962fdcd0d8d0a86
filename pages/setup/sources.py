"""Set-up: Sources. What is watched, whether it works, and files taken in by hand."""

import streamlit as st

from core.weeks import utc_now
from pages.shared import data, ui
from pages.shared.access import INSTALLERS, require
from pages.shared.intake import import_form
from pages.shared.sources import source_card
from pages.shared.staff_form import staff_form

person = require(*INSTALLERS)

st.title("Sources", anchor=False)
ui.job_notice()
if "job" in st.session_state:
    ui.watch_job(st.session_state["job"], "Done. What came is in Posts.")

now = utc_now()
for name, (source, reason) in data.all_sources().items():
    if source is None or source.scheduled:
        source_card(name, source, reason, now, person)

st.header("Import a file", anchor=False)
import_form(person, now)
st.header("The staff form", anchor=False)
staff_form(person)
