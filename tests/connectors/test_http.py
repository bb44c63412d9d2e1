"""The way out: what it retries, whom it waits for, what it remembers, and that it never hangs or leaks."""

import asyncio
import base64
import gzip
import hashlib
import zlib
from datetime import timedelta

import pytest
from aiohttp import web

from connectors.base import Validator
from connectors.errors import ConnectorError, Malformed, RateLimited, Refused, Unavailable
from connectors.wire.http import address, remembered
from connectors.wire.session import Patience


async def test_a_body_is_read_whole(site, visit):
    answer = await visit.get(site.put("/a", b"hola"), params={"q": "acme"})
    assert (answer.status, answer.body, answer.url) == (200, b"hola", site.url("/a?q=acme"))


async def test_we_say_who_we_are(site, visit):
    await visit.get(site.put("/a", b"hola"))
    assert site.requests[0].headers["User-Agent"].startswith("oido/")
    assert site.requests[0].headers["User-Agent"].endswith("(+ana@example.org)")


async def test_header_names_come_in_lower_case(site, visit):
    answer = await visit.get(site.put("/a", (200, {"X-RateLimit-Limit": "9"})))
    assert answer.headers["x-ratelimit-limit"] == "9"


async def test_a_header_can_be_quoted_in_a_message(visit, raw):
    async with raw(b"HTTP/1.1 200 OK\r\nContent-Type: te\xffxt\r\nContent-Length: 0\r\n\r\n") as url:
        assert (await visit.get(url)).headers["content-type"] == "te\ufffdxt"


async def test_a_password_in_the_address_is_used_and_not_handed_on(site, visit):
    url = site.put("/a", b"hola")
    answer = await visit.get(url.replace("//", "//ana:hush@"))
    assert site.requests[0].headers["Authorization"].startswith("Basic ")
    assert answer.url == url


async def test_asking_while_stopping_is_unavailable(strict):
    async with strict() as client:
        visit = client.visit(0.0, {})
    with pytest.raises(Unavailable):
        await visit.get("http://127.0.0.1:9/")


# Retries


async def test_a_server_error_is_tried_again(site, visit, glass):
    answer = await visit.get(site.put("/a", 500, 502, b"there"))
    assert answer.body == b"there"
    assert glass.naps == [1.0, 2.0]


async def test_three_server_errors_are_enough(site, visit):
    with pytest.raises(Unavailable, match="/a: 500"):
        await visit.get(site.put("/a", 500))
    assert len(site.requests) == 3


async def test_a_post_that_arrived_is_not_repeated(site, visit):
    with pytest.raises(Unavailable):
        await visit.post(site.put("/a", 500), json={"text": "hola"})
    assert len(site.requests) == 1


async def test_a_post_carries_json_or_a_form(site, visit):
    bodies = []

    async def keep(request):
        bodies.append((request.content_type, await request.text()))
        return web.Response()

    url = site.put("/a", keep)
    await visit.post(url, json={"text": "año"})
    await visit.post(url, form={"q": "a b"})
    assert bodies == [("application/json", '{"text":"año"}'), ("application/x-www-form-urlencoded", "q=a+b")]


async def test_nobody_listening_is_unavailable(visit, glass):
    with pytest.raises(Unavailable, match="no connection"):
        await visit.get("http://127.0.0.1:9/")
    assert len(glass.naps) == 2


async def test_an_unknown_name_is_unavailable(visit):
    with pytest.raises(Unavailable, match="name is not known"):
        await visit.get("http://nowhere.invalid/")


# What statuses mean


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "key"),
        (402, "credits"),
        (403, "permission"),
        (404, "nothing at this address"),
        (410, "gone"),
        (418, "418"),
    ],
)
async def test_a_refusal_says_what_to_do(site, visit, status, words):
    with pytest.raises(Refused, match=words):
        await visit.get(site.put("/a", status))
    assert len(site.requests) == 1


