"""Stories and comments on Hacker News, through Algolia's search: https://hn.algolia.com/api

Only its own API tells what was taken down: https://github.com/HackerNews/API
"""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

import msgspec

from ..base import Connector, Cursor, Http, Page
from ..decode import address, count, readable
from ..post import Author, Engagement, Post
from ..search import phrase
from ..text import links, plain, when

SITE = "https://news.ycombinator.com"
ITEMS = "https://hacker-news.firebaseio.com/v0/item"
LATE = timedelta(minutes=15)
"""How long after its publication a comment may first appear in the index."""


@dataclass(frozen=True, kw_only=True)
class HackerNews(Connector):
    """One search per term, newest first. The mark is the time of the newest hit, in seconds since 1970."""

    name = "hackernews"
    every = timedelta(minutes=5)

    limit: int = 100
    base: str = "https://hn.algolia.com"

    def check(self) -> Sequence[str]:
        return () if 1 <= self.limit <= 1000 else ("limit: hits per request; between 1 and 1000",)

    async def fetch(self, http: Http, terms: Sequence[str], cursor: Cursor) -> AsyncGenerator[Page, None]:
        newest = _start(cursor)
        oldest = newest - int(LATE.total_seconds()) if cursor.mark else newest
        for term in terms:
            async for hits in self._search(http, term, oldest):
                newest = max(newest, *(int(hit.created_at_i) for hit in hits))
                yield Page(posts=tuple(post(hit) for hit in hits), mark=cursor.mark)
        # Only now has every term been read up to here.
        yield Page(posts=(), mark=str(newest))

    async def refresh(self, http: Http, ids: Sequence[str]) -> Mapping[str, Post | None]:
        """One request for each: there is no call for several."""
        now: dict[str, Post | None] = {}
        for id in filter(str.isdecimal, ids):
            answer = await http.get(f"{ITEMS}/{id}.json")
            item = answer.json(Item | None)  # type: ignore[arg-type]  # a union is no class, and decodes all the same
            if item:
                now[id] = None if item.deleted or item.dead else post(item.hit)
        return now

    async def _search(self, http: Http, term: str, oldest: int) -> AsyncIterator[list["Hit"]]:
        """Hits from the newest back to `oldest`. A query serves 1,000 at most, so the next one asks for what is older
        than the last hit instead of for the next page; the second that both share comes twice."""
        newest: int | None = None
        while True:
            window = f"created_at_i>={oldest}" + (f",created_at_i<={newest}" if newest is not None else "")
            answer = await http.get(f"{self.base}/api/v1/search_by_date", params=self._query(term, window))
            found = answer.json(Found).hits
            hits = readable(found, Hit, answer.url)
            if hits:
                yield hits
            if len(found) < self.limit or not hits:
                return
            last = int(min(hit.created_at_i for hit in hits))
            newest = last if newest is None or last < newest else newest - 1

    def _query(self, term: str, window: str) -> dict[str, str | int]:
        # Unquoted, the last word would match as a prefix and the others with typing errors.
        return {
            "query": phrase(term),
            "tags": "(story,comment)",
            "typoTolerance": "false",
            "restrictSearchableAttributes": "title,url,story_text,comment_text",
            "numericFilters": window,
            "hitsPerPage": self.limit,
        }


class Hit(msgspec.Struct):
    """A story or comment. Older answers hold nulls where newer ones leave keys out."""

    id: Annotated[str, msgspec.Meta(pattern="^[0-9]+$")] = msgspec.field(name="objectID")
    created_at_i: Annotated[float, msgspec.Meta(ge=0, lt=4e9)]
    author: str | None = None
    title: str | None = None
    url: str | None = None
    story_text: str | None = None
    comment_text: str | None = None
    points: int | None = None
    num_comments: int | None = None
    parent_id: int | None = None


class Item(msgspec.Struct):
    """The same as its own API has it. One that is dead was flagged or moderated away, and only few may still see it."""

    id: int
    time: Annotated[float, msgspec.Meta(ge=0, lt=4e9)] = 0.0
    by: str | None = None
    title: str | None = None
    text: str | None = None
    url: str | None = None
    score: int | None = None
    descendants: int | None = None
    parent: int | None = None
    deleted: bool | None = False
    dead: bool | None = False

    @property
    def hit(self) -> Hit:
        return Hit(
            id=str(self.id),
            created_at_i=self.time,
            author=self.by,
            title=self.title,
            url=self.url,
            story_text=self.text,
            points=self.score,
            num_comments=self.descendants,
            parent_id=self.parent,
        )


class Found(msgspec.Struct):
    hits: list[msgspec.Raw]


def post(hit: Hit) -> Post:
    """A comment carries no title: its story's would make every comment below "Acme is down" a mention of Acme."""
    markup = hit.comment_text or hit.story_text or ""
    link = address(hit.url)
    return Post(
        network=HackerNews.name,
        id=hit.id,
        url=f"{SITE}/item?id={hit.id}",
        title=plain(hit.title or "") or None,
        text=plain(markup),
        author=Author(handle=hit.author, url=f"{SITE}/user?id={hit.author}") if hit.author else None,
        published_at=when(hit.created_at_i),
        engagement=Engagement(likes=count(hit.points), comments=count(hit.num_comments)),
        in_reply_to=str(hit.parent_id) if hit.parent_id else None,
        links=((link,) if link else ()) + links(markup),
    )


def _start(cursor: Cursor) -> int:
    return int(cursor.mark) if cursor.mark.isdecimal() else int(cursor.since.timestamp())
