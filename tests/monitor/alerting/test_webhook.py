import hashlib
import hmac
import json
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from connectors.post import Author
from connectors.wire.session import Session
from monitor.alerting.outbox import MOST, Courier, Room
from monitor.alerting.webhook import Webhook, document, hosts
from monitor.errors import Undeliverable, Undelivered
from monitor.words import SPANISH
from monitor.workers import Worker
from tests.builders import NOW, post
from tests.fakes import FakeOutbox, HandClock
from tests.monitor.alerting.tickets import ticket


class Receiver:
    """Somebody's program on loopback: answers with these statuses, the last one for ever."""

    def __init__(self, *statuses):
        self._statuses, self.requests, self.url = list(statuses), [], ""

    async def _receive(self, request):
        self.requests.append((request.headers, await request.read()))
        status = self._statuses.pop(0) if len(self._statuses) > 1 else self._statuses[0]
        return web.Response(status=status, text="what it says", headers={"Location": "/elsewhere"})

    @asynccontextmanager
    async def open(self):
        application = web.Application()
        application.router.add_post("/{path:.*}", self._receive)
        runner = web.AppRunner(application)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/secret-path"
            yield self
        finally:
            await runner.cleanup()


@asynccontextmanager
async def webhook(receiver, clock=None, *, secret="s3cret"):
    async with receiver.open(), Session(contact="", allow=hosts([receiver.url])) as session:
        yield Webhook(
            name="crm", url=receiver.url, secret=secret, session=session, words=SPANISH, clock=clock or HandClock()
        )


async def test_an_alert_arrives_as_the_documented_json():
    author = Author(handle="@ana@social.example", name="Ana", followers=10)
    receiver = Receiver(200)
    async with webhook(receiver) as notifier:
        await notifier.send(ticket(17, of=post("¡Qué mal, Acme!", author=author, language="es"), language="es"))
    [(headers, body)] = receiver.requests
    assert headers["Content-Type"] == "application/json"
    assert json.loads(body) == {
        "kind": "alert",
        "id": 17,
        "brand": "Acme",
        "network": "mastodon",
        "url": "https://social.example/1",
        "title": None,
        "text": "¡Qué mal, Acme!",
        "author": {"handle": "@ana@social.example", "name": "Ana", "url": None, "followers": 10},
        "language": "es",
        "published_at": "2026-11-02T11:50:00Z",
        "sentiment": "negative",
        "probabilities": {"negative": 0.8, "neutral": 0.1, "positive": 0.1},
        "intent": "complaint",
        "words": [],
        "reach": 10,
        "copies": 1,
        "priority": "P2",
        "points": 60,
        "parts": {"negative": 40, "intent": 20},
        "reasons": ["negative"],
        "raised_at": "2026-11-02T12:00:00Z",
        "due_at": "2026-11-02T13:00:00Z",
    }


async def test_the_signature_verifies():
    receiver = Receiver(204)
    async with webhook(receiver, secret="s3cret") as notifier:
        await notifier.send(ticket())
    [(headers, body)] = receiver.requests
    timestamp = headers["X-Oido-Timestamp"]
    digest = hmac.new(b"s3cret", f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    assert headers["X-Oido-Signature"] == f"sha256={digest}"
    assert int(timestamp) == NOW.timestamp()


async def test_without_a_secret_nothing_is_signed():
    receiver = Receiver(200)
    async with webhook(receiver, secret=None) as notifier:
        await notifier.send(ticket())
    assert "X-Oido-Signature" not in receiver.requests[0][0]


async def test_an_alert_that_failed_once_arrives_later_under_the_same_delivery():
    receiver, store, clock = Receiver(500, 200), FakeOutbox(), HandClock()
    store.put(ticket(17), notifier="crm")
    with Worker("store") as on_store:
        room = Room(outbox=store, on_store=on_store, clock=clock, owner="me")
        async with webhook(receiver, clock) as notifier:
            courier = Courier(notifier, room)
            assert await courier.deliver_due() == 0
            assert store.troubles[0].error == "127.0.0.1: 500 what it says"
            clock.forward(MOST)
            assert await courier.deliver_due() == 1
    assert [headers["X-Oido-Delivery"] for headers, _ in receiver.requests] == ["crm-17", "crm-17"]
    assert store.troubles == []


@pytest.mark.parametrize("status", [301, 308, 401, 403, 404, 410])
async def test_an_address_that_only_a_person_can_repair_is_given_up(status):
    async with webhook(Receiver(status)) as notifier:
        with pytest.raises(Undeliverable, match=f"^127.0.0.1: {status}; check the address"):
            await notifier.send(ticket())


@pytest.mark.parametrize("status", [400, 408, 422, 429, 500, 503])
async def test_other_answers_are_tried_again(status):
    async with webhook(Receiver(status)) as notifier:
        with pytest.raises(Undelivered, match=f"^127.0.0.1: {status}") as caught:
            await notifier.send(ticket())
    assert not isinstance(caught.value, Undeliverable)


async def test_nobody_listening_is_tried_again_and_the_path_stays_secret():
    receiver = Receiver(200)
    async with receiver.open():
        pass
    async with Session(contact="", allow=hosts([receiver.url])) as session:
        notifier = Webhook(name="crm", url=receiver.url, session=session, words=SPANISH, clock=HandClock())
        with pytest.raises(Undelivered, match="no connection") as caught:
            await notifier.send(ticket())
    assert "secret-path" not in str(caught.value)


@pytest.mark.parametrize("url", ["", "not an address", "ftp://127.0.0.1/x", "http://[::1"])
async def test_what_is_no_web_address_is_given_up(url):
    async with Session(contact="", allow=hosts([url])) as session:
        notifier = Webhook(name="crm", url=url, session=session, words=SPANISH, clock=HandClock())
        with pytest.raises(Undeliverable):
            await notifier.send(ticket())


async def test_a_test_says_hello():
    receiver = Receiver(200)
    async with webhook(receiver) as notifier:
        await notifier.send_test()
    assert json.loads(receiver.requests[0][1]) == {"kind": "test", "text": SPANISH.hello}


def test_a_post_with_half_a_character_is_still_json():
    assert json.loads(json.dumps(document(ticket(of=post("\ud83d!")))))["text"] == "\ud83d!"


def test_secrets_do_not_show_in_its_representation():
    shown = repr(
        Webhook(name="crm", url="https://x.example/key", secret="s3cret", session=None, words=SPANISH, clock=None)
    )
    assert "key" not in shown
    assert "s3cret" not in shown
