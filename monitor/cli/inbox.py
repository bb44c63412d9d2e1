"""The inbox: what waits for a person, and what people do with it."""

import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Final

import typer

from ..config.durations import duration
from ..errors import NotYours, OidoError, UnknownMention
from ..since import ahead
from ..types import Reply, State, Ticket
from . import formats, rows, safe
from .screen import Screen, basics, is_terminal, me, note, reading, screen, working
from .why import explained

if TYPE_CHECKING:
    from ..store.base import Inbox

WAITING: Final = (State.OPEN, State.TAKEN)
BY: Final = typer.Option("--by", metavar="NAME", help="Who you are; your user name unless you say.")
IDS: Final = typer.Argument(metavar="ID", help="Numbers of mentions; `-` reads them from stdin, one a line.")


def inbox(
    ctx: typer.Context,
    all_: Annotated[bool, typer.Option("--all", "-a", help="Answered and closed ones too.")] = False,
    brand: Annotated[str | None, typer.Option(metavar="NAME", help="One brand's.")] = None,
    snoozed: Annotated[bool, typer.Option("--snoozed", help="Those snoozed, and only those.")] = False,
    limit: Annotated[int, typer.Option("--limit", "-L", metavar="N", min=0, help="At most so many; 0 for all.")] = 30,
    json: Annotated[bool, typer.Option("--json", help="One array of objects.")] = False,
) -> None:
    """Mentions that wait for a person, most urgent first.

    In a pipe: one line each, tab-separated, without heading, times in UTC: number, state, level, points, due_at,
    overdue (yes or no), sentiment, confidence, intent, brand, network, author, followers, published_at, taken_by, url,
    text, topics, relevance. What is unknown is empty.
    """
    found = basics(ctx)
    here = screen(found)
    with reading(found) as store:
        held = store.tickets(
            tuple(State) if all_ else WAITING,
            here.now,
            brand=brand,
            limit=_limit(limit, snoozed),
            snoozed=snoozed or all_,
        )
    if snoozed:
        held = [ticket for ticket in held if ticket.snoozed_until and ticket.snoozed_until > here.now]
    shown = held[:limit] if limit else held
    if json:
        formats.write_json(rows.ticket(ticket, here.now) for ticket in shown)
    elif is_terminal():
        from .listings import tickets

        tickets(here, shown, more=len(held) > len(shown), empty=_empty(all_, snoozed))
    else:
        formats.write_tsv((rows.ticket(ticket, here.now) for ticket in shown), rows.TICKET)


def show(
    ctx: typer.Context,
    number: Annotated[str, typer.Argument(metavar="ID", help="The mention's number.")],
    json: Annotated[bool, typer.Option("--json", help="One object.")] = False,
) -> None:
    """All that is known of a mention, and why it matters."""
    found = basics(ctx)
    here = screen(found)
    with reading(found) as store:
        dossier = explained(ctx, store.dossier(_number(number)))
    if json:
        typer.echo(formats.document(rows.dossier(dossier, here.now)))
    else:
        from .dossier import draw

        draw(here, dossier)


def take(
    ctx: typer.Context,
    ids: Annotated[list[str], IDS],
    by: Annotated[str | None, BY] = None,
    force: Annotated[bool, typer.Option("--force", help="Even when somebody else is on it.")] = False,
) -> None:
    """Say that you are on it, so that nobody else answers."""

    def act(here: Screen, store: "Inbox", number: int) -> str:
        ticket = store.take(number, by or me(), here.now, force=force)
        return here.say("done.take", by=ticket.taken_by)

    _each(ctx, ids, act)


def reply(
    ctx: typer.Context,
    number: Annotated[str, typer.Argument(metavar="ID", help="The mention's number.")],
    text: Annotated[
        str | None, typer.Option("--text", metavar="TEXT", help="What you answered; `-` reads it from stdin.")
    ] = None,
    url: Annotated[str | None, typer.Option(metavar="LINK", help="Where the answer stands.")] = None,
    send: Annotated[
        bool, typer.Option("--send", help="Publish the text on the network, as your account there.")
    ] = False,
    source: Annotated[
        str | None, typer.Option("--source", metavar="NAME", help="Whose account sends it; else who heard the mention.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Send it also when somebody else is on it, or it may have been sent.")
    ] = False,
    by: Annotated[str | None, BY] = None,
    open_: Annotated[
        bool | None,
        typer.Option("--open/--no-open", help="Open the mention in the browser; by default when it asks you."),
    ] = None,
) -> None:
    """Record an answer that you gave, or --send it; the first one stops the clock. Oído answers nobody by itself.

    On a terminal, without --text and --url, it opens the mention in the browser and asks for both. With --send it says
    --text below the mention, where the network and your key allow it. Killed meanwhile, give the same command again:
    what may have been said is said once more only with --force.
    """
    found = basics(ctx)
    here = screen(found)
    which, name = _number(number), by or me()
    asks = text is None and url is None and is_terminal() and sys.stdin.isatty()
    if send:
        if url:
            raise typer.BadParameter("it is told by the network; leave it out with --send", param_hint="'--url'")
        from .answer import publish  # here, because the way to the networks costs ten times a command

        after, said = publish(here, found, which, text, name, source=source, force=force)
        where = said.url or after.record.mention.post.network
        _answered(here, after, said, here.say("done.sent", where=where))
        return
    if source or force:
        raise typer.BadParameter("it goes with --send", param_hint="'--source'" if source else "'--force'")
    if text is None and url is None and not asks:
        raise typer.BadParameter("say what you answered, or where it stands", param_hint="'--text' or '--url'")
    if url and not _is_web(url):
        raise typer.BadParameter(f"{url!r} is not a web address; it begins with https://", param_hint="'--url'")
    with reading(found) as store:
        known = store.dossier(which)
    if known.ticket and known.ticket.taken_by not in (None, name):
        note(safe.line(here.say("reply.other", number=which, by=known.ticket.taken_by)))
    if open_ or (open_ is None and asks):
        _browse(here, known.record.mention.post.url)
    if asks:
        text = typer.prompt(here.say("reply.text"), default="", show_default=False)
        url = _link(here)
    elif text == "-":
        text = sys.stdin.read().strip()
    said = Reply(by=name, at=screen(found).now, text=text or "", url=url or None)
    with working(found) as store:
        after = store.reply(which, said)
    _answered(here, after, said)


