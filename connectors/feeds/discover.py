"""The feeds that a web page names, or that lie where feeds usually lie."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from ..base import Answer, Http
from ..errors import Malformed, RateLimited, Refused, Unavailable
from ..text import plain, unescape

ACCEPT = {
    "Accept": "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, text/html;q=0.5, */*;q=0.3"
}
COMMON = ("/feed/", "/rss", "/feed.xml", "/rss.xml", "/atom.xml", "/index.xml", "/feed.json")
"""Where sites keep a feed that their pages do not name."""
MOST = 30

_ELEMENT = re.compile(r"<(link|base|meta)\s([^<>]{1,4000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-zA-Z-]{1,30})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_TYPES = re.compile(r"application/(?:(?:rss|atom|rdf|x\.atom|x-rss)\+xml|feed\+json)\s*(?:;|$)", re.IGNORECASE)
_COMMENTS = re.compile(r"comment|comentario|kommentar", re.IGNORECASE)
# A page may begin with an XML declaration and comments, as a feed may.
_PAGE = re.compile(
    rb"\s*(?:(?:<\?xml[^>]{0,200}>|<!--[^>]{0,2000}-->)\s*){0,5}<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE
)
_FEED = re.compile(rb"\s*(?:\{|(?:(?:<[?!][^>]{0,2000}>)\s*){0,9}<(?:\w+:)?(?:rss|feed|rdf|channel)\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A feed that a page offers."""

    url: str
    title: str | None = None


def is_page(answer: Answer) -> bool:
    """Whether `answer` is HTML."""
    return bool(_PAGE.match(_beginning(answer)))


def is_feed(answer: Answer) -> bool:
    """Whether `answer` begins like a feed."""
    return bool(_FEED.match(_beginning(answer)))


def _beginning(answer: Answer) -> bytes:
    """The first bytes without a byte order mark; UTF-16 without its zeros looks like ASCII."""
    return answer.body[:40_000].lstrip(b"\xef\xbb\xbf\xff\xfe").replace(b"\0", b"")


async def find(http: Http, page: Answer, *, guess: bool) -> Answer | None:
    """The first feed that `page` names and that is there; with `guess`, also one where feeds usually lie."""
    named = [offer.url for offer in feeds(page.body, page.url)]
    guesses = [urljoin(page.url, path) for path in COMMON] if guess and not named else []
    for url in named[:3] + guesses:
        try:
            answer = await http.get(url, headers=ACCEPT)
        except (Refused, Malformed):
            continue
        except Unavailable as error:
            # A feed that is down is still the page's feed; a guess that is down is nothing.
            if url in named or isinstance(error, RateLimited):
                raise
            continue
        if is_feed(answer):
            return answer
    return None


def feeds(page: bytes, base: str) -> tuple[Offer, ...]:
    """The feeds that `page` names by `<link rel=alternate>`, in its order but those of comments last."""
    found: dict[str, Offer] = {}
    for element, attributes in elements(page):
        if element == "base":
            base = _joined(base, attributes.get("href", "")) or base
        elif element == "link" and _is_feed(attributes) and (url := _joined(base, attributes.get("href", ""))):
            found.setdefault(url, Offer(url=url, title=plain(attributes.get("title", ""), 200) or None))
    return tuple(sorted(found.values(), key=_is_of_comments))[:MOST]


def elements(page: bytes) -> Iterator[tuple[str, dict[str, str]]]:
    """The elements of a page's head that say something of it, `link`, `base` and `meta`, with their attributes."""
    for match in _ELEMENT.finditer(page.decode("utf-8", "replace")):
        pairs = ((name.lower(), unescape(a or b or c)) for name, a, b, c in _ATTRIBUTE.findall(match[2]))
        yield match[1].lower(), dict(pairs)


def _is_feed(attributes: dict[str, str]) -> bool:
    relation, kind = attributes.get("rel", "").lower().split(), attributes.get("type", "")
    if "alternate" not in relation and "feed" not in relation:
        return False
    # WordPress names its API as an alternate of this type too.
    is_json_feed = kind.lower() == "application/json" and "feed" in attributes.get("href", "").lower()
    return is_json_feed or bool(_TYPES.match(kind))


def _is_of_comments(offer: Offer) -> bool:
    return bool(_COMMENTS.search(f"{offer.url} {offer.title or ''}"))


def _joined(base: str, href: str) -> str | None:
    try:
        url = urljoin(base, href.strip())
    except ValueError:
        return None
    return url if href.strip() and url.startswith(("http://", "https://")) else None
