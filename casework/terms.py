"""Words watched for a case: a word or hashtag without the school's name that means the school, for seven days.

Never a person: what looks like a name or an account is refused, and the data protection officer is told of every word.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from analysis.traces import term_key
from core.errors import BadInput
from core.taxonomy import Role
from core.text import words
from core.types import School, WatchedTerm
from core.weeks import on_screen
from store import casefiles, notices, profiles, requests, terms
from store.engine import writing
from store.store import Store

DAYS = 7
COMMON_WORDS = Path(__file__).with_name("common_words.txt")
"""English words that posts about anything use."""
_ONE_WORD = re.compile(r"#?\w{1,50}")
_ACCOUNT = re.compile(r"@|:|^/?u/", re.IGNORECASE)
_CAPITALISED = re.compile(r"[A-ZÀ-Þ][^\W\d_A-ZÀ-Þ]+")
_FEWEST_LETTERS = 3


def watch_term(
    store: Store, ref: str, term: str, *, school_id: str, why: str, by: str, role: Role, now: datetime
) -> WatchedTerm:
    """Watch a word or hashtag for a case: it means the school until seven days from now, and sources are asked for it.

    Written into the case's history and told to the data protection officer. Raises BadInput for a word that may not be
    watched, without a reason, or for a case or school that is not there.
    """
    said, reason = " ".join(term.split()), " ".join(why.split()).rstrip(".")
    if not reason:
        raise BadInput("Say in a few words why this word is watched. The data protection officer reads it.")
    with writing(store.engine) as connection:
        schools = profiles.all_schools(connection)
        if school_id not in {school.id for school in schools} or casefiles.events(connection, ref).empty:
            raise BadInput(f"There is no case {ref} for a school called {school_id}. `Cases` lists them all.")
        if (refusal := refused(said, schools)) is not None:
            raise BadInput(refusal)
        for there in terms.active(connection, now=now):
            if (there.school_id, term_key(there.term)) == (school_id, term_key(said)):
                raise BadInput(f"{there.term} is watched already for case {there.case_ref}, until {on_screen(there.until)}.")
        until = now + timedelta(days=DAYS)
        watched = WatchedTerm(school_id=school_id, case_ref=ref, term=said, why=reason, by=by, added_at=now, until=until)
        terms.add(connection, watched)
        details = {"term": said, "until": until.isoformat()}
        casefiles.add_event(connection, ref, "term_added", by=by, role=role, now=now, details=details)
        told = f"A word is watched for {DAYS} days for case {ref}: {said}, because {reason}."
        notices.add(connection, role=Role.DATA_PROTECTION, text=told, now=now)
        requests.ask(connection, "judge", {}, by=by, now=now)
    return watched


def refused(term: str, schools: Sequence[School]) -> str | None:
    """Why a word may not be watched, in a sentence; None where it may. Pure."""
    rules: tuple[tuple[bool, str], ...] = (
        (
            _ACCOUNT.search(term) is not None,
            "is an account or a search for one. Nobody is followed: watch one word or one hashtag.",
        ),
        (
            _of_a_leader(term, schools),
            "is the name of somebody who leads a school. They agreed to be recognised, not to be searched for.",
        ),
        (
            _like_a_name(term),
            "looks like a person’s name, and nobody is searched for. If it is none, write it in small letters.",
        ),
        (_ONE_WORD.fullmatch(term) is None, "is not one word. Watch one word or one hashtag, of letters and digits."),
        (
            sum(letter.isalpha() for letter in term) < _FEWEST_LETTERS,
            f"is too short to mean one school. Choose a word of {_FEWEST_LETTERS} letters or more.",
        ),
        (
            _common(term_key(term)),
            "is a common word, and would bring posts about anything. Choose one that only this matter has.",
        ),
    )
    return next((f"“{term}” {why}" for broken, why in rules if broken), None)


def _like_a_name(term: str) -> bool:
    """Two capitalised words, side by side or run together (#MiaJones) where neither is an everyday word (#FenceGate)."""
    found = _CAPITALISED.findall(term)
    return len(found) > 1 and (" " in term or not any(_common(each.casefold()) for each in found))


def _of_a_leader(term: str, schools: Sequence[School]) -> bool:
    """Whether it is a name of somebody who leads a school: who agreed to be recognised did not agree to be searched for."""
    names = [words(leader.name) for school in schools for leader in school.leaders]
    return any(term_key(term) in (*name, "".join(name)) for name in names)


def _common(word: str) -> bool:
    return len(word) < _FEWEST_LETTERS or not {word, word.removesuffix("s")}.isdisjoint(_common_words())


@lru_cache(maxsize=1)
def _common_words() -> frozenset[str]:
    return frozenset(COMMON_WORDS.read_text(encoding="utf-8").split())
