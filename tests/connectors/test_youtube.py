"""YouTube: what is read of channels, comments and searches, what it costs, and what becomes of it."""

import json
from datetime import UTC, datetime

import pytest

from connectors.base import Cursor
from connectors.errors import RateLimited, Refused
from connectors.social.youtube import YouTube, queries
from tests.fakes_http import FakeHttp, read

FEED = "/feeds/videos.xml"
THREADS, REPLIES = "/youtube/v3/commentThreads", "/youtube/v3/comments"
SEARCH, VIDEOS, CHANNELS = "/youtube/v3/search", "/youtube/v3/videos", "/youtube/v3/channels"
SINCE = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
CHANNEL = "UC" + "a" * 22


def listing(*items, after=""):
    return {"kind": "youtube#list", "items": list(items)} | ({"nextPageToken": after} if after else {})


def comment(name="c1", at="2026-11-01T13:00:00Z", **fields):
    words = {"textOriginal": "Acme is down", "authorChannelId": {"value": CHANNEL}, "authorDisplayName": "@ana"}
    return {"id": name, "snippet": words | {"publishedAt": at, "updatedAt": at} | fields}


def thread(name="c1", at="2026-11-01T13:00:00Z", *replies, total=None, **fields):
    top = {"topLevelComment": comment(name, at, **fields), "videoId": "v" * 11}
    opened = {"id": name, "snippet": top | {"totalReplyCount": len(replies) if total is None else total}}
    return opened | ({"replies": {"comments": list(replies)}} if replies else {})


def hit(name):
    return {"id": {"videoId": name}}


def video(name, at="2026-11-01T13:00:00Z", **fields):
    return {"id": name, "snippet": {"title": "Acme", "publishedAt": at}} | fields


def denied(why, status=403):
    return Refused(f"x: {status}", status=status, body=json.dumps({"error": {"errors": [{"reason": why}]}}).encode())


def site(**table):
    empty = {path: [listing()] for path in (THREADS, REPLIES, SEARCH, VIDEOS, CHANNELS)}
    return FakeHttp(empty | table)


async def poll(http, *terms, mark="", **options):
    cursor = Cursor(since=SINCE, mark=mark)
    return await read(YouTube(**{"key": "k3y"} | options).fetch(http, terms or ("acme",), cursor))


def ids(pages):
    return [post.id for page in pages for post in page.posts]


# What is asked


async def test_terms_are_searched_for_together_because_a_day_has_a_hundred_searches():
    http = site()
    await poll(http, "acme", 'acme "corp')
    assert [query["q"] for query in http.queries(SEARCH)] == ['"acme"|"acme  corp"']


def test_many_terms_are_several_searches_none_too_long():
    searches = list(queries([f"brand number {number}" for number in range(60)]))
    assert 1 < len(searches) < 6
    assert max(map(len, searches)) <= 400


async def test_the_search_asks_for_the_newest_videos_since_the_last_poll_less_six_hours():
    http = site()
    await poll(http, mark=json.dumps({'search "acme"': str(int(SINCE.timestamp()))}), language="es", country="MX")
    (query,) = http.queries(SEARCH)
    assert (query["order"], query["type"], query["publishedAfter"]) == ("date", "video", "2026-11-01T06:00:00Z")
    assert (query["relevanceLanguage"], query["regionCode"]) == ("es", "MX")


async def test_what_is_found_is_looked_up_for_its_whole_text():
    http = site(**{SEARCH: [listing(hit("a"), hit("b"))], VIDEOS: [listing(video("a"), video("b"))]})
    pages, _ = await poll(http)
    assert http.queries(VIDEOS)[0]["id"] == "a,b"
    assert ids(pages) == ["a", "b"]


async def test_without_a_key_only_feeds_are_read():
    http = FakeHttp({FEED: [b"<feed xmlns='http://www.w3.org/2005/Atom'></feed>"]})
    await poll(http, key="", channels=(CHANNEL,))
    assert [asked.path for asked in http.asked] == [FEED]
    assert http.queries(FEED) == [{"channel_id": CHANNEL}]


