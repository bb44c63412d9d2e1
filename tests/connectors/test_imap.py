"""Mails: who gets in, what they become, how far a folder is read, and what odd servers and odd mails do to us."""

import asyncio
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time

import pytest

from connectors.base import Cursor
from connectors.errors import RateLimited, Refused, Unavailable
from connectors.mail import imap
from connectors.mail.imap import Imap, posts
from connectors.mail.mailbox import LARGEST, PATIENCE, Letter
from connectors.mail.message import author, characters, mail, unflowed, words
from connectors.mail.sasl import Bearer
from connectors.mail.trim import own
from connectors.mail.utf7 import decoded, encoded
from tests.fakes_http import FakeHttp, read
from tests.fakes_imap import Box, FakeImap

SINCE = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
CAME = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
ROOT = Path(os.environ.get("OIDO_FIXTURES", Path(__file__).parents[3] / "shared" / "fixtures"))
REAL = sorted((ROOT / "email").glob("*.eml"))


@pytest.fixture(scope="module")
def server():
    with FakeImap() as server:
        yield server
        server.shutdown()


@pytest.fixture
def box(server):
    return server.add(Box())


def letter(text="Zumaque no contesta.", sender="Ana <ana@example.org>", **headers):
    """A mail's bytes; underscores in names of headers are hyphens."""
    told = {"From": sender} | {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{name}: {value}" for name, value in told.items() if value is not None]
    return "\r\n".join([*lines, "", text]).encode()


def source(server, box, **options):
    settings = {"user": box.user, "password": box.password, "senders": ("*",), "security": "plain"} | options
    return Imap(host="127.0.0.1", port=server.port, **settings)


async def poll(server, box, mark="", **options):
    pages, error = await read(source(server, box, **options).fetch(FakeHttp({}), (), Cursor(since=SINCE, mark=mark)))
    if error:
        raise error
    return pages


async def texts(server, box, mark="", **options):
    return [post.text for page in await poll(server, box, mark, **options) for post in page.posts]


def post(raw, received=CAME):
    [found] = posts(Letter(uid=5, raw=raw, received=received), "17-5")
    return found


def body(text, **headers):
    return own(mail(letter(text.replace("\n", "\r\n"), **headers)))


# How far a folder is read


async def test_each_mail_is_read_once(server, box):
    box.put(5, letter("uno"))
    mark = (await poll(server, box))[-1].mark
    assert await texts(server, box, mark) == []


async def test_what_came_since_is_read(server, box):
    box.put(5, letter("uno"))
    mark = (await poll(server, box))[-1].mark
    box.put(9, letter("dos"))
    assert await texts(server, box, mark) == ["dos"]


async def test_a_first_poll_looks_back_as_far_as_it_should(server, box):
    box.put(5, letter("viejo"), "12-Oct-2026 08:00:00 +0000")
    box.put(6, letter("nuevo"))
    assert await texts(server, box) == ["nuevo"]


async def test_a_folder_without_anything_new_is_not_read_from_its_beginning_the_next_time(server, box):
    box.put(5, letter("viejo"), "12-Oct-2026 08:00:00 +0000")
    mark = (await poll(server, box))[-1].mark
    assert await texts(server, box, mark) == []


async def test_a_folder_that_was_made_anew_is_read_anew(server, box):
    box.put(5, letter("uno"))
    mark = (await poll(server, box))[-1].mark
    box.validity = 18
    assert await texts(server, box, mark) == ["uno"]


async def test_another_folder_is_read_from_its_own_beginning(server, box):
    box.put(5, letter("uno"))
    mark = (await poll(server, box))[-1].mark
    box.folder = "Alerts"
    assert await texts(server, box, mark, folder="Alerts") == ["uno"]


async def test_many_mails_come_in_pages_each_with_its_mark(server, box):
    for uid in range(1, 121):
        box.put(uid, letter(f"número {uid}"))
    pages = await poll(server, box)
    assert [len(page.posts) for page in pages] == [50, 50, 20, 0]
    assert len(await texts(server, box, pages[0].mark)) == 70


async def test_a_poll_reads_so_many_and_the_next_one_goes_on(server, box, monkeypatch):
    monkeypatch.setattr(imap, "MOST", 60)
    for uid in range(1, 91):
        box.put(uid, letter(f"número {uid}"))
    pages = await poll(server, box)
    assert sum(len(page.posts) for page in pages) == 60
    assert len(await texts(server, box, pages[-1].mark)) == 30


# The mailbox stays as it is


async def test_mails_are_only_looked_at(server, box):
    box.put(5, letter())
    await poll(server, box)
    assert "EXAMINE" in box.asked[1]
    assert not [asked for asked in box.asked if asked.startswith(("SELECT", "UID STORE", "EXPUNGE", "CLOSE"))]
    assert all("BODY.PEEK[" in asked for asked in box.asked if "FETCH" in asked)


async def test_no_more_than_so_many_bytes_of_a_mail_are_read(server, box):
    box.put(5, letter("Zumaque " * LARGEST))
    [text, *_] = await texts(server, box)
    assert text.startswith("Zumaque Zumaque")
    assert any(f"<0.{LARGEST}>" in asked for asked in box.asked)


async def test_nothing_is_asked_of_any_network(server, box):
    http = FakeHttp({})
    await read(source(server, box).fetch(http, ("zumaque",), Cursor(since=SINCE)))
    assert http.asked == []


# Who is read


@pytest.mark.parametrize(
    ("senders", "expected"),
    [
        pytest.param(("ana@example.org",), ["uno"], id="an address"),
        pytest.param(("ANA@Example.org",), ["uno"], id="capitals"),
        pytest.param(("@plaza.example",), ["dos"], id="a domain"),
        pytest.param(("*",), ["uno", "dos"], id="everybody"),
        pytest.param(("otra@example.org",), [], id="somebody else"),
    ],
)
async def test_only_those_who_are_named_are_read(server, box, senders, expected):
    box.put(5, letter("uno", sender='"Ana, de Cádiz" <Ana@example.org>'))
    box.put(6, letter("dos", sender="=?utf-8?q?Plaza=2C_avisos?=\r\n <avisos@plaza.example>"))
    assert await texts(server, box, senders=senders) == expected


async def test_by_default_only_google_alerts_is_read_and_of_the_others_nothing_but_who_wrote(server, box):
    box.put(5, letter("privado"))
    assert await texts(server, box, senders=Imap(host="h", user="u", password="p").senders) == []
    assert [asked for asked in box.asked if "FETCH" in asked] == ["UID FETCH 5 (UID BODY.PEEK[HEADER.FIELDS (FROM)])"]


# Servers


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        pytest.param(
            "TAG NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)", Refused, "app password", id="Gmail"
        ),
        pytest.param(
            "TAG NO [ALERT] Application-specific password required: https://x.example/1", Refused, "required", id="2FA"
        ),
        pytest.param("TAG NO LOGIN failed.", Refused, "app password", id="Exchange"),
        pytest.param(
            "TAG BAD User is authenticated but not connected.", Unavailable, "not connected", id="Exchange, down"
        ),
        pytest.param("TAG NO [UNAVAILABLE] Temporary authentication failure.", Unavailable, "Temporary", id="Dovecot"),
        pytest.param(
            "TAG NO [ALERT] Too many simultaneous connections. (Failure)", RateLimited, "Too many", id="crowded"
        ),
        pytest.param("* BYE Server shutting down", Unavailable, "shutting down", id="BYE"),
        pytest.param("HANG UP", Unavailable, "broke", id="gone"),
        pytest.param("¿qué?", Unavailable, "broke", id="not IMAP"),
    ],
)
async def test_who_must_act_when_a_login_fails_is_told_by_what_the_server_says(server, box, answer, kind, said):
    box.odd = {"LOGIN": answer}
    with pytest.raises(Unavailable if kind is not Refused else Refused, match=said) as caught:
        await poll(server, box)
    assert type(caught.value) is kind
    assert box.password not in str(caught.value)


