"""A desk on a real store, with connectors that play what they are given: for the pipeline's tests and the polls'."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from connectors.base import Connector, Cursor, Http, Page
from connectors.post import Author, Post
from connectors.wire.http import Client
from connectors.wire.session import Session
from monitor.alerting.policy import Policy
from monitor.match import Matcher
from monitor.mind import Mind
from monitor.pipeline import Desk, Tally, poll
from monitor.store.reader import Reader
from monitor.store.sqlite import SqliteStore
from monitor.types import Brand, Claim, Record, Source
from monitor.views import Search, Standings
from monitor.workers import Worker
from tests.builders import NOW, brand
from tests.fakes import HandClock
from tests.fakes_http import FakeHttp

from .journey import Trusting, Wordy

DAY = timedelta(days=1)
Act = Page | Exception | asyncio.Event
"""What a source does next: bring a page, fail, or wait."""


@dataclass(frozen=True, kw_only=True)
class Played(Connector):
    """Plays its acts at each poll, and remembers from where it was asked to begin."""

    name = "mastodon"

    acts: Sequence[Act] = ()
    is_stream: bool = False
    asked: list[Cursor] = field(default_factory=list)

    @property
    def streams(self) -> bool:
        return self.is_stream

    async def fetch(self, http: Http, terms: Sequence[str], cursor: Cursor) -> AsyncGenerator[Page, None]:
        self.asked.append(cursor)
        for act in self.acts:
            if isinstance(act, Exception):
                raise act
            if isinstance(act, asyncio.Event):
                await act.wait()
            else:
                yield act


@dataclass(frozen=True, kw_only=True)
class Knowing(Played):
    """A network that tells of authors when it is asked, or fails to."""

    people: Mapping[str, Author] = field(default_factory=dict)
    trouble: Exception | None = None
    asked_of: list[Sequence[str]] = field(default_factory=list)

    async def authors(self, http: Http, handles: Sequence[str]) -> Mapping[str, Author]:
        self.asked_of.append(handles)
        if self.trouble:
            raise self.trouble
        return {handle: self.people[handle] for handle in handles if handle in self.people}


def page(*posts: Post, mark: str = "1", **fields: Any) -> Page:
    return Page(posts=posts, mark=mark, **fields)


def source(*acts: Act, name: str = "social", connector: Connector | None = None, every: float = 10.0) -> Source:
    """A source that plays `acts`, or another connector, `every` so many minutes."""
    return Source(name=name, connector=connector or Played(acts=acts), every=timedelta(minutes=every))


@asynccontextmanager
async def open_desk(folder: Path, *brands: Brand, **fields: Any) -> AsyncIterator[Desk]:
    """A desk on the store in `folder`, with a clock that stands still. `fields` are the desk's own."""
    clock = HandClock()
    with Worker("store") as on_store, Worker("model") as on_model:
        store = await on_store(SqliteStore.open, folder / "oido.db")
        async with Session(contact="test@example.com") as session:
            watched = brands or (brand("Acme"),)
            desk = Desk(
                matcher=Matcher(watched),
                judge=Wordy(),
                mind=Mind(store, watched, Trusting()),
                relevant=0.3,
                policy=Policy(),
                store=store,
                budgets=store,
                notifiers=("chat",),
                client=Client(session, now=clock.now),
                clock=clock,
                on_store=on_store,
                on_model=on_model,
                committed=asyncio.Event(),
                stop=asyncio.Event(),
            )
            yield replace(desk, **fields)
        await on_store(store.shut)


async def enlist(desk: Desk, *sources: Source) -> dict[str, Source]:
    await desk.on_store(desk.store.enlist, sources, {each.name: "" for each in sources}, desk.clock.now())
    return {each.name: each for each in sources}


async def claimed(desk: Desk, of: Source, *, owner: str = "me") -> Claim:
    """A claim on a source, which is made known first."""
    await enlist(desk, of)
    claim = await desk.on_store(
        desk.store.claim, {of.name}, owner, desk.clock.now(), timedelta(minutes=1), even_if_early=True
    )
    assert claim is not None
    return claim


async def polled(desk: Desk, of: Source, claim: Claim | None = None) -> Tally:
    """One poll of `of`: what it brought."""
    pages: list[Tally] = []
    claim = claim or await claimed(desk, of)
    await poll(desk, of, claim, FakeHttp({}), NOW - DAY, pages.append, (desk.stop,))
    return sum(pages, Tally())


def reader(desk: Desk) -> Reader:
    """The desk's store, for reading beside it."""
    return Reader.open(desk.store.path)  # type: ignore[attr-defined]


def stored(desk: Desk) -> list[Record]:
    """All mentions, in the order they were stored."""
    with reader(desk) as store:
        return sorted(store.mentions(Search(limit=None)), key=lambda record: record.number)


def alerted(desk: Desk) -> list[int]:
    """The numbers of the mentions that wait for a person."""
    with reader(desk) as store:
        return sorted(ticket.number for ticket in store.tickets(["open"], desk.clock.now()))


def standings(desk: Desk) -> Standings:
    with reader(desk) as store:
        return store.standings(desk.clock.now())
