"""Comments and mentions as LinkedIn has them; everything there is called by a URN.

https://learn.microsoft.com/linkedin/shared/api-guide/concepts/urns
"""

import re
from datetime import datetime
from typing import Annotated
from urllib.parse import quote

import msgspec

from ..decode import count
from ..post import Author, Engagement, Post
from ..text import clean, links, when

NETWORK = "linkedin"
SITE = "https://www.linkedin.com"
COMMENT = re.compile(r"urn:li:comment:\((urn:li:\w+:\d+),(\d+)\)", re.ASCII)
"""A comment's name holds its post's."""

Urn = Annotated[str, msgspec.Meta(pattern=r"^urn:li:[A-Za-z]+:[0-9A-Za-z:_(),-]+$")]
Time = Annotated[float, msgspec.Meta(ge=0, lt=4e12)]


class Elements(msgspec.Struct):
    elements: list[msgspec.Raw]


class Own(msgspec.Struct):
    """One of the organisation's own posts."""

    id: Urn


class Message(msgspec.Struct):
    text: str | None = None


class Stamp(msgspec.Struct):
    """When, in milliseconds since 1970."""

    time: Time | None = None


class Total(msgspec.Struct):
    likes: int | None = msgspec.field(name="totalLikes", default=None)
    below: int | None = msgspec.field(name="totalFirstLevelComments", default=None)
    all: int | None = msgspec.field(name="aggregatedTotalComments", default=None)


class Comment(msgspec.Struct):
    """Its name stands in `commentUrn`, in older answers in `$URN`, else it is made of its post's and its number."""

    actor: str | None = None
    id: str | None = None
    named: Urn | None = msgspec.field(name="commentUrn", default=None)
    named_before: Urn | None = msgspec.field(name="$URN", default=None)
    object: Urn | None = None
    parent: Urn | None = msgspec.field(name="parentComment", default=None)
    message: Message | None = None
    created: Stamp | None = None
    changed: Stamp | None = msgspec.field(name="lastModified", default=None)
    likes: Total | None = msgspec.field(name="likesSummary", default=None)
    comments: Total | None = msgspec.field(name="commentsSummary", default=None)

    @property
    def urn(self) -> str:
        told = f"urn:li:comment:({self.object},{self.id})"
        return self.named or self.named_before or (told if COMMENT.fullmatch(told) else "")

    @property
    def text(self) -> str:
        return (self.message.text if self.message else None) or ""

    @property
    def at(self) -> datetime | None:
        return when(self.created.time) if self.created else None

    @property
    def edited_at(self) -> datetime | None:
        changed = when(self.changed.time) if self.changed else None
        return changed if changed and self.at and changed > self.at else None

    @property
    def answers(self) -> int | None:
        total = self.comments or Total()
        return total.all if total.all is not None else total.below

    @property
    def has_answers(self) -> bool:
        return bool(self.answers and self.answers > 0)


class Activity(msgspec.Struct):
    entity: Urn | None = None
    owner: str | None = None
    text: str | None = None


class Decorated(msgspec.Struct):
    share: Activity | None = None
    comment: Activity | None = None


class Notification(msgspec.Struct):
    """A post that mentions the organisation. Its text comes along, unless its author has hidden it since."""

    generated: Urn | None = msgspec.field(name="generatedActivity", default=None)
    source: Urn | None = msgspec.field(name="sourcePost", default=None)
    decorated: Decorated | None = msgspec.field(name="decoratedGeneratedActivity", default=None)
    decorated_source: Activity | None = msgspec.field(name="decoratedSourcePost", default=None)
    at: Time | None = msgspec.field(name="lastModifiedAt", default=None)

    @property
    def activity(self) -> Activity:
        decorated = self.decorated or Decorated()
        return decorated.share or decorated.comment or self.decorated_source or Activity()

    @property
    def urn(self) -> str:
        return self.activity.entity or self.generated or self.source or ""


def remark(comment: Comment) -> Post:
    return Post(
        network=NETWORK,
        id=comment.urn,
        url=link(comment.urn),
        text=clean(comment.text),
        author=_author(comment.actor),
        published_at=comment.at,
        edited_at=comment.edited_at,
        engagement=Engagement(
            likes=count(comment.likes.likes if comment.likes else None), comments=count(comment.answers)
        ),
        in_reply_to=comment.parent or comment.object,
        links=links(comment.text),
    )


def mention(told: Notification) -> Post:
    activity = told.activity
    return Post(
        network=NETWORK,
        id=told.urn,
        url=link(told.urn),
        text=clean(activity.text or ""),
        author=_author(activity.owner),
        published_at=when(told.at),
        links=links(activity.text or ""),
    )


def _author(urn: str | None) -> Author | None:
    """LinkedIn tells strangers' numbers only; their names take a permission that nobody gets."""
    handle = clean(urn or "")
    return Author(handle=handle) if handle else None


def link(urn: str) -> str:
    inside = COMMENT.fullmatch(urn)
    return f"{SITE}/feed/update/{inside[1]}?commentUrn={quoted(urn)}" if inside else f"{SITE}/feed/update/{urn}"


def quoted(urn: str) -> str:
    return quote(urn, safe="")
