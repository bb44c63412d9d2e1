"""The store as reading commands open it: it cannot write, needs no migration, and costs next to nothing to import."""

from collections.abc import Collection, Iterator
from datetime import datetime
from pathlib import Path
from sqlite3 import Connection
from types import TracebackType
from typing import Self

from ..types import Record, Ticket
from ..views import Dossier, Labelled, Ranked, Search, Standing, Standings
from . import budgets, history, inbox, lessons
from .database import snapshot, to_read, translated


class Reader:
    """`History`, and the inbox and the lessons to look at."""

    def __init__(self, db: Connection, path: Path) -> None:
        self._db, self.path = db, path

    @classmethod
    def open(cls, path: Path) -> Self:
        """`StoreError` when there is no database yet, or none that can be read."""
        return cls(to_read(path), path)

    def mentions(self, search: Search) -> Iterator[Record]:
        with translated(self.path):
            yield from history.mentions(self._db, search)

    def hidden(self, search: Search, most: int) -> int:
        with translated(self.path):
            return history.hidden(self._db, search, most)

    def stored(self, numbers: Collection[int]) -> set[int]:
        with translated(self.path):
            return history.stored(self._db, numbers)

    def dossier(self, number: int) -> Dossier:
        with translated(self.path), snapshot(self._db) as db:
            return history.dossier(db, number)

    def authors(
        self, *, by: str, brand: str | None, network: str | None, since: datetime | None, limit: int | None
    ) -> list[Ranked]:
        with translated(self.path):
            return history.authors(self._db, by=by, brand=brand, network=network, since=since, limit=limit)

    def standings(self, now: datetime) -> Standings:
        with translated(self.path), snapshot(self._db) as db:
            return history.standings(db, now)

    def spent(self, account: str, budget: str, now: datetime) -> float:
        with translated(self.path):
            return budgets.spent(self._db, account, budget, now)

    def held(self, account: str, now: datetime) -> datetime | None:
        with translated(self.path):
            return budgets.held(self._db, account, now)

    def sources(self, now: datetime) -> tuple[Standing, ...]:
        with translated(self.path), snapshot(self._db) as db:
            return history.sources(db, now)

    def tickets(
        self,
        states: Collection[str],
        now: datetime,
        *,
        brand: str | None = None,
        limit: int | None = None,
        snoozed: bool = False,
    ) -> list[Ticket]:
        with translated(self.path):
            return inbox.tickets(self._db, states, now, brand=brand, limit=limit, snoozed=snoozed)

    def labelled(self, brand: str | None = None) -> list[Labelled]:
        with translated(self.path):
            return lessons.labelled(self._db, brand)

    def unlabelled(self, brand: str, limit: int) -> Iterator[tuple[Record, bytes]]:
        with translated(self.path):
            yield from lessons.unlabelled(self._db, brand, limit)

    def profile(self, brand: str) -> tuple[str, datetime] | None:
        with translated(self.path):
            return lessons.profile(self._db, brand)

    def taught(self) -> int:
        with translated(self.path):
            return lessons.taught(self._db)

    def shut(self) -> None:
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.shut()
