"""An IMAP server on loopback, in threads of its own: as much of RFC 3501 as it takes to read mails, and no more."""

import re
import socketserver
import threading
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

_NUMBERS = count(1)


@dataclass(kw_only=True)
class Box:
    """One user's mails: by UID, what each says and when it came. `odd` are answers that stand for the usual ones, by
    the beginning of the command, with TAG for its tag; "HANG UP" is none."""

    mails: dict[int, bytes] = field(default_factory=dict)
    received: dict[int, str] = field(default_factory=dict)
    validity: int | None = 17
    folder: str = "INBOX"
    password: str = "a long pass phrase"
    token: str = "a t0ken"
    objection: str = '{"status":"400","schemes":"Bearer","scope":"https://mail.example/"}'
    """What is told who shows another token, before the refusal; "" for nothing."""
    capabilities: str = "IMAP4rev1"
    odd: Mapping[str, str] = field(default_factory=dict)
    user: str = field(default_factory=lambda: f"ana{next(_NUMBERS)}@example.org")
    asked: list[str] = field(default_factory=list)
    """Commands, without their tags and without passwords."""

    def put(self, uid: int, raw: bytes, received: str = "02-Nov-2026 08:00:00 +0000") -> None:
        self.mails[uid], self.received[uid] = raw, received


class _Talk(socketserver.StreamRequestHandler):
    timeout = 10
    disable_nagle_algorithm = True
    server: "FakeImap"

    def handle(self) -> None:
        self.box = Box()
        try:
            self._say(f"* OK [CAPABILITY {self.server.capabilities}] ready")
            while line := self.rfile.readline():
                tag, _, command = line.decode("utf-8", "replace").rstrip("\r\n").partition(" ")
                if not self._answered(tag, command):
                    return
        except OSError:
            return

    def _answered(self, tag: str, command: str) -> bool:
        name = command.removeprefix("UID ").split(" ")[0].upper()
        if name == "LOGIN":
            user, password = (part.replace('\\"', '"') for part in re.findall(r'"((?:[^"\\]|\\.)*)"', command))
            return self._login(tag, command.partition(" ")[0], user, password)
        if name == "AUTHENTICATE":
            self._say("+ ")
            said = b64decode(self.rfile.readline()).decode()
            if not command.endswith("PLAIN"):
                return self._show(tag, command, said)
            _, user, password = said.split("\0")
            return self._login(tag, command, user, password)
        self.box.asked.append(command)
        return self._odd(tag, command) or self._usual(tag, name, command)

    def _odd(self, tag: str, command: str) -> bool | None:
        odd = next((answer for start, answer in self.box.odd.items() if command.startswith(start)), None)
        if odd is None:
            return None
        if odd == "HANG UP":
            raise ConnectionAbortedError
        self._say(odd.replace("TAG", tag))
        return True

    def _login(self, tag: str, command: str, user: str, password: str) -> bool:
        self.box = self.server.boxes.get(user, Box())
        self.box.asked.append(command)
        if odd := self._odd(tag, command):
            return odd
        right = password == self.box.password
        self._say(f"{tag} OK in" if right else f"{tag} NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)")
        return True

    def _show(self, tag: str, command: str, said: str) -> bool:
        """A token is shown: RFC 7628, and XOAUTH2 before it."""
        user = (re.findall(r"^user=([^\x01]+)\x01", said) or re.findall(r"^n,a=([^,]+),\x01", said))[0]
        self.box = self.server.boxes.get(user, Box())
        self.box.asked += [command, re.sub(r"(?<=Bearer )[^\x01]+", "…", said)]
        if odd := self._odd(tag, command):
            return odd
        if said.endswith(f"\x01auth=Bearer {self.box.token}\x01\x01"):
            self._say(f"{tag} OK in")
            return True
        if self.box.objection:
            self._say(f"+ {b64encode(self.box.objection.encode()).decode()}")
            self.box.asked.append(self.rfile.readline().decode())
        self._say(f"{tag} NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)")
        return True

    def _usual(self, tag: str, name: str, command: str) -> bool:
        lines = getattr(self, f"_{name.lower()}", lambda command: iter(()))(command)
        body = b"".join(line if isinstance(line, bytes) else f"{line}\r\n".encode() for line in lines)
        is_wrong = name == "EXAMINE" and command != f'EXAMINE "{self.box.folder}"'
        self.wfile.write(body + f"{tag} {'NO no such folder' if is_wrong else 'OK done'}\r\n".encode())
        return name != "LOGOUT"

    def _capability(self, command: str) -> Iterator[str]:
        yield f"* CAPABILITY {self.server.capabilities}"

    def _logout(self, command: str) -> Iterator[str]:
        yield "* BYE"

    def _list(self, command: str) -> Iterator[str]:
        yield '* LIST (\\HasNoChildren) "/" "INBOX"'
        yield '* LIST (\\HasNoChildren) "/" "Men&APo-"'

    def _examine(self, command: str) -> Iterator[str]:
        yield f"* {len(self.box.mails)} EXISTS"
        if self.box.validity is not None:
            yield f"* OK [UIDVALIDITY {self.box.validity}] valid"

    def _search(self, command: str) -> Iterator[str]:
        uids = sorted(self.box.mails)
        if above := re.search(r"UID (\d+):\*", command.removeprefix("UID ")):
            # The last mail is found, whatever its UID.
            uids = [uid for uid in uids if uid >= int(above[1])] or uids[-1:]
        if since := re.search(r"SINCE (\S+)", command):
            day = datetime.strptime(since[1], "%d-%b-%Y").date()  # noqa: DTZ007 - a day
            uids = [uid for uid in uids if _came(self.box.received[uid]) >= day]
        yield " ".join(["* SEARCH", *map(str, uids)])

    def _fetch(self, command: str) -> Iterator[bytes]:
        _, _, uids, what = command.split(" ", 3)
        for uid in (int(each) for each in uids.split(",") if int(each) in self.box.mails):
            raw = self.box.mails[uid]
            if "HEADER.FIELDS" in what:
                head = re.split(rb"\r?\n\r?\n", raw)[0] + b"\r\n"
                found = re.search(rb"^from:.*(?:\r?\n[ \t].*)*", head, re.IGNORECASE | re.MULTILINE)
                yield _literal(uid, f"UID {uid} BODY[HEADER.FIELDS (FROM)]", (found[0] if found else b"") + b"\r\n")
            else:
                _, most = map(int, re.findall(r"<(\d+)\.(\d+)>", what)[0])
                yield _literal(uid, f'INTERNALDATE "{self.box.received[uid]}" UID {uid} BODY[]<0>', raw[:most])

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


def _literal(uid: int, told: str, raw: bytes) -> bytes:
    return f"* {uid} FETCH ({told} {{{len(raw)}}}\r\n".encode() + raw + b")\r\n"


def _came(received: str):
    return datetime.strptime(received, "%d-%b-%Y %H:%M:%S %z").date()


class FakeImap(socketserver.ThreadingTCPServer):
    """Everybody's mailbox. The thread that serves it ends with the tests."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, capabilities: str = "IMAP4rev1") -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.boxes: dict[str, Box] = {}
        self.capabilities = capabilities
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        return self.server_address[1]

    def add(self, box: Box) -> Box:
        self.boxes[box.user] = box
        return box

    def handle_error(self, request, client_address) -> None:
        raise
