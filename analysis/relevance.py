"""Is a post about this school? Evidence weighed by a table, three outcomes, a reason for each weight.

The table below is policy: what each trace means, for or against, in log-odds. `train/relevance.py` moves the weights as far as
the corpus has evidence, never past zero; what ships is `analysis/relevance.json`. The probability is calibrated: measured on
schools left out.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from analysis.corrections import shift, telling
from analysis.surroundings import Trace
from analysis.traces import Traces
from analysis.wording import Masks, Wording, shipped, terms
from core.taxonomy import Outcome
from core.text import words
from core.types import Judgement, Mention, Post, Reason, School, WatchedTerm

TABLE = Path(__file__).with_name("relevance.json")


@dataclass(frozen=True, slots=True)
class Weight:
    """How much a trace says before anything is learned, the sentence that tells people, and how often it counts."""

    points: float
    sentence: str
    at_most: int = 1


PRIOR = 0.0
WEIGHTS: dict[str, Weight] = {
    "own": Weight(8.0, "{what} is on the school’s list of its own accounts."),
    "community": Weight(6.0, "It was posted in {what}, which belongs to the school."),
    "reported": Weight(6.0, "Whoever reported it says that it is about the school."),
    "reply": Weight(5.0, "It answers {what}, the school’s own account."),
    "handle": Weight(5.0, "It names the school’s account @{what}."),
    "domain": Weight(5.0, "It links to {what}, the school’s website."),
    "postcode": Weight(4.5, "It gives the school’s postcode."),
    "hashtag": Weight(3.0, "It uses #{what}, a hashtag of the school."),
    "name": Weight(2.0, "It says the full name, “{what}”."),
    "alias": Weight(1.2, "It says “{what}”, another name for the school."),
    "short_name": Weight(0.8, "It says “{what}”, which people call the school (others are called so too)."),
    "initials": Weight(0.4, "It has the letters {what}."),
    "case_term": Weight(2.5, "It has {what}."),
    "leader": Weight(1.0, "It names {what}, who leads it."),
    "trust": Weight(1.0, "It names the trust, {what}."),
    "town": Weight(1.0, "It names the town, {what}."),
    "region": Weight(0.6, "It names {what}, which is nearby.", at_most=2),
    "author_place": Weight(0.7, "Whoever wrote it says they are near.", at_most=2),
    "community_term": Weight(0.7, "It has {what}, which belongs to this school.", at_most=2),
    "our_word": Weight(0.3, "Other words fit the school and its places: {what}.", at_most=3),
    "age_fits": Weight(0.8, "The children it speaks of are of the school’s age (“{what}”)."),
    "age_other": Weight(-0.8, "The children it speaks of are not of the school’s age (“{what}”)."),
    "kind_fits": Weight(0.8, "It calls it by its kind (“{what}”)."),
    "kind_other": Weight(-0.8, "It speaks of another kind of school (“{what}”)."),
    "other_thing": Weight(-0.8, "It speaks of a “{what}” of that name."),
    "other_language": Weight(-1.0, "The platform says that it is written in another language ({what})."),
    "namesake": Weight(-2.0, "It names {what}, which is another.", at_most=2),
    "namesake_town": Weight(-1.0, "It names the place of {what}."),
    "namesake_word": Weight(-0.8, "Other words fit others of that name: {what}.", at_most=3),
    "author_namesake": Weight(-1.0, "Whoever wrote it belongs to another of that name."),
    "author_fits": Weight(0.3, "Whoever wrote it has to do with the school or its places.", at_most=3),
    "author_other": Weight(-0.8, "Whoever wrote it has to do with others of that name.", at_most=3),
    "author_elsewhere": Weight(-1.0, "Whoever wrote it seems to be elsewhere."),
    "wording": Weight(1.0, "It is worded {what}."),
}
"""Evidence for (+) and against (−). The names of a school count once, by the strongest in the post."""
FEATURES = tuple(WEIGHTS)
_AGAINST = frozenset(feature for feature, weight in WEIGHTS.items() if weight.points < 0)
_NAMES = ("name", "alias", "short_name", "initials")
_OF_AUTHOR = frozenset({"author_place", "author_fits", "author_other", "author_elsewhere", "author_namesake", "author_wording"})
"""Reasons that say something of who wrote a post; they are remembered when it is judged again."""
_IN_A_NAME = frozenset({"town", "region", "our_word"})
"""What says nothing where it is only a part of a namesake's name."""


