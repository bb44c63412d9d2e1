"""A town on loopback for the real daemon: the demo's networks, feeds and a webhook of our own, and some that hang."""

import asyncio
import os
import resource
import signal
import sqlite3
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from aiohttp import web

from monitor.clock import SystemClock
from monitor.demo.script import Line
from monitor.demo.server import Stage, app
from monitor.store.reader import Reader
from monitor.views import Search, Standings

ROOT = Path(__file__).parents[2]
BRAND = '[[brand]]\nname = "Acme"\n'


@dataclass(kw_only=True)
class Town:
    """`said` are the entries of its feed; `taken` are the alerts that its webhook took, `asked` whoever was asked."""

    base: str = ""
    said: list[str] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    heard: asyncio.Condition = field(default_factory=asyncio.Condition)
    is_hook_open: bool = True
    is_shown: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def host(self) -> str:
        return self.base.removeprefix("http://")

    async def until(self, holds: Any, seconds: float = 30) -> None:
        """Wait until `holds()`. It is looked at whenever somebody asks the town for something, and now and then: what
        the daemon writes is no event here."""
        async with asyncio.timeout(seconds), self.heard:
            while not holds():
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.heard.wait(), 0.1)

    async def note(self, path: str) -> None:
        async with self.heard:
            self.asked[path] += 1
            self.heard.notify_all()

    async def feed(self, request: web.Request) -> web.Response:
        entries = "".join(
            f"<item><guid>{request.path}-{number}</guid><title>{number}</title>"
            f"<description>{escape(text)}</description></item>"
            for number, text in enumerate(self.said)
        )
        await self.note(request.path)
        return web.Response(text=f"<rss version='2.0'><channel><title>x</title>{entries}</channel></rss>")

    async def hang(self, request: web.Request) -> web.Response:
        await self.note(request.path)
        await asyncio.sleep(3600)
        raise web.HTTPGatewayTimeout

    async def late(self, request: web.Request) -> web.Response:
        """The feed, once `is_shown` is set."""
        await self.note(request.path)
        await self.is_shown.wait()
        return await self.feed(request)

    async def down(self, request: web.Request) -> web.Response:
        await self.note(request.path)
        raise web.HTTPForbidden

    async def odd(self, request: web.Request) -> web.Response:
        return web.Response(text="{'Acme': ", content_type="application/json")

    async def hook(self, request: web.Request) -> web.Response:
        if not self.is_hook_open:
            return await self.hang(request)
        self.taken.append(await request.json())
        await self.note(request.path)
        return web.Response()

    def sources(self, **paths: str) -> str:
        """Feeds to read every second, by name."""
        return "".join(
            f'[[source]]\nname = "{name}"\nconnector = "feed"\nurl = "{self.base}{path}"\nevery = "1s"\n'
            for name, path in paths.items()
        )

    def write(self, folder: Path, *tables: str) -> Path:
        """A configuration of these tables, that sends alerts to the webhook."""
        path = folder / "config.toml"
        hook = f'[[notifier]]\nname = "hook"\nkind = "webhook"\nurl = "{self.base}/hook"\n'
        general = 'language = "en"\ndatabase = "oido.db"\ncontact = "test@example.com"\n'
        path.write_text(f'{general}{"".join(tables)}{hook}[network]\nallow = ["{self.host}"]\n', encoding="utf-8")
        return path


@asynccontextmanager
async def standing(*, lines: Sequence[Line] = (), speed: float = 1.0) -> AsyncIterator[Town]:
    """A town in which `lines` of the demo are said, for as long as the block lasts."""
    town, application = Town(), app(Stage(SystemClock(), speed=speed, lines=lines))
    application.router.add_get("/feed/{name}", town.feed)
    application.router.add_get("/hang", town.hang)
    application.router.add_get("/late", town.late)
    application.router.add_get("/down", town.down)
    application.router.add_get("/odd", town.odd)
    application.router.add_post("/hook", town.hook)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        town.base = "http://{}:{}".format(*runner.addresses[0][:2])
        yield town
    finally:
        await runner.cleanup()


class Daemon:
    """`oido run` in a process of its own, and what it says."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process, self.lines = process, list[str]()
        self._more = asyncio.Condition()
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stderr
        async for line in self.process.stderr:
            async with self._more:
                self.lines.append(line.decode().rstrip())
                self._more.notify_all()

    def count(self, what: str) -> int:
        return sum(what in line for line in self.lines)

    async def says(self, what: str, times: int = 1, seconds: float = 30) -> None:
        async with asyncio.timeout(seconds), self._more:
            await self._more.wait_for(lambda: self.count(what) >= times)

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    async def ended(self, seconds: float = 12) -> int:
        """Its exit code, which must come within so many seconds."""
        async with asyncio.timeout(seconds):
            code = await self.process.wait()
            await self._reading
            return code

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.send(number)
        return await self.ended()


@asynccontextmanager
async def running(config: Path, **environ: str) -> AsyncIterator[Daemon]:
    """The daemon, from when it is ready; killed at the end of the block if it still runs then."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "monitor", "--config", str(config), "run"),
        cwd=ROOT,
        env=os.environ | environ,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    daemon = Daemon(process)
    try:
        await daemon.says("watching")
        yield daemon
    finally:
        if process.returncode is None:
            process.kill()
        await daemon.ended()


def texts(folder: Path) -> list[str]:
    """What every mention says, sorted."""
    with Reader.open(folder / "oido.db") as reader:
        return sorted(record.mention.post.text for record in reader.mentions(Search(limit=None)))


def standings(folder: Path) -> Standings:
    with Reader.open(folder / "oido.db") as reader:
        return reader.standings(SystemClock().now())


def held(folder: Path) -> int:
    """How many sources and deliveries somebody holds."""
    with closing(sqlite3.connect(folder / "oido.db")) as db:
        counts = [
            db.execute(f"SELECT count(*) FROM {table} WHERE owner IS NOT NULL").fetchone()[0]
            for table in ("sources", "deliveries")
        ]
    return sum(counts)


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@contextmanager
def disk_full(process: asyncio.subprocess.Process) -> Iterator[None]:
    """For as long as the block lasts `process` can write to no file, as when the disk is full."""
    before = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, before)


def minute_passes(folder: Path) -> None:
    """All leases run out, as they do a minute after whoever held them was killed."""
    with closing(sqlite3.connect(folder / "oido.db", isolation_level=None, timeout=10)) as db:
        for table in ("sources", "deliveries"):
            db.execute(f"UPDATE {table} SET lease_until = 0 WHERE owner IS NOT NULL")
