"""Tables of posts: CSV with commas, semicolons or tabs, and a header that says what is what."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain

from collectors.file_lines import LONGEST, Line, Row
from core.errors import BadInput
from core.text import storable
from core.types import Skipped

LONGEST_NAME = 40  # characters

SYNONYMS: dict[str, tuple[str, ...]] = {
    "id": ("id", "post id", "tweet id", "status id", "message id", "comment id", "review id", "mention id", "native id"),
    "title": ("title", "headline", "subject", "post title"),
    "text": (
        *(
            "text",
            "full text",
            "post text",
            "tweet text",
            "message",
            "post message",
            "content",
            "post content",
            "body",
            "self text",
        ),
        *(
            "self text",
            "tweet",
            "comment",
            "comment text",
            "review",
            "review text",
            "caption",
            "description",
            "snippet",
            "post",
            "mention",
        ),
    ),
    "created_at": (
        *("created at", "created utc", "created time", "created date", "created", "posted at", "posted", "date posted"),
        *("published at", "published", "publish date", "published date", "post date", "date time", "timestamp", "date", "time"),
    ),
    "handle": (
        *("handle", "user handle", "author handle", "author username", "user name", "username", "screen name", "account"),
        *("user", "author", "from"),
    ),
    "name": ("author name", "display name", "full name", "profile name", "name", "author"),
    "bio": ("bio", "author bio", "user bio"),
    "location": ("location", "author location", "user location"),
    "platform": ("platform", "network", "social network", "site", "service"),
    "community": ("community", "subreddit", "group", "group name", "page", "page name", "channel", "forum", "board"),
    "url": ("url", "link", "permalink", "post url", "post link", "permanent link", "tweet url", "address"),
    "language": ("language", "lang"),
    "likes": ("likes", "like count", "favourites", "favorites", "favorite count", "reactions", "upvotes", "score"),
    "shares": ("shares", "share count", "reposts", "repost count", "retweets", "retweet count"),
    "replies": ("replies", "reply count", "comments", "comment count", "num comments"),
    "views": ("views", "view count", "impressions", "impression count", "plays"),
    "retrieved_at": ("retrieved at", "retrieved utc", "collected at", "captured at"),
}
"""What a column may hold, and what exports call it, likeliest first; capitals, spaces and underscores do not matter."""


def table_rows(name: str, lines: Iterator[Line], columns: Mapping[str, str], *, platform: bool) -> Iterator[Row | Skipped]:
    """The rows of a table, keyed by what their columns hold, other columns by their own names.

    `columns` says which column holds what where the header does not: `{"text": "Message"}`. `platform` says whether the
    platform is known without a column. Raises BadInput when the table cannot be read as posts at all.
    """
    first = next((line for line in lines if not _is_idle(line)), None)
    if first is None or first.text is None:
        raise BadInput(f"{name} has no header: its first line must name its columns.")
    delimiter = _delimiter(first.text)
    records = _records(chain([first], lines), delimiter)
    header = next(records)
    if isinstance(header.cells, str):
        raise BadInput(f"The header of {name} cannot be read. {header.cells}")
    keys = _keys(name, [cell.strip() for cell in header.cells], columns)
    if not platform and "platform" not in keys:
        raise BadInput(f"{name} does not say where its posts are from. Add --platform, such as --platform facebook.")
    for record in records:
        if isinstance(record.cells, str):
            yield Skipped(where=record.where, reason=record.cells)
        elif len(record.cells) != len(keys):
            reason = f"It has {len(record.cells)} columns and the header has {len(keys)}."
            yield Skipped(where=record.where, reason=reason)
        else:
            yield Row("table", record.first, dict(zip(keys, record.cells, strict=True)))


@dataclass(frozen=True, slots=True)
class Record:
    """A row with its first and last line. In place of its cells stands a sentence where they cannot be read."""

    first: int
    last: int
    cells: list[str] | str

    @property
    def where(self) -> str:
        """Its place in words."""
        return f"line {self.first}" if self.first == self.last else f"lines {self.first}–{self.last}"


def _is_idle(line: Line) -> bool:
    """Whether a line before the header says nothing: blank, or Excel's note to itself, `sep=;`."""
    return line.text is not None and re.fullmatch(r"\s*|sep=.\n?", line.text) is not None


