"""Reads one feed by feedparser in a process of its own: `python -m collectors.feed_parser` with the feed on standard input.

Some of its patterns take time that grows with the square of what they read: half a megabyte in an author's name keeps it busy
for an hour. A process can be stopped; a thread cannot. The feed goes in as bytes, for feedparser opens files and addresses that
it is given as text.
"""

import io
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from time import struct_time
from typing import Any
from xml.sax import SAXException

from core.types import Json

SECONDS = 20
_CLOSED = re.compile(rb"</(?:[\w.-]+:)?(?:rss|feed|rdf)\s*>\s*(?:<!--[^>]*-->\s*)*\Z", re.IGNORECASE)


def read_apart(body: bytes, url: str, content_type: str) -> Json | None:
    """What `read` gives, read in another process; None where that took longer than `SECONDS` or ended badly."""
    order = json.dumps({"url": url, "content_type": content_type}).encode() + b"\n" + body
    command = [sys.executable, "-m", "collectors.feed_parser"]
    root = Path(__file__).parents[1]
    try:
        done = subprocess.run(command, input=order, capture_output=True, timeout=SECONDS, check=True, cwd=root)
    except subprocess.SubprocessError:
        return None
    found: Json = json.loads(done.stdout)
    return found


def read(body: bytes, url: str, content_type: str) -> dict[str, Any]:
    """A feed as plain values. `version` is empty for what is no feed; `truncated` says that its end is missing.

    Relative addresses and ids are read against `url`. Of a truncated feed the last entry is left out: it may be half an entry.
    """
    import feedparser  # noqa: PLC0415

    headers = {"content-location": url, "content-type": content_type}
    parsed = feedparser.parse(io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    malformed = isinstance(parsed.get("bozo_exception"), SAXException)
    truncated = malformed and not _CLOSED.search(body[-2_000:])
    entries = [_entry(each) for each in parsed.entries]
    return {
        "version": parsed.version,
        "truncated": truncated,
        "title": parsed.feed.get("title"),
        "language": parsed.feed.get("language"),
        "entries": entries[:-1] if truncated else entries,
    }


def _entry(entry: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": entry.get("id"),
        "link": entry.get("link"),
        "title": _words(entry.get("title_detail")),
        "summary": _words(entry.get("summary_detail")),
        "content": _words(next(iter(entry.get("content", ())), None)),
        "author": entry.get("author_detail", {}).get("name"),
        # Asked of the dictionary itself: feedparser's own `get` answers with the other of the two where one is missing.
        "published": _moment(dict.get(entry, "published_parsed")),
        "updated": _moment(dict.get(entry, "updated_parsed")),
    }


def _words(detail: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return {"type": detail.get("type"), "value": detail.get("value")} if detail else None


def _moment(parsed: struct_time | None) -> str | None:
    """A date of feedparser's, which is UTC, in ISO form; None where it is no date."""
    try:
        return datetime(*parsed[:6], tzinfo=UTC).isoformat() if parsed else None
    except ValueError:
        return None


if __name__ == "__main__":
    wanted = json.loads(sys.stdin.buffer.readline())
    sys.stdout.write(json.dumps(read(sys.stdin.buffer.read(), wanted["url"], wanted["content_type"])))
