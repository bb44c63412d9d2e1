"""A network that answers from a table and remembers what it was asked; no socket is opened."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec

from connectors.base import NOTHING, Answer, Page
from connectors.errors import ConnectorError, RateLimited, Refused

Reply = object
"""Bytes or text of a body, an `Answer`, an error to raise, a function of the request, or a value to send as JSON."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request as a connector made it. `query` holds what its URL and its parameters ask for; `said` what it told a
    WebSocket."""

    method: str
    url: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    json: object = None
    form: Mapping[str, str] | None = None
    said: Sequence[str] = ()

    @property
    def path(self) -> str:
        return urlsplit(self.url).path


class FakeHttp:
    """Obeys `connectors.base.Http`. `table` maps a path to its replies in turn, the last one for ever.

    A reply that is one list stands for itself as JSON only inside another list: `{"/x": [[1, 2]]}`.
    """

    def __init__(self, table: Mapping[str, list[Reply]], kind: str = "application/json") -> None:
        self.asked: list[Asked] = []
        self.spent: list[tuple[str, float, str]] = []
        self.broke: frozenset[str] = frozenset()
        """Budgets of which nothing is left."""
        self._table = {path: list(replies) for path, replies in table.items()}
        self._kind = kind

    def queries(self, path: str) -> list[Mapping[str, str]]:
        """What the requests for `path` asked for, in order."""
        return [asked.query for asked in self.asked if asked.path == path]

    async def spend(self, budget: str, amount: float, what: str = "") -> None:
        if budget in self.broke and amount > 0:
            raise RateLimited(f"{budget}: nothing left", timedelta(hours=1))
        self.spent.append((budget, amount, what))

    async def get(
        self,
        url: str,
        *,
        params: Mapping[str, str | int] = NOTHING,
        headers: Mapping[str, str] = NOTHING,
        conditional: bool = False,
    ) -> Answer:
        return self._answer(Asked(method="GET", url=url, query=_query(url, params), headers=headers))

    async def post(
        self,
        url: str,
        *,
        json: object = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] = NOTHING,
    ) -> Answer:
        return self._answer(Asked(method="POST", url=url, headers=headers, json=json, form=form))

    async def listen(
        self,
        url: str,
        *,
        params: Mapping[str, str | int] = NOTHING,
        headers: Mapping[str, str] = NOTHING,
        say: Sequence[str] = (),
    ) -> AsyncIterator[bytes]:
        asked = Asked(method="LISTEN", url=url, query=_query(url, params), headers=headers, said=tuple(say))
        messages = self._reply(asked)
        if isinstance(messages, Exception):
            raise messages
        if say:
            yield b""
        assert isinstance(messages, Iterable)
        for message in messages:
            if isinstance(message, Exception):
                raise message
            yield message

    def _answer(self, asked: Asked) -> Answer:
        reply = self._reply(asked)
        if isinstance(reply, Exception):
            raise reply
        if isinstance(reply, Answer):
            return reply
        body = reply if isinstance(reply, bytes) else reply.encode() if isinstance(reply, str) else _json(reply)
        url = f"{asked.url}?{urlencode(asked.query)}" if asked.query and "?" not in asked.url else asked.url
        return Answer(url=url, status=200, headers={"content-type": self._kind}, body=body)

    def _reply(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        replies = self._table.get(asked.path)
        if not replies:
            return Refused(f"{asked.url}: 404")
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        return reply(asked) if isinstance(reply, Callable) else reply  # type: ignore[arg-type]


async def read(pages: AsyncIterator[Page]) -> tuple[list[Page], ConnectorError | None]:
    """The pages that came, and the error that ended them, if one did."""
    come: list[Page] = []
    try:
        async for page in pages:
            come.append(page)
    except ConnectorError as error:
        return come, error
    return come, None


def _query(url: str, params: Mapping[str, str | int]) -> Mapping[str, str]:
    return dict(parse_qsl(urlsplit(url).query)) | {name: str(value) for name, value in params.items()}


def _json(value: object) -> bytes:
    return msgspec.json.encode(value)
