"""What the house may rely on, whichever store keeps it: alerts on their way."""

from monitor.store.sqlite import SqliteStore as Store
from monitor.types import Level, Priority, Sent
from tests.builders import NOW, alert, mention

from .journey import HOUR, MINUTE, commit, raised

SOON = NOW + MINUTE


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


def test_a_clock_that_was_ahead_does_not_put_an_alert_off(store: Store) -> None:
    ahead = NOW + 24 * HOUR
    commit(store, mention(), alerts=(alert(mention(), raised_at=ahead),), notifiers=["chat"])
    first = store.claim_delivery(["chat"], "killed", NOW, HOUR)
    assert first is not None
    store.settle_delivery(first, Sent(error="503", next_at=ahead + HOUR), ahead)
    assert store.claim_delivery(["chat"], "killed", ahead + HOUR, HOUR)
    assert store.claim_delivery(["chat"], "me", NOW, HOUR)


def test_what_waits_for_a_notifier_that_is_gone_is_given_up_and_says_so(store: Store) -> None:
    raised(store, mention(id="1"), mention(id="2"), notifiers=["chat", "mail"])
    assert store.give_up(["chat"], SOON) == 2
    assert (store.standings(NOW).pending, store.standings(NOW).troubles) == (2, ())
    (trouble,) = store.dossier(1).troubles
    assert (trouble.notifier, trouble.error, trouble.next_at) == ("mail", "no longer configured", None)


def test_what_is_on_its_way_is_not_given_up(store: Store) -> None:
    raised(store, mention(), notifiers=["mail"])
    assert store.claim_delivery(["mail"], "other", NOW, HOUR)
    assert store.give_up(["chat"], SOON) == 0


def test_an_undelivered_alert_is_no_trouble_once_it_was_dealt_with(store: Store) -> None:
    raised(store, mention(), notifiers=["chat"])
    delivery = store.claim_delivery(["chat"], "me", NOW, HOUR)
    assert delivery is not None
    store.settle_delivery(delivery, Sent(error="no such room"), NOW)
    assert len(store.standings(NOW).troubles) == 1
    store.close(1, "ana", NOW)
    assert store.standings(NOW).troubles == ()
