"""`oido init`: from nothing to a configuration that works, in a minute. Nothing is written before all is known."""

import asyncio
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated, TypeVar
from urllib.parse import quote_plus

import typer

from connectors.errors import ConnectorError

from ..config import Config, NotifierConfig, check, load
from ..config.basics import DATABASE, LANGUAGES, Language, guess_language, machine_zone
from ..config.fresh import Wishes, fresh
from ..config.fresh import query as asked
from ..config.places import NAME, beside
from ..config.write import Value, apart, keep, place
from ..errors import OidoError
from ..query import QueryError
from .brand import website
from .portrait import paint
from .prompts import say
from .screen import note
from .trial import call, found, numbered
from .ways import CONSOLE, greet, options, way

T = TypeVar("T")
Options = dict[str, Value]

INSTANCE = "mastodon.social"
"""The largest Mastodon server: it sees most of what is tagged anywhere."""
MOST_FEEDS = 3


def init(
    ctx: typer.Context,
    brand: Annotated[str | None, typer.Option(metavar="NAME", help="The brand to watch.")] = None,
    site: Annotated[str | None, typer.Option(metavar="URL", help="Its website; its feeds are found.")] = None,
    handle: Annotated[
        list[str] | None, typer.Option(metavar="@NAME", help="An account of its own; may be repeated.")
    ] = None,
    language: Annotated[str | None, typer.Option(metavar="es|en", help="Of alerts, inbox and comments.")] = None,
    notify: Annotated[
        list[str] | None,
        typer.Option(metavar="URL", help="Where alerts go: an Apprise URL, a webhook, console; may be repeated."),
    ] = None,
    database: Annotated[str, typer.Option(metavar="FILE", help="Where mentions are kept.")] = DATABASE,
    yes: Annotated[bool, typer.Option("--yes", "-y", "--no-input", help="Ask nothing.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace the file that is there.")] = False,
) -> None:
    """Set up: brand, website, language, where alerts go. Finds the site's feeds, says hello, writes config.toml."""
    path: Path = ctx.obj or Path(NAME)
    path = path / NAME if path.is_dir() else path
    if path.exists() and not force:
        raise typer.BadParameter(f"{path} is there already; --force replaces it, --config PATH writes another")
    asks = not yes and sys.stdin.isatty()
    spoken = _language(language, asks=asks)
    ask = _Questions(spoken, asks=asks)
    name = ask("brand", brand, _name)
    home = ask("site", site, partial(website, language=spoken), default="")
    handles = ask("handle", " ".join(handle) if handle else None, str.split, default="")
    ways = ask("notify", " ".join(notify) if notify else None, lambda said: _ways(said, path), default=CONSOLE)
    wishes = Wishes(
        brand=name,
        site=home,
        handles=handles,
        language=spoken,
        timezone=machine_zone(),
        database=database,
        sources=_sources(name, home, spoken),
    )
    text, secrets = _written(wishes, ways)
    while closed := asyncio.run(greet(check(text, path), ways)):
        kept = [each for each in ways if each not in closed]
        others = ask("again", None, partial(_others, config=path, kept=kept), default="")
        if not others:
            break
        ways = [*kept, *others]
        text, secrets = _written(wishes, ways)
    for file, secret in secrets.items():
        keep(secret, beside(path, file))
    place(path, text.encode())
    note(say(spoken, "init.written", path))
    for each in closed:
        note(say(spoken, "init.mend", name=each.name, where=_where(each, path)))
    _portray(load(path, resolve=False))
    note(say(spoken, "init.next"))


def _portray(config: Config) -> None:
    """Build the brand's profile. That it cannot be built is told, and does not stop anything."""
    try:
        paint(config, config.brands[0])
    except OidoError as error:
        note(f"  ✗ {error}")


def _written(wishes: Wishes, ways: Sequence[NotifierConfig]) -> tuple[str, dict[str, str]]:
    """The configuration's text, and the secrets that go into files beside it."""
    tables = [apart(NotifierConfig, options(each), each.name) for each in ways]
    secrets = {file: secret for _, kept in tables for file, secret in kept.items()}
    return fresh(replace(wishes, notifiers=[shown for shown, _ in tables])), secrets


