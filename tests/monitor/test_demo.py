"""`oido demo`: what its stage plays, and what the real daemon makes of it."""

import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path

import aiohttp
import pytest

from monitor.config import load
from monitor.demo.config import text
from monitor.demo.script import Line, people, script
from monitor.demo.server import ERA, LABEL, Stage, playing
from monitor.store.reader import Reader
from monitor.types import Record, Ticket
from monitor.views import Search
from tests.builders import NOW
from tests.fakes import HandClock

ROOT = Path(__file__).parents[2]
HACKED = "le han hackeado la web"


@dataclass(frozen=True, kw_only=True)
class Show:
    """A demo that was played to its end: where, and what it said."""

    folder: Path
    process: subprocess.CompletedProcess[str]

    @cached_property
    def records(self) -> list[Record]:
        with Reader.open(self.folder / "demo.db") as reader:
            return list(reader.mentions(Search(limit=None)))

    @cached_property
    def tickets(self) -> list[Ticket]:
        with Reader.open(self.folder / "demo.db") as reader:
            return reader.tickets(["open"], NOW)

    def reasons(self, words: str) -> set[str]:
        """Why the mentions that say `words` wait for a person."""
        return {reason for each in self.tickets if words in each.record.mention.post.text for reason in each.reasons}


@pytest.fixture(scope="module")
def show(tmp_path_factory: pytest.TempPathFactory) -> Show:
    folder = tmp_path_factory.mktemp("demo")
    options = ["--speed", "15", "--for", "11", "--language", "en", "--folder", str(folder)]
    command = [sys.executable, "-m", "monitor", "demo", *options]
    return Show(folder=folder, process=subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60))


def test_a_demo_ends_by_itself_and_says_where_to_look(show: Show) -> None:
    assert show.process.returncode == 0
    assert f"--config {show.folder / 'config.toml'} inbox" in show.process.stdout
    assert "Traceback" not in show.process.stderr


def test_a_demo_says_that_it_is_synthetic(show: Show) -> None:
    assert show.process.stdout.startswith(LABEL)
    assert "synthetic" in (show.folder / "config.toml").read_text(encoding="utf-8").splitlines()[0]


def test_a_demo_fills_the_inbox_from_every_network(show: Show) -> None:
    assert len(show.tickets) >= 10
    assert {record.mention.post.network for record in show.records} >= {"bluesky", "mastodon", "web"}


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("Un desastre", "negative"),
        ("Third copy-paste answer", "negative"),
        ("Does Luna Verde take returns", "question"),
        ("No la recomiendo: tres de mis seguidoras", "reach"),
    ],
    ids=["complaint in Spanish", "complaint in English", "question", "influencer"],
)
def test_what_needs_a_person_waits_for_one(show: Show, words: str, reason: str) -> None:
    assert reason in show.reasons(words)


def test_copies_of_one_text_raise_one_alert(show: Show) -> None:
    copies = [record for record in show.records if HACKED in record.mention.post.text]
    assert {record.copies for record in copies} == {4}
    assert len([each for each in show.tickets if HACKED in each.record.mention.post.text]) == 1


def test_the_brands_own_post_is_no_mention(show: Show) -> None:
    assert not [record for record in show.records if "semana de cactus" in record.mention.post.text]


def test_a_post_that_names_both_brands_is_a_mention_of_each_and_the_rivals_alerts_nobody(show: Show) -> None:
    olive = [record.mention.brand for record in show.records if "olivo pequeño" in record.mention.post.text]
    assert sorted(olive) == ["Luna Verde", "Sol Botánica"]
    assert {each.record.mention.brand for each in show.tickets} == {"Luna Verde"}


def test_everything_is_heard_once(show: Show) -> None:
    heard = Counter((record.mention.brand, record.mention.post.id) for record in show.records)
    assert set(heard.values()) == {1}


def test_a_demo_begins_anew(tmp_path: Path) -> None:
    for name in ("demo.db", "demo.db-wal", "demo.db-shm"):
        (tmp_path / name).write_bytes(b"of an older one" * 100)
    options = ["--for", "1", "--folder", str(tmp_path)]
    command = [sys.executable, "-m", "monitor", "demo", *options]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, timeout=60).returncode == 0


@pytest.mark.parametrize("language", ["es", "en", None])
def test_the_demos_configuration_can_be_used_and_reaches_this_machine_only(
    tmp_path: Path, language: str | None
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text("http://127.0.0.1:9", language), encoding="utf-8")
    assert load(path).network.allow == ("127.0.0.1:9",)


def test_every_line_is_said_by_somebody_that_the_cast_knows() -> None:
    assert {line.handle for line in script() if line.network != "web"} <= set(people())


def test_the_script_is_written_in_its_order() -> None:
    assert [line.at for line in script()] == sorted(line.at for line in script())


def line(at: float, network: str = "mastodon", text: str = "Hola") -> Line:
    return Line(at=at, network=network, handle="marta.demo", language="es", likes=0, shares=0, text=text)


def test_a_stage_says_a_line_when_its_time_has_come_and_sooner_when_it_plays_faster() -> None:
    clock = HandClock()
    slow, fast = (Stage(clock, speed=speed, lines=[line(10), line(20)]) for speed in (1.0, 4.0))
    clock.forward(timedelta(seconds=5))
    assert (len(slow.said("mastodon")), len(fast.said("mastodon")), len(fast.said("web"))) == (0, 2, 0)
    assert slow.ends_at - slow.curtain == timedelta(seconds=20)


async def test_a_stage_numbers_its_posts_and_gives_those_behind_one() -> None:
    stage = Stage(HandClock(), lines=[line(0, text=f"Hola {number}") for number in range(5)])
    path, window = "/api/v1/timelines/tag/lunaverde", {"min_id": ERA + 1, "limit": "2"}
    async with playing(stage) as base, aiohttp.request("GET", base + path, params=window) as answer:
        assert [status["id"] for status in await answer.json()] == [str(ERA + 3), str(ERA + 2)]


async def test_every_post_has_a_page_that_says_it_is_synthetic() -> None:
    stage = Stage(HandClock(), lines=[line(0, text="<b>Hola</b>")])
    async with playing(stage) as base, aiohttp.request("GET", f"{base}/p/{ERA}") as answer:
        page = await answer.text()
    assert LABEL in page
    assert "&lt;b&gt;Hola" in page


@pytest.mark.parametrize("path", [f"/p/{ERA + 1}", "/p/0", "/p/999999999999", "/p/x", "/nothing"])
async def test_what_nobody_said_has_no_page(path: str) -> None:
    stage = Stage(HandClock(), lines=[line(0)])
    async with playing(stage) as base, aiohttp.request("GET", base + path) as answer:
        assert answer.status == 404
