"""Reads the government's register of schools: the daily file of all schools, the file of links, small extracts.

Only the columns named here are looked at; heads' names and all others are dropped with the row they stood in.
"""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import BinaryIO, TypeVar

from collectors.file_lines import as_written
from core.errors import BadInput
from core.register import RegisterLink, RegisterSchool
from core.text import storable
from core.types import Skipped

T = TypeVar("T")
Cells = Mapping[str, str]

LONGEST = 300
"""The most characters of a name or a place."""
_AGAIN = "Download it again from get-information-schools.service.gov.uk/Downloads."
_NOTHING = frozenset(
    {"", "not applicable", "does not apply", "not recorded", "none", "unknown", "not known", "not supported by a trust"}
)
"""How the register says that it does not say."""
_SCHOOL_COLUMNS: dict[str, tuple[str, ...]] = {
    "urn": ("urn",),
    "name": ("establishmentname", "name"),
    "status": ("establishmentstatus (name)", "status"),
    "kind": ("typeofestablishment (name)", "type"),
    "phase": ("phaseofeducation (name)", "phase"),
    "low_age": ("statutorylowage",),
    "high_age": ("statutoryhighage",),
    "religious_character": ("religiouscharacter (name)",),
    "town": ("town",),
    "county": ("county (name)", "county"),
    "council": ("la (name)", "la"),
    "postcode": ("postcode",),
    "trust": ("trusts (name)", "trust"),
    "website": ("schoolwebsite", "website"),
    "opened": ("opendate", "open_date"),
    "closed": ("closedate", "close_date"),
}
_LINK_COLUMNS: dict[str, tuple[str, ...]] = {
    "urn": ("urn",),
    "other_urn": ("linkurn",),
    "other_name": ("linkname",),
    "kind": ("linktype",),
    "since": ("linkestablisheddate",),
}


def read_schools(file: BinaryIO, name: str) -> Iterator[RegisterSchool | Skipped]:
    """The schools of a file of the register, row by row; a row that cannot be used is Skipped by its line.

    Raises BadInput where it is no such file, and at its end where it breaks off.
    """
    return _read(file, name, _SCHOOL_COLUMNS, ("urn", "name"), _school)


def read_links(file: BinaryIO, name: str) -> Iterator[RegisterLink | Skipped]:
    """The links of a file of the register. Raises BadInput like `read_schools`."""
    return _read(file, name, _LINK_COLUMNS, ("urn", "other_urn", "other_name", "kind"), _link)


def _read(
    file: BinaryIO,
    name: str,
    columns: Mapping[str, Sequence[str]],
    needed: Sequence[str],
    make: Callable[[Cells], T],
) -> Iterator[T | Skipped]:
    rows = csv.reader(map(as_written, _text(file, name)), strict=True)
    first = _next(rows, name)
    header = [cell.strip().lower() for cell in first] if isinstance(first, list) else []
    places = _places(header, columns)
    if missing := [columns[each][0] for each in needed if each not in places]:
        raise BadInput(f"{name} is not the register of schools: it has no column {' or '.join(missing)}. {_AGAIN}")
    short = False
    while (row := _next(rows, name)) is not None:
        if not row:
            continue
        where = f"line {rows.line_num}"
        short = len(row) < len(header) and isinstance(row, list)
        if isinstance(row, str):
            yield Skipped(where=where, reason=row)
        elif len(row) != len(header):
            yield Skipped(where=where, reason=f"It has {len(row)} columns and the header has {len(header)}.")
        else:
            yield _made(make, {each: storable(row[place]).strip() for each, place in places.items()}, where)
    if short:
        raise BadInput(f"{name} breaks off at {where}: the rest of it is missing. {_AGAIN}")


def _made(make: Callable[[Cells], T], cells: Cells, where: str) -> T | Skipped:
    try:
        return make(cells)
    except ValueError as problem:
        return Skipped(where=where, reason=str(problem))


def _text(file: BinaryIO, name: str) -> io.TextIOWrapper:
    head = file.read(1 << 10)
    file.seek(0)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\x00" in head:
        raise BadInput(
            f"{name} is in another encoding (most likely UTF-16). Save it as “CSV UTF-8”, or take the file as it came."
        )
    if head.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<"):
        raise BadInput(f"{name} is a web page, not the register of schools. {_AGAIN}")
    if not head.strip():
        raise BadInput(f"{name} is empty. {_AGAIN}")
    return io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")


def _next(rows: Iterator[list[str]], name: str) -> list[str] | str | None:
    """The next row, a sentence where it cannot be read, None at the end. Raises BadInput where the file ends inside a row."""
    try:
        return next(rows, None)
    except csv.Error as problem:
        if "end of data" in str(problem):
            raise BadInput(f"{name} breaks off inside a row, or a quotation mark in it is missing. {_AGAIN}") from None
        return "A quotation mark in it is missing, or not doubled, or a cell is far too long."


def _places(header: Sequence[str], columns: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Where each column stands that we read."""
    found = {each: next((name for name in names if name in header), None) for each, names in columns.items()}
    return {each: header.index(name) for each, name in found.items() if name is not None}


def _school(cells: Cells) -> RegisterSchool:
    # A file without a column says nothing of it, as one with an empty cell.
    said = {each: _said(cells.get(each, "")) for each in _SCHOOL_COLUMNS}
    return RegisterSchool(
        urn=_urn(cells["urn"]),
        name=_name(cells["name"]),
        status=said["status"],
        kind=said["kind"],
        phase=said["phase"],
        low_age=_age(cells.get("low_age", "")),
        high_age=_age(cells.get("high_age", "")),
        religious_character=said["religious_character"],
        town=said["town"],
        county=said["county"],
        council=said["council"],
        postcode=said["postcode"],
        trust=said["trust"],
        website=said["website"],
        opened=_day(cells.get("opened", "")),
        closed=_day(cells.get("closed", "")),
    )


def _link(cells: Cells) -> RegisterLink:
    return RegisterLink(
        urn=_urn(cells["urn"]),
        other_urn=_urn(cells["other_urn"]),
        other_name=_name(cells["other_name"]),
        kind=_name(cells["kind"]),
        since=_day(cells.get("since", "")),
    )


def _urn(cell: str) -> int:
    if not re.fullmatch(r"[0-9]{5,7}", cell):
        raise ValueError("Its URN is not a number of five to seven digits.")
    return int(cell)


def _name(cell: str) -> str:
    if not any(sign.isalnum() for sign in cell):
        raise ValueError("It has no name.")
    if len(cell) > LONGEST:
        raise ValueError(f"Its name is longer than {LONGEST} characters: most likely a quotation mark is missing.")
    return " ".join(cell.split())


def _said(cell: str) -> str | None:
    tidy = " ".join(cell.split())
    return tidy[:LONGEST] if tidy.lower() not in _NOTHING else None


def _age(cell: str) -> int | None:
    return int(cell) if re.fullmatch(r"[0-9]{1,2}", cell) else None


def _day(cell: str) -> str | None:
    """A day written 01-09-1999 as 1999-09-01; None for what is no day."""
    found = re.fullmatch(r"([0-9]{2})[-/]([0-9]{2})[-/]([0-9]{4})", cell)
    if found:
        with suppress(ValueError):
            return date(int(found[3]), int(found[2]), int(found[1])).isoformat()
    return None
