"""Tumblr: which tags are read, how far back, within which limits, and what posts of each type become."""

from datetime import UTC, datetime

import pytest

from connectors.base import Cursor
from connectors.errors import RateLimited, Refused, Unavailable
from connectors.social.tumblr import Tumblr
from tests.fakes_http import FakeHttp, read

TAGGED = "/v2/tagged"
SINCE = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
START = int(SINCE.timestamp())


def entry(number=1, at=START + 60, **fields):
    named = {"id": number, "id_string": str(number), "blog_name": "ana", "timestamp": at}
    return named | {"type": "text", "body": "<p>Acme is down</p>"} | fields


def found(*entries):
    return {"meta": {"status": 200, "msg": "OK"}, "response": list(entries)}


async def attempt(http, *terms, mark="", **options):
    cursor = Cursor(since=SINCE, mark=mark)
    return await read(Tumblr(**{"key": "k3y"} | options).fetch(http, terms or ("acme",), cursor))


async def poll(*answers, terms=("acme",), **options):
    http = FakeHttp({TAGGED: list(answers)})
    pages, error = await attempt(http, *terms, **options)
    assert error is None, error
    return pages, http


async def only(**fields):
    pages, _ = await poll(found(entry(**fields)), found())
    return next(post for page in pages for post in page.posts)


async def test_each_word_is_looked_for_as_a_tag_once():
    _, http = await poll(found(), terms=("acme", "acme corp"), tags=("#acme", "ofertas"))
    assert [query["tag"] for query in http.queries(TAGGED)] == ["acme", "ofertas", "acme corp"]
    assert http.queries(TAGGED)[0]["api_key"] == "k3y"


async def test_pages_go_back_in_time_to_since():
    older = found(entry(2, START + 30), entry(1, START - 30))
    pages, http = await poll(found(entry(3, START + 60)), older)
    assert [query.get("before") for query in http.queries(TAGGED)] == [None, str(START + 61)]
    assert [post.id for page in pages for post in page.posts] == ["3", "2"]


async def test_a_page_that_comes_again_ends_the_poll():
    pages, http = await poll(found(entry(1)))
    assert len(http.asked) == 2
    assert [post.id for page in pages for post in page.posts] == ["1"]


async def test_a_featured_post_stands_at_the_time_it_was_featured():
    pages, http = await poll(found(entry(1, START - 9000, featured_timestamp=START + 60)), found())
    assert http.queries(TAGGED)[1]["before"] == str(START + 61)
    assert [post.id for page in pages for post in page.posts] == ["1"]


async def test_a_later_poll_overlaps_by_an_hour():
    pages, _ = await poll(found(entry(2, START + 5500), entry(1, START + 1000)), mark=str(START + 5000))
    assert [post.id for page in pages for post in page.posts] == ["2"]


async def test_the_mark_moves_only_when_every_tag_is_read():
    answers = [found(entry(1, START + 60), entry(9, START - 9)), found(entry(2, START + 30), entry(8, START - 9))]
    pages, _ = await poll(*answers, terms=("acme", "corp"))
    assert [page.mark for page in pages] == ["", "", str(START + 60)]


async def test_a_tag_that_fails_leaves_the_mark_where_it_was():
    http = FakeHttp({TAGGED: [found(entry(1), entry(2, START - 9)), Unavailable("503")]})
    pages, error = await attempt(http, "acme", "corp", mark=str(START))
    assert isinstance(error, Unavailable)
    assert {page.mark for page in pages} == {str(START)}


async def test_each_request_is_counted_by_the_hour_and_by_the_day():
    _, http = await poll(found())
    assert http.spent == [("hour", 1, ""), ("day", 1, "")]


async def test_nothing_is_asked_when_the_day_is_used_up():
    http = FakeHttp({TAGGED: [found()]})
    http.broke = frozenset({"day"})
    _, error = await attempt(http)
    assert isinstance(error, RateLimited)
    assert not http.asked


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"type": "photo", "body": None, "caption": "<p>Acme</p>"}, "Acme"),
        ({"type": "quote", "body": None, "text": "Acme &amp; I", "source": "<i>Ana</i>"}, "Acme & I\n\nAna"),
        ({"type": "answer", "body": None, "question": "Acme?", "answer": "<p>No.</p>"}, "Acme?\n\nNo."),
        ({"type": "chat", "dialogue": [{"label": "Ana:", "phrase": "Acme?"}]}, "Acme is down\n\nAna: Acme?"),
        ({"body": None, "content": [{"type": "text", "text": "Acme"}]}, "Acme"),
    ],
    ids=["photo", "quote", "answer", "chat", "blocks"],
)
async def test_every_type_has_its_text(fields, text):
    assert (await only(**fields)).text == text


async def test_tags_are_part_of_what_is_said():
    assert (await only(tags=["acme", "never again"])).text == "Acme is down\n\n#acme #never again"


async def test_an_old_answer_has_no_id_as_text():
    assert (await only(id=799000000000000001, id_string=None)).id == "799000000000000001"


async def test_notes_are_told_as_one_number():
    assert (await only(note_count=7)).engagement.total == 7


async def test_a_link_is_where_it_leads():
    assert (await only(type="link", url="https://acme.example/x")).links == ("https://acme.example/x",)


async def test_a_key_that_is_not_accepted_says_where_keys_are():
    _, error = await attempt(FakeHttp({TAGGED: [Refused("401", status=401)]}))
    assert isinstance(error, Refused)
    assert "tumblr.com/oauth/apps" in str(error)


@pytest.mark.parametrize(
    ("options", "option"), [({"key": ""}, "key"), ({"tags": ("a,b",)}, "tags")], ids=["key", "tag"]
)
def test_options_that_cannot_work_are_named(options, option):
    assert Tumblr(**{"key": "k"} | options).check()[0].startswith(option)


async def test_recorded_posts_are_read(recorded, caplog):
    """Posts of every older type, as Tumblr sent them in 2015."""
    file = recorded / "tumblr" / "huginn_huginn__spec__data_fixtures__tumblr_likes.json"
    if not file.is_file():
        pytest.skip("no posts of Tumblr among the recorded answers")
    body = file.read_bytes().replace(b'"liked_posts"', b'"response"', 1)
    pages, _ = await poll(body, mark="1000000000")
    posts = [post for page in pages for post in page.posts]
    assert posts
    assert all(post.author and post.url and post.published_at for post in posts)
    assert not caplog.messages
