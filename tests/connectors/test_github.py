"""GitHub: what its search is asked, by which of its APIs, and what it becomes."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from connectors.base import Cursor
from connectors.decode import readable
from connectors.errors import Malformed, RateLimited, Refused, Unavailable
from connectors.forums.github import LIMIT, MOST_PAGES, GitHub
from connectors.forums.issue import Issue
from connectors.forums.issue import post as post_of
from connectors.post import Post
from tests.fakes_http import FakeHttp, read

SINCE = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
START = int(SINCE.timestamp())
SEARCH, GRAPH = "/search/issues", "/graphql"


def at(minutes):
    return (SINCE + timedelta(minutes=minutes)).isoformat()


def issue(number=7, minutes=5, **fields):
    known = {
        "node_id": f"I_kw{number:04}",
        "html_url": f"https://github.com/a/b/issues/{number}",
        "title": "Acme is down",
    }
    return known | {"created_at": at(minutes), "body": "It **is**.", "user": {"login": "ana"}, "comments": 2} | fields


def node(number=7, minutes=5, **fields):
    known = {"id": f"D_kw{number:04}", "url": f"https://github.com/a/b/discussions/{number}", "title": "Acme?"}
    return (
        known
        | {"createdAt": at(minutes), "body": "Any good?", "comments": {"totalCount": 3}, "upvoteCount": 4}
        | fields
    )


def found(*issues, **fields):
    return {"items": list(issues), "incomplete_results": False} | fields


def hits(*nodes, after=None):
    return {"data": {"search": {"nodes": list(nodes), "pageInfo": {"hasNextPage": bool(after), "endCursor": after}}}}


async def poll(http, *terms, mark="", **options):
    cursor = Cursor(since=SINCE, mark=mark)
    return [page async for page in GitHub(**options).fetch(http, terms or ("acme",), cursor)]


async def only(**fields):
    return (await poll(FakeHttp({SEARCH: [found(issue(**fields))]})))[0].posts[0]


# What is asked


async def test_a_term_is_looked_for_in_titles_and_texts_of_issues():
    http = FakeHttp({SEARCH: [found()]})
    await poll(http, 'acme "corp', qualifiers="-org:acme")
    query = http.queries(SEARCH)[0]
    assert query["q"] == '"acme  corp" in:title,body created:>=2026-11-01T12:00:00Z -org:acme is:issue'
    assert (query["sort"], query["order"], query["per_page"]) == ("created", "desc", str(LIMIT))


async def test_a_later_poll_overlaps_by_a_quarter_of_an_hour():
    http = FakeHttp({SEARCH: [found()]})
    await poll(http, mark=str(START + 3600))
    assert "created:>=2026-11-01T12:45:00Z" in http.queries(SEARCH)[0]["q"]


async def test_issues_and_pull_requests_are_asked_for_apart():
    http = FakeHttp({SEARCH: [found()]})
    await poll(http, pulls=True)
    assert [query["q"].rpartition(" ")[2] for query in http.queries(SEARCH)] == ["is:issue", "is:pull-request"]


async def test_discussions_need_a_token():
    http = FakeHttp({SEARCH: [found()], GRAPH: [hits()]})
    await poll(http)
    await poll(http, token="t0k")
    assert [asked.path for asked in http.asked] == [SEARCH, SEARCH, GRAPH]
    assert http.asked[-1].headers["Authorization"] == "Bearer t0k"
    assert http.asked[-1].json["variables"]["query"].endswith("created:>=2026-11-01T12:00:00Z sort:created-desc")


async def test_a_full_page_is_followed_by_the_next_up_to_a_thousand_results():
    http = FakeHttp({SEARCH: [found(*[issue()] * LIMIT)]})
    await poll(http)
    assert [query["page"] for query in http.queries(SEARCH)] == [str(page) for page in range(1, MOST_PAGES + 1)]


async def test_discussions_are_paged_by_their_cursor():
    http = FakeHttp({GRAPH: [hits(node(2), after="Y2"), hits(node(1))]})
    pages = await poll(http, issues=False, token="t")
    assert [asked.json["variables"]["after"] for asked in http.asked] == [None, "Y2"]
    assert [post.id for page in pages for post in page.posts] == ["D_kw0002", "D_kw0001"]


# Marks and errors


async def test_the_mark_moves_only_when_every_term_is_read():
    http = FakeHttp({SEARCH: [found(issue(1, 3)), found(issue(2, 1))]})
    pages = await poll(http, "acme", "corp", mark=str(START))
    assert [page.mark for page in pages] == [str(START), str(START), str(START + 180)]


async def test_a_search_that_github_did_not_finish_leaves_the_mark():
    http = FakeHttp({SEARCH: [found(issue(), incomplete_results=True)]})
    pages, error = await read(GitHub().fetch(http, ("acme",), Cursor(since=SINCE, mark=str(START))))
    assert isinstance(error, Unavailable)
    assert [(len(page.posts), page.mark) for page in pages] == [(1, str(START))]


async def test_an_expired_token_says_where_to_make_another():
    with pytest.raises(Refused, match="settings/tokens"):
        await poll(FakeHttp({SEARCH: [Refused("401", status=401)]}), token="t")


@pytest.mark.parametrize(
    ("kind", "error"), [("RATE_LIMITED", RateLimited), ("INSUFFICIENT_SCOPES", Refused), (None, Unavailable)]
)
async def test_errors_may_come_in_answers_that_look_well(kind, error):
    reply = {"data": None, "errors": [{"type": kind, "message": "no"}]}
    _, raised = await read(
        GitHub(token="t", issues=False).fetch(FakeHttp({GRAPH: [reply]}), ("acme",), Cursor(since=SINCE))
    )
    assert type(raised) is error


async def test_a_page_for_browsers_is_malformed():
    with pytest.raises(Malformed, match="text/html"):
        await poll(FakeHttp({SEARCH: [b"<!doctype html>"]}, kind="text/html"))


async def test_a_broken_issue_does_not_hide_the_others(caplog):
    pages = await poll(FakeHttp({SEARCH: [found(issue(1), {"node_id": None}, issue(2))]}))
    assert [post.id for post in pages[0].posts] == ["I_kw0001", "I_kw0002"]
    assert caplog.messages == ["entries left out"]


# Posts


async def test_an_issue_has_a_title_and_plain_text():
    post = await only(title="Acme <b> & Sons", body="See [it](https://acme.example/x) **now**")
    assert (post.title, post.text, post.links) == ("Acme <b> & Sons", "See it now", ("https://acme.example/x",))


async def test_thumbs_up_are_likes():
    assert (await only(reactions={"total_count": 5, "+1": 3, "-1": 2})).engagement.likes == 3
    assert (await only()).engagement.likes is None


async def test_an_author_whose_account_is_gone_is_none():
    assert (await only(user=None)).author is None


async def test_a_discussion_tells_its_votes_and_edits():
    http = FakeHttp({GRAPH: [hits(node(lastEditedAt=at(9)))]})
    post = (await poll(http, issues=False, token="t"))[0].posts[0]
    assert (post.engagement.likes, post.engagement.comments) == (4, 3)
    assert post.edited_at == SINCE + timedelta(minutes=9)


# Looked at again, answered


async def test_all_kinds_are_looked_at_again_together():
    known = node(1) | {"id": "I_kw0001", "upvoteCount": None, "reactions": {"totalCount": 8}}
    missing = {"type": "NOT_FOUND", "message": "Could not resolve to a node"}
    http = FakeHttp({GRAPH: [{"data": {"nodes": [known, None]}, "errors": [missing]}]})
    now = await GitHub(token="t").refresh(http, ["I_kw0001", "D_kw0002"])
    assert now["I_kw0001"].engagement.likes == 8
    assert now["D_kw0002"] is None
    assert http.asked[0].json["variables"] == {"ids": ["I_kw0001", "D_kw0002"]}


async def test_without_a_token_nothing_is_looked_at_again():
    http = FakeHttp({})
    assert await GitHub().refresh(http, ["I_kw0001"]) == {}
    assert not http.asked


@pytest.mark.parametrize(
    ("id", "field", "said"),
    [
        (
            "I_kw0001",
            "addComment",
            {"commentEdge": {"node": {"id": "IC_1", "url": "https://github.com/a/b/issues/1#1"}}},
        ),
        ("D_kw0001", "addDiscussionComment", {"comment": {"id": "DC_1", "url": "https://github.com/a/b/issues/1#1"}}),
    ],
)
async def test_an_answer_is_written_below_what_it_answers(id, field, said):
    http = FakeHttp({GRAPH: [{"data": {"said": said}}]})
    sent = await GitHub(token="t").reply(http, Post(network="github", id=id, url=None, text=""), "Sorry", "k")
    assert field in http.asked[0].json["query"]
    assert http.asked[0].json["variables"] == {"to": id, "body": "Sorry"}
    assert sent.url == "https://github.com/a/b/issues/1#1"


async def test_an_answer_that_was_not_published_is_refused():
    reply = {"data": {"said": None}, "errors": [{"type": "NOT_FOUND", "message": "gone"}]}
    stored = Post(network="github", id="I_kw0001", url=None, text="")
    with pytest.raises(Refused, match="published no answer"):
        await GitHub(token="t").reply(FakeHttp({GRAPH: [reply]}), stored, "Sorry", "k")
    with pytest.raises(Refused, match="set token"):
        await GitHub().reply(FakeHttp({}), stored, "Sorry", "k")


def test_something_is_left_to_search():
    assert GitHub(issues=False).check()
    assert not GitHub(issues=False, token="t").check()


# What others recorded


def test_recorded_issues_are_read(recorded):
    """They are of 2016, before there were global ids."""
    exchanges = [
        exchange
        for file in (recorded / "github" / "exchanges").glob("*create_issue__*")
        for exchange in msgspec.json.decode(file.read_bytes())["exchanges"]
        if "/issues" in exchange["request"]["uri"]
    ]
    if not exchanges:
        pytest.skip("no issues of GitHub among the recorded answers")
    for exchange in exchanges:
        entry = msgspec.json.encode({"node_id": "I_kw0001"} | exchange["response"]["json"])
        post = post_of(readable([msgspec.Raw(entry)], Issue, "recorded")[0])
        assert (post.title, post.engagement.comments) == (exchange["response"]["json"]["title"], 0)
