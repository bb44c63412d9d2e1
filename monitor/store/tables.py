"""The tables of the first migration, for `schema.py`. They are history: changes are migrations of their own."""

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
