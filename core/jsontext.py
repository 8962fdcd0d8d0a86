"""JSON as it is kept: compact, fast, and of everything that people and platforms write."""

import json
from dataclasses import asdict, is_dataclass
from typing import Any

import orjson


def as_json(value: Any) -> bytes:
    """A value as compact JSON in UTF-8; a dataclass as the object of its fields, what JSON does not know as its words.

    Half a surrogate pair, which UTF-8 cannot hold, and numbers beyond 64 bits go the slower way, as JSON escapes and digits.
    """
    try:
        return orjson.dumps(value, default=_plain, option=orjson.OPT_PASSTHROUGH_DATETIME)
    except TypeError:
        return json.dumps(value, ensure_ascii=True, separators=(",", ":"), default=_plain).encode()


def _plain(value: Any) -> Any:
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)
