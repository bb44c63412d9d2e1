"""Telegram: how far a channel's pages are read, what a bot is asked, and that its token stays secret."""

import json
from datetime import UTC, datetime

import pytest

from connectors.base import Cursor
from connectors.errors import RateLimited, Refused, Unavailable
from connectors.post import Post
from connectors.social.preview import approximate
from connectors.social.telegram import Telegram
from tests.fakes_http import FakeHttp, read

TOKEN = "123456789:abcdefghijklmnopqrstuvwxyz012345678"
PAGE, UPDATES, SEND = "/s/acme_news", f"/bot{TOKEN}/getUpdates", f"/bot{TOKEN}/sendMessage"
SINCE = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


def shown(*numbers, day="2026-11-01"):
    messages = "".join(
        f'<div class="tgme_widget_message js-widget_message" data-post="acme_news/{number}">'
        f'<div class="tgme_widget_message_text js-message_text" dir="auto">Acme {number}</div>'
        f'<time datetime="{day}T13:00:00+00:00" class="time">13:00</time></div>'
        for number in numbers
    )
    return f'<html><section class="tgme_channel_history">{messages}</section></html>'.encode()


def update(number=1, chat="supergroup", **fields):
    message = {"message_id": 5, "chat": {"id": -1001, "type": chat}, "date": 1793538000, "text": "Acme is down"}
    return {"update_id": number, "message": message | fields}


def told(*updates):
    return {"ok": True, "result": list(updates)}


async def poll(table, mark="", **options):
    http = FakeHttp(table)
    options = options or {"channels": ("acme_news",)}
    pages, error = await read(Telegram(**options).fetch(http, ("acme",), Cursor(since=SINCE, mark=mark)))
    return http, pages, error


def ids(pages):
    return [post.id for page in pages for post in page.posts]


# Channels


async def test_a_first_poll_goes_back_page_by_page_to_since():
    http, pages, _ = await poll({PAGE: [shown(21, 22), shown(19, 20), shown(17, 18, day="2026-10-30")]})
    assert http.queries(PAGE) == [{}, {"before": "21"}, {"before": "19"}]
    assert ids(pages) == ["acme_news/21", "acme_news/22", "acme_news/19", "acme_news/20"]


async def test_a_later_poll_goes_back_to_the_last_one_and_twenty_messages_more():
    answers = [shown(*range(91, 111)), shown(*range(71, 91)), shown(*range(51, 71))]
    http, pages, _ = await poll({PAGE: answers}, mark='{"acme_news": "100"}')
    assert [query.get("before") for query in http.queries(PAGE)] == [None, "91"]
    assert json.loads(pages[-1].mark) == {"acme_news": "110"}


async def test_the_mark_moves_only_when_the_channel_is_read():
    _, pages, error = await poll({PAGE: [shown(109, 110), Unavailable("503")]}, mark='{"acme_news": "9"}')
    assert isinstance(error, Unavailable)
    assert json.loads(pages[-1].mark) == {"acme_news": "9"}


async def test_a_channel_without_a_preview_is_refused():
    _, _, error = await poll({PAGE: ["<html><body>Open this in Telegram</body></html>"]})
    assert isinstance(error, Refused)
    assert "acme_news" in str(error)


@pytest.mark.parametrize(
    ("text", "number"),
    [("934", 934), ("1.2K", 1200), ("12K", 12_000), ("3.45M", 3_450_000), ("many", None), ("", None)],
)
def test_counts_are_read_as_telegram_shortens_them(text, number):
    assert approximate(text) == number


async def test_a_message_that_should_stand_on_its_page_and_does_not_is_gone():
    http = FakeHttp({PAGE: [shown(7, 9, 10)]})
    found = await Telegram(channels=("Acme_News",)).refresh(http, ["acme_news/10", "acme_news/8", "other/3", "-1001/4"])
    assert http.queries(PAGE) == [{"before": "11"}]
    assert {name: post and post.id for name, post in found.items()} == {
        "acme_news/10": "acme_news/10",
        "acme_news/8": None,
    }


