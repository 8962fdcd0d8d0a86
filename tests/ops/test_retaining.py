"""A post that nobody flagged is gone after its time: from every file, from the backups, from the log. What counts stays."""

import io
import os
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
import time_machine
from sqlalchemy import select, update

from casework import cases
from collectors.files import ReadOptions
from core import log
from core.settings import Settings
from core.taxonomy import Role
from core.types import Query
from core.weeks import utc_now
from ops import backup, pipeline, schedule
from ops import jobs as handlers
from ops.retaining import retain, sync_deletions
from ops.worker import Worker
from store import backups, pictures, profiles, queries, retention, sightings
from store.engine import reading, writing
from store.queries import Filter
from store.store import Store, open_store
from store.tables import jobs, judgements, post_keys, posts
from store.tables import sightings as reports
from tests.collectors.conftest import replay  # noqa: F401
from tests.ops.fictional import ABOUT_US, posts_file, row, signed
from tests.ops.remains import pieces_in, words_in
from tests.ops.told import (
    CANARIES,
    IN_THE_ANSWER,
    IN_THE_OPEN,
    SVA,
    THEN,
    WAITING,
    Quoting,
    Scene,
    Told,
    a_picture,
    folder,
    left_lying,
    others,
    report,
    sealed,
    told,
)
from tests.replay import Answer, Replay
from tests.store.fictional import incoming, keep, post, with_schools

DAYS = timedelta(days=30)
LATER = timedelta(seconds=1)


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """Everything that can be told was told; one backup was made, and another process has the database open."""
    heard = io.StringIO()
    monkeypatch.setattr(sys, "stderr", heard)
    log.configure(level=10)
    settings = Settings(data_dir=tmp_path / "data")
    store = signed(open_store(settings))
    with writing(store.engine) as connection:
        profiles.save_schools(connection, [SVA], now=THEN)
    imported = posts_file(tmp_path / "mine.jsonl", [row(1, f"{ABOUT_US} {CANARIES['imported']}")])
    with time_machine.travel(THEN, tick=False):
        others(store, tmp_path, "before")
        pipeline.run_source(store, Told(*told("before")), Query(key="sva"), judge=Quoting([SVA]))
        pipeline.run_source(store, Told(*told("then")), Query(key="sva"), judge=Quoting([SVA]))
        pipeline.import_file(store, imported, ReadOptions())
        report(store, settings)
    left_lying(settings)
    hidden = sealed(store)
    other = open_store(settings)
    with time_machine.travel(THEN + timedelta(days=1), tick=False):
        made = backup.backup(store, folder(tmp_path / "safe") / "crestwatch.zip", now=THEN + timedelta(days=1))
        others(other, tmp_path, "after")  # its connection stays open, so its log of writes does too
    assert (settings.data_dir / "crestwatch.sqlite-wal").stat().st_size > 0
    yield Scene(store, settings, imported, made.path, heard, hidden)
    other.engine.dispose()
    store.engine.dispose()


def test_thirty_days_and_a_second_later_nothing_of_it_is_left(scene: Scene) -> None:
    store = scene.store
    facts, counts = _what_stays(store)
    assert scene.words() == {*IN_THE_OPEN, *IN_THE_ANSWER, *WAITING}
    assert pieces_in(scene.files, scene.sealed) == set(scene.sealed)

    retain(store, scene.settings, now=THEN + timedelta(days=29))
    assert scene.words() == {*IN_THE_OPEN, *IN_THE_ANSWER}
    assert pieces_in(scene.files, scene.sealed) == set(scene.sealed)
    assert _found_by_search(store) == 4
    with time_machine.travel(THEN + DAYS, tick=False):
        said = retain(store, scene.settings, now=THEN + DAYS + LATER)

    assert {name: said[name] for name in ("posts", "pictures", "reports")} == {"posts": 4, "pictures": 1, "reports": 1}
    _is_gone(scene)
    assert _what_stays(store) == (facts, counts)
    # It comes back by none of the ways it came, and judging does not touch it.
    with time_machine.travel(THEN + DAYS + 2 * LATER, tick=False):
        again = pipeline.import_file(store, scene.imported, ReadOptions())
        pipeline.run_source(store, Told(*told("then")), Query(key="sva"), judge=Quoting([SVA]))
        pipeline.judge_again(store)
    assert (again.stored, again.edited, again.unchanged) == (0, 0, 1)
    _is_gone(scene)
    assert _what_stays(store) == (facts, counts)


def _is_gone(scene: Scene) -> None:
    assert scene.words() == set()
    assert pieces_in(scene.files, scene.sealed) == set()
    assert not [word for word in CANARIES.values() if word in scene.log.getvalue().lower()]
    assert '"event": "looked_through"' in scene.log.getvalue()
    assert _found_by_search(scene.store) == 0


