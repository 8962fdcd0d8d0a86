"""What can still be read of a word or of sealed bytes, in files that somebody takes apart."""

import zipfile
import zlib
from collections.abc import Collection, Iterable, Mapping
from io import BytesIO
from pathlib import Path

_ZLIB = tuple(bytes([window << 4 | 8]) for window in range(1, 8))
_PIECE = 16
_TAIL = 9
"""The search index keeps of a word only what the word before it does not begin with."""


def words_in(paths: Iterable[Path], words: Collection[str]) -> set[str]:
    """Those of these words (by their last letters) that stand in a file: as they are, packed or inside an archive."""
    whole = b"\n".join(readable for path in paths for readable in _readable(path.read_bytes())).lower()
    return {word for word in words if word[-_TAIL:].encode() in whole}


def pieces_in(paths: Iterable[Path], blobs: Mapping[str, bytes]) -> set[str]:
    """The names of those blobs of which any sixteen bytes in a row, from a multiple of sixteen, stand in a file.

    So one is found whose beginning was overwritten, or that lies in several pages of a database.
    """
    whole = b"\n".join(content for path in paths for content in _contents(path.read_bytes()))
    return {
        name
        for name, blob in blobs.items()
        if any(blob[start : start + _PIECE] in whole for start in range(0, len(blob) - _PIECE + 1, _PIECE))
    }


def files_below(*folders: Path) -> list[Path]:
    """Every file there is, hidden ones too."""
    return [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]


def _readable(content: bytes) -> list[bytes]:
    """The bytes, those of the files in an archive, and of everything in them that was compressed."""
    contents = _contents(content)
    return [*contents, *(text for each in contents for text in _unpacked(each))]


def _contents(content: bytes) -> list[bytes]:
    if not content.startswith(b"PK"):
        return [content]
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return [content, *(archive.read(name) for name in archive.namelist())]


def _unpacked(content: bytes) -> list[bytes]:
    """What begins anywhere like something compressed, as far as it can be unpacked."""
    found = []
    for sign in _ZLIB:
        start = content.find(sign)
        while start >= 0:
            if int.from_bytes(content[start : start + 2], "big") % 31 == 0:
                found.append(_as_far_as_it_goes(content[start : start + 65_536]))
            start = content.find(sign, start + 1)
    return found


def _as_far_as_it_goes(packed: bytes) -> bytes:
    """One byte after another, so that what comes before damage is seen."""
    stream, out = zlib.decompressobj(), []
    for start in range(0, len(packed), 64):
        try:
            out.append(stream.decompress(packed[start : start + 64]))
        except zlib.error:
            break
        if stream.eof:
            break
    return b"".join(out)