async def test_comments_are_asked_for_by_channel_and_by_video():
    http = site(**{FEED: [b"<feed xmlns='http://www.w3.org/2005/Atom'></feed>"]})
    await poll(http, channels=(CHANNEL,), videos=("v" * 11,), search=False)
    by_channel, by_video = http.queries(THREADS)
    assert by_channel["allThreadsRelatedToChannelId"] == CHANNEL
    assert by_video["videoId"] == "v" * 11


# How far


async def test_comments_are_read_back_to_since_and_no_further():
    pages = [
        listing(thread("c3", "2026-11-01T14:00:00Z"), after="more"),
        listing(thread("c2", "2026-11-01T13:00:00Z"), thread("c1", "2026-11-01T11:00:00Z"), after="more"),
    ]
    http = site(**{THREADS: pages})
    come, _ = await poll(http, videos=("v" * 11,), search=False)
    assert ids(come) == ["c3", "c2"]
    assert [query.get("pageToken") for query in http.queries(THREADS)] == [None, "more"]


async def test_the_mark_moves_only_when_all_comments_are_read():
    http = site(**{THREADS: [listing(thread()), listing()]})
    pages, _ = await poll(http, videos=("v" * 11,), search=False)
    name = "comments " + "v" * 11
    assert [json.loads(page.mark) for page in pages] == [{}, {name: str(int(SINCE.timestamp()) + 3600)}]


async def test_a_later_poll_overlaps_by_an_hour():
    http = site(**{THREADS: [listing(thread("c2", "2026-11-01T12:30:00Z"), thread("c1", "2026-11-01T11:59:00Z"))]})
    mark = json.dumps({"comments " + "v" * 11: str(int(SINCE.timestamp()) + 3600)})
    pages, _ = await poll(http, mark=mark, videos=("v" * 11,), search=False)
    assert ids(pages) == ["c2"]


async def test_a_new_reply_below_an_old_comment_is_heard():
    old = thread("c1", "2026-10-01T11:00:00Z", comment("c1.r", "2026-11-01T13:00:00Z", parentId="c1"))
    pages, _ = await poll(site(**{THREADS: [listing(old)]}), videos=("v" * 11,), search=False)
    assert ids(pages) == ["c1.r"]


async def test_replies_that_were_left_out_are_asked_for():
    short = thread("c1", "2026-11-01T13:00:00Z", comment("c1.a", parentId="c1"), total=2)
    replies = listing(comment("c1.a", parentId="c1"), comment("c1.b", parentId="c1"))
    http = site(**{THREADS: [listing(short)], REPLIES: [replies]})
    pages, _ = await poll(http, videos=("v" * 11,), search=False)
    assert http.queries(REPLIES)[0]["parentId"] == "c1"
    assert ids(pages) == ["c1", "c1.a", "c1.b"]


async def test_where_a_source_no_longer_reads_is_forgotten():
    pages, _ = await poll(site(), mark='{"comments gone": "1"}')
    assert "comments gone" not in json.loads(pages[-1].mark)


# Budgets and errors


async def test_a_search_costs_one_of_the_searches_and_the_look_up_one_unit():
    http = site(**{SEARCH: [listing(hit("a"))], VIDEOS: [listing(video("a"))]})
    await poll(http)
    assert http.spent == [("search", 1, ""), ("units", 1, "")]


async def test_without_searches_left_the_comments_are_still_read():
    http = site(**{THREADS: [listing(thread())]})
    http.broke = frozenset({"search"})
    pages, error = await poll(http, videos=("v" * 11,))
    assert isinstance(error, RateLimited)
    assert ids(pages) == ["c1"]


