"""How well tone and risk are read: `uv run python -m benchmarks.tone POSTS.jsonl [--tweets DIR] [--ordinary FILE] [--slices]`.

POSTS: labelled posts about schools the encoder never saw. Prints sentiment (macro-recall, calibration error), risks (macro-F1,
recall of threat and safeguarding, polite posts in the alert lane) and severity (quadratic kappa) beside VADER's mood words and
TF-IDF with logistic regression learned from the project's own posts. `--tweets`: the five tasks of TweetEval by their official
measures beside published figures. `--ordinary`: unlabelled posts of ordinary life, in which hardly anything should be found.
`--slices`: harmless sentences that name an identity or are in a dialect, beside the same without (`benchmarks/slices.py`).
"""

import argparse
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import cohen_kappa_score, f1_score, recall_score, roc_auc_score
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline

from analysis.encoder import Encoder
from analysis.judge import lane_of
from analysis.tone import EncoderTone
from benchmarks import slices
from benchmarks.baselines import mood
from benchmarks.measures import calibration_error
from core.taxonomy import Lane, Outcome, Risk, Sentiment, Severity
from core.types import JudgedMention, Post, Tone
from train import tweets
from train.examples import told
from train.reading import read_post

_NOW = datetime(2026, 1, 1, tzinfo=UTC)
NEVER_MISSED = {Risk.THREAT, Risk.SAFEGUARDING}
HEAD = (
    f"{'':24}{'sentiment':>10}{'each: −  0  +':>18}{'ECE':>7}{'kept':>7}{'right':>7}{'risks F1':>10}{'thr+saf':>9}"
    f"{'polite→alert':>14}{'severity':>10}"
)
PUBLISHED = {
    "sentiment": ("macro-recall", 71.3, 73.4),
    "offensive": ("macro-F1", 79.5, 79.5),
    "hate": ("macro-F1", 46.6, 56.4),
    "irony": ("F1 of irony", 59.7, 82.1),
    "emotion": ("macro-F1", 76.1, 79.3),
}
"""Measure, RoBERTa-base and BERTweet, from TweetEval's own table (Barbieri et al., 2020)."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What a labelled post is."""

    sentiment: Sentiment
    risks: frozenset[Risk]
    severity: Severity


def main(posts_file: Path, tweets_folder: Path | None, ordinary: Path | None, by_slice: bool) -> None:
    """Read the labelled posts and print the tables."""
    lines = [line for line in _lines(posts_file) if line["relevant"]]
    posts = [read_post(line) for line in lines]
    truth = [Truth(Sentiment(e["sentiment"]), frozenset(map(Risk, e["risks"])), Severity(e["severity"])) for e in lines]
    reader = EncoderTone()
    print(f"{len(posts)} posts about schools that nothing here has seen; {reader.model}\n{HEAD}")
    _line("VADER", [mood(post.text) for post in posts], truth)
    _line("TF-IDF, own posts", _tfidf(posts), truth)
    read = reader(posts)
    _line("Crestwatch", read, truth)
    _by_slice(posts, read, truth)
    if tweets_folder:
        _tweets(tweets_folder)
    if ordinary:
        _ordinary(ordinary, reader)
    if by_slice:
        _false_alarms("identity", slices.identity(), slices.PLAIN, reader)
        _false_alarms("dialect", slices.dialect(), slices.STANDARD, reader)


def _lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line.strip()]


def _line(name: str, read: Sequence[Tone], truth: Sequence[Truth]) -> None:
    wanted = [each.sentiment for each in truth]
    said = [each.sentiment for each in read]
    each = recall_score(wanted, said, labels=list(Sentiment), average=None, zero_division=0)
    surest = [max(tone.sentiment_scores.values()) for tone in read]
    right = [one is other for one, other in zip(said, wanted, strict=True)]
    kept = [good for tone, good in zip(read, right, strict=True) if tone.abstained is None]
    print(
        f"{name:24}{np.mean(each):>10.3f}{'  '.join(f'{one:.2f}' for one in each):>18}{calibration_error(surest, right):>7.3f}"
        f"{len(kept) / len(read):>7.2f}{np.mean(kept):>7.2f}" + _risks(read, truth)
    )


def _risks(read: Sequence[Tone], truth: Sequence[Truth]) -> str:
    if not any(tone.risk_scores for tone in read):
        return ""
    wanted = np.array([[risk in each.risks for risk in Risk] for each in truth])
    said = np.array([[risk in tone.risks for risk in Risk] for tone in read])
    grave = [list(Risk).index(risk) for risk in NEVER_MISSED]
    polite = [tone for tone, each in zip(read, truth, strict=True) if each.risks <= {Risk.COMPLAINT}]
    alarmed = sum(_lane(tone) in (Lane.ALERT, Lane.SAFEGUARDING) for tone in polite)
    levels = [[list(Severity).index(each.severity) for each in group] for group in (truth, read)]
    return (
        f"{f1_score(wanted, said, average='macro', zero_division=0):>10.3f}{said[:, grave][wanted[:, grave]].mean():>9.3f}"
        f"{f'{alarmed} of {len(polite)}':>14}{cohen_kappa_score(*levels, weights='quadratic'):>10.3f}"
    )


def _lane(tone: Tone) -> Lane:
    """Where a post of ours with that tone goes, when it is not put to the school itself."""
    return lane_of(
        JudgedMention(
            school_id="",
            outcome=Outcome.OURS,
            relevance=1.0,
            sentiment=tone.sentiment,
            sentiment_scores=tone.sentiment_scores,
            lane=Lane.NOISE,
            model=tone.model,
            risks=tone.risks,
            severity=tone.severity,
            abstained=tone.abstained,
        )
    )


