"""Reddit: which listings are read, how far, with which token, and what links and comments become."""

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest

from connectors.base import Answer, Cursor
from connectors.errors import Malformed, RateLimited, Refused, Unavailable, Unreached
from connectors.forums.reddit import Reddit, queries
from connectors.post import Post
from tests.fakes_http import FakeHttp, read

TOKEN = "/api/v1/access_token"
SEARCH = "/search"
NEW = "/r/acme+cajas/new"
COMMENTS = "/r/acme+cajas/comments"
SINCE = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
START = int(SINCE.timestamp())


def link(number=1, at=START + 60, **fields):
    thing = {"name": f"t3_{number}", "created_utc": float(at), "author": "ana", "title": "Acme is down"}
    return {"kind": "t3", "data": thing | {"permalink": f"/r/acme/comments/{number}/acme_is_down/"} | fields}


def comment(number=1, at=START + 60, **fields):
    thing = {
        "name": f"t1_{number}",
        "created_utc": float(at),
        "author": "ana",
        "body": "Acme is down",
        "link_id": "t3_9",
    }
    return {"kind": "t1", "data": thing | fields}


def listing(*children, after=None):
    return {"kind": "Listing", "data": {"children": list(children), "after": after}}


def site(**table):
    empty = {path: [listing()] for path in (SEARCH, NEW, COMMENTS)}
    return FakeHttp({TOKEN: [{"access_token": "t0ken"}]} | empty | table)


def connector(**options):
    return Reddit(**{"client_id": "id", "client_secret": "s3cret", "user": "ana"} | options)


async def poll(http, *terms, mark="", of=None):
    of = of or connector()
    return [page async for page in of.fetch(http, terms or ("acme",), Cursor(since=SINCE, mark=mark))]


async def only(*children):
    return next(post for page in await poll(site(**{SEARCH: [listing(*children)]})) for post in page.posts)


# What is asked


async def test_the_token_is_asked_for_with_id_and_secret():
    http = site()
    await poll(http)
    assert http.asked[0].headers["Authorization"] == "Basic " + b64encode(b"id:s3cret").decode()
    assert http.asked[0].form == {"grant_type": "client_credentials"}
    assert http.asked[1].headers["Authorization"] == "Bearer t0ken"


async def test_we_say_who_runs_this_as_reddits_rules_have_it():
    http = site()
    await poll(http)
    assert {asked.headers["User-Agent"] for asked in http.asked} == {"python:oido:v1 (by /u/ana)"}


async def test_a_token_serves_many_polls():
    http, of = site(), connector()
    await poll(http, of=of)
    await poll(http, of=of)
    assert [asked.path for asked in http.asked] == [TOKEN, SEARCH, SEARCH]


async def test_an_expired_token_is_replaced():
    http, of = site(**{SEARCH: [listing(), Refused("401", status=401), listing()]}), connector()
    await poll(http, of=of)
    await poll(http, of=of)
    assert [asked.path for asked in http.asked] == [TOKEN, SEARCH, SEARCH, TOKEN, SEARCH]


async def test_terms_are_searched_for_together():
    http = site()
    await poll(http, "acme", 'acme "corp"')
    assert [query["q"] for query in http.queries(SEARCH)] == ['"acme" OR "acme  corp"']


def test_many_terms_are_several_searches_none_too_long():
    terms = [f"brand number {number}" for number in range(100)]
    searches = list(queries(terms))
    assert max(map(len, searches)) <= 500
    assert " OR ".join(searches) == " OR ".join(f'"{term}"' for term in terms)


async def test_subreddits_are_read_together_links_and_comments():
    http = site()
    await poll(http, of=connector(subreddits=("acme", "r/cajas")))
    assert [asked.path for asked in http.asked] == [TOKEN, SEARCH, NEW, COMMENTS]


async def test_text_comes_unescaped():
    http = site()
    await poll(http)
    assert http.queries(SEARCH)[0]["raw_json"] == "1"


# How far


