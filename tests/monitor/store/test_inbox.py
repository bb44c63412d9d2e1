"""What people may rely on, whichever store keeps it: the inbox."""

from collections.abc import Callable

import pytest

from monitor.errors import NotYours, UnknownMention
from monitor.store.sqlite import SqliteStore as Store
from monitor.types import Level, Priority, Reply, State, Ticket
from tests.builders import NOW, alert, mention

from .journey import HOUR, MINUTE, commit, raised

SOON = NOW + MINUTE
ANSWER = Reply(by="ana", at=SOON, text="Sorry, on it", url="https://social.example/2")


def test_an_alert_is_an_open_ticket(store: Store) -> None:
    raised(store, mention("Acme is down", id="1"))
    (ticket,) = store.tickets(["open"], NOW)
    assert ticket == Ticket(
        record=ticket.record, reasons=("negative",), raised_at=NOW, due_at=NOW + HOUR, state=State.OPEN
    )
    assert ticket.record.mention == mention("Acme is down", id="1")


def test_tickets_are_listed_by_level_then_due_time(store: Store) -> None:
    calm, urgent = Priority(level=Level.P3, parts=()), Priority(level=Level.P1, parts=())
    late, early, first = (
        mention(id="1", priority=calm),
        mention(id="2", priority=calm),
        mention(id="3", priority=urgent),
    )
    alerts = (alert(late, due_at=NOW + 2 * HOUR), alert(early, due_at=NOW + HOUR), alert(first, due_at=NOW + 3 * HOUR))
    commit(store, late, early, first, alerts=alerts)
    assert [ticket.number for ticket in store.tickets(["open"], NOW)] == [3, 2, 1]
    assert [ticket.number for ticket in store.tickets(["open"], NOW, limit=2)] == [3, 2]


def test_tickets_can_be_of_one_brand(store: Store) -> None:
    raised(store, mention(id="1", brand="Acme"), mention(id="2", brand="Luna"))
    assert [ticket.number for ticket in store.tickets(["open"], NOW, brand="Luna")] == [2]


def test_a_taken_ticket_says_by_whom(store: Store) -> None:
    raised(store, mention())
    ticket = store.take(1, "ana", NOW)
    assert (ticket.state, ticket.taken_by) == (State.TAKEN, "ana")
    assert store.tickets(["taken"], NOW) == [ticket]


def test_a_ticket_taken_by_somebody_else_is_theirs(store: Store) -> None:
    raised(store, mention())
    store.take(1, "ana", NOW)
    with pytest.raises(NotYours, match="ana"):
        store.take(1, "ben", NOW)


def test_a_ticket_can_be_taken_by_force(store: Store) -> None:
    raised(store, mention())
    store.take(1, "ana", NOW)
    assert store.take(1, "ben", NOW, force=True).taken_by == "ben"


def test_the_first_reply_stops_the_clock(store: Store) -> None:
    raised(store, mention(published_at=NOW - HOUR))
    ticket = store.reply(1, ANSWER)
    assert (ticket.state, ticket.first_reply_at, ticket.first_response) == (State.REPLIED, SOON, HOUR + MINUTE)
    assert not ticket.is_overdue(NOW + 9 * HOUR)


def test_a_second_reply_does_not_move_the_clock(store: Store) -> None:
    raised(store, mention())
    store.reply(1, ANSWER)
    assert store.reply(1, Reply(by="ben", at=NOW + HOUR)).first_reply_at == SOON
    assert store.dossier(1).replies == (ANSWER, Reply(by="ben", at=NOW + HOUR))


def test_a_reply_to_a_mention_without_an_alert_makes_a_ticket(store: Store) -> None:
    commit(store, mention())
    ticket = store.reply(1, ANSWER)
    assert (ticket.state, ticket.reasons, ticket.taken_by) == (State.REPLIED, (), "ana")


def test_a_reply_to_a_copy_makes_a_ticket_of_its_own(store: Store) -> None:
    raised(store, mention(id="1", story="same"), mention(id="2", story="same"))
    assert store.reply(2, ANSWER).number == 2
    assert [ticket.number for ticket in store.tickets(["open"], NOW)] == [1]


def test_a_reply_to_a_closed_ticket_leaves_it_closed(store: Store) -> None:
    raised(store, mention())
    store.close(1, "ana", NOW)
    ticket = store.reply(1, ANSWER)
    assert (ticket.state, ticket.first_reply_at) == (State.CLOSED, SOON)


def test_a_snoozed_ticket_is_out_of_sight_until_its_time(store: Store) -> None:
    raised(store, mention())
    store.snooze(1, NOW + HOUR, NOW)
    assert store.tickets(["open"], NOW) == []
    assert len(store.tickets(["open"], NOW, snoozed=True)) == 1
    assert len(store.tickets(["open"], NOW + HOUR)) == 1


def test_a_snoozed_ticket_is_not_counted_until_its_time(store: Store) -> None:
    raised(store, mention())
    store.snooze(1, NOW + 3 * HOUR, NOW)
    asleep, awake = store.standings(NOW + 2 * HOUR), store.standings(NOW + 4 * HOUR)
    assert (asleep.open, asleep.overdue, awake.open, awake.overdue) == (0, 0, 1, 1)


def test_a_closed_ticket_says_when(store: Store) -> None:
    raised(store, mention())
    ticket = store.close(1, "ana", SOON)
    assert (ticket.state, ticket.closed_at, ticket.taken_by) == (State.CLOSED, SOON, "ana")


def test_a_reopened_ticket_is_nobodys(store: Store) -> None:
    raised(store, mention())
    store.close(1, "ana", NOW)
    ticket = store.reopen(1, SOON)
    assert (ticket.state, ticket.closed_at, ticket.taken_by) == (State.OPEN, None, None)


ASKED: dict[str, Callable[[Store], object]] = {
    "take": lambda store: store.take(7, "ana", NOW),
    "reply": lambda store: store.reply(7, ANSWER),
    "snooze": lambda store: store.snooze(7, SOON, NOW),
    "close": lambda store: store.close(7, "ana", NOW),
    "reopen": lambda store: store.reopen(7, NOW),
    "dossier": lambda store: store.dossier(7),
}


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
def test_a_number_that_is_not_there_is_said_so(store: Store, ask: Callable[[Store], object]) -> None:
    with pytest.raises(UnknownMention, match="no mention 7"):
        ask(store)


def test_taking_a_mention_without_an_alert_says_what_to_do(store: Store) -> None:
    commit(store, mention())
    with pytest.raises(UnknownMention, match="no alert; reply"):
        store.take(1, "ana", NOW)


def test_open_and_overdue_are_counted(store: Store) -> None:
    raised(store, mention(id="1"), mention(id="2"), mention(id="3"))
    store.close(3, "ana", NOW)
    standings = store.standings(NOW + 2 * HOUR)
    assert (standings.open, standings.overdue, standings.mentions) == (2, 2, 3)


def test_first_response_is_the_median(store: Store) -> None:
    raised(store, *(mention(id=str(number), published_at=NOW) for number in range(3)))
    for number, hours in ((1, 1), (2, 2), (3, 30)):
        store.reply(number, Reply(by="ana", at=NOW + hours * HOUR))
    assert store.standings(NOW + 40 * HOUR).first_response == 2 * HOUR


def test_an_empty_store_stands(store: Store) -> None:
    standings = store.standings(NOW)
    assert (standings.sources, standings.open, standings.first_response, standings.mentions) == ((), 0, None, 0)
