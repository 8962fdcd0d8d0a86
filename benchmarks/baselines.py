"""The simplest ways to tell whose post it is, that everything else is measured beside."""

from collections.abc import Sequence

from core.text import loose
from core.types import Mention, School


def all_names(school: School) -> list[str]:
    """Every name in the profile."""
    initials = [school.initials] if school.initials else []
    return [school.name, *school.short_names, *school.other_names, *school.hashtags, *initials]


def says(mention: Mention, names: Sequence[str]) -> float:
    """1 where one of the names is in the post, else 0."""
    text = f" {loose(mention.post.text)} "
    return float(any(f" {loose(name)} " in text for name in names))
