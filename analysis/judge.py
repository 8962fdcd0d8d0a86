"""All that is judged of a post, for every school it may be about."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from analysis import relabels, rules
from analysis.readers import reader
from analysis.relevance import Relevance, seen_of_author
from analysis.tone import UNSURE, Reader
from analysis.wording import Masks
from core.taxonomy import Lane, Mark, Outcome, Risk, Sentiment, lane
from core.types import JudgedMention, Judgement, Mention, Post, Reason, School, Tone, WatchedTerm

_SPOKEN_TO_US = frozenset({"community", "reply", "handle"})
"""Features of a post that was put to the school itself."""


class Judge:
    """Relevance for each school, tone once a post, and the lane that follows from both."""

    def __init__(
        self,
        schools: Sequence[School],
        tone: Reader | None = None,
        learned: Mapping[str, Mapping[str, float]] | None = None,
        terms: Sequence[WatchedTerm] = (),
        relabelled: Mapping[str, relabels.Points] | None = None,
    ) -> None:
        """`learned`: by school id, what people's answers taught (`analysis/corrections.py`).

        `terms`: the words that are watched for a case at the moment. `relabelled`: by school id, what people's word on how
        posts read taught (`analysis/relabels.py`).
        """
        self._relevance = Relevance(schools, learned, terms)
        self._tone = tone or reader()
        self._relabelled = relabelled or {}
        self._masks = {school.id: Masks(school) for school in schools if school.id in self._relabelled}
        self.model = f"{self._relevance.model}+{self._tone.model}"

    def __call__(
        self, posts: Sequence[Post], before: Sequence[Mapping[str, Sequence[Reason]]] | None = None
    ) -> list[list[JudgedMention]]:
        """For each post, in order, one judged mention a school that a name, a mark or a community in it points to.

        `before`: for each post, by school, why it was judged as it was. What was seen of its author then is remembered, because
        where somebody lives is not kept.
        """
        earlier = before or [{}] * len(posts)
        seen = [{school: seen_of_author(reasons) for school, reasons in each.items()} for each in earlier]
        mentions = [self._relevance.mentions(post, known) for post, known in zip(posts, seen, strict=True)]
        remembered = [known.get(each.school.id, ()) for group, known in zip(mentions, seen, strict=True) for each in group]
        judged = iter(self.judge_mentions([each for group in mentions for each in group], remembered))
        return [[next(judged) for _ in group] for group in mentions]

    def judge_mentions(
        self, mentions: Sequence[Mention], remembered: Sequence[Sequence[Reason]] | None = None
    ) -> list[JudgedMention]:
        """Judge given pairs of post and school, in order, whether or not anything in the post points to the school."""
        relevance = self._relevance(mentions, remembered)
        tones = self._tone([mention.post for mention in mentions])
        return [self._joined(*each) for each in zip(mentions, relevance, tones, strict=True)]

    def _joined(self, mention: Mention, about: Judgement[Outcome], tone: Tone) -> JudgedMention:
        own = any(reason.feature == "own" for reason in about.reasons)
        if points := self._relabelled.get(mention.school.id):
            found = relabels.terms(mention.post, self._masks[mention.school.id])
            tone = relabels.corrected(tone, points, found, self._tone.bounds)
        if own:
            tone = rules.checked(tone, rules.found(mention.post, mention.school, rules.OWN_RULES))
        else:
            tone = rules.beside(tone, rules.found(mention.post, mention.school), self._tone.bounds)
        joined = JudgedMention(
            school_id=mention.school.id,
            outcome=about.label,
            relevance=about.scores[Outcome.OURS],
            sentiment=tone.sentiment,
            sentiment_scores=tone.sentiment_scores,
            risks=tone.risks,
            risk_scores=tone.risk_scores,
            severity=tone.severity,
            marks=_asked_of_us(tone.marks, about.reasons),
            lane=Lane.NOISE,
            own=own,
            language=tone.language,
            reasons=(*about.reasons, *tone.reasons),
            abstained=tone.abstained,
            model=self.model,
        )
        return replace(joined, lane=lane_of(joined))


def lane_of(mention: JudgedMention) -> Lane:
    """Where a judged post goes. What could not be read goes nowhere but, with a sign of danger, to the safeguarding lead."""
    risks = frozenset(mention.risks)
    if mention.abstained in (None, UNSURE):
        sure = Sentiment.NEUTRAL if mention.own or mention.abstained else mention.sentiment
        return lane(mention.outcome, sure, risks, mention.severity, frozenset(mention.marks))
    if mention.outcome is not Outcome.NOT_OURS and risks & {Risk.THREAT, Risk.SAFEGUARDING}:
        return Lane.SAFEGUARDING
    # What rules point at in a post of our own needs no reading.
    return lane(mention.outcome, Sentiment.NEUTRAL, risks, mention.severity) if mention.own else Lane.NOISE


def _asked_of_us(marks: Sequence[Mark], reasons: Sequence[Reason]) -> tuple[Mark, ...]:
    """The marks that count: a question only where it was put to us, on a page of ours or to our account."""
    to_us = any(reason.feature in _SPOKEN_TO_US for reason in reasons)
    return tuple(mark for mark in marks if to_us or mark is not Mark.QUESTION)


def answered(mention: JudgedMention, said: str) -> JudgedMention:
    """The judgement once a person said "us" or "not_us": their word goes before the judge's. Pure."""
    ours = said == "us"
    outcome = Outcome.OURS if ours else Outcome.NOT_OURS
    sentence = "Somebody here said that it is about us." if ours else "Somebody here said that it is not about us."
    others = [reason for reason in mention.reasons if reason.feature != "answer"]
    said_so = replace(
        mention,
        outcome=outcome,
        relevance=1.0 if ours else 0.0,
        reasons=(Reason(feature="answer", score=0.0, sentence=sentence), *others),
    )
    return replace(said_so, lane=lane_of(said_so))


def reread(mention: JudgedMention, said: relabels.Reading) -> JudgedMention:
    """The judgement once a person said how the post reads. Pure."""
    told = relabels.as_said(mention, said)
    return replace(told, lane=lane_of(told))


def unsaid(mention: JudgedMention) -> JudgedMention:
    """The judgement without the sign that a person said how the post reads. Pure."""
    return replace(mention, reasons=tuple(reason for reason in mention.reasons if reason.feature != "relabel"))
