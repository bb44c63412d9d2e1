"""The real daemon in a process of its own: how it stops, what it loses when it is killed (nothing), whom it tells."""

import asyncio
import random
import signal
import sqlite3
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from monitor.demo.config import text as demo_config
from monitor.demo.script import Line, script
from monitor.match import Matcher
from monitor.query import parse
from monitor.store.reader import Reader
from monitor.store.sqlite import SqliteStore
from monitor.types import Brand
from monitor.views import Search
from tests.builders import NOW, post

from .town import BRAND, Town, disk_full, held, minute_passes, running, standing, standings, texts

STOPS = [signal.SIGTERM, signal.SIGINT]


@pytest.mark.parametrize("number", STOPS, ids=lambda number: number.name)
async def test_a_daemon_at_rest_stops_at_once_and_lets_go(tmp_path: Path, number: signal.Signals) -> None:
    async with standing() as town:
        config = town.write(tmp_path, BRAND, town.sources(blog="/feed/blog"))
        async with running(config) as daemon:
            await town.until(lambda: town.asked["/feed/blog"])
            assert await daemon.stop(number) == 0
            assert daemon.lines[-1].endswith("stopped")
        assert held(tmp_path) == 0
        assert standings(tmp_path).heartbeat_at is None


@pytest.mark.parametrize("number", STOPS, ids=lambda number: number.name)
async def test_a_daemon_does_not_wait_for_a_source_that_hangs(tmp_path: Path, number: signal.Signals) -> None:
    async with standing() as town:
        async with running(town.write(tmp_path, BRAND, town.sources(slow="/hang"))) as daemon:
            await town.until(lambda: town.asked["/hang"])
            assert await daemon.stop(number) == 0
        assert held(tmp_path) == 0
        with SqliteStore.open(tmp_path / "oido.db") as store:
            assert store.claim(["slow"], "another", NOW.replace(year=9000), NOW - NOW)


SILENT_NAMES = """
import socket, time
ask = socket.getaddrinfo
socket.getaddrinfo = lambda host, *more, **most: time.sleep(60) if "silent" in str(host) else ask(host, *more, **most)
"""


