"""The house's values, each whole when it is made: brand, source, mention, alert, delivery, reply."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from connectors.post import Post
from models.verdict import Sentiment, Verdict

if TYPE_CHECKING:
    # Commands that read hold no connector and no query, and start in half the time without them.
    from connectors.base import Connector, Validator

    from .query import Query


class Level(StrEnum):
    """How urgent a mention is; P1 first."""

    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"


class State(StrEnum):
    """Where an alert stands. Whether it is overdue is derived from the clock, never stored."""

    OPEN = "open"
    TAKEN = "taken"
    REPLIED = "replied"
    CLOSED = "closed"


class Actor(StrEnum):
    """Who must act when a source fails."""

    NOBODY = "nobody"
    PERSON = "person"
    DEVELOPER = "developer"


class Cause(StrEnum):
    """Why a source was not heard for a while."""

    OFF = "off"
    """Nobody listened: no daemon ran."""
    OUTAGE = "outage"
    LIMIT = "limit"
    """The network asked us to wait, or a budget was used up."""
    REFUSED = "refused"
    BROKEN = "broken"
    """We could not read what it said."""
    LOST = "lost"
    """The network no longer had it when we came back."""


AlertReason = Literal["negative", "question", "reach"]
Subject = Literal["sentiment", "relevance", "all"]
"""What labels teach."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """What we watch. Posts by its own `handles` are never mentions; naming one of them always is. `wiki` are titles of
    its pages in Wikipedia, "es:Mango (empresa)", which tell it from others of its name, as its `site` does."""

    name: str
    query: "Query"
    handles: tuple[str, ...] = ()
    site: str | None = None
    wiki: tuple[str, ...] = ()
    competitor: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """What it goes by in texts. Words that its query only wants beside the name are no names."""
        return tuple(dict.fromkeys((self.name, *self.query.names, *self.handles)))


Named = tuple[Post, Brand]
"""A post, and a brand that it names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A connector as configured. All that it brings is `about` the brand of that name, if there is one: it need not be
    named there, as a shop is not in the comments on its own page."""

    name: str
    connector: "Connector"
    every: timedelta
    about: str = ""

    @property
    def account(self) -> str:
        """Whose budgets it uses up: its connector's account, or an account of its own."""
        return self.connector.account or self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Priority:
    """A level, and the named parts (points, 0 to 100 in all) that it is the sum of."""

    level: Level
    parts: tuple[tuple[str, int], ...]

    @property
    def points(self) -> int:
        return sum(points for _, points in self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A post that names a brand, judged. `reach` is how many people may have seen it, `None` when nobody can say;
    `relevance` is the probability that it is about this brand, and one that is `hidden` probably is not."""

    post: Post
    brand: str
    source: str
    language: str | None
    verdict: Verdict
    story: str
    reach: int | None
    priority: Priority
    seen_at: datetime
    relevance: float | None = None
    hidden: bool = False

    @property
    def id(self) -> str:
        return f"{self.post.network}:{self.post.id}:{self.brand}"

    @property
    def published_at(self) -> datetime:
        """When it was published; when the network does not say, or says a time to come, when it was seen."""
        published = self.post.published_at
        return min(published, self.seen_at) if published else self.seen_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A mention that needs a person, why, and by when."""

    mention: Mention
    reasons: tuple[AlertReason, ...]
    raised_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """All that one page changes, for one transaction. `seen_again` are posts already stored: their counts are logged,
    edits are followed, and nothing is alerted again. `published` is when each of its posts was; `missed` is a time of
    which the network could tell nothing any more; `looks` says when mentions, by id, are to be looked at again."""

    claim: "Claim"
    mark: str
    at: datetime
    mentions: tuple[Mention, ...] = ()
    alerts: tuple[Alert, ...] = ()
    seen_again: tuple[Post, ...] = ()
    deleted: tuple[tuple[str, str], ...] = ()
    looks: Mapping[str, datetime] = field(default_factory=dict)
    found: int = 0
    published: tuple[datetime, ...] = ()
    missed: tuple[datetime, datetime] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to poll one source until the lease ends. `token` grows with each claim: a commit made under an older
    one is refused, so a process that was paused cannot move the mark back."""

    source: str
    token: int
    mark: str
    validators: Mapping[str, "Validator"]
    failures: int
    last_success_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a poll ended: well (`error` is None), or with what, and who must act. `next_at` is when to come again;
    `None` leaves the source paused until its configuration changes or a person resumes it."""

    next_at: datetime | None
    validators: Mapping[str, "Validator"] | None = None
    error: str | None = None
    actor: Actor = Actor.NOBODY
    cause: Cause | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a commit stored: how many mentions and alerts were new, and how many deliveries now wait."""

    mentions: int
    alerts: int
    deliveries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What a person said of a mention, `None` where they said nothing; beside it what the model had said by then:
    relevance (`said`), sentiment and P(negative)."""

    relevant: bool | None
    sentiment: Sentiment | None
    by: str
    at: datetime
    said: float | None
    said_sentiment: Sentiment
    said_negative: float
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A stored mention and the number people call it by. `copies` counts the mentions of its story, itself included.
    A person's `label` stands above the model: the mention's sentiment and `hidden` are as they said. Its embedding is
    kept apart, and empty here. Once its network took the post down (`deleted_at`), text and author are gone from it."""

    number: int
    mention: Mention
    copies: int = 1
    deleted_at: datetime | None = None
    label: Label | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """An alert as people work it. It carries its mention's number."""

    record: Record
    reasons: tuple[AlertReason, ...]
    raised_at: datetime
    due_at: datetime
    state: State
    taken_by: str | None = None
    snoozed_until: datetime | None = None
    first_reply_at: datetime | None = None
    closed_at: datetime | None = None

    @property
    def number(self) -> int:
        return self.record.number

    def is_overdue(self, now: datetime) -> bool:
        return self.state in (State.OPEN, State.TAKEN) and now > self.due_at

    @property
    def first_response(self) -> timedelta | None:
        """From publication to the first reply."""
        return self.first_reply_at - self.record.mention.published_at if self.first_reply_at else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One alert on its way to one notifier, claimed until its lease ends. `attempt` counts from 1."""

    id: int
    token: int
    notifier: str
    attempt: int
    ticket: Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """How a delivery ended: delivered (`error` is None), to be tried again at `next_at`, or failed for good."""

    error: str | None = None
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer that a person gave. `url` is where it stands, when they said."""

    by: str
    at: datetime
    text: str = ""
    url: str | None = None