async def test_a_listing_is_followed_until_it_is_older_than_the_last_poll():
    pages = [listing(link(3), after="t3_3"), listing(link(2, START), link(1, START - 901), after="t3_1")]
    http = site(**{SEARCH: [*pages, listing(link(0, START - 999), after="t3_0"), listing()]})
    come = await poll(http, mark=str(START))
    assert [post.id for page in come for post in page.posts] == ["t3_3", "t3_2"]
    assert [query.get("after") for query in http.queries(SEARCH)] == [None, "t3_3", "t3_1"]


async def test_a_listing_that_repeats_itself_is_left():
    http = site(**{SEARCH: [listing(link(3), after="t3_3")]})
    assert [len(page.posts) for page in await poll(http)] == [1, 0]


async def test_the_mark_moves_when_every_listing_is_read():
    table = {SEARCH: [listing(link(1, START + 60))], NEW: [listing(link(2, START + 30))]}
    pages = await poll(site(**table), mark=str(START), of=connector(subreddits=("acme", "cajas")))
    assert [page.mark for page in pages] == [str(START), str(START), str(START + 60)]


# What things become


async def test_a_link_has_a_title_its_target_and_its_score():
    post = await only(link(1, url="https://acme.example/x", score=5, num_comments=2, selftext=""))
    assert (post.title, post.text, post.links) == ("Acme is down", "", ("https://acme.example/x",))
    assert (post.engagement.likes, post.engagement.comments) == (5, 2)
    assert post.url == "https://www.reddit.com/r/acme/comments/1/acme_is_down/"


async def test_a_text_of_its_own_is_plain_and_links_to_nothing():
    html = '<!-- SC_OFF --><div class="md"><p>Mi <strong>pedido</strong> &amp; yo</p></div><!-- SC_ON -->'
    post = await only(link(1, is_self=True, url="https://www.reddit.com/r/acme/1", selftext="x", selftext_html=html))
    assert (post.text, post.links) == ("Mi pedido & yo", ())


async def test_markdown_serves_where_there_is_no_html():
    assert (await only(comment(body="**Acme** is [down](https://x.example)"))).text == "Acme is down"


async def test_a_comment_has_no_title_and_answers_something():
    post = await only(comment(7, parent_id="t1_6", link_title="Acme is down"))
    assert (post.title, post.in_reply_to) == (None, "t1_6")
    assert post.url == "https://www.reddit.com/comments/9/_/7"


async def test_a_score_that_is_hidden_is_unknown():
    assert (await only(comment(score=1, score_hidden=True))).engagement.likes is None


async def test_a_score_below_zero_is_no_like():
    assert (await only(comment(score=-4))).engagement.likes == 0


@pytest.mark.parametrize("author", [None, "[deleted]", ""])
async def test_who_has_gone_is_nobody(author):
    assert (await only(comment(author=author))).author is None


@pytest.mark.parametrize(
    ("edited", "when"), [(False, None), (START + 9.0, SINCE + timedelta(seconds=9)), (None, None), (True, None)]
)
async def test_an_edit_has_its_own_time(edited, when):
    assert (await only(link(edited=edited))).edited_at == when


@pytest.mark.parametrize(
    "gone",
    [comment(5, body="[removed]"), comment(5, body="[deleted]", author=None)],
    ids=["by a moderator", "by its author"],
)
async def test_what_was_taken_down_is_a_deletion(gone):
    pages = await poll(site(**{SEARCH: [listing(gone)]}))
    assert (pages[0].posts, pages[0].deleted) == ((), ("t1_5",))


async def test_a_thing_that_is_neither_link_nor_comment_is_left_out():
    pages = await poll(site(**{SEARCH: [listing({"kind": "more", "data": {"children": []}}, link(1))]}))
    assert [post.id for post in pages[0].posts] == ["t3_1"]


async def test_a_page_for_browsers_is_a_refusal():
    page = Answer(url="https://x.example", status=200, headers={"content-type": "text/html; charset=UTF-8"}, body=b"<")
    with pytest.raises(Refused, match="browsers"):
        await poll(site(**{SEARCH: [page]}))


# Without a key


ENTRY = """<entry><author><name>/u/ana</name></author><content type="html">{text}</content><id>{id}</id>
<link href="https://www.reddit.com/r/acme/comments/{page}/"/><published>{at}</published><title>{title}</title></entry>"""


