"""The only door to aiohttp's server: one path, small requests, and no patience with those who dawdle.

What is behind it, and who may come in, is the business of `porter.py`.
"""

import asyncio
import errno
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from socket import gaierror

import msgspec
from aiohttp import web

from ..errors import ConnectorError, Refused, Unavailable
from .knock import FORM, JSON, Knock, Said, TurnedAway

CAP = 1 << 20
"""Bytes of a body."""
MOST_AT_ONCE = 64
"""Requests that are read or answered at the same time."""
CLOSING = 2.0
"""Seconds for those inside to hear their answer when the door closes."""
NOT_COUNTED = frozenset({404, 405})
"""What those who try every door are told."""

Receive = Callable[[Knock], Awaitable[Said]]
"""Answers a request, or raises `TurnedAway`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Seconds: for a whole body, and for a whole head, from when a connection was made or last answered."""

    body: float = 10.0
    idle: float = 15.0


@asynccontextmanager
async def opened(
    host: str, port: int, path: str, receive: Receive, note: Callable[[Said], None], patience: Patience | None = None
) -> AsyncGenerator[int, None]:
    """Serve `path` while the block lasts; yields the port. `note` is told of each who is turned away.

    `Unavailable` when the port is taken, `Refused` when it can never be had.
    """
    patience = patience or Patience()
    server = web.Server(
        Door(path, receive, note, patience).answer,
        access_log=None,  # the query of a challenge holds a secret
        keepalive_timeout=patience.idle,
        lingering_time=CLOSING,
        auto_decompress=False,
    )
    runner = web.ServerRunner(server, shutdown_timeout=CLOSING)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise _closed(error, f"{host}:{port}") from error
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


class Door:
    """What is the same for whoever knocks: the path, the method, the kind, the size and the time of a request."""

    def __init__(self, path: str, receive: Receive, note: Callable[[Said], None], patience: Patience) -> None:
        self._path, self._receive, self._note, self._patience = path, receive, note, patience
        self._inside = 0

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        self._inside += 1
        try:
            said = await self._receive(await self._knock(request))
        except TurnedAway as error:
            said = error.said
            if said.status not in NOT_COUNTED:
                self._note(said)
        finally:
            self._inside -= 1
        return _response(said)

    async def _knock(self, request: web.BaseRequest) -> Knock:
        self._look_at(request)
        return Knock(
            method=request.method,
            query=dict(request.query),
            headers={name.lower(): value for name, value in request.headers.items()},
            kind=request.content_type,
            body=await self._body(request),
            at=datetime.now(UTC),
        )

    def _look_at(self, request: web.BaseRequest) -> None:
        """Refuse, before anything is read, what can be refused by its head."""
        if request.path != self._path:
            raise TurnedAway(404, "nothing here")
        if request.method not in ("GET", "POST"):
            raise TurnedAway(405, "only POST is answered here", Allow="POST")
        if request.method == "POST" and request.content_type not in (JSON, FORM):
            raise TurnedAway(415, f"Content-Type: say {JSON} or {FORM}")
        if request.headers.get("Content-Encoding", "identity") != "identity":
            raise TurnedAway(415, "Content-Encoding: none is understood; send the body as it is")
        if (request.content_length or 0) > CAP:
            raise _too_large()
        if self._inside > MOST_AT_ONCE:
            raise TurnedAway(503, "too many at once; send the same again in a while", Retry_After="30")

    async def _body(self, request: web.BaseRequest) -> bytes:
        body = bytearray()
        try:
            async with asyncio.timeout(self._patience.body):
                if request.headers.get("Expect", "").lower() == "100-continue":
                    await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                    request.writer.output_size = 0
                async for piece in request.content.iter_any():
                    body += piece
                    if len(body) > CAP:
                        raise _too_large()
        except TimeoutError as error:
            raise TurnedAway(408, f"the body did not come within {self._patience.body:g} seconds") from error
        except (web.PayloadAccessError, web.RequestPayloadError, OSError) as error:
            raise TurnedAway(400, "the body broke off or is garbled") from error
        return bytes(body)


def _response(said: Said) -> web.Response:
    is_text = isinstance(said.document, str)
    response = web.Response(
        status=said.status,
        body=said.document if isinstance(said.document, str) else msgspec.json.encode(said.document),
        content_type="text/plain" if is_text else JSON,
        headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", **said.headers},
    )
    if said.status in (408, 413, 415):  # the rest of the body is not wanted
        response.force_close()
    return response


def _too_large() -> TurnedAway:
    return TurnedAway(413, f"more than {CAP:,} bytes; send it in several parts")


def _closed(error: OSError, where: str) -> ConnectorError:
    """Why a door cannot be opened, and who must act."""
    if isinstance(error, gaierror):
        return Refused(f"{where}: no such host here; check host")
    match error.errno:
        case errno.EADDRINUSE:
            return Unavailable(f"{where}: the port is taken by another program; stop that one or set another port")
        case errno.EACCES:
            return Refused(f"{where}: the system does not allow this port; set one above 1023")
        case errno.EADDRNOTAVAIL:
            return Refused(f"{where}: not an address of this machine; check host")
    return Unavailable(f"{where}: cannot be listened on ({error.strerror or type(error).__name__})")
