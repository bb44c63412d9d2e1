"""Posts on Tumblr that carry a tag: https://www.tumblr.com/docs/en/api/v2#tagged--get-posts-with-tag"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated

import msgspec

from .. import marks
from ..base import Budget, Connector, Cursor, Http, Page, Secret, account_of
from ..decode import address, count, readable
from ..errors import Refused
from ..post import Author, Engagement, Post
from ..text import clean, links, plain, when

LIMIT = 20
"""The most that Tumblr gives at once."""
MOST_PAGES = 10
LATE = timedelta(hours=1)
"""Drafts and queued posts may take their place behind the newest."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Tumblr(Connector):
    """The mark is the time of the newest post, in seconds since 1970."""

    name = "tumblr"
    every = timedelta(minutes=20)

    key: Secret = field(repr=False)
    tags: tuple[str, ...] = ()
    base: str = "https://api.tumblr.com"

    def check(self) -> Sequence[str]:
        problems = [] if self.key else ["key: the OAuth Consumer Key of an app; made at tumblr.com/oauth/apps"]
        if any("," in tag for tag in self.tags):
            problems.append("tags: a tag holds no comma; write several as a list")
        return problems

    @property
    def account(self) -> str:
        return account_of(self.name, self.key)

    def budgets(self) -> Sequence[Budget]:
        return (
            Budget(name="hour", most=1_000, unit="requests", window=HOUR),
            Budget(name="day", most=5_000, unit="requests", window=DAY),
        )

    async def fetch(self, http: Http, terms: Sequence[str], cursor: Cursor) -> AsyncGenerator[Page, None]:
        """There is no search: each term is looked for as a tag, which may be of several words."""
        newest, oldest = (int(at.timestamp()) for at in marks.window(cursor.mark, cursor.since, LATE))
        for tag in dict.fromkeys(tag.removeprefix("#").strip() for tag in (*self.tags, *terms)):
            async with aclosing(self._back(http, tag, oldest)) as read:
                async for entries in read:
                    newest = max(newest, *(int(entry.timestamp) for entry in entries))
                    yield Page(posts=tuple(map(post, entries)), mark=cursor.mark)
        # Only now has every tag been read up to here.
        yield Page(posts=(), mark=str(newest))

    async def _back(self, http: Http, tag: str, oldest: int) -> AsyncGenerator[list["Entry"], None]:
        """Posts from the newest back to `oldest`. Those that Tumblr features stand at the time when it did so."""
        seen: set[str] = set()
        query: dict[str, str | int] = {"tag": tag, "limit": LIMIT}
        for _ in range(MOST_PAGES):
            listed = await self._ask(http, query)
            entries = [entry for entry in readable(listed, Entry, f"{self.base}/v2/tagged") if entry.name not in seen]
            seen |= {entry.name for entry in entries}
            recent = [entry for entry in entries if entry.place >= oldest]
            if recent:
                yield recent
            if not recent or len(recent) < len(entries):
                return
            # The second that two pages share comes twice, or what else was posted in it would be missed.
            query["before"] = int(min(entry.place for entry in recent)) + 1

    async def _ask(self, http: Http, query: dict[str, str | int]) -> list[msgspec.Raw]:
        await http.spend("hour", 1)
        await http.spend("day", 1)
        try:
            answer = await http.get(f"{self.base}/v2/tagged", params={**query, "api_key": self.key})
        except Refused as error:
            if error.status not in (401, 403):
                raise
            hint = "check key: it is the OAuth Consumer Key at tumblr.com/oauth/apps"
            raise Refused(f"{error}; {hint}", status=error.status, body=error.body) from error
        return answer.json(Found).response


Time = Annotated[float, msgspec.Meta(ge=0, lt=4e9)]


class Blog(msgspec.Struct):
    name: str | None = None
    title: str | None = None
    url: str | None = None


class Block(msgspec.Struct):
    """A part of a post in the newer format, of which only text and links say something."""

    type: str | None = None
    text: str | None = None
    title: str | None = None
    url: str | None = None


class Asked(msgspec.Struct):
    """In chats, who said what."""

    phrase: str | None = None
    label: str | None = None


class Entry(msgspec.Struct):
    """A post of any type: each has its text in fields of its own. Ids are too long for some readers of JSON, so newer
    answers send them as text, too."""

    id: int
    timestamp: Time
    id_string: str | None = None
    featured_timestamp: Time | None = None
    type: str | None = None
    blog_name: str | None = None
    blog: Blog | None = None
    post_url: str | None = None
    title: str | None = None
    body: str | None = None
    caption: str | None = None
    text: str | None = None
    source: str | None = None
    description: str | None = None
    url: str | None = None
    question: str | None = None
    answer: str | None = None
    dialogue: list[Asked] | None = None
    content: list[Block] | None = None
    tags: list[str] | None = None
    note_count: int | None = None
    parent_post_url: str | None = None

    @property
    def name(self) -> str:
        return self.id_string if self.id_string and self.id_string.isdecimal() else str(self.id)

    @property
    def place(self) -> float:
        """Where it stands in the list."""
        return self.featured_timestamp or self.timestamp

    @property
    def texts(self) -> list[str]:
        """Its text in markup, part by part."""
        parts = [self.body, self.caption, self.text, self.source, self.description, self.question, self.answer]
        parts += [f"{line.label or ''} {line.phrase or ''}" for line in self.dialogue or ()]
        parts += [part for block in self.content or () for part in (block.text, block.title)]
        return [part for part in parts if part]


class Found(msgspec.Struct):
    response: list[msgspec.Raw]


def post(entry: Entry) -> Post:
    """Its tags stand below the text: they are what it was found by. Of notes (likes, reblogs and answers) only the sum
    is told; it stands for the likes."""
    tags = " ".join(f"#{clean(tag)}" for tag in entry.tags or () if tag.strip())
    blocks = [block.url for block in entry.content or () if block.type == "link"]
    found = [address(url) for url in (entry.url if entry.type == "link" else None, *blocks)]
    inside = [link for markup in entry.texts for link in links(markup)]
    return Post(
        network=Tumblr.name,
        id=entry.name,
        url=address(entry.post_url),
        title=plain(entry.title or "") or None,
        text="\n\n".join(filter(None, [*map(plain, entry.texts), tags])),
        author=_author(entry),
        published_at=when(entry.timestamp),
        engagement=Engagement(likes=count(entry.note_count)),
        in_reply_to=clean(entry.parent_post_url or "") or None,
        links=tuple(dict.fromkeys([*filter(None, found), *inside])),
    )


def _author(entry: Entry) -> Author | None:
    blog = entry.blog or Blog()
    handle = clean(entry.blog_name or blog.name or "")
    if not handle:
        return None
    home = address(blog.url) or address(f"https://{handle}.tumblr.com/")
    return Author(handle=handle, name=plain(blog.title or "") or None, url=home)
