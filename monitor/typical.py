"""Which words are typical of some texts and not of others: log-odds with an informative Dirichlet prior.

After Monroe, Colaresi and Quinn, "Fightin' Words" (Political Analysis 16, 2008): how much likelier a word is in one
group than in the other, pulled towards how common it is in both by a prior, and divided by its standard deviation, so
that a word seen twice never beats one seen two hundred times.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from math import log, sqrt
from typing import Final

from .common import COMMON, FURNITURE
from .fold import fold

LONGEST: Final = 3_000
"""Characters of a text that are looked at."""
MOST: Final = 200_000
"""Words and phrases counted at a time; then those met once are dropped."""
PRIOR: Final = 5.0
"""Texts that the prior is worth."""
SHORTEST: Final = 3

_WORD: Final = re.compile(r"[@#]?\w+")


def terms(text: str, *, phrases: bool = True) -> Iterator[str]:
    """The words, tags and handles of a text, folded, and with `phrases` every two neighbours that both say something.
    Each may come several times."""
    words = _WORD.findall(fold(text[:LONGEST]))
    told = [word if says_something(word) else "" for word in words]
    yield from filter(None, told)
    if phrases:
        yield from (f"{one} {other}" for one, other in pairwise(told) if one.isalnum() and other.isalnum())


def says_something(word: str) -> bool:
    """Whether a folded word could tell one subject from another."""
    return len(word) >= SHORTEST and word not in COMMON and not word.lstrip("@#").isdigit()


@dataclass(slots=True)
class Group:
    """In how many of a group's texts each word stands. A text may weigh more than another."""

    texts: float = 0.0
    counts: dict[str, float] = field(default_factory=dict)

    def add(self, words: set[str], weight: float = 1.0) -> None:
        self.texts += weight
        for word in words:
            self.counts[word] = self.counts.get(word, 0.0) + weight
        if len(self.counts) > MOST:
            self.counts = {word: count for word, count in self.counts.items() if count > 1}


def typical(group: Group, other: Group) -> dict[str, float]:
    """For each word of `group`, how many standard deviations its log-odds lie above those in `other`."""
    together = group.texts + other.texts
    return {
        word: _distance(count, group.texts, other.counts.get(word, 0.0), other.texts, together)
        for word, count in group.counts.items()
    }


def _distance(here: float, texts: float, there: float, others: float, together: float) -> float:
    prior = PRIOR * (here + there) / together
    odds = _odds(here + prior, texts + PRIOR) - _odds(there + prior, others + PRIOR)
    return odds / sqrt(1 / (here + prior) + 1 / (there + prior))


def _odds(count: float, of: float) -> float:
    # Half a text more on either side: a word may stand in all of them.
    return log((count + 0.5) / (of - count + 0.5))


def telling(words: Mapping[str, int], others: Mapping[str, int], but: frozenset[str], most: int) -> list[str]:
    """The words, counted in one brand's pages, that tell it best from those counted in `others`; `but` left out."""
    here, there = sum(words.values()), sum(others.values())
    ranked = {
        word: _distance(count, here, others.get(word, 0), there, here + there) if there else float(count)
        for word, count in words.items()
        if says_something(word) and word.isalpha() and word not in FURNITURE and word not in but
    }
    return sorted(ranked, key=lambda word: (-ranked[word], -words[word], word))[:most]
