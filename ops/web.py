"""The web entry: starts the worker beside the pages, answers `/healthz`, and keeps strangers out while there is no sign-in.

Of strangers only those who report something are let in, and only to the staff form.
"""

import asyncio
import ipaddress
import multiprocessing
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from core.errors import CrestwatchError
from core.log import configure, log
from core.settings import settings
from ops import report_form, worker
from ops.report_form import ReportForm
from store import runs
from store.engine import reading
from store.store import Store, open_store

LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
FORWARDED = (b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip")
LONGEST_PAUSE = 60.0


@lru_cache(maxsize=1)
def _store() -> Store:
    """The store, opened once: what Streamlit's lifespan yields does not reach its routes."""
    return open_store(settings())


def _spool() -> Path:
    """Where reports wait for the worker."""
    return settings().spool


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[None]:
    """Open the store, and keep a worker running for as long as the web runs."""
    configure(settings().secrets)
    try:
        _store()
    except CrestwatchError as problem:  # pages and `/healthz` say so too, and go on once it is mended
        log(part="web").error("store_not_open", reason=str(problem))
    keeper = asyncio.create_task(_keep_worker())
    try:
        yield
    finally:
        keeper.cancel()
        with suppress(asyncio.CancelledError):
            await keeper


async def _keep_worker() -> None:
    """Start the worker, and start it again, with growing pauses, whenever it ends."""
    context = multiprocessing.get_context("spawn")
    pause = 1.0
    while True:
        name = worker.new_name()
        process = context.Process(target=worker.main, args=(settings(), name), name="crestwatch-worker", daemon=True)
        process.start()
        began = asyncio.get_running_loop().time()
        try:
            while process.is_alive():
                await asyncio.sleep(0.5)
        except asyncio.CancelledError:
            process.terminate()
            await asyncio.to_thread(process.join, 10)
            if process.is_alive():
                process.kill()
            raise
        if asyncio.get_running_loop().time() - began > LONGEST_PAUSE:
            pause = 1.0
        log(part="web").warning("worker_ended", again_in_seconds=pause)
        await asyncio.to_thread(_let_go, name)
        await asyncio.sleep(pause)
        pause = min(LONGEST_PAUSE, pause * 2)


def _let_go(name: str) -> None:
    """Free what a worker held that was killed, and so could not do it."""
    with suppress(CrestwatchError):
        worker.let_go(_store(), name)


def health(_request: Request) -> JSONResponse:
    """Whether the store answers, which run is the newest, whether the worker lives, and the version."""
    try:
        with reading(_store().engine) as connection:
            newest, beat = runs.newest_run(connection), runs.last_beat(connection)
    except CrestwatchError as problem:
        return JSONResponse({"store": str(problem), "version": version("crestwatch")}, status_code=503)
    answer = {
        "store": "ok",
        "newest_run": newest,
        "worker": "alive" if worker.alive(_store()) else "not answering",
        "last_heartbeat": beat.isoformat() if beat else None,
        "version": version("crestwatch"),
    }
    return JSONResponse(answer)


class LocalOnly:
    """Answers 403 to whatever is not this computer: foreign Host names (DNS rebinding), other machines, forwarded requests.

    Streamlit checks the Host of its socket only; this guards every route and `/media`. It stands aside once sign-in exists.
    The staff form, and nothing else, is also answered under the setting `public_address`, through a proxy.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let local requests pass, and those to the staff form."""
        if scope["type"] == "lifespan" or _is_local(scope) or _is_report(scope, settings().public_address):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            refusal = PlainTextResponse("Crestwatch answers only to this computer until sign-in is set up.", status_code=403)
            await refusal(scope, receive, send)


def _is_local(scope: Scope) -> bool:
    headers = dict(scope["headers"])
    client = (scope.get("client") or ("",))[0]
    return _host(scope) in LOCAL_NAMES and _is_loopback(client) and not any(header in headers for header in FORWARDED)


def _is_report(scope: Scope, public_address: str | None) -> bool:
    """Whether a stranger asks for a page of the staff form, by the very path that the routes see, under the public address."""
    if public_address is None or scope["type"] != "http" or scope["path"] not in report_form.PATHS:
        return False
    return _host(scope) == urlsplit(public_address).hostname


def _host(scope: Scope) -> str:
    """The name that was asked for, without the port."""
    host: str = dict(scope["headers"]).get(b"host", b"").decode("latin-1").lower()
    return host.rsplit(":", 1)[0] if not host.endswith("]") else host


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


routes = [Route("/healthz", health), *ReportForm(_store, _spool).routes]
middleware = [Middleware(LocalOnly)]
