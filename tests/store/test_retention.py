"""What a platform says is gone is gone, and so is what is over its time: from rows, search index and bytes on the disk."""

import multiprocessing
import random
import shutil
import sqlite3
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Select, func, select

from analysis.judge import Judge
from core.pictures import Picture
from core.settings import Settings
from core.taxonomy import Outcome, Sentiment
from core.types import Author, JudgedMention, Post, Raw, Reach, School
from store import pictures, retention, sightings
from store.casefiles import add_exhibit
from store.engine import reading, writing
from store.queries import Filter, count_mentions, daily_counts, earlier_versions, mentions, people_in, stored_posts
from store.retention import Gone, expire, remove_source, wipe
from store.store import Store, open_store
from store.tables import judgements, payloads, post_keys, posts, versions
from store.tables import pictures as pictures_table
from store.tables import sightings as sightings_table
from store.writes import Counts, Incoming, save
from tests.store.fictional import NOW, about, incoming, keep, post, with_schools

CANARY = "xylocanaryphone"
LATER = NOW + timedelta(days=1)
ROUNDS = 5
ELSEWHERE = multiprocessing.get_context("forkserver")
ELSEWHERE.set_forkserver_preload(["store.retention", "store.store"])


def _wipe(store: Store, *native_ids: str, platform: str = "x") -> int:
    with writing(store.engine) as connection:
        return wipe(connection, platform, native_ids, now=LATER)


def test_a_tombstone_stays_with_its_counts(store: Store) -> None:
    said = post(url="https://x.example/1", reply_to="@a", thread_id="2", reach=Reach(likes=3))
    keep(store, incoming(said, about()))
    keep(store, incoming(post(text="Edited", reach=Reach(likes=4)), about()))

    assert _wipe(store, "1", "never stored") == 1

    with reading(store.engine) as connection:
        row = connection.execute(select(posts)).one()
        assert (row.text, row.url, row.reply_to, row.thread_id) == ("", None, None, None)
        assert (row.author_key, row.author_sealed) == (None, None)
        assert (row.gone_at, row.likes) == (LATER, 4)
        assert connection.execute(select(payloads)).all() == []
        assert earlier_versions(connection, row.id) == []
        assert connection.scalars(select(judgements.c.reasons)).all() == [[]]
        assert connection.scalars(select(post_keys.c.native_id)).all() == ["1"]
        assert daily_counts(connection, ["grove"], NOW.date() - timedelta(days=9), NOW.date())[list(Sentiment)].sum().sum() == 1
        assert mentions(connection, Filter(schools=["grove"])).iloc[0]["gone_at"] == LATER
    assert list(stored_posts(store.engine, store.keys)) == []


def test_wiping_twice_wipes_once_and_only_on_its_platform(store: Store) -> None:
    keep(store, incoming(post("1")), incoming(post("1", platform="reddit")))

    assert _wipe(store, "1") == 1
    assert _wipe(store, "1") == 0
    with reading(store.engine) as connection:
        assert connection.scalars(select(posts.c.text).where(posts.c.gone_at.is_(None))).all() == [post().text]


def test_more_tombstones_than_one_look_up_holds(store: Store) -> None:
    keep(store, *(incoming(post(str(n), f"Post {n}")) for n in range(450)))

    assert _wipe(store, *(str(n) for n in range(2_000))) == 450


@pytest.mark.parametrize("answer", ["What it said", "Something else"])
def test_what_was_wiped_stays_wiped_whatever_an_old_cache_still_answers(store: Store, answer: str) -> None:
    keep(store, incoming(post(text="First"), about()))
    keep(store, incoming(post(text="What it said"), about()))
    _wipe(store, "1")

    assert keep(store, incoming(post(text=answer), about())) == Counts(unchanged=1)
    with reading(store.engine) as connection:
        assert connection.execute(select(posts.c.text, posts.c.version)).one() == ("", 2)
        assert connection.execute(select(payloads)).all() == []


def _bytes_on_disk(store: Store) -> bytes:
    """The database file and its log after a checkpoint, in small letters."""
    file = Path(store.engine.url.database or "")
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return b"".join(each.read_bytes() for each in file.parent.glob(f"{file.name}*")).lower()


