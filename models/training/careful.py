"""Trains the careful tier: from the published encoder to the files that ship. Needs `pip install 'oido[train]'`.

1. The tokenizer is cut down to the pieces that our languages use.
2. One epoch over other people's labelled text, ours among it once.
3. Six rounds over ours, and over pairs of ours joined, with the benchmark's training part twice and a sample of the
   rest among them, so that nothing of it is forgotten; meanwhile the embedding is taught to imitate the published
   encoder's. What is kept of both steps is an average of the weights.
4. What ships is written in eight bits, and calibrated as it ships, on text that no step was trained on.

Two cores take about an hour and a half.
"""

import logging
import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional
from torch.optim import swa_utils

from ..labelled import INTENTS, read
from ..mark import read as as_read
from ..pieces import Tokenizer, padded
from . import Progress, vocabulary
from .mixture import BENCHMARK, Lesson, joined, others, own, unlabelled, unseen
from .network import Network
from .pretrained import Pretrained
from .ship import ship

log = logging.getLogger("models.training")

SEED: Final = 1
BATCH: Final = 32
LONGEST: Final = 96
SMOOTHING: Final = 0.05
ROUNDS: Final = 6
JOINED: Final = 1_500
"""Texts of a round that are two of our posts, of which one counts."""
AVERAGED: Final = 10
"""In the second half of a step, every so many batches the weights enter their average, of which they are then a
fiftieth."""
MEMORY: Final = 0.98
REPLAYED: Final = 3_500
"""Texts of others beside the benchmark's that the second step goes over again."""
IMITATED: Final = 4_000
"""Texts without a label of ours on which the embedding is held to the published one, beside all of our own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """How fast a step learns: the encoder, and the heads, which begin with nothing."""

    encoder: float
    heads: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """Texts in batches of about one length. `taught` are embeddings to imitate (texts × hidden), or zeros."""

    lessons: Sequence[Lesson]
    ids: Sequence[Sequence[int]]
    taught: NDArray[np.float32] | None = None

    def __len__(self) -> int:
        return math.ceil(len(self.lessons) / BATCH)

    def batches(self, chance: random.Random) -> Iterator[list[int]]:
        """Places in `lessons`; those of a batch are alike in length, so that little is padded."""
        order = list(range(len(self.lessons)))
        chance.shuffle(order)
        batches = []
        for start in range(0, len(order), BATCH * 40):
            alike = sorted(order[start : start + BATCH * 40], key=lambda place: len(self.ids[place]))
            batches += [alike[at : at + BATCH] for at in range(0, len(alike), BATCH)]
        chance.shuffle(batches)
        yield from batches


def train(data: Path, out: Path, progress: Progress, kept: Path | None = None) -> None:
    """Train on `data`/sentiment/labelled.tsv.gz and our corpus, and write careful.* into the folder `out`. With `kept`,
    the network after each step is kept there, and a step that is there is not repeated."""
    torch.manual_seed(SEED)
    rows = read(data / "sentiment" / "labelled.tsv.gz")
    foreign, ours = others(rows), own()
    pretrained = Pretrained.load()
    texts = [lesson.text for lesson in (*foreign, *ours)]
    rows_kept = vocabulary.chosen(pretrained.pieces, pretrained.scores, texts)
    pieces = vocabulary.tokenizer(pretrained.pieces, pretrained.scores, rows_kept.tolist())
    cut = Tokenizer.of(pieces)
    network = Network(pretrained, torch.from_numpy(rows_kept))
    first = _round([*foreign, *ours], cut)
    _step("first", network, [first], Rates(encoder=8e-5, heads=1e-3), progress, kept)
    second = _rounds(network, pretrained, foreign, ours, _silent(data), cut, rows_kept)
    _step("second", network, second, Rates(encoder=5e-5, heads=5e-4), progress, kept)
    ship(network.eval(), pretrained, rows_kept, pieces, unseen(rows), out)


def _step(
    name: str, network: Network, rounds: Sequence[Round], rates: Rates, progress: Progress, kept: Path | None
) -> None:
    state = kept / f"{name}.pt" if kept else None
    if state and state.exists():
        network.load_state_dict(torch.load(state, weights_only=True))
        return
    teach(network, rounds, rates, lambda seen, all_: progress(name, seen, all_))
    if state:
        torch.save(network.state_dict(), state)


def teach(network: Network, rounds: Sequence[Round], rates: Rates, progress: Callable[[int, int], None]) -> None:
    """Adam with decoupled weight decay; the rates rise for the first 6 %, then fall in a line to almost nothing. The
    network is left with a moving average of its weights (Polyak and Juditsky 1992)."""
    average = swa_utils.AveragedModel(network, multi_avg_fn=swa_utils.get_ema_multi_avg_fn(MEMORY))
    optimizer = _optimizer(network, rates)
    steps = torch.optim.lr_scheduler.LambdaLR(optimizer, _schedule(sum(map(len, rounds))))
    texts, seen = sum(len(each.lessons) for each in rounds), 0
    chance = random.Random(SEED)
    network.train()
    for each in rounds:
        for number, batch in enumerate(each.batches(chance)):
            optimizer.zero_grad()
            _loss(network, each, batch).backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            steps.step()
            if number % AVERAGED == 0 and 2 * seen > texts:
                average.update_parameters(network)
            seen += len(batch)
            progress(seen, texts)
    network.load_state_dict(average.module.state_dict())


def _loss(network: Network, of: Round, batch: Sequence[int]) -> Tensor:
    lessons = [of.lessons[place] for place in batch]
    with torch.autocast("cpu", dtype=torch.bfloat16):
        tone, rest, place = network(torch.from_numpy(padded([of.ids[each] for each in batch])))
    tones = torch.tensor([lesson.tone for lesson in lessons])
    loss = torch.zeros(())
    if (tones >= 0).any():
        loss = functional.cross_entropy(tone.float(), tones, label_smoothing=SMOOTHING, ignore_index=-1)
    told = [at for at, lesson in enumerate(lessons) if lesson.topics]
    if told:
        answers = rest.float()[told]
        intents = torch.tensor([lessons[at].intent for at in told])
        topics = torch.tensor([lessons[at].topics for at in told])
        asked = functional.cross_entropy(answers[:, : len(INTENTS)], intents, label_smoothing=SMOOTHING)
        named = functional.binary_cross_entropy_with_logits(answers[:, len(INTENTS) :], topics)
        loss = loss + 0.5 * (asked + 2 * named) * len(told) / len(lessons)
    if of.taught is not None:
        taught = torch.from_numpy(of.taught[batch])
        known = taught.any(dim=1)
        if known.any():
            likeness = (place.float()[known] * taught[known]).sum(1)
            loss = loss + 2.0 * (1 - likeness).mean() * known.float().mean()
    return loss


def _optimizer(network: Network, rates: Rates) -> torch.optim.Optimizer:
    heads = ("tone.", "rest.", "place.")
    groups: dict[tuple[bool, bool], list[torch.nn.Parameter]] = {}
    for name, parameter in network.named_parameters():
        if parameter.requires_grad:
            groups.setdefault((name.startswith(heads), parameter.dim() > 1), []).append(parameter)
    return torch.optim.AdamW(
        [
            {
                "params": parameters,
                "lr": rates.heads if is_head else rates.encoder,
                "weight_decay": 0.01 if is_matrix else 0.0,
            }
            for (is_head, is_matrix), parameters in groups.items()
        ],
        betas=(0.9, 0.98),
    )


def _schedule(steps: int) -> Callable[[int], float]:
    return lambda step: min(1.0, (step + 1) / (0.06 * steps)) * (0.02 + 0.98 * max(0.0, 1 - step / steps))


def _round(lessons: Sequence[Lesson], cut: Tokenizer, taught: NDArray[np.float32] | None = None) -> Round:
    return Round(lessons=lessons, ids=cut.rows([lesson.text for lesson in lessons], LONGEST), taught=taught)


def _rounds(
    network: Network,
    pretrained: Pretrained,
    foreign: Sequence[Lesson],
    ours: Sequence[Lesson],
    silent: Sequence[Lesson],
    cut: Tokenizer,
    rows: NDArray[np.int64],
) -> list[Round]:
    """Our posts in every round, and others joined for it; the replayed and the unlabelled ones in one of them each."""
    chance = random.Random(SEED)
    rest = [lesson for lesson in foreign if lesson.source != BENCHMARK]
    replayed = 2 * [lesson for lesson in foreign if lesson.source == BENCHMARK] + chance.sample(rest, REPLAYED)
    chance.shuffle(replayed)
    imitated = chance.sample(silent, min(IMITATED, len(silent)))
    published = Network(pretrained, torch.from_numpy(rows)).eval()
    known = embeddings(published, _round([*ours, *imitated], cut))
    rounds = []
    for number in range(ROUNDS):
        again = [*replayed[number::ROUNDS], *joined(JOINED, seed=number)]
        turn = range(number, len(imitated), ROUNDS)
        lessons = [*ours, *(imitated[place] for place in turn), *again]
        taught = np.concatenate(
            [known[: len(ours)], known[[len(ours) + place for place in turn]], np.zeros((len(again), known.shape[1]))]
        )
        rounds.append(_round(lessons, cut, taught.astype(np.float32)))
    return rounds


@torch.no_grad()
def embeddings(network: Network, texts: Round) -> NDArray[np.float32]:
    """The means over the pieces, of unit length (texts × hidden)."""
    found = np.zeros((len(texts.lessons), network.word.embedding_dim), np.float32)
    for batch in texts.batches(random.Random(SEED)):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            pooled = network.pooled(torch.from_numpy(padded([texts.ids[place] for place in batch])))
        found[batch] = functional.normalize(pooled.float(), dim=1).numpy()
    return found


def _silent(data: Path) -> list[Lesson]:
    """Texts that name brands, for the embedding alone."""
    return [Lesson(text=as_read(one.text, [one.brand]), tone=-1, language="") for one in unlabelled(data)]
