"""What in a post points to a school: its names, handles, links, places. One pass over the text for all schools together."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from core.names import NameIndex
from core.text import loose, normal
from core.types import Post, School

_HASHTAG = re.compile(r"#(\w+)")
_HANDLE = re.compile(r"(?<![\w./])@([\w.\-]+)")
# Begins only where a chain of labels begins, and bounds it: else a long "a.a.a.a…" would be tried from each of its letters.
_DOMAIN = re.compile(r"(?<![\w-])(?<![\w-]\.)((?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,63})\b")
_INITIALS = re.compile(r"\b[A-Z]{2,6}\b")

NAMING = frozenset(
    {"own", "community", "handle", "reply", "domain", "hashtag", "postcode", "name", "short_name", "alias", "initials"}
)
"""Traces that may name a school by themselves; the rest only weigh in once one of these is there."""


SCHOOL_WORDS = (
    "sixth form", "head teacher", "deputy head", "parents evening", "open evening", "open day", "a levels", "school run",
    "school gates", "form tutor", *(f"{word} {year}" for word in ("year", "yr") for year in range(1, 14)),
    "school", "academy", "college", "headteacher", "headmaster", "headmistress", "principal", "teacher", "teachers", "pupil",
    "pupils", "student", "students",
    "nursery", "uniform", "blazer", "detention", "gcse", "gcses", "sats", "ofsted", "governors",
    "classroom", "homework", "assembly", "pta", "senco", "phonics", "playground", "campus", "lecture", "professor",
)  # fmt: skip
"""Words of school life: "The Grove" beside one of these is more likely the school than the pub."""


@dataclass(frozen=True, slots=True)
class Trace:
    """One thing found: which feature, what the profile says, what the post says, and where it stands in the loose text."""

    feature: str
    ours: str
    theirs: str
    span: tuple[int, int] = (0, 0)


class Traces:
    """Finds the traces of many schools at once."""

    def __init__(self, schools: Sequence[School]) -> None:
        self.schools = {school.id: school for school in schools}
        self._names = NameIndex(chain.from_iterable(_names(school) for school in schools))
        self._places = NameIndex(chain.from_iterable(_places(school) for school in schools))
        self._handles = _by_key((handle_key(a.handle), s.id) for s in schools for a in s.official_accounts)
        self._own = _by_key(
            ((a.platform, key), s.id) for s in schools for a in s.official_accounts if (key := handle_key(a.handle))
        )
        self._hashtags = _by_key((normal(tag).lstrip("#"), s.id) for s in schools for tag in s.hashtags)
        self._domains = _by_key((normal(domain).removeprefix("www."), s.id) for s in schools for domain in s.domains)
        self._initials = _by_key((s.initials.upper(), s.id) for s in schools if s.initials)
        self._communities = _by_key(
            ((c.platform, key), s.id) for s in schools for c in s.communities if (key := community_key(c.name))
        )

    def find(self, post: Post) -> dict[str, list[Trace]]:
        """By school id, every trace of every school that the post names in some way."""
        found: dict[str, list[Trace]] = {}
        for school_id, trace in chain(self._given(post), self._marks(post), self._named(post)):
            found.setdefault(school_id, []).append(trace)
        named = {each: traces for each, traces in found.items() if any(trace.feature in NAMING for trace in traces)}
        if named:
            for school_id, trace in self._around(post):
                if school_id in named:
                    named[school_id].append(trace)
        return named

    def _given(self, post: Post) -> Iterable[tuple[str, Trace]]:
        """What the platform says of it: written by our account, in our community, in answer to us."""
        if post.author.handle:
            for school in self._own.get((post.platform, handle_key(post.author.handle)), ()):
                yield school, Trace("own", post.author.handle, post.author.handle)
        if post.community:
            for school in self._communities.get((post.platform, community_key(post.community)), ()):
                yield school, Trace("community", post.community, post.community)
        if post.reply_to:
            for school in self._handles.get(handle_key(post.reply_to), ()):
                yield school, Trace("reply", post.reply_to, post.reply_to)

    def _marks(self, post: Post) -> Iterable[tuple[str, Trace]]:
        """Exact marks in the text: handles, hashtags, domains, capital initials."""
        text = normal(post.text)
        for feature, pattern, table in (("hashtag", _HASHTAG, self._hashtags), ("handle", _HANDLE, self._handles)):
            for key in {match.rstrip(".-") for match in pattern.findall(text)}:
                for school in table.get(key, ()):
                    yield school, Trace(feature, key, key)
        for domain in set(_DOMAIN.findall(f"{text} {normal(post.url or '')}")) if self._domains else ():
            for school in chain.from_iterable(self._domains.get(part, ()) for part in _suffixes(domain)):
                yield school, Trace("domain", domain, domain)
        for initials in set(_INITIALS.findall(post.text)) if self._initials else ():
            for school in self._initials.get(initials, ()):
                yield school, Trace("initials", initials, initials)

    def _named(self, post: Post) -> Iterable[tuple[str, Trace]]:
        for hit in self._names.find(post.text):
            school, feature = hit.owner
            yield school, Trace(feature, hit.name, hit.name, (hit.start, hit.end))

    def _around(self, post: Post) -> Iterable[tuple[str, Trace]]:
        for hit in self._places.find(post.text):
            school, feature = hit.owner
            yield school, Trace(feature, hit.name, hit.name, (hit.start, hit.end))
        about_author = " / ".join(filter(None, (post.author.location, post.author.bio, post.author.name)))
        for hit in self._places.find(about_author):
            school, feature = hit.owner
            # Reasons are stored, so of where somebody lives they say only whether it agrees.
            if feature in ("town", "region"):
                yield school, Trace("author_place", "the school’s area", "agrees")
            elif feature == "namesake_town":
                yield school, Trace("author_elsewhere", "the school’s area", "disagrees")


def handle_key(handle: str) -> str:
    """A handle as it is compared: without @ and u/, in small letters."""
    return normal(handle).removeprefix("@").removeprefix("u/")


def community_key(name: str) -> str:
    """A community's name as it is compared: `r/Emory`, `/r/emory` and `emory` are one."""
    return loose(re.sub(r"^/?r/", "", name.strip(), flags=re.IGNORECASE))


