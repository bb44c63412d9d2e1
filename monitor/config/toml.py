"""The configuration's file as tables, or what keeps it from being read. Imports nothing that is slow to start."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from ..errors import Misconfigured, Problem

Table = Mapping[str, object]
_POSITION = re.compile(r"^(?P<what>.*) \(at (?P<place>line \d+, column \d+|end of document)\)$", re.DOTALL)


def read(path: Path) -> str:
    """The file's text, without the byte order mark that some editors put first."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise _unusable(path, f"line {line}", "not UTF-8 text", "save the file in the encoding UTF-8") from error
    except FileNotFoundError as error:
        raise _unusable(path, "file", "it is not there", "`oido init` writes one") from error
    except IsADirectoryError as error:
        raise _unusable(path, "file", "it is a folder", "name the file in it") from error
    except OSError as error:
        raise _unusable(path, "file", f"cannot be read: {error.strerror or error}", "check its permissions") from error


def parse(text: str, path: Path) -> Table:
    """The tables in `text`; `Misconfigured` with line and column when it is not TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _POSITION.match(str(error))
        place, what = (found["place"], found["what"]) if found else ("file", str(error))
        raise _unusable(path, place, f"not TOML: {what}", _advice(text, place)) from error
    except RecursionError as error:
        raise _unusable(path, "file", "not TOML: nested too deep", "") from error


def _unusable(path: Path, place: str, what: str, hint: str) -> Misconfigured:
    return Misconfigured(str(path), [Problem(place=place, what=what, hint=hint)])


def _advice(text: str, place: str) -> str:
    """What most often stands behind an error at this place: a text without quotes, or a Windows path with them."""
    number = re.match(r"line (\d+)", place)
    lines = text.split("\n")
    if not number or int(number[1]) > len(lines):
        return "is a quote or a bracket left open?"
    line = lines[int(number[1]) - 1].strip()
    if '"' in line and "\\" in line:
        return f"in {line!r}: write a backslash twice, or use 'single quotes'"
    return f"in {line!r}: is a text without its quotes, or a quote or bracket left open?"
