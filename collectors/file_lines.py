"""The lines of a file that somebody hands in: never more of it in memory than one line, whatever the file is.

Its name says nothing about it; its bytes do. A byte order mark settles UTF-16 and UTF-8; without one each line is UTF-8 where
that is possible, else Windows-1252, in which Excel and older exports write.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from core.errors import BadInput
from core.types import Json

LONGEST = 1 << 20
"""The most characters of a line that are read: 1 MiB. A longer one is left out by its number."""

_AS_CSV = "Open it in the program it was made with, save it as “CSV UTF-8”, and import that file."
_PICTURE = "It is a picture. Add it under “Report something seen” instead."
_ARCHIVE = "It is a compressed archive. Unpack it, and import the file inside."
_NOT_TEXT = {
    b"PK\x03\x04": f"It is a workbook, a document or a zip archive. {_AS_CSV}",
    b"\xd0\xcf\x11\xe0": f"It is an old workbook or document. {_AS_CSV}",
    b"{\\rtf": f"It is a document. {_AS_CSV}",
    b"SQLite format 3": f"It is a database. {_AS_CSV}",
    b"%PDF": f"It is a PDF. {_AS_CSV}",
    b"\x89PNG": _PICTURE,
    b"\xff\xd8\xff": _PICTURE,
    b"GIF8": _PICTURE,
    b"RIFF": _PICTURE,
    b"\x1f\x8b": _ARCHIVE,
    b"BZh": _ARCHIVE,
    b"7z\xbc\xaf": _ARCHIVE,
    b"\xfd7zXZ": _ARCHIVE,
    b"Rar!": _ARCHIVE,
}
_CONTROLS = bytes({*range(1, 32)} - {*b"\t\n\r\f"})
_UNDECODED = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class Line:
    """A line by its number, counted from 1. `text` is None where it is longer than `LONGEST`."""

    number: int
    text: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """One item of a file as it stood there: in which form, on which line, and for items of one line, the how-manieth."""

    form: str
    line: int
    row: Json
    item: int | None = None


def open_text(path: Path) -> TextIO:
    """The file, opened to be read as text, line breaks of any kind as one. Raises BadInput for what is missing or no text."""
    try:
        with path.open("rb") as file:
            head = file.read(1 << 16)
        if not head:
            raise BadInput(f"{path.name} is empty. There is nothing to import.")
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return path.open(encoding="utf-16", errors="replace")
        _refuse_binary(path.name, head)
        return path.open(encoding="utf-8-sig", errors="surrogateescape")
    except OSError as problem:
        raise BadInput(f"{path.name} cannot be read ({problem.strerror}). Check its name, and that you may open it.") from None


def lines(file: TextIO) -> Iterator[Line]:
    """The lines of a file that `open_text` opened."""
    number = 0
    while text := file.readline(LONGEST + 1):
        number += 1
        whole = len(text) <= LONGEST or text.endswith("\n")
        yield Line(number, as_written(text) if whole else None)
        while text and not text.endswith("\n"):
            text = file.readline(LONGEST)


def as_written(text: str) -> str:
    """The text, what was not UTF-8 in it read as what it most likely is."""
    if not _UNDECODED.search(text):
        return text
    written = text.encode(errors="surrogateescape")
    try:
        return written.decode(errors="surrogatepass")
    except UnicodeDecodeError:
        return written.decode("cp1252", errors="replace")


def _refuse_binary(name: str, head: bytes) -> None:
    for start, why in _NOT_TEXT.items():
        if head.startswith(start):
            raise BadInput(f"{name} holds no text. {why}")
    if head.count(0) > len(head) / 5 or len(head) - len(head.translate(None, _CONTROLS)) > len(head) / 20:
        raise BadInput(f"{name} holds no text that can be read. {_AS_CSV}")
