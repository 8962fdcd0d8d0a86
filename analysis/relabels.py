"""What people say of how a post was read, and what is learned from it for their school. Pure.

A person's word goes before the encoder's. From several of them a small correction is learned for each label by itself, with the
words of the post (`analysis/corrections.py`), and kept only where it does better on posts it has not seen.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from analysis.corrections import Answer, Correction, learn, shift
from analysis.wording import Masks
from core.errors import BadInput
from core.taxonomy import Risk, Sentiment, Severity
from core.types import JudgedMention, Post, Reason, Tone

_CERTAIN = 1e-4
"""Chances nearer to 0 or 1 than this are taken as this near."""
Points = Mapping[str, Mapping[str, float]]
"""By label, the points that terms add to its log-odds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a post is read: by the encoder, or by a person who looked at it."""

    sentiment: Sentiment
    risks: tuple[Risk, ...] = ()
    severity: Severity = Severity.NONE

    @property
    def labels(self) -> frozenset[str]:
        """Its sentiment and risks."""
        return frozenset({str(self.sentiment), *map(str, self.risks)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Relabel:
    """What a person said of a post, and what had been read before."""

    said: Reading
    was: Reading

    @property
    def right(self) -> bool:
        """Whether it had been read right, as that person sees it."""
        return self.said == self.was

    def written(self) -> str:
        """As it is kept with the decision."""
        return json.dumps({name: _row(each) for name, each in (("said", self.said), ("was", self.was))})


def relabel(written: str) -> Relabel:
    """What `written` made. Raises BadInput for anything else."""
    try:
        row = json.loads(written)
        return Relabel(said=_reading(row["said"]), was=_reading(row["was"]))
    except (ValueError, KeyError, TypeError):
        raise BadInput("A decision on how a post was read cannot be understood. Restore the newest backup.") from None


def reading_of(mention: JudgedMention) -> Reading:
    """How a judged post was read."""
    return Reading(sentiment=mention.sentiment, risks=tuple(mention.risks), severity=mention.severity)


def checked(said: Reading) -> Reading:
    """A reading that fits together: without a risk nothing is severe, with one something is, a complaint is only noted."""
    risks = tuple(risk for risk in Risk if risk in said.risks)
    if not risks:
        return replace(said, risks=(), severity=Severity.NONE)
    if risks == (Risk.COMPLAINT,):
        return replace(said, risks=risks, severity=Severity.LOW)
    return replace(said, risks=risks, severity=max(said.severity, Severity.LOW, key=list(Severity).index))


def as_said(mention: JudgedMention, said: Reading) -> JudgedMention:
    """The judgement once a person said how the post reads; the lane is the caller's to find anew."""
    others = [reason for reason in mention.reasons if reason.feature != "relabel"]
    told = Reason(feature="relabel", score=0.0, sentence="Somebody here said how it reads.")
    return replace(
        mention,
        sentiment=said.sentiment,
        risks=said.risks,
        severity=said.severity,
        abstained=None,
        reasons=(told, *others),
    )


def terms(post: Post, masks: Masks) -> frozenset[str]:
    """What relabels teach about: the words of a post, names of the school taken out. Nothing of its author."""
    return frozenset(masks.masked(post.text))


def learned(
    read: Sequence[tuple[Tone, frozenset[str], Reading]], anchors: Sequence[tuple[Tone, frozenset[str]]]
) -> dict[str, Correction]:
    """A correction for each label that people took away or gave, from (tone, terms, what they said), beside untouched posts."""
    touched = {label for tone, _, said in read for label in said.labels ^ _labels(tone)}
    return {
        label: learn(
            [_answer(tone, found, label, label in said.labels) for tone, found, said in read],
            [_answer(tone, found, label, label in _labels(tone)) for tone, found in anchors],
        )
        for label in sorted(touched)
    }


def corrected(tone: Tone, points: Points, found: Iterable[str], bounds: Mapping[str, float]) -> Tone:
    """The tone with what was learned added to the chances of its labels."""
    found = frozenset(found)
    scores = {
        label: _moved(chance, points.get(label), found)
        for label, chance in (*tone.sentiment_scores.items(), *tone.risk_scores.items())
    }
    if all(scores[label] == chance for label, chance in (*tone.sentiment_scores.items(), *tone.risk_scores.items())):
        return tone
    total = sum(scores[label] for label in tone.sentiment_scores)
    sentiment = {label: scores[label] / total for label in tone.sentiment_scores}
    risk_scores = {label: scores[label] for label in tone.risk_scores}
    risks = tuple(
        risk for risk in Risk if (risk_scores.get(risk, 0.0) >= bounds.get(risk, 1.0) if risk in points else risk in tone.risks)
    )
    read = checked(Reading(sentiment=Sentiment(max(sentiment, key=sentiment.__getitem__)), risks=risks, severity=tone.severity))
    told = Reason(feature="learned", score=0.0, sentence="What people here said of posts like it counts too.")
    return replace(
        tone,
        sentiment=read.sentiment,
        sentiment_scores=sentiment,
        risks=read.risks,
        risk_scores=risk_scores,
        severity=read.severity,
        reasons=(*tone.reasons, told),
    )


def _labels(tone: Tone) -> frozenset[str]:
    return Reading(sentiment=tone.sentiment, risks=tuple(tone.risks)).labels


def _answer(tone: Tone, found: frozenset[str], label: str, yes: bool) -> Answer:
    chance = {**tone.sentiment_scores, **tone.risk_scores}.get(label, 0.0)
    return Answer(log_odds=_log_odds(chance), terms=found, yes=yes)


def _moved(chance: float, points: Mapping[str, float] | None, found: frozenset[str]) -> float:
    if not points or not (by := shift(points, found)):
        return chance
    return 1 / (1 + math.exp(-(_log_odds(chance) + by)))


def _log_odds(chance: float) -> float:
    held = min(1 - _CERTAIN, max(_CERTAIN, chance))
    return math.log(held / (1 - held))


def _row(reading: Reading) -> dict[str, object]:
    return {"sentiment": reading.sentiment, "risks": list(reading.risks), "severity": reading.severity}


def _reading(row: Mapping[str, str]) -> Reading:
    return Reading(
        sentiment=Sentiment(row["sentiment"]), risks=tuple(map(Risk, row["risks"])), severity=Severity(row["severity"])
    )
