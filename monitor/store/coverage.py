"""What of each source was heard, and what was not: gaps, how far it was seen, its habit, and what people are told."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from ..notice import Need
from ..types import Batch, Cause, Claim
from ..views import Gap
from . import rows
from .cells import MICROSECOND, clean, moment, stamp

LEAST_GAP = timedelta(hours=1) // MICROSECOND
"""A source unheard for less than this, or than three times its period, was not missed."""
HABIT = timedelta(days=60)
"""How far back a source's habit is remembered."""
KEPT = timedelta(days=90)
"""How long notices are."""

LONG = f"max(3 * every, {LEAST_GAP})"


def hear(db: sqlite3.Connection, source: str, now: datetime) -> None:
    """Note that a source was heard, and the gap, when it had been silent for long before this poll began."""
    db.execute(
        f"""INSERT INTO gaps (source, since, until, why)
        SELECT name, heard, started, CASE WHEN failing_since IS NULL THEN '{Cause.OFF}' ELSE cause END FROM sources
        WHERE name = ? AND started - heard > {LONG} ON CONFLICT DO NOTHING""",
        (source,),
    )
    db.execute("UPDATE sources SET heard = ? WHERE name = ?", (stamp(now), source))


def follow(db: sqlite3.Connection, batch: Batch) -> None:
    """Note what a page tells of when its source speaks, and what it could not tell any more. A stream is seen as far as
    its newest post; other sources when a poll ends."""
    source = batch.claim.source
    if batch.missed:
        since, until = map(stamp, batch.missed)
        db.execute(
            """INSERT INTO gaps (source, since, until, why) VALUES (?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET until = max(until, excluded.until), why = excluded.why""",
            (source, since, until, Cause.LOST),
        )
    times = sorted(min(each, batch.at) for each in batch.published)
    if times:
        (fresh,) = db.execute("SELECT fresh FROM sources WHERE name = ?", (source,)).fetchone()
        _note_pauses(db, source, pauses(times, moment(fresh), batch.at), batch.at)
    seen = stamp(times[-1] if times else batch.at)
    db.execute(
        """UPDATE sources SET fresh = CASE WHEN ?2 THEN max(coalesce(fresh, ?1), ?1) ELSE fresh END,
        seen = CASE WHEN streams THEN max(coalesce(seen, ?1), ?1) ELSE seen END WHERE name = ?3""",
        (seen, bool(times), source),
    )
    # A poll is well when it ends; a stream never ends, and is well when it brings something.
    db.execute(
        """UPDATE sources SET failing_since = NULL, failures = 0, error = NULL, cause = NULL, actor = 'nobody'
        WHERE name = ? AND streams AND error IS NOT NULL""",
        (source,),
    )


def pauses(times: Sequence[datetime], last: datetime | None, now: datetime) -> Mapping[int, timedelta]:
    """The longest pause that ended on each day (as `datetime.date.toordinal` counts), before any of `times`, in order,
    that came after `last`. What is older than the habit is not looked at."""
    counted = [each for each in times if each > (last or now - HABIT)]
    longest: dict[int, timedelta] = {}
    for before, after in pairwise(counted if last is None else [last, *counted]):
        day = after.astimezone(UTC).toordinal()
        longest[day] = max(longest.get(day, timedelta(0)), after - before)
    return longest


def end(db: sqlite3.Connection, claim: Claim) -> None:
    """A poll ended well: all that was published before it began was asked for. A stream was seen as far as its pages
    came."""
    db.execute("UPDATE sources SET seen = started WHERE name = ? AND NOT streams", (claim.source,))


def gaps(db: sqlite3.Connection, now: datetime) -> Mapping[str, tuple[Gap, ...]]:
    """When each source could not be heard, in order, the gap that lasts included. A stream that somebody holds is being
    heard, however silent it is."""
    found: dict[str, tuple[Gap, ...]] = {}
    for source, *bounds in db.execute(
        f"""SELECT source, since, until, why FROM gaps
        UNION ALL
        SELECT name, heard, NULL, CASE WHEN failing_since IS NULL THEN '{Cause.OFF}' ELSE cause END FROM sources
        WHERE ?1 - heard > {LONG} AND (failing_since IS NOT NULL OR NOT streams OR owner IS NULL OR lease_until <= ?1)
        ORDER BY 1, 2""",
        (stamp(now),),
    ):
        found[source] = (*found.get(source, ()), rows.gap(bounds))
    return found


def habits(db: sqlite3.Connection) -> Mapping[str, tuple[timedelta, ...]]:
    """The longest pause of each source on each day that had one, oldest first."""
    found: dict[str, tuple[timedelta, ...]] = {}
    for source, longest in db.execute("SELECT source, longest FROM pauses ORDER BY source, day"):
        found[source] = (*found.get(source, ()), timedelta(microseconds=longest))
    return found


def announce(
    db: sqlite3.Connection,
    source: str,
    need: Need,
    said: str | None,
    since: datetime | None,
    now: datetime,
    notifiers: Iterable[str],
) -> bool:
    """Tell people what a source needs them for, or that it does no longer; false when that is what they heard last."""
    told = db.execute("UPDATE sources SET told = ? WHERE name = ? AND told <> ?", (need, source, need)).rowcount
    if not told:
        return False
    db.execute("DELETE FROM notices WHERE at < ?", (stamp(now - KEPT),))
    notice = db.execute(
        "INSERT INTO notices (source, state, said, since, at) VALUES (?, ?, ?, ?, ?)",
        (source, need, clean(said) if said else None, stamp(since), stamp(now)),
    ).lastrowid
    # What did not arrive yet, and is no longer so, would only confuse.
    db.execute(
        """UPDATE postings SET state = 'dropped' WHERE state = 'pending'
        AND notice IN (SELECT id FROM notices WHERE source = ? AND id < ?)""",
        (source, notice),
    )
    db.executemany(
        "INSERT INTO postings (notice, notifier, next_at) VALUES (?, ?, ?)",
        [(notice, notifier, stamp(now)) for notifier in notifiers],
    )
    return True


def _note_pauses(db: sqlite3.Connection, source: str, found: Mapping[int, timedelta], now: datetime) -> None:
    db.executemany(
        """INSERT INTO pauses (source, day, longest) VALUES (?, ?, ?)
        ON CONFLICT DO UPDATE SET longest = excluded.longest WHERE excluded.longest > longest""",
        [(source, day, longest // MICROSECOND) for day, longest in found.items()],
    )
    if found:
        db.execute("DELETE FROM pauses WHERE source = ? AND day < ?", (source, (now - HABIT).toordinal()))
