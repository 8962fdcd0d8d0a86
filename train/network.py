"""The encoder with its heads, and how it is fitted. Needs the extra `train` (torch, transformers)."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AutoModel

from core.taxonomy import Risk, Sentiment, Severity
from train.tweets import TASKS

SCHOOL_HEADS = {"sentiment": len(Sentiment), "risks": len(Risk), "severity": len(Severity) - 1, "marks": 3}
"""What is asked of a post about a school. Severity is ordered: each output is "at least this severe"."""
HEADS = SCHOOL_HEADS | {f"tweets_{task}": labels for task, labels in TASKS.items()}
SMOOTHING = 0.05
CLIP = 1.0
RARE = {"risks": 3.0, "marks": 3.0}
"""How much more a label weighs where it is than where it is not: each is on few posts."""


class Network(nn.Module):  # type: ignore[misc,unused-ignore]  # torch has no types here where it is not installed
    """Mean of the last layer over the words, one linear layer a head; all outputs side by side, in the order of HEADS."""

    def __init__(self, base: Path, dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(str(base), attn_implementation="eager", add_pooling_layer=False)
        self.dropout = nn.Dropout(dropout)
        self.heads = nn.Linear(self.encoder.config.hidden_size, sum(HEADS.values()))

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> tuple[Tensor, Tensor]:
        """Logits, shape (posts, outputs), and what the post is about as a vector, shape (posts, hidden size)."""
        hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(hidden.dtype)
        pooled = (hidden * mask).sum(1) / mask.sum(1).clamp(min=1)
        return self.heads(self.dropout(pooled)), pooled


def columns(head: str) -> slice:
    """Where a head's outputs stand."""
    start = 0
    for name, width in HEADS.items():
        if name == head:
            return slice(start, start + width)
        start += width
    raise KeyError(head)


@dataclass(frozen=True, slots=True)
class Example:
    """A post as token ids and what each head should say of it; a head that is not named learns nothing from it.

    A target is the number of a label, or a list of shares for heads that answer each question by itself.
    """

    ids: Sequence[int]
    targets: Mapping[str, Any]
    weights: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How long and how fast. `shares`: how much of the batches each source gives."""

    steps: int
    shares: Mapping[str, float]
    rate: float
    batch: int = 64
    warm_up: float = 0.1
    decay: float = 0.01


def fit(
    network: Network,
    sources: Mapping[str, Sequence[Example]],
    schedule: Schedule,
    *,
    seed: int,
    say: Callable[[str], None] = print,
) -> None:
    """Fit in place: batches of one source each, mixed by their shares; AdamW with warm-up and linear decay, in bf16."""
    torch.manual_seed(seed)
    pick = random.Random(seed)
    named = list(network.named_parameters())
    plain = [weight for name, weight in named if weight.ndim < 2]
    decayed = [weight for name, weight in named if weight.ndim >= 2]
    optimiser = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": schedule.decay}, {"params": plain, "weight_decay": 0.0}],
        lr=schedule.rate,
        fused=True,
    )
    streams = {name: _batches(examples, schedule.batch, pick) for name, examples in sources.items()}
    network.train()
    losses: dict[str, list[float]] = {name: [] for name in sources}
    for step in range(schedule.steps):
        for group in optimiser.param_groups:
            group["lr"] = schedule.rate * _pace(step / schedule.steps, schedule.warm_up)
        name = pick.choices(list(schedule.shares), weights=list(schedule.shares.values()))[0]
        batch = next(streams[name])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits, _ = network(*padded([each.ids for each in batch]))
        loss = _loss(logits.float(), batch)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), CLIP)
        optimiser.step()
        losses[name].append(float(loss.detach()))
        if (step + 1) % 100 == 0:
            recent = ", ".join(f"{each} {sum(kept[-50:]) / len(kept[-50:]):.3f}" for each, kept in losses.items() if kept)
            say(f"  step {step + 1} of {schedule.steps}: loss {recent}")


def outputs(network: Network, texts: Sequence[Sequence[int]], batch: int = 64) -> Tensor:
    """Logits of every text, in order."""
    network.eval()
    order = sorted(range(len(texts)), key=lambda number: len(texts[number]))
    found = torch.zeros(len(texts), sum(HEADS.values()))
    with torch.inference_mode():
        for start in range(0, len(order), batch):
            part = order[start : start + batch]
            with torch.autocast("cpu", dtype=torch.bfloat16):
                found[part] = network(*padded([texts[number] for number in part]))[0].float()
    return found


def padded(texts: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Token ids and mask of a batch, filled up to its longest."""
    longest = max(len(each) for each in texts)
    ids = torch.tensor([[*each, *[0] * (longest - len(each))] for each in texts])
    mask = torch.tensor([[1] * len(each) + [0] * (longest - len(each)) for each in texts])
    return ids, mask


def _pace(progress: float, warm_up: float) -> float:
    return progress / warm_up if progress < warm_up else (1 - progress) / (1 - warm_up)


def _batches(examples: Sequence[Example], size: int, pick: random.Random) -> Iterator[list[Example]]:
    """Batches without end; those of about one length together, so that little is filled up. Long posts in smaller batches."""
    while True:
        order = pick.sample(range(len(examples)), len(examples))
        batches: list[list[Example]] = []
        for start in range(0, len(order), size * 32):
            part = sorted(order[start : start + size * 32], key=lambda number: len(examples[number].ids))
            batches += [[examples[number] for number in part[at : at + size]] for at in range(0, len(part), size)]
        pick.shuffle(batches)
        yield from batches


def _loss(logits: Tensor, batch: Sequence[Example]) -> Tensor:
    """The mean loss of each head over the examples that have something to teach it, added up."""
    total = logits.new_zeros(())
    for head in HEADS:
        rows = [number for number, each in enumerate(batch) if head in each.targets]
        if not rows:
            continue
        weight = torch.tensor([batch[number].weights.get(head, 1.0) for number in rows])
        said = logits[rows, columns(head)]
        wanted = [batch[number].targets[head] for number in rows]
        if isinstance(wanted[0], int):
            each = nn.functional.cross_entropy(said, torch.tensor(wanted), reduction="none", label_smoothing=SMOOTHING)
        else:
            target = torch.tensor(wanted, dtype=torch.float32)
            rare = torch.full((target.shape[1],), RARE.get(head, 1.0))
            each = nn.functional.binary_cross_entropy_with_logits(said, target, reduction="none", pos_weight=rare).sum(1)
        total = total + (each * weight).sum() / len(rows)
    return total


def average(states: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
    """The mean of several fits of one start (a weight soup: Wortsman et al., 2022)."""
    return {name: torch.stack([state[name].float() for state in states]).mean(0) for name in states[0]}
