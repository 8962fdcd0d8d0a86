"""The things Crestwatch speaks of. All are frozen; times are aware and UTC; None means "the platform did not say"."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Literal, TypeVar

from core.taxonomy import Lane, Mark, Outcome, Risk, Sentiment, Severity

Json = Mapping[str, Any]
L = TypeVar("L")


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who wrote a post, as the platform gave it.

    `bio` and `location` are read while judging and never stored (UK GDPR Art. 5(1)(c), data minimisation).
    """

    handle: str | None = None
    native_id: str | None = None
    name: str | None = None
    bio: str | None = None
    location: str | None = None
    url: str | None = None
    followers: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How big a post is, in the platform's own counts."""

    likes: int | None = None
    shares: int | None = None
    replies: int | None = None
    views: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One thing a platform returned: a post, a comment, a review, an article.

    (`platform`, `native_id`) is its name for ever, whatever was edited. `text` is what a reader sees, a headline first
    where there is one. `community` is the subreddit, group, channel or page it was posted in; `reply_to` the handle it
    answers, where given; `reported_for` the school for which a colleague reported it: its `text` may then be empty.
    """

    platform: str
    native_id: str
    text: str
    retrieved_at: datetime
    created_at: datetime | None = None
    author: Author = Author()
    community: str | None = None
    url: str | None = None
    reply_to: str | None = None
    thread_id: str | None = None
    edited_at: datetime | None = None
    language: str | None = None
    reach: Reach = Reach()
    reported_for: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A profile on a platform, as seen at `seen_at`."""

    platform: str
    handle: str
    seen_at: datetime
    native_id: str | None = None
    display_name: str | None = None
    bio: str | None = None
    url: str | None = None
    location: str | None = None
    created_at: datetime | None = None
    followers: int | None = None
    following: int | None = None
    posts: int | None = None
    verified: bool | None = None
    avatar: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """One item exactly as the platform answered it, with when and by which tool it was fetched. Everything else is derived."""

    payload: Json
    retrieved_at: datetime
    tool: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """An item that was left out, where it stood (line 12, t3_abc) and why, in words a person can act on."""

    where: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What to look for: the names of one school (or of all, for sources that are read whole). Never a person's name.

    `key` says whose cursor this is: a school's id, or "all" for a source that is read whole.
    """

    key: str
    names: Sequence[str] = ()
    handles: Sequence[str] = ()
    hashtags: Sequence[str] = ()
    domains: Sequence[str] = ()
    communities: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One step of a collection: what came, and the cursor that is right once all of it is stored.

    `tombstones` are native ids the platform says are gone. `cost` is in US dollars, None where the source is free.
    """

    items: Sequence[Raw] = ()
    accounts: Sequence[Account] = ()
    cursor: Json | None = None
    tombstones: Sequence[str] = ()
    skipped: Sequence[Skipped] = ()
    cost: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialAccount:
    """One line of a school's register: an account the school says is its own."""

    platform: str
    handle: str
    display_name: str | None = None
    url: str | None = None
    approved_by: str | None = None
    admins: tuple[str, ...] = ()
    links_policy: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerName:
    """A name the school had, until the day (ISO) or year it gave it up; people go on using it."""

    name: str
    until: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Community:
    """A subreddit, group or page that belongs to the school: what is posted there is about it."""

    platform: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Namesake:
    """Another thing with the same or a similar name: a school, a pub, a park."""

    name: str
    town: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leader:
    """Somebody who leads the school or trust and agreed in writing, on `agreed_on`, that posts naming them are recognised.

    The name only weighs beside something else of the school. It is never searched for and never sent to a source.
    """

    name: str
    agreed_on: str
    role: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """A school's profile (`schools.json`). Only `id` and `name` are needed; the more is there, the surer the judgements.

    A trust has a profile of its own beside its schools': a post naming the trust is about the trust, not about each of them.
    """

    id: str
    name: str
    kind: Literal["school", "trust"] = "school"
    short_names: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    former_names: tuple[FormerName, ...] = ()
    initials: str | None = None
    urn: str | None = None
    phase: str | None = None
    town: str | None = None
    county: str | None = None
    postcode: str | None = None
    region_terms: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()
    communities: tuple[Community, ...] = ()
    trust: str | None = None
    official_accounts: tuple[OfficialAccount, ...] = ()
    namesakes: tuple[Namesake, ...] = ()
    community_terms: tuple[str, ...] = ()
    leaders: tuple[Leader, ...] = ()

    @property
    def other_names(self) -> tuple[str, ...]:
        """What it is called besides its name and its short names: aliases, and the names it had."""
        return (*self.aliases, *(former.name for former in self.former_names))


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedTerm:
    """A word or hashtag that, for a case, means the school though it is not its name: from `added_at` until before `until`."""

    school_id: str
    case_ref: str
    term: str
    why: str
    by: str
    added_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why: a feature, how much it weighed, a sentence for people, and the two values compared.

    A score never travels without one.
    """

    feature: str
    score: float
    sentence: str
    ours: str | None = None
    theirs: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A post beside one school that it may be about."""

    post: Post
    school: School


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement(Generic[L]):
    """One classifier's answer for one subject: label, its probability, all scores, reasons, and which version judged."""

    label: L
    score: float
    scores: Mapping[str, float]
    model: str
    reasons: Sequence[Reason] = field(default=())
    abstained: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tone:
    """What a post says and does, whoever it is about. `abstained`: why the labels, a best guess, are not shown to people."""

    sentiment: Sentiment
    sentiment_scores: Mapping[str, float]
    model: str
    risks: Sequence[Risk] = ()
    risk_scores: Mapping[str, float] = field(default_factory=dict)
    severity: Severity = Severity.NONE
    marks: Sequence[Mark] = ()
    language: str | None = None
    abstained: str | None = None
    reasons: Sequence[Reason] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedMention:
    """All that was judged of one post for one school. `own`: the school wrote it itself, so it is no opinion about it."""

    school_id: str
    outcome: Outcome
    relevance: float
    sentiment: Sentiment
    sentiment_scores: Mapping[str, float]
    lane: Lane
    model: str
    risks: Sequence[Risk] = ()
    risk_scores: Mapping[str, float] = field(default_factory=dict)
    severity: Severity = Severity.NONE
    marks: Sequence[Mark] = ()
    own: bool = False
    language: str | None = None
    reasons: Sequence[Reason] = ()
    abstained: str | None = None
