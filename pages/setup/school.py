"""Set-up: School. What is watched: names, places, accounts. The more is here, the surer the judgements."""

import streamlit as st

from core.errors import BadInput
from core.profile import parse_schools
from pages.shared import acts, data, register, ui
from pages.shared.access import INSTALLERS, require
from pages.shared.profile import choose, form
from pages.shared.why import learned

person = require(*INSTALLERS)
schools = data.schools(data.version())

st.title("School", anchor=False)
ui.job_notice()
if "job" in st.session_state:
    ui.watch_job(st.session_state["job"], "Saved, and the posts we have were judged again.")

school = choose(schools)
draft = None if school else register.find()
if shown := school or draft:
    register.warn_of_namesakes(shown)
try:
    changed = form(school, taken={each.id for each in schools}, draft=draft)
except BadInput as problem:
    ui.problem(str(problem))
    st.stop()
if changed:
    acts.save_school(changed)
    st.session_state["job"] = acts.ask("judge", {}, person.name)
    ui.set_param("profile", changed.id)
    st.rerun()

if school:
    learned(person, school)

st.header("From a file", anchor=False)
st.text("A schools.json that a colleague or another tool made. Schools with the same id are replaced.")
upload = st.file_uploader("schools.json", type=["json"])
if upload and st.button("Take these schools in"):
    try:
        for each in parse_schools(upload.getvalue(), upload.name):
            acts.save_school(each)
    except BadInput as problem:
        ui.problem(str(problem))
        st.stop()
    st.session_state["job"] = acts.ask("judge", {}, person.name)
    st.rerun()
if not schools:
    ui.nothing_yet(person)
