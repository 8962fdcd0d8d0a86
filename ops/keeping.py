"""Commands about what is kept: `purpose`, `retain`, `backup`, `restore`."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from casework import purpose
from casework.purpose import BASES, Statement
from core.settings import settings
from core.taxonomy import Role
from core.weeks import on_screen, utc_now
from ops import backup as backups
from ops import restore as restoring
from ops import retaining
from store import purposes
from store.engine import reading
from store.retention import LONGEST_DAYS
from store.store import open_store

AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.")]

app = typer.Typer(help="Why this school may look: signed before any source is asked.", invoke_without_command=True)


@app.callback()
def shown(context: typer.Context, json_: AsJson = False) -> None:
    """Say what was signed, by whom and when."""
    if context.invoked_subcommand:
        return
    with reading(open_store(settings()).engine) as connection:
        signed = purposes.newest(connection)
    if json_:
        typer.echo(json.dumps({"signed_at": signed.at.isoformat(), "by": signed.by, **signed.statement} if signed else None))
    elif signed is None:
        typer.echo(purpose.NOT_SIGNED)
    else:
        said = signed.statement
        typer.echo(f"Signed {on_screen(signed.at)} by {said['signed_by']} for {said['controller']}.")
        typer.echo(f"{said['purpose']}\n{BASES[said['basis']]}\nKept {said['days']} days. People are told at {said['notice']}.")


@app.command()
def sign(
    controller: Annotated[str, typer.Option(help="Who is responsible: the trust or school.")],
    basis: Annotated[str, typer.Option(help=f"The lawful basis: {', '.join(BASES)}.")],
    notice: Annotated[str, typer.Option(help="Where people are told, and may object: a web or e-mail address.")],
    name: Annotated[str, typer.Option(help="Who signs: the headteacher or the data protection officer.")],
    why: Annotated[str, typer.Option(help="What it is for.")] = purpose.SUGGESTED,
    days: Annotated[int, typer.Option(help=f"For how many days words are kept, at most {LONGEST_DAYS}.")] = LONGEST_DAYS,
    role: Annotated[Role, typer.Option(help="In which role: head or data_protection.")] = Role.HEAD,
    assessment: Annotated[str, typer.Option(help="Where the impact assessment is kept.")] = "",
) -> None:
    """Sign the page, on a server without a screen. On the dashboard it is Set-up, Purpose."""
    statement = Statement(
        controller=controller, purpose=why, basis=basis, days=days, notice=notice, signed_by=name, assessment=assessment
    )
    purpose.sign(open_store(settings()), statement, by=settings().local_name, role=role, now=utc_now())
    typer.echo("Signed. Sources may be asked.")


def retain(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    now: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="As on this day; only with --dry-run.")] = None,
    json_: AsJson = False,
) -> None:
    """Take away what is over its time: posts that nobody flagged, uploads, the same in the backups."""
    if now and not dry_run:
        raise typer.BadParameter("--now is only for --dry-run: what goes does not come back.")
    moment = now.replace(tzinfo=utc_now().tzinfo) if now else utc_now()
    went = retaining.retain(open_store(settings()), settings(), now=moment, dry_run=dry_run)
    if json_:
        typer.echo(json.dumps(went))
    elif dry_run:
        typer.echo(f"{went['posts']:,} posts would lose their words and authors, {went['uploads']:,} uploads would go.")
    else:
        typer.echo(
            f"{went['posts']:,} posts lost their words and authors, {went['pictures']:,} pictures and {went['uploads']:,}"
            f" uploads went; {went['backups']:,} backups were thinned."
        )


def backup(
    file: Annotated[Path, typer.Argument(help="The file to make, for example crestwatch.zip")], json_: AsJson = False
) -> None:
    """Make a backup: database, pictures and keys in one file, at one moment, while everything goes on."""
    made = backups.backup(open_store(settings()), file, now=utc_now())
    size = f"{made.rows['posts']:,} posts, {made.bytes / 1e6:,.1f} MB"
    words = f"{made.path}: {size}. Keep it like the keys: whoever has it can read names."
    answer = {"path": str(made.path), "rows": dict(made.rows), "sha256": made.sha256, "bytes": made.bytes}
    typer.echo(json.dumps(answer) if json_ else words)


def restore(file: Annotated[Path, typer.Argument(help="A backup")], json_: AsJson = False) -> None:
    """Bring a backup into an empty installation. What is over its time by now does not come back."""
    rows = restoring.restore(settings(), file, now=utc_now())
    typer.echo(json.dumps(rows) if json_ else f"{rows['posts']:,} posts are back, with everything around them.")
