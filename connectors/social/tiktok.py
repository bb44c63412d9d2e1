"""Comments below one's own videos, and answers, through TikTok's Accounts API for businesses:
https://business-api.tiktok.com/portal/docs

There is no other way in: the Research API is for researchers of non-profit institutions, and the Display API shows
counts only. Shapes and codes were read in clients of the API, not in its reference, which needs a login.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

import msgspec

from .. import marks
from ..base import Answer, Connector, Cursor, Http, Page, Secret, Sent
from ..decode import readable
from ..post import Post
from .clip import NETWORK, Comment, Enveloped, Expired, Granted, Listing, Video, Written, accepted, post

LIMIT = 30
"""The most comments that one answer holds."""
VIDEOS_LIMIT = 20
MOST_PAGES = 20
LATE = timedelta(days=1)
IMPORT = "without TikTok's approval its comments come in by import only (docs/networks/tiktok.md)"
Query = Mapping[str, str | int]


@dataclass(slots=True)
class Grant:
    """The tokens of the day: that of the day, and the one that it is renewed with, which may change each time."""

    access: str = ""
    refresh: str = ""


@dataclass(frozen=True, kw_only=True)
class TikTok(Connector):
    """The mark is the time of the newest comment, in seconds since 1970."""

    name = NETWORK
    is_own = True
    every = timedelta(minutes=15)
    longest: ClassVar[int] = 150

    account_id: str = ""
    client_id: str = ""
    client_secret: Secret = field(default="", repr=False)
    refresh_token: Secret = field(default="", repr=False)
    videos: int = 20
    base: str = "https://business-api.tiktok.com"
    _grant: Grant = field(default_factory=Grant, init=False, repr=False, compare=False)

    def check(self) -> Sequence[str]:
        problems = []
        if not (self.account_id and self.client_id and self.client_secret and self.refresh_token):
            needs = "account_id, client_id, client_secret and refresh_token of an app that TikTok approved"
            problems.append(
                f"refresh_token: TikTok gives comments on your own videos only, and wants {needs}; {IMPORT}"
            )
        if not 1 <= self.videos <= 100:
            problems.append("videos: own videos whose comments are read; between 1 and 100")
        return problems

    async def fetch(self, http: Http, terms: Sequence[str], cursor: Cursor) -> AsyncGenerator[Page, None]:
        newest, oldest = marks.window(cursor.mark, cursor.since, LATE)
        async for video in self._own(http):
            async for comments in self._below(http, video, oldest):
                newest = max([newest, *(comment.at for comment in comments if comment.at)])
                yield Page(posts=tuple(post(comment, video) for comment in comments), mark=cursor.mark)
        # Only now has every video been read up to here.
        yield Page(posts=(), mark=str(int(newest.timestamp())))

    async def refresh(self, http: Http, ids: Sequence[str]) -> Mapping[str, Post | None]:
        """A video's comments are asked for together. What the answer leaves out may be an answer to a comment just as
        well as a comment that was taken down: nothing is told of it."""
        below: dict[str, list[str]] = {}
        for name in ids:
            video, _, comment = name.partition("/")
            below.setdefault(video, []).append(comment)
        found: dict[str, Post | None] = {}
        for number, comments in below.items():
            for start in range(0, len(comments), LIMIT):
                asked = msgspec.json.encode(comments[start : start + LIMIT]).decode()
                page = await self._read(http, "comment/list", {"video_id": number, "comment_ids": asked})
                posts = [post(each, Video(number=number)) for each in readable(page.comments, Comment, "comment/list")]
                found |= {each.id: each for each in posts if each.id in ids}
        return found

    async def reply(self, http: Http, to: Post, text: str, key: str) -> Sent:
        """An answer below the comment. The API knows no keys: the answers that stand there tell whether it was said."""
        video, _, comment = to.id.partition("/")
        place = {"business_id": self.account_id, "video_id": video, "comment_id": comment}
        listed = await self._read(http, "comment/reply/list", place)
        for each in readable(listed.comments, Comment, "comment/reply/list"):
            if each.is_own and (each.text or "").strip() == text.strip():
                return Sent(id=f"{video}/{each.id}", url=to.url)
        url, words = self._url("comment/reply/create"), {**place, "text": text}
        answer = await self._authorised(http, lambda headers: http.post(url, json=words, headers=headers))
        return Sent(id=f"{video}/{answer.json(Written).data.number}", url=to.url)

    async def _own(self, http: Http) -> AsyncIterator[Video]:
        """The account's newest videos."""
        left, cursor = self.videos, 0
        while left > 0:
            fields = '["item_id","create_time","share_url"]'
            query: Query = {"fields": fields, "max_count": min(left, VIDEOS_LIMIT), "cursor": cursor}
            page = await self._read(http, "video/list", query)
            videos = readable(page.videos, Video, "video/list")
            for video in videos[:left]:
                yield video
            left -= len(videos)
            if not videos or not page.has_more or page.cursor in (None, cursor):
                return
            cursor = page.cursor or 0

    async def _below(self, http: Http, video: Video, oldest: datetime) -> AsyncIterator[list[Comment]]:
        """Comments below `video` and the answers to them, but for our own, from the newest back to `oldest`."""
        order = {"sort_field": "create_time", "sort_order": "desc", "status": "ALL", "include_replies": "true"}
        query: dict[str, str | int] = {"video_id": video.id, "max_count": LIMIT, **order}
        for _ in range(MOST_PAGES):
            page = await self._read(http, "comment/list", query)
            comments = readable(page.comments, Comment, "comment/list")
            # An old comment may have a new answer: each page that was asked for is looked at whole.
            threads = [each for comment in comments for each in (comment, *comment.answers)]
            if others := [each for each in threads if not each.is_own and each.is_recent(oldest)]:
                yield others
            if not page.has_more or not any(comment.is_recent(oldest) for comment in comments) or not page.cursor:
                return
            query["cursor"] = page.cursor

    async def _read(self, http: Http, path: str, query: Query) -> Listing:
        url, whole = self._url(path), {"business_id": self.account_id, **query}
        answer = await self._authorised(http, lambda headers: http.get(url, params=whole, headers=headers))
        return answer.json(Enveloped).data or Listing()

    async def _authorised(self, http: Http, ask: Callable[[Mapping[str, str]], Awaitable[Answer]]) -> Answer:
        if self._grant.access:
            with suppress(Expired):
                return accepted(await ask({"Access-Token": self._grant.access}))
        await self._renew(http)
        return accepted(await ask({"Access-Token": self._grant.access}))

    async def _renew(self, http: Http) -> None:
        refresh = self._grant.refresh or self.refresh_token
        own = {"client_id": self.client_id, "client_secret": self.client_secret, "refresh_token": refresh}
        url = f"{self.base}/open_api/v1.3/tt_user/oauth2/refresh_token/"
        answer = accepted(await http.post(url, json={"grant_type": "refresh_token", **own}))
        tokens = answer.json(Granted).data
        self._grant.access, self._grant.refresh = tokens.access_token, tokens.refresh_token or refresh

    def _url(self, path: str) -> str:
        return f"{self.base}/open_api/v1.3/business/{path}/"
