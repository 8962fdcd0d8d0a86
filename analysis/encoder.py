"""The small transformer that reads posts: texts in, probabilities out, a row for each text and a table for each head.

MiniLM (Wang et al., 2020) fitted by `train/tone.py`, eight-bit weights, run by onnxruntime. Nothing here knows a school.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.wordpieces import readable
from core.errors import BadInput

Array = NDArray[np.float32]
MODEL = Path(__file__).with_name("model")
BATCH = 32
THREADS = 2
WIDTH = 384
"""Numbers in a vector."""
_HEAD, _TAIL = 192, 64
"""Word pieces read of a long post: how it begins and how it ends."""
_FILES = ("tokenizer.json", "model.onnx")
_HEADS = frozenset({"sentiment", "risks", "severity", "marks"})
_START, _END = 101, 102
"""The pieces that BERT's vocabulary puts around a text."""
_WRONG = "The model in {folder} {problem}. Get the program’s files anew; what is collected meanwhile is judged then."


class ModelMissing(BadInput):
    """The model's files are not there or not what they were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What the model's own file says of it: name, a width and a temperature a head, and the bounds for what it answers."""

    name: str
    heads: Mapping[str, int]
    temperatures: Mapping[str, float]
    bounds: Mapping[str, Any]
    sha256: Mapping[str, str]


class Encoder:
    """One session over the model. Loads at the first question; raises ModelMissing where files are missing or altered."""

    def __init__(self, folder: Path = MODEL, threads: int = THREADS) -> None:
        self._folder = folder
        self._threads = threads

    @cached_property
    def about(self) -> About:
        """What the model says of itself."""
        try:
            about = About(**json.loads(self._bytes("model.json")))
            whole = set(about.heads) >= _HEADS and set(about.bounds) >= _HEADS - {"sentiment"} | {"unsure"} and about.sha256
        except (ValueError, TypeError):
            whole = False
        if not whole:
            raise self._wrong("is damaged (model.json)")
        return about

    def check(self) -> None:
        """Raises ModelMissing where a file is missing or altered."""
        for name in _FILES:
            self._checked(name)

    def __call__(self, texts: Sequence[str]) -> dict[str, Array]:
        """The logits of every text by head, shape (texts, width), in the order given; scaled to be calibrated."""
        return self._by_head(self._in_order(texts, "logits", sum(self.about.heads.values())))

    def vectors(self, texts: Sequence[str]) -> Array:
        """What each text is about as a vector, shape (texts, WIDTH): alike where they say alike things."""
        return self._in_order(texts, "vector", WIDTH)

    def _in_order(self, texts: Sequence[str], output: str, width: int) -> Array:
        """One output of the model for every text; read sorted by length, so that little is filled up."""
        ids = pieces(self._tokenizer, texts)
        found = np.zeros((len(texts), width), dtype=np.float32)
        order = sorted(range(len(ids)), key=lambda number: len(ids[number]))
        for start in range(0, len(order), BATCH):
            part = order[start : start + BATCH]
            found[part] = self._run([ids[number] for number in part], output)
        return found

    def _run(self, ids: Sequence[Sequence[int]], output: str) -> Array:
        longest = max(len(each) for each in ids)
        pieces = np.zeros((len(ids), longest), dtype=np.int64)
        mask = np.zeros((len(ids), longest), dtype=np.int64)
        for row, each in enumerate(ids):
            pieces[row, : len(each)] = each
            mask[row, : len(each)] = 1
        answer: Array = self._session.run([output], {"input_ids": pieces, "attention_mask": mask})[0]
        return answer

    def _by_head(self, outputs: Array) -> dict[str, Array]:
        split, start = {}, 0
        for head, width in self.about.heads.items():
            split[head] = outputs[:, start : start + width] / np.float32(self.about.temperatures.get(head, 1.0))
            start += width
        return split

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer  # noqa: PLC0415  (nothing but judging needs it)

        tokenizer = Tokenizer.from_file(str(self._checked("tokenizer.json")))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return tokenizer

    @cached_property
    def _session(self) -> Any:
        import onnxruntime  # noqa: PLC0415

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(str(self._checked("model.onnx")), options, providers=["CPUExecutionProvider"])

    def _checked(self, name: str) -> Path:
        """Where a file is, which must be as it was fitted. Read bit by bit: the model is held in memory once, not twice."""
        file = self._folder / name
        try:
            with file.open("rb") as body:
                found = hashlib.file_digest(body, "sha256").hexdigest()
        except OSError as problem:
            raise self._wrong(f"cannot be read ({name}: {problem.strerror})") from None
        if found != self.about.sha256.get(name):
            raise self._wrong(f"was altered ({name})")
        return file

    def _bytes(self, name: str) -> bytes:
        try:
            return (self._folder / name).read_bytes()
        except OSError as problem:
            raise self._wrong(f"cannot be read ({name}: {problem.strerror})") from None

    def _wrong(self, problem: str) -> ModelMissing:
        return ModelMissing(_WRONG.format(folder=self._folder, problem=problem))


def pieces(tokenizer: Any, texts: Sequence[str]) -> list[list[int]]:
    """Each text as the numbers of its word pieces, a long one shortened in its middle."""
    encoded = tokenizer.encode_batch_fast([readable(text) for text in texts], add_special_tokens=False)
    return [_shortened(each.ids) for each in encoded]


def _shortened(ids: list[int]) -> list[int]:
    kept = ids if len(ids) <= _HEAD + _TAIL else [*ids[:_HEAD], *ids[-_TAIL:]]
    return [_START, *kept, _END]


def softmax(logits: Array) -> Array:
    """Probabilities that add up to one, row by row."""
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True), dtype=np.float32)


def sigmoid(logits: Array) -> Array:
    """Probabilities of each for itself."""
    return np.asarray(1 / (1 + np.exp(-logits)), dtype=np.float32)