def test_sources_of_one_key_share_their_budgets_and_do_not_show_the_key():
    one, other = YouTube(key="k3y"), YouTube(key="k3y", channels=(CHANNEL,))
    assert one.account == other.account
    assert "k3y" not in one.account + repr(one)
    assert {budget.name: budget.most for budget in one.budgets()} == {"search": 100, "units": 10_000}


async def test_a_quota_that_is_used_up_waits_instead_of_asking_for_a_person():
    _, error = await poll(site(**{SEARCH: [denied("quotaExceeded")]}))
    assert isinstance(error, RateLimited)


async def test_a_bad_key_says_where_to_look():
    _, error = await poll(site(**{SEARCH: [denied("keyInvalid", 400)]}))
    assert isinstance(error, Refused)
    assert "console.cloud.google.com" in str(error)


async def test_a_video_without_comments_is_no_error():
    pages, error = await poll(site(**{THREADS: [denied("commentsDisabled")]}), videos=("v" * 11,))
    assert error is None
    assert len(pages) == 1


# Looking again


async def test_videos_and_comments_are_looked_at_again_each_by_its_own_call():
    http = site(**{VIDEOS: [listing(video("a" * 11))], REPLIES: [listing(comment("Ugz1", likeCount=5))]})
    found = await YouTube(key="k").refresh(http, ["a" * 11, "b" * 11, "Ugz1", "Ugz2"])
    assert {name: post and post.id for name, post in found.items()} == {
        "a" * 11: "a" * 11,
        "b" * 11: None,
        "Ugz1": "Ugz1",
        "Ugz2": None,
    }


async def test_a_video_that_cannot_be_read_is_not_taken_for_gone():
    http = site(**{VIDEOS: [listing(video("a" * 11), {"id": "b" * 11})]})
    assert set(await YouTube(key="k").refresh(http, ["a" * 11, "b" * 11])) == {"a" * 11}


async def test_fifty_videos_are_one_request():
    http = site()
    await YouTube(key="k").refresh(http, [f"{number:011}" for number in range(120)])
    assert [len(query["id"].split(",")) for query in http.queries(VIDEOS)] == [50, 50, 20]


async def test_subscribers_are_known_unless_they_are_hidden():
    hidden = "UC" + "b" * 22
    told = [
        {"id": CHANNEL, "snippet": {"title": "Ana"}, "statistics": {"subscriberCount": "1230"}},
        {
            "id": hidden,
            "snippet": {"title": "Bo"},
            "statistics": {"subscriberCount": "0", "hiddenSubscriberCount": True},
        },
    ]
    found = await YouTube(key="k").authors(site(**{CHANNELS: [listing(*told)]}), [CHANNEL, hidden, "a name"])
    assert (found[CHANNEL].followers, found[hidden].followers) == (1230, None)


# Options


@pytest.mark.parametrize(
    "options",
    [{}, {"channels": ("@acme",)}, {"key": "k", "videos": ("https://youtu.be/x",)}, {"videos": ("v" * 11,)}],
    ids=repr,
)
def test_options_that_cannot_work_are_told(options):
    assert YouTube(**options).check()


def test_a_key_or_a_channel_is_enough():
    assert not YouTube(key="k").check()
    assert not YouTube(channels=(CHANNEL,)).check()


# As recorded


async def test_recorded_comments_become_posts(recorded):
    (file,) = (recorded / "youtube" / "exchanges").glob("*with_a_videoId_param*")
    answers = [each["response"]["json"] for each in json.loads(file.read_text())["exchanges"]]
    http = site(**{THREADS: answers})
    cursor = Cursor(since=datetime(2010, 1, 1, tzinfo=UTC))
    source = YouTube(key="k", videos=("v" * 11,), search=False, comments=True)
    pages, _ = await read(source.fetch(http, (), cursor))
    posts = [post for page in pages for post in page.posts]
    assert len({post.id for post in posts}) >= 100
    assert all(post.author and post.published_at and post.url for post in posts)
