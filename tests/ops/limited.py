"""The command line in a process of its own that may not have everything: memory, disk, rights, somebody who reads."""

import codecs
import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Literal

from tests.server import environment

NOBODY = 65534


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the process may not have. `memory`: bytes more than at its start; `file_size`: bytes a file may grow to.

    `nobody`: where root runs the tests, the process is nobody, whom rights bind. `output`: whether it is kept here, goes to
    somebody who has gone, or to a disk that is full.
    """

    memory: int | None = None
    file_size: int | None = None
    nobody: bool = False
    output: Literal["kept", "unread", "full"] = "kept"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its status, what it said, and the most memory it had, in bytes."""

    status: int
    out: str
    err: str
    peak: int


class Limited:
    """A running `crestwatch …`. It is forked from a process that has loaded the program already, so that it begins at once."""

    def __init__(self, folder: Path, data_dir: Path, *arguments: str | Path, limits: Limits | None = None, **env: str) -> None:
        server = multiprocessing.get_context("forkserver")
        server.set_forkserver_preload(["ops.cli", "collectors.reddit", "tests.ops.limited"])
        self._folder = folder / f"said-{time.monotonic_ns()}"
        self._folder.mkdir()
        given = (list(map(str, arguments)), environment(data_dir, **env), self._folder, limits or Limits())
        self.process: ForkServerProcess = server.Process(target=_run, args=given)
        self.process.start()

    def ended(self) -> Ended:
        """Wait until it has."""
        self.process.join(120)
        status = self.process.exitcode
        assert status is not None, "it never ended"
        said = {name: (self._folder / name).read_text(encoding="utf-8") for name in ("out", "err", "peak")}
        return Ended(status, said["out"], said["err"], int(said["peak"] or 0))


def _run(arguments: list[str], env: Mapping[str, str], folder: Path, limits: Limits) -> None:
    from core.settings import settings
    from ops import cli

    os.environ.clear()
    os.environ.update(env)
    settings.cache_clear()
    peak = (folder / "peak").open("w", encoding="utf-8")
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(folder / name, os.O_WRONLY | os.O_CREAT), number)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False, buffering=1)
    sys.argv = ["crestwatch", *arguments]
    _limit(limits)
    try:
        cli.main()
    finally:
        with suppress(OSError):
            sys.stdout.flush()
        sys.stdout = sys.__stdout__  # multiprocessing flushes once more, and would say at length that it cannot
        sys.stderr.flush()
        peak.write(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024))
        peak.close()


def _limit(limits: Limits) -> None:
    if limits.output == "unread":
        reader, writer = os.pipe()
        os.close(reader)
        os.dup2(writer, 1)
    elif limits.output == "full":
        os.dup2(os.open("/dev/full", os.O_WRONLY), 1)
    if limits.memory is not None:
        has = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (has + limits.memory,) * 2)
    if limits.file_size is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limits.file_size,) * 2)
    if limits.nobody and os.getuid() == 0:
        for name in ("utf-8-sig", "utf-16", "cp1252", "cp437", "utf-32-le"):
            codecs.lookup(name)  # Python itself may lie where only root can read
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
