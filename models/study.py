"""What is learned from, as arrays: texts as features, clicks in the order of time, and what nobody clicked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from .labelled import SENTIMENTS
from .logistic import fit, softmax
from .proof import silence
from .stamp import logs

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]

SLOPE, BIAS, LANGUAGE, PLACE = 0.2, 0.7, 0.35, 1.0
"""How far each kind of weight is expected from zero (standard deviations of its prior): the judge's own odds, the
account, a language, and where a text stands among texts."""
FIRST: Final = 10
_DIMENSIONS: Final = 384
_GROWTH: Final = 2
"""The check learns from the first ten clicks, then from twice as many, and so on."""


class Judged(Protocol):
    """What the shipped judge said of a text: a `Verdict`, or a `Click`."""

    @property
    def negative(self) -> float: ...
    @property
    def neutral(self) -> float: ...
    @property
    def positive(self) -> float: ...
    @property
    def language(self) -> str | None: ...
    @property
    def embedding(self) -> bytes: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """How texts become features. Each of `languages` has a weight of its own; places are measured from `middle`, since
    the embeddings of an encoder all lie on one side."""

    languages: tuple[str, ...] = ()
    middle: Numbers = field(default_factory=lambda: np.zeros(0))

    @classmethod
    def around(cls, judged: Sequence[Judged]) -> Self:
        told = {one.language for one in judged if one.language}
        places = [_place(one.embedding) for one in judged if len(one.embedding) == _DIMENSIONS]
        return cls(languages=tuple(sorted(told)), middle=np.mean(places, axis=0) if places else np.zeros(0))

    @property
    def deviations(self) -> Numbers:
        return np.array([SLOPE, SLOPE, BIAS, *[LANGUAGE] * len(self.languages), *[PLACE] * len(self.middle)])

    def features(self, judged: Sequence[Judged]) -> Numbers:
        """Texts × (log-odds of negative, of positive, one, each language, each dimension)."""
        found = np.zeros((len(judged), len(self.deviations)))
        told = np.log(odds(judged))
        found[:, :2] = (told - np.log(-np.expm1(told)))[:, [0, 2]]
        found[:, 2] = 1
        first = 3 + len(self.languages)
        for at, one in enumerate(judged):
            if one.language in self.languages:
                found[at, 3 + self.languages.index(one.language)] = 1
            if len(one.embedding) == len(self.middle) > 0:
                found[at, first:] = _place(one.embedding) - self.middle
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """All that is learned from, as arrays: clicks in the order of time, and what nobody clicked."""

    features: Numbers
    theirs: Numbers
    said: Places
    unclicked: Numbers
    unclicked_theirs: Numbers
    shift: Numbers
    precision: Numbers

    def learn(self, count: int, start: Numbers | None = None) -> Numbers:
        """The weights after the first `count` clicks."""
        quiet = len(self.unclicked)
        each = silence(self.theirs[:count], self.said[:count], self.unclicked_theirs) / max(1, quiet)
        return fit(
            features=np.vstack([self.features[:count], self.unclicked]),
            opinion=np.log(np.vstack([self.theirs[:count], self.unclicked_theirs])) + self.shift,
            truth=np.vstack([np.eye(len(SENTIMENTS))[self.said[:count]], self.unclicked_theirs]),
            counts=np.concatenate([np.ones(count), np.full(quiet, each)]),
            precision=self.precision,
            start=np.zeros((len(self.precision), len(SENTIMENTS))) if start is None else start,
        )

    def foretell(self) -> Numbers:
        """Each click but the first ten, from those before it."""
        weights, told, count = None, [], FIRST
        while count < len(self.said):
            weights = self.learn(count, weights)
            until = min(len(self.said), count * _GROWTH)
            told.append(self.ours(self.features[count:until], self.theirs[count:until], weights))
            count = until
        return np.vstack(told)

    def ours(self, features: Numbers, theirs: Numbers, weights: Numbers) -> Numbers:
        return softmax(np.log(theirs) + self.shift + features @ weights)


def odds(judged: Sequence[Judged]) -> Numbers:
    """Their probabilities, none of them zero: texts × sentiments."""
    return np.asarray(np.exp(logs([(one.negative, one.neutral, one.positive) for one in judged])))


def _place(embedding: bytes) -> Numbers:
    return np.frombuffer(embedding, dtype=np.int8).astype(np.float64) / 127
