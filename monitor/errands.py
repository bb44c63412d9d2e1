"""What the house goes out for beside polling, as values: to look at posts again, and to answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from connectors.post import Post


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A mention whose post is due to be looked at again."""

    number: int
    network: str
    post_id: str
    published_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """The right to look at posts of one source again until the lease ends. `token` is as in `Claim`; `failures` counts
    those that went before, `doubts` the answers in a row that were not believed."""

    source: str
    token: int
    failures: int
    doubts: int
    due: tuple[Look, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What came of it: posts as they stand now, those that are gone, and when each mention (by number) is next; `None`
    is never. `next_at` leaves the source alone until then."""

    posts: tuple[Post, ...] = ()
    gone: tuple[tuple[str, str], ...] = ()
    again: Mapping[int, datetime | None] = field(default_factory=dict)
    has_failed: bool = False
    is_doubted: bool = False
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An answer on its way to a network. `key` tells it from all others, also when it is tried again; `tries` counts
    how often it was handed over, this time included."""

    key: str
    number: int
    source: str
    by: str
    text: str
    begun_at: datetime
    tries: int