def _what_stays(store: Store) -> tuple[list[Any], list[Any]]:
    """The rows and what was judged of them, without words; and the numbers by day."""
    with reading(store.engine) as connection:
        row = (posts.c.id, posts.c.platform, posts.c.created_at, posts.c.stored_at, posts.c.likes, posts.c.version)
        said = (judgements.c.school_id, judgements.c.outcome, judgements.c.relevance, judgements.c.sentiment)
        label = (judgements.c.risks, judgements.c.severity, judgements.c.lane, judgements.c.own)
        joined = posts.outerjoin(judgements, judgements.c.post_id == posts.c.id)
        old = posts.c.keep_until.is_(None)
        facts = connection.execute(select(*row, *said, *label).select_from(joined).where(old).order_by(posts.c.id)).all()
        daily = queries.daily_counts(connection, ["sva"], THEN.date() - timedelta(days=400), THEN.date())
    return [tuple(each) for each in facts], daily.sort_values(list(daily.columns)).values.tolist()


def _found_by_search(store: Store) -> int:
    """How many posts a search finds for all that was said."""
    with reading(store.engine) as connection:
        return sum(
            queries.count_mentions(
                connection, Filter(schools=["sva"], phrase=word, outcomes=(), hide_lanes=(), end=THEN + DAYS)
            )
            for word in CANARIES.values()
        )


def report_of(scene: Scene) -> int:
    """The post that a colleague reported."""
    with reading(scene.store.engine) as connection:
        return int(connection.scalars(select(posts.c.id).where(posts.c.source == "sightings")).one())


def test_what_is_in_a_case_keeps_its_words_its_screenshot_and_its_report(scene: Scene) -> None:
    store, post_id = scene.store, report_of(scene)
    ref = cases.open_case(store, title="Made up", school_id="sva", why="a test", by="Ada", role=Role.HEAD, now=THEN)
    cases.add_posts(store, ref, [(post_id, "sva")], why="a test", by="Ada", role=Role.HEAD, now=THEN)

    said = retain(store, scene.settings, now=THEN + timedelta(days=300))

    assert {name: said[name] for name in ("posts", "pictures", "reports")} == {"posts": 3, "pictures": 0, "reports": 0}
    with reading(store.engine) as connection:
        assert CANARIES["told"] in connection.scalars(select(posts.c.text).where(posts.c.id == post_id)).one()
        [picture] = pictures.of_post(connection, post_id)
        [told_by] = sightings.of_post(connection, store.keys, post_id)
        assert pictures.by_sha256(connection, store.keys, picture.sha256, original=True) == (a_picture(), "image/png")
    assert told_by.told == {name: CANARIES[name] for name in ("reporter", "note", "place")}
    # The backup is from before there was a case, so there it went.
    assert words_in([scene.backup], [CANARIES["told"]]) == set()


def test_an_upload_is_kept_until_the_day_that_was_said_on_the_page(scene: Scene) -> None:
    """The first moment of that day in London, which in summer is still the day before in UTC."""
    upload = scene.settings.inbox / "files" / "upload"
    arguments = {"path": str(upload), "keep_until": "2027-07-01"}
    assert handlers.import_file(scene.store, scene.settings, arguments, lambda done, message: None, THEN)["stored"] == 1
    with reading(scene.store.engine) as connection:
        until = connection.scalars(select(posts.c.keep_until).where(posts.c.text == CANARIES["upload"])).one()
    assert until == datetime(2027, 6, 30, 23, tzinfo=UTC)


def test_a_shorter_time_that_was_signed_counts(scene: Scene) -> None:
    signed(scene.store, days=10)
    assert retain(scene.store, scene.settings, now=THEN + timedelta(days=10) - LATER)["posts"] == 0
    assert retain(scene.store, scene.settings, now=THEN + timedelta(days=10))["posts"] == 4


def test_saying_only_what_would_go_changes_nothing(scene: Scene) -> None:
    now, before = THEN + DAYS, {path: path.read_bytes() for path in scene.files}
    assert retain(scene.store, scene.settings, now=now, dry_run=True) == {"posts": 4, "uploads": 2, "days": 30}
    after = {path: path.read_bytes() for path in scene.files}
    for marks in (before, after):  # where each reader stands, nothing of anybody
        marks.pop(scene.settings.data_dir / "crestwatch.sqlite-shm")
    assert after == before


def test_a_backup_in_which_nothing_has_to_go_stays_as_it_is(scene: Scene) -> None:
    before = scene.backup.read_bytes()
    assert retain(scene.store, scene.settings, now=THEN + timedelta(days=29))["backups"] == 0
    assert scene.backup.read_bytes() == before


