"""Reddit: search and subreddits, by feed or, with a key, through its API: https://www.reddit.com/dev/api/

New keys need Reddit's approval since November 2025. The feeds (`.rss`) need none; the private token that
reddit.com/prefs/feeds gives to each user (`feed` and `user`) gets them through where anonymous readers are sent away.
"""

from base64 import b64encode
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated

import msgspec

from .base import Answer, Connector, Cursor, Http, Page, Secret
from .decode import address, count, readable
from .errors import Refused
from .post import Author, Engagement, Post
from .text import links, markdown, plain, when

SITE = "https://www.reddit.com"
LATE = timedelta(minutes=15)
"""Search finds posts some minutes after they were written."""
LONGEST_QUERY = 500
GONE = frozenset({"[deleted]", "[removed]"})


@dataclass(slots=True)
class Grant:
    """The access token of the hour."""

    token: str = ""


@dataclass(frozen=True, kw_only=True)
class Reddit(Connector):
    """The mark is the time of the newest post, in seconds since 1970."""

    name = "reddit"
    every = timedelta(minutes=10)
    pace = 2.0

    subreddits: tuple[str, ...] = ()
    user: str = ""
    feed: Secret = field(default="", repr=False)
    client_id: str = ""
    client_secret: Secret = field(default="", repr=False)
    base: str = SITE
    api: str = "https://oauth.reddit.com"
    _grant: Grant = field(default_factory=Grant, init=False, repr=False, compare=False)

    def check(self) -> Sequence[str]:
        problems = []
        if bool(self.client_id) != bool(self.client_secret):
            problems.append("client_id: goes with client_secret; both are at reddit.com/prefs/apps")
        if (self.client_id or self.feed) and not self.user:
            problems.append("user: your own name at Reddit; its rules ask who runs this")
        return problems

    async def fetch(self, http: Http, terms: Sequence[str], cursor: Cursor) -> AsyncIterator[Page]:
        newest = int(cursor.mark) if cursor.mark.isdecimal() else int(cursor.since.timestamp())
        oldest = newest - int(LATE.total_seconds()) if cursor.mark else newest
        for path, query in self._listings(terms):
            async with aclosing(self._read(http, path, query, oldest)) as listing:
                async for things in listing:
                    newest = max(newest, *(int(thing.created_utc) for thing in things))
                    gone = tuple(thing.name for thing in things if thing.is_gone)
                    posts = tuple(post(thing) for thing in things if not thing.is_gone)
                    yield Page(posts=posts, deleted=gone, mark=cursor.mark)
        # Only now has every listing been read up to here.
        yield Page(posts=(), mark=str(newest))

    def _listings(self, terms: Sequence[str]) -> Iterator[tuple[str, Mapping[str, str | int]]]:
        """Search finds links only; comments are to be had by subreddit."""
        for query in queries(terms):
            yield "/search", {"q": query, "sort": "new", "type": "link", "restrict_sr": "false"}
        if self.subreddits:
            together = "+".join(name.removeprefix("r/") for name in self.subreddits)
            yield f"/r/{together}/new", {}
            yield f"/r/{together}/comments", {}

    async def _read(
        self, http: Http, path: str, query: Mapping[str, str | int], oldest: int
    ) -> AsyncGenerator[list["Thing"], None]:
        """A listing from its newest entry back to `oldest`, or to its end: it holds 1,000."""
        seen: set[str] = set()
        after: dict[str, str | int] = {}
        while True:
            answer = await self._ask(http, path, {**query, "limit": 100, "raw_json": 1, **after})
            listing = answer.json(Listing).data
            things = [child.data for child in readable(listing.children, Child, answer.url)]
            recent = [thing for thing in things if thing.created_utc >= oldest and thing.name not in seen]
            seen |= {thing.name for thing in recent}
            if recent:
                yield recent
            if not recent or not listing.after:
                return
            after = {"after": listing.after}

    async def _ask(self, http: Http, path: str, query: Mapping[str, str | int]) -> Answer:
        if not self._grant.token:
            await self._authorise(http)
            return readable_by_machines(await http.get(self.api + path, params=query, headers=self._headers()))
        try:
            answer = await http.get(self.api + path, params=query, headers=self._headers())
        except Refused:  # a token lasts an hour; were it something else, it is refused again
            await self._authorise(http)
            answer = await http.get(self.api + path, params=query, headers=self._headers())
        return readable_by_machines(answer)

    async def _authorise(self, http: Http) -> None:
        self._grant.token = ""
        basic = b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        headers = {"User-Agent": self._agent, "Authorization": f"Basic {basic}"}
        url = f"{self.base}/api/v1/access_token"
        answer = await http.post(url, form={"grant_type": "client_credentials"}, headers=headers)
        self._grant.token = readable_by_machines(answer).json(Granted).access_token

    def _headers(self) -> Mapping[str, str]:
        return {"User-Agent": self._agent, "Authorization": f"bearer {self._grant.token}"}

    @property
    def _agent(self) -> str:
        """As Reddit's rules have it: others are slowed down to next to nothing."""
        return f"python:oido:v1 (by /u/{self.user.removeprefix('u/')})"


