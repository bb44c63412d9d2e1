"""`oido status` on a terminal."""

from rich.console import Console
from rich.text import Text

from ..coverage import silent_since
from ..errands import Draft
from ..types import Actor
from ..views import Gap, Standing, Standings
from .dossier import trouble_line
from .render import FAINT, LATE, console, join, listing, text
from .rows import condition, is_running
from .screen import Screen
from .spent import used

LAMP = {"well": ("●", "green"), "waiting": ("○", "dim"), "failing": ("◐", "yellow"), "down": ("✗", "bold red")}
"""A mark and a colour for each condition that a source can be in."""


def draw(here: Screen, known: Standings) -> None:
    screen = console()
    screen.print(daemon(here, known))
    screen.print()
    _sources(here, screen, known.sources, running=is_running(known, here.now))
    screen.print()
    screen.print(Text(f"{here.say('status.inbox')}: ").append_text(inbox(here, known)))
    if known.first_response is not None:
        screen.print(Text(f"{here.say('status.response')}: {here.words.span(known.first_response)}"))
    screen.print(Text(f"{here.say('status.outbox')}: ").append_text(outbox(here, known)))
    if known.hidden:
        screen.print(Text(f"{here.say('status.history')}: ").append_text(history(here, known)))
    for found in known.troubles:
        screen.print(Text().append(f"  #{found.number} ", "bold").append_text(trouble_line(here, found)))
    for lost in known.untold:
        screen.print(
            Text("  ").append_text(text(lost.source, "bold")).append(" ").append_text(trouble_line(here, lost))
        )
    for draft in known.unsure:
        screen.print(_unsure(here, draft))


def daemon(here: Screen, known: Standings) -> Text:
    if is_running(known, here.now):
        return Text().append("● ", "green").append(here.say("status.alive"))
    told = here.say("status.dead")
    if known.heartbeat_at is not None:
        told = here.say("status.dead_since", here.relative(known.heartbeat_at))
    return Text("✗ ", LATE).append(told, "yellow")


def inbox(here: Screen, known: Standings) -> Text:
    parts = [Text(here.count("unanswered", known.open), "bold" if known.open else "")]
    if known.overdue:
        parts.append(Text(here.count("overdue", known.overdue), LATE))
    return join(parts, ", ")


def outbox(here: Screen, known: Standings) -> Text:
    # What failed and is tried again is on its way, too: it is told once, as not arrived.
    coming = known.pending - sum(found.next_at is not None for found in known.troubles)
    parts = [Text(here.count("pending", coming))] if coming > 0 else []
    if lost := len(known.troubles) + len(known.untold):
        parts.append(Text(here.count("stuck", lost), LATE))
    return join(parts, ", ") if parts else Text(here.say("status.outbox_well"))


def _unsure(here: Screen, draft: Draft) -> Text:
    """#17 puede que se respondiera desde masto hace 2 h: míralo allí …"""
    told = here.say("status.unsure", source=draft.source, when=here.relative(draft.begun_at), number=str(draft.number))
    return Text().append(f"  #{draft.number} ", "bold").append_text(text(told, "yellow"))


def history(here: Screen, known: Standings) -> Text:
    """34 menciones, 12 ocultas por no tratar de la marca"""
    return join([Text(here.count("mentions", known.mentions)), Text(here.count("hidden", known.hidden))], ", ")


def _sources(here: Screen, screen: Console, sources: tuple[Standing, ...], *, running: bool) -> None:
    if not sources:
        screen.print(Text(here.say("status.none"), "yellow"))
        return
    headings = ["", *(here.say(name) for name in ("source", "success", "newest", "next", "mentions", "gaps"))]
    listing(screen, headings, [_row(here, source, running=running) for source in sources], right=(5, 6))
    lines = [line for source in sources for line in (*_trouble(here, source), *_budgets(here, source))]
    if lines:
        screen.print()
    for line in lines:
        screen.print(line)


def _next(here: Screen, source: Standing, *, running: bool) -> Text:
    """When it is read again. What is overdue, as a stream always is, is being read, or waits for a daemon."""
    if source.next_at is None:
        return Text(here.say("status.paused"), "yellow")
    if not running and source.next_at <= here.now:
        return Text(here.say("status.on_start"), FAINT)
    return Text(here.relative(max(source.next_at, here.now)))


def _row(here: Screen, source: Standing, *, running: bool) -> list[Text]:
    mark, style = LAMP[condition(source)]
    return [
        Text(mark, style),
        text(source.name, "bold"),
        Text(here.relative(source.last_success_at)),
        Text(here.relative(source.newest_at)),
        _next(here, source, running=running),
        Text(here.number(source.mentions)),
        Text(str(len(source.gaps)) if source.gaps else "—", "yellow" if source.gaps else FAINT),
    ]


def _trouble(here: Screen, source: Standing) -> list[Text]:
    """What is wrong with a source: since when, what it said, who must act; and when it could not be heard lately."""
    lines = []
    if source.error:
        mark, style = LAMP[condition(source)]
        who = here.say(
            {Actor.PERSON: "status.person", Actor.NOBODY: "status.nobody"}.get(source.actor, "status.developer")
        )
        told = (
            Text().append(f"{mark} {source.name}: ", style).append_text(text(source.error)).append(f" · {who}", "bold")
        )
        since = f" · {here.say('status.since', here.relative(source.failing_since))}" if source.failing_since else ""
        lines.append(told.append(since, FAINT))
    if quiet := silent_since(source):
        lines.append(Text(f"  {source.name}: {here.say('status.silent', here.moment(quiet))}", "yellow"))
    return [*lines, *(Text(f"  {source.name}: {_gap(here, gap)}", "yellow") for gap in source.gaps[-3:])]


def _gap(here: Screen, gap: Gap) -> str:
    """sin oír de 14:05 a 16:30 (la red no respondía)"""
    phrase = "status.gap" if gap.until else "status.open_gap"
    told = here.say(phrase, since=here.moment(gap.since), until=here.moment(gap.until) if gap.until else "")
    return f"{told} ({here.say(f'gap.{gap.why}')})" if gap.why else told


def _budgets(here: Screen, source: Standing) -> list[Text]:
    return [Text(f"  {source.name}: {used(each, here.words)}", FAINT) for each in source.budgets]
