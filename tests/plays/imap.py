"""A mailbox on loopback, written as JSON so that its mails can be read and broken line by line: its UIDVALIDITY, and
for each mail its UID, when it came, and its lines."""

import json

from connectors.mail.imap import Imap
from tests.fakes_http import FakeHttp
from tests.fakes_imap import Box, FakeImap
from tests.plays import Play

SERVER = FakeImap()


def play(answer: bytes) -> Play:
    box = SERVER.add(_box(answer))
    connector = Imap(
        host="127.0.0.1",
        port=SERVER.port,
        security="plain",
        user=box.user,
        password=box.password,
        senders=("*",),
    )
    return connector, FakeHttp({})


def _box(answer: bytes) -> Box:
    """Where `answer` is not such a document, its bytes are the one mail there is."""
    try:
        told = json.loads(answer)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict) or not isinstance(told.get("mails"), list):
        box = Box()
        box.put(1, answer)
        return box
    validity = told.get("validity")
    box = Box(validity=validity if type(validity) is int else None)
    for mail in told["mails"]:
        if isinstance(mail, dict) and type(mail.get("uid")) is int and 0 < mail["uid"] < 2**32:
            lines = mail.get("lines") if isinstance(mail.get("lines"), list) else []
            raw = "\r\n".join(str(line) for line in lines).encode("utf-8", "replace")
            box.put(mail["uid"], raw, _date(mail.get("received")))
    return box


def _date(received: object) -> str:
    """What is no date a server would not say."""
    is_date = isinstance(received, str) and len(received) == 26 and received[3:6] == "Nov"
    return received if is_date else "02-Nov-2026 08:00:00 +0000"
