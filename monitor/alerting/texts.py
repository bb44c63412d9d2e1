"""An alert as people read it: plain text that says who, what, why, by when and what to do, in their language.

What a stranger wrote stays inside its quotes: it can neither drive a terminal, nor add a line of its own to the alert,
nor call everybody in a chat room.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo

from connectors.post import Author, Post
from connectors.text import clean

from ..types import Priority, Ticket
from ..words import Words

LONGEST = 400
"""Characters of the post that an alert shows."""
_NAME = 60
_LINK = 2000
_CALL = re.compile(r"@(?=(everyone|here|channel|all|room)\b)|<(?=!|@|#)", re.IGNORECASE)
"""What Slack, Discord, Matrix and Teams take for a call to everybody in the room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a notifier sends: one line, and several."""

    title: str
    body: str


def hello(words: Words) -> Message:
    """What says that the way out works."""
    return Message(title=words.hello_title, body=words.hello)


def message(ticket: Ticket, words: Words, now: datetime, zone: tzinfo) -> Message:
    """A ticket in words, its times in `zone`. Never raises, and always holds the number and the link."""
    return Message(title=title(ticket, words), body="\n".join(_lines(ticket, words, now, zone)))


def title(ticket: Ticket, words: Words) -> str:
    """P1 · Luna · negativa 92 % · Mastodon · #17, in one line."""
    mention = ticket.record.mention
    sentiment = mention.verdict.sentiment
    parts = (
        str(mention.priority.level),
        line(mention.brand, _NAME),
        f"{words.sentiment.get(sentiment, sentiment)} {words.share(mention.verdict.confidence)}",
        line(words.network(mention.post.network), _NAME),
        f"#{ticket.number}",
    )
    return " · ".join(parts)


def _lines(ticket: Ticket, words: Words, now: datetime, zone: tzinfo) -> Iterator[str]:
    mention, number = ticket.record.mention, ticket.number
    yield _who(mention.post.author, words)
    yield _what(mention.post, words)
    if ticket.record.copies > 1:
        yield words.copies.format(words.count(ticket.record.copies))
    yield ""
    yield words.why.format(", ".join(words.reason.get(reason, reason) for reason in ticket.reasons))
    yield words.priority.format(_priority(mention.priority, words))
    yield words.deadline(ticket.due_at, now, zone)
    yield link(mention.post) or words.no_link
    yield ""
    yield f"oido show {number} · oido take {number} · oido reply {number}"


def _who(author: Author | None, words: Words) -> str:
    """Luna Gil (@luna@mastodon.social) · 12.345 seguidores"""
    if author is None:
        return words.no_author
    handle = line(author.handle, 2 * _NAME)
    name = line(author.name or "", _NAME)
    called = f"{name} ({handle})" if name and name != handle else handle
    return f"{called} · {words.audience(author.followers)}"


def _what(post: Post, words: Words) -> str:
    """The post, between quotes and cut at a word."""
    said = f"{post.title}: {post.text}" if post.title and post.text else post.title or post.text
    opening, closing = words.quotes
    return f"{opening}{cut(line(said, 4 * LONGEST))}{closing}"


def _priority(priority: Priority, words: Words) -> str:
    """P1, 78 puntos (negatividad 46, tipo 20, alcance 10, interacciones 2)"""
    parts = ", ".join(f"{words.part.get(name, name)} {points}" for name, points in priority.parts)
    return f"{priority.level}, {words.points.format(priority.points)}" + (f" ({parts})" if parts else "")


def link(post: Post) -> str | None:
    """Where the post stands, as one unbroken word."""
    return "%20".join(clean(post.url, _LINK).split()) if post.url else None


def cut(text: str, longest: int = LONGEST) -> str:
    """`text` itself, or its beginning up to the last whole word that leaves room for an ellipsis."""
    if len(text) <= longest:
        return text
    head = text[:longest]
    words, _, _ = head.rpartition(" ")
    return (words or head[:-1]).rstrip() + "…"


def line(text: str, longest: int) -> str:
    """`text` in one line, with its calls to everybody broken by a word joiner that nobody sees."""
    return _CALL.sub("\\g<0>\u2060", " ".join(clean(text, longest).split()))
