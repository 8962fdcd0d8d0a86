"""A backup that is not exactly as it was made, or was made to do harm, is refused before anything of it is used."""

import hashlib
import json
import random
import stat
import sys
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from core.errors import BadInput
from ops.archive import pack, unpack
from store.keys import Keys
from tests.store.fictional import NOW

KEYS = Keys(b"a" * 32, b"s" * 32)
DATABASE = b"only the hash of it matters here" * 400
SEAL_BYTES = 64
FLIPS = 300

Members = dict[str, bytes]


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A whole backup."""
    (tmp_path / "database").write_bytes(DATABASE)
    pack(tmp_path / "backup", tmp_path / "database", KEYS, made_at=NOW, revision="0003", rows={"posts": 3})
    return tmp_path / "backup"


@pytest.fixture
def into(tmp_path: Path) -> Path:
    """Where it is unpacked."""
    folder = tmp_path / "room" / "into"
    folder.mkdir(parents=True)
    return folder


def sealed(content: bytes) -> bytes:
    """A zip that ends with the SHA-256 of the rest, as ours do."""
    rest = content[:-SEAL_BYTES]
    return rest + hashlib.sha256(rest).hexdigest().encode()


def zipped(members: list[tuple[str | zipfile.ZipInfo, bytes]], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A sealed zip of these members, whatever they are called."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, content in members:
            archive.writestr(name, content)
        archive.comment = b"0" * SEAL_BYTES
    return sealed(out.getvalue())


def members_of(file: Path) -> Members:
    """What is in a backup, by name."""
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def with_manifest(members: Members, **said: Any) -> Members:
    """The members with a manifest that knows their hashes, and says otherwise what the test says."""
    manifest = json.loads(members["manifest.json"])
    manifest["files"] = {name: hashlib.sha256(members[name]).hexdigest() for name in members if name != "manifest.json"}
    return {**members, "manifest.json": json.dumps({**manifest, **said}).encode()}


def rewritten(file: Path, change: Callable[[Members], Members], **said: Any) -> None:
    """Write a backup anew with other members, hashes and seal as they must be."""
    members = with_manifest(change(members_of(file)), **said)
    file.write_bytes(zipped(list(members.items())))


def test_what_was_packed_is_unpacked(made: Path, into: Path) -> None:
    found = unpack(made, into)

    assert found.database.read_bytes() == DATABASE
    assert found.database.parent == into
    assert found.keys == KEYS
    assert found.sha256 == hashlib.sha256(made.read_bytes()).hexdigest()
    assert (found.manifest.format, found.manifest.revision, found.manifest.rows) == (1, "0003", {"posts": 3})
    assert found.manifest.files["crestwatch.sqlite"] == hashlib.sha256(DATABASE).hexdigest()
    assert stat.S_IMODE(made.stat().st_mode) == stat.S_IMODE(found.database.stat().st_mode) == 0o600


def test_it_is_a_zip_like_any_other(made: Path) -> None:
    with zipfile.ZipFile(made) as archive:
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == ["crestwatch.sqlite", "keys/author.key", "keys/seal.key", "manifest.json"]


def test_one_that_was_written_anew_by_hand_is_accepted(made: Path, into: Path) -> None:
    """So that the tests below fail for the reason they name."""
    rewritten(made, dict)

    assert unpack(made, into).keys == KEYS


def test_one_byte_changed_anywhere_is_found(made: Path, into: Path) -> None:
    whole = made.read_bytes()
    seed = random.randrange(1_000_000)
    sys.stdout.write(f"seed {seed}\n")
    chance = random.Random(seed)
    for place in {*range(64), *range(len(whole) - 200, len(whole)), *chance.choices(range(len(whole)), k=FLIPS)}:
        made.write_bytes(whole[:place] + bytes([whole[place] ^ chance.randint(1, 255)]) + whole[place + 1 :])
        with pytest.raises(BadInput):
            unpack(made, into)
    assert list(into.iterdir()) == []


@pytest.mark.parametrize("kept", [0, 1, 63, 64, 65, 300, -64, -1])
def test_a_piece_of_one_is_refused(made: Path, into: Path, kept: int) -> None:
    made.write_bytes(made.read_bytes()[:kept])

    with pytest.raises(BadInput):
        unpack(made, into)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is no backup of Crestwatch"),
        (b"%PDF-1.7\n" + b"1 0 obj\n" * 99, "is no backup of Crestwatch"),
        (b"PK\x03\x04" + b"0" * 200, "is damaged"),
        (sealed(b"PK\x03\x04 and nothing of a zip after that" + b"0" * SEAL_BYTES), "is no backup of Crestwatch"),
        (zipped([("holiday.jpg", b"\xff\xd8")]), "is no backup of Crestwatch"),
    ],
    ids=["empty", "PDF", "digits", "no zip", "another zip"],
)
def test_another_file_is_refused(tmp_path: Path, into: Path, content: bytes, says: str) -> None:
    (tmp_path / "file").write_bytes(content)

    with pytest.raises(BadInput, match=says):
        unpack(tmp_path / "file", into)


def test_a_folder_and_nothing_at_all_are_refused(tmp_path: Path, into: Path) -> None:
    for path in (tmp_path, tmp_path / "nothing"):
        with pytest.raises(BadInput, match="There is no file"):
            unpack(path, into)


def _without(name: str) -> Callable[[Members], Members]:
    return lambda members: {each: content for each, content in members.items() if each != name}


def _with(name: str, content: bytes = b"x") -> Callable[[Members], Members]:
    return lambda members: {**members, name: content}


@pytest.mark.parametrize(
    "change",
    [
        _without("crestwatch.sqlite"),
        _without("keys/seal.key"),
        _with("readme.txt"),
        _with("../crestwatch.sqlite"),
        _with("/tmp/crestwatch.sqlite"),
        _with("keys/../../evil"),
        _with("keys/author.key", b"a" * 31),
        _with("keys/author.key", b""),
        _with("keys/author.key", b"a" * 9_999_999),
    ],
)
def test_other_files_than_ours_are_refused(made: Path, into: Path, change: Callable[[Members], Members]) -> None:
    before = set(into.parent.parent.rglob("*"))
    rewritten(made, change)

    with pytest.raises(BadInput, match="is no backup of Crestwatch"):
        unpack(made, into)

    assert set(into.parent.parent.rglob("*")) == before


@pytest.mark.parametrize(
    "manifest",
    [b"", b"{", b"[]", b"{}", b'{"format": "one"}', b"\xff\xfe", b" " * (2 << 20), b"[" * 100_000],
    ids=["empty", "half", "a list", "nothing said", "a word", "no UTF-8", "long", "deep"],
)
def test_a_manifest_that_cannot_be_read_is_refused(made: Path, into: Path, manifest: bytes) -> None:
    made.write_bytes(zipped(list({**members_of(made), "manifest.json": manifest}.items())))

    with pytest.raises(BadInput, match="is no backup of Crestwatch"):
        unpack(made, into)


@pytest.mark.parametrize("name", ["crestwatch.sqlite", "keys/author.key", "keys/seal.key"])
def test_a_file_that_is_not_what_the_manifest_says_is_refused(made: Path, into: Path, name: str) -> None:
    members = members_of(made)
    made.write_bytes(zipped(list({**members, name: members[name][:-1] + b"?"}.items())))

    with pytest.raises(BadInput, match="is no backup of Crestwatch"):
        unpack(made, into)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_is_there_twice_is_refused(made: Path, into: Path) -> None:
    members: list[tuple[str | zipfile.ZipInfo, bytes]] = list(members_of(made).items())
    made.write_bytes(zipped([*members, ("crestwatch.sqlite", DATABASE)]))

    with pytest.raises(BadInput, match="is no backup of Crestwatch"):
        unpack(made, into)


def test_a_link_is_never_followed(made: Path, into: Path, tmp_path: Path) -> None:
    (tmp_path / "precious").write_bytes(b"precious")
    link = zipfile.ZipInfo("crestwatch.sqlite")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    target = str(tmp_path / "precious").encode()
    members = with_manifest({**members_of(made), "crestwatch.sqlite": target})
    made.write_bytes(zipped([(link if name == "crestwatch.sqlite" else name, each) for name, each in members.items()]))

    found = unpack(made, into)

    assert not found.database.is_symlink()
    assert found.database.read_bytes() == target


def test_a_bomb_does_not_go_off(made: Path, into: Path) -> None:
    rewritten(made, _with("crestwatch.sqlite", bytes(200 << 20)))
    assert made.stat().st_size < 1 << 20

    with pytest.raises(BadInput, match="is no backup of Crestwatch"):
        unpack(made, into)

    assert list(into.iterdir()) == []


def test_one_that_does_not_fit_is_not_begun(made: Path, into: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ops.archive.shutil.disk_usage", lambda _folder: SimpleNamespace(free=9))

    with pytest.raises(BadInput, match=r"has 0\.0 GB left"):
        unpack(made, into)

    assert list(into.iterdir()) == []


@pytest.mark.parametrize("how", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_other_ways_to_pack_are_refused(made: Path, into: Path, how: int) -> None:
    made.write_bytes(zipped(list(members_of(made).items()), how))

    with pytest.raises(BadInput, match="is no backup of Crestwatch"):
        unpack(made, into)


def test_one_of_a_newer_format_is_said_to_be_newer(made: Path, into: Path) -> None:
    rewritten(made, _with("pictures/1", b"not known to this version"), format=2, version="9.9")

    with pytest.raises(BadInput, match=r"made by a newer Crestwatch \(9\.9, form 0003\)\. Install that version"):
        unpack(made, into)


def test_packing_replaces_nothing(made: Path, tmp_path: Path) -> None:
    before = made.read_bytes()
    with pytest.raises(FileExistsError):
        pack(made, tmp_path / "database", KEYS, made_at=NOW, revision="0003", rows={})

    assert made.read_bytes() == before
