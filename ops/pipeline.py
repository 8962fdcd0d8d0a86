"""The way of a post: fetched, read, judged, stored. One numbered method for sources; imports take the same steps."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection

from analysis.judge import Judge
from analysis.traces import term_key
from casework import answers
from collectors.base import Collector
from collectors.files import Files, ReadOptions, read
from core.errors import CrestwatchError, ItemSkipped, SourceStopped
from core.log import log
from core.minimal import minimal
from core.types import Batch, Post, Query, Raw, School, Skipped, WatchedTerm
from core.weeks import utc_now
from store import mentions, queries, retention, runs, sightings, writes
from store.engine import reading, roomy, writing
from store.store import Store

IMPORT_ROWS = 2_000
"""Rows a transaction of a bulk import; collections bring a few hundred at a time by themselves."""

Clock = Callable[[], datetime]


@dataclass(slots=True, kw_only=True)
class Report:
    """What came of a run, for people and programs. `problems` are the places that were left out, with reasons."""

    read: int = 0
    stored: int = 0
    unchanged: int = 0
    skipped: int = 0
    edited: int = 0
    cost: float | None = None
    stopped: str | None = None
    retry_at: datetime | None = None
    problems: list[Skipped] = field(default_factory=list)

    def add(self, step: "Report") -> None:
        """Add a batch to the whole."""
        for name in ("read", "stored", "unchanged", "skipped", "edited"):
            setattr(self, name, getattr(self, name) + getattr(step, name))
        if step.cost is not None:
            self.cost = (self.cost or 0.0) + step.cost
        self.problems += step.problems

    @property
    def counts(self) -> dict[str, int]:
        """As `crestwatch import --json` ends with. An edited post is one that was stored anew."""
        return {"read": self.read, "stored": self.stored + self.edited, "unchanged": self.unchanged, "skipped": self.skipped}


def run_source(
    store: Store, collector: Collector, query: Query, *, clock: Clock = utc_now, judge: Judge | None = None
) -> Report:
    """Collect from one source for one query, from where it stood. Whatever was stored stays, however the run ends.

    A source that cannot go on ends the run with a sentence in the report; nothing else is swallowed.
    """
    collector.ready()
    judge = judge or _judge_now(store, clock())
    # 1  Begin the run where the last one stood.
    with writing(store.engine) as connection:
        run = runs.start_run(connection, collector.name, query.key, now=clock())
        cursor = runs.cursor(connection, collector.name, query.key)
    report = Report()
    try:
        # 2  Fetch, a batch at a time; 3 to 6 happen in `take_in`, in one transaction a batch.
        for batch in collector.collect(query, cursor):
            report.add(take_in(store, batch, collector, query.key, run=run, judge=judge, now=clock()))
        collector.taken_in()
    except SourceStopped as stopped:
        report.stopped, report.retry_at = str(stopped), stopped.retry_at
    except Exception as problem:
        log(source=collector.name, run=run).error("source_failed", kind=type(problem).__name__)
        _end(store, run, Report(stopped="Something unexpected went wrong in this source; other sources go on."), clock())
        raise
    # 7  End the run, saying how.
    _end(store, run, report, clock())
    log(source=collector.name, query=query.key, run=run).info("collected", **report.counts, stopped=report.stopped)
    return report


def take_in(
    store: Store,
    batch: Batch,
    collector: Collector,
    key: str,
    *,
    run: int,
    judge: Judge,
    now: datetime,
    keep_until: datetime | None = None,
) -> Report:
    """Read, judge and store one batch: rows, tombstones, cursor and counts commit together or not at all."""
    # 3  Read what was fetched; what is no post is left out, with a reason.
    posts, skipped = read_batch(batch, collector)
    # 4  Judge only what is new or edited.
    with reading(store.engine) as connection:
        have = writes.known(connection, (post for post, _ in posts))
        reported = sightings.schools_of(connection, [known.post_id for known in have.values()])
    fresh = [post for post, _ in posts if _is_fresh(post, have)]
    judged = judge([_as_reported(post, have, reported) for post in fresh])
    about = {id(post): each for post, each in zip(fresh, judged, strict=True)}
    incoming = [writes.Incoming(post=post, raw=_kept(raw), mentions=about.get(id(post), ())) for post, raw in posts]
    # 5  Store it all in one transaction.
    with writing(store.engine) as connection:
        incoming = _in_their_words(connection, incoming, have)
        counts = writes.save(connection, incoming, source=collector.name, keys=store.keys, now=now, keep_until=keep_until)
        if batch.tombstones:
            retention.wipe(connection, collector.name, batch.tombstones, now=now)
        # 6  Only then does the cursor move.
        if batch.cursor is not None:
            runs.save_cursor(connection, collector.name, key, batch.cursor, now=now)
        step = Report(
            read=len(batch.items) + len(batch.skipped),
            stored=counts.stored,
            unchanged=counts.unchanged,
            edited=counts.edited,
            skipped=len(skipped),
            cost=batch.cost,
            problems=list(skipped),
        )
        runs.count_in_run(connection, run, **step.counts, cost=step.cost)
    return step


def read_batch(batch: Batch, collector: Collector) -> tuple[list[tuple[Post, Raw]], list[Skipped]]:
    """The posts in a batch with what they were read from, and what was left out."""
    posts: list[tuple[Post, Raw]] = []
    skipped = list(batch.skipped)
    for raw in batch.items:
        try:
            posts.append((collector.to_post(raw), raw))
        except ItemSkipped as reason:
            skipped.append(Skipped(where=_where(raw), reason=str(reason)))
    return posts, skipped


def import_file(
    store: Store,
    path: Path,
    options: ReadOptions,
    *,
    school_id: str | None = None,
    keep_until: datetime | None = None,
    clock: Clock = utc_now,
    on_progress: Callable[[Report], None] = lambda report: None,
) -> Report:
    """Take in a file of posts. `school_id`: weigh them for that school alone. The same file again adds nothing.

    `keep_until`: when their words and authors go; None for as long as what is collected.
    """
    judge = _judge_now(store, clock(), school_id=school_id)
    with writing(store.engine) as connection:
        run = runs.start_run(connection, Files.name, path.name, now=clock())
    report, files = Report(), Files()
    try:
        with roomy(store.engine):
            for batch in _batches(read(path, options)):
                report.add(take_in(store, batch, files, path.name, run=run, judge=judge, now=clock(), keep_until=keep_until))
                on_progress(report)
    except BaseException as problem:  # Ctrl+C too
        ours = isinstance(problem, CrestwatchError)
        report.stopped = str(problem) if ours else "Interrupted. The same file again adds the rest."
        raise
    finally:
        _end(store, run, report, clock())
    log(source=Files.name, run=run).info("imported", **report.counts)
    return report


def judge_again(
    store: Store,
    *,
    only: Sequence[int] | None = None,
    older: bool = False,
    clock: Clock = utc_now,
    on_progress: Callable[[int], None] = lambda done: None,
) -> int:
    """Judge stored posts anew, newest first: after a profile changed, people answered, or a newer judge came.

    `only`: just these posts; `older`: those alone that another version judged. What was seen of an author when the post came
    (near or elsewhere) counts on, and a person’s word still goes before the judge's. Returns how many were judged.
    """
    judge = _judge_now(store, clock())
    done = 0
    for chunk in queries.stored_posts(store.engine, store.keys, only=only, not_by=judge.model if older else None):
        with reading(store.engine) as connection:
            seen = mentions.reasons_of(connection, [post_id for post_id, _ in chunk])
        judged = judge([post for _, post in chunk], [seen.get(post_id, {}) for post_id, _ in chunk])
        rows = [(post_id, post.platform, about) for (post_id, post), about in zip(chunk, judged, strict=True)]
        with writing(store.engine) as connection:
            mentions.save(connection, answers.respected(connection, rows), now=clock())
        done += len(chunk)
        on_progress(done)
    return done


def queries_for(collector: Collector, schools: Sequence[School], watched: Sequence[WatchedTerm] = ()) -> list[Query]:
    """What a source is asked, of real schools and of the words `watched` for them: once for each school, or once for all."""
    each = [query_for(school, watched) for school in schools]
    if not collector.whole:
        return each
    whole = Query(key="all")
    for query in each:
        whole = replace(
            whole,
            names=(*whole.names, *query.names),
            handles=(*whole.handles, *query.handles),
            hashtags=(*whole.hashtags, *query.hashtags),
            domains=(*whole.domains, *query.domains),
            communities=(*whole.communities, *query.communities),
        )
    return [whole] if each else []


def query_for(school: School, watched: Sequence[WatchedTerm] = ()) -> Query:
    """The school's own names and accounts, and the words watched for it; never a person's name, its leaders' included."""
    # As a word and as a hashtag: some sources search for one, some for the other.
    words = tuple(term_key(term.term) for term in watched if term.school_id == school.id)
    return Query(
        key=school.id,
        names=(school.name, *school.short_names, *school.other_names, *words),
        handles=tuple(account.handle for account in school.official_accounts),
        hashtags=(*school.hashtags, *(f"#{word}" for word in words)),
        domains=school.domains,
        communities=tuple(community.name for community in school.communities),
    )


