"""Watching a word for a case: the form, what it does, and the words that are or were watched."""

import streamlit as st

from casework import terms
from core.errors import BadInput
from core.weeks import on_screen, utc_now
from pages.shared import data, ui
from pages.shared.access import Person


def watched_words(ref: str, school_id: str, person: Person) -> None:
    """The form for another word, then all words of this case."""
    st.text(
        f"A word or hashtag that means the school in this matter, though it is not its name. It is watched for {terms.DAYS}"
        " days and then no more, and the data protection officer is told. Never a person’s name or account."
    )
    with st.form("watch a word", clear_on_submit=True):
        word = st.text_input("Word or hashtag", max_chars=51, placeholder="#ferrygate")
        why = st.text_input("Why is it watched?", max_chars=300, help="Without anybody’s name: others read it.")
        sent = st.form_submit_button("Watch this word")
    if sent:
        _watch(ref, word, why, school_id, person)
    now = utc_now()
    for each in data.watched_terms(ref):
        verb = "watched" if each.until > now else "was watched"
        st.text(f"{each.term} · {verb} until {on_screen(each.until)} · {each.why}")


def _watch(ref: str, word: str, why: str, school_id: str, person: Person) -> None:
    """Watch it and draw the page anew, with the word in the list and in the history; or say why not."""
    try:
        terms.watch_term(data.store(), ref, word, school_id=school_id, why=why, by=person.name, role=person.role, now=utc_now())
    except BadInput as problem:
        ui.problem(str(problem))
    else:
        st.rerun()
