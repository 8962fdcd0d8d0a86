"""What is typed into a platform's search box: names as phrases, joined by OR, in as few texts as its limit allows."""

from collections.abc import Iterable


def phrase(name: str) -> str:
    """A name in straight quotes, so that its words are sought side by side. Empty for a name without letters."""
    bare = " ".join(name.replace('"', " ").split())
    return f'"{bare}"' if bare else ""


def any_of(terms: Iterable[str], room: int) -> list[str]:
    """Search texts `a OR b OR c` of at most `room` characters that together hold every term once, whatever its case.

    A term longer than `room` is left out: no search can hold it.
    """
    distinct = {term.casefold(): term for term in reversed(list(terms))}
    texts: list[str] = []
    for term in reversed(distinct.values()):
        if not 0 < len(term) <= room:
            continue
        if texts and len(longer := f"{texts[-1]} OR {term}") <= room:
            texts[-1] = longer
        else:
            texts.append(term)
    return texts
