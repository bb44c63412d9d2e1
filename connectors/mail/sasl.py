"""Let in by a token in place of a password: https://www.rfc-editor.org/rfc/rfc7628 (OAUTHBEARER), and what Google made
before it, the only way that Outlook knows: https://developers.google.com/workspace/gmail/imap/xoauth2-protocol"""

from collections.abc import Container
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from ..text import clean

Mechanism = Literal["XOAUTH2", "OAUTHBEARER"]


def mechanism(capabilities: Container[str]) -> Mechanism | None:
    """The one to use with a server that offers these; `None` when it takes no tokens."""
    if "AUTH=XOAUTH2" in capabilities:
        return "XOAUTH2"
    return "OAUTHBEARER" if "AUTH=OAUTHBEARER" in capabilities else None


@dataclass(slots=True, kw_only=True)
class Bearer:
    """Shows a token. A server that does not take it says why before it refuses; `complaint` is that."""

    user: str
    token: str = field(repr=False)
    host: str
    port: int
    mechanism: Mechanism
    complaint: str = ""
    _turn: int = 0

    def answer(self, challenge: bytes) -> bytes | None:
        """What to say next; `None` breaks off."""
        self._turn += 1
        if self._turn == 1:
            return self._introduction.encode()
        self.complaint = self.complaint or _reason(challenge)
        # Only after these words does a server say that it refuses.
        return (b"" if self.mechanism == "XOAUTH2" else b"\x01") if self._turn == 2 else None

    @property
    def _introduction(self) -> str:
        if self.mechanism == "XOAUTH2":
            return f"user={self.user}\x01auth=Bearer {self.token}\x01\x01"
        user = self.user.replace("=", "=3D").replace(",", "=2C")
        return f"n,a={user},\x01host={self.host}\x01port={self.port}\x01auth=Bearer {self.token}\x01\x01"


class _Objection(msgspec.Struct):
    status: str = ""
    scope: str = ""


def _reason(challenge: bytes) -> str:
    try:
        told = msgspec.json.decode(challenge, type=_Objection, strict=False)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return clean(challenge.decode("utf-8", "replace"), 200)
    wanted = f"wants the scope {clean(told.scope, 100)}" if told.scope else ""
    status = f"status {clean(told.status, 40)}" if told.status else ""
    return ", ".join(filter(None, (wanted, status)))
