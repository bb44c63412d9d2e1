"""Polling: who is due is claimed, polled and settled, and a failure says when to come again and who must act."""

import asyncio
import random
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from connectors.base import Validator
from connectors.errors import ConnectorError, Malformed, RateLimited, Refused, Unavailable

from .backoff import delay
from .clock import Clock
from .errors import LeaseLost, StoreError
from .log import Edge, fields, logger
from .pipeline import Desk, Tally, poll
from .purse import Postponed, heed, visit
from .store.base import LEASE
from .types import Actor, Cause, Claim, Outcome, Source
from .wait import LOOK, first, until

log = logger(__name__)

AT_ONCE = 16
"""Sources polled at the same time; streams, which never end, come on top."""
STREAM_BACKFILL = timedelta(minutes=10)
"""How far back a stream begins when it is opened for the first time."""
RECONNECT = timedelta(seconds=5)
"""How soon a stream that ended by itself is opened again."""
BEHIND = timedelta(minutes=1)
"""How far a stream's newest post may lie back for the stream to be up with its network."""
REFUSED = timedelta(hours=24)
"""How soon to look again at a source that only a person can repair: networks also refuse by mistake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What a source's turn brought and how it ended: `outcome` is `None` when it was cut short, `is_elsewhere` when
    another process has it."""

    source: str
    tally: Tally
    outcome: Outcome | None
    is_elsewhere: bool = False


async def turn(
    desk: Desk,
    source: Source,
    claim: Claim,
    since: datetime,
    heard: Callable[[Tally], None] = lambda _: None,
    enough: asyncio.Event | None = None,
) -> Round:
    """Poll a claimed source, until `enough` is set, and settle how it went. The one place that outlives any failure
    of a poll; `StoreError` is none, and passes."""
    tally = Tally()

    def add(more: Tally) -> None:
        nonlocal tally
        tally += more
        if more.mentions:
            log.info("heard", extra=fields(source=source.name, mentions=more.mentions, negative=more.negative or None))
        heard(more)

    http = visit(desk.client, source, desk.budgets, desk.on_store, desk.clock, claim.validators)
    try:
        await heed(source, desk.budgets, desk.on_store, desk.clock)
        rest = await poll(desk, source, claim, http, since, add, (desk.stop, enough) if enough else (desk.stop,))
        if desk.stop.is_set():
            return Round(source=source.name, tally=tally, outcome=None)
        outcome = _well(source, max(rest or timedelta(0), http.rest or timedelta(0)), http.validators, desk.clock.now())
    except LeaseLost:
        log.info("taken over by another process", extra=fields(source=source.name))
        return Round(source=source.name, tally=tally, outcome=None, is_elsewhere=True)
    except StoreError:
        raise
    except ConnectorError as error:
        if isinstance(error, Malformed):
            log.debug("malformed", extra=fields(source=source.name, sample=error.sample))
        outcome = _failed(claim, source, error, desk.clock.now())
        await _spread(desk, source, error)
    except Exception as error:
        log.exception("poll broke", extra=fields(source=source.name))
        outcome = _failed(claim, source, error, desk.clock.now())
    _say(source, claim, outcome, tally)
    with suppress(LeaseLost):
        await desk.on_store(desk.store.settle, claim, outcome, desk.clock.now())
    return Round(source=source.name, tally=tally, outcome=outcome)


def _well(source: Source, rest: timedelta, validators: Mapping[str, Validator], now: datetime) -> Outcome:
    every = RECONNECT if source.connector.streams else max(source.every, rest)
    return Outcome(next_at=now + every * random.uniform(0.95, 1.05), validators=validators)


def _failed(claim: Claim, source: Source, error: Exception, now: datetime) -> Outcome:
    """When to come again after a failure, and who must act meanwhile."""
    actor = _actor(error)
    if actor is Actor.PERSON:
        wait = REFUSED
    else:
        wait = delay(claim.failures, base=min(source.every, timedelta(minutes=1)), most=timedelta(hours=1))
        if isinstance(error, RateLimited) and error.retry_after:
            wait = max(wait, error.retry_after)
    # What a bug says may hold a key: the log hides it, the store would keep it.
    said = str(error) if isinstance(error, ConnectorError) else type(error).__name__
    return Outcome(next_at=now + wait, error=said, actor=actor, cause=_cause(error))


async def _spread(desk: Desk, source: Source, error: ConnectorError) -> None:
    """A network that told one source when to come back told its whole account. A budget that is used up is another
    matter: those that draw on others need not wait."""
    if isinstance(error, RateLimited) and error.retry_after and not isinstance(error, Postponed):
        now = desk.clock.now()
        await desk.on_store(desk.budgets.hold, source.account, now + error.retry_after, now)


def _cause(error: Exception) -> Cause:
    if isinstance(error, RateLimited):
        return Cause.LIMIT
    if isinstance(error, Unavailable):
        return Cause.OUTAGE
    return Cause.REFUSED if isinstance(error, Refused) else Cause.BROKEN


def _actor(error: Exception) -> Actor:
    if isinstance(error, Refused):
        return Actor.PERSON
    return Actor.DEVELOPER if isinstance(error, Malformed) or not isinstance(error, ConnectorError) else Actor.NOBODY


