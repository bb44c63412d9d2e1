"""What the house may rely on, whichever store keeps it: intake and outbox."""

from datetime import timedelta

import pytest

from connectors.base import Validator
from monitor.errors import LeaseLost
from monitor.store.sqlite import SqliteStore as Store
from monitor.types import Actor, Level, Outcome, Priority, Search, Sent
from tests.builders import NOW, alert, mention, post

from .journey import HOUR, MINUTE, Mute, claimed, commit, enlist, raised, source, succeed

SOON = NOW + MINUTE


# Sources


def test_a_new_source_is_due_at_once(store: Store) -> None:
    enlist(store, "social")
    assert store.next_due(["social"]) == NOW


def test_a_first_claim_starts_from_nothing(store: Store) -> None:
    enlist(store, "social")
    claim = store.claim(["social"], "me", NOW, HOUR)
    assert claim is not None
    assert (claim.mark, claim.validators, claim.failures, claim.is_first, claim.last_success_at) == (
        "",
        {},
        0,
        True,
        None,
    )


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


def test_renewing_never_shortens_a_lease(store: Store) -> None:
    claimed(store, owner="me")
    store.renew("me", NOW + MINUTE)
    assert store.next_due(["social"]) == NOW + HOUR


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


def test_changed_settings_forget_what_was_unchanged(store: Store) -> None:
    succeed(store, claimed(store), validators={"https://a.example": Validator(etag="1")})
    enlist(store, "social", settings="changed")
    assert claimed(store).validators == {}


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
    assert (claim.mark, claim.is_first) == ("", True)


def test_a_poll_that_ended_well_is_remembered(store: Store) -> None:
    validators = {"https://a.example/feed": Validator(etag='"x"', last_modified="Mon", digest="d")}
    succeed(store, claimed(store), SOON, validators=validators)
    claim = claimed(store, now=NOW + HOUR)
    assert (claim.validators, claim.is_first, claim.last_success_at) == (validators, False, SOON)


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


# Pages


def test_a_commit_moves_the_mark(store: Store) -> None:
    claim = claimed(store)
    commit(store, claim=claim, mark="page 2")
    assert claimed(store).mark == "page 2"


def test_a_commit_under_an_older_claim_is_refused(store: Store) -> None:
    older = claimed(store)
    claimed(store)
    with pytest.raises(LeaseLost, match="social"):
        commit(store, mention(), claim=older, mark="back")
    assert store.known({mention().id}) == set()
    assert claimed(store).mark == ""


def test_a_settlement_under_an_older_claim_is_refused(store: Store) -> None:
    older = claimed(store)
    claimed(store)
    with pytest.raises(LeaseLost):
        succeed(store, older)


def test_a_commit_that_breaks_changes_nothing(store: Store) -> None:
    claim = claimed(store)
    broken = alert(id="1", reasons=(object(),))
    with pytest.raises(TypeError):
        commit(store, broken.mention, claim=claim, alerts=(broken,), mark="page 2")
    assert store.known({broken.mention.id}) == set()
    assert store.standings(NOW).mentions == 0
    assert claimed(store).mark == ""


def test_stored_mentions_are_known(store: Store) -> None:
    commit(store, mention(id="1"))
    assert store.known({"mastodon:1:Acme", "mastodon:2:Acme"}) == {"mastodon:1:Acme"}


def test_a_mention_is_stored_once(store: Store) -> None:
    assert commit(store, mention("first", id="1")).mentions == 1
    assert commit(store, mention("second", id="1")).mentions == 0
    assert [record.mention.post.text for record in store.mentions(Search())] == ["first"]


def test_one_post_can_be_a_mention_of_two_brands(store: Store) -> None:
    assert commit(store, mention(id="1", brand="Acme"), mention(id="1", brand="Luna")).mentions == 2


def test_the_same_mention_twice_in_a_page_is_stored_once(store: Store) -> None:
    assert commit(store, mention(id="1"), mention(id="1")).mentions == 1
    assert store.standings(NOW).mentions == 1


