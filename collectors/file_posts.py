"""The posts in the rows of files that somebody hands in."""

import re
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Literal

from pydantic import BaseModel, ValidationError

from collectors import reddit_things, x_answers
from collectors.written_time import written_time, zone
from core.errors import BadInput, ItemSkipped
from core.taxonomy import PLATFORMS
from core.text import normal, storable
from core.types import Author, Json, Post, Raw, Reach

LONGEST_ID = 200  # characters; PostgreSQL's indexes hold no long ones
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.IGNORECASE)
_COUNT = re.compile(r"-?\d{1,15}")
_NAMES = {normal(shown): platform for platform, shown in PLATFORMS.items()} | {
    "twitter": "x",
    "x (twitter)": "x",
    "twitter/x": "x",
    "fb": "facebook",
    "insta": "instagram",
    "google reviews": "review",
}


class Payload(BaseModel):
    """A row as it stood in its file, in which form, and what was said about the whole file.

    `judging`: the post is to be judged and not stored, so that where it is from and when it was written may stay untold.
    """

    format: Literal["table", "posts", "reddit_dump", "reddit", "x"]
    row: Json
    platform: str | None = None
    zone: str | None = None
    judging: bool = False


def read_post(raw: Raw) -> Post:
    """The post in a row. Raises ItemSkipped for what was deleted, has no text, or whose time cannot be told."""
    try:
        payload = Payload.model_validate(raw.payload)
    except ValidationError:
        raise ItemSkipped("It is no row of an imported file.") from None
    match payload.format:
        case "x":
            return x_answers.read_post(_inside(payload.row, raw))
        case "reddit":
            return reddit_things.read_post(_inside(payload.row, raw))
        case "reddit_dump":
            return reddit_things.read_post(_inside(_as_reddit_answers(payload.row), raw))
    return _read_row(payload, raw.retrieved_at)


def platform_called(name: str) -> str:
    """The platform by its name as exports write it; one that is not known by its name in small letters."""
    plain = normal(storable(name))
    return _NAMES.get(plain, plain)


def _inside(row: Json, raw: Raw) -> Raw:
    return Raw(payload=row, retrieved_at=raw.retrieved_at, tool=raw.tool)


def _as_reddit_answers(line: Json) -> Json:
    """A line of a Reddit dump in the shape of Reddit's own answer."""
    permalink = line.get("permalink")
    community = re.match(r"/?r/(\w+)/", permalink) if isinstance(permalink, str) else None
    same = ("title", "author", "permalink", "created_utc", "score")
    return {name: line.get(name) for name in same} | {
        "name": line.get("id"),
        "body": line.get("text"),
        "link_id": line.get("root"),
        "subreddit": community[1] if community else None,
    }


def _read_row(payload: Payload, retrieved_at: datetime) -> Post:
    row = payload.row
    text = "\n\n".join(part for part in (_text(row, "title"), _text(row, "text")) if part and normal(part))
    if not text:
        raise ItemSkipped("It has no text.")
    if reddit_things.REMOVED.fullmatch(_text(row, "text") or text):
        raise ItemSkipped("It was deleted by its author, or removed.")
    platform = platform_called(_text(row, "platform") or payload.platform or ("web" if payload.judging else ""))
    if not platform:
        raise ItemSkipped("It does not say where it is from. Add --platform, such as --platform facebook.")
    created_at = _created_at(payload, retrieved_at)
    author, url = _author(row), _text(row, "url")
    return Post(
        platform=platform,
        native_id=_native_id(row) or _hash(platform, url, author.handle or author.name, created_at, text),
        text=text,
        retrieved_at=retrieved_at,
        created_at=created_at,
        author=author,
        community=_text(row, "community"),
        url=url if url and url.startswith(("http://", "https://")) else None,
        language=_text(row, "language"),
        reach=Reach(**{name: _count(row.get(name)) for name in ("likes", "shares", "replies", "views")}),
    )


def _text(row: Json, name: str) -> str | None:
    """A field as text that can be stored, None where it says nothing."""
    value = row.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return storable(value).strip() or None if isinstance(value, str) else None


def _author(row: Json) -> Author:
    """The author, whose fields stand in an object of their own or beside the rest."""
    given = row.get("author")
    told: Json = given if isinstance(given, Mapping) else {"handle": given} | dict(row)
    handle = (_text(told, "handle") or "").lstrip("@")
    gone = reddit_things.REMOVED.fullmatch(handle)
    return Author(
        handle=None if gone else handle or None,
        name=_text(told, "name"),
        bio=_text(told, "bio"),
        location=_text(told, "location"),
    )


def _native_id(row: Json) -> str | None:
    """The id as stated, unless a spreadsheet has rounded it: 1.78E+018 stands for many posts."""
    stated = _text(row, "id")
    if stated is None or _ROUNDED.fullmatch(stated):
        return None
    return stated if len(stated) <= LONGEST_ID else _hash(stated)


def _hash(*content: object) -> str:
    return "sha256:" + sha256("\n".join(map(str, content)).encode()).hexdigest()


def _count(value: object) -> int | None:
    """A count such as 1204 or "1,204"; None for what is none, such as "1.2k"."""
    plain = str(value).replace(",", "").strip() if isinstance(value, int | str) else ""
    return int(plain) if _COUNT.fullmatch(plain) else None


def _created_at(payload: Payload, now: datetime) -> datetime | None:
    try:
        return written_time(payload.row.get("created_at"), zone(payload.zone) if payload.zone else None, now)
    except BadInput as problem:
        raise ItemSkipped(str(problem)) from None
    except ItemSkipped:
        if payload.judging:
            return None
        raise
