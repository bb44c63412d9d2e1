"""Looks at posts again, some hours and days after they were published: what became of them, and of what people made of
them. Claim, look, settle, as for polls."""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from connectors.base import Refreshes
from connectors.errors import ConnectorError, RateLimited, Unavailable
from connectors.post import Post

from .backoff import delay
from .errands import Looked, Looks
from .errors import LeaseLost, StoreError
from .log import Edge, fields, logger
from .pipeline import Desk
from .purse import heed, visit
from .schedule import again
from .store.base import LEASE
from .store.errands import Lookout
from .types import Source
from .wait import LOOK, first, unless, until

log = logger(__name__)

BATCH: Final = 50
"""Mentions looked at under one claim: some connectors ask for one post at a time."""
BASE: Final = timedelta(minutes=1)
MOST: Final = timedelta(hours=1)
MANY: Final = 5
"""So many posts that all are gone are more likely a network in trouble,"""
CERTAIN: Final = 3
"""unless it says so again after so many times."""


async def refresh_due(
    desk: Desk, lookout: Lookout, sources: Mapping[str, Source], me: str, *, look: timedelta = LOOK
) -> None:
    """Look again at what is due, each source at its own pace, until `desk.stop` is set; sleep no longer than `look`."""
    able = [source for source in sources.values() if isinstance(source.connector, Refreshes)]
    async with asyncio.TaskGroup() as group:
        for source in able:
            group.create_task(_attend(desk, lookout, source, me, look), name=f"refresh {source.name}")


async def _attend(desk: Desk, lookout: Lookout, source: Source, me: str, look: timedelta) -> None:
    """One source's looks. While the store cannot be used, wait."""
    health = Edge(log, f"refresh {source.name}")
    while not desk.stop.is_set():
        try:
            while not desk.stop.is_set() and await refresh(desk, lookout, source, me):
                pass
            due = await desk.on_store(lookout.next_look, source.name)
            health.well()
        except StoreError as error:
            health.failing(error)
            due = None
        await first((desk.stop,), within=until(due, desk.clock.now(), look))


async def refresh(desk: Desk, lookout: Lookout, source: Source, me: str) -> bool:
    """One batch, if one is due and nobody else is at it: claimed, looked at, settled. Whether there was one."""
    looks = await desk.on_store(lookout.claim_looks, source.name, me, desk.clock.now(), LEASE, BATCH)
    if looks is None:
        return False
    looked = await unless((desk.stop,), _look(desk, source, looks))
    if looked is None:
        return False
    try:
        await desk.on_store(lookout.settle_looks, looks, looked, desk.clock.now())
    except LeaseLost:
        log.info("posts looked at by another process", extra=fields(source=source.name))
    return True


async def _look(desk: Desk, source: Source, looks: Looks) -> Looked:
    """Ask the network, and say what came of it. The one place that outlives any failure of a look."""
    assert isinstance(source.connector, Refreshes)
    ids = list(dict.fromkeys(each.post_id for each in looks.due))
    http = visit(desk.client, source, desk.budgets, desk.on_store, desk.clock)
    try:
        await heed(source, desk.budgets, desk.on_store, desk.clock)
        told = await source.connector.refresh(http, ids)
    except StoreError:
        raise
    except ConnectorError as error:
        return _failed(source, looks, error, desk.clock.now())
    except Exception as error:
        log.exception("look broke", extra=fields(source=source.name))
        return _failed(source, looks, error, desk.clock.now())
    looked = _told(looks, told, desk.clock.now())
    if http.rest:
        looked = replace(looked, next_at=desk.clock.now() + http.rest)
    level = log.info if looks.failures else log.debug
    level(
        "posts looked at again",
        extra=fields(source=source.name, posts=len(looked.posts), gone=len(looked.gone) or None),
    )
    return looked


def _told(looks: Looks, told: Mapping[str, Post | None], now: datetime) -> Looked:
    """What the network told of the posts it was asked for. Silence about one changes nothing."""
    asked = {(look.network, look.post_id): told[look.post_id] for look in looks.due if look.post_id in told}
    gone = tuple(name for name, post in asked.items() if post is None)
    if len(gone) >= MANY and len(gone) == len(asked) and looks.doubts < CERTAIN:
        # Words that were thrown away do not come back when a network does.
        log.warning("all posts gone at once, looked at again before it is believed", extra=fields(source=looks.source))
        return Looked(is_doubted=True, next_at=now + MOST)
    return Looked(
        # It goes by the name under which it is stored, however the network spells that today.
        posts=tuple(replace(post, network=network, id=id) for (network, id), post in asked.items() if post),
        gone=gone,
        again={
            look.number: None if (look.network, look.post_id) in gone else again(look.published_at, now)
            for look in looks.due
        },
    )


def _failed(source: Source, looks: Looks, error: Exception, now: datetime) -> Looked:
    """When to ask again. Posts that were not to be had wait for their turn; those of which the answer was no, or could
    not be read, are passed over until their next look: one odd post must not hold up the others."""
    wait = delay(looks.failures, base=BASE, most=MOST, random=random.random)
    if isinstance(error, RateLimited) and error.retry_after:
        wait = max(wait, error.retry_after)
    level = log.debug if looks.failures or isinstance(error, RateLimited) else log.warning
    said = error if isinstance(error, ConnectorError) else type(error).__name__
    level("posts not looked at again", extra=fields(source=source.name, error=said))
    is_later = isinstance(error, Unavailable)
    return Looked(
        again={} if is_later else {look.number: again(look.published_at, now) for look in looks.due},
        has_failed=True,
        next_at=now + wait,
    )
