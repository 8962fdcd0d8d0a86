"""Screenshots beside the posts they show: the original sealed, the copy for the screen sealed too."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, select

from core.pictures import Picture
from store.engine import insert_for
from store.keys import Keys
from store.tables import pictures, post_keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A picture that is kept, without its bytes: its number, the SHA-256 of the original, what kind that was, its size."""

    id: int
    sha256: str
    media_type: str
    width: int
    height: int


def add(connection: Connection, keys: Keys, picture: Picture, *, platform: str, native_id: str, now: datetime) -> None:
    """Keep a picture beside a post; the same picture of the same post is kept once."""
    values = {
        "platform": platform,
        "native_id": native_id,
        "sha256": picture.sha256,
        "media_type": picture.media_type,
        "original_sealed": keys.seal_bytes(picture.original),
        "shown_type": picture.shown_type,
        "shown_sealed": keys.seal_bytes(picture.shown),
        "width": picture.width,
        "height": picture.height,
        "taken_in_at": now,
    }
    connection.execute(
        insert_for(connection, pictures)
        .values(**values)
        .on_conflict_do_nothing(index_elements=["platform", "native_id", "sha256"])
    )


def of_post(connection: Connection, post_id: int) -> list[Kept]:
    """The pictures of a post, oldest first."""
    same = and_(pictures.c.platform == post_keys.c.platform, pictures.c.native_id == post_keys.c.native_id)
    rows = connection.execute(
        select(pictures.c.id, pictures.c.sha256, pictures.c.media_type, pictures.c.width, pictures.c.height)
        .join(post_keys, same)
        .where(post_keys.c.post_id == post_id)
        .order_by(pictures.c.id)
    )
    return [Kept(id=row.id, sha256=row.sha256, media_type=row.media_type, width=row.width, height=row.height) for row in rows]


def by_sha256(connection: Connection, keys: Keys, sha256: str | None, *, original: bool) -> tuple[bytes, str] | None:
    """A picture, named by the SHA-256 of its original, with its media type: the original, or the copy. None when it is gone."""
    row = connection.execute(select(pictures).where(pictures.c.sha256 == sha256).limit(1)).one_or_none()
    if row is None:
        return None
    sealed, kind = (row.original_sealed, row.media_type) if original else (row.shown_sealed, row.shown_type)
    return keys.open_bytes(sealed), kind


def shown(connection: Connection, keys: Keys, picture_id: int) -> bytes | None:
    """The re-encoded copy of a picture; None when it is gone."""
    sealed = connection.scalar(select(pictures.c.shown_sealed).where(pictures.c.id == picture_id))
    return None if sealed is None else keys.open_bytes(sealed)
