"""A review as Apple's public feed and as App Store Connect have it, and the post that it becomes.

The stars stand in the title, as readers see them beside it: a text without them may read either way.
"""

from typing import Annotated
from urllib.parse import urlsplit

import msgspec

from ..decode import address, count
from ..errors import Malformed
from ..post import Author, Engagement, Post
from ..text import clean, links, when

NETWORK = "appstore"
SITE = "https://apps.apple.com"
Name = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z-]+$", max_length=100)]


class Label(msgspec.Struct):
    """The feed is Atom turned into JSON: each text is an object."""

    label: str | None = None


class Number(msgspec.Struct):
    label: int | None = None


class Id(msgspec.Struct):
    label: Annotated[str, msgspec.Meta(pattern="^[0-9]{1,18}$")]


class Reviewer(msgspec.Struct):
    name: Label | None = None
    uri: Label | None = None


class Opinion(msgspec.Struct):
    """A review in the public feed; or, where there is no rating, the app itself, which older answers begin with.

    `updated` was missing for years; `content` is a list where it comes as HTML, too.
    """

    id: Id
    author: Reviewer | None = None
    updated: Label | None = None
    rating: Number | None = msgspec.field(name="im:rating", default=None)
    helpful: Number | None = msgspec.field(name="im:voteSum", default=None)
    title: Label | None = None
    content: Label | list[Label] | None = None

    @property
    def is_review(self) -> bool:
        return self.rating is not None


class Entries(msgspec.Struct):
    entry: msgspec.Raw = msgspec.Raw(b"[]")


class Feed(msgspec.Struct):
    feed: Entries

    @property
    def entries(self) -> list[msgspec.Raw]:
        """One alone is no list, and with none the key is missing."""
        entry = self.feed.entry
        if bytes(entry).startswith(b"{"):
            return [entry]
        try:
            return msgspec.json.decode(entry, type=list[msgspec.Raw] | None) or []
        except msgspec.MsgspecError as error:
            raise Malformed(f"{NETWORK}: entries of the feed that are no list: {error}", bytes(entry)) from error


class Attributes(msgspec.Struct):
    rating: int | None = None
    title: str | None = None
    body: str | None = None
    reviewer: str | None = msgspec.field(name="reviewerNickname", default=None)
    created: str | None = msgspec.field(name="createdDate", default=None)


class Connected(msgspec.Struct):
    """A review in App Store Connect."""

    id: Name
    attributes: Attributes


class Links(msgspec.Struct):
    next: str | None = None


class Listing(msgspec.Struct):
    data: list[msgspec.Raw]
    links: Links | None = None


class Response(msgspec.Struct):
    id: str


class Written(msgspec.Struct):
    data: Response


def opinion(review: Opinion, app: str, country: str) -> Post:
    content = review.content[0] if isinstance(review.content, list) and review.content else review.content
    text = _said(content if isinstance(content, Label) else None)
    return Post(
        network=NETWORK,
        id=review.id.label,
        url=f"{SITE}/{country}/app/id{app}?see-all=reviews",
        title=titled(review.rating.label if review.rating else None, _said(review.title)),
        text=text,
        author=_author(_said(review.author.name if review.author else None), review.author),
        published_at=when(_said(review.updated)),
        engagement=Engagement(likes=count(review.helpful.label if review.helpful else None)),
        links=links(text),
    )


def connected(review: Connected, app: str) -> Post:
    told = review.attributes
    text = clean(told.body or "")
    return Post(
        network=NETWORK,
        id=review.id,
        url=f"{SITE}/app/id{app}?see-all=reviews",
        title=titled(told.rating, told.title or ""),
        text=text,
        author=_author(told.reviewer or ""),
        published_at=when(told.created),
        links=links(text),
    )


def titled(rating: int | None, title: str) -> str | None:
    """`2/5: No abre`, or what there is of it."""
    stars = f"{rating}/5" if rating and 1 <= rating <= 5 else ""
    return ": ".join(filter(None, (stars, clean(title, 500)))) or None


def _author(name: str, reviewer: Reviewer | None = None) -> Author | None:
    handle, page = clean(name, 200), address(_said(reviewer.uri if reviewer else None))
    return (
        Author(handle=handle, name=handle, url=page if page and urlsplit(page).hostname else None) if handle else None
    )


def _said(part: Label | None) -> str:
    return clean((part.label if part else None) or "")
