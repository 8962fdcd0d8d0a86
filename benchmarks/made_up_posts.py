"""Made-up posts by the million: words as often as in real text, a year of them, about fifty schools, judged beforehand.

The school with the most has 26 % of them, two posts in a thousand are the safeguarding lead's alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from analysis.judge import Judge
from core.taxonomy import Lane
from core.types import Author, JudgedMention, Post, Raw, Reach, School
from store.writes import Incoming
from train import reading

RARE, COMMON, EVERYWHERE = "minibus timetable muddle", "summer fair", "school"
"""Words that were put into 0.05 %, 1 % and 40 % of the posts."""
FIRST = datetime(2025, 11, 1, tzinfo=UTC)
YEAR = timedelta(days=365)
PLATFORMS = ("x", "reddit", "bluesky", "facebook", "mastodon")
AUTHORS = 150_000
_MEDIAN, _SPREAD = 93, 0.83
"""Characters of a post, spread log-normally: a mean of 131, one in ten above 265."""
_SYLLABLES = tuple(f"{first}{vowel}" for first in ("", *"bcdfghklmnprstvw", "ch", "sh", "th") for vowel in "aeiou")


class MadeUpPosts:
    """`number` posts, the n-th at its moment of the year; the same for the same seed."""

    def __init__(self, number: int, *, schools: int = 50, seed: int = 7) -> None:
        self.number = number
        self.schools = [School(id=f"school-{n:02}", name=f"Made-up School {n:02}") for n in range(schools)]
        self._chance = np.random.default_rng(seed)
        self._words = _vocabulary(30_000)
        self._up_to = np.cumsum(_zipf(len(self._words), 2.7, 1.0))
        self._share = _zipf(schools, 0.0, 1.08)
        self._judged = _judged_corpus()

    def batches(self, order: Sequence[int], size: int) -> Iterator[list[Incoming]]:
        """The posts of these numbers, `size` at a time."""
        for start in range(0, len(order), size):
            part = order[start : start + size]
            yield [self._incoming(int(n), text) for n, text in zip(part, self._texts(len(part)), strict=True)]

    def _texts(self, number: int) -> list[str]:
        chance = self._chance
        lengths = np.maximum(1, np.rint(chance.lognormal(np.log(_MEDIAN / self._mean_length), _SPREAD, number))).astype(int)
        drawn = iter(np.searchsorted(self._up_to, chance.random(int(lengths.sum())) * self._up_to[-1]).tolist())
        texts = []
        for length, luck, twist in zip(lengths.tolist(), chance.random(number), chance.random(number), strict=True):
            words = [self._words[next(drawn)] for _ in range(length)]
            at = int(twist * (length + 1))
            if luck < 0.4:
                words.insert(at, EVERYWHERE)
            if twist < 0.01:
                words.insert(at, COMMON)
            if 0.5 < twist < 0.5005:
                words.insert(at, RARE)
            texts.append(" ".join(words).capitalize())
        return texts

    @property
    def _mean_length(self) -> float:
        shares = np.diff(self._up_to, prepend=0) / self._up_to[-1]
        return float(sum(share * (len(word) + 1) for share, word in zip(shares, self._words, strict=True)))

    def _incoming(self, number: int, text: str) -> Incoming:
        chance = self._chance
        at = FIRST + YEAR * (number / self.number)
        who, luck = int(chance.integers(AUTHORS)), chance.random(4)
        post = Post(
            platform=PLATFORMS[int(luck[0] * len(PLATFORMS))],
            native_id=f"{1_980_000_000_000_000_000 + number * 7_919}",
            text=text,
            created_at=at,
            retrieved_at=at + timedelta(minutes=20),
            author=Author(handle=f"@person_{who}", native_id=f"{who + 10**9}", name=f"Person {who}", followers=who % 900),
            url=f"https://social.example/{number}",
            language="en",
            reach=Reach(likes=int(luck[1] ** 8 * 900), shares=int(luck[1] ** 9 * 90), replies=int(luck[1] ** 9 * 40)),
        )
        row = {"text": text, "created_at": at.isoformat(), "author": post.author.handle, "id": post.native_id, "url": post.url}
        raw = Raw(payload={"format": "posts", "row": row, "line": number}, retrieved_at=post.retrieved_at, tool="made up")
        about = chance.choice(len(self.schools), size=1 + (luck[2] < 0.05), replace=False, p=self._share)
        return Incoming(post=post, raw=raw, mentions=[self._mention(int(each), luck[3]) for each in about])

    def _mention(self, school: int, luck: float) -> JudgedMention:
        judged = replace(self._judged[int(luck * len(self._judged))], school_id=self.schools[school].id)
        return replace(judged, lane=Lane.SAFEGUARDING) if luck < 0.002 else judged


@lru_cache
def _vocabulary(number: int) -> list[str]:
    """Words that do not exist, the frequent ones short."""
    chance = np.random.default_rng(1)
    words: dict[str, None] = {}
    while len(words) < number:
        syllables = 1 + int(chance.integers(1, 3)) * (len(words) > 60) + (len(words) > 3_000)
        words["".join(chance.choice(_SYLLABLES, syllables).tolist()) + ("" if len(words) < 20 else "nrst"[len(words) % 4])] = (
            None
        )
    return list(words)


def _zipf(number: int, shift: float, power: float) -> npt.NDArray[np.float64]:
    weights = 1 / (np.arange(number) + 1 + shift) ** power
    return np.asarray(weights / weights.sum(), dtype=np.float64)


@lru_cache
def _judged_corpus() -> list[JudgedMention]:
    """What the judge says of the project's own corpus, so that scores and reasons are as long as they really are."""
    schools = reading.schools()[:10]
    texts = [each.mention.post for school in schools for each in list(reading.posts(school))[:60]]
    return [each for found in Judge(schools)(texts) for each in found]
