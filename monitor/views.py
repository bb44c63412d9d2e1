"""What people ask to see: a mention with all that is known of it, and where sources, inbox and authors stand."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from connectors.post import Author
from models.verdict import Sentiment

from .errands import Draft
from .notice import Need
from .types import Actor, Cause, Record, Reply, Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A delivery that has not arrived: tried `attempts` times, and given up when `next_at` is None."""

    number: int
    notifier: str
    attempts: int
    error: str
    next_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Untold:
    """The latest notice of a source, which has not arrived; `next_at` is None when it was given up."""

    source: str
    notifier: str
    attempts: int
    error: str
    next_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a network said of a post and its author at a time. Unknown is `None`."""

    at: datetime
    followers: int | None
    likes: int | None
    shares: int | None
    comments: int | None
    views: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """All that is known of one mention: `oido show` prints it."""

    record: Record
    ticket: Ticket | None
    replies: tuple[Reply, ...]
    readings: tuple[Reading, ...]
    troubles: tuple[Trouble, ...]
    earlier: int
    earlier_negative: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """A budget, and how much of it is used up in the window that ends now: at most `most` of `unit`."""

    name: str
    used: float
    most: float
    unit: str
    window: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a source stands. Times are `None` until the first success.

    All that was published until `seen_until` was asked for; `fresh_at` is its newest post, and `pauses` are the longest
    ones between its posts, day by day. `account` shares its `budgets` with other sources; `told` is the need of which
    people were told last.
    """

    name: str
    connector: str
    next_at: datetime | None
    last_success_at: datetime | None
    failing_since: datetime | None
    failures: int
    error: str | None
    actor: Actor
    found: int
    mentions: int
    newest_at: datetime | None
    gaps: tuple["Gap", ...] = ()
    account: str = ""
    budgets: tuple[Allowance, ...] = ()
    seen_until: datetime | None = None
    fresh_at: datetime | None = None
    pauses: tuple[timedelta, ...] = ()
    told: Need = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A time in which a source could not be heard, and why; `until` is `None` while it lasts, `why` where nobody knows.
    What was said meanwhile may have been read later, but for what is `LOST`."""

    since: datetime
    until: datetime | None
    why: Cause | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standings:
    """`oido status` in one value: the sources, the inbox and the outbox. `heartbeat_at` is until when a daemon last
    promised to be alive: in the past it was killed; `None` when it stopped as it should, or never ran. `mentions` are
    those shown, `hidden` the others. Of `unsure` answers nobody knows whether their network took them."""

    sources: tuple[Standing, ...]
    open: int
    overdue: int
    pending: int
    troubles: tuple[Trouble, ...]
    untold: tuple[Untold, ...]
    unsure: tuple[Draft, ...]
    first_response: timedelta | None
    mentions: int
    hidden: int
    heartbeat_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """An author among the others: followers as last told, engagement summed over the mentions counted."""

    network: str
    author: Author
    mentions: int
    negative: int
    engagement: int | None
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Which mentions to list. `text` is full text in the words of SQLite's FTS5, folded; times bound `published_at`;
    `hidden` lists only those shown (False), only those hidden (True), or both (None)."""

    brand: str | None = None
    network: str | None = None
    source: str | None = None
    sentiment: str | None = None
    language: str | None = None
    author: str | None = None
    min_reach: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    text: str | None = None
    hidden: bool | None = False
    limit: int | None = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A mention that a person labelled, to learn from: what they said, `None` where they said nothing, and what the
    model had said by then. `embedding` is empty from a tier that has none; a post that was deleted has neither that nor
    words."""

    record: Record
    embedding: bytes
    relevant: bool | None
    sentiment: Sentiment | None
    by: str
    at: datetime
    said: float | None
    said_sentiment: Sentiment
    said_negative: float
