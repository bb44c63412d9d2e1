"""Measures of a judge: plain arithmetic on arrays. Shares from 0 to 1; what cannot be measured there is `None`."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


def accuracy(truth: Ints, chosen: Ints) -> float:
    """The share that was right."""
    return float((truth == chosen).mean())


def macro_f1(truth: Ints, chosen: Ints) -> float:
    """The mean F1 of the classes that occur in either: in a file of two classes nothing is asked of the third, unless
    it was chosen."""
    classes = np.union1d(truth, chosen)
    return float(np.mean([f1(truth == one, chosen == one) or 0.0 for one in classes]))


def f1(truth: Bools, said: Bools) -> float | None:
    """The harmonic mean of precision and recall. Both have the same shape, whichever that is."""
    total = int(truth.sum() + said.sum())
    return 2 * int((truth & said).sum()) / total if total else None


def macro_f1_of_sets(truth: Bools, said: Bools) -> float | None:
    """Of texts × labels that may hold together: the mean F1 of the labels that occur in either."""
    parts = [part for part in map(f1, truth.T, said.T) if part is not None]
    return float(np.mean(parts)) if parts else None


def precision(truth: Bools, said: Bools) -> float | None:
    """The share of what was said that is so."""
    return float(truth[said].mean()) if said.any() else None


def recall(truth: Bools, said: Bools) -> float | None:
    """The share of what is so that was said."""
    return float(said[truth].mean()) if truth.any() else None


def auc(truth: Bools, ranked: Numbers) -> float | None:
    """The chance that a true one ranks above a false one; ties count half."""
    if truth.all() or not truth.any():
        return None
    _, place, count = np.unique(ranked, return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2)[place]
    trues = int(truth.sum())
    return float((rank[truth].sum() - trues * (trues + 1) / 2) / (trues * (len(truth) - trues)))


def average_precision(truth: Bools, ranked: Numbers) -> float | None:
    """The area under precision over recall, in steps."""
    if not truth.any():
        return None
    _, exact, found = _curve(truth, ranked)
    return float((np.diff(found, prepend=0) * exact).sum())


def recall_at(truth: Bools, ranked: Numbers, floor: float) -> float | None:
    """The largest recall of a threshold whose precision is at least `floor`; 0 when there is none."""
    threshold = threshold_at(truth, ranked, floor)
    if threshold is None:
        return 0.0 if truth.any() else None
    return recall(truth, ranked >= threshold)


def threshold_at(truth: Bools, ranked: Numbers, floor: float) -> float | None:
    """The lowest threshold whose precision is at least `floor`."""
    if not truth.any():
        return None
    thresholds, exact, _ = _curve(truth, ranked)
    good = thresholds[exact >= floor]
    return float(good[-1]) if len(good) else None


def _curve(truth: Bools, ranked: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Every threshold that can be set, from the strictest on, with its precision and recall."""
    order = np.argsort(-ranked, kind="stable")
    hits = np.cumsum(truth[order])
    settable = np.append(np.diff(ranked[order]) != 0, True)
    exact = hits / np.arange(1, len(truth) + 1)
    return ranked[order][settable], exact[settable], (hits / hits[-1])[settable]


def calibration_error(right: Bools, confidence: Numbers, bins: int = 10) -> float:
    """How far stated confidence is from the share that was right, weighted over equal bins of confidence."""
    bucket = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [abs(right[bucket == b].sum() - confidence[bucket == b].sum()) for b in np.unique(bucket)]
    return float(sum(gaps) / len(right))


def reliability_and_sensitivity(truth: Bools, said: Bools) -> float | None:
    """F(R,S) of a filter, as RepLab 2013 ranked them (Amigó, Gonzalo and Verdejo, SIGIR 2013): for two classes
    reliability is the product of both precisions, sensitivity that of both recalls. 0 for a filter that lets all
    through; `None` where the truth has one class only."""
    if truth.all() or not truth.any():
        return None
    reliable = (precision(truth, said) or 0.0) * (precision(~truth, ~said) or 0.0)
    sensitive = (recall(truth, said) or 0.0) * (recall(~truth, ~said) or 0.0)
    return 2 * reliable * sensitive / (reliable + sensitive) if reliable and sensitive else 0.0


def mean(values: Sequence[float | None]) -> float | None:
    """The mean of those that could be measured."""
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None
