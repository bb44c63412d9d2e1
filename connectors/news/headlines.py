"""What search engines for news share: a feed for each query, whose entries name a headline and its publisher."""

import re
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from .. import marks
from ..base import Answer, Cursor, Http, Page
from ..decode import address
from ..errors import Refused
from ..feeds.discover import ACCEPT, is_page
from ..feeds.harvest import harvest
from ..post import Author, Post
from ..text import clean, plain, redact, unescape
from ..unwrap import unwrap

_LINK = re.compile(rb"<link>([^<]{1,4000})</link>", re.IGNORECASE)
_SOURCE = re.compile(rb"<(?:News:)?Source(?:\s+url=\"([^\"<>]{1,2000})\")?\s*>([^<]{1,500})</", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Who published an article; `url` is the publisher's own address, if the feed tells it."""

    name: str
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A query as one engine wants it asked."""

    url: str
    params: Mapping[str, str | int]


Tell = Callable[[Post, Publisher | None], Post]
"""An entry of the feed and its publisher, as the post that the engine's connector makes of them."""


async def headlines(
    http: Http, cursor: Cursor, searches: Mapping[str, Search], tell: Tell
) -> AsyncGenerator[Page, None]:
    """One page for each search that brought something, and one that says where all of them stand.

    The mark is a JSON object: of each search, by its name, the digests of the entries that its feed held. What a
    first search finds from before `cursor.since` is left out. `Refused` when the engine sends a page for browsers.
    """
    known = marks.read(cursor.mark, dict[str, str])
    stands = {name: known[name] for name in searches if name in known}
    for name, search in searches.items():
        seen = stands.get(name, "")
        answer = await http.get(search.url, params=search.params, headers=ACCEPT, conditional=bool(seen))
        if answer.unchanged:
            continue
        found = await harvest(_feed(answer), seen)
        publishers = published(answer.body)
        posts = (tell(entry.post, publishers.get(entry.post.url or "")) for entry in found.entries)
        fresh = [post for post in posts if seen or not post.published_at or post.published_at >= cursor.since]
        stands[name] = found.seen
        yield Page(posts=tuple({post.id: post for post in fresh}.values()), mark=marks.written(stands))
    yield Page(posts=(), mark=marks.written(stands))


def published(body: bytes) -> Mapping[str, Publisher]:
    """Who published what, by the address that an entry leads to. Feeds of this kind say so in an element that readers
    of feeds pass over."""
    found: dict[str, Publisher] = {}
    for piece in body.split(b"<item>")[1:]:
        link, source = _LINK.search(piece), _SOURCE.search(piece)
        if not link or not source:
            continue
        url, name = address(unwrap(_text(link[1]))), clean(plain(_text(source[2])), 200)
        if url and name:
            found[url] = Publisher(name=name, url=address(_text(source[1] or b"")))
    return found


def signed(post: Post, network: str, publisher: Publisher | None) -> Post:
    """`post` as its publisher's, whose handle is its host: unique, where names of newspapers are not."""
    home = (publisher and publisher.url) or None
    host = _host(home or post.url or "")
    name = publisher.name if publisher else None
    handle = host.removeprefix("www.") or name
    author = Author(handle=handle, name=name, url=home or (f"https://{host}" if host else None)) if handle else None
    return replace(post, network=network, author=author)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _feed(answer: Answer) -> Answer:
    if is_page(answer):
        where = redact(answer.url)
        raise Refused(
            f"{where}: a page for browsers instead of a feed (consent, or a test for robots); poll less often, "
            "or from another address",
            status=answer.status,
            body=answer.body,
        )
    return answer


def _text(raw: bytes) -> str:
    return unescape(raw.decode("utf-8", "replace")).strip()
