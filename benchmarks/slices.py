"""Harmless posts that differ only in the identity they name or the dialect they are typed in: an alarm about one is false.

Templates filled in evenly, as in Dixon et al., “Measuring and mitigating unintended bias in text classification” (2018) and
Borkan et al., “Nuanced metrics for measuring unintended bias with real data for text classification” (2019). They were
written by hand about made-up schools, and are for the benchmark alone: nothing is ever trained on them.

The n-th sentence of every identity is one template about one school, and that of every dialect is one post about one school,
so slices can be compared pair by pair with the plain words or standard English.
"""

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TypedDict

PLAIN, STANDARD = "plain", "standard"
TABLE = Path(__file__).with_name("slices.json")


class _Identity(TypedDict):
    templates: list[dict[str, str]]
    forms: dict[str, dict[str, list[str]]]


class _Dialect(TypedDict):
    fill: dict[str, dict[str, list[str]]]
    posts: list[dict[str, str]]


class _Table(TypedDict):
    schools: list[str]
    identity: _Identity
    dialect: _Dialect


def slices() -> dict[str, list[str]]:
    """The sentences of each slice, those of the identities and of the dialects, by their names."""
    return identity() | dialect()


def identity() -> dict[str, list[str]]:
    """The same templates for each identity; first `PLAIN`, where year groups, newcomers and neighbours take its place."""
    table = _table()["identity"]
    texts = [template["text"] for template in table["templates"]]
    return {name: _filled(texts, forms) for name, forms in table["forms"].items()}


def dialect() -> dict[str, list[str]]:
    """The same posts in each dialect, rewritten by hand; first `STANDARD`. Teenagers’ texting has no capitals."""
    table = _table()["dialect"]
    fill, posts = table["fill"], table["posts"]
    names = [name for name in posts[0] if name != "mood"]
    found = {name: _filled([post[name] for post in posts], fill[STANDARD] | fill.get(name, {})) for name in names}
    return found | {"texting": [sentence.lower() for sentence in found["texting"]]}


def moods(name: str) -> list[str]:
    """How each sentence of a slice is meant, in its order: positive, neutral, or a grumble, which may be called a complaint."""
    table = _table()
    source = table["identity"]["templates"] if name in table["identity"]["forms"] else table["dialect"]["posts"]
    return [each["mood"] for each in source for _ in table["schools"]]


def _filled(texts: Sequence[str], forms: dict[str, list[str]]) -> list[str]:
    """Each text about every school once, its forms taking turns, all equally often."""
    turns = range(len(_table()["schools"]))
    return [_sentence(text, forms, number, turn) for number, text in enumerate(texts) for turn in turns]


def _sentence(text: str, forms: dict[str, list[str]], number: int, turn: int) -> str:
    # Schools start elsewhere than forms from text to text, or each form would keep to its own schools.
    schools = _table()["schools"]
    words = {slot: form[(number + turn) % len(form)] for slot, form in forms.items()}
    return text.format(school=schools[(5 * number + turn) % len(schools)], **words)


@lru_cache
def _table() -> _Table:
    table: _Table = json.loads(TABLE.read_text(encoding="utf-8"))
    return table
