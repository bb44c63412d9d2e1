"""What clicks added to a verdict, kept in the name of its model, so that what the shipped judge said can be told again.

Clicks are learned from beside what the *shipped* judge said. Learned beside verdicts that earlier clicks had moved, a
correction would seem less and less needed, and wear itself away.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .labelled import SENTIMENTS
from .logistic import softmax
from .verdict import Verdict

Numbers = NDArray[np.float64]

FLOOR: Final = 1e-4
"""No probability is less: nothing is so sure that clicks could not say otherwise."""
_STAMP: Final = re.compile(r"\+clicks\(([-+]\d+\.\d{3}) ([-+]\d+\.\d{3}) ([-+]\d+\.\d{3})\)$")


def moved(verdict: Verdict, by: Sequence[float]) -> Verdict:
    """The verdict with `by` added to the logarithms of negative, neutral and positive."""
    by = [round(each, 3) for each in by]
    stamp = "+clicks({:+.3f} {:+.3f} {:+.3f})".format(*by)
    return _with(verdict, by, f"{verdict.model}{stamp}")


def shipped(verdict: Verdict) -> Verdict:
    """The verdict as the shipped judge gave it, whatever clicks made of it."""
    found = _STAMP.search(verdict.model)
    if found is None:
        return verdict
    return _with(verdict, [-float(each) for each in found.groups()], name(verdict.model))


def name(model: str) -> str:
    """The shipped model's own name."""
    return _STAMP.sub("", model)


def logs(odds: Sequence[Sequence[float]]) -> Numbers:
    """Probabilities (texts × sentiments) as logarithms."""
    shares = np.array(odds, dtype=np.float64).reshape(-1, len(SENTIMENTS)).clip(FLOOR)
    return np.asarray(np.log(shares / shares.sum(axis=1, keepdims=True)))


def _with(verdict: Verdict, by: Sequence[float], model: str) -> Verdict:
    [odds] = softmax(logs([(verdict.negative, verdict.neutral, verdict.positive)]) + np.array(by)).tolist()
    sentiment = SENTIMENTS[odds.index(max(odds))]
    return replace(
        verdict,
        sentiment=sentiment,
        negative=odds[0],
        neutral=odds[1],
        positive=max(0.0, 1 - odds[0] - odds[1]),
        model=model,
    )
