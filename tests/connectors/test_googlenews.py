"""Google News: what its search is asked, how articles are told apart, and who published them."""

import json
from datetime import UTC, datetime

import pytest

from connectors.base import Cursor
from connectors.errors import Refused, Unavailable
from connectors.news.googlenews import GoogleNews
from tests.fakes_http import FakeHttp, read

SEARCH = "/rss/search"
SINCE = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


def article(number=1, title="Acme is down - The Post", day="Sun, 01 Nov 2026 18:00:00 GMT", source=True):
    link = f"https://news.google.com/rss/articles/CBM{number}?oc=5"
    told = '<source url="https://www.post.example">The Post</source>' if source else ""
    return (
        f"<item><title>{title}</title><link>{link}</link><guid>CBM{number}</guid><pubDate>{day}</pubDate>{told}</item>"
    )


def feed(*articles):
    head = '<?xml version="1.0"?><rss version="2.0"><channel><title>x</title><language>en</language>'
    return f"{head}{''.join(articles)}</channel></rss>".encode()


async def poll(*answers, terms=("acme",), mark="", **options):
    http = FakeHttp({SEARCH: list(answers)}, kind="application/xml")
    pages, error = await read(GoogleNews(**options).fetch(http, terms, Cursor(since=SINCE, mark=mark)))
    return http, pages, error


def posts(pages):
    return [post for page in pages for post in page.posts]


async def test_each_term_is_one_search_in_each_edition():
    http, _, _ = await poll(feed(), terms=("acme", "acme corp"), editions=("es-419/MX", "en-US/US"))
    assert [(query["q"], query["ceid"]) for query in http.queries(SEARCH)] == [
        ('"acme" when:7d', "MX:es-419"),
        ('"acme corp" when:7d', "MX:es-419"),
        ('"acme" when:7d', "US:en"),
        ('"acme corp" when:7d', "US:en"),
    ]


async def test_language_and_country_are_told_as_google_writes_them():
    http, _, _ = await poll(feed(), editions=("en-US/US",))
    assert (http.queries(SEARCH)[0]["hl"], http.queries(SEARCH)[0]["gl"]) == ("en-US", "US")


async def test_the_publisher_is_the_author_and_no_part_of_the_headline():
    _, pages, _ = await poll(feed(article()))
    (post,) = posts(pages)
    assert post.title == "Acme is down"
    assert (post.author.handle, post.author.name) == ("post.example", "The Post")


async def test_an_article_that_comes_under_two_links_is_one_post():
    _, pages, _ = await poll(feed(article(1)), feed(article(2)), editions=("es/ES", "es-419/MX"))
    assert len({post.id for post in posts(pages)}) == 1


async def test_the_same_headline_on_another_day_is_another_post():
    _, pages, _ = await poll(feed(article(1), article(2, day="Mon, 02 Nov 2026 18:00:00 GMT")))
    assert len({post.id for post in posts(pages)}) == 2


async def test_a_first_poll_leaves_out_what_is_older_than_since():
    _, pages, _ = await poll(feed(article(day="Sun, 01 Nov 2026 11:00:00 GMT")))
    assert not posts(pages)


async def test_what_was_read_is_not_read_again():
    _, first, _ = await poll(feed(article(1)))
    _, again, _ = await poll(feed(article(2, "New - The Post"), article(1)), mark=first[-1].mark)
    assert [post.title for post in posts(again)] == ["New"]


async def test_searches_that_succeeded_keep_their_marks_when_a_later_one_fails():
    _, pages, error = await poll(feed(article()), Unavailable("503"), terms=("acme", "corp"))
    assert isinstance(error, Unavailable)
    assert set(json.loads(pages[-1].mark)) == {"es/ES acme"}


async def test_a_page_that_asks_for_consent_is_refused():
    _, _, error = await poll(b"<!doctype html><html><title>Before you continue</title></html>")
    assert isinstance(error, Refused)
    assert "browsers" in str(error)


@pytest.mark.parametrize("options", [{"editions": ("Spain",)}, {"editions": ()}, {"days": 0}], ids=repr)
def test_options_that_cannot_work_are_told(options):
    assert GoogleNews(**options).check()


def test_the_defaults_work():
    assert not GoogleNews().check()
