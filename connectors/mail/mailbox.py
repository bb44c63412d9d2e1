"""A folder of mails over IMAP (RFC 9051, and RFC 3501 as servers speak it), opened for reading only.

Everything but `hang_up` blocks: it is to be called in a thread. The only door to `imaplib`.
"""

import imaplib
import re
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from ipaddress import ip_address
from typing import Literal

from ..errors import Malformed, RateLimited, Refused, Unavailable
from ..keys.grant import Unauthorised
from ..text import clean, when
from .sasl import Bearer, mechanism
from .utf7 import decoded, encoded

Security = Literal["tls", "starttls", "plain"]
PORTS = {"tls": 993, "starttls": 143, "plain": 143}
PATIENCE = 30.0
"""Seconds that the other side may be silent."""
LARGEST = 512 * 1024
"""Bytes read of one mail: texts come first, attachments behind them."""
_MOST_BYTES = 8 * 1024 * 1024
"""Of one literal; a server that promises more is not believed."""
_MOST_FOLDERS = 20
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_UID = re.compile(rb"\bUID (\d{1,10})\b")
_RECEIVED = re.compile(rb'\bINTERNALDATE "([^"]{1,40})"')
_FOLDER = re.compile(rb'^\([^)]*\) (?:"(?:[^"\\]|\\.)*"|NIL) (.+)$')
# Response codes of RFC 5530, and what Gmail, Dovecot and Exchange say in words.
_CROWDED = re.compile(r"\[(?:LIMIT|OVERQUOTA)\]|too many|maximum number|bandwidth limit", re.IGNORECASE)
_PASSING = re.compile(
    r"\[(?:UNAVAILABLE|SERVERBUG|INUSE|CONTACTADMIN)\]|unavailable|temporar|try again|authenticated but not connected",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the mails are. `ca` is a file with the certificates to trust besides the machine's own; "" for none."""

    host: str
    port: int
    security: Security
    ca: str = ""

    @property
    def is_near(self) -> bool:
        """Whether what is said never leaves this machine."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host.lower().rstrip(".") == "localhost"

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail as the server has it: at most `LARGEST` bytes, and when it came."""

    uid: int
    raw: bytes
    received: datetime | None


class _Plain(imaplib.IMAP4):
    """Reads no more at once than a mail may have."""

    def read(self, size: int) -> bytes:
        if size > _MOST_BYTES:
            raise self.abort(f"promises {size:,} bytes at once")
        return super().read(size)


class _Secure(_Plain, imaplib.IMAP4_SSL):
    """The same within TLS from the first byte on."""


class Mailbox:
    """One connection. Its methods raise the errors of `errors.py` and no others; after one it is of no use."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._line: imaplib.IMAP4 | None = None
        self._is_hung_up = False

    def open(self, user: str, password: str, token: str = "") -> None:
        """With a `token` no password is shown; `Unauthorised` when the server does not take it."""
        with self._mishaps():
            self._line = self._connected()
            if self._is_hung_up:
                self.hang_up()  # there was nothing to cut yet
                raise self._line.abort("hung up")
            if self._place.security == "starttls":
                self._secure(self._line)
            if token:
                self._show(self._line, user, token)
            else:
                self._log_in(self._line, user, password)

    def examine(self, folder: str) -> int:
        """Open `folder` so that nothing in it can change; its UIDVALIDITY, 0 from servers that have none."""
        with self._mishaps():
            answer, said = self._server.select(_quoted(encoded(folder)), readonly=True)
            if answer != "OK":
                self._judge(said, f"cannot open the folder {folder!r}; {self._folders()}")
            number = self._server.response("UIDVALIDITY")[1][-1]
            return int(number) if isinstance(number, bytes) and re.fullmatch(rb"\d{1,10}", number) else 0

    def since(self, day: date) -> list[int]:
        """UIDs of the mails that came on `day` or later, ascending."""
        return self._search(f"SINCE {day.day:02}-{_MONTHS[day.month - 1]}-{day.year}")

    def after(self, uid: int) -> list[int]:
        """UIDs above `uid`, ascending."""
        # "n:*" also means the last mail when its UID is below n.
        return [found for found in self._search(f"UID {uid + 1}:*") if found > uid]

    def senders(self, uids: Sequence[int]) -> dict[int, bytes]:
        """The From headers of mails, by UID; those that are gone are left out."""
        parts = self._fetch(uids, "(UID BODY.PEEK[HEADER.FIELDS (FROM)])")
        return {uid: raw for uid, raw, _ in parts}

    def letter(self, uid: int) -> Letter | None:
        """A mail, or as much of it as we read; `None` when it is gone. It stays unread."""
        for found, raw, received in self._fetch([uid], f"(UID INTERNALDATE BODY.PEEK[]<0.{LARGEST}>)"):
            if found == uid:
                return Letter(uid=uid, raw=raw, received=received)
        return None

    def close(self) -> None:
        """Take leave."""
        if self._line is not None:
            with suppress(imaplib.IMAP4.error, OSError, ValueError):
                self._line.logout()
        self.hang_up()

    def hang_up(self) -> None:
        """Cut the connection, from whatever thread: who waits for the other side ends at once."""
        self._is_hung_up = True
        if self._line is None:
            return
        with suppress(OSError):
            socket.socket.shutdown(self._line.sock, socket.SHUT_RDWR)
        with suppress(OSError, ValueError):
            self._line.shutdown()

    @property
    def _server(self) -> imaplib.IMAP4:
        assert self._line is not None, "not opened"
        return self._line

    def _connected(self) -> imaplib.IMAP4:
        place = self._place
        if place.security == "tls":
            return _Secure(place.host, place.port, ssl_context=self._trust(), timeout=PATIENCE)
        return _Plain(place.host, place.port, timeout=PATIENCE)

    def _trust(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if self._place.ca:
            try:
                context.load_verify_locations(self._place.ca)
            except OSError as error:
                raise Refused(f"{self._place.ca}: no certificates ({error.strerror or error})") from error
        return context

    def _secure(self, line: imaplib.IMAP4) -> None:
        if "STARTTLS" not in line.capabilities:
            raise Refused(f'{self._place}: offers no STARTTLS; try security = "tls" and port 993')
        line.starttls(self._trust())

    def _log_in(self, line: imaplib.IMAP4, user: str, password: str) -> None:
        knows_plain = "AUTH=PLAIN" in line.capabilities
        if "LOGINDISABLED" in line.capabilities and not knows_plain:
            instead = "at all: give client_id and refresh_token, as docs/networks/imap.md tells"
            raise Refused(f"{self._place}: takes no password {self._why_not(instead)}")
        try:
            if knows_plain and not f"{user}{password}".isascii():  # LOGIN is for ASCII
                said = f"\0{user}\0{password}".encode()
                line.authenticate("PLAIN", lambda _: said)
            else:
                line.login(_quoted(user), password)
        except UnicodeEncodeError as error:
            raise Refused(f"{self._place}: takes no password with letters beyond ASCII; choose another") from error
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            what = "the user or the password is wrong; Gmail, iCloud and Yahoo want an app password, Outlook a token"
            self._judge(error.args, f"does not let {user!r} in: {what}")

    def _show(self, line: imaplib.IMAP4, user: str, token: str) -> None:
        how = mechanism(line.capabilities)
        if how is None:
            raise Refused(f"{self._place}: takes no tokens {self._why_not('at all; give a password')}")
        bearer = Bearer(user=user, token=token, host=self._place.host, port=self._place.port, mechanism=how)
        try:
            line.authenticate(how, bearer.answer)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            why = f"; it answers: {bearer.complaint}" if bearer.complaint else ""
            what = f"the token is not for this mailbox, or IMAP is switched off there{why}"
            self._judge(error.args, f"does not let {user!r} in by token: {what}", Unauthorised)

    def _why_not(self, otherwise: str) -> str:
        is_bare = self._place.security == "plain"
        return 'without encryption; say security = "starttls", or "tls"' if is_bare else otherwise

    def _search(self, criteria: str) -> list[int]:
        with self._mishaps():
            answer, found = self._server.uid("SEARCH", criteria)
            if answer != "OK":
                self._judge(found, "cannot search")
            words = b" ".join(part for part in found if isinstance(part, bytes)).split()
            return sorted({int(word) for word in words if re.fullmatch(rb"\d{1,10}", word)})

    def _fetch(self, uids: Sequence[int], what: str) -> list[tuple[int, bytes, datetime | None]]:
        with self._mishaps():
            answer, parts = self._server.uid("FETCH", ",".join(map(str, uids)), what)
            if answer != "OK":
                self._judge(parts, "cannot hand out mails")
            return list(_literals(parts))

    def _folders(self) -> str:
        answer, found = self._server.list()
        names = [name for entry in found if answer == "OK" and (name := _folder(entry))]
        return f"there are: {', '.join(names[:_MOST_FOLDERS])}" if names else "check its name"

    def _judge(self, said: Sequence[object], otherwise: str, kind: type[Refused] = Refused) -> None:
        """Who must act upon a command that was refused with these words."""
        words = clean(" ".join(part.decode("utf-8", "replace") for part in said if isinstance(part, bytes)), 200)
        words = words or clean(" ".join(part for part in said if isinstance(part, str)), 200)
        if _CROWDED.search(words):
            raise RateLimited(f"{self._place}: {words}")
        if _PASSING.search(words):
            raise Unavailable(f"{self._place}: {words}")
        raise kind(f"{self._place}: {otherwise} (it says: {words or 'nothing'})")

    @contextmanager
    def _mishaps(self) -> Iterator[None]:
        try:
            yield
        except ssl.SSLCertVerificationError as error:
            hint = "if it is your own server, give its certificate as ca"
            raise Refused(f"{self._place}: its certificate is not trusted: {error.verify_message}; {hint}") from error
        except ssl.SSLError as error:
            if "WRONG_VERSION" in str(error) or "RECORD_LAYER" in str(error):
                raise Refused(f'{self._place}: does not speak TLS there; try security = "starttls"') from error
            raise Unavailable(f"{self._place}: TLS failed: {error.reason or error}") from error
        except OSError as error:
            raise Unavailable(f"{self._place}: cannot be reached ({error.strerror or error})") from error
        except imaplib.IMAP4.abort as error:
            raise Unavailable(f"{self._place}: the connection broke: {clean(str(error), 200)}") from error
        except imaplib.IMAP4.error as error:
            raise Unavailable(f"{self._place}: {clean(str(error), 200)}") from error
        except (ValueError, TypeError, LookupError) as error:  # imaplib's own, at answers that are none
            raise Malformed(f"{self._place}: not as IMAP has it: {error!r:.200}") from error


def _literals(parts: Sequence[object]) -> Iterator[tuple[int, bytes, datetime | None]]:
    """UID, literal and date of each answer to a FETCH. Some servers name the UID behind the literal."""
    for part, behind in zip(parts, [*parts[1:], None], strict=True):
        if not isinstance(part, tuple):
            continue
        told = part[0] + b" " + (behind if isinstance(behind, bytes) else b"")
        if uid := _UID.search(told):
            received = _RECEIVED.search(told)
            yield int(uid[1]), part[1], when(received[1].decode("ascii", "replace")) if received else None


def _folder(entry: object) -> str | None:
    """The name in an answer to LIST, where it may be a literal."""
    if isinstance(entry, tuple):
        return decoded(entry[1])
    found = _FOLDER.match(entry) if isinstance(entry, bytes) else None
    if found is None:
        return None
    name = re.sub(rb"\\(.)", rb"\1", found[1][1:-1]) if found[1].startswith(b'"') else found[1]
    return clean(decoded(name), 100)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
