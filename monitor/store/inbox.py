"""What people do with alerts: list, take, answer, put off, close."""

import sqlite3
from collections.abc import Collection
from datetime import datetime

from ..errors import NotYours, UnknownMention
from ..types import Reply, State, Ticket
from . import rows
from .cells import clean, lines, stamp

IN_SIGHT = "(SELECT hidden FROM mentions WHERE mentions.number = alerts.number) = 0"
"""An alert whose mention is not hidden: the others wait for nobody."""


def tickets(
    db: sqlite3.Connection,
    states: Collection[str],
    now: datetime,
    *,
    brand: str | None = None,
    limit: int | None = None,
    snoozed: bool = False,
) -> list[Ticket]:
    found = db.execute(
        f"""SELECT {rows.TICKET} WHERE alerts.number IN (
            SELECT number FROM alerts WHERE state IN (SELECT value FROM json_each(:states))
            AND {IN_SIGHT} AND (:brand IS NULL OR brand = :brand)
            AND (:snoozed OR snoozed_until IS NULL OR snoozed_until <= :now)
            ORDER BY level, due, number LIMIT :limit
        ) ORDER BY alerts.level, due, alerts.number""",
        {
            "states": lines([str(state) for state in states]),
            "brand": brand,
            "snoozed": snoozed,
            "now": stamp(now),
            "limit": -1 if limit is None else limit,
        },
    )
    return [rows.ticket(row) for row in found]


def ticket(db: sqlite3.Connection, number: int) -> Ticket:
    """The alert on a mention; `UnknownMention` says which of the two is not there."""
    found = find(db, number)
    if found is None:
        check(db, number)
        raise UnknownMention(f"mention {number} has no alert; reply to it, and it gets one")
    return found


def find(db: sqlite3.Connection, number: int) -> Ticket | None:
    row = db.execute(f"SELECT {rows.TICKET} WHERE alerts.number = ?", (number,)).fetchone()
    return rows.ticket(row) if row else None


def check(db: sqlite3.Connection, number: int) -> None:
    """Raise `UnknownMention` unless the mention is there."""
    if not db.execute("SELECT 1 FROM mentions WHERE number = ?", (number,)).fetchone():
        raise UnknownMention(f"there is no mention {number}; `oido mentions` lists them")


def take(db: sqlite3.Connection, number: int, by: str, *, force: bool) -> Ticket:
    found = ticket(db, number)
    if found.taken_by not in (None, by) and found.state in (State.TAKEN, State.REPLIED) and not force:
        raise NotYours(f"mention {number} is taken by {found.taken_by}; use --force to take it over")
    return _set(db, number, state=State.TAKEN, taken_by=clean(by), snoozed_until=None, closed=None)


def reply(db: sqlite3.Connection, number: int, reply: Reply) -> Ticket:
    before = find(db, number) or _ask_for(db, number, reply)
    db.execute(
        "INSERT INTO replies (number, by, at, text, url) VALUES (?, ?, ?, ?, ?)",
        (number, clean(reply.by), stamp(reply.at), clean(reply.text), reply.url and clean(reply.url)),
    )
    # Whoever notes an answer has seen what became of the one that was on its way.
    db.execute(
        "UPDATE drafts SET sent = ?, url = ? WHERE number = ? AND sent IS NULL",
        (stamp(reply.at), reply.url and clean(reply.url), number),
    )
    return _set(
        db,
        number,
        state=State.CLOSED if before.state is State.CLOSED else State.REPLIED,
        taken_by=before.taken_by or clean(reply.by),
        snoozed_until=None,
        first_reply=stamp(before.first_reply_at or reply.at),
    )


def snooze(db: sqlite3.Connection, number: int, until: datetime) -> Ticket:
    """Out of sight until then. One that was answered or closed comes back as open: somebody wants to see it again."""
    state = State.TAKEN if ticket(db, number).state is State.TAKEN else State.OPEN
    return _set(db, number, state=state, snoozed_until=stamp(until), closed=None)


def close(db: sqlite3.Connection, number: int, by: str, now: datetime) -> Ticket:
    taken_by = ticket(db, number).taken_by or clean(by)
    return _set(db, number, state=State.CLOSED, taken_by=taken_by, snoozed_until=None, closed=stamp(now))


def reopen(db: sqlite3.Connection, number: int) -> Ticket:
    ticket(db, number)
    return _set(db, number, state=State.OPEN, taken_by=None, snoozed_until=None, closed=None)


def _ask_for(db: sqlite3.Connection, number: int, reply: Reply) -> Ticket:
    """An alert for a mention that raised none, since somebody answers it. Its story stays free, or another's."""
    check(db, number)
    at = stamp(reply.at)
    db.execute(
        """INSERT INTO alerts (number, brand, story, level, reasons, raised, due, state)
        SELECT number, brand, CASE WHEN EXISTS (
            SELECT 1 FROM alerts WHERE alerts.brand = mentions.brand AND alerts.story = mentions.story
        ) THEN NULL ELSE story END, level, '[]', ?, ?, 'open' FROM mentions WHERE number = ?""",
        (at, at, number),
    )
    return ticket(db, number)


def _set(db: sqlite3.Connection, number: int, **columns: str | int | None) -> Ticket:
    changes = ", ".join(f"{name} = :{name}" for name in columns)
    db.execute(f"UPDATE alerts SET {changes} WHERE number = :number", {"number": number, **columns})
    return ticket(db, number)
