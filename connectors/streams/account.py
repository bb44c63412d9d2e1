"""A Bluesky account at its own server: logs in when it must, and stays so.

https://docs.bsky.app/docs/advanced-guides/rate-limits
"""

import contextlib
from dataclasses import dataclass

import msgspec

from ..base import Answer, Http
from ..errors import Refused


class Tokens(msgspec.Struct):
    access: str = msgspec.field(name="accessJwt")
    refresh: str = msgspec.field(name="refreshJwt")
    did: str = ""


@dataclass(slots=True)
class Account:
    """A login that outlives polls: an account may log in 300 times a day, and a token lasts about two hours."""

    tokens: Tokens | None = None

    async def get(self, http: Http, pds: str, path: str, identifier: str, password: str) -> Answer:
        """Ask the account's server. An expired token is a 400 on the reference server and a 401 on others: whatever is
        refused is tried once more with a new one."""
        if self.tokens is None:
            await self._log_in(http, pds, identifier, password)
        else:
            with contextlib.suppress(Refused):
                return await http.get(f"{pds}/xrpc/{path}", headers=self._bearer())
            await self._renew(http, pds, identifier, password)
        return await http.get(f"{pds}/xrpc/{path}", headers=self._bearer())

    async def post(self, http: Http, pds: str, path: str, json: object) -> Answer:
        """Tell the account's server something, right after something was asked of it: then the token is good."""
        return await http.post(f"{pds}/xrpc/{path}", json=json, headers=self._bearer())

    async def _renew(self, http: Http, pds: str, identifier: str, password: str) -> None:
        refresh = self.tokens.refresh if self.tokens else ""
        url = f"{pds}/xrpc/com.atproto.server.refreshSession"
        try:
            # An empty form is no body; "null" would be one, and the reference server then refuses to renew.
            answer = await http.post(url, form={}, headers={"Authorization": f"Bearer {refresh}"})
        except Refused:
            await self._log_in(http, pds, identifier, password)
        else:
            self.tokens = answer.json(Tokens)

    async def _log_in(self, http: Http, pds: str, identifier: str, password: str) -> None:
        self.tokens = None
        url = f"{pds}/xrpc/com.atproto.server.createSession"
        answer = await http.post(url, json={"identifier": identifier, "password": password})
        self.tokens = answer.json(Tokens)

    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens.access}"} if self.tokens else {}