@dataclass(frozen=True, slots=True)
class Table:
    """The weights as they ship, and the bounds between the three outcomes."""

    prior: float
    ours_from: float
    ambiguous_from: float
    points: dict[str, float]


@lru_cache(maxsize=1)
def table() -> Table:
    """What `train/relevance.py` last wrote; the policy's weight for what the corpus had no evidence of."""
    fitted = json.loads(TABLE.read_text(encoding="utf-8"))
    policy = {feature: weight.points for feature, weight in WEIGHTS.items()}
    return Table(**{**fitted, "points": {**policy, **fitted["points"]}})


class Relevance:
    """Judges mentions (a post beside one school) by the traces in them and by how they are worded."""

    model = "relevance-2"

    def __init__(
        self,
        schools: Sequence[School],
        learned: Mapping[str, Mapping[str, float]] | None = None,
        watched: Sequence[WatchedTerm] = (),
    ) -> None:
        """`learned`: by school id, the points that people's answers taught (`analysis/corrections.py`).

        `watched`: the words that are watched for a case at the moment.
        """
        self._traces = Traces(schools, watched)
        self._masks = {school.id: Masks(school) for school in schools}
        self._learned = learned or {}

    def mentions(self, post: Post, seen: Mapping[str, Sequence[Reason]] | None = None) -> list[Mention]:
        """The schools this post may mean: those a name, a mark or a community of which is in it.

        `seen`: by school id, what was seen of its author when it was first judged.
        """
        features = {school: [reason.feature for reason in reasons] for school, reasons in (seen or {}).items()}
        return [Mention(post=post, school=self._traces.schools[each]) for each in self._traces.find(post, features)]

    def __call__(
        self, subjects: Sequence[Mention], remembered: Sequence[Sequence[Reason]] | None = None
    ) -> list[Judgement[Outcome]]:
        """One judgement a mention, in order. `remembered`: for each, what was seen of its author when it was first judged."""
        again = remembered or [()] * len(subjects)
        return [self._judge(each, seen) for each, seen in zip(subjects, again, strict=True)]

    def answerable(self, mention: Mention) -> tuple[float, frozenset[str]]:
        """The log-odds as shipped, and what an answer teaches about: the post's rarer words, and what it calls the school."""
        found, traces, reasons = self._look(mention)
        return table().prior + sum(reason.score for reason in reasons), teachable(traces, found)

    def _judge(self, mention: Mention, seen: Sequence[Reason]) -> Judgement[Outcome]:
        found, traces, reasons = self._look(mention)
        if seen:
            reasons = [*(reason for reason in reasons if reason.feature not in _OF_AUTHOR), *seen]
        if points := self._learned.get(mention.school.id):
            known = teachable(traces, found)
            if moved := shift(points, known):
                reasons.append(_answered(moved, telling(points, known)))
        return decide(reasons, table(), self.model)

    def _look(self, mention: Mention) -> tuple[list[str], list[Trace], list[Reason]]:
        """The terms and traces in a mention, and the reasons they give as shipped."""
        found = terms(mention.post, self._masks[mention.school.id])
        traces = self._traces.all_of(mention)
        wording = shipped()(found)
        if not words(mention.post.text):  # a link alone, a screenshot: where it stands is no wording
            wording = replace(wording, score=0.0, words=())
        return found, traces, weigh(traces, wording, table())


def weigh(traces: Sequence[Trace], wording: Wording, weights: Table) -> list[Reason]:
    """What was found of one school in one post, as reasons. Pure. Their scores and the prior add up to the log-odds."""
    counted = count(traces)
    reasons = [_reason(feature, found, weights.points[feature]) for feature, found in counted.items()]
    reasons += [_worded(wording, weights.points["wording"]), _author_worded(wording, weights.points["wording"])]
    if other := likelier(counted):
        reasons.append(Reason(feature="runner_up", score=0.0, sentence=f"If not, it is probably about {other}.", theirs=other))
    return reasons


def decide(reasons: Sequence[Reason], weights: Table, model: str) -> Judgement[Outcome]:
    """The probability that reasons add up to, and the outcome. Pure."""
    log_odds = weights.prior + sum(reason.score for reason in reasons)
    probability = 1 / (1 + math.exp(-max(-40.0, min(40.0, log_odds))))
    strongest_first = tuple(sorted(reasons, key=lambda reason: -abs(reason.score)))
    return Judgement(
        label=_outcome(probability, reasons, weights),
        score=probability,
        scores={Outcome.OURS: probability},
        model=model,
        reasons=strongest_first,
    )


