"""What a judge is: subjects in, judgements out, one for each, in the same order."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from core.types import Judgement

S_contra = TypeVar("S_contra", contravariant=True)
L = TypeVar("L")


class Classifier(Protocol[S_contra, L]):
    """Anything that judges a batch. `model` names the version, so that what an older one judged can be judged again."""

    @property
    def model(self) -> str:
        """Name and version, as stored with each judgement."""
        ...

    def __call__(self, subjects: Sequence[S_contra]) -> list[Judgement[L]]:
        """Judge a batch; keeps the order, never raises for a subject (it abstains instead)."""
        ...