def _delimiter(header: str) -> str:
    """The one that parts a header into the most columns that we know, then into the most columns."""

    def known(delimiter: str) -> tuple[int, int]:
        with suppress(csv.Error, StopIteration):
            cells = next(csv.reader([header], delimiter=delimiter))
            return len(_held(cells)), len(cells)
        return 0, 0

    return max(",;\t", key=known)


def _keys(name: str, header: Sequence[str], columns: Mapping[str, str]) -> list[str]:
    """What each column of the header holds, else its own name. Raises BadInput where none holds the text."""
    stated = {_place(name, header, held, column): held for held, column in columns.items()}
    guessed = {place: held for place, held in _held(header).items() if held not in columns}
    holds = guessed | stated
    if not {"text", "title"} & set(holds.values()):
        raise BadInput(
            f"{name} has no column that is known to hold the text of posts. {_columns_of(header)}"
            " Say which it is, such as --column text=Message."
        )
    taken = set(SYNONYMS)
    keys: list[str] = []
    for place, column in enumerate(header):
        own = column if column and column not in taken else f"{column} (column {place + 1})"
        taken.add(own)
        keys.append(holds.get(place, own))
    return keys


def _place(name: str, header: Sequence[str], held: str, column: str) -> int:
    """Where a column stands that a person said holds something. Raises BadInput where it does not, or cannot hold that."""
    if held not in SYNONYMS:
        raise BadInput(f"A column cannot hold “{held}”. It may hold: {', '.join(SYNONYMS)}.")
    if column.strip() in header:
        return header.index(column.strip())
    alike = [place for place, each in enumerate(header) if _plain(each) and _plain(each) == _plain(column)]
    if not alike:
        raise BadInput(f"{name} has no column called “{column}”. {_columns_of(header)}")
    return alike[0]


def _columns_of(header: Sequence[str]) -> str:
    # Where a file has no header, its first line is a post, and none of its words are repeated.
    if any(len(column) > LONGEST_NAME for column in header):
        return "Its first line must name its columns, and does not seem to."
    readable = "".join(sign if sign.isprintable() else "?" for sign in storable(", ".join(header[:20])))
    return f"Its columns are: {readable}."


def _held(header: Sequence[str]) -> dict[int, str]:
    """Which column of a header holds what, by its name."""
    plain = [_plain(column) for column in header]
    found: dict[int, str] = {}
    for held, names in SYNONYMS.items():
        places = (plain.index(_plain(each)) for each in names if _plain(each) in plain)
        place = next((place for place in places if place not in found), None)
        if place is not None:
            found[place] = held
    return found


def _plain(column: str) -> str:
    return re.sub(r"[\W_]+", "", column.casefold())


class _RecordTooLong(Exception):
    pass


class _Taking:
    """The lines that one record takes: more than one where a quoted cell holds line breaks."""

    def __init__(self, first: Line, more: Iterator[Line]) -> None:
        self._next: Line | None = first
        self._more = more
        self._size = 0
        self.last = first.number
        self.unclosed = False

    def __iter__(self) -> "_Taking":
        return self

    def __next__(self) -> str:
        line = self._next or next(self._more, None)
        self._next = None
        if line is None:
            self.unclosed = True
            raise StopIteration
        self.last = line.number
        self._size += len(line.text or "")
        if line.text is None or self._size > LONGEST:
            raise _RecordTooLong
        return line.text


def _records(lines: Iterator[Line], delimiter: str) -> Iterator[Record]:
    """The records in some lines. Blank lines are none."""
    for line in lines:
        if line.text is not None and not line.text.strip(" \n"):
            continue
        taking = _Taking(line, lines)
        cells: list[str] | str
        try:
            # Strict: else a missing quotation mark makes one post of two.
            cells = next(csv.reader(taking, delimiter=delimiter, strict=True))
        except _RecordTooLong:
            cells = "It is longer than 1 MiB: most likely a quotation mark is missing."
        except csv.Error:
            cells = "A quotation mark in it is missing, or not doubled, or a cell is far too long."
        if taking.unclosed:
            cells = "A quotation mark that is opened in it is never closed."
        yield Record(line.number, taking.last, cells)