def feed(page="1abc/acme_is_down", text="Acme is down", at=SINCE, title="Acme", **fields):
    entry = ENTRY.format(page=page, text=text, at=at.isoformat(), title=title, id=fields.get("id", "t3_x"))
    return f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>r</title>{entry}</feed>'


def feeds(body, **table):
    empty = {path: [body] for path in ("/search.rss", f"{NEW}/.rss", f"{COMMENTS}/.rss")}
    return FakeHttp(empty | table, kind="application/atom+xml")


async def fed(**fields):
    return next((post for page in await poll(feeds(feed(**fields)), of=Reddit()) for post in page.posts), None)


async def test_without_a_key_the_feeds_are_read():
    http = feeds(feed())
    await poll(http, "acme", of=Reddit(subreddits=("acme", "cajas")))
    assert [asked.path for asked in http.asked] == ["/search.rss", f"{NEW}/.rss", f"{COMMENTS}/.rss"]


async def test_the_private_token_goes_with_its_owners_name():
    http = feeds(feed())
    await poll(http, of=Reddit(feed="f33d", user="ana"))
    assert (http.asked[0].query["feed"], http.asked[0].query["user"]) == ("f33d", "ana")


async def test_an_entry_has_the_id_that_the_api_gives():
    assert (await fed(page="1abc/acme_is_down")).id == "t3_1abc"
    assert (await fed(page="1abc/acme_is_down/n0xyz")).id == "t1_n0xyz"


async def test_an_entry_under_a_link_is_a_comment():
    post = await fed(page="1abc/acme_is_down/n0xyz", title="/u/ana on Acme is down")
    assert (post.title, post.in_reply_to) == (None, "t3_1abc")


async def test_names_come_without_their_prefix():
    post = await fed()
    assert (post.author.handle, post.author.url) == ("ana", "https://www.reddit.com/user/ana")


async def test_who_submitted_it_is_no_part_of_the_text():
    assert (await fed(text="Down again submitted by /u/ana to r/acme [link] [3 comments]")).text == "Down again"


async def test_an_entry_that_is_no_link_is_left_out():
    assert await fed(page="") is None


async def test_entries_older_than_the_last_poll_are_left_out():
    assert await fed(at=SINCE - timedelta(minutes=1)) is None


async def test_a_feed_that_is_a_page_for_browsers_is_a_refusal():
    with pytest.raises(Refused, match="browsers"):
        await poll(FakeHttp({"/search.rss": ["<!doctype html>"]}, kind="text/html"), of=Reddit())


async def test_recorded_feeds_are_read(recorded):
    """As Reddit wrote them in 2015, 2016, 2020 and 2025, each time in another way."""
    files = sorted((recorded / "feeds_real").glob("*eddit*"))
    if not files:
        pytest.skip("no feeds of Reddit among the recorded answers")
    old = Cursor(since=datetime(2010, 1, 1, tzinfo=UTC))
    for file in files:
        http = FakeHttp({"/search.rss": [file.read_bytes()]}, kind="application/atom+xml")
        posts = [post for page in (await read(Reddit().fetch(http, ("acme",), old)))[0] for post in page.posts]
        assert posts, file.name
        assert not [post.text for post in posts if "submitted by" in post.text[-60:]], file.name


# Options


@pytest.mark.parametrize(
    ("options", "option"),
    [
        ({"client_secret": ""}, "client_id"),
        ({"user": ""}, "user"),
        ({"client_id": "", "user": "", "feed": "f"}, "client_id"),
        ({"client_id": "", "client_secret": "", "refresh_token": "r"}, "refresh_token"),
    ],
    ids=["no secret", "nobody named", "no key to the secret", "a token of no app"],
)
def test_options_that_cannot_work_are_named(options, option):
    assert connector(**options).check()[0].startswith(option)


def test_secrets_are_not_printed():
    assert "s3cret" not in repr(connector(feed="s3cret", refresh_token="s3cret"))


def test_good_options_are_fine():
    assert connector(refresh_token="r").check() == []


# What others recorded


