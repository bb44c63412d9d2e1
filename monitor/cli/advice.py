"""What `oido brand suggest` proposes, as a table, as rows and as JSON; and the history that it rests on."""

from collections.abc import Iterator
from shlex import quote
from typing import Final

import typer
from rich.console import Console

from ..config import Config
from ..store.reader import Reader
from ..suggest import Advice, Proposal, suggest
from ..types import Brand, Record
from ..views import Search
from ..words import words
from . import formats
from .prompts import say
from .render import console, listing, text
from .screen import is_terminal, note

OWN: Final = 100_000
"""Mentions of the brand that are read, the newest; those that people marked are, however old."""
OTHERS: Final = 20_000
"""Mentions of each other brand."""
COLUMNS: Final = ("term", "mentions", "irrelevant", "relevant", "hidden", "shown", "gained", "numbers")


def advise(config: Config, brand: Brand, limit: int) -> Advice:
    """What to change in the query of `brand`, by all that is stored."""
    with Reader.open(config.database) as store:
        marked = {one.record.number: one.record for one in store.labelled(brand.name) if one.relevant is not None}

        def history() -> Iterator[Record]:
            yield from marked.values()
            newest = store.mentions(Search(brand=brand.name, hidden=None, limit=OWN))
            yield from (record for record in newest if record.number not in marked)
            for other in config.brands:
                if other.name != brand.name:
                    yield from store.mentions(Search(brand=other.name, hidden=None, limit=OTHERS))

        with Console(stderr=True).status(say(config.language, "suggest.reading")):
            return suggest(brand, history, limit)


def show(config: Config, advice: Advice, *, as_json: bool) -> None:
    """Print the proposals; what a table cannot say goes to stderr."""
    if as_json:
        typer.echo(formats.document(_document(advice)))
        return
    note(_rests(config, advice))
    if not advice.proposals:
        is_unjudged = not (advice.found.irrelevant or advice.found.hidden)
        note(say(config.language, "suggest.unjudged" if is_unjudged else "suggest.none"))
        return
    if is_terminal():
        _table(config, advice)
    else:
        formats.write_tsv(map(_row, advice.proposals), COLUMNS)
    _explain(config, advice)


def _document(advice: Advice) -> dict[str, object]:
    found = advice.found
    return {
        "brand": advice.brand.name,
        "query": str(advice.brand.query),
        "proposed": str(advice.query),
        "mentions": found.mentions,
        "irrelevant": found.irrelevant,
        "relevant": len(found.relevant),
        "hidden": found.hidden,
        "shown": found.shown,
        "proposals": [
            {**_row(one), "numbers": one.effect.relevant, "leaves_out": one.leaves_out, "safe": one.is_safe}
            for one in advice.proposals
        ],
    }


def _row(one: Proposal) -> formats.Row:
    effect = one.effect
    return {
        "term": str(one),
        "mentions": effect.mentions,
        "irrelevant": effect.irrelevant,
        "relevant": len(effect.relevant),
        "hidden": effect.hidden,
        "shown": effect.shown,
        "gained": None if one.leaves_out else effect.gained,
        "numbers": ",".join(map(str, effect.relevant)),
    }


def _rests(config: Config, advice: Advice) -> str:
    found, count = advice.found, words(config.language).count
    return say(
        config.language,
        "suggest.rests",
        name=advice.brand.name,
        mentions=count(found.mentions),
        relevant=count(len(found.relevant)),
        irrelevant=count(found.irrelevant),
        shown=count(found.shown),
        hidden=count(found.hidden),
    )


def _table(config: Config, advice: Advice) -> None:
    keys = COLUMNS[1:-1]
    count = words(config.language).count
    rows = [(one, _row(one)) for one in advice.proposals]
    listing(
        console(),
        ["", *(say(config.language, f"heading.{key}") for key in keys)],
        [
            [
                text(str(one), "bold" if one.is_safe else "bold yellow"),
                *(text(None if row[key] is None else count(int(str(row[key])))) for key in keys),
            ]
            for one, row in rows
        ],
        right=range(1, len(keys) + 1),
    )


def _explain(config: Config, advice: Advice) -> None:
    """What to mind, and what the query would be."""
    for one in advice.proposals:
        if not one.is_safe:
            numbers = ", ".join(f"#{number}" for number in one.effect.relevant)
            note(say(config.language, "suggest.loses", term=one, numbers=numbers))
    if not all(one.leaves_out for one in advice.proposals):
        note(say(config.language, "suggest.unseen"))
    if str(advice.query) != str(advice.brand.query):
        note(say(config.language, "suggest.query"))
        note(f"  {advice.query}")
        note(say(config.language, "suggest.try", quote(str(advice.query))))
