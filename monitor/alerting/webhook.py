"""The way out to a program of your own: a signed JSON document, posted to an address.

    X-Oido-Timestamp    seconds since 1970, when it was signed: refuse what is older than a few minutes
    X-Oido-Signature    sha256=HEX, the HMAC-SHA256 with your secret of the timestamp, a full stop and the body's bytes
    X-Oido-Delivery     the same each time an alert is sent again: remember it, and twice is once

The document of an alert (unknown is null; times are ISO 8601 in UTC; probabilities lie between 0 and 1):

    kind ("alert", or "test" with nothing but a text)  id (as in `oido show 17`)
    brand  network  url  title  text  author {handle, name, url, followers}  language  published_at
    sentiment  probabilities {negative, neutral, positive}  intent  words (those that decided)  reach  copies
    priority (P1 to P4)  points  parts {negative, intent, reach, engagement}  reasons  raised_at  due_at

A source that needs somebody, or does no longer, comes as

    kind ("source")  source (its name)  need ("refused", "failing", "silent", null)  error  since  at

2xx is taken as delivered. 401, 403, 404 and 410 give the alert up, since only a person can help; so does a redirect,
which is not followed: the signature is for the address in the configuration. All else is tried again.

The address may be private or local: whoever writes the configuration chose it. Only the networks' own addresses, which
strangers can influence, are guarded.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from yarl import URL

from connectors.errors import Refused, Unavailable
from connectors.post import Author
from connectors.text import clean, redact
from connectors.wire.session import Session

from ..clock import Clock
from ..errors import Undeliverable, Undelivered
from ..notice import Notice
from ..types import Ticket
from ..words import Words
from .texts import hello

_GIVE_UP = frozenset({301, 302, 303, 307, 308, 401, 403, 404, 410})


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """Posts alerts to one address. Without a secret nothing is signed. `session` must allow the address (`hosts`)."""

    name: str
    url: str = field(repr=False)
    secret: str | None = field(default=None, repr=False)
    session: Session
    words: Words
    clock: Clock

    async def send(self, ticket: Ticket) -> None:
        await self._post(document(ticket), f"{self.name}-{ticket.number}")

    async def tell(self, notice: Notice) -> None:
        await self._post(of_source(notice), f"{self.name}-source-{notice.id}")

    async def send_test(self) -> None:
        await self._post({"kind": "test", "text": hello(self.words).body}, f"{self.name}-test")

    async def _post(self, document: Mapping[str, object], delivery: str) -> None:
        body = json.dumps(document).encode()
        headers = {"Content-Type": "application/json", "X-Oido-Delivery": delivery}
        if self.secret:
            headers |= signed(body, self.secret, self.clock.now())
        try:
            answer = await self.session.send("POST", URL(self.url), headers=headers, body=body)
        except Refused as error:
            raise Undeliverable(self._said(error)) from error
        except Unavailable as error:
            raise Undelivered(self._said(error)) from error
        except ValueError as error:
            raise Undeliverable("the webhook's url is not an address; check it") from error
        if answer.status in _GIVE_UP:
            raise Undeliverable(f"{self._place}: {answer.status}; check the address and the secret")
        if not 200 <= answer.status < 300:
            raise Undelivered(
                f"{self._place}: {answer.status} {clean(answer.body.decode(errors='replace'), 100)}".rstrip()
            )

    @property
    def _place(self) -> str:
        """The host alone: the path of a webhook's address often is its key."""
        return _host(self.url) or "webhook"

    def _said(self, error: Exception) -> str:
        return str(error).replace(redact(str(URL(self.url))), self._place)


def document(ticket: Ticket) -> dict[str, object]:
    """An alert as a program reads it; its fields are listed above."""
    mention = ticket.record.mention
    post, verdict = mention.post, mention.verdict
    return {
        "kind": "alert",
        "id": ticket.number,
        "brand": mention.brand,
        "network": post.network,
        "url": post.url,
        "title": post.title,
        "text": post.text,
        "author": _author(post.author),
        "language": mention.language,
        "published_at": _time(mention.published_at),
        "sentiment": verdict.sentiment,
        "probabilities": {
            "negative": verdict.negative,
            "neutral": verdict.neutral,
            "positive": verdict.positive,
        },
        "intent": verdict.intent,
        "words": [reason.word for reason in verdict.reasons],
        "reach": mention.reach,
        "copies": ticket.record.copies,
        "priority": mention.priority.level,
        "points": mention.priority.points,
        "parts": dict(mention.priority.parts),
        "reasons": ticket.reasons,
        "raised_at": _time(ticket.raised_at),
        "due_at": _time(ticket.due_at),
    }


def of_source(notice: Notice) -> dict[str, object]:
    """What a source needs people for, as a program reads it."""
    return {
        "kind": "source",
        "source": notice.source,
        "need": notice.need or None,
        "error": notice.said,
        "since": _time(notice.since) if notice.since else None,
        "at": _time(notice.at),
    }


def signed(body: bytes, secret: str, now: datetime) -> dict[str, str]:
    """The headers that prove who wrote `body`, and when."""
    timestamp = str(int(now.timestamp()))
    digest = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"X-Oido-Timestamp": timestamp, "X-Oido-Signature": f"sha256={digest}"}


def hosts(urls: Iterable[str]) -> tuple[str, ...]:
    """What a session that serves these webhooks must allow."""
    return tuple({host for url in urls if (host := _host(url))})


def _host(url: str) -> str | None:
    try:
        return URL(url).host
    except ValueError:
        return None


def _author(author: Author | None) -> dict[str, object] | None:
    if author is None:
        return None
    return {"handle": author.handle, "name": author.name, "url": author.url, "followers": author.followers}


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