def test_a_receipt_tells_what_was_new(store: Store) -> None:
    receipt = raised(store, mention(id="1"), mention(id="2"), notifiers=["chat", "mail"])
    assert (receipt.mentions, receipt.alerts, receipt.deliveries) == (2, 2, 4)


def test_what_a_source_brought_is_summed(store: Store) -> None:
    commit(store, mention(id="1", published_at=NOW - HOUR), found=20)
    commit(store, mention(id="2", published_at=NOW - 2 * HOUR), found=30)
    commit(store, found=5)
    (standing,) = store.standings(NOW).sources
    assert (standing.found, standing.mentions, standing.newest_at) == (55, 2, NOW - HOUR)


def test_copies_of_a_story_raise_one_alert(store: Store) -> None:
    receipt = raised(store, mention(id="1", story="same"), mention(id="2", story="same"))
    assert receipt.alerts == 1
    assert raised(store, mention(id="3", story="same")).alerts == 0


def test_copies_of_a_story_are_counted_on_each_of_them(store: Store) -> None:
    raised(store, mention(id="1", story="same"), mention(id="2", story="same"))
    commit(store, mention(id="3", story="same"), mention(id="4", story="other"))
    assert store.tickets(["open"], NOW)[0].record.copies == 3
    assert sorted(record.copies for record in store.mentions(Search())) == [1, 3, 3, 3]


def test_two_brands_of_one_story_raise_an_alert_each(store: Store) -> None:
    receipt = raised(store, mention(id="1", story="same", brand="Acme"), mention(id="1", story="same", brand="Luna"))
    assert receipt.alerts == 2


def test_an_alert_for_a_stored_mention_is_not_doubled(store: Store) -> None:
    raised(store, mention(id="1"), notifiers=["chat"])
    receipt = raised(store, mention(id="1"), notifiers=["chat"])
    assert (receipt.alerts, receipt.deliveries) == (0, 0)


def test_new_counts_of_a_known_post_are_logged(store: Store) -> None:
    commit(store, mention(id="1", likes=1, followers=10))
    commit(store, seen_again=(post(id="1", likes=5, followers=10),), at=SOON)
    assert [(reading.at, reading.likes, reading.followers) for reading in store.dossier(1).readings] == [
        (NOW, 1, 10),
        (SOON, 5, 10),
    ]
    assert store.dossier(1).record.mention.post.engagement.likes == 5


def test_unchanged_counts_are_not_logged_again(store: Store) -> None:
    commit(store, mention(id="1", likes=1))
    commit(store, seen_again=(post(id="1", likes=1),), at=SOON)
    assert len(store.dossier(1).readings) == 1


def test_a_count_that_is_no_longer_told_stays(store: Store) -> None:
    commit(store, mention(id="1", likes=7))
    commit(store, seen_again=(post(id="1", likes=None),), at=SOON)
    assert store.dossier(1).record.mention.post.engagement.likes == 7


def test_nothing_is_logged_of_a_post_without_counts(store: Store) -> None:
    commit(store, mention(id="1"))
    assert store.dossier(1).readings == ()


def test_counts_reach_every_brand_of_the_post(store: Store) -> None:
    commit(store, mention(id="1", brand="Acme", likes=1), mention(id="1", brand="Luna", likes=1))
    commit(store, seen_again=(post(id="1", likes=5),), at=SOON)
    assert [record.mention.post.engagement.likes for record in store.mentions(Search())] == [5, 5]


def test_a_post_whose_id_begins_alike_is_left_alone(store: Store) -> None:
    commit(store, mention("one", id="1"), mention("other", id="1:2"), mention("another", id="12"))
    commit(store, deleted=(("mastodon", "1"),))
    assert sorted(record.mention.post.text for record in store.mentions(Search())) == ["", "another", "other"]


