"""The lists people see on a terminal: alerts, mentions and authors."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from rich.text import Text

from ..types import Mention, Record, State, Ticket
from ..views import Ranked
from .render import FAINT, LATE, LEVEL, console, join, listing, sentiment, text
from .screen import Screen

T = TypeVar("T")
BRAND = 4
"""The brand's column: left out where there is only one."""
STATE = {State.OPEN: "", State.TAKEN: "cyan", State.REPLIED: "green", State.CLOSED: FAINT}


def tickets(here: Screen, held: Sequence[Ticket], *, more: bool, empty: str) -> None:
    """The inbox: how much waits, then one alert a row."""
    screen = console()
    if not held:
        screen.print(Text().append("✓ ", "green").append(here.say(empty)))
        return
    screen.print(Text(here.say("inbox.first", len(held)), "bold") if more else summary(here, held))
    screen.print()
    columns: list[tuple[str, Callable[[Ticket], Text]]] = [
        ("#", lambda ticket: Text(str(ticket.number), "bold")),
        (here.say("level"), lambda ticket: level(ticket.record.mention)),
        (here.say("due"), lambda ticket: due(here, ticket)),
        (here.say("sentiment"), lambda ticket: judged(here, ticket.record)),
        (here.say("brand"), lambda ticket: text(ticket.record.mention.brand)),
        (here.say("network"), lambda ticket: network(here, ticket.record.mention)),
        (here.say("age"), lambda ticket: text(here.relative(ticket.record.mention.published_at))),
    ]
    if any(ticket.taken_by for ticket in held):
        columns.insert(BRAND + 1, (here.say("who"), lambda ticket: text(ticket.taken_by, "cyan")))
    if len({ticket.record.mention.brand for ticket in held}) == 1:
        del columns[BRAND]
    _draw(columns, held, [said(here, ticket.record) for ticket in held], here.say("text"))
    screen.print()
    screen.print(Text(here.say("inbox.more") if more else here.say("inbox.hint"), FAINT))


def mentions(here: Screen, found: Sequence[Record], *, with_hidden: bool = False) -> None:
    """With hidden ones among them, how relevant each is stands beside it."""
    if not found:
        return
    columns: list[tuple[str, Callable[[Record], Text]]] = [
        ("#", lambda record: Text(str(record.number), "bold")),
        (here.say("date"), lambda record: text(here.moment(record.mention.published_at))),
        (here.say("level"), lambda record: level(record.mention)),
        (here.say("sentiment"), lambda record: judged(here, record)),
        (here.say("brand"), lambda record: text(record.mention.brand)),
        (here.say("network"), lambda record: network(here, record.mention)),
        (here.say("reach"), lambda record: Text(here.number(record.mention.reach), FAINT)),
    ]
    if len({record.mention.brand for record in found}) == 1:
        del columns[BRAND]
    if with_hidden:
        columns.insert(BRAND, (here.say("relevance"), lambda record: relevance(here, record)))
    _draw(columns, found, [said(here, record) for record in found], here.say("text"), right=(0, len(columns) - 1))


def authors(here: Screen, ranked: Sequence[Ranked]) -> None:
    if not ranked:
        return
    columns: list[tuple[str, Callable[[Ranked], Text]]] = [
        (here.say("author"), lambda one: text(one.author.handle, "bold")),
        (here.say("network"), lambda one: text(here.words.network(one.network))),
        (here.say("followers"), lambda one: Text(here.number(one.author.followers))),
        (here.say("engagement"), lambda one: Text(here.number(one.engagement))),
        (here.say("mentions"), lambda one: Text(here.number(one.mentions))),
        (here.say("negative"), lambda one: Text(here.number(one.negative), "red" if one.negative else FAINT)),
        (here.say("last"), lambda one: text(here.relative(one.last_at), FAINT)),
    ]
    _draw(columns, ranked, right=(2, 3, 4, 5))


def summary(here: Screen, held: Sequence[Ticket]) -> Text:
    """4 abiertas, 2 en curso, 1 pospuesta, 1 vencida."""
    asleep = sum(is_snoozed(here, ticket) for ticket in held)
    states = [ticket.state for ticket in held if not is_snoozed(here, ticket)]
    parts = [
        Text(here.count(str(state), states.count(state)), "bold" if state is State.OPEN else STATE[state])
        for state in State
        if state in states
    ]
    if asleep:
        parts.append(Text(here.count("snoozed", asleep), FAINT))
    if late := sum(ticket.is_overdue(here.now) for ticket in held):
        parts.append(Text(here.count("overdue", late), LATE))
    return join(parts, ", ")


def is_snoozed(here: Screen, ticket: Ticket) -> bool:
    return ticket.snoozed_until is not None and ticket.snoozed_until > here.now


def level(mention: Mention) -> Text:
    name = str(mention.priority.level)
    return Text(f" {name} " if name == "P1" else f" {name}", LEVEL[name])


def due(here: Screen, ticket: Ticket) -> Text:
    """How long there is left, or since when it is too late; what needs no answer any more says so."""
    if ticket.snoozed_until and is_snoozed(here, ticket):
        return Text(here.say("until", here.moment(ticket.snoozed_until)), FAINT)
    if ticket.state not in (State.OPEN, State.TAKEN):
        return Text(here.words.state[ticket.state], STATE[ticket.state])
    if ticket.is_overdue(here.now):
        return Text(here.say("overdue", here.words.span(here.now - ticket.due_at)), LATE)
    return Text(here.relative(ticket.due_at))


def judged(here: Screen, record: Record) -> Text:
    """The sentiment and how sure the model is, or ✓ when a person said it."""
    verdict = record.mention.verdict
    is_said = record.label is not None and record.label.sentiment is not None
    sure = "✓" if is_said else here.words.share(verdict.confidence)
    return sentiment(verdict.sentiment, here.words.sentiment[verdict.sentiment], sure)


def relevance(here: Screen, record: Record) -> Text:
    """How likely it is about the brand, in brackets where that hides it; or what a person said, and who."""
    mention, label = record.mention, record.label
    if label and label.relevant is not None:
        mark = Text("✓ ", "green") if label.relevant else Text("✗ ", "red")
        return mark.append_text(text(label.by, FAINT))
    share = "—" if mention.relevance is None else here.words.share(mention.relevance)
    return Text(f"({share})", FAINT) if mention.hidden else Text(share)


def network(here: Screen, mention: Mention) -> Text:
    return text(here.words.network(mention.post.network))


def said(here: Screen, record: Record) -> Text:
    """Who said what: the author with followers, how many said the same, and the text."""
    post = record.mention.post
    who = text(post.author.handle if post.author else None, "bold")
    if post.author:
        who.append(f" ({here.number(post.author.followers)})", FAINT)
    copies = [Text(f"×{record.copies}", "yellow")] if record.copies > 1 else []
    kind = record.mention.verdict.intent
    intent = [] if kind == "other" else [Text(here.words.intent[kind], "magenta" if kind == "question" else FAINT)]
    words = f"{post.title}. {post.text}" if post.title else post.text
    return join([who, *intent, *copies]).append("  ").append_text(text(words))


def _draw(
    columns: Sequence[tuple[str, Callable[[T], Text]]],
    found: Sequence[T],
    tails: Sequence[Text] = (),
    tail: str = "",
    right: Sequence[int] = (0,),
) -> None:
    listing(
        console(),
        [heading for heading, _ in columns],
        [[cell(one) for _, cell in columns] for one in found],
        tails,
        right=right,
        tail=tail,
    )
