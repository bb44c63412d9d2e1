"""Mastodon: how a server is paged through, and what its statuses become."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from connectors.base import Cursor
from connectors.errors import RateLimited, Refused, Unavailable
from connectors.streams.mastodon import Mastodon
from tests.builders import post as stored
from tests.fakes_http import FakeHttp, read

TAG = "/api/v1/timelines/tag/acme"
SEARCH = "/api/v2/search"
NOON = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
SINCE = NOON - timedelta(hours=24)


def status(number=1, minutes=0, **fields):
    """A status `minutes` after noon; its number is its id and tells its address."""
    account = {"acct": "ana", "display_name": "Ana", "url": "https://one.example/@ana", "followers_count": 7}
    return {
        "id": str(number),
        "uri": f"https://one.example/statuses/{number}",
        "url": f"https://one.example/@ana/{number}",
        "created_at": (NOON + timedelta(minutes=minutes)).isoformat(),
        "content": "<p>Acme is down</p>",
        "visibility": "public",
        "account": account | fields.pop("account", {}),
    } | fields


class Timeline:
    """A server that keeps its statuses as Mastodon does: newest first, `min_id` giving the page just above it."""

    def __init__(self, *statuses):
        self.statuses = sorted(statuses, key=lambda status: int(status["id"]), reverse=True)

    def __call__(self, asked):
        low, high = int(asked.query.get("min_id", 0)), int(asked.query.get("max_id", 10**9))
        window = [status for status in self.statuses if low < int(status["id"]) < high]
        size = 2
        return window[-size:] if "min_id" in asked.query and "max_id" not in asked.query else window[:size]


def http_of(*statuses):
    return FakeHttp({TAG: [Timeline(*statuses)]})


async def poll(http, *terms, mark="", **options):
    options = {"instance": "one.example", "hashtags": ("acme",)} | options
    return [page async for page in Mastodon(**options).fetch(http, terms, Cursor(since=SINCE, mark=mark))]


def ids(pages):
    return [post.id.rpartition("/")[2] for page in pages for post in page.posts]


async def only(**fields):
    return next(post for page in await poll(http_of(status(**fields))) for post in page.posts)


async def test_the_first_poll_goes_down_to_since():
    http = http_of(*(status(number, -60 * 6 * (9 - number)) for number in range(1, 10)))
    assert sorted(ids(await poll(http))) == ["5", "6", "7", "8", "9"]


async def test_a_later_poll_climbs_from_the_mark_page_by_page():
    http = http_of(*(status(number, number) for number in range(1, 8)))
    pages = await poll(http, mark='{"#acme":"2"}')
    assert [query["min_id"] for query in http.queries(TAG)] == ["2", "4", "6", "7"]
    assert sorted(ids(pages)) == ["3", "4", "5", "6", "7"]


async def test_the_mark_stays_a_quarter_of_an_hour_behind_for_late_posts_of_other_servers():
    pages = await poll(http_of(*(status(number, 10 * number) for number in range(1, 6))))
    assert json.loads(pages[-1].mark) == {"#acme": "3"}


async def test_a_first_poll_marks_the_oldest_when_all_is_recent():
    pages = await poll(http_of(status(4, 1), status(5, 2)))
    assert json.loads(pages[-1].mark) == {"#acme": "4"}


async def test_a_quiet_hashtag_keeps_its_mark():
    pages = await poll(http_of(status(1)), mark='{"#acme":"1"}')
    assert json.loads(pages[-1].mark) == {"#acme": "1"}


async def test_a_climb_cut_short_goes_on_where_it_was_cut():
    http = FakeHttp({TAG: [[status(12, 40), status(11, 20)], RateLimited("429")]})
    cursor = Cursor(since=SINCE, mark='{"#acme":"2"}')
    pages, error = await read(Mastodon(instance="one.example", hashtags=("acme",)).fetch(http, (), cursor))
    assert isinstance(error, RateLimited)
    assert [page.mark for page in pages] == ['{"#acme":"11"}']


async def test_each_hashtag_has_its_own_mark():
    table = {TAG: [[status(4)], []], "/api/v1/timelines/tag/acme%20corp": [[status(9)], []]}
    pages = await poll(FakeHttp(table), hashtags=("#acme", "acme corp"))
    assert json.loads(pages[-1].mark) == {"#acme": "4", "#acme corp": "9"}


async def test_a_mark_that_cannot_be_read_is_a_first_poll():
    assert ids(await poll(http_of(status(1)), mark="1234")) == ["1"]


async def test_a_server_that_ignores_the_window_does_not_hold_up_the_poll():
    http = FakeHttp({TAG: [[status(1), status(2)]]})
    assert sorted(ids(await poll(http))) == ["1", "2"]
    assert len(http.asked) == 2


async def test_ids_of_letters_are_ordered_too():
    http = FakeHttp({TAG: [[status("AbC2"), status("AbC1")], []]})
    await poll(http)
    assert http.queries(TAG)[1]["max_id"] == "AbC1"


async def test_terms_are_searched_for_with_a_token_only():
    http = http_of(status(1))
    await poll(http, "acme")
    assert not http.queries(SEARCH)


async def test_search_sends_the_token_and_quotes_phrases():
    http = FakeHttp({TAG: [[]], SEARCH: [{"statuses": []}]})
    await poll(http, "acme", "acme corp", token="t0ken")
    assert [query["q"] for query in http.queries(SEARCH)] == ["acme", '"acme corp"']
    assert {asked.headers["Authorization"] for asked in http.asked} == {"Bearer t0ken"}


async def test_search_goes_down_to_its_mark():
    http = FakeHttp({SEARCH: [{"statuses": [status(8), status(7)]}, {"statuses": [status(6)]}, {"statuses": []}]})
    pages = await poll(http, "acme", token="t", hashtags=(), mark='{"acme":"5"}')
    assert [(query["min_id"], query.get("max_id")) for query in http.queries(SEARCH)] == [
        ("5", None),
        ("5", "7"),
        ("5", "6"),
    ]
    assert ids(pages) == ["8", "7", "6"]


@pytest.mark.parametrize("visibility", ["private", "direct", None])
async def test_what_is_not_for_everybody_is_left_alone(visibility):
    assert ids(await poll(http_of(status(1, visibility=visibility)))) == []


async def test_boosts_are_left_out():
    assert ids(await poll(http_of(status(1, reblog={"id": "2"}), status(3, visibility="unlisted")))) == ["3"]


async def test_warning_text_and_descriptions_of_pictures_are_one_text():
    post = await only(
        spoiler_text="Compras",
        content="<p>Mi pedido de <b>Acme</b><br>llegó &amp; roto</p>",
        media_attachments=[{"description": "Una caja rota"}, {"description": None}],
    )
    assert post.text == "Compras\n\nMi pedido de Acme\nllegó & roto\n\nUna caja rota"


async def test_the_same_post_has_the_same_id_on_every_server():
    post = await only(number=5, uri="https://two.example/users/eva/statuses/99")
    assert post.id == "https://two.example/users/eva/statuses/99"


@pytest.mark.parametrize(
    ("acct", "handle"), [("ana", "ana@one.example"), ("eva@two.example", "eva@two.example")], ids=["local", "remote"]
)
async def test_handles_name_their_server(acct, handle):
    post = await only(account={"acct": acct})
    assert (post.author.handle, post.author.name, post.author.followers) == (handle, "Ana", 7)


async def test_hidden_followers_are_unknown():
    assert (await only(account={"followers_count": -1})).author.followers is None


async def test_counts_that_are_missing_are_unknown():
    post = await only(favourites_count=3, reblogs_count=0)
    assert (post.engagement.likes, post.engagement.shares, post.engagement.comments) == (3, 0, None)


@pytest.mark.parametrize(("declared", "language"), [("es", "es"), ("pt-BR", "pt"), (None, None), ("", None)])
async def test_the_language_is_the_declared_one(declared, language):
    assert (await only(language=declared)).language == language


async def test_an_edit_has_its_own_time():
    assert (await only(edited_at="2026-11-01T12:30:00.000Z")).edited_at == NOON + timedelta(minutes=30)


async def test_an_address_that_is_no_web_address_is_none():
    assert (await only(url="javascript:alert(1)")).url is None


async def test_a_server_that_asks_for_a_token_is_refused_with_advice():
    with pytest.raises(Refused, match="set a token"):
        await poll(FakeHttp({TAG: [Refused("https://one.example: 401")]}))


async def test_a_token_that_is_not_accepted_needs_no_such_advice():
    with pytest.raises(Refused) as refused:
        await poll(FakeHttp({TAG: [Refused("https://one.example: 401")]}), token="old")
    assert "set a token" not in str(refused.value)


@pytest.mark.parametrize(
    ("options", "option"),
    [({"instance": "one.example"}, "hashtags"), ({"instance": "", "hashtags": ("acme",)}, "instance")],
    ids=["nothing to follow", "no server"],
)
def test_options_that_cannot_work_are_named(options, option):
    assert [problem.partition(":")[0] for problem in Mastodon(**options).check()] == [option]


def test_a_token_is_not_printed():
    assert "t0ken" not in repr(Mastodon(instance="one.example", token="t0ken"))


async def test_recorded_timelines_are_read_to_their_end(recorded):
    """mastodon.social, fosstodon.org and others, as they answered."""
    entries = []
    for file in (recorded / "mastodon" / "exchanges").glob("*hashtag*"):
        for exchange in json.loads(file.read_text())["exchanges"]:
            entries += exchange["response"]["json"]
    if not entries:
        pytest.skip("no recorded hashtag timelines among the recorded answers")
    pages = await poll(FakeHttp({TAG: [entries, []]}), mark='{"#acme":"1"}')
    posts = [post for page in pages for post in page.posts]
    assert len(posts) == len(entries)
    assert all(post.text and "<" not in post.text and post.author.handle.count("@") == 1 for post in posts)


async def test_recorded_statuses_of_other_servers_are_read(recorded, caplog):
    """Akkoma, Pleroma, Pixelfed, GoToSocial: the same shape, less what they do not know."""
    files = [*(recorded / "mastodon").glob("*post_*.json"), *(recorded / "mastodon").glob("*status*.json")]
    entries = [entry for entry in (json.loads(file.read_text()) for file in files) if _is_status(entry)]
    if not entries:
        pytest.skip("no recorded statuses among the recorded answers")
    pages = await poll(FakeHttp({TAG: [entries, []]}), mark='{"#acme":"1"}')
    public = {e["uri"] for e in entries if e["visibility"] in ("public", "unlisted") and not e.get("reblog")}
    assert {post.id for page in pages for post in page.posts} == public
    assert not caplog.messages


def _is_status(entry):
    return isinstance(entry, dict) and {"id", "uri", "account", "content", "visibility"} <= entry.keys()


# Looking again

GONE = Refused("404", status=404, body=b'{"error":"Record not found"}')


def home(number=1, server="one.example", path="users/ana/statuses"):
    return f"https://{server}/{path}/{number}"


def at_home(number=1, server="one.example", **fields):
    return status(number, uri=home(number, server), **fields)


async def look(http, *uris, **options):
    return await Mastodon(**{"instance": "one.example", "token": "t"} | options).refresh(http, uris)


async def test_a_post_is_looked_at_again_where_it_was_written():
    http = FakeHttp(
        {"/api/v1/statuses/1": [at_home(server="two.example", favourites_count=9, edited_at=NOON.isoformat())]}
    )
    (post,) = (await look(http, home(server="two.example"))).values()
    assert (post.id, post.engagement.likes, post.edited_at) == (home(server="two.example"), 9, NOON)
    assert (post.author.handle, post.author.followers) == ("ana@two.example", 7)
    assert http.asked[0].url == "https://two.example/api/v1/statuses/1"


async def test_the_token_is_told_to_its_own_server_only():
    http = FakeHttp({"/api/v1/statuses/1": [at_home()], "/api/v1/statuses/2": [at_home(2, "two.example")]})
    await look(http, home(), home(2, "two.example"))
    assert [asked.headers for asked in http.asked] == [{"Authorization": "Bearer t"}, {}]


async def test_a_post_that_its_server_has_no_longer_is_gone():
    assert await look(FakeHttp({"/api/v1/statuses/1": [GONE]}), home()) == {home(): None}


@pytest.mark.parametrize(
    "trouble",
    [Refused("401", status=401), Refused("404", status=404, body=b"<html>"), Unavailable("down"), b"<html>"],
    ids=["a server for its users", "another program", "a server that is gone", "a page"],
)
async def test_nothing_is_told_of_a_post_whose_server_does_not_answer(trouble):
    http = FakeHttp({"/api/v1/statuses/1": [trouble], "/api/v1/statuses/2": [at_home(2)]})
    assert list(await look(http, home(server="two.example"), home(2))) == [home(2)]


async def test_trouble_with_ones_own_server_is_told():
    with pytest.raises(Unavailable):
        await look(FakeHttp({"/api/v1/statuses/1": [Unavailable("down")]}), home())


@pytest.mark.parametrize("uri", ["https://two.example/objects/1", "https://two.example/notes/1", "nonsense"])
async def test_a_post_of_other_software_is_not_asked_for(uri):
    http = FakeHttp({})
    assert (await look(http, uri), http.asked) == ({}, [])


async def test_an_answer_about_another_post_tells_nothing():
    http = FakeHttp({"/api/v1/statuses/1": [at_home(7)]})
    assert await look(http, home()) == {}


async def test_the_newer_addresses_of_posts_are_understood():
    uri = home(path="ap/users/5/statuses")
    assert list(await look(FakeHttp({"/api/v1/statuses/1": [status(uri=uri)]}), uri)) == [uri]


# Answering

SAY = "/api/v1/statuses"


async def say(http, text="Lo sentimos", **options):
    own = {"instance": "one.example", "token": "t"} | options
    return await Mastodon(**own).reply(http, stored(id=home(server="two.example")), text, "k3y")


def server(**fields):
    there = status(77, uri=home(server="two.example"), **{"account": {"acct": "ana@two.example"}} | fields)
    return FakeHttp({SEARCH: [{"statuses": [there]}], SAY: [status(99)]})


async def test_an_answer_goes_to_our_own_servers_copy_of_the_post():
    http = server()
    sent = await say(http)
    assert http.queries(SEARCH)[0]["q"] == home(server="two.example")
    assert http.queries(SEARCH)[0]["resolve"] == "true"
    assert http.asked[1].json["in_reply_to_id"] == "77"
    assert (sent.id, sent.url) == ("https://one.example/statuses/99", "https://one.example/@ana/99")


async def test_an_answer_carries_the_key_that_lets_the_server_know_it_again():
    http = server()
    await say(http)
    assert http.asked[1].headers == {"Authorization": "Bearer t", "Idempotency-Key": "k3y"}


async def test_an_answer_names_whom_it_is_for_once():
    http = server()
    await say(http)
    await say(http, "Lo sentimos, @Ana@two.example")
    told = [asked.json["status"] for asked in http.asked if asked.path == SAY]
    assert told == ["@ana@two.example Lo sentimos", "Lo sentimos, @Ana@two.example"]


@pytest.mark.parametrize("visibility", ["public", "unlisted"])
async def test_an_answer_is_as_visible_as_what_it_answers(visibility):
    http = server(visibility=visibility)
    await say(http)
    assert http.asked[1].json["visibility"] == visibility


async def test_an_answer_needs_a_token():
    with pytest.raises(Refused, match="set token, with the scopes"):
        await say(FakeHttp({}), token="")


async def test_a_post_that_our_server_cannot_find_is_not_answered():
    with pytest.raises(Refused, match="cannot find it"):
        await say(FakeHttp({SEARCH: [{"statuses": []}]}))