def _canary(native_id: str, **facts: str) -> Incoming:
    """A post in which every text is a canary."""
    said = Post(
        platform="x",
        native_id=native_id,
        text=f"Ring {CANARY} now {native_id}",
        retrieved_at=NOW,
        created_at=NOW - timedelta(hours=int(native_id)),
        author=Author(handle=CANARY, native_id=CANARY, name=CANARY, url=f"https://{CANARY}.example"),
        url=f"https://x.example/{CANARY}",
        reply_to=CANARY,
        thread_id=CANARY,
    )
    return incoming(said, about())


@pytest.mark.parametrize("how", ["at once", "with others between", "edited first", "the source removed"])
def test_no_byte_of_a_wiped_text_stays_in_the_files(tmp_store: Store, how: str) -> None:
    with_schools(tmp_store)
    keep(tmp_store, *(incoming(post(f"other {n}", f"Nothing to see {n}"), about()) for n in range(300)), source="other")
    keep(tmp_store, *(_canary(str(n)) for n in range(1, 6)))
    if how == "with others between":
        for n in range(40):
            keep(tmp_store, *(incoming(post(f"more {n} {m}", f"More of the same {m} {n}")) for m in range(20)), source="other")
    if how == "edited first":
        keep(tmp_store, incoming(post("1", f"Edited, and still {CANARY}")))
        keep(tmp_store, incoming(post("2", "Edited, and nothing is left")))
    assert CANARY.encode() in _bytes_on_disk(tmp_store)

    if how == "the source removed":
        with writing(tmp_store.engine) as connection:
            assert remove_source(connection, "x") == 5
    else:
        assert _wipe(tmp_store, *(str(n) for n in range(1, 6))) == 5

    assert CANARY.encode() not in _bytes_on_disk(tmp_store)


def test_where_somebody_lives_and_what_they_say_of_themselves_is_never_stored(tmp_store: Store) -> None:
    school = School(id="grove", name="Grove Primary School", town="Ferrymoor")
    with_schools(tmp_store, [school])
    told = Author(handle="@rowan_p", name="Rowan", bio=f"mum of two, {CANARY}", location=f"{CANARY}, Ferrymoor")
    said = post(author=told)
    raw = Raw(payload={"id": "1"}, retrieved_at=NOW, tool="made up 1")
    [[judged]] = Judge([school])([said])
    assert "author_place" in {reason.feature for reason in judged.reasons}

    keep(tmp_store, Incoming(post=said, raw=raw, mentions=[judged]))

    assert CANARY.encode() not in _bytes_on_disk(tmp_store)
    with reading(tmp_store.engine) as connection:
        sealed = connection.scalars(select(posts.c.author_sealed)).one()
    assert tmp_store.keys.open_author(sealed) == Author(handle="@rowan_p", name="Rowan")


def _after(**span: float) -> datetime:
    return NOW + timedelta(**span)


def _in_words(store: Store) -> set[str]:
    with reading(store.engine) as connection:
        rows = select(post_keys.c.native_id).join(posts, posts.c.id == post_keys.c.post_id).where(posts.c.text != "")
        return set(connection.scalars(rows))


def _id(store: Store, native_id: str) -> int:
    with reading(store.engine) as connection:
        return int(connection.scalars(select(post_keys.c.post_id).where(post_keys.c.native_id == native_id)).one())