def _where(way: NotifierConfig, config: Path) -> str:
    """Where the address of a way out stands: in the configuration, or in a file beside it."""
    shown, secrets = apart(NotifierConfig, options(way), way.name)
    return next((str(beside(config, file)) for file in secrets), str(shown.get("url") or config))


class _Questions:
    """Asks for what no option gave, until the answer can be used."""

    def __init__(self, language: Language, *, asks: bool) -> None:
        self._language, self._asks = language, asks

    def __call__(self, option: str, given: str | None, read: Callable[[str], T], default: str | None = None) -> T:
        """`given`, or the answer, as `read` understands it. Where nobody can be asked, `default`, or a usage error."""
        if given is None and self._asks:
            return self._asked(say(self._language, f"ask.{option}"), read, default)
        said = default if given is None else given
        if said is None:
            raise typer.BadParameter("nobody can be asked here; give it", param_hint=f"'--{option}'")
        try:
            return read(said)
        except (ValueError, QueryError) as error:
            raise typer.BadParameter(str(error), param_hint=f"'--{option}'") from error

    def _asked(self, question: str, read: Callable[[str], T], default: str | None) -> T:
        while True:
            said = typer.prompt(question, default=default, show_default=bool(default))
            try:
                return read(said)
            except (ValueError, QueryError) as error:
                note(f"✗ {error}")


def _language(given: str | None, *, asks: bool) -> Language:
    said = given or guess_language()
    while True:
        if asks and not given:
            said = typer.prompt("Idioma · Language (es, en)", default=guess_language())
        for language in LANGUAGES:
            if said.strip().lower() == language:
                return language
        problem = f"{said!r} is not spoken here; es or en"
        if given or not asks:
            raise typer.BadParameter(problem, param_hint="'--language'")
        note(f"✗ {problem}")


def _name(said: str) -> str:
    """A brand's name, that can be looked for. `QueryError` says why it cannot."""
    asked(said.strip())
    return said.strip()


def _ways(said: str, config: Path) -> list[NotifierConfig]:
    """The ways out, each with a name of its own."""
    return _others(said.strip() or CONSOLE, config, kept=())


def _others(said: str, config: Path, kept: Sequence[NotifierConfig]) -> list[NotifierConfig]:
    """The ways out that `said` names, none called as those that are `kept` or as another."""
    ways: list[NotifierConfig] = []
    for each in said.split():
        meant = way(each, config)
        taken = [other.name for other in (*kept, *ways)]
        ways.append(replace(meant, name=numbered(meant.name, taken)))
    return ways


def _sources(brand: str, site: str, language: Language) -> list[Options]:
    """The site's own feeds, and where anybody can be heard without a key."""
    tag = "".join(filter(str.isalnum, brand.lower()))
    phrase = quote_plus(f'"{brand}"')
    news = f"https://www.bing.com/news/search?q={phrase}&format=rss&setlang={language}"
    return [
        *(_found(site, language) if site else ()),
        {"name": "news", "connector": "feed", "url": news},
        {"name": "bluesky", "connector": "bluesky"},
        *([{"name": "mastodon", "connector": "mastodon", "instance": INSTANCE, "hashtags": [tag]}] if tag else ()),
        {"name": "hackernews", "connector": "hackernews"},
    ]


def _found(site: str, language: Language) -> list[Options]:
    """The feeds of a site. That it cannot be read is told, and does not stop anything."""
    note(say(language, "init.looking", site))
    try:
        findings = [each for each in asyncio.run(found(site)) if each.kind == "feed"]
    except ConnectorError as error:
        note(say(language, "init.unread", site=site, error=str(error).removeprefix(f"{site}: ")))
        return []
    tables: list[Options] = []
    for each in findings[:MOST_FEEDS]:
        name, url = call(each, site, [str(table["name"]) for table in tables]), str(each.options["url"])
        note(say(language, "init.found", name=name, url=url))
        tables.append({"name": name, "connector": "feed", "url": url})
    return tables
