"""What the house has learned from what people said of mentions, made anew from the store whenever they said more."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from models.clicks import Click, Taste, adapt
from models.stamp import shipped
from models.verdict import Verdict

from .types import Record
from .views import Labelled

HEARD: Final = 2_000
"""Mentions that nobody clicked, the newest, that tell how frequent each sentiment is; of all brands together."""


class Store(Protocol):
    """What is asked of the store."""

    def labelled(self, brand: str | None = None) -> list[Labelled]:
        """What people said, oldest first, as far as it teaches."""
        ...

    def unlabelled(self, brand: str, limit: int) -> Iterator[tuple[Record, bytes]]:
        """Mentions of whose relevance nobody said anything, newest first, with their embeddings."""
        ...

    def taught(self) -> int:
        """Grows whenever there is something to learn anew."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What was learned when the store said `taught`: the account's taste, which all brands share."""

    taught: int = 0
    taste: Taste = field(default_factory=Taste)


def learn_all(store: Store, brands: Sequence[str]) -> Learned:
    """Everything there is to learn for these brands."""
    # Asked first: what is said meanwhile is learned the next time.
    taught = store.taught()
    return Learned(taught=taught, taste=taste(store, brands))


def is_stale(learned: Learned, store: Store) -> bool:
    """Whether there is something to learn anew. Costs nothing to ask."""
    return learned.taught != store.taught()


def taste(store: Store, brands: Sequence[str]) -> Taste:
    """What the clicks on sentiment amount to."""
    return adapt([_click(one) for one in store.labelled() if one.sentiment], list(_unclicked(store, brands)))


def _click(labelled: Labelled) -> Click:
    assert labelled.sentiment is not None
    verdict = shipped(labelled.record.mention.verdict)
    return Click(
        negative=verdict.negative,
        neutral=verdict.neutral,
        positive=verdict.positive,
        sentiment=labelled.sentiment,
        language=verdict.language,
        embedding=labelled.embedding,
    )


def _unclicked(store: Store, brands: Sequence[str]) -> Iterator[Verdict]:
    """What the shipped judge said of mentions that people saw and left as they were, the newest first."""
    each = HEARD // max(1, len(brands))
    heard = [pair for brand in brands for pair in store.unlabelled(brand, each) if _was_left(pair[0])]
    heard.sort(key=lambda pair: pair[0].mention.published_at, reverse=True)
    for record, embedding in heard:
        yield replace(shipped(record.mention.verdict), embedding=embedding)


def _was_left(record: Record) -> bool:
    return not record.mention.hidden and (record.label is None or record.label.sentiment is None)
