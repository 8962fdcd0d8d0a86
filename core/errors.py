"""What can go wrong, each said so that a person can act on it: what happened, to what, what to do."""

from datetime import datetime


class CrestwatchError(Exception):
    """Something a person can mend. Its text is shown as it is, in one line, without a traceback."""


class BadInput(CrestwatchError):
    """What was handed in cannot be used: a file, a name, an option."""


class StoreUnavailable(CrestwatchError):
    """The data folder or database cannot be read or written: full, read-only, locked or newer than this version."""


class SourceError(CrestwatchError):
    """The family of all that a source may say. A source says nothing else."""


class NotConfigured(SourceError):
    """The source is not switched on yet. `reason` says kindly what it needs; it is the normal state of a new installation."""


class ItemSkipped(SourceError):
    """This one item cannot be used; the rest goes on."""


class SourceStopped(SourceError):
    """The source cannot be used now. `retry_at` (UTC) where it said when to come back."""

    def __init__(self, reason: str, *, retry_at: datetime | None = None) -> None:
        super().__init__(reason)
        self.retry_at = retry_at