async def test_a_wrong_password_is_refused(server, box):
    with pytest.raises(Refused, match="app password"):
        await poll(server, box, password="wrong")


@pytest.mark.parametrize("password", ['con "comillas" y \\', "ends in \\"])
async def test_a_password_may_hold_quotes(server, box, password):
    box.put(5, letter("uno"))
    box.password = password.replace("\\", "\\\\")  # the fake leaves those as they come
    assert await texts(server, box, password=password) == ["uno"]


async def test_a_password_beyond_ascii_goes_the_way_that_can_carry_it():
    with FakeImap("IMAP4rev1 AUTH=PLAIN") as server:
        box = server.add(Box(password="contraseña"))
        box.put(5, letter("uno"))
        assert await texts(server, box) == ["uno"]
        assert box.asked[0] == "AUTHENTICATE PLAIN"
        server.shutdown()


async def test_a_password_beyond_ascii_that_cannot_be_carried_is_refused(server, box):
    with pytest.raises(Refused, match="beyond ASCII"):
        await poll(server, box, password="contraseña")


@pytest.mark.parametrize(
    ("capabilities", "security", "hint"),
    [
        pytest.param("IMAP4rev1 LOGINDISABLED", "plain", "starttls", id="only encrypted"),
        pytest.param("IMAP4rev1", "starttls", 'security = "tls"', id="no STARTTLS"),
        pytest.param("IMAP4rev1", "tls", 'security = "starttls"', id="no TLS on this port"),
    ],
)
async def test_how_to_speak_to_a_server_is_said_when_it_speaks_otherwise(capabilities, security, hint):
    with FakeImap(capabilities) as server:
        with pytest.raises(Refused, match=hint):
            await poll(server, server.add(Box()), security=security)
        server.shutdown()


