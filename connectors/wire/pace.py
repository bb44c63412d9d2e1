"""One queue per host: who may ask it when. Shared by all polls, so two hundred sources on one host stay polite."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from ..errors import RateLimited

SHORT = timedelta(seconds=10)
"""A host's own wait up to this long is sat out; a longer one ends the poll."""
MOST_LANES = 10_000


@dataclass(slots=True)
class Lane:
    """Seconds on the ticking clock: when the next request may leave, and until when the host wants none."""

    free_at: float = 0.0
    closed_until: float = 0.0


@dataclass(frozen=True, slots=True)
class Lanes:
    """`tick` counts seconds and never goes back, whatever is done to the clock on the wall."""

    tick: Callable[[], float]
    lanes: dict[str, Lane] = field(default_factory=dict)

    def reserve(self, host: str, pace: float) -> float:
        """Take the next free slot and say how many seconds away it is. Nothing is awaited between looking and taking,
        so no two callers get the same one. `RateLimited` while the host is closed for long."""
        now = self.tick()
        lane = self._lane(host, now)
        if lane.closed_until - now > SHORT.total_seconds():
            rest = timedelta(seconds=round(lane.closed_until - now, 1))
            raise RateLimited(f"{host}: asked us to stay away; {rest.total_seconds():.0f} s of that are left", rest)
        slot = max(now, lane.free_at, lane.closed_until)
        lane.free_at = slot + pace
        return slot - now

    def close(self, host: str, rest: timedelta) -> None:
        """The host wants no requests for `rest`: hold to it for everybody."""
        now = self.tick()
        lane = self._lane(host, now)
        lane.closed_until = max(lane.closed_until, now + rest.total_seconds())

    def is_open(self, host: str) -> bool:
        """Whether a slot that was waited for may still be used: the host may have closed meanwhile."""
        lane = self.lanes.get(host)
        return lane is None or lane.closed_until <= self.tick()

    def _lane(self, host: str, now: float) -> Lane:
        if host not in self.lanes and len(self.lanes) >= MOST_LANES:
            idle = [name for name, lane in self.lanes.items() if max(lane.free_at, lane.closed_until) <= now]
            for name in idle:
                del self.lanes[name]
        return self.lanes.setdefault(host, Lane())
