"""Bluesky: the whole network as it happens, or a search through one's own account.

The stream is Jetstream (no key): https://docs.bsky.app/blog/jetstream. Search is for questions that people ask, says
the network, and answers only those who are logged in: https://docs.bsky.app/docs/api/app-bsky-feed-search-posts
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal
from urllib.parse import urlencode

import msgspec

from ..base import Answer, Connector, Cursor, Http, Page, Secret, Sent
from ..decode import count, readable
from ..errors import Refused, Unavailable
from ..post import Author, Engagement, Post
from ..text import clean, when
from . import atproto, tail
from .account import Account
from .packing import Packing

MICROSECOND = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LATE = timedelta(minutes=15)
"""How long after its publication a post may first appear in the search index."""
SEVERAL = 25
"""Authors, or posts, in one request, at most."""
NO_RECORD = (b"RecordNotFound", b"Could not locate record")
"""How servers say that there is none."""


@dataclass(frozen=True, kw_only=True)
class Bluesky(Connector):
    """In both modes the mark is a time in microseconds since 1970, so that the mode may be changed."""

    name = "bluesky"
    every = timedelta(minutes=10)
    longest = 300
    repeatable = timedelta.max

    mode: Literal["stream", "search"] = "stream"
    identifier: str = ""
    password: Secret = field(default="", repr=False)
    hosts: tuple[str, ...] = (
        "wss://jetstream.us-east.bsky.network",
        "wss://jetstream.us-west.bsky.network",
        "wss://jetstream1.us-east.bsky.network",
        "wss://jetstream1.us-west.bsky.network",
        "wss://jetstream2.us-east.bsky.network",
        "wss://jetstream2.us-west.bsky.network",
    )
    compress: bool = False
    dictionary: str = ""
    pds: str = "https://bsky.social"
    appview: str = "https://public.api.bsky.app"
    _account: Account = field(default_factory=Account, init=False, repr=False, compare=False)
    _packing: Packing = field(default_factory=Packing, init=False, repr=False, compare=False)

    @property
    def streams(self) -> bool:
        return self.mode == "stream"

    def check(self) -> Sequence[str]:
        if self.mode == "stream":
            unused = "dictionary: of no use without compress = true"
            return [
                *([] if self.hosts else ["hosts: none to listen to"]),
                *([unused] if self.dictionary and not self.compress else []),
            ]
        needed = {"identifier": "your handle", "password": "an app password, from Settings > App passwords"}
        return [f"{option}: search needs it; {what}" for option, what in needed.items() if not getattr(self, option)]

    async def fetch(self, http: Http, terms: Sequence[str], cursor: Cursor) -> AsyncGenerator[Page, None]:
        at = int(cursor.mark) if cursor.mark.isdecimal() else _micros(cursor.since)
        packing = self._packing if self.compress else None
        pages = (
            tail.pages(http, self.hosts, at, packing, self.dictionary)
            if self.streams
            else self._search(http, terms, at, bool(cursor.mark))
        )
        async with aclosing(pages):
            async for page in pages:
                yield page

    async def authors(self, http: Http, handles: Sequence[str]) -> Mapping[str, Author]:
        """Handles may be DIDs, by which the stream knows its authors, or names."""
        known: dict[str, Author] = {}
        actors = [handle for handle in dict.fromkeys(handles) if "." in handle or handle.startswith("did:")]
        for start in range(0, len(actors), SEVERAL):
            batch = actors[start : start + SEVERAL]
            path = "app.bsky.actor.getProfiles?" + urlencode([("actors", actor) for actor in batch])
            answer = await self._ask(http, path)
            for profile in readable(answer.json(Profiles).profiles, Profile, answer.url):
                found = profile.author
                known |= {name: found for name in (profile.did, profile.handle) if name in batch}
        return known

    async def refresh(self, http: Http, ids: Sequence[str]) -> Mapping[str, Post | None]:
        """What the network leaves out was deleted, or its author does not show it any more."""
        now: dict[str, Post | None] = {}
        uris = [id for id in ids if id.startswith("at://")]
        for start in range(0, len(uris), SEVERAL):
            batch = uris[start : start + SEVERAL]
            answer = await self._ask(http, _posts(batch))
            told = answer.json(Found).posts
            shown = {view.uri: view for view in readable(told, View, answer.url)}
            # What could not be read may be any of those that are missing.
            if len(shown) == len(told):
                now |= dict.fromkeys(batch)
            now |= {uri: seen for uri, view in shown.items() if (seen := post(view))}
            now = {uri: seen for uri, seen in now.items() if seen or uri not in shown}
        return now

    async def reply(self, http: Http, to: Post, text: str, key: str) -> Sent:
        """A record whose name follows from `key`: one that is there already is not written again."""
        if not (self.identifier and self.password):
            raise Refused("bluesky: to answer, set identifier, your handle, and password, an app password")
        view, now = await self._answerable(http, to.id)
        tokens = self._account.tokens
        spot = {
            "repo": (tokens and tokens.did) or self.identifier,
            "collection": atproto.POSTS,
            "rkey": atproto.record_key(key),
        }
        written = await self._written(http, spot)
        if written is None:
            place, of = atproto.Place(uri=view.uri, cid=view.cid), atproto.record(view.record) or atproto.Record()
            draft = spot | {"record": atproto.answer(text, place, of, now)}
            made = await self._account.post(http, self.pds, "com.atproto.repo.createRecord", draft)
            written = made.json(Written).uri
        return Sent(id=written, url=atproto.page(written))

    async def _answerable(self, http: Http, uri: str) -> tuple["View", datetime]:
        """The post as our account sees it, and the time as the network has it."""
        answer = await self._mine(http, _posts([uri]))
        views = readable(answer.json(Found).posts, View, answer.url)
        if not views or not views[0].cid:
            raise Refused(f"{uri}: it is gone, or its author does not show it to {self.identifier}")
        if views[0].viewer and views[0].viewer.reply_disabled:
            raise Refused(f"{uri}: its author lets only some people answer, and {self.identifier} is none of them")
        return views[0], when(answer.headers.get("date")) or views[0].at or EPOCH

    async def _written(self, http: Http, spot: Mapping[str, str]) -> str | None:
        """Where a record stands, if it does."""
        try:
            answer = await self._mine(http, "com.atproto.repo.getRecord?" + urlencode(spot))
        except Refused as error:
            if any(sign in error.body for sign in NO_RECORD):
                return None
            raise
        return answer.json(Written).uri

    async def _search(self, http: Http, terms: Sequence[str], at: int, again: bool) -> AsyncGenerator[Page, None]:
        oldest = _time(at) - LATE if again else _time(at)
        mark, newest = str(at) if again else "", at
        for term in terms:
            async with aclosing(self._results(http, term, oldest)) as results:
                async for views in results:
                    newest = max([newest, *(_micros(view.at) for view in views if view.at)])
                    known: Mapping[str, Author] = {}
                    with suppress(Unavailable):  # the posts matter more than who follows their authors
                        known = await self.authors(http, [view.author.did for view in views])
                    posts = (post(view, known.get(view.author.did)) for view in views)
                    yield Page(posts=tuple(filter(None, posts)), mark=mark)
        # Only now has every term been read up to here.
        yield Page(posts=(), mark=str(newest))

    async def _results(self, http: Http, term: str, oldest: datetime) -> AsyncGenerator[list["View"], None]:
        phrase = f'"{term}"' if " " in term else term
        query: dict[str, str | int] = {"q": phrase, "sort": "latest", "limit": 100, "since": _iso(oldest)}
        while True:
            answer = await self._ask(http, "app.bsky.feed.searchPosts?" + urlencode(query))
            found = answer.json(Found)
            views = readable(found.posts, View, answer.url)
            if views:
                yield views
            # A server without a search engine of its own knows no "since".
            is_past = not any(view.is_since(oldest) for view in views)
            if is_past or not found.cursor or found.cursor == query.get("cursor"):
                return
            query["cursor"] = found.cursor

    async def _ask(self, http: Http, path: str) -> Answer:
        if self.streams:
            return await http.get(f"{self.appview}/xrpc/{path}")
        return await self._mine(http, path)

    async def _mine(self, http: Http, path: str) -> Answer:
        """Ask as our own account."""
        return await self._account.get(http, self.pds, path, self.identifier, self.password)


class Profile(msgspec.Struct, rename="camel"):
    """An author: in full from getProfiles, without the followers beside a post."""

    did: Annotated[str, msgspec.Meta(pattern="^did:[!-~]+$")]
    handle: str | None = None
    display_name: str | None = None
    followers_count: int | None = None

    @property
    def author(self) -> Author:
        # A name that no longer leads to its account is given as "handle.invalid".
        handle = clean(self.handle or "")
        handle = self.did if handle in ("", "handle.invalid") else handle
        return Author(
            handle=handle,
            name=clean(self.display_name or "") or None,
            url=f"{atproto.SITE}/{handle}",
            followers=count(self.followers_count),
        )


class Profiles(msgspec.Struct):
    profiles: list[msgspec.Raw] = []


class View(msgspec.Struct, rename="camel"):
    """A post as the network shows it: the record and what people did with it."""

    uri: Annotated[str, msgspec.Meta(pattern="^at://[!-~]+$")]
    author: Profile
    record: msgspec.Raw
    cid: str | None = None
    viewer: "Viewer | None" = None
    indexed_at: str | None = None
    like_count: int | None = None
    repost_count: int | None = None
    quote_count: int | None = None
    reply_count: int | None = None

    @property
    def at(self) -> datetime | None:
        return when(self.indexed_at)

    def is_since(self, oldest: datetime) -> bool:
        return self.at is None or self.at >= oldest


class Viewer(msgspec.Struct, rename="camel"):
    """What our account may do with a post."""

    reply_disabled: bool | None = False


class Written(msgspec.Struct):
    """A record in its place."""

    uri: Annotated[str, msgspec.Meta(pattern="^at://[!-~]+$")]


class Found(msgspec.Struct):
    posts: list[msgspec.Raw] = []
    cursor: str | None = None


def post(view: View, author: Author | None = None) -> Post | None:
    """The post that `view` shows, by `author` if more is known than the view tells; `None` if it has no text."""
    record = atproto.record(view.record)
    if record is None:
        return None
    shared = [number for number in (count(view.repost_count), count(view.quote_count)) if number is not None]
    engagement = Engagement(
        likes=count(view.like_count), shares=sum(shared) if shared else None, comments=count(view.reply_count)
    )
    return atproto.post(view.uri, author or view.author.author, record, view.at, engagement)


def _posts(uris: Sequence[str]) -> str:
    return "app.bsky.feed.getPosts?" + urlencode([("uris", uri) for uri in uris])


def _micros(moment: datetime) -> int:
    return (moment - EPOCH) // MICROSECOND


def _time(micros: int) -> datetime:
    return EPOCH + micros * MICROSECOND


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
