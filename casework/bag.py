"""A folder of files that anybody can check without our software: BagIt 1.0 (RFC 8493), hashed with SHA-256."""

import os
import re
import shutil
import tempfile
import time
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from core.cells import visible
from core.disk import sync_folder
from core.errors import BadInput, StoreUnavailable

MANIFEST = "manifest-sha256.txt"
_DAY = 24 * 60 * 60
_TAG_MANIFEST = "tagmanifest-sha256.txt"
_DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_NAME = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9]+)?(?:/[a-z0-9_-]+(?:\.[a-z0-9]+)?)*")


def write_bag(out: Path, *, payload: Mapping[str, bytes], readme: str, info: Mapping[str, str]) -> str:
    """Write a bag at `out`, whole or not at all, and return the SHA-256 of its manifest.

    `payload` goes under `data/`, its names in plain lower case; `info` into `bag-info.txt`. The folder is built beside its
    place under a hidden name, put to disk and then renamed. Raises BadInput where something lies at `out` already or a name
    will not do, StoreUnavailable where the disk refuses.
    """
    if os.path.lexists(out):
        raise BadInput(f"{out} is there already, and an evidence file is never written over. Choose another name.")
    if unfit := [name for name in payload if not _NAME.fullmatch(name)]:
        raise BadInput(f"A file in an evidence file is named with a-z, 0-9, - and _ only, which this is not: {unfit[0]!r}.")
    data = {f"data/{name}": content for name, content in payload.items()}
    manifest = _manifest(data)
    size = f"{sum(map(len, payload.values()))}.{len(payload)}"
    tags = {
        "README.txt": readme.encode(),
        "bagit.txt": _DECLARATION,
        "bag-info.txt": _tags({**info, "Payload-Oxum": size}),
        MANIFEST: manifest,
    }
    _write_at_once(out, {**data, **tags, _TAG_MANIFEST: _manifest(tags)})
    return sha256(manifest).hexdigest()


def one_line(text: str) -> str:
    """A text as it may stand behind a label: one line, nothing hidden, so that it cannot pass for a line of ours."""
    return " ".join(visible(text).split())


def _tags(labelled: Mapping[str, str]) -> bytes:
    return "".join(f"{label}: {one_line(value)}\n" for label, value in labelled.items()).encode()


def _manifest(files: Mapping[str, bytes]) -> bytes:
    """The form that `sha256sum -c` reads: hash, two spaces, name."""
    return "".join(f"{sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)).encode()


def _write_at_once(out: Path, files: Mapping[str, bytes]) -> None:
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        _sweep(out.parent)
        building = Path(tempfile.mkdtemp(prefix=".evidence-", dir=out.parent))
        try:
            for name, content in files.items():
                _write_through(building / name, content)
            for folder in (*sorted(p for p in building.rglob("*") if p.is_dir()), building):
                sync_folder(folder)
            building.rename(out)
            sync_folder(out.parent)
        finally:
            shutil.rmtree(building, ignore_errors=True)
    except OSError as error:
        raise StoreUnavailable(
            f"The evidence file could not be written to {out} ({error.strerror}). No half of it was left there: "
            "make room or choose another folder, then try again."
        ) from error


def _sweep(folder: Path) -> None:
    """Take away what an export left that was killed more than a day ago: it is nobody's, and holds people's words."""
    for left in folder.glob(".evidence-*"):
        if left.is_dir() and time.time() - left.stat().st_mtime > _DAY:
            shutil.rmtree(left, ignore_errors=True)


def _write_through(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
