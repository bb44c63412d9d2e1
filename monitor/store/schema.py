"""The tables, as the history of how they came to be. A change is a new migration at the end; those above it stand.

Times are whole microseconds since 1970 in UTC, days are counted as `datetime.date.toordinal` does, lists are JSON.
"""

import sqlite3

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

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


FIRST = (
    # Where each source stands. `heard` is its last page, `started` its running poll, `enlisted` whether configured now.
    """CREATE TABLE sources (
        name TEXT PRIMARY KEY,
        connector TEXT NOT NULL,
        settings TEXT NOT NULL,
        enlisted INTEGER NOT NULL DEFAULT 1,
        every INTEGER NOT NULL,
        mark TEXT NOT NULL DEFAULT '',
        validators TEXT NOT NULL DEFAULT '{}',
        next_at INTEGER,
        owner TEXT,
        lease_until INTEGER,
        token INTEGER NOT NULL DEFAULT 0,
        started INTEGER,
        heard INTEGER,
        failing_since INTEGER,
        failures INTEGER NOT NULL DEFAULT 0,
        error TEXT,
        actor TEXT NOT NULL DEFAULT 'nobody',
        found INTEGER NOT NULL DEFAULT 0,
        mentions INTEGER NOT NULL DEFAULT 0,
        newest INTEGER
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE gaps (
        source TEXT NOT NULL,
        since INTEGER NOT NULL,
        until INTEGER NOT NULL,
        PRIMARY KEY (source, since)
    ) STRICT, WITHOUT ROWID""",
    # The daemon's promise to be alive until then.
    """CREATE TABLE heart (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        owner TEXT NOT NULL,
        until INTEGER NOT NULL
    ) STRICT""",
    # AUTOINCREMENT: a number that people have written down never comes to mean another mention.
    # `published` is what mentions are listed by, `posted` what the network said; `told` is when the counts were.
    """CREATE TABLE mentions (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        network TEXT NOT NULL,
        post_id TEXT NOT NULL,
        brand TEXT NOT NULL,
        source TEXT NOT NULL,
        url TEXT,
        title TEXT,
        text TEXT NOT NULL,
        handle TEXT,
        name TEXT,
        profile TEXT,
        followers INTEGER,
        published INTEGER NOT NULL,
        posted INTEGER,
        edited INTEGER,
        seen INTEGER NOT NULL,
        told INTEGER NOT NULL,
        declared TEXT,
        in_reply_to TEXT,
        links TEXT NOT NULL,
        likes INTEGER,
        shares INTEGER,
        comments INTEGER,
        views INTEGER,
        language TEXT,
        sentiment TEXT NOT NULL,
        negative REAL NOT NULL,
        neutral REAL NOT NULL,
        positive REAL NOT NULL,
        intent TEXT NOT NULL,
        judged TEXT,
        reasons TEXT NOT NULL,
        model TEXT NOT NULL,
        story TEXT NOT NULL,
        reach INTEGER,
        level TEXT NOT NULL,
        parts TEXT NOT NULL,
        deleted INTEGER
    ) STRICT""",
    "CREATE INDEX mentions_by_time ON mentions (published)",
    "CREATE INDEX mentions_by_brand ON mentions (brand, published)",
    "CREATE INDEX mentions_by_author ON mentions (handle COLLATE NOCASE, network) WHERE handle IS NOT NULL",
    # How many mentions tell the same story.
    """CREATE TABLE stories (
        brand TEXT NOT NULL,
        story TEXT NOT NULL,
        mentions INTEGER NOT NULL,
        PRIMARY KEY (brand, story)
    ) STRICT, WITHOUT ROWID""",
    # What statistics are made of, so that none of them counts a million rows.
    """CREATE TABLE days (
        brand TEXT NOT NULL,
        day INTEGER NOT NULL,
        network TEXT NOT NULL,
        sentiment TEXT NOT NULL,
        mentions INTEGER NOT NULL,
        PRIMARY KEY (brand, day, network, sentiment)
    ) STRICT, WITHOUT ROWID""",
    # How far a mention carried, as told at each time; only ever appended to.
    """CREATE TABLE readings (
        number INTEGER NOT NULL REFERENCES mentions ON DELETE CASCADE,
        at INTEGER NOT NULL,
        followers INTEGER,
        likes INTEGER,
        shares INTEGER,
        comments INTEGER,
        views INTEGER,
        PRIMARY KEY (number, at)
    ) STRICT, WITHOUT ROWID""",
    # The search index has no triggers for what is inserted: a page is indexed in one statement, five times as fast.
    """CREATE VIRTUAL TABLE words USING fts5 (
        title, text, content = mentions, content_rowid = number, columnsize = 0,
        tokenize = 'unicode61 remove_diacritics 2'
    )""",
    """CREATE TRIGGER mentions_reworded AFTER UPDATE OF title, text ON mentions BEGIN
        INSERT INTO words (words, rowid, title, text) VALUES ('delete', old.number, old.title, old.text);
        INSERT INTO words (rowid, title, text) VALUES (new.number, new.title, new.text);
    END""",
    """CREATE TRIGGER mentions_deleted AFTER DELETE ON mentions BEGIN
        INSERT INTO words (words, rowid, title, text) VALUES ('delete', old.number, old.title, old.text);
    END""",
    # An alert on a copy of a story that has one already would be noise: (brand, story) is unique. NULL, for a mention
    # that a person answered without an alert while its story has one, is equal to nothing.
    """CREATE TABLE alerts (
        number INTEGER PRIMARY KEY REFERENCES mentions ON DELETE CASCADE,
        brand TEXT NOT NULL,
        story TEXT,
        level TEXT NOT NULL,
        reasons TEXT NOT NULL,
        raised INTEGER NOT NULL,
        due INTEGER NOT NULL,
        state TEXT NOT NULL,
        taken_by TEXT,
        snoozed_until INTEGER,
        first_reply INTEGER,
        closed INTEGER,
        UNIQUE (brand, story)
    ) STRICT""",
    "CREATE INDEX alerts_to_work ON alerts (state, level, due)",
    "CREATE INDEX alerts_replied ON alerts (first_reply) WHERE first_reply IS NOT NULL",
    """CREATE TABLE replies (
        id INTEGER PRIMARY KEY,
        number INTEGER NOT NULL REFERENCES alerts ON DELETE CASCADE,
        by TEXT NOT NULL,
        at INTEGER NOT NULL,
        text TEXT NOT NULL,
        url TEXT
    ) STRICT""",
    "CREATE INDEX replies_by_number ON replies (number)",
    """CREATE TABLE deliveries (
        id INTEGER PRIMARY KEY,
        number INTEGER NOT NULL REFERENCES alerts ON DELETE CASCADE,
        notifier TEXT NOT NULL,
        level TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'pending',
        attempts INTEGER NOT NULL DEFAULT 0,
        next_at INTEGER,
        owner TEXT,
        lease_until INTEGER,
        token INTEGER NOT NULL DEFAULT 0,
        error TEXT,
        settled INTEGER,
        UNIQUE (number, notifier)
    ) STRICT""",
    "CREATE INDEX deliveries_pending ON deliveries (level, next_at) WHERE state = 'pending'",
    "CREATE INDEX deliveries_failed ON deliveries (number) WHERE state = 'failed'",
)

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
