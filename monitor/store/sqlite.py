"""The store in one SQLite file: each call is one transaction. `Intake`, `Lookout`, `Budgets`, `Notices`, `Outbox`,
`Inbox`, `Drafts`, `History` and `Lessons` at once.

The work itself stands in `intake.py`, `looks.py`, `budgets.py`, `coverage.py`, `notices.py`, `outbox.py`, `inbox.py`,
`drafts.py`, `history.py` and `lessons.py`.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from sqlite3 import Connection
from typing import Self

from connectors.base import Budget
from connectors.base import Sent as Published
from models.verdict import Sentiment

from ..errands import Draft, Looked, Looks
from ..notice import Need, Posting
from ..types import Batch, Claim, Delivery, Outcome, Receipt, Record, Reply, Sent, Source, Subject, Ticket
from . import budgets, coverage, drafts, inbox, intake, lessons, looks, notices, outbox
from .backup import copy
from .database import to_write, transaction, translated
from .reader import Reader


class SqliteStore(Reader):
    """A store that writes, to be used by one thread at a time."""

    @classmethod
    def open(cls, path: Path, create: bool = True) -> Self:
        """`StoreError` when the file cannot be used; `NewerSchema` when a newer version of oido made it."""
        return cls(to_write(path, create=create), path)

    def enlist(self, sources: Sequence[Source], settings: Mapping[str, str], now: datetime) -> None:
        with self._change() as db:
            intake.enlist(db, sources, settings, now)

    def claim(
        self, names: Collection[str], owner: str, now: datetime, lease: timedelta, *, even_if_early: bool = False
    ) -> Claim | None:
        with self._change() as db:
            return intake.claim(db, names, owner, now, lease, even_if_early=even_if_early)

    def next_due(self, names: Collection[str]) -> datetime | None:
        with translated(self.path):
            return intake.next_due(self._db, names)

    def renew(self, owner: str, until: datetime) -> None:
        with self._change() as db:
            intake.renew(db, owner, until)

    def release(self, owner: str) -> None:
        with self._change() as db:
            intake.release(db, owner)

    def known(self, ids: Collection[str]) -> set[str]:
        with translated(self.path):
            return intake.known(self._db, ids)

    def commit(self, batch: Batch, notifiers: Sequence[str]) -> Receipt:
        with self._change(for_good=bool(batch.alerts)) as db:
            return intake.commit(db, batch, notifiers)

    def settle(self, claim: Claim, outcome: Outcome, now: datetime) -> None:
        with self._change() as db:
            intake.settle(db, claim, outcome, now)

    def keep_looks(self, sources: Collection[str]) -> None:
        with self._change() as db:
            looks.keep_looks(db, sources)

    def claim_looks(self, source: str, owner: str, now: datetime, lease: timedelta, most: int) -> Looks | None:
        with self._change() as db:
            return looks.claim_looks(db, source, owner, now, lease, most)

    def next_look(self, source: str) -> datetime | None:
        with translated(self.path):
            return looks.next_look(self._db, source)

    def settle_looks(self, claim: Looks, looked: Looked, now: datetime) -> None:
        with self._change() as db:
            looks.settle_looks(db, claim, looked, now)

    def spend(self, account: str, budget: Budget, amount: float, what: str, now: datetime) -> timedelta | None:
        with self._change() as db:
            return budgets.spend(db, account, budget, amount, what, now)

    def hold(self, account: str, until: datetime, now: datetime) -> None:
        with self._change() as db:
            budgets.hold(db, account, until, now)

    def announce(
        self,
        source: str,
        need: Need,
        said: str | None,
        since: datetime | None,
        now: datetime,
        notifiers: Sequence[str],
    ) -> bool:
        with self._change() as db:
            return coverage.announce(db, source, need, said, since, now, notifiers)

    def claim_posting(self, notifier: str, now: datetime, lease: timedelta) -> Posting | None:
        with self._change() as db:
            return notices.claim_posting(db, notifier, now, lease)

    def settle_posting(self, posting: Posting, sent: Sent, now: datetime) -> None:
        with self._change() as db:
            notices.settle_posting(db, posting, sent, now)

    def claim_delivery(
        self, notifiers: Collection[str], owner: str, now: datetime, lease: timedelta
    ) -> Delivery | None:
        with self._change() as db:
            return outbox.claim_delivery(db, notifiers, owner, now, lease)

    def next_delivery(self, notifiers: Collection[str]) -> datetime | None:
        with translated(self.path):
            return outbox.next_delivery(self._db, notifiers)

    def settle_delivery(self, delivery: Delivery, sent: Sent, now: datetime) -> None:
        with self._change() as db:
            outbox.settle_delivery(db, delivery, sent, now)

    def give_up(self, notifiers: Collection[str], now: datetime) -> int:
        with self._change() as db:
            return outbox.give_up(db, notifiers, now)

    def take(self, number: int, by: str, now: datetime, *, force: bool = False) -> Ticket:
        with self._change(for_good=True) as db:
            return inbox.take(db, number, by, force=force)

    def reply(self, number: int, reply: Reply) -> Ticket:
        with self._change(for_good=True) as db:
            return inbox.reply(db, number, reply)

    def snooze(self, number: int, until: datetime, now: datetime) -> Ticket:
        with self._change(for_good=True) as db:
            return inbox.snooze(db, number, until)

    def close(self, number: int, by: str, now: datetime) -> Ticket:
        with self._change(for_good=True) as db:
            return inbox.close(db, number, by, now)

    def reopen(self, number: int, now: datetime) -> Ticket:
        with self._change(for_good=True) as db:
            return inbox.reopen(db, number)

    def draft(
        self, number: int, source: str, by: str, text: str, now: datetime, *, known_for: timedelta, force: bool = False
    ) -> Draft:
        with self._change(for_good=True) as db:
            return drafts.draft(db, number, source, by, text, now, known_for=known_for, force=force)

    def sent(self, draft: Draft, sent: Published, now: datetime) -> Ticket:
        with self._change(for_good=True) as db:
            return drafts.sent(db, draft, sent, now)

    def unsent(self, draft: Draft) -> None:
        with self._change(for_good=True) as db:
            drafts.unsent(db, draft)

    def label(
        self,
        numbers: Sequence[int],
        by: str,
        now: datetime,
        *,
        relevant: bool | None = None,
        sentiment: Sentiment | None = None,
    ) -> list[Record]:
        with self._change(for_good=True) as db:
            return lessons.label(db, numbers, by, now, relevant=relevant, sentiment=sentiment)

    def unlabel(self, numbers: Sequence[int]) -> list[Record]:
        with self._change(for_good=True) as db:
            return lessons.unlabel(db, numbers)

    def rescore(self, scores: Mapping[int, tuple[float, bool]]) -> int:
        with self._change() as db:
            return lessons.rescore(db, scores)

    def keep_profile(self, brand: str, text: str, sources: Sequence[str], now: datetime) -> None:
        with self._change() as db:
            lessons.keep_profile(db, brand, text, sources, now)

    def forget_labels(self, brand: str | None = None, subject: Subject = "all") -> int:
        with self._change(for_good=True) as db:
            return lessons.forget_labels(db, brand, subject)

    def backup(
        self, to: Path, *, overwrite: bool = False, progress: Callable[[int, int], None] = lambda done, pages: None
    ) -> None:
        """Copy the whole file while it is in use. `progress` hears of pages done and pages in all."""
        copy(self.path, to, overwrite=overwrite, progress=progress)

    @contextmanager
    def _change(self, *, for_good: bool = False) -> Iterator[Connection]:
        """One transaction. `for_good`: on the disk when it ends, with all before it, whatever happens to the power.

        That is for what people did, and for the alerts they are about to hear of by number. All else is done again.
        """
        with translated(self.path):
            self._db.execute(f"PRAGMA synchronous = {'FULL' if for_good else 'NORMAL'}")
            with transaction(self._db) as db:
                yield db
