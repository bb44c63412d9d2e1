"""What a brand's own pages say of it: they are read politely, and become the profile that tells it from its namesakes.

Its site is asked for a few pages, as its robots.txt allows: the first one, and those that it leads to on which brands
tell of themselves or show what they sell. Wikipedia is asked through the interface that it has for programs.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Protocol, TypeVar
from urllib.parse import quote, urlsplit

from connectors.base import Answer, Http
from connectors.errors import ConnectorError, Malformed, Refused, Unavailable
from connectors.pages.robots import Rules, rules
from connectors.pages.site import Way, host, is_html, markup, ways, words
from connectors.text import redact
from connectors.wire.http import Client
from models.profile import Embed, Profile

from .types import Brand

if TYPE_CHECKING:
    from models.judge import Judges

T = TypeVar("T")

MOST: Final = 8
"""Pages of one site."""
PACE: Final = 0.5
"""Seconds between two pages of a site that asks for no more: eight of them, while a person waits."""
LONGEST_VISIT: Final = 60.0
"""Seconds that a site may have us wait between pages in all: one that wants more is read less of."""
PATIENCE: Final = 20.0
"""Seconds for one page."""
OLD: Final = timedelta(days=30)
"""Brands change what they sell: an older profile is built anew."""

# Wikimedia's robot policy asks programs to read articles here, and not through api.php.
WIKIPEDIA: Final = "https://{language}.wikipedia.org/api/rest_v1/page/html/{title}"
_PREFIX: Final = re.compile(r"([a-z]{2,3}(?:-[a-z]{2,10})?|simple):\s*(.+)", re.DOTALL)
_NOTE: Final = re.compile(r"\[(?:\d{1,4}|[a-z]|cita requerida|citation needed)\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A page that tells of a brand: its plain text, or why there is none."""

    url: str
    text: str = ""
    problem: str = ""


class Profiles(Protocol):
    """What is asked of the store."""

    def profile(self, brand: str) -> tuple[str, datetime] | None:
        """The profile as kept, and when it was built."""
        ...


def portrait(brand: Brand, brands: Sequence[Brand], leaves: Sequence[Leaf], embed: Embed | None = None) -> Profile:
    """The profile of `brand` among the `brands` of the configuration, from what its pages say."""
    return Profile.build(
        brand.name,
        names=brand.names,
        handles=brand.handles,
        host=host(_address(brand.site)) if brand.site else None,
        rivals=[other.name for other in brands if other.name != brand.name],
        texts=[leaf.text for leaf in leaves if leaf.text],
        embed=embed,
    )


def embedder(judge: "Judges", brand: Brand) -> Embed:
    """What turns pieces of pages into embeddings, as the posts that name `brand` are."""

    def embed(texts: Sequence[str]) -> list[bytes]:
        return [each.embedding for each in judge.judge(texts, names=[brand.names] * len(texts))]

    return embed


def stale(brands: Sequence[Brand], store: Profiles, now: datetime) -> list[Brand]:
    """The brands that have pages to read and no profile, or an old one."""
    return [brand for brand in brands if (brand.site or brand.wiki) and _is_old(store.profile(brand.name), now)]


def _is_old(kept: tuple[str, datetime] | None, now: datetime) -> bool:
    return kept is None or now - kept[1] > OLD


async def leaves(
    brand: Brand, client: Client, language: str, *, wikipedia: str = WIKIPEDIA
) -> AsyncGenerator[Leaf, None]:
    """The pages that tell of `brand`, one by one, as they are read. `language` is what its site and Wikipedia are asked
    for, unless a title names another: "en:Mango (retailer)". What cannot be read is told, and raises nothing."""
    read: set[str] = set()
    if brand.site:
        async with aclosing(_site(client, _address(brand.site), language)) as pages:
            async for leaf in pages:
                yield _fresh(leaf, read)
    http = client.visit(PACE, {})
    for title in brand.wiki:
        yield _fresh(await _article(http, article(title, language, wikipedia), language), read)


def article(title: str, language: str, wikipedia: str = WIKIPEDIA) -> str:
    """The address of a page in Wikipedia: "es:Mango (empresa)", or a title in `language`."""
    told = _PREFIX.fullmatch(title.strip())
    code, name = (told[1], told[2]) if told else (language, title.strip())
    return wikipedia.format(language=code, title=quote(name.strip().replace(" ", "_"), safe=""))