# Tokens in place of passwords


@pytest.fixture(scope="module", params=["XOAUTH2", "OAUTHBEARER"])
def modern(request):
    with FakeImap(f"IMAP4rev1 LOGINDISABLED AUTH={request.param}") as server:
        yield server
        server.shutdown()


def granted(token="a t0ken", **more):
    return {"access_token": token, "expires_in": 3599, "token_type": "Bearer"} | more


def lets_in(server, box, **options):
    own = {"client_id": "oido", "refresh_token": "r3fresh", "login": "https://login.example/token"}
    return source(server, box, **{"password": ""} | own | options)


async def test_a_token_opens_a_mailbox_that_takes_no_password(modern):
    box = modern.add(Box())
    box.put(5, letter("uno"))
    http = FakeHttp({"/token": [granted()]})
    pages = await read_all(lets_in(modern, box), http)
    assert [post.text for page in pages for post in page.posts] == ["uno"]
    assert http.asked[0].form == {"grant_type": "refresh_token", "client_id": "oido", "refresh_token": "r3fresh"}


@pytest.mark.parametrize(
    ("offered", "expected"),
    [
        ("AUTH=PLAIN AUTH=XOAUTH2 AUTH=OAUTHBEARER", "user={user}\x01auth=Bearer …\x01\x01"),
        ("AUTH=OAUTHBEARER", "n,a={user},\x01host=127.0.0.1\x01port={port}\x01auth=Bearer …\x01\x01"),
    ],
    ids=["XOAUTH2", "OAUTHBEARER"],
)
async def test_a_token_is_shown_as_the_server_understands_it(offered, expected):
    with FakeImap(f"IMAP4rev1 {offered}") as server:
        box = server.add(Box())
        await read_all(lets_in(server, box), FakeHttp({"/token": [granted()]}))
        assert box.asked[1] == expected.format(user=box.user, port=server.port)
        server.shutdown()


def test_a_user_with_a_comma_is_written_as_the_standard_has_it():
    bearer = Bearer(user="a,b=c", token="t", host="h.example", port=993, mechanism="OAUTHBEARER")
    assert bearer.answer(b"").startswith(b"n,a=a=2Cb=3Dc,\x01")


def test_a_server_that_objects_without_end_is_not_listened_to():
    bearer = Bearer(user="ana", token="t", host="h.example", port=993, mechanism="XOAUTH2")
    assert [bearer.answer(challenge) for challenge in (b"", b"{}", b"{}")][1:] == [b"", None]


async def test_a_token_serves_many_polls(modern):
    http, connector = FakeHttp({"/token": [granted()]}), lets_in(modern, modern.add(Box()))
    for _ in range(2):
        await read_all(connector, http)
    assert len(http.asked) == 1


async def test_an_expired_token_is_replaced(modern):
    box = modern.add(Box())
    http, connector = FakeHttp({"/token": [granted(), granted("another")]}), lets_in(modern, box)
    await read_all(connector, http)
    box.token = "another"
    await read_all(connector, http)
    assert len(http.asked) == 2


async def test_a_refresh_token_that_was_renewed_is_used_from_then_on(modern):
    box = modern.add(Box())
    http, connector = FakeHttp({"/token": [granted(refresh_token="n3wer")]}), lets_in(modern, box)
    await read_all(connector, http)
    box.token = "another"
    with pytest.raises(Refused):
        await read_all(connector, http)
    assert [asked.form["refresh_token"] for asked in http.asked] == ["r3fresh", "n3wer"]


async def test_the_secret_of_an_app_goes_along_where_it_has_one(modern):
    http = FakeHttp({"/token": [granted()]})
    await read_all(lets_in(modern, modern.add(Box()), client_secret="s3cret"), http)
    assert http.asked[0].form["client_secret"] == "s3cret"


