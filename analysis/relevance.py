"""Is a post about this school? Weights of evidence by the school's profile, three outcomes, a reason for each weight.

The weights are log-odds set by hand from what each trace means, not fitted to any data set; the benchmark says what they reach.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.traces import Trace, Traces
from core.taxonomy import Outcome
from core.types import Judgement, Mention, Post, Reason, School

MODEL = "relevance-by-profile-1"
OURS_FROM = 0.65
AMBIGUOUS_FROM = 0.25


@dataclass(frozen=True, slots=True)
class Weight:
    """How much a trace says, and the sentence that tells people."""

    points: float
    sentence: str


PRIOR = -2.5
NOTHING = -2.1
"""What it weighs that nothing points to the school at all."""
WEIGHTS: dict[str, Weight] = {
    "own": Weight(8.0, "{theirs} is on the school’s list of its own accounts."),
    "community": Weight(6.0, "It was posted in {theirs}, which belongs to the school."),
    "reply": Weight(5.0, "It answers {theirs}, the school’s own account."),
    "handle": Weight(5.0, "It names the school’s account @{theirs}."),
    "domain": Weight(5.0, "It links to {theirs}, the school’s website."),
    "postcode": Weight(4.5, "It gives the school’s postcode."),
    "hashtag": Weight(4.0, "It uses #{theirs}, a hashtag of the school."),
    "name": Weight(3.2, "It says the full name, “{ours}”."),
    "alias": Weight(2.4, "It says “{ours}”, another name for the school."),
    "short_name": Weight(1.6, "It says “{ours}”, which people call the school (others are called so too)."),
    "initials": Weight(0.8, "It has the letters {ours}."),
    "trust": Weight(2.0, "It names the trust, {ours}."),
    "town": Weight(2.0, "It names the town, {ours}."),
    "region": Weight(1.2, "It names {ours}, which is nearby."),
    "author_place": Weight(1.4, "Whoever wrote it says they are near the school."),
    "school_word": Weight(1.5, "It speaks of school life (“{ours}”)."),
    "community_term": Weight(1.0, "It has “{ours}”, a word of this school."),
    "namesake": Weight(-4.0, "It names {ours}, which is another place."),
    "namesake_town": Weight(-3.0, "It names {ours}, where another of that name is."),
    "author_elsewhere": Weight(-2.0, "Whoever wrote it seems to be elsewhere, where another of that name is."),
}
"""Evidence for (+) and against (−), in log-odds. Each counts once, but for words of the school, which count twice at most."""

_TWICE = frozenset({"community_term", "region"})
_SAID_BY_A_NAMESAKE = frozenset({"school_word", "town", "region"})
_ONLY_STRONGEST = ("name", "alias", "short_name", "initials")


class Relevance:
    """Judges mentions (a post beside one school) by the traces in them."""

    model = MODEL

    def __init__(self, schools: Sequence[School]) -> None:
        self._traces = Traces(schools)

    def mentions(self, post: Post) -> list[Mention]:
        """The schools this post may be about: those a name, a mark or a community of which is in it."""
        return [Mention(post=post, school=self._traces.schools[each]) for each in self._traces.find(post)]

    def __call__(self, subjects: Sequence[Mention]) -> list[Judgement[Outcome]]:
        """One judgement a mention, in order."""
        return [decide(self._traces.find(each.post).get(each.school.id, []), each.school) for each in subjects]


def decide(traces: Sequence[Trace], school: School) -> Judgement[Outcome]:
    """Weigh the traces of one school in one post: `PRIOR` and the scores of all reasons sum to the log-odds of *ours*. Pure."""
    reasons = [_reason(trace) for trace in _counted(traces)]
    if not reasons:
        reasons = [Reason(feature="nothing", score=NOTHING, sentence=f"Nothing in it points to {school.name}.")]
    probability = 1 / (1 + math.exp(-(PRIOR + sum(reason.score for reason in reasons))))
    outcome = (
        Outcome.OURS if probability >= OURS_FROM else Outcome.AMBIGUOUS if probability >= AMBIGUOUS_FROM else Outcome.NOT_OURS
    )
    score = 1 - probability if outcome is Outcome.NOT_OURS else probability
    reasons.sort(key=lambda reason: -abs(reason.score))
    return Judgement(label=outcome, score=score, scores={Outcome.OURS: probability}, model=MODEL, reasons=tuple(reasons))


def _counted(traces: Sequence[Trace]) -> list[Trace]:
    """Each feature once or twice; of the ways to say the name only the strongest; no place or
    word of school life that is only a part of a namesake's name."""
    namesakes = [trace.span for trace in traces if trace.feature == "namesake"]
    counted: list[Trace] = []
    seen: dict[str, int] = {}
    for trace in sorted(traces, key=lambda each: (-WEIGHTS[each.feature].points, each.ours)):
        inside = any(start <= trace.span[0] and trace.span[1] <= end for start, end in namesakes)
        if inside and trace.feature in _SAID_BY_A_NAMESAKE:
            continue
        group = "naming" if trace.feature in _ONLY_STRONGEST else trace.feature
        if seen.get(group, 0) >= (2 if trace.feature in _TWICE else 1):
            continue
        seen[group] = seen.get(group, 0) + 1
        counted.append(trace)
    return counted


def _reason(trace: Trace) -> Reason:
    weight = WEIGHTS[trace.feature]
    return Reason(
        feature=trace.feature,
        score=weight.points,
        sentence=weight.sentence.format(ours=trace.ours, theirs=trace.theirs),
        ours=trace.ours,
        theirs=trace.theirs,
    )
