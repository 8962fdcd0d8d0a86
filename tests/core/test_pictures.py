"""Pictures as somebody hands them in: read by the real reader in its own process, and by readers that have been taken over."""

import json
import signal
import struct
import sys
import zlib
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from core import picture_reader, pictures
from core.errors import BadInput
from core.pictures import MOST_BYTES, Picture, read_picture

CANARY = "Rosa Lindqvist, 14 Chandler’s Row"
RED, BLUE, WHITE = (200, 30, 30), (30, 30, 200), (255, 255, 255)
PHONE = (Path(__file__).parent / "payloads/phone.heic").read_bytes()
"""A HEIC of 64 × 32 points, blue on the left and red on the right, to be turned clockwise. EXIF and XMP in it say CANARY."""


def drawn(mode: str = "RGB", size: tuple[int, int] = (64, 32)) -> Image.Image:
    """Blue on the left and red on the right, with enough of a pattern that damage shows."""
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (0, 0, size[0] // 2, size[1]))
    return image.convert(mode)


def encoded(image: Image.Image, kind: str, **how: Any) -> bytes:
    written = BytesIO()
    image.save(written, kind, **how)
    return written.getvalue()


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int, height: int, pixels: bytes, *between: bytes, colours: int = 6, depth: int = 8) -> bytes:
    """A PNG by its parts, so that they can contradict each other. `colours` 6 is RGBA, 0 grey."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(between) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def seen(picture: Picture) -> Image.Image:
    with Image.open(BytesIO(picture.shown)) as image:
        image.load()
        assert Image.MIME[str(image.format)] == picture.shown_type
        assert image.mode == "RGB"
        return image.copy()


def alike(pixel: Any, colour: tuple[int, int, int], by: int = 6) -> bool:
    return all(abs(one - other) <= by for one, other in zip(pixel, colour, strict=True))


def camera_exif(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.ImageDescription] = CANARY
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({ExifTags.GPS.GPSLatitudeRef: "N", ExifTags.GPS.GPSLatitude: (51.0, 30.0, 0.0)})
    return exif


SCREEN = encoded(drawn(), "PNG")
NOISE = Image.effect_noise((48, 40), 60).convert("RGB")
PHOTO = encoded(NOISE, "JPEG", quality=80)


@pytest.mark.parametrize(
    ("content", "kind", "shown_type"),
    [(SCREEN, "image/png", "image/png"), (PHOTO, "image/jpeg", "image/jpeg"), (PHONE, "image/heic", "image/jpeg")],
    ids=["png", "jpeg", "heic"],
)
def test_a_picture_is_kept_as_it_is_and_shown_as_a_copy(content: bytes, kind: str, shown_type: str) -> None:
    picture = read_picture(content)
    assert picture.original == content
    assert picture.sha256 == sha256(content).hexdigest()
    assert (picture.media_type, picture.shown_type) == (kind, shown_type)
    assert seen(picture).size == (picture.width, picture.height)


def test_a_screenshot_is_shown_without_loss() -> None:
    image = Image.effect_noise((300, 200), 90).convert("RGB")
    assert seen(read_picture(encoded(image, "PNG"))).tobytes() == image.tobytes()


def test_a_large_picture_is_shown_smaller() -> None:
    picture = read_picture(encoded(drawn(size=(4_000, 3_000)), "JPEG"))
    assert (picture.width, picture.height) == (4_000, 3_000)
    assert seen(picture).size == (2_000, 1_500)
    assert alike(seen(picture).getpixel((10, 10)), BLUE)


@pytest.mark.parametrize(("size", "shown"), [((10_001, 20), (2_000, 4)), ((10_001, 1), (2_000, 1)), ((1, 1), (1, 1))])
def test_strips_and_single_points_are_pictures(size: tuple[int, int], shown: tuple[int, int]) -> None:
    picture = read_picture(encoded(Image.new("RGB", size, RED), "PNG"))
    assert (picture.width, picture.height) == size
    assert seen(picture).size == shown
    assert alike(seen(picture).getpixel((0, 0)), RED)


@pytest.mark.parametrize(
    ("orientation", "left", "right", "size"),
    [
        (1, BLUE, RED, (64, 32)),
        (2, RED, BLUE, (64, 32)),
        (3, RED, BLUE, (64, 32)),
        (4, BLUE, RED, (64, 32)),
        (0, BLUE, RED, (64, 32)),
        (9, BLUE, RED, (64, 32)),
    ],
)
def test_a_picture_held_level_is_shown_upright(
    orientation: int, left: tuple[int, int, int], right: tuple[int, int, int], size: tuple[int, int]
) -> None:
    picture = read_picture(encoded(drawn(), "JPEG", exif=camera_exif(orientation), quality=95))
    assert (picture.width, picture.height) == seen(picture).size == size
    assert alike(seen(picture).getpixel((4, 16)), left)
    assert alike(seen(picture).getpixel((60, 16)), right)


@pytest.mark.parametrize(("orientation", "top", "bottom"), [(5, BLUE, RED), (6, BLUE, RED), (7, RED, BLUE), (8, RED, BLUE)])
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_held_on_its_side_is_shown_upright(
    kind: str, orientation: int, top: tuple[int, int, int], bottom: tuple[int, int, int]
) -> None:
    picture = read_picture(encoded(drawn(), kind, exif=camera_exif(orientation), quality=95))
    assert (picture.width, picture.height) == seen(picture).size == (32, 64)
    assert alike(seen(picture).getpixel((16, 4)), top)
    assert alike(seen(picture).getpixel((16, 60)), bottom)


def test_a_phone_s_picture_is_turned_once() -> None:
    picture = read_picture(PHONE)
    assert (picture.width, picture.height) == (32, 64)
    assert alike(seen(picture).getpixel((16, 4)), BLUE, by=12)
    assert alike(seen(picture).getpixel((16, 60)), RED, by=12)


def with_texts() -> PngInfo:
    texts = PngInfo()
    texts.add_text("Author", CANARY)
    texts.add_text("Comment", CANARY, zip=True)
    texts.add_itxt("XML:com.adobe.xmp", f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{CANARY}</x:xmpmeta>")
    return texts


@pytest.mark.parametrize(
    "content",
    [
        encoded(drawn(), "JPEG", exif=camera_exif(1), xmp=f"<x>{CANARY}</x>".encode(), comment=CANARY.encode()),
        encoded(drawn(), "PNG", exif=camera_exif(1), pnginfo=with_texts()),
        SCREEN + CANARY.encode(),
        PHONE,
    ],
    ids=["jpeg", "png", "png with something behind it", "heic"],
)
def test_nothing_but_colours_is_shown(content: bytes) -> None:
    canary = CANARY.encode() if content != PHONE else b"CANARY"
    assert canary in content or canary.decode() in str(Image.open(BytesIO(content)).getexif())
    shown = read_picture(content).shown
    assert canary not in shown
    assert not any(mark in shown for mark in (b"Exif", b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"xmp", b"iCCP", b"ICC_PROFILE"))
    with Image.open(BytesIO(shown)) as image:
        image.load()
        assert not image.getexif()
        assert image.info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_colours_are_turned_into_srgb_by_their_profile() -> None:
    lab_grey = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # sRGB with its red and blue exchanged: what a program shows that follows the profile, and one that does not, differ.
    assert srgb.count(b"rXYZ") == srgb.count(b"bXYZ") == 1
    exchanged = srgb.replace(b"rXYZ", b"????").replace(b"bXYZ", b"rXYZ").replace(b"????", b"bXYZ")
    left = {
        name: seen(read_picture(encoded(drawn(), "PNG", icc_profile=profile))).getpixel((4, 16))
        for name, profile in {"srgb": srgb, "exchanged": exchanged, "of another kind": lab_grey, "damaged": srgb[:99]}.items()
    }
    assert alike(left["srgb"], BLUE)
    assert alike(left["exchanged"], (200, 30, 30), by=20)
    assert left["of another kind"] == left["damaged"] == BLUE


def test_what_is_see_through_is_shown_on_white() -> None:
    clear = Image.new("RGBA", (20, 20), (0, 0, 0, 0))
    one_colour = png(1, 1, zlib.compress(b"\0\x80"), chunk(b"tRNS", b"\0\x80"), colours=0)
    for content in (encoded(clear, "PNG"), encoded(clear.quantize(4), "PNG"), one_colour):
        assert seen(read_picture(content)).getpixel((0, 0)) == WHITE


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA"])
def test_every_kind_of_png_is_shown(mode: str) -> None:
    image = drawn("L").convert(mode) if mode in ("1", "LA") else drawn(mode)
    assert seen(read_picture(encoded(image, "PNG"))).tobytes() == image.convert("RGB").tobytes()


def test_sixteen_bits_of_grey_are_scaled_and_not_cut_off() -> None:
    grey = Image.new("I;16", (4, 1))
    for at, value in enumerate((0, 0x4000, 0x8000, 0xFFFF)):
        grey.putpixel((at, 0), value)
    shown = seen(read_picture(encoded(grey, "PNG")))
    assert [shown.getpixel((at, 0)) for at in range(4)] == [(0, 0, 0), (64, 64, 64), (128, 128, 128), WHITE]
    clear = png(1, 1, zlib.compress(b"\0\x80\0"), chunk(b"tRNS", b"\x80\0"), colours=0, depth=16)
    assert read_picture(clear).width == 1


@pytest.mark.parametrize("how", [{"mode": "CMYK"}, {"mode": "L"}, {"progressive": True}], ids=str)
def test_every_kind_of_jpeg_is_shown(how: dict[str, Any]) -> None:
    image = drawn(how.pop("mode", "RGB"))
    shown = seen(read_picture(encoded(image, "JPEG", quality=95, **how)))
    assert alike(shown.getpixel((4, 16)), image.convert("RGB").getpixel((4, 16)))  # type: ignore[arg-type]


def test_of_several_frames_the_first_is_shown() -> None:
    red, blue = Image.new("RGB", (20, 20), RED), Image.new("RGB", (20, 20), BLUE)
    for kind in ("PNG", "MPO"):
        picture = read_picture(encoded(red, kind, save_all=True, append_images=[blue]))
        assert alike(seen(picture).getpixel((3, 3)), RED)
        assert getattr(Image.open(BytesIO(picture.shown)), "n_frames", 1) == 1


def zipped(content: bytes) -> bytes:
    from zipfile import ZipFile

    written = BytesIO()
    with ZipFile(written, "w") as archive:
        archive.writestr("picture.png", content)
    return written.getvalue()


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
FTYP = b"\0\0\0\x18ftyp%s\0\0\0\0isom%s"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (SCREEN + bytes(MOST_BYTES), "larger than 10 MB"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "is a PDF, not a picture. Take a screenshot of it"),
        (b"\n\n%PDF-1.4\n" + PHOTO, "is a PDF"),
        (SVG, "is an SVG"),
        (b"\xef\xbb\xbf" + SVG, "is an SVG"),
        (SVG.decode().encode("utf-16"), "is an SVG"),
        (SVG.decode().encode("utf-16-be"), "is an SVG"),
        (b"<!DOCTYPE html><html><body><img src='a.png'>", "is a web page"),
        (encoded(drawn(), "GIF"), "is a GIF.*PNG, JPEG and HEIC"),
        (encoded(drawn(), "WEBP"), "is a WEBP.*PNG, JPEG and HEIC"),
        (encoded(drawn(), "BMP"), "is a BMP.*PNG, JPEG and HEIC"),
        (encoded(drawn(), "TIFF"), "is a TIFF.*PNG, JPEG and HEIC"),
        (encoded(drawn(), "AVIF"), "is an AVIF.*PNG, JPEG and HEIC"),
        (FTYP % (b"isom", b"mp42"), "is a video.*PNG, JPEG and HEIC"),
        (FTYP % (b"qt  ", b"qt  "), "is a video"),
        (FTYP % (b"hevc", b"heic"), "is a video"),
        (FTYP % (b"mif1", b"j2ki"), "is a HEIF picture of a kind that cannot be read"),
        (b"\x1a\x45\xdf\xa3\x9fB\x86", "is a video"),
        (zipped(SCREEN), "is a ZIP or Office file.*PNG, JPEG and HEIC"),
        (encoded(drawn(), "JPEG2000"), "not a picture, or of a kind that cannot be read.*PNG, JPEG and HEIC"),
        (encoded(drawn(), "ICO"), "not a picture"),
        (b"MZ\x90\0" + PHOTO, "not a picture"),
        (b"Seen on Tuesday at the gates", "not a picture"),
        (b"\0", "not a picture"),
        (SCREEN[:8], "PNG picture is damaged"),
        (SCREEN[:60], "PNG picture is damaged or cut short"),
        (PHOTO[:-200], "JPEG picture is damaged or cut short"),
        (PHONE[:-400], "HEIC picture is damaged or cut short"),
        (FTYP % (b"heic", b"mif1"), "HEIC picture is damaged"),
        (b"\xff\xd8\xff\xe0" + encoded(drawn(), "GIF"), "JPEG picture is damaged"),
    ],
)
def test_what_cannot_be_taken_in_is_refused_by_its_own_sentence(content: bytes, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        read_picture(content)


def test_a_heic_by_the_general_brand_is_read() -> None:
    assert read_picture(PHONE.replace(b"ftypheic", b"ftypmif1", 1)).media_type == "image/heic"


def test_of_two_things_at_once_the_start_decides() -> None:
    both = PHOTO[:2] + b"\xff\xfe" + struct.pack(">H", 40) + b"%PDF-1.7 1 0 obj<</Type/Catalog>>endobj"[:38] + PHOTO[2:]
    picture = read_picture(both)
    assert picture.media_type == "image/jpeg"
    assert b"%PDF" not in picture.shown
    assert read_picture(SCREEN + zipped(SVG)).shown == read_picture(SCREEN).shown


def test_a_bomb_is_refused_by_its_header_alone() -> None:
    for width, height in ((20_000, 10_000), (6_400, 6_251), (2**31 - 1, 2**31 - 1)):
        with pytest.raises(BadInput, match="more than 40 megapixels"):
            read_picture(png(width, height, b"never opened"))
    with pytest.raises(BadInput, match="more than 40 megapixels"):
        read_picture(PHOTO.replace(struct.pack(">HH", 40, 48), struct.pack(">HH", 20_000, 10_000), 1))


def test_forty_megapixels_are_taken_in() -> None:
    picture = read_picture(encoded(Image.new("L", (8_000, 5_000), 9), "PNG"))
    assert (picture.width, picture.height) == (8_000, 5_000)


@pytest.mark.parametrize("name", [b"zTXt", b"iCCP"])
def test_a_bomb_among_the_texts_is_refused(name: bytes) -> None:
    bomb = chunk(name, b"Comment\0\0" + zlib.compress(bytes(50_000_000)))
    with pytest.raises(BadInput, match="damaged"):
        read_picture(png(1, 1, zlib.compress(bytes(5)), bomb))


def test_a_heic_that_lies_about_its_size_is_refused() -> None:
    told = b"ispe\0\0\0\0" + struct.pack(">II", 64, 64)
    assert PHONE.count(told) == 1
    with pytest.raises(BadInput):
        read_picture(PHONE.replace(told, b"ispe\0\0\0\0" + struct.pack(">II", 30_000, 30_000)))


needs_limits = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="The system holds no program to such limits.")


@needs_limits
def test_a_picture_that_takes_too_much_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MEMORY", 120_000_000)
    with pytest.raises(BadInput, match="too much memory"):
        read_picture(png(8_000, 5_000, zlib.compress(bytes((8_000 * 4 + 1) * 5_000), 1)))
    assert read_picture(SCREEN).width == 64


# Readers as a picture could make them: each is a real program, run in place of ours.


@pytest.fixture
def taken_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    def take_over(program: str) -> None:
        reader = tmp_path / "reader.py"
        reader.write_text(f"import sys, os\n{program}\n", encoding="utf-8")
        monkeypatch.setattr(pictures, "READER", reader)

    return take_over


@pytest.mark.parametrize("program", ["while True: pass", "import time; time.sleep(600)"])
def test_a_reader_that_does_not_end_is_stopped(program: str, taken_over: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    taken_over(program)
    monkeypatch.setattr(pictures, "SECONDS", 0.5)
    with pytest.raises(BadInput, match="takes too long"):
        read_picture(SCREEN + bytes(1_000_000))  # more than a pipe holds: it is not read either


@needs_limits
def test_a_reader_that_computes_too_long_is_stopped_by_the_system(taken_over: Any) -> None:
    ours = str(picture_reader.__file__)
    taken_over(f"import runpy\nrunpy.run_path({ours!r})['limit'](1, 2**40, 1)\nwhile True: pass")
    assert pictures._asked(b"")[1] in (-signal.SIGXCPU, -signal.SIGKILL)  # the clock of ours would stop it by another number
    with pytest.raises(BadInput, match="takes too long"):
        read_picture(SCREEN)


def test_a_reader_that_never_stops_talking_is_stopped(taken_over: Any) -> None:
    taken_over("while True: sys.stdout.buffer.write(bytes(1_000_000))")
    with pytest.raises(BadInput, match="too much"):
        read_picture(SCREEN)


GOOD = {"width": 2, "height": 2}


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\n",
        b"\xff\xfe\n",
        b"[" * 5_000 + b"\n",
        b"[1, 2]\n" + SCREEN,
        json.dumps(GOOD).encode(),
        json.dumps(GOOD).encode() + b"\n<script>alert(1)</script>",
        json.dumps(GOOD).encode() + b"\n" + PHOTO,  # a JPEG, where a PNG was ordered
        json.dumps(GOOD | {"width": "2"}).encode() + b"\n" + SCREEN,
        json.dumps(GOOD | {"width": 0}).encode() + b"\n" + SCREEN,
        json.dumps(GOOD | {"width": -2, "height": -2}).encode() + b"\n" + SCREEN,
        json.dumps(GOOD | {"width": 10**30}).encode() + b"\n" + SCREEN,
        json.dumps(GOOD | {"height": 1e9}).encode() + b"\n" + SCREEN,
    ],
)
def test_an_answer_out_of_bounds_is_not_believed(answer: bytes, taken_over: Any) -> None:
    taken_over(f"sys.stdout.buffer.write({answer!r})")
    with pytest.raises(BadInput, match="damaged"):
        read_picture(SCREEN)


def test_a_reader_that_breaks_down_is_no_fault_of_ours(taken_over: Any) -> None:
    taken_over("import faulthandler; faulthandler._sigsegv()")
    for _ in range(pictures.AT_ONCE + 1):
        with pytest.raises(BadInput, match="damaged"):
            read_picture(SCREEN)


def test_a_reader_that_does_not_start_is_not_blamed_on_the_picture(taken_over: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    taken_over("raise ImportError('a library is missing')")
    with pytest.raises(BadInput, match="reader does not start"):
        read_picture(SCREEN)
    monkeypatch.setattr(sys, "executable", str(Path(sys.executable) / "nowhere"))
    with pytest.raises(BadInput, match="too busy"):
        read_picture(SCREEN)


def test_only_so_many_are_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    turns = BoundedSemaphore(1)
    monkeypatch.setattr(pictures, "_turns", turns)
    monkeypatch.setattr(pictures, "SECONDS", 5)
    for _ in range(3):  # each gives its turn back
        assert read_picture(SCREEN).width == 64
    turns.acquire()
    monkeypatch.setattr(pictures, "SECONDS", 0)
    with pytest.raises(BadInput, match="at once"):
        read_picture(SCREEN)


def test_the_reader_gets_no_secret(taken_over: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRESTWATCH_SECRET", "canary")
    told = tmp_path / "told"
    taken_over(f"open({str(told)!r}, 'w').write(repr(dict(os.environ)))")
    with pytest.raises(BadInput):
        read_picture(SCREEN)
    assert "canary" not in told.read_text()


def test_the_reader_runs_nothing_that_lies_about(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("json", "types", "PIL", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit(7)")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert read_picture(SCREEN).width == 64


# Any bytes at all: each is read or refused, and what is read is what was drawn.

few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read_or_refused(content: bytes) -> Picture | None:
    try:
        return read_picture(content)
    except BadInput as refusal:
        assert str(refusal).endswith(".")
        assert "\n" not in str(refusal)
        return None


@given(st.sampled_from([b"", SCREEN[:8], SCREEN[:33], PHOTO[:3], PHOTO[:20], PHONE[:28], PHONE[:300]]), st.binary(max_size=300))
@few
def test_random_bytes_are_refused(start: bytes, rest: bytes) -> None:
    picture = read_or_refused(start + rest)
    assert picture is None or picture.width * picture.height <= pictures.MOST_PIXELS


@given(st.sampled_from([encoded(NOISE, "PNG"), PHOTO, encoded(NOISE, "JPEG", progressive=True), PHONE]), st.data())
@few
def test_a_picture_cut_short_is_refused_or_whole(content: bytes, data: st.DataObject) -> None:
    end = data.draw(st.integers(1, len(content) - 1))
    picture = read_or_refused(content[:end])
    assert picture is None or picture.shown == read_picture(content).shown


@given(st.sampled_from([SCREEN, encoded(NOISE, "PNG"), encoded(NOISE, "PNG", exif=camera_exif(6)), PHOTO, PHONE]), st.data())
@few
def test_a_picture_with_flipped_bits_is_refused_or_shown(content: bytes, data: st.DataObject) -> None:
    flipped = bytearray(content)
    for at in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=4)):
        flipped[at] ^= 1 << data.draw(st.integers(0, 7))
    picture = read_or_refused(bytes(flipped))
    assert picture is None or max(seen(picture).size) <= pictures.LONGEST_SHOWN