@pytest.mark.parametrize(
    ("objection", "told"),
    [
        (Box.objection, "wants the scope https://mail.example/, status 400"),
        ('{"status": "invalid_token"}', "status invalid_token"),
        ("no", "it answers: no"),
        ("", r"\(it says"),
    ],
    ids=["scope", "status", "words", "nothing"],
)
async def test_a_token_that_is_not_taken_is_refused_with_what_the_server_objects(modern, objection, told):
    box = modern.add(Box(token="another", objection=objection))
    with pytest.raises(Refused, match=f"{told}.*Invalid credentials.*refresh token") as caught:
        await read_all(lets_in(modern, box), FakeHttp({"/token": [granted("s3cr3t")]}))
    assert "s3cr3t" not in str(caught.value)


@pytest.mark.parametrize(("offered", "last"), [("XOAUTH2", "\r\n"), ("OAUTHBEARER", "AQ==\r\n")])
async def test_an_objection_is_answered_so_that_the_server_can_end(offered, last):
    with FakeImap(f"IMAP4rev1 AUTH={offered}") as server:
        box = server.add(Box(token="another"))
        with pytest.raises(Refused):
            await read_all(lets_in(server, box), FakeHttp({"/token": [granted()]}))
        assert box.asked[2] == last
        server.shutdown()


async def test_a_refresh_token_that_has_ended_is_refused_with_what_to_do(modern):
    ended = Refused("https://login.example/token: 400 (it says: AADSTS700082)", status=400)
    with pytest.raises(Refused, match=r"AADSTS700082.*docs/networks/imap\.md"):
        await read_all(lets_in(modern, modern.add(Box())), FakeHttp({"/token": [ended]}))


async def test_a_mailbox_that_is_busy_is_not_taken_for_a_bad_token(modern):
    box = modern.add(Box(odd={"AUTHENTICATE": "TAG BAD User is authenticated but not connected."}))
    with pytest.raises(Unavailable):
        await read_all(lets_in(modern, box), FakeHttp({"/token": [granted()]}))


async def test_a_server_that_takes_no_tokens_is_refused(server, box):
    with pytest.raises(Refused, match="takes no tokens"):
        await read_all(lets_in(server, box), FakeHttp({"/token": [granted()]}))


async def test_a_server_that_takes_no_password_is_refused_with_what_it_does_take(modern):
    with pytest.raises(Refused, match="starttls"):
        await poll(modern, modern.add(Box()))


async def test_a_folder_that_is_not_there_is_refused_with_those_that_are(server, box):
    with pytest.raises(Refused, match="there are: INBOX, Menú"):
        await poll(server, box, folder="Alertas")


async def test_a_folder_beyond_ascii_is_found(server, box):
    box.folder = "Men&APo-"
    box.put(5, letter("uno"))
    assert await texts(server, box, folder="Menú") == ["uno"]


async def test_a_server_that_is_not_there_is_unavailable(server, box):
    with pytest.raises(Unavailable, match="cannot be reached"):
        await read_all(Imap(host="127.0.0.1", port=1, user="u", password="p", security="plain"))


async def read_all(connector, http=None):
    pages, error = await read(connector.fetch(http or FakeHttp({}), (), Cursor(since=SINCE)))
    if error:
        raise error
    return pages


async def test_a_server_without_uidvalidity_is_read(server, box):
    box.validity = None
    box.put(5, letter("uno"))
    mark = (await poll(server, box))[-1].mark
    assert await texts(server, box, mark) == []


@pytest.mark.parametrize(
    ("start", "answer"),
    [
        pytest.param("UID SEARCH", "TAG OK done", id="a search without an answer"),
        pytest.param("UID SEARCH", "* SEARCH\r\nTAG OK done", id="an empty one"),
        pytest.param("UID FETCH", "TAG OK done", id="mails that are gone"),
        pytest.param("UID FETCH", "* 1 FETCH (FLAGS (\\Seen))\r\nTAG OK done", id="flags alone"),
        pytest.param("UID FETCH", '* 1 FETCH (UID 5 BODY[]<0> "")\r\nTAG OK done', id="an empty mail"),
    ],
)
async def test_an_answer_with_nothing_in_it_is_no_mail(server, box, start, answer):
    box.put(5, letter("uno"))
    box.odd = {start: answer}
    assert await texts(server, box) == []


