"""The way of notices to the notifiers: claimed, sent and settled, as alerts are."""

import sqlite3
from datetime import datetime, timedelta

from ..notice import Notice, Posting
from ..types import Sent
from .cells import AHEAD, clean, moment, stamp


def claim_posting(db: sqlite3.Connection, notifier: str, now: datetime, lease: timedelta) -> Posting | None:
    claimed = db.execute(
        """UPDATE postings SET lease_until = ?1, token = token + 1, attempts = attempts + 1
        WHERE id = (SELECT id FROM postings WHERE state = 'pending' AND notifier = ?2
            AND (next_at <= ?3 OR settled IS NULL OR settled > ?3 + ?4)
            AND (lease_until IS NULL OR lease_until <= ?3 OR lease_until > ?1) ORDER BY next_at, id LIMIT 1)
        RETURNING id, token, attempts, notice""",
        (stamp(now + lease), notifier, stamp(now), AHEAD),
    ).fetchall()
    if not claimed:
        return None
    posting, token, attempt, number = claimed[0]
    source, need, said, since, at = db.execute(
        "SELECT source, state, said, since, at FROM notices WHERE id = ?", (number,)
    ).fetchone()
    notice = Notice(id=number, source=source, need=need, said=said, since=moment(since), at=moment(at))
    return Posting(id=posting, token=token, notifier=notifier, attempt=attempt, notice=notice)


def settle_posting(db: sqlite3.Connection, posting: Posting, sent: Sent, now: datetime) -> None:
    """Arrived, to be tried again, or given up."""
    state = "delivered" if sent.error is None else "pending" if sent.next_at else "failed"
    db.execute(
        """UPDATE postings SET state = ?, error = ?, next_at = coalesce(?, next_at), settled = ?, lease_until = NULL
        WHERE id = ? AND token = ? AND state = 'pending'""",
        (state, sent.error and clean(sent.error), stamp(sent.next_at), stamp(now), posting.id, posting.token),
    )
