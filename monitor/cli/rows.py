"""Mentions, alerts, authors and sources as flat rows: the keys of `--json`, the columns of `--csv` and of a pipe."""

from datetime import datetime, timedelta
from typing import Final

from ..coverage import silent_since
from ..errands import Draft
from ..types import Label, Record, Ticket
from ..views import Allowance, Dossier, Ranked, Reading, Standing, Standings, Trouble, Untold
from .formats import Row, iso

MENTION: Final = (
    "number", "published_at", "brand", "network", "source", "author", "author_name", "followers", "language",
    "sentiment", "confidence", "negative", "neutral", "positive", "intent", "level", "points", "reach", "likes",
    "shares", "comments", "views", "copies", "seen_at", "url", "title", "text", "topics", "relevance", "hidden",
    "labelled_by",
)  # fmt: skip
TICKET: Final = (
    "number", "state", "level", "points", "due_at", "overdue", "sentiment", "confidence", "intent", "brand", "network",
    "author", "followers", "published_at", "taken_by", "url", "text", "topics", "relevance",
)  # fmt: skip
AUTHOR: Final = (
    "author", "network", "name", "followers", "engagement", "mentions", "negative", "last_at", "url",
)  # fmt: skip
SOURCE: Final = (
    "name", "connector", "state", "last_success_at", "newest_at", "next_at", "found", "mentions", "gaps",
    "failing_since", "failures", "actor", "error", "seen_until", "silent_since", "budgets",
)  # fmt: skip
PIPED: Final = (
    "number", "published_at", "level", "sentiment", "confidence", "intent", "language", "brand", "network", "source",
    "author", "followers", "reach", "url", "text", "topics", "relevance", "hidden",
)  # fmt: skip
"""What `oido mentions` writes to a pipe."""


def mention(record: Record) -> Row:
    found, post, verdict = record.mention, record.mention.post, record.mention.verdict
    author, counts, label = post.author, post.engagement, record.label
    return {
        "number": record.number,
        "published_at": iso(found.published_at),
        "brand": found.brand,
        "network": post.network,
        "source": found.source,
        "author": author.handle if author else None,
        "author_name": author.name if author else None,
        "followers": author.followers if author else None,
        "language": found.language,
        "sentiment": verdict.sentiment,
        # A person's word is not the model's to be sure of.
        "confidence": None if label and label.sentiment else round(verdict.confidence, 3),
        "negative": round(verdict.negative, 3),
        "neutral": round(verdict.neutral, 3),
        "positive": round(verdict.positive, 3),
        "intent": verdict.intent,
        "level": str(found.priority.level),
        "points": found.priority.points,
        "reach": found.reach,
        "likes": counts.likes,
        "shares": counts.shares,
        "comments": counts.comments,
        "views": counts.views,
        "copies": record.copies,
        "seen_at": iso(found.seen_at),
        "url": post.url,
        "title": post.title,
        "text": post.text,
        "topics": ",".join(verdict.topics),
        "relevance": None if found.relevance is None else round(found.relevance, 3),
        "hidden": found.hidden,
        "labelled_by": label.by if label else None,
    }


def ticket(held: Ticket, now: datetime) -> Row:
    """A mention's row, and where its alert stands."""
    return {
        **mention(held.record),
        "state": str(held.state),
        "reasons": ",".join(held.reasons),
        "raised_at": iso(held.raised_at),
        "due_at": iso(held.due_at),
        "overdue": held.is_overdue(now),
        "taken_by": held.taken_by,
        "snoozed_until": iso(held.snoozed_until),
        "first_reply_at": iso(held.first_reply_at),
        "closed_at": iso(held.closed_at),
    }


def author(ranked: Ranked) -> Row:
    return {
        "author": ranked.author.handle,
        "network": ranked.network,
        "name": ranked.author.name,
        "followers": ranked.author.followers,
        "engagement": ranked.engagement,
        "mentions": ranked.mentions,
        "negative": ranked.negative,
        "last_at": iso(ranked.last_at),
        "url": ranked.author.url,
    }


def source(standing: Standing) -> Row:
    return {
        "name": standing.name,
        "connector": standing.connector,
        "state": condition(standing),
        "last_success_at": iso(standing.last_success_at),
        "newest_at": iso(standing.newest_at),
        "next_at": iso(standing.next_at),
        "found": standing.found,
        "mentions": standing.mentions,
        "gaps": len(standing.gaps),
        "failing_since": iso(standing.failing_since),
        "failures": standing.failures,
        "actor": str(standing.actor) if standing.error else None,
        "error": standing.error,
        "seen_until": iso(standing.seen_until),
        "silent_since": iso(silent_since(standing)),
        "budgets": ",".join(f"{each.name} {each.used:g}/{each.most:g}" for each in standing.budgets) or None,
    }


