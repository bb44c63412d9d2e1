"""Videos and comments as TikTok's Accounts API has them, the posts they become, and what its codes mean."""

from datetime import datetime, timedelta
from typing import Annotated

import msgspec

from ..base import Answer
from ..decode import address, count, readable
from ..errors import RateLimited, Refused, Unavailable
from ..post import Author, Engagement, Post
from ..text import clean, links, redact, when

NETWORK = "tiktok"
SITE = "https://www.tiktok.com"
RENEW = "connect the account again (docs/networks/tiktok.md tells how)"
TOO_MANY, EXPIRED, DOWN = 40_100, frozenset({40_102, 40_104, 40_105}), range(50_000, 60_000)
Digits = Annotated[str, msgspec.Meta(pattern="^[0-9]{1,20}$")]
Number = Annotated[int, msgspec.Meta(ge=0)]
Id = Digits | Number


class Expired(Refused):
    """The token is not, or no longer, accepted."""


class Outcome(msgspec.Struct):
    code: int
    message: str | None = None


def accepted(answer: Answer) -> Answer:
    """`answer`, unless it is an error: TikTok sends those with status 200 and a code that is not 0."""
    outcome = answer.json(Outcome)
    if outcome.code == 0:
        return answer
    where = f"{redact(answer.url)}: TikTok says {clean(outcome.message or '', 300)!r} (code {outcome.code})"
    if outcome.code == TOO_MANY:
        raise RateLimited(where, timedelta(minutes=1))
    if outcome.code in EXPIRED:
        raise Expired(f"{where}; {RENEW}")
    if outcome.code in DOWN:
        raise Unavailable(where)
    raise Refused(f"{where}; see that the app has the scopes of docs/networks/tiktok.md, or {RENEW}")


class Tokens(msgspec.Struct):
    access_token: str
    refresh_token: str = ""


class Granted(msgspec.Struct):
    data: Tokens


class Video(msgspec.Struct):
    """Ids have 64 bits, and come as numbers from some of TikTok's servers."""

    number: Id = msgspec.field(name="item_id")
    address: str | None = msgspec.field(name="share_url", default=None)

    @property
    def id(self) -> str:
        return str(self.number)


class Comment(msgspec.Struct):
    number: Id = msgspec.field(name="comment_id")
    text: str | None = None
    created: str | int | None = msgspec.field(name="create_time", default=None)
    video: Id | None = msgspec.field(name="video_id", default=None)
    parent: Id | None = msgspec.field(name="parent_comment_id", default=None)
    username: str | None = None
    name: str | None = msgspec.field(name="display_name", default=None)
    likes: int | None = None
    replies: int | None = None
    is_own: bool | None = msgspec.field(name="owner", default=None)
    reply_list: list[msgspec.Raw] | None = None

    @property
    def id(self) -> str:
        return str(self.number)

    @property
    def at(self) -> datetime | None:
        return when(self.created)

    @property
    def answers(self) -> list["Comment"]:
        return readable(self.reply_list or [], Comment, "comment/list")

    def is_recent(self, oldest: datetime) -> bool:
        return self.at is None or self.at >= oldest


class Listing(msgspec.Struct):
    videos: list[msgspec.Raw] = []
    comments: list[msgspec.Raw] = []
    cursor: int | None = None
    has_more: bool = False


class Enveloped(msgspec.Struct):
    data: Listing | None = None


class Reference(msgspec.Struct):
    number: Id = msgspec.field(name="comment_id")


class Written(msgspec.Struct):
    data: Reference


def post(comment: Comment, video: Video) -> Post:
    """The id names the video, too: without it no comment can be looked up or answered."""
    handle = clean(comment.username or "")
    text = clean(comment.text or "")
    return Post(
        network=NETWORK,
        id=f"{video.id}/{comment.id}",
        url=address(video.address),
        text=text,
        author=Author(handle=handle, name=clean(comment.name or "") or None, url=f"{SITE}/@{handle}")
        if handle
        else None,
        published_at=comment.at,
        engagement=Engagement(likes=count(comment.likes), comments=count(comment.replies)),
        in_reply_to=f"{video.id}/{comment.parent}" if comment.parent else video.id,
        links=links(text),
    )
