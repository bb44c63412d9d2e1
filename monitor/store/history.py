"""What reading commands ask: mentions, one of them in full, authors, and where everything stands."""

import sqlite3
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from connectors.post import Author

from ..errors import StoreError
from ..types import Record
from ..views import Dossier, Ranked, Search, Standing, Standings
from . import budgets, coverage, rows
from .cells import MICROSECOND, clean, lines, moment, plain, stamp
from .inbox import IN_SIGHT, check, find

CONDITIONS = {
    "brand": "mentions.brand = ?",
    "network": "network = ?",
    "source": "source = ?",
    "sentiment": "sentiment = ?",
    "language": "language = ?",
    "author": "handle = ? COLLATE NOCASE",
    "min_reach": "reach >= ?",
    "since": "published >= ?",
    "until": "published < ?",
}
"""How each field of a `Search` narrows it, full text and what is hidden apart."""
COMMON = 1_000
"""A word or an author in more mentions than this is looked for going back in time; a rarer one is collected, then
sorted."""
BACK = "+"
"""A unary plus hides a column from the planner: it goes back in time and asks of each mention whether it is meant."""
RECENT = timedelta(days=30)
ON_ITS_WAY = timedelta(minutes=2)
"""An answer may take so long to be published; after that nobody waits for it any more."""

A_MINUTE = timedelta(minutes=1) // MICROSECOND
BITS = 36
"""Room for the followers of one author: eight times the people there are."""
MOST = 10**12
"""More than any post has drawn: SQLite's sum() fails on what no integer holds, and one absurd count is no reason to."""

RANKING = {"reach": "followers", "engagement": "engagement", "mentions": "mentions"}


def mentions(db: sqlite3.Connection, search: Search) -> Iterator[Record]:
    path, where, values = _where(db, search)
    found = db.execute(
        f"SELECT {rows.RECORD} FROM mentions {path} {where} ORDER BY published DESC, number DESC LIMIT ?",
        (*values, -1 if search.limit is None else search.limit),
    )
    return map(rows.record, found)


def hidden(db: sqlite3.Connection, search: Search, most: int) -> int:
    path, where, values = _where(db, replace(search, hidden=True))
    counted = f"SELECT 1 FROM mentions {path} {where} LIMIT ?"
    (found,) = db.execute(f"SELECT count(*) FROM ({counted})", (*values, most)).fetchone()
    return int(found)


def _where(db: sqlite3.Connection, search: Search) -> tuple[str, str, list[Any]]:
    """What a search asks, as SQL: which way to go, the conditions, and their values."""
    conditions, values = _conditions(search)
    if search.author is not None and _written(db, search.author, COMMON) == COMMON:
        conditions = [BACK + each if each == CONDITIONS["author"] else each for each in conditions]
    # Without statistics SQLite takes the brand's index for the narrower one.
    path = "INDEXED BY mentions_hidden" if search.hidden and search.author is None else ""
    if search.text is not None:
        is_common = _matches(db, search.text, COMMON) == COMMON
        path = "" if is_common else "NOT INDEXED"
        conditions.insert(0, f"{BACK if is_common else ''}number IN (SELECT rowid FROM words WHERE words MATCH ?)")
        values.insert(0, clean(search.text))
    return path, f"WHERE {' AND '.join(conditions)}" if conditions else "", values


def stored(db: sqlite3.Connection, numbers: Collection[int]) -> set[int]:
    found = db.execute(
        "SELECT number FROM mentions WHERE number IN (SELECT value FROM json_each(?))", (lines(list(numbers)),)
    )
    return {number for (number,) in found}


def dossier(db: sqlite3.Connection, number: int) -> Dossier:
    check(db, number)
    row = db.execute(f"SELECT {rows.RECORD} FROM mentions WHERE number = ?", (number,)).fetchone()
    earlier, negative = db.execute(
        """SELECT count(*), coalesce(sum(earlier.sentiment = 'negative'), 0)
        FROM mentions AS this JOIN mentions AS earlier INDEXED BY mentions_by_author
            ON earlier.handle = this.handle COLLATE NOCASE AND earlier.handle = this.handle
            AND earlier.network = this.network AND earlier.brand = this.brand
            AND (earlier.published, earlier.number) < (this.published, this.number) AND earlier.hidden = 0
        WHERE this.number = ?""",
        (number,),
    ).fetchone()
    replies = db.execute("SELECT by, at, text, url FROM replies WHERE number = ? ORDER BY at, id", (number,))
    readings = db.execute(f"SELECT {rows.READING} FROM readings WHERE number = ? ORDER BY at", (number,))
    troubles = db.execute(
        f"""SELECT {rows.TROUBLE} FROM deliveries
        WHERE number = ? AND error IS NOT NULL AND state <> 'delivered' ORDER BY id""",
        (number,),
    )
    return Dossier(
        record=rows.record(row),
        ticket=find(db, number),
        replies=tuple(map(rows.reply, replies)),
        readings=tuple(map(rows.reading, readings)),
        troubles=tuple(map(rows.trouble, troubles)),
        earlier=earlier,
        earlier_negative=negative,
    )


