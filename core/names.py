"""All names of all schools in one automaton: one pass over a text finds every name in it, however many schools there are.

Names are compared in loose form (case, apostrophes, full stops and Saint/St do not matter) and only as whole words.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from ahocorasick_rs import AhoCorasick, MatchKind

from core.text import loose, words

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Hit(Generic[T]):
    """A name found: as it was written in the profile, whose it is, and where it stands in the loose text."""

    name: str
    owner: T
    start: int
    end: int


class NameIndex(Generic[T]):
    """Finds many names at once (Aho–Corasick, 1975). Cost grows with the length of the text, not with the number of names."""

    def __init__(self, names: Iterable[tuple[str, T]]) -> None:
        """Each name with its owner; names without a letter or digit are left out. One name may have many owners."""
        bearers: dict[str, list[tuple[str, T, bool]]] = {}
        for name, owner in names:
            if form := loose(name):
                bearers.setdefault(f" {form} ", []).append((name, owner, False))
                bearers.setdefault(f" {form}s ", []).append((name, owner, True))
        self._bearers = list(bearers.values())
        self._automaton = AhoCorasick(list(bearers), matchkind=MatchKind.Standard) if bearers else None

    def find(self, text: str) -> list[Hit[T]]:
        """Every name in the text, overlapping ones too and with a possessive 's, in the order in which they end."""
        if self._automaton is None:
            return []
        form = f" {loose(text)} "
        found = self._automaton.find_matches_as_indexes(form, overlapping=True)
        # The loose form of "The Grove's" and of "The Groves" is the same; only one of them is The Grove.
        said = frozenset(words(text)) if found else frozenset()
        return [
            Hit(name, owner, start, end)
            for number, start, end in found
            for name, owner, possessive in self._bearers[number]
            if not possessive or f"{form[start:end].rsplit(maxsplit=1)[-1][:-1]}'s" in said
        ]
