"""What people say of how a post was read: kept, put before the encoder's word, learned from."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.corrections import FEWEST
from analysis.relabels import (
    Reading,
    Relabel,
    as_said,
    checked,
    corrected,
    learned,
    reading_of,
    relabel,
    terms,
)
from analysis.wording import Masks
from core.errors import BadInput
from core.taxonomy import Risk, Sentiment, Severity
from core.types import Author, Post, Tone
from tests.analysis.fictional import ROWAN
from tests.analysis.readers import BOUNDS, tone
from tests.store.fictional import about

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
READINGS = st.builds(
    Reading,
    sentiment=st.sampled_from(Sentiment),
    risks=st.lists(st.sampled_from(Risk), max_size=5).map(tuple),
    severity=st.sampled_from(Severity),
)


@given(said=READINGS, was=READINGS)
def test_what_was_said_is_read_again_as_it_was_written(said: Reading, was: Reading) -> None:
    told = Relabel(said=said, was=was)

    assert relabel(told.written()) == told
    assert told.right is (said == was)


@given(
    st.text()
    | st.recursive(
        st.none() | st.text() | st.integers(),
        lambda each: (
            st.lists(each)
            | st.dictionaries(st.sampled_from(["said", "was", "sentiment", "risks", "severity"]) | st.text(max_size=3), each)
        ),
    ).map(json.dumps)
)
def test_anything_else_is_refused_in_a_sentence(written: str) -> None:
    with pytest.raises(BadInput, match=r"cannot be understood\. Restore the newest backup\."):
        relabel(written)


@pytest.mark.parametrize(
    ("said", "fits"),
    [
        (Reading(sentiment=Sentiment.POSITIVE, severity=Severity.HIGH), ((), Severity.NONE)),
        (
            Reading(sentiment=Sentiment.NEGATIVE, risks=(Risk.COMPLAINT,), severity=Severity.HIGH),
            ((Risk.COMPLAINT,), Severity.LOW),
        ),
        (Reading(sentiment=Sentiment.NEGATIVE, risks=(Risk.SCAM,)), ((Risk.SCAM,), Severity.LOW)),
        (
            Reading(
                sentiment=Sentiment.NEUTRAL, risks=(Risk.COMPLAINT, Risk.THREAT, Risk.COMPLAINT), severity=Severity.CRITICAL
            ),
            ((Risk.THREAT, Risk.COMPLAINT), Severity.CRITICAL),
        ),
    ],
)
def test_a_reading_is_made_to_fit_together(said: Reading, fits: tuple[tuple[Risk, ...], Severity]) -> None:
    read = checked(said)

    assert (read.risks, read.severity) == fits
    assert read.sentiment is said.sentiment


@given(READINGS)
def test_what_fits_together_stays_as_it_is(said: Reading) -> None:
    assert checked(checked(said)) == checked(said)
    assert checked(said).labels == said.labels


def test_a_persons_word_goes_before_the_encoders() -> None:
    said = Reading(sentiment=Sentiment.NEGATIVE, risks=(Risk.COMPLAINT,), severity=Severity.LOW)

    once = as_said(about("rowan", abstained="unsure"), said)
    twice = as_said(once, replace(said, sentiment=Sentiment.POSITIVE))

    assert reading_of(once) == said
    assert once.abstained is None
    assert twice.sentiment is Sentiment.POSITIVE
    assert [reason.feature for reason in twice.reasons] == ["relabel", "name"]


def test_nothing_of_an_author_and_no_name_of_the_school_is_learned() -> None:
    post = Post(
        platform="x",
        native_id="1",
        text="Rowan Hill Academy gates, 8.30",
        retrieved_at=NOW,
        author=Author(name="Bev", bio="zookeeper", location="Quorn"),
    )

    assert terms(post, Masks(ROWAN)) == {"schoolname", "gates", "0"}


def _told(words: str, chance: float, is_complaint: bool) -> tuple[Tone, frozenset[str], Reading]:
    sentiment = Sentiment.NEGATIVE if is_complaint else Sentiment.NEUTRAL
    risks = (Risk.COMPLAINT,) if is_complaint else ()
    return (
        tone(sentiment, {Risk.COMPLAINT: chance}),
        frozenset(words.split()),
        checked(Reading(sentiment=sentiment, risks=risks)),
    )


def test_what_people_take_away_time_and_again_is_learned_for_that_label_alone() -> None:
    taken = [_told(f"parking rota word{n}", 0.8, False) for n in range(10)]
    untouched = [(tone(Sentiment.NEGATIVE, {Risk.COMPLAINT: 0.9}), frozenset(["shouted", f"other{n}"])) for n in range(20)]

    by_label = learned(taken, untouched)

    assert set(by_label) == {"complaint"}
    assert by_label["complaint"].kept
    points = {"complaint": by_label["complaint"].points}
    read = corrected(tone(risks={Risk.COMPLAINT: 0.8}), points, {"parking", "rota"}, BOUNDS)
    assert (read.risks, read.severity) == ((), Severity.NONE)
    assert [reason.feature for reason in read.reasons] == ["learned"]
    untold = tone(risks={Risk.COMPLAINT: 0.8})
    assert corrected(untold, points, {"shouted"}, BOUNDS) == untold


def test_few_words_and_agreement_teach_nothing() -> None:
    few = [_told("parking rota", 0.8, False)] * (FEWEST - 1)
    right = [_told(f"word{n}", 0.9, True) for n in range(10)]

    assert not any(each.kept for each in learned(few, []).values())
    assert learned(right, []) == {}


def test_a_sentiment_that_was_learned_is_the_likeliest_and_all_add_up_to_one() -> None:
    unhappy = tone(Sentiment.NEGATIVE, sentiment_scores={"negative": 0.6, "neutral": 0.3, "positive": 0.1})

    read = corrected(unhappy, {"negative": {"banter": -3.0}}, {"banter"}, BOUNDS)

    assert read.sentiment is Sentiment.NEUTRAL
    assert sum(read.sentiment_scores.values()) == pytest.approx(1)
    assert read.sentiment_scores["neutral"] > 0.6


def test_a_risk_that_was_learned_is_a_label_and_at_least_noted() -> None:
    read = corrected(tone(risks={Risk.SCAM: 0.3}), {"scam": {"hamper": 2.0}}, {"hamper"}, BOUNDS)

    assert (read.risks, read.severity) == ((Risk.SCAM,), Severity.LOW)


POINTS = st.dictionaries(
    st.sampled_from([*map(str, Sentiment), *map(str, Risk)]),
    st.dictionaries(st.sampled_from("abc"), st.floats(-50, 50)),
    max_size=4,
)


@given(points=POINTS, found=st.frozensets(st.sampled_from("abc")), chances=st.lists(st.floats(0, 1), min_size=12, max_size=12))
def test_correcting_is_total_and_leaves_chances(
    points: dict[str, dict[str, float]], found: frozenset[str], chances: list[float]
) -> None:
    read = corrected(tone(risks=dict(zip(Risk, chances, strict=True))), points, found, BOUNDS)

    assert sum(read.sentiment_scores.values()) == pytest.approx(1)
    assert all(0 <= chance <= 1 for chance in (*read.sentiment_scores.values(), *read.risk_scores.values()))
    assert (read.severity is Severity.NONE) == (not read.risks)
    for risk in Risk:
        assert (risk in read.risks) == (read.risk_scores[risk] >= BOUNDS[risk])