def authors(
    db: sqlite3.Connection,
    *,
    by: str,
    brand: str | None,
    network: str | None,
    since: datetime | None,
    limit: int | None,
) -> list[Ranked]:
    conditions, values = _conditions(Search(brand=brand, network=network, since=since))
    # One pass, however many there are: followers as told last are found by a maximum, of when (in minutes) and how many
    # packed into one number. Name and profile, being bare columns beside max(), are those of one of the newest rows.
    ranked = db.execute(
        f"""WITH ranked AS (
            SELECT network, handle, name, profile, max(published) AS last, count(*) AS mentions,
                sum(sentiment = 'negative') AS negative,
                sum(CASE WHEN coalesce(likes, shares, comments) IS NOT NULL
                    THEN min(coalesce(likes, 0) + coalesce(shares, 0) + coalesce(comments, 0), {MOST}) END
                ) AS engagement,
                max(told / {A_MINUTE} << {BITS} | max(0, min(followers, {2**BITS - 1}))) & {2**BITS - 1} AS followers
            FROM mentions WHERE {" AND ".join([*conditions, "+handle IS NOT NULL"])} GROUP BY network, handle
        )
        SELECT network, handle, name, profile, followers, mentions, negative, engagement, last FROM ranked
        ORDER BY {RANKING[by]} DESC NULLS LAST, mentions DESC, last DESC, network, handle LIMIT ?""",
        (*values, -1 if limit is None else limit),
    )
    return [
        Ranked(
            network=network,
            author=Author(handle=handle, name=name, url=profile, followers=followers),
            mentions=count,
            negative=negative,
            engagement=engagement,
            last_at=moment(last),
        )
        for network, handle, name, profile, followers, count, negative, engagement, last in ranked
    ]


def sources(db: sqlite3.Connection, now: datetime) -> tuple[Standing, ...]:
    gaps, spent, habits = coverage.gaps(db, now), budgets.allowances(db, now), coverage.habits(db)
    found = db.execute(f"SELECT {rows.STANDING} FROM sources WHERE enlisted ORDER BY name", {"now": stamp(now)})
    return tuple(
        rows.standing(row, gaps.get(row[0], ()), spent.get(row[0], ()), habits.get(row[0], ())) for row in found
    )


def standings(db: sqlite3.Connection, now: datetime) -> Standings:
    at = stamp(now)
    open_, overdue = db.execute(
        f"""SELECT count(*), coalesce(sum(due < ?1), 0) FROM alerts
        WHERE state IN ('open', 'taken') AND (snoozed_until IS NULL OR snoozed_until <= ?1) AND {IN_SIGHT}""",
        (at,),
    ).fetchone()
    # By their own indexes: SQLite would walk all deliveries there ever were, to have them in this order.
    needed = "(SELECT state FROM alerts WHERE alerts.number = deliveries.number) IN ('open', 'taken')"
    troubles = db.execute(
        f"""SELECT {rows.TROUBLE} FROM deliveries INDEXED BY deliveries_failed WHERE state = 'failed' AND {needed}
        UNION ALL SELECT {rows.TROUBLE} FROM deliveries INDEXED BY deliveries_pending
        WHERE state = 'pending' AND error IS NOT NULL AND {needed} ORDER BY number, notifier"""
    )
    # A notice is news until the next one of its source.
    untold = db.execute(
        f"""SELECT {rows.UNTOLD} FROM postings JOIN notices ON notices.id = notice
        WHERE error IS NOT NULL AND postings.state IN ('pending', 'failed')
        AND notice IN (SELECT max(id) FROM notices GROUP BY source) ORDER BY source, notifier"""
    )
    unsure = db.execute(
        f"""SELECT {rows.DRAFT} FROM drafts WHERE sent IS NULL AND begun < ? AND NOT EXISTS
            (SELECT 1 FROM replies WHERE replies.number = drafts.number AND at >= begun) ORDER BY begun""",
        (stamp(now - ON_ITS_WAY),),
    )
    responses = [
        waited
        for (waited,) in db.execute(
            "SELECT first_reply - published FROM alerts JOIN mentions USING (number) WHERE first_reply >= ?",
            (stamp(now - RECENT),),
        )
    ]
    return Standings(
        sources=sources(db, now),
        open=open_,
        overdue=overdue,
        pending=_one(db, "SELECT count(*) FROM deliveries WHERE state = 'pending'"),
        troubles=tuple(map(rows.trouble, troubles)),
        untold=tuple(map(rows.untold, untold)),
        unsure=tuple(map(rows.draft, unsure)),
        first_response=timedelta(microseconds=median(responses)) if responses else None,
        mentions=_one(db, "SELECT coalesce(sum(mentions), 0) FROM days"),
        hidden=_one(db, "SELECT count(*) FROM mentions WHERE hidden = 1"),
        heartbeat_at=moment(_one(db, "SELECT max(until) FROM heart")),
    )


def _one(db: sqlite3.Connection, question: str) -> Any:
    return db.execute(question).fetchone()[0]


def _conditions(search: Search) -> tuple[list[str], list[Any]]:
    """What a search asks beside full text, as SQL and its values."""
    asked = {name: getattr(search, name) for name in CONDITIONS if getattr(search, name) is not None}
    # Spelt out: an index of the hidden ones alone serves no parameter.
    sight = [] if search.hidden is None else ["hidden = 1" if search.hidden else "hidden = 0"]
    return [CONDITIONS[name] for name in asked] + sight, [plain(value) for value in asked.values()]


def _written(db: sqlite3.Connection, author: str, most: int) -> int:
    """How many mentions an author wrote, counted no further than `most`."""
    counted = f"SELECT 1 FROM mentions INDEXED BY mentions_by_author WHERE {CONDITIONS['author']} LIMIT ?"
    (found,) = db.execute(f"SELECT count(*) FROM ({counted})", (clean(author), most)).fetchone()
    return int(found)


def _matches(db: sqlite3.Connection, text: str, most: int) -> int:
    """How many mentions hold these words, counted no further than `most`."""
    try:
        (found,) = db.execute(
            "SELECT count(*) FROM (SELECT 1 FROM words WHERE words MATCH ? LIMIT ?)", (clean(text), most)
        ).fetchone()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
            raise
        raise StoreError(
            f'cannot search for {clean(text)}: {error}; put what is not a word in "double quotes"'
        ) from error
    return int(found)
