"""The way of a post: rows and cursor together, nothing lost, nothing doubled, whatever the source does."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from casework import answers
from casework.sightings import Report, hand_in
from collectors.sightings import Sightings
from core.taxonomy import Role
from core.types import Batch, Json, Post, Query, Raw, School
from ops.pipeline import judge_again, queries_for, query_for, run_source
from store import profiles, runs
from store.engine import reading, writing
from store.store import Store
from store.tables import daily, judgements, payloads, post_keys, posts, versions
from tests.ops.fake_source import BEGAN, FakeSource, raw

SCHOOL = School(id="sva", name="Skarnby Vale Academy", short_names=("Skarnby Vale",), town="Skarnby")
QUERY = query_for(SCHOOL)


@pytest.fixture
def store(tmp_store: Store) -> Store:
    with writing(tmp_store.engine) as connection:
        profiles.save_schools(connection, [SCHOOL], now=BEGAN)
    return tmp_store


def count(store: Store, table: object) -> int:
    with reading(store.engine) as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0  # type: ignore[arg-type]


def test_everything_that_came_is_stored_once_with_its_payload_and_judgement(store: Store) -> None:
    report = run_source(store, FakeSource(total=10), QUERY)
    assert report.counts == {"read": 10, "stored": 10, "unchanged": 0, "skipped": 0}
    assert [count(store, table) for table in (posts, post_keys, payloads, judgements)] == [10, 10, 10, 10]
    with reading(store.engine) as connection:
        assert runs.cursor(connection, "fake", "sva") == {"next": 10}
        run = runs.newest_run_of(connection, "fake")
    assert (run.state, run.read, run.stored) == ("done", 10, 10)
    assert run.cost == pytest.approx(0.10)


def test_the_overlap_of_the_next_run_adds_nothing(store: Store) -> None:
    run_source(store, FakeSource(total=10), QUERY)
    again = run_source(store, FakeSource(total=12), QUERY)
    assert again.counts == {"read": 3, "stored": 2, "unchanged": 1, "skipped": 0}
    assert count(store, posts) == 12


def test_a_source_that_stops_keeps_what_it_brought_and_goes_on_from_there(store: Store) -> None:
    report = run_source(store, FakeSource(total=10, size=4, stop_at=1), QUERY)
    assert report.stopped == "The fake platform asks us to wait."
    assert report.retry_at == BEGAN + timedelta(hours=1)
    with reading(store.engine) as connection:
        assert runs.cursor(connection, "fake", "sva") == {"next": 4}
        assert runs.newest_run_of(connection, "fake").state == "stopped"
    run_source(store, FakeSource(total=10), QUERY)
    assert count(store, posts) == 10


def test_an_item_that_is_no_post_is_left_out_and_said(store: Store) -> None:
    report = run_source(store, FakeSource(total=100, size=50), QUERY)
    assert report.counts == {"read": 100, "stored": 99, "unchanged": 0, "skipped": 1}
    assert [(each.where, each.reason) for each in report.problems] == [("99", "deleted by its author")]


def test_a_mistake_in_a_source_ends_the_run_with_a_sentence_and_is_not_swallowed(store: Store) -> None:
    class Broken(FakeSource):
        def collect(self, query: Query, cursor: Json | None) -> Iterator[Batch]:
            yield from super().collect(query, cursor)
            raise KeyError("text of a post")

    with pytest.raises(KeyError):
        run_source(store, Broken(total=4), QUERY)
    with reading(store.engine) as connection:
        run = runs.newest_run_of(connection, "fake")
    assert run.state == "stopped"
    assert "text of a post" not in run.message
    assert count(store, posts) == 4


def test_a_failure_inside_a_batch_rolls_back_its_rows_and_its_cursor(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = 0
    save_cursor = runs.save_cursor

    def fails_second_time(*args: object, **named: object) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise OSError("the disk is gone")
        save_cursor(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(runs, "save_cursor", fails_second_time)
    with pytest.raises(OSError, match="disk"):
        run_source(store, FakeSource(total=10, size=4), QUERY)
    assert count(store, posts) == 4
    with reading(store.engine) as connection:
        assert runs.cursor(connection, "fake", "sva") == {"next": 4}


CROSS = "Horrible again: three emails to Skarnby Vale Academy in Skarnby and no answer. Disgraceful, I am furious with them."


def test_an_edited_post_keeps_what_it_said_and_is_judged_again(store: Store) -> None:
    run_source(store, FakeSource(total=1), QUERY)

    class Edited(FakeSource):
        def collect(self, query: Query, cursor: Json | None) -> Iterator[Batch]:
            yield Batch(
                items=[
                    raw(
                        0,
                        CROSS,
                    )
                ]
            )

    report = run_source(store, Edited(), QUERY)
    assert report.counts == {"read": 1, "stored": 1, "unchanged": 0, "skipped": 0}
    assert report.edited == 1
    with reading(store.engine) as connection:
        said = connection.scalars(select(posts.c.text)).one()
        earlier = connection.scalars(select(versions.c.text)).one()
        sentiment = connection.scalars(select(judgements.c.sentiment)).one()
        counted = connection.execute(select(daily.c.negative, daily.c.neutral, daily.c.positive)).all()
    assert said.startswith("Horrible")
    assert earlier.startswith("Post 0")
    assert sentiment == "negative"
    assert [tuple(row) for row in counted] == [(1, 0, 0)]


def test_what_a_platform_says_is_gone_is_wiped(store: Store) -> None:
    run_source(store, FakeSource(total=3), QUERY)
    run_source(store, FakeSource(total=3, tombstones=("n1",)), QUERY)
    with reading(store.engine) as connection:
        texts = connection.scalars(select(posts.c.text).order_by(posts.c.id)).all()
    assert texts[1] == ""
    assert texts[0] and texts[2]
    assert count(store, payloads) == 2
    assert count(store, posts) == 3


def test_a_changed_profile_judges_what_is_stored(store: Store) -> None:
    run_source(store, FakeSource(total=3), QUERY)
    other = School(id="moor", name="Lovely Morning School", short_names=("lovely morning",), town="Skarnby")
    with writing(store.engine) as connection:
        profiles.save_schools(connection, [other], now=BEGAN)
    assert judge_again(store) == 3
    with reading(store.engine) as connection:
        schools = connection.scalars(select(judgements.c.school_id).order_by(judgements.c.school_id)).all()
    assert schools == ["moor"] * 3 + ["sva"] * 3


def test_a_source_read_whole_is_asked_once_with_the_names_of_all_schools() -> None:
    class Whole(FakeSource):
        whole = True

    other = replace(SCHOOL, id="b", name="Brackley Moor School")
    asked = queries_for(Whole(), [SCHOOL, other])
    assert [each.key for each in asked] == ["all"]
    assert {"Skarnby Vale Academy", "Brackley Moor School"} <= set(asked[0].names)
    assert [each.key for each in queries_for(FakeSource(), [SCHOOL, other])] == ["sva", "b"]
    assert queries_for(Whole(), []) == []


def test_what_a_colleague_typed_gives_way_to_the_platforms_own_words_without_a_trace(store: Store) -> None:
    report = Report(school_id="sva", link="https://x.com/somebody/status/77", pasted="they r shutting it lol", platform="x")
    hand_in(store, store.folder / "spool", report, by="page", now=BEGAN)
    run_source(store, Sightings({"inbox": store.folder / "spool"}), Query(key="all"))
    own = Raw(payload={"id": 77, "text": "They’re shutting it, lol"}, retrieved_at=BEGAN, tool="fake")

    class Platform(FakeSource):
        """Answers with the post that was reported."""

        name = "x"

        def collect(self, query: Query, cursor: Json | None) -> Iterator[Batch]:
            """That post alone."""
            yield Batch(items=[own])

        @staticmethod
        def to_post(raw: Raw) -> Post:
            """As the platform has it."""
            return Post(platform="x", native_id="77", text=raw.payload["text"], retrieved_at=raw.retrieved_at)

    assert run_source(store, Platform(), QUERY).edited == 1
    assert count(store, posts) == 1
    assert count(store, versions) == 0
    with reading(store.engine) as connection:
        row = connection.execute(select(posts.c.text, posts.c.source, posts.c.version)).one()
        outcome = connection.scalars(select(judgements.c.outcome)).one()
    assert tuple(row) == ("They’re shutting it, lol", "x", 1)
    assert outcome == "ours", "it names nobody; but somebody reported it for the school"
    hand_in(store, store.folder / "spool", replace(report, pasted="something else"), by="page", now=BEGAN)
    run_source(store, Sightings({"inbox": store.folder / "spool"}), Query(key="all"))
    with reading(store.engine) as connection:
        assert connection.scalars(select(posts.c.text)).one() == "They’re shutting it, lol"


def test_an_answer_outlives_the_edit_of_its_post(store: Store) -> None:
    run_source(store, FakeSource(total=1), QUERY)
    with reading(store.engine) as connection:
        post_id = connection.scalars(select(posts.c.id)).one()
    answers.answer(store, post_id, "sva", "not_us", by="Ada", role=Role.HEAD, now=BEGAN)

    class Edited(FakeSource):
        """The same post, which now says more."""

        def collect(self, query: Query, cursor: Json | None) -> Iterator[Batch]:
            """From the beginning."""
            first = raw(0)
            yield Batch(items=[replace(first, payload={**first.payload, "text": first.payload["text"] + " Edited."})])

    assert run_source(store, Edited(total=1), QUERY).edited == 1
    with reading(store.engine) as connection:
        row = connection.execute(select(judgements.c.outcome, judgements.c.reasons)).one()
    assert row.outcome == "not_ours"
    assert row.reasons[0]["feature"] == "answer"
