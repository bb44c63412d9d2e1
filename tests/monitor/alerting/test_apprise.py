import asyncio
import io
import logging
from contextlib import asynccontextmanager
from datetime import timedelta
from email import message_from_bytes, policy
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web
from aiosmtpd.smtp import SMTP

from connectors.post import Author
from monitor.alerting.apprise import Apprise, _redact, check
from monitor.errors import Undeliverable, Undelivered
from monitor.words import SPANISH
from tests.builders import NOW, post
from tests.fakes import HandClock
from tests.monitor.alerting.tickets import ticket

# Apprise's PGP support imports it on Python 3.11 and 3.12, where it still is.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

ANGRY = ticket(
    17,
    brand="Peñíscola",
    due_at=NOW + timedelta(minutes=65),
    of=post(
        "El señor de atención al cliente ni contestó. «Fatal» 😡 <b>&amp;</b> *no*", author=Author(handle="@íñigo")
    ),
)


def apprise(url):
    return Apprise(name="mail", url=url, words=SPANISH, zone=ZoneInfo("Europe/Madrid"), clock=HandClock())


@pytest.fixture
def logged():
    """All that reaches the root of the log, where `caplog` would also look at loggers that stop short of it."""
    stream = io.StringIO()
    handler, root = logging.StreamHandler(stream), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


class Mailbox:
    """A mail server on loopback that keeps what it is sent, or refuses all of it."""

    def __init__(self, refusal=None):
        self.messages, self._refusal = [], refusal

    async def handle_DATA(self, server, session, envelope):
        if self._refusal:
            return self._refusal
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    @asynccontextmanager
    async def open(self):
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(self, loop=loop), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        try:
            yield f"mailto://127.0.0.1:{port}?from=oido@shop.example&to=ana@shop.example"
        finally:
            server.close()
            await server.wait_closed()


async def test_an_alert_arrives_as_mail_with_its_accents():
    mailbox = Mailbox()
    async with mailbox.open() as url:
        await apprise(url).send(ANGRY)
    [mail] = mailbox.messages
    assert mail["Subject"] == "P2 · Peñíscola · negativa 80 % · Mastodon · #17"
    assert mail["To"] == "ana@shop.example"
    text = mail.get_body(("plain",)).get_content()
    assert "@íñigo · seguidores: desconocido" in text
    assert "El señor de atención al cliente ni contestó. «Fatal» 😡" in text
    assert "Responder antes de las 14:05" in text
    assert "https://social.example/1" in text
    assert "oido reply 17" in text


async def test_markup_in_a_post_stays_text_in_an_html_mail():
    mailbox = Mailbox()
    async with mailbox.open() as url:
        await apprise(f"{url}&format=html").send(ANGRY)
    [mail] = mailbox.messages
    assert "&lt;b&gt;&amp;amp;&lt;/b&gt;&nbsp;*no*" in mail.get_body(("html",)).get_content()


async def test_a_test_says_hello():
    mailbox = Mailbox()
    async with mailbox.open() as url:
        await apprise(url).send_test()
    [mail] = mailbox.messages
    assert mail["Subject"] == "Oído: hola"
    assert mail.get_content().strip() == SPANISH.hello


async def test_a_server_that_refuses_is_tried_again_and_says_why():
    async with Mailbox(refusal="451 mailbox is full").open() as url:
        with pytest.raises(Undelivered, match="451") as caught:
            await apprise(url).send(ANGRY)
    assert not isinstance(caught.value, Undeliverable)


async def test_a_server_that_is_not_there_is_tried_again_and_says_why():
    async with Mailbox().open() as url:
        pass
    with pytest.raises(Undelivered, match="refused"):
        await apprise(url).send(ANGRY)


@pytest.mark.parametrize(
    "url", ["tgram://12345:AAHfsdfTOKEN/987654", "slack://AAHfsdfTOKEN/b/c", "json://host.example/?key=AAHfsdfTOKEN"]
)
def test_a_key_is_hidden_wherever_a_url_holds_it(url):
    assert "TOKEN" not in _redact("no answer from /bot12345:AAHfsdfTOKEN/sendMessage", url)


async def test_what_a_service_answers_is_told_without_the_urls_keys():
    async def refuse(request):
        return web.Response(status=403, text="wrong key hunter2secret")

    application = web.Application()
    application.router.add_post("/{path:.*}", refuse)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"json://ana:hunter2secret@127.0.0.1:{runner.addresses[0][1]}/tokenABC?+X-Key=k3yk3y"
    try:
        with pytest.raises(Undelivered, match="403") as caught:
            await apprise(url).send(ANGRY)
    finally:
        await runner.cleanup()
    for secret in ("hunter2secret", "tokenABC", "k3yk3y"):
        assert secret not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "hint"),
    [
        ("", "begins with a service"),
        ("token-s3cret", "begins with a service"),
        ("slak://s3cret/s3cret/s3cret", "did you mean slack://"),
        ("tgram://s3cret", "tgram:// is incomplete or wrong"),
        ("blink1://s3cret", 'cannot be used on this machine; pip install "hidapi"'),
        ("https://s3cret.example/s3cret", 'kind = "webhook"'),
        ("slack://s3cret\n", "slack:// is incomplete or wrong"),
    ],
)
async def test_a_url_that_apprise_cannot_use_is_given_up_with_a_hint_and_never_shown(url, hint, logged, capfd):
    with pytest.raises(Undeliverable) as caught:
        await apprise(url).send(ANGRY)
    assert hint in str(caught.value)
    assert check(url) == str(caught.value)
    assert "s3cret" not in f"{caught.value}{logged.getvalue()}{''.join(capfd.readouterr())}"


def test_a_url_that_apprise_can_use_passes():
    assert check("mailtos://ana:s3cret@shop.example") is None


async def test_nothing_of_an_alert_reaches_the_log(logged):
    async with Mailbox().open() as url:
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        await apprise(url).send(ANGRY)
    assert "Fatal" not in logged.getvalue()
    assert "shop.example" not in logged.getvalue()
