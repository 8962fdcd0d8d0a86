"""The file that leaves the house: complete for some readers, silent for others, safe to open for all."""

import csv
import io
import json
import re
import shutil
import subprocess
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from casework.evidence import EVERY_FACT, canonical, record
from casework.presets import OURS, PANEL, POLICE, PRESETS, TO_PLATFORM, Preset
from core.cells import uncell
from core.errors import BadInput
from tests.casework.fictional import HOSTILE_TEXTS, case, exhibit, exported, files_of, hostile_case

ACCOUNT = "x:998877665544332211"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"

every_preset = pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)


def rows_of(package: Path, name: str = "evidence.csv") -> list[dict[str, str]]:
    """The rows of a sheet. The limit of the csv module is for all who use it, so it is put back."""
    usual = csv.field_size_limit(1_000_000)
    try:
        text = (package / "data" / name).read_bytes().decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    finally:
        csv.field_size_limit(usual)


def records_of(package: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (package / "data" / "records.jsonl").read_bytes().splitlines() if line]


@every_preset
def test_a_package_has_these_files_and_says_what_it_is(preset: Preset, tmp_path: Path) -> None:
    package = exported(case(exhibit()), preset, tmp_path / "file")
    names = {str(path.relative_to(package.path)) for path in package.path.rglob("*") if path.is_file()}
    assert names - {"README.txt"} == {
        "bagit.txt",
        "bag-info.txt",
        "manifest-sha256.txt",
        "tagmanifest-sha256.txt",
        "data/evidence.csv",
        "data/evidence.xlsx",
        "data/records.jsonl",
        "data/technical.csv",
    }
    assert all(re.fullmatch("[a-z0-9._/-]+", name) for name in names - {"README.txt"})
    told = (package.path / "README.txt").read_text()
    assert preset.told in " ".join(told.split())
    for words in (preset.title, "not a forensic image", "sha256sum -c manifest-sha256.txt", "records.jsonl", "⟦U+202E⟧"):
        assert words in told
    assert ("A person must read every text" in told) is preset.masked
    assert package.items == 1
    assert package.manifest_sha256 == sha256((package.path / "manifest-sha256.txt").read_bytes()).hexdigest()


@every_preset
def test_the_same_case_gives_the_same_bytes(preset: Preset, tmp_path: Path) -> None:
    items = [exhibit(no) for no in (1, 2, 3)]
    once = exported(case(*items), preset, tmp_path / "once")
    again = exported(case(*reversed(items)), preset, tmp_path / "again")
    assert files_of(once.path) == files_of(again.path)


@pytest.mark.parametrize("preset", [OURS, POLICE], ids=["ours", "police"])
def test_a_complete_file_holds_the_exact_words_however_hostile(preset: Preset, tmp_path: Path) -> None:
    hostile = hostile_case()
    package = exported(hostile, preset, tmp_path / "file").path
    records = records_of(package)
    assert [kept["text"] for kept in records] == list(HOSTILE_TEXTS)
    assert all(set(kept) == {*EVERY_FACT, "schema", "case"} for kept in records)
    lines = (package / "data" / "records.jsonl").read_bytes().removesuffix(b"\n").split(b"\n")
    assert lines == [canonical(record(hostile, item)) for item in hostile.exhibits]
    assert [row["sha256"].removeprefix("'") for row in rows_of(package)] == [sha256(line).hexdigest() for line in lines]

    table = rows_of(package, "technical.csv")
    line_feeds = [text.replace("\r\n", "\n").replace("\r", "\n") for text in HOSTILE_TEXTS]
    assert [uncell(row["text"]) for row in table] == line_feeds
    assert [uncell(row["native_id"]).removeprefix("id:") for row in table] == line_feeds
    assert {row["text_cut_in_sheet"] for row in table} == {"yes", "no"}
    assert [row["no"] for row in table if row["text_cut_in_sheet"] == "yes"] == ["24", "25"]


def test_technical_csv_has_a_column_for_every_fact_known_or_not(tmp_path: Path) -> None:
    package = exported(case(exhibit(1), exhibit(2, reach=None, kinds=(), screenshot=None)), OURS, tmp_path / "file").path
    known, unknown = rows_of(package, "technical.csv")
    assert set(known) >= (EVERY_FACT - {"reach"}) | {"likes", "shares", "replies", "views", "record_sha256", "case"}
    assert (known["views"], known["replies"], known["kinds"]) == ("1204", "", "Threat; Abuse of a person")
    assert (unknown["views"], unknown["kinds"], unknown["screenshot"]) == ("", "", "")


@every_preset
def test_an_unknown_fact_is_nowhere_a_word(preset: Preset, tmp_path: Path) -> None:
    bare = dict.fromkeys(EVERY_FACT - {"no", "text", "platform", "handle", "kinds", "url"})
    package = exported(case(exhibit(1, **bare)), preset, tmp_path / "file", contact=None).path
    for name in ("evidence.csv", "technical.csv"):
        cells = {text for row in rows_of(package, name) for text in row.values()}
        assert not cells & {"None", "nan", "NaN", "null", "NaT", "True", "False"}
    assert list(rows_of(package)[0]) == list(preset.sheet)


