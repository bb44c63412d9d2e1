"""Photos, videos and comments as Meta's API for Instagram shows them, and the posts they become.

https://developers.facebook.com/documentation/instagram-platform/reference/instagram-media and …/instagram-comment
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

import msgspec

from ..decode import address, count, readable
from ..post import Author, Engagement, Post
from ..text import clean, links, when
from .graph import Edge

NETWORK = "instagram"
SITE = "https://www.instagram.com"

Id = Annotated[str, msgspec.Meta(pattern=r"^\d+$")]


class Named(msgspec.Struct):
    id: Id


class Comment(msgspec.Struct):
    id: Id
    text: str | None = None
    timestamp: str | None = None
    username: str | None = None
    like_count: int | None = None
    replies: Edge | None = None
    media: "Medium | None" = None

    @property
    def at(self) -> datetime | None:
        return when(self.timestamp)


class Medium(msgspec.Struct):
    """A photo, video or album. Who hides the likes has no `like_count`; hashtags tell no `username`."""

    id: Id
    caption: str | None = None
    permalink: str | None = None
    timestamp: str | None = None
    username: str | None = None
    like_count: int | None = None
    comments_count: int | None = None
    comments: Edge | None = None

    @property
    def at(self) -> datetime | None:
        return when(self.timestamp)


class Home(msgspec.Struct):
    username: str = ""
    media: Edge | None = None


class Mentioned(msgspec.Struct):
    media: Medium | None = msgspec.field(name="mentioned_media", default=None)
    comment: Comment | None = msgspec.field(name="mentioned_comment", default=None)


def answers(comment: Comment, where: str) -> Iterator[tuple[Comment, str]]:
    """The answers to `comment`, each with its id."""
    for answer in readable(comment.replies.data if comment.replies else [], Comment, where):
        yield answer, comment.id


def post(medium: Medium) -> Post:
    return Post(
        network=NETWORK,
        id=medium.id,
        url=address(medium.permalink),
        text=clean(medium.caption or ""),
        author=author(medium.username),
        published_at=medium.at,
        engagement=Engagement(likes=count(medium.like_count), comments=count(medium.comments_count)),
        links=links(medium.caption or ""),
    )


def remark(comment: Comment, medium: Medium | None, below: str = "") -> Post:
    """A comment under `medium`, or an answer to the comment `below`."""
    return Post(
        network=NETWORK,
        id=comment.id,
        url=address(medium.permalink) if medium else None,
        text=clean(comment.text or ""),
        author=author(comment.username),
        published_at=comment.at,
        engagement=Engagement(likes=count(comment.like_count)),
        in_reply_to=below or (medium.id if medium else None),
        links=links(comment.text or ""),
    )


def author(username: str | None) -> Author | None:
    handle = clean(username or "")
    return Author(handle=handle, url=f"{SITE}/{handle}/") if handle else None
