"""A post as the encoder reads it. Training and judging go through the same lines."""

import re
import unicodedata
from functools import lru_cache

from core.text import storable

LONGEST = 20_000
"""Characters looked at: far more than the encoder reads."""
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_SOMEBODY = re.compile(r"(?<![\w.])@\w[\w.]*")
_AGAIN = re.compile(r"(.)\1{3,}", re.DOTALL)
_JOINERS = re.compile("[\u200d\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff]")


def readable(text: str) -> str:
    """Links and people's handles as one word each, an emoji by its name, a letter at most three times on end."""
    cut = storable(text[:LONGEST])
    plain = _SOMEBODY.sub("@user", _LINK.sub("http", cut))
    named = plain if plain.isascii() else "".join(map(_named, _JOINERS.sub("", unicodedata.normalize("NFC", plain))))
    return " ".join(_AGAIN.sub(r"\1\1\1", named).split())


@lru_cache(maxsize=4096)
def _named(character: str) -> str:
    """An emoji is its Unicode name: "face with tears of joy" means something to an encoder that has no picture of it."""
    if ord(character) < 0x2190 or unicodedata.category(character) not in ("So", "Sk"):
        return character
    return f" {unicodedata.name(character, '').casefold()} "
