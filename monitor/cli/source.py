"""`oido source`: what is listened to, one more, one less, and whether it answers."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from shlex import quote
from typing import Annotated

import typer
from rich.text import Text

from connectors.errors import ConnectorError, Refused
from connectors.pages.detect import Finding
from connectors.registry import CONNECTORS

from ..clock import SystemClock
from ..config import Config, find, load
from ..config.decode import decode
from ..config.durations import duration, written
from ..config.places import beside
from ..config.write import added, apart, edit, keep, table, without
from ..errors import Misconfigured, OidoError, StoreError
from ..types import Actor, Source
from ..views import Allowance, Standing
from ..words import words
from . import formats, rows, spent
from .board import LAMP
from .prompts import say
from .render import FAINT, console, listing, text
from .screen import is_terminal, note
from .trial import actor, call, found, show, tried

SOURCE = ("name", "connector", "every", "state", "last_success_at", "next_at", "found", "mentions", "error", "budgets")
DOWN = 4
"""The exit code that says: a source is down until a person acts."""

source = typer.Typer(no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="One array of objects.")]


@source.callback()
def _source() -> None:
    """The sources that are read."""


@source.command()
def add(
    ctx: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="A web page, a feed, a profile, a forum.")],
    name: Annotated[str | None, typer.Option(metavar="NAME", help="What to call it; else after its site.")] = None,
    every: Annotated[str | None, typer.Option(metavar="TIME", help="How often to read it: 10m, 6h.")] = None,
    comments: Annotated[
        bool, typer.Option("--comments", help="The comments too, where a site has a feed of them.")
    ] = False,
) -> None:
    """Find out what URL is, and add it to config.toml. Everything else in the file stays as it is."""
    often = {"every": _duration(every)} if every else {}
    path = find(ctx.obj)
    config = load(path, resolve=False)
    try:
        first, *others = asyncio.run(found(url, contact=config.contact, allow=config.network.allow))
    except ConnectorError as error:
        note(f"oido: {config.redact(str(error))}")
        note(say(config.language, "act.person" if isinstance(error, Refused) else "act.later"))
        note(say(config.language, "source.not_added"))
        raise typer.Exit(DOWN if isinstance(error, Refused) else 1) from error
    if there := _same(first, config.sources):
        raise OidoError(f"{path} has it already, as {there.name!r}; try it: oido source test {quote(there.name)}")
    called = name or call(first, url, [each.name for each in config.sources])
    wanted = {**first.options, **({"comments": True} if comments else {}), **often}
    shown, secrets = apart(CONNECTORS[first.kind], wanted, called)
    addition = table("source", {"name": called, "connector": first.kind, **shown})
    edit(path, lambda before: added(before, "source", addition))
    for file, secret in secrets.items():
        keep(secret, beside(path, file))
    typer.echo(say(config.language, "source.added", name=called, path=path))
    with suppress(Misconfigured):  # what it still lacks is told by whatever reads the configuration next
        for line in _spent(config, _budgets(named(load(path, resolve=False), called), None)):
            note(f"  {line}")
    note(say(config.language, "source.next", quote(called)))
    for other in others:
        note(say(config.language, "source.also", url=other.options.get("url", other.kind)))


@source.command(name="list")
def list_(ctx: typer.Context, json: Json = False) -> None:
    """The sources, and how each stands.

    In a pipe: one line each, tab-separated, without heading, times in UTC: name, connector, every, state (well,
    waiting, failing, down), last_success_at, next_at, found, mentions, error, budgets (name used/most, by commas).
    """
    config = load(find(ctx.obj), resolve=False)
    standings = _standings(config)
    listed = [_row(each, standings.get(each.name)) for each in config.sources]
    may_use = {each.name: _budgets(each, standings.get(each.name)) for each in config.sources}
    if json:
        told = {name: [rows.allowance(each) for each in budgets] for name, budgets in may_use.items()}
        formats.write_json({**row, "budgets": told[str(row["name"])]} for row in listed)
    elif is_terminal():
        _table(config, listed)
        for row in listed:
            for line in _spent(config, may_use[str(row["name"])], is_new=row["last_success_at"] is None):
                console().print(text(f"  {row['name']}: {line}", FAINT))
    else:
        for line in formats.tsv(listed, SOURCE):
            typer.echo(line)


@source.command(name="test")
def try_(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="A source of config.toml.")] = None,
    url: Annotated[str | None, typer.Option(metavar="URL", help="One that is not there yet.")] = None,
) -> None:
    """Read a source without storing anything: the first posts, or what is wrong and who must act.

    Exit code 4 when a person must act, 1 when the source fails for another reason.
    """
    if (name is None) == (url is None):
        raise typer.BadParameter("give the NAME of a source or --url URL, one of them")
    config = load(find(ctx.obj), resolve=url is None, only=name or "")
    try:
        known = named(config, name) if name else None
        posts = asyncio.run(tried(config, known or _made(config, str(url))))
    except ConnectorError as error:
        raise typer.Exit(_tell(config, error)) from error
    typer.echo(say(config.language, "source.posts" if posts else "source.silent"))
    show(config, posts, known.about if known else "")


@source.command()
def remove(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A source of config.toml.")],
) -> None:
    """Take a source out of config.toml, and print what it was. Its mentions stay."""
    path = find(ctx.obj)
    config = load(path, resolve=False)
    number = config.sources.index(named(config, name)) + 1
    taken: list[str] = []

    def change(before: str) -> str:
        after, out = without(before, "source", number)
        taken.append(out)
        return after

    try:
        edit(path, change)
    except LookupError as error:
        raise OidoError(f"{path}: {error}; take it out with an editor") from error
    note(say(config.language, "source.removed", name=name, path=path))
    typer.echo(taken[0].rstrip())


def named(config: Config, name: str) -> Source:
    """The source of that name; `OidoError`, with those there are, when it is not among them."""
    for each in config.sources:
        if each.name == name:
            return each
    there = ", ".join(each.name for each in config.sources) or "none yet"
    raise OidoError(f"there is no source {name!r}; there are: {there}")


def _same(found: Finding, sources: Sequence[Source]) -> Source | None:
    """The source that reads what was found already."""
    for each in sources:
        if each.connector.name == found.kind and all(
            _alike(getattr(each.connector, key, None), value) for key, value in found.options.items()
        ):
            return each
    return None


def _alike(set_: object, found: object) -> bool:
    return set_ == (tuple(found) if isinstance(found, list) else found)


def _made(config: Config, url: str) -> Source:
    """The source that `oido source add` would configure for this address."""
    first = asyncio.run(found(url, contact=config.contact, allow=config.network.allow))[0]
    connector = decode(CONNECTORS[first.kind], {**first.options}, "--url")
    return Source(name=first.kind, connector=connector, every=connector.every)


def _duration(said: str) -> timedelta:
    try:
        return duration(said)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="'--every'") from error


def _tell(config: Config, error: ConnectorError) -> int:
    """Say what is wrong and who must act; the exit code."""
    who = actor(error)
    note(f"oido: {config.redact(str(error))}")
    note(say(config.language, f"act.{who}"))
    return DOWN if who is Actor.PERSON else 1


def _standings(config: Config) -> Mapping[str, Standing]:
    """Where sources stand, if there is a database yet."""
    from ..store.reader import Reader

    try:
        with Reader.open(config.database) as reader:
            return {standing.name: standing for standing in reader.sources(SystemClock().now())}
    except StoreError:
        return {}


def _budgets(each: Source, standing: Standing | None) -> tuple[Allowance, ...]:
    """What the source may use up: as the store knows it, or as its connector declares it."""
    if standing and standing.budgets:
        return standing.budgets
    return tuple(
        Allowance(name=budget.name, used=0, most=budget.most, unit=budget.unit, window=budget.window)
        for budget in each.connector.budgets()
    )


def _spent(config: Config, budgets: Sequence[Allowance], *, is_new: bool = True) -> list[str]:
    """How much is used up; and of what costs money, before anything is read, what that may come to."""
    here = words(config.language)
    return [
        spent.price(each, here) if is_new and not each.used and spent.is_money(each) else spent.used(each, here)
        for each in budgets
    ]


def _row(each: Source, standing: Standing | None) -> formats.Row:
    stands = rows.source(standing) if standing else {"state": "waiting"}
    every = "stream" if each.connector.streams else written(each.every)
    configured = {"name": each.name, "connector": each.connector.name, "every": every}
    return {**dict.fromkeys(SOURCE), **{key: stands[key] for key in SOURCE if key in stands}, **configured}


def _table(config: Config, listed: Sequence[formats.Row]) -> None:
    if not listed:
        typer.echo(say(config.language, "source.none"))
        return
    headings = [say(config.language, f"heading.{name}") for name in ("name", "connector", "every", "error")]
    live, fails = say(config.language, "stream"), any(row["error"] for row in listed)
    listing(
        console(),
        ["", *headings[:3]],
        [
            [
                Text(*LAMP[str(row["state"])]),
                text(str(row["name"]), "bold"),
                text(str(row["connector"])),
                text(live if row["every"] == "stream" else str(row["every"])),
            ]
            for row in listed
        ],
        [text(str(row["error"]), FAINT) if row["error"] else Text() for row in listed] if fails else (),
        tail=headings[3] if fails else "",
    )