def _judge_now(store: Store, now: datetime, *, school_id: str | None = None) -> Judge:
    """The judge as it stands. Made while only reading: with many schools it takes a moment, and nobody should wait to write."""
    with reading(store.engine) as connection:
        return answers.current_judge(connection, now=now, school_id=school_id)


def _kept(raw: Raw) -> Raw:
    """What was fetched, without what was only needed to judge it."""
    return replace(raw, payload=minimal(raw.payload))


def _as_reported(post: Post, have: Mapping[tuple[str, str], writes.Known], reported: Mapping[int, str]) -> Post:
    """A post that is there already, with the school for which somebody reported it."""
    before = writes.find_known(post, have)
    return post if before is None or post.reported_for else replace(post, reported_for=reported.get(before.post_id))


def _in_their_words(
    connection: Connection, incoming: Sequence[writes.Incoming], have: Mapping[tuple[str, str], writes.Known]
) -> list[writes.Incoming]:
    """What people said of posts that were edited since goes before the judge's word, as ever."""
    edited = {
        number: before.post_id
        for number, each in enumerate(incoming)
        if each.mentions and (before := writes.find_known(each.post, have)) is not None
    }
    rows = [(post_id, incoming[number].post.platform, incoming[number].mentions) for number, post_id in edited.items()]
    said = dict(zip(edited, answers.respected(connection, rows), strict=True))
    return [replace(each, mentions=said[number][2]) if number in said else each for number, each in enumerate(incoming)]


def _is_fresh(post: Post, have: dict[tuple[str, str], writes.Known]) -> bool:
    before = writes.find_known(post, have)
    return before is None or writes.is_edited(post, before)


def _batches(items: Iterable[Raw | Skipped]) -> Iterator[Batch]:
    """Raws and skipped lines as they stand in the file, a transaction's worth at a time."""
    stream = iter(items)
    while part := list(islice(stream, IMPORT_ROWS)):
        yield Batch(
            items=[each for each in part if isinstance(each, Raw)], skipped=[each for each in part if isinstance(each, Skipped)]
        )


def _where(raw: Raw) -> str:
    """The place of an item in words: its line in a file, else its id."""
    line = raw.payload.get("line")
    return f"line {line}" if line else str(raw.payload.get("id") or raw.payload.get("name") or "an item without an id")


def _end(store: Store, run: int, report: Report, now: datetime) -> None:
    with writing(store.engine) as connection:
        state = "stopped" if report.stopped else "done"
        runs.end_run(connection, run, state, now=now, message=report.stopped, retry_at=report.retry_at)
