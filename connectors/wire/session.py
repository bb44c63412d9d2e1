"""The only door to aiohttp's client: one request, one answer read whole, and none but our own errors.

Redirects, retries, pace and memory are the business of `http.py`.
"""

import ssl
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from socket import AddressFamily
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from ..base import NOTHING, Answer
from ..errors import ConnectorError, Malformed, Refused, Unavailable, Unreached
from ..text import redact
from .guard import Guard
from .inflate import ACCEPTED, inflate

CAP = 10_000_000
"""Bytes of a body, unpacked, or of one WebSocket message."""
COMPLAINT_CAP = 65_536
"""Bytes read of an answer that refuses: enough to see why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Seconds: to connect, for a whole answer, and between the heartbeats of a WebSocket.

    No limit between two pieces of an answer: the one for all of it ends silence too, and costs half as much to keep.
    """

    connect: float = 10.0
    total: float = 60.0
    heartbeat: float = 30.0


class Session:
    """Connections to the networks, kept open between requests. Open it with `async with`, on the loop that uses it.

    `contact` is where a network's operator can complain: an address or a mailbox. `allow` are hosts and networks
    that may be asked although they are not public.
    """

    def __init__(
        self, *, contact: str, allow: Collection[str] = (), cap: int = CAP, patience: Patience | None = None
    ) -> None:
        self._guard = Guard.allowing(allow)
        self._agent = agent(contact)
        self._cap = cap
        self._patience = patience or Patience()
        self._stack = AsyncExitStack()
        self._client: aiohttp.ClientSession

    async def __aenter__(self) -> Self:
        self._client = await self._stack.enter_async_context(
            aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    resolver=GuardedResolver(self._guard), limit=100, limit_per_host=8, ttl_dns_cache=300
                ),
                timeout=aiohttp.ClientTimeout(total=self._patience.total, sock_connect=self._patience.connect),
                headers={"User-Agent": self._agent, "Accept-Encoding": ACCEPTED},
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                middlewares=(self._check,),
            )
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def send(
        self, method: str, url: URL, *, headers: Mapping[str, str] = NOTHING, body: bytes | None = None
    ) -> Answer:
        """Send one request and read its answer, whatever its status. A redirect is an answer too."""
        self._guard.check(url.scheme, url.raw_host, url.port)
        try:
            async with self._client.request(
                method, url, headers=headers, data=body, allow_redirects=False, middlewares=()
            ) as response:
                received = _headers(response)
                read = await self._read(response, received, url)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise translated(error, url) from error
        except RuntimeError as error:
            if not self._client.closed:
                raise
            raise Unreached(f"{_shown(url)}: not asked, we are stopping") from error
        # Addresses in the answer are relative to this one: a password in it would end in them.
        shown = url.with_user(None) if url.raw_user else url
        return Answer(url=str(shown), status=response.status, headers=received, body=read)

    async def listen(
        self, url: URL, *, headers: Mapping[str, str] = NOTHING, say: Sequence[str] = ()
    ) -> AsyncGenerator[bytes, None]:
        """The messages of a WebSocket, until the other side closes it in good order; an empty one before them when
        there was something to `say`."""
        try:
            async with self._client.ws_connect(
                url,
                headers=headers,
                heartbeat=self._patience.heartbeat,
                max_msg_size=self._cap,
                decode_text=False,
            ) as socket:
                for text in say:
                    await socket.send_str(text)
                if say:
                    yield b""
                async for message in socket:
                    if message.type is aiohttp.WSMsgType.ERROR:
                        raise _broken(message.data, url) from message.data
                    if message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
                        yield message.data
                if socket.close_code not in (aiohttp.WSCloseCode.OK, aiohttp.WSCloseCode.GOING_AWAY):
                    closed = f"{_shown(url)}: the connection was closed ({socket.close_code})"
                    raise Unavailable(closed) from socket.exception()
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise translated(error, url) from error

    async def _check(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        # For WebSockets: aiohttp follows the redirects of their handshakes by itself.
        self._guard.check(request.url.scheme, request.url.raw_host, request.url.port)
        return await handler(request)

    async def _read(self, response: aiohttp.ClientResponse, headers: Mapping[str, str], url: URL) -> bytes:
        if 300 <= response.status < 400:
            return b""
        encoding, chunks = headers.get("content-encoding", ""), response.content.iter_any()
        if response.status < 400:
            return await inflate(chunks, encoding, self._cap, _shown(url))
        try:
            return await inflate(chunks, encoding, COMPLAINT_CAP, _shown(url))
        except Malformed:
            return b""


class GuardedResolver(AbstractResolver):
    """Names to addresses that the guard permits. What is connected to is what was judged: no second look-up."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._resolver = aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: AddressFamily = AddressFamily.AF_INET
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        permitted = [result for result in found if self._guard.permits(host, port, result["host"])]
        if found and not permitted:
            raise Refused(self._guard.refusal(host, port))
        return permitted

    async def close(self) -> None:
        await self._resolver.close()


def agent(contact: str) -> str:
    """Who we are, as `User-Agent`."""
    try:
        ours = version("oido")
    except PackageNotFoundError:
        ours = "0"
    return f"oido/{ours} (+{contact})" if contact else f"oido/{ours}"


def translated(error: BaseException, url: URL) -> ConnectorError:
    """Whatever aiohttp raises, as one of our errors; its own texts may show a query, so we write ours."""
    where = _shown(url)
    match error:
        case aiohttp.WSServerHandshakeError(status=status) if status == 429 or status >= 500:
            return Unavailable(f"{where}: {status}")
        case aiohttp.WSServerHandshakeError(status=status):
            return Refused(f"{where}: {status}, no stream is served here; check the address and the key")
        case aiohttp.InvalidURL() | aiohttp.NonHttpUrlClientError() | ValueError():
            return Refused(f"{where}: not an address that can be asked; check it")
        case aiohttp.ClientConnectorCertificateError():
            return Unreached(f"{where}: its certificate is not valid ({_certificate(error)})")
        case aiohttp.ClientConnectorDNSError():
            return Unreached(f"{where}: the host's name is not known")
        case aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError():
            return Unreached(f"{where}: no connection ({_cause(error)})")
        case TimeoutError():
            return Unavailable(f"{where}: no answer in time")
        case aiohttp.ClientPayloadError():
            return Unavailable(f"{where}: the answer broke off or is garbled")
        case aiohttp.ClientResponseError():
            return Unavailable(f"{where}: the answer is not HTTP")
    return Unavailable(f"{where}: the connection broke ({_cause(error)})")


def _shown(url: URL) -> str:
    return redact(str(url))


def _headers(response: aiohttp.ClientResponse) -> dict[str, str]:
    """Names in lower case; a header that comes twice is joined by commas, as RFC 9110 has it. Bytes that are no UTF-8
    become U+FFFD: headers are quoted in messages, and those must be writable."""
    headers: dict[str, str] = {}
    for name, value in response.headers.items():
        key = name.lower()
        if not value.isascii():
            value = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        headers[key] = f"{headers[key]}, {value}" if key in headers else value
    return headers


def _broken(error: BaseException, url: URL) -> ConnectorError:
    """What a stream could not go on for."""
    if not isinstance(error, aiohttp.WebSocketError):
        return Unavailable(f"{_shown(url)}: the connection broke ({_cause(error)})")
    if error.code == aiohttp.WSCloseCode.MESSAGE_TOO_BIG:
        return Malformed(f"{_shown(url)}: a message is too large")
    return Malformed(f"{_shown(url)}: garbled frames")


def _cause(error: BaseException) -> str:
    """The system's own words for it: they name no address of ours."""
    inner = getattr(error, "os_error", error)
    return getattr(inner, "strerror", None) or type(inner).__name__


def _certificate(error: aiohttp.ClientConnectorCertificateError) -> str:
    inner = error.certificate_error
    return inner.verify_message if isinstance(inner, ssl.SSLCertVerificationError) else type(inner).__name__
