"""Google News: headlines that its search finds, by language and country.

The feed has no documentation of Google's own; its operators are told at
https://www.newscatcherapi.com/blog/google-news-rss-search-parameters-the-missing-documentaiton
"""

import re
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256

from ..base import Connector, Cursor, Http, Page
from ..post import Post
from ..search import phrase
from .headlines import Publisher, Search, headlines, signed

_EDITION = re.compile(r"([a-z]{2,3}(?:-[A-Za-z0-9]{2,4})?)/([A-Z]{2})")
_WORDS = re.compile(r"\w+")


@dataclass(frozen=True, kw_only=True)
class GoogleNews(Connector):
    """One search for each term in each edition. An edition is a language and a country: "es/ES", "es-419/MX"."""

    name = "googlenews"
    every = timedelta(minutes=30)
    pace = 3.0

    editions: tuple[str, ...] = ("es/ES",)
    days: int = 7
    base: str = "https://news.google.com"

    def check(self) -> Sequence[str]:
        problems = [
            f'editions: "{edition}" is none; write language/COUNTRY, such as "es/ES", "es-419/MX" or "en-US/US"'
            for edition in self.editions
            if not _EDITION.fullmatch(edition)
        ]
        if not self.editions:
            problems.append('editions: none; name one, such as "es/ES"')
        if not 1 <= self.days <= 365:
            problems.append("days: how old an article may be; between 1 and 365")
        return problems

    def fetch(self, http: Http, terms: Sequence[str], cursor: Cursor) -> AsyncGenerator[Page, None]:
        searches = {f"{edition} {term}": self._search(edition, term) for edition in self.editions for term in terms}
        return headlines(http, cursor, searches, post)

    def _search(self, edition: str, term: str) -> Search:
        spoken, _, country = edition.partition("/")
        return Search(
            url=f"{self.base}/rss/search",
            params={
                "q": f"{phrase(term)} when:{self.days}d",
                "hl": spoken,
                "gl": country,
                # Spanish of Latin America keeps its number here, all others go without their region.
                "ceid": f"{country}:{spoken if spoken == 'es-419' else spoken.partition('-')[0]}",
            },
        )


def post(entry: Post, publisher: Publisher | None) -> Post:
    """The text of an entry only repeats its headline.

    The id is made of publisher, headline and day: Google's links are opaque, do not lead on, and may differ from
    edition to edition for one and the same article.
    """
    title, name = _headline(entry.title or "", publisher)
    article = signed(replace(entry, url=None), GoogleNews.name, publisher or (Publisher(name=name) if name else None))
    day = entry.published_at.date().isoformat() if entry.published_at else ""
    said = "|".join((article.author.handle if article.author else "", _folded(title), day))
    digest = sha256(said.encode("utf-8", "replace")).hexdigest()[:32]
    return replace(article, id=digest, url=entry.url, title=title or None, text="", links=())


def _headline(title: str, publisher: Publisher | None) -> tuple[str, str]:
    """The headline without the " - Publisher" behind it, and that publisher."""
    if publisher:
        return title.removesuffix(f" - {publisher.name}"), publisher.name
    head, dash, name = title.rpartition(" - ")
    return (head, name) if dash and head else (title, "")


def _folded(title: str) -> str:
    return " ".join(_WORDS.findall(title.casefold()))
