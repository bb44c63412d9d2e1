"""X: what is asked and paid for, where the next poll goes on, and what its posts become."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from connectors import marks
from connectors.base import Cursor
from connectors.errors import RateLimited, Refused, Unavailable
from connectors.keys.oauth import Keys
from connectors.post import Post
from connectors.social.x import LONGEST_QUERY, MOST_PAGES, X, queries
from tests.fakes_http import FakeHttp, read

SEARCH = "/2/tweets/search/recent"
LOOKUP = "/2/tweets"
MENTIONS = "/2/users/99/mentions"
NAMED = "/2/users/by/username/acme"
SINCE = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
FIRST = 2_116_862_818_513_846_272
"""The least id of a post written at SINCE."""
ANSWERING = {"consumer_key": "c", "consumer_secret": "cs", "token": "t", "token_secret": "ts"}


def tweet(number=1, **fields):
    return {"id": str(FIRST + number), "text": "Acme is down", "author_id": "7"} | fields


def found(*tweets, more=False, users=()):
    meta = {"result_count": len(tweets)} | ({"next_token": "n"} if more else {})
    return {"data": list(tweets), "includes": {"users": list(users)}, "meta": meta} if tweets else {"meta": meta}


def aged(name):
    return Refused("400", status=400, body=f"'{name}' must be a tweet id created after".encode())


def answers(**table):
    return FakeHttp({SEARCH: [found()]} | table)


async def attempt(http, *terms, mark="", **options):
    cursor = Cursor(since=SINCE, mark=mark)
    return await read(X(**{"key": "k3y"} | options).fetch(http, terms or ("acme",), cursor))


async def poll(http, *terms, **options):
    pages, error = await attempt(http, *terms, **options)
    assert error is None, error
    return pages


async def only(*tweets, users=()):
    pages = await poll(answers(**{SEARCH: [found(*tweets, users=users)]}))
    return next(post for page in pages for post in page.posts)


def stands(pages):
    return [next(iter(marks.read(page.mark, dict[str, str]).values())) for page in pages]


def marked(stand):
    return marks.written({'("acme") -is:retweet': stand})


def net(http):
    return round(sum(amount for _, amount, _ in http.spent), 6)


# What is asked


async def test_the_words_are_one_search_without_reposts():
    http = answers()
    await poll(http, "acme", 'acme "corp', "#acme", "@acme")
    assert http.queries(SEARCH)[0]["query"] == '("acme" OR "acme corp" OR #acme OR @acme) -is:retweet'


async def test_a_filter_narrows_what_is_paid_for():
    http = answers()
    await poll(http, filter="lang:es")
    assert http.queries(SEARCH)[0]["query"] == '("acme") -is:retweet lang:es'


def test_no_search_is_longer_than_x_takes():
    found = list(queries([f"brand number {number}" for number in range(60)], "-is:retweet"))
    assert len(found) > 1
    assert all(len(query) <= LONGEST_QUERY for query in found)
    assert sum(query.count("brand number") for query in found) == 60


async def test_the_key_goes_in_a_header():
    http = answers()
    await poll(http)
    assert http.asked[0].headers["Authorization"] == "Bearer k3y"


async def test_the_first_poll_goes_back_to_since():
    http = answers()
    await poll(http)
    assert http.queries(SEARCH)[0]["since_id"] == str(FIRST)


async def test_a_later_poll_goes_on_behind_the_newest_without_paying_twice():
    http = answers()
    await poll(http, mark=marked("777"))
    assert http.queries(SEARCH)[0]["since_id"] == "777"


async def test_authors_come_with_the_posts():
    http = answers()
    await poll(http)
    assert http.queries(SEARCH)[0]["expansions"] == "author_id"


@pytest.mark.parametrize("name", ["since_id", "until_id"])
async def test_what_is_too_long_ago_for_search_is_asked_for_without_a_window(name):
    http = answers(**{SEARCH: [aged(name), found(tweet(5))]})
    pages = await poll(http, mark=marked("1-2-3"))
    assert "since_id" not in http.queries(SEARCH)[1]
    assert [post.id for post in pages[0].posts] == [str(FIRST + 5)]


# Where it goes on


async def test_pages_are_asked_for_by_what_is_older_than_the_last():
    http = answers(**{SEARCH: [found(tweet(9), tweet(8), more=True), found(tweet(7))]})
    pages = await poll(http)
    assert http.queries(SEARCH)[1]["until_id"] == str(FIRST + 8)
    assert stands(pages)[-1] == str(FIRST + 9)


async def test_a_poll_that_is_cut_short_goes_on_where_it_stopped():
    http = answers(**{SEARCH: [found(tweet(9), tweet(8), more=True), Unavailable("503")]})
    pages, error = await attempt(http)
    assert isinstance(error, Unavailable)
    again = answers(**{SEARCH: [found(tweet(7)), found()]})
    pages = await poll(again, mark=pages[-1].mark)
    window = again.queries(SEARCH)[0]
    assert (window["since_id"], window["until_id"]) == (str(FIRST), str(FIRST + 8))
    assert stands(pages)[-1] == str(FIRST + 9)


async def test_what_is_new_follows_what_was_left_over():
    http = answers(**{SEARCH: [found(tweet(7)), found(tweet(12))]})
    pages = await poll(http, mark=marked(f"{FIRST}-{FIRST + 8}-{FIRST + 9}"))
    assert http.queries(SEARCH)[1]["since_id"] == str(FIRST + 9)
    assert stands(pages)[-1] == str(FIRST + 12)


async def test_a_flood_is_read_in_several_polls():
    http = answers(**{SEARCH: [found(tweet(9000 - number), more=True) for number in range(20)]})
    pages = await poll(http)
    assert len(pages) == MOST_PAGES
    assert stands(pages)[-1] == f"{FIRST}-{FIRST + 8991}-{FIRST + 9000}"


async def test_a_quiet_poll_keeps_the_mark():
    assert stands(await poll(answers(), mark=marked("777"))) == ["777"]


# Mentions


def mentioned(*tweets, **table):
    return answers(**{NAMED: [{"data": {"id": "99", "username": "acme"}}], MENTIONS: [found(*tweets)]} | table)


async def test_who_mentions_the_account_is_not_searched_for_too():
    http = mentioned()
    await poll(http, handle="@acme")
    assert http.queries(SEARCH)[0]["query"] == '("acme") -is:retweet -@acme -from:acme'


async def test_the_number_of_the_account_is_looked_up_once():
    http = mentioned(tweet(3))
    pages = await poll(http, handle="acme")
    await poll(http, handle="acme", mark=pages[-1].mark)
    assert len(http.queries(NAMED)) == 1
    assert http.queries(MENTIONS)[1]["since_id"] == str(FIRST + 3)


async def test_mentions_alone_can_be_read():
    http = mentioned(tweet(3))
    await poll(http, handle="acme", search=False)
    assert not http.queries(SEARCH)


async def test_an_account_that_x_does_not_know_is_a_refusal():
    http = answers(**{NAMED: [{"errors": [{"title": "Not Found Error"}]}]})
    _, error = await attempt(http, handle="acme")
    assert isinstance(error, Refused)
    assert "check handle" in str(error)


async def test_an_answer_that_holds_nothing_but_errors_is_a_refusal():
    http = mentioned(**{MENTIONS: [{"errors": [{"detail": "User has been suspended: [99]."}]}]})
    _, error = await attempt(http, handle="acme")
    assert isinstance(error, Refused)
    assert "suspended" in str(error)


# What it costs


async def test_the_most_a_request_can_cost_is_put_aside_before_and_the_rest_given_back():
    users = [{"id": "7", "username": "ana"}]
    http = answers(**{SEARCH: [found(tweet(1), tweet(2), users=users)]})
    await poll(http, limit=10)
    assert http.spent[0] == ("spend", pytest.approx(0.15), "")
    assert net(http) == pytest.approx(2 * X.POST_READ + X.USER_READ)


async def test_an_answer_without_posts_costs_nothing():
    http = answers()
    await poll(http)
    assert net(http) == 0


async def test_a_request_that_fails_costs_nothing():
    http = answers(**{SEARCH: [Unavailable("503")]})
    await attempt(http)
    assert net(http) == 0


async def test_nothing_is_asked_when_the_month_is_spent():
    http = answers()
    http.broke = frozenset({"spend"})
    _, error = await attempt(http)
    assert isinstance(error, RateLimited)
    assert not http.asked


def test_the_cap_is_the_owners_in_dollars_a_month():
    budget = X(key="k", spend=12.5).budgets()[0]
    assert (budget.name, budget.most, budget.unit, budget.window) == ("spend", 12.5, "USD", timedelta(days=30))


def test_sources_with_one_key_share_what_may_be_spent():
    assert X(key="k", spend=1.0).account == X(key="k", handle="acme").account != X(key="l").account


# What posts become


async def test_a_long_post_is_read_whole():
    note = {"text": "Acme is down since Monday"}
    assert (await only(tweet(text="Acme is down si…", note_tweet=note))).text == "Acme is down since Monday"


async def test_shortened_addresses_are_told_in_full_and_media_left_out():
    urls = [
        {"url": "https://t.co/a", "expanded_url": "https://acme.example/x?a=1&copy=2"},
        {"url": "https://t.co/b", "expanded_url": "https://x.com/a/status/1/photo/1", "media_key": "3_1"},
    ]
    post = await only(tweet(text="Acme &amp; https://t.co/a https://t.co/b", entities={"urls": urls}))
    assert post.text == "Acme & https://acme.example/x?a=1&copy=2"
    assert post.links == ("https://acme.example/x?a=1&copy=2",)


async def test_an_author_has_a_name_and_followers():
    user = {"id": "7", "username": "ana", "name": "Ana", "public_metrics": {"followers_count": 5}}
    post = await only(tweet(), users=[user])
    assert (post.author.handle, post.author.name, post.author.followers) == ("ana", "Ana", 5)
    assert post.url == f"https://x.com/ana/status/{FIRST + 1}"


async def test_an_author_who_is_not_sent_is_unknown():
    post = await only(tweet())
    assert post.author is None
    assert post.url == f"https://x.com/i/web/status/{FIRST + 1}"


@pytest.mark.parametrize("name", ["edit_history_tweet_ids", "edit_history_post_ids"])
async def test_an_edit_keeps_the_id_of_the_first_version(name):
    post = await only(
        tweet(1 << 40, created_at="2026-11-01T12:30:00.000Z") | {name: [str(FIRST), str(FIRST + (1 << 40))]}
    )
    assert post.id == str(FIRST)
    assert (post.published_at, post.edited_at) == (SINCE, SINCE + timedelta(minutes=30))


@pytest.mark.parametrize("name", ["retweet_count", "repost_count"])
async def test_reposts_and_quotes_are_shares(name):
    post = await only(tweet(public_metrics={name: 2, "quote_count": 1, "like_count": 4, "impression_count": 9}))
    assert (post.engagement.shares, post.engagement.likes, post.engagement.views) == (3, 4, 9)
    assert post.engagement.comments is None


async def test_a_repost_is_left_out():
    pages = await poll(answers(**{SEARCH: [found(tweet(referenced_tweets=[{"type": "retweeted", "id": "1"}]))]}))
    assert pages[0].posts == ()


async def test_an_answer_names_what_it_answers():
    assert (await only(tweet(referenced_posts=[{"type": "replied_to", "id": "5"}]))).in_reply_to == "5"


@pytest.mark.parametrize(("code", "language"), [("es", "es"), ("und", None), ("qme", None), ("in", "id"), (None, None)])
async def test_codes_that_name_no_language_are_left_out(code, language):
    assert (await only(tweet(lang=code))).language == language


# Looking again


def gone(number, kind="resource-not-found"):
    return {"resource_id": str(number), "type": f"https://api.twitter.com/2/problems/{kind}"}


async def test_posts_are_looked_at_again_a_hundred_at_a_time():
    http = answers(**{LOOKUP: [found(tweet(1)), found(tweet(101))]})
    looked = await X(key="k").refresh(http, [str(FIRST + number) for number in range(1, 102)])
    assert [len(query["ids"].split(",")) for query in http.queries(LOOKUP)] == [100, 1]
    assert set(looked) == {str(FIRST + 1), str(FIRST + 101)}
    assert net(http) == pytest.approx(2 * X.POST_READ)


@pytest.mark.parametrize("kind", ["resource-not-found", "not-authorized-for-resource"])
async def test_what_is_deleted_or_hidden_is_gone(kind):
    http = answers(**{LOOKUP: [{"errors": [gone(5, kind)]}]})
    assert await X(key="k").refresh(http, ["5", "6"]) == {"5": None}


async def test_an_error_about_a_field_is_no_deletion():
    http = answers(**{LOOKUP: [{"errors": [gone(5, "not-authorized-for-field")]}]})
    assert await X(key="k").refresh(http, ["5"]) == {}


# Answering


TO = Post(network="x", id="5", url=None, text="")


async def answered(*replies, text="Te escribimos", **options):
    http = FakeHttp({LOOKUP: list(replies)})
    return await X(key="k", **ANSWERING | options).reply(http, TO, text, "key-1"), http


async def test_an_answer_is_published_below_the_post():
    sent, http = await answered({"data": {"id": "6", "text": "Te escribimos"}})
    assert http.asked[0].json == {"text": "Te escribimos", "reply": {"in_reply_to_tweet_id": "5"}}
    assert http.asked[0].headers["Authorization"].startswith("OAuth oauth_consumer_key=")
    assert (sent.id, sent.url) == ("6", "https://x.com/i/web/status/6")


@pytest.mark.parametrize(
    ("text", "cost"), [("Hola", X.ANSWER), ("Mira https://acme.example", X.ANSWER_WITH_LINK)], ids=["words", "a link"]
)
async def test_a_link_makes_an_answer_dear(text, cost):
    _, http = await answered({"data": {"id": "6"}}, text=text)
    assert net(http) == pytest.approx(cost)


async def test_who_did_not_name_the_account_is_answered_by_hand():
    with pytest.raises(Refused, match=re.escape("https://x.com/intent/post?in_reply_to=5")):
        await answered(Refused("403", status=403, body=b'{"detail": "Reply to this conversation is not allowed"}'))


async def test_words_that_were_said_already_are_told_so():
    with pytest.raises(Refused, match="already"):
        await answered(Refused("403", status=403, body=b'{"detail": "Tweet with duplicate content"}'))


async def test_without_the_accounts_own_keys_nothing_is_answered():
    with pytest.raises(Refused, match="token"):
        await X(key="k").reply(FakeHttp({}), TO, "Hola", "key-1")


def test_a_request_is_signed_as_the_rfc_has_it():
    """The signature is OpenSSL's, over a base string that was written by hand."""
    keys = Keys(consumer="c", consumer_secret="cs&", token="t", token_secret="ts")
    header = keys.header("GET", "https://api.x.com/2/users/me", {"user.fields": "a b,ñ"}, nonce="n0nce", at=1793534400)
    signature = re.search(r'oauth_signature="([^"]+)"', header["Authorization"])[1]
    assert signature == "VYeuCoXbQ7SGh5qRhUAVYt3JdVc%3D"