def _say(source: Source, claim: Claim, outcome: Outcome, tally: Tally) -> None:
    """Health on its edges: failing once, recovered once; otherwise what a poll brought."""
    if outcome.error is None:
        level = log.info if claim.failures else log.debug
        level("recovered" if claim.failures else "polled", extra=fields(source=source.name, found=tally.found))
    elif claim.failures == 0:
        log.warning("failing", extra=fields(source=source.name, error=outcome.error, act=outcome.actor))
    else:
        log.debug("still failing", extra=fields(source=source.name, error=outcome.error, times=claim.failures + 1))


async def poll_due(
    desk: Desk, sources: Mapping[str, Source], me: str, backfill: timedelta, *, look: timedelta = LOOK
) -> None:
    """Claim each source as it falls due, and poll it, until it is time to stop; sleep no longer than `look`.

    While the store cannot be used (locked, disk full), wait: what is not settled is still ours, and is polled again.
    """
    busy: set[str] = set()
    freed, shut = asyncio.Event(), asyncio.Event()
    health = Edge(log, "polling")

    async def one(source: Source, claim: Claim) -> None:
        since = _since(source, claim, desk.clock.now(), backfill)
        try:
            await turn(desk, source, claim, since)
            health.well()
        except StoreError as error:
            health.failing(error)
            shut.set()
        finally:
            busy.discard(source.name)
            freed.set()

    async def start() -> timedelta:
        """Set to work on what is due; then how long to wait for more."""
        while not desk.stop.is_set() and (idle := _idle(sources, busy)):
            claim = await desk.on_store(desk.store.claim, idle, me, desk.clock.now(), LEASE)
            if claim is None:
                due = await desk.on_store(desk.store.next_due, idle)
                return until(due, desk.clock.now(), look)
            busy.add(claim.source)
            turns.create_task(one(sources[claim.source], claim), name=f"poll {claim.source}")
        return look

    async with asyncio.TaskGroup() as turns:
        while not desk.stop.is_set():
            freed.clear()
            try:
                wait = await start()
            except StoreError as error:
                health.failing(error)
                shut.set()
            if shut.is_set():
                shut.clear()
                await first((desk.stop,), within=look)
            else:
                await first((desk.stop, freed), within=wait)


def _since(source: Source, claim: Claim, now: datetime, backfill: timedelta) -> datetime:
    """How far back a poll without a mark looks. A stream goes on from where it was last heard: a day of a whole network
    is gigabytes."""
    if source.connector.streams:
        return claim.last_success_at or now - STREAM_BACKFILL
    return now - backfill


def _idle(sources: Mapping[str, Source], busy: set[str]) -> set[str]:
    """Who may be polled now: streams always, the others while there is room."""
    polling = sum(not sources[name].connector.streams for name in busy)
    return {
        name for name, source in sources.items() if name not in busy and (source.connector.streams or polling < AT_ONCE)
    }


async def poll_once(
    desk: Desk,
    sources: Mapping[str, Source],
    me: str,
    *,
    backfill: timedelta,
    listen: timedelta,
    since: datetime | None = None,
    told: Callable[[str, Tally | Round], None] = lambda _, __: None,
) -> list[Round]:
    """Poll every one of `sources` now, due or not; `told` hears of each page and of each end.

    With `since` they are read anew from there on. A source that another process holds is left to it. A stream is
    listened to for as long as `listen`; with `since`, until it has caught up or brings nothing for so long.
    """
    room = asyncio.Semaphore(AT_ONCE)

    async def one(source: Source) -> Round:
        async with room:
            claim = await desk.on_store(
                desk.store.claim, {source.name}, me, desk.clock.now(), LEASE, even_if_early=True
            )
            if claim is None:
                ended = Round(source=source.name, tally=Tally(), outcome=None, is_elsewhere=True)
            else:
                start = since or _since(source, claim, desk.clock.now(), backfill)
                claim = replace(claim, mark="", validators={}) if since else claim
                heard: Callable[[Tally], None] = partial(told, source.name)
                enough = asyncio.Event()
                if source.connector.streams and since:
                    again = partial(asyncio.get_running_loop().call_later, listen.total_seconds())
                    heard = Ear(desk.clock, enough, again).before(heard)
                elif source.connector.streams:
                    asyncio.get_running_loop().call_later(listen.total_seconds(), enough.set)
                ended = await turn(desk, source, claim, start, heard, enough)
            told(source.name, ended)
            return ended

    async with asyncio.TaskGroup() as turns:
        tasks = [turns.create_task(one(source), name=f"poll {source.name}") for source in sources.values()]
    return [task.result() for task in tasks]


class Ear:
    """Listens to a stream for a while, and on for as long as it brings what was missed; then it is `enough`. `again`
    calls what it is given after that while."""

    def __init__(self, clock: Clock, enough: asyncio.Event, again: Callable[[Callable[[], None]], object]) -> None:
        self._clock, self._enough, self._again = clock, enough, again
        self._is_behind = self._has_heard = False
        again(self._look)

    def before(self, heard: Callable[[Tally], None]) -> Callable[[Tally], None]:
        """The same `heard`, with an ear to how far behind the stream is."""

        def listened(tally: Tally) -> None:
            heard(tally)
            self._has_heard = True
            if tally.newest:
                self._is_behind = self._clock.now() - tally.newest > BEHIND

        return listened

    def _look(self) -> None:
        if self._is_behind and self._has_heard:
            self._has_heard = False
            self._again(self._look)
        else:
            self._enough.set()
