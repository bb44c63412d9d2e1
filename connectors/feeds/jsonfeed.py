"""JSON Feed: https://www.jsonfeed.org/version/1.1/"""

import msgspec

from ..decode import address, readable
from ..errors import Malformed
from ..post import Author, Post
from ..text import clean, links, plain, redact, when
from ..unwrap import unwrap
from .entry import NETWORK, Entry, identity, language


class Writer(msgspec.Struct):
    name: str | None = None
    url: str | None = None


class Piece(msgspec.Struct):
    """An item of the feed. Numbers as ids are against the rules, and common."""

    id: str | int | float | None = None
    url: str | None = None
    external_url: str | None = None
    title: str | None = None
    content_html: str | None = None
    content_text: str | None = None
    summary: str | None = None
    date_published: str | None = None
    date_modified: str | None = None
    language: str | None = None
    author: Writer | None = None
    authors: list[Writer] | None = None


class Named(msgspec.Struct):
    """As much of an item as tells it from the others."""

    id: str | int | float | None = None


class Feed(msgspec.Struct):
    items: list[msgspec.Raw]
    title: str | None = None
    version: str | None = None
    language: str | None = None
    author: Writer | None = None
    authors: list[Writer] | None = None


def decoded(body: bytes, url: str) -> Feed:
    """The feed, its items still in bytes; `Malformed` when it is none."""
    try:
        return msgspec.json.decode(body.removeprefix(b"\xef\xbb\xbf"), type=Feed)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(f"{redact(url)}: neither a JSON Feed nor another feed: {error}", body) from error


def title(body: bytes, url: str) -> str | None:
    """What the feed calls itself."""
    return plain(decoded(body, url).title or "", 200) or None


def shares_names(feed: Feed) -> bool:
    """Whether several items go by one name, against the rules."""
    try:
        names = [msgspec.json.decode(item, type=Named).id for item in feed.items]
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return True  # in doubt
    told = [str(name) for name in names if name not in (None, "")]
    return len(set(told)) < len(told)


def entries(feed: Feed, items: list[msgspec.Raw], url: str) -> tuple[Entry, ...]:
    """Those `items` of `feed`, as entries."""
    return tuple(Entry(post=_post(piece, feed, url)) for piece in readable(items, Piece, url))


def _post(piece: Piece, feed: Feed, url: str) -> Post:
    link = address(unwrap(piece.url or "")) or address(unwrap(piece.external_url or ""))
    heading = plain(piece.title or "") or None
    published, modified = when(piece.date_published), when(piece.date_modified)
    name = "" if piece.id is None else str(piece.id)
    markup = piece.content_html or piece.content_text or piece.summary or ""
    return Post(
        network=NETWORK,
        id=identity(name, url, f"{link}|{heading}|{piece.date_published}|{'' if link else markup}"),
        url=link,
        title=heading,
        text=plain(markup) if piece.content_html else clean(markup),
        author=_author(piece) or _author(feed),
        published_at=published or modified,
        edited_at=modified if published and modified and modified > published else None,
        language=language(piece.language) or language(feed.language),
        links=tuple(found for found in links(markup, link or url) if found != link),
    )


def _author(wrote: Piece | Feed) -> Author | None:
    """The first of the authors; version 1.0 knew only one."""
    for writer in [*(wrote.authors or ()), *((wrote.author,) if wrote.author else ())]:
        name = clean(writer.name or "", 200)
        if name:
            return Author(handle=name, name=name, url=address(writer.url))
    return None
