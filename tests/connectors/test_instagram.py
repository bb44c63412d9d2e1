"""Instagram: what is asked about one's own account, what the answers become, and how it answers."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from connectors.base import Cursor
from connectors.doors.knock import JSON, Knock, TurnedAway
from connectors.errors import RateLimited, Refused, Unavailable
from connectors.meta.instagram import Instagram
from connectors.meta.notice import Notice, notices
from connectors.post import Post
from tests.fakes_http import FakeHttp, read
from tests.plays.webhook import SECRET, exchange, signed

USER = "/v26.0/77"
SINCE = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
START = int(SINCE.timestamp())
NOTHING = {"comments": False, "tags": False}
COMMENTS = NOTHING | {"comments": True}
TAGS = NOTHING | {"tags": True}


def at(minutes):
    return (SINCE + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S+0000")


def comment(number, minutes=5, **fields):
    return {"id": str(number), "text": "is it open?", "timestamp": at(minutes), "username": "ana"} | fields


def medium(number, minutes=5, **fields):
    return {"id": str(number), "caption": "at Acme", "timestamp": at(minutes)} | fields


def home(*comments):
    media = [{"id": "5", "permalink": "https://www.instagram.com/p/x/", "comments": {"data": list(comments)}}]
    return {"id": "77", "username": "acme", "media": {"data": media}}


def hidden():
    error = {"message": "Unsupported get request", "code": 100, "error_subcode": 33}
    return Refused("400", status=400, body=json.dumps({"error": error}).encode())


def instagram(**options):
    return Instagram(**{"token": "t", "user": "77"} | options)


async def poll(http, mark="", **options):
    cursor = Cursor(since=SINCE, mark=mark)
    return [page async for page in instagram(**options).fetch(http, (), cursor)]


def ids(pages):
    return [post.id for page in pages for post in page.posts]


async def test_one_request_brings_the_comments_of_the_newest_posts():
    http = FakeHttp({USER: [home(comment(1))]})
    assert ids(await poll(http, **COMMENTS)) == ["1"]
    assert len(http.asked) == 1


async def test_the_accounts_own_comments_are_not_posts():
    http = FakeHttp({USER: [home(comment(1, username="acme"), comment(2))]})
    assert ids(await poll(http, **COMMENTS)) == ["2"]


async def test_a_new_answer_to_an_old_comment_is_found():
    http = FakeHttp({USER: [home(comment(1, -60, replies={"data": [comment(2)]}))]})
    pages = await poll(http, **COMMENTS)
    assert [(post.id, post.in_reply_to) for page in pages for post in page.posts] == [("2", "1")]


async def test_a_comment_leads_to_the_photo_it_stands_under():
    post = next(post for page in await poll(FakeHttp({USER: [home(comment(1))]}), **COMMENTS) for post in page.posts)
    assert (post.url, post.in_reply_to) == ("https://www.instagram.com/p/x/", "5")


async def test_a_hashtag_is_looked_up_once_and_spent_for_by_its_name():
    http = FakeHttp({"/v26.0/ig_hashtag_search": [{"data": [{"id": "8"}]}], "/v26.0/8/recent_media": [{"data": []}]})
    connector = instagram(hashtags=("#Acme",), **NOTHING)
    for _ in range(2):
        await read(connector.fetch(http, (), Cursor(since=SINCE)))
    assert http.spent == [("hashtags", 1, "acme")] * 2
    assert http.queries("/v26.0/ig_hashtag_search") == [{"user_id": "77", "q": "acme"}]


async def test_an_account_may_ask_for_thirty_hashtags_in_a_week():
    budget = instagram().budgets()[0]
    assert (budget.name, budget.most, budget.window) == ("hashtags", 30, timedelta(days=7))


async def test_sources_of_one_account_share_its_hashtags():
    assert instagram(hashtags=("a",)).account == instagram(token="other").account != instagram(user="78").account


async def test_a_hashtag_too_many_leaves_what_was_read_before():
    http = FakeHttp({f"{USER}/tags": [{"data": [medium(1)]}]})
    http.broke = frozenset({"hashtags"})
    pages, error = await read(instagram(hashtags=("a",), **TAGS).fetch(http, (), Cursor(since=SINCE)))
    assert isinstance(error, RateLimited)
    assert ids(pages) == ["1"]
    assert [page.mark for page in pages] == [""]


async def test_a_hashtag_that_nobody_uses_is_named():
    with pytest.raises(Refused, match="#acme"):
        await poll(FakeHttp({"/v26.0/ig_hashtag_search": [{"data": []}]}), hashtags=("acme",), **NOTHING)


async def test_the_mark_is_the_newest_time_and_moves_when_all_is_read():
    http = FakeHttp({USER: [home(comment(1, 9))], f"{USER}/tags": [{"data": [medium(2, 5)]}]})
    assert [page.mark for page in await poll(http, mark=str(START))][-1] == str(START + 540)


async def test_a_later_poll_overlaps_by_a_day():
    tagged = {"data": [medium(1), medium(2, -60 * 23), medium(3, -60 * 25)]}
    assert ids(await poll(FakeHttp({f"{USER}/tags": [tagged]}), mark=str(START), **TAGS)) == ["1", "2"]


async def test_a_mention_that_a_webhook_told_of_can_be_read():
    caption = {"mentioned_media": medium(9, username="ana"), "id": "77"}
    assert (await instagram().mentioned(FakeHttp({USER: [caption]}), "9")).author.handle == "ana"
    said = {"mentioned_comment": comment(10, media={"id": "9"}), "id": "77"}
    http = FakeHttp({USER: [said]})
    assert (await instagram().mentioned(http, "9", "10")).in_reply_to == "9"
    assert http.queries(USER)[0]["fields"].startswith("mentioned_comment.comment_id(10)")


async def test_photos_are_looked_at_again_by_their_list_and_comments_by_their_id():
    lists = {f"{USER}/tags": [{"data": [medium(1, like_count=9)]}], "/v26.0/": [{"2": comment(2, like_count=4)}]}
    http = FakeHttp(lists)
    found = await instagram().refresh(http, ["1", "2"])
    assert {name: post.engagement.likes for name, post in found.items()} == {"1": 9, "2": 4}
    assert http.queries("/v26.0/")[0]["ids"] == "2"


async def test_what_cannot_be_seen_any_more_is_not_taken_for_deleted():
    http = FakeHttp({f"{USER}/tags": [{"data": []}], "/v26.0/": [hidden()]})
    assert await instagram().refresh(http, ["2"]) == {}


def to(number, below=None):
    return Post(network="instagram", id=number, url="https://www.instagram.com/p/x/", text="", in_reply_to=below)


async def test_a_comment_is_answered_below_it():
    http = FakeHttp({"/v26.0/1/replies": [{"data": []}, {"id": "2"}]})
    assert (await instagram().reply(http, to("1", below="5"), "Yes!", "k")).id == "2"
    assert http.asked[-1].form == {"message": "Yes!"}


async def test_an_answer_that_stands_there_already_is_not_written_again():
    said = {"data": [comment(2, text="Yes!", username="acme")]}
    http = FakeHttp({"/v26.0/1/replies": [said], USER: [{"username": "acme"}]})
    assert (await instagram().reply(http, to("1", below="5"), "Yes!", "k")).id == "2"
    assert {asked.method for asked in http.asked} == {"GET"}


async def test_the_same_words_of_another_are_no_answer_of_ours():
    said = {"data": [comment(2, text="Yes!")]}
    http = FakeHttp({"/v26.0/1/replies": [said, {"id": "3"}], USER: [{"username": "acme"}]})
    assert (await instagram().reply(http, to("1", below="5"), "Yes!", "k")).id == "3"


async def test_a_photo_that_names_the_account_gets_a_comment():
    http = FakeHttp({f"{USER}/mentions": [{"id": "3"}]})
    assert (await instagram().reply(http, to("9"), "Thanks!", "k")).id == "3"
    assert http.asked[-1].form == {"message": "Thanks!", "media_id": "9"}


async def test_a_comment_under_anothers_photo_is_answered_as_a_mention():
    http = FakeHttp({"/v26.0/10/replies": [hidden()], f"{USER}/mentions": [{"id": "3"}]})
    await instagram().reply(http, to("10", below="9"), "Thanks!", "k")
    assert http.asked[-1].form == {"message": "Thanks!", "media_id": "9", "comment_id": "10"}


async def test_what_only_a_hashtag_found_is_to_be_answered_by_hand():
    with pytest.raises(Refused, match="by hand"):
        await instagram().reply(FakeHttp({f"{USER}/mentions": [hidden()]}), to("9"), "Hi", "k")


# Listening


@dataclass
class Ear:
    """A source that listens: what it stored, and what became of it."""

    connector: Instagram
    http: FakeHttp
    stored: list[Post] = field(default_factory=list)
    ready: asyncio.Event = field(default_factory=asyncio.Event)

    async def live(self) -> None:
        async with aclosing(self.connector.fetch(self.http, (), Cursor(since=SINCE))) as pages:
            async for page in pages:
                self.ready.set()
                self.stored.extend(page.posts)

    async def ask(self, head: str, body: bytes = b"", **headers: str) -> tuple[int, str]:
        lines = [head, "Host: oido.example", "Connection: close", f"Content-Type: {JSON}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        lines += [f"Content-Length: {len(body)}", "", ""]
        answer = await exchange(self.connector._doorstep.port, "\r\n".join(lines).encode() + body)
        told, _, said = answer.decode().partition("\r\n\r\n")
        return int(told.split()[1]), said

    async def tell(self, notification: object, secret: str = SECRET) -> tuple[int, object]:
        body = json.dumps(notification).encode()
        status, said = await self.ask("POST /instagram HTTP/1.1", body, **signed(body, "hub", secret))
        return status, json.loads(said)


@asynccontextmanager
async def listening(*answers: object, connector: Instagram | None = None) -> AsyncIterator[Ear]:
    ear = Ear(connector or listener(), FakeHttp({USER: list(answers)}))
    life = asyncio.create_task(ear.live())
    await ear.ready.wait()
    try:
        yield ear
    finally:
        life.cancel()
        await asyncio.wait([life])
        if not life.cancelled():
            life.result()


def listener(**options):
    return instagram(**{"secret": SECRET, "verify": "meaty", "port": 0} | options)


def change(media="9", comment="10", name="mentions"):
    value = {"media_id": media, "comment_id": comment} if comment else {"media_id": media}
    return {"field": name, "value": value}


def notification(*changes, user="77", network="instagram"):
    return {"object": network, "entry": [{"id": user, "time": START, "changes": list(changes or [change()])}]}


MENTION = {"mentioned_comment": comment(10, text="@acme, is it open?", media={"id": "9"}), "id": "77"}
CAPTION = {"mentioned_media": medium(9, username="ana"), "id": "77"}


async def test_a_comment_that_meta_tells_of_is_looked_up_and_stored():
    async with listening(MENTION) as ear:
        assert await ear.tell(notification()) == (200, {"taken": 1})
        assert [(post.id, post.text, post.in_reply_to) for post in ear.stored] == [("10", "@acme, is it open?", "9")]
        assert ear.http.queries(USER)[0]["fields"].startswith("mentioned_comment.comment_id(10)")


async def test_a_caption_that_meta_tells_of_is_looked_up_and_stored():
    async with listening(CAPTION) as ear:
        await ear.tell(notification(change(comment=None)))
        assert [(post.id, post.author.handle) for post in ear.stored] == [("9", "ana")]


async def test_a_notification_that_comes_again_is_not_looked_up_again():
    async with listening(MENTION) as ear:
        await ear.tell(notification())
        assert await ear.tell(notification()) == (200, {"taken": 0, "known": True})
        assert len(ear.http.asked) == len(ear.stored) == 1


async def test_a_notification_that_meta_did_not_sign_is_turned_away():
    async with listening(MENTION) as ear:
        assert (await ear.tell(notification(), secret="a secret of somebody else"))[0] == 401
        assert (await ear.ask("POST /instagram HTTP/1.1", b"{}"))[0] == 401
        assert ear.http.asked == []


@pytest.mark.parametrize(("token", "status"), [("meaty", 200), ("other", 403)])
async def test_meta_is_answered_who_asks_whether_the_address_is_ours(token, status):
    query = f"hub.mode=subscribe&hub.verify_token={token}&hub.challenge=1158201444"
    async with listening() as ear:
        told, said = await ear.ask(f"GET /instagram?{query} HTTP/1.1")
        assert told == status
        assert (said == "1158201444") == (status == 200)


async def test_what_was_taken_down_since_is_passed_over():
    async with listening(hidden(), MENTION) as ear:
        assert (await ear.tell(notification(change(comment="8"), change())))[0] == 200
        assert [post.id for post in ear.stored] == ["10"]


@pytest.mark.parametrize("trouble", [Unavailable("503"), Refused("the token has expired")], ids=["down", "expired"])
async def test_what_cannot_be_looked_up_now_is_to_be_sent_again(trouble):
    connector = listener()
    with pytest.raises(type(trouble)):
        async with listening(trouble, connector=connector) as ear:
            assert (await ear.tell(notification()))[0] == 503
    async with listening(MENTION, connector=connector) as ear:
        assert await ear.tell(notification()) == (200, {"taken": 1})
        assert [post.id for post in ear.stored] == ["10"]


def refused(code):
    error = {"message": "No", "code": code}
    return Refused("400", status=400, body=json.dumps({"error": error}).encode())


@pytest.mark.parametrize(
    "answer", [refused(9999), {"mentioned_comment": {"id": "?"}}], ids=["refused", "not understood"]
)
async def test_a_mention_that_alone_cannot_be_looked_up_does_not_hold_up_the_others(answer, caplog):
    async with listening(answer, {"id": "77", "username": "acme"}, MENTION) as ear:
        assert (await ear.tell(notification(change(comment="8"), change())))[0] == 200
        assert [post.id for post in ear.stored] == ["10"]
    assert "a mention cannot be looked up" in caplog.messages


@pytest.mark.parametrize("code", [10, 190, 9999], ids=["no permission", "expired", "all is refused"])
async def test_when_more_than_the_mention_is_refused_it_is_to_be_sent_again(code):
    connector = listener()
    with pytest.raises(Refused, match=f"code {code}"):
        async with listening(refused(code), connector=connector) as ear:
            assert (await ear.tell(notification()))[0] == 503
    async with listening(MENTION, connector=connector) as ear:
        assert await ear.tell(notification()) == (200, {"taken": 1})


async def test_what_is_no_mention_is_taken_and_passed_over():
    async with listening() as ear:
        status, said = await ear.tell(notification(change(name="comments"), change(name="story_insights")))
        assert (status, said["taken"], len(said["left_out"])) == (200, 0, 2)
        assert ear.http.asked == []


def told(document):
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return notices(Knock(method="POST", query={}, headers={}, kind=JSON, body=body, at=SINCE), "77")


def test_a_notification_may_be_a_list_and_tell_of_many():
    found = told([notification(change("1", "2"), change("1", "2")), notification(change("3", None))])
    assert found.posts == (Notice(media="1", comment="2"), Notice(media="3"))


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (notification(network="page"), "object: 'page'"),
        (notification(change(name="comments")), "field: 'comments'"),
        (notification(user="78"), "entry: of the account '78'"),
        (notification({"field": "mentions"}), "value: no media_id"),
        (notification({"field": "mentions", "value": {"media_id": 9}}), "value: no media_id"),
        (notification(change(media="9){x}")), "value: no media_id"),
    ],
    ids=["another network", "another field", "another account", "no value", "a number", "no id"],
)
def test_what_is_passed_over_is_told_with_why(document, why):
    found = told(document)
    assert found.posts == ()
    assert found.left_out[1].startswith(why)


def test_messages_are_nothing_to_complain_of():
    assert told({"object": "instagram", "entry": [{"id": "77", "time": 1, "messaging": [{}]}]}).left_out == {}


@pytest.mark.parametrize("body", [b"nonsense", b"[" * 9000, b'{"entry": 1}', b"\xff"], ids=repr)
def test_what_is_no_notification_is_turned_away(body):
    with pytest.raises(TurnedAway, match="not a notification"):
        told(body)


async def test_an_answer_without_the_mention_is_one_that_we_may_not_see():
    with pytest.raises(Refused, match="may see"):
        await instagram().mentioned(FakeHttp({USER: [{"id": "77"}]}), "9", "10")


def test_a_source_listens_when_it_has_the_secret():
    assert (instagram().streams, listener().streams) == (False, True)


@pytest.mark.parametrize(
    ("options", "option"),
    [
        ({"verify": ""}, "verify"),
        ({"secret": ""}, "secret"),
        ({"port": 70_000}, "port"),
        ({"path": "x"}, "path"),
        ({"hashtags": ("acme",)}, "hashtags"),
    ],
    ids=str,
)
def test_options_of_a_source_that_cannot_listen_are_named(options, option):
    [problem] = listener(**{"port": 8792} | options).check()
    assert problem.startswith(f"{option}:")


def test_good_options_are_fine():
    assert [listener(port=8792).check(), instagram().check()] == [[], []]


@pytest.mark.parametrize(
    "options",
    [{"token": ""}, {"user": "acme"}, {"media": 0}, {"hashtags": tuple(f"a{number}" for number in range(31))}],
    ids=["token", "user", "media", "hashtags"],
)
def test_options_that_cannot_work_are_named(options):
    assert [problem.partition(":")[0] for problem in instagram(**options).check()] == list(options)


@pytest.mark.parametrize("name", ["users__tagged_medias", "users__medias_p1"])
async def test_recorded_lists_can_be_read(recorded, name):
    body = (recorded / "meta" / f"sns-sdks_python-facebook__testdata__instagram__apidata__{name}.json").read_bytes()
    http = FakeHttp({f"{USER}/tags": [json.loads(body) | {"paging": {}}]})
    long_ago = Cursor(since=datetime(2015, 1, 1, tzinfo=UTC))
    pages = [page async for page in instagram(**TAGS).fetch(http, (), long_ago)]
    assert len(ids(pages)) == len(json.loads(body)["data"])
    assert all(post.published_at and post.url for page in pages for post in page.posts)
