"""The entries of feeds, in the shape that `feed_parser.read` gives them, and the posts they make."""

import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from collectors.markup import plain_text
from collectors.written_time import EARLIEST_YEAR
from core.errors import ItemSkipped
from core.text import storable
from core.types import Author, Post, Raw

LONGEST_ID = 200  # characters; PostgreSQL's indexes hold no long ones


class Words(BaseModel):
    """A title or body: text, or HTML that says so."""

    type: str | None = None
    value: str

    @property
    def plain(self) -> str:
        """As a reader sees it."""
        value = storable(self.value)
        return value.strip() if self.type == "text/plain" else plain_text(value)


class Entry(BaseModel):
    """An entry as `feed_parser.read` gives it."""

    id: str | None = None
    link: str | None = None
    title: Words | None = None
    summary: Words | None = None
    content: Words | None = None
    author: str | None = None
    published: AwareDatetime | None = None
    updated: AwareDatetime | None = None

    @property
    def text(self) -> str:
        """The headline, a blank line, and the longest the feed gives of the rest; once only where the rest begins with it."""
        title = self.title.plain if self.title else ""
        body = next((words.plain for words in (self.content, self.summary) if words and words.plain), "")
        return body if title and body.startswith(title) else "\n\n".join(filter(None, (title, body)))

    @property
    def native_id(self) -> str:
        """Its guid, else its address, else a hash of what it says and when."""
        stated = storable(self.id or self.link or "")
        if 0 < len(stated) <= LONGEST_ID:
            return stated
        return sha256((stated or f"{self.text}\n{self.published}").encode()).hexdigest()


class About(BaseModel):
    """The feed an entry stood in."""

    key: str
    platform: str = Field(min_length=1)
    label: str | None = None
    title: str | None = None
    language: str | None = None


class Item(BaseModel):
    """A payload: an entry and its feed."""

    feed: About
    entry: Entry


def read_post(raw: Raw) -> Post:
    """The post in a payload. Raises ItemSkipped where it holds none."""
    try:
        item = Item.model_validate(raw.payload)
    except ValidationError:
        raise ItemSkipped("An entry of a feed cannot be read.") from None
    feed, entry = item.feed, item.entry
    if not (text := entry.text):
        raise ItemSkipped("An entry of a feed has no words.")
    published, updated = (_moment(stated, raw.retrieved_at) for stated in (entry.published, entry.updated))
    language = re.match("[a-z]{2,3}(?![a-z])", (feed.language or "").lower())
    return Post(
        platform=storable(feed.platform),
        native_id=f"{storable(feed.key)}:{entry.native_id}",
        text=text,
        retrieved_at=raw.retrieved_at,
        created_at=published or updated,
        author=Author(name=plain_text(storable(entry.author or "")) or None),
        community=plain_text(storable(feed.label or feed.title or "")) or None,
        url=storable(entry.link) if entry.link and entry.link.startswith(("http://", "https://")) else None,
        edited_at=updated if published and updated and updated > published else None,
        language=language[0] if language else None,
    )


def _moment(stated: datetime | None, retrieved_at: datetime) -> datetime | None:
    """A stated time in UTC; None for what cannot be one, such as the year 1 or next year."""
    if stated is None or stated.year < EARLIEST_YEAR or stated > retrieved_at + timedelta(days=1):
        return None
    return stated.astimezone(UTC)
