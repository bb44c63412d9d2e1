"""Whatever a network publishes can be stored, and comes back as it was."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.base import Validator
from connectors.post import Author, Engagement, Post
from models.verdict import Reason, Verdict
from monitor.store.sqlite import SqliteStore
from monitor.types import Level, Mention, Priority
from monitor.views import Search
from tests.builders import NOW, mention

from .journey import claimed, commit, raised, succeed

texts = st.text(max_size=40)
maybe_texts = st.none() | texts
numbers = st.none() | st.integers(-(2**63) + 1, 2**63 - 1)
times = st.datetimes(timezones=st.just(UTC))
chances = st.floats(0, 1)
unique = count()

posts = st.builds(
    Post,
    network=texts,
    id=st.builds(lambda text: f"{text} {next(unique)}", texts),
    url=maybe_texts,
    text=texts,
    title=maybe_texts,
    author=st.none() | st.builds(Author, handle=texts, name=maybe_texts, url=maybe_texts, followers=numbers),
    published_at=st.none() | times,
    edited_at=st.none() | times,
    language=maybe_texts,
    engagement=st.builds(Engagement, likes=numbers, shares=numbers, comments=numbers, views=numbers),
    in_reply_to=maybe_texts,
    links=st.lists(texts, max_size=3).map(tuple),
)
verdicts = st.builds(
    Verdict,
    sentiment=st.sampled_from(["negative", "neutral", "positive"]),
    negative=chances,
    neutral=chances,
    positive=chances,
    intent=st.sampled_from(["complaint", "question", "praise", "purchase", "other"]),
    language=maybe_texts,
    reasons=st.lists(
        st.builds(Reason, word=texts, weight=st.floats(allow_nan=False, allow_infinity=False)), max_size=3
    ).map(tuple),
    topics=st.lists(st.sampled_from(["delivery", "price", "other"]), max_size=3).map(tuple),
    embedding=st.binary(max_size=8),
    model=texts,
)
mentions = st.builds(
    Mention,
    post=posts,
    brand=texts,
    source=texts,
    language=maybe_texts,
    verdict=verdicts,
    story=texts,
    reach=numbers,
    priority=st.builds(
        Priority,
        level=st.sampled_from(Level),
        parts=st.lists(st.tuples(texts, st.integers(0, 100)), max_size=3).map(tuple),
    ),
    seen_at=times,
    relevance=st.none() | chances,
    hidden=st.booleans(),
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteStore]:
    with SqliteStore.open(tmp_path_factory.mktemp("store") / "oido.db") as store:
        yield store


@settings(deadline=None, max_examples=200)
@given(stored=mentions)
def test_any_mention_comes_back_as_it_was(shared: SqliteStore, stored: Mention) -> None:
    commit(shared, stored)
    standings = shared.standings(NOW)
    returned = shared.dossier(standings.mentions + standings.hidden).record.mention
    assert returned == replace(stored, verdict=replace(stored.verdict, embedding=b""))
    assert returned.published_at == stored.published_at


def test_half_a_surrogate_pair_blocks_nothing(store: SqliteStore) -> None:
    half = "\ud83d"
    broken = mention(
        f"Acme {half}",
        id=half,
        title=half,
        author=Author(handle=half, name=half, url=half),
        links=(half,),
        url=half,
    )
    assert raised(store, broken, mention(id="1"), mark=half).mentions == 2
    assert store.known({broken.id, "mastodon:1:Acme"}) == {broken.id, "mastodon:1:Acme"}
    commit(store, seen_again=(broken.post,), deleted=(("mastodon", half),))
    succeed(store, claimed(store), validators={half: Validator(etag=half)}, error=None)
    succeed(store, claimed(store), error=half)
    assert list(store.mentions(Search(text=f'"{half}"', author=half, brand=half))) == []


def test_a_count_beyond_all_bounds_is_the_greatest_that_fits(store: SqliteStore) -> None:
    commit(store, mention(likes=10**30, views=-(10**30)))
    (record,) = store.mentions(Search())
    engagement = record.mention.post.engagement
    assert (engagement.likes, engagement.views) == (2**63 - 1, -(2**63 - 1))


def test_counts_beyond_all_bounds_can_be_ranked(store: SqliteStore) -> None:
    commit(store, *(mention(id=str(number), likes=10**30, shares=10**30, followers=10**30) for number in range(3)))
    (ranked,) = store.authors(by="reach", brand=None, network=None, since=None, limit=None)
    assert ranked.engagement == 3 * 10**12
