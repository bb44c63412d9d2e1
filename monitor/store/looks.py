"""What looking again writes: which posts are due, who looks at them, and what became of them."""

import sqlite3
from collections.abc import Collection
from datetime import datetime, timedelta

from ..errands import Looked, Looks
from ..errors import LeaseLost
from . import rows
from .cells import AHEAD, clean, lines, moment, stamp
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
        AND (next_at IS NULL OR next_at <= :now OR started > :now + :ahead) RETURNING token, failures, doubts""",
        {"owner": owner, "ends": ends, "now": at, "source": clean(source), "ahead": AHEAD},
    ).fetchall()
    if not claimed:
        return None
    token, failures, doubts = claimed[0]
    return Looks(source=source, token=token, failures=failures, doubts=doubts, due=due)


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
        """UPDATE lookouts SET owner = NULL, lease_until = NULL, next_at = ?1,
        failures = CASE WHEN ?2 THEN failures + 1 ELSE 0 END,
        doubts = CASE WHEN ?3 THEN doubts + 1 WHEN ?2 THEN doubts ELSE 0 END WHERE source = ?4""",
        (stamp(looked.next_at), looked.has_failed, looked.is_doubted, clean(looks.source)),
    )


def keep_looks(db: sqlite3.Connection, sources: Collection[str]) -> None:
    """Forget what was to be looked at again of any source but these: nobody would."""
    kept = (lines(list(map(clean, sources))),)
    for table in ("looks", "lookouts"):
        db.execute(f"DELETE FROM {table} WHERE source NOT IN (SELECT value FROM json_each(?))", kept)
