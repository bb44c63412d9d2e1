"""`oido query`: how a query is understood, and whether a text would be a mention."""

from typing import Annotated

import typer

from connectors.post import Post

from ..config import find, load_basics
from ..config.basics import guess_language
from ..errors import Misconfigured
from ..match import Matcher
from ..query import parse
from ..types import Brand
from .prompts import say

query = typer.Typer(no_args_is_help=True)


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


def _language(ctx: typer.Context) -> str:
    """The configuration's, if there is one: a query can be tried before there is."""
    try:
        return load_basics(find(ctx.obj)).language
    except Misconfigured:
        return guess_language()


def _post(said: str) -> Post:
    return Post(network="", id="", url=None, text=said)