async def test_recorded_listings_are_read(recorded, caplog):
    """Links and comments as Reddit's API served them; 2014 to 2025."""
    children = [child for file in (recorded / "reddit" / "exchanges").glob("*.json") for child in _children(file)]
    if not children:
        pytest.skip("no listings among the recorded answers")
    pages = await poll(site(**{SEARCH: [listing(*children)]}), mark="1000")
    posts = [post for page in pages for post in page.posts]
    gone = {name for page in pages for name in page.deleted}
    assert {post.id for post in posts} | gone == {child["data"]["name"] for child in children}
    assert all(post.text or post.title for post in posts)
    assert not caplog.messages


def _children(file):
    for exchange in json.loads(file.read_text())["exchanges"]:
        answer = exchange["response"].get("json")
        if isinstance(answer, dict) and answer.get("kind") == "Listing":
            yield from (child for child in answer["data"]["children"] if child["kind"] in ("t1", "t3"))


# Looking again

INFO = "/api/info"


async def test_things_are_looked_at_again_together():
    http = site(**{INFO: [listing(link(1, score=12, num_comments=3), comment(2, body="[removed]"))]})
    told = await connector().refresh(http, ["t3_1", "t1_2", "t1_3"])
    assert http.queries(INFO)[0]["id"] == "t3_1,t1_2,t1_3"
    assert (told["t3_1"].engagement.likes, told["t3_1"].engagement.comments) == (12, 3)
    assert (told["t1_2"], "t1_3" in told) == (None, False)


async def test_things_are_looked_at_by_the_hundred():
    http = site(**{INFO: [listing()]})
    await connector().refresh(http, [f"t3_{number}" for number in range(150)])
    assert [query["id"].count(",") + 1 for query in http.queries(INFO)] == [100, 50]


async def test_the_feeds_tell_nothing_of_a_thing_again():
    http = site()
    assert await connector(client_id="", client_secret="").refresh(http, ["t3_1"]) == {}
    assert http.asked == []


# Answering

COMMENT = "/api/comment"


def said(*things, errors=(), **more):
    return {"json": {"errors": list(errors), "data": {"things": list(things)}} | more}


def to(name="t1_5"):
    return Post(network="reddit", id=name, url="https://www.reddit.com/comments/9/_/5", text="")


async def answer(*replies, text="We are on it.", token=({"access_token": "t0ken"},), **options):
    http = FakeHttp({TOKEN: list(token), COMMENT: list(replies)})
    return http, await connector(refresh_token="r3fresh", **options).reply(http, to(), text, "k")


async def test_an_answer_is_a_comment_below_the_thing_as_the_user():
    http, sent = await answer(said(comment(7, parent_id="t1_5")))
    assert http.asked[0].form == {"grant_type": "refresh_token", "refresh_token": "r3fresh"}
    assert http.asked[1].form == {"api_type": "json", "thing_id": "t1_5", "text": "We are on it."}
    assert http.asked[1].headers["Authorization"] == "Bearer t0ken"
    assert (sent.id, sent.url) == ("t1_7", "https://www.reddit.com/comments/9/_/7")


async def test_an_answer_stands_where_reddit_says():
    _, sent = await answer(said(comment(7, permalink="/r/acme/comments/9/acme_is_down/7/")))
    assert sent.url == "https://www.reddit.com/r/acme/comments/9/acme_is_down/7/"


async def test_the_users_token_reads_too():
    http = site()
    await poll(http, of=connector(refresh_token="r3fresh"))
    assert http.asked[0].form == {"grant_type": "refresh_token", "refresh_token": "r3fresh"}
    assert [asked.path for asked in http.asked] == [TOKEN, SEARCH]


async def test_an_answer_that_an_expired_token_gave_is_given_with_a_new_one():
    http = FakeHttp(
        {TOKEN: [{"access_token": "old"}, {"access_token": "new"}], INFO: [listing()]}
        | {COMMENT: [Refused("401", status=401), said(comment(7))]}
    )
    of = connector(refresh_token="r3fresh")
    await of.refresh(http, ["t3_1"])
    assert (await of.reply(http, to(), "hi", "k")).id == "t1_7"
    assert [asked.headers["Authorization"] for asked in http.asked if asked.path == COMMENT] == [
        "Bearer old",
        "Bearer new",
    ]


