"""`oido show`: one mention, drawn in full."""

from collections.abc import Iterator

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ..types import Label, Mention, Reply, State, Ticket
from ..views import Dossier, Reading, Trouble, Untold
from .listings import STATE, due, level
from .render import FAINT, MARK, SENTIMENT, bar, console, join, listing, marked, sparkline, text
from .safe import block
from .screen import Screen

BAR = 24
"""Cells of a probability of one."""
COUNTS = ("likes", "shares", "comments", "views")
LATEST = 8
"""Readings shown of a mention that was read often."""


def draw(here: Screen, known: Dossier) -> None:
    screen = console()
    mention = known.record.mention
    screen.print(_title(here, known))
    screen.print(_origin(here, mention))
    screen.print()
    if mention.post.title:
        screen.print(Padding(Text(block(mention.post.title), "bold"), (0, 2)))
    screen.print(Padding(marked(mention.post.text, mention.verdict.reasons), (0, 2)))
    screen.print()
    table = Table.grid(padding=(0, 2))
    table.add_column(style=FAINT, no_wrap=True)
    table.add_column(overflow="fold")
    for label, value in _facts(here, known):
        table.add_row(label, value)
    screen.print(table)
    if len(known.readings) > 1:
        screen.print()
        _readings(here, known.readings)


def _title(here: Screen, known: Dossier) -> Text:
    """#12 P1 urgente · 95 puntos · abierta · vencida 20 min"""
    priority = known.record.mention.priority
    name = Text(f"#{known.record.number} ", "bold").append_text(level(known.record.mention))
    parts = [name.append(f" {here.words.level[priority.level]}"), Text(here.count("points", priority.points))]
    if ticket := known.ticket:
        parts.append(Text(here.words.state[ticket.state], STATE[ticket.state] or "bold"))
        if ticket.snoozed_until and ticket.snoozed_until > here.now:
            parts.append(Text(here.say("done.snooze", until=here.moment(ticket.snoozed_until))))
        elif ticket.state in (State.OPEN, State.TAKEN):
            parts.append(due(here, ticket))
    return join(parts)


def _origin(here: Screen, mention: Mention) -> Text:
    post = mention.post
    parts = [
        here.say("show.by", brand=mention.brand, network=here.words.network(post.network)),
        here.say("show.source", mention.source),
        mention.language or "",
        here.relative(mention.published_at),
        here.moment(mention.published_at),
        here.say("show.edited", here.relative(post.edited_at)) if post.edited_at else "",
    ]
    return join([text(part, FAINT) for part in parts if part])


def _facts(here: Screen, known: Dossier) -> Iterator[tuple[str, Text]]:
    mention, post = known.record.mention, known.record.mention.post
    yield here.say("show.link"), text(post.url, "blue")
    if post.in_reply_to:
        yield here.say("show.reply_to"), text(post.in_reply_to)
    yield here.say("show.author"), _author(here, known)
    yield here.say("show.sentiment"), _probabilities(here, mention)
    yield here.say("show.intent"), Text(here.words.intent[mention.verdict.intent])
    if mention.verdict.topics:
        yield (
            here.say("show.topics"),
            join([Text(here.say(f"topic.{topic}")) for topic in mention.verdict.topics], ", "),
        )
    if mention.relevance is not None or mention.hidden:
        yield here.say("show.relevance"), _relevance(here, mention)
    if known.record.label:
        yield here.say("show.label"), _label(here, known.record.label)
    yield here.say("show.why"), _why(here, mention)
    yield here.say("show.priority"), _sum(here, mention)
    yield here.say("show.reach"), _reach(here, mention)
    yield here.say("show.counts"), _counts(here, mention)
    if known.record.copies > 1:
        yield here.say("show.copies"), Text(here.count("copies", known.record.copies), "yellow")
    yield here.say("show.alert"), _alert(here, known.ticket, is_hidden=mention.hidden)
    if known.replies:
        yield here.say("show.replies"), Text("\n").join(_reply(here, reply) for reply in known.replies)
    if known.troubles:
        yield here.say("show.deliveries"), Text("\n").join(trouble_line(here, found) for found in known.troubles)


def _author(here: Screen, known: Dossier) -> Text:
    """Who it is, how many follow, and what we heard of them before."""
    author = known.record.mention.post.author
    if author is None:
        return Text(here.words.no_author, FAINT)
    name = text(author.handle, "bold")
    if author.name and author.name != author.handle:
        name.append_text(Text(" ")).append_text(text(author.name))
    earlier = [here.count("mentions", known.earlier), here.count("negative", known.earlier_negative)]
    past = f"{here.say('show.history')}: {', '.join(earlier)}" if known.earlier else here.say("show.nothing_earlier")
    parts = [name, Text(here.words.audience(author.followers)), Text(past)]
    return join(parts).append(f"\n{block(author.url)}" if author.url else "", FAINT)


