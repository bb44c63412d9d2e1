"""What Meta's networks have in common: one Graph API with its edges, its lookups by id and its error codes.

https://developers.facebook.com/docs/graph-api/guides/error-handling and …/docs/graph-api/results
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar
from urllib.parse import parse_qsl, urlsplit

import msgspec

from ..base import Answer, Http
from ..decode import readable
from ..errors import ConnectorError, RateLimited, Refused, Unavailable
from ..text import clean, redact

BATCH = 50
"""Ids that one request may ask for."""
MOST_PAGES = 20
REST = timedelta(hours=1)
"""Meta counts calls over a sliding hour, and says how long to wait only in headers that not every answer has."""

_BUSY = frozenset({4, 17, 32, 341, 613, *range(80_000, 80_015)})
_DOWN = frozenset({1, 2})
_EXPIRED = frozenset({102, 190, 463, 467})
_FORBIDDEN = frozenset({3, 10, *range(200, 300)})
_UNKNOWN_ALIAS, _BAD_PARAMETER, _NO_SUCH_OBJECT = 803, 100, 33


class Gone(Refused):
    """What was asked for does not exist, or not for the holder of this token: Meta does not tell which."""


class Unexplained(Refused):
    """Meta's code tells neither of the token nor of what was asked for: whose fault it is must be found out."""


class Trouble(msgspec.Struct):
    message: str = ""
    code: int = 0
    subcode: int | None = msgspec.field(name="error_subcode", default=None)


class Complaint(msgspec.Struct):
    error: Trouble


class Paging(msgspec.Struct):
    next: str | None = None


class Edge(msgspec.Struct):
    """One page of a list."""

    data: list[msgspec.Raw] = []
    paging: Paging | None = None

    @property
    def rest(self) -> Mapping[str, str]:
        """The query for the page behind this one, empty behind the last. Meta writes the token into it: ours stays in
        a header, where no log shows it."""
        try:
            query = urlsplit(self.paging.next).query if self.paging and self.paging.next else ""
        except ValueError:
            return {}
        return {name: value for name, value in parse_qsl(query) if name != "access_token"}


class Summary(msgspec.Struct):
    total_count: int | None = None


class Tally(msgspec.Struct):
    """An edge of which only the count was asked for."""

    summary: Summary | None = None


def total(tally: Tally | None) -> int | None:
    return tally.summary.total_count if tally and tally.summary else None


class Created(msgspec.Struct):
    """What a post answers when it is asked to read what it wrote."""

    id: str
    permalink_url: str | None = None


class Entry(Protocol):
    @property
    def id(self) -> str: ...

    @property
    def at(self) -> datetime | None: ...


T = TypeVar("T", bound=Entry)


@dataclass(frozen=True, slots=True)
class Graph:
    """The API as the holder of `token` sees it. `base` ends with the version; `renew` says where tokens are made."""

    base: str
    token: str
    renew: str

    async def get(self, http: Http, path: str, query: Mapping[str, str | int]) -> Answer:
        try:
            answer = await http.get(f"{self.base}/{path}", params=query, headers=self._headers)
        except Refused as error:
            raise self._meant(path, error.body) or error from error
        return self._checked(path, answer)

    async def post(self, http: Http, path: str, form: Mapping[str, str]) -> Answer:
        try:
            answer = await http.post(f"{self.base}/{path}", form=form, headers=self._headers)
        except Refused as error:
            raise self._meant(path, error.body) or error from error
        return self._checked(path, answer)

    async def edge(self, http: Http, path: str, query: Mapping[str, str | int]) -> Edge:
        """The first page of the list at `path`."""
        return (await self.get(http, path, query)).json(Edge)

    async def back(
        self, http: Http, path: str, edge: Edge, shape: type[T], oldest: datetime
    ) -> AsyncGenerator[list[T], None]:
        """The entries of `edge` and of what follows it at `path`, which are newest first, back to `oldest`. A cursor
        may stay the same from page to page; only the entries tell that there is nothing new."""
        seen: set[str] = set()
        for _ in range(MOST_PAGES):
            entries = [entry for entry in readable(edge.data, shape, f"{self.base}/{path}") if entry.id not in seen]
            seen |= {entry.id for entry in entries}
            recent = [entry for entry in entries if entry.at is None or entry.at >= oldest]
            if recent:
                yield recent
            if not recent or not edge.rest:
                return
            edge = await self.edge(http, path, edge.rest)

    async def objects(self, http: Http, ids: Sequence[str], fields: str, shape: type[T]) -> dict[str, T | None]:
        """What `ids` stand for; `None` for those that the token may not see, or that are no more. One of them spoils
        the answer for all, so the list is halved until it stands alone."""
        found: dict[str, T | None] = {}
        for start in range(0, len(ids), BATCH):
            found |= await self._together(http, ids[start : start + BATCH], fields, shape)
        return found

    async def _together(self, http: Http, ids: Sequence[str], fields: str, shape: type[T]) -> dict[str, T | None]:
        try:
            answer = await self.get(http, "", {"ids": ",".join(ids), "fields": fields})
        except Gone:
            if len(ids) == 1:
                return {ids[0]: None}
            half = len(ids) // 2
            first = await self._together(http, ids[:half], fields, shape)
            return first | await self._together(http, ids[half:], fields, shape)
        entries = answer.json(dict[str, msgspec.Raw])
        known = {name: readable([entries[name]], shape, answer.url) for name in ids if name in entries}
        return {name: fitting[0] for name, fitting in known.items() if fitting}

    @property
    def _headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def _checked(self, path: str, answer: Answer) -> Answer:
        if answer.body.lstrip()[:20].startswith(b'{"error"') and (error := self._meant(path, answer.body)):
            raise error
        return answer

    def _meant(self, path: str, body: bytes) -> ConnectorError | None:
        """The error that Meta's code stands for: nearly all of them come with status 400."""
        trouble = _trouble(body)
        if trouble is None:
            return None
        where = f"{redact(f'{self.base}/{path}')}: Meta says {clean(trouble.message, 300)!r} (code {trouble.code})"
        if trouble.code in _BUSY:
            return RateLimited(where, REST)
        if trouble.code in _DOWN:
            return Unavailable(where)
        if trouble.code in _EXPIRED:
            return Refused(f"{where}; the token has expired or was taken back: make a new one, {self.renew}")
        if trouble.code in _FORBIDDEN:
            return Refused(f"{where}; the token lacks a permission: make one that has it, {self.renew}")
        if trouble.code == _UNKNOWN_ALIAS or (trouble.code, trouble.subcode) == (_BAD_PARAMETER, _NO_SUCH_OBJECT):
            return Gone(where)
        return Unexplained(where)


def _trouble(body: bytes) -> Trouble | None:
    try:
        return msgspec.json.decode(body, type=Complaint, strict=False).error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
