"""What may stand in a cell of a sheet that strangers' words go into (OWASP, CSV injection).

Everything done to a text here shows, and `uncell` undoes it: a line break is ` ⏎ `, a hidden character is its name
(`⟦U+202E⟧`), and what a spreadsheet would run as a formula, or turn into a number or a date, has an apostrophe before it.
"""

import re

LIMIT = 8_000
"""The most characters of one cell in a sheet for people. Excel holds 32,767 and shows far fewer."""

_CUT = " … (cut here: the whole text is in records.jsonl)"

_MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    "|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
_HIDDEN_CLASS = (
    "\x00-\x09\x0b-\x1f\x7f-\x9f"  # control characters, all but the line feed
    "\u00ad\u180e\u200b\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb"  # of no width; emoji need their joiners
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # turning the direction of reading
    "\u2028\u2029"  # breaking a line
    "\u115f\u1160\u17b4\u17b5\u3164\uffa0"  # letters that draw nothing
    "\U000e0000-\U000e007f"  # tags
    "\ud800-\udfff"  # halves of characters
    f"{_NONCHARACTERS}"
)
# The flags of England, Scotland and Wales are spelt with tags: in posts about schools they are flags, not tricks.
_FLAGS = [
    "\U0001f3f4" + "".join(chr(0xE0000 + ord(letter)) for letter in nation) + "\U000e007f"
    for nation in ("gbeng", "gbsct", "gbwls")
]
_HIDDEN = re.compile(f"{'|'.join(_FLAGS)}|[{_HIDDEN_CLASS}]")
_NEEDS_A_NAME = re.compile(f"{'|'.join(_FLAGS)}|[{_HIDDEN_CLASS}⟦⏎]")
_UNFINISHED = re.compile("(?:⟦[^⟧]*|\U0001f3f4[\U000e0000-\U000e007f]*)$")
_NAMED = re.compile("⟦U\\+([0-9A-F]{4,6})⟧")
# `'` is guarded so that ours can be told from theirs, `<r>` because xlsxwriter would write it out as mark-up of its own.
_RUNS = re.compile(r"\s*[=+\-@|%＝＋－＠]|'|<r>")
# Possessive (`++`): "june" reads two ways, and trying all of them on a long hostile text would take for ever.
_BECOMES_A_VALUE = re.compile(rf"(?i:(?=\D*\d)(?:[\d\s.,:;/\\()£$€%*+\-]|e|am|pm|{_MONTHS})++|\s*(?:true|false)\s*)")


def cell(text: str) -> str:
    """The text as one safe line: no formula, no number or date made of it, nothing hidden. `uncell` gives the text back."""
    seen = _NEEDS_A_NAME.sub(_by_name, _with_line_feeds(text)).replace("\n", " ⏎ ")
    guarded = _RUNS.match(seen) or _BECOMES_A_VALUE.fullmatch(seen)
    return f"'{seen}" if guarded else seen


def uncell(written: str) -> str:
    """The text that `cell` was given, its line breaks as line feeds."""
    return _NAMED.sub(lambda found: chr(int(found[1], 16)), written.removeprefix("'").replace(" ⏎ ", "\n"))


def clipped(written: str) -> str:
    """A cell no longer than `LIMIT`, never cut inside a flag or the name of a character, with a note that it was cut."""
    return written if len(written) <= LIMIT else _UNFINISHED.sub("", written[:LIMIT]) + _CUT


def identifier(value: str | None) -> str:
    """A platform's id, marked so that no spreadsheet rounds it: `id:1856…`. Nothing for None."""
    return "" if value is None else f"id:{value}"


def has_hidden(text: str) -> bool:
    """Whether the text holds characters that a reader cannot see, line breaks and flags apart."""
    return any(found[0] not in _FLAGS for found in _HIDDEN.finditer(_with_line_feeds(text)))


def visible(text: str) -> str:
    """The text without what a reader cannot see, odd spaces as plain ones. Not reversible: for copies meant to hold less."""
    return _HIDDEN.sub(_if_seen, _with_line_feeds(text))


def _with_line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _by_name(found: re.Match[str]) -> str:
    return found[0] if found[0] in _FLAGS else f"⟦U+{ord(found[0]):04X}⟧"


def _if_seen(found: re.Match[str]) -> str:
    if found[0] in _FLAGS:
        return found[0]
    return " " if found[0].isspace() else ""
