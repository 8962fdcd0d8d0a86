"""The command line. Exit status: 0 done, 1 the work failed (one line says what and what to do), 2 wrong use."""

import json
import logging
import os
import sys
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Annotated, Any

import typer

from analysis.readers import reader
from casework import cases
from casework.presets import PRESETS
from casework.purpose import NOT_SIGNED
from collectors.files import ReadOptions
from core.errors import BadInput, CrestwatchError, NotConfigured
from core.log import configure, log
from core.profile import read_schools
from core.settings import settings
from core.types import School
from core.weeks import LONDON, day_start, utc_now
from ops import demo as demo_school
from ops import gias, jobs, keeping, pipeline, schedule, worker
from ops.doctor import checks
from ops.judging import judge_file
from ops.progress import Progress
from ops.sources import states
from store import profiles, purposes
from store.engine import reading, writing
from store.store import Store, open_store

app = typer.Typer(
    name="crestwatch",
    help="Watches what is said in public about a UK school or trust, and keeps evidence that stands up.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
judge_app = typer.Typer(help="Judge a file of posts: no database, no network.", no_args_is_help=True, rich_markup_mode=None)
schools_app = typer.Typer(help="The schools that are watched.", invoke_without_command=True, rich_markup_mode=None)
app.add_typer(judge_app, name="judge")
app.add_typer(schools_app, name="schools")
app.add_typer(gias.app, name="gias")
app.add_typer(keeping.app, name="purpose")
for kept in (keeping.retain, keeping.backup, keeping.restore):
    app.command()(kept)

AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.")]

INTERRUPTED = 130
"""The exit status after Ctrl+C, as shells have it."""


def main() -> None:
    """Run the command line; what a person can mend is said in one line on standard error, and nobody sees a traceback."""
    _stand_in_for_closed_streams()
    try:
        configure(settings().secrets, level=logging.WARNING)
        app()
    except SystemExit as ended:
        if ended.code == INTERRUPTED:
            _say("Interrupted. What was stored stays; run the same again for the rest.")
        raise
    except CrestwatchError as problem:
        _say(str(problem))
        sys.exit(1)
    except OSError as problem:
        what = problem.filename or "The answer"
        _say(f"{what} could not be read or written ({problem.strerror}). What was stored stays; mend that, and run it again.")
        sys.exit(1)
    except Exception as problem:  # a mistake of ours: the log says of what kind, never what it held
        log(part="command").error("command_failed", kind=type(problem).__name__)
        _say("Something unexpected went wrong. Run `crestwatch doctor`; it says what is not in order.")
        sys.exit(1)


@app.command()
def demo(
    now: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Load it as on this day.")] = None,
    json_: AsJson = False,
) -> None:
    """Load a fictional school with its posts, ready to look at."""
    moment = datetime.combine(now.date(), time(12), LONDON).astimezone(UTC) if now else utc_now()
    counts = demo_school.load(open_store(settings()), now=moment).counts
    _answer(counts, f"The demo is ready: {counts['read']} posts. Look at it with: streamlit run dashboard.py", json_)


@schools_app.callback()
def schools(context: typer.Context, json_: AsJson = False) -> None:
    """List the schools that are watched."""
    if context.invoked_subcommand:
        return
    with reading(open_store(settings()).engine) as connection:
        found = profiles.all_schools(connection)
    lines = "\n".join(f"{school.id:16} {school.name}{', ' + school.town if school.town else ''}" for school in found)
    _answer(
        [asdict(school) for school in found],
        lines or "No school is watched yet. `crestwatch demo` loads a fictional one.",
        json_,
    )


@schools_app.command("import")
def schools_import(file: Annotated[Path, typer.Argument(help="A schools.json")], json_: AsJson = False) -> None:
    """Add schools from a file, or replace their profiles."""
    found = _take_in_schools(open_store(settings()), file)
    _answer({"schools": len(found)}, f"{len(found)} {'school is' if len(found) == 1 else 'schools are'} watched now.", json_)


@app.command()
def sources(json_: AsJson = False) -> None:
    """List every source and whether it works."""
    found = states(open_store(settings()), settings())
    lines = "\n".join(f"{each['name']:10} {each['state']:15} {each['reason'] or ''}".rstrip() for each in found)
    _answer(found, lines, json_)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV, JSON lines, or an export of a platform")],
    school: Annotated[str | None, typer.Option(help="Weigh the posts for this school alone.")] = None,
    schools: Annotated[Path | None, typer.Option(help="A schools.json to take in first.")] = None,
    platform: Annotated[str | None, typer.Option(help="Where the posts are from, if the file does not say.")] = None,
    zone: Annotated[str | None, typer.Option(help="The zone of times that state none, for example Europe/London.")] = None,
    column: Annotated[list[str] | None, typer.Option(help="What a column holds, for example text=Message. Repeatable.")] = None,
    keep_until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day their words and authors go; else 30 days from now.")
    ] = None,
    json_: AsJson = False,
) -> None:
    """Take in posts from a file. The same file again adds nothing."""
    store = open_store(settings())
    if schools:
        _take_in_schools(store, schools)
    with reading(store.engine) as connection:
        known = [each.id for each in profiles.all_schools(connection)]
    if school and school not in known:
        raise BadInput(f"There is no school “{school}”. There are: {', '.join(known) or 'none yet'}. --schools FILE adds some.")
    options = ReadOptions(platform=platform, zone=zone, columns=dict(_pair(each) for each in column or []))
    with Progress(quiet=json_) as progress:
        report = pipeline.import_file(
            store,
            file,
            options,
            school_id=school,
            keep_until=day_start(keep_until.date()) if keep_until else None,
            on_progress=lambda so_far: progress.say(f"{so_far.read:,} lines read"),
        )
    for problem in report.problems:
        typer.echo(f"{problem.where}: {problem.reason}", err=True)
    counts = report.counts
    stored, there, left = (f"{counts[name]:,}" for name in ("stored", "unchanged", "skipped"))
    _answer(counts, f"{counts['read']:,} read: {stored} stored, {there} there already, {left} left out.", json_)


