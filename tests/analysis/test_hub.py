"""Sentiment by a larger model, everything else by the encoder."""

import importlib.util
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from analysis.hub import LONGEST, HubTone
from analysis.tone import NOT_READ, UNSURE, nothing_read
from core.errors import BadInput
from core.taxonomy import Risk, Sentiment
from core.types import Post, Tone
from tests.analysis.readers import Always, tone

NOW = datetime(2026, 11, 20, 16, 15, tzinfo=UTC)
WITH_TORCH = importlib.util.find_spec("torch") is not None and importlib.util.find_spec("transformers") is not None
GOOD = [{"label": "positive", "score": 0.7}, {"label": "NEUTRAL", "score": 0.2}, {"label": "negative", "score": 0.1}]


class Rest(Always):
    """What the encoder says, a tone a post."""

    def __init__(self, *says: Tone) -> None:
        super().__init__()
        self.each = says

    def __call__(self, posts: Sequence[Post]) -> list[Tone]:
        """One tone a post, in order."""
        return list(self.each[: len(posts)])


class Pipeline:
    """A classifier that always says the same, and remembers what it was asked."""

    def __init__(self, labels: list[dict[str, Any]]) -> None:
        self.labels = labels
        self.asked: list[str] = []

    def __call__(self, texts: list[str], batch_size: int) -> list[list[dict[str, Any]]]:
        """The same for every text."""
        assert batch_size == 4
        self.asked += texts
        return [self.labels for _ in texts]


def _hub(*rest: Tone, labels: list[dict[str, Any]] = GOOD, **facts: Any) -> tuple[HubTone, Pipeline]:
    hub, pipeline = HubTone("somewhere/roomy-model/", rest=Rest(*rest), batch=4, **facts), Pipeline(labels)  # type: ignore[arg-type]
    hub.__dict__["_pipeline"] = pipeline
    return hub, pipeline


def _posts(*texts: str) -> list[Post]:
    return [Post(platform="x", native_id=str(n), text=text, retrieved_at=NOW) for n, text in enumerate(texts)]


def test_the_sentiment_is_the_larger_models_and_the_rest_the_encoders() -> None:
    hub, pipeline = _hub(tone(Sentiment.NEGATIVE, {Risk.SCAM: 0.9}, abstained=UNSURE))

    [said] = hub(_posts("Pay here"))

    assert pipeline.asked == ["Pay here"]
    assert said.sentiment is Sentiment.POSITIVE
    assert said.sentiment_scores == {"negative": 0.1, "neutral": 0.2, "positive": 0.7}
    assert (said.risks, said.abstained) == ((Risk.SCAM,), None)
    assert said.model == hub.model == "roomy-model+always-1"
    assert hub.bounds == Rest.bounds


def test_labels_of_one_side_are_added_up() -> None:
    stars = [
        {"label": f"{n} star{'s' if n > 1 else ''}", "score": score} for n, score in enumerate((0.3, 0.3, 0.1, 0.1, 0.2), 1)
    ]
    hub, _ = _hub(tone(), labels=stars)

    [said] = hub(_posts("Fair"))

    assert said.sentiment is Sentiment.NEGATIVE
    assert said.sentiment_scores == pytest.approx({"negative": 0.6, "neutral": 0.1, "positive": 0.3})


def test_only_languages_that_it_reads_are_asked_of_it() -> None:
    polish, welsh = (tone(language=code, abstained=f"language: {code}") for code in ("pl", "cy"))
    wordless = tone(language=None, abstained="no words")
    hub, pipeline = _hub(polish, welsh, wordless, tone(), languages=("pl",))

    said = hub(_posts("po polsku", "yn Gymraeg", "🎉", "in English"))

    assert pipeline.asked == ["po polsku", "in English"]
    assert [each.abstained for each in said] == [None, "language: cy", "no words", None]
    assert [each.sentiment for each in said] == [Sentiment.POSITIVE, Sentiment.NEUTRAL, Sentiment.NEUTRAL, Sentiment.POSITIVE]
    assert {each.model for each in said} == {hub.model}


def test_where_the_encoder_is_missing_nothing_is_read() -> None:
    hub, pipeline = _hub(nothing_read(NOT_READ))

    [said] = hub(_posts("Fair"))

    assert (said.abstained, pipeline.asked) == (NOT_READ, [])
    assert hub([]) == []


def test_no_more_than_the_longest_is_handed_on() -> None:
    hub, pipeline = _hub(tone())
    hub(_posts("a" * 50_000))

    assert len(pipeline.asked[0]) == LONGEST


def test_a_model_that_says_something_else_is_refused_in_a_sentence() -> None:
    hub, _ = _hub(tone(), labels=[{"label": "sarcastic", "score": 1.0}])

    with pytest.raises(BadInput, match="answers “sarcastic”, which is no sentiment"):
        hub(_posts("Fair"))


@pytest.mark.skipif(WITH_TORCH, reason="torch and transformers are installed here")
def test_without_its_extra_it_says_what_to_install() -> None:
    hub = HubTone("anything", rest=Rest(tone()))  # type: ignore[arg-type]

    with pytest.raises(BadInput, match="A larger model needs the extra `hub` and torch"):
        hub(_posts("Fair"))


@pytest.mark.skipif(not WITH_TORCH, reason="needs torch and transformers, which only a larger model needs")
def test_a_model_in_a_folder_reads_posts(tmp_path: Path) -> None:
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    (tmp_path / "vocab.txt").write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "lovely", "gate"]))
    BertTokenizerFast(str(tmp_path / "vocab.txt"), model_max_length=32).save_pretrained(tmp_path)
    names = {0: "negative", 1: "neutral", 2: "positive"}
    small = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 8}
    config = BertConfig(
        vocab_size=7,
        max_position_embeddings=32,
        id2label=names,
        label2id={name: number for number, name in names.items()},
        **small,
    )
    BertForSequenceClassification(config).save_pretrained(tmp_path)
    hub = HubTone(str(tmp_path), rest=Rest(tone(), tone()), batch=2)  # type: ignore[arg-type]

    said = hub(_posts("lovely gate " * 300, "gate"))

    assert all(sum(each.sentiment_scores.values()) == pytest.approx(1, abs=1e-4) for each in said)
    assert said[0].model == f"{tmp_path.name}+always-1"


@pytest.mark.skipif(not WITH_TORCH, reason="needs torch and transformers, which only a larger model needs")
def test_a_folder_without_a_model_is_said_in_a_sentence(tmp_path: Path) -> None:
    hub = HubTone(str(tmp_path), rest=Rest(tone()))  # type: ignore[arg-type]

    with pytest.raises(BadInput, match=r"cannot be loaded .* Check its name, or give a folder\."):
        hub(_posts("Fair"))
