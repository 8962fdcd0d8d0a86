"""X's answers, read in the spelling before v2.167 of its description (tweet) and in the one since (post).

tweepy asks in the old spelling; which one X answers in is its own choice.
"""

import html
import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AliasChoices, AliasPath, AwareDatetime, BaseModel, Field, ValidationError

from core.errors import ItemSkipped
from core.types import Account, Author, Post, Raw, Reach

X_EPOCH = 1288834974657  # milliseconds since 1970 from which X counts those in its ids
NO_LANGUAGE = re.compile("und|zxx|art|q..")


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("outside the calendar") from None


def _at(*paths: str) -> AliasChoices:
    """Where a field lies: its dotted path, or its paths in both spellings."""
    return AliasChoices(*(AliasPath(*path.split(".")) for path in paths))


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]
Id = Annotated[str, Field(pattern="^[0-9]{1,19}$")]


class Link(BaseModel):
    """A shortened address in a text or profile, and the one it leads to."""

    url: str = Field(min_length=1)
    expanded_url: str | None = None


class Mentioned(BaseModel):
    """An account named in a post."""

    id: str | None = None
    username: str


class User(BaseModel):
    """A profile."""

    id: str
    username: str
    name: str | None = None
    description: str | None = None
    location: str | None = None
    links: tuple[Link, ...] = Field(default=(), validation_alias=_at("entities.url.urls"))
    created_at: Moment | None = None
    verified: bool | None = None
    profile_image_url: str | None = None
    followers: int | None = Field(default=None, validation_alias=_at("public_metrics.followers_count"))
    following: int | None = Field(default=None, validation_alias=_at("public_metrics.following_count"))
    posts: int | None = Field(default=None, validation_alias=_at("public_metrics.tweet_count", "public_metrics.post_count"))

    @property
    def website(self) -> str | None:
        """The address the profile links to."""
        return self.links[0].expanded_url if self.links else None

    def as_author(self) -> Author:
        """The profile as the author of a post."""
        return Author(
            handle=self.username,
            native_id=self.id,
            name=self.name,
            bio=self.description,
            location=self.location,
            url=self.website,
            followers=self.followers,
        )

    def as_account(self, seen_at: datetime) -> Account:
        """The profile as an account, as it stood at `seen_at`."""
        return Account(
            platform="x",
            handle=self.username,
            seen_at=seen_at,
            native_id=self.id,
            display_name=self.name,
            bio=self.description,
            url=self.website,
            location=self.location,
            created_at=self.created_at,
            followers=self.followers,
            following=self.following,
            posts=self.posts,
            verified=self.verified,
            avatar=self.profile_image_url,
        )


class Written(BaseModel):
    """A post."""

    id: Id
    text: str = ""
    links: tuple[Link, ...] = Field(default=(), validation_alias=_at("entities.urls"))
    long_text: str | None = Field(default=None, validation_alias=_at("note_tweet.text", "note_post.text"))
    long_links: tuple[Link, ...] = Field(
        default=(), validation_alias=_at("note_tweet.entities.urls", "note_post.entities.urls")
    )
    mentions: tuple[Mentioned, ...] = Field(default=(), validation_alias=_at("entities.mentions"))
    author_id: str | None = None
    conversation_id: str | None = None
    in_reply_to_user_id: str | None = None
    created_at: Moment | None = None
    lang: str | None = None
    versions: tuple[Id, ...] = Field(default=(), validation_alias=_at("edit_history_tweet_ids", "edit_history_post_ids"))
    likes: int | None = Field(default=None, validation_alias=_at("public_metrics.like_count"))
    reposts: int | None = Field(
        default=None, validation_alias=_at("public_metrics.retweet_count", "public_metrics.repost_count")
    )
    quotes: int | None = Field(default=None, validation_alias=_at("public_metrics.quote_count"))
    replies: int | None = Field(default=None, validation_alias=_at("public_metrics.reply_count"))
    views: int | None = Field(default=None, validation_alias=_at("public_metrics.impression_count"))

    @property
    def as_read(self) -> str:
        """The whole text as a reader sees it: X cuts `text` at 280 characters, escapes &, < and >, shortens addresses."""
        text = html.unescape(self.text if self.long_text is None else self.long_text)
        for link in (*self.links, *self.long_links):
            text = text.replace(link.url, link.expanded_url or link.url)
        return text

    @property
    def language(self) -> str | None:
        """The language, where X could tell (its other codes say that there is none, or only hashtags)."""
        return None if self.lang is None or NO_LANGUAGE.fullmatch(self.lang) else self.lang

    @property
    def shares(self) -> int | None:
        """Reposts and quotes together."""
        given = [count for count in (self.reposts, self.quotes) if count is not None]
        return sum(given) if given else None


class PostAnswer(BaseModel):
    """The answer for one post: what a payload of ours holds."""

    post: Written = Field(validation_alias="data")
    users: tuple[User, ...] = Field(default=(), validation_alias=_at("includes.users"))


class Meta(BaseModel):
    """What X says of a page of results."""

    newest_id: str | None = None
    next_token: str | None = None


class Page(BaseModel):
    """A page of search results; what lies on it stays as it came."""

    posts: list[dict[str, Any]] = Field(default=[], validation_alias="data")
    users: list[dict[str, Any]] = Field(default=[], validation_alias=_at("includes.users"))
    meta: Meta


class Problem(BaseModel):
    """What X could not give, and what kind of reason it had."""

    resource_id: str = ""
    type: str = ""


class Lookup(BaseModel):
    """The answer for several posts by id."""

    problems: tuple[Problem, ...] = Field(default=(), validation_alias="errors")


def read_post(raw: Raw) -> Post:
    """The post in X's answer for one post; an edited one keeps its first id. Raises ItemSkipped where there is none."""
    try:
        answer = PostAnswer.model_validate(raw.payload)
    except ValidationError:
        raise ItemSkipped("An item from X holds no post that can be read.") from None
    post = answer.post
    if not post.as_read.strip():
        raise ItemSkipped(f"Post {post.id} on X has no text.")
    author = next((user.as_author() for user in answer.users if user.id == post.author_id), Author(native_id=post.author_id))
    first_id = post.versions[0] if post.versions else post.id
    edited = first_id != post.id
    return Post(
        platform="x",
        native_id=first_id,
        text=post.as_read,
        retrieved_at=raw.retrieved_at,
        created_at=_minted(first_id) if edited else post.created_at,
        author=author,
        url=f"https://x.com/{author.handle or 'i/web'}/status/{post.id}",
        reply_to=next((one.username for one in post.mentions if one.id and one.id == post.in_reply_to_user_id), None),
        thread_id=post.conversation_id,
        edited_at=post.created_at if edited else None,
        language=post.language,
        reach=Reach(likes=post.likes, shares=post.shares, replies=post.replies, views=post.views),
    )


def _minted(post_id: str) -> datetime:
    """When the post with this id was made. An edited post carries the time of its edit only."""
    return datetime.fromtimestamp(((int(post_id) >> 22) + X_EPOCH) / 1000, UTC)
