"""WordPress: what is asked of a site, what its posts and comments become, and how it is answered."""

from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import pytest

from connectors.base import Answer, Cursor, Refreshes, Replies
from connectors.errors import Malformed, Refused, Unavailable
from connectors.forums.wordpress import WordPress
from connectors.post import Post
from tests.fakes_http import FakeHttp, read
from tests.plays.wordpress import COMMENTS, POSTS

SINCE = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
START = int(SINCE.timestamp())
WEEK = 7 * 86_400
BASIC = "Basic YW5hOmFiIGNk"  # ana:ab cd


def site(**options):
    return WordPress(**{"url": "https://blog.example"} | options)


def own(**options):
    return site(user="ana", password="ab cd", **options)


def article(number=1, at="2026-11-01T12:10:00", **fields):
    return {"id": number, "date_gmt": at, "content": {"rendered": "<p>Acme is down</p>"}} | fields


def remark(number=1, at="2026-11-01T12:10:00", **fields):
    return {"id": number, "post": 5, "parent": 0, "date_gmt": at, "author_name": "ana"} | fields


def blog(posts=(), comments=()):
    return FakeHttp({POSTS: [list(posts)], COMMENTS: [list(comments)]})


def paged(*pages):
    """Answers that say how many there are, as WordPress does."""
    count = {"x-wp-totalpages": str(len(pages))}
    return [Answer(url="https://blog.example", status=200, headers=count, body=msgspec.json.encode(p)) for p in pages]


async def poll(http, mark="", **options):
    pages, error = await read(site(**options).fetch(http, ("acme",), Cursor(since=SINCE, mark=mark)))
    assert error is None
    return pages


def complaint(number=34):
    return Post(network="wordpress", id=f"blog.example/comments/{number}", url=None, text="")


# Reading


async def test_posts_are_asked_for_from_the_oldest_on_with_their_authors():
    http = blog()
    await poll(http)
    query = http.queries(POSTS)[0]
    assert (query["orderby"], query["order"], query["page"], query["per_page"]) == ("date", "asc", "1", "100")
    assert (query["after"], query["_embed"]) == ("2026-11-01T12:00:00Z", "author")


async def test_the_whole_site_is_read_whatever_the_terms():
    http = blog()
    await poll(http)
    assert "search" not in http.queries(POSTS)[0]


async def test_a_later_poll_looks_a_week_back_because_comments_wait_for_approval():
    http = blog()
    await poll(http, mark=f'{{"posts":{START + WEEK},"comments":{START + WEEK + 60}}}')
    assert http.queries(POSTS)[0]["after"] == "2026-11-01T12:00:00Z"
    assert http.queries(COMMENTS)[0]["after"] == "2026-11-01T12:01:00Z"


async def test_as_many_pages_are_read_as_the_site_says_there_are():
    http = FakeHttp({POSTS: paged([article(1)], [article(2)]), COMMENTS: paged([])})
    pages = await poll(http)
    assert [query["page"] for query in http.queries(POSTS)] == ["1", "2"]
    assert [post.id for page in pages for post in page.posts] == ["blog.example/posts/1", "blog.example/posts/2"]


async def test_without_that_number_a_full_page_is_followed_by_another():
    full = [article(number) for number in range(1, 101)]
    http = FakeHttp({POSTS: [full, [article(101)]], COMMENTS: [[]]})
    await poll(http)
    assert [query["page"] for query in http.queries(POSTS)] == ["1", "2"]


async def test_the_mark_holds_the_newest_post_and_the_newest_comment():
    http = blog([article(1, "2026-11-01T12:10:00")], [remark(1, "2026-11-01T12:30:00")])
    pages = await poll(http)
    assert pages[-1].mark == f'{{"posts":{START + 600},"comments":{START + 1800}}}'


async def test_a_number_of_pages_beyond_belief_is_not_believed():
    odd = Answer(url="https://blog.example", status=200, headers={"x-wp-totalpages": "9" * 5000}, body=b"[]")
    http = FakeHttp({POSTS: [odd], COMMENTS: [[]]})
    await poll(http)
    assert len(http.queries(POSTS)) == 1


