"""The one file that holds everything: opened, checked to be ours and current, and its errors put in words."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from ..errors import NewerSchema, StoreError

APPLICATION = int.from_bytes(b"oido")
"""Stands in the header of our files, so that `file` knows them and we refuse those of others."""
VERSION = 5
"""How many migrations `schema.py` holds. Kept here because importing those costs more than a command takes."""
OLDEST = (3, 37, 0)
"""The first SQLite that has STRICT tables."""
PATIENCE = 10.0
"""Seconds to wait for another process that writes."""

UNUSABLE = {
    sqlite3.SQLITE_BUSY: "is locked: another process has been writing for too long; try again, or stop that process",
    sqlite3.SQLITE_LOCKED: "is locked: another process has been writing for too long; try again, or stop that process",
    sqlite3.SQLITE_READONLY: "cannot be written; check the permissions of the file and of its folder",
    sqlite3.SQLITE_PERM: "cannot be opened; check the permissions of the file and of its folder",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened; check that its folder exists and that you may read and write there",
    sqlite3.SQLITE_FULL: "cannot grow: the disk is full; nothing was lost, free some space",
    sqlite3.SQLITE_IOERR: "cannot be read or written: the disk reports an error; check the disk, then restore a backup",
    sqlite3.SQLITE_CORRUPT: "is damaged; move it away and restore a backup",
    sqlite3.SQLITE_NOTADB: "is not a database; move it away, or name another file",
}


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """What SQLite says of a file that cannot be used, as a `StoreError`. Mistakes of ours pass as they are."""
    try:
        yield
    except sqlite3.Error as error:
        said = UNUSABLE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
        if said is None:
            raise
        raise StoreError(f"{path} {said} ({error})") from error


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """All or nothing. The lock is taken at once, so that what we read stays true until we write."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield db
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


@contextmanager
def snapshot(db: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Several questions that see one state of the file."""
    db.execute("BEGIN")
    try:
        yield db
    finally:
        db.execute("ROLLBACK")


def to_write(path: Path, *, create: bool) -> sqlite3.Connection:
    """Open for writing, creating the file or migrating it when need be."""
    if path.is_dir():
        raise StoreError(f"{path} is a folder; name a file in it")
    if create:
        _create(path)
    elif not path.exists():
        raise StoreError(_missing(path))
    with translated(path):
        db = _connect(path, "rw")
        try:
            if _version(db, path) < VERSION:
                _migrate(db, path)
            _write_ahead(db)
            db.execute("PRAGMA foreign_keys = ON")
            # Indexes of random keys change the same pages over and over: fold those before they go to the main file.
            db.execute("PRAGMA cache_size = -32000")
            db.execute("PRAGMA wal_autocheckpoint = 8000")
            db.execute("PRAGMA journal_size_limit = 67108864")
            db.execute("PRAGMA temp_store = MEMORY")
        except BaseException:
            db.close()
            raise
    return db


def to_read(path: Path) -> sqlite3.Connection:
    """Open for reading only."""
    if not path.exists():
        raise StoreError(_missing(path))
    with translated(path):
        db = _connect(path, "ro")
        try:
            version = _version(db, path)
            if version == 0:
                raise StoreError(_missing(path))
            if version < VERSION:
                raise StoreError(f"{path} was made by an older version of oido; run `oido fetch` once to bring it up")
        except BaseException:
            db.close()
            raise
    return db


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    if sqlite3.sqlite_version_info < OLDEST:
        raise StoreError(f"this Python comes with SQLite {sqlite3.sqlite_version}; oido needs 3.37 or newer")
    # The store's thread uses it, and another one opens it: never two at once.
    return sqlite3.connect(
        f"file:{quote(str(path))}?mode={mode}",
        uri=True,
        timeout=PATIENCE,
        isolation_level=None,
        check_same_thread=False,
    )


def _create(path: Path) -> None:
    """An empty file that only its owner may read: it will hold what people said, and who they are."""
    try:
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileNotFoundError as error:
        raise StoreError(f"{path} cannot be made: there is no folder {path.parent}; create it") from error
    except OSError as error:
        raise StoreError(f"{path} cannot be made: {error.strerror}; check the folder {path.parent}") from error


def _version(db: sqlite3.Connection, path: Path) -> int:
    """Which migration the file has reached; 0 for an empty one."""
    (application,) = db.execute("PRAGMA application_id").fetchone()
    (version,) = db.execute("PRAGMA user_version").fetchone()
    (tables,) = db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application != APPLICATION and (application or version or tables):
        raise StoreError(f"{path} is a database of another program; name another file")
    if version > VERSION:
        raise NewerSchema(
            f"{path} was made by a newer version of oido (schema {version}; this one knows {VERSION}); "
            "upgrade oido or restore a backup"
        )
    return int(version)


def _migrate(db: sqlite3.Connection, path: Path) -> None:
    """Bring the file to the current schema, in one transaction; whoever comes second finds it done."""
    from . import schema

    with transaction(db):
        if _version(db, path) < VERSION:
            schema.migrate(db)
            db.execute(f"PRAGMA application_id = {APPLICATION}")
            db.execute(f"PRAGMA user_version = {VERSION}")


def _write_ahead(db: sqlite3.Connection) -> None:
    """Let readers read while we write. The file remembers it; somebody else at it means that the next one sets it."""
    (mode,) = db.execute("PRAGMA journal_mode").fetchone()
    if mode != "wal":
        with suppress(sqlite3.OperationalError):
            db.execute("PRAGMA journal_mode = WAL")


def _missing(path: Path) -> str:
    return f"no database yet at {path}: run `oido fetch` or `oido run` first"
