"""The spool of reports: what lies in it is read once, oldest first, and taken out when it is stored."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from collectors.base import Collector
from collectors.sightings import ITEMS_A_BATCH, Item, Sightings, Waiting, waiting
from core.errors import NotConfigured
from core.types import Batch, Query

SEEN_AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
ALL = Query(key="all")
Report = Callable[..., Path]


@pytest.fixture
def report(tmp_path: Path) -> Report:
    """Puts a report into the spool, each a second younger than the one before."""
    ages: list[int] = []

    def put(reference: str, items: int = 1) -> Path:
        ages.append(len(ages))
        posts = tuple(Item(platform="x", native_id=f"{reference} {number}") for number in range(items))
        path = tmp_path / f"{reference}.json"
        path.write_text(Waiting(reference=reference, school="rowan", seen_at=SEEN_AT, items=posts).model_dump_json())
        os.utime(path, (len(ages), len(ages)))
        return path

    return put


def batches(source: Collector) -> list[Batch]:
    return list(source.collect(ALL, None))


def references(found: list[Batch]) -> list[str]:
    return [str(raw.payload["reference"]) for batch in found for raw in batch.items]


def test_reports_are_read_oldest_first_and_taken_out_when_they_are_stored(report: Report, tmp_path: Path) -> None:
    report("R-ZZZ-ZZZ")
    report("R-BCD-FGH")
    source = Sightings({"inbox": tmp_path})

    found = batches(source)
    assert references(found) == ["R-ZZZ-ZZZ", "R-BCD-FGH"]
    assert {raw.retrieved_at for batch in found for raw in batch.items} == {SEEN_AT}
    assert len(waiting(tmp_path)) == 2

    source.taken_in()
    assert list(tmp_path.iterdir()) == []
    assert batches(source) == []


def test_a_report_that_comes_while_others_are_read_waits_for_its_turn(report: Report, tmp_path: Path) -> None:
    report("R-BCD-FGH")
    source = Sightings({"inbox": tmp_path})
    reading = source.collect(ALL, None)
    next(reading)
    late = report("R-JKM-NPQ")

    assert list(reading) == []
    source.taken_in()
    assert waiting(tmp_path) == [late]


def test_what_was_not_read_to_its_end_stays(report: Report, tmp_path: Path) -> None:
    report("R-BCD-FGH", 2)
    report("R-JKM-NPQ", ITEMS_A_BATCH + 1)
    source = Sightings({"inbox": tmp_path})
    reading = source.collect(ALL, None)
    next(reading), next(reading)

    source.taken_in()
    assert [path.stem for path in waiting(tmp_path)] == ["R-JKM-NPQ"]


def test_a_long_thread_comes_in_parts(report: Report, tmp_path: Path) -> None:
    report("R-BCD-FGH", 2 * ITEMS_A_BATCH + 1)

    found = batches(Sightings({"inbox": tmp_path}))
    assert [len(batch.items) for batch in found] == [ITEMS_A_BATCH, ITEMS_A_BATCH, 1]
    assert len({Sightings.to_post(raw).native_id for batch in found for raw in batch.items}) == 2 * ITEMS_A_BATCH + 1


def test_of_two_that_wait_the_first_that_says_something_counts(tmp_path: Path) -> None:
    for number, said in enumerate(("", "the gates again", "", "something else")):
        items = (Item(platform="x", native_id="1", text=said), Item(platform="reddit", native_id="1", text=f"{number}"))
        path = tmp_path / f"R-BCD-FG{number}.json"
        path.write_text(Waiting(reference=path.stem, school="rowan", seen_at=SEEN_AT, items=items).model_dump_json())
        os.utime(path, (number, number))
    source = Sightings({"inbox": tmp_path})

    read = [Sightings.to_post(raw) for batch in batches(source) for raw in batch.items]
    assert [(each.platform, each.text) for each in read] == [("x", ""), ("reddit", "0"), ("x", "the gates again")]
    source.taken_in()
    assert waiting(tmp_path) == []


@pytest.mark.parametrize(
    "damaged",
    [b"", b"{", b"null", b"[]", b"\xff\xfe\x00", b'{"reference":"R"}', b"[" * 10_000, b"\x00" * 100],
)
def test_a_damaged_report_is_told_and_stops_no_other(damaged: bytes, report: Report, tmp_path: Path) -> None:
    report("R-BCD-FGH")
    report("R-DAM-AGE").write_bytes(damaged)
    report("R-JKM-NPQ")
    source = Sightings({"inbox": tmp_path})

    found = batches(source)
    assert references(found) == ["R-BCD-FGH", "R-JKM-NPQ"]
    [skipped] = [each for batch in found for each in batch.skipped]
    assert (skipped.where, skipped.reason) == ("R-DAM-AGE.json", "The report cannot be read. Ask for it again.")
    source.taken_in()
    assert waiting(tmp_path) == []
    assert [path.read_bytes() for path in tmp_path.glob(".*.part")] == [damaged]


def test_a_report_of_something_else_is_damaged(report: Report, tmp_path: Path) -> None:
    path = report("R-BCD-FGH")
    whole = path.read_text()
    for spoilt in (
        whole.replace('"platform"', '"channel"'),
        whole.replace('"items"', '"reporter":"Ann Reed","items"'),
        whole.replace("Z", ""),
    ):
        path.write_text(spoilt)
        [batch] = batches(Sightings({"inbox": tmp_path}))
        assert not batch.items
        assert len(batch.skipped) == 1


def test_a_report_that_another_worker_took_in_is_no_problem(report: Report, tmp_path: Path) -> None:
    report("R-BCD-FGH")
    gone = report("R-JKM-NPQ")
    source = Sightings({"inbox": tmp_path})
    reading = source.collect(ALL, None)
    first = next(reading)
    gone.unlink()

    assert references([first]) == ["R-BCD-FGH"]
    assert list(reading) == []
    waiting(tmp_path)[0].unlink()
    source.taken_in()


def test_what_is_still_being_written_and_what_is_no_report_is_left_alone(report: Report, tmp_path: Path) -> None:
    for name in (".R-BCD-FGH.json.part", ".R-BCD-FGH.json", "notes.txt", "R-BCD-FGH.json.bak"):
        (tmp_path / name).write_text("{}")
    report("R-JKM-NPQ")
    source = Sightings({"inbox": tmp_path})

    assert references(batches(source)) == ["R-JKM-NPQ"]
    source.taken_in()
    assert len(list(tmp_path.iterdir())) == 4


def test_a_folder_in_place_of_a_report_stops_nothing(report: Report, tmp_path: Path) -> None:
    (tmp_path / "R-DAM-AGE.json").mkdir()
    report("R-BCD-FGH")

    found = batches(Sightings({"inbox": tmp_path}))
    assert references(found) == ["R-BCD-FGH"]
    assert [each.where for batch in found for each in batch.skipped] == ["R-DAM-AGE.json"]


def test_a_spool_that_nobody_wrote_to_is_empty(tmp_path: Path) -> None:
    assert waiting(tmp_path / "nowhere") == []
    assert batches(Sightings({"inbox": tmp_path / "nowhere"})) == []


def test_it_is_read_on_request_asks_nobody_and_needs_a_spool() -> None:
    assert (Sightings.scheduled, Sightings.asks_others, Sightings.whole) == (False, False, True)
    with pytest.raises(NotConfigured, match="no folder is set for reports"):
        batches(Sightings())
