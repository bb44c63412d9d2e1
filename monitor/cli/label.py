"""`oido label`: what a person says of mentions, and what is learned from it at once."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from models.verdict import Sentiment

from ..errors import OidoError
from ..types import Record, State
from . import formats, rows, safe
from .inbox import BY, IDS, WAITING, named
from .screen import Screen, basics, me, note, screen

if TYPE_CHECKING:
    from ..config import Basics, Config
    from ..store.sqlite import SqliteStore

KINDS: Final[dict[str, Sentiment]] = {"neg": "negative", "neu": "neutral", "pos": "positive"}


def label(
    ctx: typer.Context,
    ids: Annotated[list[str], IDS],
    relevant: Annotated[bool, typer.Option("--relevant", help="It is about the brand.")] = False,
    irrelevant: Annotated[bool, typer.Option("--irrelevant", help="It is not: hide it, and close its alert.")] = False,
    sentiment: Annotated[
        Literal["neg", "neu", "pos", "negative", "neutral", "positive"] | None,
        typer.Option(metavar="KIND", help="What it says of the brand: neg, neu or pos."),
    ] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take back what was said; the model decides again.")] = False,
    by: Annotated[str | None, BY] = None,
    json: Annotated[bool, typer.Option("--json", help="One object.")] = False,
) -> None:
    """Say whether mentions are about the brand, and their sentiment. What you say stands above the model, which learns
    from it at once: other mentions of the brand may be hidden or shown again.

    With --json: mentions (rows as `oido mentions --json` writes them, with label) and changed, how many others changed
    sides.
    """
    _one_thing(relevant=relevant, irrelevant=irrelevant, says_sentiment=sentiment is not None, undo=undo)
    numbers = named(ids)
    found = basics(ctx)
    here = screen(found)
    # What keeps us from learning is better known before anything is stored.
    config = _whole(ctx) if relevant or irrelevant or undo else None
    with _store(found) as store:
        there = store.stored(numbers)
        known = [number for number in numbers if number in there]
        if undo:
            after = store.unlabel(known)
        else:
            kind = KINDS[sentiment[:3]] if sentiment else None
            after = store.label(known, by or me(), here.now, relevant=_said(relevant, irrelevant), sentiment=kind)
        if not json:
            _tell(here, store, known, after)
        for number in sorted(set(numbers) - there):
            note(f"oido: there is no mention {number}; `oido mentions` lists them")
        changed = _learn(here, store, config, {record.mention.brand for record in after}) if config else 0
    if json:
        shown = [{**rows.mention(one), "label": rows.label(one.label) if one.label else None} for one in after]
        typer.echo(formats.document({"mentions": shown, "changed": changed}))
    elif changed:
        typer.echo(here.say("label.learned", here.count("sides", changed)))
    if len(there) < len(numbers):
        raise typer.Exit(OidoError.exit_code)


def _one_thing(*, relevant: bool, irrelevant: bool, says_sentiment: bool, undo: bool) -> None:
    """A usage error unless something is said, and not its opposite too."""
    if relevant and irrelevant:
        raise typer.BadParameter("say either one", param_hint="'--relevant' or '--irrelevant'")
    if undo and (relevant or irrelevant or says_sentiment):
        raise typer.BadParameter("takes back what was said, and says nothing else", param_hint="'--undo'")
    if not (relevant or irrelevant or says_sentiment or undo):
        raise typer.BadParameter("say what it is", param_hint="'--relevant', '--irrelevant', '--sentiment' or '--undo'")


def _said(relevant: bool, irrelevant: bool) -> bool | None:
    return relevant if relevant or irrelevant else None


def _tell(here: Screen, store: "SqliteStore", known: Sequence[int], after: Sequence[Record]) -> None:
    """What each mention is now."""
    changed = {record.number: record for record in after}
    for number in known:
        told = _now(here, store, changed[number]) if number in changed else here.say("label.nothing")
        typer.echo(safe.line(f"#{number}: {told}"))


def _now(here: Screen, store: "SqliteStore", record: Record) -> str:
    """no trata de la marca, oculta, alerta cerrada"""
    said = record.label
    told = [] if said else [here.say("label.undone")]
    if said and said.relevant is not None:
        told.append(here.say("label.relevant" if said.relevant else "label.irrelevant"))
    if said and said.sentiment:
        told.append(here.words.sentiment[said.sentiment])
    if record.mention.hidden:
        told.append(here.say("show.hidden"))
    ticket = store.dossier(record.number).ticket
    if ticket and ticket.state is State.CLOSED and ticket.closed_at == here.now:
        told.append(here.say("label.shut"))
    elif ticket and ticket.state in WAITING and not record.mention.hidden:
        told.append(here.say("label.waits"))
    return ", ".join(told)


def _learn(here: Screen, store: "SqliteStore", config: "Config", brands: set[str]) -> int:
    """Have the brands' models learn; how many other mentions changed sides."""
    from models.relevance import Relevance

    from ..teach import teach

    for name in sorted(brands - {brand.name for brand in config.brands}):
        note(safe.line(here.say("label.gone", name)))
    return teach(store, config.brands, Relevance.load(), config.models.relevant, only=brands)


def _whole(ctx: typer.Context) -> "Config":
    from ..config import find, load

    return load(find(ctx.obj), resolve=False)


@contextmanager
def _store(found: "Basics") -> Iterator["SqliteStore"]:
    from ..store.sqlite import SqliteStore

    with SqliteStore.open(found.database, create=False) as store:
        yield store
