"""Who wrote what is kept apart from the posts: an HMAC and a sealed record, each under a key of its own."""

import hashlib
import hmac
import json
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import StoreUnavailable
from core.types import Author
from store.keys import Keys

KEYS = Keys(b"a" * 32, b"b" * 32)
OTHER = Keys(b"c" * 32, b"d" * 32)
names = st.none() | st.text(st.characters(), max_size=20)


def test_keys_are_made_once_and_for_this_user_alone(tmp_path: Path) -> None:
    keys = Keys.at(tmp_path / "keys")

    assert Keys.at(tmp_path / "keys") == keys
    assert len(keys.author) == len(keys.seal) == 32
    assert keys.author != keys.seal
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    assert {file.name: file.stat().st_mode & 0o777 for file in (tmp_path / "keys").iterdir()} == {
        "author.key": 0o600,
        "seal.key": 0o600,
    }


def test_many_that_start_at_once_get_one_pair_of_keys(tmp_path: Path) -> None:
    together = threading.Barrier(8)
    made: list[Keys] = []

    def start() -> None:
        together.wait(10)
        made.append(Keys.at(tmp_path / "keys"))

    threads = [threading.Thread(target=start) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(20)

    assert len(made) == 8
    assert len(set(made)) == 1
    assert sorted(each.name for each in (tmp_path / "keys").iterdir()) == ["author.key", "seal.key"]


def test_two_installations_have_different_keys(tmp_path: Path) -> None:
    assert Keys.at(tmp_path / "a") != Keys.at(tmp_path / "b")


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 33])
def test_a_damaged_key_is_not_used(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "author.key").write_bytes(content)

    with pytest.raises(StoreUnavailable, match=r"The key .*author\.key is damaged\. Restore it from a backup"):
        Keys.at(tmp_path)
    assert (tmp_path / "author.key").read_bytes() == content


def test_keys_that_cannot_be_read_are_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "author.key").mkdir()

    with pytest.raises(StoreUnavailable, match=r"^The keys in .* cannot be read \(.*\)\. Give this user the right to it\.$"):
        Keys.at(tmp_path)


def test_an_author_key_is_the_same_for_all_posts_of_one_author() -> None:
    one = KEYS.author_key("x", Author(native_id="77", handle="@rowan_p"))

    assert one is not None
    assert len(one) == 32
    assert KEYS.author_key("x", Author(native_id="77", handle="@renamed", name="R")) == one
    assert KEYS.author_key("reddit", Author(native_id="77")) != one
    assert KEYS.author_key("x", Author(native_id="78")) != one
    assert OTHER.author_key("x", Author(native_id="77")) != one
    assert one.hex() == "58a428a318abe0a0eaf867228f150f613e3889044da17779036781a687bc435a"


def test_where_no_author_was_given_there_is_no_key() -> None:
    assert KEYS.author_key("x", Author(bio="mum of two")) is None
    assert KEYS.seal_author(Author(bio="mum of two", location="Ferrymoor", followers=3)) is None
    assert KEYS.open_author(None) == Author()


@given(platform=st.text(), one=st.text(min_size=1), other=st.text(min_size=1), rest=st.text())
def test_no_two_names_run_into_each_other(platform: str, one: str, other: str, rest: str) -> None:
    same = (platform, one) == (platform + rest, other)

    assert (KEYS.author_key(platform, Author(handle=one)) == KEYS.author_key(platform + rest, Author(handle=other))) is same


@given(native_id=names, handle=names, name=names, url=names)
def test_a_sealed_author_opens_to_what_was_sealed(
    native_id: str | None, handle: str | None, name: str | None, url: str | None
) -> None:
    sealed = KEYS.seal_author(Author(native_id=native_id, handle=handle, name=name, url=url, bio="b", location="l"))

    assert KEYS.open_author(sealed) == Author(
        native_id=native_id or None, handle=handle or None, name=name or None, url=url or None
    )


def test_a_sealed_author_shows_nothing_and_is_never_the_same_twice() -> None:
    author = Author(handle="@rowan_p")
    first, second = KEYS.seal_author(author), KEYS.seal_author(author)

    assert first is not None
    assert first != second
    assert b"rowan" not in first


def test_a_sealed_author_opens_with_its_own_key_alone() -> None:
    sealed = KEYS.seal_author(Author(handle="@rowan_p"))
    assert sealed is not None

    with pytest.raises(StoreUnavailable, match="sealed with another key"):
        OTHER.open_author(sealed)
    for altered in (sealed[:-1], sealed[:-1] + bytes([sealed[-1] ^ 1]), bytes(12) + sealed[12:], sealed[:5]):
        with pytest.raises(StoreUnavailable, match="sealed with another key"):
            KEYS.open_author(altered)


@given(st.text(), st.text(min_size=1))
def test_an_author_key_is_of_the_same_words_as_ever(platform: str, who: str) -> None:
    words = json.dumps([platform, who]).encode()
    assert KEYS.author_key(platform, Author(native_id=who)) == hmac.digest(KEYS.author, words, hashlib.sha256)
