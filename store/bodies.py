"""The answer of a platform as it is kept: JSON, compressed where that is worth its while."""

import zlib
from typing import Any

from core.jsontext import as_json

_WORTH_WHILE = 1_024
"""Bytes. A shorter answer takes longer to compress than to write."""


def packed(payload: Any) -> bytes:
    """An answer on its way into the store. What no text column could hold (NULs, lone surrogates) is a JSON escape in it."""
    body = as_json(payload)
    return zlib.compress(body) if len(body) > _WORTH_WHILE else body


def unpacked(body: bytes) -> bytes:
    """The JSON of an answer, as `packed` made it. An object begins with a brace, which compressed bytes never do."""
    return body if body[:1] == b"{" else zlib.decompress(body)
