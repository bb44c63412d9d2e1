"""Access tokens that last an hour or some days: used until one is refused, then fetched anew (RFC 6749)."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from ..base import Answer
from ..errors import RateLimited, Refused, Unavailable, Unreached

T = TypeVar("T")
Headers = dict[str, str]
Ask = Callable[[Headers], Awaitable[Answer]]
Fetch = Callable[[], Awaitable[str]]


class Unauthorised(Refused):
    """The token is not, or no longer, accepted."""


class Granted(msgspec.Struct):
    """`refresh_token` takes the place of the one that was given, at networks where those are renewed as well."""

    access_token: str
    refresh_token: str | None = None


@dataclass(slots=True)
class Grant:
    """The token of the hour, and the newest refresh token where the network renews it. They outlive polls, and die with
    the process."""

    token: str = ""
    refresh: str = ""

    async def use(self, ask: Ask, fetch: Fetch, renew: str) -> Answer:
        """What `ask` answers when it is given the headers that carry the token; `fetch` brings a new one. `renew` is
        what a person must do when that does not help."""

        async def asked(token: str) -> Answer:
            try:
                return await ask({"Authorization": f"Bearer {token}"})
            except Refused as error:
                if error.status == 401:
                    raise Unauthorised(str(error), status=401, body=error.body) from error
                raise

        return await self.show(asked, fetch, renew)

    async def show(self, ask: Callable[[str], Awaitable[T]], fetch: Fetch, renew: str) -> T:
        """The same for what is no request over HTTP: `ask` is given the token itself, and raises `Unauthorised`."""
        if self.token:
            with suppress(Unauthorised):
                return await ask(self.token)
        self.token = ""
        try:
            self.token = await fetch()
        except Refused as error:
            raise Refused(f"{error}; {renew}", status=error.status, body=error.body) from error
        except RateLimited:
            raise
        except Unavailable as error:
            # What the token is for was not asked: an answer to somebody, say, was not published.
            raise Unreached(str(error)) from error
        try:
            return await ask(self.token)
        except Unauthorised as error:
            raise Unauthorised(f"{error}; {renew}", status=error.status, body=error.body) from error
