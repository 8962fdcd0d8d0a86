"""Made-up files in the form of the government's register of schools."""

import csv
import io
from collections.abc import Sequence

WHOLE = (
    *("URN", "LA (code)", "LA (name)", "EstablishmentNumber", "EstablishmentName", "TypeOfEstablishment (code)"),
    *("TypeOfEstablishment (name)", "EstablishmentStatus (name)", "OpenDate", "CloseDate", "PhaseOfEducation (name)"),
    *("StatutoryLowAge", "StatutoryHighAge", "ReligiousCharacter (name)", "Trusts (name)", "Street", "Locality", "Town"),
    *("County (name)", "Postcode", "SchoolWebsite", "TelephoneNum", "HeadTitle (name)", "HeadFirstName", "HeadLastName"),
    *(f"Further{number}" for number in range(110)),
)
HEAD = "Quillemina Thrupp"
"""A head who must never be read."""


def row(urn: int | str, name: str, **said: str) -> dict[str, str]:
    """A school of the daily file; what is said replaces what most say, keyed by column with underscores for spaces."""
    known = {
        "URN": str(urn),
        "EstablishmentName": name,
        "LA (name)": "Ferndipshire",
        "TypeOfEstablishment (name)": "Community school",
        "EstablishmentStatus (name)": "Open",
        "OpenDate": "01-09-1999",
        "PhaseOfEducation (name)": "Primary",
        "StatutoryLowAge": "4",
        "StatutoryHighAge": "11",
        "ReligiousCharacter (name)": "Does not apply",
        "Street": "1 Tup Lane",
        "Town": "Ferndip",
        "County (name)": "Ferndipshire",
        "Postcode": "FD1 2AB",
        "HeadFirstName": HEAD.split(maxsplit=1)[0],
        "HeadLastName": HEAD.rsplit(maxsplit=1)[1],
        "TelephoneNum": "01632960000",
    }
    return known | {key.replace("__name", " (name)"): value for key, value in said.items()}


def whole_file(rows: Sequence[dict[str, str]], *, encoding: str = "cp1252") -> bytes:
    """The daily file with all its columns."""
    return _table(WHOLE, [[each.get(column, "") for column in WHOLE] for each in rows], encoding)


def extract(rows: Sequence[Sequence[object]], *, encoding: str = "utf-8") -> bytes:
    """A small extract: urn, name, open date, town, postcode."""
    return _table(("urn", "name", "open_date", "town", "postcode"), rows, encoding)


def links_file(rows: Sequence[Sequence[object]], *, encoding: str = "cp1252") -> bytes:
    """The file of links: URN, the other's URN and name, what it is to it, since when."""
    return _table(("URN", "LinkURN", "LinkName", "LinkType", "LinkEstablishedDate"), rows, encoding)


def _table(header: Sequence[str], rows: Sequence[Sequence[object]], encoding: str) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode(encoding)
