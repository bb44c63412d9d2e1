"""DEV and other Forems: which lists are asked for, which articles are read whole, and what they become."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors.base import Cursor
from connectors.errors import Malformed, Refused, Unavailable
from connectors.forums.devto import LIMIT, MOST_PAGES, MOST_TEXTS, DevTo
from tests.fakes_http import FakeHttp, read

SINCE = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
START = int(SINCE.timestamp())
SEARCH, TAGGED = "/api/articles/search", "/api/articles"


def article(number=7, minutes=5, **fields):
    at = (SINCE + timedelta(minutes=minutes)).isoformat()
    known = {"id": number, "published_at": at, "title": "Acme", "description": "In brief", "url": "https://dev.to/a/x"}
    return known | {"user": {"username": "ana"}, "public_reactions_count": 4} | fields


def forem(*articles, **lists):
    """Each of `articles` is to be had whole too, its text being its number."""
    whole = {f"/api/articles/{one['id']}": [one | {"body_markdown": f"**{one['id']}**"}] for one in articles}
    return FakeHttp({SEARCH: [list(articles)]} | whole | lists)


async def poll(http, *terms, mark="", **options):
    cursor = Cursor(since=SINCE, mark=mark)
    return [page async for page in DevTo(**options).fetch(http, terms or ("acme",), cursor)]


def posts(pages):
    return [post for page in pages for post in page.posts]


async def test_terms_are_searched_for_among_the_articles_of_a_week():
    http = forem()
    await poll(http, "acme", "corp")
    assert [(query["q"], query["top"], query["per_page"]) for query in http.queries(SEARCH)] == [
        ("acme", "7", str(LIMIT)),
        ("corp", "7", str(LIMIT)),
    ]
    assert http.asked[0].headers["Accept"] == "application/vnd.forem.api-v1+json"


async def test_tags_are_read_with_or_without_search():
    http = FakeHttp({TAGGED: [[]]})
    await poll(http, tags=("#acme",), search=False)
    assert [(asked.path, asked.query["tag"]) for asked in http.asked] == [(TAGGED, "acme")]


async def test_what_is_new_is_read_whole():
    pages = await poll(forem(article(7, 5), article(6, -5)))
    assert [(post.id, post.text) for post in posts(pages)] == [("dev.to/7", "7")]


async def test_what_two_lists_hold_is_read_once():
    http = forem(article(7))
    assert len(posts(await poll(http, "acme", "corp"))) == 1
    assert len(http.queries("/api/articles/7")) == 1


async def test_an_article_withdrawn_meanwhile_is_heard_of_as_the_list_told_it():
    http = FakeHttp({SEARCH: [[article(7)]], "/api/articles/7": [Refused("404", status=404)]})
    assert [post.text for post in posts(await poll(http))] == ["In brief"]


async def test_only_so_many_are_read_whole_in_one_poll():
    pages = await poll(forem(*[article(number) for number in range(1, MOST_TEXTS + 3)]))
    assert [post.text for post in posts(pages)][-3:] == [str(MOST_TEXTS), "In brief", "In brief"]


async def test_a_later_poll_overlaps_by_half_an_hour():
    pages = await poll(forem(article(7, 31), article(6, 29)), mark=str(START + 3600))
    assert [post.id for post in posts(pages)] == ["dev.to/7"]


async def test_full_lists_are_read_on_up_to_an_end():
    http = FakeHttp({SEARCH: [[article(7, -5)] * LIMIT]})
    await poll(http)
    assert [query["page"] for query in http.queries(SEARCH)] == [str(page) for page in range(1, MOST_PAGES + 1)]


async def test_the_mark_moves_only_when_every_list_is_read():
    pages = await poll(forem(article(7)), mark=str(START))
    assert [page.mark for page in pages] == [str(START), str(START + 300)]


async def test_a_list_that_fails_leaves_the_mark():
    http = FakeHttp({SEARCH: [[], Unavailable("503")]})
    pages, error = await read(DevTo().fetch(http, ("acme", "corp"), Cursor(since=SINCE, mark=str(START))))
    assert (pages, type(error)) == ([], Unavailable)


async def test_a_community_of_its_own_numbers_its_own_articles():
    pages = await poll(forem(article(7)), base="https://forem.example")
    assert posts(pages)[0].id == "forem.example/7"


@pytest.mark.parametrize(
    ("told", "known"), [("en", "en"), ("pt-BR", "pt"), (None, None), ("", None), ("english", None)]
)
async def test_a_language_is_known_where_it_was_told(told, known):
    assert posts(await poll(forem(article(7, language=told))))[0].language == known


async def test_a_broken_article_does_not_hide_the_others(caplog):
    http = forem(article(7), **{SEARCH: [[{"id": None}, article(7)]]})
    assert [post.id for post in posts(await poll(http))] == ["dev.to/7"]
    assert caplog.messages == ["entries left out"]


async def test_a_page_for_browsers_is_malformed():
    with pytest.raises(Malformed, match="text/html"):
        await poll(FakeHttp({SEARCH: [b"<!doctype html>"]}, kind="text/html"))


async def test_articles_are_looked_at_again():
    http = forem(article(7, public_reactions_count=9), **{"/api/articles/8": [Refused("404", status=404)]})
    now = await DevTo().refresh(http, ["dev.to/7", "dev.to/8", "forem.example/7"])
    assert {id: post and post.engagement.likes for id, post in now.items()} == {"dev.to/7": 9, "dev.to/8": None}


def test_something_is_left_to_read():
    assert DevTo(search=False).check()
    assert not DevTo(search=False, tags=("acme",)).check()
