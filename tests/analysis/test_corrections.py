"""Ten answers change what comes after, a few change nothing, and what does no better is not kept."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.corrections import FEWEST, NOTHING, Answer, Correction, learn, shift, telling
from analysis.relevance import Relevance
from casework.answers import ANCHORS
from core.profile import read_school
from core.taxonomy import Outcome
from core.types import Author, Mention, Post

ROOT = Path(__file__).resolve().parent.parent.parent
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SCHOOL = read_school(json.loads((ROOT / "ops/demo/drovers/school.json").read_text(encoding="utf-8")))


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def mention(line: dict[str, Any]) -> Mention:
    author = Author(**{name: value or None for name, value in line["author"].items()})
    post = Post(
        platform=line["platform"],
        native_id=line["id"],
        text=line["text"],
        retrieved_at=NOW,
        community=line.get("community"),
        author=author,
    )
    return Mention(post=post, school=SCHOOL)


def outcomes(judge: Relevance, asked: list[Mention]) -> list[Outcome]:
    return [each.label for each in judge(asked)]


def anchors_of_the_demo(judge: Relevance) -> list[Answer]:
    """The newest posts of the demo the judge is sure of (0.95 and more) and nobody answered, as many as are asked for."""
    newest = sorted(lines(ROOT / "ops/demo/drovers/posts.jsonl"), key=lambda line: line["days_ago"])
    asked = [judge.answerable(mention(line)) for line in newest]
    return [Answer(log_odds, terms, yes=True) for log_odds, terms in asked if log_odds > 3][:ANCHORS]


def test_ten_times_not_about_us_halves_the_false_ours_among_the_next_fifty() -> None:
    judge = Relevance([SCHOOL])
    arriving = lines(Path(__file__).with_name("answered.jsonl"))
    before = outcomes(judge, [mention(line) for line in arriving])
    wrong = [n for n, line in enumerate(arriving) if before[n] is Outcome.OURS and not line["relevant"]]
    answers = [Answer(*judge.answerable(mention(arriving[n])), yes=False) for n in wrong[:10]]

    correction = learn(answers, anchors_of_the_demo(judge))

    following = range(wrong[9] + 1, wrong[9] + 51)
    taught = Relevance([SCHOOL], {SCHOOL.id: correction.points})
    after = dict(zip(following, outcomes(taught, [mention(arriving[n]) for n in following]), strict=True))
    others = [n for n in following if not arriving[n]["relevant"]]
    about_us = [n for n in following if arriving[n]["relevant"]]
    assert correction.kept
    assert sum(before[n] is Outcome.OURS for n in others) >= 8
    assert sum(after[n] is Outcome.OURS for n in others) <= sum(before[n] is Outcome.OURS for n in others) / 2
    # What is ours and was called so may become doubtful, but is not thrown away.
    was_ours = [n for n in about_us if before[n] is Outcome.OURS]
    assert sum(after[n] is Outcome.OURS for n in was_ours) >= len(was_ours) / 2
    assert sum(after[n] is Outcome.NOT_OURS for n in was_ours) <= len(was_ours) / 10


def test_answers_both_ways_keep_what_is_ours() -> None:
    judge = Relevance([SCHOOL])
    arriving = lines(Path(__file__).with_name("answered.jsonl"))
    answers = [Answer(*judge.answerable(mention(line)), yes=line["relevant"]) for line in arriving[:40]]

    correction = learn(answers, anchors_of_the_demo(judge))

    following = arriving[40:]
    before, after = (
        outcomes(each, [mention(line) for line in following])
        for each in (judge, Relevance([SCHOOL], {SCHOOL.id: correction.points}))
    )
    right = [Outcome.OURS if line["relevant"] else Outcome.NOT_OURS for line in following]
    assert correction.kept
    assert wrong_calls(after, right) < wrong_calls(before, right)


def wrong_calls(said: list[Outcome], right: list[Outcome]) -> int:
    """Ours called not ours, or the other way round; "might be us" is no wrong call."""
    return sum(each is not Outcome.AMBIGUOUS and each is not other for each, other in zip(said, right, strict=True))


def test_a_reason_says_that_answers_moved_it() -> None:
    judge = Relevance([SCHOOL], {SCHOOL.id: {"called drovers": -1.0, "carvery": -0.5}})
    said = judge([mention({"platform": "x", "id": "1", "text": "Carvery at the Drovers tonight", "author": {}})])[0]
    reason = next(each for each in said.reasons if each.feature == "your_answers")
    assert reason.score == pytest.approx(-1.5)
    assert reason.sentence == "Your answers on posts like it say that it is not about us (“called drovers”, “carvery”)."


def test_nothing_of_an_author_is_learned() -> None:
    line = {"platform": "x", "id": "1", "text": "Drovers Green gates", "author": {"bio": "zookeeper", "location": "Quorn"}}
    _, terms = Relevance([SCHOOL]).answerable(mention(line))
    assert not {"zookeeper", "quorn", "by_zookeeper"} & terms
    assert "called drovers green" in terms


def answer(log_odds: float, words: str, yes: bool) -> Answer:
    return Answer(log_odds, frozenset(words.split()), yes)


def test_too_few_answers_teach_nothing() -> None:
    assert learn([answer(2, "quiz", False)] * (FEWEST - 1)) is NOTHING
    assert not NOTHING.kept


def test_answers_that_agree_with_the_judge_change_nothing() -> None:
    right = [answer(4, f"word{n} lesson", True) for n in range(10)] + [answer(-4, f"word{n} quiz", False) for n in range(10)]
    assert not learn(right).kept


def test_answers_without_a_pattern_are_not_kept() -> None:
    noise = [answer(0.0, f"only{n}", bool(n % 2)) for n in range(20)]
    assert not learn(noise).kept


answers_of_any_kind = st.lists(
    st.builds(
        Answer,
        log_odds=st.floats(-30, 30),
        terms=st.frozensets(st.sampled_from(["quiz", "lesson", "bus", "choir", "pitch"]), max_size=4),
        yes=st.booleans(),
    ),
    max_size=25,
)


@given(answers_of_any_kind, answers_of_any_kind)
def test_learning_is_total_bounded_and_the_same_twice(answers: list[Answer], anchors: list[Answer]) -> None:
    learned = learn(answers, anchors)
    assert learned == learn(answers, anchors)
    assert all(abs(points) < 60 for points in learned.points.values())
    assert isinstance(learned, Correction)


@given(st.dictionaries(st.text(max_size=5), st.floats(-5, 5)), st.lists(st.text(max_size=5)))
def test_shift_is_the_sum_of_the_terms_it_knows(points: dict[str, float], terms: list[str]) -> None:
    assert shift(points, terms) == pytest.approx(sum(points[term] for term in terms if term in points))
    assert set(telling(points, terms)) <= set(points)
