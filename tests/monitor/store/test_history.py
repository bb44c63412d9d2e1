"""What people may rely on, whichever store keeps it: mentions found again, and what they add up to."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors.post import Author
from monitor.errors import StoreError
from monitor.store.sqlite import SqliteStore as Store
from monitor.views import Search
from tests.builders import NOW, mention, verdict

from .journey import HOUR, MINUTE, commit, enlist

SOON = NOW + MINUTE


def texts(store: Store, **fields: object) -> list[str]:
    return [record.mention.post.text for record in store.mentions(Search(**fields))]  # type: ignore[arg-type]


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