def test_after_its_time_a_post_is_a_row_without_words(store: Store) -> None:
    said = post(url="https://x.example/1", reply_to="@a", thread_id="2", community="Year 5", reach=Reach(likes=3))
    keep(store, incoming(said, about()))
    keep(store, incoming(post(text="Edited", reach=Reach(likes=4)), about()))
    assert expire(store.engine, now=_after(days=30) - timedelta(microseconds=1), days=30) == Gone()

    assert expire(store.engine, now=_after(days=30), days=30) == Gone(posts=1)
    assert expire(store.engine, now=_after(days=90), days=30) == Gone()

    with reading(store.engine) as connection:
        row = connection.execute(select(posts)).one()
        assert (row.text, row.content_hash) == ("", b"")
        assert not any((row.url, row.community, row.reply_to, row.thread_id, row.author_key, row.author_sealed, row.followers))
        assert (row.expired_at, row.gone_at, row.likes, row.version) == (_after(days=30), None, 4, 2)
        assert connection.execute(select(payloads)).all() == []
        assert connection.execute(select(versions)).all() == []
        label = connection.execute(select(judgements)).one()
        assert (label.outcome, label.relevance, label.reasons) == (Outcome.OURS, 0.9, [])
        assert daily_counts(connection, ["grove"], NOW.date() - timedelta(days=9), NOW.date())[list(Sentiment)].sum().sum() == 1
        assert mentions(connection, Filter(schools=["grove"])).empty
        assert count_mentions(connection, Filter(schools=["grove"], phrase="Edited")) == 0
        assert people_in(connection, Filter(schools=["grove"])) is None
        assert retention.counts(connection) == (0, 1)
    assert list(stored_posts(store.engine, store.keys)) == []
    assert keep(store, incoming(said, about())) == Counts(unchanged=1)
    assert _in_words(store) == set()


@pytest.mark.parametrize(
    ("judged", "days", "goes_after"),
    [
        ((about(),), 30, 30),
        ((about(),), 10, 10),
        ((about(outcome=Outcome.NOT_OURS), about("harbour", outcome=Outcome.AMBIGUOUS)), 30, 30),
        ((), 30, 7),
        ((about(outcome=Outcome.NOT_OURS),), 30, 7),
        ((about(outcome=Outcome.NOT_OURS), about("harbour", outcome=Outcome.NOT_OURS)), 10, 7),
        ((about(outcome=Outcome.NOT_OURS),), 3, 3),
    ],
)
def test_how_long_is_as_signed_and_a_week_for_what_is_about_nobody(
    store: Store, judged: tuple[JudgedMention, ...], days: int, goes_after: int
) -> None:
    keep(store, incoming(post(), *judged))
    with reading(store.engine) as connection:
        assert retention.overdue(connection, now=_after(days=goes_after, seconds=-1), days=days) == []
        assert len(retention.overdue(connection, now=_after(days=goes_after), days=days)) == 1


@pytest.mark.parametrize("kept_for", [2, 90])
def test_what_was_imported_until_a_day_goes_that_day(store: Store, kept_for: int) -> None:
    until = _after(days=kept_for)
    with writing(store.engine) as connection:
        save(connection, [incoming(post())], source="files", keys=store.keys, now=NOW, keep_until=until)
    assert expire(store.engine, now=until - timedelta(seconds=1), days=30) == Gone()
    assert expire(store.engine, now=until, days=30) == Gone(posts=1)


def _put_in_a_case(store: Store, native_id: str) -> None:
    post_id = _id(store, native_id)
    with writing(store.engine) as connection:
        add_exhibit(
            connection,
            "CW-2026-000001",
            post_id=post_id,
            school_id="grove",
            record_sealed=store.keys.seal_record({"text": "as it was"}),
            sha256="ab" * 32,
            now=NOW,
        )


def _report(store: Store, native_id: str, **told: str) -> None:
    """Somebody told of a post, with a screenshot of it."""
    picture = Picture(
        original=CANARY.encode(),
        sha256=f"{native_id:0>64}",
        media_type="image/png",
        shown=b"",
        shown_type="image/png",
        width=1,
        height=1,
    )
    with writing(store.engine) as connection:
        sightings.add(
            connection,
            f"R-{native_id}",
            school_id="grove",
            channel="form",
            items=[("x", native_id)],
            told_sealed=store.keys.seal_record(told),
            seen_at=None,
            now=NOW,
        )
        pictures.add(connection, store.keys, picture, platform="x", native_id=native_id, now=NOW)


def _told(store: Store) -> dict[str, Any]:
    """What each report still says, and how many pictures there are beside it."""
    with reading(store.engine) as connection:
        rows = connection.execute(select(sightings_table)).all()
        number = connection.scalar(select(func.count()).select_from(pictures_table))
    opened = {row.reference: store.keys.open_record(row.told_sealed) if row.told_sealed else None for row in rows}
    return {**opened, "pictures": number}


