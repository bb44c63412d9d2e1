"""Jetstream hosts on loopback, of the first version and of the second, that pack with a dictionary trained here."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache

from aiohttp import web
from aiohttp.test_utils import TestServer

from connectors.streams.dictionary import zstd

NOON = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
MICROS = int(NOON.timestamp()) * 1_000_000
POSTS = "app.bsky.feed.post"
EVENTS = "network.bsky.jetstream.subscribeEvents"
WORDS = (
    "el",
    "pan",
    "de",
    "ayer",
    "the",
    "box",
    "came",
    "broken",
    "again",
    "nobody",
    "answers",
    "muy",
    "bien",
    "gracias",
)


def event(second: int, text: str = "", operation: str = "create") -> dict[str, object]:
    """An event `second` seconds after noon, as the first version has it."""
    commit: dict[str, object] = {"rev": "3m", "operation": operation, "collection": POSTS, "rkey": f"key{second}"}
    if operation != "delete":
        said = text or " ".join(WORDS[(second * step) % len(WORDS)] for step in range(1, 9))
        commit["record"] = {"$type": POSTS, "text": said, "createdAt": "2026-11-01T12:00:00Z", "langs": ["es"]}
    return {"did": "did:plc:ana", "time_us": MICROS + second * 1_000_000, "kind": "commit", "commit": commit}


def second_version(told: dict[str, object]) -> dict[str, object]:
    """The same event in the frame of the second version."""
    at = NOON + timedelta(microseconds=int(told["time_us"]) - MICROS)
    time = at.isoformat(timespec="microseconds").replace("+00:00", "Z")
    payload = {"$type": f"{EVENTS}#commit", "seq": 7, "did": told["did"], "time": time, **told["commit"]}
    return {"$type": "message", "payload": payload}


@cache
def trained(size: int = 4096) -> bytes:
    """A dictionary of our own invented posts; another `size` is another dictionary."""
    return zstd.train_dict([json.dumps(event(number)).encode() for number in range(2_000)], size).dict_content


def pack(message: bytes, dictionary: bytes) -> bytes:
    return zstd.compress(message, zstd_dict=zstd.ZstdDict(dictionary))


@dataclass
class Host:
    """Serves the events from the cursor on, then closes; with `dies_after`, breaks the connection in mid-stream.

    `handed_out` is the dictionary of its second version, `packs_with` what it really packs with, `texts` how many of
    its messages it sends unpacked all the same; `accepts` says whether it packs at all.
    """

    told: Sequence[dict[str, object]]
    handed_out: bytes = b""
    packs_with: bytes = b""
    accepts: bool = True
    texts: int = 0
    dies_after: int | None = None
    is_silent: bool = False
    last_words: bytes = b""
    url: str = ""
    asked: list[web.Request] = field(default_factory=list)

    @property
    def handshakes(self) -> list[web.Request]:
        return [request for request in self.asked if "Upgrade" in request.headers]

    async def _dictionary(self, request: web.Request) -> web.Response:
        self.asked.append(request)
        return web.Response(body=self.handed_out) if self.handed_out else web.Response(status=404)

    async def _subscribe(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        is_second = EVENTS in request.path
        is_packed = "zstdDictionary" in request.query or request.query.get("compress") == "true"
        if (is_packed and not self.accepts) or (is_second and not self.handed_out):
            return web.json_response({"error": "UnknownZstdDictionary"}, status=400)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if self.is_silent:
            await socket.receive()
            return socket
        due = [each for each in self.told if int(each["time_us"]) >= int(request.query["cursor"])]
        messages = [json.dumps(second_version(each) if is_second else each).encode() for each in due]
        for number, message in enumerate([*messages, *([self.last_words] if self.last_words else [])]):
            if number == self.dies_after:
                request.transport.abort()
                return socket
            if is_packed and number >= self.texts:
                await socket.send_bytes(pack(message, self.packs_with or self.handed_out))
            else:
                await socket.send_str(message.decode())
        await socket.close()
        return socket


@asynccontextmanager
async def serving(*hosts: Host) -> AsyncIterator[tuple[str, ...]]:
    """The addresses of `hosts` while they serve."""
    servers = []
    for host in hosts:
        app = web.Application()
        app.router.add_get("/subscribe", host._subscribe)
        app.router.add_get(f"/xrpc/{EVENTS}", host._subscribe)
        app.router.add_get("/xrpc/network.bsky.jetstream.getZstdDictionary", host._dictionary)
        servers.append(TestServer(app, host="127.0.0.1"))
    try:
        for host, server in zip(hosts, servers, strict=True):
            await server.start_server()
            host.url = str(server.make_url("/")).rstrip("/").replace("http", "ws", 1)
        yield tuple(host.url for host in hosts)
    finally:
        for server in servers:
            await server.close()
