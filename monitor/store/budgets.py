"""What accounts may use up, what they have used, and how long their networks asked them to stay away.

Kept in the database, so that it survives restarts and holds for all daemons together. A window slides: what was taken
counts until it is as old as the window is long.
"""

import math
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from connectors.base import Budget

from ..types import Source
from ..views import Allowance
from .cells import AHEAD, MICROSECOND, clean, moment, stamp

SLACK = 1e-9
"""Prices are no binary fractions: a thousand times 0.005 may miss 5 by so little."""


def declare(db: sqlite3.Connection, sources: Sequence[Source]) -> None:
    """Note whose account each source uses and what it may use up, for those who read without its connector."""
    db.execute("DELETE FROM budgets")
    for source in sources:
        db.execute("UPDATE sources SET account = ? WHERE name = ?", (clean(source.account), source.name))
        db.executemany(
            "INSERT OR REPLACE INTO budgets (source, budget, most, unit, span) VALUES (?, ?, ?, ?, ?)",
            [
                (source.name, each.name, each.most, each.unit, each.window // MICROSECOND)
                for each in source.connector.budgets()
            ],
        )


def spend(
    db: sqlite3.Connection, account: str, budget: Budget, amount: float, what: str, now: datetime
) -> timedelta | None:
    """Take `amount`, or say how long until so much is free; `timedelta.max` when it never will be."""
    if not math.isfinite(amount):
        raise ValueError(f"{amount} cannot be taken of {budget.name}")
    db.execute("DELETE FROM spending WHERE until <= ?", (stamp(now),))
    account, what = clean(account), clean(what)
    _put_right(db, account, budget, now)
    if amount < 0:
        _give_back(db, account, budget.name, -amount, what)
    elif amount and not (what and _is_paid(db, account, budget.name, what)):
        wait = _wait(db, account, budget, amount, now)
        if wait is not None:
            return wait
        db.execute(
            "INSERT INTO spending (account, budget, at, until, what, amount) VALUES (?, ?, ?, ?, ?, ?)",
            (account, budget.name, stamp(now), stamp(now + budget.window), what, amount),
        )
    return None


def spent(db: sqlite3.Connection, account: str, budget: str, now: datetime) -> float:
    """How much of it counts now."""
    (used,) = db.execute(
        "SELECT coalesce(sum(amount), 0.0) FROM spending WHERE account = ? AND budget = ? AND until > ?",
        (clean(account), budget, stamp(now)),
    ).fetchone()
    return float(used)


def allowances(db: sqlite3.Connection, now: datetime) -> Mapping[str, tuple[Allowance, ...]]:
    """What each source's account may use up and has used, by the source's name."""
    found: dict[str, tuple[Allowance, ...]] = {}
    for source, name, most, unit, span, used in db.execute(
        """SELECT source, budgets.budget, most, unit, span, coalesce((SELECT sum(amount) FROM spending
            WHERE spending.account = sources.account AND spending.budget = budgets.budget AND until > ?), 0.0)
        FROM budgets JOIN sources ON sources.name = source ORDER BY source, budgets.budget""",
        (stamp(now),),
    ):
        allowance = Allowance(name=name, used=used, most=most, unit=unit, window=timedelta(microseconds=span))
        found[source] = (*found.get(source, ()), allowance)
    return found


def hold(db: sqlite3.Connection, account: str, until: datetime, now: datetime) -> None:
    """Have all sources of an account stay away until then, or as long as they were to before."""
    db.execute("DELETE FROM waits WHERE until <= ?1 OR since > ?1 + ?2", (stamp(now), AHEAD))
    db.execute(
        """INSERT INTO waits (account, since, until) VALUES (?, ?, ?)
        ON CONFLICT (account) DO UPDATE SET until = max(until, excluded.until)""",
        (clean(account), stamp(now), stamp(until)),
    )


def held(db: sqlite3.Connection, account: str, now: datetime) -> datetime | None:
    """Until when an account stays away; `None` when it need not."""
    row = db.execute(
        "SELECT until FROM waits WHERE account = ?1 AND until > ?2 AND since <= ?2 + ?3",
        (clean(account), stamp(now), AHEAD),
    ).fetchone()
    return moment(row[0]) if row else None


def _put_right(db: sqlite3.Connection, account: str, budget: Budget, now: datetime) -> None:
    db.execute(
        "UPDATE spending SET at = ?3, until = ?4 WHERE account = ?1 AND budget = ?2 AND at > ?3 + ?5",
        (account, budget.name, stamp(now), stamp(now + budget.window), AHEAD),
    )


def _is_paid(db: sqlite3.Connection, account: str, budget: str, what: str) -> bool:
    return bool(
        db.execute(
            "SELECT 1 FROM spending WHERE account = ? AND budget = ? AND what = ?", (account, budget, what)
        ).fetchall()
    )


def _wait(db: sqlite3.Connection, account: str, budget: Budget, amount: float, now: datetime) -> timedelta | None:
    """How long until `amount` is free; `None` when it is."""
    most = budget.most + SLACK * max(1.0, budget.most)
    if amount > most:
        return timedelta.max
    over = spent(db, account, budget.name, now) + amount - most
    if over <= 0:
        return None
    for until, freed in db.execute(
        "SELECT until, amount FROM spending WHERE account = ? AND budget = ? ORDER BY until", (account, budget.name)
    ):
        over -= freed
        if over <= 0:
            return moment(int(until)) - now
    return budget.window


def _give_back(db: sqlite3.Connection, account: str, budget: str, amount: float, what: str) -> None:
    """Take `amount` off what was taken last: that is what it was put aside for. What nobody took is not given back."""
    taken = db.execute(
        "SELECT id, amount FROM spending WHERE account = ? AND budget = ? AND what = ? ORDER BY until DESC, id DESC",
        (account, budget, what),
    ).fetchall()
    for row, held_ in taken:
        off = min(held_, amount)
        amount -= off
        if held_ - off > SLACK:
            db.execute("UPDATE spending SET amount = ? WHERE id = ?", (held_ - off, row))
        else:
            db.execute("DELETE FROM spending WHERE id = ?", (row,))
        if amount <= SLACK:
            return
