"""How fast mentions are stored and found, beside the recipe of SQLite's own documentation: triggers and row by row.

    python -m bench.store [--mentions 20000] [--large 100000]

CPU time of this process, so that a busy machine does not count: the best of three for storing, the median for finding.
"""

import argparse
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path

from connectors.base import Connector, Cursor, Http, Page
from connectors.post import Author, Engagement, Post
from models.verdict import Reason, Verdict
from monitor.store.database import transaction
from monitor.store.reader import Reader
from monitor.store.rows import MENTION, of_mention
from monitor.store.sqlite import SqliteStore
from monitor.types import Alert, Batch, Claim, Level, Mention, Priority, Source
from monitor.views import Search

NOW = datetime(2026, 11, 1, tzinfo=UTC)
SYLLABLES = [first + second for first in "bcdfglmnprstv" for second in ("a", "e", "i", "o", "ó", "u", "án", "er")]


class Silent(Connector):
    """A source that says nothing: the bench makes its own mentions."""

    name = "silent"

    async def fetch(self, http: Http, terms: Sequence[str], cursor: Cursor) -> AsyncGenerator[Page, None]:
        return
        yield


def vocabulary(rng: random.Random, size: int = 20_000) -> list[str]:
    return ["".join(rng.choices(SYLLABLES, k=rng.randint(1, 4))) for _ in range(size)]


def mentions(count: int, start: int = 0) -> list[Mention]:
    """Mentions of thirty words, drawn as words are: few often, most rarely."""
    rng = random.Random(start)
    words = vocabulary(random.Random(7))
    weights = list(accumulate(1 / rank for rank in range(1, len(words) + 1)))
    return [_mention(number, rng, words, weights) for number in range(start, start + count)]


def _mention(number: int, rng: random.Random, words: Sequence[str], weights: Sequence[float]) -> Mention:
    negative = rng.random()
    sentiment = "negative" if negative > 0.6 else "neutral" if negative > 0.3 else "positive"
    author = f"user{int(50_000 * rng.random() ** 3)}"
    network = rng.choice(("mastodon", "bluesky", "reddit"))
    # As networks count: two of these number their posts upwards, Bluesky's begin with the author's random name.
    post = Post(
        network=network,
        id=f"did:plc:{rng.getrandbits(100):x}/{number}" if network == "bluesky" else f"{1_000_000 + number}",
        url=f"https://social.example/@{author}/{number}",
        text=" ".join(rng.choices(words, cum_weights=weights, k=30)),
        author=Author(handle=author, name=author.title(), followers=rng.randrange(10_000)),
        published_at=NOW - timedelta(days=365) + timedelta(minutes=5 * number + rng.randrange(60)),
        engagement=Engagement(likes=rng.randrange(50), shares=rng.randrange(5)),
    )
    verdict = Verdict(
        sentiment=sentiment,
        negative=negative,
        neutral=(1 - negative) / 2,
        positive=(1 - negative) / 2,
        intent="complaint" if sentiment == "negative" else "other",
        language="es",
        reasons=(Reason(word="malo", weight=1.5), Reason(word="caro", weight=0.7), Reason(word="bien", weight=-0.4)),
        model="bench",
    )
    return Mention(
        post=post,
        brand=rng.choice(("Acme", "Luna", "Norte")),
        source="bench",
        language="es",
        verdict=verdict,
        story=f"{rng.getrandbits(64):016x}",
        reach=post.author.followers if post.author else None,
        priority=Priority(level=Level.P3, parts=(("negative", 30), ("reach", 10))),
        seen_at=NOW,
    )


def ours(path: Path) -> tuple[SqliteStore, Callable[[Sequence[Mention]], None]]:
    """Our store, as the pipeline uses it; one mention of fifty raises an alert for two notifiers."""
    store = SqliteStore.open(path)
    store.enlist([Source(name="bench", connector=Silent(), every=timedelta(minutes=5))], {"bench": ""}, NOW)
    claim: Claim | None = store.claim(["bench"], "bench", NOW, timedelta(hours=1))
    assert claim is not None

    def commit(page: Sequence[Mention]) -> None:
        alerts = tuple(
            Alert(mention=each, reasons=("negative",), raised_at=NOW, due_at=NOW + timedelta(hours=4))
            for each in page[::50]
        )
        store.commit(Batch(claim=claim, mark="", at=NOW, mentions=tuple(page), alerts=alerts), ("console", "chat"))

    return store, commit


