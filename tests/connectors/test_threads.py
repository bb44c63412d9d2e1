"""Threads: what is searched for and read, what a day allows, and what its posts become."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from connectors.base import Cursor
from connectors.errors import RateLimited, Refused, Unavailable
from connectors.meta.threads import Threads
from connectors.post import Post
from tests.fakes_http import FakeHttp, read

SEARCH = "/v1.0/keyword_search"
MENTIONS = "/v1.0/me/mentions"
OWN = "/v1.0/me/threads"
TALK = "/v1.0/5/conversation"
SINCE = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
START = int(SINCE.timestamp())
NOTHING_THERE = {"error": {"message": "Unsupported get request", "code": 100, "error_subcode": 33}}


def thread(number=1, after=60, **fields):
    at = (SINCE + timedelta(seconds=after)).strftime("%Y-%m-%dT%H:%M:%S+0000")
    return {"id": str(number), "text": "Acme is down", "timestamp": at, "username": "ana"} | fields


def listing(*threads, after=None):
    return {"data": list(threads)} | ({"paging": {"cursors": {"before": "b", "after": after}}} if after else {})


def answers(**table):
    return FakeHttp({SEARCH: [listing()], MENTIONS: [listing()], OWN: [listing()]} | table)


async def attempt(http, *terms, mark="", **options):
    cursor = Cursor(since=SINCE, mark=mark)
    return await read(Threads(token="t0ken", **options).fetch(http, terms or ("acme",), cursor))


async def poll(http, *terms, **options):
    pages, error = await attempt(http, *terms, **options)
    assert error is None, error
    return pages


async def only(**fields):
    pages = await poll(answers(**{SEARCH: [listing(thread(**fields))]}))
    return next(post for page in pages for post in page.posts)


async def test_a_word_is_searched_for_among_the_recent():
    http = answers()
    await poll(http, "acme corp")
    query = http.queries(SEARCH)[0]
    assert (query["q"], query["search_mode"], query["search_type"]) == ("acme corp", "KEYWORD", "RECENT")


async def test_a_hashtag_is_a_topic():
    http = answers()
    await poll(http, "#acme")
    assert (http.queries(SEARCH)[0]["q"], http.queries(SEARCH)[0]["search_mode"]) == ("acme", "TAG")


async def test_the_token_goes_in_a_header():
    http = answers()
    await poll(http)
    assert {asked.headers["Authorization"] for asked in http.asked} == {"Bearer t0ken"}


async def test_the_first_poll_goes_back_to_since():
    http = answers()
    await poll(http)
    assert http.queries(SEARCH)[0]["since"] == str(START)


async def test_a_later_poll_overlaps_by_an_hour():
    http = answers()
    await poll(http, mark=str(START + 9000))
    assert http.queries(SEARCH)[0]["since"] == str(START + 9000 - 3600)


async def test_pages_follow_a_cursor_until_they_are_too_old():
    http = answers(**{MENTIONS: [listing(thread(3), after="n"), listing(thread(2), thread(1, after=-60), after="o")]})
    pages = await poll(http, search=False)
    assert [query.get("after") for query in http.queries(MENTIONS)] == [None, "n"]
    assert [post.id for page in pages for post in page.posts] == ["3", "2"]


async def test_a_cursor_that_leads_nowhere_ends_the_list():
    http = answers(**{MENTIONS: [listing(thread(3), after="n")]})
    pages = await poll(http, search=False)
    assert [post.id for page in pages for post in page.posts] == ["3"]


async def test_answers_below_the_newest_own_posts_are_read_but_for_our_own():
    ours = thread(2, is_reply_owned_by_me=True)
    http = answers(**{OWN: [listing({"id": "5"})], TALK: [listing(thread(1, replied_to={"id": "5"}), ours)]})
    pages = await poll(http, posts=3)
    assert http.queries(OWN)[0]["limit"] == "3"
    assert [(post.id, post.in_reply_to) for page in pages for post in page.posts] == [("1", "5")]


async def test_the_mark_moves_only_when_every_list_is_read():
    http = answers(**{MENTIONS: [listing(thread(1, after=60))], SEARCH: [listing(thread(2, after=30))]})
    assert [page.mark for page in await poll(http, mark=str(START))] == [str(START), str(START), str(START + 60)]


async def test_a_list_that_fails_leaves_the_mark_where_it_was():
    http = answers(**{MENTIONS: [listing(thread(1))], SEARCH: [Unavailable("503")]})
    pages, error = await attempt(http, mark=str(START))
    assert isinstance(error, Unavailable)
    assert [page.mark for page in pages] == [str(START)]


# The day's searches


async def test_a_search_that_finds_something_counts():
    http = answers(**{SEARCH: [listing(thread(1))]})
    await poll(http)
    assert http.spent == [("searches", 1, "")]


async def test_a_search_that_finds_nothing_does_not_count():
    http = answers()
    await poll(http)
    assert http.spent == [("searches", 1, ""), ("searches", -1, "")]


async def test_mentions_are_read_even_when_the_searches_are_used_up():
    http = answers(**{MENTIONS: [listing(thread(1))]})
    http.broke = frozenset({"searches"})
    pages, error = await attempt(http)
    assert isinstance(error, RateLimited)
    assert [post.id for page in pages for post in page.posts] == ["1"]


def test_the_day_allows_what_threads_allows():
    assert [(budget.name, budget.most) for budget in Threads(token="t").budgets()] == [
        ("searches", 2200),
        ("answers", 1000),
    ]


# What posts become


async def test_a_picture_speaks_by_its_description():
    assert (await only(text=None, alt_text="A dented box by Acme")).text == "A dented box by Acme"


async def test_a_link_card_is_a_link():
    assert (await only(link_attachment_url="https://acme.example")).links == ("https://acme.example",)


async def test_an_author_who_is_not_told_is_unknown():
    assert (await only(username=None)).author is None


async def test_nobody_tells_how_many_liked_it():
    assert (await only()).engagement.total is None


# Looking again and answering


async def test_a_post_is_looked_at_again():
    http = FakeHttp({"/v1.0/1": [thread(1, text="Acme is up")], "/v1.0/2": [NOTHING_THERE]})
    looked = await Threads(token="t").refresh(http, ["1", "2", "not-ours"])
    assert (looked["1"].text, looked["2"], len(looked)) == ("Acme is up", None, 2)


async def test_when_nothing_can_be_seen_nothing_counts_as_deleted():
    assert await Threads(token="t").refresh(FakeHttp({"/v1.0/2": [NOTHING_THERE]}), ["2"]) == {}


TO = Post(network="threads", id="7", url=None, text="")


def desk(*said):
    steps = {OWN: [{"id": "31"}], "/v1.0/me/threads_publish": [{"id": "32"}]}
    return FakeHttp({"/v1.0/me/replies": [listing(*said)]} | steps)


async def test_an_answer_is_prepared_then_published():
    http = desk()
    sent = await Threads(token="t").reply(http, TO, "Te escribimos", "key-1")
    assert http.asked[1].form == {"media_type": "TEXT", "text": "Te escribimos", "reply_to_id": "7"}
    assert http.asked[2].form == {"creation_id": "31"}
    assert sent.id == "32"


async def test_what_was_said_already_is_not_said_again():
    http = desk(thread(40, text="Te escribimos", replied_to={"id": "7"}, permalink="https://www.threads.com/@a/post/x"))
    sent = await Threads(token="t").reply(http, TO, "Te escribimos", "key-1")
    assert (sent.id, sent.url) == ("40", "https://www.threads.com/@a/post/x")
    assert [asked.method for asked in http.asked] == ["GET"]


async def test_the_same_words_to_somebody_else_are_said():
    http = desk(thread(40, text="Te escribimos", replied_to={"id": "8"}))
    assert (await Threads(token="t").reply(http, TO, "Te escribimos", "key-1")).id == "32"


# Options and errors


async def test_a_token_that_has_expired_is_a_refusal_that_says_where_to_make_another():
    expired = {"error": {"message": "Session has expired", "code": 190}}
    _, error = await attempt(answers(**{MENTIONS: [Refused("400", status=400, body=json.dumps(expired).encode())]}))
    assert isinstance(error, Refused)
    assert "docs/networks/threads.md" in str(error)


@pytest.mark.parametrize(
    ("options", "option"),
    [
        ({"token": ""}, "token"),
        ({"posts": 0}, "posts"),
        ({"searches": 2201}, "searches"),
        ({"search": False, "mentions": False, "replies": False}, "search"),
    ],
    ids=["no token", "no posts", "too many searches", "nothing to read"],
)
def test_options_that_cannot_work_are_named(options, option):
    assert Threads(**{"token": "t"} | options).check()[0].startswith(option)


async def test_recorded_posts_are_read(recorded):
    file = recorded / "threads" / "huginn_huginn__spec__data_fixtures__threads_user_posts.json"
    if not file.is_file():
        pytest.skip("no posts of Threads among the recorded answers")
    pages = await poll(answers(**{MENTIONS: [file.read_bytes()]}), mark="1000000000", search=False)
    assert len([post for page in pages for post in page.posts if post.author and post.url]) == 2