async def test_a_refusal_repeats_what_the_network_says(site, visit):
    url = site.put("/a", (400, {}, b'{"error": "<b>Bad</b> \x1b[31mquery ?key=hush"}'.replace(b"\x1b", b"\\u001b")))
    with pytest.raises(Refused, match=r"it says: Bad \[31mquery \?key=…"):
        await visit.get(url)


async def test_a_browser_check_is_a_refusal(site, visit):
    url = site.put("/a", (503, {"Content-Type": "text/html"}, b"<title>Just a moment...</title>"))
    with pytest.raises(Refused, match="only browsers"):
        await visit.get(url)


# Rate limits


async def test_a_short_retry_after_is_sat_out(site, visit, glass):
    answer = await visit.get(site.put("/a", (429, {"Retry-After": "7"}), b"there"))
    assert (answer.body, glass.naps) == (b"there", [7.0])


async def test_a_long_retry_after_ends_the_poll(site, visit):
    with pytest.raises(RateLimited) as caught:
        await visit.get(site.put("/a", (429, {"Retry-After": "Mon, 02 Nov 2026 12:10:00 GMT"})))
    assert caught.value.retry_after == timedelta(minutes=10)


async def test_a_closed_host_is_closed_to_every_visit(site, client, glass):
    url = site.put("/a", (429, {"Retry-After": "600"}), b"there")
    with pytest.raises(RateLimited):
        await client.visit(0.0, {}).get(url)
    with pytest.raises(RateLimited) as caught:
        await client.visit(0.0, {}).get(site.url("/b"))
    assert (len(site.requests), caught.value.retry_after) == (1, timedelta(minutes=10))
    glass.passed += 600
    assert (await client.visit(0.0, {}).get(url)).body == b"there"


async def test_a_used_up_limit_says_when_to_return(site, visit):
    with pytest.raises(RateLimited) as caught:
        await visit.get(site.put("/a", (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "300"})))
    assert caught.value.retry_after == timedelta(minutes=5)


async def test_discourse_says_in_the_body_how_long(site, visit):
    with pytest.raises(RateLimited) as caught:
        await visit.get(site.put("/a", (429, {}, b'{"errors": ["slow"], "extras": {"wait_seconds": 42}}')))
    assert caught.value.retry_after == timedelta(seconds=42)


# Pace


async def test_requests_to_one_host_keep_their_distance(site, client, glass):
    url = site.put("/a", b"hola")
    visits = [client.visit(2.0, {}) for _ in range(3)]
    for visit in visits:
        await visit.get(url)
    assert glass.naps == [2.0, 2.0]


async def test_polls_that_start_together_queue_for_one_host(site, client, glass):
    url = site.put("/a", b"hola")
    await asyncio.gather(*(client.visit(1.0, {}).get(url) for _ in range(4)))
    assert sorted(glass.naps)[-1] >= 1.0
    assert len(glass.naps) == 3


# Conditional requests


async def test_validators_are_sent_back_verbatim(site, client):
    url = site.put("/a", (200, {"ETag": 'W/"x"', "Last-Modified": "yesterday, about noon"}, b"hola"))
    first = client.visit(0.0, {})
    await first.get(url, conditional=True)
    await client.visit(0.0, first.validators).get(url, conditional=True)
    sent = site.requests[1].headers
    assert (sent["If-None-Match"], sent["If-Modified-Since"]) == ('W/"x"', "yesterday, about noon")


async def test_a_304_is_an_unchanged_answer_that_keeps_its_validator(site, client):
    url, known = site.put("/a", 304), Validator(etag='"x"', digest="d")
    visit = client.visit(0.0, {remembered(url): known})
    answer = await visit.get(url, conditional=True)
    assert (answer.status, answer.unchanged, answer.body, visit.validators) == (
        304,
        True,
        b"",
        {remembered(url): known},
    )


async def test_the_same_body_without_validators_is_unchanged(site, client):
    url = site.put("/a", b"hola", b"hola", b"adios")
    visit, seen = client.visit(0.0, {}), []
    for _ in range(3):
        seen.append((await visit.get(url, conditional=True)).unchanged)
        visit = client.visit(0.0, visit.validators)
    assert seen == [False, True, False]


