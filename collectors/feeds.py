"""Feeds: news, blogs, podcasts and forums by the RSS and Atom addresses of their publishers."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from collectors.base import Collector, Policy, SourceSettings
from collectors.feed_entries import read_post
from collectors.feed_parser import read_apart
from core.errors import ItemSkipped, NotConfigured, SourceStopped
from core.types import Batch, Json, Post, Query, Raw, Skipped

if TYPE_CHECKING:
    from core.fetch import Fetched

LARGEST = 5_000_000  # bytes
OVERLAP = timedelta(days=7)  # publishers date entries back, and mend them, for some days
WANTED = {"Accept": "application/atom+xml, application/rss+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1"}

REFUSALS = {
    401: "It asks for a sign-in (401). Only public feeds can be read.",
    403: "It refuses us (403). Its publisher may not allow programs.",
    404: "It is not there (404). Mend its address in [sources.feeds].",
    410: "It is gone for good (410). Take its address out of [sources.feeds].",
    429: "It asks us to come less often (429). The next run tries again.",
}


class Feed(BaseModel):
    """A feed to read. `label` is its name on pages, the feed's own title where none is given."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    url: str = Field(pattern="^https?://")
    label: str | None = None
    platform: str = Field(default="news", min_length=1)

    @property
    def key(self) -> str:
        """Its short name in cursors and ids."""
        return sha256(self.url.encode(errors="replace")).hexdigest()[:12]


def _with_address(given: Any) -> Any:
    return {"url": given} if isinstance(given, str) else given


class FeedsSettings(SourceSettings):
    """`urls` lists addresses, or tables of url, label and platform; `allow` lists host:port pairs in the school's network."""

    urls: tuple[Annotated[Feed, BeforeValidator(_with_address)], ...] = ()
    allow: tuple[str, ...] = ()


class Feeds(Collector):
    """The entries of feeds an administrator has chosen, read whole, once for all schools."""

    name = "feeds"
    label = "News and other feeds"
    policy = Policy(every_minutes=15, delete_when_deleted=False)
    whole = True
    Settings = FeedsSettings
    settings: FeedsSettings

    def ready(self) -> None:
        """Return when there is a feed to read; raise NotConfigured otherwise."""
        if not self.settings.urls:
            raise NotConfigured("No feeds are chosen yet. List the addresses of news or blog feeds as urls in [sources.feeds].")

    def collect(self, query: Query, cursor: Json | None) -> Iterator[Batch]:
        """Yield a batch a feed. One that cannot be read is reported and the rest go on; raises SourceStopped where none can."""
        from core.fetch import FetchFailed, shown  # noqa: PLC0415

        self.ready()
        known = (cursor or {}).get("feeds", {})
        places: dict[str, Json] = {feed.key: known.get(feed.key, {}) for feed in self.settings.urls}
        failed: list[Skipped] = []
        for feed in self.settings.urls:
            try:
                items, skipped, places[feed.key] = self._news(feed, places[feed.key])
            except (FetchFailed, ItemSkipped) as problem:
                failed.append(Skipped(where=shown(feed.url), reason=str(problem)))
                items, skipped = [], failed[-1:]
            yield Batch(items=items, skipped=skipped, cursor={"feeds": dict(places)})
        if len(failed) == len(self.settings.urls):
            raise SourceStopped(f"No feed could be read. The first was {failed[0].where}: {failed[0].reason}")

    @staticmethod
    def to_post(raw: Raw) -> Post:
        """Read an entry. Raises ItemSkipped for one without words."""
        return read_post(raw)

    def _news(self, feed: Feed, place: Json) -> tuple[list[Raw], list[Skipped], Json]:
        """What is new in a feed since `place`, what is wrong with it, and the next place. Raises FetchFailed, ItemSkipped."""
        from core.fetch import Limits, fetch, shown  # noqa: PLC0415

        headers = WANTED | place.get("validators", {})
        told = fetch(feed.url, limits=Limits(body_bytes=LARGEST), headers=headers, allow=self.settings.allow)
        if told.status == 304:
            return [], [], place
        found = _parsed(feed, told)
        about = {"key": feed.key, "url": shown(feed.url), "label": feed.label, "platform": feed.platform}
        about |= {"title": found["title"], "language": found["language"]}
        items = [
            Raw(payload={"feed": about, "entry": entry}, retrieved_at=told.at, tool="feedparser")
            for entry in found["entries"]
            if _is_new(entry, place.get("newest"))
        ]
        if found["truncated"]:
            reason = "It breaks off before its end. What came whole was read; the next run reads it again."
            return items, [Skipped(where=shown(feed.url), reason=reason)], place
        dates = [date for entry in found["entries"] if (date := _latest(entry)) and date <= told.at]
        newest = max(dates).isoformat() if dates else place.get("newest")
        return items, [], {"validators": told.validators, "newest": newest}


def _parsed(feed: Feed, told: "Fetched") -> Json:
    """The feed in an answer. Raises ItemSkipped where there is none."""
    if told.status != 200:
        raise ItemSkipped(REFUSALS.get(told.status, f"It is out of order ({told.status}). The next run tries again."))
    # Ids are read against the address as it was configured, so that a redirect does not make new entries of old ones.
    found = read_apart(told.body, feed.url, told.headers.get("content-type", ""))
    if found is None:
        raise ItemSkipped("It cannot be read: it is damaged, or made to keep programs busy.")
    if not found["version"]:
        raise ItemSkipped("It is no feed: a web page, or damaged. Look on that page for the feed's own address.")
    return found


def _latest(entry: Json) -> datetime | None:
    dates = [datetime.fromisoformat(date) for date in (entry["published"], entry["updated"]) if date]
    return max(dates, default=None)


def _is_new(entry: Json, newest: str | None) -> bool:
    date = _latest(entry)
    return date is None or newest is None or date > datetime.fromisoformat(newest) - OVERLAP
