"""Files you import: exports of posts from other tools, and what a platform's API once answered.

What a file is, its content says: a table with a header (`file_tables`) or JSON in one of several forms (`file_documents`).
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, ValidationError

from collectors.base import Collector, Policy, SourceSettings
from collectors.file_documents import document, document_rows, is_json, line_rows, list_rows
from collectors.file_lines import Row, lines, open_text
from collectors.file_posts import platform_called, read_post
from collectors.file_tables import table_rows
from collectors.written_time import written_time, zone
from core.errors import BadInput, ItemSkipped, NotConfigured
from core.types import Batch, Json, Post, Query, Raw, Skipped
from core.weeks import utc_now

ROWS_A_BATCH = 500
OPTIONS = ".options.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """What a person says about a file. `now` is when it is read.

    `platform` is where posts are from that do not say it, `columns` which column holds what (`{"text": "Message"}`), `zone` the
    time zone of times that name none (`Europe/London`).
    """

    platform: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    zone: str | None = None
    now: datetime = field(default_factory=utc_now)


def read(path: Path, options: ReadOptions | None = None) -> Iterator[Raw | Skipped]:
    """Every row of a file as one Raw or one Skipped, in the file's order, held in memory one at a time.

    Raises BadInput when the file as a whole cannot be read as posts; at the first row, or later when reading breaks off.
    """
    options = options or ReadOptions()
    within = zone(options.zone) if options.zone else None
    said = {"platform": platform_called(options.platform) if options.platform else None, "zone": options.zone}
    try:
        for found in _rows(path, options):
            yield found if isinstance(found, Skipped) else _raw(found, said, within, options)
    except OSError as problem:
        raise BadInput(f"{path.name} could not be read to its end ({problem.strerror}). Try again.") from None


def where(raw: Raw) -> str:
    """Where in its file a row stood: `line 12`, or `line 1, item 5` for one of many on a line."""
    item = raw.payload.get("item")
    return f"line {raw.payload.get('line')}" + (f", item {item}" if item else "")


class FilesSettings(SourceSettings):
    """`inbox` is a folder in which files wait to be read, each with what is said about it in `NAME.options.json` beside it."""

    inbox: Path | None = None


class FileOptions(BaseModel):
    """What stands in `NAME.options.json`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    platform: str | None = None
    columns: dict[str, str] = {}
    zone: str | None = None


class Files(Collector):
    """Posts from files that people hand in."""

    name = "files"
    label = "Files you import"
    policy = Policy(every_minutes=5, delete_when_deleted=False)
    whole = True
    asks_others = False
    Settings = FilesSettings
    settings: FilesSettings

    def ready(self) -> None:
        """Return when there is an inbox; raise NotConfigured otherwise."""
        if self.settings.inbox is None or not self.settings.inbox.is_dir():
            raise NotConfigured(
                "No folder is watched for files. Import a file by hand (crestwatch import FILE), or set a folder as inbox."
            )

    def collect(self, query: Query, cursor: Json | None) -> Iterator[Batch]:
        """Yield the rows of each file that is new or changed since the cursor. A file that cannot be read is reported once.

        Raises NotConfigured. A file counts as read with its last batch only: a run that is cut short reads it again.
        """
        self.ready()
        read_before = (cursor or {}).get("read", {})
        waiting = {path.name: (path, _state(path)) for path in _waiting(self.settings.inbox or Path())}
        done = {name: state for name, state in read_before.items() if name in waiting}
        for name, (path, state) in waiting.items():
            if done.get(name) != state:
                yield from _batches(path, {"read": dict(done)})
                done[name] = state
                yield Batch(cursor={"read": dict(done)})

    @staticmethod
    def to_post(raw: Raw) -> Post:
        """Read a row. Raises ItemSkipped for what was deleted, has no text, or whose time cannot be told."""
        return read_post(raw)


def _rows(path: Path, options: ReadOptions) -> Iterator[Row | Skipped]:
    with open_text(path) as file:
        sign = file.read(1 << 16).lstrip()[:1]
        file.seek(0)
        if sign == "[":
            yield from list_rows(file)
        elif sign == "{":
            yield from _object_rows(path.name, file)
        else:
            yield from table_rows(path.name, lines(file), options.columns, platform=bool(options.platform))


def _object_rows(name: str, file: TextIO) -> Iterator[Row | Skipped]:
    """The items of a file that begins with an object: the first of one a line, or the only one, written over many lines."""
    written = (line.text for line in lines(file) if line.text is None or line.text.strip())
    first, second = islice(chain(written, ("", "")), 2)
    file.seek(0)
    if not is_json(first):
        with suppress(ValueError, RecursionError):
            return document_rows(document(file))
        file.seek(0)
        if second and not second.startswith("{"):
            raise BadInput(f"{name} looks like JSON but breaks off, is damaged, or holds more than 16 MiB in one object.")
    return line_rows(lines(file))


def _raw(found: Row, said: Json, within: ZoneInfo | None, options: ReadOptions) -> Raw:
    """A row with what was said about its file, fetched when it says itself that it was."""
    row = dict(found.row)
    if found.form == "posts":
        row |= {held: row[column] for held, column in options.columns.items() if column in row}
    stated: datetime | None = None
    with suppress(ItemSkipped):
        stated = written_time(row.get("retrieved_at") or row.get("retrieved_utc"), within, options.now)
    place = {"line": found.line} | ({"item": found.item} if found.item else {})
    return Raw(
        payload={"format": found.form, **said, "row": row, **place},
        retrieved_at=min(stated or options.now, options.now),
        tool="crestwatch import",
    )


def _waiting(inbox: Path) -> list[Path]:
    """The files in an inbox, without what is still being written."""
    unready = (OPTIONS, ".part")
    return sorted(
        path for path in inbox.iterdir() if path.is_file() and not path.name.startswith(".") and not path.name.endswith(unready)
    )


def _state(path: Path) -> str:
    """What changes when a file does."""
    about = path.stat()
    return f"{about.st_size} bytes of {about.st_mtime_ns}"


def _batches(path: Path, cursor: Json) -> Iterator[Batch]:
    try:
        rows = read(path, _options(path))
        while found := list(islice(rows, ROWS_A_BATCH)):
            items = [each for each in found if isinstance(each, Raw)]
            skipped = [replace(each, where=f"{path.name}, {each.where}") for each in found if isinstance(each, Skipped)]
            yield Batch(items=items, skipped=skipped, cursor=cursor)
    except BadInput as problem:
        yield Batch(skipped=[Skipped(where=path.name, reason=str(problem))], cursor=cursor)


def _options(path: Path) -> ReadOptions:
    """What is said about a waiting file; nothing where nothing is. Raises BadInput where it cannot be read."""
    said = path.with_name(path.name + OPTIONS)
    if not said.exists():
        return ReadOptions()
    try:
        return ReadOptions(**FileOptions.model_validate_json(said.read_bytes()).model_dump())
    except (OSError, ValidationError):
        raise BadInput(f"{said.name} cannot be read. It may hold platform, columns and zone.") from None