def _answered(here: Screen, after: Ticket, said: Reply, *told: str) -> None:
    answered = [*told, here.say("done.reply", by=said.by)]
    if after.first_reply_at == said.at and after.first_response is not None:
        answered.append(here.say("done.first", span=here.words.span(after.first_response)))
    typer.echo(safe.line(f"#{after.number}: {', '.join(answered)}"))


def snooze(
    ctx: typer.Context,
    ids: Annotated[list[str], IDS],
    for_: Annotated[str | None, typer.Option("--for", metavar="TIME", help="How long: 30m, 2h, 1d.")] = None,
    until: Annotated[
        str | None,
        typer.Option(metavar="WHEN", help="Until when: 14:30, tomorrow, 2026-11-25 (at 9), or a date and time."),
    ] = None,
) -> None:
    """Hide mentions from the inbox for a while. The clock goes on."""
    if (for_ is None) == (until is None):
        raise typer.BadParameter(
            "say either how long, or until when: --for 2h, --until 14:30", param_hint="'--for' or '--until'"
        )
    here = screen(basics(ctx))
    try:
        moment = here.now + duration(for_) if for_ is not None else ahead(until or "", here.now, here.zone)
    except (ValueError, OverflowError) as error:
        raise typer.BadParameter(str(error), param_hint="'--for'" if until is None else "'--until'") from error
    if moment - here.now < timedelta(seconds=1):
        raise typer.BadParameter(f"{for_!r} is no time at all", param_hint="'--for'")

    def act(here: Screen, store: "Inbox", number: int) -> str:
        store.snooze(number, moment, here.now)
        return here.say("done.snooze", until=here.moment(moment))

    _each(ctx, ids, act)


def close(ctx: typer.Context, ids: Annotated[list[str], IDS], by: Annotated[str | None, BY] = None) -> None:
    """Put mentions away without an answer."""

    def act(here: Screen, store: "Inbox", number: int) -> str:
        store.close(number, by or me(), here.now)
        return here.say("done.close")

    _each(ctx, ids, act)


def reopen(ctx: typer.Context, ids: Annotated[list[str], IDS]) -> None:
    """Bring answered, closed, taken or snoozed mentions back to the inbox."""

    def act(here: Screen, store: "Inbox", number: int) -> str:
        store.reopen(number, here.now)
        return here.say("done.reopen")

    _each(ctx, ids, act)


def _empty(all_: bool, snoozed: bool) -> str:
    return "inbox.snoozed" if snoozed else "inbox.none" if all_ else "inbox.empty"


def _limit(limit: int, snoozed: bool) -> int | None:
    """How many to ask for: one more than shown, to know whether there are more."""
    return None if snoozed or not limit else limit + 1


def _each(ctx: typer.Context, ids: Sequence[str], act: Callable[[Screen, "Inbox", int], str]) -> None:
    """Do it to every mention named, and say how each went. One that fails keeps none of the others."""
    numbers = named(ids)
    found = basics(ctx)
    here = screen(found)
    failed = False
    with working(found) as store:
        for number in numbers:
            try:
                typer.echo(safe.line(f"#{number}: {act(here, store, number)}"))
            except (UnknownMention, NotYours) as error:
                failed = True
                note(safe.line(f"oido: {error}"))
    if failed:
        raise typer.Exit(OidoError.exit_code)


def named(ids: Collection[str]) -> list[int]:
    """The numbers of mentions on the command line or stdin, each once. A usage error when there is none."""
    numbers = list(dict.fromkeys(_number(word) for word in _words(ids)))
    if not numbers:
        raise typer.BadParameter("no numbers came in on stdin", param_hint="'ID'")
    return numbers


def _words(ids: Collection[str]) -> Iterator[str]:
    """The numbers as they were written; of a line on stdin with tabs, as `oido inbox` writes them, the first cell."""
    for word in ids:
        if word != "-":
            yield word
            continue
        for line in sys.stdin:
            yield from [line.partition("\t")[0]] if "\t" in line else line.split()


def _number(word: str) -> int:
    digits = word.strip().removeprefix("#")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 18):
        raise typer.BadParameter(f"{word!r} is not the number of a mention; `oido inbox` shows them", param_hint="'ID'")
    return int(digits)


def _link(here: Screen) -> str | None:
    """Where the answer stands; asked again until it is a web address, or nothing."""
    while said := str(typer.prompt(here.say("reply.url"), default="", show_default=False)).strip():
        if _is_web(said):
            return said
        note(here.say("reply.no_url", said))
    return None


def _browse(here: Screen, url: str | None) -> None:
    """Open the mention where it stands. The address came from a network: nothing but the web is opened."""
    if url and _is_web(url):
        import webbrowser

        note(here.say("reply.opened", url=safe.line(url)))
        webbrowser.open(url)


def _is_web(url: str) -> bool:
    return url.strip().lower().startswith(("https://", "http://"))
