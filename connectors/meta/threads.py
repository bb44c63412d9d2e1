"""Threads: posts found by word or topic, mentions of one's account, answers below one's posts.

https://developers.facebook.com/documentation/threads/keyword-search, …/threads/threads-mentions and
…/threads/reply-management
"""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, ClassVar

import msgspec

from .. import marks
from ..base import Budget, Connector, Cursor, Http, Page, Secret, Sent, account_of
from ..decode import address, readable
from ..post import Author, Post
from ..text import clean, links, when
from .graph import MOST_PAGES, Created, Gone, Graph

SITE = "https://www.threads.com"
LATE = timedelta(hours=1)
"""Search finds posts some minutes after they were written; looking back costs nothing."""
DAY = timedelta(days=1)
SEARCHES, ANSWERS = "searches", "answers"
SEARCH = "keyword_search"
RENEW = "at developers.facebook.com (see docs/networks/threads.md)"
FIELDS = "id,text,permalink,timestamp,username,is_reply,alt_text,link_attachment_url"
BELOW = f"{FIELDS},replied_to,is_reply_owned_by_me"
Query = Mapping[str, str | int]


@dataclass(frozen=True, kw_only=True)
class Threads(Connector):
    """The mark is the time of the newest post, in seconds since 1970."""

    name = "threads"
    every = timedelta(minutes=15)
    longest: ClassVar[int] = 500

    token: Secret = field(repr=False)
    search: bool = True
    mentions: bool = True
    replies: bool = True
    posts: int = 10
    searches: int = 2_200
    base: str = "https://graph.threads.net"

    def check(self) -> Sequence[str]:
        problems = []
        if not self.token:
            problems.append(f"token: of the account, with the permissions of docs/networks/threads.md; made {RENEW}")
        if not (self.search or self.mentions or self.replies):
            problems.append("search: off, and so are mentions and replies; leave one of them on")
        if not 1 <= self.posts <= 100:
            problems.append("posts: own posts below which answers are read; between 1 and 100")
        if not 1 <= self.searches <= 2_200:
            problems.append("searches: in a day; between 1 and 2200, which is all that Threads allows")
        return problems

    @property
    def account(self) -> str:
        return account_of(self.name, self.token)

    def budgets(self) -> Sequence[Budget]:
        return (
            Budget(name=SEARCHES, most=self.searches, unit="searches", window=DAY),
            Budget(name=ANSWERS, most=1_000, unit="answers", window=DAY),
        )

    async def fetch(self, http: Http, terms: Sequence[str], cursor: Cursor) -> AsyncGenerator[Page, None]:
        newest, oldest = marks.window(cursor.mark, cursor.since, LATE)
        async for path, query in self._lists(http, terms, oldest):
            async with aclosing(self._back(http, path, query, oldest)) as read:
                async for threads in read:
                    newest = max([newest, *(thread.at for thread in threads if thread.at)])
                    others = tuple(post(thread) for thread in threads if not thread.is_reply_owned_by_me)
                    yield Page(posts=others, mark=cursor.mark)
        # Only now has every list been read up to here.
        yield Page(posts=(), mark=str(int(newest.timestamp())))

    async def _lists(self, http: Http, terms: Sequence[str], oldest: datetime) -> AsyncIterator[tuple[str, Query]]:
        """What one poll reads, each newest first; search comes last: where its day is used up, the rest is done."""
        if self.mentions:
            yield "me/mentions", {"fields": FIELDS, "limit": 50}
        if self.replies:
            for own in readable((await self._list(http, "me/threads", {"limit": self.posts})).data, Own, "me/threads"):
                yield f"{own.id}/conversation", {"fields": BELOW, "limit": 50, "reverse": "true"}
        for term in terms if self.search else ():
            word, mode = (term[1:], "TAG") if term.startswith("#") else (term, "KEYWORD")
            asked: Query = {"q": word, "search_mode": mode, "search_type": "RECENT"}
            yield SEARCH, {**asked, "since": int(oldest.timestamp()), "fields": FIELDS, "limit": 100}

    async def _back(
        self, http: Http, path: str, query: Query, oldest: datetime
    ) -> AsyncGenerator[list["Thread"], None]:
        """The posts of a list from the newest back to `oldest`."""
        seen: set[str] = set()
        after: Query = {}
        for _ in range(MOST_PAGES):
            listing = await self._list(http, path, {**query, **after})
            threads = [thread for thread in readable(listing.data, Thread, path) if thread.id not in seen]
            seen |= {thread.id for thread in threads}
            recent = [thread for thread in threads if thread.at is None or thread.at >= oldest]
            if recent:
                yield recent
            if not recent or len(recent) < len(threads) or not listing.after:
                return
            after = {"after": listing.after}

    async def _list(self, http: Http, path: str, query: Query) -> "Listing":
        if path != SEARCH:
            return (await self._graph.get(http, path, query)).json(Listing)
        await http.spend(SEARCHES, 1)
        listing = (await self._graph.get(http, path, query)).json(Listing)
        if not listing.data:  # searches that find nothing are not counted
            await http.spend(SEARCHES, -1)
        return listing

    async def refresh(self, http: Http, ids: Sequence[str]) -> Mapping[str, Post | None]:
        """Meta answers alike for a deleted post and for one that the token may not see, so one counts as deleted only
        when another that was asked for with it can be seen."""
        found: dict[str, Post | None] = {}
        for name in ids:
            if not (name.isascii() and name.isdecimal()):
                continue
            try:
                answer = await self._graph.get(http, name, {"fields": FIELDS})
            except Gone:
                found[name] = None
            else:
                found[name] = post(answer.json(Thread))
        sees = any(found.values())
        return {name: seen for name, seen in found.items() if seen or sees}

    async def reply(self, http: Http, to: Post, text: str, key: str) -> Sent:
        """An answer is prepared, then published. Threads knows no keys: our newest answers tell whether this one is
        among them."""
        latest = await self._list(http, "me/replies", {"fields": BELOW, "limit": 25})
        for said in readable(latest.data, Thread, "me/replies"):
            if said.answers == to.id and (said.text or "").strip() == text.strip():
                return Sent(id=said.id, url=address(said.permalink))
        await http.spend(ANSWERS, 1)
        form = {"media_type": "TEXT", "text": text, "reply_to_id": to.id}
        prepared = (await self._graph.post(http, "me/threads", form)).json(Created).id
        number = (await self._graph.post(http, "me/threads_publish", {"creation_id": prepared})).json(Created).id
        return Sent(id=number, url=None)  # its address would take one more request

    @property
    def _graph(self) -> Graph:
        return Graph(f"{self.base}/v1.0", self.token, RENEW)


