"""Answers where people wrote, as the user's own account; only when a person says so, and not twice.

The answer is noted before it is handed to the network, and where it stands after that. Killed in between, nobody knows
whether it arrived: a network that knows it again by its key is simply told once more, for any other a person must look.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from connectors.base import Replies
from connectors.errors import ConnectorError, RateLimited, Refused, Unreached
from connectors.wire.http import Client

from .clock import Clock
from .errors import StoreError, Unsent, Unsure
from .purse import heed, visit
from .store.base import Budgets
from .store.errands import Drafts
from .types import Record, Source, Ticket
from .workers import Worker

JOINER = "\u200d"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pen:
    """All that an answer needs: where it is noted, and the way out."""

    drafts: Drafts
    budgets: Budgets
    on_store: Worker
    client: Client
    clock: Clock


def speaker(sources: Sequence[Source], record: Record, named: str | None = None) -> Source:
    """Who answers: the source `named`, else the one that heard the mention, else another of that network. `Unsent` when
    none can."""
    heard_by, network = record.mention.source, record.mention.post.network
    if named is None:
        fitting = [each for each in sources if each.name == heard_by or each.connector.name == network]
        fitting.sort(key=lambda each: each.name != heard_by)
    else:
        fitting = [each for each in sources if each.name == named]
    for source in fitting:
        if isinstance(source.connector, Replies):
            return source
    if named is not None and not fitting:
        there = ", ".join(each.name for each in sources) or "none"
        raise Unsent(f"there is no source {named!r}; there are: {there}")
    raise Unsent(
        f"nothing in the configuration can answer on {network}: answer mention {record.number} where it stands, "
        f"then note it with `oido reply {record.number} --url LINK`"
    )


async def publish(pen: Pen, source: Source, record: Record, text: str, by: str, *, force: bool = False) -> Ticket:
    """Say `text` below the mention's post, and note where it stands.

    `Unsent` when it was not said, for sure; `Unsure` when it may have been; `NotYours` as for `Inbox.take`. `force`
    says it although somebody else is on it, or it may have been said before.
    """
    connector = source.connector
    assert isinstance(connector, Replies)
    check(text, connector.longest, source)
    draft = await pen.on_store(
        pen.drafts.draft,
        record.number,
        source.name,
        by,
        text,
        pen.clock.now(),
        known_for=connector.repeatable,
        force=force,
    )
    try:
        await heed(source, pen.budgets, pen.on_store, pen.clock)
        http = visit(pen.client, source, pen.budgets, pen.on_store, pen.clock)
        sent = await connector.reply(http, record.mention.post, text, draft.key)
    except (Refused, RateLimited, Unreached) as error:
        await pen.on_store(pen.drafts.unsent, draft)
        raise Unsent(f"not published: {error}{_later(error)}") from error
    except ConnectorError as error:
        raise Unsure(f"it may have been published, or not: {error}; {_remedy(record, connector.repeatable)}") from error
    try:
        return await pen.on_store(pen.drafts.sent, draft, sent, pen.clock.now())
    except StoreError as error:
        where = sent.url or sent.id
        note = f"note it with `oido reply {record.number} --url {where}`"
        raise Unsure(f"it was published, at {where}, and that could not be noted: {error}; {note}") from error


def check(text: str, longest: int, source: Source) -> None:
    """Raise `Unsent` for what no network would take."""
    if not text.strip():
        raise Unsent("there is nothing to say: the text is empty")
    if (long := length(text)) > longest:
        raise Unsent(
            f"the text has {long} characters, and {source.name} takes {longest}: make it {long - longest} shorter"
        )


def length(text: str) -> int:
    """Characters as people count them: an accent, a skin colour and a family of emoji add none of their own."""
    counted = 0
    before = ""
    for sign in unicodedata.normalize("NFC", text):
        is_part = sign == JOINER or unicodedata.category(sign) in ("Mn", "Me") or "\U0001f3fb" <= sign <= "\U0001f3ff"
        counted += not (is_part or before == JOINER)
        before = sign
    return counted


def _later(error: ConnectorError) -> str:
    wait = error.retry_after if isinstance(error, RateLimited) else None
    return f"; try again in {max(1, round(wait / timedelta(minutes=1)))} min" if wait else ""


def _remedy(record: Record, repeatable: timedelta) -> str:
    if repeatable > timedelta(0):
        return "give the same command again: the network knows this answer, and says it once"
    number, url = record.number, record.mention.post.url or "the network"
    return (
        f"look at {url}: if it stands there, note it with `oido reply {number} --url LINK`; "
        "if not, give the same command with --force"
    )
