"""The posts written for tone and risk: whole, labelled by the definitions, no text twice, no school of those held back."""

from collections import Counter

from core.taxonomy import Risk, Sentiment, Severity
from train.examples import told

POSTS = told()


def test_there_are_several_thousand_and_every_label_has_enough() -> None:
    risks = Counter(risk for post in POSTS for risk in post.risks)

    assert len(POSTS) > 5_000
    assert min(risks[risk] for risk in Risk) >= 150
    assert min(Counter(post.sentiment for post in POSTS)[sentiment] for sentiment in Sentiment) > 1_000


def test_ids_and_texts_are_there_once() -> None:
    assert len({post.id for post in POSTS}) == len({post.text for post in POSTS}) == len(POSTS)


def test_a_post_is_severe_where_it_has_a_risk_and_a_complaint_is_only_noted() -> None:
    for post in POSTS:
        assert bool(post.risks) is (post.severity is not Severity.NONE), post.id
        if post.risks == (Risk.COMPLAINT,):
            assert post.severity is Severity.LOW, post.id


def test_what_is_about_something_else_has_no_risk_and_no_mark() -> None:
    for post in POSTS:
        if not post.relevant:
            assert (post.risks, post.marks) == ((), ()), post.id


def test_posts_of_one_school_stand_together_so_that_it_can_be_left_out() -> None:
    assert all(number <= 90 for number in Counter(post.group for post in POSTS).values())
    assert len({post.group for post in POSTS}) > 300


def test_other_languages_are_marked_as_such() -> None:
    languages = Counter(post.language for post in POSTS)

    assert languages["en"] > 4_500
    assert min(languages[code] for code in ("cy", "pl", "ro", "ur", "ur-Latn", "bn", "pa", "ar", "uk")) >= 25
