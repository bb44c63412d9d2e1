"""Rows of a table in a file, CSV or JSON lines, a batch at a time from where the last one ended.

Blocks: to be called in a thread. Memory is for one batch, however large the file.
"""

import codecs
import csv
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

import msgspec

CSV = frozenset({".csv", ".tsv", ".txt"})
JSON_LINES = frozenset({".jsonl", ".ndjson"})
LONGEST_LINE = 1 << 20
"""Bytes; a longer line is a broken row."""
_UNMARKED = {"utf-16": "utf-16-le", "utf-8-sig": "utf-8"}
_BOMS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_DELIMITERS = ",;\t|"
_HEAD = 4096
"""Bytes by which a file that has grown is told from another one in its place."""

Cells = Mapping[str, object]
"""What a row says, by column; of CSV the names are in lower case."""


class Broken(Exception):
    """A row that cannot be read, and why."""


class Stand(msgspec.Struct, frozen=True):
    """How far a file is read: bytes, lines, a digest of its beginning, and its size when its end was last seen."""

    at: int = 0
    line: int = 0
    head: str = ""
    size: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Rows that follow each other, the columns that they may have, and where the file stands behind them. `broken`
    are the lines of rows that could not be read, and why."""

    rows: tuple[Cells, ...]
    columns: frozenset[str]
    broken: Mapping[int, str]
    stand: Stand
    is_end: bool


def batch(path: Path, stand: Stand, encoding: str, most: int) -> Batch:
    """At most `most` rows of `path` behind `stand`; `OSError` when it cannot be read.

    What ends without a line end is left for the next time, unless the file has not grown since the last: somebody
    may still be writing it. `encoding` is "" for UTF-8 or, where a line is not that, Windows-1252.
    """
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if stand.at > size or stand.head != _head(file, stand.at):
            stand = Stand()  # another file in its place
        lines = Lines(file, *_codec(file, encoding), is_whole=size == stand.size)
        table = Objects(lines) if path.suffix.lower() in JSON_LINES else Table(lines)
        if stand.at:
            lines.seek(stand.at, stand.line)
        rows, broken, is_end = _take(table, most)
        after = Stand(at=lines.at, line=lines.line, head=_head(file, lines.at), size=size if is_end else stand.size)
    return Batch(rows=tuple(rows), columns=table.columns, broken=broken, stand=after, is_end=is_end)


def _take(table: "Table | Objects", most: int) -> tuple[list[Cells], dict[int, str], bool]:
    rows: list[Cells] = []
    broken: dict[int, str] = {}
    while len(rows) + len(broken) < most:
        line = table.lines.line + 1
        try:
            row = table.row()
        except Broken as error:
            broken[line] = str(error)
            continue
        if row is None:
            return rows, broken, True
        if row:
            rows.append(row)
    return rows, broken, False


class Lines:
    """The lines of a file as text, and where the last one ended. They end when nothing whole is left; `is_over`."""

    def __init__(self, file: BinaryIO, codec: str, start: int, *, is_whole: bool) -> None:
        self.at = self.line = 0
        self.is_over = False
        self._file = file
        self._codec = codec
        self.is_complete = is_whole
        self._end = "\n".encode(codec or "utf-8")
        self.seek(start, 0)

    def seek(self, at: int, line: int) -> None:
        self._file.seek(at)
        self.at, self.line, self.is_over = at, line, False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        raw = self._raw()
        is_cut = not raw.endswith(self._end)
        if is_cut and len(raw) >= LONGEST_LINE:
            self._skip(raw)
            raise Broken(f"a line of more than {LONGEST_LINE:,} bytes")
        if not raw or (is_cut and not self.is_complete):
            self.is_over = True
            raise StopIteration
        self.at += len(raw)
        self.line += 1
        return self._text(raw)

    def _raw(self) -> bytes:
        """A line with its end. In UTF-16 a byte that looks like one may be half of another sign."""
        width, raw = len(self._end), b""
        while len(raw) < LONGEST_LINE:
            piece = self._file.readline(LONGEST_LINE - len(raw))
            raw += piece
            if odd := len(raw) % width:
                raw += self._file.read(width - odd)
            if not piece or raw.endswith(self._end):
                break
        return raw

    def _skip(self, raw: bytes) -> None:
        while raw and not raw.endswith(self._end):
            self.at += len(raw)
            raw = self._raw()
        self.at += len(raw)
        self.line += 1

    def _text(self, raw: bytes) -> str:
        try:
            return raw.decode(self._codec or "utf-8")
        except UnicodeDecodeError as error:
            if self._codec:
                raise Broken(f"not {self._codec}, as the file is said to be; check encoding") from error
            return raw.decode("cp1252", "replace")


@dataclass(slots=True)
class Objects:
    """JSON lines: a row is an object."""

    lines: Lines
    columns: frozenset[str] = frozenset()

    def row(self) -> Cells | None:
        """The next row, empty for an empty line; `None` at the end. `Broken` when it cannot be read."""
        line = next(self.lines, None)
        if line is None or not line.strip():
            return None if line is None else {}
        try:
            row = msgspec.json.decode(line, type=dict[str, object])
        except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
            raise Broken(f"not a JSON object: {error}") from error
        self.columns |= row.keys()
        return row


@dataclass(slots=True)
class Table:
    """CSV with its columns' names in the first row, in any of the dialects that spreadsheets write."""

    lines: Lines
    columns: frozenset[str] = frozenset()
    _names: tuple[str, ...] = ()
    _delimiter: str = field(default=",")

    def __post_init__(self) -> None:
        first = next(self.lines, "")
        if first.lower().startswith("sep="):  # Excel's own way to tell
            self._delimiter = first[4:5]
            first = next(self.lines, "")
        else:
            self._delimiter = max(_DELIMITERS, key=first.count)
        try:
            names = next(csv.reader([first.rstrip("\r\n")], delimiter=self._delimiter), [])
        except csv.Error as error:
            raise Broken(str(error)) from error
        self._names = tuple(name.strip().lower() for name in names)
        self.columns = frozenset(self._names) - {""}

    def row(self) -> Cells | None:
        """The next row, empty for an empty line; `None` at the end. `Broken` when it cannot be read."""
        at, line = self.lines.at, self.lines.line
        try:
            cells = next(csv.reader(self.lines, delimiter=self._delimiter), None)
        except csv.Error as error:
            self._pass_over(at, line)
            raise Broken(f"a quote that is not closed? {error}") from error
        if cells is None:
            return None
        if self.lines.is_over:
            self._leave(at, line)
            return None
        return self._named(cells)

    def _leave(self, at: int, line: int) -> None:
        """The file ends within quotes: leave that row for the next time, unless all of the file is there."""
        self.lines.seek(at, line)
        if self.lines.is_complete:
            self._pass_over(at, line)
            raise Broken("a quote that is not closed")

    def _pass_over(self, at: int, line: int) -> None:
        """Go on behind the one line at which a broken row begins: the next may be good."""
        self.lines.seek(at, line)
        next(self.lines, None)

    def _named(self, cells: list[str]) -> Cells:
        while len(cells) > len(self._names) and not cells[-1].strip():
            cells.pop()
        if len(cells) > len(self._names):
            raise Broken(f"{len(cells)} cells for {len(self._names)} columns")
        row = {name: cell for name, cell in reversed([*zip(self._names, cells, strict=False)]) if name}
        return row if any(cell.strip() for cell in cells) else {}


def _codec(file: BinaryIO, encoding: str) -> tuple[str, int]:
    """How the file is encoded, as far as it or its user tells, and where its text begins."""
    file.seek(0)
    start = file.read(4)
    bom = next((bom for bom in _BOMS if start.startswith(bom)), b"")
    name = _BOMS.get(bom) or (codecs.lookup(encoding).name if encoding else "")
    return _UNMARKED.get(name, name), len(bom)


def is_encoding(name: str) -> bool:
    """Whether files so encoded can be read line by line: all lines end with the same bytes."""
    try:
        codec = codecs.lookup(name).name
        codec = _UNMARKED.get(codec, codec)
        return "a\n".encode(codec) == "a".encode(codec) + "\n".encode(codec)
    except (LookupError, ValueError):
        return False


def _head(file: BinaryIO, at: int) -> str:
    file.seek(0)
    return sha256(file.read(min(at, _HEAD))).hexdigest()[:16] if at else ""
