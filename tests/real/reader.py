"""Polls of a feed on a server that others wrote."""

from collections.abc import Mapping
from datetime import UTC, datetime

from connectors.base import NOTHING, Answer, Cursor, Http, Validator
from connectors.feeds.feed import Feed
from connectors.post import Post
from connectors.wire.http import Client

SINCE = datetime(2000, 1, 1, tzinfo=UTC)
SPANISH = "Mañana «reembolso» de 5 € & listo… <b> no es «b» 😀 👩‍👩‍👧 ¡Ñandú!"


class Overheard:
    """`Http` that remembers the status of each answer."""

    def __init__(self, http: Http) -> None:
        self._http = http
        self.statuses: dict[str, int] = {}

    async def get(
        self,
        url: str,
        *,
        params: Mapping[str, str | int] = NOTHING,
        headers: Mapping[str, str] = NOTHING,
        conditional: bool = False,
    ) -> Answer:
        answer = await self._http.get(url, params=params, headers=headers, conditional=conditional)
        self.statuses[answer.url] = answer.status
        return answer


class Reader:
    """Polls a feed as the house does: the mark goes from page to page, the validators from poll to poll."""

    def __init__(self, client: Client, feed: Feed) -> None:
        self._client = client
        self._feed = feed
        self._mark = ""
        self._validators: Mapping[str, Validator] = {}
        self.statuses: Mapping[str, int] = {}

    async def poll(self) -> list[Post]:
        visit = self._client.visit(0.0, self._validators)
        http = Overheard(visit)
        posts: list[Post] = []
        async for page in self._feed.fetch(http, (), Cursor(since=SINCE, mark=self._mark)):
            posts += page.posts
            self._mark = page.mark
        self._validators, self.statuses = visit.validators, http.statuses
        return posts


def those(posts: list[Post], word: str) -> list[Post]:
    return [post for post in posts if word in f"{post.title} {post.text}"]
