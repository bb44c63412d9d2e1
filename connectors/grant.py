"""Access tokens that last an hour or some days: used until one is refused, then fetched anew (RFC 6749)."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

import msgspec

from .base import Answer
from .errors import Refused

Headers = dict[str, str]
Ask = Callable[[Headers], Awaitable[Answer]]
Fetch = Callable[[], Awaitable[str]]


class Unauthorised(Refused):
    """The token is not, or no longer, accepted."""


class Granted(msgspec.Struct):
    access_token: str


@dataclass(slots=True)
class Grant:
    """The token of the hour. It outlives polls, and dies with the process."""

    token: str = ""

    async def use(self, ask: Ask, fetch: Fetch, renew: str) -> Answer:
        """What `ask` answers when it is given the headers that carry the token; `fetch` brings a new one. `renew` is
        what a person must do when that does not help."""
        if self.token:
            with suppress(Unauthorised):
                return await self._asked(ask, renew)
        self.token = ""
        try:
            self.token = await fetch()
        except Refused as error:
            raise Refused(f"{error}; {renew}", status=error.status, body=error.body) from error
        return await self._asked(ask, renew)

    async def _asked(self, ask: Ask, renew: str) -> Answer:
        try:
            return await ask({"Authorization": f"Bearer {self.token}"})
        except Refused as error:
            if error.status == 401:
                raise Unauthorised(f"{error}; {renew}", status=401, body=error.body) from error
            raise
