"""Cases: opened with a reason, filled with posts as they are now, exported on record. All of it append-only."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_type_hints

import pandas as pd
from sqlalchemy import Connection

from casework.evidence import CaseFile, Exhibit, canonical
from casework.export import Package, export
from casework.presets import Preset
from casework.screenshots import attached, name_of
from core.errors import BadInput
from core.taxonomy import Role, role_on_screen
from core.types import Reach, School
from store import casefiles, pictures, profiles, sightings
from store.bodies import unpacked
from store.casefiles import SealedExhibit
from store.engine import reading, writing
from store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase:
    """A case as it stands: what is exported of it, and its history, oldest first."""

    file: CaseFile
    history: pd.DataFrame


def open_case(store: Store, *, title: str, school_id: str, why: str, by: str, role: Role, now: datetime) -> str:
    """Open a case and return its reference. Raises BadInput without a title or a reason."""
    if not title.strip() or not why.strip():
        raise BadInput("A case needs a name and a reason. Say in a few words what it is about and why it is opened.")
    with writing(store.engine) as connection:
        ref = casefiles.next_ref(connection, now.year)
        details = {"title": title.strip(), "school_id": school_id, "why": why.strip()}
        casefiles.add_event(connection, ref, "created", by=by, role=role, now=now, details=details)
    return ref


def add_posts(store: Store, ref: str, posts: Sequence[tuple[int, str]], *, why: str, by: str, role: Role, now: datetime) -> int:
    """Copy posts, given as (id, school id), into a case as they are now. Returns how many were not in it already.

    The copy is sealed: what happens to the post later (edited, deleted, its text's time run out) does not change it.
    Raises BadInput without a reason, or for a case that is not there.
    """
    if not why.strip():
        raise BadInput("Say in a few words why this is saved; it stands beside it in the evidence.")
    added = 0
    with writing(store.engine) as connection:
        if casefiles.events(connection, ref).empty:
            raise BadInput(f"There is no case {ref}.")
        for post_id, school_id in posts:
            row = casefiles.post_for_exhibit(connection, post_id)
            if row is None:
                continue
            exhibit = _captured(store, row, why=why.strip(), role=role, now=now)
            exhibit = _with_reports(store, connection, post_id, exhibit)
            facts = _facts(exhibit)
            sealed = store.keys.seal_record(facts)
            digest = hashlib.sha256(canonical(facts)).hexdigest()
            number = casefiles.add_exhibit(
                connection, ref, post_id=post_id, school_id=school_id, record_sealed=sealed, sha256=digest, now=now
            )
            if number is not None:
                details = {"post": post_id, "sha256": digest}
                casefiles.add_event(
                    connection, ref, "item_added", by=by, role=role, now=now, details=details, exhibit_id=number
                )
                added += 1
    return added


def read(store: Store, ref: str) -> OpenCase:
    """A case with its items and history. Raises BadInput when there is none of that reference."""
    with reading(store.engine) as connection:
        history = casefiles.events(connection, ref)
        sealed = casefiles.exhibits_of(connection, ref)
        schools = {school.id: school for school in profiles.all_schools(connection)}
    if history.empty:
        raise BadInput(f"There is no case {ref}. `Cases` lists them all.")
    created = history.iloc[0]
    exhibits = tuple(_opened(store, each, number, schools) for number, each in enumerate(sealed, 1))
    school = schools.get(created.details["school_id"])
    file = CaseFile(
        ref=ref,
        school=school.name if school else created.details["school_id"],
        title=created.details["title"],
        opened_at=created["at"],
        exhibits=exhibits,
    )
    return OpenCase(file=file, history=history)


def export_case(
    store: Store,
    ref: str,
    preset: Preset,
    *,
    why: str,
    by: str,
    role: Role,
    now: datetime,
    out: Path,
    account: str | None = None,
    contact: str | None = None,
) -> Package:
    """Write a case as a package, and write down who exported what, when and why, before anybody can have it.

    Raises BadInput where the case is empty, no reason is given or `out` exists.
    """
    file, screenshots = attached(store, read(store, ref).file, preset)
    package = export(
        file,
        preset,
        by_role=role_on_screen(role),
        why=why,
        now=now,
        out=out,
        screenshots=screenshots,
        account=account,
        contact=contact,
    )
    with writing(store.engine) as connection:
        casefiles.log_export(
            connection,
            case_ref=ref,
            preset=preset.name,
            by=by,
            role=role,
            why=why.strip(),
            items=package.items,
            sha256=package.manifest_sha256,
            people=[_pseudonym(store, each) for each in package.people],
            now=now,
        )
        details = {"preset": preset.name, "items": package.items, "manifest_sha256": package.manifest_sha256}
        casefiles.add_event(connection, ref, "exported", by=by, role=role, now=now, details=details)
    return package


def package_name(ref: str, preset: Preset, now: datetime) -> str:
    """The folder name of a package: `cw-2026-000001-police-20261120t161500z`."""
    return f"{ref}-{preset.name}-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}".lower()


def _captured(store: Store, row: dict[str, Any], *, why: str, role: Role, now: datetime) -> Exhibit:
    """A stored post as an exhibit. Its number in the case is given when the case is read."""
    author = store.keys.open_author(row["author_sealed"])
    return Exhibit(
        no=0,
        text=row["text"],
        platform=row["platform"],
        community=row["community"],
        url=row["url"],
        native_id=row["native_id"],
        handle=author.handle,
        shown_name=author.name,
        account_native_id=author.native_id,
        account_url=author.url,
        posted_at=row["created_at"],
        first_seen_at=row["stored_at"],
        saved_at=now,
        saved_by_role=role_on_screen(role),
        how_saved=f"copied from what {row['source']} brought ({row['tool'] or 'tool unknown'})",
        why_saved=why,
        reach=Reach(likes=row["likes"], shares=row["shares"], replies=row["replies"], views=row["views"]),
        raw_sha256=hashlib.sha256(unpacked(row["body"])).hexdigest() if row["body"] else None,
    )


def _with_reports(store: Store, connection: Connection, post_id: int, exhibit: Exhibit) -> Exhibit:
    """The exhibit with its screenshot, and who reported it, where somebody did."""
    shot = next(iter(pictures.of_post(connection, post_id)), None)
    told = [each.told["reporter"] for each in sightings.of_post(connection, store.keys, post_id) if each.told.get("reporter")]
    return replace(
        exhibit,
        screenshot=name_of(shot.sha256, shot.media_type) if shot else None,
        screenshot_sha256=shot.sha256 if shot else None,
        reported_by=", ".join(dict.fromkeys(told)) or None,
    )


def _facts(exhibit: Exhibit) -> dict[str, Any]:
    """An exhibit as plain values to seal, without its number; times as ISO 8601 in UTC."""
    facts = asdict(exhibit)
    facts.pop("no")
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in facts.items()}


def _opened(store: Store, sealed: SealedExhibit, number: int, schools: dict[str, School]) -> Exhibit:
    """A sealed exhibit, opened and numbered. Raises BadInput when it is not what was sealed."""
    facts = store.keys.open_record(sealed.record_sealed)
    if hashlib.sha256(canonical(facts)).hexdigest() != sealed.sha256:
        raise BadInput(f"Item {number} of this case is not what was saved: its hash differs. Restore a backup and compare.")
    hints = get_type_hints(Exhibit)
    for name, value in facts.items():
        if value is not None and hints[name] == datetime | None:
            facts[name] = datetime.fromisoformat(value)
    reach = Reach(**facts.pop("reach")) if facts.get("reach") else None
    kinds = tuple(facts.pop("kinds", ()))
    school = schools.get(sealed.school_id)
    exhibit = Exhibit(no=number, reach=reach, kinds=kinds, **{name: value for name, value in facts.items() if name != "reach"})
    return replace(exhibit, school=school.name if school else sealed.school_id)


def _pseudonym(store: Store, account: str) -> str:
    """An account in the log of exports: the same for the same account, and no name."""
    return hashlib.blake2b(account.encode(), key=store.keys.author, digest_size=16).hexdigest()
