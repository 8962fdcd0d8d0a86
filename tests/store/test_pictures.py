"""Screenshots beside posts, on both databases: once each, sealed, and gone with the words."""

from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import select

from core.errors import StoreUnavailable
from core.pictures import Picture
from store import pictures, retention
from store.engine import reading, writing
from store.keys import Keys
from store.store import Store
from store.tables import pictures as table
from store.tables import post_keys
from tests.store.fictional import NOW, incoming, keep, post

CANARY = b"rosalind-quartermaine-in-pixels"


def picture(content: bytes = b"original " + CANARY, **facts: Any) -> Picture:
    known: dict[str, Any] = {
        "media_type": "image/jpeg",
        "shown": b"copy " + CANARY,
        "shown_type": "image/png",
        "width": 64,
        "height": 32,
    }
    return Picture(original=content, sha256=sha256(content).hexdigest(), **{**known, **facts})


def add(store: Store, what: Picture, native_id: str = "1") -> None:
    with writing(store.engine) as connection:
        pictures.add(connection, store.keys, what, platform="x", native_id=native_id, now=NOW)


def kept(store: Store, native_id: str = "1") -> list[pictures.Kept]:
    with reading(store.engine) as connection:
        post_id = connection.scalars(select(post_keys.c.post_id).where(post_keys.c.native_id == native_id)).one()
        return pictures.of_post(connection, post_id)


def test_the_same_picture_of_a_post_is_kept_once_and_another_beside_it(store: Store) -> None:
    keep(store, incoming(post("1")), incoming(post("2")))
    for what in (picture(), picture(), picture(b"another"), picture()):
        add(store, what)
    add(store, picture(), "2")

    first, second = kept(store)
    assert (first.sha256, first.media_type, first.width, first.height) == (picture().sha256, "image/jpeg", 64, 32)
    assert second.sha256 == sha256(b"another").hexdigest()
    assert [each.sha256 for each in kept(store, "2")] == [picture().sha256]


def test_a_picture_that_comes_before_its_post_is_beside_it_then(store: Store) -> None:
    add(store, picture())
    keep(store, incoming(post("1")), incoming(post("2")))

    assert len(kept(store)) == 1
    assert kept(store, "2") == []


def test_original_and_copy_are_given_as_they_were(store: Store) -> None:
    add(store, picture())
    keep(store, incoming(post("1")))
    [there] = kept(store)

    with reading(store.engine) as connection:
        assert pictures.by_sha256(connection, store.keys, there.sha256, original=True) == (picture().original, "image/jpeg")
        assert pictures.by_sha256(connection, store.keys, there.sha256, original=False) == (picture().shown, "image/png")
        assert pictures.shown(connection, store.keys, there.id) == picture().shown
        assert pictures.by_sha256(connection, store.keys, sha256(picture().shown).hexdigest(), original=True) is None
        assert pictures.by_sha256(connection, store.keys, None, original=True) is None
        assert pictures.shown(connection, store.keys, there.id + 1) is None


def test_both_lie_sealed_and_open_with_no_other_key(store: Store) -> None:
    add(store, picture())

    with reading(store.engine) as connection:
        row = connection.execute(select(table)).one()
    for sealed in (row.original_sealed, row.shown_sealed):
        assert CANARY not in sealed
        assert CANARY in store.keys.open_bytes(sealed)
        with pytest.raises(StoreUnavailable, match="another key"):
            Keys(author=bytes(32), seal=bytes(32)).open_bytes(sealed)


def test_no_byte_of_a_picture_lies_unsealed_in_the_files_of_the_database(tmp_store: Store) -> None:
    add(tmp_store, picture(b"x" * 100_000 + CANARY))
    keep(tmp_store, incoming(post("1")))

    files = [file for file in tmp_store.folder.iterdir() if file.is_file()]
    assert sum(file.stat().st_size for file in files) > 100_000
    assert not [file.name for file in files if CANARY in file.read_bytes()]


def test_it_goes_with_the_words_of_its_post(store: Store) -> None:
    keep(store, incoming(post("1")), incoming(post("2")))
    add(store, picture())
    add(store, picture(b"another"), "2")
    with writing(store.engine) as connection:
        retention.wipe(connection, "x", ["1"], now=NOW)

    assert kept(store) == []
    assert len(kept(store, "2")) == 1
    with reading(store.engine) as connection:
        assert pictures.by_sha256(connection, store.keys, picture().sha256, original=True) is None
