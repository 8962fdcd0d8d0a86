"""How well relevance tells our posts from others': `uv run python -m benchmarks.relevance POSTS.jsonl SCHOOLS.json`.

Prints precision, recall, F1, F(R,S) (RepLab 2013) and calibration error beside three baselines: the exact name, any known name,
and TF-IDF with logistic regression learned from the project's own corpus.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from analysis.judge import Judge
from benchmarks.baselines import all_names, says
from benchmarks.measures import RELEVANCE_HEAD, relevance_line
from core.profile import read_schools
from core.taxonomy import Outcome
from core.types import Mention
from train import reading


def main(posts_file: Path, schools_file: Path) -> None:
    """Judge the labelled posts and print the table."""
    schools = {school.id: school for school in read_schools(schools_file)}
    lines = [json.loads(line) for line in posts_file.read_text(encoding="utf-8").split("\n") if line.strip()]
    mentions = [Mention(post=reading.read_post(line), school=schools[line["school_id"]]) for line in lines]
    truth = [bool(line["relevant"]) for line in lines]
    judge = Judge(list(schools.values()))
    judged = judge.judge_mentions(mentions)
    print(f"{len(lines)} posts about {len(schools)} schools, {sum(truth)} relevant\n{RELEVANCE_HEAD}")
    relevance_line("exact name", [says(each, [each.school.name]) for each in mentions], truth, calibrated=False)
    relevance_line("any known name", [says(each, all_names(each.school)) for each in mentions], truth, calibrated=False)
    relevance_line("TF-IDF, corpus", _tfidf(mentions), truth)
    relevance_line("Crestwatch", [each.relevance for each in judged], truth)
    for outcome in Outcome:
        called = [right for right, each in zip(truth, judged, strict=True) if each.outcome is outcome]
        share = f"{sum(called) / len(called):.3f} of them are" if called else "none"
        print(f"{outcome:12}{len(called):5} posts, {share}{' relevant' if called else ''}")


def _tfidf(mentions: Sequence[Mention]) -> list[float]:
    """The usual baseline, learned from the corpus."""
    labelled = [each for school in reading.schools() for each in reading.posts(school)]
    model = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True), LogisticRegression(C=8, max_iter=2000)
    )
    model.fit([each.mention.post.text for each in labelled], [each.line["relevant"] for each in labelled])
    return [float(p) for p in model.predict_proba([each.post.text for each in mentions])[:, 1]]


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
