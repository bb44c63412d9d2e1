"""NodeBB: how a forum's recent posts and its search are read, looked at again and answered."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors.base import Cursor
from connectors.errors import Malformed, Refused, Unavailable
from connectors.forums.nodebb import MOST_PAGES, NodeBB
from connectors.post import Post
from tests.fakes_http import FakeHttp, read

SINCE = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
START = int(SINCE.timestamp())
RECENT, SEARCH, SUMMARY = "/api/recent/posts/month", "/api/search", "/api/v3/posts/50/summary"


def note(number=50, minutes=5, **fields):
    known = {"pid": number, "tid": 7, "content": "<p>Acme is down</p>", "timestamp": (START + 60 * minutes) * 1000}
    return known | {"user": {"uid": 3, "username": "ana"}, "topic": {"title": "Acme", "postcount": 3}} | fields


async def poll(http, *terms, mark="", **options):
    cursor = Cursor(since=SINCE, mark=mark)
    return [page async for page in NodeBB(url="https://f.example", **options).fetch(http, terms or ("acme",), cursor)]


def ids(pages):
    return [post.id for page in pages for post in page.posts]


async def only(**fields):
    return (await poll(FakeHttp({RECENT: [[note(**fields)], []]})))[0].posts[0]


def stored():
    return Post(network="nodebb", id="f.example/50", url="https://f.example/post/50", text="")


async def test_the_first_poll_goes_back_to_since():
    http = FakeHttp({RECENT: [[note(9, 5)], [note(8, 1), note(7, -1)], []]})
    assert ids(await poll(http)) == ["f.example/9", "f.example/8"]
    assert [query["page"] for query in http.queries(RECENT)] == ["1", "2"]


async def test_a_later_poll_overlaps_by_a_quarter_of_an_hour():
    http = FakeHttp({RECENT: [[note(9, 61), note(8, 46), note(7, 44)]]})
    assert ids(await poll(http, mark=str(START + 3600))) == ["f.example/9", "f.example/8"]


async def test_paging_ends_even_on_a_forum_that_does_not():
    http = FakeHttp({RECENT: [[note()]]})
    await poll(http)
    assert len(http.asked) == MOST_PAGES


async def test_search_asks_for_the_phrase_by_time():
    http = FakeHttp({SEARCH: [{"posts": []}]})
    await poll(http, 'acme "corp', search=True)
    query = http.queries(SEARCH)[0]
    assert (query["term"], query["in"], query["sortBy"]) == ('"acme  corp"', "titlesposts", "timestamp")


async def test_the_mark_moves_only_when_every_term_is_read():
    http = FakeHttp({SEARCH: [{"posts": [note(9, 3)]}, {"posts": []}, {"posts": [note(8, 1)]}, {"posts": []}]})
    pages = await poll(http, "acme", "corp", mark=str(START), search=True)
    assert [page.mark for page in pages] == [str(START), str(START), str(START + 180)]


async def test_a_poll_that_fails_leaves_the_mark():
    connector = NodeBB(url="https://f.example")
    http = FakeHttp({RECENT: [[note()], Unavailable("503")]})
    pages, error = await read(connector.fetch(http, (), Cursor(since=SINCE, mark=str(START))))
    assert isinstance(error, Unavailable)
    assert [page.mark for page in pages] == [str(START)]


async def test_what_was_taken_down_is_reported_as_deleted():
    page = (await poll(FakeHttp({RECENT: [[note(9, deleted=True)], []]})))[0]
    assert (page.posts, page.deleted) == ((), ("f.example/9",))


async def test_only_a_topics_first_post_takes_its_title_and_counts_its_answers():
    first, later = await only(isMainPost=True), await only(toPid=49)
    assert (first.title, first.engagement.comments, first.in_reply_to) == ("Acme", 2, None)
    assert (later.title, later.engagement.comments, later.in_reply_to) == (None, None, "https://f.example/post/49")


async def test_times_are_in_milliseconds():
    assert (await only(edited=(START + 600) * 1000)).edited_at == SINCE + timedelta(minutes=10)
    assert (await only(edited=0)).edited_at is None


async def test_a_guest_is_no_author():
    assert (await only(user={"uid": 0, "username": "[[global:guest]]"})).author is None


async def test_people_of_other_servers_are_named_with_it():
    user = {"uid": "https://m.example/u/kim", "username": "kim", "userslug": "kim@m.example"}
    assert (await only(user=user)).author.handle == "kim@m.example"


async def test_a_broken_post_does_not_hide_the_others(caplog):
    assert ids(await poll(FakeHttp({RECENT: [[note(9), {"pid": None}, note(8)], []]}))) == [
        "f.example/9",
        "f.example/8",
    ]
    assert caplog.messages == ["entries left out"]


async def test_a_page_for_browsers_is_malformed():
    with pytest.raises(Malformed, match="text/html"):
        await poll(FakeHttp({RECENT: [b"<!doctype html>"]}, kind="text/html"))


# Looked at again, answered


@pytest.mark.parametrize(
    ("reply", "likes"),
    [
        ({"status": {"code": "ok"}, "response": note(upvotes=4)}, 4),
        ({"response": note(deleted=True)}, None),
        (Refused("404", status=404), None),
    ],
    ids=["there", "deleted", "purged"],
)
async def test_a_post_is_looked_at_again(reply, likes):
    now = await NodeBB(url="https://f.example").refresh(FakeHttp({SUMMARY: [reply]}), ["f.example/50", "g.example/50"])
    assert {id: post and post.engagement.likes for id, post in now.items()} == {"f.example/50": likes}


async def test_a_refusal_does_not_make_posts_gone():
    http = FakeHttp({SUMMARY: [Refused("403", status=403)]})
    with pytest.raises(Refused):
        await NodeBB(url="https://f.example").refresh(http, ["f.example/50"])


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ({"pid": 51, "tid": 7}, ("f.example/51", "https://f.example/post/51")),
        ({"queued": True}, ("f.example/queued/k", None)),
    ],
    ids=["published", "queued"],
)
async def test_an_answer_is_written_in_the_topic_below_its_post(written, sent):
    http = FakeHttp({SUMMARY: [{"response": note()}], "/api/v3/topics/7": [{"response": written}]})
    said = await NodeBB(url="https://f.example", token="t0k").reply(http, stored(), "Sorry", "k")
    assert http.asked[-1].json == {"content": "Sorry", "toPid": 50}
    assert http.asked[-1].headers == {"Authorization": "Bearer t0k"}
    assert (said.id, said.url) == sent


async def test_nobody_answers_without_a_token_or_a_post_that_is_gone():
    with pytest.raises(Refused, match="token"):
        await NodeBB(url="https://f.example").reply(FakeHttp({}), stored(), "Sorry", "k")
    http = FakeHttp({SUMMARY: [Refused("404", status=404)]})
    with pytest.raises(Refused, match="taken down"):
        await NodeBB(url="https://f.example", token="t").reply(http, stored(), "Sorry", "k")


def test_the_address_is_checked():
    assert NodeBB(url="f.example").check()
