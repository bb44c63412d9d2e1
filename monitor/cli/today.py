"""Today in five lines, for who types `oido` and nothing else."""

from collections import Counter
from datetime import datetime, time
from typing import TYPE_CHECKING

from rich.text import Text

from ..types import State
from ..views import Search, Standings
from . import safe
from .board import LAMP, inbox
from .listings import due, judged, level, said
from .render import FAINT, clip, console, join
from .rows import condition, is_running
from .screen import Screen

if TYPE_CHECKING:
    from ..store.reader import Reader

MOST = 10_000
"""Mentions counted of a day: the line says "more than" beyond."""
LABEL = 11


def draw(here: Screen, store: "Reader") -> None:
    known = store.standings(here.now)
    screen = console()
    for line in (
        _heard(here, store),
        _line(here, "today.inbox", _inbox(here, known)),
        _line(here, "today.first", _first(here, store)),
        _line(here, "today.sources", _sources(here, known)),
        _line(here, "today.daemon", _daemon(here, known)),
    ):
        screen.print(clip(line, screen.width))


def _line(here: Screen, label: str, told: Text) -> Text:
    return Text().append(here.say(label).ljust(LABEL), FAINT).append_text(told)


def _heard(here: Screen, store: "Reader") -> Text:
    """Hoy, 25 nov: 34 menciones, 12 negativas."""
    local = here.now.astimezone(here.zone)
    midnight = datetime.combine(local.date(), time(), here.zone)
    found = store.mentions(Search(since=midnight, limit=MOST))
    heard = Counter(record.mention.verdict.sentiment for record in found)
    title = Text().append(here.say("today", here.words.day(local, year=False)), "bold").append(": ")
    if not heard:
        return title.append(here.say("today.silence"))
    title.append(here.count("mentions", heard.total()) + ("+" if heard.total() >= MOST else ""))
    if heard["negative"]:
        title.append(", ", FAINT).append(here.count("negative", heard["negative"]), "red")
    return title


def _inbox(here: Screen, known: Standings) -> Text:
    parts = [inbox(here, known)]
    if known.first_response is not None:
        parts.append(Text(here.say("today.response", here.words.span(known.first_response)), FAINT))
    return join(parts)


def _first(here: Screen, store: "Reader") -> Text:
    """What to do first: the most urgent alert that nobody has taken, else the most urgent one."""
    held = store.tickets((State.OPEN,), here.now, limit=1) or store.tickets((State.TAKEN,), here.now, limit=1)
    if not held:
        return Text().append("✓ ", "green").append(here.say("today.nothing_first"))
    ticket = held[0]
    mention = ticket.record.mention
    parts = [
        Text(f"#{ticket.number} ", "bold").append_text(level(mention)),
        due(here, ticket),
        judged(here, ticket.record),
    ]
    return join([*parts, said(here, ticket.record)])


def _sources(here: Screen, known: Standings) -> Text:
    """5 bien, 1 caída: social. Those that need somebody are named."""
    if not known.sources:
        return Text(here.say("status.none"), "yellow")
    by_state = {state: [one.name for one in known.sources if condition(one) == state] for state in LAMP}
    parts = []
    for state, (_, style) in LAMP.items():
        if names := by_state[state]:
            part = Text(here.count(state, len(names)), style)
            parts.append(part.append(f": {safe.line(', '.join(names))}") if state in ("failing", "down") else part)
    return join(parts, "; ")


def _daemon(here: Screen, known: Standings) -> Text:
    running = is_running(known, here.now)
    return Text(here.say("today.alive" if running else "today.dead"), "green" if running else "yellow")
