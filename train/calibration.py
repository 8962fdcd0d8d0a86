"""From outputs on posts of schools that were left out: temperatures, bounds, and what the fit reaches."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from sklearn.metrics import cohen_kappa_score, f1_score, precision_recall_curve, recall_score

from analysis.encoder import sigmoid, softmax
from core.taxonomy import Mark, Risk, Sentiment, Severity
from train.examples import Told
from train.network import SCHOOL_HEADS

Array = NDArray[np.float32]
NEVER_MISSED = (Risk.THREAT, Risk.SAFEGUARDING)
RECALL = 0.95
"""Of these two, so many of the posts must be found, on schools left out; and no bound of theirs is below LOWEST."""
LOWEST = 0.05
KEPT_RIGHT = 0.85
"""Of the sentiments that are shown, so many must be right; where the model is less sure it says so."""
READ = "en"


def calibrate(posts: Sequence[Told], outputs: Array) -> dict[str, Any]:
    """Choose temperatures and bounds on left-out posts, and print what is reached with them there."""
    heads = _by_head(outputs)
    read = np.array([each.relevant and not each.own and each.language == READ for each in posts])
    sentiment = np.array([list(Sentiment).index(each.sentiment) for each in posts])
    risks = np.array([[risk in each.risks for risk in Risk] for each in posts])
    severity = np.array([list(Severity).index(each.severity) for each in posts])
    marks = np.array([[mark in each.marks for mark in Mark] for each in posts])
    heat = _temperature(heads["sentiment"][read], sentiment[read])
    chances = softmax(heads["sentiment"] / np.float32(heat))
    found = {name: sigmoid(heads[name]) for name in ("risks", "severity", "marks")}
    bounds = {
        "risks": {risk: _bound(found["risks"][read, n], risks[read, n], risk in NEVER_MISSED) for n, risk in enumerate(Risk)},
        "marks": {mark: _bound(found["marks"][read, n], marks[read, n], False) for n, mark in enumerate(Mark)},
        "severity": _steps(found["severity"][read], severity[read]),
        "unsure": _unsure(chances[read], sentiment[read]),
    }
    about = {"name": "tone-1", "temperatures": {"sentiment": round(heat, 3)}, "bounds": bounds}
    _report(about, chances[read], found, read, sentiment[read], risks[read], severity[read], marks[read])
    return about


def _by_head(outputs: Array) -> dict[str, Array]:
    ends = np.cumsum(list(SCHOOL_HEADS.values()))
    return dict(zip(SCHOOL_HEADS, np.split(outputs, ends[:-1], axis=1), strict=True))


def _temperature(logits: Array, labels: NDArray[Any]) -> float:
    """The temperature at which the labels are likeliest (Guo et al., 2017)."""

    def loss(heat: float) -> float:
        chance = softmax(logits / np.float32(heat))[np.arange(len(labels)), labels]
        return float(-np.log(np.maximum(chance, 1e-9)).mean())

    return float(minimize_scalar(loss, bounds=(0.3, 5.0), method="bounded").x)


def _bound(chances: Array, truth: NDArray[Any], never_missed: bool) -> float:
    """The bound with the best F1; for what must not be missed, the highest that still finds enough."""
    precision, recall, bounds = precision_recall_curve(truth, chances)
    both = 2 * precision * recall / np.maximum(1e-9, precision + recall)
    best = float(bounds[int(both[:-1].argmax())])
    if never_missed:
        enough = bounds[recall[:-1] >= RECALL]
        best = min(best, max(LOWEST, float(enough.max())))
    return round(best, 3)


def _steps(chances: Array, truth: NDArray[Any]) -> list[float]:
    """A bound for "at least this severe", for each step, chosen in turn for the best kappa."""
    steps: list[float] = [0.5] * chances.shape[1]
    for _ in range(3):
        for step in range(len(steps)):
            tried = [[*steps[:step], round(float(bound), 2), *steps[step + 1 :]] for bound in np.arange(0.2, 0.81, 0.02)]
            steps = max(tried, key=lambda each: _kappa(chances, each, truth))
    return steps


def _kappa(chances: Array, steps: Sequence[float], truth: NDArray[Any]) -> float:
    return float(cohen_kappa_score(levels(chances, steps), truth, weights="quadratic"))


def levels(chances: Array, steps: Sequence[float]) -> NDArray[Any]:
    """The severity of each post, from none (0): how many steps it takes in a row."""
    taken: NDArray[Any] = np.cumprod(chances >= np.array(steps), axis=1).sum(axis=1)
    return taken


def _unsure(chances: Array, truth: NDArray[Any]) -> float:
    """The lowest bound on the best label's chance above which enough labels are right."""
    best, right = chances.max(axis=1), chances.argmax(axis=1) == truth
    for bound in np.arange(0.34, 0.9, 0.01):
        if right[best >= bound].mean() >= KEPT_RIGHT:
            return round(float(bound), 2)
    return 0.9


def _report(
    about: dict[str, Any],
    chances: Array,
    found: dict[str, Array],
    read: NDArray[Any],
    sentiment: NDArray[Any],
    risks: NDArray[Any],
    severity: NDArray[Any],
    marks: NDArray[Any],
) -> None:
    bounds = about["bounds"]
    said = chances.argmax(axis=1)
    kept = chances.max(axis=1) >= bounds["unsure"]
    named = found["risks"][read] >= np.array([bounds["risks"][risk] for risk in Risk])
    level = levels(found["severity"][read], bounds["severity"])
    either = [list(Risk).index(risk) for risk in NEVER_MISSED]
    print(f"{len(said)} posts in English about schools left out")
    each = ", ".join(f"{share:.2f}" for share in recall_score(sentiment, said, average=None))
    print(
        f"  sentiment: macro-recall {recall_score(sentiment, said, average='macro'):.3f} ({each}); "
        f"shown for {kept.mean():.0%} of posts, and right there in {(said == sentiment)[kept].mean():.1%}"
    )
    print(
        f"  risks: macro-F1 {f1_score(risks, named, average='macro', zero_division=0):.3f}; "
        f"recall of threat and safeguarding {named[:, either][risks[:, either]].mean():.3f}"
    )
    for number, risk in enumerate(Risk):
        right = (named[:, number] & risks[:, number]).sum()
        print(
            f"    {risk:16} bound {bounds['risks'][risk]:.2f} precision {right / max(1, named[:, number].sum()):.2f} "
            f"recall {right / risks[:, number].sum():.2f}"
        )
    print(f"  severity: kappa {cohen_kappa_score(level, severity, weights='quadratic'):.3f}, steps {bounds['severity']}")
    asked = found["marks"][read] >= np.array([bounds["marks"][mark] for mark in Mark])
    print(
        "  marks: F1 "
        + ", ".join(
            f"{mark} {f1_score(marks[:, number], asked[:, number], zero_division=0):.2f}" for number, mark in enumerate(Mark)
        )
    )