async def test_a_uid_may_stand_behind_the_mail(server, box):
    box.put(5, letter("uno"))
    raw = "From: a@b.example\r\n\r\ndos"
    box.odd = {"UID FETCH": f"* 1 FETCH (BODY[]<0> {{{len(raw)}}}\r\n{raw} UID 5 FLAGS ())\r\nTAG OK done"}
    assert await texts(server, box) == ["dos"]


async def test_a_server_that_promises_too_much_is_not_believed(server, box):
    box.put(5, letter("uno"))
    box.odd = {"UID FETCH": "* 1 FETCH (UID 5 BODY[]<0> {99999999999}\r\n"}
    with pytest.raises(Unavailable, match="promises 99,999,999,999 bytes"):
        await poll(server, box)


async def test_a_thread_does_not_wait_for_what_nobody_wants_any_more(server, box):
    box.put(5, letter("uno"))
    box.odd = {"UID FETCH": "* OK still there"}
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await poll(server, box)
    async with asyncio.timeout(PATIENCE / 2):
        await asyncio.get_running_loop().shutdown_default_executor()  # waits for the thread


async def test_a_server_that_does_not_answer_in_time_is_unavailable(server, box, monkeypatch):
    monkeypatch.setattr(imap, "LONGEST", 0.2)
    box.odd = {"EXAMINE": "* OK still there"}
    with pytest.raises(Unavailable, match=r"no answer within 0\.2 s"):
        await poll(server, box)


# Notices


def test_a_notice_is_a_post():
    raw = letter(
        "Hola, Zumaque.", Subject="Nueva opinión", Message_ID="<a1@plaza.example>", In_Reply_To="<a0@x.example>"
    )
    found = post(raw)
    assert (found.id, found.title, found.text, found.in_reply_to) == (
        "a1@plaza.example",
        "Nueva opinión",
        "Hola, Zumaque.",
        "a0@x.example",
    )
    assert (found.author.handle, found.author.name) == ("ana@example.org", "Ana")


def test_a_mail_without_an_id_is_known_by_its_place():
    assert post(letter()).id == "17-5"


def test_an_id_without_end_is_known_by_its_digest():
    assert post(letter(Message_ID=f"<{'a' * 2_000}@x>")).id.startswith("sha1:")


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        pytest.param("Mon, 2 Nov 2026 08:30:00 +0100", CAME - timedelta(minutes=30), id="as it should be"),
        pytest.param("2 Nov 26 07:30 GMT", CAME - timedelta(minutes=30), id="old"),
        pytest.param(None, CAME, id="none"),
        pytest.param("ayer", CAME, id="no date"),
        pytest.param("Mon, 2 Nov 2037 08:30:00 +0100", CAME, id="a clock that is ahead"),
    ],
)
def test_a_mail_was_sent_when_it_says_or_came(date, expected):
    assert post(letter(Date=date)).published_at == expected


def test_links_are_those_of_the_pages_behind():
    raw = letter(
        '<a href="https://www.google.com/url?rct=j&amp;sa=t&amp;url=https://foro.example/1&amp;ct=ga&amp;cd=x">x</a>'
        '<a href="mailto:ana@example.org">y</a>',
        Content_Type="text/html",
    )
    assert post(raw).links == ("https://foro.example/1",)


@pytest.mark.parametrize("link", ["https://[x?source=rss-1", "https://a\u2100b/?source=rss-1"])
def test_a_mail_with_a_link_that_is_no_address_is_read(link):
    raw = letter(f'<a href="{link}">Zumaque</a>', Content_Type="text/html; charset=utf-8")
    assert post(raw).text == "Zumaque"


def test_dashes_without_end_are_looked_at_once():
    start = process_time()
    body("-" * 30_000, Subject="Re: Zumaque")
    assert process_time() - start < 1


def test_a_header_of_spaces_without_end_is_looked_at_once():
    start = process_time()
    assert words("x" + " " * 9_990 + "x")
    assert process_time() - start < 0.2


# Google Alerts


def alert(text, **headers):
    return letter(text, sender="Google Alerts <googlealerts-noreply@google.com>", **headers)


def test_results_without_the_usual_markup_are_found_by_their_links():
    raw = alert(
        '<a href="https://www.google.com/url?q=https://foro.example/1&amp;ct=ga&amp;cd=x"><b>Zumaque</b> y yo</a>'
        '<a href="https://www.google.com/url?q=https://foro.example/2&amp;ct=ga&amp;cd=y">Otra</a>'
        '<a href="https://support.google.com/alerts">Ayuda</a>',
        Content_Type="text/html",
    )
    found = posts(Letter(uid=5, raw=raw, received=CAME), "17-5")
    assert [(each.id, each.title) for each in found] == [
        ("https://foro.example/1", "Zumaque y yo"),
        ("https://foro.example/2", "Otra"),
    ]


