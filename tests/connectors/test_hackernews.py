"""Hacker News: what is asked of Algolia, and what its hits become."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors.base import Cursor
from connectors.errors import Malformed, Unavailable
from connectors.forums.hackernews import HackerNews
from tests.fakes_http import FakeHttp, read

SEARCH = "/api/v1/search_by_date"
SINCE = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
START = int(SINCE.timestamp())


def hit(number=1, at=START + 60, **fields):
    return {"objectID": str(number), "created_at_i": at, "author": "ana", "comment_text": "Acme is down"} | fields


def found(*hits):
    return {"hits": list(hits), "nbHits": len(hits)}


async def poll(http, *terms, mark="", **options):
    cursor = Cursor(since=SINCE, mark=mark)
    return [page async for page in HackerNews(**options).fetch(http, terms or ("acme",), cursor)]


async def only(http, **options):
    return next(post for page in await poll(http, **options) for post in page.posts)


async def test_a_term_is_asked_for_as_a_phrase_without_tolerance_for_typing_errors():
    http = FakeHttp({SEARCH: [found()]})
    await poll(http, 'acme "corp')
    query = http.queries(SEARCH)[0]
    assert query["query"] == '"acme  corp"'
    assert query["typoTolerance"] == "false"
    assert query["tags"] == "(story,comment)"


async def test_names_of_authors_are_not_searched():
    http = FakeHttp({SEARCH: [found()]})
    await poll(http)
    assert "author" not in http.queries(SEARCH)[0]["restrictSearchableAttributes"].split(",")


async def test_the_first_poll_goes_back_to_since():
    http = FakeHttp({SEARCH: [found()]})
    await poll(http)
    assert http.queries(SEARCH)[0]["numericFilters"] == f"created_at_i>={START}"


async def test_a_later_poll_overlaps_by_a_quarter_of_an_hour():
    http = FakeHttp({SEARCH: [found()]})
    await poll(http, mark=str(START + 5000))
    assert http.queries(SEARCH)[0]["numericFilters"] == f"created_at_i>={START + 5000 - 900}"


async def test_a_full_answer_is_followed_by_a_question_for_what_is_older():
    http = FakeHttp({SEARCH: [found(hit(3, START + 9), hit(2, START + 7)), found(hit(2, START + 7))]})
    pages = await poll(http, limit=2)
    assert [query["numericFilters"] for query in http.queries(SEARCH)] == [
        f"created_at_i>={START}",
        f"created_at_i>={START},created_at_i<={START + 7}",
    ]
    assert {post.id for page in pages for post in page.posts} == {"3", "2"}


async def test_more_hits_in_one_second_than_an_answer_holds_do_not_hold_up_the_poll():
    full = found(hit(1, START + 9), hit(2, START + 9))
    http = FakeHttp({SEARCH: [full, full, found()]})
    await poll(http, limit=2)
    assert http.queries(SEARCH)[-1]["numericFilters"].endswith(f"created_at_i<={START + 8}")


async def test_the_mark_moves_only_when_every_term_is_read():
    http = FakeHttp({SEARCH: [found(hit(1, START + 60)), found(hit(2, START + 30))]})
    pages = await poll(http, "acme", "acme corp", mark=str(START))
    assert [page.mark for page in pages] == [str(START), str(START), str(START + 60)]


async def test_a_term_that_fails_leaves_the_mark_where_it_was():
    http = FakeHttp({SEARCH: [found(hit()), Unavailable("503")]})
    pages, error = await read(HackerNews().fetch(http, ("acme", "corp"), Cursor(since=SINCE, mark=str(START))))
    assert isinstance(error, Unavailable)
    assert [page.mark for page in pages] == [str(START)]


async def test_a_quiet_poll_keeps_the_mark():
    assert [page.mark for page in await poll(FakeHttp({SEARCH: [found()]}), mark=str(START))] == [str(START)]


async def test_a_story_has_a_title_its_link_and_its_points():
    story = hit(7, title="Acme &amp; Sons is down", url="https://acme.example/x", comment_text=None, points=12)
    post = await only(FakeHttp({SEARCH: [found(story | {"num_comments": 3})]}))
    assert (post.title, post.text, post.links) == ("Acme & Sons is down", "", ("https://acme.example/x",))
    assert (post.engagement.likes, post.engagement.comments, post.engagement.shares) == (12, 3, None)
    assert post.url == "https://news.ycombinator.com/item?id=7"


async def test_a_comment_does_not_take_its_storys_title():
    comment = hit(
        story_title="Acme is down", comment_text="<p>Works &quot;here&quot;<p>for me", parent_id=6, points=None
    )
    post = await only(FakeHttp({SEARCH: [found(comment)]}))
    assert post.title is None
    assert post.text == 'Works "here"\n\nfor me'
    assert post.in_reply_to == "6"
    assert post.engagement.likes is None


async def test_the_author_has_a_page():
    post = await only(FakeHttp({SEARCH: [found(hit(author="ana"))]}))
    assert (post.author.handle, post.author.url) == ("ana", "https://news.ycombinator.com/user?id=ana")


async def test_times_are_in_utc():
    assert (await only(FakeHttp({SEARCH: [found(hit())]}))).published_at == SINCE + timedelta(minutes=1)


async def test_a_broken_hit_does_not_hide_the_others(caplog):
    http = FakeHttp({SEARCH: [found(hit(1), {"objectID": None}, hit(2))]})
    pages = await poll(http)
    assert [post.id for post in pages[0].posts] == ["1", "2"]
    assert caplog.messages == ["entries left out"]


async def test_when_no_hit_can_be_read_the_answer_is_malformed():
    with pytest.raises(Malformed):
        await poll(FakeHttp({SEARCH: [found({"objectID": 1.5}, {})]}))


async def test_a_page_for_browsers_is_malformed():
    with pytest.raises(Malformed, match="text/html"):
        await poll(FakeHttp({SEARCH: [b"<!doctype html>"]}, kind="text/html"))


@pytest.mark.parametrize("limit", [0, 1001])
def test_more_than_a_thousand_hits_cannot_be_asked_for(limit):
    assert HackerNews(limit=limit).check()


# Looking again


def item(number=1, **fields):
    return {"id": number, "time": START, "by": "ana", "text": "Acme is <i>down</i>", "type": "comment"} | fields


async def test_an_item_is_looked_at_again_with_its_points():
    http = FakeHttp({"/v0/item/1.json": [item(score=12, descendants=3, title="Acme", kids=[2], extra="new")]})
    (post,) = (await HackerNews().refresh(http, ["1"])).values()
    assert (post.id, post.text, post.title) == ("1", "Acme is down", "Acme")
    assert (post.engagement.likes, post.engagement.comments) == (12, 3)


@pytest.mark.parametrize("fields", [{"deleted": True}, {"dead": True}], ids=["deleted", "dead"])
async def test_an_item_that_was_taken_down_is_gone(fields):
    assert await HackerNews().refresh(FakeHttp({"/v0/item/1.json": [item(**fields)]}), ["1"]) == {"1": None}


async def test_of_an_item_that_its_api_does_not_know_nothing_is_told():
    assert await HackerNews().refresh(FakeHttp({"/v0/item/1.json": [b"null"]}), ["1", "../x"]) == {}
