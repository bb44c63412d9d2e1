"""Keeps the profiles of brands: one that is missing or old is read anew while the daemon runs."""

from collections.abc import Sequence
from contextlib import aclosing
from datetime import timedelta
from typing import Final

from connectors.text import redact

from .errors import StoreError
from .log import fields, logger
from .pipeline import Desk
from .profiles import Leaf, embedder, leaves, portrait, stale
from .store.base import Lessons
from .types import Brand
from .wait import first, unless

log = logger(__name__)

AGAIN: Final = timedelta(days=1)
"""How soon to look again. A site that cannot be read is asked once a day, and no more."""


async def renew(desk: Desk, lessons: Lessons, brands: Sequence[Brand], language: str) -> None:
    """Build what is missing, now and once a day, until `desk.stop` is set. Pages are asked for in `language`."""
    while not desk.stop.is_set():
        try:
            for brand in await desk.on_store(stale, brands, lessons, desk.clock.now()):
                await unless((desk.stop,), _renew(desk, lessons, brand, brands, language))
        except StoreError as error:
            log.warning("profiles not renewed", extra=fields(error=error))
        await first((desk.stop,), within=AGAIN)


async def _renew(desk: Desk, lessons: Lessons, brand: Brand, brands: Sequence[Brand], language: str) -> None:
    found: list[Leaf] = []
    async with aclosing(leaves(brand, desk.client, language)) as pages:
        async for leaf in pages:
            found.append(leaf)
            if leaf.problem:
                log.info("page of a brand not read", extra=fields(brand=brand.name, problem=leaf.problem))
    read = [redact(leaf.url) for leaf in found if leaf.text]
    if not read:
        return
    made = await desk.on_model(portrait, brand, brands, found, embedder(desk.judge, brand))
    await desk.on_store(lessons.keep_profile, brand.name, made.to_json(), read, desk.clock.now())
    log.info("profile built", extra=fields(brand=brand.name, pages=len(read)))