def test_what_a_platform_took_back_goes_from_the_backup_too(scene: Scene) -> None:
    with writing(scene.store.engine) as connection:
        assert retention.wipe(connection, "fake", ["n1"], now=THEN + timedelta(days=2)) == 1

    assert retain(scene.store, scene.settings, now=THEN + timedelta(days=2))["backups"] == 1

    went = {CANARIES[kind] for kind in ("text", "earlier", "url", "quoted")}
    assert words_in(scene.files, went) == {CANARIES["quoted"]}  # of the reply, which is still there
    assert retain(scene.store, scene.settings, now=THEN + timedelta(days=2))["backups"] == 0


def test_who_reported_goes_from_the_backup_though_the_post_had_gone_before(scene: Scene) -> None:
    with writing(scene.store.engine) as connection:
        connection.execute(update(posts).where(posts.c.keep_until.is_(None)).values(keep_until=THEN + timedelta(days=365)))
    again = backup.backup(scene.store, scene.backup.with_name("again.zip"), now=THEN + timedelta(days=1)).path
    with reading(scene.store.engine) as connection:
        ids = connection.scalars(select(posts.c.id).where(posts.c.source == "sightings")).all()
        [hidden] = connection.scalars(select(reports.c.told_sealed)).all()
    with writing(scene.store.engine) as connection:
        connection.execute(update(posts).where(posts.c.id.in_(ids)).values(gone_at=THEN))
    retain(scene.store, scene.settings, now=THEN + timedelta(days=2))
    assert pieces_in([again], {"told": hidden}) == {"told"}

    retain(scene.store, scene.settings, now=THEN + DAYS)
    assert pieces_in([again], {"told": hidden}) == set()


def test_a_backup_that_cannot_be_thinned_holds_up_no_other(scene: Scene) -> None:
    with writing(scene.store.engine) as connection:
        backups.add(connection, folder(scene.backup.parent / "damaged.zip"), sha256="", made_at=THEN)
        backups.add(connection, scene.backup.with_name("carried away.zip"), sha256="", made_at=THEN)
    again = backup.backup(scene.store, scene.backup.with_name("again.zip"), now=THEN + timedelta(days=1)).path
    assert retain(scene.store, scene.settings, now=THEN + DAYS)["backups"] == 2
    assert words_in([scene.backup, again], CANARIES.values()) == set()
    assert '"event": "backup_not_thinned"' in scene.log.getvalue()


def test_only_what_nobody_will_take_in_is_left_over(scene: Scene) -> None:
    spool, files = scene.settings.inbox / "sightings", scene.settings.inbox / "files"
    for path in spool.glob(".*"):
        path.unlink()
    unread = spool / "R-BCD-FGH.json"
    unread.write_text("{")
    os.utime(unread, (THEN.timestamp(), THEN.timestamp()))

    def left(now: datetime) -> list[str]:
        retain(scene.store, scene.settings, now=now)
        return sorted(path.name for path in (*spool.iterdir(), *files.iterdir()))

    assert left(THEN + timedelta(days=1)) == ["R-BCD-FGH.json", "upload"]
    assert left(THEN + timedelta(days=1) + LATER) == ["R-BCD-FGH.json"]
    assert left(THEN + DAYS) == ["R-BCD-FGH.json"]
    assert left(THEN + DAYS + LATER) == []


def test_the_worker_does_it_when_it_is_asked(scene: Scene) -> None:
    with time_machine.travel(THEN + DAYS + LATER, tick=True):
        assert schedule.ask_for_retention(scene.store, utc_now())
        worker = Worker(scene.store, scene.settings)
        while worker.work_once():  # first it looks for the report, which is read already
            pass
    with reading(scene.store.engine) as connection:
        [job] = connection.execute(select(jobs.c.state, jobs.c.result).where(jobs.c.kind == "retain")).all()
    assert job.state == "done"
    counts = {"posts": 4, "pictures": 1, "reports": 1, "uploads": 2, "backups": 1, "days": 30}
    assert job.result == {"deleted": {}, **counts}


ASKED: dict[str, dict[str, Any]] = {
    "x": {"bearer_token": "made-up-token-0123456789", "attestation": "not_government"},
    "reddit": {
        "client_id": "made-up-id",
        "client_secret": "made-up-secret-0123456789",
        "contact": "u/skarnby_it",
        "approved": True,
        "timeout_seconds": 5,
    },
}


