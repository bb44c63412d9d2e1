"""Stack Exchange: what is asked, how its pauses and quotas are kept to, and what its questions become."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from connectors.base import Cursor
from connectors.errors import Malformed, RateLimited, Refused, Unavailable
from connectors.forums.stackexchange import LIMIT, MOST_PAGES, StackExchange
from tests.fakes_http import FakeHttp, read

SINCE = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
START = int(SINCE.timestamp())
SEARCH, TAGGED = "/2.3/search/advanced", "/2.3/questions"


def question(number=7, seconds=60, **fields):
    known = {"question_id": number, "creation_date": START + seconds, "title": "Acme is down", "body": "<p>Help</p>"}
    return known | {"link": f"https://stackoverflow.com/questions/{number}", "score": 1} | fields


def found(*questions, **fields):
    return {"items": list(questions), "has_more": False, "quota_remaining": 100} | fields


def marked(**marks):
    return json.dumps(marks, separators=(",", ":"))


async def poll(http, *terms, mark="", **options):
    cursor = Cursor(since=SINCE, mark=mark)
    return [page async for page in StackExchange(**options).fetch(http, terms or ("acme",), cursor)]


async def only(**fields):
    return (await poll(FakeHttp({SEARCH: [found(question(**fields))]})))[0].posts[0]


# What is asked


async def test_a_term_is_asked_for_as_a_phrase_with_the_texts():
    http = FakeHttp({SEARCH: [found()]})
    await poll(http, 'acme "corp', site="es.stackoverflow", key="k3y")
    query = http.queries(SEARCH)[0]
    assert (query["q"], query["site"], query["key"], query["filter"]) == (
        '"acme  corp"', "es.stackoverflow", "k3y", "withbody"
    )  # fmt: skip
    assert (query["sort"], query["order"], query["pagesize"]) == ("creation", "desc", str(LIMIT))


async def test_each_tag_is_read():
    http = FakeHttp({TAGGED: [found()], SEARCH: [found()]})
    await poll(http, tags=("acme-api", "acme-js"))
    assert [query["tagged"] for query in http.queries(TAGGED)] == ["acme-api", "acme-js"]


async def test_the_first_poll_goes_back_to_since():
    http = FakeHttp({SEARCH: [found()]})
    await poll(http)
    assert http.queries(SEARCH)[0]["fromdate"] == str(START)


async def test_a_later_poll_overlaps_by_a_quarter_of_an_hour():
    http = FakeHttp({SEARCH: [found()]})
    await poll(http, mark=marked(acme=str(START + 5000)))
    assert http.queries(SEARCH)[0]["fromdate"] == str(START + 5000 - 900)


async def test_pages_are_read_while_there_are_more():
    http = FakeHttp({SEARCH: [found(question(2), has_more=True), found(question(1))]})
    pages = await poll(http)
    assert [query["page"] for query in http.queries(SEARCH)] == ["1", "2"]
    assert [post.id for page in pages for post in page.posts] == ["stackoverflow/2", "stackoverflow/1"]


async def test_paging_ends_even_on_a_site_that_does_not():
    http = FakeHttp({SEARCH: [found(question(), has_more=True)]})
    await poll(http)
    assert len(http.asked) == MOST_PAGES


# Marks, pauses, quotas


async def test_the_mark_of_a_term_moves_when_it_is_read():
    http = FakeHttp({SEARCH: [found(question(1, 60)), found(question(2, 30))]})
    pages = await poll(http, "acme", "corp")
    read = marked(acme=str(START + 60))
    assert [page.mark for page in pages] == ["", read, read, marked(acme=str(START + 60), corp=str(START + 30))]


async def test_what_a_failure_cut_short_comes_first_in_the_next_poll():
    http = FakeHttp({SEARCH: [found(), Unavailable("503")]})
    pages, error = await read(StackExchange().fetch(http, ("acme", "corp"), Cursor(since=SINCE)))
    assert isinstance(error, Unavailable)
    again = FakeHttp({SEARCH: [found()]})
    await poll(again, "acme", "corp", mark=pages[-1].mark)
    assert [query["q"] for query in again.queries(SEARCH)] == ['"corp"', '"acme"']


async def test_terms_that_are_no_longer_asked_for_leave_the_mark():
    pages = await poll(FakeHttp({SEARCH: [found()]}), mark=marked(old="1", acme=str(START)))
    assert pages[-1].mark == marked(acme=str(START))


async def test_a_pause_asked_for_ends_the_poll_and_what_was_read_stands():
    http = FakeHttp({SEARCH: [found(question(), backoff=10), found()]})
    pages, error = await read(StackExchange().fetch(http, ("acme", "corp"), Cursor(since=SINCE)))
    assert isinstance(error, RateLimited)
    assert error.retry_after == timedelta(seconds=11)
    assert pages[-1].mark == marked(acme=str(START + 60))


async def test_a_pause_asked_for_at_the_end_is_passed_on():
    pages = await poll(FakeHttp({SEARCH: [found(backoff=10)]}))
    assert pages[-1].rest == timedelta(seconds=11)


async def test_a_quota_that_is_used_up_ends_the_poll():
    http = FakeHttp({SEARCH: [found(quota_remaining=0)]})
    _, error = await read(StackExchange().fetch(http, ("acme", "corp"), Cursor(since=SINCE)))
    assert isinstance(error, RateLimited)
    assert len(http.asked) == 1


async def test_every_request_is_taken_from_the_budget():
    http = FakeHttp({SEARCH: [found(has_more=True), found()]})
    await poll(http)
    assert http.spent == [("requests", 1, "")] * 2


async def test_nothing_is_asked_when_the_budget_is_used_up():
    http = FakeHttp({SEARCH: [found()]})
    http.broke = frozenset({"requests"})
    with pytest.raises(RateLimited):
        await poll(http)
    assert not http.asked


@pytest.mark.parametrize(
    ("options", "most"),
    [({}, 300), ({"key": "k"}, 10_000), ({"key": "k", "requests": 500}, 500), ({"requests": 900}, 300)],
    ids=str,
)
def test_the_budget_is_what_the_network_allows_or_less(options, most):
    assert [budget.most for budget in StackExchange(**options).budgets()] == [most]


def test_sources_without_a_key_share_one_account():
    assert StackExchange().account == StackExchange(site="superuser").account != StackExchange(key="k").account


# Errors


def complaint(number, said):
    body = json.dumps({"error_id": number, "error_name": "x", "error_message": said}).encode()
    return Refused("400", status=400, body=body)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (complaint(502, "too many requests"), RateLimited),
        (complaint(503, "down for maintenance"), Unavailable),
        (complaint(400, "key is not valid"), Refused),
        (Refused("403", status=403, body=b"<html>"), Refused),
        ({"error_id": 502, "error_name": "throttle_violation", "error_message": ""}, RateLimited),
    ],
)
async def test_the_body_says_what_an_error_means(reply, kind):
    _, error = await read(StackExchange().fetch(FakeHttp({SEARCH: [reply]}), ("acme",), Cursor(since=SINCE)))
    assert type(error) is kind


async def test_a_throttle_says_for_how_long():
    said = "too many requests from this IP, more requests available in 4321 seconds"
    with pytest.raises(RateLimited) as caught:
        await poll(FakeHttp({SEARCH: [complaint(502, said)]}))
    assert caught.value.retry_after == timedelta(seconds=4321)


async def test_a_key_that_is_not_valid_says_where_to_get_one():
    with pytest.raises(Refused, match=r"stackapps\.com"):
        await poll(FakeHttp({SEARCH: [complaint(400, "key is not valid")]}))


async def test_a_page_for_browsers_is_malformed():
    with pytest.raises(Malformed, match="text/html"):
        await poll(FakeHttp({SEARCH: [b"<!doctype html>"]}, kind="text/html"))


async def test_a_broken_question_does_not_hide_the_others(caplog):
    pages = await poll(FakeHttp({SEARCH: [found(question(1), {"question_id": None}, question(2))]}))
    assert [post.id for post in pages[0].posts] == ["stackoverflow/1", "stackoverflow/2"]
    assert caplog.messages == ["entries left out"]


# Questions


async def test_titles_are_html():
    assert (await only(title="&quot;Acme&quot; &amp; Sons")).title == '"Acme" & Sons'


async def test_authors_are_known_by_their_number():
    owner = {"user_id": 5, "display_name": "J&#243;zef", "link": "https://stackoverflow.com/users/5", "reputation": 9}
    author = (await only(owner=owner)).author
    assert (author.handle, author.name, author.followers) == ("stackoverflow/5", "Józef", None)


async def test_a_deleted_account_is_no_author():
    assert (await only(owner={"user_type": "does_not_exist", "display_name": "user9"})).author is None


async def test_a_question_voted_down_has_no_likes():
    assert (await only(score=-4)).engagement.likes == 0


# Looked at again


async def test_questions_are_looked_at_again_together():
    http = FakeHttp({"/2.3/questions/1;2": [found(question(1, score=8))]})
    now = await StackExchange().refresh(http, ["stackoverflow/1", "stackoverflow/2", "superuser/3"])
    assert now["stackoverflow/1"].engagement.likes == 8
    assert now["stackoverflow/2"] is None
    assert "superuser/3" not in now


@pytest.mark.parametrize("options", [{"site": "https://stackoverflow.com"}, {"site": ""}, {"requests": -1}], ids=str)
def test_options_are_checked(options):
    assert StackExchange(**options).check()
