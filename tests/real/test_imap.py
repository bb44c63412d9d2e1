"""The mailbox connector against a real Dovecot. Opt-in: `tests/real/dovecot.sh` brings one up.

Mailboxes are made in it and filled: never point this at a server that people use.
"""

import hashlib
import hmac
import imaplib
import json
import os
import re
import ssl
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from uuid import uuid4

import pytest

from connectors.base import Cursor, Page
from connectors.errors import Refused
from connectors.mail.imap import Imap
from connectors.mail.utf7 import encoded
from connectors.post import Post
from tests.fakes_http import FakeHttp, read

SERVER = os.environ.get("OIDO_IMAP", "")
"""Password, host and the two ports: "secret@127.0.0.1:993:143"."""
CA = os.environ.get("OIDO_IMAP_CA", "")

pytestmark = pytest.mark.skipif(
    not (SERVER and CA),
    reason="no Dovecot here: run tests/real/dovecot.sh, then set OIDO_IMAP and OIDO_IMAP_CA",
)

if SERVER:
    PASSWORD, HOST, TLS, PLAIN = re.fullmatch(r"(.+)@(.+):(\d+):(\d+)", SERVER).groups()


class Owner:
    """Somebody with a mailbox of their own, looking at it with another program."""

    def __init__(self) -> None:
        self.user = f"ana{uuid4().hex[:10]}"
        self.line = imaplib.IMAP4_SSL(HOST, int(TLS), ssl_context=ssl.create_default_context(cafile=CA), timeout=20)
        self.line.login(self.user, PASSWORD)

    def put(self, mail: EmailMessage | bytes, folder: str = "INBOX", came: datetime | None = None) -> None:
        when = f'"{came:%d-%b-%Y %H:%M:%S +0000}"' if came else None
        answer, said = self.line.append(quoted(folder), None, when, bytes(mail))
        assert answer == "OK", said

    def make(self, folder: str) -> None:
        assert self.line.create(quoted(folder))[0] == "OK"

    def flags(self) -> list[bytes]:
        self.line.select("INBOX", readonly=True)
        return self.line.uid("FETCH", "1:*", "(FLAGS)")[1]


def quoted(folder: str) -> str:
    return '"' + encoded(folder).replace('"', '\\"') + '"'


@pytest.fixture
def ana() -> Iterator[Owner]:
    owner = Owner()
    yield owner
    owner.line.logout()


def mail(text: str = "Zumaque no contesta.", sender: str = "Marta <marta@correo.example>") -> EmailMessage:
    written = EmailMessage()
    written["From"], written["Subject"], written["Message-ID"] = sender, "Opinión ñ 🌿", f"<{uuid4()}@correo.example>"
    written["Date"] = datetime.now(UTC)
    written.set_content(text)
    return written


async def poll(owner: Owner, mark: str = "", **options: object) -> list[Page]:
    settings = {"password": PASSWORD, "port": int(TLS), "ca": CA, "senders": ("*",)} | options
    source = Imap(host=HOST, user=owner.user, **settings)
    cursor = Cursor(since=datetime.now(UTC) - timedelta(days=1), mark=mark)
    pages, error = await read(source.fetch(FakeHttp({}), (), cursor))
    if error:
        raise error
    return pages


async def posts(owner: Owner, mark: str = "", **options: object) -> list[Post]:
    return [post for page in await poll(owner, mark, **options) for post in page.posts]


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_a_mail_is_read_through_an_encrypted_line(ana, security):
    ana.put(mail("Zumaque: llegó roto, ¿quién responde? 🌿"))
    [post] = await posts(ana, security=security, port=int(TLS if security == "tls" else PLAIN))
    assert (post.text, post.title) == ("Zumaque: llegó roto, ¿quién responde? 🌿", "Opinión ñ 🌿")
    assert (post.author.handle, post.author.name) == ("marta@correo.example", "Marta")
    assert abs(datetime.now(UTC) - post.published_at) < timedelta(minutes=1)


async def by_token(owner: Owner, token: str, security: str = "tls") -> list[Post]:
    settings = {"client_id": "oido", "refresh_token": "r", "login": "https://login.example/token", "ca": CA}
    settings |= {"senders": ("*",), "security": security, "port": int(TLS if security == "tls" else PLAIN)}
    http = FakeHttp({"/token": [{"access_token": token}]})
    since = datetime.now(UTC) - timedelta(days=1)
    pages, error = await read(Imap(host=HOST, user=owner.user, **settings).fetch(http, (), Cursor(since=since)))
    if error:
        raise error
    return [post for page in pages for post in page.posts]


def signed(user: str, key: str = "", **claims: object) -> str:
    """A token for `user` as the server's own provider would make it."""
    told = {"sub": user, "iat": int(time.time()) - 5, "exp": int(time.time()) + 60} | claims
    parts = ".".join(_coded(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, told))
    return f"{parts}.{_coded(hmac.new((key or PASSWORD).encode(), parts.encode(), hashlib.sha256).digest())}"


def _coded(part: bytes) -> str:
    return urlsafe_b64encode(part).decode().rstrip("=")


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_a_token_opens_a_mailbox(ana, security):
    ana.put(mail("Zumaque no contesta."))
    assert [post.text for post in await by_token(ana, signed(ana.user), security)] == ["Zumaque no contesta."]


