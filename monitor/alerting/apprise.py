"""The way out to Slack, Telegram, Discord, Teams, Matrix, ntfy, e-mail and a hundred more: https://appriseit.com

Apprise is slow to import and blocks, so it is imported by the first message, and works in a thread.
"""

import asyncio
import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import tzinfo
from difflib import get_close_matches
from typing import Any
from urllib.parse import unquote, urlsplit

from connectors.text import clean

from ..clock import Clock
from ..errors import Undeliverable, Undelivered
from ..notice import Notice
from ..types import Ticket
from ..words import Words
from . import notices
from .texts import Message, hello, message

_SERVICES = "see https://appriseit.com/services/"
_SHORTEST = 3
"""Pieces of a URL shorter than this are too common in any sentence to be hidden."""


class Apprise:
    """Sends alerts to one Apprise URL. The URL holds its keys, so it is never shown."""

    def __init__(self, *, name: str, url: str, words: Words, zone: tzinfo, clock: Clock) -> None:
        self.name = name
        self._url, self._words, self._zone, self._clock = url, words, zone, clock
        self._opened: Any = None
        # Its own: a service that hangs keeps its thread, and must not take one that others need.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"apprise {name}")

    async def send(self, ticket: Ticket) -> None:
        await self._in_thread(message(ticket, self._words, self._clock.now(), self._zone))

    async def tell(self, notice: Notice) -> None:
        await self._in_thread(notices.message(notice, self._words, self._clock.now(), self._zone))

    async def send_test(self) -> None:
        await self._in_thread(hello(self._words))

    async def _in_thread(self, message: Message) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, self._notify, message)

    def _notify(self, message: Message) -> None:
        # Kept open from one message to the next: some services log in, and all count their rate.
        self._opened = self._opened or _open(self._url)
        result = self._opened.notify(
            title=message.title, body=message.body, body_format="text", log_level=logging.DEBUG
        )
        try:
            if not result:
                raise Undelivered(_redact(_reason(entry for each in result for entry in each.logs()), self._url))
        finally:
            result.close()


def check(url: str) -> str | None:
    """What is wrong with an Apprise URL, and what to do; `None` when nothing is. Imports Apprise, sends nothing."""
    try:
        _open(url)
    except Undeliverable as error:
        return str(error)
    return None


def _open(url: str) -> Any:
    """Apprise with this one URL; `Undeliverable` when it cannot use it."""
    _hush()
    import apprise

    opened = apprise.Apprise(asset=apprise.AppriseAsset(app_id="Oido", app_desc="Oído"))
    if not opened.add(url):
        raise Undeliverable(_unusable(url, _services(opened)))
    return opened


def _hush() -> None:
    """Keep Apprise out of the log: at DEBUG it tells keys and posts, above it what we say ourselves."""
    log = logging.getLogger("apprise")
    log.propagate = False
    log.setLevel(logging.DEBUG)
    if not log.handlers:
        log.addHandler(logging.NullHandler())


def _services(opened: Any) -> Mapping[str, Mapping[str, Any]]:
    """What Apprise says of each service, by the schemes that its URLs begin with; of those it cannot use here too."""
    return {
        scheme: service
        for service in opened.details(show_requirements=True, show_disabled=True)["schemas"]
        for scheme in (*(service["protocols"] or ()), *(service["secure_protocols"] or ()))
    }


def _unusable(url: str, services: Mapping[str, Mapping[str, Any]]) -> str:
    """Why Apprise cannot use a URL, without the URL."""
    scheme, colon, _ = url.partition("://")
    if not colon or not re.fullmatch(r"[a-zA-Z][a-zA-Z0-9+.-]{0,30}", scheme):
        return f"not an Apprise URL: it begins with a service, such as tgram://, slack:// or mailtos://; {_SERVICES}"
    scheme = scheme.lower()
    if scheme in ("http", "https"):
        return f'no service that Apprise knows: for an address of your own use kind = "webhook"; {_SERVICES}'
    if service := services.get(scheme):
        if service["enabled"]:
            return f"{scheme}:// is incomplete or wrong: compare it with the service's page; {_SERVICES}"
        missing = " ".join(f'"{package}"' for package in service["requirements"]["packages_required"])
        return f"{scheme}:// cannot be used on this machine" + (f"; pip install {missing}" if missing else "")
    close = get_close_matches(scheme, services, n=1)
    meant = f"did you mean {close[0]}://? " if close else ""
    return f"no service is called {scheme}://; {meant}{_SERVICES}"


def _reason(entries: Iterable[Any]) -> str:
    """What Apprise logged of a failure: its warnings, and the exceptions that it only tells at DEBUG."""
    said = [
        entry.message
        for entry in entries
        if entry.level in ("WARNING", "ERROR", "CRITICAL") or "Exception:" in entry.message
    ]
    return clean("; ".join(dict.fromkeys(said)), 500) or "the service did not take it"


def _redact(text: str, url: str) -> str:
    """`text` without anything that stands in `url`, save its scheme and host name: each may be a key."""
    for secret in sorted(set(_pieces(url)), key=len, reverse=True):
        text = text.replace(secret, "…")
    return text


def _pieces(url: str) -> Iterator[str]:
    parts = urlsplit(url)
    account, _, place = parts.netloc.rpartition("@")
    host, _, port = place.partition(":")
    held = [*re.split(r"[:@]", account), *re.split(r"[/,@]", parts.path), parts.fragment]
    held += [value for pair in parts.query.split("&") for value in re.split(r"[/,@]", pair.partition("=")[2])]
    # Slack's and Telegram's keys stand where others have their host and port.
    held += [part for part in (host, port) if not part.isdigit() and "." not in part and part != "localhost"]
    for piece in held:
        yield from (form for form in (piece, unquote(piece)) if len(form) >= _SHORTEST)
