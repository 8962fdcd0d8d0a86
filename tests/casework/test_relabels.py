"""How a post reads, said by people: shown and counted at once, taken back, learned from, undone."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from analysis.judge import Judge
from analysis.relabels import Reading
from analysis.tone import NOT_READ, nothing_read
from casework import answers, relabels
from core.errors import BadInput
from core.taxonomy import Lane, Outcome, Risk, Role, Sentiment, Severity
from core.types import Post, School, Tone
from store import decisions, mentions, profiles, requests
from store.engine import reading, writing
from store.queries import posts_by_id
from store.store import Store
from store.tables import daily, judgements
from store.tables import decisions as decisions_table
from store.writes import save
from tests.store.fictional import incoming, post

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SCHOOL = School(id="grove", name="Grove Primary School", town="Saltby")
OTHER = School(id="harbour", name="Harbour Academy", town="Saltby")
_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight")
BANTER = [f"Does anybody know when Grove Primary School in Saltby opens its gates? banter {word}" for word in _WORDS]
ANGRY = [f"Does anybody know when Grove Primary School in Saltby opens its gates? shouting {word}" for word in _WORDS[3:]]
UNHAPPY = Reading(sentiment=Sentiment.NEGATIVE, risks=(Risk.COMPLAINT,), severity=Severity.LOW)
CALM = Reading(sentiment=Sentiment.NEUTRAL)


class Unhappy:
    """A reader that thinks every post a complaint, and is not too sure of it."""

    model = "unhappy-1"
    bounds: Mapping[str, float] = {str(risk): 0.5 for risk in Risk}
    missing: str | None = None

    def __call__(self, posts: Sequence[Post]) -> list[Tone]:
        """One tone a post."""
        return [self._tone() for _ in posts]

    def _tone(self) -> Tone:
        return Tone(
            sentiment=Sentiment.NEGATIVE,
            sentiment_scores={"negative": 0.6, "neutral": 0.3, "positive": 0.1},
            model=self.model,
            risks=(Risk.COMPLAINT,),
            risk_scores={str(risk): 0.7 if risk is Risk.COMPLAINT else 0.0 for risk in Risk},
            severity=Severity.LOW,
            language="en",
        )


class Absent(Unhappy):
    """A reader whose files are missing."""

    model = NOT_READ
    missing = "The model is missing. Get the program’s files anew."

    def _tone(self) -> Tone:
        return nothing_read(NOT_READ)


@pytest.fixture
def store(tmp_store: Store) -> Store:
    """A store with posts about one school, read as complaints."""
    posts = [post(str(number), text) for number, text in enumerate([*BANTER, *ANGRY])]
    judged = Judge([SCHOOL, OTHER], Unhappy())(posts)
    with writing(tmp_store.engine) as connection:
        profiles.save_schools(connection, [SCHOOL, OTHER], now=NOW)
        batch = [incoming(each, *about) for each, about in zip(posts, judged, strict=True)]
        save(connection, batch, source="x", keys=tmp_store.keys, now=NOW)
    return tmp_store


def judge_again(store: Store) -> None:
    """As the worker does, with the reader of these tests."""
    with writing(store.engine) as connection:
        ids = list(connection.scalars(select(judgements.c.post_id)))
        posts = posts_by_id(connection, store.keys, ids)
        taught = decisions.in_use(connection, kind=decisions.TONE)
        about = Judge([SCHOOL, OTHER], Unhappy(), relabelled=taught)(list(posts.values()))
        rows = [(each, posts[each].platform, mentions) for each, mentions in zip(posts, about, strict=True)]
        mentions.save(connection, answers.respected(connection, rows), now=NOW)


def ids_of(store: Store, texts: Sequence[str]) -> list[int]:
    """The posts with these words."""
    with reading(store.engine) as connection:
        ids = list(connection.scalars(select(judgements.c.post_id)))
        by_text = {each.text: number for number, each in posts_by_id(connection, store.keys, ids).items()}
    return [by_text[text] for text in texts]


def judged(store: Store, post_id: int) -> Any:
    """What is shown of a post."""
    with reading(store.engine) as connection:
        return connection.execute(select(judgements).where(judgements.c.post_id == post_id)).one()


def counted(store: Store) -> dict[str, int]:
    """How many posts of each sentiment are counted."""
    with reading(store.engine) as connection:
        rows = connection.execute(select(*(daily.c[each] for each in Sentiment)).where(daily.c.outcome == Outcome.OURS))
        return dict(zip(map(str, Sentiment), map(sum, zip(*rows, strict=True)), strict=True))


def say(store: Store, post_id: int, said: Reading, **facts: Any) -> None:
    """Say it for the school of these tests."""
    relabels.say(store, post_id, facts.get("school_id", "grove"), said, by="Ada", role=Role.COMMUNICATIONS, now=NOW)


def take_back(store: Store, post_id: int) -> None:
    """Take it back."""
    relabels.take_back(store, post_id, "grove", by="Ada", role=Role.COMMUNICATIONS, now=NOW)


def jobs_waiting(store: Store) -> list[tuple[str, Any]]:
    """What the worker was asked for."""
    found = []
    with writing(store.engine) as connection:
        while job := requests.claim(connection, "test", now=NOW):
            found.append((job.kind, job.arguments))
    return found


def reasons(row: Any) -> list[str]:
    """The features of its reasons."""
    return [reason["feature"] for reason in row.reasons]


def test_a_word_is_shown_and_counted_at_once(store: Store) -> None:
    first = ids_of(store, BANTER)[0]
    before = counted(store)
    assert (judged(store, first).lane, judged(store, first).outcome) == (Lane.CRITICISM, Outcome.OURS)

    say(store, first, Reading(sentiment=Sentiment.POSITIVE))

    row = judged(store, first)
    assert (row.sentiment, row.risks, row.severity, row.lane) == ("positive", [], "none", "praise")
    assert row.reasons[0]["sentence"] == "Somebody here said how it reads."
    assert counted(store) == {**before, "negative": before["negative"] - 1, "positive": before["positive"] + 1}
    assert jobs_waiting(store) == []


def test_a_word_is_made_to_fit_together(store: Store) -> None:
    first = ids_of(store, BANTER)[0]
    say(store, first, Reading(sentiment=Sentiment.NEGATIVE, risks=(Risk.COMPLAINT,), severity=Severity.CRITICAL))

    assert judged(store, first).severity == "low"
    assert relabels.said(store, ["grove"])[0].right


def test_what_was_first_read_is_kept_when_something_else_is_said(store: Store) -> None:
    first = ids_of(store, BANTER)[0]
    say(store, first, CALM)
    say(store, first, Reading(sentiment=Sentiment.POSITIVE))

    [told] = relabels.said(store, ["grove"])
    assert (told.said.sentiment, told.was) == (Sentiment.POSITIVE, UNHAPPY)
    assert reasons(judged(store, first)).count("relabel") == 1
    with reading(store.engine) as connection:
        assert len(connection.execute(select(decisions_table)).all()) == 2


def test_what_is_taken_back_is_the_readers_again(store: Store) -> None:
    first = ids_of(store, BANTER)[0]
    before = judged(store, first)
    say(store, first, CALM)
    take_back(store, first)

    shown = judged(store, first)
    assert (shown.sentiment, shown.risks, shown.severity, shown.lane) == ("negative", ["complaint"], "low", "criticism")
    assert "relabel" not in reasons(shown)
    assert jobs_waiting(store) == [("judge", {"posts": [first]})]
    assert relabels.said(store, ["grove"]) == []
    judge_again(store)
    assert judged(store, first).reasons == before.reasons


def test_said_anew_before_the_worker_came_it_was_still_read_as_at_first(store: Store) -> None:
    first = ids_of(store, BANTER)[0]
    say(store, first, CALM)
    take_back(store, first)
    say(store, first, Reading(sentiment=Sentiment.POSITIVE))

    [told] = relabels.said(store, ["grove"])
    assert told.was == UNHAPPY


def test_taking_back_what_was_never_said_changes_nothing(store: Store) -> None:
    first = ids_of(store, BANTER)[0]
    before = judged(store, first)
    take_back(store, first)

    assert judged(store, first) == before


def test_a_word_stays_when_posts_are_judged_again(store: Store) -> None:
    first, second = ids_of(store, BANTER)[:2]
    say(store, first, CALM)
    judge_again(store)

    assert (judged(store, first).sentiment, judged(store, first).lane) == ("neutral", "noise")
    assert reasons(judged(store, first))[0] == "relabel"
    assert judged(store, second).sentiment == "negative"


def test_not_about_us_and_how_it_reads_are_said_apart(store: Store) -> None:
    first = ids_of(store, BANTER)[0]
    say(store, first, Reading(sentiment=Sentiment.NEGATIVE, risks=(Risk.THREAT,), severity=Severity.HIGH))
    answers.answer(store, first, "grove", "not_us", by="Ada", role=Role.COMMUNICATIONS, now=NOW)
    judge_again(store)

    row = judged(store, first)
    assert (row.outcome, row.lane, row.risks) == ("not_ours", "noise", ["threat"])


@pytest.mark.parametrize(("post_id", "school_id"), [(999_999, "grove"), (None, "harbour"), (None, "nobody")])
def test_a_post_that_is_not_there_or_not_about_the_school_is_refused(store: Store, post_id: int | None, school_id: str) -> None:
    first = ids_of(store, BANTER)[0]

    with pytest.raises(BadInput, match=r"This post is not there any more, or not about that school\."):
        say(store, post_id or first, CALM, school_id=school_id)
    with reading(store.engine) as connection:
        assert connection.execute(select(decisions_table)).all() == []


def test_what_was_said_comes_newest_first_and_for_these_schools(store: Store) -> None:
    for number, post_id in enumerate(ids_of(store, BANTER)[:3]):
        say(store, post_id, CALM if number else UNHAPPY)

    assert [told.right for told in relabels.said(store, ["grove", "harbour"])] == [False, False, True]
    assert relabels.said(store, ["harbour"]) == []
    assert relabels.said(store, []) == []


def test_what_does_better_is_learned_used_and_can_be_undone(store: Store) -> None:
    banter, angry = ids_of(store, BANTER), ids_of(store, ANGRY)
    for post_id in banter[:7]:
        say(store, post_id, CALM)

    learned = relabels.learn(store, "grove", now=NOW, reader=Unhappy())

    assert learned.posts == 7
    assert "complaint" in learned.kept
    assert jobs_waiting(store) == [("judge", {})]
    with reading(store.engine) as connection:
        row = decisions.correction(connection, "grove", kind=decisions.TONE)
        assert (row.answers, row.kept, set(row.points)) == (7, 1, set(learned.kept))
        assert decisions.correction(connection, "grove") is None
    judge_again(store)
    assert "complaint" not in judged(store, banter[7]).risks
    assert reasons(judged(store, banter[7]))[-1] == "learned"
    assert judged(store, angry[0]).risks == ["complaint"]

    assert relabels.undo(store, SCHOOL, by="Ada", now=NOW)
    judge_again(store)
    assert judged(store, banter[7]).risks == ["complaint"]
    assert judged(store, banter[0]).risks == []
    assert not relabels.undo(store, SCHOOL, by="Ada", now=NOW)
    assert jobs_waiting(store) == [("judge", {})]


def test_what_has_no_pattern_is_not_kept(store: Store) -> None:
    for number, post_id in enumerate(ids_of(store, [*BANTER, *ANGRY])):
        say(store, post_id, CALM if number % 2 else UNHAPPY)

    learned = relabels.learn(store, "grove", now=NOW, reader=Unhappy())

    assert learned.kept == []
    with reading(store.engine) as connection:
        assert decisions.in_use(connection, kind=decisions.TONE) == {}
        assert not decisions.correction(connection, "grove", kind=decisions.TONE).kept


def test_a_few_words_are_too_few(store: Store) -> None:
    for post_id in ids_of(store, BANTER)[:4]:
        say(store, post_id, CALM)

    assert relabels.learn(store, "grove", now=NOW, reader=Unhappy()).kept == []
    assert relabels.learn(store, "harbour", now=NOW, reader=Unhappy()) == relabels.Learned(0, {})


def test_nothing_is_learned_while_posts_cannot_be_read(store: Store) -> None:
    for post_id in ids_of(store, BANTER):
        say(store, post_id, UNHAPPY)

    with pytest.raises(BadInput, match="The model is missing"):
        relabels.learn(store, "grove", now=NOW, reader=Absent())
    with reading(store.engine) as connection:
        assert decisions.correction(connection, "grove", kind=decisions.TONE) is None


def test_what_is_kept_of_a_word_holds_nothing_of_the_post(store: Store) -> None:
    first = ids_of(store, BANTER)[0]
    say(store, first, replace(CALM, risks=(Risk.SCAM,), severity=Severity.MEDIUM))

    with reading(store.engine) as connection:
        [row] = connection.execute(select(decisions_table)).all()
    assert json.loads(row.said) == {
        "said": {"sentiment": "neutral", "risks": ["scam"], "severity": "medium"},
        "was": {"sentiment": "negative", "risks": ["complaint"], "severity": "low"},
    }
    assert (row.by, row.role, row.kind) == ("Ada", "communications", "tone")
