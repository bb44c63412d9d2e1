"""What is done with what people say of relevance: a brand's model learns anew, its mentions are judged again."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final, Protocol

from connectors.post import Post
from models.errors import BadProfile
from models.profile import Profile
from models.relevance import Glimpse
from models.relevance import Lessons as Learned

from .store.base import Lessons
from .types import Brand

NEWEST: Final = 5_000
"""Mentions of a brand that are judged again: what is older nobody is waiting for."""


class Judge(Protocol):
    """What tells how likely posts are about a brand, and learns it (`models.relevance.Relevance`)."""

    def judge(
        self, glimpses: Sequence[Glimpse], profile: Profile | None, lessons: Learned | None = None
    ) -> list[float]:
        """One probability per glimpse, in order."""
        ...

    def learn(self, profile: Profile, examples: Sequence[tuple[Glimpse, bool]]) -> Learned:
        """What examples, oldest first, teach of the brand."""
        ...


def teach(
    lessons: Lessons,
    brands: Sequence[Brand],
    relevance: Judge,
    threshold: float,
    *,
    only: Collection[str] | None = None,
) -> int:
    """Judge the newest mentions again that nobody has called relevant or not, of all `brands` of the configuration or
    `only` those of these names; what falls below `threshold` is hidden. How many changed sides."""
    taught = [brand for brand in brands if only is None or brand.name in only]
    return sum(_judge_again(lessons, brand, brands, relevance, threshold) for brand in taught)


def _judge_again(lessons: Lessons, brand: Brand, brands: Sequence[Brand], relevance: Judge, threshold: float) -> int:
    profile = known(lessons, brand, brands)
    found = list(lessons.unlabelled(brand.name, NEWEST))
    glimpses = [glimpse(record.mention.post, record.mention.language, embedding) for record, embedding in found]
    scores = relevance.judge(glimpses, profile, learned(lessons, brand, profile, relevance))
    return lessons.rescore(
        {record.number: (score, score < threshold) for (record, _), score in zip(found, scores, strict=True)}
    )


def learned(lessons: Lessons, brand: Brand, profile: Profile, relevance: Judge) -> Learned | None:
    """What people have taught of this brand so far."""
    told = examples(lessons, brand)
    return relevance.learn(profile, told) if told else None


def examples(lessons: Lessons, brand: Brand) -> list[tuple[Glimpse, bool]]:
    """What people said of this brand's mentions, oldest first; a post that was deleted has no words left to learn
    from."""
    return [
        (glimpse(one.record.mention.post, one.record.mention.language, one.embedding), one.relevant)
        for one in lessons.labelled(brand.name)
        if one.relevant is not None and one.record.deleted_at is None
    ]


def known(lessons: Lessons, brand: Brand, brands: Sequence[Brand]) -> Profile:
    """The profile of `brand`: what the configuration tells by now, and what its pages said, if a profile is kept that
    can be read."""
    told = Profile.build(
        brand.name,
        names=brand.names,
        handles=brand.handles,
        host=brand.site,
        rivals=[other.name for other in brands if other.name != brand.name],
    )
    if kept := lessons.profile(brand.name):
        try:
            pages = Profile.from_json(kept[0])
        except BadProfile:
            return told  # It is built anew in time.
        return replace(told, words=pages.words, before=pages.before, after=pages.after, chunks=pages.chunks)
    return told


def glimpse(post: Post, language: str | None, embedding: bytes) -> Glimpse:
    """A post as the judge of relevance sees it."""
    return Glimpse(
        text=post.text,
        title=post.title,
        url=post.url,
        links=post.links,
        handle=post.author.handle if post.author else None,
        author_name=post.author.name if post.author else None,
        language=language,
        embedding=embedding,
    )
