"""The government's register of schools in the store: replaced as a whole, looked up by number, name and stem."""

from collections.abc import Collection, Iterable
from dataclasses import fields
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, case, delete, func, insert, or_, select

from core.errors import BadInput
from core.register import RegisterLink, RegisterSchool
from core.stems import stem
from core.text import loose
from store.tables import register_links, register_schools

ROWS = 5_000
MOST_WORDS = 8
_COLUMNS = [register_schools.c[field.name] for field in fields(RegisterSchool)]
_LINK_COLUMNS = [register_links.c[field.name] for field in fields(RegisterLink)]


def replace_schools(connection: Connection, schools: Collection[RegisterSchool]) -> None:
    """Put these schools in the place of all that are there.

    Raises BadInput, and changes nothing, where they are none or under half of what is there: then the file is not whole.
    """
    before = size(connection)
    if not schools or len(schools) < before / 2:
        raise BadInput(
            f"The file has {len(schools):,} schools and the register here has {before:,}, so it is most likely not whole."
            " Nothing was changed. Take a newer file."
        )
    connection.execute(delete(register_schools))
    _insert(connection, register_schools, (_row(each) | {"stem": stem(each.name)} for each in schools))


def replace_links(connection: Connection, links: Collection[RegisterLink]) -> None:
    """Put these links in the place of all that are there. Raises BadInput like `replace_schools`."""
    before = connection.scalar(select(func.count()).select_from(register_links)) or 0
    if not links or len(links) < before / 2:
        raise BadInput(
            f"The file has {len(links):,} links between schools and the register here has {before:,}, so it is most likely"
            " not whole. Nothing was changed. Take a newer file."
        )
    connection.execute(delete(register_links))
    distinct = {(each.urn, each.other_urn, each.kind): each for each in links}
    _insert(connection, register_links, map(_row, distinct.values()))


def size(connection: Connection) -> int:
    """How many schools the register here has: 0 where it was never loaded."""
    return connection.scalar(select(func.count()).select_from(register_schools)) or 0


def school(connection: Connection, urn: int) -> RegisterSchool | None:
    """The school with that number."""
    return next(iter(_schools(connection, register_schools.c.urn == urn)), None)


def of_stems(connection: Connection, stems: Iterable[str]) -> list[RegisterSchool]:
    """The open schools whose names have one of these stems, by number."""
    return _schools(connection, and_(register_schools.c.stem.in_(sorted(set(stems))), _is_open()))


def count_of_stem(connection: Connection, wanted: str, *, but: int | None = None) -> int:
    """How many open schools have that stem; `but` leaves one out."""
    statement = select(func.count()).select_from(register_schools).where(register_schools.c.stem == wanted, _is_open())
    if but is not None:
        statement = statement.where(register_schools.c.urn != but)
    return connection.scalar(statement) or 0


def of_town(connection: Connection, town: str) -> list[RegisterSchool]:
    """The open schools of a town."""
    return _schools(connection, and_(func.lower(register_schools.c.town) == town.lower(), _is_open()))


def is_place(connection: Connection, name: str) -> bool:
    """Whether a town, county or council of the register is called so."""
    places = (register_schools.c.town, register_schools.c.county, register_schools.c.council)
    found = select(register_schools.c.urn).where(or_(*(func.lower(place) == name.lower() for place in places))).limit(1)
    return connection.scalar(found) is not None


def shares_website(connection: Connection, host: str, urn: int) -> bool:
    """Whether another open school has its website at that host, as schools of one trust may."""
    table = register_schools.c
    found = select(table.urn).where(table.website.icontains(host, autoescape=True), table.urn != urn, _is_open()).limit(1)
    return connection.scalar(found) is not None


def search(connection: Connection, typed: str, *, limit: int = 20) -> list[RegisterSchool]:
    """Schools for what somebody types: each word stands in the name, town or postcode, or it is the number. Open ones first."""
    words = loose(typed).split()[:MOST_WORDS]
    if not words:
        return []
    table = register_schools.c
    places = (table.name, table.stem, table.town, table.postcode)
    fits = and_(*(or_(*(place.icontains(word, autoescape=True) for place in places)) for word in words))
    if len(words) == 1 and words[0].isdecimal() and len(words[0]) <= 9:
        fits = or_(fits, table.urn == int(words[0]))
    own = stem(typed)
    nearness = case((table.stem == own, 0), (table.stem.startswith(own, autoescape=True), 1), else_=2)
    statement = select(*_COLUMNS).where(fits)
    ordered = statement.order_by(case((_is_open(), 0), else_=1), nearness, table.name, table.urn)
    return [RegisterSchool(**row) for row in connection.execute(ordered.limit(limit)).mappings()]


def links_of(connection: Connection, urn: int) -> list[RegisterLink]:
    """What other entries are to this one, by number."""
    table = register_links.c
    statement = select(*_LINK_COLUMNS).where(table.urn == urn).order_by(table.other_urn, table.kind)
    return [RegisterLink(**row) for row in connection.execute(statement).mappings()]


def _schools(connection: Connection, fits: ColumnElement[bool]) -> list[RegisterSchool]:
    statement = select(*_COLUMNS).where(fits).order_by(register_schools.c.urn)
    return [RegisterSchool(**row) for row in connection.execute(statement).mappings()]


def _is_open() -> ColumnElement[bool]:
    """Extracts without a status hold open schools."""
    status = register_schools.c.status
    return or_(status.is_(None), func.lower(status).startswith("open"))


def _row(entry: RegisterSchool | RegisterLink) -> dict[str, Any]:
    return {field.name: getattr(entry, field.name) for field in fields(entry)}


def _insert(connection: Connection, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    stream = iter(rows)
    while part := list(islice(stream, ROWS)):
        connection.execute(insert(table), part)