def test_what_is_in_a_case_keeps_its_words_its_screenshot_and_who_told(store: Store) -> None:
    keep(store, incoming(post("1"), about()), incoming(post("2", created_at=NOW), about()))
    _report(store, "1", reporter="Mr Vance")
    _report(store, "2", reporter="Ms Orr")
    _put_in_a_case(store, "1")

    assert expire(store.engine, now=_after(days=400), days=30) == Gone(posts=1, pictures=1, sightings=1)

    assert _in_words(store) == {"1"}
    assert _told(store) == {"R-1": {"reporter": "Mr Vance"}, "R-2": None, "pictures": 1}
    with reading(store.engine) as connection:
        assert connection.scalar(select(func.count()).select_from(payloads)) == 1


def test_who_told_of_a_post_that_is_kept_longer_is_known_as_long(store: Store) -> None:
    with writing(store.engine) as connection:
        save(connection, [incoming(post())], source="files", keys=store.keys, now=NOW, keep_until=_after(days=60))
    _report(store, "1", reporter="Mr Vance")
    assert expire(store.engine, now=_after(days=59), days=30) == Gone()
    assert expire(store.engine, now=_after(days=60), days=30) == Gone(posts=1, pictures=1, sightings=1)


def test_a_report_that_never_came_to_be_a_post_goes_as_if_it_had(store: Store) -> None:
    _report(store, "1", reporter="Mr Vance")
    assert expire(store.engine, now=_after(days=29), days=30) == Gone()
    assert expire(store.engine, now=_after(days=30), days=30) == Gone(pictures=1, sightings=1)
    assert _told(store) == {"R-1": None, "pictures": 0}


