"""Stand-ins that obey the same Protocols as the real things, in memory."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor.types import Delivery, Sent, Ticket
from monitor.views import Trouble
from tests.builders import NOW


class HandClock:
    """Time that passes only when it is told to, or slept through."""

    def __init__(self, now: datetime = NOW) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def forward(self, duration: timedelta) -> None:
        self._now += duration

    async def sleep(self, duration: timedelta) -> None:
        self.forward(duration)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A delivery as a store keeps it; `due_at` is None once it is delivered or given up."""

    delivery: Delivery
    due_at: datetime | None
    owner: str = ""
    leased_until: datetime | None = None
    sent: Sent | None = None


@dataclass(slots=True)
class FakeOutbox:
    """Deliveries in memory (`monitor.store.base.Outbox`)."""

    rows: dict[int, Row] = field(default_factory=dict)

    def put(self, ticket: Ticket, notifier: str = "out") -> None:
        """What a commit does: one more delivery waits."""
        number = len(self.rows) + 1
        delivery = Delivery(id=number, token=0, notifier=notifier, attempt=0, ticket=ticket)
        self.rows[number] = Row(delivery=delivery, due_at=ticket.raised_at)

    def claim_delivery(
        self, notifiers: Collection[str], owner: str, now: datetime, lease: timedelta
    ) -> Delivery | None:
        waiting = [row for row in self._waiting(notifiers) if _when(row) <= now]
        if not waiting:
            return None
        row = min(waiting, key=lambda row: (row.delivery.ticket.record.mention.priority.level, row.due_at))
        claimed = replace(row.delivery, token=row.delivery.token + 1, attempt=row.delivery.attempt + 1)
        self.rows[claimed.id] = replace(row, delivery=claimed, owner=owner, leased_until=now + lease)
        return claimed

    def next_delivery(self, notifiers: Collection[str]) -> datetime | None:
        return min(map(_when, self._waiting(notifiers)), default=None)

    def settle_delivery(self, delivery: Delivery, sent: Sent, now: datetime) -> None:
        row = self.rows[delivery.id]
        if row.delivery.token == delivery.token:
            self.rows[delivery.id] = replace(row, due_at=sent.next_at, leased_until=None, sent=sent)

    def give_up(self, notifiers: Collection[str], now: datetime) -> int:
        gone = [row for row in self.rows.values() if row.due_at and row.delivery.notifier not in notifiers]
        for row in gone:
            self.rows[row.delivery.id] = replace(row, due_at=None, sent=Sent(error="no longer configured"))
        return len(gone)

    @property
    def troubles(self) -> list[Trouble]:
        """What `oido status` shows."""
        return [
            Trouble(
                number=row.delivery.ticket.number,
                notifier=row.delivery.notifier,
                attempts=row.delivery.attempt,
                error=row.sent.error,
                next_at=row.due_at,
            )
            for row in self.rows.values()
            if row.sent and row.sent.error
        ]

    def _waiting(self, notifiers: Collection[str]) -> list[Row]:
        return [row for row in self.rows.values() if row.due_at and row.delivery.notifier in notifiers]


def _when(row: Row) -> datetime:
    """When a waiting row may be claimed: at the end of its lease, if it has one."""
    assert row.due_at is not None
    return row.leased_until or row.due_at
