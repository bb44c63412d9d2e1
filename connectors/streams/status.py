"""What a server that speaks the Mastodon API says of a post: https://docs.joinmastodon.org/entities/Status/"""

from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec

from ..decode import address, count
from ..post import Author, Engagement, Post
from ..text import clean, links, plain, when

NETWORK = "mastodon"
LONG_AGO = datetime(1990, 1, 1, tzinfo=UTC)


class Account(msgspec.Struct):
    acct: Annotated[str, msgspec.Meta(min_length=1)]
    display_name: str | None = None
    url: str | None = None
    followers_count: int | None = None


class Attachment(msgspec.Struct):
    description: str | None = None


class Status(msgspec.Struct):
    """Pleroma, GoToSocial, Pixelfed and others answer in this shape too, less whatever they do not know."""

    id: Annotated[str, msgspec.Meta(min_length=1)]
    uri: Annotated[str, msgspec.Meta(min_length=1)]
    account: Account
    url: str | None = None
    created_at: str | None = None
    edited_at: str | None = None
    content: str | None = None
    spoiler_text: str | None = None
    visibility: str | None = "public"
    language: str | None = None
    in_reply_to_id: str | None = None
    reblog: Any = None
    media_attachments: list[Attachment] | None = None
    favourites_count: int | None = None
    reblogs_count: int | None = None
    replies_count: int | None = None

    @property
    def is_public(self) -> bool:
        """Whether anyone may read it and it is its author's own, not a boost of another's."""
        return self.visibility in ("public", "unlisted") and not self.reblog

    @property
    def at(self) -> datetime:
        return when(self.created_at) or LONG_AGO


def post(status: Status, base: str) -> Post:
    """`base` is the server asked, whose own accounts come without its name. The id is the post's own address: the same
    on every server, where the server's ids are not."""
    parts = [status.spoiler_text or "", status.content or ""]
    descriptions = [attachment.description or "" for attachment in status.media_attachments or ()]
    return Post(
        network=NETWORK,
        id=clean(status.uri),
        url=address(status.url),
        text="\n\n".join(filter(None, map(plain, [*parts, *descriptions]))),
        author=_author(status.account, base),
        published_at=when(status.created_at),
        edited_at=when(status.edited_at),
        language=(status.language or "").partition("-")[0].lower() or None,
        engagement=Engagement(
            likes=count(status.favourites_count),
            shares=count(status.reblogs_count),
            comments=count(status.replies_count),
        ),
        in_reply_to=status.in_reply_to_id or None,
        links=links(status.content or ""),
    )


def _author(account: Account, base: str) -> Author:
    home = "" if "@" in account.acct else f"@{urlsplit(base).hostname}"
    return Author(
        handle=clean(account.acct) + home,
        name=plain(account.display_name or "") or None,
        url=address(account.url),
        followers=count(account.followers_count),
    )
