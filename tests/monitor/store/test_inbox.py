"""What people may rely on, whichever store keeps it: inbox and history."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from connectors.post import Author
from monitor.errors import NotYours, StoreError, UnknownMention
from monitor.store.sqlite import SqliteStore as Store
from monitor.types import Level, Priority, Reply, Search, State, Ticket
from tests.builders import NOW, alert, mention, verdict

from .journey import HOUR, MINUTE, commit, enlist, raised

SOON = NOW + MINUTE
ANSWER = Reply(by="ana", at=SOON, text="Sorry, on it", url="https://social.example/2")


def texts(store: Store, **fields: object) -> list[str]:
    return [record.mention.post.text for record in store.mentions(Search(**fields))]  # type: ignore[arg-type]


# Inbox


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


# History


def test_a_mention_comes_back_as_it_was(store: Store) -> None:
    stored = mention(
        "Acme está caído 🙃",
        title="Ayuda",
        author=Author(handle="ana", name="Ana", url="https://social.example/@ana", followers=10),
        language="es",
        likes=1,
        views=0,
        in_reply_to="7",
        links=("https://acme.example",),
        edited_at=NOW,
        reach=0,
    )
    commit(store, stored)
    assert next(store.mentions(Search())).mention == stored


def test_mentions_are_listed_newest_first(store: Store) -> None:
    ages = {"old": 3, "new": 1, "middle": 2}
    commit(store, *(mention(text, id=text, published_at=NOW - age * HOUR) for text, age in ages.items()))
    assert texts(store) == ["new", "middle", "old"]
    assert texts(store, limit=1) == ["new"]
    assert len(texts(store, limit=None)) == 3


def test_a_mention_without_a_time_counts_from_when_it_was_seen(store: Store) -> None:
    commit(store, mention("timeless", id="1", published_at=None), mention("before", id="2"))
    assert texts(store) == ["timeless", "before"]


NARROWED = {
    "brand": {"brand": "Luna"},
    "network": {"network": "reddit"},
    "source": {"source": "forum"},
    "sentiment": {"sentiment": "positive"},
    "language": {"language": "es"},
    "author": {"author": "BEN"},
    "reach": {"min_reach": 100},
    "since": {"since": NOW - HOUR},
    "until": {"until": NOW - 10 * MINUTE, "since": NOW - 20 * MINUTE},
    "text": {"text": "luna"},
    "text and brand": {"text": "luna OR acme", "brand": "Luna"},
}


@pytest.mark.parametrize("fields", NARROWED.values(), ids=NARROWED)
def test_a_search_narrows(store: Store, fields: dict[str, object]) -> None:
    fitting = mention(
        "Luna rocks",
        id="1",
        network="reddit",
        author="ben",
        brand="Luna",
        source="forum",
        verdict=verdict("positive"),
        reach=100,
        published_at=NOW - 15 * MINUTE,
    )
    other = mention("Acme is down", id="2", published_at=NOW - 2 * HOUR)
    spanish = {"language": "es"}
    commit(store, mention(fitting.post, **{**_own(fitting), **spanish}), other)
    assert texts(store, **fields) == ["Luna rocks"]


def _own(built: object) -> dict[str, object]:
    return {
        name: getattr(built, name) for name in ("brand", "source", "verdict", "reach", "priority", "seen_at", "story")
    }


def test_the_end_of_a_search_is_exclusive(store: Store) -> None:
    commit(store, mention(published_at=NOW - HOUR))
    assert texts(store, since=NOW - HOUR, until=NOW - HOUR) == []


@pytest.mark.parametrize("word", ["camion", "CAMIÓN", "camión", "averia", "cam*", '"el camion"'])
def test_words_are_found_without_accents_and_case(store: Store, word: str) -> None:
    commit(store, mention("El Camión de Acme", title="Avería"))
    assert len(texts(store, text=word)) == 1


def test_a_common_word_is_found_newest_first(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.store.history.COMMON", 2)
    numbered = [mention(f"down {age}", id=str(age), published_at=NOW - age * HOUR) for age in (3, 1, 2)]
    commit(store, *numbered, mention("up", id="9"))
    assert texts(store, text="down", limit=2) == ["down 1", "down 2"]


def test_a_search_that_cannot_be_read_says_what_to_do(store: Store) -> None:
    with pytest.raises(StoreError, match="double quotes"):
        texts(store, text='"open')


def test_a_dossier_counts_what_its_author_said_before(store: Store) -> None:
    commit(
        store,
        mention(id="1", author="ana", published_at=NOW - 3 * HOUR),
        mention(id="2", author="ana", published_at=NOW - 2 * HOUR, verdict=verdict("positive")),
        mention(id="3", author="ana", published_at=NOW - HOUR),
        mention(id="4", author="ana", published_at=NOW - 4 * HOUR, network="reddit"),
        mention(id="5", author="ben", published_at=NOW - 4 * HOUR),
        mention(id="6", author="ana", published_at=NOW - 4 * HOUR, brand="Luna"),
    )
    dossier = store.dossier(3)
    assert (dossier.earlier, dossier.earlier_negative, dossier.ticket) == (2, 1, None)


def test_authors_are_ranked_with_the_unknown_last(store: Store) -> None:
    commit(
        store,
        mention(id="1", author="big", followers=900),
        mention(id="2", author="small", followers=9, likes=5),
        mention(id="3", author="small", followers=9, likes=5),
        mention(id="4", author="unknown", comments=1),
    )
    ranked = {by: [each.author.handle for each in _authors(store, by)] for by in ("reach", "engagement", "mentions")}
    assert ranked == {
        "reach": ["big", "small", "unknown"],
        "engagement": ["small", "unknown", "big"],
        "mentions": ["small", "big", "unknown"],
    }


def test_an_author_has_the_followers_told_last(store: Store) -> None:
    commit(store, mention(id="1", followers=900, seen_at=NOW - HOUR))
    commit(store, mention(id="2", followers=800, seen_at=NOW))
    commit(store, mention(id="3", followers=None, seen_at=SOON))
    (ranked,) = _authors(store, "reach")
    assert (ranked.author.followers, ranked.mentions, ranked.negative, ranked.engagement) == (800, 3, 3, None)


def _authors(store: Store, by: str) -> list:  # type: ignore[type-arg]
    return store.authors(by=by, brand="Acme", network=None, since=NOW - 1000 * HOUR, limit=10)


@pytest.mark.parametrize("year", [1, 1969, 9999])
def test_any_year_can_be_stored(store: Store, year: int) -> None:
    enlist(store)
    published = datetime(year, 6, 1, 12, 30, 15, 123456, tzinfo=UTC)
    commit(store, mention(published_at=published))
    assert next(store.mentions(Search())).mention.post.published_at == published


def test_statistics_know_the_day(store: Store) -> None:
    commit(store, mention(id="1", published_at=datetime(1969, 12, 31, 23, tzinfo=UTC) + timedelta(minutes=59)))
    (days,) = store._db.execute("SELECT day FROM days")
    assert days[0] == datetime(1969, 12, 31, tzinfo=UTC).toordinal()
