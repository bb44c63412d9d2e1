"""What answering on a network writes: the answer before it is handed over, and where it then stands."""

import sqlite3
from datetime import datetime, timedelta
from hashlib import sha256

from connectors.base import Sent

from ..errands import Draft
from ..errors import NotYours, Unsent, Unsure
from ..types import Reply, State, Ticket
from . import rows
from .cells import clean, stamp
from .inbox import check, find, reply


def draft(
    db: sqlite3.Connection,
    number: int,
    source: str,
    by: str,
    text: str,
    now: datetime,
    *,
    known_for: timedelta,
    force: bool,
) -> Draft:
    check(db, number)
    id, deleted = db.execute("SELECT id, deleted FROM mentions WHERE number = ?", (number,)).fetchone()
    if deleted is not None:
        raise Unsent(f"mention {number} was taken down by its network: there is nothing left to answer")
    ticket = find(db, number)
    if ticket and ticket.taken_by not in (None, by) and ticket.state in (State.TAKEN, State.REPLIED) and not force:
        raise NotYours(f"mention {number} is taken by {ticket.taken_by}; use --force to answer it all the same")
    words, where = clean(text), clean(source)
    said = db.execute(
        "SELECT url, sent FROM drafts WHERE number = ? AND text = ? AND sent IS NOT NULL ORDER BY sent", (number, words)
    ).fetchall()
    if said and not force:
        raise Unsent(f"this was said already, {_place(said[-1][0])}; use --force to say it once more")
    open_ = db.execute(f"SELECT {rows.DRAFT} FROM drafts WHERE number = ? AND sent IS NULL", (number,)).fetchall()
    for before in map(rows.draft, open_):
        is_known = (before.text, before.source) == (words, where) and abs(now - before.begun_at) < known_for
        if not (is_known or force):
            raise Unsure(unsure(before))
    key = sha256("\n".join([id, where, words, str(len(said))]).encode()).hexdigest()[:32]
    # What is sent all the same takes the place of what may have been.
    db.execute("DELETE FROM drafts WHERE number = ? AND sent IS NULL AND key <> ?", (number, key))
    row = db.execute(
        f"""INSERT INTO drafts (key, number, source, by, text, begun, tries) VALUES (?, ?, ?, ?, ?, ?, 1)
        ON CONFLICT (key) DO UPDATE SET tries = tries + 1, by = excluded.by RETURNING {rows.DRAFT}""",
        (key, number, where, clean(by), words, stamp(now)),
    ).fetchall()[0]
    return rows.draft(row)


def sent(db: sqlite3.Connection, draft: Draft, sent: Sent, now: datetime) -> Ticket:
    db.execute(
        "UPDATE drafts SET sent = ?, post_id = ?, url = ? WHERE key = ?",
        (stamp(now), clean(sent.id), sent.url and clean(sent.url), draft.key),
    )
    return reply(db, draft.number, Reply(by=draft.by, at=now, text=draft.text, url=sent.url))


def unsent(db: sqlite3.Connection, draft: Draft) -> None:
    """Forget a try that failed for sure. What an earlier one came to, nobody knows yet."""
    db.execute("UPDATE drafts SET tries = tries - 1 WHERE key = ? AND sent IS NULL", (draft.key,))
    db.execute("DELETE FROM drafts WHERE key = ? AND tries < 1", (draft.key,))


def unsure(draft: Draft) -> str:
    """What to tell, and what to do, while nobody knows."""
    at = f"{draft.begun_at:%Y-%m-%d %H:%M} UTC"
    return (
        f"mention {draft.number} may have been answered from {draft.source} on {at}, and nobody knows; look there: "
        f"if the answer stands, `oido reply {draft.number} --url LINK` notes it, if not, --force sends it again"
    )


def _place(url: str | None) -> str:
    return f"at {url}" if url else "on the network"