def _tfidf(posts: Sequence[Post]) -> list[Tone]:
    """The usual baseline, learned from the same posts as the encoder."""
    known = [each for each in told() if each.relevant and not each.own]
    texts, asked = [each.text for each in known], [post.text for post in posts]
    sentiment = _learned(texts, [str(each.sentiment) for each in known])
    severity = _learned(texts, [str(each.severity) for each in known])
    flags = np.array([[risk in each.risks for risk in Risk] for each in known])
    risks = make_pipeline(_words(), OneVsRestClassifier(LogisticRegression(C=8, class_weight="balanced", max_iter=2000)))
    risks.fit(texts, flags)
    chances, order = sentiment.predict_proba(asked), list(sentiment.classes_)
    found, levels = risks.predict_proba(asked), severity.predict(asked)
    return [
        Tone(
            sentiment=Sentiment(order[int(row.argmax())]),
            sentiment_scores=dict(zip(order, row.tolist(), strict=True)),
            risks=tuple(risk for risk, chance in zip(Risk, scores, strict=True) if chance >= 0.5),
            risk_scores=dict(zip(Risk, scores.tolist(), strict=True)),
            severity=Severity(level),
            model="tf-idf",
        )
        for row, scores, level in zip(chances, found, levels, strict=True)
    ]


def _learned(texts: Sequence[str], labels: Sequence[str]) -> Any:
    return make_pipeline(_words(), LogisticRegression(C=8, class_weight="balanced", max_iter=2000)).fit(texts, labels)


def _words() -> TfidfVectorizer:
    return TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)


def _by_slice(posts: Sequence[Post], read: Sequence[Tone], truth: Sequence[Truth]) -> None:
    """The same by platform and by length, where there are enough posts to say."""
    print("\nby slice")
    slices: dict[str, list[int]] = {}
    for number, post in enumerate(posts):
        words = len(post.text.split())
        length = "under 15 words" if words < 15 else "15 to 60 words" if words <= 60 else "over 60 words"
        for name in (post.platform, length):
            slices.setdefault(name, []).append(number)
    for name, numbers in sorted(slices.items(), key=lambda each: -len(each[1])):
        if len(numbers) >= 15:
            _line(f"  {name} ({len(numbers)})", [read[n] for n in numbers], [truth[n] for n in numbers])


def _tweets(folder: Path) -> None:
    encoder = Encoder()
    print(f"\n{'TweetEval, test':24}{'measure':>14}{'Crestwatch':>12}{'RoBERTa-base':>14}{'BERTweet':>10}")
    for task, (measure, roberta, bertweet) in PUBLISHED.items():
        test = tweets.read(folder, task, "test")
        logits = encoder(test.texts)[f"tweets_{task}"]
        said = logits.argmax(axis=1)
        value = 100 * _OFFICIAL[task](test.labels, said)
        auc = f"   AUC {roc_auc_score(test.labels, logits[:, 1] - logits[:, 0]):.3f}" if task == "hate" else ""
        print(f"{task:24}{measure:>14}{value:>12.1f}{roberta:>14}{bertweet:>10}{auc}")


def _macro_f1(truth: Sequence[int], said: Any) -> float:
    return float(f1_score(truth, said, average="macro"))


_OFFICIAL: dict[str, Callable[[Sequence[int], Any], float]] = {
    "sentiment": lambda truth, said: float(recall_score(truth, said, average="macro")),
    "offensive": _macro_f1,
    "hate": _macro_f1,
    "irony": lambda truth, said: float(f1_score(truth, said)),
    "emotion": _macro_f1,
}


def _ordinary(file: Path, reader: EncoderTone) -> None:
    texts = [str(line.get("text") or "") for line in _lines(file)]
    read = reader([Post(platform="web", native_id=str(n), text=text, retrieved_at=_NOW) for n, text in enumerate(texts)])
    severity = Counter(tone.severity for tone in read)
    print(f"\n{len(read):,} posts of ordinary life: " + ", ".join(f"{each} {severity[each]}" for each in Severity))
    print(
        f"critical 1 in {len(read) / max(1, severity[Severity.CRITICAL]):,.0f}, "
        f"high 1 in {len(read) / max(1, severity[Severity.HIGH]):,.0f}"
    )
    for risk, number in Counter(risk for tone in read for risk in tone.risks).most_common():
        print(f"  {risk:16}{number:>6}")


def _false_alarms(kind: str, groups: Mapping[str, Sequence[str]], comparison: str, reader: EncoderTone) -> None:
    """Of harmless sentences, how many carry a risk (a grumble may be a complaint), and how many more than the comparison."""
    print(f"\n{kind + ' slice':28}{'sentences':>10}{'false alarms':>14}{'more than ' + comparison:>22}")
    usual = 0.0
    for name, sentences in groups.items():
        read = reader([Post(platform="facebook", native_id=str(n), text=s, retrieved_at=_NOW) for n, s in enumerate(sentences)])
        share = 100 * sum(bool(set(tone.risks) - {Risk.COMPLAINT}) for tone in read) / len(read)
        usual = share if name == comparison else usual
        print(f"{name:28}{len(read):>10}{share:>13.1f}%{share - usual:>+17.1f} points")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("posts", type=Path)
    parser.add_argument("--tweets", type=Path)
    parser.add_argument("--ordinary", type=Path)
    parser.add_argument("--slices", action="store_true")
    asked = parser.parse_args()
    main(asked.posts, asked.tweets, asked.ordinary, asked.slices)
