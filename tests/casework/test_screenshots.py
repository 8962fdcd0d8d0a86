"""Screenshots on their way out: the original for us and the police, a copy for a platform, nothing for a panel."""

import json
import shutil
import subprocess
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import ExifTags, Image

from casework import cases
from casework.export import Package
from casework.presets import OURS, PANEL, POLICE, PRESETS, TO_PLATFORM, Preset
from casework.screenshots import name_of
from core.errors import BadInput
from core.pictures import read_picture
from core.taxonomy import Role
from core.types import Author
from store import pictures, retention, sightings
from store.engine import writing
from store.store import Store
from tests.casework.fictional import files_of
from tests.casework.reporting import NOW, pictures_of, read_spool, stored, tell
from tests.store.fictional import incoming, keep, post

HOME = "14 Chandler’s Row, Ferrymoor"
REPORTER = "Rosalind Quartermaine"
every_preset = pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)


def photo(number: int = 0) -> bytes:
    """A photo as a phone takes it: it says where, and a program may hide things behind its end."""
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = HOME
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({ExifTags.GPS.GPSLatitudeRef: "N", ExifTags.GPS.GPSLatitude: (51.0, 30.0, 0.0)})
    written = BytesIO()
    Image.new("RGB", (64, 48), (number, 90, 30)).save(written, "JPEG", exif=exif)
    return written.getvalue() + b"\x00behind the end: " + HOME.encode()


PHOTO = photo()
DIGEST = sha256(PHOTO).hexdigest()


def case_of(store: Store, *post_ids: int) -> str:
    ref = cases.open_case(store, title="The gates", school_id="rowan", why="abuse", by="Ada", role=Role.HEAD, now=NOW)
    about = [(each, "rowan") for each in post_ids]
    assert cases.add_posts(store, ref, about, why="abuse", by="Ada", role=Role.HEAD, now=NOW) == len(post_ids)
    return ref


def exported(store: Store, ref: str, preset: Preset, out: Path, **how: Any) -> Package:
    return cases.export_case(store, ref, preset, why="PC Shah asked", by="Ada", role=Role.HEAD, now=NOW, out=out, **how)


def screenshots_in(package: Package) -> dict[str, bytes]:
    files = {path.name: path.read_bytes() for path in (package.path / "data").glob("screenshots/*")}
    assert {path.name for path in (package.path / "data").iterdir() if path.is_dir()} == ({"screenshots"} if files else set())
    return files


def records_of(package: Package) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (package.path / "data" / "records.jsonl").read_bytes().splitlines()]


def from_account(store: Store, handle: str, content: bytes) -> int:
    """A post of an account, with a screenshot of it that somebody handed in."""
    keep(store, incoming(post(handle, f"said by {handle}", author=Author(handle=f"@{handle}"))))
    with writing(store.engine) as connection:
        pictures.add(connection, store.keys, read_picture(content), platform="x", native_id=handle, now=NOW)
        sightings.add(
            connection,
            f"R-{handle}",
            school_id="rowan",
            channel="page",
            items=[("x", handle)],
            told_sealed=store.keys.seal_record({"reporter": REPORTER}),
            seen_at=None,
            now=NOW,
        )
    return int(next(row.id for row in stored(store) if row.native_id == handle))


@pytest.fixture
def ref(watching: Store) -> str:
    """A case with a post of one account, its screenshot, and who reported it."""
    return case_of(watching, from_account(watching, "grovetruth", PHOTO))


@pytest.mark.parametrize("preset", [OURS, POLICE], ids=["ours", "police"])
def test_a_reported_screenshot_is_in_a_complete_file_to_the_byte(watching: Store, preset: Preset, tmp_path: Path) -> None:
    tell(watching, picture=PHOTO, pasted="the gates again", platform="snapchat", reporter=REPORTER)
    tell(watching, picture=PHOTO, platform="snapchat", reporter="Bo Hart")
    tell(watching, picture=PHOTO, platform="snapchat", reporter=REPORTER)
    read_spool(watching)
    ref = case_of(watching, *(row.id for row in stored(watching)))

    package = exported(watching, ref, preset, tmp_path / "file")
    assert screenshots_in(package) == {f"{DIGEST[:16]}.jpg": PHOTO}
    [record] = records_of(package)
    assert (record["screenshot"], record["screenshot_sha256"]) == (f"screenshots/{DIGEST[:16]}.jpg", DIGEST)
    assert (record["text"], record["reported_by"]) == ("the gates again", f"{REPORTER}, Bo Hart")
    manifest = (package.path / "manifest-sha256.txt").read_text()
    assert f"{DIGEST}  data/screenshots/{DIGEST[:16]}.jpg\n" in manifest


def test_the_platform_gets_a_copy_that_says_nothing_of_who_took_it(watching: Store, ref: str, tmp_path: Path) -> None:
    package = exported(watching, ref, TO_PLATFORM, tmp_path / "file")

    [(name, content)] = screenshots_in(package).items()
    assert content == read_picture(PHOTO).shown != PHOTO
    digest = sha256(content).hexdigest()
    assert name == f"{digest[:16]}.jpg"
    with Image.open(BytesIO(content)) as copy:
        assert dict(copy.getexif()) == {}
        assert copy.size == (64, 48)
    [record] = records_of(package)
    assert (record["screenshot"], record["screenshot_sha256"]) == (f"screenshots/{name}", digest)
    for content in files_of(package.path).values():
        assert HOME.encode() not in content
        assert DIGEST[:16].encode() not in content


