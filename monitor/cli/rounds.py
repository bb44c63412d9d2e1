"""What a round of polls brought, as a table, as rows and as JSON."""

import sys
from collections.abc import Sequence
from typing import Final

from ..polling import Round
from ..types import Actor
from . import formats, safe
from .phrases import PHRASES
from .screen import is_terminal

ROUND: Final = ("source", "found", "mentions", "negative", "alerts", "result", "error", "oldest_at")

_HEADINGS: Final = ("source", "round.found", "mentions", "negative", "round.alerts", "round.result")
_RESULTS: Final = {
    "well": "status.well",
    "stopped": "round.stopped",
    "elsewhere": "round.elsewhere",
    Actor.NOBODY: "status.failing",
    Actor.PERSON: "status.person",
    Actor.DEVELOPER: "status.failing",
}
_LAMPS: Final = {
    "well": "well",
    "stopped": "waiting",
    "elsewhere": "waiting",
    Actor.NOBODY: "failing",
    Actor.PERSON: "down",
    Actor.DEVELOPER: "failing",
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
        "oldest_at": formats.iso(one.tally.oldest),
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

    def say(phrase: str) -> str:
        return PHRASES[phrase][language != "es"]

    screen = console()
    # How far back it was read, where somebody says when anything was published.
    back = ("round.back",) if any(row["oldest_at"] for row in rows) else ()
    lamps = {str(row["source"]): LAMP[_LAMPS[str(row["result"])]] for row in rows}
    listing(
        screen,
        ("", *map(say, (*_HEADINGS, *back))),
        [
            [
                Text(*lamps[str(row["source"])]),
                text(str(row["source"]), "bold"),
                *(Text(str(row[name])) for name in ("found", "mentions", "negative", "alerts")),
                Text(say(_RESULTS[str(row["result"])]), lamps[str(row["source"])][1]),
                *(Text(str(row["oldest_at"] or "—")[:10]) for _ in back),
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
            # That a person must act stands in the table.
            who = "" if row["result"] == Actor.PERSON else f" · {say('status.' + str(row['result']))}"
            screen.print(told.append(who, "bold"))
    if any(row["mentions"] for row in rows):
        screen.print(Text(f"\n{say('round.next')}", FAINT))