def coverage(standing: Standing) -> dict[str, object]:
    """What `--json` tells of a source beyond its row: when it was not heard and why, and what its account may use up.
    A gap that lasts has no end."""
    return {
        "account": standing.account,
        "gaps": [
            {"since": iso(gap.since), "until": iso(gap.until), "why": str(gap.why) if gap.why else None}
            for gap in standing.gaps
        ],
        "needs": standing.told or None,
        "budgets": [allowance(each) for each in standing.budgets],
    }


def allowance(budget: Allowance) -> dict[str, object]:
    return {
        "name": budget.name,
        "used": round(budget.used, 6),
        "most": budget.most,
        "unit": budget.unit,
        "window_seconds": seconds(budget.window),
    }


def condition(standing: Standing) -> str:
    """In one word: well, waiting (never read yet), failing (no person can help now), down (until a person acts)."""
    if standing.error:
        return "down" if standing.actor == "person" else "failing"
    return "well" if standing.last_success_at else "waiting"


def reading(told: Reading) -> Row:
    return {
        "at": iso(told.at),
        "followers": told.followers,
        "likes": told.likes,
        "shares": told.shares,
        "comments": told.comments,
        "views": told.views,
    }


def trouble(found: Trouble) -> Row:
    return {
        "number": found.number,
        "notifier": found.notifier,
        "attempts": found.attempts,
        "error": found.error,
        "next_at": iso(found.next_at),
    }


def untold(found: Untold) -> Row:
    return {
        "source": found.source,
        "notifier": found.notifier,
        "attempts": found.attempts,
        "error": found.error,
        "next_at": iso(found.next_at),
    }


def unsure(found: Draft) -> Row:
    return {
        "number": found.number,
        "source": found.source,
        "by": found.by,
        "begun_at": iso(found.begun_at),
        "tries": found.tries,
        "text": found.text,
    }


def seconds(span: timedelta | None) -> int | None:
    return round(span.total_seconds()) if span is not None else None


def label(said: Label) -> dict[str, object]:
    """What a person said, and what the model had said by then."""
    return {
        "relevant": said.relevant,
        "sentiment": said.sentiment,
        "by": said.by,
        "at": iso(said.at),
        "said": None if said.said is None else round(said.said, 3),
        "said_sentiment": said.said_sentiment,
        "said_negative": round(said.said_negative, 3),
        "model": said.model,
    }


def dossier(known: Dossier, now: datetime) -> dict[str, object]:
    """`oido show --json`: the mention's row, its alert's when it has one, and lists of what happened to it."""
    row = ticket(known.ticket, now) if known.ticket else {**mention(known.record), "state": None}
    verdict, post = known.record.mention.verdict, known.record.mention.post
    return {
        **row,
        "edited_at": iso(post.edited_at),
        "in_reply_to": post.in_reply_to,
        "story": known.record.mention.story,
        "model": verdict.model,
        "reasons": list(known.ticket.reasons) if known.ticket else [],
        "words": [{"word": reason.word, "weight": round(reason.weight, 4)} for reason in verdict.reasons],
        "label": label(known.record.label) if known.record.label else None,
        "parts": dict(known.record.mention.priority.parts),
        "earlier": known.earlier,
        "earlier_negative": known.earlier_negative,
        "readings": [reading(told) for told in known.readings],
        "replies": [
            {"by": reply.by, "at": iso(reply.at), "text": reply.text, "url": reply.url} for reply in known.replies
        ],
        "troubles": [trouble(found) for found in known.troubles],
    }


def standings(known: Standings, now: datetime) -> dict[str, object]:
    """`oido status --json`. Durations are whole seconds."""
    return {
        "daemon": {"running": is_running(known, now), "heartbeat_until": iso(known.heartbeat_at)},
        "sources": [{**source(one), **coverage(one)} for one in known.sources],
        "inbox": {
            "open": known.open,
            "overdue": known.overdue,
            "first_response_seconds": seconds(known.first_response),
        },
        "deliveries": {"pending": known.pending, "troubles": [trouble(found) for found in known.troubles]},
        "notices": {"troubles": [untold(found) for found in known.untold]},
        "replies": {"unsure": [unsure(found) for found in known.unsure]},
        "mentions": known.mentions,
        "hidden": known.hidden,
    }


def is_running(known: Standings, now: datetime) -> bool:
    """Whether a daemon lives: its heart promises to beat until `heartbeat_at`."""
    return known.heartbeat_at is not None and known.heartbeat_at > now
