"""Posts of X as version 2 of its API has them: https://docs.x.com/x-api/fundamentals/data-dictionary

Documents and answers still say "tweet", X's own OpenAPI file of August 2026 says "post": both spellings are read.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated

import msgspec

from ..decode import address, count
from ..post import Author, Engagement, Post
from ..text import clean, unescape, when

NETWORK = "x"
SITE = "https://x.com"
FIELDS = "author_id,created_at,edit_history_tweet_ids,entities,lang,note_tweet,public_metrics,referenced_tweets"
_EPOCH = 1_288_834_974_657
"""When X began to count, in milliseconds since 1970: an id is the time since then, and 22 bits more."""
_LANGUAGES = {"in": "id", "iw": "he"}  # the codes of before 1989
_LANGUAGE = re.compile("[a-z]{2}")
_HANDLE = re.compile(r"\w{1,50}", re.ASCII)

Id = Annotated[str, msgspec.Meta(pattern=r"^[1-9][0-9]{0,18}$")]


class Link(msgspec.Struct):
    """A shortened address in a text. Pictures and films have one, too, which leads back to the post."""

    url: str
    expanded_url: str | None = None
    unwound_url: str | None = None
    media_key: str | None = None
    display_url: str | None = None

    @property
    def target(self) -> str | None:
        """Where it leads; `None` for media."""
        if self.media_key or (self.display_url or "").startswith(("pic.twitter.com/", "pic.x.com/")):
            return None
        return address(self.unwound_url) or address(self.expanded_url) or address(self.url)


class Entities(msgspec.Struct):
    urls: list[Link] | None = None


class Note(msgspec.Struct):
    """The whole of a long post, whose `text` is cut at 280 characters."""

    text: str | None = None
    entities: Entities | None = None


class Metrics(msgspec.Struct):
    like_count: int | None = None
    reply_count: int | None = None
    quote_count: int | None = None
    retweet_count: int | None = None
    repost_count: int | None = None
    impression_count: int | None = None
    followers_count: int | None = None


class Reference(msgspec.Struct):
    type: str
    id: str


class Tweet(msgspec.Struct):
    id: Id
    text: str = ""
    author_id: str | None = None
    created_at: str | None = None
    lang: str | None = None
    public_metrics: Metrics | None = None
    entities: Entities | None = None
    note_tweet: Note | None = None
    note_post: Note | None = None
    referenced_tweets: list[Reference] | None = None
    referenced_posts: list[Reference] | None = None
    edit_history_tweet_ids: list[Id] | None = None
    edit_history_post_ids: list[Id] | None = None

    @property
    def first(self) -> str:
        """The id before any edit: each edit has an id of its own."""
        history = self.edit_history_tweet_ids or self.edit_history_post_ids or ()
        return str(min(map(int, (*history, self.id))))

    @property
    def is_repost(self) -> bool:
        return bool(self._reference("retweeted", "reposted"))

    @property
    def answers(self) -> str | None:
        return self._reference("replied_to")

    def _reference(self, *types: str) -> str | None:
        references = self.referenced_tweets or self.referenced_posts or ()
        return next((clean(one.id) for one in references if one.type in types and one.id.strip()), None) or None


class User(msgspec.Struct):
    id: str
    username: str
    name: str | None = None
    public_metrics: Metrics | None = None


class Meta(msgspec.Struct):
    next_token: str | None = None


class Problem(msgspec.Struct):
    """What could not be had, beside what could; the answer's status is 200."""

    title: str | None = None
    detail: str | None = None
    type: str | None = None
    resource_id: str | None = None
    value: str | None = None

    @property
    def name(self) -> str:
        return self.resource_id or self.value or ""

    @property
    def is_gone(self) -> bool:
        return (self.type or "").endswith(("/resource-not-found", "/not-authorized-for-resource"))

    @property
    def told(self) -> str:
        return repr(clean(self.detail or self.title or self.type or "no more than that", 300))


class Includes(msgspec.Struct):
    users: list[msgspec.Raw] = []


class Found(msgspec.Struct):
    tweets: list[msgspec.Raw] = msgspec.field(name="data", default_factory=list)
    includes: Includes = msgspec.field(default_factory=Includes)
    errors: list[Problem] = []
    meta: Meta | None = None


class Bill(msgspec.Struct):
    """What an answer holds that costs: posts in a list, or one user; and the authors."""

    data: list[msgspec.Raw] | dict[str, msgspec.Raw] | None = None
    includes: Includes = msgspec.field(default_factory=Includes)


class Numbered(msgspec.Struct):
    id: Annotated[str, msgspec.Meta(pattern="^[0-9]+$")]


class Named(msgspec.Struct):
    data: Numbered | None = None


class Written(msgspec.Struct):
    data: Numbered


def post(tweet: Tweet, users: Mapping[str, User]) -> Post:
    text, links = _expanded(tweet)
    user = users.get(tweet.author_id or "")
    handle = user.username if user and _HANDLE.fullmatch(user.username) else None
    written, was_edited = when(tweet.created_at), tweet.first != tweet.id
    return Post(
        network=NETWORK,
        id=tweet.first,
        url=f"{SITE}/{handle or 'i/web'}/status/{tweet.id}",
        text=text,
        author=_author(user, handle) if user and handle else None,
        published_at=moment(tweet.first) if was_edited else written,
        edited_at=written if was_edited else None,
        language=_language(tweet.lang or ""),
        engagement=_engagement(tweet.public_metrics or Metrics()),
        in_reply_to=tweet.answers,
        links=links,
    )


def moment(name: str) -> datetime | None:
    """When the post of this id was written; ids of before November 2010 do not tell."""
    passed = int(name) >> 22
    return when((passed + _EPOCH) / 1000) if passed else None


def id_at(at: datetime) -> str:
    """The id that a post would have had at that time, at the least."""
    return str(max(int(at.astimezone(UTC).timestamp() * 1000) - _EPOCH, 1) << 22)


def _expanded(tweet: Tweet) -> tuple[str, tuple[str, ...]]:
    """The whole text, and its links, as they were before X shortened them."""
    note = tweet.note_tweet or tweet.note_post or Note()
    shown, entities = (note.text, note.entities) if note.text else (tweet.text, tweet.entities)
    text, links = unescape(shown), dict[str, None]()
    for link in (entities.urls if entities else None) or ():
        if link.url.startswith(("http://", "https://")):
            text = text.replace(link.url, link.target or "")
        if link.target:
            links[link.target] = None
    return clean(text), tuple(links)


def _author(user: User, handle: str) -> Author:
    metrics = user.public_metrics or Metrics()
    name = clean(user.name or "") or None
    return Author(handle=handle, name=name, url=f"{SITE}/{handle}", followers=count(metrics.followers_count))


def _engagement(metrics: Metrics) -> Engagement:
    reposts = metrics.retweet_count if metrics.retweet_count is not None else metrics.repost_count
    shares = [number for number in (count(reposts), count(metrics.quote_count)) if number is not None]
    return Engagement(
        likes=count(metrics.like_count),
        shares=sum(shares) if shares else None,
        comments=count(metrics.reply_count),
        views=count(metrics.impression_count),
    )


def _language(code: str) -> str | None:
    """ISO 639-1; X has codes of its own for "not known" and for posts without words."""
    return _LANGUAGES.get(code, code) if _LANGUAGE.fullmatch(code) else None
