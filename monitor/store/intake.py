"""What the pipeline writes: who polls which source, and all that a page changes."""

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from ..errors import LeaseLost
from ..types import Alert, Batch, Claim, Mention, Outcome, Receipt, Source
from . import budgets, coverage, rows
from .cells import AHEAD, EPOCH, MICROSECOND, clean, lines, moment, stamp
from .posts import delete, see_again

A_DAY = timedelta(days=1) // MICROSECOND
BEFORE_US = EPOCH.toordinal()
"""The day that 1970 began, as `datetime.date.toordinal` counts."""
OVER = timedelta(days=7)
"""How long after its alert was raised a story that was dealt with is news again."""

DAY = f"(published + {BEFORE_US * A_DAY}) / {A_DAY}"
"""The day that a mention counts in."""
PLACES = ", ".join("?" * (rows.MENTION.count(",") + 1))
STORE = f"INSERT INTO mentions ({rows.MENTION}) VALUES ({PLACES}) ON CONFLICT (id) DO NOTHING"
PLACE = "INSERT INTO embeddings SELECT number, ? FROM mentions WHERE id = ? AND number > ?"
SCHEDULE = "INSERT INTO looks SELECT number, source, ? FROM mentions WHERE id = ? AND number > ?"
FOLLOW = (
    # What each new mention adds elsewhere, in one statement for the whole page. NOT INDEXED: by number, or SQLite walks
    # all the mentions there are to have them in the order of GROUP BY.
    "INSERT INTO words (rowid, title, text) SELECT number, title, text FROM mentions NOT INDEXED WHERE number > ?",
    """INSERT INTO readings
        SELECT number, seen, followers, likes, shares, comments, views FROM mentions NOT INDEXED
        WHERE number > ? AND coalesce(followers, likes, shares, comments, views) IS NOT NULL""",
    """INSERT INTO stories SELECT brand, story, 1 FROM mentions NOT INDEXED WHERE number > ?
        ON CONFLICT (brand, story) DO UPDATE SET mentions = mentions + 1""",
    f"""INSERT INTO days SELECT brand, {DAY}, network, sentiment, count(*)
        FROM mentions NOT INDEXED WHERE number > ? AND hidden = 0 GROUP BY 1, 2, 3, 4
        ON CONFLICT (brand, day, network, sentiment) DO UPDATE SET mentions = mentions + excluded.mentions""",
)


def enlist(db: sqlite3.Connection, sources: Sequence[Source], settings: Mapping[str, str], now: datetime) -> None:
    """Make the configured sources known, and only those. One whose settings changed is due and read anew, as if nothing
    of it had been seen; one that became another connector loses its health as well."""
    db.execute("UPDATE sources SET enlisted = 0")
    for source in sources:
        name, connector, every = source.name, source.connector.name, source.every // MICROSECOND
        # The token goes on growing: what is still in flight under the old settings is refused, and so is its mark.
        db.execute(
            """UPDATE sources SET token = token + 1, mark = '', validators = '{}', next_at = ?, owner = NULL,
            lease_until = NULL WHERE name = ? AND (connector, settings) <> (?, ?)""",
            (stamp(now), name, connector, settings[name]),
        )
        # It may be another server now: what the one before asked for is not its wish.
        db.execute(
            "DELETE FROM waits WHERE account = ?1 AND (?1, ?2) NOT IN (SELECT name, settings FROM sources)",
            (name, settings[name]),
        )
        db.execute(
            """UPDATE sources SET connector = ?1, heard = NULL, failing_since = NULL, failures = 0, error = NULL,
            cause = NULL, actor = 'nobody', seen = NULL, fresh = NULL WHERE name = ?2 AND connector <> ?1""",
            (connector, name),
        )
        db.execute(
            """INSERT INTO sources (name, connector, settings, every, next_at) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (name) DO UPDATE SET enlisted = 1, every = excluded.every, settings = excluded.settings""",
            (name, connector, settings[name], every, stamp(now)),
        )
        db.execute("UPDATE sources SET streams = ? WHERE name = ?", (source.connector.streams, name))
    budgets.declare(db, sources)


