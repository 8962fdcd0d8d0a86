"""What people say of how a post was read: kept as a decision, shown at once, counted, and learned from when they ask for it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import NoResultFound

from analysis import explain as why
from analysis import relabels
from analysis.corrections import Correction
from analysis.encoder import Encoder
from analysis.judge import reread, unsaid
from analysis.readers import reader as chosen
from analysis.relabels import Reading, Relabel
from analysis.tone import Reader
from analysis.wording import Masks
from core.errors import BadInput
from core.settings import settings
from core.taxonomy import Outcome, Risk, Role, Sentiment
from core.types import JudgedMention, School
from store import decisions, mentions, profiles, queries, requests
from store.engine import reading, writing
from store.store import Store

ANCHORS = 200
"""Posts that nobody relabelled, to learn beside."""
NEWEST = 400
"""Relabels that are counted."""


@dataclass(frozen=True, slots=True)
class Learned:
    """What was learned for a school: from how many posts, and a correction for each label that was tried."""

    posts: int
    by_label: dict[str, Correction]

    @property
    def kept(self) -> list[str]:
        """The labels that do better with it on posts it has not seen."""
        return [label for label, each in self.by_label.items() if each.kept]


def say(store: Store, post_id: int, school_id: str, said: Reading, *, by: str, role: Role, now: datetime) -> None:
    """Say how a post reads; also that it was read right. What is shown and counted follows at once."""
    with writing(store.engine) as connection:
        platform, before = _shown(connection, post_id)
        was = next((each for each in before if each.school_id == school_id), None)
        if was is None:
            raise BadInput("This post is not there any more, or not about that school.")
        told = Relabel(said=relabels.checked(said), was=_first(connection, post_id, school_id) or relabels.reading_of(was))
        _decide(connection, post_id, school_id, told.written(), by=by, role=role, now=now)
        after = [reread(each, told.said) if each is was else each for each in before]
        mentions.save(connection, [(post_id, platform, after)], now=now)


def take_back(store: Store, post_id: int, school_id: str, *, by: str, role: Role, now: datetime) -> None:
    """Take that back; the worker is asked to judge the post again."""
    with writing(store.engine) as connection:
        first = _first(connection, post_id, school_id)
        _decide(connection, post_id, school_id, "taken_back", by=by, role=role, now=now)
        platform, before = _shown(connection, post_id)
        if first is not None and before:  # until then
            after = [unsaid(reread(each, first)) if each.school_id == school_id else each for each in before]
            mentions.save(connection, [(post_id, platform, after)], now=now)
        requests.ask(connection, "judge", {"posts": [post_id]}, by=by, now=now)


def said(store: Store, schools: Sequence[str]) -> list[Relabel]:
    """What people said of how posts about these schools were read, newest first."""
    with reading(store.engine) as connection:
        rows = decisions.newest_of(connection, schools, kind=decisions.TONE, limit=NEWEST)
    return [relabels.relabel(row) for row in rows]


def learn(store: Store, school_id: str, *, now: datetime, reader: Reader | None = None) -> Learned:
    """Learn from what was said for a school, keep what does better on posts it has not seen, and judge stored posts with it."""
    read = reader or chosen(**settings().tone.model_dump())
    if read.missing:
        raise BadInput(read.missing)
    with reading(store.engine) as connection:
        school = next(each for each in profiles.all_schools(connection) if each.id == school_id)
        given = {post: relabels.relabel(row) for post, row in decisions.of_school(connection, school_id, kind=decisions.TONE)}
        sure = queries.sure_posts(connection, school_id, outcome=Outcome.OURS, at_least=0.5, limit=ANCHORS + len(given))
        posts = queries.posts_by_id(connection, store.keys, [*given, *(each for each in sure if each not in given)])
    masks = Masks(school)
    ids = list(posts)
    tones = dict(zip(ids, read([posts[each] for each in ids]), strict=True))
    found = {each: relabels.terms(posts[each], masks) for each in ids}
    by_label = relabels.learned(
        [(tones[each], found[each], told.said) for each, told in given.items() if each in posts],
        [(tones[each], found[each]) for each in ids if each not in given][:ANCHORS],
    )
    learned = Learned(len(given), by_label)
    with writing(store.engine) as connection:
        row = {
            "answers": len(given),
            "loss_before": sum(each.loss_before for each in by_label.values()),
            "loss_after": sum(each.loss_after if each.kept else each.loss_before for each in by_label.values()),
            "kept": int(bool(learned.kept)),
            "points": {label: dict(by_label[label].points) for label in learned.kept},
        }
        decisions.save_correction(connection, school_id, row, now=now, kind=decisions.TONE)
        requests.ask(connection, "judge", {}, by="learning", now=now)
    return learned


def explain(store: Store, post_id: int, label: str) -> dict[str, Any]:
    """Where the words stand that moved a label most, with by how much, and the made-up post that is most like this one."""
    with reading(store.engine) as connection:
        post = queries.posts_by_id(connection, store.keys, [post_id]).get(post_id)
    if post is None:
        raise BadInput("This post is not there any more.")
    asked, encoder = _label(label), Encoder()
    found, like = why.words(encoder, post.text, asked), why.nearest(encoder, post.text, asked)
    return {
        "label": label,
        "words": [[word.start, word.end, round(word.moves, 3)] for word in found],
        "example": {**asdict(like), "alike": round(like.alike, 3)} if like else None,
    }


def _label(name: str) -> Sentiment | Risk:
    if name in list(Risk):
        return Risk(name)
    if name in list(Sentiment):
        return Sentiment(name)
    raise BadInput(f"“{name}” is no label of a post.")


def undo(store: Store, school: School, *, by: str, now: datetime) -> bool:
    """Stop using what was learned; what people said stays. False where nothing was in use."""
    with writing(store.engine) as connection:
        undone = decisions.undo_correction(connection, school.id, now=now, kind=decisions.TONE)
        if undone:
            requests.ask(connection, "judge", {}, by=by, now=now)
    return undone


def _shown(connection: Connection, post_id: int) -> tuple[str, Sequence[JudgedMention]]:
    try:
        return mentions.of_post(connection, post_id)
    except NoResultFound:
        return "", ()


def _first(connection: Connection, post_id: int, school_id: str) -> Reading | None:
    """How the post had been read before anybody said anything of it."""
    before = decisions.latest(connection, [post_id], kind=decisions.TONE).get((post_id, school_id))
    return relabels.relabel(before).was if before else None


def _decide(connection: Connection, post_id: int, school_id: str, said: str, *, by: str, role: Role, now: datetime) -> None:
    decisions.add(connection, kind=decisions.TONE, post_id=post_id, school_id=school_id, said=said, by=by, role=role, now=now)
