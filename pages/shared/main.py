"""The frame round every page: the menu, a word when the worker is silent, and what somebody must be told."""

from pathlib import Path

import streamlit as st

from core.errors import CrestwatchError
from core.weeks import utc_now
from pages.shared import data, notices, places, ui
from pages.shared.access import at_screen

# A picture of our own: the icons that Streamlit knows by name are fetched from another company’s server.
ICON = Path(__file__).with_name("icon.png")

st.set_page_config(page_title="Crestwatch", page_icon=str(ICON), layout="wide")
report = st.Page(places.SIGHTING, title="Report something seen", visibility="hidden")
page = st.navigation(
    {
        "": [
            st.Page(places.WEEK, title="This week", icon=":material/calendar_view_week:", default=True),
            st.Page(places.POSTS, title="Posts", icon=":material/forum:"),
            st.Page(places.CASES, title="Cases", icon=":material/folder_open:"),
            report,
        ],
        "Set-up": [
            st.Page(places.SCHOOL, title="School", icon=":material/school:"),
            st.Page(places.SOURCES, title="Sources", icon=":material/rss_feed:"),
            st.Page(places.ACCURACY, title="Accuracy", icon=":material/fact_check:"),
            st.Page(places.PURPOSE, title="Purpose", icon=":material/verified_user:"),
            st.Page(places.LIMITS, title="What we will not do", icon=":material/block:"),
        ],
    },
    position="top",
)


try:
    if data.worker_is_silent(utc_now()):
        st.warning("Nothing is collected at the moment: the worker gives no sign of life. It is started again by itself.")
    notices.bar(at_screen())
    if page is not report:
        ui.report_button()
    page.run()
except CrestwatchError as problem:
    ui.problem(str(problem))