def test_an_edit_is_followed(store: Store) -> None:
    commit(store, mention("Acme is dwon", id="1"))
    commit(store, seen_again=(post("Acme is down", id="1", edited_at=SOON),), at=SOON)
    edited = store.dossier(1).record.mention.post
    assert (edited.text, edited.edited_at) == ("Acme is down", SOON)


def test_an_edit_is_found_by_its_new_words_only(store: Store) -> None:
    commit(store, mention("Acme is dwon", id="1"))
    commit(store, seen_again=(post("Acme is down", id="1", edited_at=SOON),), at=SOON)
    assert [len(list(store.mentions(Search(text=word)))) for word in ("dwon", "down")] == [0, 1]


def test_an_older_edit_is_not_followed(store: Store) -> None:
    commit(store, mention("new", id="1", edited_at=SOON))
    commit(store, seen_again=(post("old", id="1", edited_at=NOW),), at=SOON)
    assert store.dossier(1).record.mention.post.text == "new"


def test_a_deleted_post_loses_text_and_author(store: Store) -> None:
    commit(store, mention("Acme is down", id="1", author="ana", title="Help"))
    commit(store, deleted=(("mastodon", "1"),), at=SOON)
    record = store.dossier(1).record
    assert (record.mention.post.text, record.mention.post.title, record.mention.post.author) == ("", None, None)
    assert record.deleted_at == SOON


def test_a_deleted_post_is_not_found_by_its_words(store: Store) -> None:
    commit(store, mention("Acme is down", id="1"))
    commit(store, deleted=(("mastodon", "1"),))
    assert list(store.mentions(Search(text="down"))) == []


def test_a_deleted_post_still_counts(store: Store) -> None:
    commit(store, mention(id="1"))
    commit(store, deleted=(("mastodon", "1"),))
    assert store.standings(NOW).mentions == 1
    assert store.known({"mastodon:1:Acme"})


def test_a_deleted_post_does_not_come_back(store: Store) -> None:
    commit(store, mention("Acme is down", id="1"))
    commit(store, deleted=(("mastodon", "1"),))
    commit(store, seen_again=(post("Acme is down", id="1"),))
    assert store.dossier(1).record.mention.post.text == ""


def test_the_alert_on_a_deleted_post_stays(store: Store) -> None:
    raised(store, mention(id="1"))
    commit(store, deleted=(("mastodon", "1"),), at=SOON)
    (ticket,) = store.tickets(["open"], NOW)
    assert ticket.record.deleted_at == SOON


# Deliveries


def test_a_delivery_carries_its_alert(store: Store) -> None:
    raised(store, mention("Acme is down", id="1"), notifiers=["chat"])
    delivery = store.claim_delivery(["chat"], "me", NOW, HOUR)
    assert delivery is not None
    assert (delivery.notifier, delivery.attempt, delivery.ticket.number) == ("chat", 1, 1)
    assert delivery.ticket.record.mention.post.text == "Acme is down"


def test_nothing_waits_when_nothing_was_raised(store: Store) -> None:
    commit(store, mention(), notifiers=["chat"])
    assert store.claim_delivery(["chat"], "me", NOW, HOUR) is None
    assert store.next_delivery(["chat"]) is None


def test_the_most_urgent_delivery_goes_first(store: Store) -> None:
    calm, urgent = Priority(level=Level.P3, parts=()), Priority(level=Level.P1, parts=())
    raised(store, mention(id="1", priority=calm), mention(id="2", priority=urgent), notifiers=["chat"])
    delivery = store.claim_delivery(["chat"], "me", NOW, HOUR)
    assert delivery is not None
    assert delivery.ticket.number == 2


def test_among_equals_the_one_due_longest_goes_first(store: Store) -> None:
    raised(store, mention(id="1"), notifiers=["chat"])
    first = store.claim_delivery(["chat"], "me", NOW, HOUR)
    assert first is not None
    store.settle_delivery(first, Sent(error="503", next_at=SOON), NOW)
    raised(store, mention(id="2"), notifiers=["chat"])
    second = store.claim_delivery(["chat"], "me", NOW + HOUR, HOUR)
    assert second is not None
    assert second.ticket.number == 2


