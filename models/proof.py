"""Whether a correction learned from clicks deserves to be used. Plain functions of arrays, texts × sentiments."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .judge import ALERT_THRESHOLD

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]

MISSED: Final = 3.0
"""What a complaint that is missed costs, in mentions that were shown in vain: people would rather see three of them."""
GAIN: Final = 0.005
"""How much better a correction must foretell clicks, in nats a click, to be worth having."""
SURE: Final = 1.0
"""Standard errors by which it must."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """How a correction did beside the shipped judge, a click: `gain` in nats (with its standard error), `spared` in
    mentions shown in vain or their worth in missed complaints. Both count what it overturns where nobody clicked."""

    gain: float
    error: float
    spared: float

    @property
    def holds(self) -> bool:
        return self.gain > max(GAIN, SURE * self.error) and self.spared >= 0


def prove(foretold: tuple[Numbers, Numbers, Places], unclicked: tuple[Numbers, Numbers], silence: float) -> Proof:
    """`foretold`: of each click, what the correction foretold before it knew it, what the shipped judge did, and what
    the person said. `unclicked`: the same two of what nobody clicked, where the shipped judge is the truth; they weigh
    as much as `silence` of the clicks."""
    ours, theirs, said = foretold
    gains = np.log(ours[np.arange(len(said)), said]) - np.log(theirs[np.arange(len(said)), said])
    gain, spared = float(gains.mean()), float((cost(theirs, _sure(said)) - cost(ours, _sure(said))).mean())
    ours, theirs = unclicked
    if silence and len(ours):
        gain -= silence * float((theirs * np.log(theirs / ours)).sum(axis=1).mean())
        spared += silence * float((cost(theirs, theirs) - cost(ours, theirs)).mean())
    return Proof(gain=gain, error=float(gains.std() / np.sqrt(len(gains))), spared=spared)


def cost(odds: Numbers, truth: Numbers) -> Numbers:
    """What each text is expected to cost when those from the alert threshold on are shown."""
    return np.where(odds[:, 0] >= ALERT_THRESHOLD, 1 - truth[:, 0], MISSED * truth[:, 0])


def silence(odds: Numbers, said: Places, unclicked: Numbers) -> float:
    """How many unclicked mentions stand for agreement, had the judge been right as often as it says of itself: so many
    as it takes beside these clicks, and never more than there are.

    Where people click at random, that is none. Where they only correct, two corrections by a judge that is right two
    times in three stand for six mentions looked at, and four left alone.
    """
    if not len(unclicked):
        return 0.0
    right = float(unclicked.max(axis=1).mean())
    agreeing = int((odds.argmax(axis=1) == said).sum())
    looked = (len(said) - agreeing) / (1 - right)
    return float(np.clip(looked * right - agreeing, 0, len(unclicked)))


def order(odds: Numbers, said: Places) -> float | None:
    """How far clicks follow the judge: in standard errors, whether among mentions that it called the same, those it
    thought more positive are those that people called more so. Around 0 for clicks at random, below for clicks upside
    down; `None` when that cannot be told.

    Only mentions called the same are compared, since people choose what to click by what it was called. It is the
    extended Mantel-Haenszel statistic for correlation (N. Mantel, "Chi-square tests with one degree of freedom",
    Journal of the American Statistical Association 58, 1963), on ranks, with the judge's choice as stratum.
    """
    tone, chosen = np.log(odds[:, 2] / odds[:, 0]), odds.argmax(axis=1)
    total = variance = 0.0
    for one in np.unique(chosen):
        among = chosen == one
        if among.sum() < 2:
            continue
        ranks = _centred(tone[among].argsort().argsort().astype(np.float64))
        called = _centred(said[among].astype(np.float64))
        total += float(ranks @ called)
        variance += float((ranks @ ranks) * (called @ called) / (among.sum() - 1))
    return total / variance**0.5 if variance else None


def _centred(values: Numbers) -> Numbers:
    return np.asarray(values - values.mean())


def _sure(said: Places) -> Numbers:
    return np.eye(3)[said]
