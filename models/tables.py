"""Tables of labelled text as files: cells between tabs, commas or semicolons, plain or gzipped, whatever saved them."""

import csv
import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

from .errors import Unreadable

Cells = dict[str, str]
"""A row of a table: its cells by the name of their column, in small letters."""


def lines(path: Path) -> Iterator[str]:
    """The lines of a text file in UTF-8, without their ends; a byte order mark is skipped. Only a line feed ends a
    line: tweets hold every other separator that Unicode knows. Raises `Unreadable`."""
    number = 0
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                yield line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise Unreadable(f"{path}:{number}: not UTF-8 ({error.reason}); save it as UTF-8") from error
    except (OSError, EOFError, zlib.error) as error:
        told = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise Unreadable(f"{path}:{number + 1}: {told}" if number else f"{path}: {told}") from error


def header(path: Path) -> tuple[str, ...]:
    """The columns that the first line names. Raises `Unreadable`."""
    return _names(next(_split(path), (1, []))[1])


def rows(path: Path) -> Iterator[tuple[str, Cells]]:
    """Each row and where it stands, as `file:line`; empty lines are skipped. Raises `Unreadable`."""
    cells = _split(path)
    names = _names(next(cells, (1, []))[1])
    for number, row in cells:
        if len(row) != len(names):
            raise Unreadable(f"{path}:{number}: {len(row)} columns where the first line names {len(names)}")
        yield f"{path}:{number}", dict(zip(names, row, strict=True))


def _names(cells: list[str]) -> tuple[str, ...]:
    return tuple(cell.strip().lower() for cell in cells)


def _split(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Line numbers and cells. A quotation mark in a tab-separated table is just that."""
    mark = _separator(next((line for line in lines(path) if line.strip()), ""))
    if mark == "\t":
        yield from ((number, line.split(mark)) for number, line in enumerate(lines(path), start=1) if line.strip())
        return
    reader = csv.reader((f"{line}\n" for line in lines(path)), delimiter=mark)
    try:
        yield from ((reader.line_num, cells) for cells in reader if cells)
    except csv.Error as error:
        raise Unreadable(f"{path}:{reader.line_num}: {error}") from error


def _separator(names: str) -> str:
    """What stands between the columns that the first line names: names of files do not tell, and Excel writes a
    semicolon where a comma is the decimal sign."""
    if "\t" in names or not {",", ";"} & set(names):
        return "\t"
    return max(",;", key=names.count)
