"""Cares for the sources: says to people, once, what one needs them for, and once when it does no longer."""

import asyncio
from collections.abc import Sequence

from .alerting.herald import Herald
from .coverage import need, silent_since
from .errors import StoreError
from .log import fields, logger
from .pipeline import Desk
from .store.base import Notices
from .wait import LOOK, first

log = logger(__name__)


async def care(desk: Desk, notices: Notices, heralds: Sequence[Herald]) -> None:
    """Look, and tell, every now and then until `desk.stop` is set."""
    while not desk.stop.is_set():
        try:
            await look(desk, notices)
            await tell(heralds, desk.stop)
        except* StoreError as errors:  # of one notifier or of several
            log.warning("sources not looked after", extra=fields(error=errors.exceptions[0]))
        await first((desk.stop,), within=LOOK)


async def look(desk: Desk, notices: Notices) -> None:
    """Note for every source whether it needs people. Two processes that see it say it once: the store decides."""
    now = desk.clock.now()
    for source in await desk.on_store(notices.sources, now):
        wanted = need(source, now)
        if wanted == source.told:
            continue
        since = silent_since(source) if wanted == "silent" else source.failing_since
        if await desk.on_store(notices.announce, source.name, wanted, source.error, since, now, desk.notifiers):
            level = log.warning if wanted else log.info
            level(
                "source needs people" if wanted else "source needs nobody",
                extra=fields(source=source.name, why=wanted or None),
            )


async def tell(heralds: Sequence[Herald], stopping: asyncio.Event) -> None:
    """Take what waits to all notifiers, side by side."""
    async with asyncio.TaskGroup() as tasks:
        for herald in heralds:
            tasks.create_task(herald.tell_due(stopping), name="herald")
