"""What accounts use up: never more than they may, also when two daemons draw on it."""

import math
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.base import Budget
from monitor.store.sqlite import SqliteStore
from monitor.types import Source
from tests.builders import NOW

from .journey import Silent

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SEARCHES = Budget(name="search", most=100, unit="searches", window=DAY)
DOLLARS = Budget(name="spend", most=5.0, unit="USD", window=30 * DAY)


@pytest.fixture
def other(store: SqliteStore) -> Iterator[SqliteStore]:
    """The same file, as a second daemon has it open."""
    with SqliteStore.open(store.path) as opened:
        yield opened


def take(
    store: SqliteStore, amount: float, budget: Budget = SEARCHES, what: str = "", **when: float
) -> timedelta | None:
    return store.spend("key", budget, amount, what, NOW + timedelta(**when))


def test_what_is_there_is_taken(store: SqliteStore) -> None:
    assert take(store, 37) is None
    assert store.spent("key", "search", NOW) == 37


def test_two_daemons_never_exceed_a_budget_together(store: SqliteStore, other: SqliteStore) -> None:
    taken = [take(each, 1) is None for _ in range(60) for each in (store, other)]
    assert (sum(taken), store.spent("key", "search", NOW)) == (100, 100)


def test_what_is_not_there_is_not_taken_and_says_when_it_will_be(store: SqliteStore) -> None:
    take(store, 60)
    take(store, 40, hours=2)
    assert take(store, 1, hours=5) == timedelta(hours=19)
    assert take(store, 61, hours=5) == timedelta(hours=21)
    assert store.spent("key", "search", NOW) == 100


def test_a_window_slides(store: SqliteStore) -> None:
    take(store, 100)
    assert take(store, 100, hours=23) == HOUR
    assert take(store, 100, hours=24) is None


def test_prices_that_are_no_binary_fractions_add_up(store: SqliteStore) -> None:
    for _ in range(1000):
        assert take(store, 0.005, DOLLARS) is None
    assert take(store, 0.005, DOLLARS) is not None


def test_more_than_there_ever_is_never_comes(store: SqliteStore) -> None:
    assert take(store, 101) == timedelta.max


def test_the_same_thing_costs_once_in_a_window(store: SqliteStore) -> None:
    for hours in (0, 1, 23):
        take(store, 1, what="#luna", hours=hours)
    take(store, 1, what="#sol", hours=1)
    assert store.spent("key", "search", NOW + 23 * HOUR) == 2
    take(store, 1, what="#luna", hours=24)
    assert store.spent("key", "search", NOW + 24 * HOUR) == 2


def test_what_is_paid_for_is_had_when_nothing_is_left(store: SqliteStore) -> None:
    take(store, 1, what="#luna")
    take(store, 99)
    assert take(store, 1, what="#luna", hours=1) is None
    assert take(store, 1, what="#sol", hours=1) == 23 * HOUR


def test_what_was_not_used_is_given_back(store: SqliteStore) -> None:
    take(store, 2.0, DOLLARS)
    take(store, 0.5, DOLLARS, hours=1)
    take(store, -0.4, DOLLARS, hours=1)
    assert store.spent("key", "spend", NOW + HOUR) == pytest.approx(2.1)
    # What was given back does not outlive what it was taken off.
    assert store.spent("key", "spend", NOW + 30 * DAY) == pytest.approx(0.1)


def test_no_more_is_given_back_than_was_taken(store: SqliteStore) -> None:
    take(store, 1)
    take(store, -5)
    assert store.spent("key", "search", NOW) == 0


def test_what_is_given_back_whole_is_not_paid_for(store: SqliteStore) -> None:
    take(store, 1, what="#luna")
    take(store, -1, what="#luna")
    take(store, 1, what="#luna")
    assert store.spent("key", "search", NOW) == 1


@pytest.mark.parametrize("amount", [math.nan, math.inf, -math.inf])
def test_an_amount_that_is_no_number_is_a_bug(store: SqliteStore, amount: float) -> None:
    with pytest.raises(ValueError, match="cannot be taken of search"):
        take(store, amount)


def test_accounts_and_budgets_are_apart(store: SqliteStore) -> None:
    take(store, 100)
    assert store.spend("another", SEARCHES, 100, "", NOW) is None
    assert take(store, 5, DOLLARS) is None


def test_spending_survives_a_restart(store: SqliteStore) -> None:
    take(store, 100)
    store.shut()
    with SqliteStore.open(store.path) as again:
        assert take(again, 1) == DAY


def test_what_was_spent_by_a_clock_that_was_ahead_counts_from_now(store: SqliteStore) -> None:
    take(store, 100, hours=9000)
    assert take(store, 1) == DAY
    assert take(store, 1, hours=24) is None


def test_what_no_longer_counts_is_not_kept(store: SqliteStore) -> None:
    for _ in range(3):
        take(store, 1)
    store.spend("another", SEARCHES, 1, "", NOW + DAY)
    assert store._db.execute("SELECT count(*) FROM spending").fetchone() == (1,)


class Metered(Silent):
    name = "metered"

    @property
    def account(self) -> str:
        return "key"

    def budgets(self) -> tuple[Budget, ...]:
        return (SEARCHES,)


def metered(name: str) -> Source:
    return Source(name=name, connector=Metered(), every=HOUR)


def test_sources_of_one_account_share_what_they_are_shown_to_have_used(store: SqliteStore) -> None:
    store.enlist([metered("one"), metered("two")], {"one": "", "two": ""}, NOW)
    take(store, 37)
    shown = [
        (each.name, [(b.name, b.used, b.most, b.unit) for b in each.budgets]) for each in store.standings(NOW).sources
    ]
    assert shown == [(name, [("search", 37, 100, "searches")]) for name in ("one", "two")]


def test_an_account_that_is_to_stay_away_keeps_all_its_sources_away(store: SqliteStore, other: SqliteStore) -> None:
    stranger = Source(name="three", connector=Silent(), every=HOUR)
    store.enlist([metered("one"), metered("two"), stranger], dict.fromkeys(("one", "two", "three"), ""), NOW)
    store.hold("key", NOW + HOUR, NOW)
    names = {"one", "two", "three"}
    claim = other.claim(names, "me", NOW, timedelta(minutes=1))
    assert claim is not None
    assert claim.source == "three"
    assert other.claim(names - {"three"}, "me", NOW, timedelta(minutes=1)) is None
    assert other.next_due({"one", "two"}) == NOW + HOUR
    assert other.claim({"two"}, "me", NOW + HOUR, timedelta(minutes=1)) is not None


def test_the_longest_wait_holds(store: SqliteStore) -> None:
    store.hold("key", NOW + 2 * HOUR, NOW)
    store.hold("key", NOW + HOUR, NOW)
    assert store.held("key", NOW) == NOW + 2 * HOUR
    assert store.held("key", NOW + 2 * HOUR) is None


def test_a_wait_noted_by_a_clock_that_was_ahead_holds_nobody_up(store: SqliteStore, tmp_path: Path) -> None:
    store.hold("key", NOW + 9 * DAY, NOW + 8 * DAY)
    assert store.held("key", NOW) is None


def test_other_settings_end_the_wait_of_a_source_without_account(store: SqliteStore) -> None:
    plain = Source(name="plain", connector=Silent(), every=HOUR)
    store.enlist([plain], {"plain": "a"}, NOW)
    store.hold("plain", NOW + HOUR, NOW)
    store.enlist([plain], {"plain": "a"}, NOW)
    assert store.held("plain", NOW) == NOW + HOUR
    store.enlist([plain], {"plain": "b"}, NOW)
    assert store.held("plain", NOW) is None
