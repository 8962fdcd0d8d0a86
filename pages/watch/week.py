"""This week: what a head of communications reads on Monday, the last complete week first."""

import streamlit as st

from analysis.weekly import WEEKS_BACK, weekly
from core.weeks import Week, day_start, utc_now
from pages.shared import data, sections, ui
from pages.shared.access import READERS, require
from store.queries import Filter

person = require(*READERS)
now = utc_now()
version = data.version()
schools = data.schools(version)

st.title("This week", anchor=False)
ui.job_notice()
if not schools:
    ui.nothing_yet(person)
    st.stop()

school_ids = ui.choose_school(schools)
days = data.span(version, school_ids)
if days is None:
    st.text("No post about this school has been found yet. Import a file, or switch on a source in Set-up.")
    sections.not_seen(Week.of(now), [], now)
    st.stop()

first, newest = Week.of(day_start(days[0])), Week.of(day_start(days[1]))
week = ui.choose_week(max(first, newest if newest.complete(now) else newest.back(1)), now)
counts = data.daily(version, school_ids, week.back(WEEKS_BACK).monday, week.sunday)
this = weekly(counts, week, first)
written = Filter(schools=school_ids, start=week.start, end=week.end, own=False, hide_lanes=person.hidden_lanes)

gaps = data.not_watching(week, now)
sections.unwatched(gaps)
sections.headline(this, data.people(version, written))
sections.since_last_look(person, version, school_ids)
sections.needs_someone(version, person, week, school_ids)
if len(school_ids) > 1:
    chosen = [school for school in schools if school.id in school_ids]
    sections.by_school([(school, weekly(counts[counts["school_id"] == school.id], week, first)) for school in chosen])
left, right = st.columns(2, gap="medium")
with left:
    sections.biggest(version, person, week, school_ids)
with right:
    sections.good_news(version, person, week, school_ids)
sections.not_seen(week, gaps, now)
left, right = st.columns(2, gap="medium")
with left:
    sections.day_chart(this, gaps)
    sections.sentiment_chart(this)
with right:
    sections.volume_chart(this)
    sections.platform_chart(this)
