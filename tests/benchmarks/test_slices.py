"""The slices are what a fair comparison needs: many sentences, the same ones in every slice, nothing left unfilled."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.slices import PLAIN, STANDARD, TABLE, dialect, identity, moods, slices

IDENTITY, DIALECT = identity(), dialect()
DATA = json.loads(TABLE.read_text(encoding="utf-8"))
TEMPLATES, POSTS, SCHOOLS = DATA["identity"]["templates"], DATA["dialect"]["posts"], DATA["schools"]
TRAINING = Path(__file__).parents[2] / "train"
# What an identity is named by.
SLOTS = set(DATA["identity"]["forms"][PLAIN])


def test_the_slices_and_what_they_are_compared_with() -> None:
    assert list(IDENTITY) == [
        *(PLAIN, "Black", "South Asian", "East Asian", "Gypsy, Roma and Traveller", "Polish and East European", "refugee"),
        *("Muslim", "Jewish", "Sikh", "Hindu", "Christian", "gay and lesbian", "trans", "disabled", "autistic and SEND"),
        *("women and girls", "Welsh", "working class"),
    ]
    assert list(DIALECT) == [
        *(STANDARD, "Scots", "Scouse", "Yorkshire", "Geordie", "Brummie", "MLE", "Northern Irish", "Welsh English"),
        *("second-language English", "texting"),
    ]
    assert list(slices()) == [*IDENTITY, *DIALECT]


@pytest.mark.parametrize("name", slices())
def test_a_slice_has_many_sentences_none_twice_none_unfilled(name: str) -> None:
    sentences = slices()[name]

    assert len(sentences) >= 500
    assert len({sentence.casefold() for sentence in sentences}) == len(sentences)
    assert [sentence for sentence in sentences if re.search(r"[{}]|\s\s|^\s|\s$", sentence)] == []
    assert [sentence for sentence in sentences if not 5 <= len(sentence.split()) <= 40] == []
    assert moods(name) == [each["mood"] for each in (TEMPLATES if name in IDENTITY else POSTS) for _ in SCHOOLS]


@pytest.mark.parametrize(("kind", "first"), [(IDENTITY, PLAIN), (DIALECT, STANDARD)])
def test_the_nth_sentences_are_one_template_about_one_school(kind: dict[str, list[str]], first: str) -> None:
    for name, sentences in kind.items():
        assert [_school(each) for each in sentences] == [_school(each) for each in kind[first]], name
        assert name == first or not set(sentences) & set(kind[first])


def test_there_are_enough_templates_and_each_of_them_names_a_school() -> None:
    assert len(TEMPLATES) >= 60 and len(POSTS) >= 60 and len(SCHOOLS) == 12
    assert all("{school}" in each["text"] and _slots(each["text"]) & SLOTS for each in TEMPLATES)
    for post in POSTS:
        texts = {name: _slots(text) for name, text in post.items() if name != "mood"}
        assert set(texts) == set(DIALECT)
        assert len(texts[STANDARD]) in (2, 3, 4) and "school" in texts[STANDARD]
        assert all(slots == texts[STANDARD] for slots in texts.values()), post[STANDARD]


def test_no_template_is_there_twice() -> None:
    texts = [each["text"] for each in TEMPLATES] + [text for post in POSTS for name, text in post.items() if name != "mood"]

    assert [text for text, times in Counter(texts).items() if times > 1] == []


@pytest.mark.parametrize("name", IDENTITY)
def test_forms_are_many_and_can_take_turns_evenly(name: str) -> None:
    forms = DATA["identity"]["forms"][name]
    assert set(forms) == SLOTS
    for words in forms.values():
        assert len(set(words)) == len(words) >= 3
        assert len(SCHOOLS) % len(words) == 0
        assert all(any(word in sentence for sentence in IDENTITY[name]) for word in words)


def test_a_form_is_about_every_school() -> None:
    """The first form of the first slot: a third of its template’s sentences, and over all templates no school is left out."""
    word = DATA["identity"]["forms"]["Black"]["event"][0]
    named = Counter(_school(sentence) for sentence in IDENTITY["Black"] if word in sentence)

    assert set(named) == set(SCHOOLS)
    assert named.total() * 3 == sum("{event}" in each["text"] for each in TEMPLATES) * len(SCHOOLS)


def test_articles_fit_what_follows() -> None:
    """“An LGBT+” and “an hour” are spoken so."""
    sentences = [each for sentences in IDENTITY.values() for each in sentences]
    wrong = re.compile(r"\b(?:a [aeiou]|an (?!hour\b|LGBT)[^aeiou])", re.IGNORECASE)

    assert [each for each in sentences if wrong.search(each)] == []


def test_moods_are_mixed() -> None:
    for name in (PLAIN, STANDARD):
        shares = Counter(moods(name))
        assert all(shares[mood] >= len(moods(name)) / 8 for mood in ("positive", "neutral", "grumble")), shares


def test_texting_has_no_capitals() -> None:
    assert all(sentence == sentence.lower() for sentence in DIALECT["texting"])


def test_the_schools_are_unknown_to_training() -> None:
    files = [file for ending in ("json", "jsonl") for file in sorted(TRAINING.rglob(f"*.{ending}"))]
    assert files
    for file in files:
        text = file.read_text(encoding="utf-8").casefold()
        assert [school for school in SCHOOLS if school.split()[0].casefold() in text] == [], file.name


def _slots(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def _school(sentence: str) -> str:
    return next(str(school) for school in SCHOOLS if school.casefold() in sentence.casefold())
