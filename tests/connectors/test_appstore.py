"""The App Store: what is asked of its public feed and of App Store Connect, and what the reviews become."""

import json
from datetime import UTC, datetime

import pytest

from connectors.base import Cursor, Replies
from connectors.errors import Refused, Unavailable
from connectors.post import Post
from connectors.reviews.appstore import AppStore
from tests.connectors.test_signed import private_key
from tests.fakes_http import FakeHttp, read
from tests.plays.appstore import page

SINCE = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
START = int(SINCE.timestamp())
OWN = "/v1/apps/1234567890/customerReviews"
RESPONSES = "/v1/customerReviewResponses"


def label(text):
    return {"label": text}


def review(number=1, at="2026-11-01T05:10:00-07:00", **fields):
    told = {"id": label(str(number)), "im:rating": label("1"), "content": label("Acme no abre")}
    return told | ({"updated": label(at)} if at else {}) | fields


def feed(*reviews):
    return {"feed": {"entry": list(reviews)} if len(reviews) != 1 else {"entry": reviews[0]}}


EMPTY = {"feed": {"author": {}}}


async def poll(http, mark="", **options):
    store = AppStore(app="1234567890", **options)
    pages, error = await read(store.fetch(http, ("acme",), Cursor(since=SINCE, mark=mark)))
    assert error is None
    return pages


def ids(pages):
    return [post.id for found in pages for post in found.posts]


# The public feed


async def test_each_country_has_a_feed():
    http = FakeHttp({page(country="es"): [feed(review(1))], page(country="mx"): [feed(review(2))]})
    assert ids(await poll(http, countries=("es", "MX"))) == ["1", "2"]


async def test_one_review_alone_is_no_list():
    assert ids(await poll(FakeHttp({page(): [feed(review(7))]}))) == ["7"]


async def test_a_country_without_reviews_is_quiet():
    assert ids(await poll(FakeHttp({page(): [EMPTY]}))) == []


async def test_the_app_itself_is_no_review():
    app = {"id": label("1234567890"), "im:name": label("Acme")}
    assert ids(await poll(FakeHttp({page(): [feed(app, review(1), review(2))]}))) == ["1", "2"]


async def test_a_first_poll_goes_back_to_since():
    old = review(1, "2026-10-30T05:00:00-07:00")
    assert ids(await poll(FakeHttp({page(): [feed(review(2), old)]}))) == ["2"]


async def test_full_pages_are_read_until_something_known_comes():
    full = feed(*(review(number, "2026-11-05T05:00:00-07:00") for number in range(150, 100, -1)))
    known = feed(*(review(number, "2026-11-02T05:00:00-07:00") for number in range(100, 50, -1)))
    http = FakeHttp({page(1): [full], page(2): [known]})
    mark = json.dumps({"es": {"at": int(datetime(2026, 11, 4, 12, tzinfo=UTC).timestamp()), "number": 100}})
    assert len(ids(await poll(http, mark=mark))) == 100
    assert len(http.asked) == 2


async def test_without_times_the_numbers_tell_what_is_known():
    full = feed(*(review(number, None) for number in range(150, 100, -1)))
    known = feed(*(review(number, None) for number in range(100, 50, -1)))
    http = FakeHttp({page(1): [full], page(2): [known]})
    await poll(http, mark='{"es":{"number":100}}')
    assert len(http.asked) == 2


async def test_the_mark_is_the_newest_review_of_each_country():
    pages = await poll(FakeHttp({page(): [feed(review(9), review(8, "2026-11-01T05:05:00-07:00"))]}))
    assert json.loads(pages[-1].mark) == {"es": {"at": START + 600, "number": 9}}


async def test_a_page_that_comes_empty_behind_a_full_one_keeps_the_mark():
    full = feed(*(review(number) for number in range(50, 0, -1)))
    pages = await poll(FakeHttp({page(1): [full], page(2): [EMPTY]}))
    assert (len(ids(pages)), pages[-1].mark) == (50, "{}")


async def test_a_country_that_fails_does_not_lose_the_others():
    http = FakeHttp({page(country="es"): [feed(review(1))], page(country="mx"): [Unavailable("502")]})
    store = AppStore(app="1234567890", countries=("es", "mx"))
    pages, error = await read(store.fetch(http, (), Cursor(since=SINCE)))
    assert (ids(pages), type(error)) == (["1"], Unavailable)


