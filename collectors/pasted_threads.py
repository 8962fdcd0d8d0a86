"""A thread that somebody copied off a screen, split into its posts: WhatsApp, Facebook, Reddit, TikTok.

Splitting wrongly is worse than not splitting: what is not plainly a thread stays one piece, as it was pasted.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from collectors.markup import plain_text
from collectors.pasted_comments import facebook, tiktok
from collectors.pasted_lines import Thread, lines_of
from collectors.pasted_reddit import reddit
from collectors.pasted_whatsapp import whatsapp
from core.errors import BadInput
from core.text import storable

MOST = 200_000  # characters
MOST_PIECES = 2_500

_TAGS = (
    "html|head|body|main|section|article|div|span|p|a|ul|ol|li|table|tr|td|h[1-6]|blockquote|b|i|em|strong|img|button|svg|br"
)
_HTML_BEGINS = re.compile(rf"<!doctype html|<!--|<(?:{_TAGS})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_HTML_CLOSES = re.compile(rf"</(?:{_TAGS})>", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One post of a pasted thread. `layout` is whatsapp, facebook, reddit or tiktok; None where it could not be split."""

    text: str
    author: str | None = None
    created_at: datetime | None = None
    likes: int | None = None
    layout: str | None = None


def split(pasted: str, now: datetime, platform: str | None = None) -> list[Piece]:
    """The posts of a thread, in the order in which they stand; ages are counted back from `now`, times are UTC.

    `platform`, a key of `core.taxonomy.PLATFORMS`, helps where sites look alike; what was pasted decides. A text without an
    author of its own, such as the post above the comments, is a piece too. Raises BadInput for nothing and for too much.
    """
    if len(pasted) > MOST:
        raise BadInput(
            f"{len(pasted):,} characters were pasted, and at most {MOST:,} go in at once. "
            "Paste it in parts, or import it as a file."
        )
    text = storable(pasted).strip()
    if not text:
        raise BadInput("Nothing was pasted. Copy the posts where you see them and paste them here.")
    if _is_html(text):
        text = plain_text(text) or text
    layout, thread = _thread(text, now, platform)
    if not thread:
        return [Piece(text=text)]
    if len(thread.posts) > MOST_PIECES:
        raise BadInput(
            f"This thread has {len(thread.posts):,} posts, and at most {MOST_PIECES:,} go in at once. "
            "Paste it in parts, or import it as a file."
        )
    return [
        Piece(text=post.text, author=post.author, created_at=post.created_at, likes=post.likes, layout=layout)
        for post in thread.posts
    ]


def _is_html(text: str) -> bool:
    """Whether it is the source of a page, not a text in which somebody wrote a tag."""
    return text.endswith(">") and bool(_HTML_BEGINS.match(text) and _HTML_CLOSES.search(text))


def _thread(text: str, now: datetime, platform: str | None) -> tuple[str | None, Thread | None]:
    """The layout and the thread in it. One thread may quote another: the one that begins first is the one that was pasted."""
    lines = lines_of(text)
    threads = {
        "whatsapp": whatsapp(lines, now),
        "reddit": reddit(lines, now, sure=platform == "reddit"),
        "facebook": facebook(lines, now),
        "tiktok": tiktok(lines, now, sure=platform in (None, "tiktok")),
    }
    read = [(layout, thread) for layout, thread in threads.items() if thread]
    return min(read, key=lambda each: each[1].begins, default=(None, None))
