"""TikTok: what is asked about one's own videos, what the comments become, and how they are answered."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors.base import Cursor
from connectors.errors import RateLimited, Refused, Unavailable
from connectors.post import Post
from connectors.social.tiktok import TikTok
from tests.fakes_http import FakeHttp, read

API = "/open_api/v1.3"
LOGIN = f"{API}/tt_user/oauth2/refresh_token/"
VIDEOS = f"{API}/business/video/list/"
COMMENTS = f"{API}/business/comment/list/"
ANSWERS = f"{API}/business/comment/reply/list/"
REPLY = f"{API}/business/comment/reply/create/"
SINCE = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
START = int(SINCE.timestamp())
OWN = {"account_id": "b", "client_id": "c", "client_secret": "s", "refresh_token": "r0"}


def comment(number, minutes=5, **fields):
    at = str(int((SINCE + timedelta(minutes=minutes)).timestamp()))
    return {"comment_id": str(number), "text": "Acme?", "create_time": at, "username": "ana"} | fields


def ok(**data):
    return {"code": 0, "message": "OK", "data": data}


def failed(code, message="no"):
    return {"code": code, "message": message, "data": {}}


def comments(*listed, **more):
    return ok(comments=list(listed), **more)


def network(**table):
    tokens = [ok(access_token=f"a{number}", refresh_token=f"r{number}") for number in (1, 2)]
    return FakeHttp({LOGIN: tokens, VIDEOS: [ok(videos=[{"item_id": "70"}], has_more=False)]} | table)


async def poll(http, mark="", connector=None):
    cursor = Cursor(since=SINCE, mark=mark)
    return [page async for page in (connector or TikTok(**OWN)).fetch(http, (), cursor)]


def ids(pages):
    return [post.id for page in pages for post in page.posts]


async def test_comments_below_the_accounts_videos_are_asked_for_newest_first():
    http = network(**{COMMENTS: [comments(comment(1))]})
    assert ids(await poll(http)) == ["70/1"]
    query = http.queries(COMMENTS)[0]
    assert (query["business_id"], query["video_id"], query["sort_order"]) == ("b", "70", "desc")
    assert http.asked[-1].headers == {"Access-Token": "a1"}


async def test_the_accounts_own_comments_are_not_posts():
    http = network(**{COMMENTS: [comments(comment(1, owner=True), comment(2))]})
    assert ids(await poll(http)) == ["70/2"]


async def test_a_new_answer_to_an_old_comment_is_found():
    http = network(**{COMMENTS: [comments(comment(1, -60, reply_list=[comment(2, parent_comment_id="1")]))]})
    pages = await poll(http)
    assert [(post.id, post.in_reply_to) for page in pages for post in page.posts] == [("70/2", "70/1")]


async def test_more_comments_are_asked_for_until_they_are_old():
    first = comments(comment(1), cursor=30, has_more=True)
    http = network(**{COMMENTS: [first, comments(comment(2, -9), cursor=60, has_more=True)]})
    assert ids(await poll(http)) == ["70/1"]
    assert [query.get("cursor") for query in http.queries(COMMENTS)] == [None, "30"]


async def test_the_mark_moves_when_every_video_is_read():
    videos = ok(videos=[{"item_id": "70"}, {"item_id": "71"}])
    http = network(**{VIDEOS: [videos], COMMENTS: [comments(comment(1, 9)), failed(40_001)]})
    pages, error = await read(TikTok(**OWN).fetch(http, (), Cursor(since=SINCE, mark=str(START))))
    assert isinstance(error, Refused)
    assert [page.mark for page in pages] == [str(START)]
    http = network(**{COMMENTS: [comments(comment(1, 9))]})
    assert (await poll(http))[-1].mark == str(START + 540)


async def test_only_the_newest_videos_are_watched():
    videos = [{"item_id": str(number)} for number in range(20)]
    more = ok(videos=videos, cursor=20, has_more=True)
    http = network(**{VIDEOS: [more], COMMENTS: [comments()]})
    await poll(http, connector=TikTok(**OWN, videos=25))
    assert [query["max_count"] for query in http.queries(VIDEOS)] == ["20", "5"]
    assert len(http.queries(COMMENTS)) == 25


async def test_a_token_that_ran_out_is_renewed_with_the_newest_refresh_token():
    http = network(**{COMMENTS: [comments(), failed(40_105), comments(comment(1))]})
    connector = TikTok(**OWN)
    await poll(http, connector=connector)
    assert ids(await poll(http, connector=connector)) == ["70/1"]
    assert [asked.json["refresh_token"] for asked in http.asked if asked.method == "POST"] == ["r0", "r1"]


@pytest.mark.parametrize(
    ("code", "kind"),
    [(40_100, RateLimited), (50_002, Unavailable), (40_001, Refused), (40_105, Refused), (40_002, Refused)],
)
async def test_an_error_with_status_200_is_an_error(code, kind):
    with pytest.raises(kind, match=str(code)):
        await poll(network(**{COMMENTS: [failed(code)]}))


async def test_comments_are_looked_at_again_by_video_and_what_is_left_out_is_not_taken_for_deleted():
    http = network(**{COMMENTS: [comments(comment(1, likes=9))]})
    found = await TikTok(**OWN).refresh(http, ["70/1", "70/2"])
    assert {name: post.engagement.likes for name, post in found.items()} == {"70/1": 9}
    assert http.queries(COMMENTS)[0]["comment_ids"] == '["1","2"]'


TO = Post(network="tiktok", id="70/1", url=None, text="", in_reply_to="70")


async def test_an_answer_is_written_below_the_comment():
    http = network(**{ANSWERS: [comments()], REPLY: [ok(comment_id="9")]})
    assert (await TikTok(**OWN).reply(http, TO, "Yes!", "k")).id == "70/9"
    assert http.asked[-1].json == {"business_id": "b", "video_id": "70", "comment_id": "1", "text": "Yes!"}


async def test_an_answer_that_stands_there_already_is_not_written_again():
    http = network(**{ANSWERS: [comments(comment(8, text="Yes!"), comment(9, text="Yes!", owner=True))]})
    assert (await TikTok(**OWN).reply(http, TO, "Yes!", "k")).id == "70/9"


def test_without_an_approved_app_the_way_to_import_is_told():
    assert "import" in TikTok().check()[0]


def test_with_one_nothing_is_wrong():
    assert not TikTok(**OWN).check()
