"""Bluesky: the stream and its reconnections, search and its session, and what records become."""

import json
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from connectors.base import Answer, Cursor, KnowsAuthors, Refreshes, Replies
from connectors.errors import Refused, Unavailable
from connectors.streams import atproto, jetstream
from connectors.streams.bluesky import Bluesky
from tests.builders import post as stored
from tests.fakes_http import FakeHttp, read

NOON = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
MICROS = int(NOON.timestamp()) * 1_000_000
MINUTE = 60_000_000
SUBSCRIBE = "/subscribe"
SEARCH = "/xrpc/app.bsky.feed.searchPosts"
PROFILES = "/xrpc/app.bsky.actor.getProfiles"
LOG_IN = "/xrpc/com.atproto.server.createSession"
RENEW = "/xrpc/com.atproto.server.refreshSession"
POSTS = "app.bsky.feed.post"


def event(number=1, operation="create", collection=POSTS, **record):
    """An event `number` seconds after noon."""
    commit = {"rev": "3m", "operation": operation, "collection": collection, "rkey": f"key{number}"}
    if operation != "delete":
        commit["record"] = {"$type": collection, "text": "Acme is down", "createdAt": "2026-11-01T12:00:00Z"} | record
    wire = {"did": "did:plc:ana", "time_us": MICROS + number * 1_000_000, "kind": "commit", "commit": commit}
    return json.dumps(wire).encode()


def one(**record):
    """The post that a record becomes."""
    return jetstream.post(jetstream.event(event(**record)))


async def stream(*connections, mark="", hosts=("ws://one.example", "ws://two.example")):
    """The pages that `connections` bring until no host goes on, the requests, and the error at the end."""
    http = FakeHttp({SUBSCRIBE: [*connections, []]})
    pages, error = await read(Bluesky(hosts=hosts).fetch(http, ("acme",), Cursor(since=NOON, mark=mark)))
    return pages, http.asked, error


# The stream


async def test_only_posts_are_asked_for():
    _, asked, _ = await stream([])
    assert asked[0].query["wantedCollections"] == POSTS


async def test_the_first_connection_goes_back_to_since():
    _, asked, _ = await stream([])
    assert int(asked[0].query["cursor"]) == MICROS - MINUTE


async def test_a_later_connection_goes_back_a_minute_behind_the_mark():
    _, asked, _ = await stream([], mark=str(MICROS + 5 * MINUTE))
    assert int(asked[0].query["cursor"]) == MICROS + 4 * MINUTE


async def test_a_connection_that_ends_is_followed_by_one_to_the_next_host():
    pages, asked, _ = await stream([event(90)], [event(91)])
    assert [post.id[-5:] for page in pages for post in page.posts] == ["key90", "key91"]
    assert asked[1].url.startswith("ws://two.example")
    assert int(asked[1].query["cursor"]) == MICROS + 90_000_000 - MINUTE


async def test_a_connection_that_fails_is_followed_by_one_to_the_next_host():
    pages, asked, _ = await stream([event(1), Unavailable("reset")], [event(2)])
    assert [len(page.posts) for page in pages if page.posts] == [1, 1]
    assert asked[1].url.startswith("ws://two.example")


async def test_when_no_host_goes_on_the_source_is_unavailable():
    _, asked, error = await stream(Unavailable("503"), Refused("404"))
    assert isinstance(error, Unavailable)
    assert "404" in str(error)
    assert len(asked) == 2


async def test_a_host_that_brings_only_what_we_know_does_not_keep_us():
    _, asked, error = await stream([event(0)], [event(0)], mark=str(MICROS))
    assert isinstance(error, Unavailable)
    assert len(asked) == 2


async def test_what_the_host_no_longer_has_is_told_as_missed():
    pages, _, _ = await stream([event(3600), event(3601)], mark=str(MICROS))
    assert [page.missed for page in pages] == [(NOON, NOON + timedelta(hours=1))]


