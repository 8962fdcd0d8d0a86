"""The daily counts are a recount of the judgements, whatever was saved, edited, judged again or wiped, in any order."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import Connection, delete, select

from analysis.weekly import weekly
from core.settings import Settings
from core.taxonomy import Lane, Outcome, Sentiment
from core.types import JudgedMention, Reach, School
from core.weeks import Week, day_start
from store import mentions
from store.engine import reading, writing
from store.ids import day_of
from store.profiles import remove_school, save_schools
from store.queries import daily_counts, first_day, newest_day, platforms
from store.retention import remove_source, wipe
from store.store import Store, open_store
from store.tables import REFERRED, daily, judgements, posts
from tests.store.fictional import NOW, SCHOOLS, about, incoming, keep, post, with_schools

PLATFORMS = ("x", "reddit")
judged = st.builds(
    about,
    st.sampled_from([school.id for school in SCHOOLS]),
    outcome=st.sampled_from(Outcome),
    sentiment=st.sampled_from(Sentiment),
    own=st.booleans(),
    lane=st.sampled_from([Lane.NOISE, Lane.NOISE, Lane.SAFEGUARDING]),
)
several = st.lists(judged, max_size=2, unique_by=lambda each: each.school_id)
names = st.sampled_from("abcdef")
days = st.integers(0, 3).map(lambda back: datetime(2026, 10, 25, 23, 30, tzinfo=UTC) - timedelta(days=back))


def _recount(connection: Connection) -> Counter[tuple[str, ...]]:
    rows = connection.execute(select(judgements, posts.c.platform).join(posts, posts.c.id == judgements.c.post_id)).all()
    hidden = {row.post_id for row in rows if row.lane == Lane.SAFEGUARDING}
    return Counter(
        (
            row.school_id,
            day_of(row.post_id).isoformat(),
            row.platform,
            REFERRED if row.post_id in hidden else row.outcome,
            row.sentiment,
        )
        for row in rows
        if not row.own and row.outcome != Outcome.NOT_OURS
    )


def _kept(connection: Connection) -> Counter[tuple[str, ...]]:
    rows = connection.execute(select(daily)).mappings().all()
    assert all(row[sentiment] >= 0 for row in rows for sentiment in Sentiment)
    place = ("school_id", "day", "platform", "outcome")
    return Counter({(*(row[name] for name in place), each.value): row[each] for row in rows for each in Sentiment if row[each]})


@pytest.fixture(scope="module")
def prepared() -> Iterator[Path]:
    """A data folder with two schools in its database."""
    folder = Path(tempfile.mkdtemp(prefix="crestwatch-"))
    store = with_schools(open_store(Settings(data_dir=folder)))
    store.engine.dispose()
    yield folder
    shutil.rmtree(folder)


def test_daily_counts_are_a_recount_after_anything(prepared: Path) -> None:
    class Everything(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.folder = Path(tempfile.mkdtemp(prefix="crestwatch-"))
            shutil.copytree(prepared, self.folder, dirs_exist_ok=True)
            self.store = open_store(Settings(data_dir=self.folder))

        @rule(name=names, platform=st.sampled_from(PLATFORMS), at=days, text=st.sampled_from(["a", "b"]), mentions=several)
        def save_or_edit(self, name: str, platform: str, at: datetime, text: str, mentions: list[JudgedMention]) -> None:
            said = post(name, text, platform=platform, created_at=at, reach=Reach(likes=1))
            keep(self.store, incoming(said, *mentions), source="demo" if name in "ab" else "x")

        @rule(mentions=st.lists(several, max_size=4))
        def judge_again(self, mentions: list[list[JudgedMention]]) -> None:
            with writing(self.store.engine) as connection:
                rows = connection.execute(select(posts.c.id, posts.c.platform).where(posts.c.gone_at.is_(None))).all()
                _save_judged(connection, [(row.id, row.platform) for row in rows], mentions)

        @rule(name=names, platform=st.sampled_from(PLATFORMS))
        def wipe(self, name: str, platform: str) -> None:
            with writing(self.store.engine) as connection:
                before = _kept(connection)
                wipe(connection, platform, [name], now=NOW)
                assert _kept(connection) == before

        @rule(school=st.sampled_from(SCHOOLS))
        def remove_a_school_and_add_it_again(self, school: School) -> None:
            with writing(self.store.engine) as connection:
                assert remove_school(connection, school.id)
                save_schools(connection, SCHOOLS, now=NOW)

        @rule()
        def load_the_demo_anew(self) -> None:
            with writing(self.store.engine) as connection:
                remove_source(connection, "demo")

        @invariant()
        def counts_are_a_recount(self) -> None:
            with reading(self.store.engine) as connection:
                assert _kept(connection) == _recount(connection)

        def teardown(self) -> None:
            self.store.engine.dispose()
            shutil.rmtree(self.folder)

    # Shrinking runs a database some thousand times, for an example that is short enough as it is.
    found_as_is = (Phase.explicit, Phase.reuse, Phase.generate)
    run_state_machine_as_test(
        Everything, settings=settings(max_examples=25, stateful_step_count=25, deadline=None, phases=found_as_is)
    )


def _save_judged(connection: Connection, rows: list[tuple[int, str]], judged: list[list[JudgedMention]]) -> None:
    mentions.save(connection, [(*row, each) for row, each in zip(rows, judged, strict=False)], now=NOW)


def _counts(store: Store) -> list[tuple[Any, ...]]:
    with reading(store.engine) as connection:
        found = daily_counts(connection, ["grove", "harbour"], NOW.date() - timedelta(days=365), NOW.date())
    return [tuple(row) for row in found.sort_values(["school_id", "day", "platform"]).itertuples(index=False)]


def test_what_is_counted(store: Store) -> None:
    evening = datetime(2026, 6, 30, 23, 15, tzinfo=UTC)
    keep(
        store,
        incoming(post("1", created_at=evening), about(sentiment=Sentiment.NEGATIVE), about("harbour")),
        incoming(post("2", created_at=evening, platform="reddit"), about(outcome=Outcome.AMBIGUOUS)),
        incoming(post("3", created_at=evening), about(outcome=Outcome.NOT_OURS)),
        incoming(post("4", created_at=evening), about(own=True)),
        incoming(post("5", created_at=evening)),
    )

    assert _counts(store) == [
        ("grove", "2026-07-01", "reddit", "ambiguous", 0, 1, 0),
        ("grove", "2026-07-01", "x", "ours", 1, 0, 0),
        ("harbour", "2026-07-01", "x", "ours", 0, 1, 0),
    ]


def test_counts_outlive_the_texts_and_the_rows(store: Store) -> None:
    keep(store, *(incoming(post(str(n)), about()) for n in range(5)))
    before = _counts(store)
    with writing(store.engine) as connection:
        wipe(connection, "x", ["1", "2"], now=NOW)
        connection.execute(delete(posts).where(posts.c.gone_at.is_not(None)))

    assert _counts(store) == before
    assert before[0][-3:] == (0, 5, 0)


def test_judging_again_moves_a_count_and_leaves_no_empty_day(store: Store) -> None:
    keep(store, incoming(post(), about()))
    with writing(store.engine) as connection:
        post_id = connection.scalars(select(posts.c.id)).one()
        mentions.save(connection, [(post_id, "x", [about(outcome=Outcome.NOT_OURS)])], now=NOW)
        assert newest_day(connection, ["grove"]) is None
        assert first_day(connection, ["grove"]) is None
        assert platforms(connection, ["grove"]) == []
        mentions.save(connection, [(post_id, "x", [about("harbour", sentiment=Sentiment.POSITIVE)])], now=NOW)

    assert _counts(store) == [("harbour", "2026-11-18", "x", "ours", 0, 0, 1)]


def test_more_posts_than_one_look_up_holds_are_judged_again(store: Store) -> None:
    batch = [post(str(n), created_at=NOW - timedelta(minutes=n)) for n in range(1_700)]
    keep(store, *(incoming(each, about()) for each in batch))
    with writing(store.engine) as connection:
        ids = connection.scalars(select(posts.c.id)).all()
        mentions.save(connection, [(each, "x", [about("harbour")]) for each in ids], now=NOW)
        assert _kept(connection) == _recount(connection)

    assert {row[0] for row in _counts(store)} == {"harbour"}
    assert sum(sum(row[-3:]) for row in _counts(store)) == 1_700


def test_the_span_of_days_and_the_platforms(store: Store) -> None:
    keep(
        store,
        incoming(post("1", created_at=NOW - timedelta(days=40)), about()),
        incoming(post("2", created_at=NOW, platform="reddit"), about()),
        incoming(post("3", created_at=NOW + timedelta(days=3), platform="news"), about("harbour")),
    )
    with reading(store.engine) as connection:
        assert first_day(connection, ["grove"]) == (NOW - timedelta(days=40)).date()
        assert newest_day(connection, ["grove"]) == NOW.date()
        assert platforms(connection, ["grove"]) == ["reddit", "x"]
        assert platforms(connection, ["grove", "harbour"]) == ["news", "reddit", "x"]
        assert len(daily_counts(connection, ["grove"], NOW.date(), NOW.date())) == 1


def test_earlier_weeks_are_summed_under_their_mondays(store: Store) -> None:
    monday = date(2026, 6, 29)
    for number in range(40):  # the last eleven days of May to the first week of July, several a day
        at = datetime(2026, 5, 28, 9, tzinfo=UTC) + timedelta(days=number, hours=number % 5)
        platform = "x" if number % 3 else "reddit"
        keep(store, incoming(post(f"w{number}", created_at=at, platform=platform), about("grove" if number % 2 else "harbour")))
    both, first, last = ["grove", "harbour"], monday - timedelta(weeks=5), monday + timedelta(days=6)
    with reading(store.engine) as connection:
        days = daily_counts(connection, both, first, last)
        weeks = daily_counts(connection, both, first, last, whole_weeks_before=monday)
    assert set(weeks["day"]) >= {(monday - timedelta(weeks=n)).isoformat() for n in range(1, 5)}
    assert len(weeks) < len(days)
    for school in both:
        for shown in (Week.of(day_start(monday)), Week.of(day_start(monday)).back(2)):
            since = Week.of(day_start(first))
            by_day, by_week = (weekly(each[each["school_id"] == school], shown, since) for each in (days, weeks))
            assert [week.posts for week in by_day.weeks] == [week.posts for week in by_week.weeks]
            assert by_day.usual_by_platform == by_week.usual_by_platform
    this = Week.of(day_start(monday))
    assert weekly(days, this, this).this == weekly(weeks, this, this).this
