"""Posts and comments of one WordPress site, and answers to them: https://developer.wordpress.org/rest-api/reference/"""

from base64 import b64encode
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Annotated
from unicodedata import normalize
from urllib.parse import urlsplit

import msgspec

from .. import marks
from ..base import Answer, Connector, Cursor, Http, Page, Secret, Sent
from ..decode import address, readable
from ..errors import Refused
from ..post import Author, Post
from ..text import links, plain, when

LIMIT = 100
"""The most that a site gives at once."""
MOST_PAGES = 100
LATE = timedelta(days=7)
"""How long a comment may wait for approval: it then appears with the time of its writing."""
FIELDS = {
    "posts": "id,link,date_gmt,modified_gmt,title,content,excerpt,author,_links,_embedded",
    "comments": "id,post,parent,author,author_name,author_url,date_gmt,content,link",
}
DUPLICATE = b"comment_duplicate"
"""How WordPress says that it has these words of ours in that place."""
Id = Annotated[int, msgspec.Meta(ge=1, lt=1 << 53)]


@dataclass(frozen=True, kw_only=True)
class WordPress(Connector):
    """The mark is a JSON object: for posts and for comments the time of the newest one, in seconds since 1970.

    All of the site is read, whatever the terms. Ids are "shop.example/posts/12" and "shop.example/comments/34", the
    same with https as without.
    """

    name = "wordpress"
    every = timedelta(minutes=15)
    longest = 16_000  # WordPress takes 65,525 bytes, and a character may be four
    repeatable = timedelta.max

    url: str
    comments: bool = True
    api: str = ""
    user: str = ""
    password: Secret = field(default="", repr=False)

    def check(self) -> Sequence[str]:
        problems = []
        for option, given in (("url", self.url), ("api", self.api or self.url)):
            if not given.startswith(("http://", "https://")):
                problems.append(f"{option}: not a web address; it should begin with https://")
        if bool(self.user) != bool(self.password):
            problems.append("password: goes with user; make one at Users > Profile > Application Passwords")
        elif self.password and not _is_private(self.root):
            problems.append("url: the password would travel unencrypted; use https://")
        return problems

    @property
    def root(self) -> str:
        """Where the API is: beside the site, unless it hides its addresses or is hosted by WordPress.com."""
        return self.api.rstrip("/") or f"{self.url.rstrip('/')}/wp-json/wp/v2"

    @property
    def place(self) -> str:
        """What ids begin with."""
        return self.url.partition("://")[2].removeprefix("www.").rstrip("/").lower()

    async def fetch(self, http: Http, terms: Sequence[str], cursor: Cursor) -> AsyncGenerator[Page, None]:
        known = marks.read(cursor.mark, dict[str, int])
        stands = {kind: at for kind, at in known.items() if kind in FIELDS and LATE.total_seconds() < at < 4e9}
        for kind in ("posts", "comments") if self.comments else ("posts",):
            newest = stands.get(kind, int(cursor.since.timestamp()))
            oldest = newest - int(LATE.total_seconds()) if kind in stands else newest
            async for posts in self._read(http, kind, oldest):
                newest = max([newest, *(int(post.published_at.timestamp()) for post in posts if post.published_at)])
                # The oldest come first: all that lies before this page's last is read.
                stands[kind] = newest
                yield Page(posts=posts, mark=marks.written(stands))
            stands[kind] = newest
        yield Page(posts=(), mark=marks.written(stands))

    async def refresh(self, http: Http, ids: Sequence[str]) -> Mapping[str, Post | None]:
        found: dict[str, Post | None] = {}
        for kind in ("posts", "comments"):
            begin = f"{self.place}/{kind}/"
            numbers = [id.removeprefix(begin) for id in ids if id.startswith(begin)]
            for start in range(0, len(numbers), LIMIT):
                batch = numbers[start : start + LIMIT]
                answer = await self._ask(http, kind, {"include": ",".join(batch)})
                now = {post.id: post for post in self._posts(kind, answer)}
                found |= {begin + number: now.get(begin + number) for number in batch}
        return found

    async def reply(self, http: Http, to: Post, text: str, key: str) -> Sent:
        """WordPress itself refuses the same words in the same place twice; we then find those that stand there."""
        if not self.password:
            raise Refused(f"{self.url}: answering needs user and password, an application password of the site")
        where = await self._spot(http, to)
        # WordPress compares a text without its backslashes with those that it keeps: it would never know it again.
        content = escape(text, quote=False).replace("\\", "&#92;")
        try:
            answer = await http.post(f"{self.root}/comments", json={**where, "content": content}, headers=self._headers)
        except Refused as error:
            if DUPLICATE not in error.body:  # the same words may be another's: "thanks" is soon said
                raise
            # What is not shown waits for approval.
            return await self._said(http, where, text) or Sent(id="", url=to.url)
        written = answer.json(Written)
        return Sent(id=f"{self.place}/comments/{written.id}", url=address(written.link))

    async def _read(self, http: Http, kind: str, oldest: int) -> AsyncIterator[tuple[Post, ...]]:
        after = datetime.fromtimestamp(oldest, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        for page in range(1, MOST_PAGES + 1):
            answer = await self._ask(http, kind, {"after": after, "orderby": "date", "order": "asc", "page": page})
            if posts := self._posts(kind, answer):
                yield posts
            if _is_last(answer, page):
                return

    async def _ask(self, http: Http, kind: str, query: Mapping[str, str | int]) -> Answer:
        params: dict[str, str | int] = {"per_page": LIMIT, "_fields": FIELDS[kind], **query}
        if kind == "posts":
            params["_embed"] = "author"
        return await http.get(f"{self.root}/{kind}", params=params, headers=self._headers)

    def _posts(self, kind: str, answer: Answer) -> tuple[Post, ...]:
        entries = answer.json(list[msgspec.Raw])
        if kind == "posts":
            return tuple(post(article, self.place) for article in readable(entries, Article, answer.url))
        return tuple(comment(remark, self.place) for remark in readable(entries, Remark, answer.url))

    async def _spot(self, http: Http, to: Post) -> dict[str, int]:
        """The post, and the comment if it is one, below which an answer to `to` belongs."""
        kind, _, number = to.id.removeprefix(f"{self.place}/").partition("/")
        if not to.id.startswith(f"{self.place}/") or kind not in FIELDS or not number.isdecimal():
            raise Refused(f"{to.id}: not a post or comment of {self.url}")
        if kind == "posts":
            return {"post": int(number)}
        answer = await http.get(f"{self.root}/comments/{number}", params={"_fields": "id,post"}, headers=self._headers)
        return {"post": answer.json(Place).post, "parent": int(number)}

    async def _said(self, http: Http, where: Mapping[str, int], text: str) -> Sent | None:
        """Our own words, if they are among the newest answers there."""
        query: dict[str, str | int] = {"post": where["post"], "parent": where.get("parent", 0), "order": "desc"}
        there = self._posts("comments", await self._ask(http, "comments", query))
        same = (post for post in there if _letters(post.text) == _letters(text))
        return next((Sent(id=post.id, url=post.url) for post in same), None)

    @property
    def _headers(self) -> Mapping[str, str]:
        if not self.password:
            return {}
        return {"Authorization": "Basic " + b64encode(f"{self.user}:{self.password}".encode()).decode()}


class Rendered(msgspec.Struct):
    rendered: str | None = None


class User(msgspec.Struct):
    """An author, or the error that stands in their place when they are gone or the site keeps them to itself."""

    name: str | None = None
    slug: str | None = None
    link: str | None = None


class Embedded(msgspec.Struct):
    author: list[User] | None = None


class Article(msgspec.Struct):
    """A post. Its texts are empty when a password protects it."""

    id: Id
    link: str | None = None
    date_gmt: str | None = None
    modified_gmt: str | None = None
    title: Rendered | None = None
    content: Rendered | None = None
    excerpt: Rendered | None = None
    embedded: Embedded | None = msgspec.field(name="_embedded", default=None)


class Remark(msgspec.Struct):
    """A comment. `author` is 0 for a visitor, `parent` for one that answers the post itself."""

    id: Id
    post: int | None = None
    parent: int | None = None
    author_name: str | None = None
    author_url: str | None = None
    date_gmt: str | None = None
    content: Rendered | None = None
    link: str | None = None


class Written(msgspec.Struct):
    id: Id
    link: str | None = None


class Place(msgspec.Struct):
    post: Id


def post(article: Article, place: str) -> Post:
    markup = _markup(article.content) or _markup(article.excerpt)
    published, modified = when(article.date_gmt), when(article.modified_gmt)
    user = article.embedded.author[0] if article.embedded and article.embedded.author else User()
    handle = plain(user.slug or user.name or "", 200)
    return Post(
        network=WordPress.name,
        id=f"{place}/posts/{article.id}",
        url=address(article.link),
        title=plain(_markup(article.title)) or None,
        text=plain(markup),
        author=Author(handle=handle, name=plain(user.name or "", 200) or None, url=address(user.link))
        if handle
        else None,
        published_at=published,
        edited_at=modified if modified and published and modified > published else None,
        links=links(markup, article.link or ""),
    )


def comment(remark: Remark, place: str) -> Post:
    """A comment carries no title: its post's would make every comment below "Acme is down" a mention of Acme."""
    above = ("comments", remark.parent) if remark.parent and remark.parent > 0 else ("posts", remark.post)
    handle, markup = plain(remark.author_name or "", 200), _markup(remark.content)
    return Post(
        network=WordPress.name,
        id=f"{place}/comments/{remark.id}",
        url=address(remark.link),
        text=plain(markup),
        author=Author(handle=handle, name=handle, url=address(remark.author_url)) if handle else None,
        published_at=when(remark.date_gmt),
        in_reply_to=f"{place}/{above[0]}/{above[1]}" if above[1] and above[1] > 0 else None,
        links=links(markup, remark.link or ""),
    )


def _markup(part: Rendered | None) -> str:
    return (part.rendered if part else None) or ""


def _letters(text: str) -> str:
    """What WordPress leaves of a text: it sets other quotation marks, dashes and signs for those that were typed."""
    known = normalize("NFKC", text)
    return "".join(filter(str.isalnum, known)) or known.strip()


def _is_last(answer: Answer, page: int) -> bool:
    """Sites say how many pages there are, unless a cache in front of them drops it."""
    pages = answer.headers.get("x-wp-totalpages", "")
    return page >= int(pages) if pages.isdecimal() and len(pages) < 10 else len(answer.json(list[msgspec.Raw])) < LIMIT


def _is_private(url: str) -> bool:
    """Whether nobody on the way can read what is sent to `url`."""
    parts = urlsplit(url)
    return parts.scheme == "https" or parts.hostname in ("localhost", "127.0.0.1", "::1")
