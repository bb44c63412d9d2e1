"""`oido fetch` in a process of its own: what it prints, what it stores, and how it exits."""

import asyncio
import json
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from monitor.cli import app as cli
from tests.monitor.town import BRAND, ROOT, Town, disk_full, files, held, standing, standings, texts

POST = "Acme is broken. A disaster, never again!"


@dataclass(frozen=True, kw_only=True)
class Fetched:
    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[list[str]]:
        return [line.split("\t") for line in self.out.splitlines()]


async def start(config: Path, *words: str) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    command = [sys.executable, "-m", "monitor", "--config", str(config), "fetch", *words]
    return await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=pipe, stderr=pipe)


async def end(process: asyncio.subprocess.Process) -> Fetched:
    async with asyncio.timeout(30):
        out, err = await process.communicate()
    assert process.returncode is not None
    return Fetched(code=process.returncode, out=out.decode(), err=err.decode())


async def fetch(config: Path, *words: str) -> Fetched:
    return await end(await start(config, *words))


def stocked(town: Town, folder: Path, **sources: str) -> Path:
    town.said = [POST, "Acme has moved", "A fine day"]
    return town.write(folder, BRAND, town.sources(**(sources or {"blog": "/feed/blog"})))


async def test_a_round_is_told_in_rows(tmp_path: Path) -> None:
    async with standing() as town:
        fetched = await fetch(stocked(town, tmp_path))
    assert (fetched.code, fetched.err) == (0, "")
    assert fetched.rows == [["blog", "3", "2", "1", "1", "well", "", ""]]


async def test_a_round_stores_what_it_found_and_sends_what_waits(tmp_path: Path) -> None:
    async with standing() as town:
        await fetch(stocked(town, tmp_path))
        assert [alert["text"] for alert in town.taken] == [POST]
    assert texts(tmp_path) == ["Acme has moved", POST]
    assert (held(tmp_path), standings(tmp_path).pending, standings(tmp_path).heartbeat_at) == (0, 0, None)


async def test_a_second_round_finds_nothing_new(tmp_path: Path) -> None:
    async with standing() as town:
        config = stocked(town, tmp_path)
        for _ in range(2):
            fetched = await fetch(config)
        assert len(town.taken) == 1
    assert fetched.rows[0][2:5] == ["0", "0", "0"]


async def test_a_dry_run_stores_nothing_and_sends_nothing(tmp_path: Path) -> None:
    async with standing() as town:
        fetched = await fetch(stocked(town, tmp_path), "--dry-run")
        assert town.taken == []
    assert fetched.rows[0][:5] == ["blog", "3", "2", "1", "1"]
    assert files(tmp_path) == ["config.toml"]


async def test_a_round_can_be_had_as_json(tmp_path: Path) -> None:
    async with standing() as town:
        fetched = await fetch(stocked(town, tmp_path), "--json")
    (row,) = json.loads(fetched.out)
    assert (row["source"], row["mentions"], row["result"], row["error"]) == ("blog", 2, "well", None)


async def test_a_round_of_one_source_leaves_the_others_alone(tmp_path: Path) -> None:
    async with standing() as town:
        fetched = await fetch(stocked(town, tmp_path, blog="/feed/blog", news="/feed/news"), "--source", "news")
        assert set(town.asked) == {"/feed/news", "/hook"}
    assert [row[0] for row in fetched.rows] == ["news"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--source", "blgo"), ("'blgo'", "there are: blog")),
        (("--since", "whenever"), ("--since", "whenever")),
        (("--listen", "-1"), ("--listen",)),
    ],
    ids=["source", "since", "listen"],
)
def test_a_slip_is_told_and_nothing_is_asked(tmp_path: Path, words: tuple[str, ...], said: tuple[str, ...]) -> None:
    config = stocked(Town(base="http://127.0.0.1:9"), tmp_path)
    result = CliRunner().invoke(cli, ["--config", str(config), "fetch", *words], prog_name="oido")
    assert result.exit_code == 2
    assert all(word in result.stderr for word in said)
    assert files(tmp_path) == ["config.toml"]


async def test_a_round_since_reads_anew_what_was_read(tmp_path: Path) -> None:
    async with standing() as town:
        config = stocked(town, tmp_path)
        await fetch(config)
        fetched = await fetch(config, "--since", "30d")
    assert fetched.rows[0][:3] == ["blog", "3", "0"]


@pytest.mark.parametrize(
    ("sources", "code", "results"),
    [
        ({"blog": "/feed/blog", "shut": "/down"}, 4, {"blog": "well", "shut": "person"}),
        ({"blog": "/feed/blog", "odd": "/odd"}, 0, {"blog": "well", "odd": "developer"}),
        ({"odd": "/odd"}, 1, {"odd": "developer"}),
    ],
    ids=["one needs a person", "one is odd", "all failed"],
)
async def test_the_exit_code_says_whether_somebody_must_act(
    tmp_path: Path, sources: dict[str, str], code: int, results: dict[str, Any]
) -> None:
    async with standing() as town:
        fetched = await fetch(stocked(town, tmp_path, **sources))
    assert {row[0]: row[5] for row in fetched.rows} == results
    assert fetched.code == code


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
async def test_an_interrupted_round_keeps_what_it_has_and_tells_it(tmp_path: Path, number: signal.Signals) -> None:
    async with standing() as town:
        process = await start(stocked(town, tmp_path, blog="/feed/blog", slow="/hang"))
        await town.until(lambda: town.asked["/hang"] and town.asked["/feed/blog"])
        await town.until(lambda: (tmp_path / "oido.db").exists() and texts(tmp_path))
        process.send_signal(number)
        fetched = await end(process)
    assert {row[0]: row[5] for row in fetched.rows} == {"blog": "well", "slow": "stopped"}
    assert (fetched.code, fetched.err) == (130, "")
    assert held(tmp_path) == 0


async def test_a_database_that_cannot_be_used_is_one_line(tmp_path: Path) -> None:
    async with standing() as town:
        config = stocked(town, tmp_path)
        (tmp_path / "oido.db").write_bytes(b"this is no database at all" * 100)
        fetched = await fetch(config)
    assert fetched.code == 1
    assert len(fetched.err.splitlines()) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can limit another process's files")
async def test_a_disk_that_fills_up_meanwhile_is_one_line(tmp_path: Path) -> None:
    async with standing() as town:
        process = await start(stocked(town, tmp_path, late="/late"))
        await town.until(lambda: town.asked["/late"])
        with disk_full(process):
            town.is_shown.set()
            fetched = await end(process)
    assert fetched.code == 1
    assert [line.split(str(tmp_path))[0] for line in fetched.err.splitlines()] == ["oido: "]
