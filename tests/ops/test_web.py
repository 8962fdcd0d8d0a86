"""The dashboard as it is started for the first time, and what it says to strangers."""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server import Dashboard, descendants, runs, until

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes through /proc")
FOREIGN = ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8501", "192.168.1.7", "[::2]", ""]


@pytest.fixture(scope="module")
def dashboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    with Dashboard(tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("home")) as running:
        yield running


def test_health_is_ours_and_says_store_newest_run_and_version(dashboard: Dashboard) -> None:
    status, headers, _ = dashboard.get("/healthz")
    health = dashboard.health()
    assert status == 200
    assert headers["content-type"] == "application/json"
    assert health["store"] == "ok"
    assert health["newest_run"] == 0
    assert health["version"] == "0.1.0"


def test_a_worker_runs_beside_it(dashboard: Dashboard) -> None:
    until(lambda: dashboard.health()["worker"] == "alive", "the worker gives a sign of life")


@pytest.mark.parametrize("path", ["/healthz", "/", "/posts", "/media/abc", "/_stcore/host-config"])
@pytest.mark.parametrize("host", FOREIGN)
def test_a_foreign_host_name_is_refused_on_every_route(dashboard: Dashboard, path: str, host: str) -> None:
    assert dashboard.get(path, Host=host)[0] == 403


@pytest.mark.parametrize("header", ["X_Forwarded_For", "Forwarded", "X_Real_IP", "X_Forwarded_Host"])
def test_what_is_forwarded_is_refused(dashboard: Dashboard, header: str) -> None:
    assert dashboard.get("/healthz", **{header: "203.0.113.9"})[0] == 403


def test_local_names_are_let_in(dashboard: Dashboard) -> None:
    for host in ("localhost", f"localhost:{dashboard.port}", "127.0.0.1", "LOCALHOST"):
        assert dashboard.get("/healthz", Host=host)[0] == 200


def test_it_listens_to_this_computer_alone(dashboard: Dashboard) -> None:
    found = {each[4][0] for each in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    for address in found - {"127.0.0.1", "127.0.1.1"}:
        with pytest.raises(OSError):
            socket.create_connection((str(address), dashboard.port), timeout=2)
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.2", dashboard.port), timeout=2)


def test_a_killed_worker_is_started_again(tmp_path: Path) -> None:
    with Dashboard(tmp_path / "data", tmp_path) as dashboard:
        worker = until(lambda: worker_of(dashboard), "a worker process")
        os.kill(worker, signal.SIGKILL)
        until(lambda: not runs(worker), "the worker is gone")
        again = until(lambda: worker_of(dashboard), "another worker")
        assert again != worker


def test_ctrl_c_ends_everything(tmp_path: Path) -> None:
    with Dashboard(tmp_path / "data", tmp_path) as dashboard:
        until(lambda: worker_of(dashboard), "a worker process")
        below = descendants(dashboard.process.pid)
    assert dashboard.process.returncode == 1  # Streamlit's own answer to Ctrl+C: "Aborted!"
    assert "Traceback" not in dashboard.output
    until(lambda: not any(runs(each) for each in below), "nothing is left running", 20)


def test_a_killed_web_leaves_no_orphan(tmp_path: Path) -> None:
    with Dashboard(tmp_path / "data", tmp_path) as dashboard:
        until(lambda: dashboard.health()["worker"] == "alive", "the worker gives a sign of life")
        below = descendants(dashboard.process.pid)
        dashboard.process.kill()
        until(lambda: not any(runs(each) for each in below), "the worker leaves", 30)


def worker_of(dashboard: Dashboard) -> int | None:
    """The worker's process, once it runs our code."""
    for pid in descendants(dashboard.process.pid):
        try:
            if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes():
                return pid
        except OSError:
            continue
    return None
