"""About us, not about us: shown and counted at once, taken back, learned from, undone."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from casework import answers
from core.taxonomy import Outcome, Role, Sentiment
from ops import demo
from ops.pipeline import judge_again
from store import decisions, profiles, requests
from store.engine import reading, writing
from store.store import Store
from store.tables import daily, judgements
from store.tables import decisions as decisions_table

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_store: Store) -> Store:
    demo.load(tmp_store, now=NOW)
    return tmp_store


def judged(store: Store, post_id: int) -> Any:
    with reading(store.engine) as connection:
        return connection.execute(select(judgements).where(judgements.c.post_id == post_id)).one()


def some(store: Store, outcome: Outcome, number: int) -> list[int]:
    with reading(store.engine) as connection:
        rows = select(judgements.c.post_id).where(
            judgements.c.outcome == outcome, judgements.c.own == 0, judgements.c.school_id == "demo"
        )
        return list(connection.scalars(rows.order_by(judgements.c.post_id).limit(number)))


def counted(store: Store) -> int:
    with reading(store.engine) as connection:
        numbers = connection.execute(select(*(daily.c[each] for each in Sentiment)).where(daily.c.outcome == Outcome.OURS))
        return sum(sum(each) for each in numbers)


def say(store: Store, post_id: int, said: str) -> None:
    answers.answer(store, post_id, "demo", said, by="Ada", role=Role.COMMUNICATIONS, now=NOW)


def jobs_waiting(store: Store) -> list[tuple[str, Any]]:
    found = []
    with writing(store.engine) as connection:
        while job := requests.claim(connection, "test", now=NOW):
            found.append((job.kind, job.arguments))
    return found


def test_a_word_is_shown_and_counted_at_once(store: Store) -> None:
    post_id = some(store, Outcome.OURS, 1)[0]
    before = counted(store)
    say(store, post_id, "not_us")
    row = judged(store, post_id)
    assert row.outcome == Outcome.NOT_OURS
    assert row.lane == "noise"
    assert row.reasons[0]["sentence"] == "Somebody here said that it is not about us."
    assert counted(store) == before - 1
    say(store, post_id, "us")
    assert judged(store, post_id).outcome == Outcome.OURS
    assert [reason["feature"] for reason in judged(store, post_id).reasons].count("answer") == 1
    assert counted(store) == before


def test_a_word_stays_when_posts_are_judged_again(store: Store) -> None:
    post_id = some(store, Outcome.OURS, 1)[0]
    say(store, post_id, "not_us")
    judge_again(store)
    assert judged(store, post_id).outcome == Outcome.NOT_OURS


def test_judging_again_changes_nothing_by_itself(store: Store) -> None:
    def state() -> list[Any]:
        with reading(store.engine) as connection:
            rows = select(judgements.c.post_id, judgements.c.outcome, judgements.c.lane, judgements.c.own)
            return list(connection.execute(rows.order_by(judgements.c.post_id)))

    before = state()
    judge_again(store)
    changed = [one for one, other in zip(before, state(), strict=True) if one != other]
    # Words of an author's bio that fit are not kept; where somebody is, is.
    assert len(changed) <= len(before) // 20


def test_what_is_taken_back_is_the_judges_again(store: Store) -> None:
    post_id = some(store, Outcome.OURS, 1)[0]
    before = judged(store, post_id)
    say(store, post_id, "not_us")
    say(store, post_id, "taken_back")
    assert ("judge", {"posts": [post_id]}) in jobs_waiting(store)
    judge_again(store, only=[post_id])
    after = judged(store, post_id)
    assert (after.outcome, after.relevance) == (before.outcome, pytest.approx(before.relevance, abs=0.1))
    assert not any(reason["feature"] == "answer" for reason in after.reasons)
    with reading(store.engine) as connection:
        assert [row.said for row in connection.execute(select(decisions_table))] == ["not_us", "taken_back"]
        assert decisions.latest(connection, [post_id]) == {}


def test_every_fifth_answer_asks_to_learn(store: Store) -> None:
    for post_id in some(store, Outcome.OURS, answers.LEARN_EVERY - 1):
        say(store, post_id, "us")
    assert jobs_waiting(store) == []
    say(store, some(store, Outcome.AMBIGUOUS, 1)[0], "us")
    assert jobs_waiting(store) == [("refit", {"school": "demo"})]


def test_what_was_learned_is_used_and_can_be_undone(store: Store) -> None:
    doubtful = some(store, Outcome.AMBIGUOUS, 12)
    for post_id in doubtful[:10]:
        say(store, post_id, "not_us")
    before = [judged(store, post_id).relevance for post_id in doubtful[10:]]
    learned = answers.refit(store, "demo", now=NOW)
    assert learned.answers == 10
    assert learned.kept
    judge_again(store)
    after = [judged(store, post_id).relevance for post_id in doubtful[10:]]
    assert sum(after) < sum(before)
    with reading(store.engine) as connection:
        school = profiles.all_schools(connection)[0]
        assert set(decisions.in_use(connection)) == {"demo"}
    assert answers.undo(store, school, by="Ada", now=NOW)
    judge_again(store)
    assert [judged(store, post_id).relevance for post_id in doubtful[10:]] == pytest.approx(before, abs=0.1)
    assert judged(store, doubtful[0]).outcome == Outcome.NOT_OURS
    assert not answers.undo(store, school, by="Ada", now=NOW)


def test_what_does_no_better_is_not_used(store: Store) -> None:
    with reading(store.engine) as connection:
        surest = select(judgements.c.post_id).where(judgements.c.own == 0).order_by(judgements.c.relevance.desc()).limit(8)
        sure = list(connection.scalars(surest))
    for post_id in sure:
        say(store, post_id, "us")
    assert not answers.refit(store, "demo", now=NOW).kept
    with reading(store.engine) as connection:
        assert decisions.in_use(connection) == {}
        assert not decisions.correction(connection, "demo").kept
