"""A loopback server that plays made-up answers to real client libraries, with the faults of a bad day."""

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal, Self
from urllib.parse import parse_qs, urlsplit

LONGER_THAN_ANY_PATIENCE = 30.0  # seconds
RESET_AFTER = 120  # seconds until a 429 says that it is over

FaultKind = Literal["429", "429-bare", "500", "403", "slow", "truncate", "cut", "disconnect", "html", "empty"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a route answers. Bytes go out as they are, everything else as JSON."""

    body: object = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Route = Callable[[dict[str, str], Mapping[str, str]], Answer]
"""From the query (the last value of each name) and the headers (names in lower case) of a request to its answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request that came in."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]


@dataclass(slots=True, kw_only=True)
class Fault:
    """What goes wrong under a path: the next `after` requests pass, the `times` after them fail."""

    path: str
    kind: FaultKind
    after: int
    times: int

    def strikes(self) -> bool:
        """Whether the request that just came fails."""
        if self.after > 0:
            self.after -= 1
            return False
        self.times -= 1
        return self.times >= 0


class Replay(ThreadingHTTPServer):
    """The server, on a free port, while it is used as a context manager. `routes` go by path prefix, the longest first.

    Faults: `429` says when it is over and `429-bare` does not; `slow` never answers; `truncate` sends half an answer as if it
    were whole, `cut` closes the connection half-way; `disconnect` closes it before; `html` and `empty` are answers with 200.
    """

    daemon_threads = True

    def __init__(self, routes: Mapping[str, Route] | None = None) -> None:
        """Listen; answering begins with the context manager."""
        super().__init__(("127.0.0.1", 0), _Player)
        self.routes: dict[str, Route] = dict(routes or {})
        self.log: list[Asked] = []
        self.faults: list[Fault] = []
        self.closing = threading.Event()

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://127.0.0.1:{self.server_port}"

    def fault(self, path: str, kind: FaultKind, *, times: int = 1, after: int = 0) -> None:
        """Let requests under a path fail."""
        self.faults.append(Fault(path=path, kind=kind, after=after, times=times))

    def asked(self, path: str) -> list[Asked]:
        """The requests so far under a path, oldest first."""
        return [each for each in self.log if each.path.startswith(path)]

    def __enter__(self) -> Self:
        """Begin to answer."""
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop, and let those go who still wait for a slow answer."""
        self.closing.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that has lost its patience is what some tests are about."""


class _Player(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Replay

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        query = {name: values[-1] for name, values in parse_qs(url.query, keep_blank_values=True).items()}
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.log.append(Asked(method=self.command, path=url.path, query=query, headers=headers))
        kind = next((fault.kind for fault in self.server.faults if url.path.startswith(fault.path) and fault.strikes()), None)
        if kind is not None:
            self._fail(kind, url.path, query, headers)
        else:
            self._send(self._answer(url.path, query, headers))

    do_POST = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(self, path: str, query: dict[str, str], headers: Mapping[str, str]) -> Answer:
        for prefix in sorted(self.server.routes, key=len, reverse=True):
            if path.startswith(prefix):
                return self.server.routes[prefix](query, headers)
        return Answer(body={"title": "Not Found"}, status=404)

    def _fail(self, kind: FaultKind, path: str, query: dict[str, str], headers: Mapping[str, str]) -> None:
        if kind == "slow":
            self.server.closing.wait(LONGER_THAN_ANY_PATIENCE)
        elif kind == "429":
            over = {"x-rate-limit-reset": str(int(time.time()) + RESET_AFTER), "retry-after": str(RESET_AFTER)}
            return self._send(Answer(body={"title": "Too Many Requests"}, status=429, headers=over))
        elif kind == "429-bare":
            return self._send(Answer(body={"title": "Too Many Requests"}, status=429))
        elif kind in ("500", "403"):
            return self._send(Answer(body={"title": "error"}, status=int(kind)))
        elif kind == "html":
            return self._send(Answer(body=b"<html>The query was too short.</html>", headers={"content-type": "text/html"}))
        elif kind == "empty":
            return self._send(Answer(body={}))
        elif kind in ("truncate", "cut"):
            whole = self._content(self._answer(path, query, headers))
            half = whole[: len(whole) // 2]
            self._send(Answer(body=half), promised=len(half) if kind == "truncate" else len(whole))
        self.close_connection = True
        return None

    def _send(self, answer: Answer, *, promised: int | None = None) -> None:
        content = self._content(answer)
        self.send_response(answer.status)
        length = len(content) if promised is None else promised
        fixed = {"content-type": "application/json; charset=utf-8", "content-length": str(length)}
        for name, value in (fixed | dict(answer.headers)).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    @staticmethod
    def _content(answer: Answer) -> bytes:
        return answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
