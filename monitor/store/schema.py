"""The tables, as the history of how they came to be. A change is a new migration at the end; those above it stand.

Times are whole microseconds since 1970 in UTC, days are counted as `datetime.date.toordinal` does, lists are JSON.
"""

import sqlite3

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from .tables import FIRST

migrations = Migrations("oido")


def migrate(db: sqlite3.Connection) -> None:
    """Apply what is missing, within the transaction that the caller has begun."""
    migrations.apply(Database(db, recursive_triggers=False, execute_plugins=False))


@migrations()
def m001_the_first_tables(db: Database) -> None:
    for statement in FIRST:
        db.execute(statement)


@migrations()
def m002_relevance_topics_and_labels(db: Database) -> None:
    for statement in SECOND:
        db.execute(statement)


@migrations()
def m003_budgets_and_coverage(db: Database) -> None:
    for statement in THIRD:
        db.execute(statement)


@migrations()
def m004_looks_and_drafts(db: Database) -> None:
    for statement in FOURTH:
        db.execute(statement)


@migrations()
def m005_doubts_and_settled_postings(db: Database) -> None:
    for statement in FIFTH:
        db.execute(statement)


SECOND = (
    "ALTER TABLE mentions ADD COLUMN topics TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE mentions ADD COLUMN relevance REAL",
    "ALTER TABLE mentions ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0",
    # What is hidden is counted and listed from here; what is shown never pays for it.
    "CREATE INDEX mentions_hidden ON mentions (hidden, published, brand) WHERE hidden = 1",
    # Where a text stands among texts: apart, because lists never read it.
    """CREATE TABLE embeddings (
        number INTEGER PRIMARY KEY REFERENCES mentions ON DELETE CASCADE,
        vector BLOB NOT NULL
    ) STRICT""",
    # A person's word, and what it replaced: `said` and what follows. `shut` is the state that an alert was in when
    # "irrelevant" closed it. `teaches` is the sum of 1 while its word on
    # relevance is learned from and 2 while that on sentiment is: what teaches no more still stands above the model.
    """CREATE TABLE labels (
        number INTEGER PRIMARY KEY REFERENCES mentions ON DELETE CASCADE,
        relevant INTEGER,
        sentiment TEXT,
        by TEXT NOT NULL,
        at INTEGER NOT NULL,
        said REAL,
        said_hidden INTEGER NOT NULL,
        said_sentiment TEXT NOT NULL,
        said_negative REAL NOT NULL,
        model TEXT NOT NULL,
        shut TEXT,
        teaches INTEGER NOT NULL DEFAULT 3
    ) STRICT""",
    # What a brand's own pages say of it.
    """CREATE TABLE profiles (
        brand TEXT PRIMARY KEY,
        profile TEXT NOT NULL,
        built INTEGER NOT NULL,
        sources TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
    # Grows whenever there is something to learn anew.
    """CREATE TABLE lessons (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        taught INTEGER NOT NULL
    ) STRICT""",
)

THIRD = (
    # `account` is whose budgets a source uses up; `cause` is why it fails; `seen` until when all was asked for; `fresh`
    # the newest post that it brought; `told` what people were told of it last, "" when it is well.
    "ALTER TABLE sources ADD COLUMN account TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE sources ADD COLUMN streams INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE sources ADD COLUMN cause TEXT",
    "ALTER TABLE sources ADD COLUMN seen INTEGER",
    "ALTER TABLE sources ADD COLUMN fresh INTEGER",
    "ALTER TABLE sources ADD COLUMN told TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE gaps ADD COLUMN why TEXT",
    # What the sources' connectors declare, for those who read without them.
    """CREATE TABLE budgets (
        source TEXT NOT NULL,
        budget TEXT NOT NULL,
        most REAL NOT NULL,
        unit TEXT NOT NULL,
        span INTEGER NOT NULL,
        PRIMARY KEY (source, budget)
    ) STRICT, WITHOUT ROWID""",
    # What was taken, and until when it counts.
    """CREATE TABLE spending (
        id INTEGER PRIMARY KEY,
        account TEXT NOT NULL,
        budget TEXT NOT NULL,
        at INTEGER NOT NULL,
        until INTEGER NOT NULL,
        what TEXT NOT NULL,
        amount REAL NOT NULL
    ) STRICT""",
    "CREATE INDEX spending_by_account ON spending (account, budget, until)",
    "CREATE INDEX spending_by_end ON spending (until)",
    # How long networks asked accounts to stay away, as told at `since`.
    """CREATE TABLE waits (
        account TEXT PRIMARY KEY,
        since INTEGER NOT NULL,
        until INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID""",
    # The habit of a source: the longest pause between two of its posts that ended on a day.
    """CREATE TABLE pauses (
        source TEXT NOT NULL,
        day INTEGER NOT NULL,
        longest INTEGER NOT NULL,
        PRIMARY KEY (source, day)
    ) STRICT, WITHOUT ROWID""",
    # What people are told of a source, and its way to each notifier.
    """CREATE TABLE notices (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        source TEXT NOT NULL,
        state TEXT NOT NULL,
        said TEXT,
        since INTEGER,
        at INTEGER NOT NULL
    ) STRICT""",
    """CREATE TABLE postings (
        id INTEGER PRIMARY KEY,
        notice INTEGER NOT NULL REFERENCES notices ON DELETE CASCADE,
        notifier TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'pending',
        attempts INTEGER NOT NULL DEFAULT 0,
        next_at INTEGER NOT NULL,
        lease_until INTEGER,
        token INTEGER NOT NULL DEFAULT 0,
        error TEXT,
        UNIQUE (notice, notifier)
    ) STRICT""",
    "CREATE INDEX postings_pending ON postings (notifier, next_at) WHERE state = 'pending'",
)

FOURTH = (
    # Which mentions are looked at again, and when: those of the last days only, so that it stays small however many
    # there are.
    """CREATE TABLE looks (
        number INTEGER PRIMARY KEY REFERENCES mentions ON DELETE CASCADE,
        source TEXT NOT NULL,
        due INTEGER NOT NULL
    ) STRICT""",
    "CREATE INDEX looks_due ON looks (source, due)",
    # Who looks at which source's posts; `started` is the newest look, `next_at` until when the network is left alone.
    """CREATE TABLE lookouts (
        source TEXT PRIMARY KEY,
        owner TEXT,
        lease_until INTEGER,
        token INTEGER NOT NULL DEFAULT 0,
        started INTEGER,
        failures INTEGER NOT NULL DEFAULT 0,
        next_at INTEGER
    ) STRICT, WITHOUT ROWID""",
    # Answers handed to networks. Without `sent` nobody knows whether one arrived.
    """CREATE TABLE drafts (
        key TEXT PRIMARY KEY,
        number INTEGER NOT NULL REFERENCES mentions ON DELETE CASCADE,
        source TEXT NOT NULL,
        by TEXT NOT NULL,
        text TEXT NOT NULL,
        begun INTEGER NOT NULL,
        tries INTEGER NOT NULL,
        sent INTEGER,
        post_id TEXT,
        url TEXT
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX drafts_by_number ON drafts (number)",
)

FIFTH = (
    # How often in a row all of a source's posts were said to be gone, and were not believed to be.
    "ALTER TABLE lookouts ADD COLUMN doubts INTEGER NOT NULL DEFAULT 0",
    # When a posting was tried last: what a clock that was ahead put off is due.
    "ALTER TABLE postings ADD COLUMN settled INTEGER",
)
