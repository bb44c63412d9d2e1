"""A site on loopback that answers as a test says, and a client whose time passes only when it sleeps."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from connectors.wire.http import Client, Visit
from connectors.wire.session import Patience, Session

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Hourglass:
    """Time that stands still unless somebody sleeps."""

    passed: float = 0.0
    naps: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.passed)

    def tick(self) -> float:
        return self.passed

    async def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.passed += seconds
        await asyncio.sleep(0)


class Site:
    """Answers each path with what was put there: a body, a response to copy, a handler, or a list of them in turn."""

    def __init__(self) -> None:
        self.requests: list[web.Request] = []
        self._pages: dict[str, list[object]] = {}
        self._server = TestServer(self._app(), host="127.0.0.1")

    def _app(self) -> web.Application:
        app = web.Application()
        app.router.add_route("*", "/{rest:.*}", self._answer)
        return app

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        pages = self._pages.get(request.path)
        if not pages:
            return web.Response(status=404)
        page = pages.pop(0) if len(pages) > 1 else pages[0]
        return await page(request) if callable(page) else _response(page)

    def put(self, path: str, *pages: object) -> str:
        """Serve `pages` at `path` one after the other, the last one for ever; the address."""
        self._pages[path.partition("?")[0]] = list(pages)
        return self.url(path)

    def url(self, path: str) -> str:
        return str(self._server.make_url("/")).rstrip("/") + path

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    async def __aenter__(self) -> "Site":
        await self._server.start_server()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._server.close()


def _response(page: object) -> web.Response:
    match page:
        case bytes():
            return web.Response(body=page)
        case str():
            return web.Response(text=page, content_type="text/html")
        case int():
            return web.Response(status=page)
        case (int() as status, dict() as headers):
            return web.Response(status=status, headers=headers)
        case (int() as status, dict() as headers, bytes() as body):
            return web.Response(status=status, headers=headers, body=body)
    raise TypeError(page)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with Site() as site:
        yield site


@pytest.fixture
def glass() -> Hourglass:
    return Hourglass()


@pytest.fixture
async def client(glass: Hourglass) -> AsyncIterator[Client]:
    """A client that may ask this machine, and is not patient."""
    async with opened(glass) as client:
        yield client


@pytest.fixture
def visit(client: Client) -> Visit:
    return client.visit(0.0, {})


@pytest.fixture
def strict(glass: Hourglass) -> Callable[..., object]:
    """A client with its own allow-list, cap or patience: `async with strict(allow=()) as client`."""
    return lambda **options: opened(glass, **options)


@asynccontextmanager
async def opened(glass: Hourglass, **options: object) -> AsyncIterator[Client]:
    settings = {
        "contact": "ana@example.org",
        "allow": ("127.0.0.1",),
        "patience": Patience(total=2.0),
    } | options
    async with Session(**settings) as session:
        yield Client(session, now=glass.now, tick=glass.tick, sleep=glass.sleep, random=lambda: 1.0)


@asynccontextmanager
async def raw(*pieces: bytes | float) -> AsyncIterator[str]:
    """A server that reads a request and answers with these very bytes; a number is a pause. Yields its address."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            for piece in pieces:
                if isinstance(piece, bytes):
                    writer.write(piece)
                    await writer.drain()
                else:
                    await asyncio.sleep(piece)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    finally:
        server.close()


@pytest.fixture(name="raw")
def raw_server() -> Callable[..., object]:
    return raw


@pytest.fixture(scope="session")
def recorded() -> Path:
    """Where recorded answers of real networks lie, if they are at hand."""
    root = Path(__file__).parents[2]
    folder = Path(os.environ.get("OIDO_FIXTURES", root.parent / "shared" / "fixtures"))
    if not folder.is_dir():
        pytest.skip("no recorded answers here: set OIDO_FIXTURES to their folder")
    return folder
