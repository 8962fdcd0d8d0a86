"""A school's profile from the government's register: all that the register and rules can say. A person looks it over."""

import re
from difflib import SequenceMatcher
from string import capwords
from urllib.parse import urlsplit

from sqlalchemy import Connection

from core import aliases
from core.errors import BadInput
from core.register import RegisterSchool
from core.stems import parts, shared_stems, stem
from core.text import loose, normal
from core.types import FormerName, Namesake, School
from store import register
from store.engine import reading
from store.store import Store

MOST_NAMESAKES = 12
MOST_PREDECESSORS = 10
_FORMER = ("predecessor", "result of amalgamation")
_BELONGS_TO_MANY = re.compile(
    r"(?:^|\.)(?:google|facebook|wordpress|wixsite|weebly|blogspot|blogger|github|webs|gov|twitter|x|instagram)\.[a-z.]+$"
)
_PHASES = {
    "middle deemed primary": "middle, primary",
    "middle deemed secondary": "middle, secondary",
    "16 plus": "sixth form",
}


def profile_from_register(store: Store, urn: int) -> School:
    """A profile to begin with: facts, former names, other names by rule, and the others it is most easily taken for.

    Its id is `urn-` and the number. Raises BadInput where the register has no such school.
    """
    with reading(store.engine) as connection:
        found = register.school(connection, urn)
        if found is None:
            raise BadInput(f"The register has no school with the URN {urn}. Check the number, or run `crestwatch gias update`.")
        short_names, others, former = _names(connection, found)
        alone = register.count_of_stem(connection, stem(found.name), but=urn) == 0
        tag = aliases.hashtag(found.name)
        return School(
            id=f"urn-{urn}",
            name=found.name,
            short_names=short_names,
            aliases=others,
            former_names=former,
            initials=aliases.initials(found.name),
            urn=str(urn),
            phase=_phase(found),
            town=found.town,
            county=found.county,
            postcode=found.postcode,
            region_terms=_distinct(found.council, found.county, but=found.town),
            domains=_domains(connection, found),
            hashtags=(tag,) if tag and alone else (),
            trust=_written(found.trust),
            namesakes=_namesakes(connection, found),
        )


def collisions(store: Store, school: School) -> int:
    """How many other schools in England share its name, but for words like "Primary School".

    Counted in the register where it was loaded, else taken from the figures that ship, which know three and more.
    """
    with reading(store.engine) as connection:
        if register.size(connection):
            urn = int(school.urn or "") if re.fullmatch(r"[0-9]{5,7}", school.urn or "") else None
            count = register.count_of_stem(connection, stem(school.name), but=urn)
            return count if urn is not None else max(count - 1, 0)
    return max(shared_stems().get(stem(school.name), 0) - 1, 0)


def _names(connection: Connection, found: RegisterSchool) -> tuple[tuple[str, ...], tuple[str, ...], tuple[FormerName, ...]]:
    """Short, other and former names. What another school is really called is not ours alone: it goes to the short ones."""
    short = [each for each in aliases.short_names(found.name) if " " in each or not register.is_place(connection, each)]
    before = _predecessors(connection, found.urn)
    candidates = (*(each.name for each in before.values()), *aliases.aliases(found.name))
    theirs = {
        loose(each.name)
        for each in register.of_stems(connection, map(stem, candidates))
        if each.urn not in {found.urn, *before} and loose(each.name) != loose(found.name)
    }
    shared = [each for each in candidates if loose(each) in theirs]
    former = tuple(each for each in before.values() if each.name not in shared and loose(each.name) != loose(found.name))
    ours = [each for each in aliases.aliases(found.name) if each not in shared]
    return (
        _distinct(*short, *shared, but=found.name),
        _distinct(*(each for each in ours if loose(each) not in {loose(one.name) for one in former}), but=found.name),
        former,
    )


