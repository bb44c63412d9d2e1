"""Pinterest: which lists are read, how far, and what pins become."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors.base import Cursor
from connectors.errors import Refused, Unavailable
from connectors.social.pinterest import Pinterest
from tests.fakes_http import FakeHttp, read

PINS = "/v5/pins"
BOARD = "/v5/boards/5/pins"
PARTNER = "/v5/search/partner/pins"
SINCE = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
START = int(SINCE.timestamp())


def pin(number=1, after=60, **fields):
    at = (SINCE + timedelta(seconds=after)).strftime("%Y-%m-%dT%H:%M:%S")
    return {"id": str(number), "created_at": at, "description": "A box by Acme"} | fields


def listing(*pins, bookmark=None):
    return {"items": list(pins), "bookmark": bookmark}


async def attempt(http, *terms, mark="", **options):
    cursor = Cursor(since=SINCE, mark=mark)
    return await read(Pinterest(**{"token": "t0ken"} | options).fetch(http, terms or ("acme",), cursor))


async def poll(http, *terms, **options):
    pages, error = await attempt(http, *terms, **options)
    assert error is None, error
    return pages


async def only(**fields):
    return (await poll(FakeHttp({PINS: [listing(pin(**fields))]})))[0].posts[0]


async def test_own_pins_and_boards_are_read_with_their_counts():
    http = FakeHttp({PINS: [listing()], BOARD: [listing()]})
    await poll(http, boards=("5",))
    assert [asked.path for asked in http.asked] == [PINS, BOARD]
    assert {asked.query["pin_metrics"] for asked in http.asked} == {"true"}
    assert {asked.headers["Authorization"] for asked in http.asked} == {"Bearer t0ken"}


async def test_only_partners_search_for_words():
    http = FakeHttp({PARTNER: [listing()]})
    await poll(http, "acme", "acme corp", pins=False, partner=True, country="MX", locale="es-MX")
    query = http.queries(PARTNER)[1]
    assert (query["term"], query["country_code"], query["locale"]) == ("acme corp", "MX", "es-MX")


async def test_pages_follow_the_bookmark_until_nothing_is_new():
    http = FakeHttp({PINS: [listing(pin(2), bookmark="b"), listing(pin(1, after=-60), bookmark="c")]})
    pages = await poll(http)
    assert [query.get("bookmark") for query in http.queries(PINS)] == [None, "b"]
    assert [post.id for page in pages for post in page.posts] == ["2"]


async def test_a_later_poll_overlaps_by_an_hour():
    pages = await poll(FakeHttp({PINS: [listing(pin(2, 5500), pin(1, 1000))]}), mark=str(START + 5000))
    assert [post.id for page in pages for post in page.posts] == ["2"]


async def test_the_mark_moves_only_when_every_list_is_read():
    http = FakeHttp({PINS: [listing(pin(1, 60))], BOARD: [listing(pin(2, 30))]})
    pages = await poll(http, boards=("5",), mark=str(START))
    assert [page.mark for page in pages] == [str(START), str(START), str(START + 60)]


async def test_a_list_that_fails_leaves_the_mark_where_it_was():
    http = FakeHttp({PINS: [listing(pin())], BOARD: [Unavailable("503")]})
    pages, error = await attempt(http, boards=("5",), mark=str(START))
    assert isinstance(error, Unavailable)
    assert [page.mark for page in pages] == [str(START)]


@pytest.mark.parametrize("name", ["all_time", "lifetime_metrics"])
async def test_counts_are_those_since_the_pin_was_made(name):
    counts = {"90d": {"impression": 1}, name: {"impression": 9, "save": 4, "reaction": 3, "comment": 2}}
    engagement = (await only(pin_metrics=counts)).engagement
    assert (engagement.views, engagement.shares, engagement.likes, engagement.comments) == (9, 4, 3, 2)


async def test_counts_that_are_not_told_are_unknown():
    assert (await only(pin_metrics=None)).engagement.total is None


async def test_a_description_that_says_the_same_twice_is_read_once():
    assert (await only(alt_text="A box by Acme")).text == "A box by Acme"


async def test_a_pin_leads_to_its_page_and_to_where_it_points():
    post = await only(link="https://acme.example", board_owner={"username": "ana"})
    assert (post.url, post.links) == ("https://www.pinterest.com/pin/1/", ("https://acme.example",))
    assert (post.author.handle, post.author.url) == ("ana", "https://www.pinterest.com/ana/")


async def test_a_pin_is_looked_at_again_and_missed_when_it_is_gone():
    http = FakeHttp({"/v5/pins/1": [pin(1)], "/v5/pins/2": [Refused("404", status=404)]})
    looked = await Pinterest(token="t").refresh(http, ["1", "2"])
    assert (looked["1"].id, looked["2"]) == ("1", None)


@pytest.mark.parametrize(("status", "told"), [(401, "make a new one"), (403, "no partner")])
async def test_a_refusal_says_what_to_do(status, told):
    _, error = await attempt(FakeHttp({PINS: [Refused("no", status=status)]}))
    assert isinstance(error, Refused)
    assert told in str(error)


@pytest.mark.parametrize(
    ("options", "option"),
    [({"token": ""}, "token"), ({"pins": False}, "pins"), ({"boards": ("acme/cajas",)}, "boards")],
    ids=["no token", "nothing to read", "a name"],
)
def test_options_that_cannot_work_are_named(options, option):
    assert Pinterest(**{"token": "t"} | options).check()[0].startswith(option)
