"""A copy of the database while it is in use: whole, checked, and under its name only once it is both."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from tempfile import mkstemp

from ..errors import StoreError
from .database import to_read, translated

AT_ONCE = 1_000
"""Pages copied between two reports of progress: 4 MB."""


def copy(source: Path, to: Path, *, overwrite: bool, progress: Callable[[int, int], None]) -> None:
    """Copy `source` to `to`. `StoreError` when `to` is there, unless it may be overwritten, or cannot be written."""
    if to.exists() and not overwrite:
        raise StoreError(f"{to} is there already; name another file, or use --overwrite")
    if to.exists() and to.samefile(source):
        raise StoreError(f"{to} is the database itself; name another file")
    part = _beside(to)
    try:
        # Read-only: within one read transaction, so that a writer cannot make the copy begin again and again.
        with closing(to_read(source)) as ours, translated(part), closing(sqlite3.connect(part)) as theirs:
            ours.execute("BEGIN")
            ours.execute("SELECT count(*) FROM sqlite_master").fetchone()
            ours.backup(theirs, pages=AT_ONCE, progress=lambda _, left, pages: progress(pages - left, pages), sleep=0)
            theirs.execute("PRAGMA journal_mode = DELETE")
            (verdict,) = theirs.execute("PRAGMA integrity_check(1)").fetchone()
        if verdict != "ok":
            raise StoreError(f"{source} is damaged, so is its copy: {verdict}; keep both, and restore an older backup")
        _keep(part, to)
    finally:
        part.unlink(missing_ok=True)


def _beside(to: Path) -> Path:
    """A new file in the same folder, for its owner's eyes only."""
    try:
        handle, name = mkstemp(prefix=f".{to.name}.", dir=to.parent)
    except OSError as error:
        raise StoreError(f"{to} cannot be written: {error.strerror}; check the folder {to.parent}") from error
    os.close(handle)
    return Path(name)


def _keep(part: Path, to: Path) -> None:
    """Give the copy its name, in one step and for good."""
    with part.open("rb") as written:
        os.fsync(written.fileno())
    part.replace(to)
    with suppress(OSError):  # some file systems cannot: theirs is the risk of an older backup after a power loss
        _sync(to.parent)


def _sync(folder: Path) -> None:
    """Have the names in `folder` written to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
