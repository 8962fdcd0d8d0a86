"""Answers: "about us", "not about us". Shown at once, kept as decisions, learned from, undoable."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from analysis.corrections import Answer, Correction, learn
from analysis.judge import Judge, answered, reread
from analysis.readers import reader
from analysis.relabels import relabel
from analysis.relevance import Relevance
from core.settings import settings
from core.taxonomy import Outcome, Role
from core.types import JudgedMention, Mention, School
from store import decisions, mentions, profiles, queries, requests, terms
from store.engine import reading, writing
from store.store import Store

LEARN_EVERY = 5
"""Answers between two attempts to learn."""
ANCHORS = 60
SURE = 0.95
"""Posts nobody answered count as the school's own to learn beside, from this probability on."""


def current_judge(connection: Connection, *, now: datetime, school_id: str | None = None) -> Judge:
    """The judge as it stands here at `now`: the profiles, what answers taught, and the words watched for cases.

    `school_id`: for that school alone.
    """
    schools = [each for each in profiles.all_schools(connection) if school_id in (None, each.id)]
    return Judge(
        schools,
        reader(**settings().tone.model_dump()),
        learned=decisions.in_use(connection),
        terms=terms.active(connection, now=now),
        relabelled=decisions.in_use(connection, kind=decisions.TONE),
    )


def respected(
    connection: Connection, judged: Sequence[tuple[int, str, Sequence[JudgedMention]]]
) -> list[tuple[int, str, Sequence[JudgedMention]]]:
    """Judgements of posts, given as (id, platform, mentions), with people's words put before the judge's."""
    ids = [post_id for post_id, _, _ in judged]
    said, read = decisions.latest(connection, ids), decisions.latest(connection, ids, kind=decisions.TONE)
    return [
        (post_id, platform, [_in_their_words(post_id, each, said, read) for each in about])
        for post_id, platform, about in judged
    ]


def _in_their_words(
    post_id: int, about: JudgedMention, said: Mapping[tuple[int, str], str], read: Mapping[tuple[int, str], str]
) -> JudgedMention:
    place = (post_id, about.school_id)
    if place in said:
        about = answered(about, said[place])
    return reread(about, relabel(read[place]).said) if place in read else about


def answer(store: Store, post_id: int, school_id: str, said: str, *, by: str, role: Role, now: datetime) -> None:
    """Say "us" or "not_us" of a post, or take that back ("taken_back"). What is shown and counted follows at once.

    A word taken back needs the judge, so the worker is asked to judge that post again.
    """
    with writing(store.engine) as connection:
        decisions.add(
            connection,
            kind=decisions.RELEVANCE,
            post_id=post_id,
            school_id=school_id,
            said=said,
            by=by,
            role=role,
            now=now,
        )
        if said == "taken_back":
            requests.ask(connection, "judge", {"posts": [post_id]}, by=by, now=now)
        else:
            platform, before = mentions.of_post(connection, post_id)
            after = [answered(each, said) if each.school_id == school_id else each for each in before]
            mentions.save(connection, [(post_id, platform, after)], now=now)
        if len(decisions.of_school(connection, school_id)) % LEARN_EVERY == 0:
            requests.ask(connection, "refit", {"school": school_id}, by=by, now=now)


def refit(store: Store, school_id: str, *, now: datetime) -> Correction:
    """Learn from all answers for a school, and keep it if it does better on answers it has not seen."""
    with reading(store.engine) as connection:
        school = next(each for each in profiles.all_schools(connection) if each.id == school_id)
        said = dict(decisions.of_school(connection, school_id))
        sure = queries.sure_posts(connection, school_id, outcome=Outcome.OURS, at_least=SURE, limit=ANCHORS + len(said))
        posts = queries.posts_by_id(connection, store.keys, [*said, *(each for each in sure if each not in said)])
        watched = terms.active(connection, now=now)
    judge = Relevance([school], watched=watched)
    answers = [
        _answer(judge, Mention(post=posts[each], school=school), word == "us") for each, word in said.items() if each in posts
    ]
    anchors = [_answer(judge, Mention(post=posts[each], school=school), True) for each in sure if each not in said][:ANCHORS]
    learned = learn(answers, anchors)
    with writing(store.engine) as connection:
        row = {
            "answers": learned.answers,
            "loss_before": learned.loss_before,
            "loss_after": learned.loss_after,
            "kept": int(learned.kept),
            "points": dict(learned.points),
        }
        decisions.save_correction(connection, school_id, row, now=now)
        requests.ask(connection, "judge", {}, by="learning", now=now)
    return learned


def undo(store: Store, school: School, *, by: str, now: datetime) -> bool:
    """Stop using what was learned for a school; the answers stay. False where nothing was in use."""
    with writing(store.engine) as connection:
        undone = decisions.undo_correction(connection, school.id, now=now)
        if undone:
            requests.ask(connection, "judge", {}, by=by, now=now)
    return undone


def _answer(judge: Relevance, mention: Mention, yes: bool) -> Answer:
    log_odds, found = judge.answerable(mention)
    return Answer(log_odds=log_odds, terms=found, yes=yes)
