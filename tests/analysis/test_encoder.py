"""The encoder as a whole on a tiny model that counts its word pieces; and what it says of files that are not right."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.encoder import BATCH, WIDTH, Encoder, ModelMissing, pieces, sigmoid, softmax
from tests.analysis.readers import HEADS, damaged, tiny_encoder, tiny_graph, tiny_model
from tests.analysis.texts import STRANGE


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    """An encoder over a tiny model."""
    return tiny_encoder(tmp_path_factory.mktemp("tiny"), Encoder)


class Spaced:
    """A tokenizer whose pieces are the numbers in a text."""

    def encode_batch_fast(self, texts: list[str], add_special_tokens: bool) -> list[Any]:
        """The numbers of each text."""
        assert not add_special_tokens
        return [type("Encoding", (), {"ids": [int(word) for word in text.split()]}) for text in texts]


def test_a_long_post_is_shortened_in_its_middle() -> None:
    short, whole, long = (list(range(3_000, 3_000 + number)) for number in (3, 256, 257))

    read = pieces(Spaced(), [" ".join(map(str, each)) for each in (short, whole, long, [])])

    assert read == [[101, *short, 102], [101, *whole, 102], [101, *long[:192], *long[-64:], 102], [101, 102]]


def test_one_row_a_text_in_the_order_given(encoder: Encoder) -> None:
    numbers = [5, 1, 300, 2, 7, 1, 40, 3] * 9
    texts = [" ".join(["gate"] * number) for number in numbers]
    assert len(texts) > 2 * BATCH

    counted = encoder.vectors(texts)

    assert counted.shape == (len(texts), WIDTH)
    assert counted[:, 0].tolist() == [min(number, 256) + 2 for number in numbers]


def test_what_stands_beside_it_changes_no_answer(encoder: Encoder) -> None:
    alone = encoder(["lovely gate"])
    beside = encoder(["gate " * 200, "lovely gate", "dreadful"])

    for head, width in HEADS.items():
        assert alone[head].shape == (1, width)
        assert np.allclose(alone[head][0], beside[head][1])
    assert alone["sentiment"].tolist() == [[0.0, 2.0, 2.0]]
    assert alone["marks"][0, -1] == 4


def test_a_real_model_is_run_as_it_was_written(encoder: Encoder, tmp_path: Path) -> None:
    texts = ["lovely gate", "", "dreadful " * 300, "gate gate"]
    real = Encoder(tiny_model(tmp_path, tiny_graph()), threads=1)

    said, expected = real(texts), encoder(texts)

    assert all(np.allclose(said[head], expected[head]) for head in HEADS)
    assert np.array_equal(real.vectors(texts), encoder.vectors(texts))


def test_nothing_asked_nothing_said(encoder: Encoder) -> None:
    said = encoder([])

    assert {head: rows.shape for head, rows in said.items()} == {head: (0, width) for head, width in HEADS.items()}
    assert encoder.vectors([]).shape == (0, WIDTH)
    assert softmax(said["sentiment"]).shape == (0, 3)


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE)
def test_any_text_gets_numbers(encoder: Encoder, text: str) -> None:
    said = encoder([text])

    assert all(np.isfinite(rows).all() for rows in said.values())


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "model.json"])
def test_a_missing_file_is_said_in_a_sentence(name: str, tmp_path: Path) -> None:
    tiny_model(tmp_path)
    (tmp_path / name).unlink()

    with pytest.raises(ModelMissing) as said:
        Encoder(tmp_path).check()

    assert str(said.value) == (
        f"The model in {tmp_path} cannot be read ({name}: No such file or directory). "
        "Get the program’s files anew; what is collected meanwhile is judged then."
    )


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_an_altered_file_is_not_used(name: str, tmp_path: Path) -> None:
    Encoder(tiny_model(tmp_path)).check()
    (tmp_path / name).write_bytes((tmp_path / name).read_bytes() + b" ")

    with pytest.raises(ModelMissing, match=rf"was altered \({name}\)"):
        Encoder(tmp_path).check()


def test_a_model_that_is_altered_later_is_not_used_either(tmp_path: Path) -> None:
    encoder = Encoder(tiny_model(tmp_path))
    encoder.check()
    (tmp_path / "model.onnx").write_bytes(b"another")

    with pytest.raises(ModelMissing, match=r"was altered \(model\.onnx\)"):
        encoder(["gate"])


@pytest.mark.parametrize("body", damaged().values(), ids=damaged())
def test_a_damaged_description_is_said_in_a_sentence(body: bytes, tmp_path: Path) -> None:
    (tmp_path / "model.json").write_bytes(body)

    with pytest.raises(ModelMissing, match=r"is damaged \(model\.json\)\. Get the program’s files anew"):
        _ = Encoder(tmp_path).about


@given(st.lists(st.lists(st.floats(-1e4, 1e4, width=32), min_size=3, max_size=3), min_size=1, max_size=5))
def test_chances_are_chances(rows: list[list[float]]) -> None:
    logits = np.array(rows, dtype=np.float32)

    with np.errstate(over="ignore"):
        each = sigmoid(logits)

    assert np.allclose(softmax(logits).sum(axis=1), 1, atol=1e-5)
    assert ((each >= 0) & (each <= 1)).all()
    likeliest = softmax(logits)[np.arange(len(rows)), logits.argmax(axis=1)]
    assert likeliest == pytest.approx(softmax(logits).max(axis=1))
