"""What the AT Protocol's posts look like, whether they come by stream or by search.

Lexicons: https://github.com/bluesky-social/atproto/tree/main/lexicons/app/bsky
"""

import contextlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated, Any

import msgspec

from ..decode import address
from ..post import UNCOUNTED, Author, Engagement, Post
from ..text import EARLIEST, LATEST, LONGEST, clean, when

NETWORK = "bluesky"
POSTS = "app.bsky.feed.post"
SITE = "https://bsky.app/profile"
SORTABLE = "234567abcdefghijklmnopqrstuvwxyz"
"""Base 32 whose letters stand in the order of their values."""
YEAR_2024 = 1_704_067_200_000_000
A_YEAR = 31_536_000_000_000


class Feature(msgspec.Struct):
    """A link or a hashtag within the text. Links matter: clients cut the address short in the text itself."""

    uri: str | None = None
    tag: str | None = None


class Facet(msgspec.Struct):
    features: list[Feature] | None = None


class Card(msgspec.Struct):
    """The preview of a link."""

    uri: str | None = None
    title: str | None = None
    description: str | None = None


class Image(msgspec.Struct):
    alt: str | None = None


class Quoted(msgspec.Struct):
    """What is quoted; below a picture it lies one level deeper."""

    uri: str | None = None
    record: "Quoted | None" = None


class Embed(msgspec.Struct):
    """Pictures, a video (`alt`), a link or a quoted post; `media` where a quoted post comes with one of the others."""

    external: Card | None = None
    images: list[Image] | None = None
    alt: str | None = None
    record: Quoted | None = None
    media: "Embed | None" = None


class Place(msgspec.Struct):
    """A post, and which state of it."""

    uri: str | None = None
    cid: str | None = None


class Reply(msgspec.Struct):
    """What is answered, and what the conversation began with."""

    parent: Place | None = None
    root: Place | None = None


class Record(msgspec.Struct):
    """A post as its author wrote it. Any program may have: no field can be relied on."""

    text: str = ""
    created: Annotated[datetime, msgspec.Meta(tz=True)] | None = msgspec.field(default=None, name="createdAt")
    langs: list[str] | None = None
    facets: list[Facet] | None = None
    embed: Embed | None = None
    reply: Reply | None = None
    tags: list[str] | None = None


class Plain(msgspec.Struct):
    """The least that makes a post, for records whose extras are not as the lexicon has them."""

    text: str
    created: Any = msgspec.field(default=None, name="createdAt")


_record = msgspec.json.Decoder(Record, strict=False)
_plain = msgspec.json.Decoder(Plain, strict=False)


def record(source: msgspec.Raw) -> Record | None:
    """The record, without its extras where those cannot be read; `None` when it has no text either."""
    try:
        return _record.decode(source)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        with contextlib.suppress(msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            bare = _plain.decode(source)
            return Record(text=bare.text, created=when(bare.created) if isinstance(bare.created, str) else None)
    return None


def post(uri: str, author: Author, of: Record, seen: datetime | None, engagement: Engagement = UNCOUNTED) -> Post:
    """`seen` is when the network saw the post first. Its own date is whatever its author's program claims, so the
    earlier of the two counts."""
    written = of.created.astimezone(UTC) if of.created and EARLIEST < of.created < LATEST else None
    return Post(
        network=NETWORK,
        id=uri,
        url=page(uri),
        text="\n".join(filter(None, map(_clean, _texts(of)))),
        author=author,
        published_at=min(written, seen) if written and seen else seen or written,
        language=of.langs[0].partition("-")[0].lower() or None if of.langs else None,
        engagement=engagement,
        in_reply_to=of.reply.parent.uri or None if of.reply and of.reply.parent else None,
        links=tuple(dict.fromkeys(filter(None, map(address, _links(of))))) if of.facets or of.embed else (),
    )


def answer(text: str, to: Place, of: Record, at: datetime) -> Mapping[str, object]:
    """A record that answers the post `to`, of which `of` is the record."""
    root = of.reply.root if of.reply and of.reply.root and of.reply.root.uri and of.reply.root.cid else to
    return {
        "$type": POSTS,
        "text": text,
        "createdAt": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "reply": {"root": {"uri": root.uri, "cid": root.cid}, "parent": {"uri": to.uri, "cid": to.cid}},
    }


def record_key(key: str) -> str:
    """The name under which what `key` stands for is written: the same each time, so that it is there once at most.

    It has the form of a moment of 2024 in microseconds, as names of posts must: https://atproto.com/specs/tid
    """
    number = int.from_bytes(sha256(key.encode()).digest()[:8])
    moment = (YEAR_2024 + (number >> 10) % A_YEAR) << 10 | number & 0x3FF
    return "".join(SORTABLE[moment >> shift & 31] for shift in range(60, -1, -5))


def page(uri: str) -> str | None:
    """Where people read the post at://DID/COLLECTION/KEY."""
    did, _, rest = uri.removeprefix("at://").partition("/")
    key = rest.rpartition("/")[2]
    return f"{SITE}/{did}/post/{key}" if did and key else None


def _clean(text: str) -> str:
    # Most posts are one line of printable characters, and a stream has millions of them.
    return text.strip() if text.isprintable() and len(text) < LONGEST else clean(text)


def _texts(of: Record) -> Iterator[str]:
    """The text, and what is to be read in the pictures and the link below it; hashtags that stand in no text."""
    yield of.text
    if of.tags:
        yield " ".join(f"#{tag}" for tag in of.tags)
    for embed in _embeds(of):
        yield from filter(None, [embed.alt, *(image.alt for image in embed.images or ())])
        if embed.external:
            yield from filter(None, (embed.external.title, embed.external.description))


def _links(of: Record) -> Iterator[str | None]:
    for facet in of.facets or ():
        yield from (feature.uri for feature in facet.features or ())
    for embed in _embeds(of):
        if embed.external:
            yield embed.external.uri
        if embed.record:
            yield page(embed.record.uri or (embed.record.record and embed.record.record.uri) or "")


def _embeds(of: Record) -> Iterator[Embed]:
    if of.embed:
        yield of.embed
        if of.embed.media:
            yield of.embed.media