async def test_a_token_opens_a_mailbox_of_a_server_that_knows_only_the_standard(ana, monkeypatch):
    monkeypatch.setattr("connectors.mail.mailbox.mechanism", lambda capabilities: "OAUTHBEARER")
    ana.put(mail("Zumaque no contesta."))
    assert [post.text for post in await by_token(ana, signed(ana.user))] == ["Zumaque no contesta."]


@pytest.mark.parametrize("how", ["XOAUTH2", "OAUTHBEARER"])
@pytest.mark.parametrize("wrong", ["another key", "another user", "expired", "no token"])
async def test_a_token_that_is_not_taken_is_refused_with_what_to_do(ana, monkeypatch, how, wrong):
    monkeypatch.setattr("connectors.mail.mailbox.mechanism", lambda capabilities: how)
    tokens = {
        "another key": signed(ana.user, key="another"),
        "another user": signed("berta"),
        "expired": signed(ana.user, exp=int(time.time()) - 3600),
        "no token": "nonsense",
    }
    with pytest.raises(Refused, match="make a new refresh token"):
        await by_token(ana, tokens[wrong])


async def test_a_mail_that_was_read_stays_unread_and_where_it_was(ana):
    ana.put(mail())
    await posts(ana)
    [flags] = ana.flags()
    assert b"\\Seen" not in flags
    assert b"\\Deleted" not in flags


async def test_each_mail_comes_once(ana):
    ana.put(mail("uno"))
    mark = (await poll(ana))[-1].mark
    assert await posts(ana, mark) == []
    ana.put(mail("dos"))
    assert [post.text for post in await posts(ana, mark)] == ["dos"]


async def test_an_empty_mailbox_is_no_error_and_what_comes_then_is_read(ana):
    mark = (await poll(ana))[-1].mark
    ana.put(mail("uno"))
    assert [post.text for post in await posts(ana, mark)] == ["uno"]


async def test_old_mails_are_left_alone(ana):
    ana.put(mail("viejo"), came=datetime.now(UTC) - timedelta(days=30))
    ana.put(mail("nuevo"))
    assert [post.text for post in await posts(ana)] == ["nuevo"]


async def test_a_folder_that_was_deleted_and_made_again_is_read_anew(ana):
    ana.make("Alertas")
    ana.put(mail("uno"), "Alertas")
    first = await poll(ana, folder="Alertas")
    assert ana.line.delete("Alertas")[0] == "OK"
    ana.make("Alertas")
    ana.put(mail("dos"), "Alertas")
    assert [post.text for post in await posts(ana, first[-1].mark, folder="Alertas")] == ["dos"]


@pytest.mark.parametrize("folder", ["Menú & más", "日本語", "Con espacios", 'Con "comillas"'])
async def test_a_folder_is_found_by_the_name_that_people_see(ana, folder):
    ana.make(folder)
    ana.put(mail("uno"), folder)
    assert [post.text for post in await posts(ana, folder=folder)] == ["uno"]


async def test_a_folder_that_is_not_there_is_refused_with_those_that_are(ana):
    ana.make("Menú & más")
    with pytest.raises(Refused, match=r"there are: .*Menú & más"):
        await poll(ana, folder="Alertas")


async def test_only_those_who_are_named_are_read(ana):
    ana.put(mail("uno"))
    ana.put(mail("dos", sender="Plaza <avisos@plaza.example>"))
    assert [post.text for post in await posts(ana, senders=("@plaza.example",))] == ["dos"]


async def test_a_mail_of_many_megabytes_is_read_as_far_as_its_text(ana):
    written = mail("Zumaque, con fotos.")
    written.add_attachment(os.urandom(5 << 20), maintype="image", subtype="jpeg", filename="foto.jpg")
    ana.put(written)
    assert [post.text for post in await posts(ana)] == ["Zumaque, con fotos."]


async def test_mails_of_many_pages_come_all(ana):
    for number in range(120):
        ana.put(mail(f"número {number}"))
    assert [post.text for post in await posts(ana)] == [f"número {number}" for number in range(120)]


async def test_a_mail_that_is_deleted_meanwhile_is_missed_by_nobody(ana):
    ana.put(mail("uno"))
    ana.put(mail("dos"))
    ana.line.select("INBOX")
    ana.line.uid("STORE", "1", "+FLAGS", "(\\Deleted)")
    ana.line.expunge()
    assert [post.text for post in await posts(ana)] == ["dos"]


async def test_a_mail_that_is_hardly_one_is_read(ana):
    ana.put(b"From: marta@correo.example\r\n\r\nZumaque")
    [post] = await posts(ana)
    assert (post.text, post.title) == ("Zumaque", None)
    assert post.published_at is not None


async def test_a_wrong_password_is_refused(ana):
    with pytest.raises(Refused, match=r"app password.*AUTHENTICATIONFAILED"):
        await poll(ana, password="wrong")


async def test_a_password_beyond_ascii_is_understood_and_refused_as_wrong(ana):
    with pytest.raises(Refused, match="AUTHENTICATIONFAILED"):
        await poll(ana, password="contraseña")


async def test_a_certificate_that_nobody_vouches_for_is_refused(ana):
    with pytest.raises(Refused, match="certificate is not trusted"):
        await poll(ana, ca="")


async def test_on_this_machine_a_mail_may_be_read_without_encryption(ana):
    ana.put(mail("uno"))
    assert [post.text for post in await posts(ana, security="plain", port=int(PLAIN), ca="")] == ["uno"]


async def test_tls_on_the_port_without_is_refused_with_what_to_say(ana):
    with pytest.raises(Refused, match='security = "starttls"'):
        await poll(ana, port=int(PLAIN))
