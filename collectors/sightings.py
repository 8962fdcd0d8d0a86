"""What people report: posts, threads and screenshots from where no search reaches. Read from the spool that the forms write."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC
from itertools import islice
from pathlib import Path
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from collectors.base import Collector, Policy, SourceSettings
from core.errors import ItemSkipped, NotConfigured
from core.types import Author, Batch, Json, Post, Query, Raw, Reach, Skipped

ITEMS_A_BATCH = 400


class Item(BaseModel):
    """One post of a report, as it lies in the spool."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    platform: str = Field(min_length=1)
    native_id: str = Field(min_length=1)
    text: str = ""
    handle: str | None = None
    name: str | None = None
    created_at: AwareDatetime | None = None
    likes: int | None = None
    url: str | None = None
    place: str | None = None


class Waiting(BaseModel):
    """A report in the spool: for which school, when it was seen and handed in, and its posts."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    reference: str
    school: str
    seen_at: AwareDatetime
    items: tuple[Item, ...]


class SightingsSettings(SourceSettings):
    """`inbox` is the spool."""

    inbox: Path | None = None


class Sightings(Collector):
    """Reports of colleagues, from the page and from the staff form."""

    name = "sightings"
    label = "Reports of colleagues"
    policy = Policy(every_minutes=5, delete_when_deleted=False)
    whole = True
    scheduled = False
    asks_others = False
    Settings = SightingsSettings
    settings: SightingsSettings

    def __init__(self, settings: Mapping[str, Any] | None = None) -> None:
        """As every collector; nothing was yielded yet."""
        super().__init__(settings)
        self._yielded: list[Path] = []

    def ready(self) -> None:
        """Return when there is a spool; raise NotConfigured otherwise."""
        if self.settings.inbox is None:
            raise NotConfigured("Nothing can be reported here: no folder is set for reports.")

    def collect(self, query: Query, cursor: Json | None) -> Iterator[Batch]:
        """Yield the posts of every report that waits. There is no cursor: what is taken in is taken out of the spool."""
        self.ready()
        self._yielded.clear()
        worded: set[tuple[str, str]] = set()
        for path in waiting(self.settings.inbox or Path()):
            try:
                report = Waiting.model_validate_json(path.read_bytes())
            except FileNotFoundError:  # another worker took it in
                continue
            except (OSError, ValidationError):
                # Set aside, where it is swept after a day: it is told of once.
                with suppress(OSError):
                    path.replace(path.with_name(f".{path.name}.part"))
                yield Batch(skipped=[Skipped(where=path.name, reason="The report cannot be read. Ask for it again.")])
                continue
            items = (_raw(report, item) for item in report.items if _name(item) not in worded)
            while part := list(islice(items, ITEMS_A_BATCH)):
                yield Batch(items=part)
            # Two may report the same: what the first of them read there is not written over.
            worded |= {_name(item) for item in report.items if item.text}
            self._yielded.append(path)

    def taken_in(self) -> None:
        """Take the reports that are stored out of the spool."""
        for path in self._yielded:
            path.unlink(missing_ok=True)

    @staticmethod
    def to_post(raw: Raw) -> Post:
        """Read one post of a report. Raises ItemSkipped for what is none."""
        school = raw.payload.get("school")
        try:
            item = Item.model_validate({name: raw.payload[name] for name in Item.model_fields if name in raw.payload})
            created_at = item.created_at.astimezone(UTC) if item.created_at else None
        except (ValidationError, OverflowError):
            raise ItemSkipped("It is no post of a report.") from None
        if not isinstance(school, str) or not school:
            raise ItemSkipped("The report does not say which school it is about.")
        return Post(
            platform=item.platform,
            native_id=item.native_id,
            text=item.text,
            retrieved_at=raw.retrieved_at,
            created_at=created_at,
            author=Author(handle=item.handle, name=item.name),
            community=item.place,
            url=item.url,
            reach=Reach(likes=item.likes),
            reported_for=school,
        )


def waiting(spool: Path) -> list[Path]:
    """The reports that wait, oldest first; not those that are still being written."""
    if not spool.is_dir():
        return []
    found = [path for path in spool.iterdir() if path.suffix == ".json" and not path.name.startswith(".")]
    return sorted(found, key=_written)


def _written(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # another worker took it in
        return 0.0


def _name(item: Item) -> tuple[str, str]:
    return item.platform, item.native_id


def _raw(report: Waiting, item: Item) -> Raw:
    payload = {**item.model_dump(mode="json"), "school": report.school, "reference": report.reference}
    return Raw(payload=payload, retrieved_at=report.seen_at.astimezone(UTC), tool="report form")
