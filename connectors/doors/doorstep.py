"""Where those wait who post to us: the door that a connector opens while it is polled, and what comes in through it."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from .seal import Seen

if TYPE_CHECKING:
    from .porter import Parcel, Porter

T = TypeVar("T")

OPEN = "open"
"""The mark, always: what is posted while the door is closed only its sender can send again."""
QUIET = 20.0
"""Seconds without any post after which an empty page is a sign of life."""


@dataclass(slots=True)
class Doorstep:
    """What outlives a poll: what was taken already, and the port that the door has (of use where `port` is 0)."""

    seen: Seen = field(default_factory=Seen)
    port: int = 0

    async def parcels(
        self, porter: "Porter[T]", host: str, port: int, path: str
    ) -> AsyncGenerator["Parcel[T] | None", None]:
        """What comes, and `None` once the door is open and whenever it is quiet for long. Who asks for the next has
        stored the last: that is when its sender hears that it was taken."""
        from .door import opened  # here, because a server would cost each reading command its start

        async with opened(host, port, path, porter.receive, porter.refusals.note) as self.port:
            try:
                yield None
                while True:
                    parcel = await porter.parcel(QUIET)
                    yield parcel
                    if parcel:
                        porter.stored(parcel)
            finally:
                porter.leave()  # before the door closes, which waits for those inside


def misplaced(host: str, port: int, path: str) -> list[str]:
    """What is wrong with the options that say where the door is."""
    problems = []
    if not host.strip():
        problems.append("host: none; 127.0.0.1 is this machine alone, 0.0.0.0 whoever reaches it")
    if not 1 <= port <= 65535:
        problems.append("port: not between 1 and 65535; above 1023 no rights are needed")
    if not path.startswith("/") or set(path) & set("?#% ") or not path.isascii():
        problems.append('path: not a plain one; such as "/mentions"')
    return problems
