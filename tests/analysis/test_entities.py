"""A trust beside its schools, those who lead them, and words watched for a case: what a post naming each of them is about."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import relevance
from analysis.judge import Judge
from analysis.relevance import WEIGHTS, Relevance, table, teachable
from analysis.surroundings import phases
from analysis.traces import NAMING, Traces
from analysis.wording import Masks, terms
from core.types import Author, JudgedMention, Leader, Mention, School, WatchedTerm
from tests.analysis.fictional import NOW, features, post, sums

OKONKWO = Leader(name="Maria Okonkwo", role="chief executive", agreed_on="2026-03-12")
HALE = Leader(name="Tom Hale", role="headteacher", agreed_on="2026-03-12")
TRUST = School(
    id="thornfield",
    name="Thornfield Learning Trust",
    kind="trust",
    short_names=("Thornfield",),
    town="Ferrymoor",
    domains=("tlt.example",),
    leaders=(OKONKWO,),
)
ROWAN = School(
    id="rowan",
    name="Rowan Hill Academy",
    short_names=("Rowan Hill",),
    town="Ferrymoor",
    trust="Thornfield Learning Trust",
    domains=("rowanhill.tlt.example",),
    leaders=(HALE,),
)
NAMESAKE = School(id="academy", name="Thornfield Academy", town="Ferrymoor", trust="Thornfield Learning Trust")
ALL = (TRUST, ROWAN, NAMESAKE)
TERM = WatchedTerm(
    school_id="rowan",
    case_ref="CW-2026-000001",
    term="#FerryGate",
    why="a walkout",
    by="us",
    added_at=NOW,
    until=NOW + timedelta(days=7),
)


def _about(text: str, schools: Sequence[School] = ALL, watched: Sequence[WatchedTerm] = ()) -> set[str]:
    """The ids of those that a post may mean."""
    return {mention.school.id for mention in Relevance(schools, watched=watched).mentions(post(text))}


def _judged(text: str, school: School, watched: Sequence[WatchedTerm] = ()) -> JudgedMention:
    judge = Judge(ALL, terms=watched)
    [judged] = judge.judge_mentions([Mention(post=post(text), school=school)])
    return judged


def _features(judged: JudgedMention) -> set[str]:
    return {reason.feature for reason in judged.reasons}


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Thornfield Learning Trust is to merge with another", {"thornfield"}),
        ("Thornfield are hiring again, and so is Rowan Hill", {"thornfield", "rowan"}),
        ("Rowan Hill Academy of the Thornfield Learning Trust", {"thornfield", "rowan"}),
        ("Rowan Hill Academy, lovely fair", {"rowan"}),
        ("A fair at Thornfield Academy", {"academy"}),
        ("A fair at Thornfield Academy, and Thornfield paid for it", {"academy", "thornfield"}),
        ("see tlt.example/jobs", {"thornfield"}),
        ("see www.rowanhill.tlt.example/jobs", {"rowan"}),
    ],
)
def test_a_post_naming_the_trust_is_about_the_trust_alone(text: str, ids: set[str]) -> None:
    assert _about(text) == ids


def test_a_trust_called_after_a_school_is_not_that_school() -> None:
    trust = replace(TRUST, name="Rowan Hill Learning Trust", short_names=())
    school = replace(ROWAN, trust=trust.name)

    assert _about("Rowan Hill Learning Trust is to merge", [trust, school]) == {"thornfield"}
    assert _about("Rowan Hill Learning Trust is to merge Rowan Hill", [trust, school]) == {"thornfield", "rowan"}
    assert _about("Rowan Hill is to merge", [trust, school]) == {"rowan"}


def test_two_schools_of_one_name_are_still_both_meant() -> None:
    twin = School(id="twin", name="Rowan Hill Academy Juniors", short_names=("Rowan Hill",))

    assert _about("Rowan Hill Academy Juniors", [ROWAN, twin]) == {"rowan", "twin"}


def test_the_trust_s_name_weighs_a_little_beside_a_school_s() -> None:
    reasons = Relevance(ALL)([Mention(post=post("Rowan Hill of the Thornfield Learning Trust"), school=ROWAN)])[0].reasons

    assert "It names the trust, Thornfield Learning Trust." in {reason.sentence for reason in reasons}


def test_a_trust_has_children_of_every_age() -> None:
    assert phases(TRUST) == phases(replace(TRUST, name="Thornfield High Trust", phase="secondary")) == frozenset()
    assert phases(replace(ROWAN, name="Rowan High School")) == {"secondary"}


@pytest.mark.parametrize(
    "text",
    [
        "Rowan Hill’s Tom Hale opened the fair",
        "Tom Hale opened the fair in Ferrymoor",
        "Tom Hale of the Thornfield Learning Trust opened the fair",
        "Tom Hale’s letter to Year 9 parents about behaviour at the school is a disgrace, my son’s teacher agrees",
    ],
)
def test_a_leader_weighs_beside_a_name_a_place_or_talk_of_school(text: str) -> None:
    judged = _judged(text, ROWAN)

    assert "rowan" in _about(text)
    assert "It names Tom Hale, who leads it." in {reason.sentence for reason in judged.reasons}
    assert [reason.score for reason in judged.reasons if reason.feature == "leader"] == [table().points["leader"]]


@pytest.mark.parametrize(
    "text",
    [
        "Tom Hale",
        "Tom Hale scored twice for Rovers",
        "New album by Tom Hale, out now",
        "Tom Hale won the marathon",
        "Hale, Tom",
    ],
)
def test_a_leader_s_name_alone_says_nothing(text: str) -> None:
    judged = _judged(text, ROWAN)

    assert _about(text) == set()
    assert "leader" not in _features(judged)


def test_whoever_wrote_it_is_not_named_by_it() -> None:
    by_hale = post("A fair at Rowan Hill", author=Author(name="Tom Hale", bio="Tom Hale, Ferrymoor"))

    assert "leader" not in features(Relevance(ALL)([Mention(post=by_hale, school=ROWAN)])[0])


def test_a_leader_is_the_leader_of_their_own_alone() -> None:
    assert "leader" not in _features(_judged("Rowan Hill and Maria Okonkwo in Ferrymoor", ROWAN))
    assert "leader" in _features(_judged("Rowan Hill and Maria Okonkwo in Ferrymoor", TRUST))


def test_nothing_is_learned_about_a_leader() -> None:
    said = post("Rowan Hill: Tom Hale and the fence, says Tom Hale’s office")
    found = terms(said, Masks(ROWAN))
    learned = teachable(Traces(ALL).all_of(Mention(post=said, school=ROWAN)), found)

    assert not {"tom", "hale", "hales"} & {word for term in found for word in term.split()}
    assert not any("hale" in each or "tom" in each.split() for each in learned)
    assert "called rowan hill" in learned


@pytest.mark.parametrize(
    "text", ["Out on Friday #ferrygate", "#FERRYGATE!", "ferrygate’s back", "(FerryGate)", "Ｆｅｒｒｙｇａｔｅ"]
)
def test_a_watched_word_names_its_school_alone(text: str) -> None:
    judged = _judged(text, ROWAN, [TERM])

    assert _about(text, watched=[TERM]) == {"rowan"}
    assert _about(text) == set()
    [reason] = [reason for reason in judged.reasons if reason.feature == "case_term"]
    assert reason.sentence == "It has #FerryGate, watched for a case until Fri 27 Nov 2026 16:15."
    assert reason.score == table().points["case_term"] == 2.5


@pytest.mark.parametrize("text", ["ferry gate", "#ferrygates", "ferrygateway", "theferrygate", "ferry_gate"])
def test_a_word_like_a_watched_one_is_another(text: str) -> None:
    assert _about(text, watched=[TERM]) == set()


def test_a_word_of_a_school_that_is_gone_means_nobody() -> None:
    gone = replace(TERM, school_id="gone")

    assert _about("#ferrygate", watched=[gone]) == set()
    assert Judge([], terms=[TERM])([post("#ferrygate")]) == [[]]


@given(st.text(max_size=80), st.sampled_from(["Tom Hale", "#ferrygate", "Thornfield", "Rowan Hill Academy", ""]))
def test_the_reasons_add_up(text: str, more: str) -> None:
    judge = Relevance(ALL, watched=[TERM])

    assert all(sums(judged) for judged in judge([Mention(post=post(f"{text} {more}"), school=school) for school in ALL]))


@pytest.mark.timeout(20)
def test_a_name_said_thousands_of_times_is_looked_through_quickly() -> None:
    assert _about("Thornfield Academy Thornfield " * 1_700) == {"academy", "thornfield"}


def test_what_the_corpus_had_no_evidence_of_keeps_the_policy_s_weight(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fitted = {"prior": -1.0, "ours_from": 0.8, "ambiguous_from": 0.2, "points": {"name": 1.5}}
    (tmp_path / "relevance.json").write_text(json.dumps(fitted), encoding="utf-8")
    monkeypatch.setattr(relevance, "TABLE", tmp_path / "relevance.json")
    table.cache_clear()
    try:
        read = table()
    finally:
        table.cache_clear()

    assert read.points == {feature: weight.points for feature, weight in WEIGHTS.items()} | {"name": 1.5}
    assert (read.prior, read.ours_from, read.ambiguous_from) == (-1.0, 0.8, 0.2)


def test_a_leader_names_no_school_and_a_watched_word_does() -> None:
    assert "leader" not in NAMING
    assert "case_term" in NAMING
