"""What people may rely on, whichever store keeps it: what they say stands above the model, and teaches it."""

import sqlite3
from collections.abc import Callable
from datetime import datetime

import pytest

from monitor.errors import UnknownMention
from monitor.store.sqlite import SqliteStore as Store
from monitor.types import Mention, Record, Reply, State, Subject
from monitor.views import Search
from tests.builders import NOW, mention, verdict

from .journey import HOUR, MINUTE, commit, raised

SOON, LATER = NOW + MINUTE, NOW + HOUR
VECTOR = bytes(range(0, 256, 3))


def numbers(store: Store, **fields: object) -> list[int]:
    return sorted(record.number for record in store.mentions(Search(**fields)))  # type: ignore[arg-type]


def one(store: Store, number: int = 1) -> Record:
    return store.dossier(number).record


def days(store: Store) -> dict[str, int]:
    """How many mentions the counts by day hold, by sentiment."""
    found = store._db.execute("SELECT sentiment, sum(mentions) FROM days GROUP BY sentiment")
    return dict(found.fetchall())


def state(store: Store, number: int = 1) -> tuple[State, str | None, datetime | None]:
    ticket = store.dossier(number).ticket
    assert ticket
    return ticket.state, ticket.taken_by, ticket.closed_at


def unsure(id: str = "1", **fields: object) -> Mention:
    """A mention of which the model thinks little, but not so little that it hides it."""
    return mention(**({"id": id, "relevance": 0.4} | fields))


def hidden(id: str = "1", **fields: object) -> Mention:
    return mention(**({"id": id, "relevance": 0.1, "hidden": True} | fields))


# What the model hides


def test_topics_and_relevance_are_kept(store: Store) -> None:
    stored = mention(verdict=verdict(topics=("delivery", "service")), relevance=0.875)
    commit(store, stored)
    assert one(store).mention == stored


def test_what_is_hidden_is_listed_when_asked_for(store: Store) -> None:
    commit(store, mention(id="1"), hidden("2"))
    assert (numbers(store), numbers(store, hidden=True), numbers(store, hidden=None)) == ([1], [2], [1, 2])


def test_what_is_hidden_is_counted_apart(store: Store) -> None:
    commit(store, mention(id="1"), hidden("2"), hidden("3"))
    standings = store.standings(NOW)
    assert (standings.mentions, standings.hidden, days(store)) == (1, 2, {"negative": 1})


@pytest.mark.parametrize(
    ("search", "found"),
    [
        (Search(), 2),
        (Search(brand="Luna"), 1),
        (Search(text="orange"), 1),
        (Search(author="ana", network="mastodon"), 2),
        (Search(since=NOW), 0),
    ],
    ids=["all", "brand", "words", "author", "time"],
)
def test_a_search_tells_how_much_of_it_is_hidden(store: Store, search: Search, found: int) -> None:
    commit(store, mention("orange", id="1"), hidden("2", text="an orange"), hidden("3", brand="Luna"))
    assert store.hidden(search, 10) == found


def test_the_hidden_are_counted_no_further_than_asked(store: Store) -> None:
    commit(store, *(hidden(str(number)) for number in range(5)))
    assert store.hidden(Search(), 3) == 3


def test_what_is_hidden_ranks_no_author_and_is_not_their_history(store: Store) -> None:
    commit(store, hidden("1", author="bo", published_at=NOW - HOUR), mention(id="2", author="bo"))
    (ranked,) = store.authors(by="mentions", brand=None, network=None, since=None, limit=None)
    assert (ranked.mentions, store.dossier(2).earlier) == (1, 0)


# What people say


def test_a_label_says_who_when_and_what_the_model_had_said(store: Store) -> None:
    commit(store, unsure())
    (labelled,) = store.label([1], "ana", SOON, relevant=True, sentiment="neutral")
    label = one(store).label
    assert label is not None
    assert labelled.label == label
    assert (label.relevant, label.sentiment, label.by, label.at) == (True, "neutral", "ana", SOON)
    assert (label.said, label.said_sentiment, label.said_negative, label.model) == (0.4, "negative", 0.8, "test")


def test_what_nobody_labelled_has_no_label(store: Store) -> None:
    commit(store, mention())
    assert one(store).label is None


def test_what_is_irrelevant_is_hidden_and_not_counted(store: Store) -> None:
    commit(store, unsure("1"), unsure("2"))
    store.label([1], "ana", SOON, relevant=False)
    assert (numbers(store), numbers(store, hidden=True), days(store)) == ([2], [1], {"negative": 1})