async def test_validators_of_an_answer_that_expires_at_0_are_not_believed(site, client):
    url = site.put("/a", (200, {"ETag": '"x"', "Expires": "0"}, b"hola"))
    visit = client.visit(0.0, {})
    await visit.get(url, conditional=True)
    assert visit.validators[remembered(url)].etag is None


async def test_validators_of_pages_not_visited_are_kept(site, client):
    visit = client.visit(0.0, {"another": Validator(etag='"o"')})
    await visit.get(site.put("/a", b"hola"), conditional=True)
    assert visit.validators["another"].etag == '"o"'


async def test_no_address_stands_in_what_is_kept(site, client):
    visit = client.visit(0.0, {})
    await visit.get(site.put("/a?feed=secret", b"hola"), conditional=True)
    assert "secret" not in repr(visit.validators)


async def test_a_post_of_nothing_sends_no_body(site, client):
    await client.visit(0.0, {}).post(site.put("/a", b"{}"))
    assert site.requests[0].headers["Content-Length"] == "0"


async def test_a_plain_get_asks_unconditionally(site, client):
    url = site.put("/a", b"hola")
    await client.visit(0.0, {url: Validator(etag='"x"')}).get(url)
    assert "If-None-Match" not in site.requests[0].headers


@pytest.mark.parametrize(
    ("headers", "rest"),
    [
        ({"Cache-Control": "public, max-age=1800"}, timedelta(minutes=30)),
        ({"Cache-Control": "max-age=99999999999"}, timedelta(hours=24)),
        ({"Cache-Control": "no-cache, max-age=60"}, None),
        ({"Expires": "Mon, 02 Nov 2026 13:00:00 GMT", "Date": "Mon, 02 Nov 2026 12:00:00 GMT"}, timedelta(hours=1)),
        (
            {"X-RateLimit-Remaining": "1.0", "X-RateLimit-Reset": "291", "X-RateLimit-Used": "99"},
            timedelta(seconds=291),
        ),
        ({"X-RateLimit-Remaining": "250", "X-RateLimit-Reset": "291"}, None),
        ({}, None),
    ],
    ids=["max-age", "absurd", "no-cache", "expires", "low", "plenty", "nothing"],
)
async def test_a_visit_knows_how_long_to_stay_away(site, visit, headers, rest):
    await visit.get(site.put("/a", (200, headers, b"hola")), conditional=True)
    assert visit.rest == rest


# Redirects


async def test_a_redirect_is_followed_and_named(site, visit):
    site.put("/b", b"hola")
    answer = await visit.get(site.put("/a", (301, {"Location": "/b"})))
    assert (answer.body, answer.url) == (b"hola", site.url("/b"))


async def test_a_redirect_loop_ends(site, visit):
    with pytest.raises(Refused, match="more than 5 redirects"):
        await visit.get(site.put("/a", (302, {"Location": "/a"})))


async def test_a_key_does_not_follow_a_redirect_to_another_host(site, visit):
    elsewhere = site.put("/b", b"hola").replace("127.0.0.1", "localhost")
    await visit.get(site.put("/a", (302, {"Location": elsewhere})), headers={"Authorization": "hush", "Accept": "x/y"})
    asked, followed = (request.headers for request in site.requests)
    assert (asked["Authorization"], followed.get("Authorization"), followed["Accept"]) == ("hush", None, "x/y")


async def test_a_post_is_never_redirected(site, visit):
    with pytest.raises(Refused, match="moved"):
        await visit.post(site.put("/a", (307, {"Location": "/b"})), json={})
    assert site.paths == ["/a"]


# Secrets


async def test_an_error_shows_no_secret_of_the_address(site, visit):
    with pytest.raises(Refused) as caught:
        await visit.get(site.url("/a?feed=hush&user=ana"))
    assert "hush" not in str(caught.value)
    assert "feed=…" in str(caught.value)


async def test_an_answer_that_is_not_json_shows_no_secret(site, visit):
    answer = await visit.get(site.put("/a", "<html>"), params={"access_token": "hush"})
    with pytest.raises(Malformed) as caught:
        answer.json(dict)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("url", ["", "nonsense", "http://", "ftp://example.org/", "file:///etc/passwd"])
