"""The porter at the door: lets in what is signed, once, hands it on, and answers when it was stored.

A message that comes again is answered as taken: a sender that did not hear our answer sends the same bytes anew, and
to be told of an error would make it go on for ever. Nothing is done twice by that, whoever sends it.
"""

import asyncio
import hmac
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from ..log import fields, logger
from .knock import Knock, Said, TurnedAway
from .posted import MOST_TOLD, Delivery
from .seal import REMEMBERED, Seen, Style, unsealed

log = logger(__name__)
T = TypeVar("T")

MOST_WAITING = 100
"""Messages that wait to be stored."""
PATIENCE = 25.0
"""Seconds that a sender is let wait for that; most give up after thirty."""
CALM = 600.0
"""Seconds without a refusal after which the next is told again."""
CHALLENGE = 500
"""Characters of the longest challenge that is repeated."""

STORED, NOT_STORED = True, False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Parcel(Generic[T]):
    """Posts that came together; `stored` tells whoever sent them what became of them."""

    posts: tuple[T, ...]
    stored: "asyncio.Future[bool]" = field(repr=False)


class Porter(Generic[T]):
    """`read` understands a message, or raises `TurnedAway`. `seen` outlives the porter, who goes when the door is
    closed."""

    def __init__(
        self,
        *,
        secret: str,
        style: Style,
        verify: str,
        read: Callable[[Knock], Delivery[T]],
        seen: Seen,
        patience: float = PATIENCE,
        most: int = MOST_WAITING,
    ) -> None:
        self._secret, self._style, self._verify = secret, style, verify
        self._understand, self._seen = read, seen
        self._patience, self._most = patience, most
        self._waiting: asyncio.Queue[Parcel[T]] = asyncio.Queue()
        self._inside: dict[str, Parcel[T]] = {}
        self._is_leaving = False
        self.refusals = Refusals()

    async def parcel(self, patience: float) -> Parcel[T] | None:
        """The next that came; `None` when there was none for `patience` seconds."""
        self.refusals.calm()
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                return await self._waiting.get()
        return None

    def leave(self) -> None:
        """What was not stored so far is not ours: say so to those who wait."""
        self._is_leaving = True
        for parcel in self._inside.values():
            _settle(parcel, NOT_STORED)

    def stored(self, parcel: Parcel[T]) -> None:
        _settle(parcel, STORED)

    async def receive(self, knock: Knock) -> Said:
        if knock.method == "GET":
            return self._challenged(knock)
        digest = unsealed(knock, self._secret, self._style)
        if self._seen.holds(digest, knock.at):
            return self._taken(is_known=True)
        if earlier := self._inside.get(digest):
            await self._wait(earlier)
            return self._taken(is_known=True)
        found = self._read(knock)
        if found.posts:
            await self._wait(self._take_in(found.posts, digest, knock))
        return self._taken(found)

    def _challenged(self, knock: Knock) -> Said:
        """Meta asks so whether an address is its owner's: https://www.w3.org/TR/websub/#hub-verifies-intent"""
        if not self._verify:
            raise TurnedAway(405, "only POST is answered here", Allow="POST")
        told = knock.query.get("hub.verify_token", "")
        if not hmac.compare_digest(told.encode("utf-8", "replace"), self._verify.encode()):
            raise TurnedAway(403, "hub.verify_token: not the one that verify says")
        challenge = knock.query.get("hub.challenge", "")
        if not challenge or len(challenge) > CHALLENGE or not (challenge.isascii() and challenge.isprintable()):
            raise TurnedAway(400, "hub.challenge: missing, or too long")
        return Said(status=200, document=challenge)

    def _read(self, knock: Knock) -> Delivery[T]:
        try:
            found = self._understand(knock)
        except TurnedAway as error:
            # Meta sends likes and edits down the same way, tries again for hours what is not answered with 200, and
            # in the end sends nothing more.
            if self._style == "hub" and error.status == 422:
                self.refusals.note(error.said)
                return Delivery(posts=(), left_out={1: error.why})
            raise
        if found.left_out:
            why = next(iter(found.left_out.values()))
            self.refusals.note(Said(status=422, document={"error": why}))
        return found

    def _take_in(self, posts: tuple[T, ...], digest: str, knock: Knock) -> Parcel[T]:
        if self._is_leaving or len(self._inside) >= self._most:
            raise _later("too much is waiting to be stored, or the door is closing")
        parcel: Parcel[T] = Parcel(posts=posts, stored=asyncio.get_running_loop().create_future())
        parcel.stored.add_done_callback(self._gone(digest, knock))
        self._inside[digest] = parcel
        self._waiting.put_nowait(parcel)
        return parcel

    def _gone(self, digest: str, knock: Knock) -> Callable[["asyncio.Future[bool]"], None]:
        def gone(stored: "asyncio.Future[bool]") -> None:
            del self._inside[digest]
            if stored.result():
                self._seen.add(digest, knock.at + REMEMBERED[self._style])

        return gone

    async def _wait(self, parcel: Parcel[T]) -> None:
        """Until it is stored; who waits too long is told to ask again, and then finds it here or stored."""
        await asyncio.wait([parcel.stored], timeout=self._patience)
        if not parcel.stored.done() or parcel.stored.result() is NOT_STORED:
            raise _later("not stored")

    def _taken(self, found: Delivery[T] | None = None, *, is_known: bool = False) -> Said:
        """200 where nothing was stored now; also for hubs, to which Meta's documents allow nothing else."""
        found = found or Delivery(posts=(), left_out={})
        document: dict[str, object] = {"taken": len(found.posts)}
        if is_known:
            document["known"] = True
        if found.left_out:
            reasons = list(found.left_out.items())[:MOST_TOLD]
            document["left_out"] = [{"post": number, "why": why} for number, why in reasons]
        return Said(status=202 if found.posts and self._style != "hub" else 200, document=document)


class Refusals:
    """Told on their edges, by status: the first, and how many there were once they have ended."""

    def __init__(self, tick: Callable[[], float] = time.monotonic) -> None:
        self._tick = tick
        self._times: dict[int, int] = {}
        self._last: dict[int, float] = {}

    def note(self, said: Said) -> None:
        why = said.document["error"] if isinstance(said.document, dict) else ""
        level = logging.DEBUG if said.status in self._times else logging.WARNING
        log.log(level, "turned away", extra=fields(status=said.status, why=why))
        self._times[said.status] = self._times.get(said.status, 0) + 1
        self._last[said.status] = self._tick()

    def calm(self) -> None:
        for status, last in list(self._last.items()):
            if self._tick() - last > CALM:
                log.info("nobody turned away any more", extra=fields(status=status, times=self._times.pop(status)))
                del self._last[status]


def _settle(parcel: "Parcel[T]", outcome: bool) -> None:
    if not parcel.stored.done():
        parcel.stored.set_result(outcome)


def _later(why: str) -> TurnedAway:
    return TurnedAway(503, f"{why}; send the same again in a while", Retry_After="30")
