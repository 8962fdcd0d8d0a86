"""A school's name taken apart: what is its own ("St Mary’s") and what says its kind ("Catholic", "Primary", "School").

A third of England's schools share their own part with another (counted in the register of 2025).
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from core.text import loose

TABLE = Path(__file__).with_name("stems.json")

COFE, CATHOLIC, SIXTH_FORM, PRU = "CofE", "Catholic", "Sixth-Form", "PRU"
_ONE_WORD_FOR = (
    (re.compile(r"\([^)]*\)?"), " "),
    (re.compile(r"\b(?:church of england|c\.? ?of\.? ?e|c\.?[ /]?e)\b\.?", re.IGNORECASE), f" {COFE} "),
    (re.compile(r"\b(?:roman catholic|r\.? ?c|catholic)\b\.?", re.IGNORECASE), f" {CATHOLIC} "),
    (re.compile(r"\b(?:voluntary[ -](?:aided|controlled)|voluntary|aided|controlled|v\.?[ac])\b\.?", re.IGNORECASE), " "),
    (re.compile(r"\b(?:sixth|6th)[ -]form\b", re.IGNORECASE), f" {SIXTH_FORM} "),
    (re.compile(r"\bchildren['’]?s['’]? centre\b", re.IGNORECASE), " Nursery "),
    (re.compile(r"\bpupil referral (?:unit|service)\b", re.IGNORECASE), f" {PRU} "),
    (re.compile(r"\bj\.?,? ?(?:&|and)? ?i\b\.?|\bj\.? ?m\.? ?(?:&|and)? ?i\b\.?", re.IGNORECASE), " Junior Infant "),
    (re.compile(r"\b(schools?|college|academy) for (girls|boys)\b", re.IGNORECASE), r"\2 \1"),
    (re.compile(rf"{COFE}\s+[CA]\b"), COFE),
    (re.compile(r"[/&]"), " and "),
    (re.compile(r"\s[-–—]\s"), " "),
)
"""What is written in many ways, in one. The order matters: brackets go first."""
_KINDS = ("school", "schools", "academy", "college", "utc", "pru")
_PHASES = {
    "primary": "Primary",
    "infant": "Infant",
    "infants": "Infant",
    "junior": "Junior",
    "juniors": "Junior",
    "nursery": "Nursery",
    "first": "First",
    "middle": "Middle",
    "lower": "Lower",
    "upper": "Upper",
    "high": "High",
    "secondary": "Secondary",
    "grammar": "Grammar",
    "preparatory": "Prep",
    "prep": "Prep",
    "sixth form": "Sixth Form",
}
_ALWAYS = frozenset(
    {*_KINDS, "cofe", "catholic", "primary", "infant", "infants", "junior", "juniors", "nursery", "pre school", "preschool"}
    | {"secondary", "grammar", "preparatory", "prep", "sixth form"}
)
"""Words that say what a school is wherever they stand after its first word."""
_BEFORE_A_KIND = frozenset(
    {"high", "first", "middle", "lower", "upper", "free", "special", "community", "foundation", "endowed", "parochial"}
    | {"comprehensive", "mixed", "independent", "methodist", "senior", "technical", "centre"}
    | {"sports", "science", "technology", "arts", "language", "media", "business", "enterprise", "leadership", "specialist"}
)
"""Words that say it only before another such word or at the end: High Wycombe is a town."""
_MORE = re.compile(
    r"(?<=\s)(?:schools?|academy|college|utc|primary|infants?'?|juniors?'?|nursery|sixth-form)"
    r"(?P<more>\s*[,:]|\s*-(?!\w*\s*school)|\s+and\b|\s+with\b)",
    re.IGNORECASE,
)
_JOINING = frozenset({"and", "with", "a", "an", "the"})


@dataclass(frozen=True, slots=True, kw_only=True)
class NameParts:
    """A name's parts: `own` as it is written, the church it belongs to, the ages it says, and its kind.

    `inside`: the kind stands inside the name ("Harris Academy Peckham"), so other kinds cannot simply be put at its end.
    """

    own: str
    church: str | None = None
    phase: str | None = None
    kind: str | None = None
    inside: bool = False


def parts(name: str) -> NameParts:
    """Take a name apart. What would leave nothing of its own ("The Grammar School") is its own."""
    words = _words(name)
    kept: list[str] = []
    dropped: list[str] = []
    beside_a_kind, inside = True, False
    for place in range(len(words) - 1, -1, -1):
        form = loose(words[place])
        followed_by_of = bool(kept) and kept[0].lower() == "of" and not beside_a_kind
        if place and not followed_by_of and (form in _ALWAYS or (beside_a_kind and form in _BEFORE_A_KIND)):
            dropped.insert(0, form)
            inside = inside or bool(kept)
            beside_a_kind = True
        elif not (beside_a_kind and form in _JOINING):
            kept.insert(0, words[place])
            beside_a_kind = False
    own = " ".join(kept).strip(" ,-–—").replace(SIXTH_FORM, "Sixth Form")
    if not loose(own) or loose(own) in _ALWAYS | _BEFORE_A_KIND:
        return NameParts(own=name.strip())
    return NameParts(own=own, church=_church(dropped), phase=_phase(dropped), kind=_kind(dropped), inside=inside)


def stem(name: str) -> str:
    """A name's own part in loose form: "The St. Mary’s C of E (VA) Primary School, Isleworth" gives st marys."""
    return loose(parts(name).own)


@lru_cache(maxsize=1)
def shared_stems() -> Mapping[str, int]:
    """How many open schools in England have a stem, for stems of at least three (`train/stems.py` counts them)."""
    counted: dict[str, int] = json.loads(TABLE.read_text(encoding="utf-8"))["schools"]
    return counted


def _words(name: str) -> list[str]:
    written = name
    for pattern, one in _ONE_WORD_FOR:
        written = pattern.sub(one, written)
    words = _without_more(written).replace(",", " ").split()
    return words[1:] if len(words) > 1 and words[0].lower() == "the" else words


def _without_more(name: str) -> str:
    """A name up to its kind, without the place or the unit that follows: "Holy Trinity Primary School, NW3"."""
    for found in _MORE.finditer(name):
        tail = name[found.end() :].replace(",", " ").split()
        if not all(loose(word) in _ALWAYS | _BEFORE_A_KIND | _JOINING for word in tail):
            return name[: found.start("more")]
    return name


def _church(dropped: Sequence[str]) -> str | None:
    return next((mark for mark in (COFE, CATHOLIC) if mark.lower() in dropped), None)


def _phase(dropped: Sequence[str]) -> str | None:
    said = [_PHASES[word] for word in dropped if word in _PHASES]
    if {"Infant", "Junior"} <= set(said):
        return "Primary"
    return said[0] if said else None


def _kind(dropped: Sequence[str]) -> str | None:
    said = [word for word in dropped if word in _KINDS]
    return {"utc": "UTC", "pru": "PRU", "schools": "School"}.get(said[-1], said[-1].capitalize()) if said else None
