"""What a source is to be judged by: its own habit. Whether it needs people, and for what; pure, as of `now`."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil

from .notice import Need
from .types import Actor
from .views import Standing

DAY = timedelta(days=1)
LEAST = 5
"""Days with a pause that it takes to speak of a habit."""
USUAL = 0.9
"""Of ten days' longest pauses one may be a freak: a holiday, a back-dated post."""
MUCH = 5
"""How many times its usual longest pause a source may be silent before people are asked to look."""
IMPORTS = frozenset({"file"})
"""Connectors that read what people bring: they have no habit of their own."""


def habit(pauses: Sequence[timedelta]) -> timedelta | None:
    """The usual longest pause, of the longest ones of each day; `None` when there are too few days to tell."""
    if len(pauses) < LEAST:
        return None
    return sorted(pauses)[ceil(USUAL * len(pauses)) - 1]


def silent_since(source: Standing) -> datetime | None:
    """Since when a source that answers has brought nothing new, if that is much longer than its habit, and a day at
    least. Only silence that somebody listened to counts."""
    usual = habit(source.pauses)
    if usual is None or source.fresh_at is None or source.seen_until is None or source.connector in IMPORTS:
        return None
    is_long = source.seen_until - source.fresh_at > max(MUCH * usual, DAY)
    return source.fresh_at if is_long else None


def need(source: Standing, now: datetime) -> Need:
    """What a source needs people for. What fails for less than a day, and may mend by itself, changes nothing."""
    if source.error is None:
        return "silent" if silent_since(source) else ""
    if source.actor is Actor.PERSON:
        return "refused"
    has_failed_for = now - source.failing_since if source.failing_since else timedelta(0)
    return "failing" if has_failed_for > DAY else source.told
