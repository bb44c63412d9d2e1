"""Trustpilot: what is asked about one's own business, what the reviews become, and how they are answered."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors.base import Cursor
from connectors.errors import Refused
from connectors.post import Post
from connectors.reviews.trustpilot import Trustpilot
from tests.fakes_http import FakeHttp

TOKEN = "/v1/oauth/oauth-business-users-for-applications/accesstoken"
REVIEWS = "/v1/private/business-units/b1/reviews"
REVIEW = "/v1/private/reviews/r1"
SINCE = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
START = int(SINCE.timestamp())


def review(number=1, minutes=5, **fields):
    at = (SINCE + timedelta(minutes=minutes)).isoformat()
    return {"id": f"r{number}", "stars": 2, "title": "Late", "text": "Acme was late", "createdAt": at} | fields


def network(**table):
    return FakeHttp({TOKEN: [{"access_token": "one"}, {"access_token": "two"}]} | table)


def trustpilot(**options):
    return Trustpilot(**{"unit": "b1", "key": "k", "secret": "s", "user": "u1"} | options)


async def poll(http, mark="", connector=None):
    cursor = Cursor(since=SINCE, mark=mark)
    return [page async for page in (connector or trustpilot()).fetch(http, (), cursor)]


def ids(pages):
    return [post.id for page in pages for post in page.posts]


async def test_key_and_secret_are_exchanged_for_a_token_once():
    http = network(**{REVIEWS: [{"reviews": []}]})
    connector = trustpilot()
    await poll(http, connector=connector)
    await poll(http, connector=connector)
    login, *reads = http.asked
    assert (login.headers["Authorization"], login.form) == ("Basic azpz", {"grant_type": "client_credentials"})
    assert [read.headers for read in reads] == [{"apikey": "k", "Authorization": "Bearer one"}] * 2


async def test_a_token_that_ran_out_is_exchanged_for_another():
    expired = Refused("401", status=401)
    http = network(**{REVIEWS: [{"reviews": []}, expired, {"reviews": [review()]}]})
    connector = trustpilot()
    await poll(http, connector=connector)
    assert ids(await poll(http, connector=connector)) == ["r1"]
    assert http.asked[-1].headers["Authorization"] == "Bearer two"


async def test_a_key_that_is_refused_says_where_keys_are_made():
    with pytest.raises(Refused, match="Integrations"):
        await poll(FakeHttp({TOKEN: [Refused("401", status=401)]}))


async def test_reviews_come_newest_first_a_hundred_at_a_time():
    http = network(**{REVIEWS: [{"reviews": [review()]}]})
    await poll(http)
    assert http.queries(REVIEWS) == [{"perPage": "100", "page": "1", "orderBy": "createdat.desc"}]


async def test_a_full_page_is_followed_by_the_next():
    full = {"reviews": [review(number) for number in range(100)]}
    http = network(**{REVIEWS: [full, {"reviews": [review(100)]}]})
    assert len(ids(await poll(http))) == 101
    assert [query["page"] for query in http.queries(REVIEWS)] == ["1", "2"]


async def test_the_reading_ends_where_reviews_are_old():
    full = {"reviews": [*(review(number) for number in range(99)), review(99, -1)]}
    http = network(**{REVIEWS: [full]})
    assert len(ids(await poll(http))) == 99
    assert len(http.queries(REVIEWS)) == 1


async def test_a_later_poll_overlaps_by_a_day():
    listing = {"reviews": [review(1), review(2, -60 * 23), review(3, -60 * 25)]}
    pages = await poll(network(**{REVIEWS: [listing]}), mark=str(START))
    assert ids(pages) == ["r1", "r2"]
    assert pages[-1].mark == str(START + 300)


async def test_the_stars_stand_in_the_title():
    pages = await poll(network(**{REVIEWS: [{"reviews": [review()]}]}))
    assert next(post.title for page in pages for post in page.posts) == "2/5: Late"


async def test_a_review_that_is_no_more_was_taken_down():
    http = network(**{REVIEW: [review()], "/v1/private/reviews/r2": [Refused("404", status=404)]})
    found = await trustpilot().refresh(http, ["r1", "r2"])
    assert found["r1"].id == "r1"
    assert found["r2"] is None


async def test_a_look_that_is_refused_takes_nothing_down():
    with pytest.raises(Refused):
        await trustpilot().refresh(network(**{REVIEW: [Refused("403", status=403)]}), ["r1"])


TO = Post(network="trustpilot", id="r1", url="https://www.trustpilot.com/reviews/r1", text="")


async def test_an_answer_names_the_user_who_gives_it():
    http = network(**{REVIEW: [review()], f"{REVIEW}/reply": [b""]})
    await trustpilot().reply(http, TO, "Sorry!", "k")
    assert http.asked[-1].json == {"authorBusinessUserId": "u1", "message": "Sorry!"}


async def test_an_answer_that_stands_there_already_is_not_written_again():
    http = network(**{REVIEW: [review(companyReply={"text": "Sorry!"})]})
    await trustpilot().reply(http, TO, "Sorry!", "k")
    assert http.asked[-1].method == "GET"


async def test_another_answer_is_not_replaced():
    http = network(**{REVIEW: [review(companyReply={"text": "We are looking into it"})]})
    with pytest.raises(Refused, match="has an answer already"):
        await trustpilot().reply(http, TO, "Sorry!", "k")


async def test_without_a_user_nothing_is_answered():
    with pytest.raises(Refused, match="user"):
        await trustpilot(user="").reply(network(), TO, "Sorry!", "k")


@pytest.mark.parametrize("options", [{"unit": "acme.example"}, {"key": ""}], ids=["unit", "key"])
def test_options_that_cannot_work_are_named(options):
    assert [problem.partition(":")[0] for problem in trustpilot(**options).check()] == list(options)
