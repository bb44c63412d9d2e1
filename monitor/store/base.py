"""What the house asks of a store, in small parts, so that each room asks for what it uses.

All methods are synchronous and belong on the store's thread. All times are aware and in UTC.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from connectors.base import Budget
from models.verdict import Sentiment

from ..notice import Need, Posting
from ..types import Batch, Claim, Delivery, Outcome, Receipt, Record, Reply, Sent, Source, Subject, Ticket
from ..views import Dossier, Labelled, Ranked, Search, Standing, Standings

LEASE = timedelta(seconds=60)
"""How long a claim of a source or a delivery holds, unless its owner's heart beats: so long work rests after a kill."""


class Intake(Protocol):
    """What the pipeline asks: who is due, what is new, and one transaction for all that a page changes."""

    def enlist(self, sources: Sequence[Source], settings: Mapping[str, str], now: datetime) -> None:
        """Make the configured sources known, and only those; one that is gone keeps its mark. A new one is due at once.

        `settings` maps each source's name to a digest of what its mark was made under (its options, the queries): when
        that changed, it is due and read anew, as if nothing of it had been seen.
        """
        ...

    def claim(
        self, names: Collection[str], owner: str, now: datetime, lease: timedelta, *, even_if_early: bool = False
    ) -> Claim | None:
        """Claim the source that has been due longest among `names`, unless another owner holds it; `None` when none is.
        With `even_if_early`, due or not (paused ones too)."""
        ...

    def next_due(self, names: Collection[str]) -> datetime | None:
        """When the next of these sources is due or its lease ends."""
        ...

    def renew(self, owner: str, until: datetime) -> None:
        """Have every lease that `owner` still holds, of sources and of deliveries, end then: its heart still beats."""
        ...

    def release(self, owner: str) -> None:
        """End every lease of `owner`, as it stops."""
        ...

    def known(self, ids: Collection[str]) -> set[str]:
        """Which of these mention ids are stored already."""
        ...

    def commit(self, batch: Batch, notifiers: Sequence[str]) -> Receipt:
        """Write all that a page changes, with one delivery per new alert and notifier, and move the mark: all or
        nothing. A mention that is there is left as it is; a story that has an alert for its brand gets no second one,
        unless that one was dealt with and is long past. `LeaseLost` when the claim is no longer the newest."""
        ...

    def settle(self, claim: Claim, outcome: Outcome, now: datetime) -> None:
        """End a poll: keep its validators, note its health, and when it is due again. `LeaseLost` as for `commit`."""
        ...


class Budgets(Protocol):
    """What accounts may use up, and how long they are to stay away: for all processes together."""

    def spend(self, account: str, budget: Budget, amount: float, what: str, now: datetime) -> timedelta | None:
        """Take `amount` of what the account may use up, in one transaction; `None` when it was there, otherwise how
        long until it will be: `timedelta.max` when it is more than there ever is. A `what` that is paid for in this
        window costs nothing; a negative amount gives back what was taken last. An amount that is no number is a
        `ValueError`."""
        ...

    def spent(self, account: str, budget: str, now: datetime) -> float:
        """How much of it is used up."""
        ...

    def hold(self, account: str, until: datetime, now: datetime) -> None:
        """Have none of the account's sources fall due before then."""
        ...

    def held(self, account: str, now: datetime) -> datetime | None:
        """Until when the account is to stay away, if it is."""
        ...


class Notices(Protocol):
    """What people are told of sources, and how it gets to them."""

    def sources(self, now: datetime) -> tuple[Standing, ...]:
        """Where the configured sources stand."""
        ...

    def announce(
        self,
        source: str,
        need: Need,
        said: str | None,
        since: datetime | None,
        now: datetime,
        notifiers: Sequence[str],
    ) -> bool:
        """Have every notifier tell what a source needs people for, or that it does no longer; false, and nothing done,
        when that is what they were told last."""
        ...

    def claim_posting(self, notifier: str, now: datetime, lease: timedelta) -> Posting | None:
        """Claim what this notifier has been due longest to tell; `None` when nothing is."""
        ...

    def settle_posting(self, posting: Posting, sent: Sent, now: datetime) -> None:
        """Note how it ended. A settlement under an older claim changes nothing."""
        ...


class Outbox(Protocol):
    """What the delivery loop asks."""

    def claim_delivery(
        self, notifiers: Collection[str], owner: str, now: datetime, lease: timedelta
    ) -> Delivery | None:
        """Claim the waiting delivery that has been due longest, most urgent first; `None` when none is due."""
        ...

    def next_delivery(self, notifiers: Collection[str]) -> datetime | None:
        """When the next delivery is due or its lease ends."""
        ...

    def settle_delivery(self, delivery: Delivery, sent: Sent, now: datetime) -> None:
        """Note how it ended. A settlement under an older claim changes nothing."""
        ...

    def give_up(self, notifiers: Collection[str], now: datetime) -> int:
        """Drop what waits for any notifier but these, since nobody is left to send it; how many. Their alerts say so,
        and stay in the inbox."""
        ...


