"""Single values as the database holds them: times, texts, counts, lists."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import overload

import msgspec

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
EARLIEST = (datetime.min.replace(tzinfo=UTC) - EPOCH) // MICROSECOND
LATEST = (datetime.max.replace(tzinfo=UTC) - EPOCH) // MICROSECOND
WIDEST = 2**63 - 1
AHEAD = timedelta(minutes=5) // MICROSECOND
"""What is further in the future than this was stamped by a clock that was wrong, not by a process that came to the
database a little before us."""

_encode = msgspec.json.Encoder().encode


@overload
def stamp(time: datetime) -> int: ...
@overload
def stamp(time: None) -> None: ...
def stamp(time: datetime | None) -> int | None:
    """Microseconds since 1970, kept within the years that `datetime` knows whatever the zone was."""
    return None if time is None else max(EARLIEST, min((time - EPOCH) // MICROSECOND, LATEST))


@overload
def moment(stamp: int) -> datetime: ...
@overload
def moment(stamp: None) -> None: ...
def moment(stamp: int | None) -> datetime | None:
    return None if stamp is None else EPOCH + timedelta(microseconds=stamp)


def clean(text: str) -> str:
    """The same text; half a surrogate pair, which no file can hold, becomes "?"."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def bounded(count: int | None) -> int | None:
    """The same count; one that SQLite cannot hold becomes the greatest it can."""
    return count if count is None or -WIDEST <= count <= WIDEST else (WIDEST if count > 0 else -WIDEST)


def plain(value: str | int | datetime) -> str | int:
    """A value that is asked for, as it is stored."""
    if isinstance(value, datetime):
        return stamp(value)
    return clean(value) if isinstance(value, str) else value


def lines(values: Sequence[object]) -> str:
    """A list as JSON."""
    return _encode(values).decode() if values else "[]"
