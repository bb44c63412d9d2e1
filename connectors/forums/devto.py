"""Articles on DEV and other communities that run Forem, by search and by tag: https://developers.forem.com/api/v1"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec

from .. import marks
from ..base import Connector, Cursor, Http, Page
from ..decode import address, count, readable
from ..errors import Refused
from ..post import Author, Engagement, Post
from ..text import clean, links, markdown, when

LATE = timedelta(minutes=30)
"""Lists are kept by caches for some minutes."""
LIMIT = 250
MOST_PAGES = 3
MOST_TEXTS = 50
"""Articles in one poll whose whole text is asked for, one request each; lists hold only a line of it."""
HEADERS = {"Accept": "application/vnd.forem.api-v1+json"}


@dataclass(frozen=True, kw_only=True)
class DevTo(Connector):
    """The mark is the time of the newest article, in seconds since 1970. Ids are "dev.to/12"."""

    name = "devto"
    every = timedelta(minutes=30)
    pace = 1.5

    tags: tuple[str, ...] = ()
    search: bool = True
    base: str = "https://dev.to"

    def check(self) -> Sequence[str]:
        if self.search or self.tags:
            return ()
        return ("search: nothing is left to read; set it to true, or give tags",)

    async def fetch(self, http: Http, terms: Sequence[str], cursor: Cursor) -> AsyncGenerator[Page, None]:
        newest, oldest = marks.window(cursor.mark, cursor.since, LATE)
        read: dict[int, Article] = {}
        for path, query in self._lists(terms):
            for article in await self._recent(http, path, query, oldest):
                if article.id not in read:
                    read[article.id] = article
                    whole = await self._whole(http, article.id) if len(read) <= MOST_TEXTS else None
                    newest = max(newest, article.at)
                    yield Page(posts=(post(whole or article, self.base),), mark=cursor.mark)
        # Only now has every list been read up to here.
        yield Page(posts=(), mark=str(int(newest.timestamp())))

    async def refresh(self, http: Http, ids: Sequence[str]) -> Mapping[str, Post | None]:
        """One request for each: the API gives several articles at once only by tag or author."""
        begin = f"{place(self.base)}/"
        now: dict[str, Post | None] = {}
        for id in ids:
            if id.startswith(begin) and (number := id.removeprefix(begin)).isdecimal():
                article = await self._whole(http, int(number))
                now[id] = post(article, self.base) if article else None
        return now

    def _lists(self, terms: Sequence[str]) -> list[tuple[str, Mapping[str, str]]]:
        found = [("/api/articles/search", {"q": term}) for term in terms] if self.search else []
        return [*(("/api/articles", {"tag": tag.removeprefix("#")}) for tag in self.tags), *found]

    async def _recent(self, http: Http, path: str, query: Mapping[str, str], oldest: datetime) -> list["Article"]:
        """Lists are sorted by how well articles do, not by time: so we ask for all of the last week."""
        recent: list[Article] = []
        for page in range(1, MOST_PAGES + 1):
            params: dict[str, str | int] = {**query, "top": 7, "per_page": LIMIT, "page": page}
            answer = await http.get(self.base + path, params=params, headers=HEADERS)
            entries = answer.json(list[msgspec.Raw])
            recent += [one for one in readable(entries, Article, answer.url) if one.at >= oldest]
            if len(entries) < LIMIT:
                break
        return recent

    async def _whole(self, http: Http, number: int) -> "Article | None":
        """The article with its text; `None` when it was taken down or withdrawn."""
        try:
            return (await http.get(f"{self.base}/api/articles/{number}", headers=HEADERS)).json(Article)
        except Refused as error:
            if error.status == 404:
                return None
            raise


class User(msgspec.Struct):
    username: str | None = None
    name: str | None = None


class Article(msgspec.Struct):
    """Of lists the description only; alone with its Markdown."""

    id: Annotated[int, msgspec.Meta(ge=1, lt=1 << 53)]
    published_at: str
    title: str | None = None
    description: str | None = None
    body_markdown: str | None = None
    url: str | None = None
    edited_at: str | None = None
    language: str | None = None
    public_reactions_count: int | None = None
    comments_count: int | None = None
    user: User | None = None

    @property
    def at(self) -> datetime:
        return when(self.published_at) or datetime.fromtimestamp(0, UTC)


def place(base: str) -> str:
    """What ids begin with: each community numbers its articles by itself."""
    return base.partition("://")[2].rstrip("/").lower()


def post(article: Article, base: str) -> Post:
    text = article.body_markdown or article.description or ""
    language = (article.language or "").strip().partition("-")[0].lower()
    return Post(
        network=DevTo.name,
        id=f"{place(base)}/{article.id}",
        url=address(article.url),
        title=clean(article.title or "") or None,
        text=markdown(text),
        author=_author(article.user, base) if article.user else None,
        published_at=when(article.published_at),
        edited_at=when(article.edited_at),
        language=language if len(language) == 2 and language.isalpha() else None,
        engagement=Engagement(likes=count(article.public_reactions_count), comments=count(article.comments_count)),
        links=links(text),
    )


def _author(user: User, base: str) -> Author | None:
    handle = clean(user.username or "")
    if not handle:
        return None
    return Author(handle=handle, name=clean(user.name or "") or None, url=address(f"{base}/{handle}"))
