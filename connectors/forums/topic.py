"""Posts of a Discourse forum, as its API has them: https://docs.discourse.org/"""

from datetime import datetime
from typing import Annotated

import msgspec

from ..decode import address, count
from ..post import Author, Engagement, Post
from ..text import clean, links, plain, when

NETWORK = "discourse"
LIKE = 2
"""What Discourse calls a like among the actions."""
Number = Annotated[int, msgspec.Meta(ge=1, lt=1 << 53)]


class Action(msgspec.Struct):
    id: int | None = None
    count: int | None = None


class Place(msgspec.Struct):
    """Where a post stands."""

    topic_id: Number
    post_number: Number
    topic_slug: str | None = None


class Note(Place, kw_only=True):
    """A post. Search sends a part of the fields and, instead of the text, often only what stands around the words."""

    id: Number
    created_at: str
    username: str | None = None
    name: str | None = None
    cooked: str | None = None
    blurb: str | None = None
    updated_at: str | None = None
    version: int | None = None
    topic_title: str | None = None
    reply_to_post_number: int | None = None
    like_count: int | None = None
    actions_summary: list[Action] | None = None
    reply_count: int | None = None
    reads: int | None = None
    hidden: bool | None = False
    user_deleted: bool | None = False
    deleted_at: str | None = None

    @property
    def is_gone(self) -> bool:
        """Whether its author, a moderator or the community's flags took it down."""
        return bool(self.deleted_at or self.user_deleted or self.hidden)

    @property
    def likes(self) -> int | None:
        """An action that nobody took is left out of the summary."""
        if self.like_count is not None or self.actions_summary is None:
            return count(self.like_count)
        return next((count(action.count) for action in self.actions_summary if action.id == LIKE), 0)

    def is_since(self, moment: datetime) -> bool:
        at = when(self.created_at)
        return at is None or at >= moment


class Topic(msgspec.Struct):
    id: Number
    title: str | None = None
    slug: str | None = None


class Written(msgspec.Struct):
    id: Number | None = None
    topic_id: int | None = None
    topic_slug: str | None = None
    post_number: int | None = None


def place_of(base: str) -> str:
    """What the ids of a forum's posts begin with: the same with https as without."""
    return base.partition("://")[2].lower()


def post(note: Note, base: str, topic: Topic | None = None) -> Post:
    """An answer carries no title: its topic's would make every answer below "Acme is down" a mention of Acme."""
    is_first = note.post_number == 1
    title = note.topic_title or (topic.title if topic else None) or ""
    slug = note.topic_slug or (topic.slug if topic else None)
    handle = clean(note.username or "")
    return Post(
        network=NETWORK,
        id=f"{place_of(base)}/{note.id}",
        url=permalink(base, Place(topic_id=note.topic_id, post_number=note.post_number, topic_slug=slug)),
        title=plain(title) or None if is_first else None,
        text=plain(note.cooked or note.blurb or ""),
        author=Author(handle=handle, name=plain(note.name or "") or None, url=address(f"{base}/u/{handle}"))
        if handle
        else None,
        published_at=when(note.created_at),
        edited_at=when(note.updated_at) if (note.version or 1) > 1 else None,
        engagement=Engagement(likes=note.likes, comments=count(note.reply_count), views=count(note.reads)),
        in_reply_to=None if is_first else f"{base}/t/-/{note.topic_id}/{note.reply_to_post_number or 1}",
        links=links(note.cooked or "", base),
    )


def permalink(base: str, place: Place | Written) -> str | None:
    slug = clean(place.topic_slug or "") or "-"
    return address(f"{base}/t/{slug}/{place.topic_id}/{place.post_number}") if place.topic_id else None
