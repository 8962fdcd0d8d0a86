"""JSON files of posts: one object a line, a list of objects, or one answer of a platform's API as it came.

An object is one of: a post in our own form (docs/formats.md); a line of a Reddit dump; a submission or comment, or a whole
listing, as Reddit answers; a page of posts as X answers.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, TextIO

from collectors.file_lines import Line, Row, as_written
from core.types import Json, Skipped

LONGEST_VALUE = 1 << 24
"""The most characters of an object in a list, or of a whole answer: 16 MiB."""

_PIECE = 1 << 16
_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


def is_json(text: str | None) -> bool:
    """Whether a line is a JSON value by itself."""
    with suppress(ValueError, RecursionError):
        json.loads(text or "")
        return True
    return False


def line_rows(lines: Iterator[Line]) -> Iterator[Row | Skipped]:
    """The items of a file with one JSON object a line."""
    for line in lines:
        where = f"line {line.number}"
        if line.text is None:
            yield Skipped(where=where, reason="It is longer than 1 MiB.")
        elif line.text.strip():
            try:
                value = json.loads(line.text)
            except (ValueError, RecursionError) as problem:
                yield Skipped(where=where, reason=_unreadable(problem))
            else:
                yield from _rows(line.number, value)


def list_rows(file: TextIO) -> Iterator[Row | Skipped]:
    """The items of a file that is one JSON list, read an element at a time."""
    text = _Text(file)
    text.skip(text.next())
    while (sign := text.next()) != "]":
        line = text.line
        if sign:
            try:
                value = text.value()
            except (ValueError, RecursionError) as problem:
                yield Skipped(where=f"line {line}", reason=f"{_unreadable(problem)} What follows was left out.")
                return
            yield from _rows(line, value)
            sign = text.next()
        if sign == ",":
            text.skip(sign)
        elif sign != "]":
            yield Skipped(
                where=f"line {text.line}", reason="The list breaks off, or a comma is missing. What follows was left out."
            )
            return
    text.skip("]")
    if text.next():
        yield Skipped(where=f"line {text.line}", reason="What follows the end of the list was left out.")


def document(file: TextIO) -> Any:
    """The one JSON value that a file holds. Raises ValueError or RecursionError where it holds none, or more."""
    text = _Text(file)
    value = text.value() if text.next() else None
    if value is None or text.next():
        raise ValueError("not one value")
    return value


def document_rows(value: Any) -> Iterator[Row | Skipped]:
    """The items of a file that is one JSON object."""
    return _rows(1, value)


class _Text:
    """A file's text, read on as far as it is needed."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._held = ""
        self._at = 0
        self.line = 1

    def next(self) -> str:
        """The next character that is no white space, not taken yet; empty at the end."""
        while True:
            space = _SPACE.match(self._held, self._at)
            self.skip(space[0] if space else "")
            if self._at < len(self._held) or not self._more():
                return self._held[self._at : self._at + 1]

    def skip(self, taken: str) -> None:
        """Go on behind what was taken."""
        self.line += taken.count("\n")
        self._at += len(taken)

    def value(self) -> Any:
        """The JSON value that begins here. Raises ValueError or RecursionError where none does, or it is too long."""
        while True:
            try:
                value, end = _DECODER.raw_decode(self._held, self._at)
            except ValueError:
                if len(self._held) - self._at > LONGEST_VALUE or not self._more():
                    raise
            else:
                # A number may go on in what is not read yet.
                if end < len(self._held) or not self._more():
                    self.skip(self._held[self._at : end])
                    return value

    def _more(self) -> bool:
        # As much again as is held: a long value is then tried a few times, not once for each piece.
        piece = self._file.read(max(_PIECE, len(self._held) - self._at))
        self._held = self._held[self._at :] + as_written(piece)
        self._at = 0
        return bool(piece)


def _unreadable(problem: Exception) -> str:
    if isinstance(problem, json.JSONDecodeError):
        return f"It is not JSON ({problem.msg}, column {problem.colno})."
    return "It is JSON that nests too deep, or holds a number that is too long."


def _rows(line: int, value: Any) -> Iterator[Row | Skipped]:
    """The items that a JSON value holds: one, or those of a platform's answer."""
    if not isinstance(value, dict):
        yield Skipped(where=f"line {line}", reason="It is not a JSON object with the fields of a post.")
    elif value.get("kind") == "Listing":
        for number, thing in enumerate(_things(value), 1):
            yield Row("reddit", line, thing, number)
    elif value.get("kind") in ("t1", "t3") and isinstance(value.get("data"), dict):
        yield Row("reddit", line, value)
    elif isinstance(value.get("data"), list | dict):
        for number, post in enumerate(_x_posts(value), 1):
            yield Row("x", line, post, number)
    elif {"permalink", "created_utc"} <= value.keys():
        yield Row("reddit_dump", line, value)
    else:
        yield Row("posts", line, value)


def _things(listing: Json) -> Iterator[Json]:
    """What a listing holds, replies to comments included."""
    waiting = [listing]
    while waiting:
        inside = waiting.pop().get("data")
        children = inside.get("children") if isinstance(inside, dict) else None
        for thing in children if isinstance(children, list) else ():
            if isinstance(thing, dict) and thing.get("kind") != "more":
                yield thing
                replies = thing["data"].get("replies") if isinstance(thing.get("data"), dict) else None
                if isinstance(replies, dict):
                    waiting.append(replies)


def _x_posts(page: Json) -> Iterator[Json]:
    """The posts of an answer of X, each with its author, in the shape of X's answer for that post alone."""
    included = page.get("includes")
    users = included.get("users") if isinstance(included, dict) else None
    known = [user for user in users if isinstance(user, dict)] if isinstance(users, list) else []
    by_id = {user["id"]: user for user in known if isinstance(user.get("id"), str)}
    data = page["data"]
    for post in data if isinstance(data, list) else [data]:
        author = post.get("author_id") if isinstance(post, dict) else None
        yield {"data": post, "includes": {"users": [by_id[author]] if isinstance(author, str) and author in by_id else []}}
