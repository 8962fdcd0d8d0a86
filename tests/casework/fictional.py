"""A case at a school that does not exist, for the tests of this folder."""

import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from casework.evidence import CaseFile, Exhibit
from casework.export import Package, export
from casework.presets import Preset
from core.types import Reach

NOW = datetime(2026, 11, 20, 16, 15, tzinfo=UTC)

HOSTILE_TEXTS = (
    "=1+1",
    '=HYPERLINK("https://evil.example","click")',
    "=cmd|' /C calc'!A0",
    "+44 7700 900123",
    "-2+3",
    "@SUM(1,1)",
    "\t=1+1",
    "\r\n=1+1",
    "＝1+1",
    "'=1+1",
    '","=1+1","',
    "<r><t>=1+1</t></r>",
    "_x003D_1+1",
    "gro\u202evorg\u2066 \u200b\ufeff",
    "nul \x00 bell \x07 escape \x1b half \ud800 none \uffff",
    "one\ntwo\r\nthree\rfour\u2028five",
    "👩‍👩‍👧 ❤️ می‌خواهم \U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "007",
    "1849372649201238800",
    "20/11/2026",
    "march1",
    "nan",
    "⟦U+202E⟧ ⏎",
    "=" * 50_000,
    "\u202e" * 50_000,
)


def exhibit(no: int = 1, **facts: Any) -> Exhibit:
    """An exhibit with every fact known, changed where the test says so."""
    known: dict[str, Any] = {
        "text": "Mr Smith should watch his back tomorrow",
        "platform": "x",
        "community": "GroveTalk",
        "url": "https://x.example/grovetruth99/status/1849372649201238800",
        "native_id": "1849372649201238800",
        "handle": "@grovetruth99",
        "shown_name": "Dan Whitlow",
        "account_native_id": "998877665544332211",
        "account_url": "https://x.example/grovetruth99",
        "posted_at": datetime(2026, 11, 18, 20, 5, tzinfo=UTC),
        "first_seen_at": datetime(2026, 11, 18, 20, 30, tzinfo=UTC),
        "saved_at": datetime(2026, 11, 19, 8, 0, tzinfo=UTC),
        "saved_by_role": "Headteacher",
        "how_saved": "from the platform’s API",
        "still_online": True,
        "checked_at": datetime(2026, 11, 20, 9, 0, tzinfo=UTC),
        "kinds": ("Threat", "Abuse of a person"),
        "why_saved": "A threat by Whitlow to a member of staff",
        "reach": Reach(likes=12, shares=1, views=1204),
        "raw_sha256": "ab" * 32,
        "screenshot": "items/1.png",
        "screenshot_sha256": "cd" * 32,
        "threatened_whom": "A member of staff",
        "danger_now": False,
        "reported_where": "X, report 4411",
        "our_account": "groveprimary",
        "what_is_copied": "name and crest",
        "says_joke_or_fan": False,
        "their_rule": "Impersonation",
        "what_we_did": "Told Mr Smith, reported @grovetruth99",
        "in_time": True,
        "outcome": "Removed by X",
    }
    return Exhibit(no=no, **{**known, **facts})


def case(*exhibits: Exhibit) -> CaseFile:
    """A case of Grove Primary School."""
    return CaseFile(
        ref="CW-2026-000012",
        school="Grove Primary School",
        title="The Whitlow threats",
        opened_at=datetime(2026, 11, 19, 8, 0, tzinfo=UTC),
        exhibits=exhibits,
    )


def hostile_case() -> CaseFile:
    """Every hostile text in every place where a stranger or a colleague writes."""
    facts = (
        "text",
        "url",
        "handle",
        "shown_name",
        "native_id",
        "why_saved",
        "community",
        "outcome",
        "screenshot",
        "our_account",
    )
    return case(*(exhibit(no, **dict.fromkeys(facts, hostile)) for no, hostile in enumerate(HOSTILE_TEXTS, start=1)))


def exported(of: CaseFile, preset: Preset, out: Path, **how: Any) -> Package:
    """An export by the headteacher at `NOW`."""
    asked = {"by_role": "Headteacher", "why": "Asked for by PC Shah", "now": NOW, "contact": "Ms Ray, 01632 960001"}
    return export(of, preset, out=out, **{**asked, **how})


def files_of(package: Path) -> dict[str, bytes]:
    """Every byte of a package by the name of its file, the parts of the workbook unpacked."""
    files = {str(path.relative_to(package)): path.read_bytes() for path in package.rglob("*") if path.is_file()}
    with zipfile.ZipFile(package / "data" / "evidence.xlsx") as workbook:
        return files | {f"xlsx:{part}": workbook.read(part) for part in workbook.namelist()}