def claim(
    db: sqlite3.Connection, names: Collection[str], owner: str, now: datetime, lease: timedelta, *, even_if_early: bool
) -> Claim | None:
    at, ends = stamp(now), stamp(now + lease)
    # What began well after now, and a lease much longer than ours, are of a clock that was ahead and has been put right
    # since: neither may hold a source up until that time has come.
    row = db.execute(
        f"""SELECT {rows.CLAIM} FROM sources WHERE name IN (SELECT value FROM json_each(:names))
            AND (owner IS NULL OR owner = :owner OR lease_until <= :now OR lease_until > :ends + :ahead)
            AND (:early OR next_at <= :now OR next_at IS NOT NULL AND started > :now + :ahead)
            AND (:early OR account NOT IN
                (SELECT account FROM waits WHERE until > :now AND since <= :now + :ahead))
            ORDER BY next_at IS NULL, next_at, name LIMIT 1""",
        {"names": lines(list(names)), "owner": owner, "now": at, "ends": ends, "ahead": AHEAD, "early": even_if_early},
    ).fetchone()
    if row is None:
        return None
    claimed = rows.claim(row, token=row[1] + 1)
    db.execute(
        "UPDATE sources SET owner = ?, token = ?, lease_until = ?, started = ? WHERE name = ?",
        (owner, claimed.token, ends, at, claimed.source),
    )
    return claimed


def next_due(db: sqlite3.Connection, names: Collection[str]) -> datetime | None:
    due: int | None = db.execute(
        """SELECT min(max(next_at, CASE WHEN owner IS NULL THEN next_at ELSE lease_until END, coalesce(
            (SELECT until FROM waits WHERE waits.account = sources.account), next_at)))
        FROM sources WHERE name IN (SELECT value FROM json_each(?))""",
        (lines(list(names)),),
    ).fetchone()[0]
    return moment(due)


def renew(db: sqlite3.Connection, owner: str, until: datetime) -> None:
    at = stamp(until)
    db.execute("UPDATE sources SET lease_until = ? WHERE owner = ?", (at, owner))
    db.execute("UPDATE lookouts SET lease_until = ? WHERE owner = ?", (at, owner))
    db.execute("UPDATE deliveries SET lease_until = ? WHERE state = 'pending' AND owner = ?", (at, owner))
    db.execute("INSERT OR REPLACE INTO heart (one, owner, until) VALUES (1, ?, ?)", (owner, at))


def release(db: sqlite3.Connection, owner: str) -> None:
    db.execute("UPDATE sources SET owner = NULL, lease_until = NULL WHERE owner = ?", (owner,))
    db.execute("UPDATE lookouts SET owner = NULL, lease_until = NULL WHERE owner = ?", (owner,))
    db.execute("UPDATE deliveries SET owner = NULL, lease_until = NULL WHERE state = 'pending' AND owner = ?", (owner,))
    db.execute("DELETE FROM heart WHERE owner = ?", (owner,))


def known(db: sqlite3.Connection, ids: Collection[str]) -> set[str]:
    stored = {clean(each): each for each in ids}
    found = db.execute("SELECT id FROM mentions WHERE id IN (SELECT value FROM json_each(?))", (lines(list(stored)),))
    return {stored[each] for (each,) in found}


