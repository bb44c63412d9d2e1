"""A process that takes posts all the way to a notifier, and can be told where to die.

    python journey.py DATABASE SENT MINUTES [STEP NUMBER before|after]

`SENT` is a file to which the notifier adds the number of every alert that it is handed. `MINUTES` is how late it is:
leases last one. At the `NUMBER`th call of `STEP` the process kills itself with SIGKILL, before or after its work.
"""

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from connectors.base import Connector, Cursor, Http, Page
from connectors.wire.http import Client
from connectors.wire.session import Session
from models.profile import Profile
from models.relevance import Glimpse, Lessons
from models.verdict import Verdict
from monitor.alerting.outbox import Courier, Room
from monitor.alerting.policy import Policy
from monitor.match import Matcher
from monitor.mind import Mind
from monitor.pipeline import Desk
from monitor.polling import poll_once
from monitor.store.sqlite import SqliteStore
from monitor.types import Source, Ticket
from monitor.workers import Worker
from tests.builders import NOW, brand, post, verdict
from tests.fakes import HandClock

PAGES = (
    (post("Acme lost my parcel for the third time", id="1"), post("A sunny day", id="2"), post("Acme is fine", id="3")),
    (
        post("Acme broke on day one", id="4", author="bo"),
        post("Acme lost my parcel for the third time", id="5", network="web", author="cy"),
    ),
    (post("Is Acme open on Sundays?", id="6", author="di"), post("Acme never answers", id="7", author="ed")),
)
NEGATIVE = frozenset({"lost", "broke", "never"})


class Killer:
    """Kills this process at the `number`th call of `step`, before or after its work."""

    def __init__(self, step: str = "", number: int = 0, when: str = "before") -> None:
        self._fatal = (step, number, when)
        self._calls: Counter[str] = Counter()

    def __call__(self, step: str, work: Callable[[], Any]) -> Any:
        self._calls[step] += 1
        self._pass(step, "before")
        done = work()
        self._pass(step, "after")
        return done

    def _pass(self, step: str, when: str) -> None:
        if (step, self._calls[step], when) == self._fatal:
            os.kill(os.getpid(), signal.SIGKILL)


class Mortal:
    """A store, or a judge, each of whose methods is a step to die at."""

    def __init__(self, inner: object, killer: Killer) -> None:
        self._inner, self._killer = inner, killer

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._inner, name)
        return lambda *args, **kwargs: self._killer(name, lambda: method(*args, **kwargs))


@dataclass(frozen=True, kw_only=True)
class Scripted(Connector):
    """Three pages; the mark is how many have been stored, and the page before it is served again, as networks do."""

    name = "scripted"

    async def fetch(self, http: Http, terms: Sequence[str], cursor: Cursor) -> AsyncGenerator[Page, None]:
        for number, posts in list(enumerate(PAGES, start=1))[max(0, int(cursor.mark or 0) - 1) :]:
            yield Page(posts=posts, mark=str(number))


class Wordy:
    """A judge that knows three bad words, and a question by its mark."""

    def judge(
        self,
        texts: Sequence[str],
        languages: Sequence[str | None] | None = None,
        names: Sequence[Sequence[str]] | None = None,
    ) -> list[Verdict]:
        return [self._one(text) for text in texts]

    def _one(self, text: str) -> Verdict:
        if NEGATIVE & set(text.split()):
            return verdict("negative")
        return verdict("neutral", intent="question" if "?" in text else "other")


class Trusting:
    """Takes every post to be about the brand, unless it tells of astronomy."""

    def judge(
        self, glimpses: Sequence[Glimpse], profile: Profile | None, lessons: Lessons | None = None
    ) -> list[float]:
        return [0.1 if "astronomy" in glimpse.text else 0.9 for glimpse in glimpses]

    def learn(self, profile: Profile, examples: Sequence[tuple[Glimpse, bool]]) -> Lessons:
        raise AssertionError("nobody taught anything")


class Ledger:
    """A notifier that writes down what it is handed, and makes sure that it stays written."""

    name = "ledger"

    def __init__(self, path: Path, killer: Killer) -> None:
        self._path, self._killer = path, killer

    async def send(self, ticket: Ticket) -> None:
        self._killer("send", lambda: self._write(ticket.number))

    async def send_test(self) -> None:
        self._write(0)

    def _write(self, number: int) -> None:
        with self._path.open("a") as ledger:
            ledger.write(f"{number}\n")
            ledger.flush()
            os.fsync(ledger.fileno())


async def travel(database: Path, sent: Path, late: timedelta, killer: Killer) -> None:
    """One round of polls, then whatever waits to be sent."""
    source, me, clock = (
        Source(name="scripted", connector=Scripted(), every=timedelta(minutes=10)),
        str(os.getpid()),
        HandClock(NOW + late),
    )
    with Worker("store") as on_store, Worker("model") as on_model:
        inner = await on_store(SqliteStore.open, database)
        store: Any = Mortal(inner, killer)
        await on_store(store.enlist, (source,), {"scripted": "1"}, clock.now())
        async with Session(contact="test@example.com") as session:
            desk = Desk(
                matcher=Matcher((brand("Acme"),)),
                judge=Mortal(Wordy(), killer),  # type: ignore[arg-type]
                mind=Mind(inner, (brand("Acme"),), Trusting()),
                relevant=0.3,
                policy=Policy(),
                store=store,
                budgets=store,
                notifiers=("ledger",),
                client=Client(session, now=clock.now),
                clock=clock,
                on_store=on_store,
                on_model=on_model,
                committed=asyncio.Event(),
                stop=asyncio.Event(),
            )
            hour = timedelta(hours=1)
            await poll_once(desk, {"scripted": source}, me, backfill=hour, listen=hour)
            room = Room(outbox=store, on_store=on_store, clock=clock, owner=me)
            await Courier(Ledger(sent, killer), room).deliver_due()
        await on_store(inner.shut)


if __name__ == "__main__":
    database, sent, minutes, *death = sys.argv[1:]
    killer = Killer(death[0], int(death[1]), death[2]) if death else Killer()
    asyncio.run(travel(Path(database), Path(sent), timedelta(minutes=float(minutes)), killer))
