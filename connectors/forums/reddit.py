"""Reddit: search and subreddits, by feed or, with a key, through its API: https://www.reddit.com/dev/api/

New keys need Reddit's approval since November 2025; with a user's refresh token they can answer, too. The feeds
(`.rss`) need none; the private token that reddit.com/prefs/feeds gives to each user (`feed` and `user`) gets them
through where anonymous readers are sent away.
"""

from base64 import b64encode
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar

import msgspec

from ..base import Answer, Connector, Cursor, Http, Page, Secret, Sent
from ..decode import readable
from ..errors import Refused
from ..keys.grant import Ask, Grant
from ..post import Post
from ..search import packed, phrase
from ..text import clean, redact
from .thing import NETWORK, SITE, Child, Listing, fed, post, written

LATE = timedelta(minutes=15)
"""Search finds posts some minutes after they were written."""
LONGEST_QUERY = 500
THINGS = 100
"""Links and comments in one request, at most."""
Query = Mapping[str, str | int]
Found = tuple[tuple[Post, ...], tuple[str, ...]]
"""Posts, and ids of what was taken down."""


@dataclass(frozen=True, kw_only=True)
class Reddit(Connector):
    """The mark is the time of the newest post, in seconds since 1970."""

    name = NETWORK
    every = timedelta(minutes=10)
    pace = 2.0
    longest: ClassVar[int] = 10_000

    subreddits: tuple[str, ...] = ()
    user: str = ""
    feed: Secret = field(default="", repr=False)
    client_id: str = ""
    client_secret: Secret = field(default="", repr=False)
    refresh_token: Secret = field(default="", repr=False)
    base: str = SITE
    api: str = "https://oauth.reddit.com"
    _grant: Grant = field(default_factory=Grant, init=False, repr=False, compare=False)

    def check(self) -> Sequence[str]:
        problems = []
        if bool(self.client_id) != bool(self.client_secret):
            problems.append("client_id: goes with client_secret; both are at reddit.com/prefs/apps")
        if self.refresh_token and not self.client_id:
            problems.append("refresh_token: goes with client_id and client_secret, of the app that it was made for")
        if (self.client_id or self.feed) and not self.user:
            problems.append("user: your own name at Reddit; its rules ask who runs this")
        return problems

    async def fetch(self, http: Http, terms: Sequence[str], cursor: Cursor) -> AsyncGenerator[Page, None]:
        newest = int(cursor.mark) if cursor.mark.isdecimal() else int(cursor.since.timestamp())
        oldest = newest - int(LATE.total_seconds()) if cursor.mark else newest
        read = self._read if self.client_id else self._scan
        for path, query in self._listings(terms):
            async with aclosing(read(http, path, query, oldest)) as lists:
                async for posts, gone in lists:
                    newest = max([newest, *(int(post.published_at.timestamp()) for post in posts if post.published_at)])
                    yield Page(posts=posts, deleted=gone, mark=cursor.mark)
        # Only now has every listing been read up to here.
        yield Page(posts=(), mark=str(newest))

    async def refresh(self, http: Http, ids: Sequence[str]) -> Mapping[str, Post | None]:
        """Through the API; the feeds tell neither counts nor what is gone."""
        now: dict[str, Post | None] = {}
        for start in range(0, len(ids) if self.client_id else 0, THINGS):
            answer = await self._ask(http, "/api/info", {"id": ",".join(ids[start : start + THINGS]), "raw_json": 1})
            for child in readable(answer.json(Listing).data.children, Child, answer.url):
                now[child.data.name] = None if child.data.is_gone else post(child.data)
        return now

    async def reply(self, http: Http, to: Post, text: str, key: str) -> Sent:
        """Reddit knows no keys: what broke off may have been said, and only a person can tell."""
        if not (self.client_id and self.refresh_token):
            raise Refused("reddit: to answer, it needs client_id and refresh_token; docs/networks/reddit.md tells how")
        url = f"{self.api}/api/comment?raw_json=1"
        form = {"api_type": "json", "thing_id": to.id, "text": text}
        try:
            answer = await self._authorised(
                http, lambda bearer: http.post(url, form=form, headers=bearer | {"User-Agent": self._agent})
            )
        except Refused as error:
            if error.status != 403:
                raise
            hint = "the token needs the scope submit, and the account must be let write in that subreddit"
            raise Refused(f"{error}; {hint}", status=error.status, body=error.body) from error
        thing = written(answer)
        return Sent(id=thing.name, url=post(thing).url)

    def _listings(self, terms: Sequence[str]) -> Iterator[tuple[str, Query]]:
        """Search finds links only; comments are to be had by subreddit."""
        for query in queries(terms):
            yield "/search", {"q": query, "sort": "new", "type": "link", "restrict_sr": "false"}
        if self.subreddits:
            together = "+".join(name.removeprefix("r/") for name in self.subreddits)
            yield f"/r/{together}/new", {}
            yield f"/r/{together}/comments", {}

    async def _read(self, http: Http, path: str, query: Query, oldest: int) -> AsyncGenerator[Found, None]:
        """A listing of the API from its newest entry back to `oldest`, or to its end: it holds 1,000."""
        seen: set[str] = set()
        after: dict[str, str | int] = {}
        while True:
            answer = await self._ask(http, path, {**query, "limit": 100, "raw_json": 1, **after})
            listing = answer.json(Listing).data
            things = [child.data for child in readable(listing.children, Child, answer.url)]
            recent = [thing for thing in things if thing.created_utc >= oldest and thing.name not in seen]
            seen |= {thing.name for thing in recent}
            if recent:
                gone = tuple(thing.name for thing in recent if thing.is_gone)
                yield tuple(post(thing) for thing in recent if not thing.is_gone), gone
            if not recent or not listing.after:
                return
            after = {"after": listing.after}

    async def _scan(self, http: Http, path: str, query: Query, oldest: int) -> AsyncGenerator[Found, None]:
        """The hundred newest entries of a listing, as a feed. More would be asking for a 429."""
        from ..feeds.harvest import harvest  # here, because the parser would cost each reading command 100 ms

        url = f"{self.base}{path}.rss" if path == "/search" else f"{self.base}{path}/.rss"
        key: Query = {"feed": self.feed, "user": self.user} if self.feed else {}
        headers = {"User-Agent": self._agent} if self.user else {}
        answer = await http.get(url, params={**query, "limit": 100, **key}, headers=headers)
        found = await harvest(readable_by_machines(answer), "")
        posts = (fed(entry.post) for entry in found.entries)
        recent = (post for post in posts if post and (not post.published_at or post.published_at.timestamp() >= oldest))
        yield tuple(recent), ()

    async def _ask(self, http: Http, path: str, query: Query) -> Answer:
        agent = {"User-Agent": self._agent}
        return await self._authorised(
            http, lambda bearer: http.get(self.api + path, params=query, headers=bearer | agent)
        )

    async def _authorised(self, http: Http, ask: Ask) -> Answer:
        what = "make a new refresh_token" if self.refresh_token else "check client_id and client_secret"
        renew = f"{what} (docs/networks/reddit.md tells how)"
        return readable_by_machines(await self._grant.use(ask, lambda: self._token(http), renew))

    async def _token(self, http: Http) -> str:
        """The user's own where there is a refresh token, which stays the same for ever; else the app's, which may only
        read. Reddit refuses also with 200."""
        form = {"grant_type": "client_credentials"}
        if self.refresh_token:
            form = {"grant_type": "refresh_token", "refresh_token": self.refresh_token}
        basic = b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        headers = {"User-Agent": self._agent, "Authorization": f"Basic {basic}"}
        answer = readable_by_machines(await http.post(f"{self.base}/api/v1/access_token", form=form, headers=headers))
        granted = answer.json(Granted)
        if not granted.access_token:
            raise Refused(f"{redact(answer.url)}: no token; Reddit says {clean(granted.error, 100)!r}")
        return granted.access_token

    @property
    def _agent(self) -> str:
        """As Reddit's rules have it: others are slowed down to next to nothing."""
        return f"python:oido:v1 (by /u/{self.user.removeprefix('u/')})"


def queries(terms: Sequence[str]) -> Iterator[str]:
    """The terms as few searches for any of them, none longer than Reddit takes."""
    return map(_any, packed(map(phrase, terms), _any, LONGEST_QUERY))


def _any(phrases: Sequence[str]) -> str:
    return " OR ".join(phrases)


def readable_by_machines(answer: Answer) -> Answer:
    """`answer`, unless it is the page by which Reddit turns monitors away; it comes with status 200, too."""
    if "html" in answer.headers.get("content-type", ""):
        raise Refused(
            f"{redact(answer.url)}: Reddit sends a page for browsers only; use a key, or the token of prefs/feeds"
        )
    return answer


class Granted(msgspec.Struct):
    access_token: str = ""
    error: str = ""
