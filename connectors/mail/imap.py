"""Google Alerts, and the notices that platforms send, from a mailbox: https://www.rfc-editor.org/rfc/rfc9051

Over `Http` only a token is asked for, where a mailbox takes no password. Mails are read in a thread, and stay as they
are, unread and where they lie.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import msgspec

from ..base import Connector, Cursor, Http, Page, Secret
from ..decode import address
from ..errors import Unavailable
from ..keys.grant import Grant, Granted
from ..log import fields, logger
from ..post import Author, Post
from ..text import links
from ..unwrap import unwrap
from .googlealert import SENDER, results
from .mailbox import PORTS, Letter, Mailbox, Place, Security
from .message import Mail, author, characters, mail, words
from .trim import own

log = logger(__name__)
T = TypeVar("T")

EVERYBODY = "*"
GOOGLE = "https://oauth2.googleapis.com/token"
MICROSOFT = "https://login.microsoftonline.com/common/oauth2/v2.0/token"
LOGINS = {
    "imap.gmail.com": GOOGLE,
    "imap.googlemail.com": GOOGLE,
    "outlook.office365.com": MICROSOFT,
    "imap-mail.outlook.com": MICROSOFT,
}
"""Where the tokens of a host's mailboxes are made."""
RENEW = "check user, or make a new refresh token (docs/networks/imap.md tells how)"
BATCH = 50
"""Mails looked at for a page."""
MOST = 1_000
"""Mails looked at in a poll; the others in the next."""
LONGEST = 120.0
"""Seconds that one batch may take, however slowly the other side drips."""
# What the standard library's parser makes of some mails.
_MISHAPS = (ValueError, TypeError, LookupError, AttributeError, AssertionError, RecursionError)


class Mark(msgspec.Struct, frozen=True):
    """How far a folder is read: its UIDs ascend for ever, as long as its UIDVALIDITY stays."""

    folder: str = ""
    validity: int = 0
    uid: int = 0


@dataclass(frozen=True, kw_only=True)
class Imap(Connector):
    """A mail of Google Alerts becomes a post for each of its results, any other mail one post."""

    name = "imap"
    every = timedelta(minutes=5)

    host: str
    user: str
    password: Secret = field(default="", repr=False)
    client_id: str = ""
    client_secret: Secret = field(default="", repr=False)
    refresh_token: Secret = field(default="", repr=False)
    login: str = ""
    folder: str = "INBOX"
    senders: tuple[str, ...] = (SENDER,)
    security: Security = "tls"
    port: int = 0
    ca: str = ""
    insecure: bool = False
    _grant: Grant = field(default_factory=Grant, init=False, repr=False, compare=False)

    def check(self) -> Sequence[str]:
        problems = []
        if not self.host or any(sign in self.host for sign in "/@ \t"):
            problems.append('host: not a name; such as "imap.gmail.com"')
        if not 0 <= self.port <= 65535:
            problems.append("port: not between 1 and 65535; 0 is the usual one")
        if not self.user or not self.user.isprintable():
            problems.append("user: none; the mailbox's address, on most servers")
        if not self.folder.strip():
            problems.append('folder: none; such as "INBOX"')
        if self.security == "plain" and not (self.insecure or self._place.is_near):
            problems.append("security: what lets you in would travel in the clear; if you mean it, say insecure = true")
        if self.ca and not Path(self.ca).is_file():
            problems.append("ca: no such file; it holds your server's certificate, as PEM")
        return problems + self._keys() + self._strangers()

    def _keys(self) -> list[str]:
        """A password or a token: what is wrong with it."""
        if not self.refresh_token:
            if self.client_id or self.client_secret or self.login:
                return ["refresh_token: none; it goes with client_id, and docs/networks/imap.md tells how to get one"]
            if self.password and self.password.isprintable():
                return []
            return ['password: none; such as "env:MAIL_PASSWORD"; at Gmail an app password, at Outlook a refresh_token']
        problems = []
        if self.password:
            problems.append("password: and a refresh_token; a mailbox is opened by one of them: leave the other out")
        if not self.client_id:
            problems.append("client_id: none; of the app that the refresh_token was made for")
        if not self._issuer:
            problems.append(f"login: where tokens for {self.host} are made is not known; its provider tells")
        elif not (self._issuer.startswith("https://") or self.insecure):
            problems.append("login: not https://…; the token would travel in the clear")
        return problems

    def _strangers(self) -> list[str]:
        hint = f'an address, "@example.org" for all of a domain, or "{EVERYBODY}" for everybody'
        if not self.senders:
            return [f"senders: none; {hint}"]
        return [f"senders: {each!r} is no address; {hint}" for each in self.senders if not ("@" in each or each == "*")]

    async def fetch(self, http: Http, terms: Sequence[str], cursor: Cursor) -> AsyncGenerator[Page, None]:
        mailbox = await self._opened(http)
        try:
            validity = await _aside(mailbox.examine, self.folder)
            mark = _mark(cursor.mark)
            if (mark.folder, mark.validity) != (self.folder, validity):
                mark = Mark(folder=self.folder, validity=validity)
            uids = await _aside(_new, mailbox, mark.uid, cursor.since)
            for start in range(0, min(len(uids), MOST), BATCH):
                batch = uids[start : min(start + BATCH, MOST)]
                posts = await _aside(self._posts, mailbox, batch, validity)
                mark = Mark(folder=self.folder, validity=validity, uid=batch[-1])
                if posts:
                    yield Page(posts=posts, mark=_text(mark))
            yield Page(posts=(), mark=_text(mark))
            await _aside(mailbox.close)
        finally:
            mailbox.hang_up()

    async def _opened(self, http: Http) -> Mailbox:
        if not self.refresh_token:
            return await self._let_in()
        return await self._grant.show(self._let_in, lambda: self._token(http), RENEW)

    async def _let_in(self, token: str = "") -> Mailbox:
        mailbox = Mailbox(self._place)
        try:
            await _aside(mailbox.open, self.user, self.password, token)
        except BaseException:
            mailbox.hang_up()  # whoever still waits for it in a thread ends at once
            raise
        return mailbox

    async def _token(self, http: Http) -> str:
        """Microsoft renews the refresh token with each use, and lets each live for 90 days."""
        form = {"grant_type": "refresh_token", "client_id": self.client_id}
        form["refresh_token"] = self._grant.refresh or self.refresh_token
        if self.client_secret:
            form["client_secret"] = self.client_secret
        granted = (await http.post(self._issuer, form=form)).json(Granted)
        self._grant.refresh = granted.refresh_token or self._grant.refresh
        return granted.access_token

    @property
    def _issuer(self) -> str:
        return self.login or LOGINS.get(self.host.lower().rstrip("."), "")

    @property
    def _place(self) -> Place:
        return Place(host=self.host, port=self.port or PORTS[self.security], security=self.security, ca=self.ca)

    def _posts(self, mailbox: Mailbox, uids: Sequence[int], validity: int) -> tuple[Post, ...]:
        if EVERYBODY not in self.senders:
            from_headers = mailbox.senders(uids)
            uids = [uid for uid in uids if self._is_welcome(from_headers.get(uid, b""))]
        letters = filter(None, map(mailbox.letter, uids))
        return tuple(post for letter in letters for post in posts(letter, f"{validity}-{letter.uid}"))

    def _is_welcome(self, header: bytes) -> bool:
        sender = author(words(characters(header.partition(b":")[2])))[0]
        known = {each.lower() for each in self.senders}
        return bool(sender) and (sender in known or f"@{sender.rpartition('@')[2]}" in known)


