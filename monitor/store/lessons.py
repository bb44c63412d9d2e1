"""What people say of mentions: stored above what the model said, taken back, and read to learn from."""

import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from models.verdict import Sentiment

from ..errors import UnknownMention
from ..types import Label, Record, Subject
from ..views import Labelled
from . import rows
from .cells import clean, lines, moment, stamp
from .history import stored
from .intake import DAY

WHICH = "number IN (SELECT value FROM json_each(?))"
COUNTED = f"SELECT brand, {DAY}, network, sentiment FROM mentions WHERE {WHICH} AND hidden = 0"
"""What the counts by day hold of these mentions."""

NOTE = """INSERT INTO labels
        (number, relevant, sentiment, by, at, said, said_hidden, said_sentiment, said_negative, model)
    SELECT number, :relevant, :sentiment, :by, :at, relevance, hidden, mentions.sentiment, negative, mentions.model
    FROM mentions WHERE number = :number
    ON CONFLICT (number) DO UPDATE SET by = excluded.by, at = excluded.at,
        teaches = teaches | iif(excluded.relevant IS NULL, 0, 1) | iif(excluded.sentiment IS NULL, 0, 2),
        said = iif(relevant IS NULL, excluded.said, said),
        said_hidden = iif(relevant IS NULL, excluded.said_hidden, said_hidden),
        relevant = coalesce(excluded.relevant, relevant), sentiment = coalesce(excluded.sentiment, sentiment)"""
"""One label. What the model had said is kept as of when a person first said otherwise: relevance may be scored anew
under a label that tells of sentiment alone."""
OBEY = """UPDATE mentions SET hidden = coalesce(1 - :relevant, hidden), sentiment = coalesce(:sentiment, sentiment)
    WHERE number IN (SELECT value FROM json_each(:numbers))"""
RESTORE = f"""UPDATE mentions SET sentiment = said_sentiment, hidden = iif(relevant IS NULL, hidden, said_hidden)
    FROM labels WHERE labels.number = mentions.number AND mentions.{WHICH}"""

# "Irrelevant" closes an alert that waits, and remembers in which state; what is not irrelevant any more waits again,
# unless somebody has opened it since.
REMEMBER = f"""UPDATE labels SET shut = (
        SELECT state FROM alerts WHERE alerts.number = labels.number AND state IN ('open', 'taken')
    ) WHERE {WHICH} AND EXISTS (
        SELECT 1 FROM alerts WHERE alerts.number = labels.number AND state IN ('open', 'taken'))"""
SHUT = f"""UPDATE alerts SET state = 'closed', taken_by = coalesce(taken_by, ?), snoozed_until = NULL, closed = ?
    WHERE state IN ('open', 'taken') AND {WHICH}"""
WAIT = f"""UPDATE alerts SET closed = NULL, state = iif(first_reply IS NULL, shut, 'replied'),
        taken_by = iif(shut = 'open' AND first_reply IS NULL, NULL, taken_by)
    FROM labels WHERE labels.number = alerts.number AND shut IS NOT NULL AND state = 'closed' AND alerts.{WHICH}"""

PARTS: Final[Mapping[Subject, int]] = {"relevance": 1, "sentiment": 2, "all": 3}
"""The column `teaches` is a sum of these."""
TEACHES = """(relevant IS NOT NULL AND teaches & :parts & 1) OR (sentiment IS NOT NULL AND teaches & :parts & 2)"""
"""Labels from which something is learned, of what is asked for."""

FREE = f"""{WHICH} AND NOT EXISTS (
        SELECT 1 FROM labels WHERE labels.number = mentions.number AND relevant IS NOT NULL)
    AND NOT EXISTS (
        SELECT 1 FROM alerts WHERE alerts.number = mentions.number AND state IN ('taken', 'replied'))"""
"""Mentions that the model may hide or show: of the others a person has decided."""


def label(
    db: sqlite3.Connection,
    numbers: Sequence[int],
    by: str,
    now: datetime,
    *,
    relevant: bool | None,
    sentiment: Sentiment | None,
) -> list[Record]:
    _check(db, numbers)
    named, at = lines(numbers), stamp(now)
    said = {"relevant": relevant, "sentiment": sentiment, "by": clean(by), "at": at}
    before = _counted(db, numbers)
    db.executemany(NOTE, [{**said, "number": number} for number in numbers])
    db.execute(OBEY, {"relevant": relevant, "sentiment": sentiment, "numbers": named})
    _recount(db, before, _counted(db, numbers))
    if relevant is False:
        db.execute(REMEMBER, (named,))
        db.execute(SHUT, (clean(by), at, named))
    elif relevant:
        _wait_again(db, named)
    _teach(db)
    return _records(db, numbers)


def unlabel(db: sqlite3.Connection, numbers: Sequence[int]) -> list[Record]:
    _check(db, numbers)
    had = {number for (number,) in db.execute(f"SELECT number FROM labels WHERE {WHICH}", (lines(numbers),))}
    named, before = lines(list(had)), _counted(db, had)
    db.execute(RESTORE, (named,))
    _recount(db, before, _counted(db, had))
    _wait_again(db, named)
    db.execute(f"DELETE FROM labels WHERE {WHICH}", (named,))
    if had:
        _teach(db)
    return _records(db, [number for number in numbers if number in had])