def test_an_alert_in_which_no_result_is_found_is_kept_whole():
    assert (
        post(alert("Confirme su alerta sobre Zumaque.", Subject="Alertas")).text == "Confirme su alerta sobre Zumaque."
    )


def test_what_another_sends_is_no_alert():
    raw = letter("<https://www.google.com/url?q=https://foro.example/1&ct=ga&cd=x>", Message_ID="<a@b>")
    assert post(raw).id == "a@b"


def test_a_link_that_is_never_closed_is_looked_at_once():
    start = process_time()
    markup = "<a " + "href=" * 40 + "x" * 8_000
    posts(Letter(uid=5, raw=alert(markup, Content_Type="text/html"), received=CAME), "17-5")
    assert process_time() - start < 1


# Mails as they really come


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param("Opinión", "Opinión", id="bytes as they are"),
        pytest.param("=?UTF-8?Q?Opini=C3=B3n_nueva?=", "Opinión nueva", id="quoted"),
        pytest.param("=?utf-8?B?T3Bpbmnzbg==?=", "Opinión", id="not the charset that it says"),
        pytest.param("=?UTF-8?B?T3BpbmnD?= =?UTF-8?B?s24=?=", "Opinión", id="a letter in two halves"),
        pytest.param(
            "=?iso-8859-1?q?30_=80?= y =?utf-8*es?q?m=C3=A1s?=", "30 € y más", id="two charsets and a language"
        ),
        pytest.param("=?x-klingon?q?Opini=C3=B3n?=", "Opinión", id="an unknown charset"),
        pytest.param("=?utf-8?B?a?=", "a", id="no base64"),
        pytest.param("=?utf-8?Q?open", "=?utf-8?Q?open", id="never closed"),
        pytest.param("dos\r\n\tlíneas", "dos líneas", id="folded"),
    ],
)
def test_a_header_reads_as_it_was_written(header, expected):
    assert words(header) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param("ana@example.org", ("ana@example.org", ""), id="address alone"),
        pytest.param("Ana Ruiz <ANA@Example.org>", ("ana@example.org", "Ana Ruiz"), id="name"),
        pytest.param("=?utf-8?q?Ruiz=2C_Ana?= <ana@example.org>", ("ana@example.org", "Ruiz, Ana"), id="comma within"),
        pytest.param("ana@example.org (Ana)", ("ana@example.org", "Ana"), id="comment"),
        pytest.param("Ana <<ana@example.org>>", ("ana@example.org", ""), id="too many brackets"),
        pytest.param("undisclosed-recipients:;", ("", ""), id="nobody"),
        pytest.param("", ("", ""), id="empty"),
    ],
)
def test_who_wrote_is_understood(header, expected):
    assert author(header)[0] == expected[0]
    assert author(header)[1] in (expected[1], "Ana") if "<<" in header else author(header) == expected


@pytest.mark.parametrize(
    "charset", ["", "utf-8", "us-ascii", "x-unknown", "hex", "rot13", "punycode", "undefined", "\x00"]
)
def test_text_in_utf8_is_read_whatever_it_is_said_to_be(charset):
    assert characters("Opinión".encode(), charset) == "Opinión"


def test_text_is_read_as_windows_has_it_where_nothing_else_fits():
    assert characters("30 € a ñ".encode("cp1252"), "us-ascii") == "30 € a ñ"


PARTS = """Content-Type: multipart/mixed; boundary=a

--a
Content-Type: text/plain
Content-Disposition: attachment; filename=otro.txt

adjunto
--a
Content-Type: message/rfc822

From: x@y.example

dentro
--a
Content-Type: text/plain

Zumaque no contesta.
--a"""


