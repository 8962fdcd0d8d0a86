"""Where a text gives a pupil’s first and last name: two names beside a class, an age or the word “pupil”.

A first name alone, or with one letter after it, is how schools write and is none. Nor is a name with a title or an office
before it, somebody whom lessons are about, a place, a book or an event: what stands beside a class is mostly one of these.
"""

import json
import re
from collections.abc import Collection, Iterator
from pathlib import Path

from core.text import loose

YOUNGEST, OLDEST = 3, 18
_UPPER = "".join(letter for letter in map(chr, range(0x41, 0x250)) if letter.isupper())
_NAME = rf"\b[{_UPPER}](?:[^\W\d_]|[-’'](?=[^\W\d_])){{1,30}}(?!\w)"
_SMALL = r"(?:(?:de|da|dos|del|di|la|le|van|von|der|den|al|el|bin|ibn|ap|ab|ferch|mac) )*(?:(?:al|el|ar|as|ad|an|d)[-’'])?"
_NAMES = rf"(?P<names>{_NAME}(?: {_SMALL}{_NAME}){{1,3}})"
_IN_WORDS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen"
_YEAR = (
    rf"(?:(?:(?i:years?|yrs?|primary|class|form|tutor group|blwyddyn|bl) ?(?:\d{{1,2}}|(?i:{_IN_WORDS}))|[YPS] ?\d{{1,2}})"
    r"(?: ?[A-Z]\d?)?\b|(?:Reception|Nursery|Sixth Form)\b|[CcFf](?:lass|orm) [A-Z]\w+|[A-Z]\w{1,30} (?:class|form)\b)"
)
_CLASS = rf"\b(?:{_YEAR}|(?![3-5]G\b)\d{{1,2}}[A-Z]\d?\b)"
_AGE = r"(?:,? \(?(?i:aged?) (?P<age>\d{1,2})\b|(?:, |,? \()(?P<bare>\d{1,2})(?=[,.)]))"
_PUPIL = r"(?i:pupils?|students?|learners?|scholars?|sixth[- ]former|head (?:boy|girl))"
_AWARD = r"(?i:(?:star|pupil|student|learner|scholar|reader|writer|mathematician) of the (?:day|week|month|term|year))"
_LINKS = r"(?: (?:who[’']?s|who is|who are|both|now|just|currently|a|an|one|of|our|in|from|the))"
_BESIDE = (
    re.compile(rf"{_NAMES}(?:{_AGE}|,? \(?{_CLASS})"),
    re.compile(rf"{_NAMES},?{_LINKS}{{1,4}} (?:{_CLASS}|reception\b|nursery\b)"),
    re.compile(rf"{_CLASS}(?:[’']s)? {_PUPIL},? (?:and {_PUPIL} )?{_NAMES}"),
    re.compile(rf"(?:{_PUPIL}|{_AWARD})(?:,|:| is| was| are| goes to| –| -)? {_NAMES}"),
    re.compile(rf"(?:(?P<old>\d{{1,2}})|(?i:{_IN_WORDS}))[- ]years?[- ]old {_NAMES}"),
)
_AFTER_PRAISE = re.compile(rf"{_CLASS}(?:[’']s |: ?| ?[–-] ?){_NAMES}")
_PRAISE = re.compile(
    r"congratulat|well done|proud|winner|award|certificate|prize|star of|brava|shout[- ]?out|llongyfarch", re.IGNORECASE
)
_NOT_A_PUPIL = re.compile(
    r"\b(?:mr|mrs|miss|ms|mx|dr|sir|dame|lord|lady|rev|reverend|cllr|councillor|pc|coach|prof|professor|canon|bishop"
    r"|rabbi|imam|saint|st|king|queen|head|headteacher|principal|teacher|tutor|lead|leader|manager|assistant|ta|governor|chair"
    r"|author|novelist|illustrator|explorer|mayor|mp|trainer|officer|nurse|librarian|caretaker|cook|parent|mum|mam|dad|mother"
    r"|gran|nan|grandad|uncle|aunt\w*|alumn\w+|olympian|paralympian|footballer|survivor|veteran|(?-i:Father|Sister)"
    r"|(?:former|past|ex|old) ?-?(?:pupils?|students?|scholars?|head (?:boy|girl)))"
    r"\.?,? *$",
    re.IGNORECASE,
)
"""What stands before a grown-up's name, or one of a former pupil."""
_OF_A_LESSON = re.compile(
    r"\b(?:read(?:ing|s)?|stud(?:y|ying|ied|ies)|about|explor(?:e|ing|ed)|inspired by|life of|works? of|style of|novel|book"
    r"|play|film|topic|trip to|visit(?:s|ed|ing)?(?: to)?|off to|went to|going to|walk to|at|near|around|see|perform(?:ed|ing)"
    r"|(?:performance|production) of)(?: the)? *$",
    re.IGNORECASE,
)
_BEFORE = 60
"""Characters looked at for what stands before a name."""
_WORDS = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
_OPENINGS = frozenset(_WORDS["openings"])
"""What is capital before a name because a sentence begins with it."""
_ORDINARY = frozenset(_WORDS["ordinary"])
"""Words of which no name in a school’s post is made. Left out are those that are names too: Wood, Hall, Hill, King, Summer."""
_OF_LESSONS = frozenset(map(str.casefold, _WORDS["of_lessons"]))
"""Whom lessons are about."""


def named(text: str, known: Collection[str] = ()) -> str | None:
    """The first pupil whose first and last name a text gives, None where there is none. `known`: names of schools, places."""
    others = {loose(each) for each in known}
    return next((name for name, before in _beside(text) if name and not _is_else(name, before, others)), None)


def _beside(text: str) -> Iterator[tuple[str, str]]:
    """What may be a name beside a class or an age, and the text before it."""
    for pattern in (*_BESIDE, _AFTER_PRAISE):
        at = 0
        while found := pattern.search(text, at):
            at = found.end("names")
            before = text[max(0, found.start("names") - _BEFORE) : found.start("names")]
            if _is_of_a_child(found) and (pattern is not _AFTER_PRAISE or _PRAISE.search(before)):
                yield _without_opening(found["names"], before)


def _is_of_a_child(found: re.Match[str]) -> bool:
    said = [int(age) for name, age in found.groupdict().items() if name != "names" and age]
    return all(YOUNGEST <= age <= OLDEST for age in said)


def _without_opening(names: str, before: str) -> tuple[str, str]:
    """Without the words that are capital because a sentence begins with them."""
    words = names.split()
    while words and words[0].casefold() in _OPENINGS:
        before += f"{words.pop(0)} "
    return re.sub(r"[’']s$", "", " ".join(words)), before


def _is_else(name: str, before: str, others: Collection[str]) -> bool:
    """Whether it is no pupil's full name: one name alone, a grown-up, a place, a book, an event."""
    words = name.split()
    up_to = [f"{before}{' '.join(words[:number])} " for number in range(1, len(words))]
    return (
        len(words) < 2
        or name.isupper()
        or any(word.casefold() in _ORDINARY or word.endswith(("’s", "'s")) for word in words)
        or name.casefold() in _OF_LESSONS
        or any(_is_part_of(loose(name), other) for other in others)
        or any(_NOT_A_PUPIL.search(each) or _OF_A_LESSON.search(each) for each in (before, *up_to))
    )


def _is_part_of(name: str, other: str) -> bool:
    return f" {name} " in f" {other} " or (" " in other and f" {other} " in f" {name} ")
