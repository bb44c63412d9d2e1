"""How far each source was seen, what of it was not heard and why, and its habit."""

from datetime import timedelta

import pytest

from monitor.store.coverage import pauses
from monitor.store.sqlite import SqliteStore
from monitor.types import Actor, Cause, Outcome, Sent, Source
from monitor.views import Gap, Standing, Untold
from tests.builders import NOW

from .journey import HOUR, MINUTE, Silent, claimed, commit, enlist, source, succeed

DAY = timedelta(days=1)


class Live(Silent):
    name = "live"

    @property
    def streams(self) -> bool:
        return True


def only(store: SqliteStore, **later: float) -> Standing:
    (standing,) = store.sources(NOW + timedelta(**later))
    return standing


def live(store: SqliteStore) -> None:
    store.enlist([source(connector=Live())], {"social": ""}, NOW)


def fail(store: SqliteStore, cause: Cause, at: float) -> None:
    now = NOW + timedelta(hours=at)
    store.settle(claimed(store, now=now), Outcome(next_at=now, error="503", actor=Actor.NOBODY, cause=cause), now)


def test_a_poll_that_ends_well_has_seen_all_until_it_began(store: SqliteStore) -> None:
    succeed(store, claimed(store), now=NOW + MINUTE)
    assert only(store).seen_until == NOW


def test_a_page_of_a_poll_that_fails_later_is_not_all(store: SqliteStore) -> None:
    commit(store, published=(NOW,))
    assert only(store).seen_until is None


def test_a_stream_is_seen_as_far_as_its_newest_post(store: SqliteStore) -> None:
    live(store)
    commit(store, published=(NOW - 9 * HOUR, NOW - 8 * HOUR))
    store.release("me")
    assert only(store).seen_until == NOW - 8 * HOUR


def test_a_stream_that_is_held_is_seen_up_to_now_however_silent(store: SqliteStore) -> None:
    live(store)
    commit(store, published=(NOW,))
    store.renew("me", NOW + 9 * HOUR)
    standing = only(store, hours=8)
    assert (standing.seen_until, standing.gaps) == (NOW + 8 * HOUR, ())


def test_a_stream_that_brings_something_is_well_again(store: SqliteStore) -> None:
    live(store)
    fail(store, Cause.OUTAGE, at=0)
    commit(store, published=(NOW,))
    standing = only(store)
    assert (standing.error, standing.failing_since, standing.failures) == (None, None, 0)


@pytest.mark.parametrize("cause", [Cause.OUTAGE, Cause.LIMIT, Cause.REFUSED, Cause.BROKEN])
def test_a_gap_says_why(store: SqliteStore, cause: Cause) -> None:
    succeed(store, claimed(store))
    fail(store, cause, at=1)
    succeed(store, claimed(store, now=NOW + 5 * HOUR), now=NOW + 5 * HOUR)
    assert only(store, hours=5).gaps == (Gap(since=NOW, until=NOW + 5 * HOUR, why=cause),)


def test_a_gap_in_which_nobody_listened_says_so(store: SqliteStore) -> None:
    succeed(store, claimed(store))
    succeed(store, claimed(store, now=NOW + 5 * HOUR), now=NOW + 5 * HOUR)
    assert [gap.why for gap in only(store, hours=5).gaps] == [Cause.OFF]


def test_a_gap_that_lasts_has_no_end(store: SqliteStore) -> None:
    succeed(store, claimed(store))
    fail(store, Cause.OUTAGE, at=1)
    assert only(store, minutes=59).gaps == ()
    assert only(store, hours=2).gaps == (Gap(since=NOW, until=None, why=Cause.OUTAGE),)


def test_what_a_network_no_longer_had_is_a_gap(store: SqliteStore) -> None:
    commit(store, missed=(NOW - 50 * HOUR, NOW - 36 * HOUR))
    assert only(store).gaps == (Gap(since=NOW - 50 * HOUR, until=NOW - 36 * HOUR, why=Cause.LOST),)


def test_pauses_are_told_day_by_day() -> None:
    times = [NOW, NOW + HOUR, NOW + 4 * HOUR, NOW + DAY + 10 * HOUR]
    day = NOW.toordinal()
    assert pauses(times, None, NOW) == {day: 3 * HOUR, day + 1: 30 * HOUR}
    assert pauses(times, NOW + 2 * HOUR, NOW) == {day: 2 * HOUR, day + 1: 30 * HOUR}


def test_what_is_back_dated_is_no_pause() -> None:
    assert pauses([NOW - 400 * DAY, NOW - DAY], None, NOW) == {}
    assert pauses([NOW - DAY], NOW, NOW) == {}


