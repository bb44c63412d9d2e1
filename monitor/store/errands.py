"""What is asked of a store by those who look at posts again, and who answer."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Protocol

from connectors.base import Sent

from ..errands import Draft, Looked, Looks
from ..types import Ticket


class Lookout(Protocol):
    """What looking at posts again asks."""

    def keep_looks(self, sources: Collection[str]) -> None:
        """Forget what was to be looked at again of any source but these: nobody would."""
        ...

    def claim_looks(self, source: str, owner: str, now: datetime, lease: timedelta, most: int) -> Looks | None:
        """Claim `most` posts of a source that have been due longest; `None` when none is, the network is to be left
        alone, or another owner looks at that source's."""
        ...

    def next_look(self, source: str) -> datetime | None:
        """When a post of this source is due, or may be asked for."""
        ...

    def settle_looks(self, claim: Looks, looked: Looked, now: datetime) -> None:
        """Write all that became of the posts, and when each is next: all or nothing. `LeaseLost` when the claim is no
        longer the newest."""


class Drafts(Protocol):
    """What answering on a network asks."""

    def draft(
        self, number: int, source: str, by: str, text: str, now: datetime, *, known_for: timedelta, force: bool = False
    ) -> Draft:
        """Note an answer before it is handed to the network, or that it is handed over again.

        `known_for` is how long the network knows it again by its key. `Unsure` when an answer may have arrived and the
        network could not tell; `Unsent` when this one was said already, or the post is gone; `NotYours` when somebody
        else is on it. Forced, none of these but for a post that is gone.
        """
        ...

    def sent(self, draft: Draft, sent: Sent, now: datetime) -> Ticket:
        """Note where it stands; from there on it is an answer as any other."""
        ...

    def unsent(self, draft: Draft) -> None:
        """Note that this try did not reach the network, for sure."""
        ...
