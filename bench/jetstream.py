"""How many Jetstream events a core screens for 1,000 brands: decode, make the post, match; and what packing costs.

Run it with `python -m bench.jetstream`. The events are made here, in the network's shape: of ten, seven are posts, two
likes (which the server leaves out when asked to) and one a deletion; one post in fifty names a brand. Then they come
over a real connection from a process of their own, plain and packed in turn, in either version: the CPU time is that
of the listener alone, from the socket to the match, and so it is what a quiet machine takes for a busy stream. The
dictionary is trained on the same made-up words, which repeat more than people do: the bytes saved are too many.
"""

import asyncio
import multiprocessing
import random
import time
from collections.abc import Callable
from contextlib import aclosing
from datetime import UTC, datetime
from functools import cache
from multiprocessing.connection import Connection
from typing import TypeVar

import msgspec
from aiohttp import web

from connectors.base import Cursor
from connectors.streams import atproto, jetstream
from connectors.streams.batches import FULL
from connectors.streams.bluesky import Bluesky
from connectors.streams.dictionary import dictionary, zstd
from connectors.streams.packing import HANDED_OUT
from connectors.streams.packing import VERSION_2 as SECOND
from connectors.wire.http import Client
from connectors.wire.session import Session
from monitor.match import Matcher
from monitor.query import parse
from monitor.types import Brand

T = TypeVar("T")

EVENTS = 50_000
BRANDS = 1_000
FIRST = 1_793_620_800_000_000
HEARD = 10_000
"""Events that come over a connection."""
LAST = FIRST + HEARD - 1
SYLLABLES = ("ba", "ce", "di", "fo", "gu", "la", "me", "ni", "po", "ru", "sa", "te", "vi", "zo", "ño", "quí")


def main() -> None:
    messages, names = made_up()
    matcher = Matcher([Brand(name=name, query=parse(name)) for name in names])
    decoded = seconds(lambda: [jetstream.event(message) for message in messages])
    pages, made = timed(lambda: [jetstream.page(batch, 0) for batch in batches(messages)])
    found, matched = timed(lambda: [brands for page in pages for brands in matcher.match(page.posts) if brands])
    posts = sum(len(page.posts) for page in pages)
    print(
        f"{EVENTS:,} events, {sum(map(len, messages)) // EVENTS} bytes each; {posts:,} posts, {len(found):,} mentions"
    )
    print(f"decode               {EVENTS / decoded:9,.0f} events per CPU second")
    print(f"decode, post         {EVENTS / made:9,.0f}")
    print(f"decode, post, match  {EVENTS / (made + matched):9,.0f}")
    words, first = trained(messages), messages[:HEARD]
    for name, told in (("first version", first), ("second version", [second_version(message) for message in first])):
        print_unpacking(name, told, words)
    asyncio.run(listened(matcher, words))


def print_unpacking(name: str, messages: list[bytes], words: bytes) -> None:
    known = dictionary(words, "trained here")
    packed = [pack(message, words) for message in messages]
    spent = seconds(lambda: [known.unpack(frame) for frame in packed])
    plain, small = sum(map(len, messages)), sum(map(len, packed))
    print(
        f"unpack, {name}: {spent / len(packed) * 1e6:.1f} µs of CPU per event; "
        f"{plain / len(packed):.0f} bytes become {small / len(packed):.0f} ({small / plain:.0%})"
    )


async def listened(matcher: Matcher, words: bytes) -> None:
    """Print what one event costs the whole way from the socket, by each wire, three times in turn."""
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs, words), daemon=True)
    server.start()
    port = ours.recv()
    host = f"ws://127.0.0.1:{port}"
    wires = {
        "plain": Bluesky(hosts=(host,)),
        "packed, first version": Bluesky(
            hosts=(host,), compress=True, dictionary=f"http://127.0.0.1:{port}{HANDED_OUT}"
        ),
        "packed, second version": Bluesky(hosts=(host,), compress=True),
    }
    for _ in range(3):
        for name, bluesky in wires.items():
            events, spent = await heard(bluesky, matcher)
            size = ours.recv() / events
            print(
                f"socket to match, {name}: {spent / events * 1e6:.1f} µs of CPU per event, "
                f"{spent / events * 1_000:.1%} of a core at 1,000 a second; {size:.0f} bytes each on the wire"
            )
    server.terminate()


async def heard(bluesky: Bluesky, matcher: Matcher) -> tuple[int, float]:
    """Events of one connection, and the CPU seconds that they took here."""
    since = datetime.fromtimestamp(FIRST / 1e6, UTC)
    async with Session(contact="", allow=("127.0.0.1",)) as session:
        http = Client(session, now=lambda: since).visit(0.0, {})
        start = time.process_time()
        async with aclosing(bluesky.fetch(http, (), Cursor(since=since))) as pages:
            async for page in pages:
                matcher.match(page.posts)
                if int(page.mark) >= LAST:
                    break
        return HEARD, time.process_time() - start


