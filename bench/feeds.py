"""Polling feeds: what a poll costs us and the `reader` library, in one run, in feeds per CPU second of the client.

    python bench/feeds.py [FEEDS] [FEEDS_FOR_READER]

A server in another process on this machine serves feeds of fifty entries. Four cases: the first fetch; a 304; the same
body without validators; and one new entry of fifty. Each is polled three times and the best is taken. Ours goes through
`Client.visit` and `Feed.fetch`, as in the daemon; the marks and validators are kept as the store would.
"""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import feedparser_sgmllib

from connectors.base import Cursor, Validator
from connectors.feed import Feed
from connectors.http import Client
from connectors.session import Session

ENTRIES = 50
AT_ONCE = 20
REPEATS = 3
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


@asynccontextmanager
async def opened() -> AsyncIterator[Client]:
    async with Session(contact="", allow=("127.0.0.1",)) as session:
        yield Client(session, now=lambda: datetime.now(UTC))


def ours(base: str, feeds: int) -> dict[str, float]:
    async def run() -> dict[str, float]:
        costs = {}
        async with opened() as client:
            for number, case in enumerate(CASES):
                mine = Ours(client, [f"{base}/{number}/{feed}/ours" for feed in range(feeds)])
                start = time.process_time()
                found = await mine.update()
                assert found == feeds * ENTRIES, found
                costs["first fetch"] = (time.process_time() - start) / feeds
                expected = feeds if case == "one new of fifty" else 0
                costs[case] = min([await timed(mine, expected) for _ in range(REPEATS)]) / feeds
        return costs

    async def timed(mine: Ours, expected: int) -> float:
        start = time.process_time()
        found = await mine.update()
        spent = time.process_time() - start
        assert found == expected, (found, expected)
        return spent

    return asyncio.run(run())


def theirs(base: str, feeds: int) -> dict[str, float]:
    # reader 3.26 carries a feedparser that imports the old name of this module.
    sys.modules.setdefault("sgmllib", feedparser_sgmllib)
    from reader import make_reader

    costs = {}
    for number, case in enumerate(CASES):
        with tempfile.TemporaryDirectory() as folder, make_reader(str(Path(folder) / "reader.sqlite")) as reader:
            for feed in range(feeds):
                reader.add_feed(f"{base}/{number}/{feed}/reader")
            costs["first fetch"] = spent(lambda: reader.update_feeds(scheduled=False)) / feeds
            assert reader.get_entry_counts().total == feeds * ENTRIES
            costs[case] = min(spent(lambda: reader.update_feeds(scheduled=False)) for _ in range(REPEATS)) / feeds
            expected = feeds * (ENTRIES + (REPEATS if case == "one new of fifty" else 0))
            assert reader.get_entry_counts().total == expected, reader.get_entry_counts()
    return costs


def spent(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def main(feeds: int = 1000, fewer: int = 60) -> None:
    with server() as base:
        us, them = ours(base, feeds), theirs(base, fewer)
    print(f"{'':18}{'ours':>14}{'reader':>14}{'ratio':>9}{'bar':>7}   feeds per CPU second")
    for case, bar in BARS.items():
        print(f"{case:18}{1 / us[case]:14,.0f}{1 / them[case]:14,.0f}{them[case] / us[case]:8.1f}x{bar:6}x")


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        serve()
    else:
        main(*map(int, sys.argv[1:]))