@app.command()
def collect(source: Annotated[str | None, typer.Option(help="Only this source.")] = None, json_: AsJson = False) -> None:
    """Collect once, now, from every source that is switched on."""
    store = open_store(settings())
    names = [source] if source else _may_be_asked(store)
    if not names:
        raise BadInput("No source is switched on yet. `crestwatch sources` says what each needs.")
    results: dict[str, Any] = {}
    with Progress(quiet=json_) as progress:
        for name in names:
            results[name] = jobs.collect(
                store, settings(), {"source": name}, lambda _done, message: progress.say(message), utc_now()
            )
    lines = [
        f"{name}: {each['read']} found, {each['stored']} new." + (f" Stopped: {each['stopped']}" if each["stopped"] else "")
        for name, each in results.items()
    ]
    _answer(results, "\n".join(lines), json_)
    if any(each["stopped"] for each in results.values()):
        raise typer.Exit(1)


@judge_app.command("posts")
def judge_posts(
    file: Annotated[Path, typer.Argument(help="posts.jsonl")],
    schools: Annotated[Path, typer.Option(help="schools.json")],
    out: Annotated[Path, typer.Option(help="Where to write the judged lines.")],
    model: Annotated[str | None, typer.Option(help="A larger text classifier: its name on a hub, or a folder.")] = None,
) -> None:
    """Judge each line's post for its school; one line out for one line in, in the same order."""
    asked = settings().tone.model_copy(update={"model": model} if model else {})
    read = reader(**asked.model_dump())
    if read.missing:
        typer.echo(read.missing, err=True)
    failed = judge_file(file, schools, out, read)
    for line, reason in failed:
        typer.echo(f"line {line}: {reason}", err=True)
    if failed:
        raise typer.Exit(1)


@app.command()
def export(
    case: Annotated[str, typer.Argument(help="The case, for example CW-2026-000001")],
    out: Annotated[Path, typer.Option(help="The folder to make the evidence file in.")],
    who_for: Annotated[str, typer.Option("--for", help="Who it is for: ours, platform, police or panel.")] = "ours",
    why: Annotated[str, typer.Option(help="Why it is made; goes into the log of exports.")] = "",
    account: Annotated[str | None, typer.Option(help="For a platform: which account of the case.")] = None,
    contact: Annotated[str | None, typer.Option(help="For the police: whom they may ask.")] = None,
    json_: AsJson = False,
) -> None:
    """Make the evidence file of a case, and write down who made it, when and why."""
    if who_for not in PRESETS:
        raise BadInput(f"“{who_for}” is not a reader. Say --for {', '.join(PRESETS)}.")
    now, here = utc_now(), settings()
    preset = PRESETS[who_for]
    package = cases.export_case(
        open_store(here),
        case,
        preset,
        why=why,
        by=here.local_name,
        role=here.local_roles[0],
        now=now,
        out=out / cases.package_name(case, preset, now),
        account=account,
        contact=contact,
    )
    answer = {"path": str(package.path), "items": package.items, "manifest_sha256": package.manifest_sha256}
    _answer(answer, f"{package.items} items in {package.path}. SHA-256 of its manifest: {package.manifest_sha256}", json_)


@app.command("worker")
def run_worker() -> None:
    """Run a worker in this terminal: jobs and scheduled collection, without the dashboard."""
    worker.main(settings())


@app.command()
def doctor(json_: AsJson = False) -> None:
    """Check this installation: folders, database, keys, sources, worker."""
    found = checks(settings(), utc_now())
    lines = "\n".join(f"{'ok ' if each['ok'] else 'NO '} {each['name']}: {each['says']}" for each in found)
    _answer(found, lines, json_)
    if not all(each["ok"] for each in found):
        raise typer.Exit(1)


def _stand_in_for_closed_streams() -> None:
    """Where a program was started without standard input, output or error, nothing is read and nothing said."""
    while (stand_in := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(stand_in)
    sys.stdout = sys.stdout or os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", encoding="utf-8", closefd=False)


def _say(words: str) -> None:
    with suppress(OSError):  # nobody reads it
        typer.echo(words, err=True)


def _may_be_asked(store: Store) -> list[str]:
    """The sources that are switched on, without those that wait for the signature; which is then said."""
    ready = schedule.ready_sources(settings())
    with reading(store.engine) as connection:
        signed = purposes.newest(connection)
    names = sorted(name for name, each in ready.items() if signed or not each.asks_others)
    if len(names) < len(ready):
        if not names:
            raise NotConfigured(NOT_SIGNED)
        typer.echo(NOT_SIGNED, err=True)
    return names


def _take_in_schools(store: Store, file: Path) -> list[School]:
    found = read_schools(file)
    with writing(store.engine) as connection:
        profiles.save_schools(connection, found, now=utc_now())
    return found


def _pair(column: str) -> tuple[str, str]:
    """What `--column text=Message` says."""
    held, equals, name = column.partition("=")
    if not (held and equals and name):
        raise BadInput(f"“{column}” does not say what a column holds. Write it as --column text=Message.")
    return held, name


def _answer(value: Any, words: str, as_json: bool) -> None:
    """The answer, on standard output: JSON for programs, words for people."""
    typer.echo(json.dumps(value, ensure_ascii=False, default=_plain) if as_json else words)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)


if __name__ == "__main__":
    main()
