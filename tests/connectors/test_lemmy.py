"""Lemmy: what is asked of a server in each version of its API, and what its views become."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors.base import Cursor
from connectors.errors import Malformed, Refused, Unavailable
from connectors.forums.lemmy import LIMIT, MOST_PAGES, Lemmy
from connectors.post import Post
from tests.fakes_http import FakeHttp, read

SINCE = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
START = int(SINCE.timestamp())
SEARCH, FIND = "/api/v3/search", "/api/v3/resolve_object"
PERSON = {"name": "ana", "actor_id": "https://two.example/u/ana"}


def submission(number=7, minutes=5, **fields):
    at = (SINCE + timedelta(minutes=minutes)).isoformat()
    return {"id": number, "name": "Acme", "ap_id": f"https://one.example/post/{number}", "published": at} | fields


def view(number=7, minutes=5, **fields):
    return {"post": submission(number, minutes, **fields), "creator": PERSON, "counts": {"upvotes": 3, "comments": 2}}


def remark(number=9, minutes=5, path="0.9", **fields):
    at = (SINCE + timedelta(minutes=minutes)).isoformat()
    written = {"id": number, "content": "Acme is down", "ap_id": f"https://one.example/comment/{number}"}
    return {
        "comment": written | {"published": at, "path": path} | fields,
        "post": submission(),
        "creator": PERSON,
        "counts": {"upvotes": 1, "child_count": 4},
    }


def by_kind(posts=(), comments=()):
    """Answers a search as a server does: posts or comments, whatever is asked for, and no second page."""

    def answer(asked):
        if asked.query.get("page", "1") != "1":
            return {}
        return {"posts": list(posts)} if asked.query["type_"] == "Posts" else {"comments": list(comments)}

    return FakeHttp({SEARCH: [answer]})


async def poll(http, *terms, mark="", **options):
    connector = Lemmy(**{"instance": "one.example", "api": "v3"} | options)
    return [page async for page in connector.fetch(http, terms or ("acme",), Cursor(since=SINCE, mark=mark))]


async def only(**answers):
    return next(post for page in await poll(by_kind(**answers)) for post in page.posts)


def ids(pages):
    return [post.id.rpartition("/")[2] for page in pages for post in page.posts]


# What is asked


async def test_posts_and_comments_are_searched_for_newest_first():
    http = by_kind()
    await poll(http)
    assert [query["type_"] for query in http.queries(SEARCH)] == ["Posts", "Comments"]
    assert http.queries(SEARCH)[0] == {
        "q": "acme", "type_": "Posts", "sort": "New", "listing_type": "All", "limit": str(LIMIT)
    }  # fmt: skip


async def test_pages_are_read_back_to_since():
    http = FakeHttp({SEARCH: [{"posts": [view(7)]}, {"posts": [view(6, -5)]}, {}]})
    assert ids(await poll(http)) == ["7"]
    assert [query.get("page") for query in http.queries(SEARCH)] == [None, "2", None]


async def test_a_later_poll_overlaps_by_an_hour():
    http = by_kind(posts=[view(7, 61), view(6, 59)], comments=())
    assert ids(await poll(http, mark=str(START + 7200))) == ["7"]


async def test_paging_ends_even_on_a_server_that_does_not():
    http = FakeHttp({SEARCH: [{"posts": [view()]}]})
    await poll(http)
    assert len(http.asked) == 2 * MOST_PAGES


async def test_the_mark_moves_only_when_every_term_is_read():
    pages = await poll(by_kind(posts=[view(7, 1)], comments=[remark(9, 3)]), "acme", "corp", mark=str(START))
    assert [page.mark for page in pages] == [str(START)] * 4 + [str(START + 180)]


async def test_a_search_that_fails_leaves_the_mark_where_it_was():
    http = FakeHttp({SEARCH: [{"posts": [view()]}, Unavailable("503")]})
    cursor = Cursor(since=SINCE, mark=str(START))
    pages, error = await read(Lemmy(instance="one.example", api="v3").fetch(http, ("acme",), cursor))
    assert isinstance(error, Unavailable)
    assert [page.mark for page in pages] == [str(START)]


async def test_a_token_is_sent_when_there_is_one():
    http = by_kind()
    await poll(http, token="t0k")
    assert http.asked[0].headers == {"Authorization": "Bearer t0k"}


# Two versions


@pytest.mark.parametrize(("version", "api"), [("0.19.9", "v3"), ("1.0.2", "v4"), ("1.0.0-alpha.5", "v4")])
async def test_the_server_is_asked_once_which_version_it_speaks(version, api):
    http = FakeHttp(
        {"/api/v3/site": [{"version": version}], "/api/v3/search": [{}], "/api/v4/search": [{"search": []}]}
    )
    await poll(http, "acme", "corp", api="auto")
    assert [asked.path for asked in http.asked] == ["/api/v3/site"] + [f"/api/{api}/search"] * 4


async def test_version_4_names_its_next_page():
    moved = {"id": 7, "name": "Acme", "ap_id": "https://one.example/post/7", "published_at": SINCE.isoformat()}
    entry = {"type_": "Post", "post": moved | {"upvotes": 5, "comments": 1}, "creator": PERSON}
    http = FakeHttp({"/api/v4/search": [{"search": [entry], "next_page": "P2"}, {"search": []}]})
    pages = await poll(http, api="v4")
    assert [query.get("page_cursor") for query in http.queries("/api/v4/search")] == [None, "P2", None]
    assert (pages[0].posts[0].engagement.likes, pages[0].posts[0].published_at) == (5, SINCE)


async def test_version_4_is_told_the_words_under_both_of_their_names():
    http = FakeHttp({"/api/v4/search": [{"search": []}]})
    await poll(http, api="v4")
    assert (http.asked[0].query["q"], http.asked[0].query["search_term"]) == ("acme", "acme")


# Posts


async def test_the_id_is_the_address_where_it_was_written():
    post = await only(posts=[view(ap_id="https://far.example/post/1")])
    assert (post.id, post.url) == ("https://far.example/post/1", "https://far.example/post/1")


async def test_authors_are_named_with_their_server():
    author = (await only(posts=[view()])).author
    assert (author.handle, author.url, author.followers) == ("ana@two.example", "https://two.example/u/ana", None)


async def test_a_deleted_account_is_no_author():
    assert (await only(posts=[view() | {"creator": PERSON | {"deleted": True}}])).author is None


async def test_a_comment_does_not_take_its_posts_title():
    post = await only(comments=[remark()])
    assert (post.title, post.text, post.engagement.comments) == (None, "Acme is down", 4)


@pytest.mark.parametrize(
    ("path", "parent"),
    [
        ("0.9", "https://one.example/post/7"),
        ("0.8.9", "https://one.example/comment/8"),
        ("x", "https://one.example/post/7"),
    ],
)
async def test_a_comment_says_what_it_answers(path, parent):
    assert (await only(comments=[remark(path=path)])).in_reply_to == parent


@pytest.mark.parametrize("sign", ["deleted", "removed"])
async def test_what_was_taken_down_is_reported_as_deleted(sign):
    page = (await poll(by_kind(posts=[view(**{sign: True})])))[0]
    assert (page.posts, page.deleted) == ((), ("https://one.example/post/7",))


async def test_a_broken_view_does_not_hide_the_others(caplog):
    assert ids(await poll(by_kind(posts=[view(7), {"post": None}, view(8)]))) == ["7", "8"]
    assert caplog.messages == ["entries left out"]


async def test_a_page_for_browsers_is_malformed():
    with pytest.raises(Malformed, match="text/html"):
        await poll(FakeHttp({SEARCH: [b"<!doctype html>"]}, kind="text/html"))


# Looked at again, answered


def stored(id="https://one.example/post/7"):
    return Post(network="lemmy", id=id, url=id, text="")


async def refreshed(reply, id="https://one.example/post/7"):
    return await Lemmy(instance="one.example", api="v3").refresh(FakeHttp({FIND: [reply]}), [id])


async def test_a_post_is_looked_at_again():
    now = await refreshed({"post": view()})
    assert now["https://one.example/post/7"].engagement.likes == 3


async def test_version_4_looks_at_a_post_again():
    http = FakeHttp({"/api/v4/resolve_object": [{"resolve": view() | {"type_": "Post"}, "search": []}]})
    now = await Lemmy(instance="one.example", api="v4").refresh(http, ["https://one.example/post/7"])
    assert now["https://one.example/post/7"].title == "Acme"


UNKNOWN = Refused("400", status=400, body=b'{"error":"couldnt_find_object"}')


@pytest.mark.parametrize("reply", [{"post": view(deleted=True)}, UNKNOWN], ids=["deleted", "unknown"])
async def test_a_post_that_is_gone_is_none(reply):
    assert await refreshed(reply) == {"https://one.example/post/7": None}


async def test_of_another_servers_post_this_one_may_know_nothing():
    assert await refreshed(UNKNOWN, "https://far.example/post/1") == {}


async def test_a_refusal_does_not_make_posts_gone():
    with pytest.raises(Refused):
        await refreshed(Refused("401", status=401, body=b'{"error":"not_logged_in"}'))


@pytest.mark.parametrize(
    ("known", "draft"),
    [
        ({"post": view()}, {"content": "Sorry", "post_id": 7}),
        ({"comment": remark()}, {"content": "Sorry", "post_id": 7, "parent_id": 9}),
    ],
    ids=["post", "comment"],
)
async def test_an_answer_is_written_below_what_it_answers(known, draft):
    http = FakeHttp({FIND: [known], "/api/v3/comment": [{"comment_view": remark(30)}]})
    sent = await Lemmy(instance="one.example", api="v3", token="t").reply(http, stored(), "Sorry", "k")
    assert http.asked[-1].json == draft
    assert (sent.id, sent.url) == ("https://one.example/comment/30", "https://one.example/comment/30")


async def test_nobody_answers_without_a_token_or_what_the_server_has_not():
    with pytest.raises(Refused, match="token"):
        await Lemmy(instance="one.example", api="v3").reply(FakeHttp({}), stored(), "Sorry", "k")
    with pytest.raises(Refused, match="in the browser"):
        await Lemmy(instance="one.example", api="v3", token="t").reply(
            FakeHttp({FIND: [UNKNOWN]}), stored(), "Sorry", "k"
        )


def test_a_server_has_a_name():
    assert Lemmy(instance="https://").check()
    assert not Lemmy(instance="lemmy.example").check()
