"""How the tests of this folder report, read the spool and look at what came of it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from casework.sightings import Receipt, Report, hand_in
from collectors.sightings import Sightings
from core.settings import Settings
from core.types import Community, OfficialAccount, Query, School
from ops import pipeline
from store import profiles
from store.engine import reading, writing
from store.store import Store, open_store
from store.tables import judgements, pictures, post_keys, posts, sighting_items, sightings

NOW = datetime(2026, 11, 20, 16, 15, tzinfo=UTC)
SCHOOLS = (
    School(
        id="rowan",
        name="Rowan Hill Academy",
        town="Ferrymoor",
        community_terms=("Mr Fenwick",),
        communities=(Community(platform="reddit", name="r/rowanhill"),),
        official_accounts=(OfficialAccount(platform="x", handle="@RowanHillAc"),),
    ),
    School(id="grove", name="Grove Primary School"),
)


def spool_of(store: Store) -> Path:
    """Where its reports wait."""
    return store.folder / "inbox" / "sightings"


def opened(folder: Path) -> Store:
    """A store in this folder that watches two schools."""
    store = open_store(Settings(data_dir=folder))
    with writing(store.engine) as connection:
        profiles.save_schools(connection, SCHOOLS, now=NOW)
    return store


def tell(store: Store, *, now: datetime = NOW, by: str = "staff form", **facts: Any) -> Receipt:
    """Hand a report in for Rowan Hill, unless the test says otherwise."""
    return hand_in(store, spool_of(store), Report(**{"school_id": "rowan", **facts}), by=by, now=now)


def read_spool(store: Store, *, now: datetime = NOW) -> pipeline.Report:
    """What the worker does when it is asked."""
    source = Sightings({"inbox": spool_of(store)})
    return pipeline.run_source(store, source, Query(key="all"), clock=lambda: now)


def stored(store: Store) -> list[Any]:
    """Every post with its platform's id, by its own."""
    with reading(store.engine) as connection:
        rows = select(posts, post_keys.c.native_id).join(post_keys, post_keys.c.post_id == posts.c.id).order_by(posts.c.id)
        return list(connection.execute(rows))


def judged(store: Store) -> dict[tuple[int, str], str]:
    """The outcomes by post and school."""
    with reading(store.engine) as connection:
        return {(row.post_id, row.school_id): row.outcome for row in connection.execute(select(judgements))}


def told_of(store: Store) -> dict[str, int]:
    """How many posts each report told of, by its reference."""
    with reading(store.engine) as connection:
        rows = connection.execute(
            select(sightings.c.reference, sighting_items.c.native_id).join(
                sighting_items, sighting_items.c.sighting_id == sightings.c.id
            )
        )
        found: dict[str, int] = {}
        for row in rows:
            found[row.reference] = found.get(row.reference, 0) + 1
        return found


def pictures_of(store: Store) -> list[Any]:
    """Every picture that is kept."""
    with reading(store.engine) as connection:
        return list(connection.execute(select(pictures).order_by(pictures.c.id)))


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its name."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
