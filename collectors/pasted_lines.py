"""The lines of a pasted thread, and the posts that a layout finds in them."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

LONGEST_SIGN = 120  # characters; no name, button or age of any layout is longer
# Marks of no width that steer the direction of writing, alone and in pairs. Not the joiner, which holds emoji together.
_ALONE = "\u061c\u200b\u200e\u200f\u2060\ufeff"
MARKS = _ALONE + "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
NUMBER = r"(?:\d{1,3}(?:,\d{3}){1,3}|\d{1,7}|\d{1,4}(?:\.\d{1,2})? ?[KkM])"

_WITHOUT_MARKS = str.maketrans(dict.fromkeys(MARKS))
_AROUND = _ALONE + "".join(filter(str.isspace, map(chr, range(0x3001))))
_THOUSANDS = {"K": 1_000, "M": 1_000_000}


class Line(NamedTuple):
    """A line that is not blank."""

    said: str  # as it was pasted, without white space and marks around it
    bare: str  # as signs are looked for: single plain spaces, no marks; empty where it is too long to be a sign
    blank: int  # how many blank lines stand before it


class Found(NamedTuple):
    """A post of a thread."""

    text: str
    author: str | None = None
    created_at: datetime | None = None
    likes: int | None = None


class Thread(NamedTuple):
    """A thread in one layout: the number of the line with which it begins, and its posts that say something."""

    begins: int
    posts: list[Found]


def lines_of(text: str) -> list[Line]:
    """Its lines, top to bottom."""
    lines: list[Line] = []
    blank = 0
    for line in text.splitlines():
        if said := line.strip(_AROUND):
            lines.append(Line(said, bare(said) if len(said) <= LONGEST_SIGN else "", blank))
            blank = 0
        else:
            blank += 1
    return lines


def bare(text: str) -> str:
    """Without marks, with single plain spaces."""
    return " ".join(text.translate(_WITHOUT_MARKS).split())


def text_of(lines: Iterable[Line]) -> str:
    """What was written in these lines, blank lines between them as they were."""
    return "".join("\n" * (line.blank + 1) + line.said for line in lines).lstrip("\n")


def number(stated: str) -> int | None:
    """A count as sites show it: 12, 1,234, 1.2K. None for anything else."""
    if not re.fullmatch(NUMBER, stated):
        return None
    digits = stated.rstrip("KkM ")
    return round(float(digits.replace(",", "")) * _THOUSANDS.get(stated[-1].upper(), 1))
