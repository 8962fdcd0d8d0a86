"""What else people call a school, by rule from its name. A person looks over all of it before it is used (Set-up, School)."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from core.stems import CATHOLIC, COFE, NameParts, parts
from core.text import loose, normal

PLAIN_WORDS = Path(__file__).with_name("plain_words.txt")

_CHURCHES = {COFE: (COFE, "C of E", "Church of England", "CE"), CATHOLIC: (CATHOLIC, "RC", "Roman Catholic")}
_SWAPPED = ("School", "Academy", "College")
_AS_SPOKEN = {"Infant": "Infants", "Junior": "Juniors", "Sixth Form": "Sixth"}
_MISSPELT = {"academy": "Acadamy", "college": "Collage", "grammar": "Grammer"}
_DOUBLED = re.compile(r"([bcdfglmnprstz])\1")
_SINGLE = re.compile(r"(?<=[aeiou])([lmnpst])(?=[aeiouy])")
_LONG = 7  # letters; shorter words are seldom misspelt
_SHORTEST = 4  # letters
_UNSPOKEN = frozenset({"of", "and", "the", "for", "in", "on", "at", "with", "a", "de"})
_OTHER_LETTERS = frozenset(
    {
        "BBC",
        "CEO",
        "DFE",
        "DNA",
        "FAQ",
        "GCSE",
        "GDP",
        "LGBT",
        "LOL",
        "MBE",
        "NHS",
        "OBE",
        "OMG",
        "PTA",
        "RIP",
        "SATS",
        "SEND",
        "UTC",
    }
)
"""Letters that mean something else to everybody."""


def aliases(name: str) -> tuple[str, ...]:
    """Other ways to write the full name: its church, school or academy, Saint or St, and the commonest misspellings.

    None of them is a school of other ages: "Grove Primary School" never gives "Grove High School". None is empty or the name.
    """
    return _distinct(_written(name), but=(name, *short_names(name)))


def short_names(name: str) -> tuple[str, ...]:
    """What people shorten the name to: "Grove Primary", "Grove Infants", "St Mary’s". Others may be called so too.

    An everyday word or fewer than four letters never stand alone: The Oak School is "Oak School", not "Oak".
    """
    return _distinct(_shortened(parts(name)), but=(name,))


def initials(name: str) -> str | None:
    """The first letters of its words, as people write them: three to six capitals, or None where they mean something else."""
    said = parts(name)
    catholic = said.church if said.church == CATHOLIC else None
    words = name if said.inside else " ".join(filter(None, (said.own, catholic, said.phase, said.kind)))
    letters = "".join(word[0] for word in loose(words).split() if word not in _UNSPOKEN).upper()
    usable = 3 <= len(letters) <= 6 and letters.isalpha() and letters not in _OTHER_LETTERS and not is_plain(letters)
    return letters if usable else None


def hashtag(name: str) -> str | None:
    """The hashtag people would make of it: "#StMarysPrimary". None for a name without letters that a hashtag can hold."""
    said = parts(name)
    words = loose(name if said.inside else " ".join(filter(None, (said.own, _spoken(said) or said.kind)))).split()
    tag = "".join(word[0].upper() + word[1:] for word in words)
    return f"#{tag}" if len(tag) >= _SHORTEST and not tag.isdigit() else None


def is_plain(word: str) -> bool:
    """Whether a single word is an everyday one that says nothing of a school unless "school" or the like follows."""
    return loose(word) in _plain_words()


def _written(name: str) -> Iterator[str]:
    said = parts(name)
    yield from _saints(name)
    if not said.inside and said.kind in _SWAPPED:
        for church in _CHURCHES.get(said.church or "", ()):
            yield _joined(said, church=church)
        yield _joined(said, church=None)
        for kind in _swapped(said):
            yield _joined(said, kind=kind)
    yield from _misspelt(said)


def _shortened(said: NameParts) -> Iterator[str]:
    if _stands_alone(said.own):
        yield said.own
    if said.inside or not said.kind:
        return
    if said.phase:
        yield f"{said.own} {_spoken(said)}"
    if said.church:
        yield " ".join(filter(None, (said.own, said.church, _spoken(said))))
    if said.kind in ("School", "Academy"):
        yield f"{said.own} {said.kind}"


def _spoken(said: NameParts) -> str | None:
    """The ages as people say them: infants, juniors."""
    return _AS_SPOKEN.get(said.phase, said.phase) if said.phase else None


def _stands_alone(own: str) -> bool:
    words = loose(own).split()
    return len("".join(words)) >= _SHORTEST and (len(words) > 1 or not is_plain(words[0]))


def _swapped(said: NameParts) -> tuple[str, ...]:
    """The kinds a school becomes or is taken for. With ages or a church in its name it is hardly taken for a college."""
    if said.phase == "Sixth Form":
        return ()
    others = ("School", "Academy") if said.phase or said.church else _SWAPPED
    return tuple(kind for kind in others if kind != said.kind)


def _joined(said: NameParts, **changed: str | None) -> str:
    church, kind = changed.get("church", said.church), changed.get("kind", said.kind)
    return " ".join(filter(None, (said.own, church, said.phase, kind)))


def _saints(name: str) -> Iterator[str]:
    yield re.sub(r"\bSt\b\.?", "Saint", name)
    yield re.sub(r"\bSaint\b", "St", name)


def _misspelt(said: NameParts) -> Iterator[str]:
    """The own part with its longest word misspelt, or the kind: a letter doubled or dropped, "ie" for "ei"."""
    kind = _spoken(said) or said.kind
    if said.inside or not kind:
        return
    longest = max(said.own.split(), key=len)
    if len(longest) >= _LONG and longest.isalpha():
        for wrong in _slips(longest):
            yield f"{said.own.replace(longest, wrong)} {kind}"
    if kind.lower() in _MISSPELT:
        yield f"{said.own} {_MISSPELT[kind.lower()]}"


def _slips(word: str) -> Iterator[str]:
    if "field" in word:
        yield word.replace("field", "feild")
    if _DOUBLED.search(word):
        yield _DOUBLED.sub(r"\1", word, count=1)
    elif _SINGLE.search(word):
        yield _SINGLE.sub(r"\1\1", word, count=1)


def _distinct(names: Iterable[str], but: Iterable[str]) -> tuple[str, ...]:
    """Each once, whatever its case, in order."""
    known = {normal(each) for each in but}
    found = {normal(each): each for each in reversed(list(names)) if loose(each) and normal(each) not in known}
    return tuple(reversed(found.values()))


@lru_cache(maxsize=1)
def _plain_words() -> frozenset[str]:
    return frozenset(PLAIN_WORDS.read_text(encoding="utf-8").split())
