"""What the delivery loop writes: who sends which alert, and how it ended."""

import sqlite3
from collections.abc import Collection
from datetime import datetime, timedelta

from ..types import Delivery, Sent
from .cells import AHEAD, clean, lines, moment, stamp
from .inbox import ticket


def claim_delivery(
    db: sqlite3.Connection, notifiers: Collection[str], owner: str, now: datetime, lease: timedelta
) -> Delivery | None:
    # An attempt counts when it begins: one that kills us is not made for ever. As for sources, a clock that was ahead
    # and has been put right holds nothing up; one never tried is due since it was raised, whenever that was.
    claimed = db.execute(
        """UPDATE deliveries SET owner = ?1, lease_until = ?2, token = token + 1, attempts = attempts + 1
        WHERE id = (SELECT id FROM deliveries
            WHERE state = 'pending' AND (next_at <= ?3 OR settled IS NULL OR settled > ?3 + ?5)
            AND (owner IS NULL OR lease_until <= ?3 OR lease_until > ?2 + ?5)
            AND notifier IN (SELECT value FROM json_each(?4))
            ORDER BY level, next_at, id LIMIT 1)
        RETURNING id, token, notifier, attempts, number""",
        (owner, stamp(now + lease), stamp(now), lines(list(notifiers)), AHEAD),
    ).fetchall()
    if not claimed:
        return None
    delivery, token, notifier, attempt, number = claimed[0]
    return Delivery(id=delivery, token=token, notifier=notifier, attempt=attempt, ticket=ticket(db, number))


def next_delivery(db: sqlite3.Connection, notifiers: Collection[str]) -> datetime | None:
    due: int | None = db.execute(
        """SELECT min(CASE WHEN owner IS NULL THEN next_at ELSE max(next_at, lease_until) END)
        FROM deliveries WHERE state = 'pending' AND notifier IN (SELECT value FROM json_each(?))""",
        (lines(list(notifiers)),),
    ).fetchone()[0]
    return moment(due)


def settle_delivery(db: sqlite3.Connection, delivery: Delivery, sent: Sent, now: datetime) -> None:
    if sent.error is None:
        state, error, next_at = "delivered", None, None
    else:
        state, error, next_at = "pending" if sent.next_at else "failed", clean(sent.error), stamp(sent.next_at)
    db.execute(
        """UPDATE deliveries SET state = ?, error = ?, next_at = ?, settled = ?, owner = NULL, lease_until = NULL
        WHERE id = ? AND token = ? AND state = 'pending'""",
        (state, error, next_at, stamp(now), delivery.id, delivery.token),
    )


def give_up(db: sqlite3.Connection, notifiers: Collection[str], now: datetime) -> int:
    return db.execute(
        """UPDATE deliveries SET state = 'dropped', error = 'no longer configured', next_at = NULL, settled = ?1,
            owner = NULL, lease_until = NULL
        WHERE state = 'pending' AND notifier NOT IN (SELECT value FROM json_each(?2))
            AND (owner IS NULL OR lease_until <= ?1)""",
        (stamp(now), lines(list(notifiers))),
    ).rowcount
