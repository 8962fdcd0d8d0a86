"""X: public posts of the last seven days that name a school, by tweepy.

Off until the operator has said why the use is allowed: X's Developer Agreement gives its content to government-related
bodies on an Enterprise plan only, and a state-funded school may well be one (section XIV.C).
"""

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from pydantic import BaseModel, Field, SecretStr, ValidationError

from collectors.base import Collector, Policy, SourceSettings
from collectors.session import session
from collectors.terms import any_of, phrase
from collectors.x_answers import Lookup, Meta, Page, User, read_post
from core.errors import NotConfigured, SourceStopped
from core.types import Account, Batch, Json, Post, Query, Raw, Skipped
from core.weeks import utc_now

if TYPE_CHECKING:
    import tweepy

S = TypeVar("S", bound=BaseModel)

QUERY_LENGTH = 512
PAGE = 100
DOLLARS_A_POST, DOLLARS_A_USER = 0.005, 0.010
SEARCHED_BACK = timedelta(days=7) - timedelta(minutes=1)
WAIT_UNTOLD = timedelta(minutes=15)
NOT_THERE = ("resource-not-found", "not-authorized-for-resource")

# No expansion of referenced posts: each would be paid for, with its author, and their ids come with the post.
WANTED = {
    "tweet_fields": "author_id,conversation_id,created_at,edit_history_tweet_ids,entities,in_reply_to_user_id,lang,"
    "note_tweet,public_metrics,referenced_tweets",
    "user_fields": "created_at,description,entities,location,name,parody,profile_image_url,public_metrics,url,username,"
    "verified",
    "expansions": "author_id",
    "max_results": PAGE,
}

REFUSALS = {
    400: "X did not accept the search (400). Look for odd characters in the school's names, hashtags and handles.",
    401: "X did not accept the bearer token (401). Put a new one from developer.x.com in [sources.x].",
    402: "The X account has no credit left (402). Top it up, or raise its spending limit, at developer.x.com.",
    403: "X refused the search (403). See at developer.x.com whether the app's plan and approved use cover searching posts.",
}


class XSettings(SourceSettings):
    """`attestation` is the operator's statement why the Government Use clause does not stand in the way.

    `pages_per_run` (100 posts each) bounds what one run of a search may cost; what is left waits for the next run.
    """

    bearer_token: SecretStr = SecretStr("")
    attestation: Literal["enterprise", "not_government"] | None = None
    pages_per_run: int = Field(default=5, ge=1)
    timeout_seconds: float = Field(default=20, gt=0)
    base_url: str | None = None


class X(Collector):
    """The posts of the last seven days that hold one of a school's names, hashtags or handles; no reposts."""

    name = "x"
    label = "X"
    policy = Policy(
        needs_approval=True,
        government_use_blocked=True,
        recheck_days=1,
        cost="0.005 US dollars for each post and 0.010 for each profile that comes with it",
    )
    Settings = XSettings
    settings: XSettings

    def ready(self) -> None:
        """Return when there is a token and a statement on the Government Use clause; raise NotConfigured otherwise."""
        if not self._token():
            raise NotConfigured(
                "X is not switched on yet. It needs a bearer token from developer.x.com, where each post is paid for."
            )
        if self.settings.attestation is None:
            raise NotConfigured(
                "X is not switched on yet. Its terms let government-related bodies, which a state-funded school may be,"
                " see posts on an Enterprise plan only. Set attestation to “enterprise” or “not_government” once you know"
                " which you are."
            )

    def collect(self, query: Query, cursor: Json | None) -> Iterator[Batch]:
        """Yield a batch a page, newest first; the cursor says for each search where the next run goes on.

        Raises NotConfigured, and SourceStopped for whatever X or the way to it puts in the way.
        """
        self.ready()
        client = self._client()
        texts = searches(query)
        left_off = (cursor or {}).get("searches", {})
        places: dict[str, Json] = {text: left_off.get(text, {}) for text in texts}
        for text in texts:
            for _ in range(self.settings.pages_per_run):
                place, page = _search(client, text, places[text])
                places[text] = _place_after(place, page.meta)
                yield _batch(page, {"searches": dict(places)}, utc_now())
                if not page.meta.next_token:
                    break

    def recheck(self, native_ids: Sequence[str]) -> list[str]:
        """Those of the ids whose posts X says are deleted, protected or suspended. Raises as `collect` does.

        X charges a post read for each that still stands.
        """
        self.ready()
        client = self._client()
        gone: list[str] = []
        for start in range(0, len(native_ids), PAGE):
            asked = list(native_ids[start : start + PAGE])
            problems = _ask(Lookup, client.get_tweets, ids=asked).problems
            gone += [each.resource_id for each in problems if each.resource_id in asked and each.type.endswith(NOT_THERE)]
        return gone

    @staticmethod
    def to_post(raw: Raw) -> Post:
        """Read X's answer for one post. Raises ItemSkipped where it holds none."""
        return read_post(raw)

    def _token(self) -> str:
        return self.settings.bearer_token.get_secret_value().strip()

    def _client(self) -> "tweepy.Client":
        import tweepy  # noqa: PLC0415

        # At DEBUG tweepy writes the Authorization header into the log.
        logging.getLogger("tweepy.client").setLevel(logging.WARNING)
        client = tweepy.Client(self._token(), return_type=dict, wait_on_rate_limit=False)
        client.session = session(self.settings.timeout_seconds, self.settings.base_url)
        return client


