"""The government's register of schools ("Get Information about Schools"): a row of it and a link between two rows.

Nobody's name is in it: of the register's columns only these are ever read.
"""

from dataclasses import dataclass

LICENCE = (
    "Contains public sector information licensed under the Open Government Licence v3.0"
    " (Department for Education, Get Information about Schools)."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterSchool:
    """A school as the register has it. Dates are ISO days, ages are years; None means that the file did not say."""

    urn: int
    name: str
    status: str | None = None
    kind: str | None = None
    phase: str | None = None
    low_age: int | None = None
    high_age: int | None = None
    religious_character: str | None = None
    town: str | None = None
    county: str | None = None
    council: str | None = None
    postcode: str | None = None
    trust: str | None = None
    website: str | None = None
    opened: str | None = None
    closed: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterLink:
    """What another entry is to this one: its predecessor, its successor. `since` is an ISO day."""

    urn: int
    other_urn: int
    other_name: str
    kind: str
    since: str | None = None
