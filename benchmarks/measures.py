"""The measures that benchmarks and training print."""

from collections.abc import Sequence
from dataclasses import dataclass

HALF = 0.5
RELEVANCE_HEAD = f"{'':26}{'precision':>10}{'recall':>8}{'F1':>7}{'F(R,S)':>8}{'ECE':>7}"


@dataclass(frozen=True, slots=True)
class Relevant:
    """How well posts about the school are told from others'. F(R,S): reliability and sensitivity (RepLab 2013)."""

    precision: float
    recall: float
    f1: float
    frs: float


def relevant(said: Sequence[bool], truth: Sequence[bool]) -> Relevant:
    """Measure yes-or-no answers."""
    pairs = list(zip(said, truth, strict=True))
    both, neither = sum(s and t for s, t in pairs), sum(not s and not t for s, t in pairs)
    precision, recall = both / max(1, sum(said)), both / max(1, sum(truth))
    reliability = precision * neither / max(1, len(pairs) - sum(said))
    sensitivity = recall * neither / max(1, len(pairs) - sum(truth))
    return Relevant(precision, recall, harmonic(precision, recall), harmonic(reliability, sensitivity))


def harmonic(one: float, other: float) -> float:
    """The harmonic mean; 0 where both are 0."""
    return 2 * one * other / (one + other) if one + other else 0.0


def calibration_error(scores: Sequence[float], truth: Sequence[bool], bins: int = 10) -> float:
    """Expected calibration error over equal-width bins (Naeini et al., 2015)."""
    error = 0.0
    for number in range(bins):
        here = [(s, t) for s, t in zip(scores, truth, strict=True) if min(bins - 1, int(s * bins)) == number]
        error += abs(sum(s for s, _ in here) - sum(t for _, t in here)) / len(scores)
    return error


def relevance_line(name: str, scores: Sequence[float], truth: Sequence[bool], *, calibrated: bool = True) -> None:
    """Print one line of the relevance table."""
    found = relevant([score >= HALF for score in scores], truth)
    ece = f"{calibration_error(scores, truth):>7.3f}" if calibrated else ""
    print(f"{name:26}{found.precision:>10.3f}{found.recall:>8.3f}{found.f1:>7.3f}{found.frs:>8.3f}{ece}")
