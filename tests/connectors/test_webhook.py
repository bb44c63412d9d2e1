"""The door that others post to, over real sockets: who is let in, what they are told and when, what becomes of it."""

import asyncio
import hashlib
import hmac
import json
import socket
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO

import aiohttp
import pytest

from connectors.base import Cursor, Page
from connectors.doors import porter
from connectors.doors.door import CAP, Patience, opened
from connectors.doors.knock import FORM, JSON, Knock, Said, TurnedAway
from connectors.doors.posted import MOST_POSTS, Reading, delivery
from connectors.doors.seal import Seen, unsealed
from connectors.doors.webhook import Webhook
from connectors.errors import Refused, Unavailable
from tests.fakes_http import FakeHttp
from tests.plays.webhook import SECRET, exchange, signed

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
ONE = {"id": "7", "text": "zumaque"}


def webhook(**options):
    return Webhook(**{"secret": SECRET, "port": 0} | options)


@dataclass
class House:
    """Asks for page after page, as the pipeline does; stores each, or breaks over the first with posts in it."""

    connector: Webhook
    is_broken: bool = False
    slow: asyncio.Event | None = None
    storing: asyncio.Event = field(default_factory=asyncio.Event)
    stored: list[Page] = field(default_factory=list)
    ready: asyncio.Event = field(default_factory=asyncio.Event)

    async def live(self) -> None:
        async with aclosing(self.connector.fetch(FakeHttp({}), (), Cursor(since=NOW))) as pages:
            async for page in pages:
                self.ready.set()
                if page.posts and self.slow:
                    self.storing.set()
                    await self.slow.wait()
                if page.posts and self.is_broken:
                    return
                self.stored.append(page)

    @property
    def texts(self) -> list[str]:
        return [post.text for page in self.stored for post in page.posts]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.connector._doorstep.port}/mentions"


@asynccontextmanager
async def living(connector: Webhook | None = None, **options: object) -> AsyncIterator[House]:
    house = House(connector or webhook(), **options)
    life = asyncio.create_task(house.live())
    await house.ready.wait()
    try:
        yield house
    finally:
        life.cancel()
        await asyncio.wait([life])
        if not life.cancelled():
            life.result()


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as client:
        yield client


async def send(client, house, document=ONE, *, kind=JSON, headers=None, url=None):
    """Post a document, or bytes as they are, signed unless `headers` says otherwise; status and answer."""
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    headers = signed(body, house.connector.style) if headers is None else headers
    async with client.post(url or house.url, data=BytesIO(body), headers={"Content-Type": kind} | headers) as answer:
        text = await answer.text()
        return answer.status, json.loads(text) if answer.content_type == JSON else text


# Taken is stored


async def test_a_signed_post_is_taken_and_stored(client):
    async with living() as house:
        assert await send(client, house) == (202, {"taken": 1})
        assert house.texts == ["zumaque"]


async def test_nobody_is_answered_before_the_page_is_stored(client):
    slow = asyncio.Event()
    async with living(slow=slow) as house:
        answer = asyncio.create_task(send(client, house))
        await house.storing.wait()
        assert not answer.done()
        slow.set()
        assert (await answer)[0] == 202
        assert house.texts == ["zumaque"]


async def test_what_could_not_be_stored_is_to_be_sent_again(client):
    connector = webhook()
    body = json.dumps(ONE).encode()
    headers = signed(body)
    async with living(connector, is_broken=True) as house:
        status, said = await send(client, house, body, headers=headers)
        assert (status, house.texts) == (503, [])
        assert "again" in said["error"]
    async with living(connector) as house:
        assert (await send(client, house, body, headers=headers))[0] == 202
        assert house.texts == ["zumaque"]


async def test_who_waits_when_the_door_closes_is_told_that_it_was_not_stored(client):
    async with living(slow=asyncio.Event()) as house:
        answer = asyncio.create_task(send(client, house))
        await house.storing.wait()
    assert (await answer)[0] == 503