# Options and errors


@pytest.mark.parametrize(
    ("status", "told"), [(401, "make the keys anew"), (402, "buy some at console.x.com"), (403, "lacks a right")]
)
async def test_a_refusal_says_what_to_do(status, told):
    _, error = await attempt(answers(**{SEARCH: [Refused("no", status=status)]}))
    assert told in str(error)


@pytest.mark.parametrize(
    ("options", "option"),
    [
        ({"key": ""}, "key"),
        ({"limit": 9}, "limit"),
        ({"limit": 101}, "limit"),
        ({"spend": 0.2}, "spend"),
        ({"handle": "two words"}, "handle"),
        ({"search": False}, "search"),
        ({"filter": "x" * 300}, "filter"),
        ({"token": "t"}, "token"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_options_that_cannot_work_are_named(options, option):
    assert X(**{"key": "k"} | options).check()[0].startswith(option)


def test_common_options_are_fine():
    assert not X(key="k", handle="@acme", **ANSWERING).check()


# What others recorded


async def test_recorded_searches_are_read(recorded):
    """As version 2 answered in 2021 and 2022."""
    bodies = [body for file in sorted((recorded / "x").glob("*search__all-*.R"))[:12] for body in _bodies(file)]
    if not bodies:
        pytest.skip("no searches of X among the recorded answers")
    for body in bodies:
        whole = json.loads(body)
        pages, error = await attempt(answers(**{SEARCH: [body, found()]}))
        assert error is None
        posts = [post for page in pages for post in page.posts]
        reposts = [one for one in whole["data"] if "retweeted" in {r["type"] for r in one.get("referenced_tweets", ())}]
        assert len(posts) == len(whole["data"]) - len(reposts)
        assert not [post.text for post in posts if "&amp;" in post.text]


def _bodies(file):
    """The answers in a recording of R's httptest, which writes them as a string of its language."""
    for told in re.findall(r'charToRaw\("((?:[^"\\]|\\.)*)"\)', file.read_text(), re.DOTALL):
        body = re.sub(r'\\([\\"])', r"\1", told)
        if '"data":[' in body:
            yield body.encode()
