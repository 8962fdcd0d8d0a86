"""Reddit: submissions that name a school, and all that is said in the communities it owns, by praw.

Off until Reddit has approved the use: its Responsible Builder Policy asks for that before any access (November 2025).
Listings are asked for by path and kept as they come: praw's objects fetch whatever attribute they
lack, and one odd item would cost the whole page.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING

from pydantic import Field, SecretStr

from collectors.base import Collector, Policy, SourceSettings
from collectors.reddit_things import Page, read_post, standing
from collectors.session import session
from collectors.terms import any_of, phrase
from core.errors import ItemSkipped, NotConfigured, SourceStopped
from core.types import Batch, Json, Post, Query, Raw, Skipped
from core.weeks import utc_now

if TYPE_CHECKING:
    import praw
    import requests

QUERY_LENGTH = 512
PAGE = 100
DEEPEST = 10  # pages: Reddit lists no more than a thousand items
REMEMBERED = 10  # newest items by which the next run knows where to stop, in case some are deleted by then
WINDOW = timedelta(minutes=10)  # over which Reddit counts requests
COMMUNITY = re.compile(r"(?:https?://(?:www\.)?reddit\.com)?/?r/(\w{2,21})/?", re.ASCII | re.IGNORECASE)

REFUSALS = {
    400: "Reddit did not accept the search (400). Look for odd characters in the school's names.",
    401: "Reddit did not accept the client id and secret (401). Put the right ones in [sources.reddit].",
    403: "Reddit refused access (403). See whether its approval for this app still stands.",
}


class RedditSettings(SourceSettings):
    """`approved`: Reddit has approved this use. `contact`: the Reddit user who answers for it, named in every request."""

    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    contact: str = Field(default="", pattern="^((/?u/)?[A-Za-z0-9_-]{3,20})?$")
    approved: bool = False
    timeout_seconds: float = Field(default=16, gt=0)
    base_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One of Reddit's lists, newest first; `key` is its name in the cursor."""

    key: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    community: str | None = None


class Reddit(Collector):
    """Submissions anywhere that hold one of a school's names; submissions and comments in its own communities."""

    name = "reddit"
    label = "Reddit"
    policy = Policy(needs_approval=True, recheck_days=2)
    Settings = RedditSettings
    settings: RedditSettings

    def ready(self) -> None:
        """Return when the app's credentials and Reddit's approval are there; raise NotConfigured otherwise."""
        if not (self.settings.client_id and self.settings.client_secret.get_secret_value() and self.settings.contact):
            raise NotConfigured(
                "Reddit is not switched on yet. It needs the client id and secret of an app, and as contact the Reddit user"
                " name of whoever answers for it."
            )
        if not self.settings.approved:
            raise NotConfigured(
                "Reddit is not switched on yet. It asks that every use be approved first (Responsible Builder Policy)."
                " Set approved to true once you have its approval."
            )

    def collect(self, query: Query, cursor: Json | None) -> Iterator[Batch]:
        """Yield a batch a page, newest first, down to the page where the last run began; that page comes whole.

        A community that cannot be read is left out, with the reason. Raises NotConfigured, and SourceStopped.
        """
        self.ready()
        reddit = self._client()
        lists = listings(query)
        before = (cursor or {}).get("newest", {})
        newest: dict[str, list[str]] = {each.key: before.get(each.key, []) for each in lists}
        for listing in lists:
            try:
                yield from _read(reddit, listing, newest)
            except ItemSkipped as problem:
                yield Batch(skipped=[Skipped(where=listing.path, reason=str(problem))], cursor={"newest": dict(newest)})

    def recheck(self, native_ids: Sequence[str]) -> list[str]:
        """Those of the ids that Reddit no longer has, or whose text was deleted or removed. Raises as `collect` does."""
        self.ready()
        reddit = self._client()
        there: set[str] = set()
        for start in range(0, len(native_ids), PAGE):
            page = _page(reddit, "api/info", {"id": ",".join(native_ids[start : start + PAGE])})
            for thing in page.things:
                with suppress(ItemSkipped):
                    there.add(standing(thing).name)
        return [native_id for native_id in native_ids if native_id not in there]

    @staticmethod
    def to_post(raw: Raw) -> Post:
        """Read a submission or comment. Raises ItemSkipped for what was deleted or removed, and for what is neither."""
        return read_post(raw)

    def _client(self) -> "praw.Reddit":
        import praw  # noqa: PLC0415

        contact = self.settings.contact.removeprefix("/").removeprefix("u/")
        reddit = praw.Reddit(
            client_id=self.settings.client_id,
            client_secret=self.settings.client_secret.get_secret_value(),
            user_agent=f"python:crestwatch:v1 (by /u/{contact})",
            # Said in every case: a praw.ini in the working folder could send the secret elsewhere.
            oauth_url=self.settings.base_url or "https://oauth.reddit.com",
            reddit_url=self.settings.base_url or "https://www.reddit.com",
            check_for_updates=False,
            requestor_kwargs={"session": session(self.settings.timeout_seconds, self.settings.base_url)},
        )
        reddit.read_only = True
        return reddit