async def test_many_at_once_are_all_stored_once(client):
    async with living() as house:
        said = await asyncio.gather(*(send(client, house, ONE | {"id": str(number)}) for number in range(40)))
        assert said == [(202, {"taken": 1})] * 40
        assert sorted(int(post.id) for page in house.stored for post in page.posts) == list(range(40))


async def test_the_door_is_closed_when_nobody_asks_for_pages_any_more(client):
    async with living() as house:
        pass
    with pytest.raises(aiohttp.ClientConnectorError):
        await send(client, house)


async def test_the_door_can_be_opened_again_at_the_same_port(client):
    async with living() as house:
        port = house.connector._doorstep.port
        await send(client, house)
    async with living(webhook(port=port)) as house:
        assert (await send(client, house))[0] == 202


async def test_a_first_page_says_that_the_door_is_open():
    async with aclosing(webhook().fetch(FakeHttp({}), (), Cursor(since=NOW))) as pages:
        assert await anext(pages) == Page(posts=(), mark="open")


# Who is let in


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({}, "X-Oido-Timestamp: missing"),
        (signed(b"{}", secret="a secret of somebody else"), "X-Oido-Signature: does not fit"),
        (signed(b"{ }"), "X-Oido-Signature: does not fit"),
        (signed(b"{}") | {"X-Oido-Signature": "sha256="}, "X-Oido-Signature: does not fit"),
        (signed(b"{}") | {"X-Oido-Signature": "Zoë"}, "X-Oido-Signature: does not fit"),
        (signed(b"{}", "hub"), "X-Oido-Timestamp: missing"),
        (signed(b"{}", at=0), "five minutes"),
    ],
    ids=["unsigned", "another secret", "another body", "no digest", "no ASCII", "another style", "long ago"],
)
async def test_who_is_not_known_is_turned_away(client, headers, words):
    async with living() as house:
        status, said = await send(client, house, b"{}", headers=headers)
        assert status == 401
        assert words in said["error"]
        assert house.texts == []


async def test_no_answer_and_no_line_of_the_log_holds_the_secret(client, caplog):
    async with living() as house:
        said = [await send(client, house, b"{}", headers=signed(b"{ }")), await send(client, house, b"nonsense")]
    assert SECRET not in f"{said}{caplog.text}{house.connector!r}"


def knock(body=b"{}", at=NOW, kind=JSON, **headers):
    headers = {name.lower(): value for name, value in (headers or signed(body, at=NOW.timestamp())).items()}
    return Knock(method="POST", query={}, headers=headers, kind=kind, body=body, at=at)


@pytest.mark.parametrize("minutes", [-5, 5])
def test_a_signature_holds_for_five_minutes_either_way(minutes):
    unsealed(knock(at=NOW + timedelta(minutes=minutes)), SECRET, "oido")
    with pytest.raises(TurnedAway, match="five minutes"):
        unsealed(knock(at=NOW + timedelta(minutes=minutes * 1.01)), SECRET, "oido")


@pytest.mark.parametrize("stamp", ["soon", "-1", "1.5", "٣", "9" * 11, "1793534400000"])
def test_a_timestamp_is_whole_seconds(stamp):
    headers = {"X-Oido-Timestamp": stamp}
    digest = hmac.new(SECRET.encode(), stamp.encode() + b".{}", hashlib.sha256).hexdigest()
    with pytest.raises(TurnedAway, match="seconds since 1970"):
        unsealed(knock(**headers, **{"X-Oido-Signature": f"sha256={digest}"}), SECRET, "oido")


# What comes twice


async def test_what_comes_again_is_answered_as_taken_and_not_stored_again(client):
    body = json.dumps(ONE).encode()
    headers = signed(body)
    async with living() as house:
        assert (await send(client, house, body, headers=headers))[0] == 202
        assert await send(client, house, body, headers=headers) == (200, {"taken": 0, "known": True})
        assert house.texts == ["zumaque"]


async def test_what_comes_twice_at_once_is_stored_once(client):
    body = json.dumps(ONE).encode()
    headers = signed(body)
    async with living() as house:
        said = await asyncio.gather(*(send(client, house, body, headers=headers) for _ in range(5)))
        assert sorted(status for status, _ in said) == [200, 200, 200, 200, 202]
        assert house.texts == ["zumaque"]


