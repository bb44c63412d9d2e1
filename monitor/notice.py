"""What is told to people of a source, apart from alerts on mentions: that it needs them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Need = Literal["", "refused", "failing", "silent"]
"""What a source needs people for; "" when it needs nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What people are told of a source: that it needs them, or (`need` is "") that it does no longer. `said` is its
    error; `since` is when it began."""

    id: int
    source: str
    need: Need
    said: str | None
    since: datetime | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """A notice on its way to one notifier, claimed until its lease ends. `attempt` counts from 1."""

    id: int
    token: int
    notifier: str
    attempt: int
    notice: Notice
