"""Ways out as a person names them: an Apprise URL, a webhook, or this screen."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from ..alerting import apprise
from ..clock import SystemClock
from ..config import Config, NotifierConfig
from ..config.secrets import is_reference, resolve
from ..config.write import Value
from ..errors import Undelivered
from .prompts import say
from .screen import note

CONSOLE = "console"


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


async def greet(config: Config, ways: Sequence[NotifierConfig]) -> None:
    """Say hello by every way. That one is closed is told, and does not stop anything."""
    # Imported here: only now is the whole house needed.
    from ..house import notifier, webhook_session

    known = replace(config, notifiers=tuple(replace(each, url=resolve(each.url, config.path)) for each in ways))
    async with webhook_session(known) as session:
        for each in known.notifiers:
            try:
                await notifier(each, known, session, SystemClock()).send_test()
                note(say(config.language, "init.hello", each.name))
            except Undelivered as error:
                note(say(config.language, "init.mute", name=each.name, error=error, path=config.path))