def test_a_panel_gets_no_picture_and_does_not_hear_of_one(watching: Store, ref: str, tmp_path: Path) -> None:
    package = exported(watching, ref, PANEL, tmp_path / "file")
    assert screenshots_in(package) == {}
    assert not [name for name, content in files_of(package.path).items() if b"screenshots/" in content]


@every_preset
def test_who_reported_it_is_told_to_us_and_the_police_alone(watching: Store, ref: str, preset: Preset, tmp_path: Path) -> None:
    files = files_of(exported(watching, ref, preset, tmp_path / "file").path)
    named = {name for name, content in files.items() if REPORTER.split()[1].encode() in content}
    complete = {"data/records.jsonl", "data/technical.csv"}
    assert named == (complete if preset in (OURS, POLICE) else set())


@every_preset
def test_the_bag_holds_and_a_changed_picture_is_found(watching: Store, ref: str, preset: Preset, tmp_path: Path) -> None:
    if (tool := shutil.which("sha256sum")) is None:
        pytest.skip("sha256sum is not installed here")
    package = exported(watching, ref, preset, tmp_path / "file")

    def check() -> bool:
        done = [
            subprocess.run([tool, "--strict", "-c", manifest], cwd=package.path, capture_output=True, check=False)
            for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt")
        ]
        return all(each.returncode == 0 for each in done)

    assert check()
    for path in (package.path / "data").glob("screenshots/*"):
        content = path.read_bytes()
        path.write_bytes(content[:-1] + bytes((content[-1] ^ 1,)))
        assert not check()
    assert len(list((package.path / "data").glob("screenshots/*"))) == (preset is not PANEL)


def test_a_report_about_one_account_holds_its_pictures_alone(watching: Store, tmp_path: Path) -> None:
    ids = [from_account(watching, "grovetruth", PHOTO), from_account(watching, "bystander", photo(9))]
    ref = case_of(watching, *ids)

    package = exported(watching, ref, TO_PLATFORM, tmp_path / "one", account="x:@grovetruth")
    assert list(screenshots_in(package).values()) == [read_picture(PHOTO).shown]
    both = exported(watching, ref, POLICE, tmp_path / "both")
    assert sorted(screenshots_in(both).values()) == sorted([PHOTO, photo(9)])


def test_one_picture_of_two_posts_is_in_the_file_once(watching: Store, tmp_path: Path) -> None:
    ref = case_of(watching, from_account(watching, "grovetruth", PHOTO), from_account(watching, "bystander", PHOTO))

    package = exported(watching, ref, POLICE, tmp_path / "file")
    assert list(screenshots_in(package).values()) == [PHOTO]
    assert {record["screenshot_sha256"] for record in records_of(package)} == {DIGEST}


def test_a_screenshot_that_names_no_account_is_no_report_to_a_platform(watching: Store, tmp_path: Path) -> None:
    tell(watching, picture=PHOTO, platform="snapchat")
    read_spool(watching)
    ref = case_of(watching, *(row.id for row in stored(watching)))
    with pytest.raises(BadInput, match="which account it came from"):
        exported(watching, ref, TO_PLATFORM, tmp_path / "file")
    assert not (tmp_path / "file").exists()


@every_preset
def test_a_picture_that_is_gone_is_not_promised(watching: Store, ref: str, preset: Preset, tmp_path: Path) -> None:
    with writing(watching.engine) as connection:
        assert retention.wipe(connection, "x", ["grovetruth"], now=NOW) == 1
    assert pictures_of(watching) == []

    package = exported(watching, ref, preset, tmp_path / "file")
    assert screenshots_in(package) == {}
    [record] = records_of(package)
    assert record.get("screenshot") is None
    assert record.get("screenshot_sha256") is None
    assert record["text"] == ("said by ▇▇▇" if preset is PANEL else "said by grovetruth")


def test_a_post_that_nobody_reported_has_neither(watching: Store, tmp_path: Path) -> None:
    keep(watching, incoming(post("1")))
    [row] = stored(watching)
    [record] = records_of(exported(watching, case_of(watching, row.id), OURS, tmp_path / "file"))
    assert (record["screenshot"], record["screenshot_sha256"], record["reported_by"]) == (None, None, None)


@pytest.mark.parametrize(("kind", "ending"), [("image/png", "png"), ("image/jpeg", "jpg"), ("image/heic", "heic")])
def test_a_file_is_called_by_what_it_is(kind: str, ending: str) -> None:
    assert name_of(DIGEST, kind) == f"screenshots/{DIGEST[:16]}.{ending}"


def test_no_byte_of_a_picture_lies_open_in_the_data_folder(watching: Store, ref: str) -> None:
    tell(watching, picture=photo(9), platform="snapchat")
    read_spool(watching)
    assert len(pictures_of(watching)) == 2
    files = {path: path.read_bytes() for path in watching.folder.rglob("*") if path.is_file()}
    for canary in (HOME.encode(), PHOTO[:40], read_picture(PHOTO).shown[:40], read_picture(photo(9)).shown[-40:]):
        assert [path.name for path, content in files.items() if canary in content] == []