# A bot


async def test_the_first_poll_of_a_bot_takes_whatever_waits():
    http, pages, _ = await poll({UPDATES: [told(update(7), update(8))]}, token=TOKEN)
    assert "offset" not in http.queries(UPDATES)[0]
    assert json.loads(pages[-1].mark) == {"bot": "9"}


async def test_what_was_stored_is_let_go():
    http, _, _ = await poll({UPDATES: [told()]}, mark='{"bot": "9"}', token=TOKEN)
    assert http.queries(UPDATES)[0]["offset"] == "9"


async def test_after_a_quiet_poll_no_old_offset_can_throw_messages_away():
    _, pages, _ = await poll({UPDATES: [told()]}, mark='{"bot": "9"}', token=TOKEN)
    assert json.loads(pages[-1].mark) == {"bot": "0"}
    http, _, _ = await poll({UPDATES: [told()]}, mark=pages[-1].mark, token=TOKEN)
    assert "offset" not in http.queries(UPDATES)[0]


async def test_what_is_said_to_the_bot_alone_is_not_heard():
    _, pages, _ = await poll({UPDATES: [told(update(chat="private"), update(2))]}, token=TOKEN)
    assert ids(pages) == ["-1001/5"]


async def test_one_batch_is_read_in_a_poll_because_to_ask_on_is_to_let_go():
    http, _, _ = await poll({UPDATES: [told(*[update(number) for number in range(100)])]}, token=TOKEN)
    assert len(http.queries(UPDATES)) == 1


@pytest.mark.parametrize(("status", "hint"), [(401, "BotFather"), (409, "a bot of its own")])
async def test_errors_say_what_to_do_and_never_the_token(status, hint):
    error = Refused(f"https://api.telegram.org{UPDATES}: {status}", status=status)
    _, _, error = await poll({UPDATES: [error]}, token=TOKEN)
    assert hint in str(error)
    assert TOKEN not in str(error)


async def test_a_refusal_with_status_200_is_one():
    _, _, error = await poll({UPDATES: [{"ok": False, "error_code": 401, "description": "Unauthorized"}]}, token=TOKEN)
    assert isinstance(error, Refused)
    assert TOKEN not in str(error)


async def test_telegram_says_how_long_to_wait():
    busy = {"ok": False, "error_code": 429, "description": "Too Many Requests", "parameters": {"retry_after": 17}}
    _, _, error = await poll({UPDATES: [busy]}, token=TOKEN)
    assert isinstance(error, RateLimited)
    assert error.retry_after.total_seconds() == 17


def test_the_token_is_not_printed():
    assert TOKEN not in repr(Telegram(token=TOKEN))


# Answers


@pytest.mark.parametrize(("name", "chat"), [("acme_group/5", "@acme_group"), ("-1001234/5", -1001234)])
async def test_the_bot_answers_below_the_message(name, chat):
    sent = {"message_id": 6, "chat": {"id": -1001234, "type": "supergroup", "username": "acme_group"}}
    http = FakeHttp({SEND: [{"ok": True, "result": sent}]})
    to = Post(network="telegram", id=name, url=None, text="Acme is down")
    answer = await Telegram(token=TOKEN).reply(http, to, "We are on it", "key")
    assert http.asked[0].json["chat_id"] == chat
    assert http.asked[0].json["reply_parameters"]["message_id"] == 5
    assert (answer.id, answer.url) == ("acme_group/6", "https://t.me/acme_group/6")


async def test_without_a_bot_nobody_can_answer():
    to = Post(network="telegram", id="acme_news/5", url=None, text="")
    with pytest.raises(Refused, match="token"):
        await Telegram(channels=("acme_news",)).reply(FakeHttp({}), to, "We are on it", "key")


@pytest.mark.parametrize("options", [{}, {"channels": ("@acme",)}, {"token": "secret"}], ids=repr)
def test_options_that_cannot_work_are_told(options):
    assert Telegram(**options).check()
