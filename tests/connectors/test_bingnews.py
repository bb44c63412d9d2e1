"""Bing News: what its search is asked, and the articles behind its links."""

from datetime import UTC, datetime

import pytest

from connectors.base import Cursor
from connectors.news.bingnews import BingNews
from tests.fakes_http import FakeHttp, read

SEARCH = "/news/search"
SINCE = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
WRAPPED = "http://www.bing.com/news/apiclick.aspx?ref=FexRss&amp;aid=&amp;url=https%3a%2f%2fpost.example%2fa&amp;c=12"


def article(title="Acme is down", link=WRAPPED, day="Sun, 01 Nov 2026 18:00:00 GMT"):
    told = "<News:Source>The Post</News:Source>"
    return f"<item><title>{title}</title><link>{link}</link><pubDate>{day}</pubDate>{told}</item>"


def feed(*articles):
    head = '<?xml version="1.0"?><rss version="2.0" xmlns:News="https://www.bing.com/news"><channel><title>x</title>'
    return f"{head}{''.join(articles)}</channel></rss>".encode()


async def poll(*answers, terms=("acme",), mark="", **options):
    http = FakeHttp({SEARCH: list(answers)}, kind="text/xml")
    pages, error = await read(BingNews(**options).fetch(http, terms, Cursor(since=SINCE, mark=mark)))
    assert error is None
    return http, pages, [post for page in pages for post in page.posts]


async def test_each_term_is_one_search_for_the_newest():
    http, _, _ = await poll(feed(), terms=("acme", 'acme "corp'), language="es", country="MX")
    first, second = http.queries(SEARCH)
    assert (first["q"], second["q"]) == ('"acme"', '"acme  corp"')
    assert (first["format"], first["setlang"], first["cc"], first["qft"]) == ("rss", "es", "MX", 'sortbydate="1"')


async def test_any_language_and_country_is_not_asked_for():
    http, _, _ = await poll(feed(), language="", country="")
    assert not {"setlang", "cc"} & set(http.queries(SEARCH)[0])


async def test_the_link_leads_to_the_article_and_not_through_bing():
    _, _, (post,) = await poll(feed(article()))
    assert post.url == post.id == "https://post.example/a"


async def test_an_article_whose_headline_changed_is_the_same_post():
    _, first, (post,) = await poll(feed(article()))
    _, _, (edited,) = await poll(feed(article("Acme is up again")), mark=first[-1].mark)
    assert edited.id == post.id


async def test_the_publisher_is_the_author():
    _, _, (post,) = await poll(feed(article()))
    assert (post.author.handle, post.author.name) == ("post.example", "The Post")


async def test_a_first_poll_leaves_out_what_is_older_than_since():
    _, _, posts = await poll(feed(article(day="Sun, 01 Nov 2026 11:00:00 GMT")))
    assert not posts


@pytest.mark.parametrize("options", [{"language": "es-ES"}, {"country": "es"}], ids=repr)
def test_options_that_cannot_work_are_told(options):
    assert BingNews(**options).check()
