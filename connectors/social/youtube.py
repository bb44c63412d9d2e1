"""YouTube: uploads of channels by feed and, with a key, comments and search through the Data API:
https://developers.google.com/youtube/v3/docs and https://developers.google.com/youtube/v3/determine_quota_cost"""

import re
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from .. import marks
from ..base import Answer, Budget, Connector, Cursor, Http, Page, Secret, account_of
from ..decode import readable
from ..errors import RateLimited, Refused
from ..feeds.discover import ACCEPT
from ..feeds.harvest import harvest
from ..log import fields, logger
from ..post import Author, Post
from ..search import packed, phrase
from .video import (
    NETWORK,
    SITE,
    Channel,
    Comment,
    Listing,
    Result,
    Thread,
    Video,
    followed,
    opened,
    reason,
    said,
    uploaded,
    watched,
)

log = logger(__name__)

AT_ONCE = 50
"""Ids that one request may name."""
MOST_THREADS, MOST_SEARCHES = 20, 3
"""Pages, of a hundred threads or of fifty hits, that one poll reads of one thing."""
LATE_COMMENT = timedelta(hours=1)
"""How long YouTube may hold a comment back before it shows it under its old date."""
LATE_VIDEO = timedelta(hours=6)
"""How long after its publication the search may first find a video."""
LONGEST_QUERY = 400
DAY = timedelta(days=1)

