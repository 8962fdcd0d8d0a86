"""What is put into a sheet comes out of it, as text."""

import csv
import io
import zipfile
from datetime import UTC, datetime

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.sheets import csv_sheet, xlsx_sheet
from core.cells import LIMIT, uncell
from tests.casework.fictional import HOSTILE_TEXTS, NOW


def read_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))


def with_line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def test_the_csv_is_what_excel_and_rfc_4180_expect() -> None:
    assert csv_sheet(["no", "words"], [[1, 'a "b"'], [None, "x\ny"]]) == (
        b'\xef\xbb\xbf"no","words"\r\n"1","a ""b"""\r\n"","x \xe2\x8f\x8e y"\r\n'
    )


any_text = st.text(st.characters(codec=None)) | st.sampled_from([text for text in HOSTILE_TEXTS if len(text) < 1000])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(any_text, any_text), max_size=5))
def test_a_whole_csv_gives_every_text_back(rows: list[tuple[str, str]]) -> None:
    read = read_csv(csv_sheet(["a", "b"], rows, whole=True))
    assert [[uncell(text) for text in row] for row in read[1:]] == [[with_line_feeds(text) for text in row] for row in rows]


def test_a_sheet_for_people_cuts_what_excel_would_not_hold() -> None:
    _, (cut,) = read_csv(csv_sheet(["words"], [["x" * 50_000]]))
    assert LIMIT < len(cut) < LIMIT + 100


def test_the_workbook_holds_the_same_cells_as_the_csv_each_a_string() -> None:
    rows: list[list[str | int | None]] = [[no, text] for no, text in enumerate(HOSTILE_TEXTS)]
    book = openpyxl.load_workbook(io.BytesIO(xlsx_sheet(["no", "words"], [5, 60], rows, made_at=NOW)))
    sheet = book["Evidence"]
    cells = list(sheet.iter_rows())
    assert {cell.data_type for row in cells for cell in row} == {"s"}
    assert [[str(cell.value) for cell in row] for row in cells] == read_csv(csv_sheet(["no", "words"], rows))
    assert sheet.freeze_panes == "B2"
    assert not [cell.hyperlink for row in cells for cell in row if cell.hyperlink]


def test_the_workbook_points_nowhere() -> None:
    content = xlsx_sheet(["link"], [40], [["https://evil.example"], ["=HYPERLINK(1)"], ["<r><t>x</t></r>"]], made_at=NOW)
    parts = zipfile.ZipFile(io.BytesIO(content))
    assert not [name for name in parts.namelist() if "external" in name.lower() or "sheet1.xml.rels" in name]
    assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
    assert b"&lt;r&gt;" in parts.read("xl/sharedStrings.xml")


def test_a_workbook_is_the_same_bytes_each_time() -> None:
    rows: list[list[str | int | None]] = [[1, "a"], [None, "b"]]
    once = xlsx_sheet(["no", "words"], [5, 60], rows, made_at=NOW)
    assert xlsx_sheet(["no", "words"], [5, 60], rows, made_at=NOW) == once
    assert xlsx_sheet(["no", "words"], [5, 60], rows, made_at=datetime(2026, 1, 1, tzinfo=UTC)) != once
