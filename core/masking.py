"""Texts for readers who must not learn names. Imperfect, and said to be so wherever used: a person must read the result."""

import re
from collections.abc import Callable, Iterable

from core.cells import visible
from core.text import words

MASK = "▇▇▇"

_MANY_MASKS = re.compile("▇{4,}")
# Joiners stay in emoji, but between letters they only serve to hide a name.
_BETWEEN_LETTERS = re.compile(r"(?<=\w)[\u200c\u200d\ufe00-\ufe0f]+(?=\w)")
_CAPITALISED_WORD = re.compile(r"\b[^\W\d_a-z][^\W\d_]{2,}")
_NO_NAMES = frozenset(("and", "dad", "for", "from", "mum", "mums", "not", "our", "parent", "parents", "the", "with", "year"))
_BESIDE_NAMES = re.compile(r"[^\w\s'’.-]")

# Lengths are bounded so that a long text without what is looked for costs no more than its length.
_LINK = re.compile(r"(?i:https?://|www\.)\S+|\b[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/\S*")
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_HANDLE = re.compile(r"[@＠]\w[\w.@-]*")
_PHONE = re.compile(r"(?<!\w)\+?\d(?:[\s().-]{0,2}\d){8,14}(?!\w)")
_POSTCODE = re.compile(r"(?i:\b[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}\b)")
_SURNAME = r"[^\W\d_](?:['’-]?[^\W\d_])*"
_CAPITAL_SURNAME = rf"(?=[^\W\d_a-z]){_SURNAME}"
# "miss" and "sir" are words of their own, so they make a title only before a capital letter.
_TITLED = re.compile(
    rf"\b((?i:mr|mrs|ms|mx|dr|prof|rev)\b\.?\s+){_SURNAME}(?:\s+{_CAPITAL_SURNAME})?"
    rf"|\b((?:Miss|MISS|Sir|SIR|Dame|DAME)\s+){_CAPITAL_SURNAME}(?:\s+{_CAPITAL_SURNAME})?"
)


def masker(identities: Iterable[str], *, shown_names: Iterable[str] = (), public: str = "") -> Callable[[str], str]:
    """A function that takes names and contact details out of a text: those given, and what looks like one.

    `identities` (handles, ids, links) go wherever they occur, inside words too from five characters on. A shown name goes as a
    whole, and its words where they stand capitalised. What consists only of words in `public` stays: an impersonator's shown
    name is often just the school's.
    """
    stays = frozenset(words(public))
    names = [bare for name in map(visible, shown_names) for bare in (name.strip(), _BESIDE_NAMES.sub("", name).strip())]
    private = [one for one in [*map(visible, identities), *names] if one.strip() and not stays.issuperset(words(one) or [one])]
    parts = {part for name in names for part in _CAPITALISED_WORD.findall(name) if part.casefold() not in stays | _NO_NAMES}
    known = _known(private, parts)

    def masked(text: str) -> str:
        seen = _BETWEEN_LETTERS.sub("", visible(text))
        for pattern in (known, _LINK, _EMAIL, _HANDLE, _PHONE, _POSTCODE):
            seen = pattern.sub(MASK, seen)
        seen = _TITLED.sub(lambda found: f"{found[1] or found[2]}{MASK}", seen)
        return _MANY_MASKS.sub(MASK, seen)

    return masked


def _known(identities: Iterable[str], capitalised: Iterable[str]) -> re.Pattern[str]:
    anywhere = sorted({one for one in identities if len(one) >= 5}, key=len, reverse=True)
    whole_words = sorted({one for one in identities if len(one) < 5})
    choices = [
        *(f"(?i:{_spaced(one)})" for one in anywhere),
        *(rf"(?<!\w)(?i:{_spaced(one)})(?!\w)" for one in whole_words),
        *(rf"(?<!\w){re.escape(part)}(?!\w)" for part in sorted(capitalised)),
    ]
    return re.compile("|".join(choices) or r"(?!)")


def _spaced(name: str) -> str:
    """A pattern of the name, whatever spaces or line breaks stand between its words."""
    return r"\s+".join(map(re.escape, name.split()))
