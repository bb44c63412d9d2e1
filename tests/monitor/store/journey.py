"""What the pipeline would do with a store, in few words."""

from collections.abc import AsyncGenerator, Sequence
from datetime import datetime, timedelta
from typing import Any

from connectors.base import Connector, Cursor, Http, Page
from monitor.store.base import Intake
from monitor.types import Batch, Claim, Mention, Outcome, Receipt, Source
from tests.builders import NOW, alert

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


class Silent(Connector):
    """A connector that is never asked."""

    name = "silent"

    async def fetch(self, http: Http, terms: Sequence[str], cursor: Cursor) -> AsyncGenerator[Page, None]:
        return
        yield


class Mute(Silent):
    name = "mute"


def source(name: str = "social", every: timedelta = 10 * MINUTE, connector: Connector | None = None) -> Source:
    return Source(name=name, connector=connector or Silent(), every=every)


def enlist(store: Intake, *names: str, settings: str = "", now: datetime = NOW) -> None:
    named = names or ("social",)
    store.enlist([source(name) for name in named], dict.fromkeys(named, settings), now)


def claimed(store: Intake, name: str = "social", *, owner: str = "me", now: datetime = NOW) -> Claim:
    """A claim on a source, which is made known when it is not."""
    claim = store.claim([name], owner, now, HOUR, even_if_early=True)
    if claim is None:
        enlist(store, name, now=now)
        claim = store.claim([name], owner, now, HOUR)
    assert claim is not None
    return claim


def commit(
    store: Intake, *mentions: Mention, claim: Claim | None = None, notifiers: Sequence[str] = (), **fields: Any
) -> Receipt:
    """Commit one page of mentions that raise no alerts, unless `alerts` says so."""
    batch = {"claim": claim or claimed(store), "mark": "", "at": NOW, "mentions": mentions} | fields
    return store.commit(Batch(**batch), notifiers)


def raised(store: Intake, *mentions: Mention, notifiers: Sequence[str] = (), **fields: Any) -> Receipt:
    """Commit one page of mentions, each with an alert."""
    return commit(store, *mentions, alerts=tuple(map(alert, mentions)), notifiers=notifiers, **fields)


def succeed(store: Intake, claim: Claim, now: datetime = NOW, **fields: Any) -> None:
    store.settle(claim, Outcome(**({"next_at": now + 10 * MINUTE} | fields)), now)
