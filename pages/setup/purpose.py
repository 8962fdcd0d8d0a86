"""Set-up: Purpose. Why we look, how long we keep, where people are told. No source is asked before it is signed."""

import streamlit as st

from casework import purpose
from core.weeks import on_screen, utc_now
from pages.shared import data, places, ui
from pages.shared.access import INSTALLERS, SIGNERS, require
from pages.shared.signing import copies, form

person = require(*INSTALLERS, *SIGNERS)
now = utc_now()
signed = data.signed_purpose()

st.title("Purpose", anchor=False)
ui.job_notice()
if signed:
    st.success(f"Signed {on_screen(signed.at)}: sources may be asked.")
    schools = [school.name for school in data.schools(data.version())]
    sources = [each.label for each in data.ready_sources().values() if each.scheduled]
    st.download_button(
        "The signed page, to print",
        purpose.page(signed, schools=schools, sources=sources, now=now),
        file_name="why-we-look.html",
        mime="text/html",
        on_click="ignore",
    )
else:
    st.info("No source is asked before this page is signed. Files and reports by hand can be taken in.")
st.page_link(places.LIMITS, label="What we will not do")
st.header("What is kept, and what goes", anchor=False)
copies(data.kept())
st.header("Sign it anew" if signed else "Fill in and sign", anchor=False)
if person.roles.isdisjoint(SIGNERS):
    st.text("The headteacher or the data protection officer signs this.")
else:
    form(person, signed, now)