def commit(db: sqlite3.Connection, batch: Batch, notifiers: Sequence[str]) -> Receipt:
    _check(db, batch.claim)
    stored = _store(db, batch.mentions, batch.looks) if batch.mentions else 0
    raised = [number for alert in batch.alerts if (number := _raise(db, alert)) is not None]
    db.executemany(
        """INSERT INTO deliveries (number, notifier, level, next_at)
        SELECT number, ?, level, raised FROM alerts WHERE number = ?""",
        [(notifier, number) for number in raised for notifier in notifiers],
    )
    for post in batch.seen_again:
        see_again(db, post, batch.at)
    for network, post_id in batch.deleted:
        delete(db, network, post_id, batch.at)
    coverage.hear(db, batch.claim.source, batch.at)
    coverage.follow(db, batch)
    newest = stamp(max((mention.published_at for mention in batch.mentions), default=None))
    db.execute(
        """UPDATE sources SET mark = coalesce(nullif(?1, ''), mark), found = found + ?2, mentions = mentions + ?3,
        newest = max(coalesce(newest, ?4), coalesce(?4, newest)) WHERE name = ?5""",
        (clean(batch.mark), batch.found, stored, newest, batch.claim.source),
    )
    return Receipt(mentions=stored, alerts=len(raised), deliveries=len(raised) * len(notifiers))


def settle(db: sqlite3.Connection, claim: Claim, outcome: Outcome, now: datetime) -> None:
    _check(db, claim)
    at, next_at = stamp(now), stamp(outcome.next_at)
    if outcome.error is None:
        coverage.hear(db, claim.source, now)
        coverage.end(db, claim)
        validators = None if outcome.validators is None else rows.of_validators(outcome.validators)
        db.execute(
            """UPDATE sources SET owner = NULL, lease_until = NULL, next_at = ?, validators = coalesce(?, validators),
            failing_since = NULL, failures = 0, error = NULL, cause = NULL, actor = 'nobody' WHERE name = ?""",
            (next_at, validators, claim.source),
        )
    else:
        db.execute(
            """UPDATE sources SET owner = NULL, lease_until = NULL, next_at = ?, failures = failures + 1,
            failing_since = coalesce(failing_since, ?), error = ?, actor = ?, cause = ? WHERE name = ?""",
            (next_at, at, clean(outcome.error), outcome.actor, outcome.cause, claim.source),
        )


def _check(db: sqlite3.Connection, claim: Claim) -> None:
    """Refuse what is done under a claim that another one has followed."""
    row = db.execute("SELECT token FROM sources WHERE name = ?", (claim.source,)).fetchone()
    if row is None or row[0] != claim.token:
        raise LeaseLost(f"{claim.source}: another process has taken it over")


def _store(db: sqlite3.Connection, mentions: Sequence[Mention], looks: Mapping[str, datetime]) -> int:
    """Store what is new, and all that follows from it. How many were new."""
    (last,) = db.execute("SELECT coalesce(max(number), 0) FROM mentions").fetchone()
    stored = db.executemany(STORE, map(rows.of_mention, mentions)).rowcount
    if stored:
        for statement in FOLLOW:
            db.execute(statement, (last,))
        placed = [(one.verdict.embedding, clean(one.id), last) for one in mentions if one.verdict.embedding]
        db.executemany(PLACE, placed)
        db.executemany(SCHEDULE, [(stamp(at), clean(id), last) for id, at in looks.items()])
    return stored


def _raise(db: sqlite3.Connection, alert: Alert) -> int | None:
    """Raise an alert, unless its mention or its story has one. The number of its mention, when raised."""
    about = clean(alert.mention.id)
    # Who complains in the same words next month complains anew.
    db.execute(
        """UPDATE alerts SET story = NULL WHERE state IN ('replied', 'closed') AND raised < ?
        AND (brand, story) = (SELECT brand, story FROM mentions WHERE id = ?)""",
        (stamp(alert.raised_at - OVER), about),
    )
    raised = db.execute(
        """INSERT INTO alerts (number, brand, story, level, reasons, raised, due, state)
        SELECT number, brand, story, level, ?, ?, ?, 'open' FROM mentions WHERE id = ?
        ON CONFLICT DO NOTHING RETURNING number""",
        (lines(alert.reasons), stamp(alert.raised_at), stamp(alert.due_at), about),
    ).fetchall()
    return int(raised[0][0]) if raised else None