def _predecessors(connection: Connection, urn: int) -> dict[int, FormerName]:
    """Those before it by number, with the names they had and until when, nearest first; those before them too."""
    known: dict[int, FormerName] = {}
    asked = [urn]
    while asked and len(known) < MOST_PREDECESSORS:
        for link in register.links_of(connection, asked.pop(0)):
            if link.kind.lower().startswith(_FORMER) and link.other_urn not in {urn, *known}:
                known[link.other_urn] = FormerName(name=link.other_name, until=link.since)
                asked.append(link.other_urn)
    return known


def _namesakes(connection: Connection, found: RegisterSchool) -> tuple[Namesake, ...]:
    """The open schools it is most easily taken for: those of its stem, then those nearby with a name like it."""
    own = stem(found.name)
    near = register.of_town(connection, found.town) if found.town else []
    alike = [each for each in near if _is_alike(own, stem(each.name))]
    gone = {found.urn, *_predecessors(connection, found.urn)}
    others = {each.urn: each for each in (*register.of_stems(connection, [own]), *alike) if each.urn not in gone}

    def distance(other: RegisterSchool) -> tuple[bool, bool, bool, float, str]:
        return (
            stem(other.name) != own,
            other.town != found.town,
            _area(other) != _area(found),
            -SequenceMatcher(None, loose(found.name), loose(other.name)).ratio(),
            other.name,
        )

    nearest = {(each.name, each.town): each for each in sorted(others.values(), key=distance, reverse=True)}
    return tuple(
        Namesake(name=name, town=town or "", note=_note(each, found))
        for (name, town), each in list(reversed(nearest.items()))[:MOST_NAMESAKES]
    )


def _is_alike(own: str, other: str) -> bool:
    """Whether one stem is a part of the other, as whole words: Coppice Lane and Coppice."""
    return own != other and (f" {own} " in f" {other} " or f" {other} " in f" {own} ")


def _area(school: RegisterSchool) -> str:
    """The letters a postcode begins with, which say in which part of the country it is; else its council."""
    found = re.match(r"[A-Z]+", (school.postcode or "").upper())
    return found[0] if found else school.council or ""


def _note(other: RegisterSchool, ours: RegisterSchool) -> str:
    """Its phase and council. Judging takes the words of a note for signs of another, so a shared council is left out."""
    council = other.council if other.council != ours.council else None
    return ", ".join(filter(None, (_phase(other), council)))


def _phase(school: RegisterSchool) -> str | None:
    """`primary (4-11)`: the phase by the register, else by the kind and the name."""
    said = (school.phase or "").lower()
    if not said and "special" in (school.kind or "").lower():
        said = "special"
    named = (parts(school.name).phase or "").lower()
    if named in ("infant", "junior", "nursery") or not said:
        said = named
    said = _PHASES.get(said, said)
    ages = f"({school.low_age}-{school.high_age})" if school.low_age is not None and school.high_age is not None else ""
    return f"{said} {ages}".strip() or None


def _domains(connection: Connection, school: RegisterSchool) -> tuple[str, ...]:
    """The host of its website, where it is its own: none of a platform's, none that other schools have too."""
    written = (school.website or "").strip().lower()
    try:
        host = urlsplit(written if "//" in written else f"//{written}").hostname or ""
    except ValueError:
        return ()
    host = host.removeprefix("www.")
    if not re.fullmatch(r"(?:[a-z0-9-]+\.)+[a-z]{2,}", host) or _BELONGS_TO_MANY.search(host):
        return ()
    return () if register.shares_website(connection, host, school.urn) else (host,)


def _written(name: str | None) -> str | None:
    """A trust's name as people write it; the register has it in capitals."""
    return capwords(name.lower()) if name and name.isupper() else name


def _distinct(*names: str | None, but: str | None = None) -> tuple[str, ...]:
    """Each once, but for one."""
    return tuple(dict.fromkeys(each for each in names if each and normal(each) != normal(but or "")))
