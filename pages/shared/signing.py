"""Signing why the school looks at all, and what is kept because of it."""

from datetime import datetime

import streamlit as st

from casework.purpose import BASES, SUGGESTED, Statement
from core.errors import BadInput
from core.weeks import on_screen
from pages.shared import acts, data, ui
from pages.shared.access import SIGNERS, Person
from store.purposes import SignedPurpose
from store.retention import LONGEST_DAYS


def form(person: Person, signed: SignedPurpose | None, now: datetime) -> None:
    """The questions, with what was last signed as answers. One who may sign is at the screen."""
    said = signed.statement if signed else {}
    bases = list(BASES)
    with st.form("purpose"):
        controller = st.text_input(
            "Who is responsible?", said.get("controller", ""), max_chars=200, help="The trust or school."
        )
        why = st.text_area("What is it for?", said.get("purpose", SUGGESTED), max_chars=1_000)
        basis = st.selectbox(
            "On which lawful basis?",
            bases,
            index=bases.index(said["basis"]) if said else 0,
            format_func=BASES.__getitem__,
            help="Ask your data protection officer.",
        )
        days = st.number_input(
            "For how many days are a post’s words kept?", 1, LONGEST_DAYS, int(said.get("days", LONGEST_DAYS)), step=1
        )
        notice = st.text_input(
            "Where are people told of this, and may object?",
            said.get("notice", ""),
            max_chars=300,
            help="The address of your privacy notice, or an e-mail address.",
        )
        assessment = st.text_input(
            "Where is the impact assessment kept?",
            said.get("assessment", ""),
            max_chars=300,
            help="Watching what is said in public needs a data protection impact assessment before it begins.",
        )
        name = st.text_input("Your name", max_chars=100)
        if not st.form_submit_button("Sign", type="primary"):
            return
    try:
        statement = Statement(
            controller=controller.strip(),
            purpose=why.strip(),
            basis=basis,
            days=int(days),
            notice=notice.strip(),
            signed_by=name.strip(),
            assessment=assessment.strip(),
        )
        role = min(person.roles & frozenset(SIGNERS), key=SIGNERS.index)
        acts.sign_purpose(statement, person.name, role, now)
    except BadInput as problem:
        ui.problem(str(problem))
    else:
        st.rerun()


def copies(kept: data.Kept) -> None:
    """How much there is with words, when it is next looked through, and the backups that cannot be reached."""
    st.text(f"{kept.in_words:,} posts are here with their words; {kept.without_words:,} have lost them and are only counted.")
    last = f"Last looked through {on_screen(kept.last_pass)}." if kept.last_pass else "Not looked through yet."
    st.text(f"Every day, what is over its time loses its words and its author, in the backups too. {last}")
    if kept.out_of_reach:
        st.warning(
            "These backups are not where they were made, so what must go cannot be taken from them. Delete them, then say so."
        )
    for number, path, made_at in kept.out_of_reach:
        st.text(f"{path}, made {on_screen(made_at)}")
        if st.button("It is deleted", key=f"backup {number} is deleted"):
            acts.backup_deleted(number)
            st.rerun()
