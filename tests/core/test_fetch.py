"""The gate against hostile addresses, with the real client against a loopback server and a made-up name service."""

import gzip
import inspect
import socket
import ssl
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import httpcore2
import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from core.errors import CrestwatchError
from core.fetch import Fetched, FetchFailed, FetchRefused, Limits, fetch, is_public, shown

Answer = Callable[[BaseHTTPRequestHandler], None]
REAL_GETADDRINFO = socket.getaddrinfo
REAL_CONNECTION = socket.create_connection


class Site:
    """A loopback web site: paths, what they answer, and what they were asked."""

    def __init__(self) -> None:
        self.pages: dict[str, Answer] = {}
        self.asked: list[dict[str, str]] = []
        site = self

        class Desk(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append({name.lower(): value for name, value in self.headers.items()} | {"path": self.path})
                site.pages[self.path](self)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
        self.server.daemon_threads = True
        self.port = self.server.server_port
        self.place = f"127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def url(self, path: str) -> str:
        return f"http://{self.place}{path}"

    def get(self, path: str, **options: Any) -> Fetched:
        return fetch(self.url(path), allow=[self.place], **options)


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.server.shutdown()
    made.server.server_close()


def answer(body: bytes = b"", status: int = 200, **headers: str) -> Answer:
    def write(desk: BaseHTTPRequestHandler) -> None:
        desk.send_response(status)
        for name, value in headers.items():
            desk.send_header(name.replace("_", "-"), value)
        desk.send_header("Content-Length", str(len(body)))
        desk.end_headers()
        desk.wfile.write(body)

    return write


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[list[str]]]:
    """A name service: for each host the answers it gives, one list of addresses a look-up. Numbers are looked up for real."""
    book: dict[str, list[list[str]]] = {}

    def look_up(host: str, port: int, *rest: Any, **more: Any) -> list[Any]:
        if host not in book:
            return REAL_GETADDRINFO(host, port, *rest, **more)
        if not book[host]:
            raise AssertionError(f"{host} was looked up once too often")
        family = {4: socket.AF_INET, 6: socket.AF_INET6}
        return [(family[ip_address(each).version], socket.SOCK_STREAM, 6, "", (each, port)) for each in book[host].pop(0)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return book


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch, site: Site) -> list[tuple[str, int]]:
    """Every address connected to. What is not loopback is put through to the site, so that no test leaves this computer."""
    seen: list[tuple[str, int]] = []

    def connect(address: tuple[str, int], *rest: Any, **more: Any) -> socket.socket:
        seen.append(address)
        return REAL_CONNECTION(("127.0.0.1", site.port), *rest, **more)

    monkeypatch.setattr(socket, "create_connection", connect)
    return seen


PRIVATE = [
    *("0.0.0.0", "127.0.0.1", "127.255.255.254", "::", "::1"),  # this computer
    *("10.1.2.3", "172.16.0.1", "192.168.1.1", "fc00::1", "fd12:3456::1", "fec0::1"),  # a network of one's own
    *("169.254.169.254", "fe80::1", "fe80::1%1"),  # this link, and the clouds' keys
    *("100.64.0.1", "192.0.0.8", "192.88.99.1", "198.18.0.1", "198.19.255.255", "240.0.0.1", "5f00::1", "100::1"),  # reserved
    *("192.0.2.1", "198.51.100.7", "203.0.113.7", "2001:db8::1", "3fff::1", "2001:10::1"),  # for books and protocols
    *("224.0.0.251", "239.255.255.250", "255.255.255.255", "ff02::1", "ff0e::1"),  # everybody
    *("::127.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "2001::1", "2002:7f00:1::", "2002:808:808::1"),  # IPv4 in disguise
    *("64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1"),  # NAT64
]


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_that_are_not_the_public_internet(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "151.101.0.81", "2606:4700::1111", "2a00:1450:4009::1"])
def test_public_addresses(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_that_leads_inside_is_refused(address: str, names: dict[str, list[list[str]]]) -> None:
    names["news.example"] = [[address]]
    with pytest.raises(FetchRefused, match="private network"):
        fetch("http://news.example/")


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "017700000001", "127。0。0。1", "0", "localhost"),
        *("[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[fe80::1%25lo]"),
        *("169.254.169.254", "user:password@127.0.0.1"),
    ],
)
def test_every_spelling_of_this_computer_is_refused(host: str) -> None:
    with pytest.raises(FetchFailed) as caught:
        fetch(f"http://{host}/")
    assert "password" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        *("file:///etc/passwd", "ftp://news.example/", "gopher://127.0.0.1:70/", "javascript:alert(1)", "data:text/plain,x"),
        *("//news.example/", "news.example", "", "http://", "http:///x", "http://0177.0.0.1/", "ht\x00tp://x"),
    ],
)
def test_what_is_not_the_web_is_refused(url: str) -> None:
    with pytest.raises(FetchRefused):
        fetch(url)


