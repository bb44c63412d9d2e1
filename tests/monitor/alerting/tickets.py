"""Tickets for tests: name what the test is about, the rest is sensible."""

from datetime import timedelta
from typing import Any

from monitor.types import Record, State, Ticket
from tests.builders import NOW, mention


def ticket(number: int = 17, *, copies: int = 1, **fields: Any) -> Ticket:
    """An open ticket raised `NOW` and due in an hour; fields that are not its own build its mention."""
    own = {name: fields.pop(name) for name in ("reasons", "raised_at", "due_at", "state") if name in fields}
    defaults: dict[str, Any] = {
        "reasons": ("negative",),
        "raised_at": NOW,
        "due_at": NOW + timedelta(hours=1),
        "state": State.OPEN,
    }
    return Ticket(record=Record(number=number, mention=mention(**fields), copies=copies), **(defaults | own))
