"""The dashboard as it is started for the first time, and what it says to strangers."""

import os
import signal
import socket
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest
from sqlalchemy import func, select

from casework import report_code
from core.settings import Settings
from core.types import School
from core.weeks import utc_now
from ops import report_form, report_request
from store import profiles
from store.engine import reading, writing
from store.store import open_store
from store.tables import sightings
from tests.server import Dashboard, descendants, runs, until

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes through /proc")
PUBLIC = "listening.skarnby.example"
FOREIGN = [PUBLIC, "evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8501", "192.168.1.7", "[::2]", ""]


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


@pytest.mark.parametrize("path", ["/healthz", "/", "/posts", "/media/abc", "/_stcore/host-config", "/report", "/report/new"])
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


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """A dashboard whose staff form is open, and is reached from elsewhere through a proxy."""
    data_dir, home = tmp_path_factory.mktemp("public"), tmp_path_factory.mktemp("home")
    store = open_store(Settings(data_dir=data_dir))
    with writing(store.engine) as connection:
        profiles.save_schools(connection, [School(id="sva", name="Skarnby Vale Academy")], now=utc_now())
    report_code.start(store, by="Head", now=utc_now())
    store.engine.dispose()
    with Dashboard(data_dir, home, CRESTWATCH_PUBLIC_ADDRESS=f"https://{PUBLIC}/") as running:
        yield running


@pytest.mark.parametrize("path", [*sorted(report_form.PATHS), "/report?code=222", "/report%2Fnew"])
@pytest.mark.parametrize("host", [PUBLIC, f"{PUBLIC}:443", PUBLIC.upper(), "127.0.0.1"])
def test_the_staff_form_answers_under_its_public_address(public: Dashboard, path: str, host: str) -> None:
    forwarded = {} if host == "127.0.0.1" else {"X_Forwarded_For": "203.0.113.9", "X_Forwarded_Proto": "https"}

    status, headers, body = public.get(path, Host=host, **forwarded)

    assert status == 200
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert b"<h1>" in body


@pytest.mark.parametrize(
    "path",
    [
        *("/healthz", "/", "/posts", "/media/abc", "/_stcore/host-config", "/_stcore/stream", "/static/index.html"),
        *("/report/", "/report/new/", "/report/other", "/reports", "/Report", "/report;a", "/report/new/../../healthz"),
        *(
            "/report/../healthz",
            "/report/..",
            "//report",
            "/report//new",
            "/./report",
            "/report%2f..",
            "/report%2f..%2fhealthz",
        ),
        *("/%2freport", "/report%00", "/report%3f", "/healthz?/report", "/healthz%23/report", f"http://{PUBLIC}/healthz"),
    ],
)
def test_nothing_else_answers_under_it(public: Dashboard, path: str) -> None:
    assert public.get(path, Host=PUBLIC)[0] in (400, 403)
    assert public.get(path, Host=PUBLIC, X_Forwarded_For="203.0.113.9", X_Forwarded_Host="127.0.0.1")[0] in (400, 403)


@pytest.mark.parametrize("host", [each for each in FOREIGN if each != PUBLIC] + [f"{PUBLIC}.evil.example", f"x.{PUBLIC}"])
def test_under_another_name_not_even_the_staff_form_answers(public: Dashboard, host: str) -> None:
    assert public.get("/report", Host=host)[0] == 403


def test_no_socket_opens_under_it(public: Dashboard) -> None:
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec_WebSocket_Version": "13"}
    key = {"Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ=="}

    for path in ("/report", "/report/new", "/_stcore/stream"):
        assert public.get(path, Host=PUBLIC, **upgrade, **key)[0] == 403


def test_who_is_forwarded_to_the_form_gets_nowhere_else_by_a_local_name(public: Dashboard) -> None:
    for path in ("/healthz", "/report"):
        assert public.get(path, X_Forwarded_For="203.0.113.9")[0] == 403


@pytest.mark.parametrize("chunked", [True, False])
def test_more_than_twelve_megabytes_are_refused_in_a_sentence(public: Dashboard, chunked: bool) -> None:
    connection = HTTPConnection("127.0.0.1", public.port, timeout=60)
    headers = {"Host": PUBLIC, "Content-Type": "multipart/form-data; boundary=b"}
    file = b'--b\r\nContent-Disposition: form-data; name="screenshot"; filename="a.png"\r\n\r\n'
    body = [file, *[bytes(1024 * 1024)] * 13]

    connection.request("POST", "/report/new", iter(body) if chunked else b"".join(body), headers, encode_chunked=chunked)
    answer = connection.getresponse()

    assert answer.status == 413
    assert report_request.TOO_LARGE.encode() in answer.read()
    connection.close()


def test_nothing_is_kept_or_logged_of_whose_computer_a_report_comes_from(public: Dashboard) -> None:
    store = open_store(Settings(data_dir=public.data_dir))
    connection = HTTPConnection("127.0.0.1", public.port, timeout=60)
    fields = {"code": report_code.current(store), "link": "https://www.facebook.com/groups/skarnbychat/posts/77/"}
    parts = [f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n' for name, text in fields.items()]
    sender = {"X-Forwarded-For": "203.0.113.9", "X-Real-IP": "203.0.113.9", "User-Agent": "Phone of Jo Marsh"}
    headers = {"Host": PUBLIC, "Content-Type": "multipart/form-data; boundary=b", **sender}

    for code in ("222-222-222", str(fields["code"])):
        body = "".join(parts).replace(str(fields["code"]), code) + "--b--\r\n"
        connection.request("POST", "/report/new", body, headers)
        assert connection.getresponse().read()
    connection.close()

    with reading(store.engine) as reader:
        assert reader.scalar(select(func.count()).select_from(sightings)) == 1
    store.engine.dispose()
    kept = [path.read_bytes() for path in public.data_dir.rglob("*") if path.is_file()] + [public.output.encode()]
    assert not any(trace in each for each in kept for trace in (b"203.0.113.9", b"Phone of Jo Marsh"))


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
    assert dashboard.process.returncode in (0, 1)  # Streamlit's own answers to Ctrl+C: done, or "Aborted!" while it starts
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
