"""Beginning a profile from the government's register of schools, and how common a school's name is in it."""

import streamlit as st

from casework.profiles import collisions, profile_from_register
from core.register import LICENCE, RegisterSchool
from core.stems import parts
from core.types import School
from pages.shared import data, ui
from store import register
from store.engine import reading


def find() -> School | None:
    """Find a new school in the register and choose it. Returns a profile to look over; nothing is saved."""
    st.subheader("Find it in the register", anchor=False)
    with reading(data.store().engine) as connection:
        loaded = register.size(connection) > 0
    if not loaded:
        st.text("Run “crestwatch gias update” once, and a school’s names, town and namesakes need not be typed here.")
        return None
    typed = st.text_input("Name, town or URN", max_chars=100, placeholder="For example: st marys leeds")
    if not typed.strip():
        return None
    with reading(data.store().engine) as connection:
        found = {school.urn: school for school in register.search(connection, typed)}
    st.text(LICENCE)
    if not found:
        st.text("No school in the register fits all of these words. Try fewer; only England’s schools are in it.")
        return None
    chosen = st.selectbox(
        "Which one?", list(found), index=None, format_func=lambda urn: _line(found[urn]), placeholder="Choose a school"
    )
    if chosen is None:
        return None
    st.text("The form is filled from the register, with other names by rule. Look it over; nothing is saved until you save it.")
    return profile_from_register(data.store(), chosen)


def warn_of_namesakes(school: School) -> None:
    """Say how many other schools share the name, because posts that say no more than that cannot be told apart."""
    others = collisions(data.store(), school) if school.kind == "school" else 0
    if others:
        shares = "other school in England shares" if others == 1 else "other schools in England share"
        own = parts(school.name).own
        st.info(ui.plain(f"{others} {shares} this name. Posts that only say “{own}” will be “might be us”."))


def _line(school: RegisterSchool) -> str:
    closed = "closed" if school.status and not school.status.lower().startswith("open") else ""
    return ", ".join(filter(None, (school.name, school.town, school.postcode, str(school.urn), closed)))