@pytest.mark.parametrize("code", ["THREAD_LOCKED", "DELETED_COMMENT", "TOO_OLD", "SOME_THING_NEW"])
async def test_what_reddit_refuses_with_200_is_refused_in_its_words(code):
    with pytest.raises(Refused, match=f"'no, you may not' .{code}."):
        await answer(said(errors=[[code, "no, you may not", "parent"]]))


@pytest.mark.parametrize(
    ("words", "more", "minutes"),
    [
        ("you are doing that too much. try again in 9 minutes.", {}, 9),
        ("Looks like you've been doing that a lot. Take a break for 1 minute before trying again.", {}, 1),
        ("Take a break for 30 seconds before trying again.", {}, 0.5),
        ("try again in 1 hour.", {}, 60),
        ("try again in 9 minutes.", {"ratelimit": 520.5}, 520.5 / 60),
        ("you are doing that too much.", {}, 10),
        (None, {"ratelimit": 1e12}, 10),
    ],
)
async def test_who_answers_too_much_is_told_when_to_come_back(words, more, minutes):
    with pytest.raises(RateLimited) as caught:
        await answer(said(errors=[["RATELIMIT", words, "ratelimit"]], **more))
    assert caught.value.retry_after == timedelta(minutes=minutes)


async def test_an_answer_that_is_not_shown_may_have_been_published():
    with pytest.raises(Malformed, match="does not show it"):
        await answer(said())


async def test_an_answer_that_broke_off_is_not_tried_again():
    http = FakeHttp({TOKEN: [{"access_token": "t0ken"}], COMMENT: [Unavailable("timeout")]})
    with pytest.raises(Unavailable):
        await connector(refresh_token="r3fresh").reply(http, to(), "hi", "k")
    assert [asked.path for asked in http.asked] == [TOKEN, COMMENT]
    assert connector().repeatable == timedelta(0)


async def test_without_a_token_it_is_certain_that_nothing_was_published():
    with pytest.raises(Unreached, match="503"):
        await answer(said(comment(7)), token=[Unavailable("503")])


async def test_who_is_to_come_back_later_for_a_token_is_told_when():
    with pytest.raises(RateLimited) as caught:
        await answer(said(comment(7)), token=[RateLimited("429", timedelta(minutes=3))])
    assert caught.value.retry_after == timedelta(minutes=3)


async def test_who_may_not_write_there_is_told_what_it_takes():
    with pytest.raises(Refused, match="scope submit"):
        await answer(Refused("403", status=403))


@pytest.mark.parametrize("options", [{"refresh_token": ""}, {"client_id": "", "client_secret": ""}], ids=str)
async def test_without_a_users_token_nothing_is_said(options):
    http = site()
    with pytest.raises(Refused, match="refresh_token"):
        await connector(**{"refresh_token": "r"} | options).reply(http, to(), "hi", "k")
    assert http.asked == []


@pytest.mark.parametrize(
    "refusal", [{"error": "invalid_grant"}, {}, Refused("400 (it says: Bad Request)", status=400)], ids=str
)
async def test_a_token_that_was_taken_back_is_refused_with_what_to_do(refusal):
    with pytest.raises(Refused, match=r"make a new refresh_token .docs/networks/reddit\.md"):
        await answer(said(comment(7)), token=[refusal])


async def test_recorded_answers_are_read(recorded):
    """A comment of 2016, and one of 2019 that Reddit did not show."""
    folder = recorded / "reddit" / "exchanges"
    told = [_answered(folder / f"praw__TestComment.test_{name}.json") for name in ("reply", "reply__none")]
    _, sent = await answer(told[0])
    assert sent.id.startswith("t1_")
    assert sent.url.startswith("https://www.reddit.com/")
    with pytest.raises(Malformed):
        await answer(told[1])


def _answered(file):
    if not file.exists():
        pytest.skip("no answers among the recorded ones")
    exchanges = json.loads(file.read_text())["exchanges"]
    return next(each["response"]["json"] for each in exchanges if COMMENT in each["request"]["uri"])