@pytest.fixture
def platforms(replay: Replay, monkeypatch: pytest.MonkeyPatch) -> Replay:  # noqa: F811
    """X and Reddit, which say that each of the first two hundred posts but the second is still there."""
    monkeypatch.setattr("prawcore.sessions.FiniteRetryStrategy._sleep_seconds", lambda _: None)

    def tweets(query: dict[str, str], _: Mapping[str, str]) -> Answer:
        there = [{"id": each, "text": "hello"} for each in query["ids"].split(",") if each != "2"]
        kind = "https://api.twitter.com/2/problems/resource-not-found"
        gone = [{"resource_id": "2", "parameter": "ids", "type": kind}] if "2" in query["ids"].split(",") else []
        return Answer(body={"data": there, "errors": gone})

    def info(query: dict[str, str], _: Mapping[str, str]) -> Answer:
        names = [name for name in query["id"].split(",") if name != "t3_2"]
        there = [{"kind": "t3", "data": {"name": name, "id": name[3:], "author": "a", "title": "Hello"}} for name in names]
        return Answer(body={"kind": "Listing", "data": {"children": there, "after": None}})

    token = {"access_token": "made-up", "token_type": "bearer", "expires_in": 3600, "scope": "*"}
    replay.routes |= {"/2/tweets": tweets, "/api/info": info, "/api/v1/access_token": lambda *_: Answer(body=token)}
    return replay


def _of_platforms(store: Store) -> None:
    with_schools(store)
    keep(store, *(incoming(post(str(n), f"Said {n}")) for n in range(1, 121)))
    keep(store, *(incoming(post(f"t3_{n}", f"Said {n}", platform="reddit")) for n in range(1, 4)), source="reddit")
    keep(store, incoming(post("2", "Of a file", platform="x.example")), source="files")


def _without_words(store: Store) -> list[str]:
    with reading(store.engine) as connection:
        found = select(post_keys.c.native_id).join(posts, posts.c.id == post_keys.c.post_id).where(posts.c.gone_at.is_not(None))
        return sorted(connection.scalars(found))


def _settings(store: Store, server: Replay, **more: Any) -> Settings:
    tables = {name: {**table, "base_url": server.url, **more.get(name, {})} for name, table in ASKED.items()}
    return Settings(data_dir=store.folder, sources=tables)


def test_what_was_deleted_where_it_came_from_goes_here(tmp_store: Store, platforms: Replay) -> None:
    _of_platforms(signed(tmp_store))

    assert sync_deletions(tmp_store, _settings(tmp_store, platforms), now=THEN) == {"reddit": 1, "x": 1}

    assert _without_words(tmp_store) == ["2", "t3_2"]
    assert [len(each.query["ids"].split(",")) for each in platforms.asked("/2/tweets")] == [100, 20]
    database = tmp_store.folder / "crestwatch.sqlite-wal"
    assert database.stat().st_size == 0
    platforms.log.clear()
    assert sync_deletions(tmp_store, _settings(tmp_store, platforms), now=THEN) == {"reddit": 0, "x": 0}
    assert "2" not in platforms.asked("/2/tweets")[0].query["ids"].split(",")


@pytest.mark.parametrize(
    ("stops", "path", "wiped"), [("x", "/2/tweets", {"reddit": 1, "x": 0}), ("reddit", "/api/info", {"reddit": 0, "x": 1})]
)
def test_a_source_that_stops_does_not_stop_the_other(
    tmp_store: Store, platforms: Replay, stops: str, path: str, wiped: dict[str, int]
) -> None:
    _of_platforms(signed(tmp_store))
    platforms.fault(path, "429", times=9)
    with structlog.testing.capture_logs() as logged:
        assert sync_deletions(tmp_store, _settings(tmp_store, platforms), now=THEN) == wiped
    assert [(each["event"], each["source"]) for each in logged if each["log_level"] == "warning"] == [
        ("recheck_stopped", stops)
    ]


def test_what_was_found_before_a_source_stopped_is_taken_away(tmp_store: Store, platforms: Replay) -> None:
    _of_platforms(signed(tmp_store))
    with writing(tmp_store.engine) as connection:  # the newest is asked first, so that the second is among them
        connection.execute(update(post_keys).where(post_keys.c.native_id == "120").values(native_id="swap"))
        connection.execute(update(post_keys).where(post_keys.c.native_id == "2").values(native_id="120"))
        connection.execute(update(post_keys).where(post_keys.c.native_id == "swap").values(native_id="2"))
    platforms.fault("/2/tweets", "429", times=9, after=1)
    assert sync_deletions(tmp_store, _settings(tmp_store, platforms), now=THEN) == {"reddit": 1, "x": 1}


def test_nobody_is_asked_before_it_is_signed_nor_what_is_switched_off(tmp_store: Store, platforms: Replay) -> None:
    _of_platforms(tmp_store)
    assert sync_deletions(tmp_store, _settings(tmp_store, platforms), now=THEN) == {}
    signed(tmp_store)
    assert sync_deletions(tmp_store, _settings(tmp_store, platforms, x={"on": False}, reddit={"on": False}), now=THEN) == {}
    assert platforms.log == []
    assert _without_words(tmp_store) == []
