"""What an account's clicks teach about sentiment: a small correction on top of the shipped judge, in use only while it
foretells the clicks better.

Three things keep it honest.

- **Silence counts.** People click to correct. Were their clicks all that is learned from, the judge would seem to be
  always wrong. So mentions that nobody clicked join in, with the shipped verdict as their truth: as many as it takes
  for the judge to have been right as often as it says of itself.
- **Order counts.** From clicks that do not follow the judge at all nothing is learned: they are a mistake, or they mean
  something else.
- **The check.** Each click is foretold from those before it. The correction must foretell better than the shipped judge
  by more than chance, must not cost more complaints missed than it spares people from seeing, and both by more than
  what it overturns where nobody clicked.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from . import prior
from .labelled import SENTIMENTS
from .proof import order, prove, silence
from .stamp import moved
from .study import FIRST, Judged, Space, Study, odds
from .verdict import Sentiment, Verdict

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]
Why = Literal["few", "silent", "astray", "worse", "better"]
"""Why a taste is in use or not: too few clicks; none of them agrees, so that corrections cannot be told from mistakes;
clicks that do not follow the judge; no better than the shipped judge; better."""

LEAST: Final = 20
"""Clicks, before anything is learned."""
MOST: Final = 2_000
"""Clicks learned from, the newest."""
HEARD: Final = 400
"""Unclicked verdicts learned from; the shares of the sentiments are told from all that are given."""
ASTRAY: Final = 1.64
"""Standard errors by which clicks must follow the judge: one in twenty who clicked at random would pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Click:
    """What a person said of a mention (`sentiment`), beside the shipped judge's probabilities of it."""

    negative: float
    neutral: float
    positive: float
    sentiment: Sentiment
    language: str | None = None
    embedding: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taste:
    """What an account's clicks amount to. `clicks` are those it rests on, of which `agreeing` said what the shipped
    judge had said; `gain` is by how much it foretold them better, in nats a click; `shares` how frequent negative,
    neutral and positive seem to be where the account listens."""

    active: bool = False
    why: Why = "few"
    clicks: int = 0
    agreeing: int = 0
    gain: float | None = None
    shares: tuple[float, float, float] = prior.BASE
    shift: Numbers = field(default_factory=lambda: np.zeros(3), repr=False)
    space: Space = field(default_factory=Space, repr=False)
    weights: Numbers = field(default_factory=lambda: np.zeros((3, 3)), repr=False)

    def apply(self, verdicts: Sequence[Verdict]) -> list[Verdict]:
        """The shipped judge's verdicts as this account would have them; as they are while it is not active."""
        if not self.active or not verdicts:
            return list(verdicts)
        by = self.shift + self.space.features(verdicts) @ self.weights
        return [moved(verdict, row) for verdict, row in zip(verdicts, by.tolist(), strict=True)]


def adapt(clicks: Sequence[Click], unclicked: Sequence[Judged] = ()) -> Taste:
    """What to learn from `clicks`, the oldest first, beside shipped verdicts on what nobody clicked, newest first."""
    clicks = clicks[-MOST:]
    theirs, told = odds(clicks), odds(unclicked)
    said = np.array([SENTIMENTS.index(click.sentiment) for click in clicks], dtype=np.int64)
    shares = prior.estimate(np.vstack([theirs, told]))
    known = Taste(
        clicks=len(clicks),
        agreeing=int((theirs.argmax(axis=1) == said).sum()),
        shares=(float(shares[0]), float(shares[1]), float(shares[2])),
        shift=prior.shift(shares),
    )
    if len(clicks) < LEAST:
        return known
    follows = order(theirs, said)
    if follows is None or follows < ASTRAY:
        return replace(known, why="silent" if follows is None else "astray")
    return _learned(known, clicks, theirs, said, unclicked[:HEARD], told[:HEARD])


def _learned(
    known: Taste, clicks: Sequence[Click], theirs: Numbers, said: Places, unclicked: Sequence[Judged], told: Numbers
) -> Taste:
    space = Space.around([*clicks, *unclicked])
    study = Study(
        features=space.features(clicks),
        theirs=theirs,
        said=said,
        unclicked=space.features(unclicked),
        unclicked_theirs=told,
        shift=known.shift,
        precision=space.deviations**-2.0,
    )
    weights = study.learn(len(clicks))
    proof = prove(
        (study.foretell(), theirs[FIRST:], said[FIRST:]),
        (study.ours(study.unclicked, told, weights), told),
        silence(theirs, said, told) / len(clicks),
    )
    return replace(
        known,
        active=proof.holds,
        why="better" if proof.holds else "worse",
        gain=proof.gain,
        space=space,
        weights=weights,
    )
