"""What we have seen of a server that speaks the Mastodon API, and where it stands among what is there."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .. import marks
from ..text import clean
from .status import Status

LATE = timedelta(minutes=15)
"""Posts of other servers arrive late and take their place, by id, among those that we have read."""
KEPT = 10_000
"""Posts of which we remember under what number a server knows them."""


class Known:
    """Deletions name a post by the number that one server gave it, which says nothing elsewhere: the ids of the last
    posts that it told of, by that number."""

    def __init__(self, most: int = KEPT) -> None:
        self._ids: dict[str, str] = {}
        self._most = most

    def meet(self, statuses: Iterable[Status]) -> None:
        for status in statuses:
            self._ids.pop(status.id, None)  # whom we meet again goes to the end
            self._ids[status.id] = clean(status.uri)
        while len(self._ids) > self._most:
            del self._ids[next(iter(self._ids))]

    def id(self, number: str) -> str | None:
        return self._ids.get(number)


@dataclass(frozen=True, slots=True)
class Poll:
    """Where each query stands, as far back as to begin where none does, and what the server told of so far."""

    stands: dict[str, str]
    since: datetime
    known: Known = field(default_factory=Known)

    @property
    def mark(self) -> str:
        return marks.written(self.stands)


class Seen:
    """What one poll has read of one query: when each status was written, by id."""

    def __init__(self) -> None:
        self._written: dict[str, datetime] = {}

    def new(self, statuses: Iterable[Status]) -> list[Status]:
        """Those not read before; a server that ignores our window thus ends the poll instead of holding it up."""
        fresh = {status.id: status for status in statuses if status.id not in self._written}
        self._written |= {status.id: status.at for status in fresh.values()}
        return list(fresh.values())

    @property
    def newest(self) -> str | None:
        return max(self._written, key=order, default=None)

    @property
    def below(self) -> dict[str, str]:
        return {"max_id": min(self._written, key=order)} if self._written else {}

    def anchor(self, previous: str) -> str:
        """The id to go on behind: the newest that late arrivals can no longer precede, else where we stood."""
        if not self._written:
            return previous
        ordered = sorted(self._written, key=order)
        late = self._written[ordered[-1]] - LATE
        settled = [name for name in ordered if self._written[name] <= late]
        return settled[-1] if settled else previous or ordered[0]


def order(name: str) -> tuple[int, str]:
    """Sorts ids. They are strings, numbers on Mastodon and letters elsewhere; the longer one is the newer."""
    return len(name), name