def searches(query: Query) -> list[str]:
    """The search texts for a school, each within X's limit. What cannot be a hashtag or a handle on X is left out."""
    hashtags = [f"#{tag.lstrip('#')}" for tag in query.hashtags if re.fullmatch(r"#?\w+", tag)]
    handles = [f"@{handle.lstrip('@')}" for handle in query.handles if re.fullmatch(r"@?[A-Za-z0-9_]{1,15}", handle)]
    room = QUERY_LENGTH - len("() -is:retweet")
    return [f"({terms}) -is:retweet" for terms in any_of([*map(phrase, query.names), *hashtags, *handles], room)]


def _search(client: "tweepy.Client", text: str, place: Json) -> tuple[Json, Page]:
    """A page of results, and the place it was read from: another than `place` where X no longer takes that one."""
    asked = {key: value for key, value in place.items() if key != "newest_id"}
    try:
        return place, _ask(Page, client.search_recent_tweets, query=text, **WANTED, **asked)
    except _BadRequest:
        if not asked:
            raise
    # After a week without posts the since_id is older than X searches back, and to ask for that is a bad request.
    start = {"start_time": f"{utc_now() - SEARCHED_BACK:%Y-%m-%dT%H:%M:%SZ}"}
    return start, _ask(Page, client.search_recent_tweets, query=text, **WANTED, **start)


def _place_after(place: Json, meta: Meta) -> Json:
    """Where to go on once a page is stored: at the page after it; after the last page, behind the newest post of the first."""
    newest = place.get("newest_id") or meta.newest_id
    if meta.next_token:
        return {**place, "next_token": meta.next_token, "newest_id": newest}
    since = newest or place.get("since_id")
    return {"since_id": since} if since else {}


def _batch(page: Page, cursor: Json, now: datetime) -> Batch:
    """A page as a batch: each post with its author, in the shape of X's answer for that post alone."""
    tool = f"tweepy {version('tweepy')}"
    users = {user.get("id"): user for user in page.users}
    payloads = [
        {"data": post, "includes": {"users": [users[key]] if (key := post.get("author_id")) in users else []}}
        for post in page.posts
    ]
    accounts: list[Account] = []
    skipped: list[Skipped] = []
    for user in page.users:
        try:
            accounts.append(User.model_validate(user).as_account(now))
        except ValidationError:
            skipped.append(Skipped(where=f"profile {user.get('id')}", reason="X gave a profile that cannot be read."))
    return Batch(
        items=[Raw(payload=payload, retrieved_at=now, tool=tool) for payload in payloads],
        accounts=accounts,
        skipped=skipped,
        cursor=cursor,
        cost=round(len(page.posts) * DOLLARS_A_POST + len(page.users) * DOLLARS_A_USER, 3),
    )


class _BadRequest(SourceStopped):
    """X did not take what it was asked."""


def _ask(shape: type[S], call: Callable[..., Any], **params: Any) -> S:
    """What X answers, in the shape expected. Raises SourceStopped, with a sentence, for all else that can happen."""
    import requests  # noqa: PLC0415
    import tweepy  # noqa: PLC0415

    try:
        return shape.model_validate(call(**params))
    except tweepy.TooManyRequests as problem:
        retry_at = _retry_at(problem.reset_time, utc_now())
        raise SourceStopped("X asks us to wait (429). What is left is fetched later.", retry_at=retry_at) from None
    except tweepy.BadRequest:
        raise _BadRequest(REFUSALS[400]) from None
    except tweepy.HTTPException as problem:
        status = problem.response.status_code
        raise SourceStopped(REFUSALS.get(status, f"X is out of order ({status}). The next run tries again.")) from None
    # tweepy reads headers and bodies of errors without looking at their shape, so an odd one ends in any of these.
    except (ValueError, TypeError, AttributeError):
        raise SourceStopped("X gave an answer that cannot be read. The next run tries again.") from None
    except requests.Timeout:
        raise SourceStopped("X did not answer in time. The next run tries again.") from None
    except requests.RequestException:
        raise SourceStopped(
            "X could not be reached, or broke off. Is this computer online? The next run tries again."
        ) from None


def _retry_at(reset: int | None, now: datetime) -> datetime:
    """When X said to come back (seconds since 1970), where that can be true."""
    if reset is not None and 0 < reset - now.timestamp() < timedelta(days=1).total_seconds():
        return datetime.fromtimestamp(reset, UTC)
    return now + WAIT_UNTOLD
