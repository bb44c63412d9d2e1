"""Bing News: articles that its search finds, as a feed. It has no documentation of Microsoft's own; the address stands
in https://github.com/AboutRSS/ALL-about-RSS"""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from ..base import Connector, Cursor, Http, Page
from ..post import Post
from ..search import phrase
from .headlines import Publisher, Search, headlines, signed


@dataclass(frozen=True, kw_only=True)
class BingNews(Connector):
    """One search for each term, newest first, in one language and country."""

    name = "bingnews"
    every = timedelta(minutes=30)
    pace = 3.0

    language: str = "es"
    country: str = "ES"
    base: str = "https://www.bing.com"

    def check(self) -> Sequence[str]:
        problems = []
        if self.language and not (len(self.language) == 2 and self.language.islower()):
            problems.append('language: two letters, such as "es"; "" for any')
        if self.country and not (len(self.country) == 2 and self.country.isupper()):
            problems.append('country: two letters, such as "MX"; "" for any')
        return problems

    def fetch(self, http: Http, terms: Sequence[str], cursor: Cursor) -> AsyncGenerator[Page, None]:
        searches = {f"{self.language}-{self.country} {term}": self._search(term) for term in terms}
        return headlines(http, cursor, searches, post)

    def _search(self, term: str) -> Search:
        params: dict[str, str | int] = {"q": phrase(term), "format": "rss", "qft": 'sortbydate="1"'}
        if self.language:
            params["setlang"] = self.language
        if self.country:
            params["cc"] = self.country
        return Search(url=f"{self.base}/news/search", params=params)


def post(entry: Post, publisher: Publisher | None) -> Post:
    """The link no longer leads through Bing, and the article is known by it, whatever becomes of headline and date."""
    article = signed(entry, BingNews.name, publisher)
    return replace(article, id=(entry.url or entry.id).strip())
