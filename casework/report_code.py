"""The code that opens the staff form: one for everybody, kept sealed, changed whenever it was given to the wrong people."""

import hmac
import re
from datetime import datetime

from casework.sightings import letters
from store import sightings
from store.engine import reading, writing
from store.store import Store

_BETWEEN = re.compile(r"[\s\u2010-\u2015\u2212-]+")
"""Spaces, and every dash that a telephone makes of a hyphen."""


def start(store: Store, *, by: str, now: datetime) -> str:
    """Make a new code, like KQT-M4R-77X, and accept no other any more."""
    code = "-".join(letters(3) for _ in range(3))
    with writing(store.engine) as connection:
        sightings.start_code(connection, store.keys.seal_bytes(code.encode()), by=by, now=now)
    return code


def end(store: Store, now: datetime) -> None:
    """Close the staff form: accept no code any more."""
    with writing(store.engine) as connection:
        sightings.end_code(connection, now=now)


def current(store: Store) -> str | None:
    """The code that is accepted, to be shown to whoever gives it out; None while the staff form is closed."""
    with reading(store.engine) as connection:
        sealed = sightings.code(connection)
    return None if sealed is None else store.keys.open_bytes(sealed).decode()


def fits(store: Store, given: str) -> bool:
    """Whether somebody typed the code, however they wrote it. Takes as long for a wrong one as for the right one."""
    code = current(store)
    return code is not None and hmac.compare_digest(_bare(code), _bare(given))


def _bare(code: str) -> bytes:
    return _BETWEEN.sub("", code).upper().encode("utf-8", "backslashreplace")
