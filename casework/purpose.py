"""Why this school may look at all: one page, filled in and signed before any source is asked (UK GDPR Art. 5(2), 13, 14)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from html import escape

from casework.limits import LIMITS
from collectors.base import Collector
from core.errors import BadInput
from core.taxonomy import Role, role_on_screen
from core.weeks import day_on_screen, london_day, on_screen
from store import purposes
from store.engine import writing
from store.purposes import SignedPurpose
from store.retention import LONGEST_DAYS, NOT_OURS_DAYS
from store.store import Store

BASES: dict[str, str] = {
    "public_task": "Public task – Art. 6(1)(e): academies, trusts and maintained schools",
    "legitimate_interests": "Legitimate interests – Art. 6(1)(f): independent schools, with an assessment of the balance",
    "recognised_interest": "Recognised legitimate interest – Art. 6(1)(ea): independent schools, safeguarding and crime only",
}
"""The lawful bases there are for this (UK GDPR as amended in 2025); the last two are not for a public authority’s tasks."""
SIGNERS = (Role.HEAD, Role.DATA_PROTECTION)
"""Who answers for the school, and may sign."""
SUGGESTED = (
    "To know what is said in public about our schools, to find accounts that pretend to be ours, and to act in time where"
    " somebody may be harmed."
)
NOT_SIGNED = "No source is asked before the purpose is signed, in Set-up, Purpose, or with crestwatch purpose sign."

_ADDRESS = re.compile(r"https?://[^\s/]+\.[^\s/]+\S*|[^\s@]+@[^\s@]+\.[^\s@]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What is signed. `days`: for how long the words of a post are kept, 1 to 30. `notice`: where people are told of this.

    `basis` is a key of `BASES`; `assessment` says where the data protection impact assessment is kept.
    """

    controller: str
    purpose: str
    basis: str
    days: int
    notice: str
    signed_by: str
    assessment: str = ""

    def __post_init__(self) -> None:
        """Raises BadInput naming what is missing or cannot be."""
        for said, what in (
            (self.controller, "who is responsible"),
            (self.purpose, "what it is for"),
            (self.signed_by, "who signs"),
        ):
            if not said.strip():
                raise BadInput(f"The page does not say {what}. Fill it in.")
        if self.basis not in BASES:
            raise BadInput(f"“{self.basis}” is no lawful basis for this. Choose one of: {', '.join(BASES)}.")
        if not 1 <= self.days <= LONGEST_DAYS:
            raise BadInput(f"Posts may be kept for 1 to {LONGEST_DAYS} days, not {self.days}.")
        if not _ADDRESS.fullmatch(self.notice.strip()):
            raise BadInput("Say where people are told of this: a web address (https://…) or an e-mail address.")


def sign(store: Store, statement: Statement, *, by: str, role: Role, now: datetime) -> None:
    """Sign the page; from now on sources may be asked. Raises BadInput for who may not."""
    if role not in SIGNERS:
        raise BadInput(f"This is signed by: {', '.join(role_on_screen(each) for each in SIGNERS)}.")
    with writing(store.engine) as connection:
        purposes.sign(connection, asdict(statement), by=by, role=role, now=now)


def lawful(
    sources: Mapping[str, tuple[Collector | None, str | None]], signed: SignedPurpose | None
) -> dict[str, tuple[Collector | None, str | None]]:
    """The sources as they may be used: until the purpose is signed, none that asks others is ready. Pure."""
    if signed:
        return dict(sources)
    return {
        name: (None, NOT_SIGNED) if source is not None and source.asks_others else (source, reason)
        for name, (source, reason) in sources.items()
    }


def page(signed: SignedPurpose, *, schools: Sequence[str], sources: Sequence[str], now: datetime) -> str:
    """The signed page as HTML on one sheet, to print, to file and to put where people can read it."""
    said = signed.statement
    rows = (
        ("Who is responsible", said["controller"]),
        ("What it is for", said["purpose"]),
        ("Lawful basis", BASES[said["basis"]]),
        ("Whose name is looked for", ", ".join(schools) or "no school yet"),
        ("What is asked", ", ".join(sources) or "no source yet; files and reports by hand"),
        (
            "How long",
            f"The words and author of a post go {said['days']} days after we stored it, those of a post about somebody else"
            f" after {min(said['days'], NOT_OURS_DAYS)}; what was put in a case stays with the case. Files imported by hand:"
            " until the day that was said then. Numbers by day stay, without words or names.",
        ),
        ("What is not kept", "Where an author lives and what they say of themselves is read while judging and not kept."),
        ("Impact assessment", said.get("assessment") or "not said"),
        ("Where people are told, and may object", said["notice"]),
    )
    table = "\n".join(f"<tr><th scope=row>{escape(head)}</th><td>{escape(str(cell))}</td></tr>" for head, cell in rows)
    limits = "\n".join(f"<li><b>{escape(head)}.</b> {escape(text)}</li>" for head, text in LIMITS)
    signature = f"Signed by {said['signed_by']} ({role_on_screen(signed.role)}), {on_screen(signed.at)}."
    return _SHEET.format(
        table=table, limits=limits, signature=escape(signature), printed=escape(day_on_screen(london_day(now)))
    )


_SHEET = """<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Why we look at what is said in public about our schools</title>
<style>
@page {{ size: A4; margin: 14mm; }}
body {{ font: 10.5pt/1.35 system-ui, sans-serif; max-width: 46rem; margin: 1rem auto; padding: 0 1rem; }}
body {{ color: #111; background: #fff; }}
h1 {{ font-size: 15pt; margin: 0 0 .5rem; }}
h2 {{ font-size: 12pt; margin: .8rem 0 .2rem; }}
th {{ text-align: left; vertical-align: top; padding: .2rem .8rem .2rem 0; width: 30%; }}
td {{ vertical-align: top; padding: .2rem 0; overflow-wrap: anywhere; }}
ul {{ margin: .2rem 0; padding-left: 1.1rem; }}
@media print {{ body {{ font-size: 9.5pt; line-height: 1.3; max-width: none; margin: 0; padding: 0; }} }}
footer {{ margin-top: .8rem; border-top: 1px solid #999; padding-top: .4rem; }}
</style>
</head>
<body>
<h1>Why we look at what is said in public about our schools</h1>
<table>
{table}
</table>
<h2>What we will not do</h2>
<ul>
{limits}
</ul>
<footer>{signature} Printed {printed}.</footer>
</body>
</html>
"""
