"""The only way to open an address that we did not write: a feed, a link in a post, a page to be kept as evidence.

Such an address may lead to this computer or into the school's own network, lead elsewhere when asked again, send us on,
drip, or unpack to gigabytes. So one gate makes every connection, redirects included: it looks the name up, refuses it
unless all of its addresses are public, and connects to exactly what it looked up.
"""

import socket
import ssl
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib.metadata import version
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from time import monotonic

import httpcore2
import httpx2

from core.errors import CrestwatchError
from core.settings import settings
from core.weeks import utc_now

Address = IPv4Address | IPv6Address

_UNICAST = ip_network("2000::/3")
_RESERVED = (
    ip_network("100.64.0.0/10"),  # carrier-grade NAT
    ip_network("192.0.0.0/24"),  # protocol assignments
    ip_network("192.88.99.0/24"),  # 6to4 relays
    ip_network("198.18.0.0/15"),  # benchmarks
    ip_network("2001::/23"),  # Teredo and other protocol assignments
    ip_network("2002::/16"),  # 6to4: an IPv4 address in disguise
    ip_network("3fff::/20"),  # documentation
)
_PORTS = (80, 443)
_ENCODINGS = ("", "identity", "gzip", "deflate")


class FetchFailed(CrestwatchError):
    """An address could not be opened or read to its end: no answer, too slow, too large, broken."""


