"""Set-up: Accuracy. How often posts were read right, by what people marked, and learning from that."""

import streamlit as st

from analysis.accuracy import accuracy
from pages.shared import data, marking, ui
from pages.shared.access import READERS, require

person = require(*READERS)
schools = data.schools(data.version())

st.title("Accuracy", anchor=False)
ui.job_notice()
if not schools:
    ui.nothing_yet(person)
    st.stop()
if job := ui.own_job("relearn"):
    ui.watch_job(job.id, "Learned. What came of it stands below; the posts we have are being read again.")

school_ids = ui.choose_school(schools)
marked = data.relabelled(school_ids)
if marked:
    found = accuracy(marked)
    marking.in_words(found)
    marking.details(found)
else:
    marking.nothing_marked()
for school in schools:
    if school.id in school_ids:
        marking.learning(school, person)
