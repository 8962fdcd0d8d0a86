"""Evidence on its way out of the house: a case becomes a folder that its reader can open, trust and check."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from casework.bag import write_bag
from casework.columns import Item, quoted, yes_or_no
from casework.disclosure import for_reader
from casework.evidence import CaseFile, accounts, canonical, fingerprint, record
from casework.presets import Preset
from casework.readme import readme
from casework.sheets import Fact, csv_sheet, xlsx_sheet
from core.cells import cell, clipped, has_hidden, identifier
from core.errors import BadInput
from core.types import Reach

_IDS = frozenset({"native_id", "account_native_id"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """An evidence file as written: where, for whom, how many items, the hash to note in the log, which accounts it names."""

    path: Path
    preset: Preset
    items: int
    manifest_sha256: str
    people: tuple[str, ...]


def export(
    case: CaseFile,
    preset: Preset,
    *,
    by_role: str,
    why: str,
    now: datetime,
    out: Path,
    screenshots: Mapping[str, bytes] | None = None,
    account: str | None = None,
    contact: str | None = None,
) -> Package:
    """Write the case as a new folder `out` for the reader of `preset`; the same arguments give the same bytes.

    `by_role` is who exports, in words on screen; `account` is a key of `casework.evidence.accounts`, needed where the preset is
    about one account and the case holds several; `contact` is whom the police may ask; `screenshots` are files by the name an
    exhibit has for its own, of which those of the shown exhibits go in. Raises BadInput where there is nothing to export, no
    reason is given, the account is not settled or `out` exists, StoreUnavailable where the disk refuses.
    """
    if not why.strip():
        raise BadInput(
            f"Case {case.ref} was not exported: an export needs a reason for the log. Say in a few words what it is for."
        )
    shown = for_reader(case, preset, account)
    records = [record(shown, exhibit, preset.discloses) for exhibit in shown.exhibits]
    items = [
        Item(exhibit=exhibit, case=shown.ref, school=shown.school, sha256=fingerprint(kept), by_role=by_role, contact=contact)
        for exhibit, kept in zip(shown.exhibits, records, strict=True)
    ]
    named = {exhibit.screenshot for exhibit in shown.exhibits}
    columns = preset.columns
    rows = [[column.fact(item) for column in columns] for item in items]
    manifest = write_bag(
        out,
        payload={
            "evidence.csv": csv_sheet([column.key for column in columns], rows),
            "evidence.xlsx": xlsx_sheet(
                [column.heading for column in columns], [column.width for column in columns], rows, made_at=now
            ),
            "records.jsonl": b"".join(canonical(kept) + b"\n" for kept in records),
            "technical.csv": _technical(records),
            **{name: content for name, content in (screenshots or {}).items() if name in named},
        },
        readme=readme(shown, preset, by_role=by_role, why=why, now=now),
        info={
            "Source-Organization": shown.school,
            "External-Identifier": shown.ref,
            "External-Description": f"Evidence file: {preset.title}",
            "Bagging-Date": now.astimezone(UTC).date().isoformat(),
            "Bag-Software-Agent": "Crestwatch",
        },
    )
    people = () if preset.masked else tuple(accounts(shown.exhibits))
    return Package(path=out, preset=preset, items=len(items), manifest_sha256=manifest, people=people)


def _technical(records: Sequence[dict[str, Any]]) -> bytes:
    """The records as a table: a column for each fact, then what the reader of a sheet should know about the record."""
    rows = [{**_flat(kept), **_remarks(kept)} for kept in records]
    return csv_sheet(list(rows[0]), [list(row.values()) for row in rows], whole=True)


def _flat(kept: dict[str, Any]) -> dict[str, Fact]:
    flat: dict[str, Fact] = {}
    for name, value in kept.items():
        if name == "reach":
            flat |= {count.name: (value or {}).get(count.name) for count in fields(Reach)}
        elif name in _IDS:
            flat[name] = identifier(value)
        elif isinstance(value, list):
            flat[name] = "; ".join(value)
        else:
            flat[name] = yes_or_no(value) if isinstance(value, bool) else value
    return flat


def _remarks(kept: dict[str, Any]) -> dict[str, Fact]:
    in_sheet = cell(quoted(kept["text"]))
    return {
        "record_sha256": fingerprint(kept),
        "text_has_hidden_characters": yes_or_no(has_hidden(kept["text"])),
        "text_cut_in_sheet": yes_or_no(clipped(in_sheet) != in_sheet),
    }
