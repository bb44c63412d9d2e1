"""A source, tried: what it brings first, or what is wrong with it. Nothing is stored."""

import asyncio
import re
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from datetime import timedelta
from itertools import chain, count
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from connectors.base import Cursor
from connectors.errors import ConnectorError, Malformed, Unavailable
from connectors.pages.detect import Finding, detect
from connectors.post import Post

from ..clock import SystemClock
from ..config import Config
from ..match import Matcher
from ..types import Actor, Source
from ..words import words
from .prompts import say
from .render import FAINT, clip, console, join, text

if TYPE_CHECKING:
    from connectors.wire.http import Client, Visit

PACE = 0.3
"""Seconds between two looks at a site, while a person waits."""
SHORT = 30
MOST = 3
"""Posts to show."""
LONGEST = 300
LOOK_BACK = timedelta(days=7)
PATIENCE = timedelta(seconds=60)
"""How long a source may take for its first posts; a stream that is silent so long is quiet, not broken."""


@asynccontextmanager
async def opened(contact: str = "", allow: Collection[str] = ()) -> AsyncIterator["Client"]:
    """A way out to the networks, as the daemon's."""
    # Imported here: to list sources, or remove one, nothing is connected to.
    from connectors.wire.http import Client
    from connectors.wire.session import Session

    async with Session(contact=contact, allow=allow) as session:
        yield Client(session, now=SystemClock().now)


async def found(url: str, *, contact: str = "", allow: Collection[str] = ()) -> tuple[Finding, ...]:
    """What an address is as a source, the likeliest first. Raises what the way out raises."""
    async with opened(contact, allow) as client:
        return await detect(client.visit(PACE, {}), url)


def call(finding: Finding, url: str, taken: Collection[str]) -> str:
    """What to call a source that was found at `url`: its title if that is short, else its host; as one word that is
    typed without quotes, and nobody else's."""
    host = (urlsplit(url if "://" in url else f"https://{url}").hostname or finding.kind).removeprefix("www.")
    title = "-".join(re.findall(r"\w+", finding.title.lower())) if finding.title else ""
    return numbered(title if 0 < len(title) <= SHORT else host, taken)


def numbered(name: str, taken: Collection[str]) -> str:
    """`name`, with a number behind it when it is taken."""
    folded = {each.casefold() for each in taken}
    names = chain([name], (f"{name}-{number}" for number in count(2)))
    return next(each for each in names if each.casefold() not in folded)


async def tried(config: Config, source: Source) -> list[Post]:
    """The first posts that a source brings. Raises what the connector raises. Nothing is stored but what it spent."""
    connector = source.connector
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(opened(config.contact, config.network.allow))
        http = await _visit(stack, config, client, source)
        posts: list[Post] = []
        cursor = Cursor(since=client.now() - LOOK_BACK)
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                async with aclosing(connector.fetch(http, Matcher(config.brands).terms, cursor)) as pages:
                    async for page in pages:
                        posts += page.posts
                        if len(posts) >= MOST:
                            break
        except TimeoutError:
            if not posts and not connector.streams:
                raise Unavailable(f"{connector.name}: nothing within {PATIENCE.seconds} s") from None
        return posts[:MOST]


async def _visit(stack: AsyncExitStack, config: Config, client: "Client", source: Source) -> "Visit":
    """The way out, that keeps within the budgets that the daemon keeps within."""
    if not source.connector.budgets():
        return client.visit(source.connector.pace, {})
    from ..purse import visit
    from ..store.sqlite import SqliteStore
    from ..workers import Worker

    on_store = stack.enter_context(Worker("store"))
    store = await on_store(SqliteStore.open, config.database)
    stack.push_async_callback(on_store, store.shut)
    return visit(client, source, store, on_store, SystemClock())


def show(config: Config, posts: Sequence[Post], about: str = "") -> None:
    """Who, when, what and where; and which brands it would be a mention of, as posts that are all `about` one."""
    screen, here, matcher = console(), words(config.language), Matcher(config.brands)
    for post, brands in zip(posts, matcher.match(posts, about), strict=True):
        moment = here.moment(post.published_at, SystemClock().now(), config.zone) if post.published_at else None
        facts = [
            text(post.author.handle if post.author else None, "bold"),
            text(moment, FAINT),
            *(text(say(config.language, "source.names", brand.name), "green") for brand in brands),
        ]
        screen.print()
        screen.print(join(facts))
        screen.print(clip(text(f"{post.title}. {post.text}" if post.title else post.text), LONGEST))
        screen.print(text(post.url, FAINT))


def actor(error: ConnectorError) -> Actor:
    """Who must act upon it."""
    if isinstance(error, Unavailable):
        return Actor.NOBODY
    return Actor.DEVELOPER if isinstance(error, Malformed) else Actor.PERSON
