"""Ctrl+C, an answer that nobody reads, streams that are closed: what was stored stays, and nobody sees a traceback."""

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ops.fictional import COMMAND, schools_file
from tests.ops.limited import Limited, Limits
from tests.ops.numbered import posts, sentence, sound, texts, whole
from tests.server import environment, until

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="limits processes as Linux does")

MANY = 80_000
"""Posts that take longer to import than it takes to see that the first are stored."""


def test_ctrl_c_during_an_import(start: Callable[..., Limited], twenty: dict[str, str], tmp_path: Path, data: Path) -> None:
    file = posts(tmp_path, range(MANY), "more.jsonl")
    running = start("import", file)
    until(lambda: len(texts(data)) > len(twenty), "something is stored", 60)
    os.kill(running.process.pid or 0, signal.SIGINT)
    ended = running.ended()
    assert ended.status == 130, ended
    assert ended.err.splitlines()[-1] == "Interrupted. What was stored stays; run the same again for the rest."
    assert "Traceback" not in ended.err
    there = texts(data)
    assert len(twenty) < len(there) < MANY
    assert there.items() <= whole(range(MANY)).items()
    sound(data)


@pytest.mark.parametrize("arguments", [["--json"], []])
def test_an_answer_that_nobody_reads(start: Callable[..., Limited], tmp_path: Path, data: Path, arguments: list[str]) -> None:
    file = posts(tmp_path, range(20))
    ended = start("import", file, "--schools", schools_file(tmp_path), *arguments, limits=Limits(output="unread")).ended()
    assert (ended.status, ended.err.replace("20 lines read\n", "")) == (1, ""), ended
    assert texts(data) == whole(range(20))


def test_an_answer_for_which_there_is_no_room(start: Callable[..., Limited], twenty: dict[str, str]) -> None:
    said = sentence(start("schools", "--json", limits=Limits(output="full")).ended())
    assert said.startswith("The answer could not be read or written (No space left on device). What was stored stays;")


def test_without_any_standard_stream(tmp_path: Path, data: Path) -> None:
    file = posts(tmp_path, range(20))
    shell = f'"{COMMAND}" import "{file}" --schools "{schools_file(tmp_path)}" <&- >&- 2>&-'
    assert subprocess.run(["sh", "-c", shell], env=environment(data), timeout=60, check=False).returncode == 0
    assert texts(data) == whole(range(20))
