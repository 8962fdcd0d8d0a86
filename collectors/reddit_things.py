"""Reddit's answers: listings of things, and the submissions and comments among them."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AliasPath, BaseModel, Field, ValidationError

from core.errors import ItemSkipped
from core.types import Author, Json, Post, Raw, Reach

REMOVED = re.compile(r"\[\s*(deleted|removed)\b[^\]]*\]", re.IGNORECASE)

Epoch = Annotated[float, Field(ge=0, le=253402300799, allow_inf_nan=False)]  # to the end of the year 9999


class Thing(BaseModel):
    """A submission (t3) or comment (t1)."""

    name: str = Field(pattern="^t[13]_[0-9a-z]+$")
    title: str | None = None
    selftext: str | None = None
    body: str | None = None
    author: str | None = None
    author_fullname: str | None = None
    subreddit: str | None = None
    permalink: str | None = None
    link_id: str | None = None
    created_utc: Epoch | None = None
    edited: bool | Epoch | None = None
    removed_by_category: str | None = None
    score: int | None = None
    score_hidden: bool = False
    num_comments: int | None = None
    num_crossposts: int | None = None

    @property
    def text(self) -> str:
        """What a reader sees: the title, a blank line and the text of a submission; the text of a comment."""
        return "\n\n".join(part for part in (self.title, self.selftext, self.body) if part and part.strip())

    @property
    def removed(self) -> bool:
        """Whether its author deleted it, or a moderator or Reddit removed it. A title may be left standing."""
        parts = (self.title, self.selftext, self.body)
        return self.removed_by_category is not None or any(part and REMOVED.fullmatch(part.strip()) for part in parts)

    @property
    def written_by(self) -> Author:
        """Its author; nobody where the account is gone."""
        if self.author is None or REMOVED.fullmatch(self.author):
            return Author()
        return Author(handle=self.author, native_id=self.author_fullname)

    @property
    def url(self) -> str | None:
        """Its address, without what Reddit adds to say where it was found."""
        return f"https://www.reddit.com/{self.permalink.lstrip('/').partition('?')[0]}" if self.permalink else None


class Page(BaseModel):
    """A page of a listing; what lies on it stays as it came."""

    things: list[dict[str, Any]] = Field(validation_alias=AliasPath("data", "children"))
    after: str | None = Field(default=None, validation_alias=AliasPath("data", "after"))

    @property
    def names(self) -> list[str]:
        """The full names of its things, such as t3_abc."""
        inside = (thing.get("data") for thing in self.things)
        return [data["name"] for data in inside if isinstance(data, dict) and isinstance(data.get("name"), str)]


def standing(payload: Json) -> Thing:
    """The submission or comment in a payload, in Reddit's wrapping of kind and data or without.

    Raises ItemSkipped for what was deleted or removed, and for what is neither.
    """
    try:
        thing = Thing.model_validate(payload.get("data", payload))
    except ValidationError:
        raise ItemSkipped("An item from Reddit is neither a submission nor a comment that can be read.") from None
    if thing.removed:
        raise ItemSkipped(f"{thing.name} was deleted or removed on Reddit.")
    if not thing.text:
        raise ItemSkipped(f"{thing.name} on Reddit has no text.")
    return thing


def read_post(raw: Raw) -> Post:
    """The post in a payload. Raises as `standing` does."""
    thing = standing(raw.payload)
    return Post(
        platform="reddit",
        native_id=thing.name,
        text=thing.text,
        retrieved_at=raw.retrieved_at,
        created_at=_moment(thing.created_utc),
        author=thing.written_by,
        community=f"r/{thing.subreddit}" if thing.subreddit else None,
        url=thing.url,
        thread_id=thing.link_id or thing.name,
        edited_at=_moment(thing.edited),
        reach=Reach(
            likes=None if thing.score_hidden else thing.score,
            shares=thing.num_crossposts,
            replies=thing.num_comments,
        ),
    )


def _moment(epoch: float | bool | None) -> datetime | None:
    """The moment, for a number of seconds since 1970. Reddit also says False for never, and True for an edit of old."""
    return None if epoch is None or isinstance(epoch, bool) else datetime.fromtimestamp(epoch, UTC)