async def test_comments_that_cannot_be_read_keep_the_posts_and_their_mark():
    http = FakeHttp({POSTS: [[article()]], COMMENTS: [Unavailable("503")]})
    pages, error = await read(site().fetch(http, (), Cursor(since=SINCE)))
    assert isinstance(error, Unavailable)
    assert [page.mark for page in pages] == [f'{{"posts":{START + 600}}}']


async def test_a_quiet_poll_keeps_the_mark():
    mark = f'{{"posts":{START},"comments":{START}}}'
    assert [page.mark for page in await poll(blog(), mark=mark)] == [mark]


async def test_comments_may_be_left_out():
    http = blog()
    await poll(http, comments=False)
    assert http.queries(COMMENTS) == []


async def test_ids_are_the_same_with_and_without_www_and_https():
    ids = [
        (await poll(blog([article()]), url=url))[0].posts[0].id
        for url in ("https://blog.example", "https://www.blog.example/")
    ]
    assert ids == ["blog.example/posts/1"] * 2


async def test_a_comment_carries_no_title_and_names_what_it_answers():
    pages = await poll(blog(comments=[remark(7), remark(8, parent=7)]))
    assert [(post.title, post.in_reply_to) for post in pages[0].posts] == [
        (None, "blog.example/posts/5"),
        (None, "blog.example/comments/7"),
    ]


async def test_an_author_that_the_site_keeps_to_itself_is_unknown():
    hidden = article(_embedded={"author": [{"code": "rest_user_cannot_view", "message": "Sorry"}]})
    assert (await poll(blog([hidden])))[0].posts[0].author is None


async def test_a_broken_post_does_not_hide_the_others(caplog):
    pages = await poll(blog([article(1), {"id": "x"}, article(2)]))
    assert [post.id[-1] for post in pages[0].posts] == ["1", "2"]
    assert caplog.messages == ["entries left out"]


async def test_a_page_for_browsers_is_malformed():
    http = FakeHttp({POSTS: [b"<!doctype html>"]}, kind="text/html")
    with pytest.raises(Malformed, match="text/html"):
        await anext(site().fetch(http, (), Cursor(since=SINCE)))


async def test_a_site_without_readable_addresses_is_asked_by_its_route():
    http = FakeHttp({"/": [[]]})
    await poll(http, api="https://blog.example/?rest_route=/wp/v2")
    assert [query["rest_route"] for query in http.queries("/")] == ["/wp/v2/posts", "/wp/v2/comments"]


async def test_with_a_password_it_goes_with_every_request():
    http = blog()
    await read(own().fetch(http, (), Cursor(since=SINCE)))
    assert {asked.headers["Authorization"] for asked in http.asked} == {BASIC}


# Looking again


async def test_posts_and_comments_are_looked_at_again_together():
    http = blog([article(1)], [remark(2)])
    found = await site().refresh(http, ["blog.example/posts/1", "blog.example/posts/9", "blog.example/comments/2"])
    assert [query["include"] for query in http.queries(POSTS)] == ["1,9"]
    assert {id: post and post.id for id, post in found.items()} == {
        "blog.example/posts/1": "blog.example/posts/1",
        "blog.example/posts/9": None,
        "blog.example/comments/2": "blog.example/comments/2",
    }


async def test_of_other_sites_nothing_is_told():
    assert await site().refresh(blog(), ["other.example/posts/1"]) == {}


async def test_a_hundred_are_looked_at_in_one_request():
    http = blog()
    await site().refresh(http, [f"blog.example/posts/{number}" for number in range(1, 102)])
    assert len(http.queries(POSTS)) == 2


# Answering

TWICE = Refused("409: said already", status=409, body=b'{"code":"comment_duplicate"}')


async def test_an_answer_to_a_comment_stands_below_it():
    http = FakeHttp(
        {f"{COMMENTS}/34": [{"id": 34, "post": 5}], COMMENTS: [{"id": 55, "link": "https://blog.example/x#55"}]}
    )
    sent = await own().reply(http, complaint(), "Perdón & gracias <3", "k")
    asked = http.asked[-1]
    assert (asked.method, asked.json) == ("POST", {"post": 5, "parent": 34, "content": "Perdón &amp; gracias &lt;3"})
    assert asked.headers["Authorization"] == BASIC
    assert (sent.id, sent.url) == ("blog.example/comments/55", "https://blog.example/x#55")


