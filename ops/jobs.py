"""What the worker can be asked to do, by kind. Each is safe to run twice."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from casework import answers, relabels
from casework.purpose import NOT_SIGNED
from collectors.base import discover
from collectors.files import ReadOptions
from core.errors import BadInput, NotConfigured
from core.settings import Settings
from core.weeks import day_start
from ops import demo, pipeline, retaining
from store import profiles, purposes, terms
from store.engine import reading
from store.store import Store

Progress = Callable[[float | None, str], None]
Handler = Callable[[Store, Settings, Mapping[str, Any], Progress, datetime], dict[str, Any]]


def collect(
    store: Store, settings: Settings, arguments: Mapping[str, Any], progress: Progress, now: datetime
) -> dict[str, Any]:
    """One pass over a source, for every school."""
    name = str(arguments["source"])
    kinds = discover()
    if name not in kinds:
        raise BadInput(f"There is no source called “{name}”. `crestwatch sources` lists them.")
    collector = kinds[name](settings.sources.get(name))
    collector.ready()
    with reading(store.engine) as connection:
        schools = profiles.all_schools(connection, watched=collector.asks_others)
        watched = terms.active(connection, now=now)
        signed = purposes.newest(connection)
    if collector.asks_others and not signed:
        raise NotConfigured(NOT_SIGNED)
    if not schools:
        raise BadInput("There is no school to collect for. Add one in Set-up, or with `crestwatch schools import`.")
    total = pipeline.Report()
    queries = pipeline.queries_for(collector, schools, watched)
    for number, query in enumerate(queries):
        progress(number / len(queries), f"{collector.label}: {query.key}")
        report = pipeline.run_source(store, collector, query)
        total.add(report)
        if report.stopped:
            total.stopped = report.stopped
            break
    return {**total.counts, "cost": total.cost, "stopped": total.stopped}


def import_file(
    store: Store, settings: Settings, arguments: Mapping[str, Any], progress: Progress, now: datetime
) -> dict[str, Any]:
    """Take in a file that was uploaded into the inbox."""
    path = Path(str(arguments["path"]))
    if path.resolve().parent != (settings.inbox / "files").resolve():
        raise BadInput("Only files in the inbox can be imported from a page.")
    if not path.exists():  # it was taken in by a worker that ended before it could say so
        return {**pipeline.Report().counts, "problems": []}
    options = ReadOptions(platform=arguments.get("platform"), zone=arguments.get("zone"))
    until = arguments.get("keep_until")
    report = pipeline.import_file(
        store,
        path,
        options,
        keep_until=day_start(date.fromisoformat(until)) if until else None,
        on_progress=lambda so_far: progress(None, f"{so_far.read:,} lines read"),
    )
    path.unlink(missing_ok=True)
    problems = [f"{each.where}: {each.reason}" for each in report.problems[:50]]
    return {**report.counts, "problems": problems}


def load_demo(
    store: Store, settings: Settings, arguments: Mapping[str, Any], progress: Progress, now: datetime
) -> dict[str, Any]:
    """Load the fictional school."""
    return demo.load(store, now=now).counts


def judge(store: Store, settings: Settings, arguments: Mapping[str, Any], progress: Progress, now: datetime) -> dict[str, Any]:
    """Judge stored posts anew, newest first: all, those named in `posts`, or (`older`) those that another version judged."""
    only, older = arguments.get("posts"), bool(arguments.get("older"))
    done = pipeline.judge_again(
        store, only=only, older=older, on_progress=lambda judged: progress(None, f"{judged:,} posts judged")
    )
    return {"judged": done}


def refit(store: Store, settings: Settings, arguments: Mapping[str, Any], progress: Progress, now: datetime) -> dict[str, Any]:
    """Learn from people's answers for a school."""
    learned = answers.refit(store, str(arguments["school"]), now=now)
    return {"answers": learned.answers, "kept": learned.kept}


def relearn(
    store: Store, settings: Settings, arguments: Mapping[str, Any], progress: Progress, now: datetime
) -> dict[str, Any]:
    """Learn from what people said of how posts about a school were read."""
    learned = relabels.learn(store, str(arguments["school"]), now=now)
    return {"answers": learned.posts, "kept": learned.kept}


def explain(
    store: Store, settings: Settings, arguments: Mapping[str, Any], progress: Progress, now: datetime
) -> dict[str, Any]:
    """Which words of a post moved a label most. What is kept of it says where they stand, and nothing of the post."""
    return relabels.explain(store, int(arguments["post"]), str(arguments["label"]))


def retain(store: Store, settings: Settings, arguments: Mapping[str, Any], progress: Progress, now: datetime) -> dict[str, Any]:
    """Take away what platforms deleted, and what is over its time."""
    return {"deleted": retaining.sync_deletions(store, settings, now=now), **retaining.retain(store, settings, now=now)}


HANDLERS: dict[str, Handler] = {
    "collect": collect,
    "import": import_file,
    "load_demo": load_demo,
    "judge": judge,
    "refit": refit,
    "relearn": relearn,
    "explain": explain,
    "retain": retain,
}
