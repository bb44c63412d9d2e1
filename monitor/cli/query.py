"""`oido query` and `oido brand`: what a brand is called by, and whether a text names it."""

from typing import Annotated

import typer

from connectors.post import Post

from ..config import Config, find, load, load_basics
from ..config.basics import guess_language
from ..errors import Misconfigured
from ..match import Matcher
from ..query import parse
from ..types import Brand
from . import formats
from .prompts import say
from .render import FAINT, console, listing, text
from .screen import is_terminal

BRAND = ("name", "query", "handles", "site", "competitor")

query = typer.Typer(no_args_is_help=True)
brand = typer.Typer(no_args_is_help=True)


@query.callback()
def _query() -> None:
    """Try a brand's query on a text."""


@query.command()
def check(
    ctx: typer.Context,
    words: Annotated[str, typer.Argument(metavar="QUERY", help="The query, in single quotes.")],
    said: Annotated[str | None, typer.Option("--text", metavar="TEXT", help="Whether this would be a mention.")] = None,
) -> None:
    """Read a query, print how it is understood and what networks are asked for; or show where it is wrong.

    With --text the exit code is 1 when the text is no mention.
    """
    language = _language(ctx)
    understood = parse(words)
    typer.echo(str(understood))
    typer.echo(say(language, "query.asked", ", ".join(understood.terms)))
    for doubt in understood.doubts:
        typer.echo(say(language, "query.doubt", doubt))
    if said is not None:
        is_mention = bool(Matcher([Brand(name="?", query=understood)]).match([_post(said)])[0])
        typer.echo(say(language, "query.yes" if is_mention else "query.no"))
        raise typer.Exit(0 if is_mention else 1)


@brand.callback()
def _brand() -> None:
    """The brands that are watched."""


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
        formats.write_json({**row, "handles": each.handles} for row, each in zip(rows, config.brands, strict=True))
    elif is_terminal():
        _table(config)
    else:
        for line in formats.tsv(rows, BRAND):
            typer.echo(line)


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


def _language(ctx: typer.Context) -> str:
    """The configuration's, if there is one: a query can be tried before there is."""
    try:
        return load_basics(find(ctx.obj)).language
    except Misconfigured:
        return guess_language()


def _post(said: str) -> Post:
    return Post(network="", id="", url=None, text=said)
