"""What a daemon at rest costs: resident memory and its share of a core, on 200 feeds that have nothing new.

Run it with `python -m bench.idle [SECONDS]`. The feeds are served here, on loopback: fifty entries each, an ETag and a
304 for who knows it. The daemon is the real one, `oido run` in a process of its own, after its first round; every feed
is polled every ten minutes. Linux only: the figures are the kernel's (/proc).
"""

import asyncio
import os
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from aiohttp import web

FEEDS = 200
SECONDS = 90.0
MOST_MB = 200
MOST_OF_A_CORE = 0.01
HOSTS = 50
"""Loopback addresses that the feeds stand on: hosts are asked once a second at the most."""
TICK = os.sysconf("SC_CLK_TCK")

CONFIG = """\
language = "en"
database = "idle.db"
contact = "bench@example.invalid"
[network]
allow = ["127.0.0.0/8"]
[[brand]]
name = "Luna Verde"
[[brand]]
name = "Sol Botánica"
competitor = true
"""
SOURCE = """\
[[source]]
name = "feed-{number}"
connector = "feed"
url = "http://127.0.0.{host}:{port}/{number}.xml"
every = "10m"
"""


class Press:
    """Serves the feeds, and counts how often it was asked and how often it said 304."""

    def __init__(self) -> None:
        self.asked = self.unchanged = 0
        self.round = asyncio.Event()

    async def serve(self, request: web.Request) -> web.Response:
        self.asked += 1
        if self.asked == FEEDS:
            self.round.set()
        if request.headers.get("If-None-Match") == '"1"':
            self.unchanged += 1
            return web.Response(status=304)
        return web.Response(text=feed(request.match_info["number"]), headers={"ETag": '"1"'})


def feed(number: str) -> str:
    entry = (
        "<item><guid>{0}-{1}</guid><title>Number {1}</title><link>http://127.0.0.1/{0}/{1}</link><description>"
        "{2}</description></item>"
    )
    entries = "".join(entry.format(number, each, "Nothing that anybody watches for. " * 20) for each in range(50))
    return f"<rss version='2.0'><channel><title>Feed {number}</title>{entries}</channel></rss>"


async def main(seconds: float) -> None:
    press, application = Press(), web.Application()
    application.router.add_get("/{number}.xml", press.serve)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    for host in range(2, HOSTS + 2):
        await web.TCPSite(runner, f"127.0.0.{host}", port).start()
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.toml"
        sources = [SOURCE.format(number=each, host=2 + each % HOSTS, port=port) for each in range(FEEDS)]
        config.write_text(CONFIG + "".join(sources), encoding="utf-8")
        command = [sys.executable, "-m", "monitor", "--config", str(config), "run"]
        process = await asyncio.create_subprocess_exec(*command)
        try:
            await press.round.wait()
            await asyncio.sleep(5)
            told(f"first round: {cpu(process.pid):.1f} CPU seconds, {memory(process.pid):.0f} MB resident")
            spread(Path(folder) / "idle.db")
            await asyncio.sleep(30)  # by then the daemon has looked
            await measure(process.pid, press, seconds)
        finally:
            process.terminate()
            await process.wait()
    await runner.cleanup()


async def measure(pid: int, press: Press, seconds: float) -> None:
    asked, unchanged, before = press.asked, press.unchanged, cpu(pid)
    await asyncio.sleep(seconds)
    share, resident = (cpu(pid) - before) / seconds, memory(pid)
    told(f"then {seconds:.0f} s with {press.asked - asked} polls, {press.unchanged - unchanged} of them a 304")
    told(f"resident memory  {resident:7.0f} MB   bar {MOST_MB} MB   {verdict(resident <= MOST_MB)}")
    told(f"of a core        {share:7.2%}      bar {MOST_OF_A_CORE:.0%}      {verdict(share <= MOST_OF_A_CORE)}")


def spread(database: Path) -> None:
    """Have the feeds fall due one after another over the ten minutes, as they do once the daemon has run for a day."""
    with closing(sqlite3.connect(database, isolation_level=None, timeout=10)) as db:
        now, step = int(time.time() * 1e6), 600_000_000 // FEEDS
        turns = [(now + number * step, f"feed-{number}") for number in range(FEEDS)]
        db.executemany("UPDATE sources SET next_at = ? WHERE name = ?", turns)


def told(line: str) -> None:
    print(line, flush=True)


def verdict(is_within: bool) -> str:
    return "within" if is_within else "OVER"


def cpu(pid: int) -> float:
    """CPU seconds that a process has used, its threads included."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def memory(pid: int, what: str = "VmRSS") -> float:
    """Megabytes that a process keeps in memory, or another of the kernel's counts."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{what}:")) / 1024


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS))
