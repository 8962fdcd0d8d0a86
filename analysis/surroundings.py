"""What stands around a school's name: the kind of thing it is said to be, the age of the children, words of a namesake."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from core.text import loose
from core.types import Post, School


@dataclass(frozen=True, slots=True)
class Trace:
    """One thing found: which feature, what the profile says, what the post says, and where it stands in the loose text."""

    feature: str
    ours: str
    theirs: str
    span: tuple[int, int] = (0, 0)


def _words(written: str) -> list[str]:
    return written.split()


_KINDS = frozenset(
    _words("""
    primary infant infants junior juniors high grammar secondary college academy sixth nursery prep upper lower comp
    comprehensive ysgol utc
    """)
)
"""Words that say what kind of school follows a name."""
_OTHER_THINGS = frozenset(
    _words("""
    fc rfc afc cc rovers united city arms inn pub hotel church parish road street lane estate farm park club hospital
    hospice surgery station bridge castle garden gardens house centre mall café cafe bar restaurant band choir homes avenue
    close drive way hall
    """)
)
"""Words that say that a name is not a school's."""
_AGES = {
    "primary": re.compile(
        r"\b(reception|nursery|(?:year|yr|y) ?[1-6]|eyfs|ks[12]|phonics|sats|infants?|juniors?|lollipop|nativity"
        r"|book bag|p[1-7])\b"
    ),
    "secondary": re.compile(
        r"\b((?:year|yr|y) ?(?:7|8|9|10|11)|gcses?|ks[34]|options|mocks|form tutor|detention|s[1-6]|prom)\b"
    ),
    "sixth": re.compile(r"\b((?:year|yr|y) ?1[23]|sixth form|a levels?|ucas|btec|(?:upper|lower) sixth)\b"),
}
_EDUCATION = re.compile(
    r"\b(schools?|academ(?:y|ies)|colleges?|sixth form|trusts?|(?:head ?)?teachers?|head(?:master|mistress)|principal"
    r"|pupils?|students?|classrooms?|lessons?|homework|uniforms?|detentions?|exclusions?|assembly|parents evening|governors?"
    r"|ofsted|gcses?|a levels?|sats|(?:year|yr|y) ?\d{1,2})\b"
)
_PHASES = {
    "primary": re.compile(r"primary|infant|junior|nursery|early|\b[2-5] ?[-–]"),
    "secondary": re.compile(r"secondary|high|grammar|utc|all.through|\b1[13] ?[-–]|[-–] ?1[468]\b|s1"),
    "sixth": re.compile(r"sixth|college|1[689]\b"),
}
_NOT_TELLING = frozenset(
    _words("""
    the and for not same other school schools town from near who that this with also named called name have your their they
    which what when where about into over under between pupils local made some england wales scotland church catholic
    voluntary community controlled aided maintained independent foundation middle first through form special phase state
    """)
)
_SHORTEST = 4
_SPOKEN_HERE = frozenset(
    _words("""
    en cy gd ga sco kw pl ro ur pa pnb bn gu ar uk pt es it ta so ku lt fa zh und qme qst zxx art
    """)
)
"""English, the languages of the four nations and the commonest of families here, and X's codes for "not known"."""


class Surroundings:
    """Looks closely at posts for one school."""

    def __init__(self, school: School) -> None:
        names = {loose(each) for each in (school.name, *school.short_names, *school.other_names, school.initials or "")} - {""}
        own_words = {word for name in names for word in name.split()}
        self._own_words = own_words
        self._after = [re.compile(rf" {re.escape(name)} (\w+)") for name in sorted(names)]
        self._phases = phases(school)
        theirs = {word for each in school.namesakes for word in loose(f"{each.note} {each.name} {each.town}").split()}
        ours = {word for each in (*school.community_terms, *school.region_terms, school.town or "", school.trust or "")
                for word in loose(each).split()}  # fmt: skip
        common = own_words | _KINDS | _NOT_TELLING
        self._namesake_words = frozenset(word for word in theirs - ours - common if len(word) >= _SHORTEST)
        self._our_words = frozenset(word for word in ours - theirs - common if len(word) >= _SHORTEST)

    def look(self, post: Post) -> Iterator[Trace]:
        """Each thing found. Of who wrote it only that it fits is said, because reasons are stored."""
        text = f" {loose(post.text)} "
        said = set(text.split()) | set(loose(post.community or "").split())
        yield from self._ages(text)
        yield from self._kinds(text)
        for feature, words in (("namesake_word", self._namesake_words), ("our_word", self._our_words)):
            yield from (_said(feature, word) for word in sorted(said & words))
        if post.language and post.language.split("-")[0].lower() not in _SPOKEN_HERE:
            yield _said("other_language", post.language)
        author = post.author
        about = set(loose(" ".join(filter(None, (author.bio, author.name, author.location)))).split()) - said
        for feature, words in (("author_other", self._namesake_words), ("author_fits", self._our_words)):
            yield from (Trace(feature, "", "fits") for _ in about & words)

    def _ages(self, text: str) -> Iterator[Trace]:
        """Whether the children spoken of are of our age, where the post says it."""
        said = {phase: found[1] for phase, pattern in _AGES.items() if (found := pattern.search(text))}
        fitting = [words for phase, words in said.items() if phase in self._phases]
        if fitting:
            yield _said("age_fits", fitting[0])
        elif said and self._phases:
            yield _said("age_other", next(iter(said.values())))

    def _kinds(self, text: str) -> Iterator[Trace]:
        """What the name is said to be: our kind of school, another kind, or another thing altogether."""
        followed = {found[1] for pattern in self._after for found in pattern.finditer(text)}
        if ours := sorted(word for word in followed if word == "school" or (word in _KINDS and word in self._own_words)):
            yield _said("kind_fits", ours[0])
        elif other := sorted(word for word in followed & _KINDS if word not in self._own_words):
            yield _said("kind_other", other[0])
        if thing := sorted((followed & _OTHER_THINGS) - self._own_words):
            yield _said("other_thing", thing[0])


def speaks_of_school(text: str) -> bool:
    """Whether a text has a word of education, whichever school it is about."""
    return _EDUCATION.search(loose(text)) is not None


def _said(feature: str, words: str) -> Trace:
    return Trace(feature, words, words)


@lru_cache(maxsize=4096)
def phases(school: School) -> frozenset[str]:
    """The ages a school takes, from its phase and its name; empty where neither says, and for a trust, which has all."""
    if school.kind == "trust":
        return frozenset()
    said = f"{school.phase or ''} {school.name}".lower()
    return frozenset(phase for phase, pattern in _PHASES.items() if pattern.search(said))
