"""Watching a word for a case: never a person, seven days, on record, and told to the data protection officer."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework import answers, cases
from casework.terms import COMMON_WORDS, refused, watch_term
from core.errors import BadInput
from core.taxonomy import Role
from core.types import Leader, Post, School, WatchedTerm
from store import casefiles, notices, profiles, requests, terms
from store.engine import reading, writing
from store.store import Store

NOW = datetime(2026, 11, 20, 16, 15, tzinfo=UTC)
WEEK = timedelta(days=7)
ROWAN = School(
    id="rowan",
    name="Rowan Hill Academy",
    town="Ferrymoor",
    leaders=(Leader(name="Dr Maria Okonkwo", role="chief executive", agreed_on="2026-03-12"),),
)
Watch = Callable[..., WatchedTerm]


@pytest.fixture
def store(tmp_store: Store) -> Store:
    with writing(tmp_store.engine) as connection:
        profiles.save_schools(connection, [ROWAN], now=NOW)
    return tmp_store


@pytest.fixture
def ref(store: Store) -> str:
    return cases.open_case(store, title="The fence", school_id="rowan", why="protest", by="Ada", role=Role.HEAD, now=NOW)


@pytest.fixture
def watch(store: Store, ref: str) -> Watch:
    def run(term: str, **facts: Any) -> WatchedTerm:
        known: dict[str, Any] = {"school_id": "rowan", "why": "a protest uses it", "by": "Ada", "role": Role.HEAD, "now": NOW}
        return watch_term(store, facts.pop("ref", ref), term, **{**known, **facts})

    return run


def _active(store: Store, now: datetime = NOW) -> list[str]:
    with reading(store.engine) as connection:
        return [each.term for each in terms.active(connection, now=now)]


def test_a_word_lives_exactly_seven_days(store: Store, ref: str, watch: Watch) -> None:
    watched = watch("  #ferrygate ")

    assert (watched.term, watched.case_ref, watched.until) == ("#ferrygate", ref, NOW + WEEK)
    assert _active(store, NOW + WEEK - timedelta(microseconds=1)) == ["#ferrygate"]
    assert _active(store, NOW + WEEK) == []


def test_the_case_says_what_is_watched_and_nothing_of_why(store: Store, ref: str, watch: Watch) -> None:
    watch("#ferrygate", why="Mia Jones of Year 9 began it")

    event = cases.read(store, ref).history.iloc[-1]
    assert (event["kind"], event["by"], event["role"]) == ("term_added", "Ada", "head")
    assert event["details"] == {"term": "#ferrygate", "until": "2026-11-27T16:15:00+00:00"}


def test_the_data_protection_officer_is_told(store: Store, ref: str, watch: Watch) -> None:
    watch("#ferrygate", why="a protest uses it.")

    with reading(store.engine) as connection:
        told = [each.text for each in notices.unseen(connection, [Role.DATA_PROTECTION])]
    assert told == [f"A word is watched for 7 days for case {ref}: #ferrygate, because a protest uses it."]


def test_the_posts_we_have_are_judged_with_it_until_it_ends(store: Store, watch: Watch) -> None:
    def means_us(now: datetime) -> bool:
        post = Post(platform="x", native_id="1", text="Everybody out on Friday #FerryGate", retrieved_at=now)
        with reading(store.engine) as connection:
            [about] = answers.current_judge(connection, now=now)([post])
        return bool(about)

    before = means_us(NOW)
    watch("#ferrygate")
    with writing(store.engine) as connection:
        job = requests.claim(connection, "test", now=NOW)

    assert job is not None
    assert (job.kind, job.arguments) == ("judge", {})
    assert [before, means_us(NOW), means_us(NOW + WEEK - timedelta(seconds=1)), means_us(NOW + WEEK)] == [
        False,
        True,
        True,
        False,
    ]


def test_the_same_word_is_not_watched_twice_at_once_but_may_be_again(store: Store, ref: str, watch: Watch) -> None:
    watch("#ferrygate")

    with pytest.raises(BadInput, match=rf"watched already for case {ref}, until Fri 27 Nov 2026 16:15"):
        watch("FERRYGATE", now=NOW + timedelta(days=3))
    assert _active(store, NOW + timedelta(days=8)) == []

    assert watch("ferrygate", now=NOW + WEEK).until == NOW + 2 * WEEK


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"why": "  "}, "Say in a few words why"),
        ({"ref": "CW-2026-000009"}, "There is no case CW-2026-000009"),
        ({"school_id": "nobody"}, "a school called nobody"),
    ],
)
def test_without_a_reason_a_case_or_a_school_nothing_is_watched(
    store: Store, ref: str, watch: Watch, facts: dict[str, str], sentence: str
) -> None:
    with pytest.raises(BadInput, match=sentence):
        watch("#ferrygate", **facts)

    assert _active(store) == []
    with reading(store.engine) as connection:
        assert list(casefiles.events(connection, ref)["kind"]) == ["created"]
        assert notices.unseen(connection, list(Role)) == []


@pytest.mark.parametrize(
    "term", ["#ferrygate", "ferrygate", "#FerryGate", "#SaveFerrymoor", "#ysgolni", "Ferrygate2026", "#we_walk"]
)
def test_a_word_of_the_matter_may_be_watched(term: str) -> None:
    assert refused(term, [ROWAN]) is None


@pytest.mark.parametrize(
    ("term", "because"),
    [
        ("Mia Jones", "looks like a person’s name"),
        ("Mr Fenwick", "looks like a person’s name"),
        ("#MiaJones", "looks like a person’s name"),
        ("MiaJones", "looks like a person’s name"),
        ("Grace Young", "looks like a person’s name"),
        ("mia jones", "is not one word"),
        ("@mia_jones", "is an account"),
        ("from:mia_jones", "is an account"),
        ("FROM: mia_jones", "is an account"),
        ("u/mia_jones", "is an account"),
        ("https://example.org/mia", "is an account"),
        ("okonkwo", "is the name of somebody who leads a school"),
        ("#MariaOkonkwo", "looks like a person’s name"),
        ("#drmariaokonkwo", "is the name of somebody who leads a school"),
        ('"ferrygate"', "is not one word"),
        ("ferrygate OR x", "is not one word"),
        ("", "is not one word"),
        ("#", "is not one word"),
        ("fg", "is too short"),
        ("#fg", "is too short"),
        ("07700900123", "is too short"),
        ("school", "is a common word"),
        ("#Justice", "is a common word"),
        ("fences", "is a common word"),
    ],
)
def test_people_and_words_of_every_day_are_refused(watch: Watch, store: Store, term: str, because: str) -> None:
    with pytest.raises(BadInput, match=because):
        watch(term)

    assert _active(store) == []


@given(st.text(max_size=60))
def test_what_may_be_watched_is_one_word_that_no_search_takes_for_more(term: str) -> None:
    if refused(term, [ROWAN]) is None:
        word = term.removeprefix("#")
        assert word.replace("_", "").isalnum()
        assert sum(letter.isalpha() for letter in word) >= 3
        assert word.casefold() not in COMMON_WORDS.read_text(encoding="utf-8").split()


@given(st.from_regex(r"[A-Z][a-z]{1,9} [A-Z][a-z]{1,9}", fullmatch=True), st.sampled_from(["", "#", "@", " "]))
def test_two_capitalised_words_are_never_watched(name: str, mark: str) -> None:
    assert refused((mark + name).strip(), [ROWAN])


def test_the_list_of_common_words_has_no_doubles() -> None:
    listed = COMMON_WORDS.read_text(encoding="utf-8").split()

    assert len(listed) > 1_000
    assert len(set(listed)) == len(listed)
    assert all(word.isalpha() and word.islower() and len(word) > 2 for word in listed)
