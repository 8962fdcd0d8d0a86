"""The bar of notices: what somebody in one of their roles must be told, until they say that they have seen it."""

import streamlit as st

from core.weeks import on_screen
from pages.shared import acts, data
from pages.shared.access import Person


def bar(person: Person) -> None:
    """One line and a button a notice; nothing where there is none."""
    for notice in data.unseen_notices(person.roles):
        with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"notice {notice.id}"):
            st.text(f"{on_screen(notice.at)} · {notice.text}")
            if st.button("Seen", key=f"seen {notice.id}"):
                acts.notice_seen(notice.id, person.roles)
                st.rerun()
