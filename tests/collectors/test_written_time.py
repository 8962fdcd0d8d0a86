"""Times as exports write them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.written_time import written_time, zone
from core.errors import BadInput, ItemSkipped

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("stated", "read"),
    [
        ("2026-11-17T18:04:09Z", "2026-11-17T18:04:09+00:00"),
        ("2026-11-17 18:04:09+01:00", "2026-11-17T17:04:09+00:00"),
        ("2026-11-17T18:04:09.250-0500", "2026-11-17T23:04:09.250000+00:00"),
        ("2026-11-17 18:04:09 UTC", "2026-11-17T18:04:09+00:00"),
        ("20261117T180409Z", "2026-11-17T18:04:09+00:00"),
        (1794800000, "2026-11-16T03:33:20+00:00"),
        (1794800000.0, "2026-11-16T03:33:20+00:00"),
        ("1794800000", "2026-11-16T03:33:20+00:00"),
        ("1794800000250", "2026-11-16T03:33:20.250000+00:00"),
        ("1794800000250000", "2026-11-16T03:33:20.250000+00:00"),
        ("Tue, 17 Nov 2026 18:04:09 +0100", "2026-11-17T17:04:09+00:00"),
        ("Tue, 17 Nov 2026 18:04:09 GMT", "2026-11-17T18:04:09+00:00"),
        ("Tue Nov 17 18:04:09 +0000 2026", "2026-11-17T18:04:09+00:00"),
        # Without a zone: in London, in winter and in summer.
        ("2026-11-17 18:04", "2026-11-17T18:04:00+00:00"),
        ("17/11/2026 18:04", "2026-11-17T18:04:00+00:00"),
        ("7/6/2026 9:30", "2026-06-07T08:30:00+00:00"),
        ("07/06/2026, 09:30:15", "2026-06-07T08:30:15+00:00"),
        ("07/06/2026", "2026-06-06T23:00:00+00:00"),
        ("2026-06-07", "2026-06-06T23:00:00+00:00"),
        ("7 Jun 2026 09:30", "2026-06-07T08:30:00+00:00"),
    ],
)
def test_what_is_read(stated: object, read: str) -> None:
    moment = written_time(stated, LONDON, NOW)
    assert moment is not None
    assert moment.isoformat() == read


@pytest.mark.parametrize("stated", [None, ""])
def test_none_stated_is_none(stated: object) -> None:
    assert written_time(stated, None, NOW) is None


@pytest.mark.parametrize("stated", ["2026-11-17 18:04", "17/11/2026 18:04", "2026-11-17", "7 Jun 2026 09:30"])
def test_without_a_zone_it_says_how_to_give_one(stated: str) -> None:
    with pytest.raises(ItemSkipped, match="--zone Europe/London"):
        written_time(stated, None, NOW)


@pytest.mark.parametrize(
    "stated",
    ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59-10:00", "1970-01-01T00:00:00Z", "2028-01-01T00:00:00Z", "9999999999999"],
)
def test_what_cannot_be_is_skipped(stated: str) -> None:
    with pytest.raises(ItemSkipped, match="which cannot be"):
        written_time(stated, LONDON, NOW)


@pytest.mark.parametrize(
    "stated",
    [
        "yesterday",
        "11/17/2026 18:04",
        "31/02/2026",
        "Nov 17, 2026 4:15 PM",
        "17/11/2026 4:15 PM",
        "12:00",
        "-5",
        "1e9",
        True,
        [],
        {},
        float("nan"),
        float("inf"),
        10**30,
    ],
)
def test_what_cannot_be_read_is_skipped(stated: object) -> None:
    with pytest.raises(ItemSkipped, match="cannot be read"):
        written_time(stated, LONDON, NOW)


@given(st.one_of(st.text(), st.integers(), st.floats(), st.from_regex(r"[0-9:/TZ+. -]{1,30}"), st.binary()))
def test_whatever_is_stated_is_a_time_in_utc_or_skipped(stated: object) -> None:
    try:
        moment = written_time(stated, LONDON, NOW)
    except ItemSkipped as problem:
        assert str(problem)
    else:
        assert moment is None or (moment.tzinfo is UTC and 1989 <= moment.year <= 2028)


@given(st.integers(1_000_000_000, 1_829_000_000))
def test_every_moment_is_read_in_every_form(epoch: int) -> None:
    moment = datetime.fromtimestamp(epoch, UTC)
    forms = (
        moment.isoformat(),
        f"{moment:%d/%m/%Y %H:%M:%S}",
        f"{moment:%a, %d %b %Y %H:%M:%S} +0000",
        f"{moment:%a %b %d %H:%M:%S} +0000 {moment:%Y}",
        epoch,
        str(epoch * 1000),
    )
    assert [written_time(form, ZoneInfo("UTC"), NOW) for form in forms] == [moment] * len(forms)


@pytest.mark.parametrize("name", ["", "London", "Europe/", "../etc/passwd", "/etc/localtime", "Mars/Olympus", "\0", "é" * 300])
def test_what_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(BadInput, match="Europe/London"):
        zone(name)
