"""The dashboard as a user starts it: a real `streamlit run`, in a pseudo-terminal, with an empty home."""

import json
import os
import pty
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 90.0


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(data_dir: Path, **more: str) -> dict[str, str]:
    """The environment of a new user: no settings but where the data lies."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CRESTWATCH_", "STREAMLIT_"))}
    return {**kept, "CRESTWATCH_DATA_DIR": str(data_dir), **more}


def until(true: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    """Wait until something is so; fails with `what` when it never is."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := true():
            return answer
        time.sleep(0.1)
    raise AssertionError(f"never happened: {what}")


class Dashboard:
    """A running dashboard; `with` ends it as a user does, with Ctrl+C."""

    def __init__(self, data_dir: Path, home: Path, **env: str) -> None:
        self.port, self.data_dir = free_port(), data_dir
        self._terminal, terminal = pty.openpty()
        self._output = home / f"dashboard-{self.port}.log"
        address = ["--server.port", str(self.port), "--server.headless", "true"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "dashboard.py", *address],
            cwd=ROOT,
            env=environment(data_dir, HOME=str(home), DISPLAY=":99", **env),
            stdin=terminal,
            stdout=self._output.open("wb"),  # a pipe that nobody reads would hold it up once it is full
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        os.close(terminal)

    def __enter__(self) -> "Dashboard":
        until(self.is_up, "the dashboard answers")
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait(30)
        os.close(self._terminal)

    @property
    def output(self) -> str:
        """What it has written to its terminal so far."""
        return self._output.read_text(encoding="utf-8", errors="replace")

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """One request with these headers (`Host` too); status, headers, body."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.putrequest("GET", path, skip_host=True)
            for name, value in {"Host": f"127.0.0.1:{self.port}", **headers}.items():
                connection.putheader(name.replace("_", "-"), value)
            connection.endheaders()
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def health(self) -> dict[str, Any]:
        """What `/healthz` says."""
        found: dict[str, Any] = json.loads(self.get("/healthz")[2])
        return found

    def is_up(self) -> bool:
        """Whether `/healthz` answers JSON."""
        if self.process.poll() is not None:
            raise AssertionError(f"the dashboard ended: {self.output}")
        try:
            return self.health().get("store") == "ok"
        except (OSError, ValueError):
            return False


def children(pid: int) -> list[int]:
    """The processes that a process started and that still run, from `/proc`."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


def descendants(pid: int) -> set[int]:
    """All processes below one."""
    below = set(children(pid))
    return below.union(*(descendants(each) for each in below)) if below else below


def runs(pid: int) -> bool:
    """Whether a process still runs (a zombie does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
