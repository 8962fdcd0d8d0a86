"""Fit what decides whether a post is ours: `uv run python -m train.relevance`.

1  The wording model: words and pairs of words of the corpus, names taken out.
2  The weights: log-odds for each trace. They start as the policy in `analysis/relevance.py` and are moved by the corpus only as
   far as its evidence goes (a Gaussian prior around the policy), and never change sign, so that each reason stays true.
3  The two bounds between ours, might be ours and not ours, chosen on posts of schools that were left out of fitting.

All figures printed are leave-school-out: each school is judged by what was learned from the others. Writes
`analysis/wording.json` and `analysis/relevance.json`.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from analysis import relevance, wording
from analysis.relevance import FEATURES, PRIOR, WEIGHTS
from analysis.traces import Traces
from analysis.wording import Masks, WordingModel
from benchmarks.baselines import all_names, says
from benchmarks.measures import RELEVANCE_HEAD, relevance_line
from core.types import Mention
from train import reading

Array = NDArray[np.float64]
OUTER, INNER = 10, 5
PULL = 1.0
"""How strongly weights are held to the policy: the variance around it is 1, in log-odds."""
SURE = 0.95
"""Of what is called ours, this share must be, on schools left out."""
MISSED = 0.03
"""Of what is ours, at most this share may be called not ours, on schools left out."""
DIGITS = 3


def main() -> None:
    """Fit, measure leave-school-out, write the two tables."""
    labelled = [each for school in reading.schools() for each in reading.posts(school)]
    mentions = [each.mention for each in labelled]
    truth = np.array([bool(each.line["relevant"]) for each in labelled])
    groups = np.array([mention.school.id for mention in mentions])
    found = [wording.terms(mention.post, Masks(mention.school)) for mention in mentions]
    traces = counts(mentions)
    left_out = _left_out(found, traces, truth, groups)
    print(f"{len(truth)} posts about {len(set(groups))} schools, {truth.sum()} relevant; each school judged by the others")
    print(RELEVANCE_HEAD)
    named = [says(mention, all_names(mention.school)) for mention in mentions]
    relevance_line("any known name", named, list(truth), calibrated=False)
    relevance_line("by traces and wording", list(left_out), list(truth))
    ours, ambiguous = _bounds(left_out, truth)
    called = left_out >= ours
    print(f"ours from {ours:.2f}: precision {truth[called].mean():.3f}, recall {called[truth].mean():.3f}")
    print(f"might be ours from {ambiguous:.2f}: {((left_out >= ambiguous) & ~called).mean():.1%} of posts")
    model, weights, prior = fit_all(found, traces, truth, groups)
    _write(wording.TABLE, model)
    points = {feature: round(float(weight), DIGITS) for feature, weight in zip(FEATURES, weights, strict=True)}
    table = {"prior": round(prior, DIGITS), "ours_from": ours, "ambiguous_from": ambiguous, "points": points}
    relevance.TABLE.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


def counts(mentions: Sequence[Mention]) -> Array:
    """A row of trace counts for each mention; the wording's column is filled in later."""
    finders = {mention.school.id: Traces([mention.school]) for mention in mentions}
    return np.array([relevance.counted_features(finders[each.school.id].all_of(each)) for each in mentions], dtype=float)


def _left_out(found: Sequence[list[str]], traces: Array, truth: Array, groups: Array) -> Array:
    """The probability of each post by what was learned from other schools alone."""
    probabilities = np.zeros(len(truth))
    for learn, judge in GroupKFold(OUTER).split(traces, truth, groups):
        model, weights, prior = fit_all([found[n] for n in learn], traces[learn], truth[learn], groups[learn])
        rows = with_wording(traces[judge], np.array([model(found[n]).total for n in judge]))
        probabilities[judge] = _sigmoid(rows @ weights + prior)
    return probabilities


def fit_all(found: Sequence[list[str]], traces: Array, truth: Array, groups: Array) -> tuple[WordingModel, Array, float]:
    """The wording model and the weights. For fitting weights, each school's wording is scored by a model of the others."""
    scores = np.zeros(len(truth))
    for learn, judge in GroupKFold(INNER).split(traces, truth, groups):
        model = _fit_wording([found[n] for n in learn], truth[learn])
        scores[judge] = [model(found[n]).total for n in judge]
    weights, prior = _fit_weights(with_wording(traces, scores), truth)
    return _fit_wording(found, truth), weights, prior


def _fit_wording(found: Sequence[list[str]], truth: Array) -> WordingModel:
    """TF-IDF and logistic regression, as a table."""
    vectoriser = TfidfVectorizer(analyzer=_as_is, min_df=2, sublinear_tf=True)
    matrix = vectoriser.fit_transform(found)
    classifier = LogisticRegression(C=8.0, max_iter=2000).fit(matrix, truth)
    names = vectoriser.get_feature_names_out()
    table = {
        str(name): (round(float(idf), DIGITS), round(float(points), DIGITS))
        for name, idf, points in zip(names, vectoriser.idf_, classifier.coef_[0], strict=True)
    }
    return WordingModel(table, round(float(classifier.intercept_[0]), DIGITS))


def _as_is(found: list[str]) -> list[str]:
    return found


def with_wording(traces: Array, scores: Array) -> Array:
    rows = traces.copy()
    rows[:, FEATURES.index("wording")] = scores
    return rows


def _fit_weights(rows: Array, truth: Array) -> tuple[Array, float]:
    """Logistic regression around the policy, signs kept."""
    policy = np.array([WEIGHTS[feature].points for feature in FEATURES] + [PRIOR])
    signs = [(0.0, None) if WEIGHTS[feature].points > 0 else (None, 0.0) for feature in FEATURES]
    wide = np.hstack([rows, np.ones((len(rows), 1))])
    side = np.where(truth, 1.0, -1.0)

    def loss(weights: Array) -> tuple[float, Array]:
        margins = side * (wide @ weights)
        away = weights - policy
        away[-1] = 0.0
        value = float(np.logaddexp(0, -margins).sum() + PULL * (away @ away) / 2)
        return value, PULL * away - wide.T @ (side * _sigmoid(-margins))

    fitted = minimize(loss, policy, jac=True, bounds=[*signs, (None, None)], method="L-BFGS-B")
    return fitted.x[:-1], float(fitted.x[-1])


def _bounds(probabilities: Array, truth: Array) -> tuple[float, float]:
    """From where enough of what is called ours is ours, and below where little of ours is lost."""
    steps = [step / 100 for step in range(50, 96)]
    ours = next((each for each in steps if truth[probabilities >= each].mean() >= SURE), steps[-1])
    low = [step / 100 for step in range(5, 51)]
    ambiguous = max((each for each in low if (probabilities[truth] < each).mean() <= MISSED), default=low[0])
    return ours, ambiguous


def _sigmoid(value: Array) -> Array:
    return 1 / (1 + np.exp(-np.clip(value, -40, 40)))


def _write(file: Path, model: WordingModel) -> None:
    """One term a line, sorted, so that a change of the table can be read."""
    lines = ",\n".join(f"{json.dumps(name, ensure_ascii=False)}: {list(pair)}" for name, pair in sorted(model.table.items()))
    file.write_text(f'{{"bias": {model.bias}, "terms": {{\n{lines}\n}}}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