async def test_an_event_of_no_time_that_a_calendar_has_is_passed_over():
    beyond = b'{"did":"did:plc:ana","time_us":9000000000000000000,"kind":"identity"}'
    pages, _, error = await stream([beyond, event(3600)], mark=str(MICROS))
    assert [page.mark for page in pages] == [str(MICROS + 3600 * 1_000_000)]
    assert isinstance(error, Unavailable)


async def test_nothing_is_missed_where_the_host_goes_on_from_the_mark():
    pages, _, _ = await stream([event(-1), event(3600)], [event(3700)], mark=str(MICROS))
    assert [page.missed for page in pages] == [None, None]


async def test_the_mark_is_the_time_of_the_newest_event_of_any_kind():
    handle = json.dumps({"did": "did:plc:ana", "time_us": MICROS + 9, "kind": "identity", "identity": {}}).encode()
    pages, _, _ = await stream([handle])
    assert pages[0].mark == str(MICROS + 9)


async def test_a_deletion_names_the_post_that_is_gone():
    pages, _, _ = await stream([event(4, "delete"), event(5, "delete", "app.bsky.feed.like")])
    assert pages[0].deleted == (f"at://did:plc:ana/{POSTS}/key4",)


@pytest.mark.parametrize(
    "message",
    [b"", b"hello", b"[]", b'{"kind":"new"}', b"\xff", event(collection="app.bsky.feed.like"), event(text=7)],
    ids=["nothing", "words", "a list", "another kind", "not UTF-8", "a like", "a post without text"],
)
async def test_what_is_no_post_is_passed_over(message):
    pages, _, _ = await stream([message, event(2)])
    assert [len(page.posts) for page in pages if page.posts] == [1]


# Records


def test_the_authors_own_time_counts_when_it_is_the_earlier():
    assert one(number=60, createdAt="2026-11-01T11:00:00.5+00:00").published_at == NOON - timedelta(hours=0.99986111111)
    assert one(number=60, createdAt="2036-01-01T00:00:00Z").published_at == NOON + timedelta(minutes=1)


