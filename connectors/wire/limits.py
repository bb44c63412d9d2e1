"""What a network's headers say about when to come back, in their several dialects."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..text import when

LONGEST = timedelta(hours=24)
"""Nobody keeps us away for longer: real feeds ship a `max-age` of years."""
AT_ONCE = timedelta(0)

_REMAINING = ("x-ratelimit-remaining", "ratelimit-remaining", "x-rate-limit-remaining")
_EPOCH = 1e9  # larger than any number of seconds to wait, smaller than any date in seconds since 1970 we may see


@dataclass(frozen=True, slots=True)
class Quota:
    """Requests left, out of how many if known, and how long until the count starts again."""

    remaining: float
    limit: float | None
    reset: timedelta

    @property
    def is_low(self) -> bool:
        """Whether less than a twentieth is left, or fewer than two."""
        return self.remaining < max(2.0, (self.limit or 0.0) / 20)


def quota(headers: Mapping[str, str], now: datetime) -> Quota | None:
    """The rate limit as the headers tell it: Reddit's seconds to go, Mastodon's date, everybody else's epoch."""
    for name in _REMAINING:
        if name in headers:
            family = name.removesuffix("remaining")
            remaining, reset = _number(headers[name]), _until(headers.get(family + "reset", ""), now)
            if remaining is None or reset is None:
                return None
            return Quota(remaining, _number(headers.get(family + "limit", "")), reset)
    return None


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """`Retry-After` in seconds or as a date, else the end of a rate limit that is used up."""
    if value := headers.get("retry-after", ""):
        return _until(value, now)
    limit = quota(headers, now)
    return limit.reset if limit and limit.remaining < 1 else None


def freshness(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """For how long the answer says it stays as it is: `Cache-Control: max-age`, else `Expires`, at most 24 hours."""
    control = headers.get("cache-control", "").lower()
    if "no-cache" in control or "no-store" in control:
        return None
    for directive in control.split(","):
        name, _, value = directive.strip().partition("=")
        if name == "max-age":
            seconds = _number(value.strip('"'))
            return None if seconds is None else _clamp(seconds)
    expires = when(headers.get("expires"))
    if expires is None:
        return None
    return _clamp((expires - (when(headers.get("date")) or now)).total_seconds())


def _until(value: str, now: datetime) -> timedelta | None:
    number = _number(value)
    if number is not None:
        return _clamp(number - now.timestamp() if number >= _EPOCH else number)
    moment = when(value)
    return _clamp((moment - now).total_seconds()) if moment else None


def _number(value: str) -> float | None:
    """The first number of `value`: RFC 9651 lets parameters follow it (`100;w=60`), proxies repeat it."""
    try:
        return float(value.partition(",")[0].partition(";")[0])
    except ValueError:
        return None


def _clamp(seconds: float) -> timedelta:
    # NaN compares false with everything: it becomes 0, as does what has passed.
    return timedelta(seconds=min(seconds, LONGEST.total_seconds())) if seconds > 0 else AT_ONCE
