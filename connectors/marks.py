"""Marks as several connectors write them: the time of the newest entry, or an object of what stands where."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec

from .text import when

T = TypeVar("T")


def read(mark: str, shape: type[dict[str, T]]) -> dict[str, T]:
    """The marks in `mark` by the queries that a source makes; none for a text of another version: to read all of it
    again does no harm."""
    try:
        return msgspec.json.decode(mark, type=shape) if mark else {}
    except msgspec.MsgspecError:
        return {}


def written(marks: Mapping[str, object]) -> str:
    return msgspec.json.encode(marks).decode()


def window(mark: str, since: datetime, late: timedelta) -> tuple[datetime, datetime]:
    """For a `mark` in seconds since 1970: the newest that was read, and how far back to read this time, because what
    is older than that by less than `late` may have come since. Without a mark, both are `since`."""
    newest = when(mark)
    return (newest, newest - late) if newest else (since, since)