async def test_the_stars_stand_in_the_title():
    pages = await poll(FakeHttp({page(): [feed(review(1, title=label("No abre")), review(2))]}))
    assert [post.title for post in pages[0].posts] == ["1/5: No abre", "1/5"]


# App Store Connect


def connected(id="00000064-aaaa-7e3a", at="2026-11-01T05:10:00-07:00", **attributes):
    told = {"rating": 2, "title": "Regular", "body": "Acme tarda", "reviewerNickname": "lena", "createdDate": at}
    return {"type": "customerReviews", "id": id, "attributes": told | {"territory": "ESP"} | attributes}


@pytest.fixture
def keyed():
    return {"key": private_key("ES256")[1], "issuer": "57246542-0000", "key_id": "K1"}


async def test_with_a_key_only_app_store_connect_is_asked(keyed):
    http = FakeHttp({OWN: [{"data": [connected()]}]})
    pages = await poll(http, **keyed)
    [asked] = http.asked
    assert (asked.query["sort"], asked.headers["Authorization"][:7]) == ("-createdDate", "Bearer ")
    [post] = pages[0].posts
    assert (post.id, post.title, post.text, post.author.handle) == (
        "00000064-aaaa-7e3a",
        "2/5: Regular",
        "Acme tarda",
        "lena",
    )
    assert json.loads(pages[-1].mark) == {"own": {"at": START + 600}}


async def test_the_next_page_is_where_apple_says(keyed):
    following = "https://api.appstoreconnect.apple.com" + OWN + "?cursor=A&limit=200"
    http = FakeHttp({OWN: [{"data": [connected("b")], "links": {"next": following}}, {"data": [connected("a")]}]})
    assert ids(await poll(http, **keyed)) == ["b", "a"]
    assert http.asked[1].query["cursor"] == "A"


async def test_a_next_page_elsewhere_is_not_given_the_token(keyed):
    http = FakeHttp(
        {OWN: [{"data": [connected()], "links": {"next": "https://api.appstoreconnect.apple.com.evil.example/"}}]}
    )
    await poll(http, **keyed)
    assert len(http.asked) == 1


async def test_a_key_that_is_not_accepted_says_where_to_get_another(keyed):
    store = AppStore(app="1234567890", **keyed)
    with pytest.raises(Refused, match="Users and Access"):
        await anext(store.fetch(FakeHttp({OWN: [Refused("401")]}), (), Cursor(since=SINCE)))


async def test_a_review_is_answered_by_its_id(keyed):
    http = FakeHttp({RESPONSES: [{"data": {"type": "customerReviewResponses", "id": "r1"}}]})
    to = Post(network="appstore", id="00000064-aaaa", url="https://apps.apple.com/app/id1", text="")
    sent = await AppStore(app="1234567890", **keyed).reply(http, to, "Gracias", "k")
    said = http.asked[0].json["data"]
    assert said["attributes"] == {"responseBody": "Gracias"}
    assert said["relationships"] == {"review": {"data": {"type": "customerReviews", "id": "00000064-aaaa"}}}
    assert (sent.id, sent.url) == ("r1", "https://apps.apple.com/app/id1")


@pytest.mark.parametrize("options", [{}, {"key": "k", "issuer": "i", "key_id": "n"}], ids=["no key", "of the feed"])
async def test_what_was_read_without_a_key_cannot_be_answered(options):
    to = Post(network="appstore", id="13300000001", url=None, text="")
    with pytest.raises(Refused, match="App Store Connect"):
        await AppStore(app="1234567890", **options).reply(FakeHttp({}), to, "Gracias", "k")


# Options


def test_it_answers():
    assert isinstance(AppStore(app="1"), Replies)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        pytest.param({"app": "Acme"}, "app:", id="a name for a number"),
        pytest.param({"app": "1", "countries": ("spain",)}, "countries:", id="a country by its name"),
        pytest.param({"app": "1", "countries": ()}, "countries:", id="no country"),
        pytest.param({"app": "1", "key": "k"}, "key:", id="a key alone"),
    ],
)
def test_what_is_wrong_with_the_options_is_said(options, problem):
    assert [found for found in AppStore(**options).check() if found.startswith(problem)]


def test_the_number_may_have_its_id_before_it():
    assert AppStore(app="id1234567890", countries=("es", "mx")).check() == []
