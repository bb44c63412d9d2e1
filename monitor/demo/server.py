"""A local server that plays the script as three networks would publish it: an Atom feed, a Mastodon hashtag timeline,
and a Jetstream WebSocket with Bluesky's profiles beside it. All of it is synthetic and says so."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from html import escape
from typing import Any

from aiohttp import web

from ..clock import Clock
from .script import Line, people, script

LABEL = "Oído demo: synthetic, nobody wrote this · sintético, nadie ha escrito esto"
ERA = 20_000
"""Base of the demo's own post numbers."""


class Stage:
    """The script, and how much of it has been said. `curtain` is when it began."""

    def __init__(self, clock: Clock, *, speed: float = 1.0, lines: Sequence[Line] | None = None) -> None:
        self._clock, self._speed, self.lines = clock, speed, script() if lines is None else lines
        self.curtain = clock.now()

    def said_at(self, line: Line) -> datetime:
        return self.curtain + timedelta(seconds=line.at / self._speed)

    def said(self, network: str) -> list[tuple[int, Line]]:
        """The lines of a network that have been said by now, with their numbers, oldest first."""
        now = self._clock.now()
        return [
            (number, line)
            for number, line in enumerate(self.lines, start=ERA)
            if line.network == network and self.said_at(line) <= now
        ]

    @property
    def ends_at(self) -> datetime:
        return max(self.said_at(line) for line in self.lines)


def feed(stage: Stage, base: str) -> str:
    """The blogs and forums, as an Atom feed."""
    entries = "".join(
        f"<entry><id>{base}/p/{number}</id><title/><updated>{_iso(stage.said_at(line))}</updated>"
        f"<published>{_iso(stage.said_at(line))}</published><link href='{base}/p/{number}'/>"
        f"<author><name>{escape(line.handle)}</name></author><content type='text'>{escape(line.text)}</content></entry>"
        for number, line in reversed(stage.said("web"))
    )
    return (
        f"<?xml version='1.0' encoding='utf-8'?><feed xmlns='http://www.w3.org/2005/Atom' xml:lang='es'>"
        f"<title>{LABEL}</title><id>{base}/feed.xml</id><updated>{_iso(stage.curtain)}</updated>{entries}</feed>"
    )


def status(stage: Stage, base: str, number: int, line: Line) -> Mapping[str, Any]:
    """A post in the shape of Mastodon's Status (docs.joinmastodon.org/entities/Status)."""
    person = people()[line.handle]
    return {
        "id": str(number),
        "uri": f"{base}/statuses/{number}",
        "url": f"{base}/p/{number}",
        "created_at": _iso(stage.said_at(line)),
        "content": f"<p>{escape(line.text)}</p>",
        "visibility": "public",
        "language": line.language,
        "spoiler_text": "",
        "replies_count": 0,
        "favourites_count": line.likes,
        "reblogs_count": line.shares,
        "account": {
            "acct": line.handle,
            "display_name": person.name,
            "url": f"{base}/@{line.handle}",
            "followers_count": person.followers,
        },
    }


def event(stage: Stage, number: int, line: Line) -> Mapping[str, Any]:
    """A post as Jetstream wraps it (github.com/bluesky-social/jetstream)."""
    said = stage.said_at(line)
    return {
        "did": f"did:demo:{line.handle}",
        "time_us": int(said.timestamp() * 1_000_000),
        "kind": "commit",
        "commit": {
            "rev": str(number),
            "operation": "create",
            "collection": "app.bsky.feed.post",
            "rkey": str(number),
            "cid": f"demo{number}",
            "record": {
                "$type": "app.bsky.feed.post",
                "text": line.text,
                "createdAt": _iso(said),
                "langs": [line.language],
            },
        },
    }


def profile(did: str) -> Mapping[str, Any]:
    """An author in the shape of app.bsky.actor.getProfiles."""
    handle = did.removeprefix("did:demo:")
    person = people()[handle]
    return {"did": did, "handle": handle, "displayName": person.name, "followersCount": person.followers}


def app(stage: Stage) -> web.Application:
    """The three networks and a page for every post, on one server."""

    async def serve_feed(request: web.Request) -> web.Response:
        return web.Response(text=feed(stage, _base(request)), content_type="application/atom+xml")

    async def serve_timeline(request: web.Request) -> web.Response:
        after = int(request.query.get("min_id", "0"))
        said = [
            status(stage, _base(request), number, line) for number, line in stage.said("mastodon") if number > after
        ]
        return web.json_response(said[: int(request.query.get("limit", "20"))][::-1])

    async def serve_profiles(request: web.Request) -> web.Response:
        dids = [did for did in request.query.getall("actors", []) if did.removeprefix("did:demo:") in people()]
        return web.json_response({"profiles": [profile(did) for did in dids]})

    async def serve_stream(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=20)
        await socket.prepare(request)
        sent = 0
        since = int(request.query.get("cursor", "0"))
        while not socket.closed:
            said = stage.said("bluesky")
            for number, line in said[sent:]:
                message = event(stage, number, line)
                if message["time_us"] >= since:
                    await socket.send_str(json.dumps(message))
            sent = len(said)
            await _breathe(socket)
        return socket

    async def serve_post(request: web.Request) -> web.Response:
        number = int(request.match_info["number"]) - ERA
        if not 0 <= number < len(stage.lines):
            raise web.HTTPNotFound
        line = stage.lines[number]
        said = f"<p><em>{LABEL}</em><p><b>{escape(line.handle)}</b><p>{escape(line.text)}"
        return web.Response(text=f"<!doctype html><title>{LABEL}</title>{said}", content_type="text/html")

    application = web.Application()
    application.router.add_get("/feed.xml", serve_feed)
    application.router.add_get("/api/v1/timelines/tag/{tag}", serve_timeline)
    application.router.add_get("/xrpc/app.bsky.actor.getProfiles", serve_profiles)
    application.router.add_get("/subscribe", serve_stream)
    application.router.add_get(r"/p/{number:\d+}", serve_post)
    return application


@asynccontextmanager
async def playing(stage: Stage) -> AsyncIterator[str]:
    """Play on loopback for as long as the block lasts; gives the server's address, `http://127.0.0.1:PORT`."""
    runner = web.AppRunner(app(stage), shutdown_timeout=1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


async def _breathe(socket: web.WebSocketResponse) -> None:
    """Wait a little for the client to close, as it may at any time."""
    try:
        await socket.receive(timeout=0.3)
    except TimeoutError:
        return


def _base(request: web.Request) -> str:
    return f"http://{request.host}"


def _iso(time: datetime) -> str:
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