def test_attachments_and_mails_within_are_not_read():
    head, _, text = PARTS.partition("\n\n")
    raw = letter(text.replace("\n", "\r\n"), Content_Type=head.partition(": ")[2])
    assert post(raw).text == "Zumaque no contesta."


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(letter("x", Content_Type="multipart/mixed"), id="parts without a boundary"),
        pytest.param(letter("--b\r\n\r\nx", Content_Type="multipart/mixed; boundary=b"), id="never closed"),
        pytest.param(letter("x", Content_Type="text/plain; charset=utf-8; charset*=latin1''y"), id="two charsets"),
        pytest.param(letter("x", Content_Type='text/plain; charset="'), id="an open quote"),
        pytest.param(letter("eA", Content_Transfer_Encoding="base64"), id="base64 cut short"),
        pytest.param(letter("x", Content_Transfer_Encoding="x-zip"), id="an unknown encoding"),
        pytest.param(letter("x", Content_Type="", Message_ID="<<>>", Date="", Subject="=?"), id="empty headers"),
        pytest.param(letter("x", Subject=None).replace(b"From", b"from", 1), id="small letters"),
    ],
)
def test_a_broken_mail_is_read_as_far_as_it_goes(raw):
    assert "x" in post(raw).text


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff\x00\xfe", id="no mail"),
        pytest.param(
            b"From: a@b.example\r\n"
            + b"".join(b"Content-Type: multipart/mixed; boundary=%d\r\n\r\n--%d\r\n" % (n, n) for n in range(3_000)),
            id="parts within parts without end",
        ),
        pytest.param(
            letter(Content_Type=f"text/plain; charset*{'9' * 5_000}*=x"), id="a number of thousands of digits"
        ),
    ],
)
def test_what_is_no_mail_raises_nothing(raw):
    assert len(posts(Letter(uid=5, raw=raw, received=None), "17-5")) <= 1


def test_lines_that_were_broken_for_the_way_are_joined():
    assert unflowed("La tienda \nno abre.\n> cita \nsuelta\n-- \nAna", is_glued=False) == (
        "La tienda no abre.\n> cita \nsuelta\n-- \nAna"
    )


def test_words_that_were_broken_for_the_way_are_joined():
    assert unflowed("Zuma \nque", is_glued=True) == "Zumaque"


# What is cut, and what is kept


QUOTED = "No funciona.\n\nOn Mon, 2 Nov 2026, Zumaque <hola@zumaque.example> wrote:\n> ¿Qué tal?\n>\n"


@pytest.mark.parametrize(
    ("text", "subject", "expected"),
    [
        pytest.param(QUOTED, "Re: Pedido", "No funciona.", id="history"),
        pytest.param(QUOTED, "Pedido", QUOTED.strip(), id="history, but no reply"),
        pytest.param(
            "No.\n\nEl lun, 2 nov 2026 a las 9:00, Zumaque\n<hola@zumaque.example> escribió:\n> Hola",
            "RE: a",
            "No.",
            id="two lines",
        ),
        pytest.param("> ¿Qué tal?\n\nMal.", "Re: a", "> ¿Qué tal?\n\nMal.", id="an answer below"),
        pytest.param("> uno\nsí\n> dos\nno", "Re: a", "> uno\nsí\n> dos\nno", id="answers between"),
        pytest.param("> solo cita", "Re: a", "> solo cita", id="nothing else"),
        pytest.param("No.\n-----Mensaje original-----\nDe: Zumaque", "RE: a", "No.", id="Outlook"),
        pytest.param(
            "Mira.\n-----Mensaje original-----\nDe: Ana",
            "RV: a",
            "Mira.\n-----Mensaje original-----\nDe: Ana",
            id="forwarded",
        ),
        pytest.param("No.\n-- \nAna\nCalle 1", "a", "No.", id="signature"),
        pytest.param("No.\n--\nAna", "a", "No.\n--\nAna", id="perhaps a signature"),
        pytest.param(
            "No.\n\nQuiero darme de baja de Zumaque.",
            "a",
            "No.\n\nQuiero darme de baja de Zumaque.",
            id="said by a person",
        ),
    ],
)
def test_only_what_surely_is_not_said_anew_is_cut(text, subject, expected):
    assert body(text, Subject=subject) == expected


def test_the_footer_of_what_is_sent_to_many_is_cut():
    text = (
        "Marta opina.\n\n____________________________\n\nYou are receiving this because you follow Zumaque. Unsubscribe"
    )
    assert body(text, List_Unsubscribe="<https://x.example/u>") == "Marta opina."


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        pytest.param(
            "<p>No.</p><div class=gmail_quote>El lunes: <blockquote>Hola</blockquote></div>", "No.", id="Gmail"
        ),
        pytest.param("<p>No.</p><div id='divRplyFwdMsg'>De: Zumaque</div><p>Hola</p>", "No.", id="Outlook"),
        pytest.param(
            "<p>No.</p><div class=gmail_quote><blockquote>Hola</blockquote></div><p>Y más.</p>",
            "No.\n\nHola\n\nY más.",
            id="an answer below",
        ),
        pytest.param(
            "<p>Mira.</p><div class=gmail_quote>---------- Forwarded message ---------<br>Hola</div>",
            "Mira.\n\n---------- Forwarded message ---------\nHola",
            id="forwarded",
        ),
    ],
)
def test_history_in_html_is_cut_where_it_is_marked(markup, expected):
    assert body(markup, Subject="Re: a", Content_Type="text/html") == expected