async def test_what_is_no_web_address_is_refused(visit, url):
    with pytest.raises(Refused):
        await visit.get(url)


# Hostile bodies


async def test_a_large_body_is_malformed(site, strict):
    async with strict(cap=1000) as client:
        with pytest.raises(Malformed, match="larger than 1,000 bytes"):
            await client.visit(0.0, {}).get(site.put("/a", b"x" * 1001))


async def test_an_endless_body_is_cut_at_the_cap(site, strict):
    async def pour(request):
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x" * 65_536)

    async with strict(cap=1_000_000) as client:
        with pytest.raises(Malformed, match="larger"):
            await client.visit(0.0, {}).get(site.put("/a", pour))


@pytest.mark.parametrize("packing", ["gzip", "deflate"])
async def test_a_bomb_is_malformed(site, visit, packing):
    bomb = (gzip if packing == "gzip" else zlib).compress(bytes(100_000_000))
    with pytest.raises(Malformed, match="larger than 10,000,000 bytes"):
        await visit.get(site.put("/a", (200, {"Content-Encoding": packing}, bomb)))


@pytest.mark.parametrize(
    ("packing", "body"),
    [
        ("gzip", gzip.compress(b"hola")),
        ("gzip", gzip.compress(b"ho") + gzip.compress(b"la")),
        ("gzip", gzip.compress(b"hola") + bytes(20)),
        ("x-gzip", gzip.compress(b"hola")),
        ("deflate", zlib.compress(b"hola")),
        ("deflate", zlib.compress(b"hola")[2:-4]),
        ("identity", b"hola"),
    ],
    ids=["gzip", "members", "padded", "x-gzip", "deflate", "raw deflate", "identity"],
)
async def test_packed_bodies_are_unpacked(site, visit, packing, body):
    assert (await visit.get(site.put("/a", (200, {"Content-Encoding": packing}, body)))).body == b"hola"


async def test_truncated_gzip_is_unavailable(site, visit):
    url = site.put("/a", (200, {"Content-Encoding": "gzip"}, gzip.compress(b"hola" * 1000)[:-12]))
    with pytest.raises(Unavailable, match="broke off"):
        await visit.get(url)


async def test_damaged_gzip_is_unavailable(site, visit):
    with pytest.raises(Unavailable, match="damaged"):
        await visit.get(site.put("/a", (200, {"Content-Encoding": "gzip"}, b"not gzip at all")))


async def test_a_packing_we_did_not_offer_is_malformed(site, visit):
    with pytest.raises(Malformed, match="packed as br"):
        await visit.get(site.put("/a", (200, {"Content-Encoding": "br"}, b"xx")))


OK = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    "pieces",
    [
        (OK + b"Content-Length: 100\r\n\r\nshort",),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhola!\r\nZZ\r\n",),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n-5\r\nhola\r\n",),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhola!\r\n",),
        (b"\x00\x01\x02 what is this\r\n\r\n",),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000 + b"\r\n",),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 1_000_000 + b"\r\n\r\n",),
        (b"",),
    ],
    ids=["short", "bad chunk", "negative chunk", "open chunk", "garbage", "many headers", "long header", "nothing"],
)
async def test_a_broken_answer_is_unavailable(visit, raw, pieces):
    async with raw(*pieces) as url:
        with pytest.raises(Unavailable):
            await visit.get(url)


async def test_silence_ends_with_the_timeout(strict, raw):
    async with strict(patience=Patience(total=0.05)) as client, raw(OK + b"Content-Length: 9\r\n\r\nh", 5.0) as url:
        with pytest.raises(Unavailable, match="in time"):
            await client.visit(0.0, {}).get(url)


async def test_a_dribble_ends_with_the_timeout(strict, raw):
    dribble = (b"h", 0.02) * 500
    async with (
        strict(patience=Patience(total=0.1)) as client,
        raw(OK + b"Content-Length: 999\r\n\r\n", *dribble) as url,
    ):
        with pytest.raises(Unavailable, match="in time"):
            await client.visit(0.0, {}).get(url)


