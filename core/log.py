"""The log: one JSON line an event with what it concerns, secrets taken out, and never the text of a post."""

import logging
import os
import re
import sys
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any

import structlog

SECRET_NAME = re.compile(r"token|secret|password|passwd|authorization|api_?key|bearer|cookie|dsn|database_url", re.IGNORECASE)
_PRIVATE_NAME = frozenset({"text", "title", "body", "bio", "handle", "author", "payload", "what_it_says"})
_URL_PASSWORD = re.compile(r"(?<=://)([^/\s:@]+):([^/\s@]+)@")
_SHORTEST_SECRET = 8


class Redaction:
    """Takes out values named like secrets, values that are secrets wherever they stand, and what people wrote."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        from_environment = (value for name, value in os.environ.items() if SECRET_NAME.search(name))
        self._known = tuple(s for s in {*secrets, *from_environment} if len(s) >= _SHORTEST_SECRET)

    def __call__(self, _logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """Redact one event in place."""
        for name, value in event.items():
            event[name] = self._redacted(name, value)
        return event

    def _redacted(self, name: str, value: Any) -> Any:
        """A value that may be logged under its name: inside lists and tables too, and in the words of an exception."""
        if SECRET_NAME.search(name) or name in _PRIVATE_NAME:
            return "[not logged]"
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, Mapping):
            return {str(each): self._redacted(str(each), inner) for each, inner in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self._redacted(name, inner) for inner in value]
        return self.clean(str(value))

    def clean(self, text: str) -> str:
        """A string without known secrets and without passwords inside URLs."""
        for secret in self._known:
            text = text.replace(secret, "[not logged]")
        return _URL_PASSWORD.sub(r"\1:[not logged]@", text)


class _StdlibRedaction(logging.Filter):
    """The same for libraries that log by themselves."""

    def __init__(self, redaction: Redaction) -> None:
        super().__init__()
        self._redaction = redaction

    def filter(self, record: logging.LogRecord) -> bool:
        """Render, clean and let pass. Of an exception only its kind stays: a traceback shows values."""
        kind = f" ({record.exc_info[0].__name__})" if record.exc_info and record.exc_info[0] else ""
        record.msg, record.args = self._redaction.clean(record.getMessage()) + kind, ()
        record.exc_info = record.exc_text = record.stack_info = None
        return True


def configure(secrets: Iterable[str] = (), *, level: int = logging.INFO) -> None:
    """Send the log to standard error. Called once by each process at its start."""
    redaction = Redaction(secrets)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            redaction,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_StdlibRedaction(redaction))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


def log(**bound: object) -> structlog.typing.FilteringBoundLogger:
    """A logger that says with every line what it concerns: `log(source="feeds", run=12).info("stored", posts=40)`."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger(**bound)
    return logger
