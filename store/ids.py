"""Ids that rise with time: newest first needs no sort, and a span of time is a span of ids.

A post's id is the whole seconds of `min(created_at or retrieved_at, retrieved_at)` × 2²⁰ plus 20 bits of its name's hash,
the next free one on collision. Given once, never changed, below 2⁵³.
"""

import hashlib
from datetime import date, datetime, timedelta
from functools import lru_cache

from core.types import Post
from core.weeks import london_day
from store.tables import EPOCH

HASH_BITS = 20


def first_id(post: Post) -> int:
    """The id a post would like: seconds of its time, then 20 bits of its name."""
    moment = min(post.created_at or post.retrieved_at, post.retrieved_at)
    seconds = max(0, int((moment - EPOCH).total_seconds()))
    name = hashlib.sha256(f"{post.platform}\0{post.native_id}".encode("utf-8", "surrogatepass")).digest()
    return (seconds << HASH_BITS) | (int.from_bytes(name[:4]) >> (32 - HASH_BITS))


def moment_of(post_id: int) -> datetime:
    """When a post was written, to the second, as its id says it."""
    return EPOCH + timedelta(seconds=post_id >> HASH_BITS)


def day_of(post_id: int) -> date:
    """The London day a post was written on."""
    return _day_of_hour((post_id >> HASH_BITS) // 3600)


@lru_cache(maxsize=4096)
def _day_of_hour(hour: int) -> date:
    """London's days begin on the hour, so that all posts of one hour fall on one day."""
    return london_day(moment_of((hour * 3600) << HASH_BITS))


def ids_from(moment: datetime) -> int:
    """The smallest id a post of that moment can have: `ids_from(a) <= id < ids_from(b)` selects a span of time by key."""
    return max(0, int((moment - EPOCH).total_seconds())) << HASH_BITS
