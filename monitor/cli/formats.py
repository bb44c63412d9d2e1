"""Rows for machines: tab-separated, CSV and JSON, the same in every version unless CHANGELOG says otherwise."""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from . import safe

Cell = str | int | float | bool | datetime | None
Row = Mapping[str, Cell]


def iso(moment: datetime | None) -> str | None:
    """A time as machines read it: UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def tsv(rows: Iterable[Row], columns: Sequence[str]) -> Iterator[str]:
    """One line a row, no heading: blanks in a cell are single spaces, what is unknown is empty."""
    for row in rows:
        yield "\t".join(safe.line(_text(row[column])) for column in columns)


def write_tsv(rows: Iterable[Row], columns: Sequence[str]) -> None:
    """To stdout, as `tsv` makes them."""
    for line in tsv(rows, columns):
        sys.stdout.write(f"{line}\n")


def write_csv(rows: Iterable[Row], columns: Sequence[str]) -> None:
    """To stdout: a heading, then the rows; UTF-8 without a byte order mark, lines ended by a line feed.

    A text that a spreadsheet would run as a formula gets an apostrophe before it (OWASP, "CSV Injection").
    """
    import csv

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_harmless(row[column]) for column in columns])


def write_json(rows: Iterable[Mapping[str, object]]) -> None:
    """To stdout: one array, a row a line. It can be as long as the history: it is never held whole."""
    before = "["
    for row in rows:
        sys.stdout.write(f"{before}\n  {document(row, indent=None)}")
        before = ","
    sys.stdout.write("[]\n" if before == "[" else "\n]\n")


def document(value: object, indent: int | None = 2) -> str:
    """`value` as JSON that reads well in any language and cannot drive a terminal."""
    import json

    return safe.escaped(json.dumps(value, ensure_ascii=False, indent=indent, default=_plain))


def _plain(value: object) -> str | None:
    if isinstance(value, datetime):
        return iso(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return (iso(cell) or "") if isinstance(cell, datetime) else str(cell)


def _harmless(cell: Cell) -> str:
    text = safe.block(_text(cell))
    return f"'{text}" if isinstance(cell, str) and text.lstrip().startswith(("=", "+", "-", "@")) else text
