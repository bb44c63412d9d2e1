"""Waiting for whichever comes first: an event, a step, the end of a while."""

import asyncio
from collections.abc import Awaitable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

T = TypeVar("T")

LOOK = timedelta(seconds=30)
"""How long to rest at the most: another process may have left work, or a lease have run out."""
LEAST = timedelta(milliseconds=50)
"""How long to rest at the least."""


def until(due: datetime | None, now: datetime, most: timedelta = LOOK) -> timedelta:
    """How long to rest before work that is `due`, if any is."""
    return min(most, max(LEAST, due - now)) if due else most


async def first(events: tuple[asyncio.Event, ...], *, within: timedelta) -> None:
    """Wait until one of `events` is set, or `within` is over."""
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, timeout=within.total_seconds(), return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


async def unless(stops: Sequence[asyncio.Event], step: Awaitable[T]) -> T | None:
    """What `step` gives; `None` as soon as one of `stops` is set, with the step cancelled."""
    working, stopping = asyncio.ensure_future(step), [asyncio.ensure_future(stop.wait()) for stop in stops]
    try:
        await asyncio.wait((working, *stopping), return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        for wait in stopping:
            wait.cancel()
        if not working.done():
            working.cancel()
            await asyncio.wait([working])
