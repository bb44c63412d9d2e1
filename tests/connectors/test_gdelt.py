"""GDELT: what it is asked, how far back, and what it sends that is not quite JSON."""

from datetime import UTC, datetime

import pytest

from connectors.base import Cursor
from connectors.errors import RateLimited, Refused
from connectors.news.gdelt import Gdelt
from tests.fakes_http import FakeHttp, read

SEARCH = "/api/v2/doc/doc"
SINCE = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
START = int(SINCE.timestamp())


def article(number=1, seen="20261101T130000Z", **fields):
    told = {
        "url": f"https://post.example/{number}",
        "title": "Acme is down",
        "seendate": seen,
        "domain": "post.example",
    }
    return told | fields


def found(*articles):
    return {"articles": list(articles)}


async def poll(*answers, terms=("acme",), mark="", **options):
    http = FakeHttp({SEARCH: list(answers)})
    pages, error = await read(Gdelt(**options).fetch(http, terms, Cursor(since=SINCE, mark=mark)))
    return http, pages, error


def titles(pages):
    return [post.title for page in pages for post in page.posts]


@pytest.mark.parametrize(
    ("terms", "options", "query"),
    [
        (("acme",), {}, '"acme"'),
        (("acme", 'corp "x'), {}, '("acme" OR "corp  x")'),
        (("acme",), {"languages": ("es",)}, '"acme" sourcelang:spanish'),
        (("acme",), {"languages": ("es", "en")}, '"acme" (sourcelang:spanish OR sourcelang:english)'),
        (("acme",), {"countries": ("MX", "SP")}, '"acme" (sourcecountry:MX OR sourcecountry:SP)'),
    ],
)
async def test_terms_are_asked_for_together(terms, options, query):
    http, _, _ = await poll(found(), terms=terms, **options)
    assert http.queries(SEARCH)[0]["query"] == query


async def test_many_terms_are_several_queries_none_too_long():
    http, _, _ = await poll(found(), terms=[f"brand number {number}" for number in range(30)])
    queries = [query["query"] for query in http.queries(SEARCH)]
    assert 1 < len(queries) < 6
    assert max(map(len, queries)) <= 220


async def test_the_first_poll_goes_back_to_since():
    http, _, _ = await poll(found())
    assert http.queries(SEARCH)[0]["startdatetime"] == "20261101120000"


async def test_a_later_poll_overlaps_by_three_batches():
    http, _, _ = await poll(found(), mark=str(START))
    assert http.queries(SEARCH)[0]["startdatetime"] == "20261101111500"


async def test_a_full_answer_is_followed_by_a_question_for_what_is_older():
    full = found(*[article(number) for number in range(250)])
    http, pages, _ = await poll(full, found(article(300, "20261101T124500Z")))
    assert [query.get("enddatetime") for query in http.queries(SEARCH)] == [None, "20261101130000"]
    assert len(titles(pages)) == 251


async def test_a_batch_larger_than_an_answer_does_not_hold_up_the_poll():
    full = found(*[article(number) for number in range(250)])
    http, _, _ = await poll(full, full, found())
    assert http.queries(SEARCH)[-1]["enddatetime"] == "20261101125959"


async def test_the_mark_moves_only_when_all_is_read():
    _, pages, _ = await poll(found(article()), mark=str(START))
    assert [page.mark for page in pages] == [str(START), str(START + 3600)]


async def test_nothing_found_keeps_the_mark():
    _, pages, error = await poll(b"{}", mark=str(START))
    assert error is None
    assert [page.mark for page in pages] == [str(START)]


@pytest.mark.parametrize(
    ("title", "read_as"),
    [
        (rb"Acme \'is\' down", "Acme 'is' down"),
        (rb"Acme \x is down", "Acme x is down"),
        (rb"C:\\xampp and Acme", "C:\\xampp and Acme"),
        (rb"Acme \"is\" d\u00f3wn", 'Acme "is" dówn'),
        (b"Acme\x01\tis down", "Acme is down"),
        (b"Acme \xff is down", "Acme \ufffd is down"),
    ],
    ids=repr,
)
async def test_titles_that_break_json_are_mended(title, read_as):
    body = b'{"articles": [{"url": "https://post.example/1", "title": "%s"}]}' % title
    _, pages, error = await poll(body)
    assert error is None
    assert titles(pages) == [read_as]


async def test_what_is_wrong_with_a_query_is_told_as_gdelt_says_it():
    _, _, error = await poll(b"The specified phrase is too short.\n")
    assert isinstance(error, Refused)
    assert "The specified phrase is too short" in str(error)


async def test_a_plea_to_slow_down_is_not_for_a_person():
    _, _, error = await poll(b"Please limit requests to one every 5 seconds or contact us.")
    assert isinstance(error, RateLimited)


async def test_spaces_before_punctuation_are_taken_out():
    _, pages, _ = await poll(found(article(title="Acme , down ? Yes : no")))
    assert titles(pages) == ["Acme, down? Yes: no"]


async def test_languages_are_known_by_their_codes():
    _, pages, _ = await poll(found(article(1, language="Spanish"), article(2, language="Unheard")))
    assert [post.language for page in pages for post in page.posts] == ["es", None]


def test_all_of_its_sources_together_ask_less_than_once_in_five_seconds():
    assert Gdelt.pace > 5


@pytest.mark.parametrize("options", [{"languages": ("spanish",)}, {"countries": ("Spain",)}], ids=repr)
def test_options_that_cannot_work_are_told(options):
    assert Gdelt(**options).check()
