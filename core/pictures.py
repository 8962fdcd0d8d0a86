"""Pictures that somebody hands in: what they are, and a copy that is safe to show.

No picture is opened here. `core/picture_reader.py` does that in a process of its own, under limits, for a picture that was made
to do harm can keep its reader busy, fill the memory or take the reader over. What comes back from there is held to bounds.
"""

import json
import os
import re
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import BoundedSemaphore, Event, Timer

from core.errors import BadInput
from core.types import Json

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000
LONGEST_SHOWN = 2_000  # pixels
SECONDS = 30
CPU_SECONDS = 20
MEMORY = 1024 * 1024 * 1024  # bytes of address space: 40 megapixels need 600 MB at most
AT_ONCE = 2  # pictures being read; the others wait their turn

READER = Path(__file__).with_name("picture_reader.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture as it was handed in, and a copy that is safe to show.

    `sha256` is the hex digest of `original`; `media_type` is image/png, image/jpeg or image/heic. `shown` is drawn anew:
    upright, on white, without metadata, at most 2,000 pixels on its longer side; a PNG of what came as PNG, else a JPEG.
    `width` and `height` are those of the original, upright, in pixels.
    """

    original: bytes
    sha256: str
    media_type: str
    shown: bytes
    shown_type: str
    width: int
    height: int


def read_picture(content: bytes) -> Picture:
    """The picture in a file, by its content alone. Raises BadInput, which says what to hand in instead."""
    if not content:
        raise BadInput("That file is empty. Save the picture again and hand in the new file.")
    if len(content) > MOST_BYTES:
        raise BadInput("That file is larger than 10 MB. Take a screenshot of the picture and hand that in.")
    media_type = _media_type(content)
    shown_type, found, shown = _read_apart(content, media_type)
    return Picture(
        original=content,
        sha256=sha256(content).hexdigest(),
        media_type=media_type,
        shown=shown,
        shown_type=shown_type,
        width=found["width"],
        height=found["height"],
    )


# What a picture is handed in as, and shown as.
_FORMATS = {"image/png": ("PNG", "PNG"), "image/jpeg": ("JPEG", "JPEG"), "image/heic": ("HEIC", "JPEG")}
_SHOWN_STARTS = {"PNG": b"\x89PNG\r\n\x1a\n", "JPEG": b"\xff\xd8\xff"}
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis"}
_HAND_IN = "Take a screenshot of it and hand that in."
_ONLY = f"Only PNG, JPEG and HEIC pictures can be taken in. {_HAND_IN}"

# Tried in this order, at the start of what is no PNG, JPEG or HEIC.
_REFUSED = [
    (re.compile(start, re.DOTALL), sentence)
    for start, sentence in (
        (rb".{0,1019}%PDF-", f"That is a PDF, not a picture. {_HAND_IN}"),
        (rb"GIF8[79]a", f"That is a GIF. {_ONLY}"),
        (rb"RIFF.{4}WEBP", f"That is a WEBP picture. {_ONLY}"),
        (rb"BM.{4}\x00{4}", f"That is a BMP picture. {_ONLY}"),
        (rb"II[*+]\x00|MM\x00[*+]", f"That is a TIFF picture. {_ONLY}"),
        (rb".{4}ftyp(?:avi[fs]|(?:mif1|msf1).{4,64}avif)", f"That is an AVIF picture. {_ONLY}"),
        (rb".{4}ftypmif1", f"That is a HEIF picture of a kind that cannot be read. {_ONLY}"),
        (rb".{4}(?:ftyp|moov|mdat)|\x1a\x45\xdf\xa3|RIFF.{4}AVI |\x00\x00\x01[\xb3\xba]", f"That is a video. {_ONLY}"),
        (rb"PK(?:\x03\x04|\x05\x06)", f"That is a ZIP or Office file, not a picture. {_ONLY}"),
        (rb".{0,1000}<(?i:!doctype html|html)\b", f"That is a web page, not a picture. {_HAND_IN}"),
        (rb".{0,4000}<\x00?(?i:s\x00?v\x00?g)", f"That is an SVG, a drawing that can hold programs. {_HAND_IN}"),
    )
]


def _media_type(content: bytes) -> str:
    """What the first bytes say, whatever the file was called. Raises BadInput for what is none of the three kinds."""
    if content.startswith(_SHOWN_STARTS["PNG"]):
        return "image/png"
    if content.startswith(_SHOWN_STARTS["JPEG"]):
        return "image/jpeg"
    if content[4:8] == b"ftyp" and _is_heic(content):
        return "image/heic"
    for pattern, sentence in _REFUSED:
        if pattern.match(content):
            raise BadInput(sentence)
    raise BadInput(f"That is not a picture, or of a kind that cannot be read. {_ONLY}")


def _is_heic(content: bytes) -> bool:
    """Whether a file of the MPEG-4 family is a still picture in HEVC: by its own brand, or for `mif1` by one it agrees with."""
    own, length = content[8:12], int.from_bytes(content[:4], "big")
    agrees = {content[at : at + 4] for at in range(16, min(length, 256), 4)}
    return own in _HEIC_BRANDS or (own == b"mif1" and bool(agrees & _HEIC_BRANDS))


_turns = BoundedSemaphore(AT_ONCE)


def _read_apart(content: bytes, media_type: str) -> tuple[str, Json, bytes]:
    """The type of the copy, the original's width and height, and the copy, made in another process. Raises BadInput."""
    handed_in_as, shown_as = _FORMATS[media_type]
    order = {"format": handed_in_as, "shown_as": shown_as, "most_pixels": MOST_PIXELS, "longest": LONGEST_SHOWN}
    order |= {"cpu_seconds": CPU_SECONDS, "memory": MEMORY}
    if not _turns.acquire(timeout=SECONDS):
        raise BadInput("Too many pictures are being read at once. Hand it in again in a minute.")
    try:
        answer, ended = _asked(json.dumps(order).encode() + b"\n" + content)
    finally:
        _turns.release()
    if ended == 1:  # a Python that failed: what is wrong with a picture ends it well, or by a signal
        raise BadInput("This computer cannot read pictures: its picture reader does not start. Tell whoever looks after it.")
    line, _, shown = answer.partition(b"\n")
    match _header(line) if ended == 0 else {"refused": "much" if ended in _STOPPED else "damaged"}:
        case {"refused": "much"}:
            raise BadInput(f"That picture takes too long or too much memory to read. {_HAND_IN}")
        case {"refused": "pixels"}:
            raise BadInput(f"That picture has more than {MOST_PIXELS // 1_000_000} megapixels. {_HAND_IN}")
        case {"width": int(width), "height": int(height)} if (
            min(width, height) > 0 and width * height <= MOST_PIXELS and shown.startswith(_SHOWN_STARTS[shown_as])
        ):
            return f"image/{shown_as.lower()}", {"width": +width, "height": +height}, shown
    raise BadInput(f"That {handed_in_as} picture is damaged or cut short. Open it, take a screenshot of it and hand that in.")


_TOO_LATE = -1_000
# The other ends of a reader that took too much: the limit on its time, a computer out of memory. Windows has neither.
_STOPPED = {_TOO_LATE} | {-getattr(signal, name) for name in ("SIGXCPU", "SIGKILL") if hasattr(signal, name)}


def _asked(order: bytes) -> tuple[bytes, int]:
    """What the reader answers to an order, and how it ended: `_TOO_LATE` where it said too much or took too long."""
    most = 200 + LONGEST_SHOWN**2 * 4  # no copy is larger
    late = Event()
    reader = _started()
    assert reader.stdin
    assert reader.stdout

    def stop() -> None:
        late.set()
        reader.kill()

    clock = Timer(SECONDS, stop)
    clock.start()
    try:
        with suppress(OSError):  # it may have ended already
            reader.stdin.write(order)
        with suppress(OSError):
            reader.stdin.close()
        answer = reader.stdout.read(most)
        if len(answer) == most:
            stop()
        ended = reader.wait()
        return answer, _TOO_LATE if late.is_set() else ended
    finally:
        clock.cancel()
        reader.kill()
        reader.wait()
        reader.stdout.close()


def _started() -> subprocess.Popen[bytes]:
    # It gets what a program needs to start, and none of our secrets.
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH") if name in os.environ}
    pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
    try:
        return subprocess.Popen([sys.executable, "-I", str(READER)], stdin=pipe, stdout=pipe, stderr=nowhere, env=kept)
    except OSError as problem:
        raise BadInput("This computer is too busy to read a picture. Hand it in again in a minute.") from problem


def _header(line: bytes) -> Json:
    """The first line of an answer, empty where it is none."""
    try:
        found = json.loads(line[:200])
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
