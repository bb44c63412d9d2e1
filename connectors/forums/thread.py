"""Posts and comments of Lemmy, as both of its API's versions have them: https://join-lemmy.org/api/

Version 4 (Lemmy 1.0) moved the counts into post and comment and gave the times and addresses other names.
"""

from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import urlsplit

import msgspec

from ..decode import address, count
from ..post import Author, Engagement, Post
from ..text import clean, links, markdown, when

NETWORK = "lemmy"
LONG_AGO = datetime(1990, 1, 1, tzinfo=UTC)
Number = Annotated[int, msgspec.Meta(ge=1, lt=1 << 53)]
Name = Annotated[str, msgspec.Meta(pattern=r"^https?://\S+$")]
"""The address of an object where it was made: the same on every server that knows it."""


class Person(msgspec.Struct):
    name: str | None = None
    display_name: str | None = None
    actor_id: str | None = None
    ap_id: str | None = None
    deleted: bool | None = False


class Counts(msgspec.Struct):
    upvotes: int | None = None
    comments: int | None = None
    child_count: int | None = None


class Written(Counts, kw_only=True):
    """What posts and comments share."""

    id: Number
    ap_id: Name
    published: str | None = None
    published_at: str | None = None
    updated: str | None = None
    updated_at: str | None = None
    deleted: bool | None = False
    removed: bool | None = False

    @property
    def at(self) -> datetime:
        return when(self.published_at or self.published) or LONG_AGO

    @property
    def is_gone(self) -> bool:
        """Whether its author or a moderator took it down."""
        return bool(self.deleted or self.removed)


class Submission(Written, kw_only=True):
    """A post, with a title and perhaps a link; Lemmy's word for it is ours for everything."""

    name: str | None = None
    body: str | None = None
    url: str | None = None


class Comment(Written, kw_only=True):
    content: str | None = None
    path: str | None = None


class View(msgspec.Struct):
    """One or the other: a comment comes with the post that it stands below."""

    post: Submission
    creator: Person
    comment: Comment | None = None
    counts: Counts | None = None

    @property
    def written(self) -> Written:
        return self.comment or self.post


def post(view: View, base: str) -> Post:
    """`base` is the server asked. A comment carries no title: its post's would make every comment below "Acme is down"
    a mention of Acme."""
    written, counts, submission = view.written, view.counts or view.written, view.post
    text = (view.comment.content if view.comment else submission.body) or ""
    link = None if view.comment else address(submission.url)
    return Post(
        network=NETWORK,
        id=written.ap_id,
        url=address(written.ap_id),
        title=None if view.comment else clean(submission.name or "") or None,
        text=markdown(text),
        author=_author(view.creator, base),
        published_at=when(written.published_at or written.published),
        edited_at=when(written.updated_at or written.updated),
        engagement=Engagement(
            likes=count(counts.upvotes),
            comments=count(counts.child_count if view.comment else counts.comments),
        ),
        in_reply_to=_parent(view.comment, submission, base) if view.comment else None,
        links=((link,) if link else ()) + links(text),
    )


def _author(person: Person, base: str) -> Author | None:
    """Names are unique on their own server only, which their address tells."""
    home = person.ap_id or person.actor_id or base
    name = clean(person.name or "")
    if person.deleted or not name:
        return None
    try:
        host = urlsplit(home).hostname
    except ValueError:
        host = None
    return Author(
        handle=f"{name}@{host or urlsplit(base).hostname}",
        name=clean(person.display_name or "") or None,
        url=address(person.ap_id or person.actor_id),
    )


def _parent(comment: Comment, submission: Submission, base: str) -> str:
    """The path leads from "0" over the numbers of the comments above, which this server alone knows, to its own."""
    above = (comment.path or "").split(".")[1:-1]
    return f"{base}/comment/{above[-1]}" if above and above[-1].isdecimal() else submission.ap_id
