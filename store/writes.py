"""Writing posts: look up what is known, then write one batch sorted by id, with its judgements and the daily counts."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from core.text import storable
from core.types import JudgedMention, Post, Raw
from store import mentions
from store.bodies import packed
from store.engine import among, insert, take_turns
from store.ids import first_id
from store.keys import Keys
from store.tables import WORDS_GONE, payloads, post_keys, posts, versions


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A post on its way in: what was fetched, what it says, and what was judged of it."""

    post: Post
    raw: Raw
    mentions: Sequence[JudgedMention] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What the store has under a platform's id. `gone`: its words were taken away for good. `reported`: a person typed them."""

    post_id: int
    content_hash: bytes
    version: int
    gone: bool
    reported: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of a batch: new posts, posts that say what they said, posts whose text was edited."""

    stored: int = 0
    unchanged: int = 0
    edited: int = 0


def content_hash(post: Post) -> bytes:
    """Names what a post says; a version byte first, so that the recipe may change without every post looking edited."""
    return b"\x01" + hashlib.sha256(storable(post.text).encode()).digest()[:15]


WORDLESS = b"\x01" + hashlib.sha256(b"").digest()[:15]
"""Names a post without words."""
REPORTS = "sightings"
"""The source of what people typed themselves."""


def known(connection: Connection, wanted: Iterable[Post]) -> dict[tuple[str, str], Known]:
    """Which of these posts the store has, by (platform, native id)."""
    names: dict[str, set[str]] = {}
    for post in wanted:
        platform, native_id = _name(post)
        names.setdefault(platform, set()).add(native_id)
    found: dict[tuple[str, str], Known] = {}
    for platform, native_ids in names.items():
        rows = connection.execute(
            select(
                post_keys.c.native_id,
                posts.c.id,
                posts.c.content_hash,
                posts.c.version,
                WORDS_GONE.label("gone"),
                (posts.c.source == REPORTS).label("reported"),
            )
            .join(posts, posts.c.id == post_keys.c.post_id)
            .where(post_keys.c.platform == platform, among(connection, post_keys.c.native_id, native_ids))
        )
        found |= {
            (platform, row.native_id): Known(row.id, row.content_hash, row.version, bool(row.gone), bool(row.reported))
            for row in rows
        }
    return found


def find_known(post: Post, have: Mapping[tuple[str, str], Known]) -> Known | None:
    """What the store has of this post, among what `known` found."""
    return have.get(_name(post))


def is_edited(post: Post, before: Known) -> bool:
    """Whether a post now says something else. One that was wiped stays wiped, whatever an old cache still answers.

    What somebody typed for a report changes no words that are there: whoever reports a post is not who wrote it.
    """
    if before.gone or before.content_hash == content_hash(post):
        return False
    return not post.reported_for or before.content_hash == WORDLESS


def save(
    connection: Connection,
    incoming: Sequence[Incoming],
    *,
    source: str,
    keys: Keys,
    now: datetime,
    keep_until: datetime | None = None,
) -> Counts:
    """Store a batch. A post that is already there is updated where its text was edited, else only its counts are refreshed.

    The last of several versions in one batch wins. Runs inside the caller's transaction, so rows and cursor commit together.
    """
    take_turns(connection, "posts")
    latest = {_name(each.post): each for each in incoming}
    have = known(connection, (each.post for each in latest.values()))
    new = {name: each for name, each in latest.items() if name not in have}
    edited = {name: each for name, each in latest.items() if name in have and is_edited(each.post, have[name])}
    same = {name: each for name, each in latest.items() if name in have and name not in edited}
    ids = _give_ids(connection, new)
    rows = sorted(
        (_row(each, ids[name], source=source, keys=keys, now=now, keep_until=keep_until) for name, each in new.items()),
        key=_by_id,
    )
    insert(connection, posts, rows)
    insert(connection, post_keys, [{"platform": name[0], "native_id": name[1], "post_id": ids[name]} for name in sorted(new)])
    insert(connection, payloads, [_payload(ids[name], new[name].raw) for name in sorted(new, key=ids.__getitem__)])
    for name, each in edited.items():
        _edit(connection, have[name], each, source, now)
    if same:
        _refresh_reach(connection, {have[name].post_id: each.post for name, each in same.items()})
    mentions.add(connection, [(ids[name], name[0], each.mentions) for name, each in new.items()], now=now)
    mentions.save(connection, [(have[name].post_id, name[0], each.mentions) for name, each in edited.items()], now=now)
    return Counts(stored=len(new), unchanged=len(incoming) - len(new) - len(edited), edited=len(edited))


def _name(post: Post) -> tuple[str, str]:
    """What names a post for ever, as it is stored."""
    return storable(post.platform), storable(post.native_id)


def _by_id(row: Mapping[str, Any]) -> int:
    return int(row["id"])


def _give_ids(connection: Connection, new: Mapping[tuple[str, str], Incoming]) -> dict[tuple[str, str], int]:
    """An id for each new post: the one it would like, else the next that is free."""
    liked = {name: first_id(each.post) for name, each in new.items()}
    taken = set(connection.scalars(select(posts.c.id).where(among(connection, posts.c.id, set(liked.values())))))
    given: dict[tuple[str, str], int] = {}
    for name, candidate in sorted(liked.items()):
        free = candidate
        while free in taken or (free != candidate and connection.scalar(select(posts.c.id).where(posts.c.id == free))):
            free += 1
        taken.add(free)
        given[name] = free
    return given


def _row(
    each: Incoming, post_id: int, *, source: str, keys: Keys, now: datetime, keep_until: datetime | None
) -> dict[str, Any]:
    post = each.post
    return {
        "id": post_id,
        "platform": storable(post.platform),
        "text": storable(post.text),
        "url": _plain(post.url),
        "community": _plain(post.community),
        "reply_to": _plain(post.reply_to),
        "thread_id": _plain(post.thread_id),
        "language": _plain(post.language),
        "created_at": post.created_at,
        "edited_at": post.edited_at,
        "retrieved_at": post.retrieved_at,
        "stored_at": now,
        "keep_until": keep_until,
        "author_key": keys.author_key(post.platform, post.author),
        "author_sealed": keys.seal_author(post.author),
        "followers": post.author.followers,
        "likes": post.reach.likes,
        "shares": post.reach.shares,
        "replies": post.reach.replies,
        "views": post.reach.views,
        "content_hash": content_hash(post),
        "source": source,
    }


def _plain(text: str | None) -> str | None:
    return None if text is None else storable(text)


def _payload(post_id: int, raw: Raw) -> dict[str, Any]:
    """The answer as it came."""
    return {"post_id": post_id, "body": packed(raw.payload), "tool": raw.tool, "retrieved_at": raw.retrieved_at}


def _edit(connection: Connection, before: Known, each: Incoming, source: str, now: datetime) -> None:
    """Keep what an edited post said, then let it say what it says now. Words that a person typed give way without a trace."""
    if not before.reported:
        said = connection.scalars(select(posts.c.text).where(posts.c.id == before.post_id)).one()
        earlier = {"post_id": before.post_id, "version": before.version, "text": said, "seen_at": now}
        connection.execute(versions.insert(), earlier)
    connection.execute(
        update(posts)
        .where(posts.c.id == before.post_id)
        .values(
            text=storable(each.post.text),
            content_hash=content_hash(each.post),
            edited_at=each.post.edited_at,
            version=before.version + (not before.reported),
            retrieved_at=each.post.retrieved_at,
            source=source,
        )
    )
    connection.execute(delete(payloads).where(payloads.c.post_id == before.post_id))
    connection.execute(payloads.insert(), [_payload(before.post_id, each.raw)])
    _refresh_reach(connection, {before.post_id: each.post})


def _refresh_reach(connection: Connection, seen: Mapping[int, Post]) -> None:
    """Bring likes, shares, replies and views up to date; what the platform did not say this time stays as it was."""
    for name in ("likes", "shares", "replies", "views"):
        column = posts.c[name]
        rows = [
            {"post": post_id, "seen": value}
            for post_id, post in seen.items()
            if (value := getattr(post.reach, name)) is not None
        ]
        if rows:
            connection.execute(
                update(posts)
                .where(posts.c.id == bindparam("post"), column.is_distinct_from(bindparam("seen")))
                .values({name: bindparam("seen")}),
                rows,
            )