def posts(letter: Letter, name: str) -> tuple[Post, ...]:
    """What a mail becomes. `name` identifies one that has no Message-ID."""
    try:
        found = mail(letter.raw)
    except _MISHAPS as error:
        log.warning("a mail cannot be read", extra=fields(mail=name, error=type(error).__name__))
        return ()
    if found.is_empty:
        return ()
    # A sender's clock may be ahead: nothing is sent after it has come.
    published = min(filter(None, (found.sent, letter.received)), default=None)
    if found.sender == SENDER and (each := results(found, Imap.name, published)):
        return each
    return (_notice(found, name, published),)


def _notice(found: Mail, name: str, published: datetime | None) -> Post:
    sender = Author(handle=found.sender, name=found.name or None) if found.sender else None
    return Post(
        network=Imap.name,
        id=found.id or name,
        url=None,
        title=found.subject or None,
        text=own(found),
        author=sender,
        published_at=published,
        in_reply_to=found.answers or None,
        links=tuple(dict.fromkeys(_links(found))),
    )


def _links(found: Mail) -> Iterator[str]:
    for link in links(found.markup) or links(found.text):
        if target := address(unwrap(link)):
            yield target


def _new(mailbox: Mailbox, uid: int, since: datetime) -> list[int]:
    """UIDs above `uid`; without one, of the mails that came since then (whole days, of whatever time zone)."""
    return mailbox.after(uid) if uid else mailbox.since((since - timedelta(days=1)).date())


async def _aside(work: Callable[..., T], *given: object) -> T:
    """What `work` brings, done in a thread."""
    try:
        async with asyncio.timeout(LONGEST):
            return await asyncio.to_thread(work, *given)
    except TimeoutError as error:
        raise Unavailable(f"the mailbox gave no answer within {LONGEST:g} s") from error


def _mark(text: str) -> Mark:
    try:
        return msgspec.json.decode(text, type=Mark) if text else Mark()
    except msgspec.MsgspecError:
        return Mark()  # of another version: to read all again does no harm


def _text(mark: Mark) -> str:
    return msgspec.json.encode(mark).decode()
