"""What a way out is: a name, two verbs, and what it is wanted for. One file for each kind, beside this one."""

from collections.abc import Callable, Collection
from typing import Protocol

from ..notice import Notice
from ..types import Level, Ticket


class Notifier(Protocol):
    """Takes alerts out of the house. Its methods raise `Undelivered`, or `Undeliverable` when only a person can help.

    A ticket may be sent twice (see `outbox`): every message carries its number.
    """

    @property
    def name(self) -> str:
        """As the configuration calls it."""
        ...

    async def send(self, ticket: Ticket) -> None: ...

    async def tell(self, notice: Notice) -> None:
        """Say what a source needs people for. It may be told twice, too."""
        ...

    async def send_test(self) -> None:
        """Say hello, so that a person sees that the way is open."""
        ...


def only(brands: Collection[str] = (), level: Level | None = None) -> Callable[[Ticket], bool]:
    """Whether a notifier wants a ticket: of these brands (none named: of all), and at least as urgent as `level`."""

    def wants(ticket: Ticket) -> bool:
        mention = ticket.record.mention
        return (not brands or mention.brand in brands) and (level is None or mention.priority.level <= level)

    return wants