def serve(pipe: Connection, words: bytes) -> None:
    """A host on loopback that tells all events, by whichever wire it is asked for, and how many bytes that were."""
    messages, _ = made_up(HEARD)
    wires = {
        ("/subscribe", False): messages,
        ("/subscribe", True): [pack(message, words) for message in messages],
        (SECOND, True): [pack(second_version(message), words) for message in messages],
    }

    async def subscribe(request: web.Request) -> web.WebSocketResponse:
        is_packed = bool(request.query.keys() & {"compress", "zstdDictionary"})
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        frames = wires[request.path, is_packed]
        # A WebSocket adds 2 bytes to each message, and 4 from 126 bytes on.
        pipe.send(sum(len(frame) + (2 if len(frame) < 126 else 4) for frame in frames))
        for frame in frames:
            await (socket.send_bytes(frame) if is_packed else socket.send_str(frame.decode()))
        await socket.close()
        return socket

    async def hand_out(_: web.Request) -> web.Response:
        return web.Response(body=words)

    async def run() -> None:
        app = web.Application()
        app.add_routes([web.get("/subscribe", subscribe), web.get(SECOND, subscribe), web.get(HANDED_OUT, hand_out)])
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        pipe.send(runner.addresses[0][1])
        await asyncio.Event().wait()

    asyncio.run(run())


def made_up(count: int = EVENTS) -> tuple[list[bytes], list[str]]:
    """The events and the names of the brands: always the same."""
    chance = random.Random(7)
    words = ["".join(chance.choices(SYLLABLES, k=chance.randint(1, 4))) for _ in range(5_000)]
    names = ["".join(chance.choices(SYLLABLES, k=5)) + "x" for _ in range(BRANDS)]
    return [event(chance, words, names, number) for number in range(count)], names


def trained(messages: list[bytes]) -> bytes:
    """A dictionary as large as the network's own, from one event in twenty."""
    return zstd.train_dict(messages[::20], 65_536).dict_content


def pack(message: bytes, words: bytes) -> bytes:
    """As the network packs: fast."""
    return zstd.compress(message, level=1, zstd_dict=known(words))


@cache
def known(words: bytes) -> zstd.ZstdDict:
    return zstd.ZstdDict(words)


def second_version(message: bytes) -> bytes:
    """An event of the first version in the frame of the second."""
    one = msgspec.json.decode(message)
    time = datetime.fromtimestamp(one["time_us"] / 1e6, UTC)
    told = {"$type": f"{SECOND.rpartition('/')[2]}#commit", "did": one["did"], "seq": 21_500_000_000, "time": time}
    return msgspec.json.encode({"$type": "message", "payload": told | one["commit"]})


def event(chance: random.Random, words: list[str], names: list[str], number: int) -> bytes:
    kind = number % 10
    operation, collection = ("delete", atproto.POSTS) if kind == 9 else ("create", atproto.POSTS)
    commit: dict[str, object] = {
        "rev": "3m",
        "operation": operation,
        "collection": collection,
        "rkey": f"3k{number:011}",
    }
    if kind < 7:
        commit |= {"record": post(chance, words, names), "cid": "bafyrei" + "q" * 52}
    elif kind < 9:
        subject = {"cid": "bafyrei" + "q" * 52, "uri": f"at://did:plc:{'x' * 24}/{atproto.POSTS}/3k{number:011}"}
        like = {"$type": "app.bsky.feed.like", "createdAt": "2026-11-02T12:00:00.123Z", "subject": subject}
        commit |= {"collection": "app.bsky.feed.like", "record": like, "cid": "bafyrei" + "q" * 52}
    wire = {
        "did": f"did:plc:{number:024}",
        "time_us": FIRST + number,
        "kind": "commit",
        "commit": commit,
    }
    return msgspec.json.encode(wire)


def post(chance: random.Random, words: list[str], names: list[str]) -> dict[str, object]:
    text = " ".join(chance.choices(words, k=chance.randint(3, 40)))
    if chance.random() < 0.02:
        text += f" {chance.choice(names)}!"
    record: dict[str, object] = {"$type": atproto.POSTS, "createdAt": "2026-11-02T12:00:00.123Z", "langs": ["es"]}
    if chance.random() < 0.3:
        link = {"$type": "app.bsky.richtext.facet#link", "uri": "https://shop.example/a"}
        record["facets"] = [{"features": [link], "index": {"byteStart": 0, "byteEnd": 5}}]
        card = {"uri": "https://shop.example/a", "title": chance.choice(words), "description": text[:80]}
        record["embed"] = {"$type": "app.bsky.embed.external", "external": card}
    if chance.random() < 0.4:
        uri = {"cid": "bafyrei" + "q" * 52, "uri": f"at://did:plc:{'x' * 24}/{atproto.POSTS}/3kxyz"}
        record["reply"] = {"parent": uri, "root": uri}
    return record | {"text": text[:300]}


def batches(messages: list[bytes]) -> list[list[bytes]]:
    return [messages[start : start + FULL] for start in range(0, len(messages), FULL)]


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """What `work` returns, and the CPU seconds it took."""
    start = time.process_time()
    done = work()
    return done, time.process_time() - start


def seconds(work: Callable[[], object]) -> float:
    return timed(work)[1]


if __name__ == "__main__":
    main()
