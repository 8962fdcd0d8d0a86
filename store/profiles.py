"""The schools that are watched, as their profiles say."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, delete, select

from core.profile import read_school
from core.types import School
from store import mentions
from store.engine import insert_for
from store.tables import schools


def save_schools(connection: Connection, given: Iterable[School], *, now: datetime, demo: bool = False) -> None:
    """Add schools, or replace their profiles."""
    rows = [
        {"id": school.id, "name": school.name, "profile": asdict(school), "demo": int(demo), "updated_at": now}
        for school in given
    ]
    if rows:
        statement = insert_for(connection, schools)
        names = ("name", "profile", "demo", "updated_at")
        connection.execute(
            statement.on_conflict_do_update(index_elements=["id"], set_={name: statement.excluded[name] for name in names}),
            rows,
        )


def all_schools(connection: Connection, *, watched: bool = False) -> Sequence[School]:
    """Every school, by name. `watched`: without the demo's, which must never be sent to a platform."""
    statement = select(schools.c.profile).order_by(schools.c.name)
    if watched:
        statement = statement.where(schools.c.demo == 0)
    return [read_school(profile) for profile in connection.scalars(statement)]


def remove_school(connection: Connection, school_id: str) -> bool:
    """Stop watching a school; its judgements and daily counts go with it. False when there was none."""
    mentions.forget_school(connection, school_id)
    return connection.execute(delete(schools).where(schools.c.id == school_id)).rowcount > 0
