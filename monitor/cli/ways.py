"""Ways out as a person names them: an Apprise URL, a webhook, or this screen."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from textwrap import shorten
from urllib.parse import urlsplit

from ..alerting import apprise
from ..clock import SystemClock
from ..config import Config, NotifierConfig
from ..config.secrets import is_reference, redact, resolve
from ..config.write import Value
from ..errors import Undelivered
from . import safe
from .prompts import say
from .screen import note

CONSOLE = "console"
LONGEST = 200
"""Characters of an error that are read while setting up."""


def way(said: str, config: Path) -> NotifierConfig:
    """What `said` means; it may also tell where the address is kept: "env:NAME", "file:PATH". `ValueError` says why it
    cannot be used."""
    if said.lower() == CONSOLE:
        return NotifierConfig(name=CONSOLE, kind="console")
    url = resolve(said, config) if is_reference(said) else said
    scheme = urlsplit(url).scheme.lower()
    if scheme in ("http", "https"):
        return NotifierConfig(name="webhook", kind="webhook", url=said)
    if wrong := apprise.check(url):
        raise ValueError(wrong)
    return NotifierConfig(name=scheme, kind="apprise", url=said)


def options(way: NotifierConfig) -> dict[str, Value]:
    """The keys of its table."""
    return {"name": way.name, "kind": way.kind, **({"url": way.url} if way.url else {})}


async def greet(config: Config, ways: Sequence[NotifierConfig]) -> list[NotifierConfig]:
    """Say hello by every way; those that are closed. That one is, is told, and does not stop anything."""
    # Imported here: only now is the whole house needed.
    from ..house import notifier, webhook_session

    closed: list[NotifierConfig] = []
    urls = [resolve(each.url, config.path) for each in ways]
    known = replace(config, notifiers=tuple(replace(each, url=url) for each, url in zip(ways, urls, strict=True)))
    async with webhook_session(known) as session:
        for each, opened in zip(ways, known.notifiers, strict=True):
            try:
                await notifier(opened, known, session, SystemClock()).send_test()
                note(say(config.language, "init.hello", each.name))
            except Undelivered as error:
                # A service's own words can be a whole traceback, with the address in it.
                told = shorten(redact(str(error), urls), LONGEST, placeholder=" …")
                note(safe.line(say(config.language, "init.mute", name=each.name, error=told)))
                closed.append(each)
    return closed