def listings(query: Query) -> list[Listing]:
    """What to read for a school: searches of all Reddit, each within its limit, then both lists of its own communities."""
    found: list[Listing] = []
    for text in any_of(map(phrase, query.names), QUERY_LENGTH):
        week = {"q": text, "sort": "new", "t": "week", "syntax": "lucene"}
        found.append(Listing(key=text, path="r/all/search", params=week))
    owned = dict.fromkeys(match[1] for each in query.communities if (match := COMMUNITY.fullmatch(each.strip())))
    for name in owned:
        for kind in ("new", "comments"):
            found.append(Listing(key=f"r/{name}/{kind}", path=f"r/{name}/{kind}", community=f"r/{name}"))
    return found


def _read(reddit: "praw.Reddit", listing: Listing, newest: dict[str, list[str]]) -> Iterator[Batch]:
    """The pages of a listing. `newest` moves on with the last one only: a run that is cut short begins again at the top."""
    tool = f"praw {version('praw')}"
    seen = set(newest[listing.key])
    top: list[str] = []
    after: str | None = None
    for depth in range(1, DEEPEST + 1):
        place = {"after": after} if after else {}
        page = _page(reddit, listing.path, {**listing.params, "limit": PAGE, **place}, listing.community)
        top = top or page.names[:REMEMBERED]
        after = page.after if depth < DEEPEST and seen.isdisjoint(page.names) else None
        if not after and top:
            newest[listing.key] = top
        now = utc_now()
        items = [Raw(payload=thing, retrieved_at=now, tool=tool) for thing in page.things]
        yield Batch(items=items, cursor={"newest": dict(newest)})
        if not after:
            return


def _page(reddit: "praw.Reddit", path: str, params: Mapping[str, str | int], community: str | None = None) -> Page:
    """A page of a listing. Raises ItemSkipped for a community that is closed, SourceStopped for all else that can happen."""
    import praw.exceptions  # noqa: PLC0415
    import prawcore  # noqa: PLC0415

    left = reddit.auth.limits["remaining"]
    if isinstance(left, int) and left <= 0:
        # praw itself would sleep until the window ends.
        raise SourceStopped(
            "Reddit takes no more requests for now. What is left is fetched later.", retry_at=utc_now() + WINDOW
        )
    try:
        return Page.model_validate(reddit.request(method="GET", path=path, params=dict(params)))
    except prawcore.RequestException:
        raise SourceStopped(
            "Reddit could not be reached, or did not answer in time. Is this computer online? The next run tries again."
        ) from None
    except prawcore.OAuthException:
        raise SourceStopped(REFUSALS[401]) from None
    except praw.exceptions.RedditAPIException:
        raise SourceStopped(REFUSALS[400]) from None
    # praw reads headers, tokens and bodies of errors without looking at their shape: an odd one ends in any of these.
    except (prawcore.BadJSON, ValueError, TypeError, AttributeError, LookupError, AssertionError):
        raise SourceStopped("Reddit gave an answer that cannot be read. The next run tries again.") from None
    except (prawcore.Forbidden, prawcore.NotFound, prawcore.Redirect, prawcore.UnavailableForLegalReasons) as problem:
        if community:
            raise ItemSkipped(f"{community} is private, closed or misspelt. Mend it in Set-up, or leave it out.") from None
        raise _refusal(problem.response, utc_now()) from None
    except prawcore.ResponseException as problem:
        raise _refusal(problem.response, utc_now()) from None


def _refusal(response: "requests.Response", now: datetime) -> SourceStopped:
    """What a status other than success means, and when to come back where Reddit asks us to wait."""
    if response.status_code != 429:
        reason = f"Reddit is out of order ({response.status_code}). The next run tries again."
        return SourceStopped(REFUSALS.get(response.status_code, reason))
    told = response.headers.get("retry-after") or response.headers.get("x-ratelimit-reset") or ""
    wait = timedelta(seconds=int(told)) if re.fullmatch("[0-9]{1,5}", told) else WINDOW
    return SourceStopped("Reddit asks us to wait (429). What is left is fetched later.", retry_at=now + wait)
