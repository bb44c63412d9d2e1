"""What a connector is: three class attributes, its options as fields, and one method that yields pages of posts."""

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
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
    long the network asked us to stay away; `missed` is a time, from and to, of which the network can tell nothing any
    more although the mark asked for it.
    """

    posts: tuple[Post, ...]
    mark: str
    deleted: tuple[str, ...] = ()
    rest: timedelta | None = None
    missed: tuple[datetime, datetime] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What one account may use up: at most `most` of `unit` in any `window` that ends now.

    A window that slides never allows more than one that begins at midnight somewhere, or with the month.
    """

    name: str
    most: float
    unit: str
    window: timedelta


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

    async def spend(self, budget: str, amount: float, what: str = "") -> None:
        """Take `amount` of the connector's budget of that name before asking for what costs it; `RateLimited` when so
        much is not left. A negative amount gives back what was not used. `what` names a thing that costs only once in
        a window, however often it is asked for."""
        ...

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
        say: Sequence[str] = (),
    ) -> AsyncIterator[bytes]:
        """The messages of a WebSocket, until the other side closes it. What there is to `say` is sent as soon as the
        connection stands; then an empty message, before all others, tells that it was."""
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
    is_own: ClassVar[bool] = False
    """Whether it reads what is said to the owner of its key: that need not name the brand."""

    repeatable: ClassVar[timedelta] = timedelta(0)
    """How long `reply` may be tried again under the same key without saying it twice, where it can reply."""

    @property
    def streams(self) -> bool:
        """Whether `fetch` goes on for ever. Ask the connector, not its class: it may depend on an option."""
        return False

    @abstractmethod
    def fetch(self, http: Http, terms: Sequence[str], cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield pages from `cursor` on. `terms` are the words the brands are called by, for networks that search."""

    @property
    def account(self) -> str:
        """Whose budgets are used up; sources that say the same share them. `account_of` a key; "" is the source."""
        return ""

    def budgets(self) -> Sequence[Budget]:
        """What the network allows the account, or what its owner wants to pay at most."""
        return ()

    def check(self) -> Sequence[str]:
        """What is wrong with these options, each as "option: what; hint". Types are checked already."""
        return ()


@runtime_checkable
class KnowsAuthors(Protocol):
    """A connector that can look up what its posts do not carry: who the authors are and how many follow them."""

    async def authors(self, http: Http, handles: Sequence[str]) -> Mapping[str, Author]:
        """Handles as posts carry them, to what the network says of them; unknown ones are left out."""
        ...


@runtime_checkable
class Refreshes(Protocol):
    """A connector that can look at posts again: what became of them, and of what people made of them."""

    async def refresh(self, http: Http, ids: Sequence[str]) -> Mapping[str, Post | None]:
        """Each post as it stands now, `None` for one that was taken down; those of which the network tells nothing are
        left out."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """An answer that the network published."""

    id: str
    url: str | None


@runtime_checkable
class Replies(Protocol):
    """A connector that can answer a post as its user's own account."""

    longest: ClassVar[int]
    """Characters that an answer may have."""

    async def reply(self, http: Http, to: Post, text: str, key: str) -> Sent:
        """Publish `text` below the post `to`, of which only what the store keeps is known (network, id, url, author,
        in_reply_to). `key` is the same when the same answer is tried again: networks that can are told it, so that
        nothing is said twice. `Refused` says why a person may not answer here. It, `RateLimited` and `Unreached` mean
        that nothing was published; any other error, that it may have been."""
        ...


def account_of(network: str, key: str) -> str:
    """A name for whoever holds `key`, from which the key cannot be told."""
    return f"{network}:{sha256(key.encode()).hexdigest()[:16]}"
