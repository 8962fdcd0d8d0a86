"""In which language a post is written."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from analysis.encoder import ModelMissing
from analysis.language import ENGLISH, Languages, bare, found
from tests.analysis.texts import ANY_TEXT, STRANGE

LANGUAGES = Languages()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The gates were locked again this morning and nobody told us why", "en"),
        ("dinnae send the weans in the morn, the boiler’s away again", "en"),
        ("My two love it. Diolch yn fawr to everyone who helped with the fair", "en"),
        ("Mae’r ysgol ar gau heddiw oherwydd yr eira. Diolch am eich amynedd bawb", "cy"),
        ("Szkoła jest dzisiaj zamknięta, proszę odebrać dzieci o jedenastej", "pl"),
        ("bachon ko aaj school se jaldi lena hai, madam ne bola ke heating kharab hai", "ur-Latn"),
        ("یہ اسکول بہت اچھا ہے اور اساتذہ بہت محنتی ہیں", "ur"),
    ],
)
def test_whole_sentences_are_told(text: str, language: str) -> None:
    assert LANGUAGES([text]) == [language]


@pytest.mark.parametrize("text", ["", "  ", "😂😂", "123", "ok", "https://a.example/the-school-is-closed", "@rowan #wow", "!?"])
def test_nothing_is_said_where_there_is_nothing_to_tell_by(text: str) -> None:
    assert LANGUAGES([text]) == [None]


def test_one_answer_a_text_in_order() -> None:
    assert LANGUAGES([]) == []
    assert LANGUAGES(["", "The school is closed today because of snow"]) == [None, ENGLISH]


def test_links_handles_and_hashtags_belong_to_no_language() -> None:
    assert bare("Lovely @Rowan day #fair https://a.example/x www.b.example") == "lovely day"


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE)
def test_any_text_has_a_language_or_none(text: str) -> None:
    [language] = LANGUAGES([text])

    assert language is None or language


@settings(max_examples=60)
@given(ANY_TEXT)
def test_chances_add_up_to_one(text: str) -> None:
    chances = LANGUAGES.chances(text)

    assert sum(chances.values()) == pytest.approx(1, abs=1e-4)
    assert chances.keys() >= {"en", "cy", "pl"}
    _, weights = found(text)
    assert np.linalg.norm(weights) == pytest.approx(1 if weights.size else 0, abs=1e-4)


@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "other", "not a table"])
def test_a_table_that_is_missing_or_damaged_is_said_in_a_sentence(damage: str, tmp_path: Path) -> None:
    file = tmp_path / "languages.npz"
    if damage in ("empty", "cut", "not a table"):
        whole = (Path(__file__).parents[2] / "analysis" / "model" / "languages.npz").read_bytes()
        file.write_bytes({"empty": b"", "cut": whole[: len(whole) // 2], "not a table": b"hello"}[damage])
    if damage == "other":
        np.savez(file, weights=np.zeros(3))

    with pytest.raises(ModelMissing, match=r"languages\.npz is missing or damaged\. Get the program’s files anew\."):
        Languages(file).check()