def test_what_is_relevant_is_shown_and_counted(store: Store) -> None:
    commit(store, hidden())
    store.label([1], "ana", SOON, relevant=True)
    assert (numbers(store), days(store), one(store).mention.relevance) == ([1], {"negative": 1}, 0.1)


def test_a_persons_sentiment_replaces_the_models_and_leaves_its_probabilities(store: Store) -> None:
    commit(store, mention())
    store.label([1], "ana", SOON, sentiment="positive")
    told = one(store).mention.verdict
    assert (told.sentiment, told.negative, told.positive) == ("positive", 0.8, 0.1)
    assert numbers(store, sentiment="positive") == [1]


def test_the_counts_follow_a_corrected_sentiment_and_back(store: Store) -> None:
    commit(store, mention(id="1"), mention(id="2"))
    store.label([1], "ana", SOON, sentiment="positive")
    assert days(store) == {"negative": 1, "positive": 1}
    store.unlabel([1])
    assert days(store) == {"negative": 2}


def test_a_corrected_sentiment_of_what_is_hidden_is_counted_once_it_is_shown(store: Store) -> None:
    commit(store, hidden())
    store.label([1], "ana", SOON, sentiment="positive")
    assert days(store) == {}
    store.label([1], "ana", SOON, relevant=True)
    assert days(store) == {"positive": 1}


def test_a_second_label_replaces_what_it_speaks_of_and_leaves_the_rest(store: Store) -> None:
    commit(store, unsure())
    store.label([1], "ana", SOON, relevant=False, sentiment="positive")
    store.label([1], "ben", LATER, sentiment="neutral")
    label = one(store).label
    assert label is not None
    assert (label.relevant, label.sentiment, label.by, label.at) == (False, "neutral", "ben", LATER)
    assert (label.said_sentiment, numbers(store, hidden=True)) == ("negative", [1])


def test_labelling_twice_alike_changes_nothing_more(store: Store) -> None:
    raised(store, unsure())
    store.label([1], "ana", SOON, relevant=False, sentiment="neutral")
    before = (state(store), days(store))
    store.label([1], "ana", LATER, relevant=False, sentiment="neutral")
    assert (state(store), days(store)) == before
    store.unlabel([1])
    assert (state(store)[0], days(store)) == (State.OPEN, {"negative": 1})


def test_taking_a_label_back_restores_what_the_model_said(store: Store) -> None:
    commit(store, hidden())
    store.label([1], "ana", SOON, relevant=True, sentiment="neutral")
    (restored,) = store.unlabel([1])
    assert (restored.label, restored.mention) == (None, hidden())
    assert one(store) == restored


def test_taking_back_what_was_never_said_changes_nothing(store: Store) -> None:
    commit(store, mention())
    before = store.taught()
    assert (store.unlabel([1]), store.taught()) == ([], before)


def test_several_are_labelled_in_the_order_asked(store: Store) -> None:
    commit(store, *(unsure(str(number)) for number in range(1, 4)))
    assert [record.number for record in store.label([3, 1], "ana", SOON, relevant=False)] == [3, 1]
    assert numbers(store) == [2]


ASKED: dict[str, Callable[[Store], object]] = {
    "label": lambda store: store.label([1, 7], "ana", NOW, relevant=False),
    "unlabel": lambda store: store.unlabel([1, 7]),
}


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
def test_a_number_that_is_not_there_is_said_so_and_nothing_changes(
    store: Store, ask: Callable[[Store], object]
) -> None:
    commit(store, unsure())
    with pytest.raises(UnknownMention, match="no mention 7"):
        ask(store)
    assert (numbers(store), one(store).label, store.taught()) == ([1], None, 0)


def test_the_stored_are_told_from_the_others(store: Store) -> None:
    commit(store, mention())
    assert store.stored([1, 7]) == {1}


# Alerts


def test_what_is_irrelevant_leaves_the_inbox_closed_by_whom(store: Store) -> None:
    raised(store, unsure())
    store.label([1], "ana", SOON, relevant=False)
    assert state(store) == (State.CLOSED, "ana", SOON)
    assert store.tickets(list(State), NOW) == []


def test_an_alert_that_a_label_closed_is_open_again_once_it_is_relevant(store: Store) -> None:
    raised(store, unsure())
    store.label([1], "ana", SOON, relevant=False)
    store.label([1], "ben", LATER, relevant=True)
    assert state(store) == (State.OPEN, None, None)


def test_an_alert_that_was_taken_is_theirs_again(store: Store) -> None:
    raised(store, unsure())
    store.take(1, "ben", NOW)
    store.label([1], "ana", SOON, relevant=False)
    assert state(store) == (State.CLOSED, "ben", SOON)
    store.unlabel([1])
    assert state(store) == (State.TAKEN, "ben", None)


