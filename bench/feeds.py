"""Polling feeds: what a poll costs us and the `reader` library, in one run, in feeds per CPU second of the client.

    python bench/feeds.py [FEEDS] [FEEDS_FOR_READER]

A server in another process on this machine serves feeds of fifty entries. Four cases: the first fetch; a 304; the same
body without validators; and one new entry of fifty. Both poll in turn, five times, and the medians are taken. Ours
goes through `Client.visit` and `Feed.fetch`, as in the daemon; marks and validators are kept as the store would.
"""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import feedparser_sgmllib

from connectors.base import Cursor, Validator
from connectors.feeds.feed import Feed
from connectors.wire.http import Client
from connectors.wire.session import Session

ENTRIES = 50
AT_ONCE = 8
REPEATS = 5
CASES = ("304", "unchanged body", "one new of fifty")
BARS = {"first fetch": 2, "304": 15, "unchanged body": 100, "one new of fifty": 15}
SENTENCE = (
    "The parcel from Acme came late and the box was open, but their people answered within the hour &amp; refunded it. "
)


# The server


def entry(feed: int, number: int) -> str:
    text = f"&lt;p&gt;{SENTENCE * 4}&lt;/p&gt;&lt;p&gt;See &lt;a href='https://example.org/{number}'&gt;this&lt;/a&gt;.&lt;/p&gt;"
    return (
        f"<item><title>Acme review {number} of shop {feed}</title><link>https://shop{feed}.example/{number}</link>"
        f"<guid isPermaLink='false'>shop{feed}-{number}</guid><dc:creator>Ana {number % 7}</dc:creator>"
        f"<pubDate>Mon, 02 Nov 2026 {number // 60 % 24:02}:{number % 60:02}:00 GMT</pubDate>"
        f"<category>reviews</category><description>{text}</description></item>\n"
    )


def body(feed: int, newest: int) -> bytes:
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<channel><title>Shop {feed}</title><link>https://shop{feed}.example/</link><language>en</language>\n"
    )
    entries = "".join(entry(feed, number) for number in range(newest, newest - ENTRIES, -1))
    return f"{head}{entries}</channel></rss>\n".encode()


def serve() -> None:
    from aiohttp import web

    polls: dict[str, int] = {}

    async def answer(request: web.Request) -> web.Response:
        case, feed = request.match_info["case"], int(request.match_info["feed"])
        if case == "0" and "If-None-Match" in request.headers:
            return web.Response(status=304, headers={"ETag": '"one"'})
        polls[request.path] = polls.get(request.path, 0) + 1
        newest = 1000 + (polls[request.path] if case == "2" else 0)
        headers = {"ETag": '"one"'} if case == "0" else {}
        return web.Response(body=body(feed, newest), content_type="application/rss+xml", headers=headers)

    async def main() -> None:
        app = web.Application()
        app.router.add_get("/{case}/{feed}/{who}", answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        print(runner.addresses[0][1], flush=True)
        await asyncio.Event().wait()

    asyncio.run(main())


@contextmanager
def server() -> Iterator[str]:
    process = subprocess.Popen([sys.executable, __file__, "serve"], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


# The clients


@dataclass
class Costs:
    """CPU seconds for one feed: the first fetch, and each poll after it."""

    first: float = 0.0
    again: list[float] = field(default_factory=list)


class Ours:
    """Feeds with their marks and validators, as the store keeps them."""

    def __init__(self, client: Client, urls: list[str]) -> None:
        self.client = client
        self.feeds = {url: Feed(url=url) for url in urls}
        self.marks = dict.fromkeys(urls, "")
        self.validators: dict[str, dict[str, Validator]] = {url: {} for url in urls}
        self.since = datetime.now(UTC) - timedelta(days=1)

    async def update(self) -> int:
        queue = iter(self.feeds)
        return sum(await asyncio.gather(*(self._work(queue) for _ in range(AT_ONCE))))

    async def _work(self, queue: Iterator[str]) -> int:
        return sum([await self._poll(url) for url in queue])

    async def _poll(self, url: str) -> int:
        visit, posts = self.client.visit(0.0, self.validators[url]), 0
        async for page in self.feeds[url].fetch(visit, (), Cursor(since=self.since, mark=self.marks[url])):
            self.marks[url] = page.mark
            posts += len(page.posts)
        self.validators[url] = dict(visit.validators)
        return posts


class Theirs:
    """The same feeds in `reader`, in a database of its own."""

    def __init__(self, folder: Path, urls: list[str]) -> None:
        # reader 3.26 carries a feedparser that imports the old name of this module.
        sys.modules.setdefault("sgmllib", feedparser_sgmllib)
        from reader import make_reader

        self.reader = make_reader(str(folder / "reader.sqlite"))
        for url in urls:
            self.reader.add_feed(url)

    def update(self) -> int:
        before = self.reader.get_entry_counts().total or 0
        self.reader.update_feeds(scheduled=False)  # even those that were polled within the hour
        return (self.reader.get_entry_counts().total or 0) - before


@asynccontextmanager
async def opened() -> AsyncIterator[Client]:
    async with Session(contact="", allow=("127.0.0.1",)) as session:
        yield Client(session, now=lambda: datetime.now(UTC))


def compare(base: str, case: str, feeds: int, fewer: int) -> tuple[Costs, Costs]:
    """CPU seconds per feed of ours and of theirs, polled in turn, so that both meet the same neighbours' noise."""
    path = f"{base}/{CASES.index(case)}"
    us, them = Costs(), Costs()
    new = 1 if case == "one new of fifty" else 0
    with asyncio.Runner() as runner, tempfile.TemporaryDirectory() as folder:
        lent = opened()
        ours = Ours(runner.run(lent.__aenter__()), [f"{path}/{feed}/ours" for feed in range(feeds)])
        theirs = Theirs(Path(folder), [f"{path}/{feed}/reader" for feed in range(fewer)])
        us.first = spent(lambda: runner.run(ours.update()), feeds, ENTRIES)
        them.first = spent(theirs.update, fewer, ENTRIES)
        for _ in range(REPEATS):
            us.again.append(spent(lambda: runner.run(ours.update()), feeds, new))
            them.again.append(spent(theirs.update, fewer, new))
        theirs.reader.close()
        runner.run(lent.__aexit__(None, None, None))
    return us, them


def spent(work: Callable[[], int], feeds: int, new: int) -> float:
    start = time.process_time()
    found = work()
    cost = time.process_time() - start
    assert found == feeds * new, (found, feeds * new)
    return cost / feeds


def main(feeds: int = 1000, fewer: int = 60) -> None:
    print(f"{'':18}{'ours':>14}{'reader':>14}{'ratio':>9}{'bar':>7}   feeds per CPU second")
    with server() as base:
        for case in CASES:
            us, them = compare(base, case, feeds, fewer)
            if case == CASES[0]:
                show("first fetch", us.first, them.first)
            show(case, median(us.again), median(them.again))


def show(case: str, us: float, them: float) -> None:
    print(f"{case:18}{1 / us:14,.0f}{1 / them:14,.0f}{them / us:8.1f}x{BARS[case]:6}x", flush=True)


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        serve()
    else:
        main(*map(int, sys.argv[1:]))
