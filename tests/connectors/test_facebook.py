"""Facebook: what is asked about one's own page, what the answers become, and how it answers."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from connectors.base import Cursor
from connectors.errors import Refused
from connectors.meta.facebook import Facebook, Rating, recommendation
from connectors.post import Post
from tests.fakes_http import FakeHttp, read

PAGE = "/v26.0/77"
SINCE = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
START = int(SINCE.timestamp())
ONLY = {"comments": False, "tagged": False}


def at(minutes):
    return (SINCE + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S+0000")


def writing(number, minutes=5, **fields):
    return {"id": f"1_{number}", "message": "Acme is down", "created_time": at(minutes)} | fields


def home(*comments):
    return {"id": "77", "published_posts": {"data": [{"id": "77_1", "comments": {"data": list(comments)}}]}}


def facebook(**options):
    return Facebook(**{"token": "t", "page": "77"} | options)


async def poll(http, mark="", **options):
    cursor = Cursor(since=SINCE, mark=mark)
    return [page async for page in facebook(**options).fetch(http, (), cursor)]


def ids(pages):
    return [post.id for page in pages for post in page.posts]


async def test_one_request_brings_the_comments_of_the_newest_posts_with_the_answers_to_them():
    http = FakeHttp({PAGE: [home(writing(1))]})
    await poll(http, **ONLY | {"comments": True})
    fields = http.queries(PAGE)[0]["fields"]
    assert len(http.asked) == 1
    assert "published_posts.limit(25)" in fields
    assert "comments.filter(stream).order(reverse_chronological)" in fields


async def test_the_pages_own_comments_are_not_posts():
    http = FakeHttp({PAGE: [home(writing(1, **{"from": {"id": "77"}}), writing(2))]})
    assert ids(await poll(http, **ONLY | {"comments": True})) == ["1_2"]


async def test_more_comments_than_one_answer_holds_are_asked_for_below_their_post():
    first = home(writing(1))
    first["published_posts"]["data"][0]["comments"]["paging"] = {"next": "https://x.example/?after=c"}
    http = FakeHttp({PAGE: [first], "/v26.0/77_1/comments": [{"data": [writing(2)]}]})
    assert ids(await poll(http, **ONLY | {"comments": True})) == ["1_1", "1_2"]
    assert http.queries("/v26.0/77_1/comments") == [{"after": "c"}]


async def test_posts_that_tag_the_page_are_read_too():
    http = FakeHttp({PAGE: [home()], f"{PAGE}/tagged": [{"data": [writing(1)]}]})
    assert ids(await poll(http)) == ["1_1"]


async def test_the_mark_is_the_newest_time_and_moves_when_all_is_read():
    http = FakeHttp({PAGE: [home(writing(1, 9))], f"{PAGE}/tagged": [{"data": [writing(2, 5)]}]})
    pages = await poll(http, mark=str(START))
    assert [page.mark for page in pages] == [str(START), str(START), str(START + 540)]


async def test_a_list_that_is_refused_leaves_the_mark_where_it_was():
    http = FakeHttp({PAGE: [home(writing(1))], f"{PAGE}/tagged": [Refused("no")]})
    pages, error = await read(facebook().fetch(http, (), Cursor(since=SINCE)))
    assert isinstance(error, Refused)
    assert [page.mark for page in pages] == [""]


async def test_the_first_poll_goes_back_to_since():
    http = FakeHttp({PAGE: [home(writing(1, 5), writing(2, -5))]})
    assert ids(await poll(http, **ONLY | {"comments": True})) == ["1_1"]


async def test_a_later_poll_overlaps_by_a_day():
    http = FakeHttp({PAGE: [home(writing(1, 5), writing(2, -60 * 23), writing(3, -60 * 25))]})
    assert ids(await poll(http, mark=str(START), **ONLY | {"comments": True})) == ["1_1", "1_2"]


async def test_recommendations_are_read_when_asked_for():
    rating = {"created_time": at(3), "recommendation_type": "negative", "review_text": "Never again"}
    http = FakeHttp({"/v21.0/77/ratings": [{"data": [rating]}]})
    pages = await poll(http, **ONLY | {"ratings": True, "version": "v21.0"})
    assert [(post.title, post.text) for page in pages for post in page.posts] == [("👎", "Never again")]


def test_a_recommendation_without_a_story_keeps_its_id_from_poll_to_poll():
    rating = Rating(created_time=at(3))
    assert recommendation(rating).id == recommendation(Rating(created_time=at(3), review_text="edited")).id


async def test_posts_are_looked_at_again_fifty_at_a_time():
    http = FakeHttp({"/v26.0/": [{"1_1": writing(1, reactions={"summary": {"total_count": 8}})}]})
    found = await facebook().refresh(http, ["1_1"])
    assert found["1_1"].engagement.likes == 8
    assert "shares" not in http.queries("/v26.0/")[0]["fields"]


def gone_or_there(asked):
    if "1_2" in asked.query["ids"].split(","):
        error = {"message": "Unsupported get request", "code": 100, "error_subcode": 33}
        return Refused("400", status=400, body=json.dumps({"error": error}).encode())
    return json.dumps({"1_1": writing(1)})


async def test_a_post_that_others_outlive_was_taken_down():
    found = await facebook().refresh(FakeHttp({"/v26.0/": [gone_or_there]}), ["1_1", "1_2"])
    assert found["1_2"] is None


async def test_a_token_that_sees_nothing_any_more_takes_nothing_down():
    assert await facebook().refresh(FakeHttp({"/v26.0/": [gone_or_there]}), ["1_2"]) == {}


async def test_a_recommendation_without_an_id_of_metas_is_not_asked_for():
    http = FakeHttp({})
    assert await facebook().refresh(http, ["rating:2026:"]) == {}
    assert not http.asked


TO = Post(network="facebook", id="1_1", url=None, text="")


async def test_an_answer_is_a_comment_below_the_post():
    written = {"id": "1_9", "permalink_url": "https://www.facebook.com/77/posts/1/?comment_id=9"}
    http = FakeHttp({"/v26.0/1_1/comments": [{"data": []}, written]})
    sent = await facebook().reply(http, TO, "Sorry!", "k")
    assert (sent.id, sent.url) == ("1_9", written["permalink_url"])
    assert http.asked[-1].form["message"] == "Sorry!"


async def test_an_answer_that_stands_there_already_is_not_written_again():
    said = writing(9, message="Sorry! ", **{"from": {"id": "77"}})
    http = FakeHttp({"/v26.0/1_1/comments": [{"data": [said]}], PAGE: [{"id": "77"}]})
    assert (await facebook().reply(http, TO, "Sorry!", "k")).id == "1_9"
    assert {asked.method for asked in http.asked} == {"GET"}


async def test_the_same_words_of_another_are_no_answer_of_ours():
    said = writing(8, message="Sorry!", **{"from": {"id": "5"}})
    http = FakeHttp({"/v26.0/1_1/comments": [{"data": [said]}, {"id": "1_9"}], PAGE: [{"id": "77"}]})
    assert (await facebook().reply(http, TO, "Sorry!", "k")).id == "1_9"


@pytest.mark.parametrize(
    "options",
    [{"token": ""}, {"posts": 0}, {"posts": 101}, {"version": "26"}, {"ratings": True}],
    ids=repr,
)
def test_options_that_cannot_work_are_named(options):
    assert [problem.partition(":")[0] for problem in facebook(**options).check()] == list(options)


def test_the_defaults_need_only_a_token():
    assert not Facebook(token="t").check()


@pytest.mark.parametrize(
    "name", ["facebook__apidata__comments__comments_p1", "facebook__apidata__posts__feed_fields_p1"]
)
async def test_recorded_lists_can_be_read(recorded, name):
    body = (recorded / "meta" / f"sns-sdks_python-facebook__testdata__{name}.json").read_bytes()
    entries = json.loads(body)["data"]
    for number, entry in enumerate(entries):
        entry.setdefault("id", f"1_{number}")
    http = FakeHttp({f"{PAGE}/tagged": [{"data": entries}]})
    long_ago = Cursor(since=datetime(2020, 1, 1, tzinfo=UTC))
    pages = [page async for page in facebook(comments=False).fetch(http, (), long_ago)]
    assert len(ids(pages)) == len(entries)
    assert all(post.text and post.published_at for page in pages for post in page.posts)
