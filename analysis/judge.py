"""All that is judged of a post, for every school it may be about."""

from collections.abc import Sequence

from analysis.base import Classifier
from analysis.relevance import Relevance
from analysis.tone import LexiconTone
from core.taxonomy import Outcome, Sentiment, Severity, lane
from core.types import JudgedMention, Judgement, Mention, Post, School


class Judge:
    """Relevance for each school, tone once a post, and the lane that follows from both."""

    def __init__(self, schools: Sequence[School], tone: Classifier[Post, Sentiment] | None = None) -> None:
        self._relevance = Relevance(schools)
        self._tone = tone or LexiconTone()
        self.model = f"{self._relevance.model}+{self._tone.model}"

    def __call__(self, posts: Sequence[Post]) -> list[list[JudgedMention]]:
        """For each post, in order, one judged mention a school that a name, a mark or a community in it points to."""
        mentions = [self._relevance.mentions(post) for post in posts]
        judged = iter(self.judge_mentions([each for group in mentions for each in group]))
        return [[next(judged) for _ in group] for group in mentions]

    def judge_mentions(self, mentions: Sequence[Mention]) -> list[JudgedMention]:
        """Judge given pairs of post and school, in order, whether or not anything in the post points to the school."""
        relevance = self._relevance(mentions)
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