@pytest.mark.parametrize("port", [22, 25, 3306, 8080, 65536])
def test_other_ports_are_refused_without_a_look_up(port: int, names: dict[str, list[list[str]]]) -> None:
    names["news.example"] = []
    with pytest.raises(FetchRefused, match="only the ports 80 and 443"):
        fetch(f"http://news.example:{port}/")


def test_one_private_address_among_public_ones_is_enough(
    names: dict[str, list[list[str]]], dialled: list[tuple[str, int]]
) -> None:
    names["mixed.example"] = [["93.184.216.34", "10.0.0.5"]]
    with pytest.raises(FetchRefused):
        fetch("http://mixed.example/")
    assert dialled == []


def test_the_address_checked_is_the_address_opened(
    site: Site, names: dict[str, list[list[str]]], dialled: list[tuple[str, int]]
) -> None:
    """A rebinding server answers the second look-up with an inside address: there is no second look-up."""
    names["rebinding.example"] = [["93.184.216.34"]]
    site.pages["/"] = answer(b"hello")
    assert fetch("http://rebinding.example/").body == b"hello"
    assert dialled == [("93.184.216.34", 80)]
    assert site.asked[0]["host"] == "rebinding.example"


def test_a_redirect_is_looked_up_and_checked_anew(
    site: Site, names: dict[str, list[list[str]]], dialled: list[tuple[str, int]]
) -> None:
    names["news.example"] = [["93.184.216.34"], ["192.168.0.9"]]
    site.pages["/"] = answer(status=302, Location="http://news.example/next", Connection="close")
    with pytest.raises(FetchRefused):
        fetch("http://news.example/")
    assert dialled == [("93.184.216.34", 80)]


@pytest.mark.parametrize(
    "location",
    ["http://169.254.169.254/latest/meta-data/", "http://127.0.0.1:1/", "http://localhost/", "//[::1]/", "file:///etc/passwd"],
)
def test_a_redirect_inside_is_refused(location: str, site: Site) -> None:
    site.pages["/"] = answer(status=301, Location=location)
    with pytest.raises(FetchRefused):
        site.get("/")


def test_a_redirect_to_nonsense_is_a_failure(site: Site) -> None:
    site.pages["/"] = answer(status=301, Location="http://0177.0.0.1/")
    with pytest.raises(FetchFailed, match="sends us on to something"):
        site.get("/")


def test_three_redirects_are_followed_and_a_fourth_is_not(site: Site) -> None:
    for step in range(4):
        site.pages[f"/{step}"] = answer(status=302, Location=f"/{step + 1}")
    site.pages["/4"] = answer(b"there")
    assert site.get("/1").final_url == site.url("/4")
    with pytest.raises(FetchFailed, match="more than 3 times"):
        site.get("/0")


