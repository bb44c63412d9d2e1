"""The purse of a source: what its connector spends is taken of its account's budgets, in the store, before it asks."""

from collections.abc import Mapping
from datetime import timedelta

from connectors.base import Validator
from connectors.errors import RateLimited, Refused
from connectors.wire.http import Client, Purse, Visit

from .clock import Clock
from .store.base import Budgets
from .types import Source
from .workers import Worker

NOTHING: Mapping[str, Validator] = {}


class Postponed(RateLimited):
    """We ourselves put it off: a budget is used up, or the account is to stay away. The network was not asked."""


def visit(
    client: Client,
    source: Source,
    budgets: Budgets,
    on_store: Worker,
    clock: Clock,
    validators: Mapping[str, Validator] = NOTHING,
) -> Visit:
    """The `Http` for one visit to `source`'s network, that keeps within its account's budgets. Whoever asks a network
    something for a source asks it through one of these."""
    return client.visit(source.connector.pace, validators, purse(source, budgets, on_store, clock))


def purse(source: Source, budgets: Budgets, on_store: Worker, clock: Clock) -> Purse:
    """Takes what `source` spends; `Postponed` when so much is not left, `Refused` when there never is.

    A budget that the connector does not declare is a `LookupError`: a bug.
    """
    declared = {budget.name: budget for budget in source.connector.budgets()}

    async def take(name: str, amount: float, what: str) -> None:
        if name not in declared:
            raise LookupError(
                f"{source.connector.name} spends of {name!r} and declares {', '.join(declared) or 'none'}"
            )
        budget = declared[name]
        wait = await on_store(budgets.spend, source.account, budget, amount, what, clock.now())
        if wait == timedelta.max:
            raise Refused(f"{budget.name}: {amount:g} {budget.unit} at once, of {budget.most:g} in all; raise the cap")
        if wait is not None:
            raise Postponed(f"{budget.name}: {budget.most:g} {budget.unit} in {_said(budget.window)} used up", wait)

    return take


async def heed(source: Source, budgets: Budgets, on_store: Worker, clock: Clock) -> None:
    """`Postponed` while the network wants the source's account to stay away, whichever source it told so."""
    now = clock.now()
    if until := await on_store(budgets.held, source.account, now):
        raise Postponed(f"asked to stay away until {until:%Y-%m-%d %H:%M} UTC", until - now)


def _said(window: timedelta) -> str:
    hours = window / timedelta(hours=1)
    return f"{hours / 24:g} days" if hours > 24 else f"{hours:g} h"
