"""What is learned from the store."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from models.clicks import LEAST
from models.relevance import Relevance
from models.stamp import moved
from monitor.learning import Learned, is_stale, learn_all, taste
from monitor.store.sqlite import SqliteStore as Store
from tests.builders import NOW, brand, mention, verdict

from .store.journey import commit

NEUTRAL = {"negative": 0.3, "neutral": 0.5, "positive": 0.2}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "oido.db") as opened:
        yield opened


def hear(store: Store, count: int, first: int = 1, **fields: Any) -> list[int]:
    """Mentions judged neutral, each of its own story; their numbers."""
    told = {"verdict": verdict("neutral", **NEUTRAL)} | fields
    commit(store, *(mention(id=str(number), **told) for number in range(first, first + count)))
    return list(range(first, first + count))


def test_a_label_makes_what_was_learned_stale(store: Store) -> None:
    hear(store, 1)
    learned = learn_all(store, [brand("Acme")], Relevance.load())
    assert not is_stale(learned, store)
    store.label([1], "ana", NOW, sentiment="negative")
    assert is_stale(learned, store)


def test_before_anything_was_said_there_is_nothing_to_learn(store: Store) -> None:
    assert not is_stale(Learned(), store)


def test_clicks_on_sentiment_teach(store: Store) -> None:
    store.label(hear(store, LEAST), "ana", NOW, sentiment="negative")
    assert taste(store, ["Acme"]).clicks == LEAST


def test_each_brand_is_learned_of_by_itself(store: Store) -> None:
    store.label(hear(store, 1), "ana", NOW, relevant=False)
    learned = learn_all(store, [brand("Acme"), brand("Luna")], Relevance.load())
    assert {name: met.lessons is not None for name, met in learned.brands.items()} == {"Acme": True, "Luna": False}


def test_a_brand_of_which_nothing_new_was_said_is_not_learned_anew(store: Store) -> None:
    brands, relevance = [brand("Acme"), brand("Luna")], Relevance.load()
    hear(store, 1)
    hear(store, 2, first=2, brand="Luna")
    store.label([1, 2], "ana", NOW, relevant=False)
    before = learn_all(store, brands, relevance)
    store.label([3], "ana", NOW, relevant=True)
    after = learn_all(store, brands, relevance, before)
    assert after.brands["Acme"] is before.brands["Acme"]
    assert len(after.brands["Luna"].examples) == 2


def test_labels_on_relevance_teach_nothing_of_sentiment(store: Store) -> None:
    store.label(hear(store, LEAST), "ana", NOW, relevant=False)
    assert taste(store, ["Acme"]).clicks == 0


def test_forgotten_labels_teach_nothing(store: Store) -> None:
    store.label(hear(store, LEAST), "ana", NOW, sentiment="negative")
    store.forget_labels(subject="sentiment")
    assert taste(store, ["Acme"]).clicks == 0


def test_a_click_is_set_beside_what_the_shipped_judge_said(store: Store) -> None:
    # Clicks had made it negative, and a person agrees; the shipped judge had not.
    hear(store, LEAST, verdict=moved(verdict("neutral", **NEUTRAL), (2.0, 0.0, 0.0)))
    store.label(list(range(1, LEAST + 1)), "ana", NOW, sentiment="negative")
    assert taste(store, ["Acme"]).agreeing == 0


def test_what_nobody_clicked_tells_how_frequent_sentiments_are(store: Store) -> None:
    hear(store, 300, verdict=verdict("positive"))
    assert taste(store, ["Acme"]).shares[2] > 0.6


def test_what_was_hidden_tells_nothing(store: Store) -> None:
    hear(store, 300, verdict=verdict("positive"), hidden=True)
    assert taste(store, ["Acme"]).shares == pytest.approx((1 / 3, 1 / 3, 1 / 3))
