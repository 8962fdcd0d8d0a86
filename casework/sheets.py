"""Rows as CSV and as XLSX, safe to open: every text goes through `core.cells` here, so that no caller can forget it."""

import csv
import io
import math
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from core.cells import cell, clipped

_CHARACTERS_ACROSS = 230  # still readable on a page of A4
_HIGHEST = 409  # points, Excel's limit for a row

Fact = str | int | None
"""What a cell may be made of: a text (a stranger's, or ours), a number we counted, or nothing known."""


def written(fact: Fact) -> str:
    """The fact as it stands in a cell: an unknown one empty, a number bare, a text made safe."""
    if fact is None:
        return ""
    return str(fact) if isinstance(fact, int) else cell(fact)


def csv_sheet(header: Sequence[str], rows: Iterable[Sequence[Fact]], *, whole: bool = False) -> bytes:
    """A CSV file: UTF-8 with a mark for Excel, every field quoted, lines ended by CRLF (RFC 4180).

    `whole` leaves long texts uncut, for files that programs read.
    """
    page = io.StringIO(newline="")
    writer = csv.writer(page, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        cells = [written(fact) for fact in row]
        writer.writerow(cells if whole else map(clipped, cells))
    return page.getvalue().encode("utf-8-sig")


def xlsx_sheet(header: Sequence[str], widths: Sequence[int], rows: Iterable[Sequence[Fact]], *, made_at: datetime) -> bytes:
    """The same rows as an Excel file: every cell a string, the header frozen and repeated on paper, no links, no formulas.

    `widths` are in characters. `made_at` is written into the file, so that the same rows give the same bytes.
    """
    book = io.BytesIO()
    with Workbook(book, {"in_memory": True}) as workbook:
        workbook.set_properties({"created": made_at.astimezone(UTC).replace(tzinfo=None)})
        plain = workbook.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
        bold = workbook.add_format({"text_wrap": True, "valign": "top", "bold": True, "bottom": 1})
        sheet = workbook.add_worksheet("Evidence")
        _lay_out(sheet, widths)
        for line, row in enumerate([header, *([clipped(written(fact)) for fact in row] for row in rows)]):
            sheet.set_row(line, _height(row, widths))
            for place, text in enumerate(row):
                sheet.write_string(line, place, text, bold if line == 0 else plain)
    return book.getvalue()


def _lay_out(sheet: Worksheet, widths: Sequence[int]) -> None:
    """Header and first column stay, on screen and on every sheet of A4; a wide table goes over several pages side by side."""
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)
    sheet.repeat_columns(0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.hide_gridlines(0)
    sheet.set_footer("&CPage &P of &N")
    sheet.fit_to_pages(math.ceil(sum(widths) / _CHARACTERS_ACROSS), 0)


def _height(row: Sequence[str], widths: Sequence[int]) -> float:
    """A height in points in which every cell shows, as far as Excel goes; LibreOffice does not find it by itself."""
    lines = max(math.ceil(len(text) / width * 1.1) for text, width in zip(row, widths, strict=True))
    return min(max(lines, 1) * 15, _HIGHEST)
