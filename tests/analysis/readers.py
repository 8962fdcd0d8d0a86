"""Readers that are not the one that ships, for the tests of this folder: one that says what it is told, and a tiny model."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest
from numpy.typing import NDArray
from tokenizers import Tokenizer, models, pre_tokenizers

from analysis.encoder import WIDTH, Encoder
from core.taxonomy import Mark, Risk, Sentiment, Severity
from core.types import Post, Tone

E = TypeVar("E", bound=Encoder)
BOUNDS = {str(risk): 0.5 for risk in Risk}
HEADS = {"sentiment": 3, "risks": len(Risk), "severity": 4, "marks": len(Mark)}
ABOUT = {
    "name": "tiny-1",
    "heads": HEADS,
    "temperatures": {"sentiment": 2.0},
    "bounds": {
        "risks": BOUNDS,
        "marks": {str(mark): 0.5 for mark in Mark},
        "severity": [0.5, 0.5, 0.5, 0.5],
        "unsure": 0.5,
    },
}
WORDS = ("lovely", "dreadful", "gate", "fair")


def tone(sentiment: Sentiment = Sentiment.NEUTRAL, risks: Mapping[Risk, float] | None = None, **facts: Any) -> Tone:
    """A tone of this sentiment; `risks`: how likely each is, a label from 0.5 on."""
    scores = {str(risk): (risks or {}).get(risk, 0.0) for risk in Risk}
    named = tuple(risk for risk in Risk if scores[risk] >= BOUNDS[risk])
    known: dict[str, Any] = {
        "sentiment_scores": {str(each): float(each is sentiment) for each in Sentiment},
        "model": "always-1",
        "risks": named,
        "risk_scores": scores,
        "severity": Severity.MEDIUM if named else Severity.NONE,
        "language": "en",
    }
    return Tone(sentiment=sentiment, **{**known, **facts})


class Always:
    """A reader that always says the same."""

    model = "always-1"
    bounds: Mapping[str, float] = BOUNDS
    missing: str | None = None

    def __init__(self, says: Tone | None = None) -> None:
        self.says = says or tone()

    def __call__(self, posts: Sequence[Post]) -> list[Tone]:
        """One tone a post."""
        return [self.says for _ in posts]


WIDTHS = sum(HEADS.values())
WEIGHTS = np.zeros((200, WIDTHS), dtype=np.float32)
"""Dreadful, gate and lovely weigh for the sentiments; the last number says how many pieces there are."""
WEIGHTS[(2, 3, 1), (0, 1, 2)] = 4.0
WEIGHTS[:, -1] = 1.0


class Session:
    """What runs a model, with the tiny model's arithmetic."""

    def run(self, outputs: Sequence[str], given: Mapping[str, NDArray[np.int64]]) -> list[NDArray[np.float32]]:
        """These outputs for the pieces given."""
        real = given["attention_mask"].astype(np.float32)
        counted = np.repeat(real.sum(axis=1, keepdims=True), WIDTH, axis=1)
        known = {"logits": (WEIGHTS[given["input_ids"]] * real[:, :, None]).sum(axis=1), "vector": counted}
        return [known[name] for name in outputs]


def tiny_encoder(folder: Path, kind: type[E]) -> E:
    """An encoder of this kind over a tiny model that needs nothing to run it."""
    encoder = kind(tiny_model(folder), threads=1)
    encoder.__dict__["_session"] = Session()
    return encoder


def tiny_model(folder: Path, graph: bytes = b"no model", about: Mapping[str, Any] = ABOUT) -> Path:
    """Write a model's files into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer(models.WordLevel({word: number for number, word in enumerate(("[UNK]", *WORDS))}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "model.onnx").write_bytes(graph)
    hashes = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in ("model.onnx", "tokenizer.json")}
    (folder / "model.json").write_text(json.dumps({**about, "sha256": hashes}), encoding="utf-8")
    return folder


def damaged() -> dict[str, bytes]:
    """Descriptions of a model that are not what they should be, by what is wrong."""
    whole = {**ABOUT, "sha256": {"model.onnx": "", "tokenizer.json": ""}}
    return {
        "empty": b"",
        "cut": json.dumps(whole).encode()[:200],
        "no text": b"\xff\xfe\x00",
        "a list": b"[]",
        "null": b"null",
        "a word more": json.dumps({**whole, "more": 1}).encode(),
        "without a head": json.dumps({**whole, "heads": {"sentiment": 3}}).encode(),
        "without a bound": json.dumps({**whole, "bounds": {"risks": {}}}).encode(),
        "bounds no table": json.dumps({**whole, "bounds": 3}).encode(),
        "without hashes": json.dumps({**whole, "sha256": {}}).encode(),
    }


def tiny_graph() -> bytes:
    """The tiny model as ONNX; without `onnx` the test is skipped."""
    onnx = pytest.importorskip("onnx", reason="a model is written with onnx, which only training needs")
    make, kinds, constant = onnx.helper, onnx.TensorProto, onnx.numpy_helper.from_array
    nodes = [
        make.make_node("Gather", ["weights", "input_ids"], ["each"]),
        make.make_node("Cast", ["attention_mask"], ["real"], to=kinds.FLOAT),
        make.make_node("Unsqueeze", ["real", "last_axis"], ["kept"]),
        make.make_node("Mul", ["each", "kept"], ["masked"]),
        make.make_node("ReduceSum", ["masked", "pieces_axis"], ["logits"], keepdims=0),
        make.make_node("ReduceSum", ["real", "pieces_axis"], ["number"], keepdims=1),
        make.make_node("MatMul", ["number", "ones"], ["vector"]),
    ]
    graph = make.make_graph(
        nodes,
        "tiny",
        [make.make_tensor_value_info(name, kinds.INT64, ["posts", "pieces"]) for name in ("input_ids", "attention_mask")],
        [
            make.make_tensor_value_info(name, kinds.FLOAT, ["posts", width])
            for name, width in (("logits", WIDTHS), ("vector", WIDTH))
        ],
        [
            constant(WEIGHTS, "weights"),
            constant(np.array([1]), "pieces_axis"),
            constant(np.array([2]), "last_axis"),
            constant(np.ones((1, WIDTH), dtype=np.float32), "ones"),
        ],
    )
    return bytes(make.make_model(graph, opset_imports=[make.make_opsetid("", 17)], ir_version=9).SerializeToString())
