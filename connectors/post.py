"""What a network published, as a value: the same shape whichever network it came from."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

ENDS: Final = tuple(".!?…:;")
"""What a sentence, or its part, ends with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who wrote a post. `handle` is unique within its network; what the network does not tell is `None`, never 0."""

    handle: str
    name: str | None = None
    url: str | None = None
    followers: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Engagement:
    """How people reacted, as counted by the network when it was asked."""

    likes: int | None = None
    shares: int | None = None
    comments: int | None = None
    views: int | None = None

    @property
    def total(self) -> int | None:
        """Likes, shares and comments together; `None` when the network told none of them."""
        known = [count for count in (self.likes, self.shares, self.comments) if count is not None]
        return sum(known) if known else None


UNCOUNTED = Engagement()


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One post, comment, article or review. `(network, id)` identifies it for ever; `text` and `title` are plain text.

    `published_at` and `edited_at` are aware and in UTC; `language` is what the author or network declared (ISO 639-1);
    `links` are the addresses the text points to, which plain text may no longer show.
    """

    network: str
    id: str
    url: str | None
    text: str
    title: str | None = None
    author: Author | None = None
    published_at: datetime | None = None
    edited_at: datetime | None = None
    language: str | None = None
    engagement: Engagement = UNCOUNTED
    in_reply_to: str | None = None
    links: tuple[str, ...] = field(default=())

    @property
    def whole(self) -> str:
        """Title and text. A title is a sentence of its own, lest "0" and "Acme is broken" be read on as one."""
        if not self.title:
            return self.text
        return f"{self.title}\n{self.text}" if self.title.endswith(ENDS) else f"{self.title}.\n{self.text}"
