"""Taking in what a colleague saw: a link, a pasted thread or a screenshot, answered with a reference."""

import os
import secrets
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from collectors.pasted_threads import Piece, split
from collectors.sightings import Item, Waiting
from core import links
from core.disk import sync_folder
from core.errors import BadInput, StoreUnavailable
from core.pictures import Picture, read_picture
from core.taxonomy import PLATFORMS
from core.text import storable
from store import pictures, profiles, requests, sightings
from store.engine import reading, writing
from store.store import Store

STOP = "Stop: could this show a child undressed, or in a sexual way?"
STOP_STEPS = (
    "Do not save it, send it on, print it or take a picture of it. Do not show it to anybody.",
    "Tell the designated safeguarding lead now, in person or by telephone: what you saw, where and when.",
    "If a child is in danger now, call 999. Otherwise the safeguarding lead calls the police on 101.",
    "A young person can have their own picture taken down: Report Remove, at childline.org.uk/remove.",
    "Write down the time, the place and the account’s name on paper. Nothing was taken in here.",
)
"""What to do instead (UKCIS, Sharing nudes and semi-nudes: advice for education settings)."""
LETTERS = "23456789BCDFGHJKMNPQRSTVWXZ"
"""For references and codes. No vowels and no 0, 1, I, L, O: nobody reads a word into one, or reads one out wrongly."""
LONGEST_NOTE = 1_000  # characters
_SKEW = timedelta(minutes=10)
_HANDLES = frozenset({"reddit", "tiktok"})
"""Layouts in which an author is named by handle, and not by the name shown."""
_STAMPED = frozenset({"whatsapp"})
"""Layouts that say the moment of each post."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What somebody says they saw. One of `link`, `pasted` and `picture` is needed; `school_id` is the school it is about.

    `platform` is a key of `PLATFORMS`, or empty where the link or the layout says it. `place` is the group or page, which the
    post keeps too; `note` is why they tell us, `reporter` who they are: both are sealed. `channel`: the dashboard's `page`, or
    the staff `form`.
    """

    school_id: str
    platform: str = ""
    link: str = ""
    pasted: str = ""
    picture: bytes = b""
    seen_at: datetime | None = None
    place: str = ""
    note: str = ""
    reporter: str = ""
    channel: str = "page"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What whoever reported is told: the reference, and into how many posts the report was split."""

    reference: str
    posts: int


def hand_in(store: Store, spool: Path, report: Report, *, by: str, now: datetime) -> Receipt:
    """Take a report in: its posts go into the spool, and the worker is asked to read it.

    Raises BadInput, in words for whoever reports, for what is nothing, no link, no picture, too much, or from the future.
    """
    if report.seen_at is not None and report.seen_at > now + _SKEW:
        raise BadInput("That is in the future. Say when you saw it.")
    picture = read_picture(report.picture) if report.picture else None
    reference = f"R-{letters(3)}-{letters(3)}"
    items, fresh = _beside_what_is_there(store, report.school_id, _items(report, picture, now), reference)
    # The spool first: a report that somebody holds a reference for is never lost.
    if fresh:
        seen_at = report.seen_at or now
        waiting = Waiting(reference=reference, school=report.school_id, seen_at=seen_at, items=tuple(fresh))
        _write(spool / f"{reference}.json", waiting)
    with writing(store.engine) as connection:
        sightings.add(
            connection,
            reference,
            school_id=report.school_id,
            channel=report.channel,
            items=[_name(item) for item in items],
            told_sealed=store.keys.seal_record(_told(report)),
            seen_at=report.seen_at,
            now=now,
        )
        if picture:
            platform, native_id = _name(items[0])
            pictures.add(connection, store.keys, picture, platform=platform, native_id=native_id, now=now)
        requests.ask(connection, "collect", {"source": "sightings"}, by=by, now=now)
        # What we have already was judged before somebody said that it is about us.
        if known := sightings.stored(connection, reference):
            requests.ask(connection, "judge", {"posts": known}, by=by, now=now)
    return Receipt(reference, len(items))


def _beside_what_is_there(store: Store, school_id: str, items: Sequence[Item], reference: str) -> tuple[list[Item], list[Item]]:
    """The items under the names they get, and those of them whose words are new here. Raises BadInput for a school unknown."""
    with reading(store.engine) as connection:
        if school_id not in {school.id for school in profiles.all_schools(connection)}:
            raise BadInput("That school is not watched here. Choose one from the list.")
        names = [_name(item) for item in items]
        gone, worded = sightings.gone(connection, names), sightings.in_words(connection, names)
    # What was taken away stays away: reported again, it is a new post.
    renamed = [
        item.model_copy(update={"native_id": f"{item.native_id} {reference}"}) if _name(item) in gone else item
        for item in items
    ]
    # What a post says stays as it is: whoever reports it is not who wrote it.
    return renamed, [item for item in renamed if _name(item) not in worded]


def _name(item: Item) -> tuple[str, str]:
    return item.platform, item.native_id


def _told(report: Report) -> dict[str, str]:
    """What is sealed of a report: who tells it, why, and where they were."""
    told = {"reporter": report.reporter, "note": report.note, "place": report.place}
    return {name: storable(text.strip())[:LONGEST_NOTE] for name, text in told.items() if text.strip()}


def letters(number: int) -> str:
    """So many letters that nobody can guess."""
    return "".join(secrets.choice(LETTERS) for _ in range(number))


def _items(report: Report, picture: Picture | None, now: datetime) -> list[Item]:
    """The posts that a report tells of. A screenshot is one post, whatever was typed beside it; a thread is split."""
    link = links.web_link(report.link) if report.link.strip() else None
    pasted = report.pasted.strip()
    if link is None and pasted and not pasted.split()[1:] and "://" in pasted:
        link, pasted = links.web_link(pasted), ""
    if not (link or pasted or picture):
        raise BadInput("Nothing was handed in. Give a link, paste what it says, or add a screenshot.")
    pieces = split(pasted, now, report.platform or None) if pasted else []
    if picture:
        pieces = pieces if len(pieces) == 1 else [Piece(text=storable(pasted))]
    platform = _platform(report, link, pieces)
    place = storable(report.place.strip())[:200] or None
    if not pieces:
        pieces = [Piece(text="")]
    named = _named(pieces, platform, link, picture, place)
    return [
        Item(
            platform=platform,
            native_id=native_id,
            text=piece.text,
            handle=piece.author if piece.layout in _HANDLES else None,
            name=None if piece.layout in _HANDLES else piece.author,
            created_at=piece.created_at,
            likes=piece.likes,
            url=link,
            place=place,
        )
        for native_id, piece in named.items()
    ]


def _platform(report: Report, link: str | None, pieces: Sequence[Piece]) -> str:
    """Where it is from: as the reporter said, else by the link, else by how the thread is laid out."""
    if report.platform and report.platform not in PLATFORMS:
        raise BadInput("That is not a place we know. Choose one from the list.")
    by_layout = next((piece.layout for piece in pieces if piece.layout), None)
    return report.platform or (links.platform_of(link) if link else None) or by_layout or "web"


def _named(
    pieces: Sequence[Piece], platform: str, link: str | None, picture: Picture | None, place: str | None
) -> dict[str, Piece]:
    """Each piece under the name it has for ever: the same screenshot, link or comment, reported twice, is one post."""
    if picture:
        return {f"picture:{picture.sha256}": pieces[0]}
    if link and len(pieces) == 1:
        own = links.own_id(link) if links.platform_of(link) == platform else None
        # A link without words is the page it leads to; with words it is what somebody read there.
        return {own or _hash("link", links.bare(link), pieces[0].text): pieces[0]}
    named: dict[str, Piece] = {}
    times: Counter[tuple[str, ...]] = Counter()
    for piece in pieces:
        # Only a chat says when: an age, “3 h”, is another moment each time it is pasted.
        moment = str(piece.created_at or "") if piece.layout in _STAMPED else ""
        said = (links.bare(link) if link else place or "", piece.author or "", moment, piece.text)
        times[said] += 1  # two people, or one twice, may say the same
        named[_hash("said", *said, times[said])] = piece
    return named


def _hash(*content: object) -> str:
    return "seen:" + sha256("\n".join(map(str, content)).encode("utf-8", "backslashreplace")).hexdigest()


def _write(path: Path, waiting: Waiting) -> None:
    """Write a report into the spool, whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
            out.write(waiting.model_dump_json())
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)
        sync_folder(path.parent)
    except OSError as problem:
        with suppress(OSError):
            part.unlink()
        reason = problem.strerror or "not possible"
        raise StoreUnavailable(
            f"The report could not be kept ({reason}). Nothing was taken in: try again, or tell IT."
        ) from None
