"""TweetEval (Barbieri et al., 2020), read from a folder of one's own: `<task>/{train,val,test}_{text,labels}.txt`.

Never part of the project. A line ends at "\\n" alone: some tweets hold other line ends.
"""

from dataclasses import dataclass
from pathlib import Path

TASKS = {"sentiment": 3, "offensive": 2, "hate": 2, "irony": 2, "emotion": 4}
"""The tasks used here, with how many labels each has. Sentiment: negative, neutral, positive."""


@dataclass(frozen=True, slots=True)
class Tweets:
    """Texts and their labels, in order."""

    texts: list[str]
    labels: list[int]


def read(folder: Path, task: str, part: str) -> Tweets:
    """One part (`train`, `val`, `test`) of a task. Raises ValueError where texts and labels are not of one number."""
    texts, labels = (_lines(folder / task / f"{part}_{kind}.txt") for kind in ("text", "labels"))
    if len(texts) != len(labels):
        raise ValueError(f"{folder / task}: {len(texts)} texts and {len(labels)} labels of {part}; get the files anew.")
    return Tweets(texts, [int(label) for label in labels])


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").removesuffix("\n").split("\n")