def recipe(path: Path) -> Callable[[Sequence[Mention]], None]:
    """The recipe: the same table and indexes, triggers that fill the search index, one INSERT a mention."""
    SqliteStore.open(path).shut()
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA synchronous = NORMAL")
    db.execute(
        """CREATE TRIGGER mentions_worded AFTER INSERT ON mentions BEGIN
            INSERT INTO words (rowid, title, text) VALUES (new.number, new.title, new.text);
        END"""
    )
    insert = f"INSERT OR IGNORE INTO mentions ({MENTION}) VALUES ({', '.join('?' * (MENTION.count(',') + 1))})"

    def commit(page: Sequence[Mention]) -> None:
        with transaction(db):
            for each in page:
                db.execute(insert, tuple(of_mention(each)))

    return commit


def spent(work: Callable[[], object]) -> float:
    """CPU seconds that it takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def storing(folder: Path, stored: Sequence[Mention], size: int) -> None:
    """How many mentions a CPU second stores, in pages of `size`, ours and by the recipe."""

    def rate(commit: Callable[[Sequence[Mention]], None]) -> float:
        pages = [stored[at : at + size] for at in range(0, len(stored), size)]
        return len(stored) / spent(lambda: [commit(page) for page in pages])

    best = {"ours": 0.0, "recipe": 0.0}
    for turn in range(3):
        best["ours"] = max(best["ours"], rate(ours(folder / f"ours-{size}-{turn}.db")[1]))
        best["recipe"] = max(best["recipe"], rate(recipe(folder / f"recipe-{size}-{turn}.db")))
    ratio = best["ours"] / best["recipe"]
    print(f"store, pages of {size:>3}: {best['ours']:>9,.0f}/s  recipe {best['recipe']:>9,.0f}/s  {ratio:.1f} x")


def finding(folder: Path, count: int) -> None:
    """How long questions take on a store of `count` mentions."""
    path = folder / "large.db"
    store, commit = ours(path)
    for start in range(0, count, 10_000):
        page = mentions(min(10_000, count - start), start)
        for at in range(0, len(page), 500):
            commit(page[at : at + 500])
    store.shut()
    print(f"{count:,} mentions: {path.stat().st_size / count:,.0f} bytes each")
    words = vocabulary(random.Random(7))
    with Reader.open(path) as reader:
        for name, search in {
            "newest 20": Search(limit=20),
            "newest 20 of a brand": Search(brand="Acme", limit=20),
            "an author's": Search(author="user7", limit=20),
            "a common word": Search(text=f'"{words[0]}"', limit=20),
            "a common word, brand, mood": Search(text=f'"{words[0]}"', brand="Acme", sentiment="negative", limit=20),
            "a middling word": Search(text=f'"{words[300]}"', limit=20),
            "a rare word, brand, mood": Search(text=f'"{words[15_000]}"', brand="Acme", sentiment="negative", limit=20),
        }.items():
            times = [spent(lambda search=search: list(reader.mentions(search))) for _ in range(30)]
            print(f"  {name:<28} {statistics.median(times) * 1000:8.2f} ms")
        for name, ask in {
            "standings": lambda: reader.standings(NOW),
            "dossier": lambda: reader.dossier(count // 2),
            "inbox, 20 tickets": lambda: reader.tickets(["open"], NOW, limit=20),
            "authors by reach": lambda: reader.authors(by="reach", brand=None, network=None, since=None, limit=20),
        }.items():
            print(f"  {name:<28} {statistics.median(spent(ask) for _ in range(5)) * 1000:8.2f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mentions", type=int, default=20_000, help="how many to store")
    parser.add_argument("--large", type=int, default=100_000, help="how many to search in; 0 for none")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        stored = mentions(asked.mentions)
        for size in (100, 500):
            storing(Path(folder), stored, size)
        if asked.large:
            finding(Path(folder), asked.large)


if __name__ == "__main__":
    main()
