"""What the demonstration plays, and who speaks in it. Every line is invented: the shop "Luna Verde", its rival and all
the people do not exist."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who speaks in the demonstration."""

    name: str
    followers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Who says what, where, and how many seconds after the curtain rises."""

    at: float
    network: str
    handle: str
    language: str
    likes: int
    shares: int
    text: str


@cache
def people() -> Mapping[str, Person]:
    """Who speaks, by handle."""
    return {row["handle"]: Person(name=row["name"], followers=int(row["followers"])) for row in _rows("people.tsv")}


@cache
def script() -> tuple[Line, ...]:
    """All that is said, in its order."""
    return tuple(
        Line(
            at=float(row["at"]),
            network=row["network"],
            handle=row["handle"],
            language=row["language"],
            likes=int(row["likes"]),
            shares=int(row["shares"]),
            text=row["text"],
        )
        for row in _rows("script.tsv")
    )


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (files(__package__) / name).open(encoding="utf-8") as table:
        yield from csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE)