@pytest.mark.parametrize(
    "created", [None, "", "yesterday", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", 7, []], ids=repr
)
def test_a_date_that_is_none_is_the_networks(created):
    assert one(number=0, createdAt=created).published_at == NOON


def test_dates_of_other_zones_are_in_utc():
    published = one(number=60, createdAt="2026-11-01T13:00:00+01:00").published_at
    assert (published, published.utcoffset()) == (NOON, timedelta(0))


def test_a_post_leads_to_its_page():
    post = one(number=3)
    assert post.id == f"at://did:plc:ana/{POSTS}/key3"
    assert post.url == "https://bsky.app/profile/did:plc:ana/post/key3"
    assert (post.author.handle, post.author.followers) == ("did:plc:ana", None)


def test_links_are_whole_where_the_text_cuts_them_short():
    link = {"$type": "app.bsky.richtext.facet#link", "uri": "https://shop.example/a/long/way"}
    post = one(text="shop.example/a/lo...", facets=[{"index": {"byteStart": 0, "byteEnd": 20}, "features": [link]}])
    assert post.links == ("https://shop.example/a/long/way",)


def test_a_link_that_is_no_web_address_is_left_out():
    assert one(facets=[{"features": [{"uri": "javascript:x"}]}]).links == ()


def test_the_card_of_a_link_is_read():
    card = {"uri": "https://acme.example/", "title": "Acme", "description": "Cajas \u00ad de cartón"}
    post = one(text="mira", embed={"$type": "app.bsky.embed.external", "external": card})
    assert post.text == "mira\nAcme\nCajas  de cartón"
    assert post.links == ("https://acme.example/",)


def test_descriptions_of_pictures_are_read_also_beside_a_quoted_post():
    pictures = {"$type": "app.bsky.embed.images", "images": [{"alt": "A broken box"}, {"alt": ""}]}
    quoted = {"record": {"uri": f"at://did:plc:eva/{POSTS}/key9", "cid": "x"}}
    post = one(embed={"$type": "app.bsky.embed.recordWithMedia", "media": pictures, "record": quoted})
    assert post.text == "Acme is down\nA broken box"
    assert post.links == ("https://bsky.app/profile/did:plc:eva/post/key9",)


def test_hashtags_that_stand_in_no_text_are_read():
    assert one(text="hola", tags=["acme"]).text == "hola\n#acme"


def test_a_reply_names_what_it_answers():
    parent = {"uri": f"at://did:plc:eva/{POSTS}/key9", "cid": "x"}
    assert one(reply={"parent": parent, "root": parent}).in_reply_to == parent["uri"]


@pytest.mark.parametrize(("langs", "language"), [(["pt-BR", "en"], "pt"), ([], None), (None, None), ([""], None)])
def test_the_first_declared_language_counts(langs, language):
    assert one(langs=langs).language == language


@pytest.mark.parametrize("field", ["langs", "facets", "embed", "reply", "tags"])
def test_extras_that_cannot_be_read_do_not_cost_the_post(field):
    assert one(**{field: "nonsense"}).text == "Acme is down"


# Search


TOKENS = {"accessJwt": "access", "refreshJwt": "refresh", "did": "did:plc:me", "handle": "me.example"}


def view(number=1, **fields):
    at = (NOON + timedelta(minutes=number)).isoformat()
    return {
        "uri": f"at://did:plc:ana/{POSTS}/key{number}",
        "author": {"did": "did:plc:ana", "handle": "ana.example", "displayName": "Ana"},
        "record": {"text": "Acme is down", "createdAt": at},
        "indexedAt": at,
    } | fields


def profile(did="did:plc:ana", handle="ana.example", **fields):
    return {"did": did, "handle": handle, "displayName": "Ana", "followersCount": 7} | fields


def searching(**table):
    defaults = {LOG_IN: [TOKENS], SEARCH: [{"posts": []}], PROFILES: [{"profiles": [profile()]}]}
    return FakeHttp(defaults | table)


def connector(**options):
    return Bluesky(**{"mode": "search", "identifier": "me.example", "password": "s3cret"} | options)


async def search(http, *terms, mark="", since=NOON, of=None):
    return [page async for page in (of or connector()).fetch(http, terms or ("acme",), Cursor(since=since, mark=mark))]


async def found(http):
    return next(post for page in await search(http) for post in page.posts)


def paths(http):
    return [asked.path.rpartition(".")[2] for asked in http.asked]


async def test_search_logs_in_with_the_app_password():
    http = searching()
    await search(http)
    assert http.asked[0].json == {"identifier": "me.example", "password": "s3cret"}
    assert http.asked[1].headers["Authorization"] == "Bearer access"


async def test_a_login_outlives_the_poll():
    http, of = searching(), connector()
    await search(http, of=of)
    await search(http, of=of)
    assert paths(http) == ["createSession", "searchPosts", "searchPosts"]


async def test_an_expired_token_is_renewed():
    http = searching(**{SEARCH: [{"posts": []}, Refused("400 ExpiredToken"), {"posts": []}], RENEW: [TOKENS]})
    of = connector()
    await search(http, of=of)
    await search(http, of=of)
    assert paths(http)[2:] == ["searchPosts", "refreshSession", "searchPosts"]
    assert http.asked[3].headers["Authorization"] == "Bearer refresh"


async def test_a_token_that_cannot_be_renewed_is_followed_by_a_login():
    expired = Refused("401 ExpiredToken")
    http = searching(**{SEARCH: [{"posts": []}, expired, {"posts": []}], RENEW: [expired]})
    of = connector()
    await search(http, of=of)
    await search(http, of=of)
    assert paths(http)[2:] == ["searchPosts", "refreshSession", "createSession", "searchPosts"]


async def test_a_wrong_password_is_tried_once():
    http = searching(**{LOG_IN: [Refused("401")]})
    with pytest.raises(Refused):
        await search(http)
    assert paths(http) == ["createSession"]


async def test_a_term_is_searched_for_from_the_newest_and_phrases_are_quoted():
    http = searching()
    await search(http, "acme", "acme corp")
    assert [(query["q"], query["sort"]) for query in http.queries(SEARCH)] == [
        ("acme", "latest"),
        ('"acme corp"', "latest"),
    ]


async def test_a_later_search_overlaps_by_a_quarter_of_an_hour():
    http = searching()
    await search(http, mark=str(MICROS))
    assert http.queries(SEARCH)[0]["since"] == "2026-11-01T11:45:00.000Z"


async def test_results_are_followed_page_by_page():
    replies = [{"posts": [view(2)], "cursor": "100"}, {"posts": [view(1)]}]
    http = searching(**{SEARCH: replies})
    pages = await search(http)
    assert [post.id[-4:] for page in pages for post in page.posts] == ["key2", "key1"]
    assert http.queries(SEARCH)[1]["cursor"] == "100"


async def test_a_server_that_knows_no_since_is_not_followed_into_the_past():
    http = searching(**{SEARCH: [{"posts": [view(-60)], "cursor": "100"}]})
    await search(http)
    assert len(http.queries(SEARCH)) == 1


async def test_the_mark_moves_when_every_term_is_read():
    http = searching(**{SEARCH: [{"posts": [view(9)]}, {"posts": [view(3)]}]})
    pages = await search(http, "acme", "corp", mark=str(MICROS))
    assert [page.mark for page in pages] == [str(MICROS), str(MICROS), str(MICROS + 9 * MINUTE)]


async def test_counts_are_read_and_quotes_are_shares():
    post = await found(searching(**{SEARCH: [{"posts": [view(likeCount=3, repostCount=2, quoteCount=1)]}]}))
    assert (post.engagement.likes, post.engagement.shares, post.engagement.comments) == (3, 3, None)


async def test_authors_come_with_their_followers():
    post = await found(searching(**{SEARCH: [{"posts": [view()]}]}))
    assert (post.author.handle, post.author.name, post.author.followers) == ("ana.example", "Ana", 7)
    assert post.author.url == "https://bsky.app/profile/ana.example"


async def test_posts_do_not_wait_for_profiles_that_cannot_be_had():
    http = searching(**{SEARCH: [{"posts": [view()]}], PROFILES: [Unavailable("502")]})
    assert (await found(http)).author.followers is None


# Authors


async def test_profiles_need_no_login_beside_the_stream():
    http = FakeHttp({PROFILES: [{"profiles": [profile()]}]})
    known = await Bluesky().authors(http, ["did:plc:ana"])
    assert known["did:plc:ana"].handle == "ana.example"
    assert "Authorization" not in http.asked[0].headers


async def test_authors_are_asked_for_by_twenty_five():
    http = FakeHttp({PROFILES: [{"profiles": []}]})
    await Bluesky().authors(http, [f"did:plc:{number}" for number in range(60)] * 2)
    assert [asked.url.count("actors=") for asked in http.asked] == [25, 25, 10]


async def test_authors_may_be_asked_for_by_name():
    http = FakeHttp({PROFILES: [{"profiles": [profile()]}]})
    assert set(await Bluesky().authors(http, ["ana.example", "nobody"])) == {"ana.example"}


async def test_a_name_that_leads_nowhere_is_replaced_by_the_did():
    http = FakeHttp({PROFILES: [{"profiles": [profile(handle="handle.invalid", displayName="")]}]})
    author = (await Bluesky().authors(http, ["did:plc:ana"]))["did:plc:ana"]
    assert (author.handle, author.name) == ("did:plc:ana", None)


# Options


def test_a_stream_streams_and_a_search_does_not():
    assert (Bluesky().streams, connector().streams) == (True, False)


def test_authors_are_known():
    assert isinstance(Bluesky(), KnowsAuthors)


def test_search_without_an_account_is_named():
    assert [problem.partition(":")[0] for problem in Bluesky(mode="search").check()] == ["identifier", "password"]


def test_the_password_is_not_printed():
    assert "s3cret" not in repr(connector())


# What others recorded


async def test_events_of_the_real_network_come_over_a_real_connection(recorded, visit):
    """Ten events as a Jetstream host wrote them, served by a WebSocket here."""
    lines = next((recorded / "bluesky_jetstream").glob("*golden_v1.jsonl")).read_text().splitlines()

    async def answer(request):
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        for line in lines:
            await socket.send_str(line)
        await socket.close()
        return socket

    app = web.Application()
    app.router.add_get(SUBSCRIBE, answer)
    async with TestServer(app, host="127.0.0.1") as server:
        host = str(server.make_url("")).rstrip("/").replace("http", "ws", 1)
        pages, error = await read(Bluesky(hosts=(host,)).fetch(visit, (), Cursor(since=NOON - timedelta(days=365))))
    posts = [post for page in pages for post in page.posts]
    assert [json.loads(line)["commit"]["record"]["text"] for line in lines if f'n":"{POSTS}' in line] == [posts[0].text]
    assert pages[-1].mark == str(max(json.loads(line)["time_us"] for line in lines))
    assert isinstance(error, Unavailable)


async def test_recorded_search_results_are_read(recorded, caplog):
    exchanges = recorded / "bluesky" / "exchanges"
    results = _answers(exchanges, "*f_search*")[0]
    http = searching(**{SEARCH: [results | {"cursor": None}], PROFILES: _answers(exchanges, "*a_profile*")})
    pages = await search(http, since=NOON - timedelta(days=3650))
    posts = [post for page in pages for post in page.posts]
    assert [post.id for post in posts] == [entry["uri"] for entry in results["posts"]]
    assert all(
        post.text.startswith(entry["record"]["text"].strip()[:20])
        for post, entry in zip(posts, results["posts"], strict=True)
    )
    assert not caplog.messages


async def test_recorded_profiles_are_read(recorded):
    answer = _answers(recorded / "bluesky" / "exchanges", "*a_profile*")[0]
    did, followers = answer["profiles"][0]["did"], answer["profiles"][0]["followersCount"]
    assert (await Bluesky().authors(FakeHttp({PROFILES: [answer]}), [did]))[did].followers == followers


def _answers(folder, pattern):
    files = list(islice(folder.glob(pattern), 1))
    if not files:
        pytest.skip(f"no {pattern} among the recorded answers")
    return [exchange["response"]["json"] for exchange in json.loads(files[0].read_text())["exchanges"]]


def test_the_page_of_an_address_without_key_is_unknown():
    assert atproto.page("at://did:plc:ana") is None


# Looking again

SHOW = "/xrpc/app.bsky.feed.getPosts"


def uri(number=1):
    return f"at://did:plc:ana/{POSTS}/key{number}"


def shown(number=1, text="Acme is down", **fields):
    record = {"$type": POSTS, "text": text, "createdAt": "2026-11-01T12:00:00Z"} | fields.pop("record", {})
    author = {"did": "did:plc:ana", "handle": "ana.example"}
    return {"uri": uri(number), "cid": f"cid{number}", "author": author, "record": record} | fields


async def test_a_post_is_looked_at_again_with_what_people_made_of_it():
    http = FakeHttp({SHOW: [{"posts": [shown(likeCount=9, repostCount=2, replyCount=1)]}]})
    (post,) = (await Bluesky().refresh(http, [uri()])).values()
    assert (post.id, post.engagement.likes, post.engagement.shares, post.engagement.comments) == (uri(), 9, 2, 1)


async def test_posts_are_looked_at_by_twenty_five():
    http = FakeHttp(
        {SHOW: [lambda asked: {"posts": [shown(number) for number in range(60) if uri(number) in asked.url]}]}
    )
    await Bluesky().refresh(http, [uri(number) for number in range(60)])
    assert [asked.url.count("uris=") for asked in http.asked] == [25, 25, 10]


async def test_a_post_that_the_network_leaves_out_is_gone():
    http = FakeHttp({SHOW: [{"posts": [shown(1)]}]})
    told = await Bluesky().refresh(http, [uri(1), uri(2), "https://elsewhere.example/3"])
    assert {id: bool(post) for id, post in told.items()} == {uri(1): True, uri(2): False}


async def test_nothing_is_said_of_posts_while_one_cannot_be_read():
    http = FakeHttp({SHOW: [{"posts": [shown(1), {"uri": 7}]}]})
    assert list(await Bluesky().refresh(http, [uri(1), uri(2)])) == [uri(1)]


async def test_a_post_that_is_there_without_words_is_not_gone():
    http = FakeHttp({SHOW: [{"posts": [shown(1) | {"record": {"$type": POSTS}}]}]})
    assert (await Bluesky().refresh(http, [uri()])).get(uri(), "untold") is not None


# Answering

GET, CREATE = "/xrpc/com.atproto.repo.getRecord", "/xrpc/com.atproto.repo.createRecord"
LOGGED_IN = {"accessJwt": "a", "refreshJwt": "b", "did": "did:plc:me"}
NONE = Refused("400", status=400, body=b'{"error":"RecordNotFound"}')
MADE = {"uri": f"at://did:plc:me/{POSTS}/ours", "cid": "c"}


def network(*posts, **table):
    dated = json.dumps({"posts": posts}).encode()
    headers = {"date": "Mon, 02 Nov 2026 12:00:00 GMT"}
    show = Answer(url="https://bsky.social", status=200, headers=headers, body=dated)
    return FakeHttp({LOG_IN: [LOGGED_IN], SHOW: [show], GET: [NONE], CREATE: [MADE]} | table)


async def answer(http, text="Lo sentimos", key="k", **options):
    account = {"identifier": "me.example", "password": "x"} | options
    return await Bluesky(**account).reply(http, stored(network="bluesky", id=uri()), text, key)


def written(http):
    (asked,) = (asked for asked in http.asked if asked.path == CREATE)
    return asked.json


async def test_an_answer_is_a_record_below_the_post():
    http = network(shown())
    sent = await answer(http)
    there = {"uri": uri(), "cid": "cid1"}
    assert written(http)["record"] == {
        "$type": POSTS,
        "text": "Lo sentimos",
        "createdAt": "2026-11-02T12:00:00.000Z",
        "reply": {"root": there, "parent": there},
    }
    assert (sent.id, sent.url) == (MADE["uri"], "https://bsky.app/profile/did:plc:me/post/ours")


async def test_an_answer_within_a_conversation_names_what_it_began_with():
    root = {"uri": uri(9), "cid": "cid9"}
    http = network(shown(record={"reply": {"root": root, "parent": {"uri": uri(8), "cid": "cid8"}}}))
    await answer(http)
    assert written(http)["record"]["reply"] == {"root": root, "parent": {"uri": uri(), "cid": "cid1"}}


async def test_an_answer_that_is_there_already_is_not_written_again():
    http = network(shown(), **{GET: [MADE]})
    assert (await answer(http)).id == MADE["uri"]
    assert CREATE not in [asked.path for asked in http.asked]


async def test_one_key_has_one_place_in_the_form_of_a_moment():
    first, again, other = network(shown()), network(shown()), network(shown())
    await answer(first)
    await answer(again)
    await answer(other, key="another")
    place = written(first)["rkey"]
    assert (written(again)["rkey"], written(first)["repo"]) == (place, "did:plc:me")
    assert written(other)["rkey"] != place
    assert len(place) == 13
    assert place[0] in "234567abcdefghij"
    assert set(place) <= set("234567abcdefghijklmnopqrstuvwxyz")


async def test_nobody_is_answered_whose_rules_forbid_it():
    with pytest.raises(Refused, match="lets only some people answer"):
        await answer(network(shown(viewer={"replyDisabled": True})))


async def test_a_post_that_is_gone_is_not_answered():
    with pytest.raises(Refused, match="it is gone"):
        await answer(network())


async def test_an_answer_needs_an_account():
    with pytest.raises(Refused, match="set identifier, your handle, and password"):
        await answer(FakeHttp({}), password="")


async def test_what_the_network_refuses_to_look_up_is_not_written():
    with pytest.raises(Refused, match="403"):
        await answer(network(shown(), **{GET: [Refused("403", status=403)]}))


def test_it_looks_again_and_answers():
    assert isinstance(Bluesky(), Refreshes)
    assert isinstance(Bluesky(), Replies)
