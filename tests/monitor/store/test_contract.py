"""What the house may rely on, whichever store keeps it: whose turn a source is, and how it stands."""

from datetime import timedelta

import pytest

from connectors.base import Validator
from monitor.errors import LeaseLost
from monitor.store.sqlite import SqliteStore as Store
from monitor.types import Actor, Outcome
from tests.builders import NOW

from .journey import HOUR, MINUTE, Mute, claimed, commit, enlist, source, succeed

SOON = NOW + MINUTE
DAY = 24 * HOUR


def test_a_new_source_is_due_at_once(store: Store) -> None:
    enlist(store, "social")
    assert store.next_due(["social"]) == NOW


def test_a_first_claim_starts_from_nothing(store: Store) -> None:
    enlist(store, "social")
    claim = store.claim(["social"], "me", NOW, HOUR)
    assert claim is not None
    assert (claim.mark, claim.validators, claim.failures, claim.last_success_at) == ("", {}, 0, None)


def test_the_source_due_longest_is_claimed_first(store: Store) -> None:
    enlist(store, "a", now=SOON)
    enlist(store, "a", "b", now=NOW)
    claim = store.claim(["a", "b"], "me", SOON, HOUR)
    assert claim is not None
    assert claim.source == "b"


def test_only_the_named_sources_are_claimed(store: Store) -> None:
    enlist(store, "a", "b")
    assert store.claim(["c"], "me", NOW, HOUR) is None


def test_a_source_is_not_claimed_before_it_is_due(store: Store) -> None:
    succeed(store, claimed(store))
    assert store.claim(["social"], "me", NOW, HOUR) is None


def test_a_source_can_be_claimed_early_when_asked(store: Store) -> None:
    succeed(store, claimed(store))
    assert store.claim(["social"], "me", NOW, HOUR, even_if_early=True)


def test_a_source_held_by_another_owner_is_not_claimed(store: Store) -> None:
    claimed(store, owner="me")
    assert store.claim(["social"], "other", NOW, HOUR, even_if_early=True) is None


def test_a_lease_that_ended_can_be_claimed(store: Store) -> None:
    claimed(store, owner="me")
    assert store.claim(["social"], "other", NOW + HOUR, HOUR)


def test_a_source_under_lease_is_next_due_when_the_lease_ends(store: Store) -> None:
    claimed(store)
    assert store.next_due(["social"]) == NOW + HOUR


def test_a_renewed_lease_holds_longer(store: Store) -> None:
    claimed(store, owner="me")
    store.renew("me", NOW + 2 * HOUR)
    assert store.claim(["social"], "other", NOW + HOUR, HOUR) is None


def test_renewing_a_lease_follows_a_clock_that_was_put_back(store: Store) -> None:
    claimed(store, owner="me")
    store.renew("me", NOW + MINUTE)
    assert store.next_due(["social"]) == NOW + MINUTE


def test_a_clock_that_was_ahead_does_not_put_a_source_off(store: Store) -> None:
    succeed(store, claimed(store, now=NOW + DAY), NOW + DAY)
    assert store.claim(["social"], "me", NOW, HOUR)


def test_a_clock_that_was_ahead_does_not_resume_a_paused_source(store: Store) -> None:
    succeed(store, claimed(store, now=NOW + DAY), NOW + DAY, next_at=None, error="key", actor=Actor.PERSON)
    assert store.claim(["social"], "me", NOW, HOUR) is None


def test_a_lease_of_a_clock_that_was_ahead_does_not_hold(store: Store) -> None:
    claimed(store, owner="killed", now=NOW + DAY)
    assert store.claim(["social"], "me", NOW, HOUR)


def test_a_released_source_is_free(store: Store) -> None:
    claimed(store, owner="me")
    store.release("me")
    assert store.claim(["social"], "other", NOW, HOUR)


def test_releasing_leaves_the_leases_of_others(store: Store) -> None:
    claimed(store, owner="me")
    store.release("other")
    assert store.claim(["social"], "other", NOW, HOUR) is None


def test_a_heartbeat_is_seen_until_the_owner_stops(store: Store) -> None:
    store.renew("me", SOON)
    assert store.standings(NOW).heartbeat_at == SOON
    store.release("me")
    assert store.standings(NOW).heartbeat_at is None


def test_a_lease_taken_a_moment_after_our_clock_was_read_is_no_error_of_a_clock(store: Store) -> None:
    enlist(store, "social")
    assert store.claim(["social"], "one", NOW + MINUTE / 10, MINUTE)
    assert store.claim(["social"], "two", NOW, MINUTE) is None


def test_a_paused_source_is_never_due(store: Store) -> None:
    store.settle(claimed(store), Outcome(next_at=None, error="401", actor=Actor.PERSON), NOW)
    assert store.next_due(["social"]) is None
    assert store.claim(["social"], "me", NOW + 1000 * HOUR, HOUR) is None


