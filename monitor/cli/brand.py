"""`oido brand`: what is watched, what its own pages tell of it, and what its query had better say."""

from collections.abc import Callable, Mapping
from pathlib import Path
from shlex import quote
from typing import Annotated
from urllib.parse import urlsplit

import typer

from ..config import Config, check, find, load
from ..config.basics import Language
from ..config.change import changed
from ..config.fresh import query as asked
from ..config.toml import read
from ..config.write import Value, added, edit, table
from ..errors import OidoError, StoreError
from ..query import parse
from ..types import Brand
from . import formats
from .prompts import say
from .render import FAINT, console, listing, text
from .screen import is_terminal, note

BRAND = ("name", "query", "handles", "site", "competitor")

brand = typer.Typer(no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="A brand of config.toml.")]


@brand.callback()
def _brand() -> None:
    """The brands that are watched."""


@brand.command()
def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is called.")],
    site: Annotated[
        str | None, typer.Option(metavar="URL", help="Its website: what it says of itself tells it from namesakes.")
    ] = None,
    wiki: Annotated[
        list[str] | None,
        typer.Option(metavar="TITLE", help="Its page in Wikipedia, 'es:Mango (empresa)'; may be repeated."),
    ] = None,
    query: Annotated[
        str | None, typer.Option(metavar="QUERY", help="What it is found by; else its name or its site.")
    ] = None,
    handle: Annotated[
        list[str] | None, typer.Option(metavar="@NAME", help="An account of its own; may be repeated.")
    ] = None,
    competitor: Annotated[bool, typer.Option("--competitor", help="Count it, and never alert.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be written and read; keep nothing.")
    ] = False,
) -> None:
    """Watch one more brand: adds it to config.toml, and builds its profile from its own pages.

    Everything else in the file stays as it is. That a page cannot be read stops nothing.
    """
    path = find(ctx.obj)
    config = load(path, resolve=False)
    if there := _named(config, name):
        raise OidoError(
            f"{path} has a brand {there.name!r} already; its profile: oido brand profile {quote(there.name)}"
        )
    home = _website(site, config.language)
    values: dict[str, Value] = {"name": name.strip(), "query": str(parse(query)) if query else asked(name, home)}
    more: Mapping[str, Value] = {"site": home, "handles": handle or (), "wiki": wiki or (), "competitor": competitor}
    addition = table("brand", {**values, **{key: value for key, value in more.items() if value}})
    change = _adding(addition)
    if dry_run:
        typer.echo(addition, nl=False)
        config = check(change(read(path)), path)
    else:
        edit(path, change)
        config = load(path, resolve=False)
        typer.echo(say(config.language, "brand.added", name=name.strip(), path=path))
    new = named(config, name)
    for doubt in new.query.doubts:
        note(say(config.language, "query.doubt", doubt))
    _paint(config, new, keep=not dry_run)


@brand.command(name="list")
def list_(
    ctx: typer.Context,
    json: Annotated[bool, typer.Option("--json", help="One array of objects.")] = False,
) -> None:
    """The brands, and the queries they are found by.

    In a pipe: one line each, tab-separated: name, query, handles (spaces between), site, competitor (yes or no).
    """
    config = load(find(ctx.obj), resolve=False)
    rows = [_row(each) for each in config.brands]
    if json:
        formats.write_json(
            {**row, "handles": each.handles, "wiki": each.wiki} for row, each in zip(rows, config.brands, strict=True)
        )
    elif is_terminal():
        _table(config)
    else:
        formats.write_tsv(rows, BRAND)


@brand.command()
def profile(
    ctx: typer.Context,
    name: Name,
    refresh: Annotated[bool, typer.Option("--refresh", help="Read its pages again, and build it anew.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One object.")] = False,
) -> None:
    """What tells a brand from others of its name, as its own pages say it.

    Exit code 1 when there is no profile, or it could not be renewed.
    """
    config = load(find(ctx.obj), resolve=False)
    of = named(config, name)
    if refresh and not _renewed(config, of):
        raise typer.Exit(1)
    _show(config, of, json=json)


