"""A bag is whole or not there, and whoever has `sha256sum` can check it."""

import os
import shutil
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

import pytest

from casework.bag import one_line, write_bag
from core.errors import BadInput, StoreUnavailable

PAYLOAD = {"evidence.csv": b"a,b\r\n", "items/1.png": b"\x89PNG"}


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    write_bag(tmp_path / "bag", payload=PAYLOAD, readme="Read me\n", info={"Source-Organization": "Grove\nPayload-Oxum: 0.0"})
    return tmp_path / "bag"


def checked(bag: Path, manifest: str = "manifest-sha256.txt") -> int:
    tool = shutil.which("sha256sum")
    if tool is None:
        pytest.skip("sha256sum is not installed here")
    return subprocess.run([tool, "--check", "--strict", manifest], cwd=bag, capture_output=True, check=False).returncode


def test_the_bag_has_the_form_of_rfc_8493(bag: Path) -> None:
    assert sorted(str(path.relative_to(bag)) for path in bag.rglob("*") if path.is_file()) == [
        "README.txt",
        "bag-info.txt",
        "bagit.txt",
        "data/evidence.csv",
        "data/items/1.png",
        "manifest-sha256.txt",
        "tagmanifest-sha256.txt",
    ]
    assert (bag / "bagit.txt").read_bytes() == b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    listed = "".join(f"{sha256(content).hexdigest()}  data/{name}\n" for name, content in PAYLOAD.items())
    assert (bag / "manifest-sha256.txt").read_text() == listed


def test_no_value_can_pass_for_a_line_of_its_own(bag: Path) -> None:
    assert (bag / "bag-info.txt").read_text() == "Source-Organization: Grove Payload-Oxum: 0.0\nPayload-Oxum: 9.2\n"
    assert one_line("Grove\u202e\u2028School\r\n\x00x") == "Grove School x"


def test_sha256sum_agrees_with_both_lists(bag: Path) -> None:
    assert checked(bag) == 0
    assert checked(bag, "tagmanifest-sha256.txt") == 0


@pytest.mark.parametrize("name", ["data/evidence.csv", "data/items/1.png"])
@pytest.mark.parametrize("harm", ["change", "remove", "empty"])
def test_tampering_with_an_item_is_found(bag: Path, name: str, harm: str) -> None:
    file = bag / name
    if harm == "change":
        file.write_bytes(bytes((file.read_bytes()[0] ^ 1,)) + file.read_bytes()[1:])
    elif harm == "remove":
        file.unlink()
    else:
        file.write_bytes(b"")
    assert checked(bag) != 0


@pytest.mark.parametrize("name", ["README.txt", "bagit.txt", "bag-info.txt", "manifest-sha256.txt"])
def test_tampering_with_what_lies_beside_the_items_is_found(bag: Path, name: str) -> None:
    (bag / name).write_bytes((bag / name).read_bytes() + b"\n")
    assert checked(bag, "tagmanifest-sha256.txt") != 0


def test_the_hash_for_the_log_is_that_of_the_manifest(tmp_path: Path) -> None:
    noted = write_bag(tmp_path / "bag", payload=PAYLOAD, readme="", info={})
    assert noted == sha256((tmp_path / "bag" / "manifest-sha256.txt").read_bytes()).hexdigest()


@pytest.mark.parametrize("there", ["file", "folder", "dangling link"])
def test_what_is_there_is_never_written_over(tmp_path: Path, there: str) -> None:
    out = tmp_path / "bag"
    if there == "file":
        out.write_text("mine")
    elif there == "folder":
        out.mkdir()
    else:
        out.symlink_to(tmp_path / "nowhere")
    with pytest.raises(BadInput, match=r"is there already.*Choose another name"):
        write_bag(out, payload=PAYLOAD, readme="", info={})
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize(
    "name", ["../evil.csv", "/etc/evil", "Evidence.csv", "a b.csv", "items//1.png", ".hidden", "a\n.csv", ""]
)
def test_only_plain_names_are_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput, match="a-z, 0-9"):
        write_bag(tmp_path / "bag", payload={name: b""}, readme="", info={})
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_refuses_leaves_nothing_and_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match=r"could not be written.*(room|another folder)") as told:
        write_bag(tmp_path / "bag", payload={"a" * 300: b"too long a name for a disk"}, readme="", info={})
    assert "Errno" not in str(told.value)
    assert list(tmp_path.iterdir()) == []


def test_only_the_owner_can_open_it(bag: Path) -> None:
    if os.name == "nt":
        pytest.skip("Windows keeps rights elsewhere")
    assert bag.stat().st_mode & 0o077 == 0


def test_what_a_killed_export_left_goes_with_the_next_a_day_later(tmp_path: Path) -> None:
    def left(name: str, days: float) -> Path:
        (tmp_path / name / "data").mkdir(parents=True)
        (tmp_path / name / "data" / "evidence.csv").write_text("somebody’s words")
        then = time.time() - days * 24 * 60 * 60
        os.utime(tmp_path / name, (then, then))
        return tmp_path / name

    old, young, mine = left(".evidence-old", 1.01), left(".evidence-young", 0.99), left("evidence-of-mine", 400)
    (tmp_path / ".evidence-file").write_text("a file")
    os.utime(tmp_path / ".evidence-file", (0, 0))
    (tmp_path / ".evidence-link").symlink_to(mine)

    write_bag(tmp_path / "bag", payload=PAYLOAD, readme="", info={})

    assert not old.exists()
    assert (young / "data" / "evidence.csv").exists()
    assert (mine / "data" / "evidence.csv").exists()
    assert (tmp_path / ".evidence-file").exists()


WRITES_A_BIG_BAG = """
import sys
from pathlib import Path
from casework.bag import write_bag
write_bag(Path(sys.argv[1]), payload={f"items/{no}.txt": b"x" * 1000 for no in range(3000)}, readme="", info={})
"""


@pytest.mark.parametrize("files_written", [1, 20, 400])
def test_a_crash_never_leaves_half_a_bag_under_its_name(tmp_path: Path, files_written: int) -> None:
    out = tmp_path / "bag"
    with subprocess.Popen([sys.executable, "-c", WRITES_A_BIG_BAG, str(out)]) as writer:
        while writer.poll() is None and len(list(tmp_path.glob(".evidence-*/data/items/*"))) < files_written:
            pass
        writer.kill()
    assert not out.exists() or checked(out) == 0
    assert [path.name for path in tmp_path.iterdir() if not path.name.startswith(".evidence-")] in ([], ["bag"])