async def test_what_was_taken_is_known_after_the_door_was_closed(client):
    connector, body = webhook(style="hub"), json.dumps(ONE).encode()
    async with living(connector) as house:
        await send(client, house, body)
    async with living(connector) as house:
        assert (await send(client, house, body))[1] == {"taken": 0, "known": True}


def test_signatures_are_forgotten_when_they_no_longer_hold():
    seen = Seen()
    seen.add("a", NOW)
    assert seen.holds("a", NOW)
    assert not seen.holds("a", NOW + timedelta(seconds=1))


def test_of_very_many_signatures_the_oldest_are_forgotten():
    seen = Seen(most=2)
    for digest in "abc":
        seen.add(digest, NOW)
    assert [seen.holds(digest, NOW) for digest in "abc"] == [False, True, True]


# What is said to what cannot be read


@pytest.mark.parametrize(
    ("body", "kind", "status", "words"),
    [
        (b"{}", "text/xml", 415, "Content-Type"),
        (b"nonsense", JSON, 400, "not JSON"),
        (b"[" * 5000, JSON, 400, ""),
        (b"\xff", FORM, 400, "form"),
        (b"a=1&" * 2000, FORM, 400, "form"),
        (b"x" * (CAP + 1), JSON, 413, "several parts"),
        (json.dumps([ONE] * (MOST_POSTS + 1)).encode(), JSON, 413, "several parts"),
        (b'{"body": "hola"}', JSON, 422, 'text: nothing at "text", nor at "title" for a title; there is: body'),
        (b"7", JSON, 422, "no object"),
    ],
    ids=["XML", "words", "depth", "bytes", "long form", "large", "many posts", "no text", "number"],
)
async def test_what_cannot_be_read_is_answered_with_why(client, body, kind, status, words):
    async with living() as house:
        told, said = await send(client, house, body, kind=kind)
        assert told == status
        assert words in said["error"]
        assert house.texts == []


async def test_what_is_packed_is_refused(client):
    async with living() as house:
        status, said = await send(client, house, headers={"Content-Encoding": "gzip"})
        assert status == 415
        assert "Content-Encoding" in said["error"]


