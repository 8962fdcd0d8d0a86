"""Reads one picture in a process of its own: `python -I core/picture_reader.py`, started by `core/pictures.py`.

On standard input a line of JSON, which is the order, then the picture. On standard output a line of JSON, with `width` and
`height` or what it was `refused` for (pixels, much, damaged), then the copy. It imports nothing of ours: `-I` may not find it.
"""

import json
import sys
import warnings
from contextlib import suppress
from io import BytesIO
from typing import Any

from PIL import ExifTags, Image, ImageCms, ImageFile, PngImagePlugin

_TEXT = 1024 * 1024  # bytes of a PNG's texts, unpacked
_WHITE = (255, 255, 255)
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ON_ITS_SIDE = (5, 6, 7, 8)


def limit(cpu_seconds: int, memory: int, most_pixels: int) -> None:
    """Let this process and the libraries in it take no more than that, as far as the system can hold them to it."""
    Image.MAX_IMAGE_PIXELS = most_pixels
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    PngImagePlugin.MAX_TEXT_CHUNK = _TEXT
    PngImagePlugin.MAX_TEXT_MEMORY = _TEXT
    try:
        import resource  # noqa: PLC0415
    except ImportError:  # Windows
        return
    limits = {resource.RLIMIT_AS: memory, resource.RLIMIT_CPU: cpu_seconds, resource.RLIMIT_FSIZE: 0, resource.RLIMIT_CORE: 0}
    for kind, most in limits.items():
        with suppress(ValueError, OSError):  # macOS takes no limit on address space
            resource.setrlimit(kind, (most, most))


def read(content: bytes, order: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """The first line of the answer, and the copy; no bytes where the picture is refused."""
    try:
        image = _opened(content, order["format"])
        _check_size(image, order["most_pixels"])
        image.load()
        _check_size(image, order["most_pixels"])  # of a HEIC, only decoding tells the true one
        orientation = _orientation(image)
        width, height = reversed(image.size) if orientation in _ON_ITS_SIDE else image.size
        shown = _written(_copy(image, order["longest"], orientation), order["shown_as"])
    except MemoryError:
        return {"refused": "much"}, b""
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return {"refused": "pixels"}, b""
    except Exception:  # the libraries fail on damage in more ways than they name
        return {"refused": "damaged"}, b""
    return {"width": width, "height": height}, shown


def _opened(content: bytes, format_: str) -> Image.Image:
    if format_ != "HEIC":
        return Image.open(BytesIO(content), formats=(format_,))
    from pi_heif import register_heif_opener  # noqa: PLC0415

    register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)
    return Image.open(BytesIO(content), formats=("HEIF",))


def _check_size(image: Image.Image, most_pixels: int) -> None:
    if image.width * image.height > most_pixels:
        raise Image.DecompressionBombError


def _orientation(image: Image.Image) -> int:
    """As the camera was held, 1 to 8. The reader of HEIC has turned the picture already, and says 1."""
    with suppress(Exception):  # a picture whose metadata is damaged can still be seen
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    return 1


def _copy(image: Image.Image, longest: int, orientation: int) -> Image.Image:
    """The picture in sRGB on white, upright, with nothing of the original but its colours."""
    profile = image.info.get("icc_profile")
    plain = _plain(image)
    plain.thumbnail((longest, longest))
    flat = _on_white(plain)
    upright = flat.transpose(_TURNS[orientation]) if orientation in _TURNS else flat
    copy = Image.new("RGB", upright.size)
    copy.paste(_in_srgb(upright, profile))
    return copy


def _plain(image: Image.Image) -> Image.Image:
    """The picture in 8 bits, in a mode that can be shrunk well: L, RGB, RGBA or CMYK."""
    if image.mode.startswith(("I", "F")):  # 16 bits of grey, which `convert` would cut off instead of scaling down
        image.info.pop("transparency", None)
        return image.point(lambda grey: grey * (1 / 256)).convert("L")
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image if image.mode in ("L", "RGB", "CMYK") else image.convert("RGB")


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    white = Image.new("RGB", image.size, _WHITE)
    white.paste(image, mask=image.getchannel("A"))
    return white


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The picture as sRGB by its colour profile; where it has none, or one that does not fit, as it stands."""
    with suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
        if profile:
            own = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(image, own, ImageCms.createProfile("sRGB"), outputMode="RGB")
            if converted is not None:
                return converted
    return image.convert("RGB")


def _written(image: Image.Image, format_: str) -> bytes:
    written = BytesIO()
    image.save(written, format_, quality=90)
    return written.getvalue()


if __name__ == "__main__":
    given = json.loads(sys.stdin.buffer.readline())
    limit(given["cpu_seconds"], given["memory"], given["most_pixels"])
    header, body = read(sys.stdin.buffer.read(), given)
    sys.stdout.buffer.write(json.dumps(header).encode() + b"\n" + body)
