"""What a role must be told: there for that role alone, until somebody in it has seen it."""

from datetime import timedelta

from sqlalchemy import select

from core.taxonomy import Role
from store import notices
from store.engine import reading, writing
from store.store import Store
from store.tables import notices as table
from tests.store.fictional import NOW

OFFICER = [Role.DATA_PROTECTION]


def _tell(store: Store, text: str, role: Role = Role.DATA_PROTECTION) -> None:
    with writing(store.engine) as connection:
        notices.add(connection, role=role, text=text, now=NOW)


def _waiting(store: Store, *roles: Role) -> list[notices.Notice]:
    with reading(store.engine) as connection:
        return notices.unseen(connection, roles)


def test_a_notice_waits_for_its_role_alone_oldest_first(store: Store) -> None:
    _tell(store, "one")
    _tell(store, "two", Role.HEAD)
    _tell(store, "three")

    assert [(each.text, each.at, each.role) for each in _waiting(store, Role.DATA_PROTECTION)] == [
        ("one", NOW, "data_protection"),
        ("three", NOW, "data_protection"),
    ]
    assert [each.text for each in _waiting(store, *Role)] == ["one", "two", "three"]
    assert _waiting(store, Role.COMMUNICATIONS) == []
    assert _waiting(store) == []


def test_once_seen_it_waits_no_more_and_keeps_when_that_was(store: Store) -> None:
    _tell(store, "one")
    [notice] = _waiting(store, Role.DATA_PROTECTION)

    with writing(store.engine) as connection:
        assert notices.mark_seen(connection, notice.id, OFFICER, now=NOW + timedelta(hours=1))
        assert not notices.mark_seen(connection, notice.id, OFFICER, now=NOW + timedelta(hours=2))
        seen_at = connection.scalars(select(table.c.seen_at)).one()

    assert _waiting(store, Role.DATA_PROTECTION) == []
    assert seen_at == NOW + timedelta(hours=1)


def test_nobody_takes_a_notice_away_from_another_role(store: Store) -> None:
    _tell(store, "one")
    [notice] = _waiting(store, Role.DATA_PROTECTION)

    with writing(store.engine) as connection:
        assert not notices.mark_seen(connection, notice.id, [Role.HEAD], now=NOW)
        assert not notices.mark_seen(connection, notice.id + 1, OFFICER, now=NOW)

    assert _waiting(store, Role.DATA_PROTECTION) == [notice]