def _probabilities(here: Screen, mention: Mention) -> Text:
    verdict = mention.verdict
    width = max(len(here.words.sentiment[name]) for name in MARK)
    lines = []
    for name, share in (("negative", verdict.negative), ("neutral", verdict.neutral), ("positive", verdict.positive)):
        chosen = name == verdict.sentiment
        label = f"{MARK[name]} {here.words.sentiment[name].ljust(width)} "
        line = Text(label, SENTIMENT[name] if chosen else FAINT)
        line.append(bar(share, BAR), SENTIMENT[name]).append(
            f" {here.words.share(share):>5}", "bold" if chosen else FAINT
        )
        lines.append(line)
    return Text("\n").join(lines)


def _relevance(here: Screen, mention: Mention) -> Text:
    """97 % de que trate de la marca · oculta"""
    share = None if mention.relevance is None else here.words.share(mention.relevance)
    parts = [Text(here.say("show.about", share) if share else here.say("unknown"))]
    return join([*parts, Text(here.say("show.hidden"), "yellow")] if mention.hidden else parts)


def _label(here: Screen, label: Label) -> Text:
    """ana: no trata de la marca, neutra (el modelo decía 62 %, negativa) · ayer"""
    said, model = [], []
    if label.relevant is not None:
        said.append(here.say("label.relevant" if label.relevant else "label.irrelevant"))
        model.append(here.say("unknown") if label.said is None else here.words.share(label.said))
    if label.sentiment:
        said.append(here.words.sentiment[label.sentiment])
        model.append(here.words.sentiment[label.said_sentiment])
    told = text(label.by, "bold").append(f": {', '.join(said)}", "cyan")
    told.append(f" ({here.say('show.model_said', ', '.join(model))})", FAINT)
    return join([told, Text(here.relative(label.at), FAINT)])


def _why(here: Screen, mention: Mention) -> Text:
    """The words that decided, heaviest first, in the colours that they have in the text."""
    reasons = sorted(mention.verdict.reasons, key=lambda reason: -abs(reason.weight))
    if not reasons:
        return Text(here.say("show.no_reasons"), FAINT)
    words = [
        text(reason.word, "red" if reason.weight > 0 else "green").append(f" {reason.weight:+.2f}", FAINT)
        for reason in reasons
    ]
    return join(words, "  ")


def _sum(here: Screen, mention: Mention) -> Text:
    """negatividad 46 + tipo 20 = 66 → P2"""
    priority = mention.priority
    parts = [Text(f"{here.words.part.get(name, name)} ").append(str(points), "bold") for name, points in priority.parts]
    return join(parts or [Text("0")], " + ").append(f" = {priority.points} → {priority.level}")


def _reach(here: Screen, mention: Mention) -> Text:
    if mention.reach is None:
        return Text(here.say("unknown"), FAINT)
    return Text(here.say("show.people", here.number(mention.reach)))


def _counts(here: Screen, mention: Mention) -> Text:
    counts = mention.post.engagement
    known: list[tuple[str, int | None]] = [(name, getattr(counts, name)) for name in COUNTS]
    if all(count is None for _, count in known):
        return Text(here.say("show.no_counts"), FAINT)
    return join(
        Text(f"{here.number(count)} ", "" if count is not None else FAINT).append(here.say(name), FAINT)
        for name, count in known
    )


def _alert(here: Screen, ticket: Ticket | None, *, is_hidden: bool) -> Text:
    if ticket is None:
        return Text(here.say("show.hidden_alert" if is_hidden else "show.no_alert"), FAINT)
    parts = [Text(here.words.reason[reason]) for reason in ticket.reasons]
    parts.append(Text(here.say("show.raised", here.moment(ticket.raised_at))))
    parts.append(Text(f"{here.say('show.due')} {here.moment(ticket.due_at)}"))
    if ticket.taken_by:
        parts.append(text(here.say("show.taken", ticket.taken_by), "cyan"))
    if ticket.first_response is not None:
        parts.append(Text(here.say("done.first", span=here.words.span(ticket.first_response)), "green"))
    return join(parts)


def _reply(here: Screen, reply: Reply) -> Text:
    parts = [text(reply.by, "bold"), Text(here.moment(reply.at))]
    parts += [text(reply.url, "blue")] if reply.url else []
    return join(parts).append(f"\n{block(reply.text)}" if reply.text else "")


def trouble_line(here: Screen, found: Trouble | Untold) -> Text:
    """An alert or notice that did not arrive: where to, how often it was tried, what came back, and whether it will be
    again."""
    phrase = "show.retry" if found.next_at else "show.given_up"
    told = {"notifier": found.notifier, "attempts": here.count("attempts", found.attempts), "error": found.error}
    return text(here.say(phrase, **told, when=here.relative(found.next_at)), "yellow" if found.next_at else "red")


def _readings(here: Screen, readings: tuple[Reading, ...]) -> None:
    """What the network said each time it was asked, the last times; and how each count went, as a line."""
    shown = readings[-LATEST:]
    names = ("followers", *COUNTS)
    rows = [[text(here.moment(told.at)), *(Text(here.number(getattr(told, name))) for name in names)] for told in shown]
    lines = [sparkline([getattr(told, name) for told in readings]) for name in names]
    if any(lines):
        rows.append([Text(""), *(Text(line[-12:], "cyan") for line in lines)])
    headings = [here.say("show.readings"), *(here.say(name) for name in names)]
    listing(console(), headings, rows, right=range(1, len(headings)))
