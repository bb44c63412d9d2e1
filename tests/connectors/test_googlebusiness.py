"""Google Business: what is asked about one's own places, what the reviews become, and how they are answered."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors.base import Cursor
from connectors.errors import Refused
from connectors.post import Post
from connectors.reviews.googlebusiness import GoogleBusiness, original
from tests.fakes_http import FakeHttp, read

PLACE = "accounts/11/locations/22"
REVIEWS = f"/v4/{PLACE}/reviews"
SINCE = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
START = int(SINCE.timestamp())


def at(minutes):
    return (SINCE + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def review(number=1, minutes=5, **fields):
    times = {"createTime": at(minutes), "updateTime": at(minutes)}
    return {"reviewId": f"r{number}", "starRating": "TWO", "comment": "Acme was slow"} | times | fields


def network(**table):
    return FakeHttp({"/token": [{"access_token": "one"}, {"access_token": "two"}]} | table)


def places(*locations, **options):
    own = {"client_id": "id", "client_secret": "s", "refresh_token": "r", "locations": locations or (PLACE,)}
    return GoogleBusiness(**own | options)


async def poll(http, mark="", connector=None):
    cursor = Cursor(since=SINCE, mark=mark)
    return [page async for page in (connector or places()).fetch(http, (), cursor)]


def ids(pages):
    return [post.id for page in pages for post in page.posts]


async def test_the_refresh_token_is_exchanged_for_one_of_the_hour():
    http = network(**{REVIEWS: [{}]})
    await poll(http)
    login, listing = http.asked
    assert login.url == "https://oauth2.googleapis.com/token"
    assert login.form["grant_type"] == "refresh_token"
    assert listing.headers == {"Authorization": "Bearer one"}


async def test_a_token_that_ran_out_is_exchanged_for_another():
    http = network(**{REVIEWS: [{}, Refused("401", status=401), {"reviews": [review()]}]})
    connector = places()
    await poll(http, connector=connector)
    assert len(ids(await poll(http, connector=connector))) == 1


async def test_a_refresh_token_that_was_taken_back_says_what_to_do():
    with pytest.raises(Refused, match="new refresh token"):
        await poll(FakeHttp({"/token": [Refused("400: invalid_grant", status=400)]}))


async def test_reviews_come_last_changed_first():
    http = network(**{REVIEWS: [{}]})
    await poll(http)
    assert http.queries(REVIEWS) == [{"pageSize": "50", "orderBy": "updateTime desc"}]


async def test_the_next_page_is_asked_for_until_reviews_are_old():
    first = {"reviews": [review(1)], "nextPageToken": "n"}
    http = network(**{REVIEWS: [first, {"reviews": [review(2), review(3, -1)], "nextPageToken": "m"}]})
    assert ids(await poll(http)) == ["locations/22/reviews/r1", "locations/22/reviews/r2"]
    assert [query.get("pageToken") for query in http.queries(REVIEWS)] == [None, "n"]


async def test_a_review_that_was_changed_comes_again():
    http = network(**{REVIEWS: [{"reviews": [review(1, -600, updateTime=at(5))]}]})
    pages = await poll(http, mark=str(START))
    assert next(post.edited_at for page in pages for post in page.posts) == SINCE + timedelta(minutes=5)


async def test_the_mark_moves_when_every_place_is_read():
    other = "accounts/11/locations/33"
    http = network(**{REVIEWS: [{"reviews": [review()]}], f"/v4/{other}/reviews": [Refused("403", status=403)]})
    pages, error = await read(places(PLACE, other).fetch(http, (), Cursor(since=SINCE)))
    assert isinstance(error, Refused)
    assert [page.mark for page in pages] == [""]
    assert (await poll(http))[-1].mark == str(START + 300)


@pytest.mark.parametrize(
    ("comment", "words"),
    [
        ("Lento", "Lento"),
        ("(Translated by Google) Slow\n\n(Original)\nLento", "Lento"),
        ("Lento\n\n(Translated by Google)\nSlow", "Lento"),
        ("(Translated by Google) Slow", "Slow"),
        ("", ""),
    ],
    ids=["alone", "behind", "before", "only translated", "none"],
)
def test_the_reviewers_own_words_are_kept(comment, words):
    assert original(comment).strip() == words


async def test_who_wants_no_name_has_none():
    hidden = review(reviewer={"displayName": "A Google user", "isAnonymous": True})
    pages = await poll(network(**{REVIEWS: [{"reviews": [hidden]}]}))
    assert next(post.author for page in pages for post in page.posts) is None


async def test_reviews_are_looked_at_again_and_what_is_no_more_was_taken_down():
    http = network(**{f"{REVIEWS}/r1": [review()], f"{REVIEWS}/r2": [Refused("404", status=404)]})
    found = await places().refresh(http, [f"locations/22/reviews/r{n}" for n in (1, 2)] + ["locations/9/reviews/r1"])
    assert {name: post and post.title for name, post in found.items()} == {
        "locations/22/reviews/r1": "2/5",
        "locations/22/reviews/r2": None,
    }


def to(name="locations/22/reviews/r1"):
    return Post(network="googlebusiness", id=name, url=None, text="")


async def test_an_answer_is_put_where_the_review_has_it():
    http = network(**{f"{REVIEWS}/r1": [review()], f"{REVIEWS}/r1/reply": [{"comment": "Sorry!"}]})
    await places().reply(http, to(), "Sorry!", "k")
    assert http.asked[-1].json == {"comment": "Sorry!"}
    assert http.asked[-1].headers["X-HTTP-Method-Override"] == "PUT"


async def test_an_answer_that_stands_there_already_is_not_written_again():
    http = network(**{f"{REVIEWS}/r1": [review(reviewReply={"comment": "Sorry!"})]})
    await places().reply(http, to(), "Sorry!", "k")
    assert http.asked[-1].method == "GET"


@pytest.mark.parametrize(
    ("name", "answer", "reason"),
    [
        ("locations/22/reviews/r1", review(reviewReply={"comment": "Hello"}), "already"),
        ("locations/22/reviews/r1", Refused("404", status=404), "taken down"),
        ("locations/9/reviews/r1", review(), "not among"),
    ],
    ids=["answered", "gone", "another place"],
)
async def test_what_cannot_be_answered_says_why(name, answer, reason):
    with pytest.raises(Refused, match=reason):
        await places().reply(network(**{f"{REVIEWS}/r1": [answer]}), to(name), "Sorry!", "k")


@pytest.mark.parametrize("locations", [(), ("locations/22",), (PLACE, "Gran Vía 1")], ids=repr)
def test_places_are_named_as_the_api_calls_them(locations):
    assert places(locations=locations).check()