def test_the_longest_pause_of_each_day_is_kept(store: SqliteStore) -> None:
    for first, second in ((0, 3), (4, 5)):
        commit(store, published=tuple(NOW - DAY + hours * HOUR for hours in (first, second)))
    standing = only(store)
    assert (standing.pauses, standing.fresh_at) == ((3 * HOUR,), NOW - 19 * HOUR)


def test_a_post_of_the_future_is_as_new_as_now(store: SqliteStore) -> None:
    commit(store, published=(NOW + 9 * DAY,))
    assert only(store).fresh_at == NOW


def test_people_are_told_once_by_whoever_sees_it_first(store: SqliteStore) -> None:
    enlist(store)
    with SqliteStore.open(store.path) as other:
        said = [each.announce("social", "refused", "401", NOW, NOW, ["chat", "mail"]) for each in (store, other)]
    assert said == [True, False]
    told = [store.claim_posting(notifier, NOW, MINUTE) for notifier in ("chat", "chat", "mail")]
    assert [posting and posting.notice.need for posting in told] == ["refused", None, "refused"]


def test_what_was_not_told_yet_and_is_over_is_not_told(store: SqliteStore) -> None:
    enlist(store)
    store.announce("social", "refused", "401", NOW, NOW, ["chat"])
    store.announce("social", "", None, None, NOW, ["chat"])
    posting = store.claim_posting("chat", NOW, MINUTE)
    assert posting
    assert posting.notice.need == ""
    assert store.claim_posting("chat", NOW, MINUTE) is None


def test_what_did_not_arrive_and_is_over_is_not_told(store: SqliteStore) -> None:
    enlist(store)
    store.announce("social", "refused", "401", NOW, NOW, ["chat"])
    tried = store.claim_posting("chat", NOW, MINUTE)
    assert tried
    store.settle_posting(tried, Sent(error="503", next_at=NOW + HOUR), NOW)
    store.announce("social", "", None, None, NOW, ["chat"])
    well = store.claim_posting("chat", NOW, MINUTE)
    assert well
    store.settle_posting(well, Sent(), NOW)
    assert store.claim_posting("chat", NOW + HOUR, MINUTE) is None


def test_the_latest_notice_is_told_to_be_lost_until_it_arrives(store: SqliteStore) -> None:
    enlist(store)
    store.announce("social", "refused", "401", NOW, NOW, ["chat"])
    posting = store.claim_posting("chat", NOW, MINUTE)
    assert posting
    store.settle_posting(posting, Sent(error="503"), NOW)
    assert store.standings(NOW).untold == (
        Untold(source="social", notifier="chat", attempts=1, error="503", next_at=None),
    )
    store.announce("social", "", None, None, NOW, ["chat"])
    assert store.standings(NOW).untold == ()


def test_a_notice_is_not_held_up_by_a_clock_that_was_ahead(store: SqliteStore) -> None:
    enlist(store)
    ahead = NOW + timedelta(days=300)
    store.announce("social", "refused", "401", NOW, ahead, ["chat"])
    posting = store.claim_posting("chat", ahead, MINUTE)
    assert posting
    store.settle_posting(posting, Sent(error="503", next_at=ahead + HOUR), ahead)
    assert store.claim_posting("chat", NOW, MINUTE)


def test_a_posting_whose_lease_ran_out_is_claimed_anew_and_settled_once(store: SqliteStore) -> None:
    enlist(store)
    store.announce("social", "silent", None, NOW, NOW, ["chat"])
    first = store.claim_posting("chat", NOW, MINUTE)
    second = store.claim_posting("chat", NOW + MINUTE, MINUTE)
    assert first
    assert second
    store.settle_posting(first, Sent(error="late"), NOW)
    store.settle_posting(second, Sent(error="503", next_at=NOW + HOUR), NOW)
    assert store.claim_posting("chat", NOW + 30 * MINUTE, MINUTE) is None
    third = store.claim_posting("chat", NOW + HOUR, MINUTE)
    assert third
    assert third.attempt == 3


def test_other_sources_are_left_alone(store: SqliteStore) -> None:
    store.enlist([source("one"), Source(name="two", connector=Silent(), every=HOUR)], {"one": "", "two": ""}, NOW)
    commit(store, claim=claimed(store, "one"), published=(NOW,), missed=(NOW - HOUR, NOW))
    assert {each.name: (each.fresh_at, len(each.gaps)) for each in store.sources(NOW)} == {
        "one": (NOW, 1),
        "two": (None, 0),
    }
