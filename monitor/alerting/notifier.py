"""What a way out is: a name, and two verbs. One file for each kind, beside this one."""

from typing import Protocol

from ..types import Ticket


class Notifier(Protocol):
    """Takes alerts out of the house. Both methods raise `Undelivered`, or `Undeliverable` when only a person can help.

    A ticket may be sent twice (see `outbox`): every message carries its number.
    """

    @property
    def name(self) -> str:
        """As the configuration calls it."""
        ...

    async def send(self, ticket: Ticket) -> None: ...

    async def send_test(self) -> None:
        """Say hello, so that a person sees that the way is open."""
        ...
