"""How often posts were read right, counted from what people said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from analysis.accuracy import Kind, accuracy, interval
from analysis.relabels import Reading, Relabel
from core.taxonomy import Risk, Sentiment, Severity

UNHAPPY, NEITHER, HAPPY = Sentiment.NEGATIVE, Sentiment.NEUTRAL, Sentiment.POSITIVE
LOW, HIGH = Severity.LOW, Severity.HIGH


def read(sentiment: Sentiment, *risks: Risk, severity: Severity = Severity.NONE) -> Reading:
    return Reading(sentiment=sentiment, risks=risks, severity=severity)


def test_nothing_said_is_nothing_counted() -> None:
    found = accuracy([])

    assert (found.marked, found.right, found.kinds, found.sentiment) == (0, 0, [], {})


def test_each_label_is_counted_as_named_right_or_missed() -> None:
    found = accuracy(
        [
            Relabel(was=read(UNHAPPY, Risk.THREAT, severity=HIGH), said=read(UNHAPPY, Risk.THREAT, severity=HIGH)),
            Relabel(was=read(UNHAPPY, Risk.THREAT, severity=HIGH), said=read(UNHAPPY)),
            Relabel(was=read(NEITHER), said=read(UNHAPPY, Risk.THREAT, Risk.HATE, severity=HIGH)),
            Relabel(was=read(HAPPY), said=read(HAPPY)),
        ]
    )

    assert (found.marked, found.right) == (4, 2)
    assert list(found.kinds) == [
        Kind(UNHAPPY, named=2, right=2, missed=1),
        Kind(NEITHER, named=1, right=0, missed=0),
        Kind(HAPPY, named=1, right=1, missed=0),
        Kind(Risk.THREAT, named=2, right=1, missed=1),
        Kind(Risk.HATE, named=0, right=0, missed=1),
    ]
    assert [kind.there for kind in found.kinds] == [3, 0, 1, 2, 1]
    assert found.sentiment == {(UNHAPPY, UNHAPPY): 2, (NEITHER, UNHAPPY): 1, (HAPPY, HAPPY): 1}


def test_a_post_whose_clock_was_wrong_was_not_read_right() -> None:
    was, said = read(UNHAPPY, Risk.THREAT, severity=LOW), read(UNHAPPY, Risk.THREAT, severity=HIGH)
    found = accuracy([Relabel(was=was, said=said)])

    assert (found.marked, found.right) == (1, 0)
    assert Kind(Risk.THREAT, named=1, right=1, missed=0) in found.kinds


@pytest.mark.parametrize(("right", "of"), [(0, 1), (1, 1), (5, 6), (31, 40), (0, 40), (399, 400)])
def test_the_interval_is_wilsons(right: int, of: int) -> None:
    known = binomtest(right, of).proportion_ci(0.95, method="wilson")

    assert interval(right, of) == pytest.approx((known.low, known.high), abs=1e-6)


@given(st.integers(1, 400).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_an_interval_holds_the_share_and_stays_a_share(counted: tuple[int, int]) -> None:
    low, high = interval(*counted)

    assert 0 <= low <= counted[0] / counted[1] + 1e-9
    assert counted[0] / counted[1] - 1e-9 <= high <= 1
    assert low < high


def test_of_nothing_everything_is_possible() -> None:
    assert interval(0, 0) == (0.0, 1.0)
