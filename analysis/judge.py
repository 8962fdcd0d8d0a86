"""All that is judged of a post, for every school it may be about."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from analysis.base import Classifier
from analysis.relevance import Relevance, seen_of_author
from analysis.tone import LexiconTone
from core.taxonomy import Outcome, Sentiment, Severity, lane
from core.types import JudgedMention, Judgement, Mention, Post, Reason, School, WatchedTerm


class Judge:
    """Relevance for each school, tone once a post, and the lane that follows from both."""

    def __init__(
        self,
        schools: Sequence[School],
        tone: Classifier[Post, Sentiment] | None = None,
        learned: Mapping[str, Mapping[str, float]] | None = None,
        terms: Sequence[WatchedTerm] = (),
    ) -> None:
        """`learned`: by school id, what people's answers taught (`analysis/corrections.py`).

        `terms`: the words that are watched for a case at the moment.
        """
        self._relevance = Relevance(schools, learned, terms)
        self._tone = tone or LexiconTone()
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

    def _joined(self, mention: Mention, about: Judgement[Outcome], tone: Judgement[Sentiment]) -> JudgedMention:
        return JudgedMention(
            school_id=mention.school.id,
            outcome=about.label,
            relevance=about.scores[Outcome.OURS],
            sentiment=tone.label,
            sentiment_scores=tone.scores,
            lane=lane(about.label, tone.label, frozenset(), Severity.NONE),
            own=any(reason.feature == "own" for reason in about.reasons),
            reasons=(*about.reasons, *tone.reasons),
            model=self.model,
        )


def answered(mention: JudgedMention, said: str) -> JudgedMention:
    """The judgement once a person said "us" or "not_us": their word goes before the judge's. Pure."""
    ours = said == "us"
    outcome = Outcome.OURS if ours else Outcome.NOT_OURS
    sentence = "Somebody here said that it is about us." if ours else "Somebody here said that it is not about us."
    others = [reason for reason in mention.reasons if reason.feature != "answer"]
    return replace(
        mention,
        outcome=outcome,
        relevance=1.0 if ours else 0.0,
        lane=lane(outcome, mention.sentiment, frozenset(mention.risks), mention.severity),
        reasons=(Reason(feature="answer", score=0.0, sentence=sentence), *others),
    )
