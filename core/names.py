"""All names of all schools in one automaton: one pass over a text finds every name in it, however many schools there are.

Names are compared in loose form (case, apostrophes, full stops and Saint/St do not matter) and only as whole words.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from ahocorasick_rs import AhoCorasick, MatchKind

from core.text import loose

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
        owners: dict[str, list[tuple[str, T]]] = {}
        for name, owner in names:
            if form := loose(name):
                owners.setdefault(f" {form} ", []).append((name, owner))
        self._owners: Mapping[str, list[tuple[str, T]]] = owners
        self._forms = list(owners)
        self._automaton = AhoCorasick(self._forms, matchkind=MatchKind.Standard) if owners else None

    def find(self, text: str) -> list[Hit[T]]:
        """Every name in the text, overlapping ones too, in the order in which they end."""
        if self._automaton is None:
            return []
        form = f" {loose(text)} "
        return [
            Hit(name, owner, start, end)
            for number, start, end in self._automaton.find_matches_as_indexes(form, overlapping=True)
            for name, owner in self._owners[self._forms[number]]
        ]
