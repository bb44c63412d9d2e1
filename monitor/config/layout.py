"""Where tables stand in a configuration's text, so that a problem names its line and an edit touches only its own."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_HEADER = re.compile(r"^\s*(?P<open>\[\[?)\s*(?P<name>[^\[\]#]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"""^\s*["']?(?P<key>[^"'=#\s]+)["']?\s*=""")
_PLACE = re.compile(r"^(?P<table>\w+(?:\.(?=\w+\.)\w+)*)(?:\[(?P<number>\d+)\])?(?:\.(?P<key>[\w-]+))?")
_STRING = re.compile(r'"""|\'\'\'|"(?:\\.|[^"\\])*"|\'[^\']*\'|#')


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A table's lines, from its header up to the next one's; lines count from 0. The first block has no name.

    `number` counts the tables of an array from 1 and is 0 for any other."""

    name: str
    number: int
    first: int
    last: int


def blocks(text: str) -> tuple[Block, ...]:
    """The tables in a text that is valid TOML, in its order."""
    lines = text.splitlines(keepends=True)
    starts: list[tuple[str, int, int]] = [("", 0, 0)]
    seen: dict[str, int] = {}
    for at, line in _plain(lines):
        if header := _HEADER.match(line):
            name, number = header["name"], 0
            if header["open"] == "[[":
                number = seen[name] = seen.get(name, 0) + 1
            starts.append((name, number, at))
    ends = [*(at for _, _, at in starts[1:]), len(lines)]
    return tuple(
        Block(name=name, number=number, first=at, last=end)
        for (name, number, at), end in zip(starts, ends, strict=True)
    )


def line_of(place: str, text: str) -> int | None:
    """The line, from 1, of a problem's place such as `source[2].url`; of its table when the key is not there."""
    found = _PLACE.match(place)
    if not found:
        return None
    table, number, key = found["table"], int(found["number"] or 0), found["key"]
    tables = blocks(text)
    for block in tables:
        if (block.name, block.number) == (table, number):
            return _line_of_key(key, text, block) or block.first + 1
    # A key of the top level, or an inline table.
    return _line_of_key(table, text, tables[0]) if not number else None


def _line_of_key(key: str | None, text: str, block: Block) -> int | None:
    lines = text.splitlines(keepends=True)
    for at, line in _plain(lines):
        if block.first <= at < block.last and (found := _KEY.match(line)) and found["key"] == key:
            return at + 1
    return None


def _plain(lines: list[str]) -> Iterator[tuple[int, str]]:
    """The lines that do not begin inside a string of several lines."""
    inside = ""
    for at, line in enumerate(lines):
        if not inside:
            yield at, line
        inside = _open_at_end(line, inside)


def _open_at_end(line: str, inside: str) -> str:
    """The quotes that are still open after this line, when those `inside` were before it."""
    rest = line
    while rest:
        if inside:
            _, closed, rest = rest.partition(inside)
            if not closed:
                return inside
            inside = ""
            continue
        found = _STRING.search(rest)
        if not found or found[0] == "#":
            return ""
        rest = rest[found.end() :]
        inside = found[0] if found[0] in ('"""', "'''") else ""
    return inside
