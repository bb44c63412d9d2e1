"""The command line beside a server that others wrote, and a way to that server on which a command can be killed."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from aiohttp import ClientSession, DummyCookieJar, web

from connectors.base import Connector
from monitor.store.reader import Reader
from monitor.types import Reply

ROOT = Path(__file__).parents[2]
OF_ONE_HOP = ("host", "connection", "transfer-encoding", "content-length", "keep-alive")


class Network(Protocol):
    """Where people speak, as tests do too."""

    base: str
    """The server that the house asks."""
    writes: str
    """What the address ends with at which an answer is written."""

    async def say(self, text: str) -> str:
        """Let somebody write this; what identifies it there."""
        ...

    async def unsay(self, id: str) -> None: ...

    async def answers(self, id: str) -> list[str]:
        """The texts of all that stands below it."""
        ...

    def connector(self, base: str) -> Connector:
        """Ours, which reads `base` as its server."""
        ...

    def source(self, base: str) -> str:
        """The same as a table of the configuration, without its head."""
        ...


class Way:
    """Leads to a server, as long as nobody lies in wait there for a command."""

    def __init__(self, network: Network, session: ClientSession) -> None:
        self._network, self._session = network, session
        self.base = ""
        self.prey: asyncio.Future[Process] | None = None

    async def pass_on(self, request: web.Request) -> web.Response:
        headers = {name: value for name, value in request.headers.items() if name.lower() not in OF_ONE_HOP}
        body = await request.read()
        url = f"{self._network.base}{request.path_qs}"
        async with self._session.request(request.method, url, headers=headers, data=body or None) as answer:
            told = await answer.read()
        is_written = request.method == "POST" and request.path.endswith(self._network.writes) and answer.ok
        if self.prey and is_written:
            (await self.prey).kill()
            raise web.HTTPGatewayTimeout  # nobody is there to hear it
        kept = {name: value for name, value in answer.headers.items() if name.lower() not in OF_ONE_HOP}
        kept.pop("Content-Encoding", None)  # undone by reading it
        return web.Response(status=answer.status, headers=kept, body=told)


@asynccontextmanager
async def way(network: Network) -> AsyncIterator[Way]:
    async with ClientSession(cookie_jar=DummyCookieJar()) as session:
        built, application = Way(network, session), web.Application()
        application.router.add_route("*", "/{path:.*}", built.pass_on)
        runner = web.AppRunner(application, shutdown_timeout=0.1)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            built.base = "http://{}:{}".format(*runner.addresses[0][:2])
            yield built
        finally:
            await runner.cleanup()


@dataclass(frozen=True, kw_only=True)
class House:
    """A folder with a configuration, in which commands run, each in a process of its own."""

    folder: Path
    way: Way

    def furnish(self, brand: str, network: Network) -> None:
        general = 'language = "en"\ndatabase = "oido.db"\ncontact = "ana@example.org"\n'
        general += '[models]\ntier = "screen"\n'
        tables = f'[[brand]]\nname = "{brand}"\n[[source]]\nname = "shop"\n{network.source(self.way.base)}'
        allow = '[network]\nallow = ["127.0.0.1", "localhost"]\n'
        (self.folder / "config.toml").write_text(general + tables + allow, encoding="utf-8")

    async def oido(self, *words: str) -> str:
        """What the command says, after its exit code."""
        process = await self._start(*words)
        told, _ = await asyncio.wait_for(process.communicate(), 100)
        return f"{process.returncode}: {told.decode()}"

    async def killed(self, *words: str) -> int:
        """The exit code of a command that is killed when the network has taken what it wrote, before it is told so."""
        self.way.prey = asyncio.get_running_loop().create_future()
        process = await self._start(*words)
        self.way.prey.set_result(process)
        try:
            await asyncio.wait_for(process.communicate(), 100)
        finally:
            self.way.prey = None
        assert process.returncode is not None
        return process.returncode

    @property
    def replies(self) -> tuple[Reply, ...]:
        """What the house knows of answers to the first mention."""
        with Reader.open(self.folder / "oido.db") as reader:
            return reader.dossier(1).replies

    async def _start(self, *words: str) -> Process:
        command = (sys.executable, "-m", "monitor", "--config", str(self.folder / "config.toml"), *words)
        return await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=PIPE, stderr=asyncio.subprocess.STDOUT)
