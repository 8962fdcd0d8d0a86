"""Which backups there are, so that what must go goes from them too."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from store import backups
from store.engine import reading, writing
from store.store import Store
from store.tables import backups as backups_table
from tests.store.fictional import NOW


def _add(store: Store, *names: str) -> list[int]:
    """Backups made a day after another; their numbers."""
    with writing(store.engine) as connection:
        return [
            backups.add(connection, Path("/safe") / name, sha256="ab" * 32, made_at=NOW + timedelta(days=days))
            for days, name in enumerate(names)
        ]


def _names(store: Store) -> list[str]:
    with reading(store.engine) as connection:
        return [path.name for _, path, _ in backups.kept(connection)]


def test_backups_are_known_by_where_they_were_made_oldest_first(store: Store) -> None:
    one, two = _add(store, "one ö.zip", "two.zip")
    with reading(store.engine) as connection:
        assert backups.kept(connection) == [
            (one, Path("/safe/one ö.zip"), NOW),
            (two, Path("/safe/two.zip"), NOW + timedelta(days=1)),
        ]


def test_one_that_was_thinned_has_other_bytes_and_is_still_kept(store: Store) -> None:
    one, _ = _add(store, "one.zip", "two.zip")
    with writing(store.engine) as connection:
        backups.thinned(connection, one, sha256="cd" * 32, now=NOW + timedelta(days=9))
    with reading(store.engine) as connection:
        rows = connection.execute(select(backups_table).order_by(backups_table.c.id)).all()
    assert _names(store) == ["one.zip", "two.zip"]
    assert [(row.sha256[:2], row.made_at, row.thinned_at) for row in rows] == [
        ("cd", NOW, NOW + timedelta(days=9)),
        ("ab", NOW + timedelta(days=1), None),
    ]


def test_one_that_somebody_deleted_is_looked_for_no_more(store: Store) -> None:
    one, _ = _add(store, "one.zip", "two.zip")
    with writing(store.engine) as connection:
        backups.deleted(connection, one, now=NOW)
    assert _names(store) == ["two.zip"]
    with reading(store.engine) as connection:
        assert connection.scalars(select(backups_table.c.gone_at).order_by(backups_table.c.id)).all() == [NOW, None]


def test_one_that_was_never_finished_is_forgotten(store: Store) -> None:
    one, _ = _add(store, "one.zip", "two.zip")
    with writing(store.engine) as connection:
        backups.forget(connection, one)
    assert _names(store) == ["two.zip"]


def test_of_one_name_only_the_newest_is_still_there(store: Store) -> None:
    _, other, newest = _add(store, "one.zip", "two.zip", "one.zip")
    with writing(store.engine) as connection:
        backups.replaced(connection, Path("/safe/one.zip"), by=newest, now=NOW)
    with reading(store.engine) as connection:
        assert [number for number, _, _ in backups.kept(connection)] == [other, newest]