def test_what_is_put_in_a_case_while_others_go_stays(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between finding what is overdue and taking it away."""
    keep(store, *(incoming(post(str(number)), about()) for number in range(3)))

    def overdue_then_saved(*arguments: Any, **more: Any) -> list[int]:
        found = list(_OVERDUE(*arguments, **more))
        _put_in_a_case(store, "1")
        return found

    monkeypatch.setattr(retention, "overdue", overdue_then_saved)
    assert expire(store.engine, now=_after(days=30), days=30) == Gone(posts=2)
    assert _in_words(store) == {"1"}


_OVERDUE = retention.overdue


def test_what_a_platform_took_back_is_known_by_its_number_and_goes_elsewhere_too(store: Store) -> None:
    keep(store, *(incoming(post(str(number))) for number in range(3)))
    assert _wipe(store, "1") == 1
    with reading(store.engine) as connection:
        assert retention.gone_ids(connection) == [_id(store, "1")]
        assert retention.in_words(connection, "x") == ["2", "0"]
        assert retention.in_words(connection, "reddit") == []
        assert retention.counts(connection) == (2, 1)
    both = [_id(store, "1"), _id(store, "2")]
    assert retention.wipe_ids(store.engine, both, now=LATER) == 1
    assert retention.wipe_ids(store.engine, [*both, 7], now=LATER) == 0
    assert _in_words(store) == {"0"}


def test_what_went_in_the_store_is_taken_back_in_a_backup_that_still_had_it_until_now(store: Store) -> None:
    keep(store, incoming(post(), about()))
    expire(store.engine, now=_after(days=30), days=30)
    assert _wipe(store, "1") == 1
    with reading(store.engine) as connection:
        row = connection.execute(select(posts.c.gone_at, posts.c.expired_at)).one()
    assert tuple(row) == (LATER, _after(days=30))


def test_a_pass_in_which_nothing_goes_clears_what_an_earlier_one_left_in_the_files(tmp_store: Store) -> None:
    """As after a kill between the last row and the clearing, or after a platform took something back."""
    with_schools(tmp_store)
    keep(tmp_store, *(_canary(str(n)) for n in range(1, 6)))
    file = Path(tmp_store.engine.url.database or "")
    log = file.with_name(f"{file.name}-wal")
    _wipe(tmp_store, *(str(n) for n in range(1, 6)))
    assert CANARY.encode() in log.read_bytes().lower()

    assert expire(tmp_store.engine, now=LATER, days=30) == Gone()

    assert CANARY.encode() not in log.read_bytes().lower() + file.read_bytes().lower()


def test_no_byte_stays_where_rows_came_in_no_order_and_pages_were_divided(tmp_store: Store) -> None:
    """Dividing a page copies rows, and no deletion overwrites the copies."""
    with_schools(tmp_store)
    chance = random.Random(3)
    words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(3, 9))) for _ in range(5_000)]
    numbers = list(range(1, 5_001))
    chance.shuffle(numbers)
    for start in range(0, len(numbers), 500):
        batch: dict[bool, list[Incoming]] = {True: [], False: []}
        for number in numbers[start : start + 500]:
            ours = number % 2 == 1
            said = " ".join([*chance.choices(words, k=25), CANARY if ours else ""])
            facts = {"created_at": _after(minutes=-number), "reply_to": CANARY if ours else None}
            batch[ours].append(incoming(post(str(number), said, **facts), about()))
        for ours, posts_ in batch.items():
            with writing(tmp_store.engine) as connection:
                until = None if ours else _after(days=365)
                save(connection, posts_, source="x", keys=tmp_store.keys, now=NOW, keep_until=until)

    assert expire(tmp_store.engine, now=_after(days=31), days=30) == Gone(posts=2_500)

    assert CANARY.encode() not in _bytes_on_disk(tmp_store)


def _expire_elsewhere(folder: str, began: Any) -> None:
    store = open_store(Settings(data_dir=Path(folder)))
    began.set()
    expire(store.engine, now=_after(days=30), days=30)


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    """A data folder with posts that are overdue, and how many seconds they take to go."""
    folder = tmp_path_factory.mktemp("busy")
    store = with_schools(open_store(Settings(data_dir=folder / "data")))
    keep(store, *(_canary(str(n)) for n in range(1, 1_201)))
    keep(store, *(incoming(post(str(n), f"Edited, and still {CANARY}"), about()) for n in range(1, 1_201, 3)))
    store.engine.dispose()
    shutil.copytree(folder / "data", folder / "copy")
    began = time.monotonic()
    store = open_store(Settings(data_dir=folder / "copy"))
    assert expire(store.engine, now=_after(days=30), days=30).posts == 1_200
    took = time.monotonic() - began
    store.engine.dispose()
    return folder / "data", took


@pytest.mark.parametrize("number", range(ROUNDS))
def test_a_kill_wipes_no_post_by_half_and_the_next_pass_ends_it(busy: tuple[Path, float], tmp_path: Path, number: int) -> None:
    seed = random.randrange(1_000_000)
    sys.stdout.write(f"seed {seed}\n")
    folder, took = busy
    shutil.copytree(folder, tmp_path / "data")
    began = ELSEWHERE.Event()
    process = ELSEWHERE.Process(target=_expire_elsewhere, args=(str(tmp_path / "data"), began))
    process.start()
    assert began.wait(60)
    process.join(random.Random(seed).uniform(0, took))
    process.kill()
    process.join()
    assert process.exitcode in (0, -9)

    store = open_store(Settings(data_dir=tmp_path / "data"))
    went = _whole(store)
    assert expire(store.engine, now=_after(days=30), days=30).posts == 1_200 - went
    assert _whole(store) == 1_200
    assert CANARY.encode() not in _bytes_on_disk(store)
    store.engine.dispose()


def _whole(store: Store) -> int:
    """How many posts lost their words; each has lost or kept everything, and the search index is in step."""

    def ids(statement: Select[Any]) -> set[int]:
        return set(connection.scalars(statement))

    with writing(store.engine) as connection:
        connection.exec_driver_sql("INSERT INTO posts_fts(posts_fts, rank) VALUES ('integrity-check', 1)")
        expired = ids(select(posts.c.id).where(posts.c.expired_at.is_not(None)))
        kept = ids(select(posts.c.id).where(posts.c.expired_at.is_(None)))
        for column in (posts.c.url, posts.c.author_key, posts.c.author_sealed, posts.c.reply_to, posts.c.thread_id):
            assert ids(select(posts.c.id).where(column.is_not(None))) == kept
        assert ids(select(posts.c.id).where(posts.c.text != "")) == kept
        assert ids(select(payloads.c.post_id)) == kept
        assert ids(select(versions.c.post_id)).isdisjoint(expired)
        reasons = connection.execute(select(judgements.c.post_id, judgements.c.reasons)).all()
    assert {row.post_id for row in reasons if row.reasons} == kept
    assert len(reasons) == 1_200
    return len(expired)
