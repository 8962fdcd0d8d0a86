"""In which language a post is written: a small model over letters, romanised Urdu, Bengali and Punjabi included.

Fitted by `train/language.py` on the project's own posts and sentences: hashed runs of letters, a linear model (after Joulin et
al., 2017), eight bits a weight.
"""

import codecs
import re
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.encoder import MODEL, ModelMissing
from core.text import normal, storable

ENGLISH = "en"
TABLE = MODEL / "languages.npz"
BUCKETS = 1 << 14
LONGEST = 600
"""Characters looked at; the language is clear by then."""
RUNS = (1, 2, 3, 4)
ENGLISH_FROM = 0.4
"""From this chance on a post is English: a dish, a name or a greeting in another language makes it no other."""
FEWEST = 3
"""Letters below which nothing can be told."""
_four_bytes_a_letter = codecs.getencoder("utf-32-le")
_NOT_WORDS = re.compile(r"(?:https?://|www\.)\S+|[@#]\S+")


class Languages:
    """Texts in, a code for each out (`en`, `cy`, `ur-Latn`, …): None where there are no letters to tell by."""

    def __init__(self, table: Path = TABLE) -> None:
        self._file = table

    def __call__(self, texts: Sequence[str]) -> list[str | None]:
        """The language of each text, in order."""
        return [self._language(text) for text in texts]

    def check(self) -> None:
        """Raises ModelMissing where its table is missing or damaged."""
        _ = self._table

    def chances(self, text: str) -> dict[str, float]:
        """How likely each language is."""
        places, weights = found(text)
        logits = self._weights[places].T.astype(np.float32) @ weights * self._scale + self._bias
        shares = np.exp(logits - logits.max())
        return dict(zip(self._codes, (shares / shares.sum()).tolist(), strict=True))

    def _language(self, text: str) -> str | None:
        if sum(map(str.isalpha, bare(text))) < FEWEST:
            return None
        chances = self.chances(text)
        return ENGLISH if chances.pop(ENGLISH) >= ENGLISH_FROM else max(chances, key=chances.__getitem__)

    @cached_property
    def _table(self) -> dict[str, Any]:
        try:
            with np.load(self._file, allow_pickle=False) as table:
                return {name: table[name] for name in ("weights", "scale", "bias", "codes")}
        except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error):
            raise ModelMissing(
                f"The table of languages {self._file} is missing or damaged. Get the program’s files anew."
            ) from None

    @cached_property
    def _codes(self) -> list[str]:
        return [str(code) for code in self._table["codes"]]

    @cached_property
    def _weights(self) -> NDArray[np.int8]:
        weights: NDArray[np.int8] = self._table["weights"]
        return weights

    @cached_property
    def _scale(self) -> NDArray[np.float32]:
        scale: NDArray[np.float32] = self._table["scale"]
        return scale

    @cached_property
    def _bias(self) -> NDArray[np.float32]:
        bias: NDArray[np.float32] = self._table["bias"]
        return bias


def bare(text: str) -> str:
    """A text without what belongs to no language: links, handles, hashtags."""
    return normal(_NOT_WORDS.sub(" ", storable(text[:LONGEST])))


def found(text: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The runs of letters of a text as places in the table, and how much each counts; together of length one."""
    counts: Counter[int] = Counter()
    for word in "".join(c if unicodedata.category(c)[0] in "LM" or c == "'" else " " for c in bare(text)).split():
        whole, _ = _four_bytes_a_letter(f" {word} ")
        for run in RUNS:
            counts.update(zlib.crc32(whole[at : at + 4 * run]) % BUCKETS for at in range(0, len(whole) - 4 * run + 4, 4))
    places: NDArray[np.int64] = np.fromiter(counts, dtype=np.int64, count=len(counts))
    weights = np.log1p(np.fromiter(counts.values(), dtype=np.float32, count=len(counts)))
    length = np.float32(max(1e-6, float(np.linalg.norm(weights))))
    return places, np.asarray(weights / length, dtype=np.float32)