def _by_key(pairs: Iterable[tuple[object, str]]) -> dict[object, list[str]]:
    table: dict[object, list[str]] = {}
    for key, school in pairs:
        if key and school not in table.setdefault(key, []):
            table[key].append(school)
    return table


def _suffixes(domain: str) -> Iterable[str]:
    """`mail.school.sch.uk` is a part of `school.sch.uk`."""
    parts = domain.split(".")
    return (".".join(parts[n:]) for n in range(len(parts) - 1))


def _names(school: School) -> Iterable[tuple[str, tuple[str, str]]]:
    for feature, names in (
        ("name", (school.name,)),
        ("short_name", school.short_names),
        ("alias", school.aliases),
        ("postcode", (school.postcode,) if school.postcode else ()),
    ):
        for name in names:
            yield name, (school.id, feature)


def _places(school: School) -> Iterable[tuple[str, tuple[str, str]]]:
    """What makes a name surer, or less sure: our places and people's words, and those of namesakes."""
    ours = {loose(name) for name in (school.name, *school.short_names, *school.aliases)}
    if school.town:
        yield school.town, (school.id, "town")
    if school.trust:
        yield school.trust, (school.id, "trust")
    for term in school.region_terms:
        if loose(term) != loose(school.town or ""):
            yield term, (school.id, "region")
    for term in school.community_terms:
        yield term, (school.id, "community_term")
    for namesake in school.namesakes:
        bare = re.sub(r"\s*\(.*?\)", "", namesake.name)
        if loose(bare) not in ours:
            yield bare, (school.id, "namesake")
        town = namesake.town.split(",")[0]
        if town and loose(town) not in {loose(school.town or ""), *ours}:
            yield town, (school.id, "namesake_town")
    for word in SCHOOL_WORDS:
        yield word, (school.id, "school_word")
