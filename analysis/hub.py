"""Sentiment by a larger model: any text classifier of a model hub, or a folder. Everything else stays with the encoder.

Needs the extra `hub`, and torch or another framework that the model runs on. Chosen by the setting `tone` or by `--model`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from analysis.tone import LANGUAGE, EncoderTone
from core.errors import BadInput
from core.taxonomy import Sentiment
from core.types import Post, Tone

LONGEST = 2_000
"""Characters handed on; the model's own tokenizer cuts to what it reads."""
_NAMES = {
    Sentiment.NEGATIVE: ("negative", "neg", "label_0", "1 star", "2 stars", "very negative"),
    Sentiment.NEUTRAL: ("neutral", "neu", "label_1", "3 stars"),
    Sentiment.POSITIVE: ("positive", "pos", "label_2", "4 stars", "5 stars", "very positive"),
}
"""What models call the three; several labels of one side are added up."""


class HubTone:
    """The encoder's reading with the sentiment of another model. `languages`: those it reads beside English, as codes."""

    def __init__(
        self, name: str, *, languages: Sequence[str] = (), batch: int = 16, device: str = "cpu", rest: EncoderTone | None = None
    ) -> None:
        self._name, self._languages, self._batch, self._device = name, frozenset(languages), batch, device
        self._rest = rest or EncoderTone()
        self.model = f"{name.rstrip('/').split('/')[-1]}+{self._rest.model}"
        self.bounds: Mapping[str, float] = self._rest.bounds
        self.missing = self._rest.missing

    def __call__(self, posts: Sequence[Post]) -> list[Tone]:
        """One tone a post, in order."""
        read = self._rest(posts)
        mine = [number for number, tone in enumerate(read) if self._reads(tone)]
        said = self._pipeline([posts[number].text[:LONGEST] for number in mine], batch_size=self._batch) if mine else []
        for number, labels in zip(mine, said, strict=True):
            scores = self._sentiments(labels)
            best = max(scores, key=scores.__getitem__)
            read[number] = replace(
                read[number],
                sentiment=best,
                sentiment_scores={str(label): score for label, score in scores.items()},
                abstained=None,
                model=self.model,
            )
        return [replace(tone, model=self.model) for tone in read]

    def _reads(self, tone: Tone) -> bool:
        return tone.language is not None and (
            not (tone.abstained or "").startswith(LANGUAGE) or tone.language in self._languages
        )

    def _sentiments(self, labels: Sequence[Mapping[str, Any]]) -> dict[Sentiment, float]:
        scores = dict.fromkeys(Sentiment, 0.0)
        for each in labels:
            side = next((side for side, names in _NAMES.items() if str(each["label"]).casefold() in names), None)
            if side is None:
                raise BadInput(f"The model {self._name} answers “{each['label']}”, which is no sentiment. Choose another.")
            scores[side] += float(each["score"])
        return scores

    @cached_property
    def _pipeline(self) -> Any:
        try:
            from transformers import pipeline  # noqa: PLC0415  (only where somebody asks for a larger model)

            return pipeline("text-classification", self._name, top_k=None, truncation=True, device=self._device)
        except ImportError:
            raise BadInput(
                "A larger model needs the extra `hub` and torch: `uv sync --extra hub`, and torch as it suits you."
            ) from None
        except (OSError, ValueError) as problem:
            said = str(problem).split("\n", maxsplit=1)[0]
            raise BadInput(f"The model {self._name} cannot be loaded ({said}). Check its name, or give a folder.") from None
