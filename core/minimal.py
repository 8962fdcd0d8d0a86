"""What of a platform's answer is kept: not what its author says of themselves, nor where they are (UK GDPR Art. 5(1)(c))."""

from collections.abc import Mapping
from typing import Any

_OF_AUTHORS = frozenset({"bio", "location"})
_OF_USERS = frozenset({"description", "entities"})
"""What a profile says, where the platform calls an author a user; a post may have a description that is its text."""
_USERS = frozenset({"users", "user", "author"})


def minimal(value: Any, *, of_user: bool = False) -> Any:
    """An answer without its authors’ own words about themselves and their place, at any depth. Pure; all else as it came."""
    if isinstance(value, Mapping):
        left_out = _OF_AUTHORS | _OF_USERS if of_user else _OF_AUTHORS
        return {name: minimal(each, of_user=name in _USERS) for name, each in value.items() if name not in left_out}
    if isinstance(value, list | tuple):
        return [minimal(each, of_user=of_user) for each in value]
    return value
