"""A web page as plain text, and where its links lead: for the pages on which a brand tells of itself."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urldefrag, urljoin, urlsplit

from ..base import Answer
from ..feeds.discover import is_page
from ..text import plain, unescape

LONGEST: Final = 2_000_000
"""Characters of markup that are read of one page."""
MOST: Final = 500
"""Links looked at on one page."""

_CHARSET: Final = re.compile(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)
_META: Final = re.compile(r"<meta\s([^<>]{1,4000})>", re.IGNORECASE)
_LINK: Final = re.compile(r"<a\s([^<>]{1,4000})>", re.IGNORECASE)
_ATTRIBUTE: Final = re.compile(r"""([a-zA-Z:-]{1,30})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_TOLD: Final = frozenset({"description", "keywords", "og:description", "og:title", "og:site_name"})
_NO_PAGE: Final = re.compile(r"\.(?:avif|css|docx?|gif|ico|jpe?g|js|json|mp[34]|pdf|png|svg|webp|xlsx?|xml|zip)$")

_ABOUT: Final = re.compile(
    r"\b(?:about|acerca|a propos|chi siamo|company|conocenos|empresa|historia|history|marca|nosaltres|nosotros|"
    r"our (?:story|brand)|quem somos|quienes somos|qui som|qui sommes nous|sobre|uber uns|who we are)\b"
)
_OFFER: Final = re.compile(
    r"\b(?:catalog\w*|colecc\w+|collection\w*|gama|productos?|products?|produits|produkte|produtos|prodotti|"
    r"range|servicios?|services?|shop|store|tienda|what we do)\b"
)
_ASIDE: Final = re.compile(
    r"\b(?:account|carrito|cart|cesta|checkout|cookies?|cuenta|legal|log ?in|log ?out|privacidad|privacy|register|"
    r"registro|search|buscar|sign ?in|sign ?up|terms|terminos|unsubscribe|wishlist)\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Where a link of a page leads, without its fragment, and the words that it is shown by."""

    url: str
    label: str = ""


def is_html(answer: Answer) -> bool:
    """Whether `answer` is a page that people read."""
    return "html" in answer.headers.get("content-type", "").lower() or is_page(answer)


def markup(answer: Answer) -> str:
    """The page's text with its markup, read in the encoding that it says, unless it is plainly UTF-8."""
    body = answer.body[: 4 * LONGEST]
    try:
        return body.decode("utf-8-sig")[:LONGEST]
    except UnicodeDecodeError:
        told = _CHARSET.search(answer.headers.get("content-type", "")) or _CHARSET.search(
            body[:4_000].decode("ascii", "replace")
        )
    try:
        return body.decode(told[1] if told else "utf-8", "replace")[:LONGEST]
    except (LookupError, ValueError):
        return body.decode("utf-8", "replace")[:LONGEST]


def words(page: str) -> str:
    """What a page says: the description that it gives of itself, and its text. Some have nothing but the first, since
    a program draws the rest."""
    told = [content for name, content in _meta(page) if name in _TOLD]
    return plain("<p>".join([*dict.fromkeys(told), page]))


def ways(page: str, base: str) -> tuple[Way, ...]:
    """The pages of the same host that `page` links to, each once, those first on which a brand tells of itself, then
    those on which it shows what it sells. `base` is the page's address."""
    found: dict[str, Way] = {}
    for match, _ in zip(_LINK.finditer(page), range(MOST), strict=False):
        url = _joined(base, _attributes(match[1]).get("href", ""))
        if url and url not in found and _is_neighbour(url, base):
            label = plain(page[match.end() : match.end() + 400].partition("</a")[0], 80)
            found[url] = Way(url=url, label=label)
    ranked = [(rank, way) for way in found.values() if (rank := _rank(way)) is not None]
    return tuple(way for _, way in sorted(ranked, key=lambda pair: pair[0]))


def host(url: str) -> str:
    """The host of an address, without www."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _rank(way: Way) -> tuple[int, int] | None:
    """How early to read it: by what it is about, then by how deep it lies; `None` for what tells nothing of a brand."""
    parts = urlsplit(way.url)
    told = _fold(f"{parts.path} {way.label}")
    depth = parts.path.strip("/").count("/")
    if _NO_PAGE.search(parts.path.lower()) or _ASIDE.search(told):
        return None
    if _ABOUT.search(told):
        return (0, depth)
    if _OFFER.search(told):
        return (1, depth)
    return (2, depth) if depth < 2 and not parts.query else None


def _is_neighbour(url: str, base: str) -> bool:
    return host(url) == host(base) and urlsplit(url).path.strip("/") != urlsplit(base).path.strip("/")


def _joined(base: str, href: str) -> str:
    try:
        url = urldefrag(urljoin(base, href.strip())).url
    except ValueError:
        return ""
    return url if href.strip() and url.startswith(("http://", "https://")) else ""


def _meta(page: str) -> Iterator[tuple[str, str]]:
    for match in _META.finditer(page[:200_000]):
        attributes = _attributes(match[1])
        yield (attributes.get("name") or attributes.get("property", "")).lower(), attributes.get("content", "")


def _attributes(text: str) -> dict[str, str]:
    return {name.lower(): unescape(a or b or c) for name, a, b, c in _ATTRIBUTE.findall(text)}


def _fold(text: str) -> str:
    """Small letters without accents; what parts the words of an address is a blank."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", " ", bare)
