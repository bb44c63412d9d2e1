"""The Graph API: its pages, its lookups by id, and what its error codes mean."""

import json
from datetime import UTC, datetime

import msgspec
import pytest

from connectors.base import Answer
from connectors.errors import RateLimited, Refused, Unavailable
from connectors.meta.graph import MOST_PAGES, Edge, Gone, Graph, Unexplained
from connectors.text import when
from tests.fakes_http import FakeHttp

OLDEST = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
GRAPH = Graph("https://graph.example/v26.0", "sesame", "at the usual place")


class Word(msgspec.Struct):
    id: str
    created_time: str | None = None

    @property
    def at(self):
        return when(self.created_time)


def trouble(code, subcode=None, message="(#1) Something"):
    error = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A"}
    return {"error": error | ({"error_subcode": subcode} if subcode else {})}


def refused(code, subcode=None):
    """What the client raises: nearly every error of Meta's comes with status 400."""
    return Refused("https://graph.example: 400", status=400, body=json.dumps(trouble(code, subcode)).encode())


def edge(*ids, at="2026-11-01T13:00:00+0000", after=""):
    paging = {"next": f"https://graph.example/v25.0/1/comments?access_token=sesame&limit=2&after={after}"}
    return {"data": [{"id": name, "created_time": at} for name in ids], "paging": paging if after else {}}


def start(first):
    return msgspec.json.decode(json.dumps(first), type=Edge)


async def read_back(http, first):
    return [word.id async for page in GRAPH.back(http, "1/comments", start(first), Word, OLDEST) for word in page]


async def test_the_token_travels_in_a_header_and_never_in_an_address():
    http = FakeHttp({"/v26.0/1/comments": [edge("3")]})
    await read_back(http, edge("1", after="x"))
    assert http.asked[0].headers == {"Authorization": "Bearer sesame"}
    assert http.asked[0].query == {"limit": "2", "after": "x"}


async def test_what_follows_is_asked_for_at_our_own_address_whatever_the_answer_says():
    http = FakeHttp({"/v26.0/1/comments": [edge("2")]})
    assert await read_back(http, edge("1", after="x")) == ["1", "2"]
    assert http.asked[0].url == "https://graph.example/v26.0/1/comments"


async def test_a_page_of_old_entries_ends_the_reading():
    old = edge("2", at="2026-11-01T11:00:00+0000", after="y")
    http = FakeHttp({"/v26.0/1/comments": [old, edge("3")]})
    assert await read_back(http, edge("1", after="x")) == ["1"]
    assert len(http.asked) == 1


async def test_a_page_that_comes_twice_ends_the_reading():
    http = FakeHttp({"/v26.0/1/comments": [edge("2", after="x")]})
    assert await read_back(http, edge("1", after="x")) == ["1", "2"]
    assert len(http.asked) == 2


async def test_a_cursor_that_stays_the_same_does_not_end_the_reading():
    http = FakeHttp({"/v26.0/1/comments": [edge("2", after="x"), edge("3", after="x"), edge()]})
    assert await read_back(http, edge("1", after="x")) == ["1", "2", "3"]


async def test_no_list_is_read_without_end():
    numbers = iter(range(1000))
    http = FakeHttp({"/v26.0/1/comments": [lambda asked: _answer(edge(f"n{next(numbers)}", after="x"))]})
    assert len(await read_back(http, edge("first", after="x"))) == MOST_PAGES


def _answer(document):
    return Answer(url="https://graph.example", status=200, headers={}, body=json.dumps(document).encode())


@pytest.mark.parametrize("url", ["", "x", "https://[graph", "https://graph.example/1?access_token=sesame"], ids=repr)
def test_an_address_that_asks_for_nothing_is_the_end(url):
    assert not start({"data": [], "paging": {"next": url}}).rest


@pytest.mark.parametrize(
    ("code", "kind", "hint"),
    [
        (190, Refused, "expired"),
        (10, Refused, "permission"),
        (200, Refused, "permission"),
        (100, Unexplained, "Something"),
        (12, Unexplained, "code 12"),
        (4, RateLimited, "code 4"),
        (17, RateLimited, "code 17"),
        (32, RateLimited, "code 32"),
        (613, RateLimited, "code 613"),
        (80001, RateLimited, "code 80001"),
        (2, Unavailable, "code 2"),
    ],
)
async def test_the_code_says_who_must_act(code, kind, hint):
    with pytest.raises(kind, match=hint) as caught:
        await GRAPH.edge(FakeHttp({"/v26.0/1/tagged": [refused(code)]}), "1/tagged", {})
    assert type(caught.value) is kind


async def test_an_expired_token_names_where_a_new_one_is_made():
    with pytest.raises(Refused, match="at the usual place"):
        await GRAPH.edge(FakeHttp({"/v26.0/1/tagged": [refused(190)]}), "1/tagged", {})


async def test_an_error_with_status_200_is_an_error():
    with pytest.raises(Refused, match="expired"):
        await GRAPH.edge(FakeHttp({"/v26.0/1/tagged": [trouble(190)]}), "1/tagged", {})


async def test_a_refusal_that_explains_nothing_passes():
    with pytest.raises(Refused, match="no such host"):
        await GRAPH.edge(FakeHttp({"/v26.0/1/tagged": [Refused("no such host")]}), "1/tagged", {})


async def test_an_object_that_cannot_be_seen_is_gone():
    with pytest.raises(Gone):
        await GRAPH.edge(FakeHttp({"/v26.0/1/tagged": [refused(100, 33)]}), "1/tagged", {})


async def test_one_id_that_is_gone_does_not_spoil_the_others():
    def lookup(asked):
        ids = asked.query["ids"].split(",")
        return refused(803) if "3" in ids else _answer({name: {"id": name} for name in ids})

    http = FakeHttp({"/v26.0/": [lookup]})
    found = await GRAPH.objects(http, ["1", "2", "3", "4"], "id", Word)
    assert {name: word and word.id for name, word in found.items()} == {"1": "1", "2": "2", "3": None, "4": "4"}


async def test_fifty_ids_are_asked_for_at_once():
    http = FakeHttp(
        {"/v26.0/": [lambda asked: _answer({name: {"id": name} for name in asked.query["ids"].split(",")})]}
    )
    assert len(await GRAPH.objects(http, [str(number) for number in range(60)], "id", Word)) == 60
    assert [len(asked.query["ids"].split(",")) for asked in http.asked] == [50, 10]


async def test_ids_of_which_the_answer_says_nothing_are_left_out():
    assert await GRAPH.objects(FakeHttp({"/v26.0/": [{"1": {"id": "1"}}]}), ["1", "2"], "id", Word) == {
        "1": Word(id="1")
    }
