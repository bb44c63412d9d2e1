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
    "es": ("", "fuente", "leídas", "menciones", "negativas", "alertas", "resultado"),
    "en": ("", "source", "found", "mentions", "negative", "alerts", "result"),
}
_RESULTS: Final = {
    "es": {
        "well": "bien",
        "stopped": "interrumpida",
        "elsewhere": "la lee otro proceso",
        Actor.NOBODY: "falla",
        Actor.PERSON: "te toca a ti",
        Actor.DEVELOPER: "falla",
    },
    "en": {
        "well": "well",
        "stopped": "cut short",
        "elsewhere": "another process reads it",
        Actor.NOBODY: "failing",
        Actor.PERSON: "you must act",
        Actor.DEVELOPER: "failing",
    },
}
_LAMPS: Final = {
    "well": "well",
    "stopped": "waiting",
    "elsewhere": "waiting",
    Actor.NOBODY: "failing",
    Actor.PERSON: "down",
    Actor.DEVELOPER: "failing",
}
_WHO: Final = {
    "es": {Actor.NOBODY: "se arregla sola", Actor.DEVELOPER: "toca avisar a quien mantiene oido"},
    "en": {Actor.NOBODY: "it mends by itself", Actor.DEVELOPER: "tell oido's maintainers"},
}
"""Who must act, where the table does not say so already."""
_NEXT: Final = {
    "es": "oido inbox: lo que espera respuesta · oido mentions: todo lo que se ha dicho",
    "en": "oido inbox: what waits for an answer · oido mentions: all that was said",
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
        draw(rows, language)
    else:
        for line in formats.tsv(rows, ROUND):
            sys.stdout.write(f"{line}\n")


def draw(rows: Sequence[formats.Row], language: str) -> None:
    """Counts in columns; below them, in full, what is wrong."""
    from rich.text import Text

    from .board import LAMP
    from .render import FAINT, console, listing, text

    screen, said = console(), _RESULTS[language]
    lamps = {str(row["source"]): LAMP[_LAMPS[str(row["result"])]] for row in rows}
    listing(
        screen,
        _HEADINGS[language],
        [
            [
                Text(*lamps[str(row["source"])]),
                text(str(row["source"]), "bold"),
                *(Text(str(row[name])) for name in ("found", "mentions", "negative", "alerts")),
                Text(said[str(row["result"])], lamps[str(row["source"])][1]),
            ]
            for row in rows
        ],
        right=(2, 3, 4, 5),
    )
    if any(row["error"] for row in rows):
        screen.print()
    for row in rows:
        if row["error"]:
            mark, style = lamps[str(row["source"])]
            told = Text(f"{mark} {safe.line(str(row['source']))}: ", style).append(
                safe.line(str(row["error"])), "default"
            )
            who = _WHO[language].get(Actor(str(row["result"])))
            screen.print(told.append(f" · {who}" if who else "", "bold"))
    if any(row["mentions"] for row in rows):
        screen.print(Text(f"\n{_NEXT[language]}", FAINT))