Query = Mapping[str, str | int]
Read = AsyncGenerator[tuple[tuple[Post, ...], str], None]
"""Posts, and where this part of the source stands once they are stored; "" where it stood."""
Reading = Callable[[Http, str, datetime], Read]
# Another program may use the same key; the day ends at midnight in California.
_USED_UP = frozenset({"quotaExceeded", "dailyLimitExceeded", "rateLimitExceeded", "userRateLimitExceeded"})
_CHANNEL = re.compile(r"UC[\w-]{22}", re.ASCII)
_VIDEO = re.compile(r"[\w-]{11}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class YouTube(Connector):
    """The mark is a JSON object: of each feed the digests of its entries, of comments and search the time of the
    newest, in seconds since 1970."""

    name = NETWORK
    every = timedelta(minutes=30)  # 48 searches a day, of 100

    channels: tuple[str, ...] = ()
    videos: tuple[str, ...] = ()
    key: Secret = field(default="", repr=False)
    comments: bool = True
    search: bool = True
    language: str = ""
    country: str = ""
    searches: int = 100
    units: int = 10_000
    base: str = SITE
    api: str = "https://www.googleapis.com"

    def check(self) -> Sequence[str]:
        problems = [
            f'channels: "{name}" is no channel\'s id; it begins with UC and has 24 characters: '
            "…more → Share channel → Copy channel ID"
            for name in self.channels
            if not _CHANNEL.fullmatch(name)
        ]
        problems += [
            f'videos: "{name}" is no video\'s id; it is the 11 characters behind watch?v='
            for name in self.videos
            if not _VIDEO.fullmatch(name)
        ]
        if self.videos and not self.key:
            problems.append("videos: their comments can be read with a key only; set key")
        if not self.channels and not self.key:
            problems.append("channels: none, and no key to search with; give one of them")
        return problems

    @property
    def account(self) -> str:
        return account_of(NETWORK, self.key)

    def budgets(self) -> Sequence[Budget]:
        if not self.key:
            return ()
        return (
            Budget(name="search", most=self.searches, unit="searches", window=DAY),
            Budget(name="units", most=self.units, unit="units", window=DAY),
        )

    async def fetch(self, http: Http, terms: Sequence[str], cursor: Cursor) -> AsyncGenerator[Page, None]:
        known, readings = marks.read(cursor.mark, dict[str, str]), dict(self._readings(terms))
        stands = {name: known[name] for name in readings if name in known}
        for name, reading in readings.items():
            async with aclosing(reading(http, stands.get(name, ""), cursor.since)) as read:
                async for posts, mark in read:
                    if mark:
                        stands[name] = mark
                    yield Page(posts=posts, mark=marks.written(stands))

    def _readings(self, terms: Sequence[str]) -> Iterator[tuple[str, Reading]]:
        """What one poll reads, the dearest last: where the searches of the day are used up, the rest is done."""
        for channel in self.channels:
            yield f"feed {channel}", partial(self._uploads, channel)
        if self.key and self.comments:
            for channel in self.channels:
                yield f"comments {channel}", partial(self._comments, {"allThreadsRelatedToChannelId": channel})
            for video in self.videos:
                yield f"comments {video}", partial(self._comments, {"videoId": video})
        if self.key and self.search:
            for query in queries(terms):
                yield f"search {query}", partial(self._search, query)

    async def _uploads(self, channel: str, http: Http, mark: str, since: datetime) -> Read:
        """The fifteen latest videos. Their views change all the time, and so do their entries."""
        url = f"{self.base}/feeds/videos.xml"
        try:
            answer = await http.get(url, params={"channel_id": channel}, headers=ACCEPT, conditional=bool(mark))
        except Refused as error:
            raise Refused(f"{error}; is {channel} still a channel? take it out of channels if not") from error
        if answer.unchanged:
            return
        found = await harvest(answer, mark)
        yield tuple(uploaded(entry.post) for entry in found.entries), found.seen

    async def _comments(self, of: Query, http: Http, mark: str, since: datetime) -> Read:
        """Threads from the newest back. The first page is read whole, for the replies below older comments."""
        newest, oldest = marks.window(mark, since, LATE_COMMENT)
        query: dict[str, str | int] = {**of, "part": "snippet,replies", "order": "time", "maxResults": 100}
        for _ in range(MOST_THREADS):
            try:
                answer = await self._ask(http, "commentThreads", {**query, "textFormat": "plainText"})
            except Refused as error:
                if reason(error.body) == "commentsDisabled":  # the owner's choice, and no fault of ours
                    return
                raise
            listing = answer.json(Listing)
            threads = readable(listing.items, Thread, answer.url)
            posts = [post for thread in threads for post in await self._thread(http, thread, oldest)]
            newest = max([newest, *(post.published_at for post in posts if post.published_at)])
            yield tuple(posts), ""
            if not listing.next or not threads or any(_is_older(thread, oldest) for thread in threads):
                break
            query["pageToken"] = listing.next
        else:
            log.warning("more comments than one poll reads", extra=fields(of=dict(of), pages=MOST_THREADS))
        yield (), _mark(newest)

    async def _thread(self, http: Http, thread: Thread, oldest: datetime) -> list[Post]:
        """What of a thread is not older than `oldest`; where some of it was left out, all of it is asked for."""
        posts = _since(opened(thread), oldest)
        if not posts or thread.is_whole:
            return posts
        query: Query = {"part": "snippet", "parentId": thread.id, "maxResults": 100, "textFormat": "plainText"}
        answer = await self._ask(http, "comments", query)
        replies = readable(answer.json(Listing).items, Comment, answer.url)
        more = _since((said(reply, thread.snippet.video_id) for reply in replies), oldest)
        return list({post.id: post for post in [*posts, *more]}.values())

    async def _search(self, query: str, http: Http, mark: str, since: datetime) -> Read:
        newest, oldest = marks.window(mark, since, LATE_VIDEO)
        asked: dict[str, str | int] = {"part": "snippet", "type": "video", "order": "date", "maxResults": AT_ONCE}
        asked |= {"q": query, "publishedAfter": oldest.strftime("%Y-%m-%dT%H:%M:%SZ")}
        if self.language:
            asked["relevanceLanguage"] = self.language
        if self.country:
            asked["regionCode"] = self.country
        for _ in range(MOST_SEARCHES):
            answer = await self._ask(http, "search", asked, budget="search")
            listing = answer.json(Listing)
            ids = [result.id.video_id for result in readable(listing.items, Result, answer.url)]
            if ids:
                posts, _ = await self._videos(http, ids)
                newest = max([newest, *(post.published_at for post in posts if post.published_at)])
                yield tuple(posts), ""
            if not listing.next or not ids:
                break
            asked["pageToken"] = listing.next
        yield (), _mark(newest)

    async def refresh(self, http: Http, ids: Sequence[str]) -> Mapping[str, Post | None]:
        """Videos that are gone and videos made private look the same: they are not listed."""
        found: dict[str, Post | None] = {}
        videos = [name for name in ids if _VIDEO.fullmatch(name)]
        comments = [name for name in ids if not _VIDEO.fullmatch(name)]
        for read, names in ((self._videos, videos), (self._named, comments)):
            for some in _batches(names if self.key else ()):
                posts, is_whole = await read(http, some)
                found |= dict.fromkeys(some if is_whole else ())
                found |= {post.id: post for post in posts if post.id in some}
        return found

    async def authors(self, http: Http, handles: Sequence[str]) -> Mapping[str, Author]:
        found: dict[str, Author] = {}
        channels = [handle for handle in handles if _CHANNEL.fullmatch(handle)]
        for some in _batches(channels if self.key else ()):
            answer = await self._ask(http, "channels", {"part": "snippet,statistics", "id": ",".join(some)})
            listed = readable(answer.json(Listing).items, Channel, answer.url)
            found |= {channel.id: followed(channel) for channel in listed if channel.id in some}
        return found

    async def _videos(self, http: Http, ids: Sequence[str]) -> tuple[list[Post], bool]:
        """The videos of these ids that there are, and whether all that were listed could be read."""
        answer = await self._ask(http, "videos", {"part": "snippet,statistics", "id": ",".join(ids)})
        listed = answer.json(Listing).items
        videos = readable(listed, Video, answer.url)
        return [watched(video) for video in videos], len(videos) == len(listed)

    async def _named(self, http: Http, ids: Sequence[str]) -> tuple[list[Post], bool]:
        """The comments of these ids, likewise."""
        query: Query = {"part": "snippet", "id": ",".join(ids), "textFormat": "plainText"}
        try:
            answer = await self._ask(http, "comments", query)
        except Refused as error:
            if reason(error.body) == "commentNotFound":
                return [], len(ids) == 1  # of several, it does not say which
            raise
        listed = answer.json(Listing).items
        comments = readable(listed, Comment, answer.url)
        return [said(comment) for comment in comments], len(comments) == len(listed)

    async def _ask(self, http: Http, path: str, query: Query, *, budget: str = "units") -> Answer:
        await http.spend(budget, 1)
        try:
            return await http.get(f"{self.api}/youtube/v3/{path}", params={**query, "key": self.key})
        except Refused as error:
            why = reason(error.body)
            if why in _USED_UP:
                raise RateLimited(f"{error}; {why}: this key has asked for enough", timedelta(hours=1)) from error
            told = f"{error}; {why or 'no reason given'}: check key, and that the YouTube Data API v3 is enabled for it"
            raise Refused(f"{told}, at console.cloud.google.com", status=error.status, body=error.body) from error


def queries(terms: Sequence[str]) -> Iterator[str]:
    """The terms as few searches for any of them: each search is one of a hundred a day."""
    return map("|".join, packed(map(phrase, terms), "|".join, LONGEST_QUERY))


def _mark(newest: datetime) -> str:
    return str(int(newest.timestamp()))


def _since(posts: Iterator[Post] | Sequence[Post], oldest: datetime) -> list[Post]:
    return [post for post in posts if not post.published_at or post.published_at >= oldest]


def _is_older(thread: Thread, oldest: datetime) -> bool:
    at = thread.snippet.top_level_comment.at
    return at is not None and at < oldest


def _batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
