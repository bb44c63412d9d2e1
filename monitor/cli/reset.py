"""`oido model reset`: what was learned from people goes, and the model as it ships holds again."""

from typing import TYPE_CHECKING, Annotated

import typer

from ..types import Subject
from . import safe
from .captions import caption
from .card import check
from .screen import basics, note, screen

if TYPE_CHECKING:
    from ..config import Config
    from ..store.sqlite import SqliteStore
    from ..views import Labelled


def reset(
    ctx: typer.Context,
    brand: Annotated[str | None, typer.Option(metavar="NAME", help="What one brand's labels taught.")] = None,
    what: Annotated[
        Subject, typer.Option(metavar="KIND", help="What was learned of sentiment, of relevance, or all.")
    ] = "all",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Learn no more from the labels there are: the model judges as it was shipped.

    The labels stay on their mentions, as what people said of them; they teach and count no more. New ones teach again.
    Verdicts on sentiment that were given stay as they are; which mentions are hidden is decided anew.
    """
    from ..config import find, load
    from ..store.sqlite import SqliteStore

    found = basics(ctx)
    here = screen(found)
    config = load(find(ctx.obj), resolve=False)
    check(config, brand)
    with SqliteStore.open(found.database, create=False) as store:
        count = sum(_teaches(one, what) for one in store.labelled(brand))
        if not count:
            note(caption(here.language, "reset.nothing"))
            return
        if not yes:
            whose = safe.line(brand) if brand else caption(here.language, "reset.every")
            subject = caption(here.language, f"reset.what.{what}")
            question = caption(here.language, "reset.ask", what=subject, count=here.number(count), brand=whose)
            typer.confirm(question, abort=True, err=True)
        forgotten = store.forget_labels(brand, what)
        typer.echo(caption(here.language, "reset.done", here.number(forgotten)))
        changed = _judge_again(store, config, brand) if what != "sentiment" else 0
    if changed:
        typer.echo(caption(here.language, "reset.sides", here.number(changed)))


def _teaches(one: "Labelled", what: Subject) -> bool:
    return (what != "sentiment" and one.relevant is not None) or (what != "relevance" and one.sentiment is not None)


def _judge_again(store: "SqliteStore", config: "Config", brand: str | None) -> int:
    """Decide anew which mentions are hidden; how many changed sides."""
    from models.relevance import Relevance

    from ..teach import teach

    return teach(store, config.brands, Relevance.load(), config.models.relevant, only={brand} if brand else None)