async def _site(client: Client, url: str, language: str) -> AsyncGenerator[Leaf, None]:
    """The pages of a site: the first, and those it leads to that tell most."""
    try:
        home, asked = await _home(client, url, language)
    except ConnectorError as error:
        yield Leaf(url=redact(url), problem=str(error))
        return
    page = await asyncio.to_thread(markup, home)
    yield Leaf(url=home.url, text=await asyncio.to_thread(words, page))
    http = client.visit(_pace(asked), {})
    for way in _chosen(await asyncio.to_thread(ways, page, home.url), asked):
        try:
            yield await _leaf(http, way.url, language, asked)
        except Unavailable as error:
            # A site that is slow or in trouble is left alone.
            yield Leaf(url=redact(way.url), problem=str(error))
            return
        except ConnectorError as error:
            yield Leaf(url=redact(way.url), problem=str(error))


async def _home(client: Client, url: str, language: str) -> tuple[Answer, Rules]:
    """The first page of a site, wherever its address leads by now, and the rules of the host that answered."""
    http = client.visit(PACE, {})
    asked = await _rules(http, url)
    home = await _page(http, url, language)
    return home, asked if _is_same_host(url, home.url) else await _rules(http, home.url)


async def _rules(http: Http, url: str) -> Rules:
    """The rules of a host; `Refused` when they keep us from this page."""
    asked = await _within(PATIENCE, rules(http, url), url)
    if not asked.allow(url):
        raise Refused(f"{redact(url)}: robots.txt asks programs to stay away")
    return asked


async def _leaf(http: Http, url: str, language: str, asked: Rules) -> Leaf:
    page = await _page(http, url, language, patience=PATIENCE + _pace(asked))
    if not _is_same_host(url, page.url):
        raise Refused(f"{redact(url)}: leads to another site, {host(page.url)}")
    if not asked.allow(page.url):
        raise Refused(f"{redact(url)}: leads where robots.txt asks programs not to go")
    return Leaf(url=page.url, text=await asyncio.to_thread(_text, page))


async def _article(http: Http, url: str, language: str) -> Leaf:
    try:
        page = await _page(http, url, language)
    except ConnectorError as error:
        return Leaf(url=redact(url), problem=str(error))
    return Leaf(url=page.url, text=_NOTE.sub("", await asyncio.to_thread(_text, page)))


async def _page(http: Http, url: str, language: str, *, patience: float = PATIENCE) -> Answer:
    """One page of HTML; raises what the way out raises."""
    accept = {"Accept": "text/html, application/xhtml+xml;q=0.9, */*;q=0.1", "Accept-Language": f"{language}, *;q=0.5"}
    answer = await _within(patience, http.get(url, headers=accept), url)
    if not is_html(answer):
        raise Malformed(f"{redact(url)}: not a page but {answer.headers.get('content-type', 'of no type')[:60]}")
    return answer


async def _within(patience: float, answer: Awaitable[T], url: str) -> T:
    try:
        async with asyncio.timeout(patience):
            return await answer
    except TimeoutError:
        raise Unavailable(f"{redact(url)}: no answer within {patience:.0f} s") from None


def _text(page: Answer) -> str:
    return words(markup(page))


def _chosen(found: Sequence[Way], asked: Rules) -> list[Way]:
    """As many of the pages found as the site lets us read without keeping a person waiting for long."""
    most = min(MOST - 1, int(LONGEST_VISIT / _pace(asked)))
    return [way for way in found if asked.allow(way.url)][:most]


def _pace(asked: Rules) -> float:
    return max(PACE, asked.delay)


def _is_same_host(one: str, other: str) -> bool:
    return urlsplit(one).netloc == urlsplit(other).netloc or host(one) == host(other)


def _address(site: str) -> str:
    return site if "://" in site else f"https://{site}"


def _fresh(leaf: Leaf, read: set[str]) -> Leaf:
    """The page without the lines that stood on an earlier one: menus and footers say nothing the eighth time."""
    lines = [line for line in leaf.text.split("\n") if line.strip() not in read]
    read.update(line.strip() for line in lines)
    return replace(leaf, text="\n".join(lines).strip())