@every_preset
def test_sha256sum_passes_and_fails_when_a_byte_changes(preset: Preset, tmp_path: Path) -> None:
    if (tool := shutil.which("sha256sum")) is None:
        pytest.skip("sha256sum is not installed here")
    package = exported(case(exhibit()), preset, tmp_path / "file").path

    def check() -> int:
        return subprocess.run([tool, "-c", "manifest-sha256.txt"], cwd=package, capture_output=True, check=False).returncode

    assert check() == 0
    for name in ("evidence.csv", "evidence.xlsx", "records.jsonl", "technical.csv"):
        file = package / "data" / name
        content = file.read_bytes()
        file.write_bytes(content[:-1] + bytes((content[-1] ^ 1,)))
        assert check() != 0
        file.write_bytes(content)
    assert check() == 0


@pytest.fixture(scope="session")
def libreoffice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a LibreOffice profile of our own, so that nobody's open document is in the way."""
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice (soffice) is not installed here")
    return tmp_path_factory.mktemp("profile")


def as_libreoffice_sees(sheet: Path, profile: Path) -> list[list[ElementTree.Element]]:
    """The rows of cells that LibreOffice makes of a file when it is opened."""
    out = sheet.parent / f"seen-{sheet.name}"
    subprocess.run(
        ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", "fods", "--outdir", out, sheet],
        check=True,
        capture_output=True,
        timeout=240,
    )
    page = ElementTree.parse(out / f"{sheet.stem}.fods")
    rows = [list(row.iter(f"{TABLE}table-cell")) for row in page.iter(f"{TABLE}table-row")]
    return [cells for cells in rows if any(f"{OFFICE}value-type" in cell.attrib for cell in cells)]


def formulas(rows: list[list[ElementTree.Element]]) -> list[str]:
    return [cell.attrib[f"{TABLE}formula"] for row in rows for cell in row if f"{TABLE}formula" in cell.attrib]


def test_libreoffice_would_run_an_unguarded_cell(libreoffice: Path, tmp_path: Path) -> None:
    (tmp_path / "unguarded.csv").write_text('"no","words"\r\n"1","=1+1"\r\n')
    assert formulas(as_libreoffice_sees(tmp_path / "unguarded.csv", libreoffice)) == ["of:=1+1"]


@every_preset
def test_libreoffice_finds_no_formula_and_makes_no_number_of_a_text(preset: Preset, libreoffice: Path, tmp_path: Path) -> None:
    hostile = hostile_case()
    package = exported(hostile, preset, tmp_path / "file", account=ACCOUNT if preset.one_account else None).path
    for name in ("evidence.csv", "technical.csv", "evidence.xlsx"):
        rows = as_libreoffice_sees(package / "data" / name, libreoffice)
        assert len(rows) == len(HOSTILE_TEXTS) + 1
        assert formulas(rows) == []
        counted = {cell.attrib.get(f"{OFFICE}value") for row in rows[1:] for cell in row} - {None}
        numbers = {str(no) for no in range(1, len(HOSTILE_TEXTS) + 1)} | {"12", "1204"}
        assert counted <= (set() if name.endswith("xlsx") else numbers)


@every_preset
def test_of_the_screenshots_those_of_the_shown_items_go_in(preset: Preset, tmp_path: Path) -> None:
    items = case(exhibit(1, screenshot="screenshots/a1.png"), exhibit(2, screenshot="screenshots/b2.jpg", handle="@bystander"))
    handed = {"screenshots/a1.png": b"one", "screenshots/b2.jpg": b"two", "screenshots/c3.png": b"of no item"}
    package = exported(items, preset, tmp_path / "file", screenshots=handed).path
    there = {path.name: path.read_bytes() for path in (package / "data").glob("screenshots/*")}
    assert there == ({} if preset is PANEL else {"a1.png": b"one", "b2.jpg": b"two"})

    apart = case(items.exhibits[0], replace(items.exhibits[1], account_native_id="5"))
    package = exported(apart, TO_PLATFORM, tmp_path / "one", screenshots=handed, account=ACCOUNT).path
    assert [path.name for path in (package / "data").glob("screenshots/*")] == ["a1.png"]


def test_a_screenshot_under_a_strange_name_is_refused(tmp_path: Path) -> None:
    for name in ("../a.png", "screenshots/<b>.png", "screenshots/A.png", "/etc/a.png", "screenshots/"):
        with pytest.raises(BadInput, match="is named with a-z, 0-9"):
            exported(case(exhibit(screenshot=name)), OURS, tmp_path / "file", screenshots={name: b""})
    assert list(tmp_path.iterdir()) == []


def test_an_export_says_which_accounts_it_names(tmp_path: Path) -> None:
    items = case(exhibit(1), exhibit(2, handle="bystander", account_native_id=None), exhibit(3))
    assert exported(items, POLICE, tmp_path / "file").people == (ACCOUNT, "x:@bystander")


@every_preset
def test_an_empty_case_is_refused_and_nothing_written(preset: Preset, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="holds no saved items, so there is nothing to export"):
        exported(case(), preset, tmp_path / "file")
    assert list(tmp_path.iterdir()) == []


def test_an_export_without_a_reason_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="needs a reason"):
        exported(case(exhibit()), OURS, tmp_path / "file", why="  ")
    assert list(tmp_path.iterdir()) == []


def test_an_older_file_is_never_written_over(tmp_path: Path) -> None:
    first = exported(case(exhibit()), OURS, tmp_path / "file")
    before = files_of(first.path)
    with pytest.raises(BadInput, match="is there already"):
        exported(case(exhibit(text="other")), OURS, tmp_path / "file")
    assert files_of(first.path) == before
