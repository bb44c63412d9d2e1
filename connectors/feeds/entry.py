"""An entry of an RSS or Atom feed, as a post. The only door to feedparser, which gets bytes and never fetches."""

import re
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from hashlib import sha1
from typing import Any
from urllib.parse import urlsplit

from ..decode import address
from ..errors import Malformed
from ..post import Author, Engagement, Post
from ..text import clean, links, plain, redact, when
from ..unwrap import unwrap

NETWORK = "web"
Parsed = Mapping[str, Any]
"""What feedparser makes of an element. Entries are copied to plain ones: its own look-ups invent an edit date."""

# Addresses, names and tags are unique in the world; "4711" is unique within its feed.
_UNIQUE = re.compile(r"(?:https?://|urn:|tag:)\S", re.IGNORECASE)
_ENTITY = re.compile(rb"""<!ENTITY\s+(%\s+)?[^\s"'>]{1,200}\s+(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_LONGEST_ENTITY = 100
# One of these, and feedparser gives up on all of the feed: halves of characters, and numbers beyond the last one.
_REFERENCE = re.compile(rb"&#(?:([0-9]{5,})|[xX]([0-9a-fA-F]{4,}));?")
_LONGEST_NAME = 500
_MOST_TAGS = 400_000
# The parser compares each attribute of an element with every other one.
_LONG_TAG = re.compile(rb"<[^<>!]{8192,}")
_MOST_ATTRIBUTES = 500
_LANGUAGE = re.compile(r"([a-z]{2})(?:[-_][a-z0-9]+)*$", re.IGNORECASE)
# feedparser answers some broken dates, references and markup with errors of its own code.
_MISHAPS = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, AssertionError, RecursionError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A post, and the address of the feed of its comments, if it has one."""

    post: Post
    comments: str | None = None


def entries(body: bytes, url: str, charset: str = "") -> tuple[Entry, ...] | None:
    """The entries of the feed `body`, in its order; `None` when it is no feed at all, or broken before its first entry.

    A feed that is not well-formed is read as far as it goes: one in eight real feeds is broken somewhere.
    """
    found = _parsed(body, url, charset)
    if not found.entries and (found.bozo or not found.get("version")):
        return None
    try:
        spoken = found.feed.get("language")
        return told_apart([_entry(dict(entry), url, spoken) for entry in found.entries])
    except _MISHAPS as error:
        raise Malformed(f"{redact(url)}: an entry cannot be read: {error!r:.200}", body) from error


def title(body: bytes, url: str) -> str | None:
    """What the feed calls itself."""
    return plain(_parsed(body, url, "").feed.get("title") or "", 200) or None


@cache
def _parser() -> Callable[..., Any]:
    """feedparser's one function, imported when the first feed is read: it takes as long as a whole command."""
    import feedparser.api

    # At each document it would look through all of the import path for a parser that nobody has.
    feedparser.api.PREFERRED_XML_PARSERS.clear()
    parse: Callable[..., Any] = feedparser.parse
    return parse


def _parsed(body: bytes, url: str, charset: str) -> Any:
    _refuse_bombs(body, url)
    kind = f"application/xml; charset={charset}" if charset else "application/xml"
    try:
        return _parser()(
            _REFERENCE.sub(_possible, body),
            response_headers={"content-type": kind, "content-location": url},
            resolve_relative_uris=False,  # within texts: we keep none of their markup
            sanitize_html=False,
        )
    except _MISHAPS as error:
        raise Malformed(f"{redact(url)}: cannot be read as a feed: {error!r:.200}", body) from error


def _possible(reference: re.Match[bytes]) -> bytes:
    decimal, hexadecimal = reference.groups()
    code = int(decimal[:9]) if decimal else int(hexadecimal[:9], 16)
    return b"&#65533;" if 0xD800 <= code <= 0xDFFF or code > 0x10FFFF else reference[0]


def identity(name: str | None, url: str, said: str) -> str:
    """What identifies an entry for ever: its own name if that is unique in the world, else with the host of its feed;
    for an entry without a name, a hash of what it `said`."""
    name = (name or "").strip()
    if not name:
        return f"sha1:{_hash(said)}"
    if len(name) > _LONGEST_NAME:
        name = f"sha1:{_hash(name)}"
    name = clean(name)
    return name if _UNIQUE.match(name) else f"{urlsplit(url).hostname}:{name}"


def _hash(text: str) -> str:
    return sha1(text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


def _said(post: Post, date: object) -> str:
    """Link, title and date; the text may be edited, so it counts only where there is no link."""
    return f"{post.url}|{post.title}|{date}" if post.url else f"{post.title}|{date}|{post.text}"


def told_apart(found: Sequence[Entry]) -> tuple[Entry, ...]:
    """Entries of one feed that share a name get another: some sites give all of theirs the name of the section."""
    count = Counter(one.post.id for one in found)
    return tuple(one if count[one.post.id] == 1 else _renamed(one) for one in found)


def _renamed(one: Entry) -> Entry:
    if one.post.id.startswith("sha1:"):
        return one  # it is what it says already
    distinct = _hash(_said(one.post, one.post.published_at))[:16]
    return replace(one, post=replace(one.post, id=f"{one.post.id}#{distinct}"))


def language(code: object) -> str | None:
    """`es-ES` as ISO 639-1: "es"."""
    match = _LANGUAGE.match(code.strip()) if isinstance(code, str) else None
    return match[1].lower() if match else None


def _refuse_bombs(body: bytes, url: str) -> None:
    """`Malformed` for what would keep the parser busy for minutes: entities that multiply, markup without end."""
    readable = body.replace(b"\0", b"")  # UTF-16 and UTF-32 show their ASCII so
    for parameter, double, single in _ENTITY.findall(readable):
        value = double or single
        if parameter or len(value) > _LONGEST_ENTITY or re.search(rb"&[A-Za-z]", value):
            raise Malformed(f"{redact(url)}: declares entities that multiply; not read", body)
    if readable.count(b"<") > _MOST_TAGS:
        raise Malformed(f"{redact(url)}: more than {_MOST_TAGS:,} tags; not read", body)
    if any(tag[0].count(b"=") > _MOST_ATTRIBUTES for tag in _LONG_TAG.finditer(readable)):
        raise Malformed(f"{redact(url)}: an element with more than {_MOST_ATTRIBUTES} attributes; not read", body)


def _entry(entry: Parsed, url: str, feed_language: object) -> Entry:
    title, text, markup, base = _texts(entry)
    link = _link(entry.get("link"))
    published, edited = _dates(entry)
    post = Post(
        network=NETWORK,
        id="",
        url=link,
        title=title or None,
        text=text,
        author=_author(entry),
        published_at=published,
        edited_at=edited,
        language=_spoken(entry, feed_language),
        engagement=_engagement(entry),
        in_reply_to=_answered(entry, url),
        links=_links(markup, base or url, link),
    )
    name = identity(entry.get("id"), url, _said(post, entry.get("published")))
    return Entry(post=replace(post, id=name), comments=address(entry.get("wfw_commentrss")))


def _texts(entry: Parsed) -> tuple[str, str, str, str | None]:
    """Title and text, plain; the text's markup; and the address that its links are relative to."""
    bodies: Sequence[Parsed] = [*entry.get("content", ()), entry.get("summary_detail") or {}]
    # The longest, by what it says, and the content before the summary: WordPress escapes the markup of summaries twice.
    body = max(bodies, key=lambda part: len(plain(_plain(part)))) if len(bodies) > 1 else bodies[0]
    markup = body.get("value") or ""
    title = _plain(entry.get("title_detail") or {})
    return title, _plain(body), markup, body.get("base")


def _plain(part: Parsed) -> str:
    value = part.get("value") or ""
    return clean(value) if part.get("type") == "text/plain" else plain(value)


def _link(link: object) -> str | None:
    return address(unwrap(link)) if isinstance(link, str) else None


def _links(markup: str, base: str, own: str | None) -> tuple[str, ...]:
    found = (address(unwrap(link)) for link in links(markup, base))
    return tuple(dict.fromkeys(link for link in found if link and link != own))


def _author(entry: Parsed) -> Author | None:
    detail: Parsed = entry.get("author_detail") or {}
    name = clean(plain(detail.get("name") or entry.get("author") or ""), 200)
    if not name:
        name = clean((detail.get("email") or "").partition("@")[0], 200)
    return Author(handle=name, name=name, url=address(detail.get("href"))) if name else None


def _dates(entry: Parsed) -> tuple[datetime | None, datetime | None]:
    """When it was published, and when edited if it was."""
    published, updated = (_date(entry, name) for name in ("published", "updated"))
    if published is None:
        return updated or _date(entry, "created"), None
    return published, updated if updated and updated > published else None


def _date(entry: Parsed, name: str) -> datetime | None:
    parsed = entry.get(f"{name}_parsed")
    text = entry.get(name)
    if not isinstance(parsed, time.struct_time):
        return when(text) if isinstance(text, str) else None
    try:
        return when(datetime(*parsed[:6], tzinfo=UTC).timestamp())
    except (ValueError, OverflowError):
        return None


def _spoken(entry: Parsed, feed_language: object) -> str | None:
    details = [*entry.get("content", ()), entry.get("summary_detail") or {}]
    own = [entry.get("language"), *(part.get("language") for part in details)]
    return next((code for code in map(language, [*own, feed_language]) if code), None)


def _answered(entry: Parsed, url: str) -> str | None:
    """What a comment says that it answers: https://www.rfc-editor.org/rfc/rfc4685#section-3"""
    parent = entry.get("thr_in-reply-to")
    name = parent.get("ref") if isinstance(parent, Mapping) else None
    return identity(name, url, "") if isinstance(name, str) and name.strip() else None


def _engagement(entry: Parsed) -> Engagement:
    rating, statistics = (entry.get(name) or {} for name in ("media_starrating", "media_statistics"))
    return Engagement(
        comments=_count(entry.get("slash_comments")),
        likes=_count(rating.get("count")),
        views=_count(statistics.get("views")),
    )


def _count(text: object) -> int | None:
    return int(text) if isinstance(text, str) and re.fullmatch(r"\s*\d{1,12}\s*", text) else None
