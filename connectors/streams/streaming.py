"""The wire of Mastodon's streaming API, one WebSocket for all that is listened to:
https://docs.joinmastodon.org/methods/streaming/"""

from collections.abc import Sequence
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec

from ..base import Page
from ..log import fields, logger
from ..post import Post
from ..text import clean
from .seen import Known
from .status import Status, post

PATH = "/api/v1/streaming"
MENTIONS = '{"type":"subscribe","stream":"user:notification"}'
"""Asks to be told when the account itself is spoken to."""

log = logger(__name__)
T = TypeVar("T")


class Event(msgspec.Struct):
    """One message: an event, whose payload is JSON within the JSON (for `delete` a number alone), or a complaint."""

    event: str = ""
    payload: str | None = None
    error: str | None = None


class Notice(msgspec.Struct):
    """A notification: somebody did something that concerns the account."""

    id: str
    type: str
    status: Status | None = None

    @property
    def mention(self) -> Status | None:
        """What somebody said to the account; reactions carry what the account said itself."""
        return self.status if self.type == "mention" else None


class Urls(msgspec.Struct):
    streaming: str | None = None


class Configuration(msgspec.Struct):
    urls: Urls | None = None


class Instance(msgspec.Struct):
    configuration: Configuration | None = None

    @property
    def streaming(self) -> str:
        """Where it says that it streams; "" if it does not say."""
        return (self.configuration and self.configuration.urls and self.configuration.urls.streaming) or ""


def hashtag(tag: str) -> str:
    """Asks to be told of a hashtag."""
    return msgspec.json.encode({"type": "subscribe", "stream": "hashtag", "tag": tag}).decode()


def address(base: str, named: str = "", by: str = "") -> str:
    """Where the server at `base` streams, if the page at `by` named a host for it; else at its own.

    The token goes there. So a host is believed only if the server itself named it, not one to which it sent us on, and
    over https, where nobody between us can have named it; then it must be asked by wss. What was said in the clear (by
    a server on this machine) is believed about its own host alone, whatever the port.
    """
    scheme, host, place = _parts(base)
    other_scheme, other_host, other = _parts(named) if _parts(by)[:2] == (scheme, host) else ("", "", "")
    if scheme == "https":
        return f"wss://{other if other_scheme == 'wss' and other_host else place}{PATH}"
    if other_scheme in ("ws", "wss") and other_host == host:
        return f"{other_scheme}://{other}{PATH}"
    return f"ws://{place}{PATH}"


def page(messages: Sequence[bytes], base: str, known: Known, mark: str) -> Page:
    """What `messages` of the server at `base` say, and `mark` as it was: a stream knows none."""
    posts: list[Post] = []
    deleted: list[str] = []
    for told in filter(None, (_read(message, Event) for message in messages)):
        if told.error:
            log.warning("not listened to", extra=fields(where=base, error=clean(told.error[:200])))
        elif told.event == "delete" and (gone := known.id(told.payload or "")):
            deleted.append(gone)
        elif (status := brought(told)) and status.is_public:
            known.meet([status])
            posts.append(post(status, base))
    return Page(posts=tuple(posts), deleted=tuple(deleted), mark=mark)


def brought(told: Event) -> Status | None:
    """The status that an event brings, new or edited or said to the account, if it brings one."""
    body = (told.payload or "").encode("utf-8", "replace")
    if told.event in ("update", "status.update"):
        return _read(body, Status)
    notice = _read(body, Notice) if told.event == "notification" else None
    return notice.mention if notice else None


def _read(text: bytes, shape: type[T]) -> T | None:
    """`None` for what is not as promised: other software sends other things, and the next poll brings what we miss."""
    try:
        return msgspec.json.decode(text, type=shape, strict=False)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _parts(url: str) -> tuple[str, str, str]:
    """Scheme, host and host with port; "" for what is missing, or what is no address at all."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "", "", ""
    shown = f"[{host}]" if ":" in host else host
    return parts.scheme, host, shown + port
