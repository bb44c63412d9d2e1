"""The way out to the networks: paced per host, retried, guarded, capped, and mindful of what it has seen before.

One `Client` per daemon; each poll makes a `Visit` to it, which is the `Http` that connectors are given.
"""

import asyncio
import random as chance
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from urllib.parse import urlencode

import msgspec
from yarl import URL

from ..base import NOTHING, Answer, Validator
from ..errors import RateLimited, Refused, Unavailable, Unreached
from ..text import redact
from . import limits
from .guard import SCHEMES
from .pace import SHORT, Lanes
from .refusals import objection
from .session import Session

TRIES = 3
MOST_HOPS = 5
FIRST_BACKOFF = 1.0
"""Seconds; doubled with each try, then a random part of that: sources that failed together must not return together."""
MOST_VALIDATORS = 1_000

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
# What may follow a redirect to another host; everything else could be a secret.
_HARMLESS = frozenset({"accept", "accept-language", "if-none-match", "if-modified-since"})


@dataclass(frozen=True, slots=True)
class Call:
    """A request as a connector wants it made, with the seconds to leave between two of them to one host."""

    method: str
    url: URL
    headers: Mapping[str, str]
    pace: float
    body: bytes | None = None


Purse = Callable[[str, float, str], Awaitable[None]]
"""Takes an amount of a budget, for something; `RateLimited` when it is not there."""


async def _uncounted(budget: str, amount: float, what: str) -> None:
    pass


class Client:
    """What all polls share: connections, and who may be asked when.

    `now` is the time, aware; `tick` counts seconds for the queues; `sleep` and `random` (0 to 1) serve retries.
    """

    def __init__(
        self,
        session: Session,
        *,
        now: Callable[[], datetime],
        tick: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        random: Callable[[], float] = chance.random,
    ) -> None:
        self.session = session
        self.now = now
        self._sleep = sleep
        self._random = random
        self._lanes = Lanes(tick)

    def visit(self, pace: float, validators: Mapping[str, Validator], purse: "Purse | None" = None) -> "Visit":
        """The `Http` for one poll. `validators` are those of its last poll that ended well; without a `purse` nothing
        is counted."""
        return Visit(self, pace, validators, purse or _uncounted)

    async def exchange(self, call: Call) -> Answer:
        """Make `call`, again if that may help, and return the answer it asked for."""
        for left in reversed(range(TRIES)):
            try:
                return await self._follow(call)
            except RateLimited as error:
                # The host's lane is closed now: the next try waits for it like everybody.
                if not left or call.method != "GET" or error.retry_after is None or error.retry_after > SHORT:
                    raise
            except Unavailable as error:
                # A POST that may have been received could be a reply posted twice.
                if not left or (call.method != "GET" and not isinstance(error, Unreached)):
                    raise
                await self._sleep(FIRST_BACKOFF * 2 ** (TRIES - 1 - left) * self._random())
        raise AssertionError("the last try returns or raises")

    async def turn(self, url: URL, pace: float) -> None:
        """Wait until `url`'s host may be asked."""
        host = url.host_port_subcomponent or ""
        while True:
            await self._pause(self._lanes.reserve(host, pace))
            if self._lanes.is_open(host):
                return

    async def _follow(self, call: Call) -> Answer:
        url, headers = call.url, call.headers
        for _ in range(MOST_HOPS + 1):
            await self.turn(url, call.pace)
            answer = await self.session.send(call.method, url, headers=headers, body=call.body)
            if answer.status not in _REDIRECTS or "location" not in answer.headers:
                return self._accepted(url, answer)
            if call.method != "GET":
                raise Refused(f"{redact(answer.url)}: {answer.status}, it has moved; check the address")
            target = address(answer.headers["location"], base=url)
            if target.origin() != url.origin():
                headers = {name: value for name, value in headers.items() if name.lower() in _HARMLESS}
            url = target
        raise Refused(f"{redact(str(call.url))}: more than {MOST_HOPS} redirects; check the address")

    def _accepted(self, url: URL, answer: Answer) -> Answer:
        error = objection(answer, self.now())
        if error is None:
            return answer
        if isinstance(error, RateLimited) and error.retry_after is not None:
            self._lanes.close(url.host_port_subcomponent or "", error.retry_after)
        raise error

    async def _pause(self, seconds: float) -> None:
        if seconds > 0:
            await self._sleep(seconds)


