"""Everything that an installation can be told of people, each in a word that stands nowhere else."""

import io
import json
import os
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from PIL import Image, PngImagePlugin
from sqlalchemy import select

from analysis.judge import Judge
from casework import sightings
from casework.sightings import Report
from collectors.files import ReadOptions
from core.settings import Settings
from core.types import Author, Batch, Json, JudgedMention, Post, Query, Raw, Reason, School
from ops import jobs, pipeline
from store.engine import reading
from store.store import Store
from store.tables import payloads, pictures, posts
from store.tables import sightings as reports
from tests.ops.fake_source import FakeSource
from tests.ops.fictional import ABOUT_US, posts_file, row
from tests.ops.remains import files_below, words_in

THEN = datetime(2026, 11, 20, 16, 15, tzinfo=UTC)
"""When it was stored."""
SVA = School(id="sva", name="Skarnby Vale Academy", short_names=("Skarnby Vale",), town="Skarnby")
IN_THE_OPEN = {
    "text": "xylocanaryphone",
    "earlier": "vintramogglesby",
    "reply": "hesperquandlewick",
    "url": "jostlevarnikoff",
    "quoted": "brackensivvyforth",
    "place": "krellanforthyate",
    "told": "dunwhistlepogg",
    "imported": "gallowmintepsom",
}
IN_THE_ANSWER = {
    "payload": "oxbarrendippler",
    "handle": "quibberwollockt",
    "name": "zanthoperrinell",
}
NEVER_KEPT = {"bio": "frumbletansyard", "location": "wexlowdrumbyton"}
"""Read while judging, and in no file afterwards."""
SEALED = {
    "reporter": "umbralithgowerd",
    "note": "pindlewhistropp",
    "picture": "yarvenstoddlexx",
}
WAITING = {"upload": "chorbletwinedge", "half": "lunterasphodelw"}
CANARIES = {**IN_THE_OPEN, **IN_THE_ANSWER, **NEVER_KEPT, **SEALED, **WAITING}


class Told(FakeSource):
    """A platform that answers with these posts, everything of an author beside them."""

    def __init__(self, *told: Json) -> None:
        super().__init__()
        self.told = told

    def collect(self, query: Query, cursor: Json | None) -> Iterator[Batch]:
        yield Batch(items=[Raw(payload=each, retrieved_at=THEN, tool="fake 1") for each in self.told])

    @staticmethod
    def to_post(raw: Raw) -> Post:
        said = raw.payload
        return Post(
            platform="fake",
            native_id=said["id"],
            text=said["text"],
            created_at=THEN - timedelta(hours=said.get("hours", 3)),
            retrieved_at=raw.retrieved_at,
            author=Author(**said.get("author", {})),
            url=said.get("url"),
            reply_to=said.get("reply_to"),
            thread_id=said.get("reply_to"),
        )


class Quoting(Judge):
    """A judge whose reasons hold words of the post."""

    def __call__(self, *arguments: Any) -> list[list[JudgedMention]]:
        reason = Reason(feature="name", score=1.0, sentence=f"It says “{CANARIES['quoted']}”.", ours=CANARIES["quoted"])
        return [[replace(each, reasons=(*each.reasons, reason)) for each in group] for group in super().__call__(*arguments)]


@dataclass(frozen=True, slots=True)
class Scene:
    """An installation after a busy day, and what it was told."""

    store: Store
    settings: Settings
    imported: Path
    backup: Path
    log: io.StringIO
    sealed: Mapping[str, bytes]

    @property
    def files(self) -> list[Path]:
        """Everything it left on the disk."""
        return files_below(self.settings.data_dir, self.backup.parent)

    def words(self) -> set[str]:
        """What can be read of what it was told, by what it was."""
        left = words_in(self.files, CANARIES.values())
        return {kind for kind, word in CANARIES.items() if word in left}