def queries(terms: Sequence[str]) -> Iterator[str]:
    """The terms as few searches for any of them, none longer than Reddit takes."""
    query = ""
    for term in terms:
        phrase = '"' + term.replace('"', " ").strip() + '"'
        longer = f"{query} OR {phrase}" if query else phrase
        if query and len(longer) > LONGEST_QUERY:
            yield query
            longer = phrase
        query = longer
    if query:
        yield query


def readable_by_machines(answer: Answer) -> Answer:
    """`answer`, unless it is the page by which Reddit turns monitors away; it comes with status 200, too."""
    if "html" in answer.headers.get("content-type", ""):
        raise Refused(f"{answer.url}: Reddit sends a page for browsers only; use a key, or the token of prefs/feeds")
    return answer


class Granted(msgspec.Struct):
    access_token: str


class Thing(msgspec.Struct):
    """A link (t3) or a comment (t1)."""

    name: Annotated[str, msgspec.Meta(pattern="^t[13]_[0-9a-z]+$")]
    created_utc: Annotated[float, msgspec.Meta(ge=0, lt=4e9)]
    author: str | None = None
    title: str | None = None
    selftext: str | None = None
    selftext_html: str | None = None
    body: str | None = None
    body_html: str | None = None
    url: str | None = None
    is_self: bool | None = False
    permalink: str | None = None
    link_id: str | None = None
    parent_id: str | None = None
    edited: bool | float | None = None
    score: int | None = None
    score_hidden: bool | None = False
    num_comments: int | None = None
    removed_by_category: str | None = None

    @property
    def is_gone(self) -> bool:
        """Whether its author or a moderator took it down; what is left of it is a stub."""
        return bool(self.removed_by_category) or (self.body or self.selftext or "").strip() in GONE


class Child(msgspec.Struct):
    data: Thing


class Children(msgspec.Struct):
    children: list[msgspec.Raw] = []
    after: str | None = None


class Listing(msgspec.Struct):
    data: Children


def post(thing: Thing) -> Post:
    """A comment carries no title: its link's would make every comment below "Acme is down" a mention of Acme."""
    html = thing.body_html or thing.selftext_html or ""
    known = thing.author if thing.author and thing.author not in GONE else None
    link = None if thing.is_self else address(thing.url)
    return Post(
        network=Reddit.name,
        id=thing.name,
        url=_permalink(thing),
        title=plain(thing.title or "") or None,
        text=plain(html) if html else markdown(thing.body or thing.selftext or ""),
        author=Author(handle=known, url=f"{SITE}/user/{known}") if known else None,
        published_at=when(thing.created_utc),
        edited_at=None if isinstance(thing.edited, bool) else when(thing.edited),
        engagement=Engagement(
            likes=None if thing.score is None or thing.score_hidden else max(0, thing.score),
            comments=count(thing.num_comments),
        ),
        in_reply_to=thing.parent_id or None,
        links=((link,) if link else ()) + links(html),
    )


def _permalink(thing: Thing) -> str | None:
    if thing.permalink:
        return SITE + thing.permalink
    link, comment = (thing.link_id or "").removeprefix("t3_"), thing.name.removeprefix("t1_")
    return f"{SITE}/comments/{link}/_/{comment}" if link else None