class Inbox(Protocol):
    """What people ask. Each raises `UnknownMention` for a number that is not there or, `reply` apart, has no alert."""

    def tickets(
        self,
        states: Collection[str],
        now: datetime,
        *,
        brand: str | None = None,
        limit: int | None = None,
        snoozed: bool = False,
    ) -> list[Ticket]:
        """Alerts in these states, most urgent first (level, then due time). Snoozed ones only when asked for."""
        ...

    def take(self, number: int, by: str, now: datetime, *, force: bool = False) -> Ticket:
        """Say that `by` is on it. `NotYours` when somebody else is, unless forced."""
        ...

    def reply(self, number: int, reply: Reply) -> Ticket:
        """Record an answer. The first one stops the clock. Works on any mention; one without an alert gets one."""
        ...

    def snooze(self, number: int, until: datetime, now: datetime) -> Ticket:
        """Out of sight until then; it comes back by itself, as taken if somebody has it, otherwise as open."""
        ...

    def close(self, number: int, by: str, now: datetime) -> Ticket:
        """Done with, answered or not. A reply may still be noted."""
        ...

    def reopen(self, number: int, now: datetime) -> Ticket:
        """Open again, and nobody's. It is due when it was."""
        ...


class History(Protocol):
    """What reading commands ask; none of them writes."""

    def mentions(self, search: Search) -> Iterator[Record]:
        """Newest first."""
        ...

    def hidden(self, search: Search, most: int) -> int:
        """How many mentions it would find among those hidden, counted no further than `most`."""
        ...

    def stored(self, numbers: Collection[int]) -> set[int]:
        """Which of these mentions there are."""
        ...

    def dossier(self, number: int) -> Dossier:
        """All that is known of a mention; `UnknownMention` when it is not there."""
        ...

    def authors(
        self, *, by: str, brand: str | None, network: str | None, since: datetime | None, limit: int | None
    ) -> list[Ranked]:
        """Authors ranked `by` "reach" (followers), "engagement" or "mentions"; where it is unknown, they come last."""
        ...

    def standings(self, now: datetime) -> Standings:
        """Where sources, inbox and outbox stand."""
        ...


class Lessons(Protocol):
    """What people say of mentions, and what the models make of it. A person's word stands above the model's: it decides
    whether a mention is hidden, and its sentiment."""

    def label(
        self,
        numbers: Sequence[int],
        by: str,
        now: datetime,
        *,
        relevant: bool | None = None,
        sentiment: Sentiment | None = None,
    ) -> list[Record]:
        """Note what `by` says of these mentions; what is `None` stays as it was said before, if it was. All or none:
        `UnknownMention` when one is not there. Irrelevant ones are hidden, and an alert that waits is closed; relevant
        ones are shown, and an alert that was closed that way waits again."""
        ...

    def unlabel(self, numbers: Sequence[int]) -> list[Record]:
        """Take back what was said of these mentions: all is as it was and as the model says. Those that had a label.
        `UnknownMention` as for `label`."""
        ...

    def labelled(self, brand: str | None = None) -> list[Labelled]:
        """What people said, oldest first, as far as it teaches."""
        ...

    def unlabelled(self, brand: str, limit: int) -> Iterator[tuple[Record, bytes]]:
        """Mentions of whose relevance nobody said anything, newest first, with their embeddings; deleted ones are left
        out. Not to be written to meanwhile."""
        ...

    def rescore(self, scores: Mapping[int, tuple[float, bool]]) -> int:
        """Note anew, by number, how relevant the model finds mentions and whether it hides them; how many changed
        sides. What a person said of, took or answered stays in sight or out of it."""
        ...

    def profile(self, brand: str) -> tuple[str, datetime] | None:
        """What is known of a brand, and since when."""
        ...

    def keep_profile(self, brand: str, text: str, sources: Sequence[str], now: datetime) -> None:
        """Keep what is known of a brand, and from which pages, in place of what was."""
        ...

    def taught(self) -> int:
        """Grows whenever there is something to learn anew: a label, one taken back, a profile. Costs nothing to ask."""
        ...

    def forget_labels(self, brand: str | None = None, subject: Subject = "all") -> int:
        """Learn no more from the labels there are, of one brand or all, on sentiment, on relevance or on both; how many
        did teach that. What they say of their own mentions stands."""
        ...