def test_an_alert_answered_meanwhile_is_answered(store: Store) -> None:
    raised(store, unsure())
    store.label([1], "ana", SOON, relevant=False)
    store.reply(1, Reply(by="ben", at=LATER))
    store.unlabel([1])
    assert state(store)[0] is State.REPLIED


def test_an_alert_that_a_person_closed_stays_closed(store: Store) -> None:
    raised(store, unsure())
    store.close(1, "ben", NOW)
    store.label([1], "ana", SOON, relevant=False)
    store.label([1], "ana", LATER, relevant=True)
    assert state(store) == (State.CLOSED, "ben", NOW)


def test_an_alert_that_a_person_reopened_is_left_alone(store: Store) -> None:
    raised(store, unsure())
    store.label([1], "ana", SOON, relevant=False)
    store.reopen(1, SOON)
    store.take(1, "ben", SOON)
    store.label([1], "ana", LATER, relevant=True)
    assert state(store) == (State.TAKEN, "ben", None)


def test_a_sentiment_closes_no_alert(store: Store) -> None:
    raised(store, mention())
    store.label([1], "ana", SOON, sentiment="positive")
    assert state(store)[0] is State.OPEN


# Deleted posts


def test_a_deleted_post_loses_where_it_stood_among_texts(store: Store) -> None:
    commit(store, mention(verdict=verdict(embedding=VECTOR)))
    commit(store, deleted=(("mastodon", "1"),))
    store.label([1], "ana", SOON, relevant=True)
    assert [labelled.embedding for labelled in store.labelled()] == [b""]


def test_a_deleted_post_can_be_labelled(store: Store) -> None:
    commit(store, unsure())
    commit(store, deleted=(("mastodon", "1"),), at=SOON)
    (labelled,) = store.label([1], "ana", LATER, relevant=False)
    assert (labelled.deleted_at, labelled.mention.hidden) == (SOON, True)


# What is learned from


def test_what_was_labelled_comes_back_with_its_embedding_oldest_first(store: Store) -> None:
    placed = verdict(embedding=VECTOR)
    commit(store, unsure("1", verdict=placed), unsure("2"), unsure("3", brand="Luna"))
    store.label([2], "ana", SOON, sentiment="neutral")
    store.label([1, 3], "ben", LATER, relevant=False)
    told = [(each.record.number, each.embedding, each.relevant, each.sentiment, each.by) for each in store.labelled()]
    assert told == [(2, b"", None, "neutral", "ana"), (1, VECTOR, False, None, "ben"), (3, b"", False, None, "ben")]
    assert [each.record.number for each in store.labelled("Luna")] == [3]


def test_what_nobody_called_relevant_or_not_comes_newest_first(store: Store) -> None:
    ages = {"1": 3, "2": 1, "3": 2, "4": 4}
    commit(store, *(unsure(id, published_at=NOW - age * HOUR) for id, age in ages.items()), hidden("5", brand="Luna"))
    commit(store, deleted=(("mastodon", "4"),))
    store.label([3], "ana", SOON, relevant=False)
    store.label([1], "ana", SOON, sentiment="neutral")
    assert [record.number for record, _ in store.unlabelled("Acme", 10)] == [2, 1]
    assert [record.number for record, _ in store.unlabelled("Acme", 1)] == [2]


def test_mentions_scored_anew_change_sides_and_counts(store: Store) -> None:
    commit(store, unsure("1"), hidden("2"), unsure("3"))
    assert store.rescore({1: (0.05, True), 2: (0.9, False), 3: (0.6, False)}) == 2
    assert (numbers(store), days(store), one(store, 3).mention.relevance) == ([2, 3], {"negative": 2}, 0.6)


def test_a_persons_word_wins_over_a_score(store: Store) -> None:
    commit(store, unsure("1"), hidden("2"), unsure("3"))
    store.label([1], "ana", SOON, relevant=True)
    store.label([2], "ana", SOON, relevant=False)
    store.label([3], "ana", SOON, sentiment="neutral")
    assert store.rescore({1: (0.0, True), 2: (1.0, False), 3: (0.0, True)}) == 1
    assert (numbers(store), one(store).mention.relevance) == ([1], 0.4)


def test_what_was_scored_anew_under_a_label_of_sentiment_stays_so_when_that_is_taken_back(store: Store) -> None:
    commit(store, unsure())
    store.label([1], "ana", SOON, sentiment="neutral")
    store.rescore({1: (0.0, True)})
    store.unlabel([1])
    assert (numbers(store, hidden=True), days(store)) == ([1], {})


