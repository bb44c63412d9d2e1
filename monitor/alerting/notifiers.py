"""The kinds of notifiers there are, by the name that the configuration calls them."""

from collections.abc import Callable, Collection
from datetime import tzinfo
from typing import Literal

from connectors.session import Session

from ..clock import Clock
from ..types import Level, Ticket
from ..words import words
from .apprise import Apprise
from .console import Console
from .notifier import Notifier
from .webhook import Webhook

Kind = Literal["apprise", "webhook", "console"]


def notifier(
    kind: Kind,
    *,
    name: str,
    url: str = "",
    secret: str = "",
    language: str,
    zone: tzinfo,
    clock: Clock,
    session: Session,
) -> Notifier:
    """A way out, ready to send. `session` is for webhooks: it allows their hosts (`webhook.hosts`), private or not."""
    spoken = words(language)
    match kind:
        case "apprise":
            return Apprise(name=name, url=url, words=spoken, zone=zone, clock=clock)
        case "webhook":
            return Webhook(name=name, url=url, secret=secret or None, session=session, words=spoken, clock=clock)
        case "console":
            return Console(name=name, words=spoken, zone=zone, clock=clock)


def only(brands: Collection[str] = (), level: Level | None = None) -> Callable[[Ticket], bool]:
    """Whether a notifier wants a ticket: of these brands (none named: of all), and at least as urgent as `level`."""

    def wants(ticket: Ticket) -> bool:
        mention = ticket.record.mention
        return (not brands or mention.brand in brands) and (level is None or mention.priority.level <= level)

    return wants
