"""How a post speaks and what it does: sentiment toward the school, twelve risks, severity, what it asks. By the encoder.

Where it is not sure it says so, and where it cannot read the language. What it says in numbers is turned into labels here, by
bounds that were chosen on schools which the encoder had not seen (`train/calibration.py`).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from analysis.encoder import Array, Encoder, ModelMissing, sigmoid, softmax
from analysis.language import ENGLISH, Languages
from core.taxonomy import Mark, Risk, Sentiment, Severity
from core.types import Post, Tone

NOT_READ = "not-read-yet"
"""The model's name where its files are missing: what it would have judged is judged when they are back."""
UNSURE = "unsure"
LANGUAGE = "language: "
EMPTY = "no words"


class Reader(Protocol):
    """Anything that reads posts. `model` names the version, so that what an older one read can be read again."""

    @property
    def model(self) -> str:
        """Name and version, as stored with each judgement."""
        ...

    @property
    def bounds(self) -> Mapping[str, float]:
        """By risk, the chance from which it is a label."""
        ...

    @property
    def missing(self) -> str | None:
        """Why nothing can be read, in a sentence; None where all is well."""
        ...

    def __call__(self, posts: Sequence[Post]) -> list[Tone]:
        """One tone a post, in order; never raises for a post (it abstains instead)."""
        ...


class EncoderTone:
    """The reader that ships."""

    def __init__(self, encoder: Encoder | None = None, languages: Languages | None = None) -> None:
        self._encoder = encoder or Encoder()
        self._languages = languages or Languages()
        self.bounds: Mapping[str, float] = {}
        self.missing: str | None = None
        """Why nothing can be read, in a sentence; None where all is well."""
        try:
            self._encoder.check()
            self._languages.check()
            about = self._encoder.about
            self.model, self.bounds = about.name, about.bounds["risks"]
        except ModelMissing as problem:
            self.model, self.missing = NOT_READ, str(problem)

    def __call__(self, posts: Sequence[Post]) -> list[Tone]:
        """Read posts; the same words twice in a batch are read once."""
        if self.model == NOT_READ:
            return [nothing_read(self.model) for _ in posts]
        texts = list(dict.fromkeys(post.text for post in posts))
        read = dict(zip(texts, self._read(texts), strict=True))
        return [read[post.text] for post in posts]

    def _read(self, texts: Sequence[str]) -> list[Tone]:
        if not texts:
            return []
        about = self._encoder.about
        said = self._encoder(texts)
        chances = {"sentiment": softmax(said["sentiment"])} | {
            head: sigmoid(said[head]) for head in ("risks", "severity", "marks")
        }
        languages = self._languages(texts)
        return [
            tone({head: rows[number] for head, rows in chances.items()}, about.bounds, language, about.name)
            for number, language in enumerate(languages)
        ]


def tone(chances: Mapping[str, Array], bounds: Mapping[str, Any], language: str | None, model: str) -> Tone:
    """The labels that follow from the chances of one post. Pure. `language`: None where there are no words to tell it by."""
    sentiment = dict(zip(Sentiment, map(float, chances["sentiment"]), strict=True))
    risk_scores = dict(zip(Risk, map(float, chances["risks"]), strict=True))
    risks = tuple(risk for risk in Risk if risk_scores[risk] >= bounds["risks"][risk])
    marks = tuple(mark for mark, chance in zip(Mark, chances["marks"], strict=True) if chance >= bounds["marks"][mark])
    best = max(sentiment, key=sentiment.__getitem__)
    return Tone(
        sentiment=best,
        sentiment_scores={str(label): chance for label, chance in sentiment.items()},
        risks=risks,
        risk_scores={str(risk): chance for risk, chance in risk_scores.items()},
        severity=severity_of(risks, chances["severity"], bounds["severity"]),
        marks=marks,
        language=language,
        abstained=_abstained(sentiment[best], risks, bounds["unsure"], language),
        model=model,
    )


def severity_of(risks: Sequence[Risk], chances: Sequence[float] | Array, steps: Sequence[float]) -> Severity:
    """How soon somebody must look. Without a risk nothing is severe; what is only a complaint is never more than noted."""
    if not risks:
        return Severity.NONE
    if tuple(risks) == (Risk.COMPLAINT,):
        return Severity.LOW
    level = int(np.cumprod(np.asarray(chances) >= np.asarray(steps)).sum())
    return list(Severity)[max(1, level)]


def nothing_read(model: str) -> Tone:
    """What is said of a post that nobody could read."""
    return Tone(
        sentiment=Sentiment.NEUTRAL,
        sentiment_scores={str(label): float(label is Sentiment.NEUTRAL) for label in Sentiment},
        model=model,
        abstained=NOT_READ,
    )


def _abstained(best: float, risks: Sequence[Risk], unsure: float, language: str | None) -> str | None:
    """Why no label is shown: no words, a language that is not read, or two labels that are about as likely."""
    if language is None:
        return EMPTY
    if language != ENGLISH:
        return f"{LANGUAGE}{language}"
    return UNSURE if best < unsure and not risks else None
