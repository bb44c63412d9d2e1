"""YouTube's videos, comments and channels as posts and authors: https://developers.google.com/youtube/v3/docs"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Annotated

import msgspec

from ..decode import address, count
from ..post import Author, Engagement, Post
from ..text import clean, links, when

NETWORK = "youtube"
SITE = "https://www.youtube.com"
Id = Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_.-]+$")]


class Listing(msgspec.Struct):
    """What every list call answers. Without results some leave `items` out; `kind` is always there."""

    kind: str
    items: list[msgspec.Raw] = []
    next: str = msgspec.field(name="nextPageToken", default="")


class Trouble(msgspec.Struct):
    reason: str = ""


class Troubles(msgspec.Struct):
    errors: list[Trouble] = []


class Denial(msgspec.Struct):
    """What stands in an answer that is refused."""

    error: Troubles


class Found(msgspec.Struct, rename="camel"):
    video_id: Id


class Result(msgspec.Struct):
    """A hit of the search; all we take from it is which video it is, for its texts are cut short and escaped."""

    id: Found


class Told(msgspec.Struct, rename="camel"):
    title: str | None = None
    description: str | None = None
    channel_id: str | None = None
    channel_title: str | None = None
    published_at: str | None = None
    default_language: str | None = None
    default_audio_language: str | None = None


class Counts(msgspec.Struct, rename="camel"):
    """Numbers come as texts, and not at all where their owner hides them."""

    like_count: int | None = None
    comment_count: int | None = None
    view_count: int | None = None
    subscriber_count: int | None = None
    hidden_subscriber_count: bool | None = None


class Video(msgspec.Struct):
    id: Id
    snippet: Told
    statistics: Counts | None = None


class Channel(msgspec.Struct):
    id: Id
    snippet: Told
    statistics: Counts | None = None


class ChannelId(msgspec.Struct):
    value: str | None = None


class Said(msgspec.Struct, rename="camel"):
    text_original: str | None = None
    text_display: str | None = None
    author_display_name: str | None = None
    author_channel_url: str | None = None
    author_channel_id: ChannelId | None = None
    like_count: int | None = None
    published_at: str | None = None
    updated_at: str | None = None
    video_id: str | None = None
    parent_id: str | None = None


class Comment(msgspec.Struct):
    id: Id
    snippet: Said

    @property
    def at(self) -> datetime | None:
        return when(self.snippet.published_at)


class Opening(msgspec.Struct, rename="camel"):
    top_level_comment: Comment
    video_id: str | None = None
    total_reply_count: int | None = None


class Replies(msgspec.Struct):
    comments: list[Comment] = []


class Thread(msgspec.Struct):
    """A comment, and the few of its replies that come with it."""

    id: Id
    snippet: Opening
    replies: Replies | None = None

    @property
    def comments(self) -> list[Comment]:
        return [self.snippet.top_level_comment, *(self.replies.comments if self.replies else ())]

    @property
    def is_whole(self) -> bool:
        return (self.snippet.total_reply_count or 0) < len(self.comments)


def reason(body: bytes) -> str:
    """The word by which the API says why it refused, such as "commentsDisabled"; "" where it does not say."""
    try:
        errors = msgspec.json.decode(body, type=Denial).error.errors
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ""
    return errors[0].reason if errors else ""


def watched(video: Video) -> Post:
    """A video, of which we read title and description."""
    told, counts = video.snippet, video.statistics or Counts()
    description = told.description or ""
    return Post(
        network=NETWORK,
        id=video.id,
        url=f"{SITE}/watch?v={video.id}",
        title=clean(told.title or "") or None,
        text=clean(description),
        author=_author(told.channel_id, told.channel_title),
        published_at=when(told.published_at),
        language=_language(told.default_audio_language) or _language(told.default_language),
        engagement=Engagement(
            likes=count(counts.like_count), comments=count(counts.comment_count), views=count(counts.view_count)
        ),
        links=links(description),
    )


def said(comment: Comment, video: str | None = None, replies: int | None = None) -> Post:
    """A comment below `video`, which it may name itself. It carries no title: the video's would make every comment
    below "Acme reviewed" a mention of Acme."""
    words = comment.snippet
    video = words.video_id or video
    text = words.text_original or words.text_display or ""
    published, updated = when(words.published_at), when(words.updated_at)
    return Post(
        network=NETWORK,
        id=comment.id,
        url=f"{SITE}/watch?v={clean(video)}&lc={comment.id}" if video else None,
        text=clean(text),
        author=_author(
            words.author_channel_id.value if words.author_channel_id else None,
            words.author_display_name,
            words.author_channel_url,
        ),
        published_at=published,
        edited_at=updated if updated and published and updated > published else None,
        engagement=Engagement(likes=count(words.like_count), comments=count(replies)),
        in_reply_to=clean(words.parent_id or video or "") or None,
        links=links(text),
    )


def opened(thread: Thread) -> Iterator[Post]:
    """The comment that opened a thread, and the replies that came with it."""
    video = thread.snippet.video_id
    for number, comment in enumerate(thread.comments):
        yield said(comment, video, None if number else thread.snippet.total_reply_count)


def followed(channel: Channel) -> Author:
    """A channel and its subscribers, whom YouTube rounds to three digits."""
    counts = channel.statistics or Counts()
    return Author(
        handle=channel.id,
        name=clean(channel.snippet.title or "") or None,
        url=f"{SITE}/channel/{channel.id}",
        followers=None if counts.hidden_subscriber_count else count(counts.subscriber_count),
    )


def uploaded(post: Post) -> Post:
    """An entry of a channel's feed as the video it tells of, under the id that the API knows it by."""
    author = post.author
    if author and author.url and "/channel/" in author.url:
        author = replace(author, handle=author.url.rpartition("/channel/")[2] or author.handle)
    return replace(post, network=NETWORK, id=post.id.rpartition("yt:video:")[2], author=author)


def _author(channel: str | None, name: str | None, url: str | None = None) -> Author | None:
    """Channels are their authors' handles; comments of authors who are gone have a name only, or nothing."""
    channel, name = clean(channel or ""), clean(name or "")
    if not channel and not name:
        return None
    return Author(
        handle=channel or name, name=name or None, url=f"{SITE}/channel/{channel}" if channel else address(url)
    )


def _language(code: str | None) -> str | None:
    """Two letters of "es-419"; "zxx" is what YouTube calls music."""
    short = (code or "").partition("-")[0].lower()
    return short if len(short) == 2 and short.isascii() and short.isalpha() else None
