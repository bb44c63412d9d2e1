"""Durations as people write them: "90s", "10m", "6h", "7d"."""

import re
from datetime import timedelta

UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
FORM = 'a duration such as "90s", "10m", "6h" or "7d"'
_PART = re.compile(r"\s*(\d{1,9})\s*([wdhms])", re.IGNORECASE)


def duration(text: str) -> timedelta:
    """What `text` says; several parts add up ("1h30m"). `ValueError` when it says no duration."""
    total, at = timedelta(), 0
    while part := _PART.match(text, at):
        try:
            total += timedelta(**{UNITS[part[2].lower()]: int(part[1])})
        except OverflowError as error:
            raise ValueError(f"{text!r} is too long") from error
        at = part.end()
    if at == 0 or text[at:].strip():
        raise ValueError(f"{text!r} is not {FORM}")
    return total


def written(span: timedelta) -> str:
    """A duration as a person would write it: "10m", "1h30m"; what is shorter than a second is dropped."""
    left, parts = int(span.total_seconds()), []
    for unit, seconds in (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)):
        count, left = divmod(left, seconds)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"
