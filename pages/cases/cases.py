"""Cases: what people decided to handle, its history, and the evidence file for whoever needs it."""

import pandas as pd
import streamlit as st

from core.taxonomy import platform_on_screen, role_on_screen
from core.weeks import on_screen
from pages.shared import data, places, ui
from pages.shared.access import CASEWORKERS, require
from pages.shared.handover import evidence_file
from pages.shared.watching import watched_words

person = require(*CASEWORKERS)

st.title("Cases", anchor=False)
every = data.all_cases()
if every.empty:
    st.text("No case is open. Find posts, tick them, and put them in a case.")
    st.page_link(places.POSTS, label="Go to Posts")
    st.stop()

rows = every.to_dict("records")
titles = {row["case_ref"]: f"{row['case_ref']} · {row['details']['title']}" for row in rows}
asked = st.query_params.get("case", "")
refs = list(titles)
ref = st.selectbox("Case", refs, index=refs.index(asked) if asked in titles else 0, format_func=titles.__getitem__)
ui.set_param("case", ref)
case = data.case(ref)

st.text(f"Opened {on_screen(case.file.opened_at)} for {case.file.school}: {case.history.iloc[0].details['why']}")
st.header("Saved items", anchor=False)
if not case.file.exhibits:
    st.text("Nothing is in this case yet.")
for item in case.file.exhibits:
    with st.container(border=True, key=f"item {item.no}"):
        place = " · ".join(
            part for part in (platform_on_screen(item.platform), item.community or "", on_screen(item.posted_at)) if part
        )
        st.text(f"{item.no}. {place}")
        st.text(f"“{item.text}”")
        st.text(f"Saved {on_screen(item.saved_at)} by {item.saved_by_role}: {item.why_saved}")
st.header("Watch a word for this case", anchor=False)
watched_words(ref, case.history.iloc[0].details["school_id"], person)
if case.file.exhibits:
    st.header("Make an evidence file", anchor=False)
    evidence_file(case.file, person)

st.header("History", anchor=False)
said = {"created": "Opened", "item_added": "Item saved", "exported": "Evidence file made for: ", "term_added": "Word watched: "}
history = [
    {
        "When": on_screen(row["at"]),
        "What": said[row["kind"]] + row["details"].get("preset", "") + row["details"].get("term", ""),
        "Who": f"{role_on_screen(row['role'])} ({row['by']})",
    }
    for row in case.history.to_dict("records")
]
ui.table(pd.DataFrame(history), alt="What happened to this case, oldest first")
