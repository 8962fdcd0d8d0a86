"""A school that does not exist, and how posts are judged for it, for the tests of this folder."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from analysis.relevance import Relevance, Table, table
from core.taxonomy import Outcome
from core.types import Community, Judgement, Mention, Namesake, OfficialAccount, Post, School

NOW = datetime(2026, 11, 20, 16, 15, tzinfo=UTC)
ROWAN = School(
    id="rowan",
    name="Rowan Hill Academy",
    short_names=("The Hill",),
    aliases=("Rowan Hill Secondary",),
    initials="RHA",
    town="Ferrymoor",
    postcode="ZZ9 4QX",
    region_terms=("Ferrymoor", "Saltby", "Northquay"),
    domains=("rowanhill.example",),
    hashtags=("#WeAreRowan",),
    communities=(Community(platform="reddit", name="r/rowanhill"),),
    trust="Thornfield Trust",
    official_accounts=(OfficialAccount(platform="x", handle="@RowanHillAc"),),
    namesakes=(
        Namesake(name="The Hill (pub)", town="Watford"),
        Namesake(name="Rowan Hill Farm Park", town="Grantby, Kent"),
        Namesake(name="Ferrymoor Farm Museum"),
    ),
    community_terms=("Mr Fenwick", "Kestrel house", "the Annexe"),
)
BARE = School(id="bare", name="Grove School")
EMPTY = School(
    id="empty",
    name="!!!",
    short_names=("", " "),
    aliases=("", "🎉"),
    initials="",
    town="",
    postcode="",
    trust="",
    region_terms=("",),
    domains=("", "."),
    hashtags=("", "#"),
    communities=(Community(platform="reddit", name=""), Community(platform="reddit", name="r/")),
    official_accounts=(OfficialAccount(platform="x", handle="@"), OfficialAccount(platform="x", handle="")),
    namesakes=(Namesake(name=""), Namesake(name="(", town="(")),
    community_terms=("",),
)


def post(text: str, **facts: Any) -> Post:
    """A post with what the test says of it."""
    return Post(native_id="1", text=text, retrieved_at=NOW, **{"platform": "facebook", **facts})


def judge(text: str, school: School = ROWAN, others: Sequence[School] = (), **facts: Any) -> Judgement[Outcome]:
    """A post as it is judged for one school, with others watched beside it."""
    [judged] = Relevance([school, *others])([Mention(post=post(text, **facts), school=school)])
    return judged


def features(judged: Judgement[Outcome]) -> set[str]:
    """What was found, by feature, without what is said of every post."""
    return {reason.feature for reason in judged.reasons} - {"wording", "runner_up"}


def means_us(text: str, **facts: Any) -> bool:
    """Whether a post may mean Rowan Hill Academy."""
    return bool(Relevance([ROWAN]).mentions(post(text, **facts)))


def sums(judged: Judgement[Outcome], weights: Table | None = None) -> bool:
    """Whether the reasons of a judgement add up to its log-odds."""
    relevance = judged.scores[Outcome.OURS]
    log_odds = (weights or table()).prior + sum(reason.score for reason in judged.reasons)
    return math.isclose(math.log(relevance / (1 - relevance)), log_odds, rel_tol=1e-6, abs_tol=1e-9) or abs(log_odds) > 30