async def test_a_daemon_does_not_wait_for_a_name_server_that_is_silent(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(SILENT_NAMES, encoding="utf-8")
    async with standing() as town:
        silent = town.sources(silent="/x", blog="/feed/blog").replace(town.base + "/x", "http://silent.example/x")
        async with running(town.write(tmp_path, BRAND, silent), PYTHONPATH=str(tmp_path)) as daemon:
            await town.until(lambda: town.asked["/feed/blog"])
            assert await daemon.stop() == 0
    assert held(tmp_path) == 0


async def test_an_alert_whose_webhook_hangs_outlives_the_daemon(tmp_path: Path) -> None:
    async with standing() as town:
        town.said, town.is_hook_open = ["Acme is broken. A disaster, never again!"], False
        config = town.write(tmp_path, BRAND, town.sources(blog="/feed/blog"))
        async with running(config) as daemon:
            await town.until(lambda: town.asked["/hook"])
            assert await daemon.stop() == 0
        assert held(tmp_path) == 0
        town.is_hook_open = True
        async with running(config) as daemon:
            await town.until(lambda: town.taken)
            assert await daemon.stop() == 0
        assert [alert["text"] for alert in town.taken] == town.said
        assert standings(tmp_path).pending == 0


async def test_a_source_that_was_added_is_polled_once_the_configuration_is_read_again(tmp_path: Path) -> None:
    async with standing() as town, running(town.write(tmp_path, BRAND, town.sources(blog="/feed/blog"))) as daemon:
        town.write(tmp_path, BRAND, town.sources(blog="/feed/blog", news="/feed/news"))
        daemon.send(signal.SIGHUP)
        await town.until(lambda: town.asked["/feed/news"])
        assert await daemon.stop() == 0


async def test_a_configuration_that_cannot_be_used_is_told_and_the_old_one_goes_on(tmp_path: Path) -> None:
    async with standing() as town:
        config = town.write(tmp_path, BRAND, town.sources(blog="/feed/blog"))
        async with running(config) as daemon:
            config.write_text("language = 7\nbrandd = 1\n", encoding="utf-8")
            daemon.send(signal.SIGHUP)
            await daemon.says("configuration not read again", times=2)
            before = town.asked["/feed/blog"]
            await town.until(lambda: town.asked["/feed/blog"] > before)
            assert await daemon.stop() == 0


async def test_a_configuration_that_cannot_be_opened_is_told_and_the_old_one_goes_on(tmp_path: Path) -> None:
    async with standing() as town:
        config = town.write(tmp_path, BRAND, town.sources(blog="/feed/blog"))
        async with running(config) as daemon:
            good = config.read_text(encoding="utf-8")
            config.write_text(good.replace('"oido.db"', '"nowhere/oido.db"'), encoding="utf-8")
            daemon.send(signal.SIGHUP)
            await daemon.says("configuration not followed")
            await daemon.says("watching", times=2)
            assert await daemon.stop() == 0


async def test_signals_are_obeyed_while_the_configuration_is_read_again(tmp_path: Path) -> None:
    async with standing() as town, running(town.write(tmp_path, BRAND, town.sources(blog="/feed/blog"))) as daemon:
        for _ in range(5):
            daemon.send(signal.SIGHUP)
            await asyncio.sleep(0.05)  # signals of one kind that wait are one
        assert daemon.count("configuration read again")
        assert await daemon.stop() == 0


async def test_a_secret_that_is_read_again_is_hidden_from_the_log(tmp_path: Path) -> None:
    async with standing() as town, running(town.write(tmp_path, BRAND, town.sources(blog="/feed/blog"))) as daemon:
        secret = f'[[source]]\nname = "hashtags"\nconnector = "mastodon"\ninstance = "{town.base}/Pa55-phrase"\n'
        town.write(tmp_path, BRAND, secret, 'token = "Pa55-phrase"\n')
        daemon.send(signal.SIGHUP)
        await daemon.says("failing")
        assert daemon.count("Pa55-phrase") == 0


async def test_a_source_that_fails_does_not_disturb_the_others(tmp_path: Path) -> None:
    async with standing() as town:
        town.said = ["Acme lost it"]
        config = town.write(tmp_path, BRAND, town.sources(down="/down", slow="/hang", none="/nobody", good="/feed/x"))
        async with running(config) as daemon:
            await town.until(lambda: town.asked["/feed/x"] >= 2)
            assert await daemon.stop() == 0
            assert daemon.count("failing") == 2
        assert texts(tmp_path) == town.said


async def test_a_store_that_is_locked_for_a_while_costs_nothing(tmp_path: Path) -> None:
    async with standing() as town, running(town.write(tmp_path, BRAND, town.sources(blog="/feed/blog"))) as daemon:
        with closing(sqlite3.connect(tmp_path / "oido.db", isolation_level=None)) as db:
            db.execute("BEGIN IMMEDIATE")
            town.said = ["Acme is broken. A disaster, never again!"]
            before = town.asked["/feed/blog"]
            await asyncio.sleep(2)
            assert town.asked["/feed/blog"] <= before + 1
            db.execute("ROLLBACK")
        await town.until(lambda: town.taken)
        assert await daemon.stop() == 0
        assert daemon.count("unusable") == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can limit another process's files")
async def test_a_full_disk_is_told_once_and_does_not_end_the_daemon(tmp_path: Path) -> None:
    async with standing() as town, running(town.write(tmp_path, BRAND, town.sources(blog="/feed/blog"))) as daemon:
        await town.until(lambda: town.asked["/feed/blog"])
        with disk_full(daemon.process):
            await daemon.says("store unusable")
            assert await daemon.stop() == 0
        assert daemon.count("stands_still=polling") == 1
        assert daemon.count("leases not given back") == 1


def stage_config(town: Town, folder: Path) -> Path:
    """The demo's configuration, read as often as may be, with the alerts going to the webhook."""
    config = folder / "config.toml"
    hook = f'kind = "webhook"\nurl = "{town.base}/hook"\n'
    said = demo_config(town.base, "en").replace('"demo.db"', '"oido.db"').replace('"3s"', '"1s"')
    config.write_text(said.replace('kind = "console"\n', hook), encoding="utf-8")
    return config


def naming(line: Line) -> tuple[str, ...]:
    """The brands that a line of the demo names, as a reader of its script would say."""
    brands = (
        Brand(name="Luna Verde", query=parse('"luna verde" OR #lunaverde'), handles=("lunaverde.demo",)),
        Brand(name="Sol Botánica", query=parse('"sol botánica"')),
    )
    (named,) = Matcher(brands).match([post(line.text, author=line.handle)])
    return tuple(brand.name for brand in named)


def heard(folder: Path) -> Counter[tuple[str, str]]:
    """How often each text is stored, for each brand."""
    with Reader.open(folder / "oido.db") as reader:
        return Counter(
            (record.mention.brand, record.mention.post.text) for record in reader.mentions(Search(limit=None))
        )


EVERYTHING = Counter((brand, line.text) for line in script() for brand in naming(line))


async def test_a_daemon_that_is_killed_again_and_again_loses_nothing(tmp_path: Path) -> None:
    chance, kills = random.Random(7), 4
    async with standing(lines=script(), speed=10) as town:
        config = stage_config(town, tmp_path)
        for _ in range(kills):
            async with running(config) as daemon:
                await asyncio.sleep(chance.uniform(0.1, 1.4))  # into the middle of whatever it does
                assert await daemon.stop(signal.SIGKILL) == -signal.SIGKILL
            minute_passes(tmp_path)
        async with running(config) as daemon:
            await town.until(lambda: heard(tmp_path) == EVERYTHING, seconds=60)
            await settled(town, tmp_path)
            assert await daemon.stop() == 0
    assert heard(tmp_path) == EVERYTHING
    taken = Counter(alert["id"] for alert in town.taken)
    assert set(taken) == alerted(tmp_path)
    assert taken.total() <= len(taken) + kills


async def test_two_daemons_on_one_database_share_the_work(tmp_path: Path) -> None:
    async with standing(lines=script(), speed=15) as town:
        config = stage_config(town, tmp_path)
        async with running(config) as one, running(config) as two:
            await town.until(lambda: heard(tmp_path) == EVERYTHING, seconds=60)
            await settled(town, tmp_path)
            assert await asyncio.gather(one.stop(), two.stop()) == [0, 0]
    assert heard(tmp_path) == EVERYTHING
    assert Counter(alert["id"] for alert in town.taken) == Counter(alerted(tmp_path))


async def settled(town: Town, folder: Path) -> None:
    """Wait until nothing waits to be sent."""
    await town.until(lambda: standings(folder).pending == 0)


def alerted(folder: Path) -> set[int]:
    """The numbers of the mentions that have an alert."""
    with Reader.open(folder / "oido.db") as reader:
        return {ticket.number for ticket in reader.tickets(["open"], NOW)}
