"""What a link to a post says by itself: on which platform it is, which post it is, and whether two links are one."""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

from core.errors import BadInput
from core.text import storable

LONGEST = 2_000  # characters
_HOSTS = {
    "x.com": "x",
    "twitter.com": "x",
    "reddit.com": "reddit",
    "redd.it": "reddit",
    "facebook.com": "facebook",
    "fb.com": "facebook",
    "fb.watch": "facebook",
    "instagram.com": "instagram",
    "threads.net": "threads",
    "threads.com": "threads",
    "tiktok.com": "tiktok",
    "youtube.com": "youtube",
    "youtu.be": "youtube",
    "linkedin.com": "linkedin",
    "snapchat.com": "snapchat",
    "whatsapp.com": "whatsapp",
    "pinterest.com": "pinterest",
    "pinterest.co.uk": "pinterest",
    "tumblr.com": "tumblr",
    "flickr.com": "flickr",
    "bsky.app": "bluesky",
    "wikipedia.org": "wikipedia",
}
_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|igsh(?:id)?|mibextid|si|s|t|ref|ref_src|share_id|_[rt]|is_from_webapp|sender_\w+")
_X_POST = re.compile(r"/(?:i/web|[^/]+)/status(?:es)?/([0-9]{1,20})(?:/.*)?")
_REDDIT_COMMENT = re.compile(r"/(?:r|user)/[^/]+/comments/[a-z0-9]+/[^/]*/([a-z0-9]+)/?", re.IGNORECASE)
_REDDIT_POST = re.compile(r"/(?:r|user)/[^/]+/comments/([a-z0-9]+)(?:/[^/]*)?/?", re.IGNORECASE)


def web_link(text: str) -> str:
    """The link in what somebody typed, with `https://` where they left it out. Raises BadInput for what is none."""
    link = storable(text).strip()
    if link and not re.match(r"[a-z][a-z0-9+.-]*:", link, re.IGNORECASE):
        link = f"https://{link}"
    if len(link) > LONGEST:
        raise BadInput(f"That link is longer than {LONGEST:,} characters. Copy it again from “Share”, “Copy link”.")
    try:
        parts = urlsplit(link)
        host = parts.hostname or ""
    except ValueError:
        parts, host = urlsplit(""), ""
    if parts.scheme not in ("http", "https") or "." not in host or re.search(r"\s", link):
        raise BadInput("That is not a link to a web page. Copy it from “Share”, “Copy link”, or leave it out.")
    return link


def platform_of(link: str) -> str | None:
    """The platform that a link leads to, a key of `core.taxonomy.PLATFORMS`; None for any other page."""
    host = _host(link)
    return next((platform for known, platform in _HOSTS.items() if host == known or host.endswith(f".{known}")), None)


def own_id(link: str) -> str | None:
    """The platform's own id of the post, in the form its collector uses, where the link holds it: of X and Reddit."""
    path, platform = urlsplit(link).path, platform_of(link)
    if platform == "x" and (found := _X_POST.fullmatch(path)):
        return found[1]
    if platform == "reddit":
        if found := _REDDIT_COMMENT.fullmatch(path):
            return f"t1_{found[1].lower()}"
        if found := _REDDIT_POST.fullmatch(path):
            return f"t3_{found[1].lower()}"
    return None


def bare(link: str) -> str:
    """The same for links that lead to the same page: without `www.`, what only tracks who shared it, and the fragment."""
    parts = urlsplit(link)
    told = [(name, value) for name, value in parse_qsl(parts.query) if not _TRACKING.fullmatch(name)]
    return f"{_host(link)}{parts.path.rstrip('/')}{'?' + urlencode(told) if told else ''}"


def _host(link: str) -> str:
    host = (urlsplit(link).hostname or "").lower().rstrip(".")
    for front in ("www.", "m.", "mobile.", "old.", "new.", "en-gb."):
        host = host.removeprefix(front)
    return host
