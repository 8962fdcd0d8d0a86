"""Profiles of accounts that present themselves as a school, or are on its register; no other account has a row."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from core.text import loose
from core.types import Account, School
from store.engine import insert_for
from store.tables import accounts


def save(connection: Connection, school: School, found: Sequence[Account]) -> int:
    """Keep those of these accounts that bear the school's name or are its own, as last seen. Returns how many."""
    rows = [_row(school, account) for account in found if bears_name(school, account)]
    if rows:
        statement = insert_for(connection, accounts)
        newest = {name: statement.excluded[name] for name in ("profile", "last_seen")}
        connection.execute(
            statement.on_conflict_do_update(index_elements=["school_id", "platform", "handle"], set_=newest), rows
        )
    return len(rows)


def bears_name(school: School, account: Account) -> bool:
    """Whether an account has a name of the school in its handle, its shown name or its description, or is on the register."""
    own = {(each.platform, loose(each.handle)) for each in school.official_accounts}
    if (account.platform, loose(account.handle)) in own:
        return True
    said = " ".join(filter(None, (account.handle, account.display_name, account.bio)))
    squeezed = loose(said).replace(" ", "")
    names = (loose(name).replace(" ", "") for name in (school.name, *school.short_names, *school.other_names))
    return any(name in squeezed for name in names if name)


def _row(school: School, account: Account) -> dict[str, Any]:
    profile = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in asdict(account).items()
        if value is not None and name != "seen_at"
    }
    return {
        "school_id": school.id,
        "platform": account.platform,
        "handle": account.handle,
        "profile": profile,
        "first_seen": account.seen_at,
        "last_seen": account.seen_at,
    }
