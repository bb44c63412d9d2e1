"""Discourse: how a forum's newest posts and its search are read, looked at again and answered."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from connectors.base import Answer, Cursor
from connectors.errors import Malformed, Refused, Unavailable
from connectors.forums.discourse import MOST_PAGES, Discourse
from connectors.post import Post
from tests.fakes_http import FakeHttp, read

SINCE = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
EMPTY = {"latest_posts": []}
KEYED = {"user": "zumaque", "key": "k3y"}


def note(number=50, minutes=5, **fields):
    at = (SINCE + timedelta(minutes=minutes)).isoformat()
    known = {"id": number, "created_at": at, "username": "ana", "cooked": "<p>Acme is down</p>", "topic_id": 7}
    return known | {"post_number": 2, "topic_slug": "acme", "topic_title": "Acme", "actions_summary": []} | fields


def latest(*notes):
    return {"latest_posts": list(notes)}


def found(*notes, more=False, topics=()):
    grouped = {"more_posts": None, "more_full_page_results": more or None}
    return {"posts": list(notes), "topics": list(topics), "grouped_search_result": grouped}


async def poll(http, *terms, mark="", **options):
    cursor = Cursor(since=SINCE, mark=mark)
    return [
        page async for page in Discourse(url="https://f.example", **options).fetch(http, terms or ("acme",), cursor)
    ]


def ids(pages):
    return [post.id for page in pages for post in page.posts]


async def only(**fields):
    return (await poll(FakeHttp({"/posts.json": [latest(note(**fields)), EMPTY]})))[0].posts[0]


def stored(number=50):
    return Post(network="discourse", id=f"f.example/{number}", url="https://f.example/t/acme/7/2", text="")


# The newest posts


async def test_the_first_poll_goes_back_to_since():
    http = FakeHttp({"/posts.json": [latest(note(9, 5), note(8, 1)), latest(note(7, 0), note(6, -1)), EMPTY]})
    pages = await poll(http)
    assert ids(pages) == ["f.example/9", "f.example/8", "f.example/7"]
    assert [query.get("before") for query in http.queries("/posts.json")] == [None, "7"]


async def test_a_later_poll_goes_back_to_the_mark_and_reads_that_page_whole():
    http = FakeHttp({"/posts.json": [latest(note(9), note(8)), latest(note(7), note(6, -60)), EMPTY]})
    pages = await poll(http, mark='{"latest":"7"}')
    assert ids(pages) == ["f.example/9", "f.example/8", "f.example/7", "f.example/6"]
    assert len(http.asked) == 2


async def test_the_mark_moves_only_when_all_is_read():
    http = FakeHttp({"/posts.json": [latest(note(9)), Unavailable("503")]})
    connector = Discourse(url="https://f.example")
    pages, error = await read(connector.fetch(http, (), Cursor(since=SINCE, mark='{"latest":"3"}')))
    assert isinstance(error, Unavailable)
    assert [page.mark for page in pages] == ['{"latest":"3"}']


async def test_a_forum_without_posts_leaves_the_mark():
    assert [page.mark for page in await poll(FakeHttp({"/posts.json": [EMPTY]}))] == [""]


async def test_paging_ends_even_on_a_forum_that_does_not():
    http = FakeHttp({"/posts.json": [lambda asked: latest(note(int(asked.query.get("before", 9000))))]})
    await poll(http, mark='{"latest":"1"}')
    assert len(http.asked) == MOST_PAGES


async def test_terms_are_not_asked_for():
    http = FakeHttp({"/posts.json": [EMPTY]})
    await poll(http, "acme")
    assert "q" not in http.queries("/posts.json")[0]


@pytest.mark.parametrize("sign", [{"user_deleted": True}, {"hidden": True}, {"deleted_at": "2026-11-01T12:00:00Z"}])
async def test_what_was_taken_down_is_reported_as_deleted(sign):
    page = (await poll(FakeHttp({"/posts.json": [latest(note(9, **sign)), EMPTY]})))[0]
    assert (page.posts, page.deleted) == ((), ("f.example/9",))


# Search


async def test_search_asks_for_the_phrase_by_time():
    http = FakeHttp({"/search.json": [found()]})
    await poll(http, 'acme "corp', search=True)
    assert http.queries("/search.json")[0] == {"q": '"acme  corp" after:2026-10-31 order:latest', "page": "1"}


async def test_a_later_search_overlaps_by_a_quarter_of_an_hour():
    mark = json.dumps({"search": str(int((SINCE + timedelta(hours=1)).timestamp()))})
    http = FakeHttp({"/search.json": [found(note(9, 65), note(8, 46), note(7, 44))]})
    assert ids(await poll(http, mark=mark, search=True)) == ["f.example/9", "f.example/8"]


async def test_search_is_paged_while_there_is_more():
    http = FakeHttp({"/search.json": [found(note(9), more=True), found(note(8))]})
    await poll(http, search=True)
    assert [query["page"] for query in http.queries("/search.json")] == ["1", "2"]


async def test_the_mark_of_a_search_moves_when_every_term_is_read():
    http = FakeHttp({"/search.json": [found(note(9, 5)), found(note(8, 9))]})
    pages = await poll(http, "acme", "corp", search=True)
    assert [page.mark for page in pages] == [
        "",
        "",
        json.dumps({"search": str(int(SINCE.timestamp()) + 540)}, separators=(",", ":")),
    ]


async def test_a_found_first_post_takes_its_topics_title_and_address():
    topic = {"id": 7, "title": "Acme &amp; Sons", "slug": "acme-sons"}
    known = note(9, post_number=1, topic_slug=None, topic_title=None)
    post = (await poll(FakeHttp({"/search.json": [found(known, topics=[topic])]}), search=True))[0].posts[0]
    assert (post.title, post.url) == ("Acme & Sons", "https://f.example/t/acme-sons/7/1")


# Posts


async def test_an_answer_does_not_take_its_topics_title():
    post = await only(post_number=3, reply_to_post_number=2)
    assert (post.title, post.in_reply_to) == (None, "https://f.example/t/-/7/2")


@pytest.mark.parametrize(
    ("fields", "likes"),
    [
        ({"actions_summary": [{"id": 2, "count": 4}]}, 4),
        ({"actions_summary": []}, 0),
        ({"actions_summary": None}, None),
        ({"like_count": 6}, 6),
    ],
)
async def test_likes_are_counted_where_the_forum_tells_them(fields, likes):
    assert (await only(**fields)).engagement.likes == likes


async def test_a_post_changed_since_it_was_written_says_when():
    changed = (SINCE + timedelta(hours=1)).isoformat()
    assert (await only(version=2, updated_at=changed)).edited_at == SINCE + timedelta(hours=1)
    assert (await only(version=1, updated_at=changed)).edited_at is None


async def test_a_broken_post_does_not_hide_the_others(caplog):
    http = FakeHttp({"/posts.json": [latest(note(9), {"id": None}, note(8)), EMPTY]})
    assert ids(await poll(http)) == ["f.example/9", "f.example/8"]
    assert caplog.messages == ["entries left out"]


async def test_a_page_to_log_in_on_is_refused():
    with pytest.raises(Refused, match="members only"):
        await poll(FakeHttp({"/posts.json": [b"<!doctype html>"]}, kind="text/html; charset=utf-8"))


async def test_another_shape_is_malformed():
    with pytest.raises(Malformed):
        await poll(FakeHttp({"/posts.json": [{"posts": []}]}))


async def test_the_key_goes_with_its_user():
    http = FakeHttp({"/posts.json": [EMPTY]})
    await poll(http, **KEYED)
    assert (http.asked[0].headers["Api-Key"], http.asked[0].headers["Api-Username"]) == ("k3y", "zumaque")


# Looked at again, answered


async def test_a_post_is_looked_at_again():
    http = FakeHttp({"/posts/50.json": [note(50, actions_summary=[{"id": 2, "count": 9}])]})
    now = await Discourse(url="https://f.example").refresh(http, ["f.example/50", "other.example/50"])
    assert {id: post.engagement.likes for id, post in now.items()} == {"f.example/50": 9}


@pytest.mark.parametrize("reply", [Refused("404", status=404), Refused("410", status=410), note(50, user_deleted=True)])
async def test_a_post_that_is_gone_is_none(reply):
    now = await Discourse(url="https://f.example").refresh(FakeHttp({"/posts/50.json": [reply]}), ["f.example/50"])
    assert now == {"f.example/50": None}


async def test_a_key_that_is_not_accepted_does_not_make_posts_gone():
    http = FakeHttp({"/posts/50.json": [Refused("403", status=403)]})
    with pytest.raises(Refused):
        await Discourse(url="https://f.example").refresh(http, ["f.example/50"])


async def test_an_answer_is_written_below_its_post():
    written = {"id": 51, "topic_id": 7, "topic_slug": "acme", "post_number": 3}
    http = FakeHttp({"/posts/50.json": [note(50)], "/posts.json": [written]})
    sent = await Discourse(url="https://f.example", **KEYED).reply(http, stored(), "We are sorry.", "k")
    assert http.asked[-1].json == {"raw": "We are sorry.", "topic_id": 7, "reply_to_post_number": 2}
    assert (sent.id, sent.url) == ("f.example/51", "https://f.example/t/acme/7/3")


async def test_an_answer_may_wait_for_a_moderator():
    http = FakeHttp({"/posts/50.json": [note(50)], "/posts.json": [{"success": True, "action": "enqueued"}]})
    sent = await Discourse(url="https://f.example", **KEYED).reply(http, stored(), "We are sorry.", "k")
    assert sent.url is None


async def test_nobody_answers_without_a_key_or_a_post_that_is_gone():
    with pytest.raises(Refused, match="key"):
        await Discourse(url="https://f.example").reply(FakeHttp({}), stored(), "Hello", "k")
    http = FakeHttp({"/posts/50.json": [Refused("404", status=404)]})
    with pytest.raises(Refused, match="taken down"):
        await Discourse(url="https://f.example", **KEYED).reply(http, stored(), "Hello", "k")


@pytest.mark.parametrize("options", [{"url": "f.example"}, {"url": "https://f.example", "key": "k"}], ids=str)
def test_options_are_checked(options):
    assert Discourse(**options).check()


# What others recorded


async def test_recorded_posts_are_read(recorded, caplog):
    files = sorted((recorded / "discourse").glob("*fixtures__posts_*.json"))
    if not files:
        pytest.skip("no lists of posts of Discourse among the recorded answers")
    for file in files:
        http = FakeHttp({"/posts.json": [file.read_bytes(), EMPTY]})
        assert ids(await poll(http, mark='{"latest":"1"}'))
    assert not caplog.messages


async def test_recorded_search_results_are_read(recorded, caplog):
    file = next((recorded / "discourse").glob("*search__query_response.json"), None)
    if file is None:
        pytest.skip("no search results of Discourse among the recorded answers")
    cursor = Cursor(since=datetime(2015, 1, 1, tzinfo=UTC))
    answer = Answer(url="https://f.example/search.json", status=200, headers={}, body=file.read_bytes())
    connector = Discourse(url="https://f.example", search=True)
    pages = [page async for page in connector.fetch(FakeHttp({"/search.json": [answer]}), ("acme",), cursor)]
    assert len(ids(pages)) == len(json.loads(file.read_bytes())["posts"])
    assert not caplog.messages
