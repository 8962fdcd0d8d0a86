"""Text as it is compared: normal forms, words, and the skeleton in which lookalike letters are one letter."""

import re
import unicodedata
from functools import lru_cache

from confusable_homoglyphs import confusables

_SURROGATES = re.compile("[\ud800-\udfff]")
_HIDDEN = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\U000e0000-\U000e007f]")
_MARKS_OF_NAMES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "–": "-", "—": "-", "‐": "-", "‑": "-"})
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_LOOKALIKE_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_LEET = str.maketrans("013457$@", "oieastsa")


def storable(text: str) -> str:
    """The text with what no database can hold (NUL, lone surrogates) as U+FFFD. The raw payload keeps the original."""
    if text.isascii() and "\x00" not in text:  # most are, and need no search
        return text
    return _SURROGATES.sub("\ufffd", text.replace("\x00", "\ufffd"))


@lru_cache(maxsize=256)
def normal(text: str) -> str:
    """The form in which texts are compared: NFKC, folded case, straight quotes, no hidden characters, single spaces."""
    visible = _HIDDEN.sub("", unicodedata.normalize("NFKC", text).translate(_MARKS_OF_NAMES))
    return " ".join(visible.casefold().split())


def words(text: str) -> list[str]:
    """The words of a text in normal form, apostrophes inside them kept: "St Mary’s gates" gives st, mary's, gates."""
    return _WORD.findall(normal(text))


@lru_cache(maxsize=256)
def loose(name: str) -> str:
    """A name without what people leave out or vary when they type: punctuation, apostrophes, "Saint"."""
    bare = normal(name).replace("'", "").replace("&", " and ")
    joined = " ".join(re.findall(r"[^\W_]+", bare))
    return re.sub(r"\bsaint\b", "st", joined)


@lru_cache(maxsize=4096)
def _prototype(letter: str) -> str:
    """The plain Latin letter a character can be mistaken for, itself where there is none (Unicode UTS #39 tables)."""
    if letter.isascii():
        return letter
    found = confusables.is_confusable(letter, greedy=True, preferred_aliases=[])
    for one in found[0]["homoglyphs"] if found else ():
        if len(one["c"]) == 1 and one["c"].isascii() and one["c"].isalnum():
            return str(one["c"]).casefold()
    return letter


def skeleton(text: str) -> str:
    """What a name looks like at a glance: lookalike letters of other scripts, digits for letters and "rn" for "m" made one.

    Two names with one skeleton can be taken for each other (after Unicode UTS #39, with leetspeak added).
    """
    plain = "".join(_prototype(letter) for letter in normal(text))
    stripped = "".join(c for c in unicodedata.normalize("NFD", plain) if not unicodedata.combining(c))
    seen = stripped.translate(_LEET)
    for pair, one in _LOOKALIKE_PAIRS:
        seen = seen.replace(pair, one)
    return seen