def count(traces: Sequence[Trace]) -> dict[str, list[Trace]]:
    """The traces that count, by feature: as often as the table says, each thing once, only the strongest name."""
    namesakes = [trace.span for trace in traces if trace.feature == "namesake"]
    counted: dict[str, list[Trace]] = {}
    for trace in traces:
        inside = any(start <= trace.span[0] and trace.span[1] <= end for start, end in namesakes)
        if trace.feature in _IN_A_NAME and trace.span != (0, 0) and inside:
            continue
        there = counted.setdefault(trace.feature, [])
        repeated = trace.ours and any(trace.ours == each.ours for each in there)
        if not repeated and len(there) < WEIGHTS[trace.feature].at_most:
            there.append(trace)
    for weaker in [name for name in _NAMES if name in counted][1:]:
        del counted[weaker]
    return counted


def counted_features(traces: Sequence[Trace]) -> list[float]:
    """The counts in the order of `FEATURES`, for fitting; the wording's place is left at 0."""
    counted = count(traces)
    return [float(len(counted.get(feature, ()))) for feature in FEATURES]


def likelier(counted: dict[str, list[Trace]]) -> str | None:
    """Which other thing the post is more likely about: the namesake named, else the one whose place is named."""
    for feature in ("namesake", "namesake_town"):
        if found := counted.get(feature):
            return found[0].ours
    return None


def _outcome(probability: float, reasons: Sequence[Reason], weights: Table) -> Outcome:
    """The outcome by the bounds. The full name with nothing against it but the wording is never thrown away."""
    if probability >= weights.ours_from:
        return Outcome.OURS
    found = {reason.feature for reason in reasons}
    named = "name" in found and not found & _AGAINST
    return Outcome.AMBIGUOUS if named or probability >= weights.ambiguous_from else Outcome.NOT_OURS


def _reason(feature: str, found: Sequence[Trace], points: float) -> Reason:
    what = ", ".join(trace.ours for trace in found if trace.ours) or "who wrote it, or where"
    return Reason(
        feature=feature,
        score=points * len(found),
        sentence=WEIGHTS[feature].sentence.format(what=what),
        ours=what,
        theirs=", ".join(dict.fromkeys(trace.theirs for trace in found)),
    )


def _author_worded(wording: Wording, points: float) -> Reason:
    """How whoever wrote it is described, as a reason; a number only, without the words."""
    like = "people around schools" if wording.author >= 0 else "people elsewhere"
    return Reason(
        feature="author_wording", score=points * wording.author, sentence=f"Whoever wrote it is described like {like}."
    )


def _worded(wording: Wording, points: float) -> Reason:
    """The wording as a reason, with the words that said most."""
    like = "like posts about a school" if wording.score >= 0 else "like posts about something else"
    words = f" (“{'”, “'.join(wording.words)}”)" if wording.words else ""
    sentence = WEIGHTS["wording"].sentence.format(what=like + words)
    return Reason(feature="wording", score=points * wording.score, sentence=sentence, theirs=", ".join(wording.words))


def _answered(points: float, words: Sequence[str]) -> Reason:
    """What people's answers on other posts add."""
    side = "is" if points > 0 else "is not"
    said = f" (“{'”, “'.join(words)}”)" if words else ""
    sentence = f"Your answers on posts like it say that it {side} about us{said}."
    return Reason(feature="your_answers", score=points, sentence=sentence, theirs=", ".join(words))


def seen_of_author(reasons: Sequence[Reason]) -> list[Reason]:
    """What an earlier judgement saw of an author, whose bio and place are not kept."""
    return [reason for reason in reasons if reason.feature in _OF_AUTHOR]


def teachable(traces: Sequence[Trace], found: Sequence[str]) -> frozenset[str]:
    """What answers teach about: words rare enough to say what a post is about, and the names it uses. Nothing of its author."""
    words = {term for term in found if "_" not in term and " " not in term and shipped().rare(term)}
    names = {f"called {trace.ours.casefold()}" for trace in traces if trace.feature in _NAMES}
    return frozenset(words | names)
