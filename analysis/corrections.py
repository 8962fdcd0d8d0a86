"""Learning from people's answers: a small correction for one school, kept only if it does better on unseen answers.

Shared by every judge that gives log-odds. The judge stays as it ships; the correction adds a few points for words that the
answers have in common. It is learned around confident posts nobody objected to, so that ten times "not about us" does not make
every post of the school doubtful. Nothing of who wrote a post is learned.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

FEWEST = 5
"""Answers from which learning is tried."""
FOLDS = 5
PULL = 1.0
"""How strongly each weight is held to zero: the variance around it is 1, in log-odds."""
GAIN = 0.02
"""By how much the loss (in nats an answer) on unseen answers must fall for a correction to be kept."""
_STEPS = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """What the judge said of a post (log-odds), the post's terms, and what a person says it is."""

    log_odds: float
    terms: frozenset[str]
    yes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What was learned: points for terms, from how many answers, and the loss on unseen answers without and with it."""

    points: Mapping[str, float]
    answers: int
    loss_before: float
    loss_after: float

    @property
    def kept(self) -> bool:
        """Whether it did better, and so is used."""
        return self.loss_after < self.loss_before - GAIN


NOTHING = Correction(points={}, answers=0, loss_before=0.0, loss_after=0.0)


def learn(answers: Sequence[Answer], anchors: Sequence[Answer] = ()) -> Correction:
    """Learn from answers, beside anchors: posts the judge is sure of and nobody objected to. Deterministic."""
    if len(answers) < FEWEST:
        return NOTHING
    before = after = 0.0
    for fold in range(FOLDS):
        held = [each for number, each in enumerate(answers) if number % FOLDS == fold]
        points = _fit([each for number, each in enumerate(answers) if number % FOLDS != fold], anchors)
        before += sum(_loss(each.log_odds, each.yes) for each in held)
        after += sum(_loss(each.log_odds + shift(points, each.terms), each.yes) for each in held)
    points = {term: round(weight, 3) for term, weight in _fit(answers, anchors).items() if abs(weight) >= 0.01}
    return Correction(points=points, answers=len(answers), loss_before=before / len(answers), loss_after=after / len(answers))


def shift(points: Mapping[str, float], terms: Iterable[str]) -> float:
    """What a correction adds to the log-odds of a post with these terms."""
    return sum(points.get(term, 0.0) for term in terms)


def telling(points: Mapping[str, float], terms: Iterable[str]) -> tuple[str, ...]:
    """The three terms of a post that the correction says most about."""
    known = sorted((term for term in terms if term in points), key=lambda term: (-abs(points[term]), term))
    return tuple(known[:3])


def _fit(answers: Sequence[Answer], anchors: Sequence[Answer]) -> dict[str, float]:
    """Ridge logistic regression with the judge's log-odds as offset, over the terms of the answers."""
    terms = sorted({term for each in answers for term in each.terms})
    if not terms:
        return {}
    place = {term: number for number, term in enumerate(terms)}
    every = [*answers, *anchors]
    rows = np.zeros((len(every), len(terms)))
    for number, each in enumerate(every):
        for term in each.terms:
            if term in place:
                rows[number, place[term]] = 1.0
    side = np.array([1.0 if each.yes else -1.0 for each in every])
    offset = np.array([each.log_odds for each in every])
    return dict(zip(terms, _newton(rows, side, offset).tolist(), strict=True))


def _newton(rows: Array, side: Array, offset: Array) -> Array:
    """Minimise the loss plus the pull to zero. The loss is convex; steps are halved until they help."""
    points: Array = np.zeros(rows.shape[1])

    def value(at: Array) -> float:
        return float(np.logaddexp(0, -side * (offset + rows @ at)).sum() + PULL * (at @ at) / 2)

    best = value(points)
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(side * (offset + rows @ points)))
        slope = PULL * points - rows.T @ (side * chance)
        bend = (rows * (chance * (1 - chance))[:, None]).T @ rows + PULL * np.eye(len(points))
        step = np.linalg.solve(bend, slope)
        size = 1.0
        while size > 1e-6 and value(points - size * step) > best:
            size /= 2
        points = points - size * step
        now = value(points)
        if best - now < 1e-9:
            break
        best = now
    return points


def _loss(log_odds: float, yes: bool) -> float:
    return float(np.logaddexp(0, -log_odds if yes else log_odds))
