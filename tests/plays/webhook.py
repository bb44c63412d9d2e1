"""One signed POST over a real socket, to the door that the connector opens; the poll ends when it is answered."""

import asyncio
import hashlib
import hmac
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from connectors.base import Cursor, Http, Page
from connectors.doors.webhook import Webhook
from monitor.wait import unless
from tests.fakes_http import FakeHttp
from tests.plays import Play

SECRET = "a secret of the tests"
META = {
    "id": "comment_id | post_id",
    "text": "message",
    "author": "from.id | from.name",
    "author_name": "from.name",
    "published": "created_time",
    "url": "permalink_url",
    "in_reply_to": "parent_id",
}


def play(answer: bytes) -> Play:
    options = {"style": "hub", "posts": "entry.changes.value", "fields": META} if b'"object"' in answer else {}
    return Knocked(secret=SECRET, port=0, body=answer, **options), FakeHttp({})


@dataclass(frozen=True, kw_only=True)
class Knocked(Webhook):
    """Asks for the next page as the house does: when it is done with the last, and until it is told to stop."""

    body: bytes = field(repr=False)

    async def fetch(self, http: Http, terms: Sequence[str], cursor: Cursor) -> AsyncGenerator[Page, None]:
        answered = asyncio.Event()
        async with aclosing(super().fetch(http, terms, cursor)) as pages:
            yield await anext(pages)
            posting = asyncio.create_task(self._post(answered))
            while page := await unless((answered,), anext(pages, None)):
                yield page
            await posting

    async def _post(self, answered: asyncio.Event) -> None:
        lines = ["POST /mentions HTTP/1.1", "Host: oido.example", "Content-Type: application/json", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in signed(self.body, self.style).items()]
        lines += [f"Content-Length: {len(self.body)}", "", ""]
        try:
            answer = await exchange(self._doorstep.port, "\r\n".join(lines).encode() + self.body)
        finally:
            answered.set()
        assert answer.split()[1] in (b"200", b"202", b"400", b"413", b"422"), answer


async def exchange(port: int, *pieces: bytes) -> bytes:
    """What is answered to these very bytes, until the other side closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        return await reader.read()
    finally:
        writer.close()
        await writer.wait_closed()


def signed(body: bytes, style: str = "oido", secret: str = SECRET, at: float | None = None) -> dict[str, str]:
    """The headers that a sender adds to `body`; `at` is its clock, in seconds since 1970."""
    if style == "hub":
        return {"X-Hub-Signature-256": f"sha256={_hmac(body, secret)}"}
    stamp = str(int(time.time() if at is None else at))
    return {"X-Oido-Timestamp": stamp, "X-Oido-Signature": f"sha256={_hmac(stamp.encode() + b'.' + body, secret)}"}


def _hmac(message: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
