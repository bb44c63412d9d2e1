"""A mark that is several: where each of the queries that one source makes stands, by the query's name."""

from collections.abc import Mapping

import msgspec


def read(mark: str) -> dict[str, str]:
    """The marks in `mark`; none for a text of another version: to read all of it again does no harm."""
    try:
        return msgspec.json.decode(mark, type=dict[str, str]) if mark else {}
    except msgspec.MsgspecError:
        return {}


def written(marks: Mapping[str, str]) -> str:
    return msgspec.json.encode(marks).decode()
