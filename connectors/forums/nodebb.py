"""Posts of one NodeBB forum, by its list of recent posts or by its search: https://docs.nodebb.org/api/read/"""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Generic, TypeVar
from urllib.parse import quote

import msgspec

from .. import marks
from ..base import Connector, Cursor, Http, Page, Secret, Sent
from ..decode import address, count, readable
from ..errors import Refused
from ..post import Author, Engagement, Post
from ..search import phrase
from ..text import clean, links, plain, when

T = TypeVar("T")

LATE = timedelta(minutes=15)
"""Search may index a post some minutes after it was written."""
MOST_PAGES = 25
"""Of 20 posts each, in one poll, or in one search."""
TOKENS = "/admin/settings/api"


@dataclass(frozen=True, kw_only=True)
class NodeBB(Connector):
    """The mark is the time of the newest post, in seconds since 1970. Ids are "forum.example/12", the same with https
    as without."""

    name = "nodebb"
    every = timedelta(minutes=10)
    pace = 2.0
    longest = 32_767

    url: str
    search: bool = False
    token: Secret = field(default="", repr=False)

    def check(self) -> Sequence[str]:
        if self.url.startswith(("http://", "https://")):
            return ()
        return ('url: not a web address; write it as "https://forum.example"',)

    @property
    def base(self) -> str:
        return self.url.rstrip("/")

    async def fetch(self, http: Http, terms: Sequence[str], cursor: Cursor) -> AsyncGenerator[Page, None]:
        newest, oldest = (int(at.timestamp()) for at in marks.window(cursor.mark, cursor.since, LATE))
        for term in terms if self.search else ("",):
            async for notes in self._read(http, term, oldest):
                newest = max([newest, *(int(note.timestamp // 1000) for note in notes)])
                yield Page(
                    posts=tuple(post(note, self.base) for note in notes if not note.deleted),
                    deleted=tuple(note.id(self.base) for note in notes if note.deleted),
                    mark=cursor.mark,
                )
        # Only now has every term been read up to here.
        yield Page(posts=(), mark=str(newest))

    async def refresh(self, http: Http, ids: Sequence[str]) -> Mapping[str, Post | None]:
        """One request for each: a forum gives no several posts at once."""
        now: dict[str, Post | None] = {}
        for id in ids:
            if id.startswith(f"{place(self.base)}/"):
                note = await self._note(http, id)
                now[id] = post(note, self.base) if note and not note.deleted else None
        return now

    async def reply(self, http: Http, to: Post, text: str, key: str) -> Sent:
        """NodeBB knows nothing of keys: what was sent and not acknowledged may be sent twice."""
        if not self.token:
            raise Refused(f"{self.base}: to answer, set token; an administrator makes it at {self.base}{TOKENS}")
        if not to.id.startswith(f"{place(self.base)}/"):
            raise Refused(f"{to.id}: not a post of {self.base}")
        note = await self._note(http, to.id)
        if note is None or note.deleted:
            raise Refused(f"{to.url or to.id}: the post was taken down; there is nothing to answer any more")
        draft = {"content": text, "toPid": note.pid}
        answer = await http.post(f"{self.base}/api/v3/topics/{note.tid}", json=draft, headers=self._headers)
        pid = answer.json(Reply[Written]).response.pid
        if pid is None:  # it waits for a moderator
            return Sent(id=f"{place(self.base)}/queued/{key}", url=None)
        return Sent(id=f"{place(self.base)}/{pid}", url=address(f"{self.base}/post/{quote(str(pid), safe='')}"))

    async def _read(self, http: Http, term: str, oldest: int) -> AsyncIterator[list["Note"]]:
        """From the newest post, or hit, back to `oldest`."""
        for page in range(1, MOST_PAGES + 1):
            if term:
                query = {"term": phrase(term), "in": "titlesposts", "showAs": "posts", "matchWords": "all"}
                query |= {"sortBy": "timestamp", "sortDirection": "desc", "page": str(page)}
                answer = await http.get(f"{self.base}/api/search", params=query, headers=self._headers)
                entries = answer.json(Found).posts
            else:
                url = f"{self.base}/api/recent/posts/month"
                answer = await http.get(url, params={"page": page}, headers=self._headers)
                entries = answer.json(list[msgspec.Raw])
            notes = readable(entries, Note, answer.url)
            recent = [note for note in notes if note.timestamp >= oldest * 1000]
            if recent:
                yield recent
            if len(recent) < len(notes) or not notes:
                return

    async def _note(self, http: Http, id: str) -> "Note | None":
        pid = quote(id.removeprefix(f"{place(self.base)}/"), safe="")
        try:
            answer = await http.get(f"{self.base}/api/v3/posts/{pid}/summary", headers=self._headers)
        except Refused as error:
            if error.status == 404:
                return None
            raise
        return answer.json(Reply[Note]).response

    @property
    def _headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}


class User(msgspec.Struct):
    """Who wrote a post; of guests and deleted accounts the number is 0."""

    uid: int | str | None = None
    username: str | None = None
    displayname: str | None = None
    userslug: str | None = None


class Topic(msgspec.Struct):
    title: str | None = None
    postcount: int | None = None


class Note(msgspec.Struct, rename={"is_main": "isMainPost", "to": "toPid"}):
    """A post. Its number is an address where it came from another server (NodeBB 4)."""

    pid: int | Annotated[str, msgspec.Meta(pattern=r"^[!-~]+$")]
    tid: int | Annotated[str, msgspec.Meta(pattern=r"^[!-~]+$")]
    timestamp: Annotated[float, msgspec.Meta(ge=0, lt=4e12)]
    content: str | None = None
    user: User | None = None
    topic: Topic | None = None
    is_main: bool | None = False
    to: int | str | None = None
    deleted: bool | None = False
    upvotes: int | None = None
    edited: float | None = None

    def id(self, base: str) -> str:
        return f"{place(base)}/{self.pid}"


class Found(msgspec.Struct):
    posts: list[msgspec.Raw]


class Written(msgspec.Struct):
    pid: int | str | None = None


class Reply(msgspec.Struct, Generic[T]):
    """What answers of the API for writing come in."""

    response: T


def place(base: str) -> str:
    """What the ids of a forum's posts begin with."""
    return base.partition("://")[2].lower()


def post(note: Note, base: str) -> Post:
    """An answer carries no title: its topic's would make every answer below "Acme is down" a mention of Acme."""
    topic = note.topic or Topic()
    above = (
        f"{base}/post/{quote(str(note.to), safe='')}" if note.to else f"{base}/topic/{quote(str(note.tid), safe='')}"
    )
    return Post(
        network=NodeBB.name,
        id=note.id(base),
        url=address(f"{base}/post/{quote(str(note.pid), safe='')}"),
        title=plain(topic.title or "") or None if note.is_main else None,
        text=plain(note.content or ""),
        author=_author(note.user, base) if note.user else None,
        published_at=when(note.timestamp),
        edited_at=when(note.edited) if note.edited else None,
        engagement=Engagement(
            likes=count(note.upvotes),
            comments=count(topic.postcount - 1) if note.is_main and topic.postcount is not None else None,
        ),
        in_reply_to=None if note.is_main else above,
        links=links(note.content or "", base),
    )


def _author(user: User, base: str) -> Author | None:
    slug = user.userslug or ""
    handle = clean(slug if "@" in slug else user.username or "")  # of other servers' people the slug is the whole name
    if not handle or user.uid in (0, "0"):
        return None
    url = address(f"{base}/user/{quote(slug, safe='')}") if slug else None
    return Author(handle=handle, name=plain(user.displayname or "") or None, url=url)
