"""Mastodon's stream: what its messages become, and that nothing falls between what is heard and what is read."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import WSMsgType, web
from aiohttp.test_utils import TestServer

from connectors.base import Cursor
from connectors.errors import RateLimited, Refused, Unavailable
from connectors.streams.mastodon import Mastodon
from connectors.streams.seen import Known
from connectors.streams.status import Status
from connectors.streams.streaming import address
from tests.fakes_http import FakeHttp, read

STREAM = "/api/v1/streaming"
INSTANCE = "/api/v2/instance"
NOTICES = "/api/v1/notifications"
SEARCH = "/api/v2/search"
TAG = "/api/v1/timelines/tag/acme"
NOON = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
TOKEN = "t0ken"


def status(number=1, minutes=0, **fields):
    """A status `minutes` after noon; its number is what our server calls it, its address what everybody does."""
    return {
        "id": str(number),
        "uri": f"https://far.example/notes/{number}",
        "created_at": (NOON + timedelta(minutes=minutes)).isoformat(),
        "content": "<p>Acme is down</p>",
        "visibility": "public",
        "account": {"acct": "ana@far.example"},
    } | fields


def notice(number=1, kind="mention", **fields):
    return {"id": str(700 + number), "type": kind, "status": status(number, **fields)}


def told(event, load, stream=("hashtag", "acme")):
    """A message as the server writes it: JSON within the JSON, but for the number of what was deleted."""
    inner = load if isinstance(load, str) else json.dumps(load)
    return json.dumps({"stream": stream, "event": event, "payload": inner}).encode()


def server(*messages, tag=(), notices=(), **table):
    """A network that tells `messages` and then hangs up, and keeps what is polled."""
    kept = {TAG: [list(tag), []], NOTICES: [list(notices), []], SEARCH: [{"statuses": []}], INSTANCE: [{}]}
    return FakeHttp(kept | {STREAM: [messages]} | table)


async def listen(http, *terms, mark="", kind=Mastodon, **options):
    """The pages of one connection, and what ended it."""
    options = {"instance": "one.example", "hashtags": ("acme",), "token": TOKEN, "stream": True} | options
    cursor = Cursor(since=NOON - timedelta(minutes=10), mark=mark)
    return await read(kind(**options).fetch(http, terms, cursor))


async def heard(*messages, **kept):
    """The last page of a connection: what its messages said."""
    pages, _ = await listen(server(*messages, **kept))
    return pages[-1]


def numbers(pages):
    return sorted(int(post.id.rpartition("/")[2]) for page in pages for post in page.posts)


# What messages say


async def test_a_new_post_is_heard():
    (post,) = (await heard(told("update", status(5)))).posts
    assert (post.id, post.text, post.author.handle) == (
        "https://far.example/notes/5",
        "Acme is down",
        "ana@far.example",
    )


async def test_an_edit_is_the_same_post_with_its_time():
    edit = status(5, content="<p>Acme is up</p>", edited_at="2026-11-01T12:30:00Z")
    first, second = (await heard(told("update", status(5)), told("status.update", edit))).posts
    assert (second.id, second.text, second.edited_at) == (first.id, "Acme is up", NOON + timedelta(minutes=30))


async def test_what_is_said_to_the_account_is_heard():
    page = await heard(told("notification", notice(8), ["user:notification"]))
    assert numbers([page]) == [8]


@pytest.mark.parametrize("kind", ["favourite", "reblog", "poll", "status"])
async def test_a_reaction_brings_no_post_of_our_own_again(kind):
    assert not (await heard(told("notification", notice(8, kind), ["user:notification"]))).posts


@pytest.mark.parametrize("visibility", ["private", "direct"])
async def test_what_is_said_to_the_account_alone_stays_there(visibility):
    assert not (await heard(told("notification", notice(8, visibility=visibility)))).posts


async def test_a_deletion_is_told_by_the_posts_own_address():
    page = await heard(told("update", status(5)), told("delete", "5"))
    assert page.deleted == ("https://far.example/notes/5",)


async def test_a_deletion_is_told_of_what_was_polled():
    page = await heard(told("delete", "3"), told("delete", "4"), tag=[status(3)], notices=[notice(4)])
    assert set(page.deleted) == {"https://far.example/notes/3", "https://far.example/notes/4"}


async def test_a_deletion_of_what_we_never_heard_of_says_nothing():
    assert (await heard(told("delete", "99"))).deleted == ()


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"garbage",
        b"\xff\xfe",
        b"[" * 5000,
        b"null",
        b'{"stream":["user"],"event":"filters_changed"}',
        b'{"stream":["user"],"event":"filters_changed","payload":null}',
        told("filters_changed", "undefined"),
        told("update", "undefined"),
        told("update", "{}"),
        told("update", status(7) | {"uri": ""}),
        told("update", "[" * 5000),
        b'{"event":"update","payload":{"id":"7"}}',
        b'{"event":"update","payload":"\\ud800"}',
        told("delete", ""),
        b'{"event":"delete","payload":7}',
        told("notification", "{}"),
        told("notification", {"id": "1", "type": "follow"}),
        told("announcement.delete", "1"),
        told("conversation", status(7)),
        told("some.day", status(7)),
    ],
    ids=lambda message: repr(message[:60]),
)
async def test_what_cannot_be_used_is_passed_over(message):
    page = await heard(message, told("update", status(5)))
    assert (numbers([page]), page.deleted) == ([5], ())


async def test_a_complaint_of_the_server_is_logged(caplog):
    await heard(b'{"error":"Access token does not have the required scopes","status":401}')
    assert "not listened to" in caplog.messages


def test_as_many_posts_as_are_kept_are_known_by_their_number():
    known = Known(most=2)
    for number in (1, 2, 1, 3):
        known.meet([Status(id=str(number), uri=f"u{number}", account={"acct": "ana"})])
    assert [known.id(number) for number in "123"] == ["u1", None, "u3"]


# What is polled beside it


async def test_it_is_connected_before_anything_is_polled():
    http = server()
    await listen(http)
    assert [asked.path for asked in http.asked] == [INSTANCE, STREAM, NOTICES, TAG]


async def test_words_are_searched_for_since_nobody_streams_them():
    http = server(**{SEARCH: [{"statuses": [status(9)]}, {"statuses": []}]})
    pages, _ = await listen(http, "acme")
    assert numbers(pages) == [9]


async def test_the_mark_is_that_of_a_poll():
    tag = [status(4, 60), status(3, 30), status(2, 5)]
    pages, _ = await listen(server(told("update", status(5, 61)), tag=tag, notices=[notice(1)]))
    mark = json.loads(pages[-1].mark)
    assert mark == {"@": "701", "#acme": "3"}
    http = FakeHttp({TAG: [[]]})
    again = Mastodon(instance="one.example", hashtags=("acme",), token=TOKEN)
    await read(again.fetch(http, (), Cursor(since=NOON, mark=pages[-1].mark)))
    assert http.queries(TAG)[0]["min_id"] == "3"


class Restless(Mastodon):
    every = timedelta(0)


async def test_all_is_polled_again_every_so_often_and_the_mark_moves_on():
    messages = [told("update", status(number, number)) for number in range(150)]
    later = [[], [status(90, 90), status(20, 20)], []]
    pages, _ = await listen(server(*messages, **{TAG: later}), kind=Restless)
    assert [json.loads(page.mark)["#acme"] for page in pages if len(page.posts) >= 50] == ["", "20"]


async def test_between_two_polls_it_only_listens():
    http = server(*[told("update", status(number)) for number in range(250)])
    pages, _ = await listen(http, "acme")
    assert len([page for page in pages if len(page.posts) >= 50]) == 3
    assert len(http.queries(SEARCH)) == len(http.queries(NOTICES)) == 1


async def test_mentions_are_read_upwards_from_where_they_stand():
    http = server(**{NOTICES: [[notice(2), notice(1)], [notice(3)], []]})
    pages, _ = await listen(http, mark='{"@":"700"}')
    assert [query["min_id"] for query in http.queries(NOTICES)] == ["700", "702", "703"]
    assert numbers(pages) == [1, 2, 3]


async def test_mentions_of_long_ago_are_not_read_at_first():
    pages, _ = await listen(server(notices=[notice(2), notice(1, minutes=-60)]))
    assert numbers(pages) == [2]


async def test_a_token_that_may_not_read_notifications_listens_all_the_same():
    pages, error = await listen(server(told("update", status(5)), **{NOTICES: [Refused("403", status=403)]}))
    assert numbers(pages) == [5]
    assert isinstance(error, Unavailable)


@pytest.mark.parametrize(
    "trouble", [RateLimited("429", timedelta(minutes=4)), Unavailable("503"), b"<html>"], ids=["busy", "down", "a page"]
)
async def test_a_poll_that_fails_is_logged_and_the_stream_listened_to_all_the_same(trouble, caplog):
    pages, error = await listen(server(told("update", status(5)), **{TAG: [trouble]}))
    assert numbers(pages) == [5]
    assert "closed the stream" in str(error)
    assert caplog.messages.count("not polled beside the stream") == 1


async def test_mentions_that_cannot_be_polled_do_not_keep_the_rest_from_it():
    pages, _ = await listen(server(tag=[status(3)], **{NOTICES: [b"<html>"]}))
    assert numbers(pages) == [3]


async def test_what_a_failed_poll_did_not_bring_the_next_one_does():
    messages = [told("update", status(number, number)) for number in range(150)]
    down = Unavailable("503")
    http = server(*messages, **{SEARCH: [down, {"statuses": [status(900)]}, {"statuses": []}]})
    pages, _ = await listen(http, "acme", kind=Restless)
    assert 900 in numbers(pages)


async def test_a_search_that_stays_down_is_told_once(caplog):
    messages = [told("update", status(number, number)) for number in range(250)]
    await listen(server(*messages, **{SEARCH: [Unavailable("503")]}), "acme", kind=Restless)
    warned = [each for each in caplog.records if each.levelname == "WARNING" and "not polled" in each.message]
    assert len(warned) == 1


async def test_a_poll_that_is_refused_ends_the_connection_with_its_reason():
    _, error = await listen(server(told("update", status(5)), **{TAG: [Refused("401", status=401)]}))
    assert isinstance(error, Refused)


# Where the token goes


@pytest.mark.parametrize(
    ("base", "named", "by", "where"),
    [
        ("https://one.example", "", "https://one.example/x", "wss://one.example"),
        ("https://one.example", "wss://live.one.example", "https://one.example/x", "wss://live.one.example"),
        (
            "https://one.example",
            "wss://live.other.example:444/a?b",
            "https://one.example/x",
            "wss://live.other.example:444",
        ),
        ("https://one.example", "wss://me:pw@live.example", "https://one.example/x", "wss://live.example"),
        ("https://one.example", "ws://live.one.example", "https://one.example/x", "wss://one.example"),
        ("https://one.example", "javascript:alert(1)", "https://one.example/x", "wss://one.example"),
        ("https://one.example", "wss://[live", "https://one.example/x", "wss://one.example"),
        ("https://one.example", "wss://live.example:port", "https://one.example/x", "wss://one.example"),
        ("https://one.example", "wss://live.example", "http://one.example/x", "wss://one.example"),
        ("https://one.example", "wss://live.example", "https://two.example/x", "wss://one.example"),
        ("http://one.example:3000", "ws://one.example:4000", "http://one.example:3000/x", "ws://one.example:4000"),
        ("http://one.example:3000", "wss://one.example", "http://one.example:3000/x", "wss://one.example"),
        ("http://one.example:3000", "wss://live.example", "http://one.example:3000/x", "ws://one.example:3000"),
        ("http://[::1]:3000", "", "http://[::1]:3000/x", "ws://[::1]:3000"),
    ],
    ids=[
        *("no other host", "a host of its own", "a host of another name", "a login in it", "in the clear"),
        *("no host", "half an address", "no port", "sent on in the clear", "sent on elsewhere"),
        *("another port here", "with a lock here", "elsewhere, said in the clear", "a number"),
    ],
)
def test_the_token_goes_only_where_the_server_itself_sent_it(base, named, by, where):
    assert address(base, named, by) == f"{where}{STREAM}"


async def test_it_listens_where_the_server_says():
    http = server(**{INSTANCE: [{"configuration": {"urls": {"streaming": "wss://live.example"}}}]})
    await listen(http)
    assert http.asked[1].url == f"wss://live.example{STREAM}"
    assert http.asked[1].headers == {"Authorization": f"Bearer {TOKEN}"}


@pytest.mark.parametrize(
    "answer",
    [Refused("404"), b"<html>", {"configuration": None}, {"configuration": {"urls": {"streaming": None}}}],
    ids=["no such page", "a page", "no configuration", "no host"],
)
async def test_a_server_that_does_not_say_where_it_streams_is_listened_to_itself(answer):
    http = server(**{INSTANCE: [answer]})
    await listen(http)
    assert http.asked[1].url == f"wss://one.example{STREAM}"


# Options


@pytest.mark.parametrize("stream", [True, False])
def test_it_streams_when_told_to(stream):
    assert Mastodon(instance="one.example", token=TOKEN, stream=stream).streams is stream


def test_a_stream_without_a_token_is_named():
    problems = Mastodon(instance="one.example", hashtags=("acme",), stream=True).check()
    assert [problem.partition(":")[0] for problem in problems] == ["token"]


# Over a real connection


class Live:
    """Streams as Mastodon's server does: to whoever has the token, what was subscribed to and nothing else. It hangs
    up when `script` is told, which has messages by stream, and events to wait for before them."""

    def __init__(self, script):
        self.script = script
        self.asked = []
        self.connections = 0

    async def __call__(self, request):
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.Response(status=401)
        self.connections += 1
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        left = set(self.script)
        while left:
            message = await socket.receive()
            if message.type is not WSMsgType.TEXT:
                await socket.close(code=1003)
                break
            ask = json.loads(message.data)
            self.asked.append(ask)
            name = (ask["stream"], ask["tag"]) if "tag" in ask else (ask["stream"],)
            for part in self.script.get(name, ()):
                await (part.wait() if isinstance(part, asyncio.Event) else socket.send_str(part.decode()))
            left.discard(name)
        await socket.close()
        return socket


class Timeline:
    """A hashtag on a server that keeps what is written and gives what lies just above `min_id`."""

    def __init__(self, *statuses):
        self.statuses = list(statuses)
        self.asked = asyncio.Event()

    async def __call__(self, request):
        low = int(request.query.get("min_id", 0))
        newer = [status for status in self.statuses if low < int(status["id"]) < int(request.query.get("max_id", 999))]
        self.asked.set()
        return web.json_response(sorted(newer, key=lambda status: -int(status["id"])))


def open_site(site, live, acme=None):
    site.put(STREAM, live)
    site.put(INSTANCE, b'{"domain":"one.example"}')
    site.put(NOTICES, b"[]")
    site.put(TAG, acme or b"[]")
    site.put("/api/v1/timelines/tag/zumaque", b"[]")
    return site.url("")


async def test_one_connection_is_told_all_that_is_listened_to(site, visit):
    live = Live(
        {
            ("hashtag", "acme"): [told("update", status(1))],
            ("hashtag", "zumaque"): [b"garbage", told("update", status(2), ["hashtag", "zumaque"])],
            ("user:notification",): [told("notification", notice(3), ["user:notification"])],
        }
    )
    pages, error = await listen(visit, instance=open_site(site, live), hashtags=("#acme", "zumaque"))
    assert live.connections == 1
    assert {"type": "subscribe", "stream": "hashtag", "tag": "zumaque"} in live.asked
    assert numbers(pages) == [1, 2, 3]
    assert isinstance(error, Unavailable)


async def test_the_token_is_not_in_the_address(site, visit):
    await listen(visit, instance=open_site(site, Live({("hashtag", "acme"): []})))
    assert not any(TOKEN in str(request.url) for request in site.requests)


async def test_a_token_that_is_not_accepted_needs_a_person(site, visit):
    _, error = await listen(visit, instance=open_site(site, Live({})), token="old")
    assert isinstance(error, Refused)


async def test_the_streaming_server_may_be_another_than_the_instance(site, visit):
    live = Live({("hashtag", "acme"): [told("update", status(1))]})
    app = web.Application()
    app.router.add_get(STREAM, live.__call__)
    async with TestServer(app, host="127.0.0.1") as other:
        base = open_site(site, Live({}))
        named = str(other.make_url("")).rstrip("/").replace("http", "ws", 1)
        site.put(INSTANCE, json.dumps({"configuration": {"urls": {"streaming": named}}}).encode())
        pages, _ = await listen(visit, instance=base)
    assert numbers(pages) == [1]


async def test_what_is_written_while_the_poll_goes_on_is_heard(site, visit):
    acme = Timeline(status(1))
    live = Live({("hashtag", "acme"): [acme.asked, told("update", status(2))]})
    pages, _ = await listen(visit, instance=open_site(site, live, acme))
    assert numbers(pages) == [1, 2]


async def test_a_new_connection_reads_what_was_written_before_it(site, visit):
    acme = Timeline(status(1))
    base = open_site(site, Live({("hashtag", "acme"): [told("update", status(2, 1))]}), acme)
    pages, error = await listen(visit, instance=base)
    acme.statuses += [status(2, 1), status(3, 2)]
    site.put(STREAM, Live({("hashtag", "acme"): [told("update", status(4, 3))]}))
    again, _ = await listen(visit, instance=base, mark=pages[-1].mark)
    assert isinstance(error, Unavailable)
    assert set(numbers(pages + again)) == {1, 2, 3, 4}