# Streams


async def socket_of(request, *messages, code=1000):
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    for message in messages:
        await (socket.send_str if isinstance(message, str) else socket.send_bytes)(message)
    await socket.close(code=code)
    return socket


async def test_a_stream_yields_its_messages_as_bytes(site, visit):
    url = site.put("/live", lambda request: socket_of(request, "año", b"\x00\x01"))
    assert [m async for m in visit.listen(url, params={"tag": "acme"})] == ["año".encode(), b"\x00\x01"]
    assert site.requests[0].query == {"tag": "acme"}


async def test_what_there_is_to_say_is_said_once_the_connection_stands(site, visit):
    said = []

    async def attend(request):
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        said.extend([await socket.receive_str(), await socket.receive_str()])
        await socket.send_str("heard")
        await socket.close()
        return socket

    url = site.put("/live", attend)
    assert [m async for m in visit.listen(url, say=["uno", "año"])] == [b"", b"heard"]
    assert said == ["uno", "año"]


async def test_a_stream_outlasts_the_patience_for_an_answer(site, strict):
    async def linger(request):
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await asyncio.sleep(0.3)
        await socket.send_str("late")
        await socket.close()
        return socket

    url = site.put("/live", linger)
    async with strict(patience=Patience(total=0.1)) as client:
        assert [m async for m in client.visit(0.0, {}).listen(url)] == [b"late"]


async def test_a_stream_that_falls_silent_is_unavailable(strict):
    async def mute(reader, writer):
        asked = await reader.readuntil(b"\r\n\r\n")
        key = next(
            line.split(b": ")[1] for line in asked.split(b"\r\n") if line.lower().startswith(b"sec-websocket-key")
        )
        accept = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
        writer.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n")
        writer.write(b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n")
        await reader.read()
        writer.close()

    server = await asyncio.start_server(mute, "127.0.0.1", 0)
    url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    async with strict(patience=Patience(heartbeat=0.1)) as client:
        with pytest.raises(Unavailable):
            assert [m async for m in client.visit(0.0, {}).listen(url)] == []
    server.close()


async def test_a_stream_closed_in_anger_is_unavailable(site, visit):
    url = site.put("/live", lambda request: socket_of(request, code=1011))
    with pytest.raises(Unavailable, match="1011"):
        assert [m async for m in visit.listen(url)] == []


async def test_a_message_over_the_cap_is_malformed(site, strict):
    url = site.put("/live", lambda request: socket_of(request, "x" * 2000))
    async with strict(cap=1000) as client:
        with pytest.raises(Malformed, match="too large"):
            assert [m async for m in client.visit(0.0, {}).listen(url)] == []


@pytest.mark.parametrize(("status", "error"), [(403, Refused), (404, Refused), (200, Refused), (503, Unavailable)])
async def test_a_stream_that_does_not_open_says_who_must_act(site, visit, status, error):
    url = site.put("/live", status)
    with pytest.raises(error):
        assert [m async for m in visit.listen(url)] == []


async def test_garbage_in_a_stream_is_an_error_of_ours(site, visit):
    async def garble(request):
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        request.transport.write(b"\xff\xff\xff\xff garbage")
        await asyncio.sleep(0.05)
        return socket

    with pytest.raises(ConnectorError):
        assert [m async for m in visit.listen(site.put("/live", garble))] == []


async def test_cancelling_passes_through(visit, raw):
    async with raw(5.0) as url:
        task = asyncio.create_task(visit.get(url))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("https://api.example/urn%3Ali%3A1/x?q=a%2Cb", "https://api.example/urn%3Ali%3A1/x?q=a%2Cb"),
        ("https://api.example/año?q=á b", "https://api.example/a%C3%B1o?q=%C3%A1+b"),
    ],
)
def test_what_is_escaped_in_an_address_stays_so_and_the_rest_becomes_so(text, sent):
    assert str(address(text)) == sent
