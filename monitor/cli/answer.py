"""`oido reply --send`: says it on the network, as the user's own account."""

import asyncio
import logging
import sys

import typer

from connectors.wire.http import Client
from connectors.wire.session import Session

from .. import log
from ..clock import SystemClock
from ..config import Basics, Config, load
from ..errors import Unsent
from ..replying import Pen, speaker
from ..replying import publish as say_it
from ..store.sqlite import SqliteStore
from ..types import Record, Reply, Ticket
from ..workers import Worker
from .screen import Screen, is_terminal, reading


def publish(
    here: Screen, found: Basics, number: int, text: str | None, by: str, *, source: str | None, force: bool
) -> tuple[Ticket, Reply]:
    """Publish an answer to a mention; without a text it asks for one. `Unsent` and `Unsure` say what became of it."""
    config = load(found.path)
    log.configure(level=logging.ERROR, redact=config.redact)
    with reading(found) as store:
        record = store.dossier(number).record
    words = _words(here, text)
    with asyncio.Runner() as runner:
        try:
            after = runner.run(_publish(config, record, words, by, source, force))
        except Unsent as error:
            raise type(error)(config.redact(str(error))) from error
    with reading(found) as store:
        return after, store.dossier(number).replies[-1]


def _words(here: Screen, text: str | None) -> str:
    """The text, from stdin or from whoever sits there. It is not asked whether to send it: --send has said so."""
    if text == "-":
        return sys.stdin.read().strip()
    if text is None and is_terminal() and sys.stdin.isatty():
        return str(typer.prompt(here.say("reply.words")))
    if text is None:
        raise typer.BadParameter("say what to send", param_hint="'--text'")
    return text


async def _publish(config: Config, record: Record, text: str, by: str, source: str | None, force: bool) -> Ticket:
    clock, speaks = SystemClock(), speaker(config.sources, record, source)
    with Worker("store") as on_store:
        store = await on_store(SqliteStore.open, config.database, create=False)
        try:
            async with Session(contact=config.contact, allow=config.network.allow) as session:
                client = Client(session, now=clock.now)
                pen = Pen(drafts=store, budgets=store, on_store=on_store, client=client, clock=clock)
                return await say_it(pen, speaks, record, text, by, force=force)
        finally:
            await on_store(store.shut)
