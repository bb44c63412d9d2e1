"""LinkedIn: what is asked about one's own page, how its lists are written, and what comments and mentions become."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors.base import Cursor
from connectors.errors import RateLimited, Refused, Unavailable
from connectors.post import Post
from connectors.social.linkedin import LinkedIn
from connectors.social.urn import link
from tests.fakes_http import FakeHttp, read

POSTS = "/rest/posts"
NOTES = "/rest/organizationalEntityNotifications"
OWN = "urn:li:share:1"
BELOW = "/rest/socialActions/urn%3Ali%3Ashare%3A1/comments"
FIRST = "urn:li:comment:(urn:li:share:1,7)"
DEEPER = "/rest/socialActions/urn%3Ali%3Acomment%3A%28urn%3Ali%3Ashare%3A1%2C7%29/comments"
PAGE = "urn:li:organization:42"
SINCE = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
START = int(SINCE.timestamp())


def comment(number=7, after=60, **fields):
    names = {"id": str(number), "object": OWN, "commentUrn": f"urn:li:comment:({OWN},{number})"}
    written = {"message": {"text": "Acme is down"}, "created": {"time": (START + after) * 1000}}
    return names | {"actor": "urn:li:person:ana"} | written | fields


def note(number=9, after=60, **fields):
    share = {"entity": f"urn:li:share:{number}", "owner": "urn:li:person:leo", "text": "With Acme"}
    return {"lastModifiedAt": (START + after) * 1000, "decoratedGeneratedActivity": {"share": share}} | fields


def elements(*some):
    return {"elements": list(some)}


def answers(**table):
    return FakeHttp({POSTS: [elements({"id": OWN})], BELOW: [elements()], NOTES: [elements()]} | table)


def source(**options):
    return LinkedIn(**{"token": "t0ken", "organization": "42"} | options)


async def attempt(http, mark="", **options):
    return await read(source(**options).fetch(http, ("acme",), Cursor(since=SINCE, mark=mark)))


async def poll(http, **options):
    pages, error = await attempt(http, **options)
    assert error is None, error
    return [page for page in pages if page.posts or page is pages[-1]]


async def only(**fields):
    pages = await poll(answers(**{BELOW: [elements(comment(**fields))]}))
    return pages[0].posts[0]


async def test_the_newest_own_posts_are_asked_for():
    http = answers()
    await poll(http, posts=3)
    query = http.queries(POSTS)[0]
    assert (query["q"], query["author"], query["count"], query["sortBy"]) == ("author", PAGE, "3", "CREATED")


async def test_names_are_encoded_and_lists_are_not():
    http = answers()
    await poll(http, comments=False)
    asked = http.asked[0].url
    assert "actions=List(SHARE_MENTION)&organizationalEntity=urn%3Ali%3Aorganization%3A42&timeRange=(start:" in asked


async def test_each_request_says_which_month_of_the_api_it_means():
    http = answers()
    await poll(http, version="202611")
    assert {asked.headers["LinkedIn-Version"] for asked in http.asked} == {"202611"}
    assert {asked.headers["Authorization"] for asked in http.asked} == {"Bearer t0ken"}


async def test_the_first_poll_goes_back_to_since_and_a_later_one_overlaps():
    http = answers()
    await poll(http, comments=False)
    await poll(http, comments=False, mark=str(START + 90_000))
    starts = [query["timeRange"].partition(",")[0] for query in http.queries(NOTES)]
    assert starts == [f"(start:{START * 1000}", f"(start:{(START + 90_000 - 21_600) * 1000}"]


async def test_a_long_list_is_read_page_by_page():
    full = elements(*(comment(number) for number in range(100, 150)))
    http = answers(**{BELOW: [full, elements(comment(150))]})
    pages = await poll(http, mentions=False)
    assert [query["start"] for query in http.queries(BELOW)] == ["0", "50"]
    assert sum(len(page.posts) for page in pages) == 51


async def test_answers_to_comments_are_read_even_below_old_ones():
    old = comment(7, after=-90_000, commentsSummary={"totalFirstLevelComments": 1})
    http = answers(**{BELOW: [elements(old)], DEEPER: [elements(comment(8, parentComment=FIRST))]})
    pages = await poll(http, mentions=False)
    assert [(post.id, post.in_reply_to) for page in pages for post in page.posts] == [
        (f"urn:li:comment:({OWN},8)", FIRST)
    ]


async def test_the_pages_own_comments_are_left_out():
    http = answers(**{BELOW: [elements(comment(7), comment(8, actor=PAGE))]})
    assert [post.id for post in (await poll(http))[0].posts] == [FIRST]


async def test_the_mark_moves_only_when_everything_is_read():
    http = answers(**{NOTES: [elements(note(after=60))], BELOW: [elements(comment(after=30))]})
    assert [page.mark for page in await poll(http, mark=str(START))] == [str(START), str(START), str(START + 60)]


async def test_a_list_that_fails_leaves_the_mark_where_it_was():
    pages, error = await attempt(answers(**{NOTES: [elements(note())], BELOW: [Unavailable("503")]}), mark=str(START))
    assert isinstance(error, Unavailable)
    assert [page.mark for page in pages] == [str(START)]


async def test_each_request_is_one_of_the_days_calls():
    http = answers()
    await poll(http)
    assert http.spent == [("calls", 1, "")] * 3


async def test_nothing_is_asked_when_the_day_is_used_up():
    http = answers()
    http.broke = frozenset({"calls"})
    _, error = await attempt(http)
    assert isinstance(error, RateLimited)
    assert not http.asked


# What comments and mentions become


async def test_a_comment_has_likes_answers_and_an_edit():
    later = {"time": (START + 90) * 1000}
    likes, below = {"totalLikes": 3}, {"aggregatedTotalComments": 0}
    post = await only(lastModified=later, likesSummary=likes, commentsSummary=below)
    assert (post.engagement.likes, post.engagement.comments) == (3, 0)
    assert (post.published_at, post.edited_at) == (SINCE + timedelta(seconds=60), SINCE + timedelta(seconds=90))


@pytest.mark.parametrize(
    "fields", [{}, {"commentUrn": None}, {"commentUrn": None, "$URN": FIRST, "id": None}], ids=["new", "bare", "old"]
)
async def test_a_comment_is_called_the_same_in_every_answer(fields):
    assert (await only(**fields)).id == FIRST


async def test_a_comment_that_nobody_wrote_any_more_has_no_author():
    assert (await only(actor=None)).author is None


def test_a_comment_can_be_followed():
    place = "https://www.linkedin.com/feed/update/urn:li:share:1?commentUrn="
    assert link(FIRST) == place + "urn%3Ali%3Acomment%3A%28urn%3Ali%3Ashare%3A1%2C7%29"


async def test_a_mention_has_its_text_and_author():
    post = (await poll(answers(**{NOTES: [elements(note())]})))[0].posts[0]
    assert (post.id, post.text, post.author.handle) == ("urn:li:share:9", "With Acme", "urn:li:person:leo")


async def test_a_mention_without_its_text_is_still_told():
    bare = {"generatedActivity": "urn:li:share:9", "lastModifiedAt": START * 1000}
    assert (await poll(answers(**{NOTES: [elements(bare)]})))[0].posts[0].id == "urn:li:share:9"


# Answering


def to(name, above=None):
    return Post(network="linkedin", id=name, url=None, text="", in_reply_to=above)


async def test_an_answer_stands_below_the_comment():
    http = FakeHttp({DEEPER: [elements(), comment(30)]})
    sent = await source().reply(http, to(FIRST, OWN), "Te escribimos", "key-1")
    assert http.asked[1].json == {
        "actor": PAGE,
        "message": {"text": "Te escribimos"},
        "object": OWN,
        "parentComment": FIRST,
    }
    assert sent.id == f"urn:li:comment:({OWN},30)"


async def test_an_answer_to_an_answer_stands_below_the_first_comment():
    http = FakeHttp({DEEPER: [elements(), comment(30)]})
    await source().reply(http, to(f"urn:li:comment:({OWN},8)", FIRST), "Te escribimos", "key-1")
    assert http.asked[1].path == DEEPER


async def test_an_answer_to_a_mention_stands_below_the_post():
    http = FakeHttp({BELOW: [elements(), comment(30)]})
    await source().reply(http, to(OWN), "Gracias", "key-1")
    assert http.asked[1].json == {"actor": PAGE, "message": {"text": "Gracias"}, "object": OWN}


async def test_what_was_said_already_is_not_said_again():
    http = FakeHttp({BELOW: [elements(comment(31, actor=PAGE, message={"text": "Gracias"}))]})
    sent = await source().reply(http, to(OWN), "Gracias", "key-1")
    assert sent.id == f"urn:li:comment:({OWN},31)"
    assert [asked.method for asked in http.asked] == ["GET"]


# Options and errors


@pytest.mark.parametrize(
    ("status", "told"),
    [(401, "docs/networks/linkedin.md"), (403, "administrator"), (426, "set version")],
    ids=["expired", "no right", "sunset"],
)
async def test_a_refusal_says_what_to_do(status, told):
    _, error = await attempt(answers(**{NOTES: [Refused("no", status=status)]}))
    assert isinstance(error, Refused)
    assert told in str(error)


@pytest.mark.parametrize(
    ("options", "option"),
    [
        ({"token": ""}, "token"),
        ({"organization": "acme"}, "organization"),
        ({"posts": 0}, "posts"),
        ({"version": "26"}, "version"),
    ],
    ids=["no token", "a name", "no posts", "no month"],
)
def test_options_that_cannot_work_are_named(options, option):
    assert source(**options).check()[0].startswith(option)
