"""Posts: find them, read one with its reasons, put some in a case. Every choice is in the address."""

import streamlit as st

from core.weeks import utc_now
from pages.shared import data, ui
from pages.shared.access import READERS, require
from pages.shared.search import PAGE_SIZE, filters, listing
from pages.shared.single import detail, put_in_case

person = require(*READERS)
version = data.version()
schools = data.schools(version)

st.title("Posts", anchor=False)
ui.job_notice()
if not schools:
    ui.nothing_yet(person)
    st.stop()

wanted = filters(version, schools, person, utc_now())
total = data.count(version, wanted)
pages = max(1, -(-total // PAGE_SIZE))
list_side, read_side = st.columns([3, 2], gap="medium")
with list_side:
    number = st.pagination(pages, key=f"page of {hash(wanted)}") if pages > 1 else 1
    found = data.mentions(version, wanted, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    chosen = listing(found, total)
with read_side:
    if len(chosen) > 1:
        put_in_case(chosen, person)
    elif post := st.query_params.get("post", ""):
        detail(post, [school.id for school in schools], person)
    else:
        st.text("Choose a post to read it, or tick several to put them in a case.")
