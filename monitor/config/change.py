"""One value of config.toml changed, every other byte as it was."""

import re
import tomllib
from typing import Any

from .layout import blocks
from .write import Value, literal

_SAID = r"""(\s*{key}\s*=\s*)(?:"(?:[^"\\]|\\.)*"|'[^']*')(\s*(?:\#.*)?)$"""


def changed(text: str, array: str, number: int, key: str, value: Value) -> str:
    """`text` with `key` of the table of that number (from 1) in an array set to `value`; a comment behind it stays.
    `LookupError` when the table, or the value that is there, does not stand on lines of its own."""
    lines = text.splitlines(keepends=True)
    block = next((each for each in blocks(text) if (each.name, each.number) == (array, number)), None)
    if block is None:
        raise LookupError(f"{array}[{number}] stands in no table [[{array}]] of its own")
    said = re.compile(_SAID.format(key=re.escape(key)))
    for at in range(block.first + 1, block.last):
        if found := said.match(line := lines[at].rstrip("\r\n")):
            lines[at] = f"{found[1]}{literal(value)}{found[2]}{lines[at][len(line) :]}"
            break
    else:
        head = lines[block.first]
        end = head[len(head.rstrip("\r\n")) :] or "\n"
        lines[block.first : block.first + 1] = [head.rstrip("\r\n") + end, f"{key} = {literal(value)}{end}"]
    after = "".join(lines)
    if not _differs_only(tomllib.loads(text), after, array, number, key, value):
        raise LookupError(f"{array}[{number}].{key} cannot be told apart from what stands around it")
    return after


def _differs_only(before: dict[str, Any], after: str, array: str, number: int, key: str, value: Value) -> bool:
    """Whether `after` says what `before` does, but for that value."""
    before[array][number - 1][key] = value
    try:
        return tomllib.loads(after) == before
    except tomllib.TOMLDecodeError:
        return False
