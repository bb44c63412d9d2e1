"""How well relevance judges brands that its training never saw: each is left out in turn.

Labels are drawn from the earlier half of a brand's posts, in time; the later half is scored.
"""

import logging
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..relevance import RELEVANT, Relevance, Seen, taught
from ..traits import Floats

log = logging.getLogger(__name__)

DRAWS: Final = 5
"""How often labels are drawn."""

Labels = NDArray[np.int64]
Fit = Callable[[Sequence[Floats], Sequence[Labels]], Relevance]


def evaluate(fit: Fit, seen: Sequence[Seen], labels: Sequence[Labels], head: int) -> None:
    """Print how well brands are judged that training never saw."""
    held: list[tuple[Seen, Labels, Relevance]] = []
    for left, (one, relevant) in enumerate(zip(seen, labels, strict=True)):
        others = [at for at in range(len(seen)) if at != left]
        model = fit([seen[at].traits for at in others], [labels[at] for at in others])
        known = np.minimum(one.known, head)
        prior = (one.traits * model.weights[known]).sum(axis=1) + model.bias[known]
        posts = one.posts if head == 2 else np.zeros_like(one.posts)
        held.append((replace(one, known=known, prior=prior, posts=posts), relevant, model))
        log.info("left out %d of %d", left + 1, len(seen))
    _line("0, all posts", [(one.prior, relevant) for one, relevant, _ in held])
    for count in (0, 1, 3, 5, 25, 100, 250):
        scored = []
        for one, relevant, model in held:
            features = model.features(one)
            half = len(relevant) // 2
            for draw in range(DRAWS if count else 1):
                chosen = np.random.default_rng(draw).permutation(half)[:count]
                lessons = taught(features[chosen], one.prior[chosen], relevant[chosen].astype(float))
                scored.append((lessons.heed(one.prior[half:], features[half:]), relevant[half:]))
        _line(f"{count}", scored)
    for count in (3, 10, 30):
        scored = []
        for one, relevant, model in held:
            features, half = model.features(one), len(relevant) // 2
            wrong = np.flatnonzero(relevant[:half] == 0)[:count]
            if len(wrong) == count:
                lessons = taught(features[wrong], one.prior[wrong], np.zeros(count))
                scored.append((lessons.heed(one.prior[half:], features[half:]), relevant[half:]))
        _line(f"{count} irrelevant, none relevant", scored)


def _line(told: str, scored: Sequence[tuple[Floats, Labels]]) -> None:
    """One line of the table: means over brands, except for the calibration error, which is over all posts."""
    mixed = [(scores, y) for scores, y in scored if 0 < y.sum() < len(y)]
    logits, labels = np.concatenate([one for one, _ in scored]), np.concatenate([y for _, y in scored])
    shown = [(_odds(scores) >= RELEVANT, y) for scores, y in scored]
    figures = {
        "AUC": np.mean([auc(scores, y) for scores, y in mixed]),
        "pooled": auc(logits, labels),
        "accuracy": np.mean([((scores > 0) == y).mean() for scores, y in scored]),
        "F(R,S)": np.mean([f_rs(scores > 0, y) for scores, y in scored]),
        "kept": np.mean([kept[y == 1].mean() for kept, y in shown if y.any()]),
        "hidden": np.mean([(~kept[y == 0]).mean() for kept, y in shown if not y.all()]),
        "ECE": ece(_odds(logits), labels),
    }
    sys.stdout.write(f"{told:>26}  " + "  ".join(f"{name} {value:.3f}" for name, value in figures.items()) + "\n")
    sys.stdout.flush()


def _odds(logits: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-logits.clip(-30, 30))))


def auc(scores: Floats, relevant: Labels) -> float:
    """The chance that a relevant post scores above an irrelevant one; ties count half."""
    _, place_, counts = np.unique(scores, return_inverse=True, return_counts=True)
    rank = (np.cumsum(counts) - (counts - 1) / 2)[place_]
    ones = int(relevant.sum())
    return float((rank[relevant == 1].sum() - ones * (ones + 1) / 2) / (ones * (len(relevant) - ones)))


def f_rs(said: NDArray[np.bool_], relevant: Labels) -> float:
    """RepLab's measure: the harmonic mean of reliability and sensitivity, which on two sides are the product of both
    sides' precisions and that of their recalls (Amigó, Gonzalo and Verdejo 2013). 0 when all is put on one side."""
    truly = relevant.astype(bool)
    right = np.array([(said & truly).sum(), (~said & ~truly).sum()], dtype=np.float64)
    told, true = (np.array([(one).sum(), (~one).sum()]) for one in (said, truly))
    reliability, sensitivity = (float((right / np.maximum(sizes, 1)).prod()) for sizes in (told, true))
    both = reliability + sensitivity
    return 2 * reliability * sensitivity / both if both else 0.0


def ece(p: Floats, relevant: Labels) -> float:
    """How far stated probabilities are from shares, over ten bins of equal width."""
    bins = np.minimum((p * 10).astype(int), 9)
    return float(
        sum(abs((p[bins == b] - relevant[bins == b]).sum()) for b in range(10)) / len(p),
    )