Id = Annotated[str, msgspec.Meta(pattern=r"^[0-9]+$")]


class Own(msgspec.Struct):
    """One of the account's own posts, or any other by its id."""

    id: Id


class Thread(msgspec.Struct):
    """A post or an answer. Neither likes nor views of others' posts are told."""

    id: Id
    text: str | None = None
    permalink: str | None = None
    timestamp: str | None = None
    username: str | None = None
    alt_text: str | None = None
    link_attachment_url: str | None = None
    replied_to: Own | None = None
    is_reply_owned_by_me: bool | None = False

    @property
    def at(self) -> datetime | None:
        return when(self.timestamp)

    @property
    def answers(self) -> str | None:
        return self.replied_to.id if self.replied_to else None


class Cursors(msgspec.Struct):
    after: str | None = None


class Paging(msgspec.Struct):
    cursors: Cursors | None = None


class Listing(msgspec.Struct):
    """One page of a list. Where Threads tells no address of the next page, the cursor behind this one does."""

    data: list[msgspec.Raw] = []
    paging: Paging | None = None

    @property
    def after(self) -> str | None:
        return self.paging.cursors.after if self.paging and self.paging.cursors else None


def post(thread: Thread) -> Post:
    handle = clean(thread.username or "")
    texts = filter(None, (clean(thread.text or ""), clean(thread.alt_text or "")))
    return Post(
        network=Threads.name,
        id=thread.id,
        url=address(thread.permalink),
        text="\n\n".join(texts),
        author=Author(handle=handle, url=address(f"{SITE}/@{handle}")) if handle else None,
        published_at=thread.at,
        in_reply_to=thread.answers,
        links=tuple(_links(thread)),
    )


def _links(thread: Thread) -> Iterator[str]:
    attached = address(thread.link_attachment_url)
    found = links(thread.text or "")
    if attached and attached not in found:
        yield attached
    yield from found
