"""Requests signed as their user's own, by keys that do not expire (OAuth 1.0a): https://www.rfc-editor.org/rfc/rfc5849"""

import secrets
import time
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha1
from hmac import digest
from urllib.parse import quote

from ..base import NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Those of the app, and those of the account that let the app in."""

    consumer: str
    consumer_secret: str = field(repr=False)
    token: str
    token_secret: str = field(repr=False)

    def header(
        self, method: str, url: str, query: Mapping[str, str] = NOTHING, *, nonce: str = "", at: int = 0
    ) -> Mapping[str, str]:
        """What to send along. A JSON body is not signed, `query` is; `nonce` and `at` are chosen unless given."""
        terms = {
            "oauth_consumer_key": self.consumer,
            "oauth_nonce": nonce or secrets.token_hex(16),
            "oauth_signature_method": "HMAC-SHA1",
            "oauth_timestamp": str(at or int(time.time())),
            "oauth_token": self.token,
            "oauth_version": "1.0",
        }
        signature = self._signature(method, url, {**query, **terms})
        told = {**terms, "oauth_signature": signature}
        return {"Authorization": "OAuth " + ", ".join(f'{name}="{_quoted(told[name])}"' for name in sorted(told))}

    def _signature(self, method: str, url: str, terms: Mapping[str, str]) -> str:
        pairs = sorted((_quoted(name), _quoted(value)) for name, value in terms.items())
        told = "&".join(f"{name}={value}" for name, value in pairs)
        base = "&".join(map(_quoted, (method, url, told)))
        key = f"{_quoted(self.consumer_secret)}&{_quoted(self.token_secret)}"
        return b64encode(digest(key.encode(), base.encode(), sha1)).decode()


def _quoted(text: str) -> str:
    return quote(text, safe="-._~")