@brand.command()
def suggest(
    ctx: typer.Context,
    name: Name,
    limit: Annotated[int, typer.Option("--limit", "-L", metavar="N", min=1, help="At most so many of each kind.")] = 10,
    json: Annotated[bool, typer.Option("--json", help="One object.")] = False,
    write: Annotated[bool, typer.Option("--write", help="Put the query into config.toml, after asking.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Words that the query had better leave out, or look for as well, and what each would have changed so far.

    Rests on what people said (oido label) and, where nobody said anything, on the model. In a pipe: one line each,
    tab-separated: term (-word leaves it out), mentions that hold it, of these marked irrelevant and relevant by people,
    hidden and shown by the model; posts that it would add; the numbers of those marked relevant. Exit code 1 when
    there is nothing to propose.
    """
    # Imported here: this alone reads the whole history.
    from .advice import advise, show

    path = find(ctx.obj)
    config = load(path, resolve=False)
    of = named(config, name)
    advice = advise(config, of, limit)
    show(config, advice, as_json=json)
    if not advice.proposals:
        raise typer.Exit(1)
    if not write or str(advice.query) == str(of.query):
        return
    if not yes:
        typer.confirm(say(config.language, "suggest.write", path=path), abort=True, err=True)
    _write(path, config.brands.index(of) + 1, str(advice.query))
    note(say(config.language, "suggest.written", name=of.name, path=path))


def named(config: Config, name: str) -> Brand:
    """The brand of that name, capitals aside; `OidoError`, with those there are, when it is not among them."""
    if found := _named(config, name):
        return found
    raise OidoError(f"there is no brand {name!r}; there are: {', '.join(each.name for each in config.brands)}")


def _named(config: Config, name: str) -> Brand | None:
    wanted = name.strip().casefold()
    return next((each for each in config.brands if each.name.casefold() == wanted), None)


def website(said: str, language: Language) -> str:
    """A website's address, with its scheme; "" for none. `ValueError` when it is none."""
    said = said.strip()
    if not said:
        return ""
    url = said if "://" in said else f"https://{said}"
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    # A name without a dot is a slip, unless a scheme says that it is meant.
    is_named = "://" in said or "." in host
    if not host or parts.scheme not in ("http", "https") or " " in url or not is_named:
        raise ValueError(say(language, "wrong.site", said))
    return url


def _website(said: str | None, language: Language) -> str:
    try:
        return website(said or "", language)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="'--site'") from error


def _adding(addition: str) -> Callable[[str], str]:
    return lambda before: added(before, "brand", addition)


def _write(path: Path, number: int, query: str) -> None:
    try:
        edit(path, lambda before: changed(before, "brand", number, "query", query))
    except LookupError as error:
        raise OidoError(f"{path}: {error}; write it with an editor: query = {query!r}") from error


def _paint(config: Config, of: Brand, *, keep: bool) -> None:
    """Build the profile of a brand that was just added."""
    # Imported here: what only lists the brands connects to nothing.
    from .portrait import paint

    if not (of.site or of.wiki):
        note(_nothing_to_read(config, of))
        return
    try:
        made = paint(config, of, keep=keep)
    except StoreError as error:
        note(f"  ✗ {error}")
        made = None
    if not made and keep:
        note(say(config.language, "profile.again", quote(of.name)))


def _renewed(config: Config, of: Brand) -> bool:
    """Whether its profile could be built anew."""
    # Imported here: what only lists the brands connects to nothing.
    from .portrait import paint

    if not (of.site or of.wiki):
        raise OidoError(_nothing_to_read(config, of))
    return paint(config, of) is not None


def _show(config: Config, of: Brand, *, json: bool) -> None:
    """The profile that is kept; exit code 1 when none is."""
    from .portrait import sketch

    made = sketch(config, of)
    if json:
        typer.echo(formats.document(made.row() if made else {"name": of.name, "built_at": None}))
    elif made:
        for line in made.lines(config):
            typer.echo(line)
    if not made:
        note(say(config.language, "profile.none", of.name, quote(of.name)))
        raise typer.Exit(1)


def _nothing_to_read(config: Config, of: Brand) -> str:
    return say(config.language, "profile.nowhere", of.name)


def _row(each: Brand) -> formats.Row:
    return {
        "name": each.name,
        "query": str(each.query),
        "handles": " ".join(each.handles),
        "site": each.site,
        "competitor": each.competitor,
    }


def _table(config: Config) -> None:
    headings = [say(config.language, f"heading.{name}") for name in ("query", "handles", "site")]
    listing(
        console(),
        ["", *headings, ""],
        [
            [
                text(each.name, "bold"),
                text(str(each.query)),
                text(" ".join(each.handles)),
                text(each.site),
                text(say(config.language, "competitor") if each.competitor else " ", FAINT),
            ]
            for each in config.brands
        ],
    )
