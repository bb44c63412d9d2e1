"""Google Play: how it is signed in to, what is asked, and how a review is answered."""

import json
from datetime import UTC, datetime

import pytest

from connectors.base import Cursor, Replies
from connectors.errors import RateLimited, Refused
from connectors.post import Post
from connectors.reviews.googleplay import GooglePlay
from tests.connectors.test_signed import private_key
from tests.fakes_http import FakeHttp, read
from tests.plays.googleplay import REVIEWS

SINCE = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
START = int(SINCE.timestamp())
TOKENS = "/token"


def review(id="r1", at=START + 60, **said):
    written = {"text": "Acme no abre", "lastModified": {"seconds": str(at)}, "starRating": 1}
    return {"reviewId": id, "authorName": "Lena", "comments": [{"userComment": written | said}]}


def signed_in(key="{}"):
    play = GooglePlay(package="com.zumaque.shop", key=key)
    play._grant.token = "t"
    return play


async def poll(http, mark="", play=None):
    pages, error = await read((play or signed_in()).fetch(http, ("acme",), Cursor(since=SINCE, mark=mark)))
    assert error is None
    return pages


def ids(pages):
    return [post.id for page in pages for post in page.posts]


# Reading


async def test_the_token_goes_with_the_request():
    http = FakeHttp({REVIEWS: [{"reviews": [review()]}]})
    await poll(http)
    assert (http.asked[0].headers["Authorization"], http.asked[0].query["maxResults"]) == ("Bearer t", "100")


async def test_an_app_without_reviews_this_week_is_quiet():
    pages = await poll(FakeHttp({REVIEWS: [{}]}), mark=str(START))
    assert [(page.posts, page.mark) for page in pages] == [((), str(START))]


async def test_pages_are_followed_back_to_what_is_known():
    first = {"reviews": [review("r3", START + 9_000)], "tokenPagination": {"nextPageToken": "p2"}}
    second = {"reviews": [review("r2", START + 8_000), review("r1", START)], "tokenPagination": {"nextPageToken": "p3"}}
    http = FakeHttp({REVIEWS: [first, second]})
    assert ids(await poll(http, mark=str(START + 8_500))) == ["r3", "r2"]
    assert [query.get("token") for query in http.queries(REVIEWS)] == [None, "p2"]


async def test_the_mark_is_the_time_of_the_newest_review():
    assert (await poll(FakeHttp({REVIEWS: [{"reviews": [review()]}]})))[-1].mark == str(START + 60)


async def test_what_only_the_developer_said_is_no_post():
    answer = {"reviewId": "r2", "comments": [{"developerComment": {"text": "Gracias"}}]}
    assert ids(await poll(FakeHttp({REVIEWS: [{"reviews": [review(), answer]}]}))) == ["r1"]


async def test_a_title_comes_before_a_tab():
    http = FakeHttp({REVIEWS: [{"reviews": [review("a", text="No abre\tNada"), review("b", text="\tNada")]}]})
    assert [(post.title, post.text) for post in (await poll(http))[0].posts] == [
        ("1/5: No abre", "Nada"),
        ("1/5", "Nada"),
    ]


async def test_each_request_is_counted():
    http = FakeHttp({REVIEWS: [{"reviews": [review()]}]})
    await poll(http)
    assert http.spent == [("read", 1, "")]


async def test_when_nothing_of_the_hour_is_left_nobody_is_asked():
    http = FakeHttp({REVIEWS: [{}]})
    http.broke = frozenset({"read"})
    with pytest.raises(RateLimited):
        await anext(signed_in().fetch(http, (), Cursor(since=SINCE)))
    assert http.asked == []


# Signing in


@pytest.fixture(scope="module")
def key():
    pem = private_key("RS256")[1]
    return json.dumps({"type": "service_account", "client_email": "oido@zumaque.iam.example", "private_key": pem})


async def test_a_service_account_signs_in_with_what_its_key_signed(key):
    import jwt

    http = FakeHttp({TOKENS: [{"access_token": "fresh", "expires_in": 3599}], REVIEWS: [{}]})
    await poll(http, play=GooglePlay(package="com.zumaque.shop", key=key))
    form = http.asked[0].form
    assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    told = jwt.decode(form["assertion"], options={"verify_signature": False})
    assert (told["iss"], told["aud"]) == ("oido@zumaque.iam.example", "https://oauth2.googleapis.com/token")
    assert told["scope"] == "https://www.googleapis.com/auth/androidpublisher"
    assert http.asked[1].headers["Authorization"] == "Bearer fresh"


async def test_a_token_that_is_over_is_renewed(key):
    http = FakeHttp({TOKENS: [{"access_token": "fresh"}], REVIEWS: [Refused("401"), {"reviews": [review()]}]})
    assert ids(await poll(http, play=signed_in(key))) == ["r1"]


async def test_who_may_not_read_is_told_where_to_look(key):
    http = FakeHttp({TOKENS: [{"access_token": "fresh"}], REVIEWS: [Refused("403")]})
    with pytest.raises(Refused, match="Play Console"):
        await anext(signed_in(key).fetch(http, (), Cursor(since=SINCE)))


async def test_what_is_no_key_of_a_service_account_says_how_to_get_one():
    with pytest.raises(Refused, match="Service Accounts"):
        await anext(GooglePlay(package="com.zumaque.shop", key="x").fetch(FakeHttp({}), (), Cursor(since=SINCE)))


# Answering


async def test_a_review_is_answered_by_its_id():
    http = FakeHttp({f"{REVIEWS}/gp%3Ar1:reply": [{"result": {"replyText": "Gracias"}}]})
    to = Post(network="googleplay", id="gp:r1", url="https://play.google.com/x", text="")
    sent = await signed_in().reply(http, to, "Gracias", "k")
    assert http.asked[0].json == {"replyText": "Gracias"}
    assert (sent.id, sent.url) == ("gp:r1", "https://play.google.com/x")
    assert http.spent == [("reply", 1, "k")]


# Options


def test_it_answers_and_has_budgets():
    assert isinstance(signed_in(), Replies)
    assert {budget.name: budget.most for budget in signed_in().budgets()} == {"read": 200, "reply": 2_000}


def test_sources_of_one_app_share_what_it_may_ask():
    assert signed_in().account == signed_in("other").account


@pytest.mark.parametrize("package", ["zumaque", "https://play.google.com/store/apps/details?id=com.zumaque.shop"])
def test_what_is_no_package_is_said(package):
    assert GooglePlay(package=package, key="{}").check()
