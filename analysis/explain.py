"""Why a post was read as it was: the words that moved it most, and the labelled post that is most like it.

Asked for, not done for every post: each word is left out once and the post read again (occlusion: Zeiler and Fergus, 2014; Li
et al., 2016). Words are given by where they stand, so that what is kept of an answer holds nothing of the post.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from analysis.encoder import MODEL, Encoder, sigmoid, softmax
from core.taxonomy import Risk, Sentiment

MOST_WORDS = 96
"""A longer post is left out in runs of words, so many in all."""
TOLD = 5
FAINTEST = 0.03
"""A word that moves the chance by less is not told."""
EXAMPLES = MODEL / "examples.npz"
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Word:
    """Where a word stands in the post, and by how much the chance falls without it (rises, where negative)."""

    start: int
    end: int
    moves: float


@dataclass(frozen=True, slots=True)
class Example:
    """A made-up post of the project's own, as it was labelled, and how alike it is (cosine)."""

    text: str
    sentiment: Sentiment
    risks: tuple[Risk, ...]
    alike: float


def words(encoder: Encoder, text: str, label: Sentiment | Risk) -> list[Word]:
    """The words that moved this label most, strongest first; at most five."""
    spans = _runs([found.span() for found in _WORD.finditer(text)])
    if not spans:
        return []
    chances = _chances(encoder, [text, *(text[:start] + text[end:] for start, end in spans)], label)
    moved = [Word(start, end, float(chances[0] - chance)) for (start, end), chance in zip(spans, chances[1:], strict=True)]
    telling = [word for word in moved if abs(word.moves) >= FAINTEST]
    return sorted(telling, key=lambda word: -abs(word.moves))[:TOLD]


def nearest(encoder: Encoder, text: str, label: Sentiment | Risk) -> Example | None:
    """The labelled post most like this one among those with that label."""
    table = _examples()
    fits = [number for number, line in enumerate(table["lines"]) if label in (line["sentiment"], *line["risks"])]
    if not fits:
        return None
    vector = encoder.vectors([text])[0]
    alike = table["vectors"][fits] @ (vector / max(1e-6, float(np.linalg.norm(vector))))
    best = int(alike.argmax())
    line = table["lines"][fits[best]]
    return Example(line["text"], Sentiment(line["sentiment"]), tuple(map(Risk, line["risks"])), float(alike[best]))


def _runs(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    step = -(-len(spans) // MOST_WORDS) if spans else 1
    return [(part[0][0], part[-1][1]) for at in range(0, len(spans), step) if (part := spans[at : at + step])]


def _chances(encoder: Encoder, texts: Sequence[str], label: Sentiment | Risk) -> Any:
    said = encoder(texts)
    if isinstance(label, Risk):
        return sigmoid(said["risks"])[:, list(Risk).index(label)]
    return softmax(said["sentiment"])[:, list(Sentiment).index(label)]


@cache
def _examples(file: Path = EXAMPLES) -> dict[str, Any]:
    with np.load(file, allow_pickle=False) as table:
        vectors = table["vectors"].astype(np.float32)
        lines = json.loads(bytes(table["lines"]).decode())
    return {"vectors": vectors / np.maximum(1e-6, np.linalg.norm(vectors, axis=1, keepdims=True)), "lines": lines}
