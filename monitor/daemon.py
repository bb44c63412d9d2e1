"""The daemon: polls what is due, sends what waits, and stops without losing a thing.

There is no queue in memory. A source due for polling and a delivery due for sending are rows claimed with a lease, so a
restart, a crash and a second daemon are one and the same case.
"""

import asyncio
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Collection, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, NoReturn
from uuid import uuid4

from .errors import StoreError
from .log import Edge, fields, logger
from .pipeline import Desk
from .polling import poll_due
from .store.base import LEASE
from .systemd import tell
from .types import Source
from .wait import first

log = logger(__name__)

BEAT = timedelta(seconds=15)
DRAIN = timedelta(seconds=10)


def owner() -> str:
    """A name for this process that no other has, to hold leases by."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"


async def beat(desk: Desk, me: str, stopped: asyncio.Event) -> None:
    """Keep our leases for as long as we live, and tell systemd's watchdog: also while the store cannot be used, since
    starting us anew would not mend it."""
    health = Edge(log, "leases")
    while not stopped.is_set():
        try:
            await desk.on_store(desk.store.renew, me, desk.clock.now() + LEASE)
            health.well()
        except StoreError as error:
            health.failing(error)
        tell("WATCHDOG=1")
        await first((stopped,), within=BEAT)


async def serve(
    desk: Desk,
    sources: Mapping[str, Source],
    me: str,
    backfill: timedelta,
    **others: Callable[[], Coroutine[None, None, None]],
) -> None:
    """Poll, beat and do `others` (named as in the log) until `desk.stop` is set; then finish the page and the message
    in flight, and let go."""
    stopped = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(beat(desk, me, stopped), name="beat")
        work = [
            tasks.create_task(poll_due(desk, sources, me, backfill), name="poll"),
            *(tasks.create_task(work(), name=name) for name, work in others.items()),
        ]
        await desk.stop.wait()
        tell("STOPPING=1")
        await drain(work)
        stopped.set()
    try:
        await desk.on_store(desk.store.release, me)
    except StoreError as error:
        log.warning("leases not given back, they end by themselves", extra=fields(error=error))


async def drain(work: Collection[asyncio.Task[Any]]) -> None:
    """Let what is in flight come to its end, but not for ever: what is cut off is done again, by us or by others."""
    _, late = await asyncio.wait(work, timeout=DRAIN.total_seconds())
    for task in late:
        log.warning("still busy after draining: cancelled", extra=fields(task=task.get_name()))
        task.cancel()


def leave(code: int) -> NoReturn:
    """End the process now, all being closed. Python would first wait for its threads, and a name server that is silent
    or a service that hangs keeps one for minutes."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


@contextmanager
def signals(handlers: Mapping[signal.Signals, Callable[[], None]]) -> Iterator[None]:
    """Answer these signals on the running loop for as long as the block lasts."""
    loop = asyncio.get_running_loop()
    for number, handler in handlers.items():
        loop.add_signal_handler(number, handler)
    try:
        yield
    finally:
        for number in handlers:
            loop.remove_signal_handler(number)
