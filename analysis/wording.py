"""How a post is worded: like posts about a school, or like posts about something of the same name.

The post is read with every name taken out (the school's own, its namesakes', places), so that what is learned at forty made-up
schools holds for any other. A linear model over words and pairs of words (TF-IDF, logistic regression); `train/relevance.py`
fits it, and its table ships beside this file.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice, pairwise
from pathlib import Path

from core.text import loose
from core.types import Post, School

TABLE = Path(__file__).with_name("wording.json")
_DIGITS = re.compile(r"\d+")
_NOTE = re.compile(r"\s*\(.*?\)")
_LONGEST = 4_000
"""Characters read; what a post is about has been said by then."""


_SAID = 3
_FEW = 4
_MOST = 4.0
"""The log-odds that wording comes near and never passes: one in fifty-five."""
_PLACEHOLDERS = frozenset({"schoolname", "namesake", "elsewhere", "trustname", "placename", "ourword"})
_RARE = 1 + math.log(30)
_RAREST = 1 + math.log(3_000)
"""Inverse document frequencies as scikit-learn smooths them; a word the corpus never saw is among the rarest."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What the words say: log-odds that the post is about the school, and the words that said most, either way."""

    score: float
    words: tuple[str, ...] = ()
    author: float = 0.0
    """What the description of whoever wrote it adds."""

    @property
    def total(self) -> float:
        """Both together."""
        return self.score + self.author


class Masks:
    """A school's names as they are taken out of a text."""

    def __init__(self, school: School) -> None:
        ours = (school.name, *school.short_names, *school.other_names, school.initials or "")
        own = {loose(name) for name in ours}
        others = {loose(_NOTE.sub("", each.name)) for each in school.namesakes} - own
        elsewhere = {loose(part) for each in school.namesakes for part in each.town.split(",")} - {loose(school.town or "")}
        leaders = {f"{loose(leader.name)}{end}" for leader in school.leaders for end in ("", "s") if loose(leader.name)}
        groups = (
            (leaders, ""),  # a person's name is evidence of its own, and nothing is learned about it
            (own, "schoolname"),
            (others, "namesake"),
            (elsewhere, "elsewhere"),
            ({loose(school.trust or "")}, "trustname"),
            ({loose(place) for place in (school.town or "", *school.region_terms)}, "placename"),
            ({loose(term) for term in school.community_terms}, "ourword"),
        )
        self._replacements = [
            (f" {name} ", f" {mask} ")
            for names, mask in groups
            for name in sorted(names - {""}, key=lambda each: (-len(each), each))
        ]

    def masked(self, text: str) -> list[str]:
        """The words of a text with names replaced by what they are, and digits by 0."""
        form = f" {loose(text[:_LONGEST])} "
        for name, mask in self._replacements:
            if name in form:
                form = form.replace(name, mask)
        return _DIGITS.sub("0", form).split()


def terms(post: Post, masks: Masks) -> list[str]:
    """Words and pairs of words of a post, with those of whoever wrote it and where marked as such."""
    author = " / ".join(filter(None, (post.author.bio, post.author.location, post.author.name)))
    words = masks.masked(post.text)
    words += [f"by_{word}" for word in masks.masked(author)]
    words += [f"in_{word}" for word in masks.masked(post.community or "")]
    words.append(f"on_{post.platform}")
    return words + [f"{one} {two}" for one, two in pairwise(words)]


class WordingModel:
    """The fitted table: for each term its rarity (idf) and its weight."""

    def __init__(self, table: Mapping[str, Sequence[float]], bias: float) -> None:
        self.table, self.bias = table, bias

    def __call__(self, found: Sequence[str]) -> Wording:
        """Score terms, those of the post and what its author's add apart."""
        post = self._scored([term for term in found if not _of_author(term)])
        return replace(post, author=self._scored(found).score - post.score)

    def _scored(self, found: Sequence[str]) -> Wording:
        """The arithmetic of scikit-learn's TfidfVectorizer(sublinear_tf=True) and LogisticRegression, bounded."""
        known = [(term, 1 + math.log(times), self.table[term]) for term, times in Counter(found).items() if term in self.table]
        length = math.sqrt(sum((weight * idf) ** 2 for _, weight, (idf, _) in known)) or 1.0
        parts = [(weight * idf * points / length, term) for term, weight, (idf, points) in known]
        # A handful of words is little to go by, and no wording is proof.
        surely = len(known) / (len(known) + _FEW)
        score = _MOST * math.tanh(surely * (self.bias + sum(part for part, _ in parts)) / _MOST)
        telling = sorted((each for each in parts if each[0] * score > 0), key=lambda each: -abs(each[0]))
        said = (words for _, term in telling if (words := _plain(term)) and any(map(self.rare, words.split())))
        return Wording(score, tuple(islice(said, _SAID)))

    def rare(self, word: str) -> bool:
        """Whether fewer than about one post in thirty has this word, so that it says something of what a post is about."""
        return word not in _PLACEHOLDERS and len(word) > 2 and self.table.get(word, (_RAREST, 0.0))[0] >= _RARE


@lru_cache(maxsize=1)
def shipped() -> WordingModel:
    """The model that ships."""
    found = json.loads(TABLE.read_text(encoding="utf-8"))
    return WordingModel(found["terms"], found["bias"])


def _of_author(term: str) -> bool:
    return term.startswith("by_") or " by_" in term


def _plain(term: str) -> str:
    """A term as people can read it, without what stands for a name or a number."""
    return " ".join(word for word in term.split() if word not in _PLACEHOLDERS and "_" not in word and word != "0")
