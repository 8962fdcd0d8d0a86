"""How well relevance tells our posts from others': `python -m benchmarks.relevance POSTS.jsonl SCHOOLS.json`.

Prints precision, recall, F1, reliability x sensitivity F(R,S) (RepLab 2013) and calibration error beside two baselines.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from analysis.judge import Judge
from core.profile import read_schools
from core.text import loose
from core.types import Author, Mention, Post, School
from core.weeks import utc_now


def main(posts_file: Path, schools_file: Path) -> None:
    """Judge the labelled posts and print the table."""
    schools = {school.id: school for school in read_schools(schools_file)}
    lines = [json.loads(line) for line in posts_file.read_text(encoding="utf-8").splitlines() if line.strip()]
    mentions = [Mention(post=_post(line), school=schools[line["school_id"]]) for line in lines]
    truth = [bool(line["relevant"]) for line in lines]
    scores = [judged.relevance for judged in Judge(list(schools.values())).judge_mentions(mentions)]
    print(f"{len(lines)} posts, {sum(truth)} about the school")
    print(f"{'':24}{'precision':>10}{'recall':>8}{'F1':>7}{'F(R,S)':>8}{'ECE':>7}")
    _line("exact name", [_says(m, [m.school.name]) for m in mentions], truth)
    _line("any known name", [_says(m, _all_names(m.school)) for m in mentions], truth)
    _line("by profile (ours)", [score >= 0.5 for score in scores], truth, _calibration_error(scores, truth))


def _post(line: dict[str, object]) -> Post:
    given = line.get("author") or {}
    assert isinstance(given, dict)
    community = line.get("community")
    return Post(
        platform=str(line["platform"]),
        native_id=str(line["id"]),
        text=str(line["text"]),
        retrieved_at=utc_now(),
        community=str(community) if community else None,
        author=Author(**{key: given.get(key) for key in ("handle", "name", "bio", "location")}),
    )


def _all_names(school: School) -> list[str]:
    initials = [school.initials] if school.initials else []
    return [school.name, *school.short_names, *school.aliases, *school.hashtags, *initials]


def _says(mention: Mention, names: Sequence[str]) -> bool:
    text = f" {loose(mention.post.text)} "
    return any(f" {loose(name)} " in text for name in names)


def _line(name: str, said: Sequence[bool], truth: Sequence[bool], ece: float | None = None) -> None:
    both = sum(s and t for s, t in zip(said, truth, strict=True))
    precision, recall = both / max(1, sum(said)), both / max(1, sum(truth))
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    neither = sum(not s and not t for s, t in zip(said, truth, strict=True))
    reliability = precision * neither / max(1, len(said) - sum(said))
    sensitivity = recall * neither / max(1, len(truth) - sum(truth))
    frs = 2 * reliability * sensitivity / max(1e-9, reliability + sensitivity)
    print(f"{name:24}{precision:>10.3f}{recall:>8.3f}{f1:>7.3f}{frs:>8.3f}" + (f"{ece:>7.3f}" if ece is not None else ""))


def _calibration_error(scores: Sequence[float], truth: Sequence[bool], bins: int = 10) -> float:
    """Expected calibration error over equal-width bins (Naeini et al., 2015)."""
    error = 0.0
    for number in range(bins):
        here = [(s, t) for s, t in zip(scores, truth, strict=True) if min(bins - 1, int(s * bins)) == number]
        if here:
            error += abs(sum(s for s, _ in here) - sum(t for _, t in here)) / len(scores)
    return error


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
