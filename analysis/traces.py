"""What in a post points to a school: its names, handles, links, places. One pass over the text for all schools together."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from analysis.surroundings import Surroundings, Trace, speaks_of_school
from core.names import Hit, NameIndex
from core.text import loose, normal
from core.types import Mention, Namesake, Post, School, WatchedTerm
from core.weeks import on_screen

_HASHTAG = re.compile(r"#(\w+)")
_HANDLE = re.compile(r"(?<![\w./])@([\w.\-]+)")
# Begins only where a chain of labels begins, and bounds it: else a long "a.a.a.a…" would be tried from each of its letters.
_DOMAIN = re.compile(r"(?<![\w-])(?<![\w-]\.)((?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,63})\b")
_TERM = re.compile(r"\w+")
_INITIALS = re.compile(r"\b[A-Z]{2,6}\b")
_NOTE = re.compile(r"\s*\(.*?\)")

NAMING = frozenset(
    {
        *("own", "community", "reported", "handle", "reply", "domain", "hashtag", "postcode"),
        *("name", "short_name", "alias", "initials", "case_term"),
    }
)
"""Traces that may name a school by themselves; the rest only weigh in once one of these is there."""
PLACING = frozenset({"town", "region", "author_place"})
"""Where it is. A word of the school (a house, a teacher's name) beside one of these may mean it without its name."""
_COMPANY = NAMING | {"town", "region", "trust", "community_term"}
"""What a leader's name must stand beside to say anything, if not beside talk of school: others bear that name."""


class Traces:
    """Finds the traces of many schools at once. Watched schools that share a name are namesakes of each other.

    `terms`: the words that are watched for a case at the moment.
    """

    def __init__(self, schools: Sequence[School], terms: Sequence[WatchedTerm] = ()) -> None:
        self.schools = {school.id: school for school in schools}
        schools = beside_each_other(schools)
        self._surroundings = {school.id: Surroundings(school) for school in schools}
        self._names = NameIndex(chain.from_iterable(_names(school) for school in schools))
        self._places = NameIndex(chain.from_iterable(_places(school) for school in schools))
        self._handles = _by_key((handle_key(a.handle), s.id) for s in schools for a in s.official_accounts)
        self._own = _by_key(
            ((a.platform, key), s.id) for s in schools for a in s.official_accounts if (key := handle_key(a.handle))
        )
        self._hashtags = _by_key((normal(tag).lstrip("#"), s.id) for s in schools for tag in s.hashtags)
        self._domains = _by_key((normal(domain).removeprefix("www."), s.id) for s in schools for domain in s.domains)
        self._terms = {(term.school_id, term_key(term.term)): term for term in terms if term.school_id in self.schools}
        self._initials = _by_key((s.initials.upper(), s.id) for s in schools if s.initials)
        self._communities = _by_key(
            ((c.platform, key), s.id) for s in schools for c in s.communities if (key := community_key(c.name))
        )

    def find(self, post: Post, seen: Mapping[str, Collection[str]] | None = None) -> dict[str, list[Trace]]:
        """By school id, every trace of every school that the post may mean.

        `seen`: by school id, features that spoke of its author when it was first judged, and are not kept with it.
        """
        found: dict[str, list[Trace]] = {}
        for school_id, trace in chain(self._given(post), self._marks(post), self._named(post), self._around(post)):
            found.setdefault(school_id, []).append(trace)
        telling = {school_id: _without_lone_leaders(traces, post.text) for school_id, traces in found.items()}
        return {
            school_id: [*traces, *self._surroundings[school_id].look(post)]
            for school_id, traces in telling.items()
            if may_mean({trace.feature for trace in traces} | set((seen or {}).get(school_id, ())))
        }

    def all_of(self, mention: Mention) -> list[Trace]:
        """Every trace of one school in a post, whether or not the post may mean it."""
        post, school_id = mention.post, mention.school.id
        found = chain(self._given(post), self._marks(post), self._named(post), self._around(post))
        telling = _without_lone_leaders([trace for owner, trace in found if owner == school_id], post.text)
        return [*telling, *self._surroundings[school_id].look(post)]

    def _given(self, post: Post) -> Iterable[tuple[str, Trace]]:
        """What the platform says of it: written by our account, in our community, in answer to us, reported."""
        if post.author.handle:
            for school in self._own.get((post.platform, handle_key(post.author.handle)), ()):
                yield school, Trace("own", post.author.handle, post.author.handle)
        if post.community:
            for school in self._communities.get((post.platform, community_key(post.community)), ()):
                yield school, Trace("community", post.community, post.community)
        if post.reported_for in self.schools:
            yield post.reported_for, Trace("reported", "", "")
        if post.reply_to:
            for school in self._handles.get(handle_key(post.reply_to), ()):
                yield school, Trace("reply", post.reply_to, post.reply_to)

    def _marks(self, post: Post) -> Iterable[tuple[str, Trace]]:
        """Exact marks in the text: handles, hashtags, domains, capital initials."""
        text = normal(post.text)
        for sign, feature, pattern, table in (
            ("#", "hashtag", _HASHTAG, self._hashtags),
            ("@", "handle", _HANDLE, self._handles),
        ):
            for key in {match.rstrip(".-") for match in pattern.findall(text)} if sign in text else ():
                for school in table.get(key, ()):
                    yield school, Trace(feature, key, key)
        addresses = f"{text} {normal(post.url or '')}"
        for domain in set(_DOMAIN.findall(addresses)) if self._domains and "." in addresses else ():
            # The longest one watched: a school's pages below its trust's address are the school's.
            for school in next((found for part in _suffixes(domain) if (found := self._domains.get(part))), ()):
                yield school, Trace("domain", domain, domain)
        for initials in set(_INITIALS.findall(post.text)) if self._initials else ():
            for school in self._initials.get(initials, ()):
                yield school, Trace("initials", initials, initials)

    def _named(self, post: Post) -> Iterable[tuple[str, Trace]]:
        for hit in self._whole(self._names.find(post.text)):
            school, feature = hit.owner
            yield school, Trace(feature, hit.name, hit.name, (hit.start, hit.end))
        for term in self._watched(post.text):
            watched = f"{term.term}, watched for a case until {on_screen(term.until)}"
            yield term.school_id, Trace("case_term", watched, term.term)

    def _whole(self, hits: Sequence[Hit[tuple[str, str]]]) -> Iterable[Hit[tuple[str, str]]]:
        """Names that are no part of a longer one: of a trust called after its school, or of a school called after its trust."""
        ends = [hit.end for hit in hits]
        longest = max((hit.end - hit.start for hit in hits), default=0)
        for hit in hits:
            around = hits[bisect_left(ends, hit.end) : bisect_right(ends, hit.start + longest)]
            if not any(self._is_part(hit, of) for of in around):
                yield hit

    def _is_part(self, hit: Hit[tuple[str, str]], of: Hit[tuple[str, str]]) -> bool:
        one, other = (self.schools[each.owner[0]].kind for each in (hit, of))
        return one != other and of.start <= hit.start and hit.end <= of.end and hit.end - hit.start < of.end - of.start

    def _watched(self, text: str) -> Iterable[WatchedTerm]:
        said = set(_TERM.findall(normal(text))) if self._terms else frozenset()
        return (term for (_, key), term in self._terms.items() if key in said)

    def _around(self, post: Post) -> Iterable[tuple[str, Trace]]:
        for hit in self._places.find(post.text):
            school, feature, label = hit.owner
            yield school, Trace(feature, label, hit.name, (hit.start, hit.end))
        author = post.author
        for hit in self._places.find(" / ".join(filter(None, (author.location, author.bio, author.name)))):
            school, feature, label = hit.owner
            # Reasons are stored, so of where somebody lives they say only whether it agrees.
            if feature in ("town", "region"):
                yield school, Trace("author_place", "the school’s area", "agrees")
            elif feature == "namesake_town":
                yield school, Trace("author_elsewhere", "the school’s area", "disagrees")
            elif feature == "namesake":
                yield school, Trace("author_namesake", "", "agrees")


def may_mean(features: set[str]) -> bool:
    """Whether what was found may mean a school: a name or mark of it, its leader in company, its word beside its place."""
    return bool(features & (NAMING | {"leader"})) or ("community_term" in features and bool(features & PLACING))


def _without_lone_leaders(traces: list[Trace], text: str) -> list[Trace]:
    """What was found of a school, with its leader only where that name does not stand alone."""
    features = {trace.feature for trace in traces}
    if "leader" not in features or features & _COMPANY or speaks_of_school(text):
        return traces
    return [trace for trace in traces if trace.feature != "leader"]


def beside_each_other(schools: Sequence[School]) -> list[School]:
    """Each school with those watched beside it that share a name as further namesakes: two St Mary's in one trust."""
    names = {school.id: _all_names(school) for school in schools}
    return [
        replace(
            school,
            namesakes=(*school.namesakes, *(_as_namesake(other) for other in schools if _confusable(school, other, names))),
        )
        for school in schools
    ]


def _all_names(school: School) -> frozenset[str]:
    return frozenset(loose(name) for name in (school.name, *school.short_names, *school.other_names)) - {""}


def _confusable(school: School, other: School, names: Mapping[str, frozenset[str]]) -> bool:
    return school.id != other.id and not names[school.id].isdisjoint(names[other.id])


def _as_namesake(other: School) -> Namesake:
    return Namesake(name=other.name, town=other.town or "", note=f"{other.phase or ''} {' '.join(other.community_terms)}")


def term_key(term: str) -> str:
    """A watched word as it is compared: with or without #, in small letters."""
    return normal(term).lstrip("#")


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
        ("alias", school.other_names),
        ("postcode", (school.postcode,) if school.postcode else ()),
    ):
        for name in names:
            yield name, (school.id, feature)


def _places(school: School) -> Iterable[tuple[str, tuple[str, str, str]]]:
    """What makes a name surer, or less sure: our places and people's words, and those of namesakes, each with its label."""
    ours = _all_names(school)
    here = {loose(school.town or ""), *ours}
    for feature, terms in (
        ("town", (school.town,) if school.town else ()),
        ("trust", (school.trust,) if school.trust else ()),
        ("region", tuple(term for term in school.region_terms if loose(term) != loose(school.town or ""))),
        ("community_term", school.community_terms),
        ("leader", tuple(leader.name for leader in school.leaders)),
    ):
        for term in terms:
            yield term, (school.id, feature, term)
    for namesake in school.namesakes:
        bare = _NOTE.sub("", namesake.name)
        label = f"{namesake.name}, {namesake.town}" if namesake.town else namesake.name
        if loose(bare) not in ours:
            yield bare, (school.id, "namesake", label)
        town = namesake.town.split(",")[0]
        if loose(town) not in here:
            yield town, (school.id, "namesake_town", label)
