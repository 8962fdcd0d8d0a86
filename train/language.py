"""Fit the table that tells languages: `uv run python -m train.language`.

From the project's own posts (`corpus/`, `voices/`) and the sentences of `languages/`, a file a language. Prints what is reached
on a fifth that was left out, then writes `analysis/model/languages.npz`, fitted to all.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import classification_report
from sklearn.model_selection import StratifiedGroupKFold

from analysis.language import BUCKETS, ENGLISH, ENGLISH_FROM, TABLE, found
from train.examples import told

SENTENCES = Path(__file__).with_name("languages")
FEWEST = 8
"""Texts in a language from which it is learned; fewer cannot be told from noise."""
STRENGTH = 30.0


def main() -> None:
    """Measure, then fit to all and write."""
    texts, codes, groups = _all()
    rows = _rows(texts)
    known = np.array(codes)
    train, test = next(StratifiedGroupKFold(5, shuffle=True, random_state=1).split(rows, known, groups))
    model = _fit(rows[train], known[train])
    chances = model.predict_proba(rows[test])
    english = np.arange(chances.shape[1]) == list(model.classes_).index(ENGLISH)
    others = model.classes_[np.where(english, -1, chances).argmax(axis=1)]
    said = np.where(chances[:, english].ravel() >= ENGLISH_FROM, ENGLISH, others)
    print(classification_report(known[test], said, zero_division=0, digits=3))
    _write(_fit(rows, known), TABLE)


def _all() -> tuple[list[str], list[str], list[str]]:
    posts = [(each.text, each.language, each.group) for each in told()]
    for file in sorted(SENTENCES.glob("*.txt")):
        lines = [line for line in file.read_text(encoding="utf-8").split("\n") if line.strip()]
        posts += [(line, file.stem, f"{file.stem} {number}") for number, line in enumerate(lines)]
    enough = {code for code, number in Counter(code for _, code, _ in posts).items() if number >= FEWEST}
    kept = [each for each in posts if each[1] in enough]
    return [each[0] for each in kept], [each[1] for each in kept], [each[2] for each in kept]


def _rows(texts: Sequence[str]) -> csr_matrix:
    places, weights, ends = [], [], [0]
    for text in texts:
        at, weight = found(text)
        places.append(at)
        weights.append(weight)
        ends.append(ends[-1] + len(at))
    return csr_matrix((np.concatenate(weights), np.concatenate(places), ends), shape=(len(texts), BUCKETS))


def _fit(rows: csr_matrix, codes: np.ndarray[tuple[int], np.dtype[np.str_]]) -> LogisticRegression:
    return LogisticRegression(C=STRENGTH, max_iter=500).fit(rows, codes)


def _write(model: LogisticRegression, file: Path) -> None:
    weights = model.coef_.T
    scale = np.abs(weights).max(axis=0) / 127
    file.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        file,
        weights=np.round(weights / scale).astype(np.int8),
        scale=scale.astype(np.float32),
        bias=model.intercept_.astype(np.float32),
        codes=np.array(model.classes_, dtype=np.str_),
    )
    print(f"{len(model.classes_)} languages, {file.stat().st_size:,} bytes in {file}")


if __name__ == "__main__":
    main()
