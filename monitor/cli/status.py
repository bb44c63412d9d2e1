"""Where everything stands: sources, inbox, deliveries, the daemon; and today in five lines."""

from datetime import datetime, timedelta
from typing import Annotated

import typer

from ..views import Standing
from . import formats, rows
from .screen import basics, is_terminal, reading, screen

DOWN = 4
"""The exit code that says: a source is down."""
LONG = timedelta(hours=1)
"""What fails for longer than this is down, even if nobody can mend it: a poll that failed once is no reason to call."""


def status(ctx: typer.Context, json: Annotated[bool, typer.Option("--json", help="One object.")] = False) -> None:
    """What works, what does not, and who must act. Exits with 4 when a source needs a person or fails for over an hour.

    In a pipe: one line per source, tab-separated, without heading, times in UTC: name, connector, state (well, waiting,
    failing, down), last_success_at, newest_at, next_at, found, mentions, gaps, failing_since, failures, actor, error,
    seen_until (all until then was asked for), silent_since (much longer than its habit), budgets.
    """
    found = basics(ctx)
    here = screen(found)
    with reading(found) as store:
        standings = store.standings(here.now)
    if json:
        typer.echo(formats.document(rows.standings(standings, here.now)))
    elif is_terminal():
        from .board import draw

        draw(here, standings)
    else:
        formats.write_tsv(map(rows.source, standings.sources), rows.SOURCE)
    if any(_is_down(source, here.now) for source in standings.sources):
        raise typer.Exit(DOWN)


def _is_down(source: Standing, now: datetime) -> bool:
    has_failed_for = now - source.failing_since if source.failing_since else timedelta(0)
    return rows.condition(source) == "down" or has_failed_for > LONG


def today(ctx: typer.Context) -> None:
    """Today in five lines: heard, waiting, first, sources, daemon."""
    from .today import draw

    found = basics(ctx)
    with reading(found) as store:
        draw(screen(found), store)