def test_a_plain_version_that_only_points_at_the_other_is_not_taken():
    found = mail(letter("Ver en el navegador"))
    markup = "<p>Marta opina de Zumaque: tardó tres semanas, llegó roto y nadie contesta al teléfono ni al correo.</p>"
    assert own(type(found)(**{name: getattr(found, name) for name in found.__slots__} | {"markup": markup})).startswith(
        "Marta"
    )


# Folders


@pytest.mark.parametrize(
    ("name", "wire"),
    [
        pytest.param("INBOX", "INBOX", id="ASCII"),
        pytest.param("Menú", "Men&APo-", id="accent"),
        pytest.param("Tú & yo", "T&APo- &- yo", id="ampersand"),
        pytest.param("日本語/台北", "&ZeVnLIqe-/&U,BTFw-", id="Japanese"),
        pytest.param("🌿", "&2DzfPw-", id="beyond 16 bits"),
    ],
)
def test_the_name_of_a_folder_goes_both_ways(name, wire):
    assert encoded(name) == wire
    assert decoded(wire.encode()) == name


@pytest.mark.parametrize("wire", [b"&A-", b"&2Dw-", b"a&b", "Menú".encode()])
def test_a_name_that_breaks_the_rules_stays_as_it_is(wire):
    assert decoded(wire) == wire.decode()


# Options

TOKEN = {"client_id": "oido", "refresh_token": "r", "login": "https://login.example/token"}


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        pytest.param({"host": "imap://x.example"}, "host:", id="an address for a host"),
        pytest.param({"password": ""}, "password:", id="no password"),
        pytest.param({"password": "a\r\nb"}, "password:", id="two lines"),
        pytest.param({"user": ""}, "user:", id="no user"),
        pytest.param({"port": 70_000}, "port:", id="port"),
        pytest.param({"senders": ()}, "senders: none", id="nobody"),
        pytest.param({"senders": ("Google",)}, "senders: 'Google'", id="a name"),
        pytest.param({"folder": " "}, "folder:", id="no folder"),
        pytest.param({"security": "plain"}, "security:", id="in the clear"),
        pytest.param({"ca": "/nowhere/ca.pem"}, "ca:", id="no certificate"),
        pytest.param({"client_id": "oido"}, "refresh_token:", id="an app without a token"),
        pytest.param(TOKEN, "password: and", id="password and token"),
        pytest.param(TOKEN | {"password": "", "client_id": ""}, "client_id:", id="a token of no app"),
        pytest.param(TOKEN | {"password": "", "login": ""}, "login: where", id="tokens made nowhere"),
        pytest.param(TOKEN | {"password": "", "login": "http://x.example"}, "login: not", id="in the clear too"),
    ],
)
def test_what_is_wrong_with_the_options_is_said(options, problem):
    settings = {"host": "imap.example.org", "user": "ana", "password": "x"} | options
    [found] = Imap(**settings).check()
    assert found.startswith(problem)


@pytest.mark.parametrize(
    "options",
    [
        {"host": "imap.gmail.com"},
        {"host": "127.0.0.1", "security": "plain"},
        {"host": "localhost", "security": "plain"},
        {"host": "::1", "security": "plain"},
        {"host": "mail.lan", "security": "plain", "insecure": True},
        {"host": "Outlook.office365.com", "password": "", "client_id": "oido", "refresh_token": "r"},
        {"host": "imap.gmail.com", "password": ""} | TOKEN,
    ],
)
def test_good_options_are_fine(options):
    settings = {"user": "ana", "password": "x", "senders": ("@plaza.example", "*")} | options
    assert Imap(**settings).check() == []


def test_no_secret_is_printed():
    assert "s3cret" not in repr(
        Imap(host="h", user="ana", password="s3cret", client_secret="s3cret", refresh_token="s3cret")
    )


# Mails that others recorded


@pytest.mark.skipif(not REAL, reason="no recorded mails here: set OIDO_FIXTURES to their folder")
@pytest.mark.parametrize("file", REAL, ids=lambda file: file.name)
def test_a_recorded_mail_becomes_a_post(file):
    found = post(file.read_bytes())
    assert found.author
    assert found.title
    assert found.text
    assert found.published_at
    assert "<div" not in found.text
