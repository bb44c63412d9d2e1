"""The only door to aiohttp's client: one request, one answer read whole, and none but our own errors.

Redirects, retries, pace and memory are the business of `http.py`.
"""

import ssl
from collections.abc import AsyncGenerator, Collection, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from socket import AddressFamily
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from .base import NOTHING, Answer
from .errors import ConnectorError, Malformed, Refused, Unavailable
from .guard import Guard
from .inflate import ACCEPTED, inflate
from .text import redact

CAP = 10_000_000
"""Bytes of a body, unpacked, or of one WebSocket message."""
COMPLAINT_CAP = 65_536
"""Bytes read of an answer that refuses: enough to see why."""


class Unreached(Unavailable):
    """No connection was made, so the request cannot have been received."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Seconds: to connect, between two pieces of an answer, for all of it; and between WebSocket heartbeats."""

    connect: float = 10.0
    read: float = 30.0
    total: float = 120.0
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
                timeout=aiohttp.ClientTimeout(
                    total=self._patience.total, sock_connect=self._patience.connect, sock_read=self._patience.read
                ),
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
        where = redact(str(url))
        with translated(where):
            async with self._client.request(method, url, headers=headers, data=body, allow_redirects=False) as response:
                received = _headers(response)
                return Answer(
                    url=str(url),
                    status=response.status,
                    headers=received,
                    body=await self._read(response, received, where),
                )

    async def listen(self, url: URL, *, headers: Mapping[str, str] = NOTHING) -> AsyncGenerator[bytes, None]:
        """The messages of a WebSocket, until the other side closes it in good order."""
        where = redact(str(url))
        with translated(where):
            async with self._client.ws_connect(
                url,
                headers=headers,
                heartbeat=self._patience.heartbeat,
                max_msg_size=self._cap,
                decode_text=False,
            ) as socket:
                async for message in socket:
                    if message.type is aiohttp.WSMsgType.ERROR:
                        raise _broken(message.data, where) from message.data
                    if message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
                        yield message.data
                _check_end(socket, where)

    async def _check(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        # Here and not before the request, because aiohttp follows the redirects of a WebSocket's handshake by itself.
        self._guard.check(request.url.scheme, request.url.raw_host, request.url.port)
        return await handler(request)

    async def _read(self, response: aiohttp.ClientResponse, headers: Mapping[str, str], where: str) -> bytes:
        if response.status == 304 or 300 <= response.status < 400:
            return b""
        encoding = headers.get("content-encoding", "")
        if response.status < 400:
            return await inflate(response.content.iter_any(), encoding, self._cap, where)
        try:
            return await inflate(response.content.iter_any(), encoding, COMPLAINT_CAP, where)
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


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Whatever aiohttp raises, as one of our errors; their own texts may show a query, so we write ours."""
    try:
        yield
    except ConnectorError:
        raise
    except aiohttp.WSServerHandshakeError as error:
        raise _handshake(error, where) from error
    except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError, ValueError) as error:
        raise Refused(f"{where}: not an address that can be asked; check it") from error
    except aiohttp.ClientConnectorCertificateError as error:
        raise Unreached(f"{where}: its certificate is not valid ({_certificate(error)})") from error
    except aiohttp.ClientConnectorDNSError as error:
        raise Unreached(f"{where}: the host's name is not known") from error
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        raise Unreached(f"{where}: no connection ({_cause(error)})") from error
    except TimeoutError as error:
        raise Unavailable(f"{where}: no answer in time") from error
    except aiohttp.ClientPayloadError as error:
        raise Unavailable(f"{where}: the answer broke off or is garbled") from error
    except aiohttp.ClientResponseError as error:
        raise Unavailable(f"{where}: the answer is not HTTP") from error
    except (aiohttp.ClientError, OSError) as error:
        raise Unavailable(f"{where}: the connection broke ({_cause(error)})") from error


def _headers(response: aiohttp.ClientResponse) -> dict[str, str]:
    """Names in lower case; a header that comes twice is joined by commas, as RFC 9110 has it."""
    headers: dict[str, str] = {}
    for name, value in response.headers.items():
        key = name.lower()
        headers[key] = f"{headers[key]}, {value}" if key in headers else value
    return headers


def _check_end(socket: aiohttp.ClientWebSocketResponse[bool], where: str) -> None:
    if socket.close_code not in (aiohttp.WSCloseCode.OK, aiohttp.WSCloseCode.GOING_AWAY):
        raise Unavailable(f"{where}: the connection was closed ({socket.close_code})") from socket.exception()


def _broken(error: BaseException, where: str) -> ConnectorError:
    """What a stream could not go on for."""
    if not isinstance(error, aiohttp.WebSocketError):
        return Unavailable(f"{where}: the connection broke ({_cause(error)})")
    if error.code == aiohttp.WSCloseCode.MESSAGE_TOO_BIG:
        return Malformed(f"{where}: a message is too large")
    return Malformed(f"{where}: garbled frames")


def _handshake(error: aiohttp.WSServerHandshakeError, where: str) -> ConnectorError:
    if error.status == 429 or error.status >= 500:
        return Unavailable(f"{where}: {error.status}")
    return Refused(f"{where}: {error.status}, no stream is served here; check the address and the key")


def _cause(error: BaseException) -> str:
    """The system's own words for it: they name no address of ours."""
    inner = getattr(error, "os_error", error)
    return getattr(inner, "strerror", None) or type(inner).__name__


def _certificate(error: aiohttp.ClientConnectorCertificateError) -> str:
    inner = error.certificate_error
    return inner.verify_message if isinstance(inner, ssl.SSLCertVerificationError) else type(inner).__name__
