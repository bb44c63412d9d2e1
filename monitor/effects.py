"""What words stand in which stored mentions, as the matcher sees it: so what a query with them would have changed."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from .match import PAGE, Matcher
from .query import Query
from .tree import Term
from .types import Brand, Record

RELEVANT, IRRELEVANT, HIDDEN, SHOWN = KINDS = range(4)
"""What a mention is: marked relevant or irrelevant by a person, or else hidden or shown by the model."""

Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """Stored mentions that hold a term: marked relevant by a person (their numbers), marked irrelevant, hidden by the
    model, shown by it. `gained` are posts, stored for other brands alone, that would be mentions of this one."""

    relevant: tuple[int, ...] = ()
    irrelevant: int = 0
    hidden: int = 0
    shown: int = 0
    gained: int = 0

    @property
    def mentions(self) -> int:
        return len(self.relevant) + self.irrelevant + self.hidden + self.shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """All mentions of the brand by their number and kind, and for each term which of them hold it."""

    numbers: NDArray[np.int64]
    kinds: NDArray[np.int64]
    holders: Mapping[Term, Places]
    gained: Mapping[Term, int]

    def effect(self, term: Term, of: Places | None = None) -> Effect:
        """What the mentions that hold `term` are, or those `of` them."""
        return self._told(self.holders[term] if of is None else of, self.gained[term])

    def all(self) -> Effect:
        return self._told(np.arange(len(self.kinds)), 0)

    def _told(self, places: Places, gained: int) -> Effect:
        kinds = self.kinds[places]
        counts = np.bincount(kinds, minlength=len(KINDS))
        return Effect(
            relevant=tuple(sorted(self.numbers[places[kinds == RELEVANT]].tolist())),
            irrelevant=int(counts[IRRELEVANT]),
            hidden=int(counts[HIDDEN]),
            shown=int(counts[SHOWN]),
            gained=gained,
        )


def look(brand: Brand, candidates: Sequence[Term], history: Iterable[Record]) -> Effects:
    """What each candidate stands in."""
    watched = {str(at): term for at, term in enumerate(candidates)}
    matcher = Matcher([brand, *(Brand(name=at, query=Query(root=term)) for at, term in watched.items())])
    numbers: list[int] = []
    kinds: list[int] = []
    holders: dict[Term, list[int]] = {term: [] for term in candidates}
    gained: Counter[Term] = Counter()
    for page in _pages(history):
        named = matcher.match([record.mention.post for record in page])
        for record, brands in zip(page, named, strict=True):
            held = [watched[found.name] for found in brands if found is not brand]
            if record.mention.brand == brand.name:
                for term in held:
                    holders[term].append(len(numbers))
                numbers.append(record.number)
                kinds.append(_kind(record))
            elif brand not in brands:
                gained.update(held)
    return Effects(
        numbers=np.array(numbers, dtype=np.int64),
        kinds=np.array(kinds, dtype=np.int64),
        holders={term: np.array(places, dtype=np.int64) for term, places in holders.items()},
        gained=gained,
    )


def said(record: Record) -> bool | None:
    """Whether a person marked it relevant or irrelevant; `None` when nobody did."""
    return record.label.relevant if record.label else None


def _kind(record: Record) -> int:
    told = said(record)
    if told is None:
        return HIDDEN if record.mention.hidden else SHOWN
    return RELEVANT if told else IRRELEVANT


def _pages(history: Iterable[Record]) -> Iterator[list[Record]]:
    rest = iter(history)
    while page := list(islice(rest, PAGE)):
        yield page
