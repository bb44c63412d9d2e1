"""Who posted, and whether it is news: signatures, their age, and those that were seen before.

    style "oido": X-Oido-Timestamp: seconds since 1970
                  X-Oido-Signature: sha256=HEX, the HMAC-SHA256 with the secret of timestamp, full stop and body
    style "hub":  X-Hub-Signature-256: sha256=HEX, the HMAC-SHA256 with the secret of the body alone

The first is how this house signs its own alerts; the second is Meta's and GitHub's:
https://developers.facebook.com/docs/graph-api/webhooks/getting-started
https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
"""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Literal

from .knock import Knock, TurnedAway

Style = Literal["oido", "hub"]

TOLERANCE = timedelta(minutes=5)
"""How far a timestamp may be from our clock, either way."""
REMEMBERED = {"oido": 2 * TOLERANCE, "hub": timedelta(days=1)}
"""How long a signature is known again: as long as its timestamp may hold, and without one for about as long as senders
try again."""
MOST_SEEN = 50_000


def unsealed(knock: Knock, secret: str, style: Style) -> str:
    """What this very message is known by from now on, if `secret` signed it; else it is `TurnedAway`."""
    if style == "hub":
        _compare(knock, "X-Hub-Signature-256", secret, knock.body, "of the body's very bytes")
        return hashlib.sha256(knock.body).hexdigest()
    stamp = _header(knock, "X-Oido-Timestamp")
    signed = stamp.encode("utf-8", "replace") + b"." + knock.body
    digest = _compare(knock, "X-Oido-Signature", secret, signed, "of X-Oido-Timestamp, a full stop and the very body")
    # Only now: who does not know the secret learns nothing of our clock.
    if abs(knock.at - _time(stamp)) > TOLERANCE:
        raise TurnedAway(401, "X-Oido-Timestamp: more than five minutes from now; sign anew, and check both clocks")
    return digest


def _compare(knock: Knock, name: str, secret: str, signed: bytes, of: str) -> str:
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    told = _header(knock, name).lower().encode("utf-8", "replace")
    if not hmac.compare_digest(told, f"sha256={digest}".encode()):
        raise TurnedAway(401, f"{name}: does not fit; it is sha256= and the HMAC-SHA256, in hex, {of}")
    return digest


def _header(knock: Knock, name: str) -> str:
    value = knock.headers.get(name.lower(), "").strip()
    if not value:
        raise TurnedAway(401, f"{name}: missing; what is posted here must be signed")
    return value


def _time(stamp: str) -> datetime:
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) <= 10):
        raise TurnedAway(401, "X-Oido-Timestamp: not whole seconds since 1970")
    return datetime.fromtimestamp(int(stamp), UTC)


class Seen:
    """What was taken already, for as long as somebody might send it again; only what was signed comes in here."""

    def __init__(self, most: int = MOST_SEEN) -> None:
        self._until: dict[str, datetime] = {}
        self._most = most

    def add(self, digest: str, until: datetime) -> None:
        self._until[digest] = until
        while len(self._until) > self._most:
            del self._until[next(iter(self._until))]

    def holds(self, digest: str, now: datetime) -> bool:
        while self._until and (oldest := next(iter(self._until.items())))[1] < now:
            del self._until[oldest[0]]
        return digest in self._until
