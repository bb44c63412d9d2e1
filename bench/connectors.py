"""What an answer costs: posts per CPU second of every connector, from the answers in `tests/data`.

    python -m bench.connectors [SECONDS] [NAME ...]

Each answer is polled again and again for SECONDS (0.5) of processor time by the connector itself, through a network
that answers from memory: it is all that comes after the bytes, from decoding to a poll's own steps. Beside it, for
answers in JSON, what Python's own `json` takes to decode the same bytes and nothing more. The answers are short, a few
posts each; long ones spread a poll's own steps over more.
"""

import asyncio
import json
import logging
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from connectors.base import Cursor
from connectors.registry import CONNECTORS
from tests.fakes_http import read
from tests.plays import Play

DATA = Path(__file__).parents[1] / "tests" / "data"
SINCE = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


def answers(name: str) -> list[bytes]:
    return [path.read_bytes() for path in sorted((DATA / name).iterdir()) if ".expected." not in path.name]


async def poll(play: Callable[[bytes], Play], answer: bytes) -> int:
    connector, http = play(answer)
    pages, _ = await read(connector.fetch(http, ("zumaque",), Cursor(since=SINCE)))
    return sum(len(page.posts) for page in pages)


async def rate(play: Callable[[bytes], Play], told: list[bytes], seconds: float) -> float:
    """Posts per CPU second, all answers in turn."""
    posts, start = 0, time.process_time()
    while (spent := time.process_time() - start) < seconds or not posts:
        for answer in told:
            posts += await poll(play, answer)
    return posts / spent


def decoding(told: list[bytes], posts: int, seconds: float) -> float | None:
    """Posts per CPU second if all that was done were `json.loads`."""
    try:
        for answer in told:
            json.loads(answer)
    except ValueError:
        return None
    rounds, start = 0, time.process_time()
    while (spent := time.process_time() - start) < seconds:
        for answer in told:
            json.loads(answer)
        rounds += 1
    return rounds * posts / spent


def table(names: list[str], seconds: float) -> Iterator[str]:
    yield f"{'connector':<16}{'posts/CPU s':>12}{'json.loads':>12}{'of it':>8}"
    for name in names:
        play, told = import_module(f"tests.plays.{name}").play, answers(name)
        posts = asyncio.run(_posts(play, told))
        ours, peer = asyncio.run(rate(play, told, seconds)), decoding(told, posts, seconds)
        yield f"{name:<16}{ours:>12,.0f}" + (f"{peer:>12,.0f}{ours / peer:>8.0%}" if peer else f"{'–':>12}{'–':>8}")


async def _posts(play: Callable[[bytes], Play], told: list[bytes]) -> int:
    return sum([await poll(play, answer) for answer in told])


def main() -> None:
    logging.disable()  # answers that are wrong on purpose are among them
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 0.5
    for line in table(sys.argv[2:] or list(CONNECTORS), seconds):
        print(line, flush=True)


if __name__ == "__main__":
    main()
