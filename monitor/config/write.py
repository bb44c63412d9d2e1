"""Changes to config.toml that leave every other byte of it as it was, and never leave it half written."""

import os
import re
import tempfile
import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from ..errors import Misconfigured, Problem
from .decode import options
from .durations import written
from .layout import blocks
from .secrets import is_reference
from .strict import check
from .toml import read

FOLDER = "secrets"
"""Where secrets go that were given on the command line, beside the configuration."""
BOM = b"\xef\xbb\xbf"
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_UNSAFE = re.compile(r"\W+")
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}

Value = str | bool | int | float | timedelta | Sequence[str]


def table(header: str, values: Mapping[str, Value]) -> str:
    """A table of an array as text: `[[source]]`, then a line for each of its keys."""
    return "".join([f"[[{header}]]\n", *(f"{_key(key)} = {literal(value)}\n" for key, value in values.items())])


def literal(value: Value) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        # A query is full of quotes, and people will edit it.
        is_plain = '"' in value and "'" not in value and value.isprintable()
        return f"'{value}'" if is_plain else f'"{"".join(map(_escaped, value))}"'
    if isinstance(value, timedelta):
        return literal(written(value))
    if isinstance(value, Sequence):
        return f"[{', '.join(map(literal, value))}]"
    return repr(value)


def added(text: str, array: str, addition: str) -> str:
    """`text` with one more table of an array, behind the last of its kind or at the end; lines end as the others do."""
    end = "\r\n" if "\r\n" in text else "\n"
    addition = addition.replace("\n", end)
    number = sum(block.name == array for block in blocks(text))
    if not number:
        before = text if not text or text.endswith("\n") else text + end
        return before + (end if before.strip() and not before.endswith(end * 2) else "") + addition
    lines = text.splitlines(keepends=True)
    _, last = _extent(text, lines, array, number)
    before, after = "".join(lines[:last]), "".join(lines[last:])
    return before + ("" if before.endswith("\n") else end) + end + addition + after


def without(text: str, array: str, number: int) -> tuple[str, str]:
    """`text` without the table of that number (from 1), and what was taken out: the table, tables within it
    (`[source.x]`), and the comments that touch it. `LookupError` when it has no `[[…]]` of its own."""
    lines = text.splitlines(keepends=True)
    first, last = _extent(text, lines, array, number)
    while first and _is_comment(lines[first - 1]):
        first -= 1
    gap = last < len(lines) and not lines[last].strip() and (not first or not lines[first - 1].strip())
    after = "".join(lines[:first] + lines[last + gap :])
    if not _lacks_only(tomllib.loads(text), after, array, number):
        raise LookupError(f"{array}[{number}] cannot be told apart from what stands around it")
    return after, "".join(lines[first:last])


def edit(path: Path, change: Callable[[str], str]) -> None:
    """Change the configuration at `path`, checked before it is put in place: `Misconfigured` leaves the old one."""
    before = read(path)
    after = change(before)
    check(after, path)
    mark = BOM if path.read_bytes().startswith(BOM) else b""
    place(path, mark + after.encode())


def apart(shape: type, said: Mapping[str, Any], name: str) -> tuple[dict[str, Value], dict[str, str]]:
    """`said` as config.toml may show it: the secrets that `shape` declares give way to references, and come second, by
    the file that each belongs into, beside the configuration. `name` is what the table is called."""
    secret = {option.name for option in options(shape) if option.is_secret}
    shown, secrets = dict(said), {}
    for key, value in said.items():
        if key in secret and isinstance(value, str) and value and not is_reference(value):
            file = f"{FOLDER}/{_UNSAFE.sub('-', f'{name}-{key}').strip('-').lower()}"
            shown[key], secrets[file] = f"file:{file}", value
    return shown, secrets


def keep(secret: str, path: Path) -> None:
    """Write a secret where only its owner reads it, and git does not."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritten(path, error) from error
    if not (path.parent / ".gitignore").exists():
        place(path.parent / ".gitignore", b"*\n")
    place(path, f"{secret}\n".encode(), rights=0o600)


def place(path: Path, content: bytes, *, rights: int | None = None) -> None:
    """Put a file in place whole or not at all, with these rights, or those of the file that was there."""
    target = path.resolve()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    except OSError as error:
        raise _unwritten(path, error) from error
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(_rights(target) if rights is None else rights)
        draft.replace(target)
    except OSError as error:
        raise _unwritten(path, error) from error
    finally:
        draft.unlink(missing_ok=True)


def _lacks_only(before: dict[str, Any], after: str, array: str, number: int) -> bool:
    """Whether `after` says what `before` does, without that table."""
    left = [table for at, table in enumerate(before[array], 1) if at != number]
    expected = {**before, array: left} if left else {key: said for key, said in before.items() if key != array}
    try:
        return tomllib.loads(after) == expected
    except tomllib.TOMLDecodeError:
        return False


def _extent(text: str, lines: Sequence[str], array: str, number: int) -> tuple[int, int]:
    """The lines of a table of an array, from its header to the last that it, or a table within it, says something on,
    and the comments that touch that."""
    tables = blocks(text)
    at = next((at for at, block in enumerate(tables) if (block.name, block.number) == (array, number)), None)
    if at is None:
        raise LookupError(f"{array}[{number}] stands in no table [[{array}]] of its own")
    last = tables[at].last
    for block in tables[at + 1 :]:
        if not block.name.startswith(f"{array}."):
            break
        last = block.last
    while not _says(lines[last - 1]):
        last -= 1
    while last < len(lines) and _is_comment(lines[last]):
        last += 1
    return tables[at].first, last


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")


def _says(line: str) -> bool:
    """Whether a line is more than blank or comment."""
    return bool(line.strip()) and not _is_comment(line)


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else literal(key)


def _escaped(char: str) -> str:
    if char in _SHORT:
        return _SHORT[char]
    return char if char.isprintable() else f"\\U{ord(char):08x}"


def _rights(path: Path) -> int:
    """Those that a file has, or that a new one would get."""
    if path.exists():
        return path.stat().st_mode & 0o7777
    # The mask can only be read by setting it.
    mask = os.umask(0o077)
    os.umask(mask)
    return 0o666 & ~mask


def _unwritten(path: Path, error: OSError) -> Misconfigured:
    return Misconfigured(str(path), [Problem(place="file", what=f"cannot be written: {error.strerror or error}")])
