"""What a connector is: three class attributes, its options as fields, and one method that yields pages of posts."""

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, ClassVar, Protocol, TypeVar, runtime_checkable

import msgspec

from .errors import Malformed
from .post import Author, Post
from .text import redact

T = TypeVar("T")
NOTHING: Mapping[str, str] = {}

Secret = Annotated[str, "secret"]
"""An option that is never printed: the configuration resolves "env:NAME" and "file:PATH" for it; declare it with
`field(repr=False)`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Where a source stands. `mark` is the connector's own text, "" on the first poll; `since` is how far back
    that first poll should look."""

    since: datetime
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Validator:
    """What lets us ask a URL whether it changed: its ETag and Last-Modified verbatim, and a digest of its body."""

    etag: str | None = None
    last_modified: str | None = None
    digest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Posts that stand or fall together. `mark` is where the source stands once they are stored; "" leaves it there.

    `deleted` are ids of posts that were taken down, on the network that the connector is named after; `rest` is how
    long the network asked us to stay away.
    """

    posts: tuple[Post, ...]
    mark: str
    deleted: tuple[str, ...] = ()
    rest: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An HTTP answer, read whole. `url` is the last one after redirects; header names are in lower case.

    `unchanged` is true for a 304 and for a body that equals the one stored last time: there is nothing new in it.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    unchanged: bool = False

    def json(self, shape: type[T]) -> T:
        """The body decoded into `shape`; `Malformed` when it is not that (an HTML block page, say)."""
        try:
            return msgspec.json.decode(self.body, type=shape, strict=False)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            kind = self.headers.get("content-type", "no content type")
            raise Malformed(f"{redact(self.url)}: not the JSON expected ({kind}): {error}", self.body) from error


class Http(Protocol):
    """The way out to a network: paced per host, retried, guarded and capped. A connector does none of that again.

    Every method raises `Unavailable`, `RateLimited`, `Refused` or `Malformed`, and nothing else.
    """

    async def get(
        self,
        url: str,
        *,
        params: Mapping[str, str | int] = NOTHING,
        headers: Mapping[str, str] = NOTHING,
        conditional: bool = False,
    ) -> Answer:
        """Fetch `url`. With `conditional`, send the validators kept from the last poll that ended well."""
        ...

    async def post(
        self,
        url: str,
        *,
        json: object = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] = NOTHING,
    ) -> Answer:
        """Post a JSON document or a form. Never retried after the request may have been received."""
        ...

    def listen(
        self,
        url: str,
        *,
        params: Mapping[str, str | int] = NOTHING,
        headers: Mapping[str, str] = NOTHING,
    ) -> AsyncIterator[bytes]:
        """The messages of a WebSocket, until the other side closes it."""
        ...


class Connector(ABC):
    """One network, as one source of the configuration uses it. Subclasses are frozen dataclasses.

    Their fields are the source's options: a field's type is its check, its default the common case.
    """

    name: ClassVar[str]
    """As the configuration calls it."""
    every: ClassVar[timedelta] = timedelta(minutes=10)
    """How often it is polled, unless configured."""
    pace: ClassVar[float] = 1.0
    """Seconds between two requests to one host."""

    @property
    def streams(self) -> bool:
        """Whether `fetch` goes on for ever. Ask the connector, not its class: it may depend on an option."""
        return False

    @abstractmethod
    def fetch(self, http: Http, terms: Sequence[str], cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield pages from `cursor` on. `terms` are the words the brands are called by, for networks that search."""

    def check(self) -> Sequence[str]:
        """What is wrong with these options, each as "option: what; hint". Types are checked already."""
        return ()


@runtime_checkable
class KnowsAuthors(Protocol):
    """A connector that can look up what its posts do not carry: who the authors are and how many follow them."""

    async def authors(self, http: Http, handles: Sequence[str]) -> Mapping[str, Author]:
        """Handles as posts carry them, to what the network says of them; unknown ones are left out."""
        ...
