"""What a case holds as evidence: exhibits, the exact record of each, and which of them come from one account."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from core.types import Reach

SCHEMA = 1
"""The version of the record's shape; it rises when a field is renamed or removed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """One captured item in a case. None is a fact nobody has recorded; handles are kept as given, with or without `@`.

    `first_seen_at` is when the software met the post, `saved_at` when a person put it into the case, `how_saved` by what means.
    `still_online` is what was found at `checked_at`. `kinds` are risks in the words on screen. The facts in the second half are
    what people fill in for the police, a platform or a panel.
    """

    no: int
    text: str
    platform: str
    school: str | None = None
    community: str | None = None
    url: str | None = None
    native_id: str | None = None
    handle: str | None = None
    shown_name: str | None = None
    account_native_id: str | None = None
    account_url: str | None = None
    posted_at: datetime | None = None
    first_seen_at: datetime | None = None
    saved_at: datetime | None = None
    saved_by_role: str | None = None
    how_saved: str | None = None
    still_online: bool | None = None
    checked_at: datetime | None = None
    kinds: tuple[str, ...] = ()
    why_saved: str | None = None
    reach: Reach | None = None
    raw_sha256: str | None = None
    screenshot: str | None = None
    screenshot_sha256: str | None = None
    reported_by: str | None = None

    threatened_whom: str | None = None
    danger_now: bool | None = None
    reported_where: str | None = None
    our_account: str | None = None
    what_is_copied: str | None = None
    says_joke_or_fan: bool | None = None
    their_rule: str | None = None
    what_we_did: str | None = None
    in_time: bool | None = None
    outcome: str | None = None


EVERY_FACT = frozenset(fact.name for fact in fields(Exhibit))


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """A case as it is exported: its reference, the school or trust it belongs to, and its exhibits."""

    ref: str
    school: str
    title: str
    opened_at: datetime
    exhibits: tuple[Exhibit, ...] = ()


def record(case: CaseFile, exhibit: Exhibit, facts: frozenset[str] = EVERY_FACT) -> dict[str, Any]:
    """The exhibit as plain values, only the named facts; times as UTC in ISO 8601, null where a fact is not known."""
    values = {fact.name: _plain(getattr(exhibit, fact.name)) for fact in fields(Exhibit) if fact.name in facts}
    return {"schema": SCHEMA, "case": case.ref, **values}


def canonical(record: Mapping[str, Any]) -> bytes:
    """The one spelling of a record that is hashed and written: JSON in UTF-8, keys sorted, no spaces, texts as they came.

    Half a surrogate pair, which UTF-8 cannot hold, is written as the JSON escape it came as.
    """
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "backslashreplace")


def fingerprint(record: Mapping[str, Any]) -> str:
    """The SHA-256 of a record's canonical form, in hexadecimal."""
    return sha256(canonical(record)).hexdigest()


def bare_handle(handle: str | None) -> str:
    """A handle as it stands beside its platform: without `@` in front, empty if unknown."""
    return (handle or "").lstrip("@＠")


def accounts(exhibits: Iterable[Exhibit]) -> dict[str, tuple[Exhibit, ...]]:
    """The exhibits of each account, under a key `platform:id` (or `platform:@handle`); those that name no account are left out.

    A handle joins what an id does not settle: what a person reports has a handle only, what a platform returns has both.
    """
    together: list[list[Exhibit]] = []
    for exhibit in exhibits:
        if not (exhibit.account_native_id or bare_handle(exhibit.handle)):
            continue
        own = next((group for group in together if _one_account(group, exhibit)), None)
        if own is None:
            together.append([exhibit])
        else:
            own.append(exhibit)
    return {_key(group): tuple(group) for group in together}


def _one_account(group: list[Exhibit], exhibit: Exhibit) -> bool:
    if group[0].platform != exhibit.platform:
        return False
    ids = {known.account_native_id for known in group if known.account_native_id}
    if ids and exhibit.account_native_id:
        return exhibit.account_native_id in ids
    handles = {bare_handle(known.handle).casefold() for known in group} - {""}
    return bare_handle(exhibit.handle).casefold() in handles


def _key(group: list[Exhibit]) -> str:
    known = next((exhibit.account_native_id for exhibit in group if exhibit.account_native_id), None)
    return f"{group[0].platform}:{known or '@' + bare_handle(group[0].handle).casefold()}"


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, Reach):
        return {count.name: getattr(value, count.name) for count in fields(value)}
    return value
