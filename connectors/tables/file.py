"""Exports of networks that let no monitor in: CSV and JSON lines in a folder that is watched.

Nothing is asked over `Http`: the files are read in a thread, a batch at a time, and never outside the folder.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from ..base import Connector, Cursor, Http, Page
from ..errors import Refused
from ..log import fields, logger
from ..post import Post
from .row import COLUMNS, Reading, post
from .rows import CSV, JSON_LINES, Batch, Broken, Cells, Stand, batch, is_encoding

log = logger(__name__)

MOST_ROWS = 200
"""Rows that make a page."""
MOST_FILES = 500
MOST_TOLD = 20
"""Lines of broken rows that one message names."""


@dataclass(frozen=True, kw_only=True)
class File(Connector):
    """The mark is a JSON object: for each file how far it is read. A file that grows goes on from there; one that was
    replaced is read anew, and what is known of it is not stored again."""

    name = "file"
    every = timedelta(minutes=5)

    folder: str
    network: str = "file"
    columns: Mapping[str, str] = field(default_factory=dict)
    encoding: str = ""
    dates: str = ""
    timezone: str = "UTC"

    def check(self) -> Sequence[str]:
        problems = []
        if not self.network.strip():
            problems.append('network: none; say whose posts these are, such as "tripadvisor"')
        for name in self.columns.keys() - COLUMNS:
            problems.append(f"columns: {name!r} is nothing that a post has; known: {', '.join(sorted(COLUMNS))}")
        if self.encoding and not is_encoding(self.encoding):
            problems.append('encoding: not known; such as "utf-8", "cp1252" or "utf-16"')
        try:
            ZoneInfo(self.timezone)
        except (ValueError, OSError, KeyError):
            problems.append('timezone: not known; such as "Europe/Madrid"')
        return problems

    async def fetch(self, http: Http, terms: Sequence[str], cursor: Cursor) -> AsyncGenerator[Page, None]:
        stands = _stands(cursor.mark)
        names = await asyncio.to_thread(self._names)
        stands = {name: stands[name] for name in names if name in stands}
        problems: list[Refused] = []
        for name in names:
            is_end = False
            while not is_end:
                try:
                    found = await self._batch(name, stands.get(name, Stand()))
                except FileNotFoundError:
                    break  # taken away meanwhile
                except Refused as error:
                    problems.append(error)  # the other files are read all the same
                    break
                is_end, stands[name] = found.is_end, found.stand
                _report(name, found.broken)
                if posts := await asyncio.to_thread(self._posts, found.rows):
                    yield Page(posts=posts, mark=_text(stands))
        yield Page(posts=(), mark=_text(stands))
        if problems:
            raise problems[0]

    def _names(self) -> list[str]:
        """The files to be read, by name. Those of programs that are still writing begin with a dot or `~$`."""
        try:
            found = [path for path in Path(self.folder).iterdir() if path.suffix.lower() in CSV | JSON_LINES]
        except OSError as error:
            raise Refused(f"{self.folder}: cannot be read as a folder ({error.strerror}); check it") from error
        if len(found) > MOST_FILES:
            raise Refused(f"{self.folder}: more than {MOST_FILES} files; take away those that are read")
        return sorted(path.name for path in found if not path.name.startswith((".", "~$")) and self._is_within(path))

    def _is_within(self, path: Path) -> bool:
        """Whether `path` is a file, and no link that leads out of the folder."""
        return path.is_file() and path.resolve().is_relative_to(Path(self.folder).resolve())

    async def _batch(self, name: str, stand: Stand) -> Batch:
        path = Path(self.folder, name)
        try:
            found = await asyncio.to_thread(batch, path, stand, self.encoding, MOST_ROWS)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise Refused(f"{name}: cannot be read ({error.strerror}); check its permissions") from error
        except Broken as error:
            raise Refused(f"{name}: its first line, which names the columns, cannot be read: {error}") from error
        if missing := self._missing(found):
            there = ", ".join(sorted(found.columns)[:30])
            raise Refused(f"{name}: no column {missing!r}, only {there}; say in columns what yours are called")
        return found

    def _posts(self, rows: Sequence[Cells]) -> tuple[Post, ...]:
        reading = Reading(columns=self.columns, network=self.network, dates=self.dates, zone=self.timezone)
        return tuple(filter(None, (post(row, reading) for row in rows)))

    def _missing(self, found: Batch) -> str:
        """A column without which no row can be understood."""
        if not found.rows:
            return ""
        names = [self.columns.get(kind, kind) for kind in ("text", "title")]
        return "" if any(_is_among(found.columns, name) for name in names) else names[0]


def _is_among(columns: frozenset[str], name: str) -> bool:
    return bool({name, name.lower(), name.partition(".")[0]} & columns)


def _report(name: str, broken: Mapping[int, str]) -> None:
    if not broken:
        return
    lines = ", ".join(map(str, list(broken)[:MOST_TOLD]))
    why = next(iter(broken.values()))
    log.warning("rows left out", extra=fields(file=name, rows=len(broken), lines=lines, error=why))


def _stands(text: str) -> dict[str, Stand]:
    try:
        return msgspec.json.decode(text, type=dict[str, Stand]) if text else {}
    except msgspec.MsgspecError:
        return {}  # of another version: to read all again does no harm


def _text(stands: Mapping[str, Stand]) -> str:
    return msgspec.json.encode(stands).decode()
