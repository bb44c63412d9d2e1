"""When a post is looked at again: reactions come in the first hours, edits and deletions for some days."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from .types import Mention

AGES: Final = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=24), timedelta(hours=72))
"""How long after its publication. What was heard later than the last of them is never looked at again."""


def again(published: datetime, now: datetime) -> datetime | None:
    """The next look at a post; those that were missed are not made up for."""
    return next((published + age for age in AGES if published + age > now), None)


def looks(mentions: Iterable[Mention], now: datetime) -> Mapping[str, datetime]:
    """When to look again at mentions just heard, by their ids."""
    due = ((mention.id, again(mention.published_at, now)) for mention in mentions)
    return {id: at for id, at in due if at is not None}
