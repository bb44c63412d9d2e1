-- A database of schema 5 with one mention, as the version that knew no other made it. Frozen: migrations are tested on it.
PRAGMA application_id = 1869177967;
PRAGMA user_version = 5;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
CREATE TABLE sources (
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
, account TEXT NOT NULL DEFAULT '', streams INTEGER NOT NULL DEFAULT 0, cause TEXT, seen INTEGER, fresh INTEGER, told TEXT NOT NULL DEFAULT '') STRICT, WITHOUT ROWID;
CREATE TABLE gaps (
source TEXT NOT NULL,
since INTEGER NOT NULL,
until INTEGER NOT NULL, why TEXT,
PRIMARY KEY (source, since)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE heart (
one INTEGER PRIMARY KEY CHECK (one = 1),
owner TEXT NOT NULL,
until INTEGER NOT NULL
    ) STRICT;
CREATE TABLE mentions (
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
, topics TEXT NOT NULL DEFAULT '[]', relevance REAL, hidden INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE stories (
brand TEXT NOT NULL,
story TEXT NOT NULL,
mentions INTEGER NOT NULL,
PRIMARY KEY (brand, story)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE days (
brand TEXT NOT NULL,
day INTEGER NOT NULL,
network TEXT NOT NULL,
sentiment TEXT NOT NULL,
mentions INTEGER NOT NULL,
PRIMARY KEY (brand, day, network, sentiment)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE readings (
number INTEGER NOT NULL REFERENCES mentions ON DELETE CASCADE,
at INTEGER NOT NULL,
followers INTEGER,
likes INTEGER,
shares INTEGER,
comments INTEGER,
views INTEGER,
PRIMARY KEY (number, at)
    ) STRICT, WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5 (
title, text, content = mentions, content_rowid = number, columnsize = 0,
tokenize = 'unicode61 remove_diacritics 2'
    );
CREATE TABLE alerts (
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
    ) STRICT;
CREATE TABLE replies (
id INTEGER PRIMARY KEY,
number INTEGER NOT NULL REFERENCES alerts ON DELETE CASCADE,
by TEXT NOT NULL,
at INTEGER NOT NULL,
text TEXT NOT NULL,
url TEXT
    ) STRICT;
CREATE TABLE deliveries (
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
    ) STRICT;
CREATE TABLE embeddings (
number INTEGER PRIMARY KEY REFERENCES mentions ON DELETE CASCADE,
vector BLOB NOT NULL
    ) STRICT;
CREATE TABLE labels (
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
    ) STRICT;
CREATE TABLE profiles (
brand TEXT PRIMARY KEY,
profile TEXT NOT NULL,
built INTEGER NOT NULL,
sources TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
CREATE TABLE lessons (
one INTEGER PRIMARY KEY CHECK (one = 1),
taught INTEGER NOT NULL
    ) STRICT;
CREATE TABLE budgets (
source TEXT NOT NULL,
budget TEXT NOT NULL,
most REAL NOT NULL,
unit TEXT NOT NULL,
span INTEGER NOT NULL,
PRIMARY KEY (source, budget)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE spending (
id INTEGER PRIMARY KEY,
account TEXT NOT NULL,
budget TEXT NOT NULL,
at INTEGER NOT NULL,
until INTEGER NOT NULL,
what TEXT NOT NULL,
amount REAL NOT NULL
    ) STRICT;
CREATE TABLE waits (
account TEXT PRIMARY KEY,
since INTEGER NOT NULL,
until INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
CREATE TABLE pauses (
source TEXT NOT NULL,
day INTEGER NOT NULL,
longest INTEGER NOT NULL,
PRIMARY KEY (source, day)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE notices (
id INTEGER PRIMARY KEY AUTOINCREMENT,
source TEXT NOT NULL,
state TEXT NOT NULL,
said TEXT,
since INTEGER,
at INTEGER NOT NULL
    ) STRICT;
CREATE TABLE postings (
id INTEGER PRIMARY KEY,
notice INTEGER NOT NULL REFERENCES notices ON DELETE CASCADE,
notifier TEXT NOT NULL,
state TEXT NOT NULL DEFAULT 'pending',
attempts INTEGER NOT NULL DEFAULT 0,
next_at INTEGER NOT NULL,
lease_until INTEGER,
token INTEGER NOT NULL DEFAULT 0,
error TEXT, settled INTEGER,
UNIQUE (notice, notifier)
    ) STRICT;
CREATE TABLE looks (
number INTEGER PRIMARY KEY REFERENCES mentions ON DELETE CASCADE,
source TEXT NOT NULL,
due INTEGER NOT NULL
    ) STRICT;
CREATE TABLE lookouts (
source TEXT PRIMARY KEY,
owner TEXT,
lease_until INTEGER,
token INTEGER NOT NULL DEFAULT 0,
started INTEGER,
failures INTEGER NOT NULL DEFAULT 0,
next_at INTEGER
    , doubts INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
CREATE TABLE drafts (
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
    ) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
ON "_sqlite_migrations" ("migration_set", "name");
CREATE INDEX mentions_by_time ON mentions (published);
CREATE INDEX mentions_by_brand ON mentions (brand, published);
CREATE INDEX mentions_by_author ON mentions (handle COLLATE NOCASE, network) WHERE handle IS NOT NULL;
CREATE INDEX mentions_hidden ON mentions (hidden, published, brand) WHERE hidden = 1;
CREATE INDEX alerts_to_work ON alerts (state, level, due);
CREATE INDEX alerts_replied ON alerts (first_reply) WHERE first_reply IS NOT NULL;
CREATE INDEX replies_by_number ON replies (number);
CREATE INDEX deliveries_pending ON deliveries (level, next_at) WHERE state = 'pending';
CREATE INDEX deliveries_failed ON deliveries (number) WHERE state = 'failed';
CREATE INDEX spending_by_account ON spending (account, budget, until);
CREATE INDEX spending_by_end ON spending (until);
CREATE INDEX postings_pending ON postings (notifier, next_at) WHERE state = 'pending';
CREATE INDEX looks_due ON looks (source, due);
CREATE INDEX drafts_by_number ON drafts (number);
INSERT INTO _sqlite_migrations VALUES (1, 'oido', 'm001_the_first_tables', '2026-11-02 12:00:00+00:00');
INSERT INTO _sqlite_migrations VALUES (2, 'oido', 'm002_relevance_topics_and_labels', '2026-11-02 12:00:00+00:00');
INSERT INTO _sqlite_migrations VALUES (3, 'oido', 'm003_budgets_and_coverage', '2026-11-02 12:00:00+00:00');
INSERT INTO _sqlite_migrations VALUES (4, 'oido', 'm004_looks_and_drafts', '2026-11-02 12:00:00+00:00');
INSERT INTO _sqlite_migrations VALUES (5, 'oido', 'm005_doubts_and_settled_postings', '2026-11-02 12:00:00+00:00');
INSERT INTO sources VALUES ('social', 'silent', '', 1, 600000000, '', '{}', 1793620800000000, 'me', 1793624400000000, 1, 1793620800000000, 1793620800000000, NULL, 0, NULL, 'nobody', 0, 1, 1793620200000000, 'silent:0123456789abcdef', 0, NULL, 1793620800000000, 1793620200000000, '');
INSERT INTO gaps VALUES ('social', 1793500000000000, 1793510000000000, 'outage');
INSERT INTO mentions VALUES (1, 'mastodon:1:Acme', 'mastodon', '1', 'Acme', 'social', 'https://social.example/1', NULL, 'Acme está caído', 'ana', NULL, NULL, 10, 1793620200000000, 1793620200000000, NULL, 1793620800000000, 1793620800000000, NULL, NULL, '[]', 3, NULL, NULL, NULL, 'en', 'negative', 0.8, 0.1, 0.1, 'complaint', 'en', '[]', 'test', 'mastodon:1', 10, 'P2', '[["negative",40],["intent",20]]', NULL, '["site"]', 0.75, 0);
INSERT INTO stories VALUES ('Acme', 'mastodon:1', 1);
INSERT INTO days VALUES ('Acme', 739922, 'mastodon', 'negative', 1);
INSERT INTO readings VALUES (1, 1793620800000000, 10, 3, NULL, NULL, NULL);
INSERT INTO alerts VALUES (1, 'Acme', 'mastodon:1', 'P2', '["negative"]', 1793620800000000, 1793624400000000, 'open', NULL, NULL, NULL, NULL);
INSERT INTO deliveries VALUES (1, 1, 'console', 'P2', 'pending', 0, 1793620800000000, NULL, NULL, 0, NULL, NULL);
INSERT INTO embeddings VALUES (1, x'017f80');
INSERT INTO labels VALUES (1, 1, NULL, 'ana', 1793620800000000, 0.75, 0, 'negative', 0.8, 'test', NULL, 1);
INSERT INTO profiles VALUES ('Acme', '{}', 1793620800000000, '["https://acme.example"]');
INSERT INTO lessons VALUES (1, 2);
INSERT INTO budgets VALUES ('social', 'search', 100.0, 'searches', 86400000000);
INSERT INTO spending VALUES (1, 'silent:0123456789abcdef', 'search', 1793620800000000, 1793707200000000, '', 37.0);
INSERT INTO waits VALUES ('silent:0123456789abcdef', 1793620800000000, 1793624400000000);
INSERT INTO pauses VALUES ('social', 739922, 3600000000);
INSERT INTO notices VALUES (1, 'social', 'refused', '401', 1793500000000000, 1793500000000000);
INSERT INTO postings VALUES (1, 1, 'console', 'pending', 1, 1793503600000000, NULL, 1, '503', 1793500000000000);
INSERT INTO looks VALUES (1, 'social', 1793624400000000);
INSERT INTO lookouts VALUES ('social', NULL, NULL, 3, 1793620800000000, 1, NULL, 2);
INSERT INTO drafts VALUES ('0123456789abcdef', 1, 'social', 'ana', 'Lo sentimos', 1793620800000000, 1, NULL, NULL, NULL);
INSERT INTO words (rowid, title, text) SELECT number, title, text FROM mentions;
CREATE TRIGGER mentions_reworded AFTER UPDATE OF title, text ON mentions BEGIN
INSERT INTO words (words, rowid, title, text) VALUES ('delete', old.number, old.title, old.text);
INSERT INTO words (rowid, title, text) VALUES (new.number, new.title, new.text);
END;
CREATE TRIGGER mentions_deleted AFTER DELETE ON mentions BEGIN
INSERT INTO words (words, rowid, title, text) VALUES ('delete', old.number, old.title, old.text);
END;
