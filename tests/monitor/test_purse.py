"""Budgets at work: what connectors spend is asked of the store, and what a network asks for holds for the account."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.base import Budget, Cursor, Http, Page
from connectors.errors import RateLimited
from monitor.pipeline import Desk
from monitor.polling import turn
from monitor.types import Actor, Cause, Outcome, Source
from tests.builders import NOW, post

from .desk import DAY, Played, claimed, enlist, open_desk, page, standings, stored

HOUR = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Metered(Played):
    """Spends before each page that it brings."""

    key: str = "key"
    spends: Sequence[tuple[str, float]] = (("search", 1),)
    most: float = 2
    asked_for: list[str] = field(default_factory=list)

    @property
    def account(self) -> str:
        return self.key

    def budgets(self) -> tuple[Budget, ...]:
        return (Budget(name="search", most=self.most, unit="searches", window=DAY),)

    async def fetch(self, http: Http, terms: Sequence[str], cursor: Cursor) -> AsyncGenerator[Page, None]:
        for number, (budget, amount) in enumerate(self.spends):
            await http.spend(budget, amount)
            yield page(post(id=f"{self.key}{number}"), mark=str(number))
        async for each in super().fetch(http, terms, cursor):
            yield each


def metered(name: str = "one", **fields: object) -> Source:
    return Source(name=name, connector=Metered(**fields), every=HOUR)  # type: ignore[arg-type]


async def ended(desk: Desk, of: Source) -> Outcome:
    outcome = (await turn(desk, of, await claimed(desk, of), NOW - DAY)).outcome
    assert outcome is not None
    return outcome


async def test_a_source_goes_no_further_than_its_budget_and_keeps_what_it_has(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        outcome = await ended(desk, metered(spends=(("search", 1),) * 3))
        assert (outcome.error, outcome.actor, outcome.next_at) == (
            "search: 2 searches in 24 h used up",
            Actor.NOBODY,
            NOW + DAY,
        )
        assert len(stored(desk)) == 2


async def test_two_desks_on_one_file_share_a_budget(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk, open_desk(tmp_path) as second:
        assert (await ended(desk, metered("one", spends=(("search", 2),)))).error is None
        assert (await ended(second, metered("two"))).cause is Cause.LIMIT


async def test_sources_of_two_keys_have_a_budget_each(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        await ended(desk, metered("one", spends=(("search", 2),)))
        assert (await ended(desk, metered("two", key="another"))).error is None


async def test_a_source_without_a_key_has_a_budget_of_its_own(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        await ended(desk, metered("one", key="", spends=(("search", 2),)))
        assert desk.budgets.spent("one", "search", NOW) == 2


async def test_what_costs_more_than_the_cap_needs_a_person(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        outcome = await ended(desk, metered(spends=(("search", 3),)))
        assert (outcome.actor, outcome.error) == (
            Actor.PERSON,
            "search: 3 searches at once, of 2 in all; raise the cap",
        )


async def test_a_budget_that_was_never_declared_is_a_bug(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        outcome = await ended(desk, metered(spends=(("serch", 1),)))
        assert (outcome.actor, outcome.error) == (Actor.DEVELOPER, "LookupError")


async def test_what_a_network_asks_of_one_source_holds_for_its_account(tmp_path: Path) -> None:
    limited, sibling = metered("one", acts=(RateLimited("429", 3 * HOUR),)), metered("two")
    async with open_desk(tmp_path) as desk:
        await ended(desk, limited)
        await enlist(desk, limited, sibling, metered("three", key="another"))
        assert desk.store.next_due({"two"}) == NOW + 3 * HOUR
        assert desk.store.next_due({"three"}) == NOW
        assert {each.name: each.next_at for each in standings(desk).sources}["two"] == NOW + 3 * HOUR


async def test_a_person_who_polls_early_does_not_ask_a_network_that_wants_to_be_left_alone(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        await ended(desk, metered("one", acts=(RateLimited("429", 3 * HOUR),)))
        sibling = metered("two")
        outcome = await ended(desk, sibling)
        assert (outcome.error, outcome.next_at) == ("asked to stay away until 2026-11-02 15:00 UTC", NOW + 3 * HOUR)
        assert sibling.connector.asked == []  # type: ignore[attr-defined]


async def test_a_budget_that_is_used_up_keeps_nobody_else_away(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        await ended(desk, metered("one", spends=(("search", 1),) * 3))
        assert desk.budgets.held("key", NOW) is None


@pytest.mark.parametrize("asked", [None, timedelta(0)], ids=["no word", "none"])
async def test_a_limit_without_a_time_keeps_nobody_else_away(tmp_path: Path, asked: timedelta | None) -> None:
    async with open_desk(tmp_path) as desk:
        await ended(desk, metered("one", acts=(RateLimited("429", asked),)))
        assert desk.budgets.held("key", NOW) is None