def test_a_delivery_is_claimed_for_its_own_notifier_only(store: Store) -> None:
    raised(store, mention(), notifiers=["chat"])
    assert store.claim_delivery(["mail"], "me", NOW, HOUR) is None


def test_a_claimed_delivery_is_not_claimed_again(store: Store) -> None:
    raised(store, mention(), notifiers=["chat"])
    assert store.claim_delivery(["chat"], "me", NOW, HOUR)
    assert store.claim_delivery(["chat"], "other", NOW, HOUR) is None
    assert store.next_delivery(["chat"]) == NOW + HOUR


def test_a_delivery_whose_lease_ended_is_tried_again(store: Store) -> None:
    raised(store, mention(), notifiers=["chat"])
    store.claim_delivery(["chat"], "me", NOW, HOUR)
    again = store.claim_delivery(["chat"], "other", NOW + HOUR, HOUR)
    assert again is not None
    assert again.attempt == 2


def test_a_renewed_delivery_is_kept(store: Store) -> None:
    raised(store, mention(), notifiers=["chat"])
    store.claim_delivery(["chat"], "me", NOW, HOUR)
    store.renew("me", NOW + 2 * HOUR)
    assert store.claim_delivery(["chat"], "other", NOW + HOUR, HOUR) is None


def test_a_released_delivery_is_free(store: Store) -> None:
    raised(store, mention(), notifiers=["chat"])
    store.claim_delivery(["chat"], "me", NOW, HOUR)
    store.release("me")
    assert store.claim_delivery(["chat"], "other", NOW, HOUR)


def test_a_delivered_alert_is_not_sent_again(store: Store) -> None:
    raised(store, mention(), notifiers=["chat"])
    delivery = store.claim_delivery(["chat"], "me", NOW, HOUR)
    assert delivery is not None
    store.settle_delivery(delivery, Sent(), NOW)
    assert store.claim_delivery(["chat"], "me", NOW + 1000 * HOUR, HOUR) is None
    assert store.standings(NOW).pending == 0


def test_a_delivery_to_be_tried_again_waits_until_then(store: Store) -> None:
    raised(store, mention(), notifiers=["chat"])
    delivery = store.claim_delivery(["chat"], "me", NOW, HOUR)
    assert delivery is not None
    store.settle_delivery(delivery, Sent(error="503", next_at=SOON), NOW)
    assert store.next_delivery(["chat"]) == SOON
    assert store.claim_delivery(["chat"], "me", NOW, HOUR) is None
    (trouble,) = store.standings(NOW).troubles
    assert (trouble.number, trouble.notifier, trouble.attempts, trouble.error) == (1, "chat", 1, "503")


def test_a_failed_delivery_is_shown_and_not_tried_again(store: Store) -> None:
    raised(store, mention(), notifiers=["chat"])
    delivery = store.claim_delivery(["chat"], "me", NOW, HOUR)
    assert delivery is not None
    store.settle_delivery(delivery, Sent(error="no such room"), NOW)
    assert store.claim_delivery(["chat"], "me", NOW + 1000 * HOUR, HOUR) is None
    assert store.dossier(1).troubles[0].next_at is None


def test_a_settlement_under_an_older_claim_of_a_delivery_changes_nothing(store: Store) -> None:
    raised(store, mention(), notifiers=["chat"])
    older = store.claim_delivery(["chat"], "me", NOW, HOUR)
    newer = store.claim_delivery(["chat"], "other", NOW + HOUR, HOUR)
    assert older is not None
    assert newer is not None
    store.settle_delivery(older, Sent(error="gone"), NOW + HOUR)
    assert store.standings(NOW).pending == 1
