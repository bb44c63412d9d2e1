"""What comes to a door and what is said to it, whoever serves the door and whatever is behind it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Knock:
    """A request, read whole. Header names are in lower case; `kind` is its media type; `at` is when it came."""

    method: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    kind: str
    body: bytes = field(repr=False)
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An answer: a document that is sent as JSON, or words that are sent as they are."""

    status: int
    document: Mapping[str, object] | str
    headers: Mapping[str, str] = field(default_factory=dict)


class TurnedAway(Exception):
    """Who knocked is not let in; `status` and `why` are what is said, in words for whoever wrote the sender."""

    def __init__(self, status: int, why: str, **headers: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why
        self.headers = headers

    @property
    def said(self) -> Said:
        headers = {name.replace("_", "-"): value for name, value in self.headers.items()}
        return Said(status=self.status, document={"error": self.why}, headers=headers)
