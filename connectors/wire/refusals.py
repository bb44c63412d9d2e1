"""What an answer's status means, and who must act on it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from ..base import Answer
from ..errors import ConnectorError, Malformed, RateLimited, Refused, Unavailable
from ..text import clean, plain, redact
from .limits import retry_after

COOLDOWN = timedelta(seconds=60)
"""How long we stay away after a 429 that names no time."""

ADVICE: Mapping[int, str] = {
    400: "the request was not understood; check the source's options",
    401: "the key or password was not accepted, or one is needed; check it in the configuration",
    402: "payment is required; check the plan or credits of the account",
    403: "we may not read this; it may need a key or a permission, or the site turns monitors away",
    404: "there is nothing at this address; check it",
    407: "a proxy asks for a password",
    410: "it is gone for good; remove the source",
    451: "it may not be shown for legal reasons",
}
_WAITS = frozenset({408, 421, 425, 429})


def objection(answer: Answer, now: datetime) -> ConnectorError | None:
    """The error that `answer` amounts to, or `None` when it is what was asked for."""
    status = answer.status
    if 200 <= status < 300 or status == 304:
        return None
    where = f"{redact(answer.url)}: {status}"
    if _is_challenge(answer):
        return Refused(f"{where}: the site lets only browsers in; ask it for a feed or an API, or remove the source")
    rest = retry_after(answer.headers, now)
    if status == 429 or (rest is not None and status in (403, 503)):
        return RateLimited(f"{where}: too many requests", rest if rest is not None else _told(answer) or COOLDOWN)
    if status >= 500 or status in _WAITS:
        return Unavailable(f"{where}{_reason(answer)}")
    if status < 400:
        return Malformed(f"{where}: an answer that leads nowhere", answer.body)
    advice = ADVICE.get(status, "the request was refused")
    return Refused(f"{where}: {advice}{_reason(answer)}", status=status, body=answer.body)


def _is_challenge(answer: Answer) -> bool:
    """A page that tests for a browser: Cloudflare says so in a header, DataDome and Akamai in theirs."""
    if answer.headers.get("cf-mitigated") == "challenge" or "x-datadome" in answer.headers:
        return True
    if answer.status not in (403, 429, 503) or "html" not in answer.headers.get("content-type", ""):
        return False
    return any(sign in answer.body for sign in (b"/cdn-cgi/challenge-platform/", b"_cf_chl_opt", b"Just a moment..."))


class _Extras(msgspec.Struct):
    wait_seconds: float = 0.0


class _Complaint(msgspec.Struct):
    """The field names under which the networks explain themselves; Discourse says how long to wait in `extras`."""

    error: object = None
    message: object = None
    error_description: object = None
    detail: object = None
    extras: _Extras = msgspec.field(default_factory=_Extras)


def _complaint(answer: Answer) -> _Complaint:
    try:
        return msgspec.json.decode(answer.body, type=_Complaint)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _Complaint()


def _told(answer: Answer) -> timedelta | None:
    seconds = _complaint(answer).extras.wait_seconds
    return timedelta(seconds=min(seconds, 86_400)) if seconds > 0 else None


def _reason(answer: Answer) -> str:
    """What the network itself says is wrong, in brief."""
    complaint = _complaint(answer)
    error = complaint.error
    told = error.get("message") if isinstance(error, dict) else error  # an object at Google and Meta
    for words in (complaint.error_description, complaint.message, complaint.detail, told):
        if isinstance(words, str) and words.strip():
            return f" (it says: {redact(clean(plain(words), 200))})"
    return ""
