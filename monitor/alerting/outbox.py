"""Claim, send, settle: how a delivery that waits in the store reaches a notifier.

At least once: whoever dies between sending and settling has sent, and nobody knows; when the lease ends, another sends
again. So every message carries the alert's number, and a webhook the same `X-Oido-Delivery` each time.
"""

import asyncio
import logging
import random as chance
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from ..backoff import delay
from ..clock import Clock
from ..errors import StoreError, Undeliverable, Undelivered
from ..log import fields, logger
from ..store.base import LEASE, Outbox
from ..types import Delivery, Sent, State, Ticket
from ..wait import LOOK, first, until
from ..workers import Worker
from .notifier import Notifier

log = logger(__name__)

ANSWER = timedelta(seconds=45)
"""How long a notifier may take: less than the lease."""
BASE = timedelta(seconds=30)
MOST = timedelta(hours=1)
PATIENCE = timedelta(days=3)
"""How long after it was raised an alert is tried again."""
ATTEMPTS = 10
"""How often it is tried however old it is: we may have been off for a week."""
WAITING = frozenset({State.OPEN, State.TAKEN})
"""The states in which an alert still needs somebody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What all couriers share. `owner` names this process on its leases."""

    outbox: Outbox
    on_store: Worker
    clock: Clock
    owner: str
    random: Callable[[], float] = chance.random


class Courier:
    """Takes one notifier's deliveries to it, one after another, most urgent first.

    What the notifier does not want, and what was answered or taken down before it could be sent, is settled without
    a word.
    """

    def __init__(self, notifier: Notifier, room: Room, wants: Callable[[Ticket], bool] = lambda _: True) -> None:
        self.bell = asyncio.Event()
        self._notifier, self._room, self._wants = notifier, room, wants
        self._failing = self._shut_out = False
        self._unsettled: tuple[Delivery, Sent] | None = None

    async def serve(self, stopping: asyncio.Event) -> None:
        """Deliver what is due whenever the bell rings, and every now and then, until it is time to stop."""
        while not stopping.is_set():
            self.bell.clear()
            await first((self.bell, stopping), within=await self._round(stopping))

    async def _round(self, stopping: asyncio.Event) -> timedelta:
        """Deliver what is due; then how long to rest. A store that cannot be used now may be later."""
        try:
            await self.deliver_due(stopping)
            due = await self._room.on_store(self._room.outbox.next_delivery, (self._notifier.name,))
        except StoreError as error:
            if not self._shut_out:
                log.warning("outbox shut", extra=fields(notifier=self._notifier.name, error=error))
            self._shut_out = True
            return LOOK
        self._shut_out = False
        return until(due, self._room.clock.now())

    async def deliver_due(self, stopping: asyncio.Event | None = None) -> int:
        """Deliver until nothing is due; how many were delivered."""
        delivered = 0
        await self._settle()
        while not (stopping and stopping.is_set()) and (delivery := await self._claim()):
            is_wanted = _is_open(delivery.ticket) and self._wants(delivery.ticket)
            sent = await self._attempt(delivery) if is_wanted else Sent()
            self._unsettled = delivery, sent
            await self._settle()
            delivered += is_wanted and sent.error is None
        return delivered

    async def _claim(self) -> Delivery | None:
        room = self._room
        return await room.on_store(
            room.outbox.claim_delivery, (self._notifier.name,), room.owner, room.clock.now(), LEASE
        )

    async def _settle(self) -> None:
        """Note how the last attempt ended. Until the store can take it, it is kept: our heartbeat holds the lease, so
        nobody else would look at that delivery again."""
        if self._unsettled:
            await self._room.on_store(self._room.outbox.settle_delivery, *self._unsettled, self._room.clock.now())
            self._unsettled = None

    async def _attempt(self, delivery: Delivery) -> Sent:
        facts = {"notifier": self._notifier.name, "number": delivery.ticket.number}
        sent = await attempt(self._notifier.send(delivery.ticket), partial(self._again, delivery), facts)
        self._tell(delivery, sent)
        return sent

    def _again(self, delivery: Delivery, error: str) -> Sent:
        """Later, unless it has been tried long enough."""
        now = self._room.clock.now()
        if delivery.attempt >= ATTEMPTS and now - delivery.ticket.raised_at >= PATIENCE:
            return Sent(error=error)
        wait = delay(delivery.attempt - 1, base=BASE, most=MOST, random=self._room.random)
        return Sent(error=error, next_at=now + wait)

    def _tell(self, delivery: Delivery, sent: Sent) -> None:
        """Health on its edges: failing once, recovered once. What is given up is always said."""
        facts = fields(
            notifier=self._notifier.name, number=delivery.ticket.number, attempt=delivery.attempt, error=sent.error
        )
        if sent.error is None:
            log.info("recovered" if self._failing else "alerted", extra=facts)
        elif sent.next_at is None:
            log.error("alert not delivered", extra=facts)
        else:
            log.log(logging.DEBUG if self._failing else logging.WARNING, "not delivered yet", extra=facts)
        self._failing = sent.error is not None


async def attempt(sending: Awaitable[None], again: Callable[[str], Sent], facts: Mapping[str, object]) -> Sent:
    """Send, and say how it ended; `again` says when to come back. The one place that outlives any failure of a
    delivery."""
    try:
        async with asyncio.timeout(ANSWER.total_seconds()):
            await sending
    except Undeliverable as error:
        return Sent(error=str(error))
    except Undelivered as error:
        return again(str(error))
    except TimeoutError:
        return again(f"no answer within {ANSWER.total_seconds():.0f} s")
    except Exception as error:
        log.exception("delivery broke", extra=fields(**facts))
        # The log hides secrets; the store, which keeps what is said here, knows none.
        return again(f"{type(error).__name__}; the log says where")
    return Sent()


def _is_open(ticket: Ticket) -> bool:
    """Whether it still needs somebody, who will find it in the inbox, and there is something left to answer."""
    record = ticket.record
    return ticket.state in WAITING and record.deleted_at is None and not record.mention.hidden


async def deliver(couriers: Sequence[Courier], *, committed: asyncio.Event, stopping: asyncio.Event) -> None:
    """Let all couriers work side by side until `stopping` is set; each finishes the message in its hands.

    A commit that left deliveries sets `committed`. Each courier has a bell of its own, so that one that is busy
    cannot miss what another has heard.
    """
    async with asyncio.TaskGroup() as group:
        for courier in couriers:
            group.create_task(courier.serve(stopping))
        while not stopping.is_set():
            await first((committed, stopping), within=LOOK)
            if committed.is_set():
                committed.clear()
                for courier in couriers:
                    courier.bell.set()
