"""How far long work is: one line that moves on a terminal, plain lines elsewhere."""

import sys
import time
from contextlib import suppress
from types import TracebackType

import typer

_SECONDS_BETWEEN_LINES = 5.0


class Progress:
    """Says how far it is on standard error; nothing when quiet."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._terminal = sys.stderr.isatty()
        self._last = 0.0
        self._shown = False

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None) -> None:
        if self._shown and self._terminal:
            with suppress(OSError):
                typer.echo("", err=True)

    def say(self, message: str) -> None:
        """Show where the work stands; lines elsewhere than on a terminal come at most every few seconds."""
        now = time.monotonic()
        if self._quiet or (not self._terminal and now - self._last < _SECONDS_BETWEEN_LINES):
            return
        self._last, self._shown = now, True
        with suppress(OSError):  # a reader that has gone must not end the work
            typer.echo(f"\r{message:60}" if self._terminal else message, err=True, nl=not self._terminal)
