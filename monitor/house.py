"""Opens the house: from a configuration to all that a poll and a delivery need, closed again in reverse."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from connectors.wire.http import Client
from connectors.wire.session import Session
from models import judge as judges
from models.relevance import Relevance

from .alerting.apprise import Apprise
from .alerting.console import Console
from .alerting.herald import Herald
from .alerting.notifier import Notifier, only
from .alerting.outbox import Courier, Room
from .alerting.webhook import Webhook, hosts
from .clock import Clock, SystemClock
from .config.values import Config, NotifierConfig
from .daemon import owner
from .log import fields, logger
from .match import Matcher
from .mind import Mind
from .pipeline import Desk
from .store.base import Lessons, Notices
from .store.errands import Lookout
from .store.sqlite import SqliteStore
from .types import Source
from .words import words
from .workers import Worker

log = logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """An open house. `me` is the name that this process holds leases by."""

    desk: Desk
    sources: Mapping[str, Source]
    couriers: Sequence[Courier]
    lessons: Lessons
    lookout: Lookout
    notices: Notices
    heralds: Sequence[Herald]
    me: str


@asynccontextmanager
async def open_house(
    config: Config, *, stop: asyncio.Event | None = None, budgets: Path | None = None
) -> AsyncIterator[House]:
    """Everything that `config` asks for, with its sources enlisted. `stop` is the desk's, and may be set already;
    `budgets` is the database in which spending is kept, when that is another than the configuration's."""
    clock, me = SystemClock(), owner()
    async with AsyncExitStack() as stack:
        on_store = stack.enter_context(Worker("store"))
        on_model = stack.enter_context(Worker("model"))
        store = await on_store(SqliteStore.open, config.database)
        stack.push_async_callback(on_store, store.shut)
        ledger = store
        if budgets and any(source.connector.budgets() for source in config.sources):
            ledger = await on_store(SqliteStore.open, budgets)
            stack.push_async_callback(on_store, ledger.shut)
        judge = await on_model(judges.load, config.models.tier, lambda: on_model.waiting)
        mind = Mind(store, config.brands, await on_model(Relevance.load))
        session = await stack.enter_async_context(Session(contact=config.contact, allow=config.network.allow))
        matcher = Matcher(config.brands)
        room = Room(outbox=store, on_store=on_store, clock=clock, owner=me)
        couriers, heralds = await open_couriers(stack, config, room, store)
        await on_store(store.enlist, config.sources, _settings(config, matcher), clock.now())
        await on_store(store.keep_looks, [source.name for source in config.sources] if config.refresh else [])
        ways = tuple(way.name for way in config.notifiers)
        if given_up := await on_store(store.give_up, ways, clock.now()):
            log.warning("deliveries to notifiers that are gone given up", extra=fields(deliveries=given_up))
        yield House(
            desk=Desk(
                matcher=matcher,
                judge=judge,
                mind=mind,
                relevant=config.models.relevant,
                policy=config.alerts,
                store=store,
                budgets=ledger,
                notifiers=ways,
                client=Client(session, now=clock.now),
                clock=clock,
                on_store=on_store,
                on_model=on_model,
                committed=asyncio.Event(),
                stop=stop or asyncio.Event(),
                refreshes=config.refresh,
            ),
            sources={source.name: source for source in config.sources},
            couriers=couriers,
            lessons=store,
            lookout=store,
            notices=store,
            heralds=heralds,
            me=me,
        )


def _settings(config: Config, matcher: Matcher) -> Mapping[str, str]:
    """What each source's mark was made under: its options and, unless it streams, the queries. Other queries make posts
    that are still to be had worth a second look; a stream does not come back."""
    return {
        source.name: config.settings[source.name] + ("" if source.connector.streams else f":{matcher.fingerprint}")
        for source in config.sources
    }


async def open_couriers(
    stack: AsyncExitStack, config: Config, room: Room, notices: Notices
) -> tuple[list[Courier], list[Herald]]:
    """A courier and a herald for each way out, closed with `stack`. Webhooks have connections of their own, that reach
    just them."""
    session = await stack.enter_async_context(webhook_session(config))
    ways = [(way, notifier(way, config, session, room.clock)) for way in config.notifiers]
    couriers = [Courier(out, room, wants=only(way.brands, way.level)) for way, out in ways]
    return couriers, [Herald(out, notices, room) for _, out in ways]


def webhook_session(config: Config) -> Session:
    """Connections that may reach the webhooks configured, wherever they stand."""
    return Session(contact=config.contact, allow=hosts(way.url for way in config.notifiers if way.kind == "webhook"))


def notifier(way: NotifierConfig, config: Config, session: Session, clock: Clock) -> Notifier:
    """The way out that `way` describes."""
    spoken = words(way.language or config.language)
    match way.kind:
        case "apprise":
            return Apprise(name=way.name, url=way.url, words=spoken, zone=config.zone, clock=clock)
        case "webhook":
            return Webhook(
                name=way.name, url=way.url, secret=way.secret or None, session=session, words=spoken, clock=clock
            )
        case "console":
            return Console(name=way.name, words=spoken, zone=config.zone, clock=clock)
