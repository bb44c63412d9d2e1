"""What a round of polls brought, as a table, as rows and as JSON."""

import sys
from collections.abc import Sequence
from typing import Final

from ..polling import Round
from ..types import Actor
from . import formats, safe
from .screen import is_terminal

ROUND: Final = ("source", "found", "mentions", "negative", "alerts", "result", "error")

_HEADINGS: Final = {
    "es": ("fuente", "vistas", "menciones", "negativas", "alertas", "resultado"),
    "en": ("source", "found", "mentions", "negative", "alerts", "result"),
}
_RESULTS: Final = {
    "es": {
        "well": "bien",
        "stopped": "interrumpida",
        "elsewhere": "la lee otro proceso",
        Actor.NOBODY: "falla; se reintentará",
        Actor.PERSON: "te toca a ti",
        Actor.DEVELOPER: "error de oido o de la red",
    },
    "en": {
        "well": "well",
        "stopped": "cut short",
        "elsewhere": "another process reads it",
        Actor.NOBODY: "failing; tried again later",
        Actor.PERSON: "you must act",
        Actor.DEVELOPER: "a fault of oido or of the network",
    },
}


def row(one: Round) -> formats.Row:
    return {
        "source": one.source,
        "found": one.tally.found,
        "mentions": one.tally.mentions,
        "negative": one.tally.negative,
        "alerts": one.tally.alerts,
        "result": result(one),
        "error": one.outcome.error if one.outcome else None,
    }


def result(one: Round) -> str:
    """In one word: well, stopped, elsewhere, or who must act."""
    if one.is_elsewhere:
        return "elsewhere"
    if one.outcome is None:
        return "stopped"
    return one.outcome.actor if one.outcome.error else "well"


def show(rounds: Sequence[Round], language: str, *, as_json: bool) -> None:
    """Print the rounds: a table for people, rows in a pipe."""
    rows = [row(one) for one in sorted(rounds, key=lambda one: one.source)]
    if as_json:
        formats.write_json(rows)
    elif is_terminal():
        _table(rows, language)
    else:
        for line in formats.tsv(rows, ROUND):
            sys.stdout.write(f"{line}\n")


def _table(rows: Sequence[formats.Row], language: str) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for heading in _HEADINGS[language]:
        numeric = heading not in (_HEADINGS[language][0], _HEADINGS[language][-1])
        table.add_column(heading, justify="right" if numeric else "left", overflow="fold")
    for each in rows:
        is_well = each["result"] == "well"
        said = _RESULTS[language][str(each["result"])]
        told = said if is_well or not each["error"] else f"{said}: {safe.line(str(each['error']))}"
        counts = [str(each[name]) for name in ("found", "mentions", "negative", "alerts")]
        table.add_row(safe.line(str(each["source"])), *counts, Text(told, style="green" if is_well else "yellow"))
    Console().print(table)
