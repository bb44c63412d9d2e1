"""Which posts are looked at again, by whom, and what is written of them."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.errands import Looked, Looks
from monitor.errors import LeaseLost
from monitor.store.sqlite import SqliteStore as Store
from tests.builders import NOW, alert, mention, post

from .journey import HOUR, MINUTE, commit
from .test_database import explained

DUE = NOW + HOUR


def heard(store: Store, *ids: str, **brands: str) -> None:
    """Mentions whose posts are to be looked at in an hour."""
    mentions = [mention(id=id, brand=brands.get(f"_{id}", "Acme")) for id in ids]
    commit(store, *mentions, looks={each.id: DUE for each in mentions})


def look(store: Store, owner: str = "me", *, hours: float = 1, most: int = 50) -> Looks | None:
    return store.claim_looks("social", owner, NOW + hours * HOUR, MINUTE, most)


def settled(store: Store, *, hours: float = 1, **looked: object) -> Looks:
    looks = look(store, hours=hours)
    assert looks is not None
    store.settle_looks(looks, Looked(**looked), NOW + hours * HOUR)  # type: ignore[arg-type]
    return looks


@pytest.fixture
def other(store: Store) -> Iterator[Store]:
    """Another process at the same file."""
    with Store.open(store.path) as opened:
        yield opened


def test_a_post_is_due_when_it_was_said_to_be(store: Store) -> None:
    heard(store, "1")
    assert (store.next_look("social"), look(store, hours=0)) == (DUE, None)
    looks = look(store)
    assert looks is not None
    assert [(each.number, each.network, each.post_id) for each in looks.due] == [(1, "mastodon", "1")]


def test_a_mention_that_is_stored_already_is_not_scheduled_again(store: Store) -> None:
    heard(store, "1")
    commit(store, mention(id="1"), looks={mention(id="1").id: NOW})
    assert store.next_look("social") == DUE


def test_no_more_are_claimed_than_asked_for_and_those_due_longest_come_first(store: Store) -> None:
    mentions = [mention(id=str(number)) for number in range(4)]
    times = [3, 1, 4, 2]
    commit(
        store,
        *mentions,
        looks={each.id: NOW + time * MINUTE for each, time in zip(mentions, times, strict=True)},
    )
    looks = look(store, most=2)
    assert looks is not None
    assert [each.post_id for each in looks.due] == ["1", "3"]


def test_two_processes_do_not_look_at_one_source_at_a_time(store: Store, other: Store) -> None:
    heard(store, "1")
    assert look(store, "me") is not None
    assert look(other, "another") is None
    assert other.next_look("social") == DUE + MINUTE


def test_a_process_that_was_killed_leaves_its_looks_to_another(store: Store, other: Store) -> None:
    heard(store, "1")
    look(store, "me")
    later = other.claim_looks("social", "another", DUE + MINUTE, MINUTE, 50)
    assert later is not None
    assert later.due


def test_what_was_looked_at_too_late_is_not_written(store: Store, other: Store) -> None:
    heard(store, "1")
    mine = look(store, "me")
    assert mine is not None
    other.claim_looks("social", "another", DUE + MINUTE, MINUTE, 50)
    with pytest.raises(LeaseLost):
        store.settle_looks(mine, Looked(posts=(post(likes=9),), again={1: None}), DUE)
    assert store.dossier(1).readings == ()


def test_a_heart_that_beats_keeps_the_looks(store: Store, other: Store) -> None:
    heard(store, "1")
    look(store, "me")
    store.renew("me", DUE + 10 * MINUTE)
    assert other.claim_looks("social", "another", DUE + 5 * MINUTE, MINUTE, 50) is None


def test_a_process_that_stops_lets_go_of_its_looks(store: Store, other: Store) -> None:
    heard(store, "1")
    look(store, "me")
    store.release("me")
    assert look(other, "another") is not None


def test_counts_are_kept_as_of_when_they_were_told(store: Store) -> None:
    heard(store, "1")
    settled(store, posts=(post(likes=9),), again={1: NOW + 6 * HOUR})
    settled(store, hours=6, posts=(post(likes=12),), again={1: None})
    assert [(each.at, each.likes) for each in store.dossier(1).readings] == [(DUE, 9), (NOW + 6 * HOUR, 12)]


def test_an_edit_changes_the_words_and_says_when(store: Store) -> None:
    heard(store, "1")
    settled(store, posts=(post("Acme is up again", edited_at=NOW),), again={1: None})
    edited = store.dossier(1).record.mention
    assert (edited.post.text, edited.post.edited_at, edited.verdict.sentiment) == ("Acme is up again", NOW, "negative")


def test_of_a_post_that_is_gone_the_words_go_and_the_count_stays(store: Store) -> None:
    heard(store, "1")
    settled(store, gone=(("mastodon", "1"),), again={1: None})
    record = store.dossier(1).record
    assert (record.mention.post.text, record.mention.post.author, record.deleted_at) == ("", None, DUE)
    assert store.standings(NOW).mentions == 1


def test_a_post_is_looked_at_again_when_it_was_said_and_then_no_more(store: Store) -> None:
    heard(store, "1")
    settled(store, again={1: NOW + 6 * HOUR})
    assert store.next_look("social") == NOW + 6 * HOUR
    settled(store, hours=6, again={1: None})
    assert store.next_look("social") is None


def test_a_source_is_left_alone_for_as_long_as_it_was_said(store: Store) -> None:
    heard(store, "1")
    settled(store, has_failed=True, next_at=DUE + HOUR)
    assert store.next_look("social") == DUE + HOUR
    assert look(store, hours=1.5) is None
    again = look(store, hours=2)
    assert again is not None
    assert again.failures == 1


def test_failures_are_counted_until_one_look_goes_well(store: Store) -> None:
    heard(store, "1")
    settled(store, has_failed=True)
    assert settled(store, again={1: DUE}).failures == 1
    assert settled(store).failures == 0


def test_doubts_are_counted_apart_from_failures_until_one_look_goes_well(store: Store) -> None:
    heard(store, "1")
    settled(store, is_doubted=True)
    settled(store, has_failed=True)
    doubtful = settled(store, again={1: DUE})
    assert (doubtful.doubts, doubtful.failures) == (1, 1)
    assert settled(store).doubts == 0


def test_a_post_that_its_network_took_down_meanwhile_is_not_looked_at(store: Store) -> None:
    heard(store, "1")
    commit(store, deleted=(("mastodon", "1"),))
    assert store.next_look("social") is None


def test_sources_that_are_not_looked_at_any_more_are_forgotten(store: Store) -> None:
    heard(store, "1")
    store.keep_looks(["another"])
    assert store.next_look("social") is None


def test_what_is_due_is_found_without_walking_the_rest(tmp_path: Path) -> None:
    asked: list[str] = []
    with Store.open(tmp_path / "oido.db") as store:
        store._db.set_trace_callback(asked.append)
        look(store)
        store.next_look("social")
        store._db.set_trace_callback(None)
        plans = [row[3] for each in asked if " looks " in each for row in explained(store, each)]
    assert [plan for plan in plans if plan.startswith("SCAN") or "TEMP B-TREE" in plan] == []
    assert sum("looks_due" in plan for plan in plans) == 2


def test_a_clock_that_was_ahead_and_is_right_again_holds_nothing_up(store: Store) -> None:
    heard(store, "1")
    ahead = store.claim_looks("social", "me", NOW + timedelta(days=300), MINUTE, 50)
    assert ahead is not None
    assert look(store, "another") is not None


def test_an_alert_is_not_raised_again_by_a_look(store: Store) -> None:
    first = mention(id="1")
    commit(store, first, looks={first.id: DUE}, alerts=(alert(first),))
    store.close(1, "ana", NOW)
    settled(store, posts=(post("Acme is even worse"),), again={1: None})
    assert store.tickets(["open"], NOW) == []