def test_a_paused_source_is_due_again_once_its_settings_change(store: Store) -> None:
    store.settle(claimed(store), Outcome(next_at=None, error="401", actor=Actor.PERSON), NOW)
    enlist(store, "social", settings="", now=SOON)
    assert store.next_due(["social"]) is None
    enlist(store, "social", settings="changed", now=SOON)
    assert store.next_due(["social"]) == SOON


def test_changed_settings_have_a_source_read_anew(store: Store) -> None:
    commit(store, mark="page 7")
    succeed(store, claimed(store), validators={"https://a.example": Validator(etag="1")})
    enlist(store, "social", settings="changed", now=SOON)
    assert store.next_due(["social"]) == SOON
    again = claimed(store)
    assert (again.mark, again.validators) == ("", {})
    assert again.last_success_at


def test_a_source_that_is_gone_for_a_while_keeps_its_mark(store: Store) -> None:
    commit(store, mark="page 7")
    store.release("me")
    enlist(store, "other")
    enlist(store, "social", "other")
    assert claimed(store).mark == "page 7"


def test_a_source_that_is_gone_is_not_shown(store: Store) -> None:
    enlist(store, "social", "other")
    enlist(store, "other")
    assert [standing.name for standing in store.standings(NOW).sources] == ["other"]


def test_a_source_that_became_another_connector_starts_from_nothing(store: Store) -> None:
    commit(store, mark="page 7")
    store.enlist([source(connector=Mute())], {"social": ""}, NOW)
    claim = store.claim(["social"], "other", NOW, HOUR)
    assert claim is not None
    assert (claim.mark, claim.last_success_at) == ("", None)


def test_what_is_in_flight_under_old_settings_is_refused(store: Store) -> None:
    claim = claimed(store)
    enlist(store, settings="other words")
    with pytest.raises(LeaseLost):
        commit(store, claim=claim, mark="page 7")
    assert claimed(store).mark == ""


def test_what_the_old_connector_has_in_flight_is_refused(store: Store) -> None:
    claim = claimed(store)
    store.enlist([source(connector=Mute())], {"social": ""}, NOW)
    assert store.claim(["social"], "other", NOW, HOUR)
    with pytest.raises(LeaseLost):
        commit(store, claim=claim, mark="theirs")


def test_a_poll_that_ended_well_is_remembered(store: Store) -> None:
    validators = {"https://a.example/feed": Validator(etag='"x"', last_modified="Mon", digest="d")}
    succeed(store, claimed(store), SOON, validators=validators)
    claim = claimed(store, now=NOW + HOUR)
    assert (claim.validators, claim.last_success_at) == (validators, SOON)


def test_a_poll_without_validators_keeps_the_old_ones(store: Store) -> None:
    succeed(store, claimed(store), validators={"u": Validator(etag="x")})
    succeed(store, claimed(store), validators=None)
    assert claimed(store).validators == {"u": Validator(etag="x")}


def test_failures_are_counted_until_a_success(store: Store) -> None:
    for _ in range(3):
        succeed(store, claimed(store), error="503")
    assert claimed(store).failures == 3
    succeed(store, claimed(store))
    assert claimed(store).failures == 0


def test_a_failing_source_says_since_when_and_who_must_act(store: Store) -> None:
    succeed(store, claimed(store), NOW, error="403", actor=Actor.PERSON)
    succeed(store, claimed(store), SOON, error="404", actor=Actor.PERSON)
    (standing,) = store.standings(SOON).sources
    assert (standing.failing_since, standing.failures, standing.error, standing.actor) == (NOW, 2, "404", Actor.PERSON)


def test_a_recovered_source_shows_no_error(store: Store) -> None:
    succeed(store, claimed(store), NOW, error="403", actor=Actor.PERSON)
    succeed(store, claimed(store), SOON)
    (standing,) = store.standings(SOON).sources
    assert (standing.failing_since, standing.error, standing.actor) == (None, None, Actor.NOBODY)


def test_a_long_silence_is_a_gap(store: Store) -> None:
    succeed(store, claimed(store), NOW)
    later = NOW + 5 * HOUR
    succeed(store, claimed(store, now=later), later)
    (standing,) = store.standings(later).sources
    assert [(gap.since, gap.until) for gap in standing.gaps] == [(NOW, later)]


def test_a_short_silence_is_no_gap(store: Store) -> None:
    succeed(store, claimed(store), NOW)
    later = NOW + timedelta(minutes=59)
    succeed(store, claimed(store, now=later), later)
    assert store.standings(later).sources[0].gaps == ()


def test_a_stream_open_for_days_leaves_no_gap(store: Store) -> None:
    claim = claimed(store)
    commit(store, claim=claim, at=NOW + 47 * HOUR)
    succeed(store, claim, NOW + 48 * HOUR)
    assert store.standings(NOW + 48 * HOUR).sources[0].gaps == ()
