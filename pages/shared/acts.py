"""What people do on a page that changes something: each is one short transaction, or a job for the worker."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from casework import purpose, report_code, sightings
from casework.purpose import Statement
from casework.sightings import Receipt, Report
from core.settings import settings
from core.taxonomy import Role
from core.types import School
from core.weeks import utc_now
from pages.shared import data
from store import backups, notices, profiles, requests
from store.engine import writing


def ask(kind: str, arguments: Mapping[str, Any], by: str) -> int:
    """Ask the worker for a job; returns its number."""
    with writing(data.store().engine) as connection:
        return requests.ask(connection, kind, arguments, by=by, now=utc_now())


def save_school(school: School) -> None:
    """Add a school or change its profile; stored posts are then judged anew."""
    with writing(data.store().engine) as connection:
        profiles.save_schools(connection, [school], now=utc_now())
    data.schools.clear()  # the page that saved it shows it at once, not when the posts have been judged


def sign_purpose(statement: Statement, by: str, role: Role, now: datetime) -> None:
    """Sign it; from now on sources may be asked."""
    purpose.sign(data.store(), statement, by=by, role=role, now=now)


def backup_deleted(number: int) -> None:
    """Somebody said that a backup is deleted."""
    with writing(data.store().engine) as connection:
        backups.deleted(connection, number, now=utc_now())


def hand_in(report: Report) -> Receipt:
    """Take in what somebody saw."""
    return sightings.hand_in(data.store(), settings().spool, report, by="page", now=utc_now())


def open_staff_form(by: str) -> None:
    """Open the staff form with a new code; an old one ends."""
    report_code.start(data.store(), by=by, now=utc_now())


def close_staff_form() -> None:
    """Accept no code any more."""
    report_code.end(data.store(), utc_now())


def notice_seen(notice_id: int, roles: Collection[Role]) -> None:
    """Somebody in one of these roles has seen a notice."""
    with writing(data.store().engine) as connection:
        notices.mark_seen(connection, notice_id, roles, now=utc_now())