async def test_an_answer_to_a_post_is_a_comment_on_it():
    http = FakeHttp({COMMENTS: [{"id": 55}]})
    await own().reply(http, Post(network="wordpress", id="blog.example/posts/5", url=None, text=""), "Hola", "k")
    assert http.asked[-1].json == {"post": 5, "content": "Hola"}


async def test_the_same_answer_again_is_found_where_it_stands():
    there = remark(
        55, parent=34, content={"rendered": "<p>Perdón &#038; gracias</p>\n"}, link="https://blog.example/x#55"
    )
    http = FakeHttp({f"{COMMENTS}/34": [{"id": 34, "post": 5}], COMMENTS: [TWICE, [there]]})
    sent = await own().reply(http, complaint(), "Perdón & gracias", "k")
    assert sent.id == "blog.example/comments/55"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [('We\'re "sorry"...', "We\u2019re \u201csorry\u201d\u2026"), ("5 x 3 -- no", "5 x 3 \u2014 no"), ("\u2122", "TM")],
    ids=["quotation marks", "a dash", "a sign"],
)
async def test_an_answer_that_wordpress_shows_with_other_signs_is_found_all_the_same(typed, shown):
    there = remark(55, parent=34, content={"rendered": f"<p>{shown}</p>"})
    http = FakeHttp({f"{COMMENTS}/34": [{"id": 34, "post": 5}], COMMENTS: [TWICE, [there]]})
    assert (await own().reply(http, complaint(), typed, "k")).id == "blog.example/comments/55"


async def test_the_same_answer_again_is_known_while_it_waits_for_approval():
    http = FakeHttp({f"{COMMENTS}/34": [{"id": 34, "post": 5}], COMMENTS: [TWICE, []]})
    to = replace(complaint(), url="https://blog.example/x#34")
    assert (await own().reply(http, to, "Hola", "k")).url == "https://blog.example/x#34"


async def test_an_answer_without_letters_is_not_taken_for_another():
    there = [remark(55, parent=34, content={"rendered": "<p>\U0001f389</p>"})]
    http = FakeHttp({f"{COMMENTS}/34": [{"id": 34, "post": 5}], COMMENTS: [TWICE, there]})
    assert (await own().reply(http, complaint(), "\U0001f44d", "k")).id == ""


async def test_a_backslash_is_said_so_that_wordpress_knows_it_again():
    http = FakeHttp({f"{COMMENTS}/34": [{"id": 34, "post": 5}], COMMENTS: [{"id": 55}]})
    await own().reply(http, complaint(), "C:\\x", "k")
    assert http.asked[-1].json["content"] == "C:&#92;x"


async def test_what_is_refused_for_another_reason_stays_refused():
    same = remark(55, parent=34, content={"rendered": "<p>Hola</p>"}, author_name="somebody else")
    closed = Refused("403: comments are closed", status=403)
    http = FakeHttp({f"{COMMENTS}/34": [{"id": 34, "post": 5}], COMMENTS: [closed, [same]]})
    with pytest.raises(Refused, match="closed"):
        await own().reply(http, complaint(), "Hola", "k")


async def test_without_a_password_nobody_is_answered():
    with pytest.raises(Refused, match="application password"):
        await site().reply(blog(), complaint(), "Hola", "k")


async def test_what_is_of_another_site_is_not_answered():
    with pytest.raises(Refused, match=r"other\.example"):
        await own().reply(blog(), Post(network="wordpress", id="other.example/posts/1", url=None, text=""), "Hola", "k")


# Options


def test_it_looks_again_and_answers():
    assert isinstance(site(), Refreshes)
    assert isinstance(site(), Replies)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        pytest.param({"url": "blog.example"}, "url:", id="no scheme"),
        pytest.param({"user": "ana"}, "password:", id="user without password"),
        pytest.param({"url": "http://blog.example", "user": "a", "password": "b"}, "url:", id="password in clear"),
        pytest.param({"api": "blog.example/api"}, "api:", id="api without scheme"),
    ],
)
def test_what_is_wrong_with_the_options_is_said(options, problem):
    assert any(found.startswith(problem) for found in site(**options).check())


def test_good_options_are_fine():
    assert own().check() == []
    assert WordPress(url="http://127.0.0.1:8080", user="a", password="b").check() == []
