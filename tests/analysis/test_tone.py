"""From numbers to labels, and a reader that says nothing rather than something wrong."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.encoder import Array, Encoder
from analysis.language import Languages
from analysis.tone import EMPTY, LANGUAGE, NOT_READ, UNSURE, EncoderTone, nothing_read, severity_of, tone
from core.taxonomy import Mark, Risk, Sentiment, Severity
from core.types import Post, Tone
from tests.analysis.readers import ABOUT, BOUNDS, damaged, tiny_encoder, tiny_model
from tests.analysis.texts import STRANGE

NOW = datetime(2026, 11, 20, 16, 15, tzinfo=UTC)


def _post(text: str) -> Post:
    return Post(platform="x", native_id="1", text=text, retrieved_at=NOW)


def _read(
    sentiment: tuple[float, float, float] = (0.1, 0.8, 0.1),
    risks: dict[Risk, float] | None = None,
    severity: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0),
    marks: dict[Mark, float] | None = None,
    language: str | None = "en",
) -> Tone:
    chances = {
        "sentiment": np.array(sentiment, dtype=np.float32),
        "risks": np.array([(risks or {}).get(risk, 0.0) for risk in Risk], dtype=np.float32),
        "severity": np.array(severity, dtype=np.float32),
        "marks": np.array([(marks or {}).get(mark, 0.0) for mark in Mark], dtype=np.float32),
    }
    bounds: Any = ABOUT["bounds"]
    return tone(chances, bounds, language, "tiny-1")


def test_the_likeliest_sentiment_is_the_label() -> None:
    for number, label in enumerate(Sentiment):
        sentiment = [0.1, 0.1, 0.1]
        sentiment[number] = 0.8
        read = _read((sentiment[0], sentiment[1], sentiment[2]))
        assert read.sentiment is label
        assert read.sentiment_scores == pytest.approx({str(each): s for each, s in zip(Sentiment, sentiment, strict=True)})
        assert read.model == "tiny-1"


def test_a_risk_is_a_label_from_its_bound_on() -> None:
    read = _read(risks={Risk.SCAM: 0.5, Risk.THREAT: 0.49, Risk.HATE: 0.9})

    assert read.risks == (Risk.HATE, Risk.SCAM)
    assert read.risk_scores[Risk.THREAT] == pytest.approx(0.49)
    assert set(read.risk_scores) == set(map(str, Risk))


def test_marks_have_bounds_too() -> None:
    assert _read(marks={Mark.QUESTION: 0.6, Mark.WHISTLEBLOWING: 0.4}).marks == (Mark.QUESTION,)


@pytest.mark.parametrize(
    ("risks", "chances", "severity"),
    [
        ((), (0.9, 0.9, 0.9, 0.9), Severity.NONE),
        ((Risk.COMPLAINT,), (0.9, 0.9, 0.9, 0.9), Severity.LOW),
        ((Risk.SCAM,), (0.1, 0.1, 0.1, 0.1), Severity.LOW),
        ((Risk.SCAM,), (0.9, 0.1, 0.1, 0.1), Severity.LOW),
        ((Risk.SCAM,), (0.9, 0.9, 0.1, 0.1), Severity.MEDIUM),
        ((Risk.SCAM,), (0.9, 0.1, 0.9, 0.9), Severity.LOW),
        ((Risk.THREAT, Risk.COMPLAINT), (0.9, 0.9, 0.9, 0.1), Severity.HIGH),
        ((Risk.THREAT,), (0.5, 0.5, 0.5, 0.5), Severity.CRITICAL),
    ],
)
def test_severity_goes_up_step_by_step(risks: tuple[Risk, ...], chances: tuple[float, ...], severity: Severity) -> None:
    assert severity_of(risks, chances, (0.5, 0.5, 0.5, 0.5)) is severity


@given(
    risks=st.lists(st.sampled_from(Risk), unique=True),
    chances=st.lists(st.floats(0, 1), min_size=4, max_size=4),
    steps=st.lists(st.floats(0, 1), min_size=4, max_size=4),
)
def test_nothing_is_severe_without_a_risk_and_something_with_one(
    risks: list[Risk], chances: list[float], steps: list[float]
) -> None:
    assert (severity_of(risks, chances, steps) is Severity.NONE) == (not risks)


@pytest.mark.parametrize(
    ("facts", "abstained"),
    [
        ({}, None),
        ({"sentiment": (0.45, 0.45, 0.1)}, UNSURE),
        ({"sentiment": (0.5, 0.4, 0.1)}, None),
        ({"sentiment": (0.45, 0.45, 0.1), "risks": {Risk.SCAM: 0.9}}, None),
        ({"language": None}, EMPTY),
        ({"language": "cy"}, f"{LANGUAGE}cy"),
        ({"language": "pl", "risks": {Risk.THREAT: 0.9}}, "language: pl"),
    ],
)
def test_why_labels_are_not_shown(facts: dict[str, Any], abstained: str | None) -> None:
    assert _read(**facts).abstained == abstained


def test_what_nobody_read_says_nothing() -> None:
    said = nothing_read("any")

    assert (said.sentiment, said.risks, said.marks, said.severity) == (Sentiment.NEUTRAL, (), (), Severity.NONE)
    assert (said.abstained, said.model) == (NOT_READ, "any")


def _abstains(reader: EncoderTone, problem: str) -> None:
    assert reader.model == NOT_READ
    assert reader.missing is not None
    assert problem in reader.missing
    assert "Get the program’s files anew" in reader.missing
    assert reader.bounds == {}
    assert [each.abstained for each in reader([_post("The gates are shut"), _post("")])] == [NOT_READ, NOT_READ]
    assert reader([]) == []


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "model.json"])
def test_without_its_files_it_says_so_and_abstains(name: str, tmp_path: Path) -> None:
    tiny_model(tmp_path)
    (tmp_path / name).unlink()

    _abstains(EncoderTone(Encoder(tmp_path)), f"cannot be read ({name}: No such file or directory)")
    _abstains(EncoderTone(Encoder(tmp_path / "nowhere")), "cannot be read")


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_with_an_altered_file_it_abstains(name: str, tmp_path: Path) -> None:
    tiny_model(tmp_path)
    (tmp_path / name).write_bytes(b"something else")

    _abstains(EncoderTone(Encoder(tmp_path)), f"was altered ({name})")


@pytest.mark.parametrize("body", damaged().values(), ids=damaged())
def test_with_a_damaged_description_it_abstains(body: bytes, tmp_path: Path) -> None:
    tiny_model(tmp_path)
    (tmp_path / "model.json").write_bytes(body)

    _abstains(EncoderTone(Encoder(tmp_path)), "is damaged (model.json)")


def test_without_the_table_of_languages_it_abstains(tmp_path: Path) -> None:
    tiny_model(tmp_path)

    _abstains(EncoderTone(Encoder(tmp_path), Languages(tmp_path / "languages.npz")), "languages.npz is missing or damaged")


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> EncoderTone:
    """The reader on a tiny model, which knows “lovely” and “dreadful”."""
    return EncoderTone(tiny_encoder(tmp_path_factory.mktemp("tiny"), Encoder))


def test_posts_are_read_in_order(reader: EncoderTone) -> None:
    said = reader([_post("the day at this school was lovely"), _post("a dreadful day at this school"), _post("the gate")])

    assert [each.sentiment for each in said] == [Sentiment.POSITIVE, Sentiment.NEGATIVE, Sentiment.NEUTRAL]
    assert {each.model for each in said} == {reader.model} == {"tiny-1"}
    assert reader.bounds == BOUNDS
    assert reader.missing is None


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE)
def test_no_text_ever_raises(reader: EncoderTone, text: str) -> None:
    [said] = reader([_post(text)])

    assert sum(said.sentiment_scores.values()) == pytest.approx(1, abs=1e-4)
    json.dumps([said.sentiment_scores, said.risk_scores])


class Counting(Encoder):
    """An encoder that remembers what it was asked."""

    def __call__(self, texts: Sequence[str]) -> dict[str, Array]:
        """As ever."""
        self.asked = list(texts)
        return super().__call__(texts)


def test_the_same_words_are_read_once(tmp_path: Path) -> None:
    encoder = tiny_encoder(tmp_path, Counting)

    said = EncoderTone(encoder)([_post("a lovely day"), _post("the gate"), _post("a lovely day")])

    assert encoder.asked == ["a lovely day", "the gate"]
    assert said[0] == said[2]


def test_nothing_to_read_is_nothing_read(reader: EncoderTone) -> None:
    assert reader([]) == []
    assert reader([_post("😂😂")])[0].abstained == EMPTY
    assert reader([_post("Szkoła jest dzisiaj zamknięta, proszę odebrać dzieci")])[0].abstained == "language: pl"