def test_the_next_address_is_tried_where_the_first_does_not_answer(
    site: Site, names: dict[str, list[list[str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def connect(address: tuple[str, int], *rest: Any, **more: Any) -> socket.socket:
        seen.append(address[0])
        if address[0] == "93.184.216.34":
            raise ConnectionRefusedError
        return REAL_CONNECTION(("127.0.0.1", site.port), *rest, **more)

    monkeypatch.setattr(socket, "create_connection", connect)
    names["two.example"] = [["2606:4700::1111", "93.184.216.34"]]
    site.pages["/"] = answer(b"hello")
    assert fetch("http://two.example/").body == b"hello"
    assert seen == ["93.184.216.34", "2606:4700::1111"]


def test_what_is_allowed_is_the_exact_pair(site: Site) -> None:
    site.pages["/"] = answer(b"hello")
    assert fetch(site.url("/"), allow=[site.place]).body == b"hello"
    for near in (f"127.0.0.1:{site.port + 1}", "127.0.0.1", f"localhost:{site.port}"):
        with pytest.raises(FetchRefused):
            fetch(site.url("/"), allow=[near])


def test_an_answer_is_told_whole(site: Site) -> None:
    site.pages["/page?q=1"] = answer(b"not here", status=404, ETag='"v1"', Last_Modified="Fri, 20 Nov 2026 10:00:00 GMT")
    told = site.get("/page?q=1")
    assert (told.status, told.body, told.url, told.final_url) == (404, b"not here", site.url("/page?q=1"), told.url)
    assert told.headers["etag"] == '"v1"'
    assert told.at.utcoffset() is not None


def test_an_unchanged_page_is_not_sent_again(site: Site) -> None:
    def conditional(desk: BaseHTTPRequestHandler) -> None:
        known = desk.headers.get("If-None-Match") == '"v1"' and bool(desk.headers.get("If-Modified-Since"))
        write = answer(b"" if known else b"news", 304 if known else 200, ETag='"v1"', Last_Modified="yesterday")
        write(desk)

    site.pages["/feed"] = conditional
    first = site.get("/feed")
    again = site.get("/feed", headers=first.validators)
    assert (first.status, first.body) == (200, b"news")
    assert (again.status, again.body) == (304, b"")


def test_a_page_without_validators_gives_none(site: Site) -> None:
    site.pages["/"] = answer(b"x", ETag="\u00e9")
    assert site.get("/").validators == {}


def test_who_asks_is_said_honestly(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from core.settings import settings

    monkeypatch.setenv("CRESTWATCH_CONTACT", "ict@priory.example\r\nX-Evil: 1 é")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    settings.cache_clear()
    site.pages["/"] = answer()
    site.get("/")
    settings.cache_clear()
    assert site.asked[0]["user-agent"].startswith("Crestwatch/")
    assert site.asked[0]["user-agent"].endswith("(+ict@priory.exampleX-Evil: 1 )")
    assert "x-evil" not in site.asked[0]


def test_a_large_page_is_given_up(site: Site) -> None:
    site.pages["/"] = answer(b"x" * 5_001)
    assert len(site.get("/", limits=Limits(body_bytes=5_001)).body) == 5_001
    with pytest.raises(FetchFailed, match=r"larger than 0\.005 MB"):
        site.get("/", limits=Limits(body_bytes=5_000))


def test_a_page_without_end_is_given_up(site: Site) -> None:
    def endless(desk: BaseHTTPRequestHandler) -> None:
        desk.send_response(200)
        desk.end_headers()
        while True:
            try:
                desk.wfile.write(b"x" * 65_536)
            except OSError:
                return

    site.pages["/"] = endless
    with pytest.raises(FetchFailed, match="larger than"):
        site.get("/")


def test_packed_pages_are_unpacked(site: Site) -> None:
    site.pages["/gzip"] = answer(gzip.compress(b"hello"), Content_Encoding="gzip")
    site.pages["/deflate"] = answer(zlib.compress(b"hello"), Content_Encoding="deflate")
    assert site.get("/gzip").body == site.get("/deflate").body == b"hello"


def test_a_bomb_is_counted_unpacked(site: Site) -> None:
    site.pages["/"] = answer(gzip.compress(b"\0" * 50_000_000), Content_Encoding="gzip")
    with pytest.raises(FetchFailed, match="larger than 2 MB"):
        site.get("/")


@pytest.mark.parametrize("packing", ["gzip, gzip", "gzip,deflate", "br", "zstd"])
def test_packings_that_cannot_be_counted_are_refused(packing: str, site: Site) -> None:
    site.pages["/"] = answer(gzip.compress(gzip.compress(b"\0" * 1_000_000)), Content_Encoding=packing)
    with pytest.raises(FetchFailed, match="packing"):
        site.get("/")


@pytest.mark.parametrize("where", ["before the answer", "in the headers", "in the body"])
def test_a_server_that_drips_is_left(where: str, site: Site) -> None:
    stop = threading.Event()

    def drip(desk: BaseHTTPRequestHandler) -> None:
        start = {
            "before the answer": b"",
            "in the headers": b"HTTP/1.1 200 OK\r\nX-A: ",
            "in the body": b"HTTP/1.1 200 OK\r\n\r\n",
        }
        desk.wfile.write(start[where])
        while not stop.wait(0.02):
            try:
                desk.wfile.write(b"" if where == "before the answer" else b"x")
                desk.wfile.flush()
            except OSError:
                return

    site.pages["/"] = drip
    with pytest.raises(FetchFailed, match="in time"):
        site.get("/", limits=Limits(total_seconds=0.3))
    stop.set()


def test_a_name_service_that_hangs_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: answered.wait(60))
    try:
        with pytest.raises(FetchFailed, match="in time"):
            fetch("http://slow.example/", limits=Limits(total_seconds=0.1))
    finally:
        answered.set()


@pytest.mark.parametrize("said", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"])
def test_what_is_not_http_is_a_failure(said: bytes, site: Site) -> None:
    def write(desk: BaseHTTPRequestHandler) -> None:
        desk.wfile.write(said)

    site.pages["/"] = write
    with pytest.raises(FetchFailed, match="broke off"):
        site.get("/")


def test_damaged_packing_is_a_failure(site: Site) -> None:
    site.pages["/"] = answer(b"not gzip", Content_Encoding="gzip")
    with pytest.raises(FetchFailed):
        site.get("/")


def test_nobody_there_is_a_failure(names: dict[str, list[list[str]]]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(FetchFailed, match="nothing answers"):
        fetch(f"http://{place}/", allow=[place])


def test_a_certificate_that_nobody_vouches_for_is_a_failure(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    start = datetime.now(UTC) - timedelta(days=1)
    builder = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), start, start + timedelta(days=9)
    )
    own = builder.sign(key, hashes.SHA256())
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "own.pem").write_bytes(secret + own.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "own.pem")

    with socket.create_server(("127.0.0.1", 0)) as listening:

        def greet() -> None:
            with suppress(OSError):
                context.wrap_socket(listening.accept()[0], server_side=True).close()

        threading.Thread(target=greet, daemon=True).start()
        place = f"127.0.0.1:{listening.getsockname()[1]}"
        with pytest.raises(FetchFailed, match="certificate is not valid"):
            fetch(f"https://{place}/", allow=[place])


def test_a_host_that_does_not_exist_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_a: Any, **_k: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(FetchFailed, match="no host called"):
        fetch("https://nowhere.example/")


def test_a_plain_server_behind_https_is_a_failure(site: Site) -> None:
    with pytest.raises(FetchFailed):
        fetch(f"https://{site.place}/", allow=[site.place])


@given(st.text())
def test_no_text_is_opened_by_mistake(url: str) -> None:
    """Whatever is handed in that names no host ends in one sentence."""
    with pytest.raises(CrestwatchError):
        fetch(url.replace("//", "/"))


def test_what_is_shown_of_an_address_holds_no_secret() -> None:
    assert shown("https://me:secret@news.example/feed?key=secret#secret") == "https://news.example/feed"
    assert shown("http://a\x00b") == "An address"


def test_the_private_place_where_the_gate_is_hung() -> None:
    """httpx2 keeps its connections in `_pool`. Should a release rename it, the gate would hang in the air: see `_Transport`."""
    transport = httpx2.HTTPTransport()
    assert isinstance(transport._pool, httpcore2.ConnectionPool)
    assert "network_backend" in inspect.signature(httpcore2.ConnectionPool).parameters
    assert "self._pool.handle_request(" in inspect.getsource(httpx2.HTTPTransport.handle_request)
