"""The HTTP session that client libraries built on requests are given."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from requests import PreparedRequest, Response, Session


def session(timeout_seconds: float, base_url: str | None = None) -> "Session":
    """A session whose every request ends after `timeout_seconds` of silence: tweepy passes no timeout, praw a fixed one.

    With `base_url` every request goes there instead, so that an unmodified client can be played a recording.
    """
    # Imported here because listing the sources imports this module, and requests is slow to load.
    from requests import Session  # noqa: PLC0415
    from requests.adapters import HTTPAdapter  # noqa: PLC0415

    class Bounded(HTTPAdapter):
        def send(self, request: "PreparedRequest", *args: Any, **kwargs: Any) -> "Response":
            if base_url:
                request.url = base_url.rstrip("/") + request.path_url
            return super().send(request, *args, **kwargs | {"timeout": timeout_seconds})

    bounded = Session()
    bounded.trust_env = base_url is None  # a proxy would look for the loopback address on its own machine
    bounded.mount("https://", Bounded())
    bounded.mount("http://", Bounded())
    return bounded
