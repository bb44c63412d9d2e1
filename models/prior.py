"""How frequent each sentiment is where an account listens, told from the verdicts alone.

A model that was made where a third of the texts was negative expects that everywhere. The shares are estimated by EM
after M. Saerens, P. Latinne and C. Decaestecker, "Adjusting the outputs of a classifier to new a priori probabilities",
Neural Computation 14, 2002. That holds where only the shares differ and not the texts within a sentiment. Texts always
differ somewhat, so the way is gone in part only, and not before there is enough to see.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

BASE: Final = (1 / 3, 1 / 3, 1 / 3)
"""The shares that the shipped models expect: the text that calibrates them is balanced."""
LEAST: Final = 200
"""Verdicts, before anything is estimated from them."""
PULL: Final = 50.0
"""Verdicts that are imagined to have come as `BASE` says: rare sentiments are not taken for impossible ones."""
DAMPING: Final = 0.5
_STEPS: Final = 200
_STILL: Final = 1e-5


def estimate(odds: Numbers) -> Numbers:
    """The shares of the classes among texts (texts × classes, probabilities given `BASE`); `BASE` while few."""
    base = np.array(BASE)
    shares = base
    for _ in range(_STEPS if len(odds) >= LEAST else 0):
        moved = odds * (shares / base)
        moved /= moved.sum(axis=1, keepdims=True)
        before, shares = shares, (moved.sum(axis=0) + PULL * base) / (len(odds) + PULL)
        if np.abs(shares - before).max() < _STILL:
            break
    return np.asarray(shares)


def shift(shares: Numbers) -> Numbers:
    """What to add to each class's logarithm where these are its shares."""
    moved = DAMPING * np.log(shares / np.array(BASE))
    return np.asarray(moved - moved.mean())
