"""What looking again writes: which posts are due, who looks at them, and what became of them."""

import sqlite3
from collections.abc import Collection
from datetime import datetime, timedelta

from ..errands import Looked, Looks
from ..errors import LeaseLost
from . import rows
from .cells import clean, lines, moment, stamp
from .intake import AHEAD
from .posts import delete, see_again


def claim_looks(
    db: sqlite3.Connection, source: str, owner: str, now: datetime, lease: timedelta, most: int
) -> Looks | None:
    at, ends = stamp(now), stamp(now + lease)
    found = db.execute(
        """SELECT number, network, post_id, published FROM looks JOIN mentions USING (number)
        WHERE looks.source = ? AND due <= ? ORDER BY due LIMIT ?""",
        (clean(source), at, most),
    )
    due = tuple(map(rows.look, found))
    if not due:
        return None
    db.execute("INSERT OR IGNORE INTO lookouts (source) VALUES (?)", (clean(source),))
    # As for polls, a clock that was ahead and has been put right holds nothing up.
    claimed = db.execute(
        """UPDATE lookouts SET owner = :owner, lease_until = :ends, token = token + 1, started = :now
        WHERE source = :source AND (owner IS NULL OR owner = :owner OR lease_until <= :now
            OR lease_until > :ends + :ahead)
        AND (next_at IS NULL OR next_at <= :now OR started > :now + :ahead) RETURNING token, failures""",
        {"owner": owner, "ends": ends, "now": at, "source": clean(source), "ahead": AHEAD},
    ).fetchall()
    return Looks(source=source, token=claimed[0][0], failures=claimed[0][1], due=due) if claimed else None


def next_look(db: sqlite3.Connection, source: str) -> datetime | None:
    (due,) = db.execute("SELECT min(due) FROM looks WHERE source = ?", (clean(source),)).fetchone()
    row = db.execute(
        "SELECT max(coalesce(next_at, 0), coalesce(lease_until, 0)) FROM lookouts WHERE source = ?", (clean(source),)
    ).fetchone()
    return moment(None if due is None else max(due, row[0] if row else due))


def settle_looks(db: sqlite3.Connection, looks: Looks, looked: Looked, now: datetime) -> None:
    row = db.execute("SELECT token FROM lookouts WHERE source = ?", (clean(looks.source),)).fetchone()
    if row is None or row[0] != looks.token:
        raise LeaseLost(f"{looks.source}: another process looks at its posts now")
    for post in looked.posts:
        see_again(db, post, now)
    for network, post_id in looked.gone:
        delete(db, network, post_id, now)
    db.executemany(
        "UPDATE looks SET due = ? WHERE number = ?",
        [(stamp(at), number) for number, at in looked.again.items() if at is not None],
    )
    db.executemany(
        "DELETE FROM looks WHERE number = ?", [(number,) for number, at in looked.again.items() if at is None]
    )
    db.execute(
        """UPDATE lookouts SET owner = NULL, lease_until = NULL, next_at = ?,
        failures = CASE WHEN ? THEN failures + 1 ELSE 0 END WHERE source = ?""",
        (stamp(looked.next_at), looked.has_failed, clean(looks.source)),
    )


def keep_looks(db: sqlite3.Connection, sources: Collection[str]) -> None:
    """Forget what was to be looked at again of any source but these: nobody would."""
    kept = (lines(list(map(clean, sources))),)
    for table in ("looks", "lookouts"):
        db.execute(f"DELETE FROM {table} WHERE source NOT IN (SELECT value FROM json_each(?))", kept)
