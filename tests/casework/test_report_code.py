"""The code of the staff form: who has it gets in, however they write it; nobody else, and not after its end."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from casework import report_code
from casework.sightings import LETTERS
from core.settings import Settings
from store.engine import reading
from store.store import Store, open_store
from store.tables import report_codes

NOW = datetime(2026, 11, 20, 16, 15, tzinfo=UTC)


def start(store: Store, now: datetime = NOW) -> str:
    return report_code.start(store, by="Head", now=now)


def test_a_code_is_three_times_three_letters_that_are_read_out_easily(tmp_store: Store) -> None:
    assert re.fullmatch(rf"[{LETTERS}]{{3}}-[{LETTERS}]{{3}}-[{LETTERS}]{{3}}", start(tmp_store))


def test_before_the_first_code_the_form_is_closed(tmp_store: Store) -> None:
    assert report_code.current(tmp_store) is None
    assert not report_code.fits(tmp_store, "")


def test_the_code_is_shown_again_and_lies_sealed(tmp_store: Store) -> None:
    code = start(tmp_store)

    with reading(tmp_store.engine) as connection:
        row = connection.execute(select(report_codes)).one()
    assert report_code.current(tmp_store) == code
    assert code.encode() not in row.code_sealed
    assert (row.by, row.made_at) == ("Head", NOW)


def test_a_new_code_ends_the_old_one(tmp_store: Store) -> None:
    old, new = start(tmp_store), start(tmp_store, NOW + timedelta(days=1))

    assert report_code.fits(tmp_store, new)
    assert not report_code.fits(tmp_store, old)


def test_after_its_end_no_code_fits(tmp_store: Store) -> None:
    code = start(tmp_store)
    report_code.end(tmp_store, NOW)

    assert report_code.current(tmp_store) is None
    assert not report_code.fits(tmp_store, code)
    assert not report_code.fits(tmp_store, "")


@pytest.mark.parametrize(
    "written",
    [
        str.lower,
        lambda code: code.replace("-", ""),
        lambda code: code.replace("-", " "),
        lambda code: code.replace("-", "–"),  # what a telephone makes of it
        lambda code: f"  {code}\n",
        "-".join,
    ],
)
def test_it_fits_however_it_is_written(tmp_store: Store, written: object) -> None:
    assert callable(written)
    assert report_code.fits(tmp_store, written(start(tmp_store)))


def test_a_part_of_it_or_more_than_it_does_not_fit(tmp_store: Store) -> None:
    code = start(tmp_store)

    assert not any(report_code.fits(tmp_store, wrong) for wrong in ("", "-", code[:-1], code + "2", code[::-1] + code))


@given(st.text())
def test_nothing_that_somebody_types_breaks_it(typed: str) -> None:
    assert report_code._bare(typed) == report_code._bare(f" {typed}-")


def test_another_process_knows_it(tmp_store: Store) -> None:
    code = start(tmp_store)

    again = open_store(Settings(data_dir=tmp_store.folder))
    assert report_code.fits(again, code)
    again.engine.dispose()