async def test_size_is_capped_also_where_it_is_not_told(client):
    async def endless():
        for _ in range(40):
            yield b"x" * (CAP // 20)

    async with living() as house, client.post(house.url, data=endless(), headers={"Content-Type": JSON}) as answer:
        assert answer.status == 413


@pytest.mark.parametrize(("method", "path", "status"), [("PUT", "", 405), ("GET", "", 405), ("POST", "/x", 404)])
async def test_there_is_one_path_and_it_is_posted_to(client, method, path, status):
    async with living() as house, client.request(method, house.url + path, data=b"") as answer:
        assert answer.status == status


async def test_what_turned_many_away_is_told_once(client, caplog):
    async with living() as house:
        for _ in range(3):
            await send(client, house, b"{}")
    lines = [(line.levelname, line.facts["status"]) for line in caplog.records if line.message == "turned away"]
    assert lines == [("WARNING", 422)]


def test_that_nobody_is_turned_away_any_more_is_told_too(caplog):
    caplog.set_level("INFO")
    now = [0.0]
    refusals = porter.Refusals(lambda: now[0])
    refusals.note(Said(status=401, document={"error": "no"}))
    now[0] = porter.CALM + 1
    refusals.calm()
    refusals.calm()
    assert [line.message for line in caplog.records] == ["turned away", "nobody turned away any more"]


# Those who dawdle


@asynccontextmanager
async def impatient(**patience: float) -> AsyncIterator[int]:
    async def receive(_: Knock) -> Said:
        return Said(status=202, document={})

    async with opened("127.0.0.1", 0, "/x", receive, lambda _: None, Patience(**patience)) as port:
        yield port


HEAD = b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"


async def test_a_body_that_does_not_come_is_not_waited_for():
    async with impatient(body=0.05) as port:
        answer = await exchange(port, HEAD + b"Content-Length: 9\r\n\r\n", b"{")
    assert answer.startswith(b"HTTP/1.1 408 ")


async def test_a_challenge_brings_no_more_than_a_message_may():
    async with impatient() as port:
        answer = await exchange(port, b"GET /x HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % (CAP + 1))
    assert answer.startswith(b"HTTP/1.1 413 ")


async def test_a_head_that_does_not_come_is_not_waited_for():
    async with impatient(idle=0.05) as port:
        assert await exchange(port, HEAD) == b""


async def test_a_connection_that_is_silent_after_its_answer_is_closed():
    async with impatient(idle=1.0) as port:
        answer = await exchange(port, HEAD + b"Content-Length: 2\r\n\r\n{}")
    assert answer.startswith(b"HTTP/1.1 202 ")


async def test_one_who_goes_away_halfway_does_no_harm(client):
    async with living() as house:
        _, writer = await asyncio.open_connection("127.0.0.1", house.connector._doorstep.port)
        writer.write(HEAD.replace(b"/x", b"/mentions") + b"Content-Length: 9\r\n\r\n{")
        await writer.drain()
        writer.transport.abort()
        assert (await send(client, house))[0] == 202


async def test_curl_that_asks_before_it_sends_is_told_to_go_on():
    async with impatient() as port:
        answer = await exchange(
            port, HEAD + b"Expect: 100-continue\r\nConnection: close\r\nContent-Length: 2\r\n\r\n", b"{}"
        )
    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 ")


# Ports


async def test_a_port_that_is_taken_is_tried_again_later():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        pages = webhook(port=taken.getsockname()[1]).fetch(FakeHttp({}), (), Cursor(since=NOW))
        with pytest.raises(Unavailable, match="taken by another program"):
            await anext(pages)


@pytest.mark.parametrize("host", ["192.0.2.1", "nowhere.invalid"])
async def test_an_address_that_is_not_ours_is_for_a_person_to_repair(host):
    with pytest.raises(Refused, match="check host"):
        await anext(webhook(host=host).fetch(FakeHttp({}), (), Cursor(since=NOW)))


# Hubs


async def test_meta_is_answered_200_and_only_that(client):
    async with living(webhook(style="hub")) as house:
        assert await send(client, house) == (200, {"taken": 1})
        status, said = await send(client, house, {"like": 1})
        assert (status, said["taken"]) == (200, 0)
        assert house.texts == ["zumaque"]


async def test_a_hub_is_refused_without_its_signature(client):
    async with living(webhook(style="hub")) as house:
        assert (await send(client, house, headers=signed(b"x", "hub")))[0] == 401


@pytest.mark.parametrize(
    ("query", "status", "text"),
    [
        ({"hub.verify_token": "meaty", "hub.challenge": "1158201444"}, 200, "1158201444"),
        ({"hub.verify_token": "other", "hub.challenge": "1158201444"}, 403, None),
        ({"hub.challenge": "1158201444"}, 403, None),
        ({"hub.verify_token": "meaty"}, 400, None),
        ({"hub.verify_token": "meaty", "hub.challenge": "é"}, 400, None),
        ({"hub.verify_token": "meaty", "hub.challenge": "1" * 501}, 400, None),
    ],
)
async def test_a_challenge_is_repeated_to_who_knows_the_token(client, query, status, text):
    async with living(webhook(verify="meaty")) as house, client.get(house.url, params=query) as answer:
        assert answer.status == status
        assert text in (None, await answer.text())
        assert answer.content_type == ("text/plain" if text else JSON)


# Documents


def read(document, *, posts="", network="webhook", kind=JSON, **fields):
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return delivery(knock(body, kind=kind), Reading(posts=posts, fields=fields, network=network))


def one(document, **options):
    return read(document, **options).posts[0]


def test_a_form_is_a_post():
    found = one(b"id=7&text=Hola+%3Cb%3Ezumaque%3C%2Fb%3E&likes=3&author=ana", kind=FORM)
    assert (found.id, found.text, found.engagement.likes, found.author.handle) == ("7", "Hola zumaque", 3, "ana")


def test_the_posts_belong_to_the_network_that_is_named():
    assert one(ONE, network="tripadvisor").network == "tripadvisor"


def test_a_part_stands_where_its_path_says():
    found = one({"comment": {"id": 7, "message": "zumaque"}}, id="comment.id", text="comment.message")
    assert (found.id, found.text) == ("7", "zumaque")


def test_a_key_with_full_stops_in_it_is_found():
    assert one({"comment.message": "zumaque"}, text="comment.message").text == "zumaque"


def test_a_list_on_the_way_stands_for_its_members():
    document = {"entry": [{"changes": [{"value": ONE}, {"value": ONE}]}, {"changes": [{"value": ONE}]}]}
    assert len(read(document, posts="entry.changes.value").posts) == 3


def test_a_second_path_is_for_where_nothing_is_at_the_first():
    assert one({"b": "zumaque"}, text="a | b").text == "zumaque"
    assert one({"a": "one", "b": "zumaque"}, text="a | b").text == "one"


@pytest.mark.parametrize("document", [[], {"entry": []}, {"entry": [{"changes": []}]}], ids=str)
def test_a_list_without_posts_is_nothing_to_complain_of(document):
    assert read(document, posts="entry.changes" if document else "").posts == ()


def test_a_list_that_is_not_where_it_should_be_is_missed():
    with pytest.raises(TurnedAway, match='nothing at "entry"; there is: entries'):
        read({"entries": []}, posts="entry")


def test_posts_that_can_be_read_are_taken_and_the_others_named():
    found = read([ONE, {"id": 8}, 9])
    assert [post.id for post in found.posts] == ["7"]
    assert {number: why.partition(";")[2] for number, why in found.left_out.items()} == {
        2: " there is: id",
        3: " there is no object",
    }


def test_without_an_id_a_post_is_known_by_the_rest_of_it():
    assert one({"text": "zumaque"}).id == one({"text": "zumaque", "likes": 7}).id
    assert one({"text": "zumaque"}).id != one({"text": "zumaque", "author": "ana"}).id


def test_lines_of_plain_text_stay_lines():
    assert one({"text": "a < b\nzumaque & co"}).text == "a < b\nzumaque & co"


def test_links_of_markup_are_kept():
    assert one({"text": '<a href="https://a.example/x">zumaque</a>'}).links == ("https://a.example/x",)


@pytest.mark.parametrize(
    ("told", "published"),
    [
        ("2026-11-02T13:00:00+01:00", NOW),
        (1793620800, NOW),
        (1793620800000, NOW),
        ("1793620800", NOW),
        ("Mon, 02 Nov 2026 12:00:00 GMT", NOW),
        ("soon", None),
        ("2027-01-01", None),
        (True, None),
    ],
)
def test_times_are_read_in_any_dress_but_not_from_the_future(told, published):
    assert one(ONE | {"published": told}).published_at == published


# Options


def places(connector):
    return [problem.partition(":")[0] for problem in connector.check()]


def test_options_that_are_right_are_not_complained_of():
    assert webhook(port=8790, posts="entry.changes", fields={"id": "a.b | c", "text": "d"}).check() == []


@pytest.mark.parametrize(
    ("options", "place"),
    [
        ({"secret": ""}, "secret"),
        ({"secret": "short"}, "secret"),
        ({"host": " "}, "host"),
        ({"port": 0}, "port"),
        ({"port": 70000}, "port"),
        ({"path": "mentions"}, "path"),
        ({"path": "/a?b"}, "path"),
        ({"network": ""}, "network"),
        ({"posts": "entry."}, "posts"),
        ({"fields": {"message": "text"}}, "fields"),
        ({"fields": {"text": ""}}, "fields"),
        ({"fields": {"text": "a |"}}, "fields"),
        ({"fields": {"text": "a..b"}}, "fields"),
    ],
    ids=str,
)
def test_options_that_are_wrong_are_named(options, place):
    assert places(webhook(**{"port": 8790} | options)) == [place]


def test_it_streams_and_stays_on_this_machine_unless_told_otherwise():
    assert (Webhook().streams, Webhook().host) == (True, "127.0.0.1")
