"""WhatsApp: an exported chat, or messages copied from the app or the web. Each message begins with its stamp.

12/03/2026, 18:04 - Name: text      [12/03/2026, 18:04:11] Name: text      [18:04, 12/03/2026] Name: text
"""

import re
from collections.abc import Sequence
from datetime import datetime

from collectors.pasted_lines import MARKS, Found, Line, Thread, bare, text_of
from collectors.pasted_times import CLOCK, chat_times

_DATE = r"(?:\d{4}[./-]\d{1,2}[./-]\d{1,2}|\d{1,2}[./-]\d{1,2}(?:[./-](?:\d{4}|\d{2}))?)"
_GAP = rf"[\s{MARKS}]{{1,3}}"
_STAMPS = (
    re.compile(rf"(?P<date>{_DATE}),{_GAP}(?P<clock>{CLOCK}){_GAP}[-–]{_GAP}"),
    re.compile(rf"\[(?P<date>{_DATE}),{_GAP}(?P<clock>{CLOCK})\]{_GAP}"),
    re.compile(rf"\[(?P<clock>{CLOCK}),{_GAP}(?P<date>{_DATE})\]{_GAP}"),
)
_NAME = re.compile(r"([^:]{1,100}):(?:\s|$)")
# What WhatsApp writes of itself, without a name or with the group's.
_SYSTEM = re.compile(
    r"end-to-end encrypted|\b(?:created|changed|deleted) (?:this |the )?group\b|\bcreated group\b"
    r"|\b(?:added|removed) (?:you|[^.!?]{1,80})$|\bleft$|\bjoined (?:using|from|via)\b|\bchanged (?:the |this |their |to )"
    r"|\bsecurity code\b|\bdisappearing messages\b|\bpinned a message$|\bnow an admin$|\brequested to (?:join|add)\b"
    r"|\bwas (?:added|removed)$|\bis a contact$|\bmessage timer\b|\bstarted a (?:call|video call)$|\b(?:un)?blocked this\b",
    re.IGNORECASE,
)
_NOTICE = re.compile(
    r"<media omitted>|(?:image|video|video note|audio|gif|sticker|document|contact card) omitted"
    r"|messages and calls are end-to-end encrypted.{0,300}|waiting for this message.{0,100}|you deleted this message\.?"
    r"|this message was deleted(?: by [^.]{1,80})?\.?|missed (?:group )?(?:voice|video) call(?:[,.] .{0,60})?"
    r"|(?:voice|video) call, (?:\d{1,3} (?:sec|min|hr)|no answer).{0,40}",
    re.IGNORECASE,
)
_ATTACHED = re.compile(r"\S.{0,200} \(file attached\)|<attached: [^<>]{1,200}>")
_OMITTED_AFTER = re.compile(r"\u200e(?:image|video|video note|audio|GIF|sticker|document) omitted$")
_MENTION = re.compile(r"@\u2068([^\u2068\u2069\n]{1,100})\u2069")
_EDITED = re.compile(r"[\s\u200e]{0,3}<This message was edited>$")


def whatsapp(lines: Sequence[Line], now: datetime) -> Thread | None:
    """The thread, where at least two lines begin with a stamp and a name."""
    stamps = [(at, stamp) for at, line in enumerate(lines) if (stamp := _stamp(line.said))]
    named = sum(1 for at, stamp in stamps if _NAME.match(lines[at].said, stamp.end()))
    if named < 2:
        return None
    times = chat_times([(stamp["date"], stamp["clock"]) for _, stamp in stamps], now)
    ends = [at for at, _ in stamps[1:]] + [len(lines)]
    # The end of a message whose beginning was not copied.
    posts = [Found(text_of(lines[: stamps[0][0]]))]
    for (at, stamp), end, moment in zip(stamps, ends, times, strict=True):
        author, first = _author(lines[at].said[stamp.end() :])
        if first is not None:
            message = [Line(first, "", 0)] if first else []
            posts.append(Found(_written([*message, *lines[at + 1 : end]]), author, moment))
        elif at + 1 < end:
            posts.append(Found(text_of(lines[at + 1 : end]), None, moment))
    said = [post for post in posts if post.text]
    return Thread(stamps[0][0], said) if said else None


def _stamp(said: str) -> re.Match[str] | None:
    return next((stamp for pattern in _STAMPS if (stamp := pattern.match(said))), None)


def _author(rest: str) -> tuple[str | None, str | None]:
    """Who wrote it, and what on this line: None for both where WhatsApp itself did."""
    name = _NAME.match(rest)
    author = bare(name[1]) if name else bare(rest[:400])
    if _SYSTEM.search(author):
        return None, None
    if not name:
        return None, rest
    return author.removeprefix("~").strip() or None, rest[name.end() :].lstrip(MARKS + " ") if author else rest


def _written(message: Sequence[Line]) -> str:
    """What the person wrote of a message: no attachments, no notices in place of it."""
    text = text_of(line for line in message if not _ATTACHED.fullmatch(bare(line.said[:250])))
    text = _OMITTED_AFTER.sub("", _EDITED.sub("", text)).strip()
    text = _MENTION.sub(r"@\1", text)
    return "" if _NOTICE.fullmatch(bare(text[:400])) else text
