"""Answers on their way to a network: said once, and never twice without being asked for."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from connectors.base import Sent
from monitor.errands import Draft
from monitor.errors import NotYours, UnknownMention, Unsent, Unsure
from monitor.store.sqlite import SqliteStore as Store
from monitor.types import Reply, State
from tests.builders import NOW, mention

from .journey import HOUR, MINUTE, commit, raised

SENT = Sent(id="99", url="https://social.example/99")


@pytest.fixture
def other(store: Store) -> Iterator[Store]:
    with Store.open(store.path) as opened:
        yield opened


def draft(store: Store, text: str = "Lo sentimos", **fields: object) -> Draft:
    """An answer to mention 1, on a network that knows no keys unless `known_for` says so."""
    fields = {"source": "social", "by": "ana", "now": NOW, "known_for": timedelta(0)} | fields
    return store.draft(1, text=text, **fields)  # type: ignore[arg-type]


def test_an_answer_that_was_sent_answers_the_alert(store: Store) -> None:
    raised(store, mention())
    ticket = store.sent(draft(store), SENT, NOW + MINUTE)
    assert (ticket.state, ticket.taken_by, ticket.first_reply_at) == (State.REPLIED, "ana", NOW + MINUTE)
    assert store.dossier(1).replies == (Reply(by="ana", at=NOW + MINUTE, text="Lo sentimos", url=SENT.url),)


def test_a_mention_without_an_alert_can_be_answered(store: Store) -> None:
    commit(store, mention())
    assert store.sent(draft(store), SENT, NOW).state is State.REPLIED


def test_an_answer_whose_fate_is_unknown_is_not_sent_again(store: Store, other: Store) -> None:
    raised(store, mention())
    draft(store)
    with pytest.raises(Unsure, match=r"may have been answered from social on 2026-11-02 12:00 UTC.*--force sends it"):
        draft(other)


def test_a_network_that_knows_it_again_is_told_under_the_same_key(store: Store, other: Store) -> None:
    raised(store, mention())
    first, second = draft(store, known_for=HOUR), draft(other, known_for=HOUR)
    assert (first.key, first.tries, second.tries) == (second.key, 1, 2)


def test_a_network_that_has_forgotten_the_key_is_not_told_again(store: Store) -> None:
    raised(store, mention())
    draft(store, known_for=HOUR)
    with pytest.raises(Unsure):
        draft(store, known_for=HOUR, now=NOW + HOUR)


def test_for_how_long_a_key_is_known_cannot_be_told_when_the_clock_was_set_back(store: Store) -> None:
    raised(store, mention())
    draft(store, known_for=HOUR)
    with pytest.raises(Unsure):
        draft(store, known_for=HOUR, now=NOW - HOUR)


def test_another_answer_waits_until_it_is_known_what_became_of_the_first(store: Store) -> None:
    raised(store, mention())
    draft(store, known_for=HOUR)
    with pytest.raises(Unsure):
        draft(store, "Ya está resuelto", known_for=HOUR)
    assert draft(store, "Ya está resuelto", force=True).tries == 1
    assert draft(store, "Ya está resuelto", known_for=HOUR).tries == 2


def test_what_was_said_is_not_said_again(store: Store) -> None:
    raised(store, mention())
    store.sent(draft(store), SENT, NOW)
    with pytest.raises(Unsent, match=r"this was said already, at https://social\.example/99"):
        draft(store, known_for=HOUR)


def test_what_was_said_is_said_again_under_another_key_when_forced(store: Store) -> None:
    raised(store, mention())
    first = draft(store)
    store.sent(first, SENT, NOW)
    assert draft(store, force=True).key != first.key


def test_something_else_may_be_said_after_that(store: Store) -> None:
    raised(store, mention())
    store.sent(draft(store), SENT, NOW)
    assert draft(store, "Ya está resuelto").tries == 1


def test_a_try_that_failed_for_sure_is_forgotten(store: Store) -> None:
    raised(store, mention())
    store.unsent(draft(store))
    assert draft(store).tries == 1


def test_a_try_that_failed_does_not_tell_what_became_of_the_one_before(store: Store) -> None:
    raised(store, mention())
    draft(store, known_for=HOUR)
    store.unsent(draft(store, known_for=HOUR))
    with pytest.raises(Unsure):
        draft(store)


def test_who_notes_an_answer_has_seen_what_became_of_the_one_on_its_way(store: Store) -> None:
    raised(store, mention())
    draft(store)
    store.reply(1, Reply(by="ana", at=NOW, url=SENT.url))
    with pytest.raises(Unsent, match="said already"):
        draft(store)


def test_what_somebody_else_is_on_is_not_answered_unless_forced(store: Store) -> None:
    raised(store, mention())
    store.take(1, "luis", NOW)
    with pytest.raises(NotYours, match="taken by luis; use --force"):
        draft(store)
    assert draft(store, force=True).by == "ana"


@pytest.mark.parametrize("force", [False, True], ids=["asked", "forced"])
def test_a_post_that_is_gone_is_not_answered(store: Store, force: bool) -> None:
    raised(store, mention())
    commit(store, deleted=(("mastodon", "1"),))
    with pytest.raises(Unsent, match="taken down"):
        draft(store, force=force)


def test_a_mention_that_is_not_there_is_not_answered(store: Store) -> None:
    with pytest.raises(UnknownMention):
        draft(store)


def test_an_answer_is_on_the_disk_before_the_network_hears_it(store: Store) -> None:
    raised(store, mention())
    store.renew("me", NOW)
    draft(store)
    assert store._db.execute("PRAGMA synchronous").fetchone() == (2,)


def test_an_answer_of_which_nobody_knows_is_told_until_it_was_looked_at(store: Store) -> None:
    raised(store, mention())
    begun = draft(store)
    assert store.standings(NOW).unsure == ()  # it may be on its way
    assert store.standings(NOW + HOUR).unsure == (begun,)
    store.reply(1, Reply(by="ana", at=NOW + HOUR, text="Lo sentimos", url=SENT.url))
    assert store.standings(NOW + HOUR).unsure == ()