def told(when: str) -> list[Json]:
    """What a platform answers: a post that was edited, and a reply to it."""
    author = {
        "handle": CANARIES["handle"],
        "native_id": "4711",
        "name": CANARIES["name"],
        "bio": CANARIES["bio"],
        "location": CANARIES["location"],
        "url": f"https://fake.example/{CANARIES['handle']}",
    }
    words = CANARIES["earlier"] if when == "before" else CANARIES["text"]
    said = {"id": "n1", "text": f"{ABOUT_US} {words}", "author": author, "url": f"https://fake.example/{CANARIES['url']}"}
    reply = {"id": "n2", "text": f"{ABOUT_US}, {CANARIES['reply']}", "reply_to": CANARIES["reply"], "author": author}
    more = f"{random.Random(2).randbytes(900).hex()} {CANARIES['payload']}"  # so long that it is compressed
    return [{**each, "more": more, "hours": 30 + 7 * number} for number, each in enumerate([said, reply])]


def report(store: Store, settings: Settings) -> None:
    """A colleague reports a thread from a group, with a screenshot; the worker takes it in."""
    told = {"reporter": CANARIES["reporter"], "note": CANARIES["note"], "place": CANARIES["place"]}
    report = Report(
        school_id="sva", platform="facebook", pasted=f"{ABOUT_US} {CANARIES['told']}", picture=a_picture(), seen_at=THEN, **told
    )
    sightings.hand_in(store, settings.inbox / "sightings", report, by="Ada", now=THEN)
    done = jobs.collect(store, settings, {"source": "sightings"}, lambda done, message: None, THEN)
    assert (done["stored"], done["stopped"]) == (1, None)


def a_picture() -> bytes:
    """A screenshot with something written into it that no eye sees."""
    out, about = io.BytesIO(), PngImagePlugin.PngInfo()
    about.add_text("Comment", CANARIES["picture"])
    Image.frombytes("RGB", (60, 40), random.Random(1).randbytes(60 * 40 * 3)).save(out, "PNG", pnginfo=about)
    return out.getvalue()


def others(store: Store, folder: Path, when: str) -> None:
    """Posts that may be kept for a year lie between those that may not, so that no page of the database is emptied whole."""
    rows = [row(number, f"{ABOUT_US}, said {when} {'and on ' * 40}", id=f"{when}{number}") for number in range(150)]
    for number, each in enumerate(rows):
        each["created_at"] = (THEN - timedelta(hours=number / 3)).isoformat()
    for start in range(0, len(rows), 30):
        file = posts_file(folder / "others.jsonl", rows[start : start + 30])
        pipeline.import_file(store, file, ReadOptions(), keep_until=THEN + timedelta(days=365))


def left_lying(settings: Settings) -> None:
    """An upload whose job was lost, and half a report."""
    half = folder(settings.inbox / "sightings") / ".R-BCD-FGH.json.part"
    half.write_text(json.dumps({"text": CANARIES["half"]}))
    upload = posts_file(folder(settings.inbox / "files") / "upload", [row(9, CANARIES["upload"])])
    for each in (half, upload):
        os.utime(each, (THEN.timestamp(), THEN.timestamp()))


def sealed(store: Store) -> dict[str, bytes]:
    """Everything that is kept under a key, hashed or compressed of what may not be kept for a year, by what it is."""
    old = posts.c.keep_until.is_(None)
    kinds = {
        "author": select(posts.c.author_sealed).where(old),
        "who": select(posts.c.author_key).where(old),
        "hash": select(posts.c.content_hash).where(old),
        "answer": select(payloads.c.body).join(posts, posts.c.id == payloads.c.post_id).where(old),
        "told": select(reports.c.told_sealed),
        "original": select(pictures.c.original_sealed),
        "shown": select(pictures.c.shown_sealed),
    }
    with reading(store.engine) as connection:
        found = {kind: connection.scalars(statement).all() for kind, statement in kinds.items()}
    # A short answer is kept as it came, and much of it stands in every other.
    found["answer"] = [body for body in found["answer"] if not body.startswith(b"{")]
    assert found["answer"]
    return {f"{kind} {number}": blob for kind, blobs in found.items() for number, blob in enumerate(blobs) if blob}


def folder(path: Path) -> Path:
    """A folder, made where it is not there."""
    path.mkdir(parents=True, exist_ok=True)
    return path