@dataclass(slots=True)
class Visit:
    """One poll's way out (`base.Http`), and afterwards what it learned."""

    _client: Client
    _pace: float
    _known: Mapping[str, Validator]
    _purse: Purse = _uncounted
    _learned: dict[str, Validator] = field(default_factory=dict)
    _fresh: timedelta | None = None
    _reset: timedelta | None = None

    @property
    def validators(self) -> Mapping[str, Validator]:
        """What to hand to the next visit: save them only if the whole poll ended well, or what was missed stays so."""
        merged = {url: validator for url, validator in self._known.items() if url not in self._learned} | self._learned
        return dict(list(merged.items())[-MOST_VALIDATORS:])

    @property
    def rest(self) -> timedelta | None:
        """How long the networks ask us to stay away: until what we polled may have changed, or a limit is renewed."""
        return max(filter(None, (self._fresh, self._reset)), default=None)

    async def spend(self, budget: str, amount: float, what: str = "") -> None:
        await self._purse(budget, amount, what)

    async def get(
        self,
        url: str,
        *,
        params: Mapping[str, str | int] = NOTHING,
        headers: Mapping[str, str] = NOTHING,
        conditional: bool = False,
    ) -> Answer:
        target = address(url).extend_query(params) if params else address(url)
        if not conditional:
            return self._noted(await self._client.exchange(Call("GET", target, headers, self._pace)))
        key = remembered(str(target))
        known = self._known.get(key)
        answer = await self._client.exchange(Call("GET", target, {**headers, **_conditions(known)}, self._pace))
        return self._compared(key, known, self._noted(answer))

    async def post(
        self,
        url: str,
        *,
        json: object = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] = NOTHING,
    ) -> Answer:
        if form is not None:
            own, body = {"Content-Type": "application/x-www-form-urlencoded"}, urlencode(form).encode()
        elif json is not None:
            own, body = {"Content-Type": "application/json"}, msgspec.json.encode(json)
        else:
            own, body = {}, None
        call = Call("POST", address(url), {**own, **headers}, self._pace, body)
        return self._noted(await self._client.exchange(call))

    async def listen(
        self,
        url: str,
        *,
        params: Mapping[str, str | int] = NOTHING,
        headers: Mapping[str, str] = NOTHING,
        say: Sequence[str] = (),
    ) -> AsyncIterator[bytes]:
        target = address(url).extend_query(params) if params else address(url)
        await self._client.turn(target, self._pace)
        async with aclosing(self._client.session.listen(target, headers=headers, say=say)) as messages:
            async for message in messages:
                yield message

    def _noted(self, answer: Answer) -> Answer:
        quota = limits.quota(answer.headers, self._client.now())
        if quota and quota.is_low:
            self._reset = max(self._reset or quota.reset, quota.reset)
        return answer

    def _compared(self, key: str, known: Validator | None, answer: Answer) -> Answer:
        fresh = limits.freshness(answer.headers, self._client.now())
        if fresh is not None:
            self._fresh = min(self._fresh or fresh, fresh)
        if answer.status == 304:
            self._learned[key] = known or Validator()
            return replace(answer, unchanged=True)
        # Processors compute it in hardware: several times as fast as BLAKE2, the dearest part of an unchanged feed.
        digest = sha256(answer.body).hexdigest()[:32]
        self._learned[key] = _validator(answer.headers, digest)
        return replace(answer, unchanged=True) if known and known.digest == digest else answer


_ESCAPED = re.compile(r"https?://[\w.-]+(?::\d+)?[/?](?:[\w\-.~!$&'()*+,;=:@/?#]|%[0-9A-Fa-f]{2})*", re.ASCII)
_NO_HOST = re.compile(r"[\s\x00-\x1f<>\"'\\{}|^`]")


@lru_cache(maxsize=4096)
def address(text: str, base: URL | None = None) -> URL:
    """`text` as an address, against `base` if it is relative; `Refused` when it is none."""
    try:
        # What is escaped already stays so, letter by letter: there are APIs to which %3A is not the same as a colon.
        url = URL(text.strip(), encoded=bool(_ESCAPED.fullmatch(text.strip())))
        url = base.join(url) if base else url
    except (ValueError, TypeError) as error:
        raise Refused(f"{redact(text[:200])}: not an address; check it") from error
    if url.scheme not in SCHEMES or not url.raw_host or _NO_HOST.search(url.raw_host):
        raise Refused(f"{redact(text[:200])}: not a web address; it should begin with https:// or http://")
    return url


def remembered(url: str) -> str:
    """What a validator is kept under. A digest, since addresses may hold keys, and databases are copied about."""
    return sha256(url.encode()).hexdigest()[:32]


def _conditions(known: Validator | None) -> Mapping[str, str]:
    conditions = {}
    if known and known.etag:
        conditions["If-None-Match"] = known.etag
    if known and known.last_modified:
        conditions["If-Modified-Since"] = known.last_modified
    return conditions


def _validator(headers: Mapping[str, str], digest: str) -> Validator:
    # "Expires: 0" comes from servers whose validators cannot be trusted either (Miniflux learned it).
    if headers.get("expires", "").strip() == "0":
        return Validator(digest=digest)
    return Validator(etag=headers.get("etag"), last_modified=headers.get("last-modified"), digest=digest)
