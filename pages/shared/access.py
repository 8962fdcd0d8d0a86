"""Who is looking, and whether they may. The first line of every page asks it."""

from dataclasses import dataclass

import streamlit as st

from casework import purpose
from core.settings import settings
from core.taxonomy import Lane, Role, role_on_screen


@dataclass(frozen=True, slots=True)
class Person:
    """Who is at the screen, with the roles they hold."""

    name: str
    roles: frozenset[Role]

    @property
    def role(self) -> Role:
        """The role they act in: the first of theirs."""
        return min(self.roles, key=list(Role).index)

    @property
    def hidden_lanes(self) -> tuple[str, ...]:
        """What is not for them: the safeguarding lead's posts are a number for everyone else."""
        return () if Role.SAFEGUARDING in self.roles else (Lane.SAFEGUARDING,)


READERS = (Role.COMMUNICATIONS, Role.HEAD, Role.SAFEGUARDING)
"""Roles that may read posts."""
CASEWORKERS = READERS
"""Roles that may open cases and export them."""
SIGNERS = purpose.SIGNERS
"""Roles that may sign why the school looks at all."""
EVERYBODY = tuple(Role)
"""Whoever has any role."""
INSTALLERS = (Role.SETUP, Role.COMMUNICATIONS, Role.HEAD)
"""Roles that may change what is watched."""


def at_screen() -> Person:
    """The person at the screen. Without sign-in there is one local person, with the roles of the setting `local_roles`."""
    return Person(settings().local_name, frozenset(settings().local_roles))


def require(*roles: Role) -> Person:
    """The person at the screen, if they hold one of these roles; else the page says who may and stops."""
    person = at_screen()
    if person.roles.isdisjoint(roles):
        allowed = ", ".join(role_on_screen(role) for role in roles)
        st.warning(f"This page is for: {allowed}. Ask whoever set up Crestwatch.")
        st.stop()
    return person
