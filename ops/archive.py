"""A backup as a file: one zip, whatever the database, that ends with the SHA-256 of everything before.

So a single changed byte is found before anything is unpacked. Nothing is unpacked by the names or sizes a file claims.
"""

import hashlib
import os
import re
import shutil
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO

from pydantic import AwareDatetime, BaseModel

from core.errors import BadInput
from store.keys import Keys

FORMAT = 1
_MANIFEST = "manifest.json"
_DATABASE = "crestwatch.sqlite"
_AUTHOR_KEY, _SEAL_KEY = "keys/author.key", "keys/seal.key"
_FILES = (_DATABASE, _AUTHOR_KEY, _SEAL_KEY)
_WAYS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_SEAL = re.compile(rb"[0-9a-f]{64}")
_SEAL_BYTES = 64
_CHUNK = 1 << 20
_LONGEST_MANIFEST = 1 << 20
_KEY_BYTES = 32
_SMALL = 64 << 20
_TIGHTEST = 100
"""A database beyond `_SMALL` bytes never packs tighter than this; what does is made to fill a disk."""


class Manifest(BaseModel, frozen=True):
    """What a backup says of itself. `rows` by table, `files` the SHA-256 of each by its name."""

    format: int
    made_at: AwareDatetime
    version: str
    revision: str
    rows: dict[str, int]
    files: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpacked:
    """A backup that was checked: its manifest, its database in a private folder, its keys, its own SHA-256."""

    manifest: Manifest
    database: Path
    keys: Keys
    sha256: str


def pack(out: Path, database: Path, keys: Keys, *, made_at: datetime, revision: str, rows: Mapping[str, int]) -> str:
    """Write a new backup, through to the disk and for this user alone; returns its SHA-256. Raises OSError."""
    handle = os.open(out, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(handle, "w+b") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
            with database.open("rb") as content:
                files = {_DATABASE: _add(archive, _DATABASE, content, made_at)}
            for name, key in ((_AUTHOR_KEY, keys.author), (_SEAL_KEY, keys.seal)):
                archive.writestr(_entry(name, made_at), key)
                files[name] = hashlib.sha256(key).hexdigest()
            manifest = Manifest(
                format=FORMAT,
                made_at=made_at,
                version=version("crestwatch"),
                revision=revision,
                rows=dict(rows),
                files=files,
            )
            archive.writestr(_entry(_MANIFEST, made_at), manifest.model_dump_json(indent=2))
            archive.comment = b"0" * _SEAL_BYTES
        return _seal(file)


def unpack(file: Path, into: Path) -> Unpacked:
    """Check a backup and put its database into the private folder `into`. Raises BadInput where it is none or not whole."""
    if not file.is_file():
        raise BadInput(f"There is no file {file}. Name a backup that `crestwatch backup` made.")
    try:
        sha256 = _checked(file)
        with zipfile.ZipFile(file) as archive:
            if any(entry.compress_type not in _WAYS for entry in archive.infolist()):
                raise _not_ours(file)
            manifest = _manifest(archive, file)
            if sorted(archive.namelist()) != sorted((_MANIFEST, *_FILES)) or set(manifest.files) != set(_FILES):
                raise _not_ours(file)
            keys = Keys(*(_key(archive, name, manifest, file) for name in (_AUTHOR_KEY, _SEAL_KEY)))
            _unpack_database(archive, manifest, file, into / _DATABASE)
    except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, RuntimeError, EOFError, KeyError):
        raise _not_ours(file) from None
    return Unpacked(manifest=manifest, database=into / _DATABASE, keys=keys, sha256=sha256)


def _entry(name: str, made_at: datetime) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, made_at.timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry


def _add(archive: zipfile.ZipFile, name: str, content: BinaryIO, made_at: datetime) -> str:
    """Add a file piece by piece; returns its SHA-256."""
    digest = hashlib.sha256()
    with archive.open(_entry(name, made_at), "w", force_zip64=True) as packed:
        while piece := content.read(_CHUNK):
            digest.update(piece)
            packed.write(piece)
    return digest.hexdigest()


def _seal(file: BinaryIO) -> str:
    """Write the SHA-256 of all but the zip's comment into that comment, which ends the file; returns that of the whole."""
    size = file.seek(0, os.SEEK_END)
    digest = _digest(file, size - _SEAL_BYTES)
    seal = digest.hexdigest().encode()
    file.seek(size - _SEAL_BYTES)
    file.write(seal)
    file.flush()
    os.fsync(file.fileno())
    digest.update(seal)
    return digest.hexdigest()


def _checked(file: Path) -> str:
    """The SHA-256 of a backup that is as it was made."""
    with file.open("rb") as content:
        size = content.seek(0, os.SEEK_END)
        content.seek(max(0, size - _SEAL_BYTES))
        seal = content.read()
        content.seek(0)
        if not _SEAL.fullmatch(seal) or content.read(2) != b"PK":
            raise _not_ours(file)
        digest = _digest(content, size - _SEAL_BYTES)
    if digest.hexdigest().encode() != seal:
        raise BadInput(f"{file} is damaged: it is not as it was made. Use another backup.")
    digest.update(seal)
    return digest.hexdigest()


def _digest(file: BinaryIO, size: int) -> "hashlib._Hash":
    """Of the first `size` bytes."""
    digest = hashlib.sha256()
    file.seek(0)
    while size > 0 and (piece := file.read(min(size, _CHUNK))):
        digest.update(piece)
        size -= len(piece)
    return digest


def _manifest(archive: zipfile.ZipFile, file: Path) -> Manifest:
    if archive.getinfo(_MANIFEST).file_size > _LONGEST_MANIFEST:
        raise _not_ours(file)
    manifest = Manifest.model_validate_json(archive.read(_MANIFEST))
    if manifest.format > FORMAT:
        raise newer(file, manifest)
    return manifest


def newer(file: Path, manifest: Manifest) -> BadInput:
    """What is said of a backup that this version does not understand."""
    return BadInput(
        f"{file} was made by a newer Crestwatch ({manifest.version}, form {manifest.revision}). "
        "Install that version, or use an older backup."
    )


def _key(archive: zipfile.ZipFile, name: str, manifest: Manifest, file: Path) -> bytes:
    if archive.getinfo(name).file_size != _KEY_BYTES:
        raise _not_ours(file)
    key = archive.read(name)
    if hashlib.sha256(key).hexdigest() != manifest.files[name]:
        raise _not_ours(file)
    return key


def _unpack_database(archive: zipfile.ZipFile, manifest: Manifest, file: Path, out: Path) -> None:
    entry = archive.getinfo(_DATABASE)
    if entry.file_size > max(_SMALL, _TIGHTEST * entry.compress_size):
        raise _not_ours(file)
    free = shutil.disk_usage(out.parent).free
    if entry.file_size > free:
        raise BadInput(
            f"{out.parent.parent} has {free / 1e9:.1f} GB left, and {file} needs {entry.file_size / 1e9:.1f}. Free some space."
        )
    digest = hashlib.sha256()
    handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(handle, "wb") as database, archive.open(entry) as packed:
        while piece := packed.read(_CHUNK):
            digest.update(piece)
            database.write(piece)
    if digest.hexdigest() != manifest.files[_DATABASE]:
        raise _not_ours(file)


def _not_ours(file: Path) -> BadInput:
    return BadInput(f"{file} is no backup of Crestwatch. Name a file that `crestwatch backup` made.")
