"""Search of posts and comments on one Lemmy server, and answers to them: https://join-lemmy.org/api/"""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from .. import marks
from ..base import Connector, Cursor, Http, Page, Secret, Sent
from ..decode import address, readable
from ..errors import Refused
from ..post import Post
from .thread import NETWORK, Comment, View, post

LATE = timedelta(hours=1)
"""Posts of other servers arrive late, and search lists them by the time at which they were written."""
LIMIT = 50
"""The most that a server gives at once."""
MOST_PAGES = 20
UNKNOWN = (b"couldnt_find_object", b"not_found", b"resolve_object_failed")
"""What a server calls an object that it has not, in one version or another; the status is 400 or 404."""


@dataclass(slots=True)
class Version:
    """Which API the server speaks, once it told us."""

    number: str = ""


@dataclass(frozen=True, kw_only=True)
class Lemmy(Connector):
    """The mark is the time of the newest post or comment, in seconds since 1970. Ids are the addresses where things
    were written, so that two servers' copies are one."""

    name = NETWORK
    every = timedelta(minutes=10)
    pace = 2.0
    longest = 10_000

    instance: str
    token: Secret = field(default="", repr=False)
    api: Literal["auto", "v3", "v4"] = "auto"
    _version: Version = field(default_factory=Version, init=False, repr=False, compare=False)

    def check(self) -> Sequence[str]:
        return () if urlsplit(self.base).hostname else ('instance: no server name; write it as "lemmy.world"',)

    @property
    def base(self) -> str:
        return (self.instance if "://" in self.instance else f"https://{self.instance}").rstrip("/")

    async def fetch(self, http: Http, terms: Sequence[str], cursor: Cursor) -> AsyncGenerator[Page, None]:
        newest, oldest = (int(at.timestamp()) for at in marks.window(cursor.mark, cursor.since, LATE))
        for term in terms:
            for kind in ("Posts", "Comments"):
                async for views in self._search(http, term, kind, oldest):
                    newest = max([newest, *(int(view.written.at.timestamp()) for view in views)])
                    yield Page(
                        posts=tuple(post(view, self.base) for view in views if not view.written.is_gone),
                        deleted=tuple(view.written.ap_id for view in views if view.written.is_gone),
                        mark=cursor.mark,
                    )
        # Only now has every term been read up to here.
        yield Page(posts=(), mark=str(newest))

    async def refresh(self, http: Http, ids: Sequence[str]) -> Mapping[str, Post | None]:
        """One request for each: a server gives several objects at once only of one community or author."""
        now: dict[str, Post | None] = {}
        for id in ids:
            view = await self._view(http, id)
            if view:
                now[id] = None if view.written.is_gone else post(view, self.base)
            elif urlsplit(id).hostname == urlsplit(self.base).hostname:  # who wrote it here would find it here
                now[id] = None
        return now

    async def reply(self, http: Http, to: Post, text: str, key: str) -> Sent:
        """Lemmy knows nothing of keys: what was sent and not acknowledged may be sent twice."""
        if not self.token:
            raise Refused(f"{self.base}: to answer, set token, an account's login on this server")
        view = await self._view(http, to.id)
        if view is None or view.written.is_gone:
            raise Refused(f"{to.id}: {self.base} has it no longer, or never had; answer it in the browser")
        draft = {"content": text, "post_id": view.post.id} | ({"parent_id": view.comment.id} if view.comment else {})
        url = f"{self.base}/api/{await self._api(http)}/comment"
        written = (await http.post(url, json=draft, headers=self._headers)).json(Answered).comment_view.comment
        return Sent(id=written.ap_id, url=address(written.ap_id))

    async def _search(self, http: Http, term: str, kind: str, oldest: int) -> AsyncIterator[list[View]]:
        """Posts, or comments, from the newest back to `oldest`."""
        api = await self._api(http)
        query: dict[str, str | int] = {"type_": kind, "sort": "New", "listing_type": "All", "limit": LIMIT}
        # Releases of version 4 called the words first one thing, then the other.
        query |= {"q": term} | ({"search_term": term} if api == "v4" else {})
        for page in range(1, MOST_PAGES + 1):
            answer = await http.get(f"{self.base}/api/{api}/search", params=query, headers=self._headers)
            found = answer.json(Found)
            views = readable(found.entries, View, answer.url)
            recent = [view for view in views if view.written.at.timestamp() >= oldest]
            if recent:
                yield recent
            if not recent or (api == "v4" and not found.next_page):
                return
            query |= {"page_cursor": found.next_page} if found.next_page else {"page": page + 1}

    async def _view(self, http: Http, id: str) -> View | None:
        """The server's own copy of what was written at the address `id`."""
        url = f"{self.base}/api/{await self._api(http)}/resolve_object"
        try:
            answer = await http.get(url, params={"q": id}, headers=self._headers)
        except Refused as error:
            if any(word in error.body for word in UNKNOWN):
                return None
            raise
        resolved = answer.json(Resolved)
        return resolved.comment or resolved.post or resolved.resolve

    async def _api(self, http: Http) -> str:
        if self.api != "auto":
            return self.api
        if not self._version.number:
            answer = await http.get(f"{self.base}/api/v3/site", headers=self._headers)
            self._version.number = answer.json(Site).version
        return "v3" if self._version.number.startswith("0.") else "v4"

    @property
    def _headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}


class Site(msgspec.Struct):
    version: str


class Found(msgspec.Struct):
    """Version 3 keeps two lists; version 4 has one, and says where the next page begins."""

    posts: list[msgspec.Raw] | None = None
    comments: list[msgspec.Raw] | None = None
    search: list[msgspec.Raw] | None = None
    next_page: str | None = None

    @property
    def entries(self) -> list[msgspec.Raw]:
        return [*(self.posts or ()), *(self.comments or ()), *(self.search or ())]


class Resolved(msgspec.Struct):
    post: View | None = None
    comment: View | None = None
    resolve: View | None = None


class CommentView(msgspec.Struct):
    comment: Comment


class Answered(msgspec.Struct):
    comment_view: CommentView
