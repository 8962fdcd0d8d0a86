"""How fast posts are read: `uv run python -m benchmarks.tone_speed POSTS.jsonl [--posts 2000]`.

Posts a second end to end (cleaning, word pieces, encoder, languages, labels) on two threads, the first answer of a new process
and memory after it; beside VADER, and beside an eight-bit roberta-base of random weights where the extra `train` is installed.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from analysis.encoder import THREADS, Encoder
from analysis.language import Languages
from analysis.tone import EncoderTone
from benchmarks.baselines import mood
from core.types import Post

ROUNDS = 3
"""The best of so many counts: what else the machine does only slows it."""
_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_FRESH = """
import time
began = time.perf_counter()
from analysis.encoder import Encoder
Encoder()(["The gates open at half past eight"])
took = time.perf_counter() - began
held = int(open("/proc/self/status").read().split("VmRSS:")[1].split()[0]) / 1024
from analysis.language import Languages
again = time.perf_counter()
Languages()(["The gates open at half past eight"])
print(took, held, time.perf_counter() - again)
"""


def main(file: Path, number: int) -> None:
    """Time each and print the table."""
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line.strip()]
    texts = [str(line["text"]) for line in lines if line.get("text")]
    texts = [f"{texts[n % len(texts)]} {n}" for n in range(number)]
    posts = [Post(platform="x", native_id=str(n), text=text, retrieved_at=_NOW) for n, text in enumerate(texts)]
    whole, encoder, languages = EncoderTone(), Encoder(), Languages()
    whole(posts[:64])
    encoder(texts[:64])
    ours = _rate(lambda: whole(posts), number)
    alone = _rate(lambda: encoder(texts), number)
    print(f"{number:,} posts, {np.mean([len(text.split()) for text in texts]):.0f} words on average, {THREADS} threads")
    print(f"{'':40}{'posts/s':>10}")
    print(f"{'Crestwatch, all of it':40}{ours:>10,.0f}")
    print(f"{'  its encoder':40}{alone:>10,.0f}")
    print(f"{'  its languages':40}{_rate(lambda: languages(texts), number):>10,.0f}")
    print(f"{'VADER':40}{_rate(lambda: [mood(text) for text in texts], number):>10,.0f}")
    few = texts[: max(64, number // 10)]
    large = _roberta(few)
    if large is None:
        print("roberta-base, eight bits: not measured; it needs the extra `train`")
    else:
        print(f"{'roberta-base, eight bits':40}{large:>10,.0f}   the encoder is {alone / large:.1f}× as fast")
    fresh = [float(each) for each in _fresh()]
    print(f"first answer of a fresh process {fresh[0]:.2f} s (its language {fresh[2]:.2f} s more), memory {fresh[1]:.0f} MiB")


def _rate(work: Callable[[], object], number: int) -> float:
    best = 0.0
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        best = max(best, number / (time.perf_counter() - began))
    return best


def _fresh() -> list[str]:
    done = [subprocess.run([sys.executable, "-c", _FRESH], capture_output=True, text=True, check=True) for _ in range(ROUNDS)]
    return min((each.stdout.split() for each in done), key=lambda said: float(said[0]))


def _roberta(texts: Sequence[str]) -> float | None:
    """A roberta-base as large as the real one, with our word pieces: what it costs does not depend on what it knows."""
    try:
        import torch  # noqa: PLC0415
        from onnxruntime.quantization import QuantType, quantize_dynamic  # noqa: PLC0415
        from transformers import RobertaConfig, RobertaModel  # noqa: PLC0415
    except ImportError:
        return None
    from analysis.encoder import pieces  # noqa: PLC0415

    model = RobertaModel(RobertaConfig(vocab_size=50_265, max_position_embeddings=514), add_pooling_layer=False).eval()
    encoder = Encoder()
    ids = sorted(pieces(encoder._tokenizer, texts), key=len)
    with tempfile.TemporaryDirectory() as folder:
        exact, small = Path(folder) / "exact.onnx", Path(folder) / "small.onnx"
        example = (torch.tensor([[5, 6, 7]]), torch.tensor([[1, 1, 1]]))
        torch.onnx.export(
            model,
            example,
            str(exact),
            input_names=["input_ids", "attention_mask"],
            output_names=["hidden"],
            dynamic_axes={name: {0: "posts", 1: "pieces"} for name in ("input_ids", "attention_mask", "hidden")},
            dynamo=False,
        )
        quantize_dynamic(str(exact), str(small), per_channel=True, weight_type=QuantType.QInt8)
        session = _session(small)
        return _rate(lambda: _run(session, ids), len(ids))


def _session(file: Path) -> Any:
    import onnxruntime  # noqa: PLC0415

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])


def _run(session: Any, ids: Sequence[Sequence[int]], batch: int = 32) -> None:
    for start in range(0, len(ids), batch):
        part = ids[start : start + batch]
        longest = max(map(len, part))
        filled = np.array([[*each, *[1] * (longest - len(each))] for each in part])
        mask = np.array([[1] * len(each) + [0] * (longest - len(each)) for each in part])
        session.run(None, {"input_ids": filled, "attention_mask": mask})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--posts", type=int, default=2_000)
    asked = parser.parse_args()
    main(asked.file, asked.posts)