def test_what_the_model_said_is_kept_as_of_the_first_word_on_relevance(store: Store) -> None:
    commit(store, unsure())
    store.label([1], "ana", SOON, sentiment="neutral")
    store.rescore({1: (0.0, True)})
    store.label([1], "ana", LATER, relevant=True)
    label = one(store).label
    assert label is not None
    assert label.said == 0.0


def test_an_alert_on_what_the_model_hides_now_waits_out_of_sight(store: Store) -> None:
    raised(store, unsure())
    store.rescore({1: (0.0, True)})
    assert (store.tickets(["open"], NOW), store.standings(NOW).open, state(store)[0]) == ([], 0, State.OPEN)
    store.rescore({1: (0.9, False)})
    assert len(store.tickets(["open"], NOW)) == 1


@pytest.mark.parametrize(
    "act",
    [lambda store: store.take(1, "ben", NOW), lambda store: store.reply(1, Reply(by="ben", at=NOW))],
    ids=["taken", "answered"],
)
def test_the_model_hides_nothing_that_a_person_works_on(store: Store, act: Callable[[Store], object]) -> None:
    raised(store, unsure())
    act(store)
    assert store.rescore({1: (0.0, True)}) == 0
    assert numbers(store) == [1]


def test_scores_of_mentions_that_are_gone_are_passed_over(store: Store) -> None:
    assert store.rescore({7: (0.0, True)}) == 0


def test_there_is_something_to_learn_after_each_label(store: Store) -> None:
    commit(store, unsure())
    told = [store.taught()]
    store.label([1], "ana", SOON, relevant=False)
    told.append(store.taught())
    store.unlabel([1])
    told.append(store.taught())
    store.keep_profile("Acme", "{}", (), NOW)
    told.append(store.taught())
    assert told == sorted(set(told))


def test_forgotten_labels_teach_no_more_and_still_stand(store: Store) -> None:
    commit(store, unsure("1"), unsure("2", brand="Luna"))
    store.label([1, 2], "ana", SOON, relevant=False)
    assert store.forget_labels("Acme") == 1
    assert [each.record.number for each in store.labelled()] == [2]
    assert store.rescore({1: (1.0, False)}) == 0
    assert numbers(store) == []
    assert (store.forget_labels(), store.labelled()) == (1, [])


def test_a_forgotten_label_teaches_again_once_it_is_said_again(store: Store) -> None:
    commit(store, unsure())
    store.label([1], "ana", SOON, relevant=False)
    store.forget_labels()
    store.label([1], "ana", LATER, relevant=False)
    assert len(store.labelled()) == 1


@pytest.mark.parametrize(
    ("subject", "left"), [("sentiment", (True, None)), ("relevance", (None, "negative")), ("all", None)]
)
def test_one_thing_that_labels_teach_is_forgotten_without_the_other(
    store: Store, subject: Subject, left: tuple[bool | None, str | None] | None
) -> None:
    commit(store, unsure())
    store.label([1], "ana", SOON, relevant=True, sentiment="negative")
    assert store.forget_labels(subject=subject) == 1
    assert [(each.relevant, each.sentiment) for each in store.labelled()] == ([left] if left else [])


def test_a_label_that_does_not_teach_a_thing_is_not_counted_as_forgotten(store: Store) -> None:
    commit(store, unsure())
    store.label([1], "ana", SOON, relevant=True)
    assert store.forget_labels(subject="sentiment") == 0


# What is known of a brand


def test_what_is_known_of_a_brand_is_kept_and_replaced(store: Store) -> None:
    assert store.profile("Acme") is None
    store.keep_profile("Acme", '{"old": 1}', ("https://acme.example",), NOW)
    store.keep_profile("Acme", '{"new": 1}', (), SOON)
    assert (store.profile("Acme"), store.profile("Luna")) == (('{"new": 1}', SOON), None)


# All or nothing


def test_a_label_that_fails_half_way_leaves_nothing_of_it(store: Store) -> None:
    raised(store, unsure("1"), unsure("2"))
    store._db.execute("CREATE TEMP TRIGGER fail BEFORE UPDATE ON alerts BEGIN SELECT raise(ABORT, 'power'); END")
    with pytest.raises(sqlite3.IntegrityError, match="power"):
        store.label([1, 2], "ana", SOON, relevant=False, sentiment="positive")
    assert (numbers(store), days(store), one(store).label, store.taught()) == ([1, 2], {"negative": 2}, None, 0)