class FetchRefused(FetchFailed):
    """An address that we do not open: not the web's, or not public."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a stranger's server may take of us: bytes are counted unpacked, `total_seconds` is the wall clock of it all."""

    body_bytes: int = 2_000_000
    connect_seconds: float = 5
    total_seconds: float = 15
    redirects: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What an address answered, whatever the status, and when (UTC). Names of headers are in lower case."""

    url: str
    final_url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    at: datetime

    @property
    def validators(self) -> dict[str, str]:
        """The headers that ask next time for news only: with them, an unchanged address answers 304 and no body (RFC 9110)."""
        pairs = (("If-None-Match", self.headers.get("etag")), ("If-Modified-Since", self.headers.get("last-modified")))
        return {name: value for name, value in pairs if value and value.isascii()}


def fetch(
    url: str, *, limits: Limits = Limits(), headers: Mapping[str, str] | None = None, allow: Collection[str] = ()
) -> Fetched:
    """Open an address as nobody in particular: no cookies, no proxy, no sign-in of this computer.

    `allow` names `host:port` pairs that are opened wherever they lead: what an administrator wrote down as the school's own.
    Raises FetchRefused for an address we do not open and FetchFailed when it cannot be read; any status is an answer.
    """
    gate = _Gate(frozenset(pair.lower() for pair in allow), limits)
    try:
        with httpx2.Client(transport=_Transport(gate), trust_env=False, headers=_own_headers()) as client:
            client.timeout = httpx2.Timeout(limits.total_seconds, connect=limits.connect_seconds)
            return _follow(client, client.build_request("GET", url, headers=headers), url, limits)
    except httpx2.TimeoutException:
        raise FetchFailed(f"{shown(url)} did not answer in time.") from None
    except (httpx2.InvalidURL, UnicodeError):
        raise FetchRefused(f"{shown(url)} is not a web address.") from None
    except httpx2.ConnectError as problem:
        why = "its certificate is not valid" if "CERTIFICATE" in str(problem) else "nothing answers there"
        raise FetchFailed(f"{shown(url)} cannot be reached: {why}.") from None
    except httpx2.HTTPError:
        raise FetchFailed(f"{shown(url)} broke off, or answered with something that is not the web.") from None


def shown(url: str) -> str:
    """An address as it may be shown and logged: without passwords and without the query, which may hold a key."""
    try:
        return str(httpx2.URL(url).copy_with(userinfo=b"", query=None, fragment=None))[:200]
    except httpx2.InvalidURL:
        return "An address"


def is_public(address: Address) -> bool:
    """Whether an address lies in the public internet, by a list stricter than `is_global`: no way round by IPv4 inside IPv6."""
    if isinstance(address, IPv6Address) and address not in _UNICAST:
        return False
    return address.is_global and not address.is_multicast and not any(address in block for block in _RESERVED)


def _own_headers() -> dict[str, str]:
    contact = "".join(sign for sign in settings().contact or "" if sign.isascii() and sign.isprintable())
    agent = f"Crestwatch/{version('crestwatch')}"
    return {"User-Agent": f"{agent} (+{contact})" if contact else agent, "Accept-Encoding": "gzip, deflate"}


def _follow(client: httpx2.Client, first: httpx2.Request, url: str, limits: Limits) -> Fetched:
    request: httpx2.Request | None = first
    for _ in range(limits.redirects + 1):
        if request is None:
            raise FetchFailed(f"{shown(url)} sends us on to something that is not a web address.")
        if request.url.scheme not in ("http", "https") or not request.url.host:
            raise FetchRefused(f"{shown(str(request.url))} is not a web address: it must begin with http:// or https://.")
        response = client.send(request, stream=True)
        try:
            if not response.has_redirect_location:
                return _read(url, response, limits)
        finally:
            response.close()
        request = response.next_request
    raise FetchFailed(f"{shown(url)} sends us on more than {limits.redirects} times.")


def _read(url: str, response: httpx2.Response, limits: Limits) -> Fetched:
    # Packed twice, a few kilobytes unpack to gigabytes inside one step, before anybody can count them.
    if response.headers.get("content-encoding", "").strip().lower() not in _ENCODINGS:
        raise FetchFailed(f"{shown(url)} answers in a packing that we did not ask for.")
    body = bytearray()
    for piece in response.iter_bytes():
        body += piece
        if len(body) > limits.body_bytes:
            raise FetchFailed(f"{shown(url)} is larger than {limits.body_bytes / 1e6:g} MB.")
    final, headers = str(response.url), dict(response.headers)
    return Fetched(url=url, final_url=final, status=response.status_code, headers=headers, body=bytes(body), at=utc_now())


class _Gate(httpcore2.NetworkBackend):
    """Makes every connection of one fetch, and keeps its clock."""

    def __init__(self, allow: frozenset[str], limits: Limits) -> None:
        self._allow = allow
        self._deadline = monotonic() + limits.total_seconds
        self._network = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to the first of the host's addresses that answers, or refuse the host."""
        problem: Exception = httpcore2.ConnectError("no address")
        for address in self._addresses(host, port):
            try:
                stream = self._network.connect_tcp(str(address), port, self.left(timeout), local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as failed:
                problem = failed
            else:
                return _Timed(stream, self)
        raise problem

    def left(self, most: float | None) -> float:
        """The seconds that the next step may take. Raises a time-out when the wall clock has run out."""
        seconds = self._deadline - monotonic()
        if seconds <= 0:
            raise httpcore2.ReadTimeout("out of time")
        return seconds if most is None else min(most, seconds)

    def _addresses(self, host: str, port: int) -> list[Address]:
        named = f"{host}:{port}".lower() in self._allow
        if not named and port not in _PORTS:
            raise FetchRefused(f"{host}:{port} is not opened: only the ports 80 and 443 are.")
        found = _look_up(host, port, self.left(None))
        if not named and not all(is_public(address) for address in found):
            raise FetchRefused(f"{host} is not opened: it leads into a private network or to a reserved address.")
        # Where a network's IPv6 is broken, asking it first would eat the time.
        return sorted(found, key=lambda address: address.version)


@dataclass(frozen=True, slots=True)
class _Timed(httpcore2.NetworkStream):
    """A connection on which every step ends when the whole fetch must: a server that drips gets no longer for it."""

    stream: httpcore2.NetworkStream
    gate: _Gate

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.stream.read(max_bytes, self.gate.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.stream.write(buffer, self.gate.left(timeout))

    def close(self) -> None:
        self.stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return _Timed(self.stream.start_tls(ssl_context, server_hostname, self.gate.left(timeout)), self.gate)

    def get_extra_info(self, info: str) -> object:
        return self.stream.get_extra_info(info)


class _Transport(httpx2.HTTPTransport):
    """httpx2's own transport, its connections made by our gate. `_pool` is private there: a contract test holds it."""

    def __init__(self, gate: _Gate) -> None:
        super().__init__(verify=_trusted(), trust_env=False)
        self._pool = httpcore2.ConnectionPool(ssl_context=_trusted(), network_backend=gate)


@lru_cache(maxsize=1)
def _trusted() -> ssl.SSLContext:
    """The certificates this computer trusts, those of a school's own web filter included."""
    return httpx2.create_ssl_context(trust_env=False)


def _look_up(host: str, port: int, seconds: float) -> list[Address]:
    """Every address of a host. The system's look-up knows no time limit, so a thread asks and we stop waiting for it."""
    asking = ThreadPoolExecutor(max_workers=1)
    try:
        answers = asking.submit(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM).result(seconds)
    except TimeoutError:
        raise httpcore2.ConnectTimeout("the look-up took too long") from None
    except (OSError, UnicodeError, ValueError):
        raise FetchFailed(f"There is no host called {host}, or this computer is not online.") from None
    finally:
        asking.shutdown(wait=False)
    return [ip_address(str(answer[4][0])) for answer in answers]
