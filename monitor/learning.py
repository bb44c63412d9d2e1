"""What the house has learned from what people said of mentions, made anew from the store whenever they said more."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Protocol

from models.clicks import Click, Taste, adapt
from models.stamp import shipped
from models.verdict import Verdict

from .store.base import Lessons
from .types import Brand, Record
from .views import Labelled

if TYPE_CHECKING:
    from models.profile import Profile
    from models.relevance import Glimpse
    from models.relevance import Lessons as Taught

    from .teach import Judge

HEARD: Final = 2_000
"""Mentions that nobody clicked, the newest, that tell how frequent each sentiment is; of all brands together."""


class Clicked(Protocol):
    """What is asked of the store to learn of sentiment."""

    def labelled(self, brand: str | None = None) -> list[Labelled]:
        """What people said, oldest first, as far as it teaches."""
        ...

    def unlabelled(self, brand: str, limit: int) -> Iterator[tuple[Record, bytes]]:
        """Mentions of whose relevance nobody said anything, newest first, with their embeddings."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Acquaintance:
    """What is known of a brand that tells it from its namesakes: its profile, and what people taught by `examples`."""

    profile: "Profile"
    lessons: "Taught | None"
    examples: "Sequence[tuple[Glimpse, bool]]" = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What was learned when the store said `taught`: the account's taste, which all brands share, and of each brand by
    name what tells it from its namesakes."""

    taught: int = 0
    taste: Taste = field(default_factory=Taste)
    brands: Mapping[str, Acquaintance] = field(default_factory=dict)


def learn_all(store: Lessons, brands: Sequence[Brand], relevance: "Judge", before: Learned | None = None) -> Learned:
    """Everything there is to learn of these brands, all those of the configuration. Of a brand of which nothing was
    said since `before`, that is taken over: the store's thread, on which leases are kept too, has no seconds to spare
    for each label."""
    # Asked first: what is said meanwhile is learned the next time.
    taught = store.taught()
    earlier = before.brands if before else {}
    met = {brand.name: _meet(store, brand, brands, relevance, earlier.get(brand.name)) for brand in brands}
    return Learned(taught=taught, taste=taste(store, [brand.name for brand in brands]), brands=met)


def _meet(
    store: Lessons, brand: Brand, brands: Sequence[Brand], relevance: "Judge", before: Acquaintance | None
) -> Acquaintance:
    # Imported here: the card tells of taste alone, and needs no model of relevance.
    from .teach import examples, known

    profile, told = known(store, brand, brands), examples(store, brand)
    if before and before.profile == profile and before.examples == told:
        return before
    lessons = relevance.learn(profile, told) if told else None
    return Acquaintance(profile=profile, lessons=lessons, examples=told)


def is_stale(learned: Learned, store: Lessons) -> bool:
    """Whether there is something to learn anew. Costs nothing to ask."""
    return learned.taught != store.taught()


def taste(store: Clicked, brands: Sequence[str]) -> Taste:
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


def _unclicked(store: Clicked, brands: Sequence[str]) -> Iterator[Verdict]:
    """What the shipped judge said of mentions that people saw and left as they were, the newest first."""
    each = HEARD // max(1, len(brands))
    heard = [pair for brand in brands for pair in store.unlabelled(brand, each) if _was_left(pair[0])]
    heard.sort(key=lambda pair: pair[0].mention.published_at, reverse=True)
    for record, embedding in heard:
        yield replace(shipped(record.mention.verdict), embedding=embedding)


def _was_left(record: Record) -> bool:
    return not record.mention.hidden and (record.label is None or record.label.sentiment is None)