def labelled(db: sqlite3.Connection, brand: str | None) -> list[Labelled]:
    found = db.execute(
        f"""SELECT {rows.RECORD}, vector, (SELECT teaches FROM labels WHERE labels.number = mentions.number)
        FROM mentions LEFT JOIN embeddings USING (number)
        WHERE mentions.number IN (SELECT number FROM labels WHERE {TEACHES}) AND (:brand IS NULL OR brand = :brand)""",
        {"brand": brand and clean(brand), "parts": PARTS["all"]},
    )
    taught = [_labelled(rows.record(row[: rows.WIDTH]), row[rows.WIDTH] or b"", row[rows.WIDTH + 1]) for row in found]
    return sorted(taught, key=lambda one: (one.at, one.record.number))


def unlabelled(db: sqlite3.Connection, brand: str, limit: int) -> Iterator[tuple[Record, bytes]]:
    found = db.execute(
        f"""SELECT {rows.RECORD}, vector FROM mentions LEFT JOIN embeddings USING (number)
        WHERE brand = ? AND deleted IS NULL AND NOT EXISTS (
            SELECT 1 FROM labels WHERE labels.number = mentions.number AND relevant IS NOT NULL
        ) ORDER BY published DESC, mentions.number DESC LIMIT ?""",
        (clean(brand), limit),
    )
    return ((rows.record(row[: rows.WIDTH]), row[rows.WIDTH] or b"") for row in found)


def rescore(db: sqlite3.Connection, scores: Mapping[int, tuple[float, bool]]) -> int:
    sides = db.execute(f"SELECT number, hidden FROM mentions WHERE {FREE}", (lines(list(scores)),)).fetchall()
    changed = [number for number, was in sides if scores[number][1] != bool(was)]
    before = _counted(db, changed)
    db.executemany(
        "UPDATE mentions SET relevance = ?, hidden = ? WHERE number = ?",
        [(*scores[number], number) for number, _ in sides],
    )
    _recount(db, before, _counted(db, changed))
    return len(changed)


def profile(db: sqlite3.Connection, brand: str) -> tuple[str, datetime] | None:
    row = db.execute("SELECT profile, built FROM profiles WHERE brand = ?", (clean(brand),)).fetchone()
    return (row[0], moment(row[1])) if row else None


def keep_profile(db: sqlite3.Connection, brand: str, text: str, sources: Sequence[str], now: datetime) -> None:
    db.execute(
        "INSERT OR REPLACE INTO profiles (brand, profile, built, sources) VALUES (?, ?, ?, ?)",
        (clean(brand), clean(text), stamp(now), lines([clean(source) for source in sources])),
    )
    _teach(db)


def taught(db: sqlite3.Connection) -> int:
    row = db.execute("SELECT taught FROM lessons").fetchone()
    return row[0] if row else 0


def forget_labels(db: sqlite3.Connection, brand: str | None, subject: Subject) -> int:
    forgotten = db.execute(
        f"""UPDATE labels SET teaches = teaches & ~:parts WHERE ({TEACHES})
        AND (:brand IS NULL OR (SELECT brand FROM mentions WHERE mentions.number = labels.number) = :brand)""",
        {"brand": brand and clean(brand), "parts": PARTS[subject]},
    ).rowcount
    _teach(db)
    return forgotten


def _check(db: sqlite3.Connection, numbers: Collection[int]) -> None:
    """Raise `UnknownMention` unless all of them are there."""
    if missing := sorted(set(numbers) - stored(db, numbers)):
        raise UnknownMention(f"there is no mention {', '.join(map(str, missing))}; `oido mentions` lists them")


def _records(db: sqlite3.Connection, numbers: Sequence[int]) -> list[Record]:
    """These mentions as they are now, in this order."""
    found = db.execute(f"SELECT {rows.RECORD} FROM mentions WHERE {WHICH}", (lines(numbers),))
    by_number = {row[0]: rows.record(row) for row in found}
    return [by_number[number] for number in numbers]


def _labelled(record: Record, embedding: bytes, teaches: int) -> Labelled:
    """A label, as far as it teaches."""
    label: Label | None = record.label
    assert label is not None
    return Labelled(
        record=record,
        embedding=embedding,
        relevant=label.relevant if teaches & PARTS["relevance"] else None,
        sentiment=label.sentiment if teaches & PARTS["sentiment"] else None,
        by=label.by,
        at=label.at,
        said=label.said,
        said_sentiment=label.said_sentiment,
        said_negative=label.said_negative,
    )


def _wait_again(db: sqlite3.Connection, named: str) -> None:
    db.execute(WAIT, (named,))
    db.execute(f"UPDATE labels SET shut = NULL WHERE {WHICH}", (named,))


def _counted(db: sqlite3.Connection, numbers: Collection[int]) -> Counter[tuple[str, int, str, str]]:
    """How often each of these mentions' counts by day holds one of them."""
    return Counter(map(tuple, db.execute(COUNTED, (lines(list(numbers)),))))


def _recount(
    db: sqlite3.Connection, before: Counter[tuple[str, int, str, str]], after: Counter[tuple[str, int, str, str]]
) -> None:
    """Have the counts by day follow mentions that changed."""
    after = after.copy()
    after.subtract(before)
    moved = [(*key, count) for key, count in after.items() if count]
    db.executemany(
        """INSERT INTO days (brand, day, network, sentiment, mentions) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (brand, day, network, sentiment) DO UPDATE SET mentions = mentions + excluded.mentions""",
        moved,
    )
    db.executemany(
        "DELETE FROM days WHERE (brand, day, network, sentiment) = (?, ?, ?, ?) AND mentions <= 0",
        [key for *key, _ in moved],
    )


def _teach(db: sqlite3.Connection) -> None:
    db.execute("INSERT INTO lessons VALUES (1, 1) ON CONFLICT (one) DO UPDATE SET taught = taught + 1")
