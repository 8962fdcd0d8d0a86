"""`crestwatch gias`: the government's register of schools, downloaded or read from a file. Everything works without it."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from collectors.register import read_links, read_schools
from core.errors import BadInput
from core.fetch import Limits, fetch
from core.register import LICENCE, RegisterLink, RegisterSchool
from core.settings import settings
from core.types import Skipped
from core.weeks import london_day, utc_now
from ops.progress import Progress
from store import register
from store.engine import writing
from store.store import Store, open_store

PLACE = "https://ea-edubase-api-prod.azurewebsites.net/edubase/downloads/public"
SCHOOLS, LINKS = "edubasealldata{day:%Y%m%d}.csv", "links_edubasealldata{day:%Y%m%d}.csv"
DAYS_BACK = 7
"""How many days before today are tried: the file of a day appears in its course."""
LIMITS = Limits(body_bytes=100_000_000, total_seconds=300)
_SHOWN = 50

app = typer.Typer(help="The government's register of schools.", no_args_is_help=True, rich_markup_mode=None)


@dataclass(slots=True, kw_only=True)
class Update:
    """What came of an update: rows read, schools stored, and the rows left out."""

    read: int
    stored: int
    skipped: Sequence[Skipped]

    @property
    def counts(self) -> dict[str, int]:
        """The numbers of it."""
        return {"read": self.read, "stored": self.stored, "skipped": len(self.skipped)}


@app.command()
def update(
    file: Annotated[Path | None, typer.Option(help="A file of all schools, instead of downloading it.")] = None,
    links: Annotated[Path | None, typer.Option(help="A file of links between schools, for former names.")] = None,
    json_: Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.")] = False,
) -> None:
    """Fill the register of schools, or bring it up to date."""
    with Progress(quiet=json_) as progress:
        progress.say("Reading the register…" if file else "Downloading the register, about 60 MB…")
        done = update_register(open_store(settings()), file=file, links=links, now=utc_now())
    for each in done.skipped[:_SHOWN]:
        typer.echo(f"{each.where}: {each.reason}", err=True)
    if len(done.skipped) > _SHOWN:
        typer.echo(f"and {len(done.skipped) - _SHOWN:,} more", err=True)
    words = f"{done.read:,} read: {done.stored:,} schools stored, {len(done.skipped):,} left out.\n{LICENCE}"
    typer.echo(json.dumps(done.counts) if json_ else words)


def update_register(
    store: Store,
    *,
    file: Path | None = None,
    links: Path | None = None,
    now: datetime,
    place: str = PLACE,
    allow: Collection[str] = (),
) -> Update:
    """Replace the register in one step by a file, or by the newest download; the one that is there stays if that fails.

    Raises BadInput for what is no register or not whole, FetchFailed where nothing can be downloaded.
    """
    found_links: list[RegisterLink | Skipped] = []
    if file:
        with _opened(file) as content:
            found = list(read_schools(content, file.name))
    else:
        day, body = _newest(place, london_day(now), allow)
        found = list(read_schools(BytesIO(body), SCHOOLS.format(day=day)))
        if not links and (body_of_links := _download(place, LINKS, day, allow)):
            found_links = list(read_links(BytesIO(body_of_links), LINKS.format(day=day)))
    if links:
        with _opened(links) as content:
            found_links = list(read_links(content, links.name))
    schools = _distinct(found)
    with writing(store.engine) as connection:
        register.replace_schools(connection, schools)
        if found_links:
            register.replace_links(connection, [each for each in found_links if isinstance(each, RegisterLink)])
    return Update(read=len(found), stored=len(schools), skipped=[each for each in found if isinstance(each, Skipped)])


def _opened(file: Path) -> BinaryIO:
    try:
        return file.open("rb")
    except OSError as problem:
        raise BadInput(f"{file} cannot be read ({problem.strerror}). Check the name.") from None


def _newest(place: str, today: date, allow: Collection[str]) -> tuple[date, bytes]:
    """The newest file there is, and its day."""
    for back in range(DAYS_BACK + 1):
        day = today - timedelta(days=back)
        if body := _download(place, SCHOOLS, day, allow):
            return day, body
    raise BadInput(
        f"There is no register of the last {DAYS_BACK} days to download. Take “All establishment data” from"
        " get-information-schools.service.gov.uk/Downloads and run: crestwatch gias update --file FILE"
    )


def _download(place: str, name: str, day: date, allow: Collection[str]) -> bytes | None:
    """The content of a day's file; None where there is none of that day."""
    answer = fetch(f"{place}/{name.format(day=day)}", limits=LIMITS, allow=allow)
    if answer.status == 404:
        return None
    if answer.status != 200:
        raise BadInput(
            f"The register cannot be downloaded now (it answers {answer.status}). Try again later, or use --file FILE."
        )
    return answer.body


def _distinct(found: Iterable[RegisterSchool | Skipped]) -> list[RegisterSchool]:
    """Each school once, as its last row says."""
    return list({each.urn: each for each in found if isinstance(each, RegisterSchool)}.values())
